/**
 * Clocks of callers, made to keep their word: a call must end, and nothing may be left unhandled, whatever a clock does.
 *
 * - Time that goes back, is no finite number, or cannot be told because `now` throws, stands still.
 * - Whoever waits is woken once, later than now, and not after having cancelled that.
 * - Where `after` throws, the clock of the machine wakes instead: with no waking at all a call would never end, and with one at
 *   once it would retry as fast as the machine can.
 *
 * A clock that never wakes is believed: so does a virtual one that nobody moves on.
 */
import { backgroundClock, type Clock, systemClock } from '../runtime/Clock.js'

// The same clock is the same one again: resources tell clocks apart by what tells their time.
const made = /* #__PURE__ */ new WeakMap<Clock, Clock>()

/** Gives a clock that does what clocks do; those of the library as they are. */
export const steady = (clock: Clock): Clock => {
  if (clock === systemClock || clock === backgroundClock) return clock
  const known = made.get(clock)
  if (known !== undefined) return known
  const kept = makeSteady(clock)
  made.set(clock, kept).set(kept, kept)
  return kept
}

const makeSteady = (clock: Clock): Clock => {
  let time: number | undefined
  return {
    now: () => {
      try {
        const told = clock.now()
        if (Number.isFinite(told)) time = Math.max(time ?? told, told)
      } catch {
        // It stands still.
      }
      return time ?? 0
    },
    after: (delay, wake) => {
      const state = { waits: true, isSet: false }
      const wakeOnce = (): void => {
        if (!state.waits) return
        if (!state.isSet) {
          systemClock.after(0, wakeOnce)
          return
        }
        state.waits = false
        wake()
      }
      const cancel = set(clock, delay, wakeOnce)
      state.isSet = true
      return () => {
        state.waits = false
        try {
          cancel()
        } catch {
          // It wakes nobody any more.
        }
      }
    }
  }
}

const set = (clock: Clock, delay: number, wake: () => void): (() => void) => {
  try {
    return clock.after(delay, wake)
  } catch {
    return systemClock.after(delay, wake)
  }
}
