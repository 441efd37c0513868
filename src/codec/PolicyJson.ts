/** The types of configurations as they are written. What is encoded has all durations in milliseconds. */
import type { Duration } from '../policy/Duration.js'
import type { Jitter } from '../policy/RetryPolicy.js'

/**
 * A policy as JSON: one schedule, and any settings.
 *
 * @category model
 * @since 0.2.0
 */
export type PolicyJson = ScheduleJson & SettingsJson

/** @inline */
type ScheduleJson =
  | { readonly exponential: Duration | { readonly base: Duration; readonly factor?: number } }
  | { readonly linear: Duration | { readonly base: Duration; readonly step?: Duration } }
  | { readonly fixed: Duration }
  | { readonly fibonacci: Duration }
  | { readonly decorrelated: Duration }
  | { readonly delays: ReadonlyArray<Duration> }
  | { readonly immediate: true }
  | { readonly never: true }
  | { readonly custom: string }
  | { readonly andThen: ReadonlyArray<PolicyJson> }
  | { readonly both: ReadonlyArray<PolicyJson> }
  | { readonly either: ReadonlyArray<PolicyJson> }
  | { readonly mapDelay: { readonly name: string; readonly policy: PolicyJson } }
  | {
      readonly when: {
        readonly condition: ConditionJson
        readonly policy: PolicyJson
        readonly otherwise: PolicyJson
      }
    }

/** @inline */
interface SettingsJson {
  readonly retryOn?: ConditionJson
  readonly withJitter?: OneOrMore<Jitter>
  readonly delayFrom?: OneOrMore<{ readonly hint: string; readonly max: Duration }>
  readonly floorDelay?: Duration
  readonly capDelay?: Duration
  readonly limitRetries?: number
  readonly limitDelay?: Duration
  readonly limitTotalDelay?: Duration
  readonly limitElapsed?: Duration
  readonly abortOn?: OneOrMore<ConditionJson>
  readonly retryUntil?: OneOrMore<string>
  readonly recordFailures?: number
}

/** @inline */
export type OneOrMore<T> = T | ReadonlyArray<T>

/**
 * A condition as JSON: a text (equal to the error's `_tag`, `name` or `code`), a list (any may match), a name in the
 * registry, or conditions combined.
 *
 * @category model
 * @since 0.2.0
 */
export type ConditionJson =
  | string
  | ReadonlyArray<ConditionJson>
  | { readonly condition: string }
  | { readonly allOf: ReadonlyArray<ConditionJson> }
  | { readonly not: ConditionJson }
  | { readonly anyCause: ConditionJson }
