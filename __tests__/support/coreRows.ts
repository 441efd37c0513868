/** The rows of `reprise`. */
import * as r from 'reprise'
import { instantClock } from 'reprise/testing'
import type { Makes, Row, Rows, Wraps } from './rows.js'

const policy = r.limitRetries(3)(r.fixed(10))
const decoder = { name: 'any', decode: (value: unknown) => ({ _tag: 'Right' as const, right: value }) }
const yes = (): boolean => true
const text = async (): Promise<string> => 'done'

/** A policy that nobody refused works: it decides, whatever it decides, and can be read. */
const decides = (made: r.RetryPolicy): unknown => [
  r.simulate(made, 6).map((decision) => {
    if (decision._tag === 'Retry' && !(Number.isSafeInteger(decision.delay) && decision.delay >= 0))
      throw new Error(`waits ${decision.delay}`)
  }),
  r.explain(made),
  r.lint(made),
  r.bounds(made)
]

const makesPolicy = (make: (...args: never[]) => r.RetryPolicy, ...good: ReadonlyArray<unknown>): Row => ({
  makes: { make, good, use: decides }
})

/** A combinator: what it gives changes a policy. */
const combines = (make: (...args: never[]) => unknown, ...good: ReadonlyArray<unknown>): Row => ({
  makes: { make, good, use: (f: (self: r.RetryPolicy) => r.RetryPolicy) => decides(f(policy)) }
})

/** A wrapper: what it gives takes a function. */
const makesWrapper = (make: (...args: never[]) => unknown, ...good: ReadonlyArray<unknown>): Makes => ({
  make,
  good,
  use: (wrap: Wraps) => wrap(text)
})

const wrapped = (wrap: unknown): Wraps => wrap as Wraps

const wrapper = (make: (...args: never[]) => unknown, ...good: ReadonlyArray<unknown>): Row => ({
  makes: [
    makesWrapper(make, ...good),
    { make: make(...(good as never[])) as never, good: [text], named: /^with|^onRetry/ }
  ],
  wraps: (fn) => wrapped(make(...(good as never[])))(fn)
})

const failures = (value: unknown): never =>
  ({
    _tag: 'Exhausted',
    hint: undefined,
    attempts: 1,
    elapsed: 1,
    omitted: 0,
    failures: [
      { _tag: 'Threw', error: value, attempt: 1, startedAt: 0, duration: 1, delay: undefined },
      { _tag: 'Rejected', value, reasons: [], attempt: 2, startedAt: 0, duration: 1, delay: undefined }
    ]
  }) as never

const breaker = () => r.circuitBreaker({ consecutiveFailures: 3 })()
const limits = () => r.limitSet([r.resourceLimit({ key: 'r', capacity: 2 })])()
const rates = () => r.limitSet([r.rateLimit({ key: 'a', capacity: 20, per: 1000 })])()
const budget = () => r.retryBudget({ ratio: 0.2 })()

