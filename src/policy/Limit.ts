/**
 * Combinators that stop. A limit never cuts a window or a wait: the policy stops instead.
 *
 * The three limits of time look at the wait that comes out in the end, whatever stands below them in the pipe; ending
 * exactly at a limit is allowed.
 *
 * *Gotcha*: under `either`, the limit of one branch does not bind the other; where both go on, the later limit counts.
 *
 * Laws: a limit twice is the smaller; raising an outermost `limitRetries` never makes fewer attempts.
 */
import { wholeNumber } from './argument.js'
import { type Duration, toMillis } from './Duration.js'
import { type Evaluate, stopped } from './evaluate.js'
import { type AnyPolicy, type RetryPolicy, update } from './RetryPolicy.js'

type Limit = 'limitRetries' | 'limitDelay' | 'limitTotalDelay' | 'limitElapsed'

const limit =
  (
    name: Limit,
    max: number,
    means: (max: number) => Evaluate
  ): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E, A>) =>
  (self: AnyPolicy) =>
    update(self, { [name]: Math.min(self[name] ?? Infinity, max) }, { [name]: means })

/** A limit of time is a latest moment at which the wait may end. */
const limitTime = (
  name: Limit,
  max: Duration,
  latest: (max: number, elapsed: number, slept: number) => number
) =>
  limit(name, toMillis(`${name}: max`, max), (ms) => (window, { slept }, { context }) => {
    window.latest = Math.min(window.latest, latest(ms, context.elapsed, slept))
    return undefined
  })

/**
 * At most `count` retries: `limitRetries(3)` allows 4 attempts, `limitRetries(0)` one.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, waits } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.deepEqual(waits(pipe(exponential(100), limitRetries(3)), 10), [100, 200, 400])
 *
 * @category combinators
 * @since 0.1.0
 */
export const limitRetries = (count: number) =>
  limit(
    'limitRetries',
    wholeNumber('limitRetries: count', count, 0),
    (max) =>
      (_, { retry }) =>
        retry < max ? undefined : stopped
  )

/**
 * Stops when the next wait would be longer than `max`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const limitDelay = (max: Duration) => limitTime('limitDelay', max, (ms, elapsed) => elapsed + ms)

/**
 * Stops when the sum of the waits would be more than `max`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const limitTotalDelay = (max: Duration) =>
  limitTime('limitTotalDelay', max, (ms, elapsed, slept) => elapsed + (ms - slept))

/**
 * Stops when the next wait would end later than `max` after the first attempt began; the time of the attempts counts.
 * It never interrupts an attempt: for that, put `withTimeout` around `withRetry`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const limitElapsed = (max: Duration) => limitTime('limitElapsed', max, (ms) => ms)
