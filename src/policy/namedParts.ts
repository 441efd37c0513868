/** The parts of a combination, by the names that words and warnings give them. */
import { errorsThat } from './describeCondition.js'
import { type AnyPolicy, parts, type Schedule } from './RetryPolicy.js'

/** A part of a policy. */
export interface NamedPart {
  readonly name: string
  readonly policy: AnyPolicy
}

/**
 * Gives the parts of a combination, a chain of the same combinator taken as one: `'stage 2'`, `'part 1'`,
 * `'errors that match "A"'`. What `mapDelay` changes has no name.
 */
export const namedParts = (schedule: Schedule): ReadonlyArray<NamedPart> => {
  switch (schedule._tag) {
    case 'andThen':
      return numbered('stage', chain(schedule))
    case 'both':
    case 'either':
      return numbered('part', chain(schedule))
    case 'when':
      return choicesOf(schedule)
    default:
      return parts(schedule).map((policy) => ({ name: '', policy }))
  }
}

/** The policies of a chain of one combinator, which is associative. */
const chain = (schedule: Schedule): ReadonlyArray<AnyPolicy> =>
  parts(schedule).flatMap((part) =>
    part.schedule._tag === schedule._tag && isPlain(part) ? chain(part.schedule) : [part]
  )

/** Does a policy set nothing but its schedule? */
const isPlain = (self: AnyPolicy): boolean => Object.keys(self).length === 1

const numbered = (name: string, policies: ReadonlyArray<AnyPolicy>): ReadonlyArray<NamedPart> =>
  policies.map((policy, i) => ({ name: `${name} ${i + 1}`, policy }))

/** The choices of `when` in the order in which they are asked, then what is left. */
const choicesOf = (schedule: Schedule & { readonly _tag: 'when' }, other = ''): ReadonlyArray<NamedPart> => {
  const [apart, main] = schedule.policies
  return [
    { name: `${other}${errorsThat(schedule.condition)}`, policy: apart },
    ...(main.schedule._tag === 'when' && isPlain(main)
      ? choicesOf(main.schedule, 'other ')
      : [{ name: 'all other failures', policy: main }])
  ]
}

/** A policy and all that it is made of. */
export const everyPart = (self: AnyPolicy): ReadonlyArray<AnyPolicy> => [
  self,
  ...parts(self.schedule).flatMap(everyPart)
]
