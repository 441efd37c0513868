// The worker that `soak.js` lets its users call: five methods, each with limits and a breaker of its own, under one budget;
// and the functions behind them, which behave as the weather is and keep the models.
import { setTimeout as sleep } from 'node:timers/promises'
import { pipe } from 'fp-ts/lib/function.js'
import {
  callLimit,
  circuitBreaker,
  exponential,
  limitSet,
  rateLimit,
  resourceLimit,
  retryBudget,
  systemClock,
  withAttempt,
  withJitter,
  worker
} from 'reprise'
import { newBudget, newPlaces, newRate } from './soakModels.js'

// --- what is shared

const down = Object.assign(new Error('down'), { code: 'EDOWN' })

/** How long a call may take, and each of its attempts; but one method leaves that to the call. */
export const timeout = 400
export const attemptTimeout = 25

/** What each method has of calls and of tokens. */
export const rate = { capacity: 30, per: 100 }
export const tokens = { capacity: 400, per: 100 }
const budgetOptions = { ratio: 0.4, minimumPerSecond: 5, window: 10_000 }

const specs = {
  read: { algorithm: 'tokenBucket', places: 6, retries: 3, breaker: { consecutiveFailures: 6 } },
  write: { algorithm: 'leakyBucket', places: 1, retries: 2, breaker: { countWindow: 20, failureRatio: 0.5 } },
  search: {
    algorithm: 'slidingWindow',
    places: 4,
    retries: 3,
    breaker: { timeWindow: 500, failureRatio: 0.6, minimumCalls: 10, trials: 3 }
  },
  list: {
    algorithm: 'fixedWindow',
    places: 8,
    retries: 1,
    breaker: { countWindow: 30, slowRatio: 0.7, slowAfter: 20 }
  },
  send: {
    algorithm: 'gcra',
    places: 3,
    retries: 0,
    breaker: { countWindow: 10, failureRatio: 0.6, trials: 2 }
  }
}
/**
 * The time of the machine, which stands still while what is ready runs: so a function sees the very moment at which a limit or
 * a breaker let it in, however busy the machine is.
 */
const turnClock = () => {
  let time
  const now = () => {
    if (time === undefined) {
      time = systemClock.now()
      setImmediate(() => {
        time = undefined
      })
    }
    return time
  }
  return { now, after: systemClock.after }
}

/** What calls of one method share, and the models of it. */
const newService = ([name, { algorithm, places, retries, breaker }], clock, counts) => ({
  name,
  retries,
  limits: limitSet(
    [
      resourceLimit({ key: 'places', capacity: places }),
      callLimit({ key: 'calls', ...rate, algorithm }),
      rateLimit({ key: 'tokens', ...tokens })
    ],
    { maxWait: 100, maxQueue: 12, clock }
  )(),
  breaker: circuitBreaker({
    openTime: pipe(exponential(40), withJitter(0.5)),
    clock,
    ...breaker,
    observer: (event) => {
      if (event._tag === 'CircuitOpened') counts.opened += 1
      throw down
    }
  })(),
  places: newPlaces(places),
  capacity: places,
  calls: newRate(algorithm, rate),
  tokens: newRate('tokenBucket', tokens),
  weather: 'good'
})

// --- what is called

const weathers = {
  good: ['answers', 'answers', 'answers', 'answers', 'answers', 'answers', 'slowly', 'fails', 'refused'],
  bad: ['answers', 'fails', 'fails', 'rejects', 'throws', 'refused', 'hangs', 'fails'],
  slow: ['slowly', 'slowly', 'hangs', 'listens', 'answers']
}

