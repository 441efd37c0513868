/** The rows of the adapters: `reprise/http`, `reprise/opentelemetry`, `reprise/piscina`, `reprise/bullmq`, `reprise/redis`. */
import * as r from 'reprise'
import * as bullmq from 'reprise/bullmq'
import * as http from 'reprise/http'
import * as otel from 'reprise/opentelemetry'
import * as piscina from 'reprise/piscina'
import * as redis from 'reprise/redis'
import * as testing from 'reprise/testing'
import { fakeRedis } from './fakeRedis.js'
import type { Row, Rows, Wraps } from './rows.js'

const policy = r.limitRetries(3)(r.fixed(10))
const text = async (): Promise<string> => 'done'
const throwing = (): never => {
  throw new Error('no')
}

// --- reprise/http

/** A condition of a catalogue: it judges anything. */
const catalogue = (condition: r.Condition): Row => ({
  asks: (value) => r.isRetryable(r.retryOn(condition)(policy))(value)
})

export const httpRows: Rows = {
  isFetchFailed: { asks: http.isFetchFailed },
  isHttpError: { asks: http.isHttpError },
  retryAfter: { asks: http.retryAfter },
  retryAfterBy: {
    makes: { make: http.retryAfterBy, good: [() => 0] },
    asks: (value) => http.retryAfterBy(() => NaN)(value)
  },
  transientAws: catalogue(http.transientAws),
  transientHttp: catalogue(http.transientHttp),
  transientNetwork: catalogue(http.transientNetwork),
  transientStatus: catalogue(http.transientStatus),
  transientMysql: catalogue(http.transientMysql),
  transientNode: catalogue(http.transientNode),
  transientPostgres: catalogue(http.transientPostgres),
  transientRedis: catalogue(http.transientRedis),
  fetchOnce: {
    makes: { make: http.fetchOnce, good: [{ fetch: text, accept: () => true, read: text, bodyLimit: 10 }] },
    wraps: (fn) => () => http.fetchOnce({ fetch: fn as never })('http://a'),
    calls: (value) => http.fetchOnce({ fetch: (async () => value) as never })('http://a'),
    only: /^(throws|rejects|never)/
  },
  fetchWith: {
    makes: {
      make: http.fetchWith,
      good: [policy, { fetch: text, accept: () => true, idempotent: true, idempotencyKey: true }],
      named: /^(fetchWith|withFetchRetry|fetchOnce)/
    },
    wraps: (fn) => () =>
      http.fetchWith(policy, { read: fn as never, fetch: (async () => ({ status: 200 })) as never })(
        'http://a'
      ),
    calls: (value) =>
      r.withEnv({ clock: testing.instantClock() })(
        http.fetchWith(policy, {
          fetch: (async () => ({ status: 503, headers: value, body: value, text: () => value })) as never
        })('http://a') as never
      ),
    only: /^(throws|rejects|never)/
  },
  withFetchRetry: {
    makes: [
      { make: http.withFetchRetry, good: [policy, { idempotent: () => true, idempotencyKey: 'key' }] },
      { make: http.withFetchRetry(policy), good: [text] }
    ],
    wraps: http.withFetchRetry(policy) as never,
    calls: (value) =>
      (
        http.withFetchRetry(policy, {
          idempotent: () => {
            throw value
          },
          idempotencyKey: () => value as never
        })(http.fetchOnce({ fetch: (async () => ({})) as never }) as never) as (
          ...args: unknown[]
        ) => () => Promise<unknown>
      )('http://a', { method: 'POST', headers: value })
  }
}

// --- reprise/opentelemetry

/** An SDK of which nothing works. */
const broken = { startSpan: throwing, createCounter: throwing, createHistogram: throwing }
const half = {
  createCounter: () => ({ add: throwing }),
  createHistogram: () => ({ record: throwing }),
  startSpan: () => ({
    isRecording: () => true,
    addEvent: throwing,
    setAttributes: throwing,
    setStatus: throwing,
    recordException: throwing,
    end: throwing
  })
}

const telemetry = { tracer: broken, meter: half, spanName: throwing, attributes: throwing } as never

export const telemetryRows: Rows = {
  withTelemetry: {
    makes: {
      make: otel.withTelemetry,
      good: [{ tracer: half, meter: half, spanName: 'x', attributes: () => ({}), metrics: true }]
    },
    wraps: (fn) =>
      (otel.withTelemetry(telemetry) as unknown as Wraps)(
        (otel.withTelemetry({ tracer: half, meter: broken } as never) as unknown as Wraps)(fn)
      )
  },
  traceWorker: {
    makes: { make: otel.traceWorker, good: [{ metrics: false }] },
    wraps: (fn) => (otel.traceWorker(telemetry)({ fn } as never) as { fn: r.AnyFunction }).fn
  },
  telemetryObserver: {
    makes: { make: otel.telemetryObserver, good: [{ meter: half }] },
    wraps: (fn) =>
      r.withObserver(otel.telemetryObserver({ meter: half } as never))(
        r.withRetry(policy)(fn as never) as never
      )
  }
}

// --- reprise/piscina

const pool = (fn: r.AnyFunction): never => ({ run: () => fn() }) as never

