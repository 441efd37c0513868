// What the calls of `leakWays.js` call, what they share, and how ways are made of that.
import { pipe } from 'fp-ts/lib/function.js'
import {
  circuitBreaker,
  fixed,
  limitRetries,
  limitSet,
  onRetry,
  rateLimit,
  resourceLimit,
  retryBudget,
  withAttempt,
  withCircuitBreaker,
  withHedge,
  withLimits,
  withObserver,
  withRetry,
  withRetryBudget,
  withSignal,
  withTimeout
} from 'reprise'

/** How many calls are under way at once. */
export const batchSize = 200

// --- what is called

export const down = new Error('down')
export const up = async () => 'up'
export const failing = async () => Promise.reject(down)
export const hanging = () => new Promise(() => undefined)

/** Listens to the signal of its attempt, and hangs until that aborts. */
export const untilAborted = withAttempt(
  ({ signal }) =>
    () =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
)

/** Fails the first time in each call. */
export const flaky = withAttempt(
  ({ attempt }) =>
    async () =>
      attempt === 1 ? Promise.reject(down) : attempt
)

/** Gives a function that sleeps for 1 to 4 ms, and then answers; on a timer of the machine, not of the library. */
export const slow = (id = 1) => new Promise((resolve) => setTimeout(resolve, 1 + (id % 4), 'up'))

export const turn = () => new Promise((resolve) => setImmediate(resolve))

export const atOnce = (n, task) => each(n, () => task())

export const each = (n, call) => Promise.all(Array.from({ length: n }, (_, i) => call(i)))

// --- what is shared

/** Signals that outlive all calls; more are added as they are made. */
export const signals = new Set()

export const newController = () => {
  const controller = new AbortController()
  signals.add(controller.signal)
  return controller
}

/** One of each resource, and what all of them show. The breaker never opens, and the budget is never used up. */
export const newResources = ({ places = batchSize, ...queue } = {}) => {
  const limits = limitSet(
    [resourceLimit({ key: 'places', capacity: places }), rateLimit({ key: 'tokens', capacity: 1e6, per: 1 })],
    queue
  )()
  const breaker = circuitBreaker({ countWindow: 100, failureRatio: 0.9, failOn: 'NeverSeen' })()
  const budget = retryBudget({ maxTokens: 1e6, tokenRatio: 1 })()
  const state = () => ({
    available: limits.available(),
    waiting: limits.waiting(),
    breaker: breaker.status(),
    budget: budget.balance()
  })
  return { limits, breaker, budget, state }
}

// An error of its own in each would be most of the time.
export const observers = [
  withObserver(() => {
    throw down
  }),
  withObserver(failing),
  onRetry(failing)
]

/** All resources and a retry around a function, timeouts where they are said, and the signal of somebody who never aborts. */
export const around = (fn, { limits, breaker, budget }, { wait = 1, attempt, whole, retries = 1 } = {}) =>
  pipe(
    fn,
    inTime(attempt),
    withLimits(limits, { tokens: 2 }, () => ({ tokens: 1 })),
    withCircuitBreaker(breaker),
    withRetry(pipe(fixed(wait), limitRetries(retries))),
    withRetryBudget(budget),
    inTime(whole),
    withSignal(newController().signal)
  )

const inTime = (time) => (time === undefined ? (fn) => fn : withTimeout(time))

/** Timeouts and retries around a function, and nothing that has a state. */
export const lean = (fn, { wait = 1, attempt = '1h', whole = '2h', retries = 1 } = {}) =>
  pipe(fn, withTimeout(attempt), withRetry(pipe(fixed(wait), limitRetries(retries))), withTimeout(whole))

export const stateless = () => ({})

/** A way of calls that end by themselves, with everything around. */
export const ending = (fn, options) => () => {
  const resources = newResources()
  const task = around(fn, resources, options)
  return { batch: (n) => atOnce(n, task), state: resources.state }
}

/** A way of calls that all wait for something when their signal aborts, with everything around. */
export const aborted = (fn, options) => () => {
  const resources = newResources()
  const task = around(fn, resources, options)
  return { batch: (n) => abortedBatch(n, task), state: resources.state }
}

export const abortedBatch = async (n, task) => {
  const controller = newController()
  const calls = atOnce(n, () => pipe(task, withSignal(controller.signal))())
  // All that is ready has run by then.
  await turn()
  controller.abort('enough')
  return calls
}

/**
 * A way of calls that find all places of a limit taken. Those of `call` that wait for the place get it; the others have ended
 * when it is given back.
 */
export const held =
  (call, { wait = false, ...queue }) =>
  () => {
    const { limits, state } = newResources({ places: 1, ...queue })
    const task = pipe(up, withLimits(limits, { tokens: 1 }))
    return {
      state,
      batch: async (n) => {
        const permit = await limits.acquire({ tokens: 0 })()
        const calls = call(n, task)
        if (!wait) await calls
        permit.right.release()
        return calls
      }
    }
  }

/** A way of calls of which each may be hedged; the n-th attempt of a call is told n, from 0, and what the call has. */
export const hedged =
  (attempt, delay = 1) =>
  () => {
    const budget = retryBudget({ maxTokens: 1e6, tokenRatio: 1 })()
    const task = pipe(
      (call) => attempt(call.begun++, call),
      withHedge({ delay }),
      withRetryBudget(budget),
      withObserver(observers[0]),
      withSignal(newController().signal)
    )
    return { batch: (n) => atOnce(n, () => task(newCall())()), state: () => ({ budget: budget.balance() }) }
  }

const newCall = () => {
  const call = { begun: 0 }
  call.first = new Promise((resolve, reject) => Object.assign(call, { resolve, reject }))
  return call
}

/** A way of calls with nothing around them that has a state. */
export const plain = (task) => () => ({ batch: (n) => atOnce(n, task), state: stateless })
