/**
 * Combinators that change the waits: jitter, bounds, hints.
 *
 * Their order in a pipe does not matter: in the normal form jitter comes first, then hints, the floor, and the cap. So a
 * bound holds although jitter comes later, and they commute.
 *
 * Laws: `capDelay(a)` twice is `capDelay(min)`, `floorDelay` twice the larger; `withJitter` goes through `both`, `either`,
 * `andThen` and `when` to their parts; all keep a stop by count or list.
 */
import { invalid, isWithin, named } from './argument.js'
import { combine } from './Composition.js'
import { type Duration, toMillis } from './Duration.js'
import type { Evaluate } from './evaluate.js'
import type { Context } from './Failure.js'
import { type AnyPolicy, type Hint, type Jitter, type RetryPolicy, update } from './RetryPolicy.js'
import { cap, lift, raise, spread, within } from './Window.js'

/**
 * Spreads the waits, so that clients that failed together do not come back together: ± a fraction of the wait, `'full'`
 * for [0, wait], `'equal'` for [wait/2, wait].
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, simulate, withJitter } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const [first] = simulate(pipe(fixed(1000), withJitter(0.3)), 1)
 * assert.deepEqual(first?._tag === 'Retry' && [first.from, first.to], [700, 1300])
 *
 * @category combinators
 * @since 0.1.0
 */
export const withJitter = (jitter: Jitter): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E, A>) => {
  toJitter('withJitter: jitter', jitter)
  return (self: AnyPolicy) =>
    update(
      self,
      { withJitter: Object.freeze([...(self.withJitter ?? []), jitter]) },
      { withJitter: spreadBy }
    )
}

/** Gives `jitter` if it is one; throws an error that names `argument` otherwise. */
export const toJitter = (argument: string, jitter: Jitter): Jitter =>
  jitter === 'full' || jitter === 'equal' || isWithin(jitter, 1)
    ? jitter
    : invalid(argument, "0 to 1, 'full' or 'equal'", jitter)

const spreadBy = (jitters: ReadonlyArray<Jitter>): ReadonlyArray<Evaluate> =>
  jitters.map((jitter) => (window) => spread(window, jitter))

/**
 * No wait is longer than `max`. Where a window reaches beyond, it is scaled into the bound and so keeps its spread:
 * clients at the cap never line up. Above a floor or hint only; if the cap is below the floor, the cap wins.
 *
 * *Gotcha*: a cap alone never stops; `limitDelay` does. A cap over `both` is not `both` of caps, since it scales.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { capDelay, waits, exponential } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.deepEqual(waits(pipe(exponential(100), capDelay(500)), 5), [100, 200, 400, 500, 500])
 *
 * @category combinators
 * @since 0.1.0
 */
export const capDelay = (max: Duration): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E, A>) => {
  const ms = toMillis('capDelay: max', max)
  return (self: AnyPolicy) =>
    update(self, { capDelay: Math.min(self.capDelay ?? Infinity, ms) }, { capDelay: capAt })
}

// A hint beyond the cap must not be cut to an earlier retry.
const capAt =
  (max: number): Evaluate =>
  (window) =>
    window.hint && window.hint > max ? { _tag: 'Exhausted', hint: window.hint } : cap(window, max)

/**
 * No wait is shorter than `min`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const floorDelay = (min: Duration): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E, A>) => {
  const ms = toMillis('floorDelay: min', min)
  return (self: AnyPolicy) =>
    update(
      self,
      { floorDelay: Math.max(self.floorDelay ?? 0, ms) },
      { floorDelay: (min) => (window) => lift(window, min) }
    )
}

/**
 * Any other change of a wait: `f` maps both ends of the window, in milliseconds. The name is what `show` prints.
 *
 * An infinite answer saturates at the longest wait. *Gotcha*: `f` sees what stands above it in the pipe, bounds and hints
 * included, and may undo them.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { waits, linear, mapDelay } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const doubled = pipe(linear(100), mapDelay('double', (delay) => delay * 2))
 * assert.deepEqual(waits(doubled, 3), [200, 400, 600])
 *
 * @category combinators
 * @since 0.1.0
 */
export const mapDelay = (
  name: string,
  f: (delay: number) => number
): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E, A>) => {
  named('mapDelay: name', name)
  if (typeof f !== 'function') invalid('mapDelay: f', 'a function', f)
  const change = (delay: number): number => {
    const changed = f(delay)
    return isWithin(changed, Infinity)
      ? Math.min(changed, Number.MAX_VALUE)
      : invalid(`the answer of mapDelay '${name}'`, 'milliseconds >= 0', changed)
  }
  return (self: AnyPolicy) =>
    combine({ _tag: 'mapDelay', name, f, policies: [self] }, ([evaluate]) => (window, scope, frame) => {
      const verdict = evaluate(window, scope, frame)
      if (verdict) return verdict
      const [a, b] = [change(window.from), change(window.to)]
      within(window, Math.min(a, b), Math.max(a, b))
      return undefined
    })
}

/**
 * Takes a hint for the wait from the error, such as a `Retry-After` header: `f` gives milliseconds, or `undefined` for no
 * hint. The window becomes [max(from, hint), that + the spread], so no retry comes before the hint. A hint beyond `max`,
 * or beyond a cap, stops now, with the hint in the error.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { delayFrom, exponential, simulate } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential(100), delayFrom((e: { retryAfter?: number }) => e.retryAfter, { max: '1m' }))
 * const failed = (error: { retryAfter?: number }) => ({ _tag: 'Failed', error }) as const
 *
 * const [first, second, third] = simulate(
 *   policy,
 *   [failed({}), failed({ retryAfter: 5000 }), failed({ retryAfter: 86_400_000 })]
 * )
 * assert(first?._tag === 'Retry' && first.delay === 100)
 * assert(second?._tag === 'Retry' && second.delay === 5000)
 * assert(third?._tag === 'GiveUp' && third.reason === 'Exhausted' && third.hint === 86_400_000)
 *
 * @category combinators
 * @since 0.1.0
 */
export const delayFrom = <E0>(
  f: (error: E0, context: Context) => number | undefined,
  options: { readonly max: Duration }
): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E & E0, A>) => {
  if (typeof f !== 'function') invalid('delayFrom: f', 'a function', f)
  const max = toMillis('delayFrom: max', (options as typeof options | undefined)?.max as Duration)
  const hint = Object.freeze({ name: f.name, f, max })
  return (self: AnyPolicy) =>
    update(self, { delayFrom: Object.freeze([...(self.delayFrom ?? []), hint]) }, { delayFrom: raiseTo })
}

const raiseTo =
  (hints: ReadonlyArray<Hint>): Evaluate =>
  (window, _, { context }) => {
    const { cause } = window
    if (cause._tag === 'Rejected') return undefined
    for (const { name, f, max } of hints) {
      // The types of the combinator say which errors it can be asked about.
      const hint = f(cause.error as never, context)
      if (hint === undefined) continue
      if (!isWithin(hint, Infinity))
        return invalid(`the hint of delayFrom '${name}'`, 'milliseconds >= 0 or undefined', hint)
      if (hint > max) return { _tag: 'Exhausted', hint }
      raise(window, hint)
    }
    return undefined
  }
