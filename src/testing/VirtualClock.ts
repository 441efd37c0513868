/** Time that moves only when told to: tests of an hour of waits take milliseconds. */
import { toMillis } from '../policy/Duration.js'
import type { Clock } from '../runtime/Clock.js'
import { nextTurn } from '../runtime/Clock.js'

// --- model

/**
 * A clock for tests. Hand it to the code under test with `withEnv({ clock })`.
 *
 * @category model
 * @since 0.1.0
 */
export interface VirtualClock extends Clock {
  /** Moves time on by this many milliseconds, waking what is due on the way, in order. */
  readonly advance: (ms: number) => Promise<void>
  /** Moves time on until nothing waits any more; throws an `Error` after `most` wakings (100,000 if not said). */
  readonly runAll: (most?: number) => Promise<void>
  /** How many waits are pending. */
  readonly pending: () => number
}

interface Timer {
  readonly due: number
  readonly wake: () => void
}

// --- constructors

/**
 * Makes a clock that stands at 0. A wait of 0 ms ends by itself, as it does on the clock of the machine.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, limitRetries, withEnv, withRetry } from 'reprise'
 * import { scripted, virtualClock } from 'reprise/testing'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const clock = virtualClock()
 * const fn = scripted('LLR')
 * const pending = pipe(fn, withRetry(pipe(fixed('1h'), limitRetries(2))), withEnv({ clock }))()
 *
 * await clock.advance(3_600_000)
 * assert.equal(fn.calls(), 2)
 * await clock.advance(3_600_000)
 * assert.deepEqual(await pending, { _tag: 'Right', right: 3 })
 *
 * @category constructors
 * @since 0.1.0
 */
export const virtualClock = (): VirtualClock => {
  let time = 0
  // Sorted by when they are due; equal ones in the order in which they were set.
  const timers: Timer[] = []

  const after = (delay: number, wake: () => void): (() => void) => {
    const timer: Timer = { due: time + delay, wake }
    const later = timers.findIndex(({ due }) => due > timer.due)
    timers.splice(later < 0 ? timers.length : later, 0, timer)
    return () => {
      const index = timers.indexOf(timer)
      if (index >= 0) timers.splice(index, 1)
    }
  }

  const wakeNext = async (): Promise<void> => {
    // Whoever asks for the next has seen that there is one.
    const { due, wake } = timers.shift() as Timer
    time = Math.max(time, due)
    wake()
    await nextTurn()
  }

  const runUntil = async (end: number, most: number): Promise<void> => {
    await nextTurn()
    for (let woken = 0; (timers[0]?.due ?? Infinity) <= end; woken++) {
      if (woken === most)
        throw new Error(`virtualClock: still ${timers.length} pending after ${most} wakings`)
      await wakeNext()
    }
  }

  return {
    now: () => time,
    after: (delay, wake) => (delay <= 0 ? soon(wake) : after(delay, wake)),
    advance: async (ms) => {
      const end = time + toMillis('advance: ms', ms)
      await runUntil(end, Infinity)
      time = end
    },
    runAll: (most = 100_000) => runUntil(Number.MAX_VALUE, most),
    pending: () => timers.length
  }
}

/**
 * Makes a clock on which every wait ends at once, and moves the time on by its length. For one call at a time, and not under
 * `withTimeout`, whose time would be up at once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const instantClock = (): Clock => {
  let time = 0
  return {
    now: () => time,
    after: (delay, wake) =>
      soon(() => {
        time += delay
        wake()
      })
  }
}

const soon = (wake: () => void): (() => void) => {
  let cancelled = false
  void Promise.resolve().then(() => {
    if (!cancelled) wake()
  })
  return () => {
    cancelled = true
  }
}
