import { invalid } from '../policy/argument.js'
import type { Checked, ErrorOf, ResultOf, Shaped } from './Action.js'
import { toWrapper } from './entry.js'
import { type Observer, type Report, reportTo, type RetryScheduled } from './RetryEvent.js'

/**
 * Tells an observer of everything that happens inside: what retries do, and what limits and circuit breakers do because of
 * the call. Several observers all hear. What an observer throws or rejects with is dropped, and it is not waited for.
 *
 * *Gotcha*: inside of `withRetry` there is nothing to hear of its attempts; put it outside.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { immediate, limitRetries, withObserver, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const seen: string[] = []
 * const task = pipe(
 *   async () => Promise.reject(new Error('down')),
 *   withRetry(pipe(immediate, limitRetries(1))),
 *   withObserver((event) => seen.push(`${event._tag} ${event.attempt}`))
 * )
 * await task()
 * assert.deepEqual(seen, [
 *   'AttemptStarted 1', 'AttemptFailed 1', 'RetryScheduled 1', 'AttemptStarted 2', 'AttemptFailed 2', 'GaveUp 2'
 * ])
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { limitSet, resourceLimit, withLimits, withObserver } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const limits = limitSet([resourceLimit({ key: 'connections', capacity: 1 })], { maxQueue: 1 })()
 * const seen: string[] = []
 * const read = pipe(
 *   async (id: number) => id,
 *   withLimits(limits),
 *   withObserver(({ _tag, args }) => seen.push(`${_tag} ${args[0]}`))
 * )
 * await Promise.all([1, 2, 3].map((id) => read(id)()))
 * assert.deepEqual(seen, ['LimitGranted 1', 'LimitWaiting 2', 'LimitRefused 3', 'LimitGranted 2'])
 *
 * @category actions
 * @since 0.1.0
 */
export const withObserver = (
  observer: Observer
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F>, ResultOf<F>>) => {
  if (typeof observer !== 'function') invalid('withObserver: observer', 'a function of an event', observer)
  const mine = reportTo(observer)
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toWrapper('withObserver', (inner) => (env, args) => {
    const report: Report = (...what) => {
      mine(...what)
      env.report?.(...what)
    }
    return inner({ ...env, report }, args)
  }) as never
}

/**
 * The short form of the commonest observer: calls `f` before each wait.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, limitRetries, onRetry, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const log: string[] = []
 * const task = pipe(
 *   async () => Promise.reject(new Error('down')),
 *   withRetry(pipe(fixed(5), limitRetries(1))),
 *   onRetry(({ attempt, delay }) => log.push(`attempt ${attempt} failed, next in ${delay} ms`))
 * )
 * await task()
 * assert.deepEqual(log, ['attempt 1 failed, next in 5 ms'])
 *
 * @category actions
 * @since 0.1.0
 */
export const onRetry = (f: (event: RetryScheduled) => unknown) =>
  withObserver(
    typeof f === 'function'
      ? (event) => (event._tag === 'RetryScheduled' ? f(event) : undefined)
      : invalid('onRetry: f', 'a function of an event', f)
  )
