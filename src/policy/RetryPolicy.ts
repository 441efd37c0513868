/**
 * The model of a retry policy: a schedule, and one optional setting for each combinator.
 *
 * A policy is frozen plain data, always in normal form: it holds what the combinators mean, not the order in which they
 * were written. So policies can be printed, compared, stored, and compiled for other engines. Functions appear only as
 * conditions, validators, hints, `mapDelay` and `custom`, each with a name.
 *
 * What a schedule or setting does is written beside its constructor, and goes with the data under a hidden symbol: a
 * program that is bundled holds only what it uses.
 */
import { invalid } from './argument.js'
import type { AnyCondition } from './Condition.js'
import type { Duration } from './Duration.js'
import type { Evaluate, Gate, Refuse } from './evaluate.js'
import type { Context } from './Failure.js'
import type { Validator } from './Validator.js'

// --- model

/**
 * Decides after each failed attempt whether to try again, and when. It judges errors `E` and results `A`, and is
 * contravariant in both: a policy that judges nothing is a `RetryPolicy<unknown, unknown>` and fits every function.
 *
 * @category model
 * @since 0.1.0
 */
export interface RetryPolicy<in E = unknown, in A = unknown> extends Settings {
  /** When to try again. Made by constructors and combinators, and read by `explain`, `bounds`, `PolicyShow` and the codec. */
  readonly schedule: Schedule
  /** @hidden */
  readonly [judges]?: (error: E, result: A) => void
  /** @hidden */
  readonly [meaning]?: Meanings
}
declare const judges: unique symbol

/**
 * Any policy, whatever it can judge.
 *
 * @category model
 * @since 0.1.0
 */
export type AnyPolicy = RetryPolicy<never, never>

/** What a policy holds beside its schedule, in the order in which it takes effect; all times in milliseconds. */
interface Settings {
  /** Which failures are worth another try; if not set, all but those that mean "given up already". */
  readonly retryOn?: AnyCondition
  /** How each window is spread, one after the other. */
  readonly withJitter?: ReadonlyArray<Jitter>
  /** Where a wait can be read from a failure; waits are never shorter. */
  readonly delayFrom?: ReadonlyArray<Hint>
  /** No wait is shorter. */
  readonly floorDelay?: number
  /** No wait is longer. */
  readonly capDelay?: number
  /** At most so many retries. */
  readonly limitRetries?: number
  /** Stops when the next wait would be longer. */
  readonly limitDelay?: number
  /** Stops when the sum of all waits would be longer. */
  readonly limitTotalDelay?: number
  /** Stops when the next wait would end later than this after the start of the call. */
  readonly limitElapsed?: number
  /** Failures that are never retried: of any of these conditions. */
  readonly abortOn?: ReadonlyArray<AnyCondition>
  /** What a result has to pass: all of these. */
  readonly retryUntil?: ReadonlyArray<Validator>
  /** How many failures an error keeps; 16 if not set. */
  readonly recordFailures?: number
}

/** When to try again: a formula, or a combination of policies. Combinations keep `retryOn` in their parts. */
export type Schedule = (Formula | Combination) & { readonly [meaning]?: ScheduleMeaning }

/** A schedule that is made of no other. */
export type Formula =
  | { readonly _tag: 'exponential'; readonly base: number; readonly factor: number }
  | { readonly _tag: 'linear'; readonly base: number; readonly step: number }
  | { readonly _tag: 'fixed'; readonly delay: number }
  | { readonly _tag: 'fibonacci'; readonly base: number }
  | { readonly _tag: 'decorrelated'; readonly base: number }
  | { readonly _tag: 'delays'; readonly delays: ReadonlyArray<number> }
  | { readonly _tag: 'custom'; readonly name: string; readonly f: (status: ScheduleStatus) => CustomDelay }

type Combination =
  | { readonly _tag: 'andThen' | 'both' | 'either'; readonly policies: Two }
  | {
      readonly _tag: 'mapDelay'
      readonly name: string
      readonly f: (delay: number) => number
      readonly policies: readonly [AnyPolicy]
    }
  /** The policy for what matches, then the policy for everything else. */
  | { readonly _tag: 'when'; readonly condition: AnyCondition; readonly policies: Two }

/** The policies that a combination is made of. */
export type Two = readonly [AnyPolicy, AnyPolicy]

/**
 * How a window is spread: ± a fraction, `'full'` [0, to] or `'equal'` [to/2, to].
 *
 * @category model
 * @since 0.1.0
 */
export type Jitter = number | 'full' | 'equal'

/**
 * What a `custom` schedule is told. Times in milliseconds.
 *
 * @category model
 * @since 0.1.0
 */
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