/** Makes the worker; `check` and `problem` are told what is wrong. */
export const newWorker = ({ check, counts, problem, random }) => {
  const chance = (p) => random() < p
  const oneOf = (list) => list[Math.floor(random() * list.length)]
  const clock = turnClock()
  const services = Object.entries(specs).map((spec) => newService(spec, clock, counts))
  const budget = retryBudget({ ...budgetOptions, clock })()
  const budgetModel = newBudget(budgetOptions)

  /** Comes in, under the models; gives how to leave, which the end of the attempt does as well. */
  const comeIn = ({ places, calls, tokens, name }, signal, amount) => {
    const now = clock.now()
    let inside = true
    const leave = () => {
      if (inside) places.leave()
      inside = false
    }
    check(name, places.enter())
    check(name, calls.take(1, now))
    check(name, tokens.take(amount, now))
    signal?.addEventListener('abort', leave, { once: true })
    return leave
  }

  /** How a function behaves, given how to leave; what it has not used of its tokens it gives back. */
  const outcomes = {
    answers: async (service, call, leave) => {
      if (chance(0.7)) await sleep(random() * 8)
      leave()
      service.tokens.refund(call.amount / 2, clock.now())
      return { id: call.id, ok: true }
    },
    slowly: async (service, call, leave) => {
      await sleep(10 + random() * 12)
      return outcomes.answers(service, call, leave)
    },
    refused: async (service, call, leave) => {
      leave()
      service.tokens.refund(call.amount / 2, clock.now())
      return { id: call.id, ok: false }
    },
    fails: async (_, __, leave) => {
      if (chance(0.5)) await sleep(random() * 5)
      leave()
      return { _tag: 'Left', left: down }
    },
    rejects: async (_, __, leave) => {
      leave()
      throw down
    },
    throws: (_, __, leave) => {
      leave()
      throw down
    },
    hangs: () => new Promise(() => undefined),
    listens: (_, __, ___, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
  }

  const functionOf = (service) =>
    withAttempt(({ attempt, signal }) => (call) => {
      counts.attempts += 1
      call.begun += 1
      const where = `${service.name}, call ${call.id}, attempt ${attempt}`
      if (call.isAborted || call.hasEnded || signal.aborted) problem(`${where} began after the end`)
      if (call.begun > call.most) problem(`${where} is one of ${call.begun}, of at most ${call.most}`)
      if (!call.isHedged && call.mustBeRefused) problem(`${where} passed an open breaker`)
      const leave = comeIn(service, signal, call.amount)
      return outcomes[oneOf(weathers[service.weather])](service, call, leave, signal)
    })

  /** Keeps what events say of a call, and then throws or rejects now and then. */
  const observer = (event) => {
    const call = event.args[0]
    const now = clock.now()
    switch (event._tag) {
      case 'AttemptStarted': {
        const { _tag, retryAfter } = call.service.breaker.status()
        call.mustBeRefused = _tag === 'Open' && retryAfter > 0
        if (!call.isHedged && systemClock.now() < call.notBefore) problem(`call ${call.id} waited too short`)
        break
      }
      case 'RetryScheduled':
        counts.retries += 1
        call.notBefore = systemClock.now() + event.delay
        check('budget', budgetModel.retried(now))
        break
      case 'LimitWaiting':
        counts.waiting = Math.max(counts.waiting, event.waiting)
        break
      case 'Succeeded':
      case 'GaveUp':
        call.told += 1
        if (call.told > call.drivers) problem(`call ${call.id} was told ${call.told} ends`)
    }
    if (chance(0.3)) throw down
    return chance(0.3) ? Promise.reject(down) : undefined
  }

  const byMethod = (valueOf) => ({
    '*': undefined,
    ...Object.fromEntries(services.map((service) => [service.name, valueOf(service)]))
  })

  const methods = worker(Object.fromEntries(services.map((service) => [service.name, functionOf(service)])), {
    numRetries: byMethod(({ retries }) => retries),
    retryWait: 3,
    retryJitter: 'full',
    retryUntil: (result) => result.ok,
    attemptTimeout: byMethod(({ name }) => (name === 'list' ? undefined : attemptTimeout)),
    timeout,
    limits: byMethod(({ limits }) => ({
      set: limits,
      request: (call) => ({ tokens: call.amount }),
      usage: (_, call) => ({ tokens: call.amount / 2 })
    })),
    circuitBreaker: byMethod(({ breaker }) => breaker),
    retryBudget: budget,
    observer
  })

  return { budgetModel, clock, comeIn, methods, services }
}
