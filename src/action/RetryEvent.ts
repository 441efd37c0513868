/**
 * What happens during a call, as data. Each attempt of a retry has one `AttemptStarted`, and one `AttemptFailed` or
 * `Succeeded` unless it is cut short; each retried call ends with one `Succeeded` or `GaveUp`. Each call that comes to limits
 * has one `LimitGranted` or `LimitRefused` unless it is cut short, after one `LimitWaiting` if it has to queue; circuit
 * breakers tell what this very call makes them do.
 *
 * All of them have what conditions are told as well: `name`, `args`, `attempt`, `elapsed` and `previousDelay`. Events of
 * limits, breakers and hedges have those of the attempt around them, or of a first attempt where there is no retry around; `elapsed`
 * is from the start of the call to that of the attempt, and the time that the call has since been with them.
 */
import type { Option } from 'fp-ts/lib/Option.js'
import type { Context, Failed, Failure, Threw } from '../policy/Failure.js'
import type { LimitExceeded } from './ResourceError.js'
import type { RetryError } from './RetryError.js'

// --- model

/**
 * An attempt begins.
 *
 * @category model
 * @since 0.1.0
 */
export interface AttemptStarted extends Context {
  readonly _tag: 'AttemptStarted'
}

/**
 * An attempt failed; the failure says how, how long it took, and which wait follows (`undefined` if none).
 *
 * @category model
 * @since 0.1.0
 */
export interface AttemptFailed extends Context {
  readonly _tag: 'AttemptFailed'
  readonly failure: Failure<unknown, unknown>
}

/**
 * Another attempt follows in `delay` milliseconds.
 *
 * @category model
 * @since 0.1.0
 */
export interface RetryScheduled extends Context {
  readonly _tag: 'RetryScheduled'
  readonly delay: number
  readonly failure: Failure<unknown, unknown>
}

/**
 * The call ended with a result; `duration` is that of its last attempt.
 *
 * @category model
 * @since 0.1.0
 */
export interface Succeeded extends Context {
  readonly _tag: 'Succeeded'
  readonly duration: number
  readonly value: unknown
}

/**
 * The call ended without a result.
 *
 * @category model
 * @since 0.1.0
 */
export interface GaveUp extends Context {
  readonly _tag: 'GaveUp'
  readonly error: RetryError<unknown, unknown>
}

/**
 * The call has to wait for limits. The `key` is of the limit that stands in its way, or else in that of the first in the
 * queue; `waiting` counts all who wait, this call among them.
 *
 * @category model
 * @since 0.3.0
 */
export interface LimitWaiting extends Context {
  readonly _tag: 'LimitWaiting'
  readonly key: string
  readonly waiting: number
}

/**
 * Limits granted what the call asked for, by key; it had `waited` so many milliseconds for that.
 *
 * @category model
 * @since 0.3.0
 */
export interface LimitGranted extends Context {
  readonly _tag: 'LimitGranted'
  readonly granted: Readonly<Record<string, number>>
  readonly waited: number
}

/**
 * A limit refused the call.
 *
 * @category model
 * @since 0.3.0
 */
export interface LimitRefused extends Context {
  readonly _tag: 'LimitRefused'
  readonly error: LimitExceeded
}

/**
 * The circuit breaker refuses calls for `openTime` milliseconds, after this one; with the failure that was counted last.
 *
 * @category model
 * @since 0.3.0
 */
export interface CircuitOpened extends Context {
  readonly _tag: 'CircuitOpened'
  readonly openTime: number
  readonly lastFailure: Option<Failed<unknown> | Threw>
}

/**
 * The circuit breaker lets calls try, this one first.
 *
 * @category model
 * @since 0.3.0
 */
export interface CircuitHalfOpened extends Context {
  readonly _tag: 'CircuitHalfOpened'
}

/**
 * The circuit breaker lets calls pass, since this one went well.
 *
 * @category model
 * @since 0.3.0
 */
export interface CircuitClosed extends Context {
  readonly _tag: 'CircuitClosed'
}

