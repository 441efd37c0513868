/**
 * What is certain of conditions, whatever their predicates say. A `true` is a proof; a `false` only means that none was
 * found.
 */
import type { AnyCondition } from './Condition.js'
import { sameData } from './Eq.js'

/** Is it certain that no error matches? */
export const matchesNothing = (condition: AnyCondition): boolean => {
  switch (condition._tag) {
    case 'anyOf':
      return condition.of.every(matchesNothing)
    case 'allOf':
      return condition.of.some(
        (each) => matchesNothing(each) || condition.of.some((other) => isNot(each, other))
      )
    case 'not':
      return matchesEverything(condition.of)
    case 'anyCause':
      return matchesNothing(condition.of)
    case 'named':
    case 'instanceOf':
    case 'predicate':
      return false
  }
}

/** Is it certain that every error matches? */
export const matchesEverything = (condition: AnyCondition): boolean => {
  switch (condition._tag) {
    case 'anyOf':
      return condition.of.some(
        (each) => matchesEverything(each) || condition.of.some((other) => isNot(each, other))
      )
    case 'allOf':
      return condition.of.every(matchesEverything)
    case 'not':
      return matchesNothing(condition.of)
    case 'anyCause':
      return matchesEverything(condition.of)
    case 'named':
    case 'instanceOf':
    case 'predicate':
      return false
  }
}

const isNot = (a: AnyCondition, b: AnyCondition): boolean => a._tag === 'not' && sameData(a.of, b)

/** Is it certain that what matches `a` matches one of `others`? */
export const implies = (a: AnyCondition, others: ReadonlyArray<AnyCondition>): boolean =>
  matchesNothing(a) || others.some((other) => impliesOne(a, other)) || splits(a, others)

/** A list implies what each of its members does; what implies one of several conditions implies them together. */
const splits = (a: AnyCondition, others: ReadonlyArray<AnyCondition>): boolean =>
  a._tag === 'anyOf' && a.of.every((each) => implies(each, others))

const impliesOne = (a: AnyCondition, b: AnyCondition): boolean => {
  if (sameData(a, b) || matchesEverything(b)) return true
  if (a._tag === 'allOf' && a.of.some((each) => impliesOne(each, b))) return true
  switch (b._tag) {
    case 'anyOf':
      return implies(a, b.of)
    case 'allOf':
      return b.of.every((each) => implies(a, [each]))
    case 'anyCause':
      return implies(a, [b.of])
    case 'not':
      return a._tag === 'not' && implies(b.of, [a.of])
    case 'instanceOf':
      return a._tag === 'instanceOf' && (a.type.prototype as unknown) instanceof b.type
    // Stryker disable next-line StringLiteral: no answer counts as false
    case 'named':
    // Stryker disable next-line StringLiteral,ConditionalExpression: no answer counts as false
    case 'predicate':
      return false
  }
}