export const coreRows: Rows = {
  exponential: makesPolicy(r.exponential, 10, 2),
  linear: makesPolicy(r.linear, 10, 20),
  fixed: makesPolicy(r.fixed, 10),
  fibonacci: makesPolicy(r.fibonacci, 10),
  decorrelated: makesPolicy(r.decorrelated, 10),
  delays: makesPolicy(r.delays, [10, 20]),
  custom: makesPolicy(r.custom, 'mine', () => 10),
  immediate: { value: true },
  never: { value: true },

  withJitter: combines(r.withJitter, 0.5),
  capDelay: combines(r.capDelay, 10),
  floorDelay: combines(r.floorDelay, 10),
  mapDelay: combines(r.mapDelay, 'half', (delay: number) => delay / 2),
  delayFrom: combines(r.delayFrom, () => 10, { max: 100, name: 'hint' }),
  limitRetries: combines(r.limitRetries, 3),
  limitDelay: combines(r.limitDelay, 100),
  limitTotalDelay: combines(r.limitTotalDelay, 100),
  limitElapsed: combines(r.limitElapsed, 100),
  recordFailures: combines(r.recordFailures, 3),
  retryOn: combines(r.retryOn, yes),
  abortOn: combines(r.abortOn, yes),
  retryUntil: combines(r.retryUntil, yes),
  andThen: makesPolicy((p) => r.andThen(p)(policy), policy),
  both: makesPolicy((p) => r.both(p)(policy), policy),
  either: makesPolicy((p) => r.either(p)(policy), policy),
  when: combines(r.when, yes, policy),
  allOf: {
    makes: { make: r.allOf, good: [[yes, 'x']], use: (c: r.Condition) => decides(r.retryOn(c)(policy)) }
  },
  not: { makes: { make: r.not, good: [yes], use: (c: r.Condition) => decides(r.retryOn(c)(policy)) } },
  anyCause: {
    makes: { make: r.anyCause, good: [yes], use: (c: r.Condition) => decides(r.retryOn(c)(policy)) }
  },

  bounds: { reads: r.bounds, makes: { make: r.bounds, good: [policy] } },
  explain: { reads: r.explain, makes: { make: r.explain, good: [policy, { deadline: 100 }] } },
  ExplanationShow: { reads: (p) => r.ExplanationShow.show(r.explain(p)) },
  lint: { reads: r.lint, makes: { make: r.lint, good: [policy] } },
  PolicyShow: { reads: r.PolicyShow.show },
  PolicyEq: {
    reads: (p) => [r.PolicyEq.equals(p, policy), r.PolicyEq.equals(policy, p), r.PolicyEq.equals(p, p)]
  },
  getPolicyMonoid: {
    reads: (p) => [r.getPolicyMonoid().concat(p, policy), r.getPolicyMonoid().concat(policy, p)]
  },
  getPolicyLattice: {
    reads: (p) => [r.getPolicyLattice().join(p, policy), r.getPolicyLattice().meet(policy, p)]
  },
  simulate: {
    reads: (p) => [r.simulate(p, 'LLLLLL', 7), r.simulate(p, [{ _tag: 'Answered', value: 7 }] as never)],
    makes: { make: r.simulate, good: [policy, 'LLR', 7] }
  },
  waits: {
    reads: (p) => r.waits(p, 6),
    makes: { make: r.waits, good: [policy, 3, 7], named: /^(waits|simulate)/ }
  },
  step: { reads: (p) => stepOn(p), makes: { make: r.step, good: [policy], named: /^policy/ } },
  initialState: { value: true },
  isRetryable: {
    reads: (p) => r.isRetryable(p)(new Error('x')),
    asks: (value) =>
      [undefined, 'Error', Error, yes, r.anyCause('x'), r.not('x')].map((condition) =>
        r.isRetryable(condition === undefined ? policy : r.retryOn(condition)(policy))(value as never)
      ),
    makes: { make: r.isRetryable, good: [policy], named: /^policy/ }
  },

  isCircuitOpen: { asks: r.isCircuitOpen },
  isLimitExceeded: { asks: r.isLimitExceeded },
  isAborted: { asks: r.isAborted },
  isBudgetExhausted: { asks: r.isBudgetExhausted },
  isExhausted: { asks: r.isExhausted },
  isInvalidResult: { asks: r.isInvalidResult },
  isNotRetryable: { asks: r.isNotRetryable },
  isPolicyFault: { asks: r.isPolicyFault },
  isRetryError: { asks: r.isRetryError },
  isTimedOut: { asks: r.isTimedOut },
  lastError: { asks: (value) => r.lastError(failures(value)) },
  lastFailure: { asks: (value) => r.lastFailure(failures(value)) },
  rejectedValues: { asks: (value) => r.rejectedValues(failures(value)) },
  match: { asks: (value) => r.match({ Exhausted: r.lastError } as never)(failures(value)) },
  reasonsOf: { asks: (value) => r.reasonsOf({ _tag: 'Failed', error: value } as never) },
  toError: { asks: (value) => [r.toError(value), r.toError(failures(value))] },
  succeed: { asks: r.succeed },

  systemClock: { value: true },
  backgroundClock: { value: true },
  systemRandom: { asks: () => r.systemRandom() },

  arrow: {
    makes: { make: r.arrow, good: [text] },
    wraps: (fn) => r.withRetry(policy)((() => r.arrow(fn)(...([7] as unknown as []))) as never)
  },
  latencyWindow: {
    makes: { make: r.latencyWindow, good: [{ size: 10, minimumCalls: 1 }], use: (io: () => unknown) => io() }
  },
  withRetry: {
    ...wrapper(r.withRetry, policy),
    makes: [
      { ...makesWrapper(r.withRetry, policy), named: /^policy/ },
      { make: r.withRetry(policy), good: [text] }
    ]
  },
  withTimeout: wrapper(r.withTimeout, 1000),
  withHedge: wrapper(r.withHedge, { delay: 10, max: 2 }),
  withDecoder: wrapper(r.withDecoder, decoder),
  withObserver: wrapper(r.withObserver, () => undefined),
  onRetry: wrapper(r.onRetry, () => undefined),
  withEnv: wrapper(r.withEnv, { clock: instantClock(), random: () => 0.5 }),
  withSignal: wrapper(r.withSignal, new AbortController().signal),
  withAttempt: {
    makes: { make: r.withAttempt, good: [() => text] },
    wraps: (fn) =>
      r.withAttempt(
        ({ signal }) =>
          () =>
            signal.aborted ? 7 : fn()
      )
  },
  via: {
    makes: { make: (step, task) => r.via(step)(task), good: [(task: never) => task, text] },
    wraps: (fn) => r.via((task) => task)(fn as never)
  },
  runOrThrow: { calls: (value) => thrownBy(value) },

  circuitBreaker: {
    asks: (value) => breaker().restore(value)(),
    makes: {
      make: r.circuitBreaker,
      good: [
        {
          countWindow: 10,
          minimumCalls: 5,
          failureRatio: 0.5,
          openTime: 100,
          trials: 1,
          slowAfter: 10,
          slowRatio: 0.5,
          failOn: yes,
          observer: yes,
          clock: instantClock()
        }
      ],
      use: (io: () => r.CircuitBreaker) => usedBreaker(io())
    }
  },
  withCircuitBreaker: {
    ...wrapper((own) => r.withCircuitBreaker(own), breaker()),
    wraps: (fn) => r.withCircuitBreaker(breaker())(fn as never)
  },
  callLimit: {
    makes: {
      make: r.callLimit,
      good: [{ capacity: 2, per: 1000, key: 'c', algorithm: 'gcra' }],
      use: (l: r.CallLimit) => r.limitSet([l])().tryAcquire()()
    }
  },
  rateLimit: {
    makes: {
      make: r.rateLimit,
      good: [{ key: 'a', capacity: 2, per: 1000, algorithm: 'gcra' }],
      use: (l: r.Limit) => r.limitSet([l])().available()
    }
  },
  resourceLimit: {
    makes: {
      make: r.resourceLimit,
      good: [{ key: 'r', capacity: 2 }],
      use: (l: r.Limit) => r.limitSet([l])().available()
    }
  },
  limitSet: {
    makes: [
      {
        make: r.limitSet,
        good: [
          [r.resourceLimit({ key: 'r', capacity: 2 })],
          { maxWait: 10, maxQueue: 3, clock: instantClock() }
        ],
        use: (io: () => r.LimitSet) => io().available()
      },
      { make: (request) => rates().acquire(request), good: [{ a: 1 }], named: /^acquire/ },
      { make: (request) => rates().tryAcquire(request)(), good: [{ a: 1 }], named: /^tryAcquire/ },
      { make: (request, body) => rates().use(request)(body), good: [{ a: 1 }, text], named: /^use/ }
    ],
    wraps: (fn) => limits().use()(fn as never)
  },
  withLimits: {
    ...wrapper(
      (set, request, usage) => r.withLimits(set, request, usage),
      rates(),
      { a: 1 },
      () => ({ a: 0 })
    ),
    wraps: (fn) => r.withLimits(limits())(fn as never)
  },
  retryBudget: {
    makes: [
      {
        make: r.retryBudget,
        good: [{ ratio: 0.2, minimumPerSecond: 1, window: 1000, clock: instantClock() }],
        use: (io: () => r.RetryBudget) => io().balance()
      },
      {
        make: r.retryBudget,
        good: [{ maxTokens: 10, tokenRatio: 0.1, clock: instantClock() }],
        use: (io: () => r.RetryBudget) => io().balance()
      }
    ]
  },
  withRetryBudget: {
    ...wrapper((own) => r.withRetryBudget(own), budget()),
    wraps: (fn) => r.withRetryBudget(budget())(r.withRetry(policy)(fn as never) as never)
  },

  policyOf: { makes: { make: r.policyOf, good: [r.worker({ text }), 'text'], use: decides } },
  configure: { makes: { make: (defaults) => r.configure(defaults)({ text }), good: [allOptions()] } },
  worker: {
    makes: [
      { make: (functions, options) => r.worker(functions, options), good: [{ text }, allOptions()] },
      {
        make: (retryWait, numRetries, timeout, limit) =>
          r.worker({ text }, {
            retryWait: { '*': retryWait },
            numRetries: { '*': 1, text: numRetries },
            timeout: { '*': timeout },
            limits: limit
          } as never),
        good: [10, 3, 100, { set: limits() }]
      }
    ],
    wraps: (fn) =>
      (
        r.worker({ fn } as never, { numRetries: 2, retryWait: 10, ...resources() } as never) as {
          fn: r.AnyFunction
        }
      ).fn
  }
}