export const piscinaRows: Rows = {
  // What goes to another thread is a copy.
  keepErrors: {
    makes: { make: piscina.keepErrors, good: [text] },
    wraps: (fn) => r.withRetry(policy)(piscina.keepErrors(fn as never) as never),
    calls: (value) => copyOf(value),
    copies: true,
    only: /^(throws|rejects)/
  },
  poolFunctions: {
    makes: [
      { make: piscina.poolFunctions, good: [pool(text)] },
      { make: piscina.poolFunctions(pool(text)), good: [['text']] }
    ],
    wraps: (fn) =>
      (piscina.poolFunctions(pool(fn))(['fn'] as never) as Record<string, r.AnyFunction>)[
        'fn'
      ] as r.AnyFunction
  },
  poolWorker: {
    makes: [
      { make: piscina.poolWorker, good: [pool(text)] },
      {
        make: piscina.poolWorker(pool(text)),
        good: [['text'], { numRetries: 3 }],
        named: /^(poolWorker|worker)/
      }
    ],
    wraps: (fn) =>
      (
        piscina.poolWorker(pool(fn))(
          ['fn'] as never,
          { numRetries: 2, retryWait: 10 } as never
        ) as unknown as Record<string, r.AnyFunction>
      )['fn'] as r.AnyFunction
  },
  workerCrashed: { asks: piscina.workerCrashed }
}

/** What a pool does with what was thrown: it cannot do without a copy. */
function copyOf(value: unknown): () => Promise<unknown> {
  return async () => {
    try {
      return await piscina.keepErrors(() => {
        throw value
      })()
    } catch (error) {
      return { _tag: 'Left', left: structuredClone(error) }
    }
  }
}

// --- reprise/bullmq

const settings = { connection: {}, queue: 'queue', prefix: 'p' }

export const bullmqRows: Rows = {
  isAttemptLost: { asks: bullmq.isAttemptLost },
  isQueueFault: { asks: bullmq.isQueueFault },
  toBullMQ: {
    reads: (p) => waitOf(p),
    makes: { make: bullmq.toBullMQ, good: [policy, { type: 'mine' }] }
  },
  // Calls need a Redis: `integration/bullmq.test.ts`.
  queueWorker: {
    makes: {
      make: bullmq.queueWorker,
      good: [{ text }, { numRetries: 3 }, settings],
      named: /^(queueWorker|worker)/
    }
  },
  withJob: {
    makes: {
      make: bullmq.withJob,
      good: [{ jobId: 'x', priority: 3, delay: 10 }],
      use: (wrap: Wraps) => wrap(text)
    },
    wraps: bullmq.withJob({ jobId: 'x' }) as never
  }
}

function waitOf(p: r.RetryPolicy): unknown {
  if (p.retryUntil !== undefined) return undefined
  return bullmq.toBullMQ(p).settings.backoffStrategy(2, undefined, new Error('x'), undefined as never)
}

// --- reprise/redis

/** A store whose Redis answers with nonsense, or not at all. */
const store = (answer: () => unknown): redis.RedisStore =>
  redis.redisStore(
    { ...fakeRedis(testing.instantClock()).client(), eval: answer, evalSha: answer } as never,
    { clock: testing.virtualClock() }
  )()

const places = [r.resourceLimit({ key: 'places', capacity: 2 })] as const

/** What is shared, while Redis throws, rejects, answers nonsense: calls go on. */
const sharing = (wrap: (store: redis.RedisStore) => unknown): Row => ({
  wraps: (fn) => (wrap(store(throwing)) as Wraps)(fn),
  calls: (value) => (wrap(store(() => value)) as (fn: unknown) => () => Promise<unknown>)(text)
})

const good = store(throwing)

export const redisRows: Rows = {
  isRedisAway: { asks: redis.isRedisAway },
  redisStore: {
    makes: {
      make: redis.redisStore,
      good: [
        fakeRedis(testing.instantClock()).client(),
        {
          prefix: 'p',
          whenAway: 'open',
          timeout: 10,
          lease: 1000,
          observer: () => undefined,
          clock: testing.instantClock()
        }
      ],
      use: (io: () => unknown) => io()
    }
  },
  sharedLimits: {
    ...sharing((own) => r.withLimits(redis.sharedLimits(own, 'limits', places)() as never)),
    makes: { make: redis.sharedLimits, good: [good, 'limits', places, { maxWait: 10, maxQueue: 3 }] }
  },
  sharedBreaker: {
    ...sharing((own) =>
      r.withCircuitBreaker(redis.sharedBreaker(own, 'breaker', { consecutiveFailures: 3 })())
    ),
    makes: {
      make: redis.sharedBreaker,
      good: [good, 'breaker', { consecutiveFailures: 3 }],
      named: /^(sharedBreaker|circuitBreaker)/
    }
  },
  sharedBudget: {
    ...sharing((own) => r.withRetryBudget(redis.sharedBudget(own, 'budget', { ratio: 0.2 })())),
    makes: {
      make: redis.sharedBudget,
      good: [good, 'budget', { ratio: 0.2 }],
      named: /^(sharedBudget|retryBudget)/
    }
  }
}
