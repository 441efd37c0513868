import { type Duration, toMillis } from '../policy/Duration.js'
import type { Checked, ErrorOf, ResultOf, Shaped } from './Action.js'
import { toInnerWrapper } from './entry.js'
import { race } from './race.js'
import type { TimedOut } from './RetryError.js'

/**
 * Ends a call that takes too long, as `TimedOut`, and aborts the signal of the attempt under way. Inside `withRetry` each
 * attempt has the time for itself; outside, it is the time of the whole call, waits included, and the error keeps the
 * failures of the retry that it cut short.
 *
 * *Gotcha*: a function that takes no notice of its signal (`withAttempt`) goes on unseen.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, withRetry, withTimeout } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const task = pipe(async () => Promise.reject(new Error('down')), withRetry(fixed('1h')), withTimeout(20))
 * const result = await task()
 * assert.equal(result._tag === 'Left' && result.left._tag, 'TimedOut')
 * assert.equal(result._tag === 'Left' && result.left.failures.length, 1)
 *
 * @category actions
 * @since 0.1.0
 */
export const withTimeout = (
  timeout: Duration
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F> | TimedOut, ResultOf<F>>) => {
  const ms = toMillis('withTimeout: timeout', timeout)
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toInnerWrapper(
    'withTimeout',
    (inner) => (env, args) =>
      race(inner, {
        arm: (fire) =>
          env.clock.after(ms, () => {
            fire(new DOMException(`timed out after ${ms} ms`, 'TimeoutError'))
          }),
        error: (cut): TimedOut => ({ _tag: 'TimedOut', ...cut, timeout: ms })
      })(env, args)
  ) as never
}
