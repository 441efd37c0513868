/**
 * `timers.js` for browsers: a timer for each who sleeps. Nobody sleeps by the million there, and a page is small. Whoever fakes
 * its timers has to fake `performance.now` as well.
 */
import type { Clock } from './Clock.js'
import type { Sleeper, Timer } from './Wheel.js'

// `setTimeout` takes at most 2^31 - 1 ms, and fires at once for more. Longer waits are made of slices.
const slice = 2 ** 30

// Read at each call, and from `globalThis`, so that fake timers installed by a test are seen.
const now = (): number => performance.now()

export const giveWay = (wake: () => void): unknown => setTimeout(wake)

export const sleepOn = (clock: Clock, sleeper: Sleeper, delay: number): unknown =>
  clock.after(delay, () => {
    sleeper.wake(sleeper)
  })

export const makeClock = (soon: (wake: () => void) => void): Clock => ({
  now,
  after: (delay, wake) => {
    const due = now() + delay
    let cancelled = false
    let timer: Timer
    const sleep = (rest: number): void => {
      timer = setTimeout(look, Math.min(Math.ceil(rest), slice))
    }
    // Timers may also fire a little early by `performance.now`.
    const look = (): void => {
      const rest = due - now()
      if (rest > 0) sleep(rest)
      else if (!cancelled) wake()
    }
    if (delay > 0) sleep(delay)
    else soon(look)
    return () => {
      cancelled = true
      clearTimeout(timer)
    }
  }
})
