/** `sharedBreaker` and `sharedBudget` have the types of what is not shared, and go wherever that goes. */
import { Redis } from 'ioredis'
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  type CircuitBreaker,
  type CircuitOpen,
  fixed,
  type RetryBudget,
  type RetryBudgetOptions,
  type RetryError,
  withCircuitBreaker,
  withRetry,
  withRetryBudget,
  worker
} from 'reprise'
import { decodeCircuitBreakerOptions } from 'reprise/codec'
import { redisStore, sharedBreaker, sharedBudget } from 'reprise/redis'
import { type Equal, expectType } from './Equal.js'
import { asyncUser, type HttpError, taskUser, taskUserOf, type User } from './shapes.js'

const store = redisStore(new Redis())()

const breaker = sharedBreaker(store, 'users', { consecutiveFailures: 5 })
expectType<Equal<typeof breaker, IO<CircuitBreaker>>>(true)
const guarded = pipe(taskUser, withCircuitBreaker(breaker()))
expectType<Equal<typeof guarded, TaskEither<HttpError | CircuitOpen, User>>>(true)

const typed = sharedBreaker(store, 'users', {
  countWindow: 20,
  failureRatio: 0.5,
  failOn: (error: HttpError) => error.status >= 500
})
expectType<Equal<typeof typed, IO<CircuitBreaker<HttpError>>>>(true)
pipe(taskUser, withCircuitBreaker(typed()))
// @ts-expect-error -- what is thrown can be anything
pipe(asyncUser, withCircuitBreaker(typed()))
// @ts-expect-error -- nothing says when it opens
sharedBreaker(store, 'users', {})
// @ts-expect-error -- no store
sharedBreaker(new Redis(), 'users', { consecutiveFailures: 5 })

// Options from a file are as good.
const decoded = decodeCircuitBreakerOptions({})({ consecutiveFailures: 5 })
if (decoded._tag === 'Right') sharedBreaker(store, 'users', decoded.right)

const budget = sharedBudget(store, 'users', { ratio: 0.2 })
expectType<Equal<typeof budget, IO<RetryBudget>>>(true)
const saved = pipe(taskUserOf, withRetry(fixed(1)), withRetryBudget(budget()))
expectType<Equal<ReturnType<typeof saved>, TaskEither<RetryError<HttpError, User>, User>>>(true)
const budgetOf = (options: RetryBudgetOptions) => sharedBudget(store, 'users', options)
// @ts-expect-error -- a ratio and tokens
sharedBudget(store, 'users', { ratio: 0.2, maxTokens: 10 })

const users = worker(
  { read: taskUser },
  { numRetries: 3, circuitBreaker: breaker(), retryBudget: { '*': budgetOf({ ratio: 0.2 })() } }
)
expectType<Equal<typeof users.read, TaskEither<RetryError<HttpError | CircuitOpen, User>, User>>>(true)
