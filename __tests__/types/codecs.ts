/** What policies from configurations can judge, and how configurations are typed. */
import type { Either } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import {
  type BreakerState,
  type CircuitBreaker,
  circuitBreaker,
  type CircuitBreakerOptions,
  type Limit,
  type LimitSet,
  limitSet,
  type RateLimit,
  type ResourceLimit,
  type RetryBudget,
  retryBudget,
  type RetryPolicy,
  withRetry,
  worker
} from 'reprise'
import {
  BreakerStateFromUnknown,
  CircuitBreakerOptionsFromUnknown,
  type CircuitBreakerOptionsJson,
  type ConfigError,
  decodeCircuitBreakerOptions,
  decodeConfiguration,
  decodeLimits,
  decodePolicy,
  decodeRetryBudgetOptions,
  decodeWorkerOptions,
  DurationFromUnknown,
  encodeCircuitBreakerOptions,
  encodePolicy,
  type LimitsJson,
  PolicyFromUnknown,
  type PolicyJson,
  type Registry,
  type WorkerOptionsJson
} from 'reprise/codec'
import { type Equal, expectType } from './Equal.js'

interface HttpError {
  readonly status: number
}
interface DbError {
  readonly code: string
}
declare const isBusy: (error: HttpError) => boolean
declare const isLocked: (error: DbError) => boolean
declare const isLong: (text: string) => boolean
declare const retryAfter: (error: HttpError) => number | undefined
declare const registry: Registry

type Decoded<E, A> = Either<ReadonlyArray<ConfigError>, RetryPolicy<E, A>>

// A policy judges what all functions of the registry can judge.
const nothing = decodePolicy({})({})
expectType<Equal<typeof nothing, Decoded<unknown, unknown>>>(true)
const classes = decodePolicy({ conditions: { Error, TypeError } })({})
expectType<Equal<typeof classes, Decoded<unknown, unknown>>>(true)
const one = decodePolicy({ conditions: { isBusy, Error }, hints: { retryAfter } })({})
expectType<Equal<typeof one, Decoded<HttpError, unknown>>>(true)
const two = decodePolicy({ conditions: { isBusy, isLocked }, validators: { isLong, Text: t.string } })({})
expectType<Equal<typeof two, Decoded<HttpError & DbError, string>>>(true)
const open = decodePolicy(registry)({})
expectType<Equal<typeof open, Decoded<unknown, unknown>>>(true)
const inline = decodePolicy({
  conditions: {
    any: (error, { attempt }) => {
      expectType<Equal<typeof error, unknown>>(true)
      return attempt > 1
    }
  }
})({})
expectType<Equal<typeof inline, Decoded<unknown, unknown>>>(true)

declare const fetchUser: (id: string) => Promise<{ readonly name: string }>
if (nothing._tag === 'Right') withRetry(nothing.right)(fetchUser)
// @ts-expect-error -- it judges texts, and users are none
if (two._tag === 'Right') withRetry(two.right)(fetchUser)

// Codecs of io-ts.
const Settings = t.type({
  timeout: DurationFromUnknown,
  retry: PolicyFromUnknown({ conditions: { isBusy } })
})
expectType<Equal<t.TypeOf<typeof Settings>, { timeout: number; retry: RetryPolicy<HttpError> }>>(true)
expectType<Equal<t.OutputOf<typeof Settings>, { timeout: number; retry: PolicyJson }>>(true)

// Options and files.
const file = decodeConfiguration({ conditions: { isBusy } })({})
if (file._tag === 'Right' && file.right._tag === 'policy') {
  expectType<Equal<typeof file.right.policy, RetryPolicy<HttpError>>>(true)
}
const options = decodeWorkerOptions(registry)({})
if (options._tag === 'Right') worker({ fetchUser }, options.right)
declare const policy: RetryPolicy<HttpError, string>
const stored = encodePolicy({ conditions: { isBusy } })(policy)
expectType<Equal<typeof stored, Either<ReadonlyArray<ConfigError>, PolicyJson>>>(true)

