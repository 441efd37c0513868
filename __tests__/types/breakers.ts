/** What `circuitBreaker` and `withCircuitBreaker` infer, and what they refuse. */
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  type CircuitBreaker,
  circuitBreaker,
  type CircuitBreakerOptions,
  type CircuitOpen,
  exponential,
  type Judging,
  type RetryError,
  retryOn,
  withCircuitBreaker,
  withRetry
} from 'reprise'
import { type Equal, expectType } from './Equal.js'
import {
  asyncUser,
  asyncUserOf,
  type HttpError,
  readUser,
  taskUser,
  taskUserOf,
  type User
} from './shapes.js'

const breaker = circuitBreaker({ consecutiveFailures: 5 })()
expectType<Equal<typeof breaker, CircuitBreaker>>(true)

// --- the shapes

const a = pipe(asyncUser, withCircuitBreaker(breaker))
expectType<Equal<typeof a, TaskEither<unknown, User>>>(true)
const b = withCircuitBreaker(breaker)(taskUser)
expectType<Equal<typeof b, TaskEither<HttpError | CircuitOpen, User>>>(true)
const c = pipe(asyncUserOf, withCircuitBreaker(breaker))
expectType<Equal<typeof c, (id: string, n?: number) => TaskEither<unknown, User>>>(true)
const d = pipe(taskUserOf, withCircuitBreaker(breaker), withRetry(exponential(100)))
expectType<Equal<ReturnType<typeof d>, TaskEither<RetryError<HttpError | CircuitOpen, User>, User>>>(true)
const e = pipe(readUser, withCircuitBreaker(breaker))
expectType<Equal<ReturnType<typeof e>, TaskEither<HttpError | CircuitOpen, User>>>(true)

// A policy can name the refusal.
pipe(taskUser, withCircuitBreaker(breaker), withRetry(pipe(exponential(100), retryOn('CircuitOpen'))))

// --- conditions

const typed = circuitBreaker({
  consecutiveFailures: 5,
  failOn: (error: HttpError) => error.status >= 500
})
expectType<Equal<typeof typed, IO<CircuitBreaker<HttpError>>>>(true)
pipe(taskUser, withCircuitBreaker(typed()))
// @ts-expect-error -- what is thrown can be anything
pipe(asyncUser, withCircuitBreaker(typed()))
// The text that the compiler shows is that of a policy, too.
expectType<
  Equal<
    Judging<typeof asyncUser, HttpError, unknown>,
    'reprise: the conditions cannot judge the errors of this function; use a refinement, or a predicate on unknown'
  >
>(true)
// A breaker that judges anything fits where one for some errors is wanted, and not the other way round.
const forSome = (judging: CircuitBreaker<HttpError>) => judging
forSome(breaker)
// @ts-expect-error -- this one can judge an HttpError only
withCircuitBreaker<unknown>(typed())

const named = circuitBreaker({ consecutiveFailures: 5, failOn: ['ETIMEDOUT', RangeError] })()
expectType<Equal<typeof named, CircuitBreaker>>(true)
const open = (options: CircuitBreakerOptions) => circuitBreaker(options)()
expectType<Equal<ReturnType<typeof open>, CircuitBreaker>>(true)

// --- options

circuitBreaker({ countWindow: 10, failureRatio: 0.5, slowRatio: 0.5, slowAfter: '2s', minimumCalls: 5 })
circuitBreaker({ timeWindow: '30s', failureRatio: 0.5, openTime: exponential('1s'), trials: 3 })
// @ts-expect-error -- nothing says when it opens
circuitBreaker({})
// @ts-expect-error -- two windows
circuitBreaker({ countWindow: 10, timeWindow: '30s', failureRatio: 0.5 })
// @ts-expect-error -- a ratio of failures in a row
circuitBreaker({ consecutiveFailures: 5, failureRatio: 0.5 })
// @ts-expect-error -- misspelt
circuitBreaker({ consecutiveFailures: 5, openTimes: '1s' })
// @ts-expect-error -- no duration
circuitBreaker({ consecutiveFailures: 5, openTime: '1d' })
// @ts-expect-error -- the IO has to be run
withCircuitBreaker(circuitBreaker({ consecutiveFailures: 5 }))
// @ts-expect-error -- no function
pipe(5, withCircuitBreaker(breaker))
