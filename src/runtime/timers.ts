/**
 * Clocks with the timers of the machine. All who sleep on a clock share one timer; where a bundler builds for browsers, it puts
 * `timers.browser.js` in the place of this file (`browser` in package.json).
 */
import { asyncContext } from './asyncContext.js'
import type { Clock } from './Clock.js'
import { loadedWith, newSleeper, newWheel, type Sleeper, type Timer, type Wheel } from './Wheel.js'

// `setTimeout` where there is no `setImmediate`, as in a browser without a bundler.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- Node's types know of no browsers
export const giveWay: (wake: () => void) => unknown = globalThis.setImmediate ?? setTimeout

// The time that goes with `setTimeout`, so that fake timers installed by a test are seen. `performance` itself is a getter
// of Node's, which V8 does not look into: to ask it each time would be a fifteenth of a call that succeeds.
const now = (): number => (setTimeout === loadedWith.setTimeout ? loadedWith.performance : performance).now()

const own: unique symbol = /* #__PURE__ */ Symbol('own') as never

/** A clock with timers of its own, which sleepers need no function for; nor can they be cancelled one by one. */
interface TimerClock extends Clock {
  readonly [own]: { readonly wheel: () => Wheel; readonly soon: Soon }
}

/** Calls a function later than now, where there is nothing to wait for. */
type Soon = (wake: () => void) => void

/** Lets a sleeper sleep, on a clock of any kind. */
export const sleepOn = (clock: Clock, sleeper: Sleeper, delay: number): void => {
  const timers = (clock as Partial<TimerClock>)[own]
  if (timers && delay > 0) return timers.wheel().add(inContext(sleeper), delay)
  const wake = (): void => {
    sleeper.wake(sleeper)
  }
  // Stryker disable next-line ConditionalExpression: saves time alone, since `after` comes to the same
  if (timers) timers.soon(wake)
  else clock.after(delay, wake)
}

/** Gives the sleeper; or, where somebody has an async context, one that wakes it in that. */
const inContext = (sleeper: Sleeper): Sleeper => {
  const context = asyncContext()
  return context ? newSleeper(() => context.runInAsyncScope(sleeper.wake, undefined, sleeper)) : sleeper
}

/** Makes a clock of the machine, which waits by `soon` where there is nothing to wait for. */
export const makeClock = (soon: Soon, release?: (timer: Timer) => void): Clock => {
  let wheel: Wheel | undefined
  // Fake timers installed by a test have a wheel of their own.
  const current = (): Wheel => (wheel?.isCurrent() ? wheel : (wheel = newWheel(release)))
  const after: Clock['after'] = (delay, wake) => {
    // Not a number is nothing to wait for, either.
    if (!(delay > 0)) {
      let cancelled = false
      soon(() => {
        if (!cancelled) wake()
      })
      return () => {
        cancelled = true
      }
    }
    const sleeper = inContext(newSleeper(wake))
    const wheel = current()
    wheel.add(sleeper, delay)
    return () => {
      wheel.remove(sleeper)
    }
  }
  return { now, after, [own]: { wheel: current, soon } } as TimerClock
}
