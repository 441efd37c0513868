/**
 * Time. This folder is the only place with timers, clocks and randomness of the machine; everything else is given a
 * `Clock`, so that tests and simulations can run on virtual time.
 */

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

// The longest delay that `setTimeout` takes is 2^31 - 1 ms; anything above fires at once. Longer ones wait in slices.
const slice = 2 ** 30

// Node may fire up to 2 ms early by `performance.now`. A clock that is further behind is not the timer's: somebody fakes
// the timers alone, and means them.
const early = 50

type Timer = ReturnType<typeof setTimeout>

const setTimer = (ring: () => void, delay: number): Timer =>
  setTimeout(ring, Math.min(Math.ceil(delay), slice))

const makeClock = (arm: typeof setTimer): Clock => ({
  now,
  after: (delay, wake) => {
    if (delay <= 0) return soon(wake)
    const due = now() + delay
    let rest = delay
    const ring = (): void => {
      const missing = due - now()
      rest = rest > slice ? Math.min(rest - slice, missing) : missing < early ? missing : 0
      if (rest > 0) timer = arm(ring, rest)
      else wake()
    }
    let timer = arm(ring, rest)
    return () => {
      clearTimeout(timer)
    }
  }
})

// Read at each call, and from `globalThis`, so that fake timers installed by a test are seen.
const now = (): number => performance.now()

// A delay of 0 takes no timer. Microtasks alone would starve the event loop, so now and then it gets a turn: the counter
// is the only state, and what it counts is nobody's meaning.
const turn = 64
let count = 0
// `setTimeout` without a delay, where there is no `setImmediate`.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- Node's types know of no browsers
const giveWay: (wake: () => void) => unknown = globalThis.setImmediate ?? setTimeout

/** Lets everything that is ready run, microtasks and all, before it resolves. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    giveWay(resolve)
  })

const soon = (wake: () => void): (() => void) => {
  let cancelled = false
  const ring = (): void => {
    if (!cancelled) wake()
  }
  if (++count % turn) void Promise.resolve().then(ring)
  else giveWay(ring)
  return () => {
    cancelled = true
  }
}

/**
 * The clock of the machine; a pending wait keeps the process alive.
 *
 * @category constructors
 * @since 0.1.0
 */
export const systemClock: Clock = /* #__PURE__ */ makeClock(setTimer)

/**
 * The clock of the machine, with waits that do not keep the process alive: for work that may be dropped at exit.
 *
 * @category constructors
 * @since 0.1.0
 */
export const backgroundClock: Clock = /* #__PURE__ */ makeClock((ring, delay) => {
  const timer = setTimer(ring, delay)
  // Browsers have plain numbers for timers, and no process to keep alive.
  if (typeof timer === 'object') timer.unref()
  return timer
})
