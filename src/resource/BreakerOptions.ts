/** The options of a circuit breaker, and what they come to. */
import { invalid, isWithin, wholeNumber } from '../policy/argument.js'
import { type AnyCondition, type ConditionInput, toCondition } from '../policy/Condition.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { fixed } from '../policy/Schedule.js'
import { initialState, step, type StepState } from '../policy/step.js'
import type { Clock } from '../runtime/Clock.js'
import { buckets, type WindowKind } from './CallWindow.js'
import { checkClock } from './checkClock.js'
import type { BreakerObserver } from './CircuitBreaker.js'

// --- model

/**
 * When a breaker opens: after so many failures in a row, or when too many calls of a window failed or were slow.
 *
 * @inline
 */
type Tripping =
  | {
      /** Failures in a row that open it. */
      readonly consecutiveFailures: number
      readonly countWindow?: never
      readonly timeWindow?: never
      readonly failureRatio?: never
      readonly slowRatio?: never
      readonly slowAfter?: never
      readonly minimumCalls?: never
    }
  | (Ratios & {
      /** Looks at the last so many calls: 1 to 10,000. */
      readonly countWindow: number
      readonly consecutiveFailures?: never
      readonly timeWindow?: never
    })
  | (Ratios & {
      /** Looks at the calls that ended within this time; exact to a tenth of it. */
      readonly timeWindow: Duration
      readonly consecutiveFailures?: never
      readonly countWindow?: never
    })

/**
 * At least one of the ratios is needed.
 *
 * @inline
 */
interface Ratios {
  /** Opens when more than this part of the calls failed: 0 or more, below 1. */
  readonly failureRatio?: number | undefined
  /** Opens when more than this part of the calls was slow: 0 or more, below 1. Goes with `slowAfter`. */
  readonly slowRatio?: number | undefined
  /** A call that takes longer is slow, whatever it comes to. */
  readonly slowAfter?: Duration | undefined
  /** Never opens on fewer calls; 100 if not set, or the whole of a shorter `countWindow`. */
  readonly minimumCalls?: number | undefined
}

/**
 * What a circuit breaker may be told.
 *
 * @category model
 * @since 0.3.0
 */
export type CircuitBreakerOptions<C extends ConditionInput = ConditionInput> = Tripping & {
  /**
   * How long it stays open; 60 s if not set. A policy makes it grow: the n-th opening in a row lasts as long as its wait
   * before retry n, and the last wait again once it has stopped. Its conditions are not asked.
   */
  readonly openTime?: Duration | RetryPolicy | undefined
  /** How many calls may try whether things are well again, in one half-open period; 1 if not set. */
  readonly trials?: number | undefined
  /** Which errors count as failures; all if not set. What does not match counts as a success. */
  readonly failOn?: C | undefined
  /** Is told of each change, and of each call that is refused. */
  readonly observer?: BreakerObserver | undefined
  /** The clock of the breaker; that of each call if not set, and that of the machine before the first. */
  readonly clock?: Clock | undefined
}

/** What the options come to. */
export interface BreakerPlan {
  readonly window: WindowKind
  /** Failures in a row that open it, or the fewest calls to judge by. */
  readonly least: number
  /** 1, which is never exceeded, where it is not set. */
  readonly failureRatio: number
  readonly slowRatio: number
  readonly slowAfter: number
  readonly trials: number
  /** Gives what to remember of the open times with one more, which is its `delay`. */
  readonly reopen: (backoff: StepState, draws: () => number) => StepState
  readonly failOn: AnyCondition | undefined
  readonly observer: BreakerObserver | undefined
  readonly clock: Clock | undefined
}

// --- constructors

const names: ReadonlyArray<string> = [
  'consecutiveFailures',
  'countWindow',
  'timeWindow',
  'failureRatio',
  'slowRatio',
  'slowAfter',
  'minimumCalls',
  'trials',
  'openTime',
  'failOn',
  'observer',
  'clock'
]

const at = (name: string): string => `circuitBreaker: ${name}`

