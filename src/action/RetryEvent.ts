/**
 * What happens during a retried call, as data. Each attempt has one `AttemptStarted`, and one `AttemptFailed` or
 * `Succeeded` unless it is cut short; each call ends with one `Succeeded` or `GaveUp`. All of them have what conditions are
 * told as well: `name`, `args`, `attempt`, `elapsed` and `previousDelay`.
 */
import type { Context, Failure } from '../policy/Failure.js'
import type { RetryError } from './RetryError.js'

// --- model

/** An attempt begins. */
export interface AttemptStarted extends Context {
  readonly _tag: 'AttemptStarted'
}

/** An attempt failed; the failure says how, how long it took, and which wait follows (`undefined` if none). */
export interface AttemptFailed extends Context {
  readonly _tag: 'AttemptFailed'
  readonly failure: Failure<unknown, unknown>
}

/** Another attempt follows in `delay` milliseconds. */
export interface RetryScheduled extends Context {
  readonly _tag: 'RetryScheduled'
  readonly delay: number
  readonly failure: Failure<unknown, unknown>
}

/** The call ended with a result; `duration` is that of its last attempt. */
export interface Succeeded extends Context {
  readonly _tag: 'Succeeded'
  readonly duration: number
  readonly value: unknown
}

/** The call ended without a result. */
export interface GaveUp extends Context {
  readonly _tag: 'GaveUp'
  readonly error: RetryError<unknown, unknown>
}

/**
 * An event of a retried call.
 *
 * @category model
 * @since 0.1.0
 */
export type RetryEvent = AttemptStarted | AttemptFailed | RetryScheduled | Succeeded | GaveUp

/**
 * Is told of each event as it happens. What it throws or rejects with is dropped: watching changes nothing.
 *
 * @category model
 * @since 0.1.0
 */
export type Observer = (event: RetryEvent) => unknown

// --- telling

/** How the driver of a retry reports: an attempt begins, or the call has come to something; events are made of it here. */
export type Report = (
  context: Context,
  what?:
    | Failure<unknown, unknown>
    | RetryError<unknown, unknown>
    | { readonly _tag: 'Accept'; readonly value: unknown },
  duration?: number
) => void

/** Gives a report that makes events and tells them to an observer, whose throws and rejections are dropped. */
export const reportTo =
  (observer: Observer): Report =>
  (...report) => {
    for (const event of eventsOf(...report)) {
      try {
        // A rejecting observer must not raise an unhandled rejection either.
        void Promise.resolve(observer(event)).catch(ignore)
      } catch {
        // A throwing observer changes nothing.
      }
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
    default:
      return [{ _tag: 'GaveUp', ...context, error: what }]
  }
}