/**
 * What a `custom` schedule answers: a wait, a window of waits, or `'stop'`. An infinite wait stops as well.
 *
 * @category model
 * @since 0.1.0
 */
export type CustomDelay = Duration | { readonly from: Duration; readonly to: Duration } | 'stop'

/**
 * Where a wait can be read from a failure, such as `Retry-After`.
 *
 * @inline
 */
export interface Hint {
  readonly name: string
  readonly f: (error: never, context: Context) => number | undefined
  readonly max: number
}

// --- meaning

const meaning: unique symbol = /* #__PURE__ */ Symbol.for('reprise/does@2') as never

/**
 * Makes the evaluators of a schedule, one to go on after the other; `slot` gives out addresses in the memory. The jitter of the policy is for the schedule
 * to apply: a formula spreads its waits, a combination hands it down to its parts, so that their bounds keep holding.
 */
export type ScheduleMeaning = (
  schedule: Schedule,
  jitter: ReadonlyArray<Evaluate>,
  slot: () => number
) => ReadonlyArray<Evaluate>

/** What the settings do, given their values. */
export type Meanings = {
  readonly [K in keyof Settings]?: (
    value: NonNullable<Settings[K]>
  ) => K extends 'retryUntil'
    ? Refuse
    : K extends 'retryOn'
      ? Gate
      : K extends 'withJitter'
        ? ReadonlyArray<Evaluate>
        : Evaluate
}

/** What a setting of a policy does; `undefined` where it is not set. */
export const meaningOf = <K extends keyof Meanings>(
  self: AnyPolicy,
  key: K
): ReturnType<NonNullable<Meanings[K]>> | undefined =>
  // The type of a value and that of its meaning go together, which the compiler cannot follow through the key.
  (self[meaning]?.[key] as ((value: unknown) => never) | undefined)?.(self[key])

/** What all settings of a policy do. */
export const meaningsOf = (self: AnyPolicy): Meanings | undefined => self[meaning]

/** Gives the evaluators of a schedule. */
export const compileSchedule: ScheduleMeaning = (schedule, jitter, slot) =>
  // `toPolicy` has made sure of it.
  (schedule[meaning] as ScheduleMeaning)(schedule, jitter, slot)

const withMeaning = <T extends object, M>(data: T, means: M): T =>
  Object.freeze(Object.defineProperty(data, meaning, { value: means }))

// --- constructors

/** Gives a policy of a schedule and what it does, frozen. */
export const fromSchedule = (schedule: Schedule, means: ScheduleMeaning): RetryPolicy =>
  withMeaning({ schedule: withMeaning(schedule, means) }, {})

/**
 * Gives a policy with some settings changed, as one that judges nothing, which fits every type: what the result can judge
 * is stated in the signatures of the combinators, never in the data.
 */
export const update = (self: AnyPolicy, settings: Partial<RetryPolicy>, means?: Meanings): RetryPolicy =>
  withMeaning({ ...(toPolicy('policy', self) as RetryPolicy), ...settings }, { ...self[meaning], ...means })

/** Gives a policy without some of its settings. */
export const omit = (self: AnyPolicy, keys: ReadonlyArray<keyof Settings>): RetryPolicy => {
  const rest = <T extends object>(data: T): T =>
    // What is left is of the type as before: all of these keys are optional.
    Object.fromEntries(
      Object.entries(data).filter(([key]) => !(keys as ReadonlyArray<string>).includes(key))
    ) as T
  return keys.some((key) => key in self)
    ? withMeaning(rest(self as RetryPolicy), rest(self[meaning] ?? {}))
    : (self as RetryPolicy)
}

/** Gives the policies that a schedule is combined of; none for a formula. */
export const parts = (schedule: Schedule): ReadonlyArray<AnyPolicy> =>
  'policies' in schedule ? schedule.policies : []

/** Gives the schedule with every part changed by `f`; a formula as it is. */
export const mapParts = (schedule: Schedule, f: (part: AnyPolicy, index: number) => AnyPolicy): Schedule =>
  'policies' in schedule
    ? // As many parts as before.
      withMeaning(
        { ...schedule, policies: Object.freeze(schedule.policies.map(f)) } as unknown as Schedule,
        schedule[meaning]
      )
    : schedule

// --- guards

/** Gives `value` if it is a policy; throws a `TypeError` that names `argument` otherwise. */
export const toPolicy = <P extends AnyPolicy>(argument: string, value: P): P =>
  // What a policy does is not copied by a spread, so that it cannot be at odds with its data.
  (value as Partial<P> | null | undefined)?.[meaning]
    ? value
    : invalid(argument, 'made by constructors', value)
