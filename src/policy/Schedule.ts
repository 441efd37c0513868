/**
 * The schedules to build policies from. Each line of waits shows the first waits in milliseconds, and is checked by a
 * test. All of them go on for ever, except `delays` and `never`: add `limitRetries` or another limit.
 */
import { invalid } from './argument.js'
import { type Duration, toMillis } from './Duration.js'
import {
  type CustomDelay,
  policy,
  type RetryPolicy,
  type Schedule,
  type ScheduleStatus
} from './RetryPolicy.js'

const of = (schedule: Schedule): RetryPolicy => policy({ schedule: Object.freeze(schedule) })

/**
 * Waits grow by a factor: base, base·f, base·f² … For networks and cloud APIs.
 *
 * Waits: `exponential(100)` -> 100, 200, 400, 800, 1600
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { waits, exponential } from 'reprise'
 *
 * assert.deepEqual(waits(exponential('1s', 3), 4), [1000, 3000, 9000, 27000])
 *
 * @category constructors
 * @since 0.1.0
 */
export const exponential = (base: Duration, factor = 2): RetryPolicy =>
  of({
    _tag: 'exponential',
    base: toMillis('exponential: base', base),
    factor:
      factor >= 0 && factor < Infinity
        ? factor
        : invalid('exponential: factor', 'a finite number >= 0', factor)
  })

/**
 * Waits grow by a step: base, base+step, base+2·step … For quotas that refill steadily.
 *
 * Waits: `linear(100)` -> 100, 200, 300, 400, 500
 *
 * @category constructors
 * @since 0.1.0
 */
export const linear = (base: Duration, step: Duration = base): RetryPolicy =>
  of({ _tag: 'linear', base: toMillis('linear: base', base), step: toMillis('linear: step', step) })

/**
 * The same wait every time. For short glitches.
 *
 * Waits: `fixed(100)` -> 100, 100, 100, 100, 100
 *
 * @category constructors
 * @since 0.1.0
 */
export const fixed = (delay: Duration): RetryPolicy =>
  of({ _tag: 'fixed', delay: toMillis('fixed: delay', delay) })

/**
 * Waits follow the Fibonacci numbers times base: growing, but more gently than `exponential`.
 *
 * Waits: `fibonacci(100)` -> 100, 100, 200, 300, 500
 *
 * @category constructors
 * @since 0.1.0
 */
export const fibonacci = (base: Duration): RetryPolicy =>
  of({ _tag: 'fibonacci', base: toMillis('fibonacci: base', base) })

/**
 * Waits are drawn between base and three times the wait drawn before ("decorrelated jitter", from the study
 * "Exponential Backoff And Jitter"): a random walk that spreads many clients well. Use it under `capDelay`.
 *
 * *Gotcha*: what counts is the wait that came out in the end, after jitter, caps and other branches.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { capDelay, decorrelated, simulate } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const [first] = simulate(pipe(decorrelated(100), capDelay('10s')), 1, 42)
 * assert.deepEqual(first?._tag === 'Retry' && [first.from, first.to], [100, 300])
 *
 * @category constructors
 * @since 0.1.0
 */
export const decorrelated = (base: Duration): RetryPolicy =>
  of({ _tag: 'decorrelated', base: toMillis('decorrelated: base', base) })

/**
 * The waits of a list, then stop.
 *
 * Waits: `delays([10, 50, 250])` -> 10, 50, 250
 *
 * @category constructors
 * @since 0.1.0
 */
export const delays = (list: ReadonlyArray<Duration>): RetryPolicy =>
  of({
    _tag: 'delays',
    delays: Object.freeze(
      Array.isArray(list)
        ? list.map((delay: Duration, i) => toMillis(`delays: item ${i}`, delay))
        : invalid('delays: list', 'a list of durations', list)
    )
  })

/**
 * Retries at once, for ever: the unit of `both`.
 *
 * Waits: `immediate` -> 0, 0, 0, 0, 0
 *
 * @category constructors
 * @since 0.1.0
 */
export const immediate: RetryPolicy = /* #__PURE__ */ fixed(0)

/**
 * Never retries: the unit of `either` and of `andThen`.
 *
 * Waits: `never` -> none
 *
 * @category constructors
 * @since 0.1.0
 */
export const never: RetryPolicy = /* #__PURE__ */ delays([])

/**
 * A schedule of your own: `f` gives a wait, a window of waits, or `'stop'`. The name is what `show` prints and what a
 * codec stores. Keep `f` pure. Once it has stopped, it stays stopped.
 *
 * An infinite wait stops; NaN or a negative wait ends the call with a `PolicyFault`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { custom, waits } from 'reprise'
 *
 * const squares = custom('squares', ({ retry }) => (retry < 4 ? (retry + 1) ** 2 * 100 : 'stop'))
 * assert.deepEqual(waits(squares, 10), [100, 400, 900, 1600])
 *
 * @category constructors
 * @since 0.1.0
 */
export const custom = (name: string, f: (status: ScheduleStatus) => CustomDelay): RetryPolicy =>
  typeof f === 'function' ? of({ _tag: 'custom', name, f }) : invalid('custom: f', 'a function', f)
