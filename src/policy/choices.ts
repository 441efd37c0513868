/** What `when` makes of a policy, for the failures that it chooses. */
import type { AnyCondition } from './Condition.js'
import { sameData } from './Eq.js'
import { type AnyPolicy, mapParts, parts, update } from './RetryPolicy.js'

/** The conditions that a failure meets, and the policy whose main schedule is the one that they choose. */
export interface Choice {
  readonly conditions: ReadonlyArray<AnyCondition>
  readonly policy: AnyPolicy
}

/** Gives what each `when` of a policy chooses, the one that is asked first at the head; those within a choice after it. */
export const choices = (self: AnyPolicy, ...known: ReadonlyArray<AnyCondition>): ReadonlyArray<Choice> => {
  const all = asked(self).filter((each, i, list) => firstOf(list, each) === i && firstOf(known, each) < 0)
  return all.flatMap((condition) => {
    const policy = choose(self, condition)
    const within = choices(policy, ...known, ...all)
    return [
      { conditions: [condition], policy },
      ...within.map((choice) => ({ ...choice, conditions: [condition, ...choice.conditions] }))
    ]
  })
}

const firstOf = (list: ReadonlyArray<AnyCondition>, condition: AnyCondition): number =>
  list.findIndex((each) => sameData(each, condition))

/** The conditions of every `when` on the way of failures that none of them chooses. */
const asked = ({ schedule }: AnyPolicy): ReadonlyArray<AnyCondition> =>
  schedule._tag === 'when'
    ? [schedule.condition, ...schedule.policies.slice(1).flatMap(asked)]
    : parts(schedule).flatMap(asked)

/** Gives the policy with the other schedule put where the main one was, wherever the condition is asked. */
const choose = (self: AnyPolicy, condition: AnyCondition): AnyPolicy => {
  const { schedule } = self
  // Stryker disable next-line ConditionalExpression: nothing else has a condition, which only the compiler has to be told
  const isAsked = schedule._tag === 'when' && sameData(schedule.condition, condition)
  const chosen = isAsked ? schedule.policies[0] : undefined
  return update(self, { schedule: mapParts(schedule, (part) => chosen ?? choose(part, condition)) })
}
