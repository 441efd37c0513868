/**
 * The pure core of a circuit breaker: what becomes of its state when a call asks to come in, when it ends, and when somebody
 * isolates or resets the breaker.
 *
 * - *Closed*: calls pass, and are counted; too many failures open it.
 * - *Open*: calls are refused until the open time is over; the first call after that makes it half-open.
 * - *Half-open*: so many calls may try. It closes when all of them have ended well enough, and opens again, for the next
 *   open time, as soon as that is out of reach.
 * - *Isolated*: calls are refused until it is reset.
 *
 * Each change begins a new period, and a call belongs to the period in which it came in: what ends later changes nothing.
 *
 * Laws: in half-open, no more calls come in than there are trials, less those that ended without a verdict; a call of
 * another period leaves the state as it is; shifting the state and the clock by the same time changes no answer.
 */
import { longest } from '../policy/Duration.js'
import { initialState, type StepState } from '../policy/step.js'
import type { BreakerPlan } from './BreakerOptions.js'
import {
  type Call,
  type CallWindow,
  type Counts,
  emptyWindow,
  expire,
  record,
  shiftWindow
} from './CallWindow.js'

// --- model

/**
 * All that a circuit breaker remembers; plain JSON data. Times are in milliseconds of the clock it runs on; in what `save`
 * gives, they count from that moment. `period` tells the calls of one state from those of the one before.
 *
 * @category model
 * @since 0.3.0
 */
export type BreakerState =
  | { readonly _tag: 'Closed'; readonly period: number; readonly window: CallWindow }
  | { readonly _tag: 'Open'; readonly period: number; readonly until: number; readonly backoff: StepState }
  /** Trials under way, and what those came to that have ended. */
  | (Counts & {
      readonly _tag: 'HalfOpen'
      readonly period: number
      readonly running: number
      readonly backoff: StepState
    })
  | { readonly _tag: 'Isolated'; readonly period: number }

/** What happens to a circuit breaker. A call that `admits` refuses does not begin. */
export type BreakerInput =
  | { readonly _tag: 'Began' }
  /** A call of a period ended; without `call` if it says nothing, such as one that was aborted. */
  | { readonly _tag: 'Ended'; readonly period: number; readonly call: Call | undefined }
  | { readonly _tag: 'Isolate' }
  | { readonly _tag: 'Reset' }

/**
 * How a circuit breaker stands: the calls that it judges by (those of its window, or its trials), and the milliseconds
 * until it lets a call try; 0 if one may come now, or if all trials are taken.
 *
 * @category model
 * @since 0.3.0
 */
export interface BreakerStatus extends Counts {
  readonly _tag: BreakerState['_tag']
  readonly retryAfter: number
}

// --- constructors

/** Gives the state of a breaker that knows of no calls. */
export const closed = (plan: BreakerPlan, period: number): BreakerState => ({
  _tag: 'Closed',
  period,
  window: emptyWindow(plan.window)
})

// --- combinators

/** May a call come in? */
export const admits = (plan: BreakerPlan, state: BreakerState, now: number): boolean => {
  switch (state._tag) {
    case 'Closed':
      return true
    case 'Open':
      return now >= state.until
    case 'HalfOpen':
      return state.running + state.calls < plan.trials
    case 'Isolated':
      return false
  }
}

/** Gives the state after an input. Pure, but for `draws`, which is asked for one draw when it opens. */
export const transition =
  (plan: BreakerPlan) =>
  (state: BreakerState, input: BreakerInput, now: number, draws: () => number): BreakerState => {
    switch (input._tag) {
      case 'Began':
        return admits(plan, state, now) ? begin(state) : state
      case 'Ended':
        return input.period === state.period ? end(plan, state, input.call, now, draws) : state
      case 'Isolate':
        return state._tag === 'Isolated' ? state : { _tag: 'Isolated', period: state.period + 1 }
      case 'Reset':
        return closed(plan, state.period + 1)
    }
  }

const begin = (state: BreakerState): BreakerState => {
  switch (state._tag) {
    case 'Open': {
      const { period, backoff } = state
      return { _tag: 'HalfOpen', period: period + 1, running: 1, calls: 0, failures: 0, slow: 0, backoff }
    }
    case 'HalfOpen':
      return { ...state, running: state.running + 1 }
    case 'Closed':
    // Stryker disable next-line ConditionalExpression,StringLiteral: an isolated breaker admits no call that could begin
    case 'Isolated':
      return state
  }
}

const end = (
  plan: BreakerPlan,
  state: BreakerState,
  call: Call | undefined,
  now: number,
  draws: () => number
): BreakerState => {
  switch (state._tag) {
    case 'Closed': {
      if (call === undefined) return state
      const window = record(plan.window, state.window, call, now)
      if (trips(plan, window, window.calls)) return open(plan, state, initialState, now, draws)
      return window === state.window ? state : { _tag: 'Closed', period: state.period, window }
    }
    case 'HalfOpen': {
      const running = state.running - 1
      if (call === undefined) return { ...state, running }
      const calls = state.calls + 1
      const failures = state.failures + Number(call.failed)
      const slow = state.slow + Number(call.slow)
      // All trials count, those to come as well: so it opens as soon as nothing can help.
      if (trips({ ...plan, least: 1 }, { calls, failures, slow }, plan.trials))
        return open(plan, state, state.backoff, now, draws)
      if (calls < plan.trials) return { ...state, running, calls, failures, slow }
      const fresh = emptyWindow(plan.window)
      // A good call that closes it is the first of its window.
      const window = call.failed || call.slow ? fresh : record(plan.window, fresh, call, now)
      return { _tag: 'Closed', period: state.period + 1, window }
    }
    // No call begins in these, so none ends in the same period.
    case 'Open':
    case 'Isolated':
      return state
  }
}

// Divided, not multiplied: 29 of 100 is 0.29 to the last bit, and 0.29 times 100 is less than 29.
const trips = (
  { window, least, failureRatio, slowRatio }: BreakerPlan,
  { calls, failures, slow }: Counts,
  all: number
): boolean =>
  window._tag === 'row'
    ? failures >= least
    : calls >= least && (failures / all > failureRatio || slow / all > slowRatio)

const open = (
  plan: BreakerPlan,
  { period }: BreakerState,
  before: StepState,
  now: number,
  draws: () => number
): BreakerState => {
  const backoff = plan.reopen(before, draws)
  return { _tag: 'Open', period: period + 1, until: now + (backoff.delay ?? fallback), backoff }
}

// For a `custom` schedule that fails at its first answer.
const fallback = 60_000

/** Gives the state as it is on a clock that shows `by` milliseconds more. */
export const shift = (state: BreakerState, by: number): BreakerState => {
  switch (state._tag) {
    case 'Closed':
      return { ...state, window: shiftWindow(state.window, by) }
    case 'Open':
      return { ...state, until: state.until + by }
    case 'HalfOpen':
    case 'Isolated':
      return state
  }
}

// --- conversions

/** Gives how a breaker stands. */
export const statusOf = (plan: BreakerPlan, state: BreakerState, now: number): BreakerStatus => {
  const status = (
    { calls, failures, slow }: Counts = { calls: 0, failures: 0, slow: 0 },
    retryAfter = 0
  ): BreakerStatus => ({ _tag: state._tag, calls, failures, slow, retryAfter })
  switch (state._tag) {
    case 'Closed':
      return status(expire(plan.window, state.window, now))
    case 'Open':
      return status(undefined, Math.max(0, state.until - now))
    case 'HalfOpen':
      return status(state)
    case 'Isolated':
      // Nobody knows, and it has to be a number.
      return status(undefined, longest)
  }
}