/**
 * The circuit breaker refused the call; another may try in `retryAfter` milliseconds.
 *
 * @category model
 * @since 0.3.0
 */
export interface CircuitRefused extends Context {
  readonly _tag: 'CircuitRefused'
  readonly retryAfter: number
}

/**
 * The call is slow: another attempt begins, the `hedge`-th of `withHedge`, counted from 1.
 *
 * @category model
 * @since 0.3.0
 */
export interface HedgeStarted extends Context {
  readonly _tag: 'HedgeStarted'
  readonly hedge: number
}

/** @inline */
type LimitEvent = LimitWaiting | LimitGranted | LimitRefused

/** @inline */
type CircuitEvent = CircuitOpened | CircuitHalfOpened | CircuitClosed | CircuitRefused

/**
 * An event of a call: of a retry, or of what limits, circuit breakers and hedges inside do because of it.
 *
 * @category model
 * @since 0.1.0
 */
export type RetryEvent =
  | AttemptStarted
  | AttemptFailed
  | RetryScheduled
  | Succeeded
  | GaveUp
  | LimitEvent
  | CircuitEvent
  | HedgeStarted

/**
 * Is told of each event as it happens. What it throws or rejects with is dropped: watching changes nothing.
 *
 * @category model
 * @since 0.1.0
 */
export type Observer = (event: RetryEvent) => unknown

/** Events without what is of the call alone. */
type Bare<E> = E extends unknown ? Omit<E, keyof Context> : never

/** What a set of limits does about a call. */
export type LimitNews = Bare<LimitEvent>

/** What a call does to a circuit breaker, or that to the call. */
export type CircuitNews = Bare<CircuitEvent>

/** What wrappers other than a retry have to tell. */
export type News = LimitNews | CircuitNews | Bare<HedgeStarted>

// --- telling

/**
 * How those who take part in a call report: an attempt begins; or the call has come to something; or there is news of a
 * limit, a circuit breaker or a hedge. Events are made of it here.
 */
export type Report = (
  context: Context,
  what?:
    | Failure<unknown, unknown>
    | RetryError<unknown, unknown>
    | { readonly _tag: 'Accept'; readonly value: unknown }
    | News,
  duration?: number
) => void

/** Gives a report that makes events and tells them to an observer, whose throws and rejections are dropped. */
export const reportTo = (observer: Observer): Report => {
  const tell = telling(observer)
  return (...report) => {
    for (const event of eventsOf(...report)) tell(event)
  }
}

/** Gives what tells an observer of any events, and drops its throws and rejections. */
export const telling =
  <E>(observer: (event: E) => unknown): ((event: E) => void) =>
  (event) => {
    try {
      // A rejecting observer must not raise an unhandled rejection either.
      void Promise.resolve(observer(event)).catch(ignore)
    } catch {
      // A throwing observer changes nothing.
    }
  }

const ignore = (): void => undefined

const eventsOf = (...[context, what, duration = 0]: Parameters<Report>): ReadonlyArray<RetryEvent> => {
  if (what === undefined) return [{ _tag: 'AttemptStarted', ...context }]
  switch (what._tag) {
    case 'Accept':
      return [{ _tag: 'Succeeded', ...context, duration, value: what.value }]
    case 'Failed':
    case 'Threw':
    case 'Rejected': {
      const { delay } = what
      const failed: RetryEvent = { _tag: 'AttemptFailed', ...context, failure: what }
      return delay === undefined
        ? [failed]
        : [failed, { _tag: 'RetryScheduled', ...context, delay, failure: what }]
    }
    case 'LimitWaiting':
    case 'LimitGranted':
    case 'LimitRefused':
    case 'CircuitOpened':
    case 'CircuitHalfOpened':
    case 'CircuitClosed':
    case 'CircuitRefused':
    case 'HedgeStarted':
      // V8 takes far longer to add fields to a copy made by a spread.
      return [Object.assign({}, context, what)]
    default:
      return [{ _tag: 'GaveUp', ...context, error: what }]
  }
}
