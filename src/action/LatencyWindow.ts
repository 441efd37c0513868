/**
 * How long the last so many attempts took, for a delay that follows them (`withHedge`). One window may serve any number of
 * functions.
 *
 * A window that kept the winners alone would shrink: whatever is slower than the delay loses to its hedge, is not kept, and
 * so the next delay is shorter still, until everything is hedged. So `withHedge` tells of first attempts only, and of all of
 * them that say something about the delay: a success counts as it was; one that never came to that counts as it ran, if that
 * was at least the delay, since it would have taken longer. Of a first attempt that failed or was aborted sooner nothing is
 * known. A hedge says nothing either: it is let run only as long as it takes the first attempt to answer.
 *
 * Laws: a quantile is the nearest rank of the last `size` latencies. If attempts are alike, a delay at the quantile `q` hedges
 * 1 - q of them, and stays there.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { Option } from 'fp-ts/lib/Option.js'
import { invalid, isWithin, known, wholeNumber } from '../policy/argument.js'

// --- model

/**
 * The latencies of the last first attempts, for any number of functions that are wrapped with `withHedge`.
 *
 * @category model
 * @since 0.3.0
 */
export interface LatencyWindow {
  /**
   * Gives the latency, in milliseconds, that the part `q` of the attempts (0 to 1) did not exceed: the nearest rank. None while
   * there are fewer than `minimumCalls`. Throws a `RangeError` or `TypeError` for any other `q`.
   */
  readonly quantile: (q: number) => IO<Option<number>>
  /** @hidden */
  readonly [cellOf]: LatencyCell
}

/**
 * What a latency window may be told.
 *
 * @category model
 * @since 0.3.0
 */
export interface LatencyWindowOptions {
  /** How many latencies it keeps: 1 to 10,000; 100 if not set. */
  readonly size?: number | undefined
  /** It gives no quantile on fewer; 20 if not set, or the whole of a smaller `size`. */
  readonly minimumCalls?: number | undefined
}

/** How latencies are told and asked for. */
export interface LatencyCell {
  readonly record: (ms: number) => void
  /** The nearest rank; `undefined` below the minimum. */
  readonly quantile: (q: number) => number | undefined
}

// Copies of the library of the same version may share a window.
const cellOf = Symbol.for('reprise/latencies@1')

const largest = 10_000

// --- constructors

/**
 * Makes a window of latencies, each time it is run: state is made in `IO`. Throws a `RangeError` or `TypeError` that names
 * the option.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { latencyWindow, withEnv, withHedge } from 'reprise'
 * import { scripted, virtualClock } from 'reprise/testing'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const latencies = latencyWindow({ size: 100, minimumCalls: 4 })()
 * const clock = virtualClock()
 * const fn = scripted('R', { duration: [10, 30, 20, 40], clock })
 * const task = pipe(
 *   fn,
 *   withHedge({ delay: { quantile: 0.95, of: latencies, initially: '500ms' } }),
 *   withEnv({ clock })
 * )
 * for (let call = 1; call <= 4; call++) {
 *   assert.deepEqual(latencies.quantile(0.5)(), { _tag: 'None' })
 *   void task()
 *   await clock.runAll()
 * }
 * assert.deepEqual(latencies.quantile(0.5)(), { _tag: 'Some', value: 20 })
 * assert.deepEqual(latencies.quantile(0.95)(), { _tag: 'Some', value: 40 })
 *
 * @category constructors
 * @since 0.3.0
 */
export const latencyWindow = (options: LatencyWindowOptions = {}): IO<LatencyWindow> => {
  known('latencyWindow', options, ['size', 'minimumCalls'])
  const { size = 100 } = options
  wholeNumber('latencyWindow: size', size, 1)
  if (size > largest) invalid('latencyWindow: size', `at most ${largest}`, size)
  const { minimumCalls = Math.min(20, size) } = options
  wholeNumber('latencyWindow: minimumCalls', minimumCalls, 1)
  if (minimumCalls > size) invalid('latencyWindow: minimumCalls', `at most the size of ${size}`, minimumCalls)
  return () => toWindow(newCell(size, minimumCalls))
}

const toWindow = (cell: LatencyCell): LatencyWindow =>
  Object.freeze({
    [cellOf]: cell,
    quantile: (q: number): IO<Option<number>> => {
      checkQuantile('quantile: q', q)
      return () => {
        const value = cell.quantile(q)
        return value === undefined ? { _tag: 'None' } : { _tag: 'Some', value }
      }
    }
  })

const newCell = (size: number, least: number): LatencyCell => {
  // All that changes: the latencies in the order in which they came, `next` being the oldest when it is full; and sorted.
  // Always sorted, so that reading costs nothing; keeping it so moves a part of a short list of numbers.
  // Stryker disable next-line ArrayDeclaration: where nothing is sorted yet, nothing can be taken out
  const ring: number[] = []
  const sorted: number[] = []
  let next = 0
  return {
    record: (ms) => {
      const oldest = ring[next]
      if (oldest !== undefined) sorted.splice(rankOf(sorted, oldest), 1)
      sorted.splice(rankOf(sorted, ms), 0, ms)
      ring[next] = ms
      // Stryker disable next-line ArithmeticOperator: a ring goes round in either direction
      next = (next + 1) % size
    },
    quantile: (q) => (sorted.length < least ? undefined : sorted[nearestRank(q, sorted.length) - 1])
  }
}

/** How many of some sorted numbers are less than `value`. */
const rankOf = (sorted: ReadonlyArray<number>, value: number): number => {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((sorted[middle] as number) < value) from = middle + 1
    else to = middle
  }
  return from
}

// 0.07 of 100 is a bit more than 7 in floating point, and is meant to be 7.
const nearestRank = (q: number, count: number): number => Math.max(1, Math.ceil(q * count - 1e-9))

// --- guards

/** Throws a `RangeError` or `TypeError` that names `argument` unless `q` is a part of the whole. */
export const checkQuantile = (argument: string, q: number): number =>
  isWithin(q, 1) ? q : invalid(argument, 'a number from 0 to 1', q)

/** Gives the cell of a window; throws a `TypeError` that names `argument` if it is none. */
export const toLatencyCell = (argument: string, window: unknown): LatencyCell =>
  // Callers without types may hand over anything.
  (window as Partial<LatencyWindow> | null | undefined)?.[cellOf] ??
  invalid(argument, 'made by latencyWindow(options)()', window)
