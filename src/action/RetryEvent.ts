/**
 * What happens during a retried call, as data. Each attempt has one `AttemptStarted`, and one `AttemptFailed` or
 * `Succeeded` unless it is cut short; each call ends with one `Succeeded` or `GaveUp`.
 */
import type { Failure } from '../policy/Failure.js'
import type { Decision } from '../policy/step.js'
import type { RetryError } from './RetryError.js'

// --- model

/** What every event has: the function's name, the attempt (from 1), and milliseconds since the call began. */
interface Moment {
  readonly name: string
  readonly attempt: number
  readonly elapsed: number
}

/** An attempt begins. */
export interface AttemptStarted extends Moment {
  readonly _tag: 'AttemptStarted'
}

/** An attempt failed; the failure says how, how long it took, and which wait follows (`undefined` if none). */
export interface AttemptFailed extends Moment {
  readonly _tag: 'AttemptFailed'
  readonly failure: Failure<unknown, unknown>
}

/** Another attempt follows in `delay` milliseconds. */
export interface RetryScheduled extends Moment {
  readonly _tag: 'RetryScheduled'
  readonly delay: number
  readonly failure: Failure<unknown, unknown>
}

/** The call ended with a result; `duration` is that of its last attempt. */
export interface Succeeded extends Moment {
  readonly _tag: 'Succeeded'
  readonly duration: number
  readonly value: unknown
}

/** The call ended without a result. */
export interface GaveUp extends Moment {
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

/**
 * How the driver of a retry reports: an attempt begins; it came to a decision, with the failure if it is one; or the call
 * ended with an error. Events are made of it only where somebody listens.
 */
export type Report = (
  moment: Moment & { readonly startedAt: number },
  outcome?: Decision<unknown, unknown> | RetryError<unknown, unknown>,
  failure?: Failure<unknown, unknown>
) => void

/** Gives a report that makes events and tells them to an observer, whose throws and rejections are dropped. */
export const reportTo =
  (observer: Observer): Report =>
  (moment, outcome, failure) => {
    for (const event of eventsOf(moment, outcome, failure)) {
      try {
        // A rejecting observer must not raise an unhandled rejection either.
        void Promise.resolve(observer(event)).catch(ignore)
      } catch {
        // A throwing observer changes nothing.
      }
    }
  }

const ignore = (): void => undefined

const eventsOf = (
  { name, attempt, elapsed, startedAt }: Parameters<Report>[0],
  outcome: Parameters<Report>[1],
  failure: Parameters<Report>[2]
): ReadonlyArray<RetryEvent> => {
  const moment = { name, attempt, elapsed }
  if (outcome === undefined) return [{ _tag: 'AttemptStarted', ...moment }]
  if (outcome._tag === 'Accept') {
    return [{ _tag: 'Succeeded', ...moment, duration: elapsed - startedAt, value: outcome.value }]
  }
  if (failure === undefined)
    return [{ _tag: 'GaveUp', ...moment, error: outcome as RetryError<unknown, unknown> }]
  const failed: RetryEvent = { _tag: 'AttemptFailed', ...moment, failure }
  const { delay } = failure
  return delay === undefined ? [failed] : [failed, { _tag: 'RetryScheduled', ...moment, delay, failure }]
}
