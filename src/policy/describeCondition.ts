/** Conditions in words. */
import type { AnyCondition } from './Condition.js'
import { print } from './print.js'

/** Names the errors that match any of the conditions: `'errors that match "A" or TypeError'`. */
export const errorsThat = (...conditions: ReadonlyArray<AnyCondition>): string =>
  `errors that match ${listed(conditions.map(describeCondition), 'or')}`

const describeCondition = (condition: AnyCondition): string => {
  switch (condition._tag) {
    case 'named':
      return print(condition.name)
    case 'instanceOf':
      return print(condition.type)
    case 'predicate':
      return nameOf(condition)
    case 'anyOf':
      return condition.of.length === 0 ? 'nothing' : listed(condition.of.map(inner), 'or')
    case 'allOf':
      return condition.of.length === 0 ? 'anything' : listed(condition.of.map(inner), 'and')
    case 'not':
      return `anything but ${inner(condition.of)}`
    case 'anyCause':
      return `${inner(condition.of)} (causes included)`
  }
}

const inner = (condition: AnyCondition): string =>
  isCompound(condition) ? `(${describeCondition(condition)})` : describeCondition(condition)

const isCompound = (condition: AnyCondition): boolean =>
  condition._tag === 'not' ||
  ((condition._tag === 'anyOf' || condition._tag === 'allOf') && condition.of.length > 1)

/** The name of a function in words. */
export const nameOf = ({ name }: { readonly name: string }): string => name || 'a nameless function'

/** Makes a list of texts: `'a, b or c'`. */
export const listed = (all: ReadonlyArray<string>, word: 'and' | 'or'): string =>
  all.length < 2 ? all.join() : `${all.slice(0, -1).join(', ')} ${word} ${all.slice(-1).join()}`
