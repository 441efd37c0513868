/**
 * Time. This folder is the only place with timers, clocks and randomness of the machine; everything else is given a
 * `Clock`, so that tests and simulations can run on virtual time.
 */
import { giveWay, makeClock } from './timers.js'

/**
 * A monotonic clock that can also wake.
 *
 * @category model
 * @since 0.1.0
 */
export interface Clock {
  /** Milliseconds from some fixed moment; never goes back. */
  readonly now: () => number
  /**
   * Calls `wake` once, later than now, and not before `delay` milliseconds have passed; gives a function that cancels it.
   */
  readonly after: (delay: number, wake: () => void) => () => void
}

// A delay of 0 takes no timer. Microtasks alone would starve the event loop, so it gets a turn for every 64 of them: the
// counter is the only state, and what it counts is nobody's meaning.
let count = 0
/** Lets everything that is ready run, microtasks and all, before it resolves. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    giveWay(resolve)
  })

const ready = /* #__PURE__ */ Promise.resolve()

const soon = (wake: () => void): void => {
  // Stryker disable next-line UpdateOperator: it is every 64th in either direction
  if (++count % 64) void ready.then(wake)
  else giveWay(wake)
}

/**
 * The clock of the machine; a pending wait keeps the process alive.
 *
 * @category constructors
 * @since 0.1.0
 */
export const systemClock: Clock = /* #__PURE__ */ makeClock(soon)

/**
 * The clock of the machine, with waits that do not keep the process alive: for work that may be dropped at exit.
 *
 * @category constructors
 * @since 0.1.0
 */
export const backgroundClock: Clock = /* #__PURE__ */ makeClock(soon, (timer) => {
  // Where timers are plain numbers, there is no process to keep alive.
  if (typeof timer === 'object') timer.unref()
})
