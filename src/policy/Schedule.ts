/**
 * The schedules to build policies from. Each line of waits shows the first waits in milliseconds, and is checked by a
 * test. All of them go on for ever, except `delays` and `never`: add `limitRetries` or another limit.
 */
import { invalid, isWithin, named } from './argument.js'
import { type Duration, toMillis } from './Duration.js'
import { type Evaluate, remember, stopped } from './evaluate.js'
import {
  type CustomDelay,
  fromSchedule,
  type RetryPolicy,
  type Schedule,
  type ScheduleStatus
} from './RetryPolicy.js'
import { exactly, within } from './Window.js'

/** Gives the policy of a formula, whose waits jitter spreads. */
const formula = (schedule: Schedule, make: (slot: () => number) => Evaluate): RetryPolicy =>
  fromSchedule(schedule, (_, jitter, slot) => [make(slot), ...jitter])

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
export const exponential = (base: Duration, factor = 2): RetryPolicy => {
  const first = toMillis('exponential: base', base)
  if (!isWithin(factor, 1e308)) invalid('exponential: factor', 'a finite number >= 0', factor)
  return formula(
    { _tag: 'exponential', base: first, factor },
    () =>
      (window, { retry }) =>
        // 0 times infinity would be NaN. A power takes half as long as all the rest of a decision; a shift takes nothing.
        // Stryker disable next-line ConditionalExpression,EqualityOperator: powers of 2 are the same without the shift.
        exactly(window, first && first * (factor === 2 && retry < 30 ? 1 << retry : factor ** retry))
  )
}

/**
 * Waits grow by a step: base, base+step, base+2·step … For quotas that refill steadily.
 *
 * Waits: `linear(100)` -> 100, 200, 300, 400, 500
 *
 * @category constructors
 * @since 0.1.0
 */
export const linear = (base: Duration, step: Duration = base): RetryPolicy => {
  const [first, more] = [toMillis('linear: base', base), toMillis('linear: step', step)]
  return formula(
    { _tag: 'linear', base: first, step: more },
    () =>
      (window, { retry }) =>
        exactly(window, first + more * retry)
  )
}

/**
 * The same wait every time. For short glitches.
 *
 * Waits: `fixed(100)` -> 100, 100, 100, 100, 100
 *
 * @category constructors
 * @since 0.1.0
 */
export const fixed = (delay: Duration): RetryPolicy => {
  const ms = toMillis('fixed: delay', delay)
  return formula({ _tag: 'fixed', delay: ms }, () => (window) => exactly(window, ms))
}

/**
 * Waits follow the Fibonacci numbers times base: growing, but more gently than `exponential`.
 *
 * Waits: `fibonacci(100)` -> 100, 100, 200, 300, 500
 *
 * @category constructors
 * @since 0.1.0
 */
export const fibonacci = (base: Duration): RetryPolicy => {
  const ms = toMillis('fibonacci: base', base)
  return formula(
    { _tag: 'fibonacci', base: ms },
    () =>
      (window, { retry }) =>
        exactly(window, ms && ms * fibonacciNumber(retry + 1))
  )
}

const fibonacciNumber = (n: number): number => {
  let [a, b] = [0, 1]
  // From the 1,477th on they are infinite.
  for (let i = Math.min(n, 1500); i > 0; i--) [a, b] = [b, a + b]
  return a
}

/**
 * Waits are drawn between base and three times the wait drawn before ("decorrelated jitter", from the study
 * "Exponential Backoff And Jitter"): a random walk that spreads many clients well. Use it under `capDelay`.
 *
 * *Gotcha*: what counts is the wait that came out in the end, after jitter, caps and other branches.
 *
 * Waits: `decorrelated(100)` -> 178, 397, 939, 1527, 4271 (for seed 0)
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
export const decorrelated = (base: Duration): RetryPolicy => {
  const ms = toMillis('decorrelated: base', base)
  return formula(
    { _tag: 'decorrelated', base: ms },
    () =>
      (window, { drawn }) =>
        within(window, ms, Math.max(ms, 3 * (drawn ?? ms)))
  )
}

/**
 * The waits of a list, then stop.
 *
 * Waits: `delays([10, 50, 250])` -> 10, 50, 250
 *
 * @category constructors
 * @since 0.1.0
 */
export const delays = (list: ReadonlyArray<Duration>): RetryPolicy => {
  if (!Array.isArray(list)) invalid('delays: list', 'a list of durations', list)
  const waits = Object.freeze(list.map((delay, i) => toMillis(`delays: item ${i}`, delay)))
  return formula({ _tag: 'delays', delays: waits }, () => (window, { retry }) => {
    const delay = waits[retry]
    if (delay === undefined) return stopped
    exactly(window, delay)
    return undefined
  })
}

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
 * Waits: `custom('squares', ({ retry }) => (retry + 1) ** 2)` -> 1, 4, 9, 16, 25
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
export const custom = (name: string, f: (status: ScheduleStatus) => CustomDelay): RetryPolicy => {
  named('custom: name', name)
  if (typeof f !== 'function') invalid('custom: f', 'a function', f)
  return formula({ _tag: 'custom', name, f }, (slot) => {
    const latch = slot()
    return (window, { retry, slept, drawn }, frame) => {
      if (frame.memory[latch] === true) return stopped
      const { elapsed } = frame.context
      const answer = f({ retry, elapsed, slept, previousDelay: drawn ?? undefined, random: frame.random })
      if (answer === 'stop' || answer === Infinity) {
        frame.memory = remember(frame.memory, latch, true)
        return stopped
      }
      const [from, to] = toWaits(`the answer of custom '${name}'`, answer)
      within(window, from, to)
      return undefined
    }
  })
}

const toWaits = (
  argument: string,
  answer: Exclude<CustomDelay, 'stop'>
): readonly [from: number, to: number] => {
  if (typeof answer !== 'object') {
    const wait = toWait(argument, answer)
    return [wait, wait]
  }
  const [from, to] = [toWait(`${argument}, from`, answer.from), toWait(`${argument}, to`, answer.to)]
  return from <= to ? [from, to] : invalid(argument, 'a window with from <= to', [from, to])
}

// Finite waits beyond the longest saturate, as those of all schedules do.
const toWait = (argument: string, value: Duration): number =>
  isWithin(value, Number.MAX_VALUE) ? value : toMillis(argument, value)