/** A `Right` if what was thrown is what the task failed with, or a real error with it inside. */
function thrownBy(value: unknown): () => Promise<unknown> {
  return async () => {
    try {
      return await r.runOrThrow(async () => ({ _tag: 'Left', left: value }))
    } catch (error) {
      const isWhole = Object.is(error, value) || (error instanceof Error && typeof error.message === 'string')
      return isWhole ? { _tag: 'Right', right: error } : error
    }
  }
}

function allOptions(): object {
  return {
    numRetries: 3,
    retryAlgorithm: 'linear',
    retryWait: 10,
    retryJitter: 0.2,
    maxWait: 100,
    retryOn: yes,
    retryUntil: yes,
    attemptTimeout: 100,
    timeout: 1000,
    observer: yes,
    ...resources()
  }
}

function resources(): object {
  return { limits: limits(), circuitBreaker: breaker(), retryBudget: budget() }
}

function stepOn(p: r.RetryPolicy): unknown {
  const next = r.step(p)
  return [NaN, -1, 2, 0.5].map((random) =>
    next(r.initialState, { outcome: { _tag: 'Threw', error: new Error('x') }, elapsed: 0, random })
  )
}

function usedBreaker(own: r.CircuitBreaker): unknown {
  own.isolate()
  own.reset()
  return [own.status(), own.lastFailure(), own.restore(own.save())()]
}
