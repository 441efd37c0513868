/**
 * The model of a retry policy: a schedule, and one optional setting for each combinator.
 *
 * A policy is frozen plain data, always in normal form: it holds what the combinators mean, not the order in which they
 * were written. So policies can be printed, compared, stored, and compiled for other engines. Functions appear only as
 * conditions, validators, hints, `mapDelay` and `custom`, each with a name.
 */
import { invalid } from './argument.js'
import type { AnyCondition } from './Condition.js'
import type { Duration } from './Duration.js'
import type { Context } from './Failure.js'
import type { Validator } from './Validator.js'

// --- model

/**
 * Decides after each failed attempt whether to try again, and when. It judges errors `E` and results `A`, and is
 * contravariant in both: a policy that judges nothing is a `RetryPolicy<unknown, unknown>` and fits every function.
 */
export interface RetryPolicy<in E = unknown, in A = unknown> extends Settings {
  readonly [judges]?: (error: E, result: A) => void
}
declare const judges: unique symbol

/** Any policy, whatever it can judge. */
export type AnyPolicy = RetryPolicy<never, never>

/** What a policy holds, in the order in which it takes effect; all times in milliseconds. */
interface Settings {
  readonly schedule: Schedule
  readonly withJitter?: ReadonlyArray<Jitter>
  readonly delayFrom?: ReadonlyArray<Hint>
  readonly floorDelay?: number
  readonly capDelay?: number
  readonly limitRetries?: number
  readonly limitDelay?: number
  readonly limitTotalDelay?: number
  readonly limitElapsed?: number
  readonly retryOn?: AnyCondition
  readonly abortOn?: ReadonlyArray<AnyCondition>
  readonly retryUntil?: ReadonlyArray<Validator>
  readonly recordFailures?: number
}

/** When to try again: a formula, or a combination of policies. Combinations keep `retryOn` in their parts. */
export type Schedule =
  | { readonly _tag: 'exponential'; readonly base: number; readonly factor: number }
  | { readonly _tag: 'linear'; readonly base: number; readonly step: number }
  | { readonly _tag: 'fixed'; readonly delay: number }
  | { readonly _tag: 'fibonacci'; readonly base: number }
  | { readonly _tag: 'decorrelated'; readonly base: number }
  | { readonly _tag: 'delays'; readonly delays: ReadonlyArray<number> }
  | { readonly _tag: 'custom'; readonly name: string; readonly f: (status: ScheduleStatus) => CustomDelay }
  | {
      readonly _tag: 'mapDelay'
      readonly name: string
      readonly f: (delay: number) => number
      readonly policy: AnyPolicy
    }
  | { readonly _tag: 'andThen'; readonly first: AnyPolicy; readonly next: AnyPolicy }
  | { readonly _tag: 'both'; readonly left: AnyPolicy; readonly right: AnyPolicy }
  | { readonly _tag: 'either'; readonly left: AnyPolicy; readonly right: AnyPolicy }
  | {
      readonly _tag: 'when'
      readonly condition: AnyCondition
      readonly policy: AnyPolicy
      readonly otherwise: AnyPolicy
    }

/** How a window is spread: ± a fraction, `'full'` [0, to] or `'equal'` [to/2, to]. */
export type Jitter = number | 'full' | 'equal'

/** What a `custom` schedule is told. Times in milliseconds. */
export interface ScheduleStatus {
  /** Retries that this schedule has asked for already; 0 at the first failure. */
  readonly retry: number
  /** From the start of the call to the end of the attempt. */
  readonly elapsed: number
  /** The sum of the waits of this schedule so far. */
  readonly slept: number
  /** The wait that this schedule drew last, before rounding; waits that came from a hint do not count. */
  readonly previousDelay: number | undefined
  /** The uniform draw of this step, in [0, 1). */
  readonly random: number
}

/** What a `custom` schedule answers: a wait, a window of waits, or `'stop'`. An infinite wait stops as well. */
export type CustomDelay = Duration | { readonly from: Duration; readonly to: Duration } | 'stop'

/** Where a wait can be read from a failure, such as `Retry-After`. */
export interface Hint {
  readonly name: string
  readonly f: (error: never, context: Context) => number | undefined
  readonly max: number
}

// --- constructors

/** Gives a policy of a schedule and settings, frozen. */
export const policy = (settings: Settings): RetryPolicy => Object.freeze(settings)

/**
 * Gives a policy with some settings changed, as one that judges nothing, which fits every type: what the result can judge
 * is stated in the signatures of the combinators, never in the data.
 */
export const update = (self: AnyPolicy, settings: Partial<Settings>): RetryPolicy =>
  Object.freeze({ ...(self as RetryPolicy), ...settings })

/** Gives the policies that a schedule is combined of; none for a formula. */
export const parts = (schedule: Schedule): ReadonlyArray<AnyPolicy> => {
  switch (schedule._tag) {
    case 'mapDelay':
      return [schedule.policy]
    case 'andThen':
      return [schedule.first, schedule.next]
    case 'both':
    case 'either':
      return [schedule.left, schedule.right]
    case 'when':
      return [schedule.policy, schedule.otherwise]
    default:
      return []
  }
}

/** Gives the schedule with every part changed by `f`; a formula as it is. */
export const mapParts = (schedule: Schedule, f: (part: AnyPolicy) => AnyPolicy): Schedule => {
  switch (schedule._tag) {
    case 'mapDelay':
      return Object.freeze({ ...schedule, policy: f(schedule.policy) })
    case 'andThen':
      return Object.freeze({ ...schedule, first: f(schedule.first), next: f(schedule.next) })
    case 'both':
    case 'either':
      return Object.freeze({ ...schedule, left: f(schedule.left), right: f(schedule.right) })
    case 'when':
      return Object.freeze({ ...schedule, policy: f(schedule.policy), otherwise: f(schedule.otherwise) })
    default:
      return schedule
  }
}

// --- guards

/** Gives `value` if it is a policy; throws a `TypeError` that names `argument` otherwise. */
export const toPolicy = <P extends AnyPolicy>(argument: string, value: P): P =>
  typeof value === 'object' && (value as P | null)?.schedule !== undefined
    ? value
    : invalid(argument, 'a retry policy, such as exponential(100)', value)
