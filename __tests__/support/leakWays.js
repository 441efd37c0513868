// The ways in which calls end, for `leaks.js`. Each is a function that makes what the calls of that way share, and gives
// `batch(n)`, which makes n calls at once and gives what they ended with, and `state()`, what the public API shows of what
// they shared. All of it is on the clock of the machine; how each call ends hangs on no speed.
import { AsyncLocalStorage } from 'node:async_hooks'
import { pipe } from 'fp-ts/lib/function.js'
import {
  backgroundClock,
  callLimit,
  circuitBreaker,
  fixed,
  immediate,
  latencyWindow,
  limitRetries,
  limitSet,
  retryBudget,
  retryOn,
  retryUntil,
  withCircuitBreaker,
  withEnv,
  withLimits,
  withRetry,
  withSignal,
  withTimeout,
  worker
} from 'reprise'
import {
  batchSize,
  down,
  up,
  failing,
  hanging,
  untilAborted,
  flaky,
  slow,
  atOnce,
  each,
  newController,
  newResources,
  observers,
  around,
  lean,
  stateless,
  ending,
  aborted,
  abortedBatch,
  held,
  hedged,
  plain
} from './leakParts.js'

export const ways = {
  success: ending(up, { attempt: '1h', whole: '2h' }),
  'success after a wait of 1 ms': ending(flaky, { whole: '2h' }),
  'success in time, of a function that sleeps': plain(lean(slow)),
  exhausted: ending(failing),
  'thrown before the first await': plain(
    lean(() => {
      throw down
    })
  ),
  'not retryable': plain(pipe(failing, withRetry(pipe(immediate, retryOn('Other'))))),
  'a fault of the policy': plain(
    pipe(
      failing,
      withRetry(
        pipe(
          immediate,
          retryOn(() => {
            throw down
          })
        )
      )
    )
  ),
  'a result refused': plain(
    pipe(
      up,
      withRetry(
        pipe(
          fixed(1),
          limitRetries(1),
          retryUntil((result) => result === 'other')
        )
      )
    )
  ),

  'aborted while waiting': aborted(failing, { wait: '1h', whole: '2h' }),
  'aborted in flight': aborted(hanging, { attempt: '1h' }),
  'aborted in flight, of a function that listens': () => ({
    batch: (n) => abortedBatch(n, lean(untilAborted)),
    state: stateless
  }),
  // Nothing inside ends with the call, and so makes it give back what it holds.
  'aborted in flight, with limits alone': () => {
    const { limits, state } = newResources()
    const task = pipe(hanging, withLimits(limits, { tokens: 1 }))
    return { batch: (n) => abortedBatch(n, task), state }
  },
  'aborted before it began': () => {
    const { limits, state } = newResources()
    const controller = newController()
    controller.abort('enough')
    const task = pipe(up, withLimits(limits, { tokens: 1 }), withSignal(controller.signal))
    return { batch: (n) => atOnce(n, task), state }
  },
  'timed out while waiting': ending(failing, { wait: '1h', whole: 2 }),
  'timed out in flight': ending(hanging, { attempt: '1h', whole: 2 }),
  'timed out in flight, of a function that listens': plain(lean(untilAborted, { whole: 2 })),
  'each attempt timed out': ending(hanging, { attempt: 2 }),

  'breaker open': () => {
    const resources = newResources()
    const breaker = circuitBreaker({ consecutiveFailures: 1, openTime: '1h' })()
    const task = around(failing, { ...resources, breaker })
    return {
      batch: (n) => atOnce(n, task),
      state: () => ({ ...resources.state(), breaker: breaker.status()._tag })
    }
  },
  'breaker half-open, trials aborted': () => {
    const breaker = circuitBreaker({ consecutiveFailures: 1, openTime: 0, trials: batchSize })()
    const opened = pipe(failing, withCircuitBreaker(breaker))()
    return {
      batch: async (n) => {
        await opened
        return abortedBatch(n, pipe(hanging, withCircuitBreaker(breaker)))
      },
      state: () => ({ breaker: breaker.status() })
    }
  },
  'breaker opens and closes again': () => {
    const breaker = circuitBreaker({ consecutiveFailures: 2, openTime: 0 })()
    const calls = [failing, failing, up].map(withCircuitBreaker(breaker))
    return {
      batch: async (n) => {
        const ends = []
        for (let i = 0; i < n; i++) ends.push(await calls[Math.min(2, i % 4)]())
        return ends
      },
      state: () => ({ breaker: breaker.status() })
    }
  },

  'limit refused, queue full': held(atOnce, { maxQueue: 0 }),
  'limit refused, waited too long': held(atOnce, { maxWait: 2 }),
  'limit refused, above the capacity': () => {
    const { limits, state } = newResources()
    return { batch: (n) => atOnce(n, pipe(up, withLimits(limits, { tokens: 1e7 }))), state }
  },
  'queued, then granted': held(atOnce, { wait: true }),
  'queued for a rate of each kind, then granted': () => {
    const kinds = ['tokenBucket', 'leakyBucket', 'slidingWindow', 'fixedWindow', 'gcra']
    const limits = limitSet(
      kinds.map((algorithm) => callLimit({ key: algorithm, capacity: batchSize / 2, per: 1, algorithm }))
    )()
    const state = () => ({ available: limits.available(), waiting: limits.waiting() })
    return { batch: (n) => atOnce(n, pipe(up, withLimits(limits))), state }
  },
  'queued, then aborted': held(abortedBatch, {}),
  'queued, then timed out': held((n, task) => atOnce(n, pipe(task, withTimeout(2))), {}),
  'permits by hand': () => {
    const { limits, state } = newResources({ places: 7 })
    const call = async () => {
      const end = await limits.acquire({ tokens: 2 })()
      end.right.report({ tokens: 1 })
      end.right.release()
      return end
    }
    return { batch: (n) => atOnce(n, call), state }
  },
  'permits of use': () => {
    const { limits, state } = newResources({ places: 7 })
    const used = limits.use({ tokens: 2 })(async (permit) => permit.report({ tokens: 1 }))
    return { batch: (n) => atOnce(n, used), state }
  },

  'hedge not needed': hedged(() => up(), '1h'),
  'hedge won by the first': hedged((n, { first, resolve }) => {
    if (n === 0) return first
    resolve('up')
    return hanging()
  }),
  'hedge won by the second': hedged((n) => (n === 0 ? hanging() : up())),
  'hedge of which both fail': hedged((n, { first, reject }) => {
    if (n === 0) return first
    reject(down)
    return failing()
  }),
  'hedge after a quantile': () =>
    hedged(() => slow(Math.random() * 4), { quantile: 0.5, of: latencyWindow()(), initially: '1h' })(),

  'budget refused': () => {
    const { limits, breaker, state } = newResources()
    const budget = retryBudget({ ratio: 0, minimumPerSecond: 0 })()
    const task = around(failing, { limits, breaker, budget })
    return { batch: (n) => atOnce(n, task), state: () => ({ ...state(), budget: budget.balance() }) }
  },
  'observers that throw and reject': () => {
    const resources = newResources({ places: batchSize / 10 })
    const task = observers.reduce((watched, each) => each(watched), around(failing, resources))
    return { batch: (n) => atOnce(n, task), state: resources.state }
  },
  'in an async context of its own': () => {
    const storage = new AsyncLocalStorage()
    const { limits, state } = newResources({ places: 10 })
    const task = pipe(
      flaky,
      withLimits(limits, { tokens: 1 }),
      withRetry(pipe(fixed(1), limitRetries(1))),
      withTimeout('1h')
    )
    return { batch: (n) => each(n, (i) => storage.run({ i }, task)), state }
  },
  'on the clock of the background': () => {
    const task = pipe(flaky, withRetry(pipe(fixed(1), limitRetries(1))), withEnv({ clock: backgroundClock }))
    return {
      // Nothing else keeps the process alive.
      batch: async (n) => {
        const alive = setInterval(() => undefined, 1000)
        const ends = await atOnce(n, task)
        clearInterval(alive)
        return ends
      },
      state: stateless
    }
  },
  'methods of a worker': () => {
    const { limits, breaker, budget, state } = newResources({ places: 100 })
    const methods = worker(
      { succeed: async (id) => id, fail: failing, hang: hanging, refuse: async (id) => -id },
      {
        policy: {
          '*': undefined,
          refuse: pipe(
            immediate,
            limitRetries(1),
            retryUntil((result) => result > 0)
          )
        },
        numRetries: { '*': 1 },
        retryWait: { '*': 5, hang: 1 },
        retryJitter: 'full',
        attemptTimeout: { '*': '1h', hang: 1 },
        timeout: '2h',
        limits: { set: limits, request: { tokens: 2 }, usage: () => ({ tokens: 1 }) },
        circuitBreaker: breaker,
        retryBudget: budget,
        observer: failing
      }
    )
    const kinds = [
      (i) => methods.succeed(i)(),
      () => methods.fail(),
      () => methods.hang(),
      (i) => methods.refuse(i)()
    ]
    return { batch: (n) => each(n, (i) => kinds[i % 4](i)), state }
  },

  // What leaves something behind, to show that it is seen.
  'a leak: a listener in each batch': () => {
    const { signal } = newController()
    return {
      batch: (n) => {
        signal.addEventListener('abort', () => undefined)
        return atOnce(n, pipe(up, withSignal(signal)))
      },
      state: stateless
    }
  },
  'a leak: a permit': () => {
    const { limits, state } = newResources({ places: 2 * batchSize })
    const first = limits.acquire({ tokens: 0 })()
    return {
      batch: async (n) => (await first, atOnce(n, pipe(up, withLimits(limits, { tokens: 1 })))),
      state
    }
  },
  'a leak: one who waits': () => {
    const { limits, state } = newResources()
    const all = limits.acquire({ tokens: 0, places: batchSize })()
    return {
      batch: async (n) => {
        await all
        if (limits.waiting() === 0) void limits.acquire({ tokens: 0 })()
        return atOnce(n, withRetry(immediate)(up))
      },
      state
    }
  },
  'a leak: a timer': () => {
    const aborter = newController()
    return {
      batch: async (n) => {
        // Ends with the process, which the other end of it has to wait for.
        void pipe(hanging, withTimeout('1h'), withSignal(aborter.signal))()
        return atOnce(n, pipe(up, withTimeout('1h')))
      },
      state: stateless,
      end: () => aborter.abort()
    }
  },
  'a leak: an object of each call': () => {
    const kept = []
    return {
      batch: (n) =>
        atOnce(
          n,
          withRetry(immediate)(async () => kept.push({}))
        ),
      state: () => ({ kept: kept.length > 0 })
    }
  }
}