/** Gives what the options come to; throws a `RangeError` or `TypeError` that names the option and its value. */
export const toPlan = (options: CircuitBreakerOptions): BreakerPlan => {
  // Callers without types may hand over anything.
  if (typeof options !== 'object' || (options as unknown) === null)
    invalid(at('options'), 'an object', options)
  const unknownName = Object.keys(options).find((name) => !names.includes(name))
  if (unknownName !== undefined) invalid(at('options'), `named ${names.join(', ')}`, unknownName)
  const { trials = 1, openTime = 60_000, failOn, observer } = options
  if (observer !== undefined && typeof observer !== 'function')
    invalid(at('observer'), 'a function of an event', observer)
  const clock = checkClock(at('clock'), options.clock, 'now')
  return {
    ...trippingOf(options),
    trials: wholeNumber(at('trials'), trials, 1),
    reopen: reopenBy(openTime),
    failOn: failOn === undefined ? undefined : toCondition(at('failOn'), failOn),
    observer,
    clock
  }
}

type TrippingPlan = Pick<BreakerPlan, 'window' | 'least' | 'failureRatio' | 'slowRatio' | 'slowAfter'>

const windows = ['consecutiveFailures', 'countWindow', 'timeWindow'] as const

const ratios = ['failureRatio', 'slowRatio', 'slowAfter', 'minimumCalls'] as const

const trippingOf = (options: CircuitBreakerOptions): TrippingPlan => {
  const given = windows.filter((name) => options[name] !== undefined)
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none' : given.join(' and ')
    return invalid(at('options'), `with exactly one of ${windows.join(', ')}`, found)
  }
  if (options.consecutiveFailures !== undefined) {
    const others: Ratios = options
    const misplaced = ratios.find((name) => others[name] !== undefined)
    if (misplaced) invalid(at(misplaced), 'left out beside consecutiveFailures', others[misplaced])
    const least = wholeNumber(at('consecutiveFailures'), options.consecutiveFailures, 1)
    return { window: { _tag: 'row' }, least, failureRatio: 1, slowRatio: 1, slowAfter: Infinity }
  }
  if (options.countWindow !== undefined) {
    const size = wholeNumber(at('countWindow'), options.countWindow, 1)
    if (size > 10_000) invalid(at('countWindow'), 'a whole number <= 10000', size)
    return { window: { _tag: 'count', size }, ...ratiosOf(options, size) }
  }
  const time = toMillis(at('timeWindow'), options.timeWindow)
  if (time === 0) invalid(at('timeWindow'), 'longer than 0 ms', options.timeWindow)
  return { window: { _tag: 'time', width: time / buckets }, ...ratiosOf(options, Infinity) }
}

const ratiosOf = (
  { failureRatio, slowRatio, slowAfter, minimumCalls }: Ratios,
  size: number
): Omit<TrippingPlan, 'window'> => {
  // Without a slow ratio, it is the failure ratio that is missing.
  if (failureRatio !== undefined || slowRatio === undefined) checkRatio('failureRatio', failureRatio)
  if (slowRatio !== undefined || slowAfter !== undefined) checkRatio('slowRatio', slowRatio)
  const least = wholeNumber(at('minimumCalls'), minimumCalls ?? Math.min(100, size), 1)
  if (least > size) invalid(at('minimumCalls'), `at most the countWindow of ${size}`, least)
  return {
    least,
    failureRatio: failureRatio ?? 1,
    slowRatio: slowRatio ?? 1,
    slowAfter:
      slowRatio === undefined
        ? Infinity
        : toMillis(at('slowAfter'), slowAfter ?? invalid(at('slowAfter'), 'set beside slowRatio', slowAfter))
  }
}

// A ratio of 1 could never be exceeded.
const checkRatio = (name: string, value: unknown): void => {
  if (!isRatio(value)) invalid(at(name), 'a number >= 0 and < 1', value)
}

const isRatio = (value: unknown): boolean => isWithin(value, 1) && value < 1

const reopenBy = (openTime: Duration | RetryPolicy): BreakerPlan['reopen'] => {
  const next = step(
    typeof openTime === 'object'
      ? toPolicy(at('openTime'), openTime)
      : fixed(toMillis(at('openTime'), openTime))
  )
  // A refused result is what no condition of a policy is asked about. Time counts as far as the breaker was open.
  const outcome = { _tag: 'Rejected', value: undefined, reasons: [] } as const
  const reopen: BreakerPlan['reopen'] = (backoff, draws) => {
    try {
      // Where the policy has stopped, the state stays as it is.
      return next(backoff, { outcome, elapsed: backoff.slept, random: draws() }).state
    } catch {
      return backoff // nonsense for a draw: it opens all the same
    }
  }
  if (reopen(initialState, () => 0) === initialState)
    invalid(at('openTime'), 'a duration, or a policy that retries at least once', openTime)
  return reopen
}
