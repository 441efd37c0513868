/** Policies as text: the code that would build them. Functions are shown by name, or as `<function>`. */
import type { Show } from 'fp-ts/lib/Show.js'
import { print } from './print.js'
import type { AnyCondition } from './Condition.js'
import { type AnyPolicy, type Formula, parts, type Schedule } from './RetryPolicy.js'

const showFormula = (schedule: Formula): string => {
  switch (schedule._tag) {
    case 'exponential':
      return schedule.factor === 2
        ? `exponential(${schedule.base})`
        : `exponential(${schedule.base}, ${schedule.factor})`
    case 'linear':
      return schedule.step === schedule.base
        ? `linear(${schedule.base})`
        : `linear(${schedule.base}, ${schedule.step})`
    case 'fixed':
      return schedule.delay === 0 ? 'immediate' : `fixed(${schedule.delay})`
    case 'fibonacci':
    case 'decorrelated':
      return `${schedule._tag}(${schedule.base})`
    case 'delays':
      return schedule.delays.length === 0 ? 'never' : `delays([${schedule.delays.join(', ')}])`
    case 'custom':
      return `custom(${print(schedule.name)}, ${print(schedule.f)})`
  }
}

/** The steps of a pipe: the first policy, then each combinator. */
const showSteps = (schedule: Schedule): ReadonlyArray<string> => {
  const part = (i: number): ReadonlyArray<string> =>
    parts(schedule)
      .slice(i, i + 1)
      .flatMap(stepsOf)
  switch (schedule._tag) {
    case 'mapDelay':
      return [...part(0), `mapDelay(${print(schedule.name)}, ${print(schedule.f)})`]
    case 'andThen':
    case 'both':
    case 'either':
      return [...part(0), `${schedule._tag}(${joined(part(1))})`]
    case 'when':
      return [...part(1), `when(${showCondition(schedule.condition)}, ${joined(part(0))})`]
    default:
      return [showFormula(schedule)]
  }
}

const stepsOf = (self: AnyPolicy): ReadonlyArray<string> => {
  const number = (
    key: 'floorDelay' | 'capDelay' | 'limitRetries' | 'limitDelay' | 'limitTotalDelay' | 'limitElapsed'
  ) => (self[key] === undefined ? [] : [`${key}(${self[key]})`])
  return [
    ...showSteps(self.schedule),
    ...(self.withJitter ?? []).map((jitter) => `withJitter(${print(jitter)})`),
    ...(self.delayFrom ?? []).map(({ f, max }) => `delayFrom(${print(f)}, { max: ${max} })`),
    ...number('floorDelay'),
    ...number('capDelay'),
    ...number('limitRetries'),
    ...number('limitDelay'),
    ...number('limitTotalDelay'),
    ...number('limitElapsed'),
    ...(self.retryOn === undefined ? [] : [`retryOn(${showCondition(self.retryOn)})`]),
    ...(self.abortOn ?? []).map((condition) => `abortOn(${showCondition(condition)})`),
    ...(self.retryUntil ?? []).map(
      (each) => `retryUntil(${each._tag === 'decoder' ? each.name : print(each.test)})`
    ),
    ...(self.recordFailures === undefined ? [] : [`recordFailures(${self.recordFailures})`])
  ]
}

const showCondition = (condition: AnyCondition): string => {
  const list = (of: ReadonlyArray<AnyCondition>) => `[${of.map(showCondition).join(', ')}]`
  switch (condition._tag) {
    case 'named':
      return print(condition.name)
    case 'instanceOf':
      return print(condition.type)
    case 'predicate':
      return print(condition.test)
    case 'anyOf':
      return list(condition.of)
    case 'allOf':
      return `allOf(${list(condition.of)})`
    default:
      return `${condition._tag}(${showCondition(condition.of)})`
  }
}

const joined = (steps: ReadonlyArray<string>): string =>
  steps.length === 1 ? steps.join() : `pipe(${steps.join(', ')})`

/**
 * Shows a policy as the code that would build it.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, PolicyShow, withJitter } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential('1s'), limitRetries(3), withJitter('full'))
 * assert.equal(PolicyShow.show(policy), 'pipe(exponential(1000), withJitter("full"), limitRetries(3))')
 *
 * @category instances
 * @since 0.1.0
 */
export const PolicyShow: Show<AnyPolicy> = { show: (policy) => joined(stepsOf(policy)) }