// Resources.
declare const breaker: CircuitBreaker<HttpError>
declare const places: LimitSet<ResourceLimit<'place'>>
declare const tokens: LimitSet<RateLimit<'tokens'>>
declare const budget: RetryBudget
const lent = {
  conditions: { isBusy },
  limits: {
    places,
    tokens,
    asked: { set: tokens, request: (prompt: string) => ({ tokens: prompt.length }) }
  },
  circuitBreakers: { breaker },
  retryBudgets: { budget }
}
const withResources = decodeWorkerOptions(lent)({})
if (withResources._tag === 'Right') worker({ fetchUser }, withResources.right)
// What resources can judge is not what policies judge.
const besideResources = decodePolicy(lent)({})
expectType<Equal<typeof besideResources, Decoded<HttpError, unknown>>>(true)
// @ts-expect-error -- a budget is no circuit breaker
decodePolicy({ circuitBreakers: { budget } })
// @ts-expect-error -- options are no resource
decodePolicy({ retryBudgets: { budget: { ratio: 0.2 } } })
// @ts-expect-error -- limits are no set of them
decodePolicy({ limits: { places: [] } })

// Breakers judge what the conditions of the registry judge.
const breakerOptions = decodeCircuitBreakerOptions({ conditions: { isBusy } })({})
if (breakerOptions._tag === 'Right') {
  const made = circuitBreaker(breakerOptions.right)()
  expectType<Equal<typeof made, CircuitBreaker<HttpError>>>(true)
  const again = encodeCircuitBreakerOptions({ conditions: { isBusy } })(breakerOptions.right)
  expectType<Equal<typeof again, Either<ReadonlyArray<ConfigError>, CircuitBreakerOptionsJson>>>(true)
}
const anyBreaker = decodeCircuitBreakerOptions(registry)({})
if (anyBreaker._tag === 'Right') {
  const made = circuitBreaker(anyBreaker.right)()
  expectType<Equal<typeof made, CircuitBreaker>>(true)
}
declare const typedOptions: CircuitBreakerOptions<typeof isBusy>
encodeCircuitBreakerOptions({})(typedOptions)
const Saved = t.type({ state: BreakerStateFromUnknown, options: CircuitBreakerOptionsFromUnknown({}) })
expectType<Equal<t.TypeOf<typeof Saved>['state'], BreakerState>>(true)
expectType<Equal<t.OutputOf<typeof Saved>, { state: BreakerState; options: CircuitBreakerOptionsJson }>>(true)

const limits = decodeLimits([])
expectType<Equal<typeof limits, Either<ReadonlyArray<ConfigError>, ReadonlyArray<Limit>>>>(true)
if (limits._tag === 'Right') limitSet(limits.right)()
const budgetOptions = decodeRetryBudgetOptions({})
if (budgetOptions._tag === 'Right') retryBudget(budgetOptions.right)()

// Configurations written in TypeScript.
export const writtenLimits: LimitsJson = [
  { rateLimit: { key: 'tokens', capacity: 100, per: '1m' } },
  { callLimit: { capacity: 60, per: '1m', algorithm: 'gcra' } },
  { resourceLimit: { key: 'places', capacity: 2 } }
]
// @ts-expect-error -- a rate limit has a key
export const keylessLimits: LimitsJson = [{ rateLimit: { capacity: 100, per: '1m' } }]
export const writtenBreaker: CircuitBreakerOptionsJson = {
  timeWindow: '30s',
  failureRatio: 0.5,
  openTime: { exponential: '5s', capDelay: '2m' },
  failOn: ['A', { condition: 'isBusy' }]
}
const written: PolicyJson = {
  exponential: '200ms',
  retryOn: ['A', { not: { condition: 'isBusy' } }],
  limitRetries: 3
}
export const writtenOptions: WorkerOptionsJson = {
  numRetries: { '*': null, fetchUser: 3 },
  retryWait: '1s',
  policy: written,
  limits: 'places',
  circuitBreaker: { '*': 'payments', fetchUser: 'users' },
  retryBudget: { '*': null, fetchUser: 'shared' }
}
// @ts-expect-error -- a resource goes by its name
export const unnamed: WorkerOptionsJson = { circuitBreaker: { consecutiveFailures: 5 } }
// @ts-expect-error -- a text without a unit
export const wrongDuration: PolicyJson = { fixed: '200' }
// @ts-expect-error -- there is no such key
export const wrongKey: PolicyJson = { fixed: 200, limitRetrys: 3 }
// @ts-expect-error -- a record without '*'
export const wrongRecord: WorkerOptionsJson = { numRetries: { fetchUser: 3 } }

// @ts-expect-error -- a registry holds functions
decodePolicy({ conditions: { isBusy: 'isBusy' } })
