/** What `worker` infers and refuses of `limits`, `circuitBreaker` and `retryBudget`. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  callLimit,
  circuitBreaker,
  type CircuitOpen,
  configure,
  type LimitExceeded,
  limitSet,
  rateLimit,
  resourceLimit,
  retryBudget,
  type RetryError,
  type TimedOut,
  worker
} from 'reprise'
import { type Equal, expectType } from './Equal.js'
import { asyncUserOf, type HttpError, taskUser, taskUserOf, type User } from './shapes.js'

const connections = limitSet([resourceLimit({ key: 'connections', capacity: 5 })])()
const tokens = limitSet([
  rateLimit({ key: 'tokens', capacity: 1000, per: '1m' }),
  callLimit({ capacity: 60, per: '1m' })
])()
const breaker = circuitBreaker({ consecutiveFailures: 5 })()
const ofHttp = circuitBreaker({
  consecutiveFailures: 5,
  failOn: (error: HttpError) => error.status >= 500
})()
const budget = retryBudget({ ratio: 0.2 })()

const complete = async (prompt: string): Promise<{ readonly text: string; readonly tokens: number }> => ({
  text: prompt,
  tokens: prompt.length
})

// --- what they add to the errors

const api = worker(
  { taskUser, taskUserOf, asyncUserOf },
  {
    limits: { '*': connections, asyncUserOf: undefined },
    circuitBreaker: { '*': undefined, taskUserOf: breaker },
    attemptTimeout: { '*': undefined, taskUserOf: '1s' },
    retryBudget: budget
  }
)
expectType<
  Equal<
    typeof api,
    {
      readonly taskUser: TaskEither<RetryError<HttpError | LimitExceeded, User>, User>
      readonly taskUserOf: (
        id: string
      ) => TaskEither<RetryError<HttpError | TimedOut | LimitExceeded | CircuitOpen, User>, User>
      readonly asyncUserOf: (id: string, n?: number) => TaskEither<RetryError<unknown, User>, User>
    }
  >
>(true)

// --- what is counted

worker({ taskUser }, { limits: connections })
worker({ taskUser }, { limits: { set: connections, request: { connections: 2 } } })
worker({ complete }, { limits: { set: tokens, request: { tokens: 100 } } })
worker(
  { complete, taskUser },
  {
    limits: {
      '*': connections,
      complete: {
        set: tokens,
        request: (prompt: string) => ({ tokens: prompt.length }),
        usage: (answer: { readonly tokens: number }) => ({ tokens: answer.tokens })
      }
    }
  }
)
// @ts-expect-error there is no telling how many tokens
worker({ complete }, { limits: tokens })
// @ts-expect-error there is no telling how many tokens
worker({ complete }, { limits: { set: tokens } })
// @ts-expect-error there is no telling how many tokens
worker({ complete }, { limits: { '*': tokens } })
// @ts-expect-error not of the tokens
worker({ complete }, { limits: { set: tokens, request: { calls: 1 } } })
// @ts-expect-error not of the tokens
worker({ complete }, { limits: { set: tokens, request: (prompt: string) => ({ calls: prompt.length }) } })
// @ts-expect-error its argument is a text
worker({ complete }, { limits: { set: tokens, request: (n: number) => ({ tokens: n }) } })
worker(
  { complete },
  {
    // @ts-expect-error its result is no number
    limits: { set: tokens, request: { tokens: 1 }, usage: (answer: number) => ({ tokens: answer }) }
  }
)
// @ts-expect-error a wrong value
worker({ complete }, { limits: 5 })
// @ts-expect-error there is no '*'
worker({ complete }, { limits: { complete: connections } })

// --- what a breaker judges

worker({ taskUser, taskUserOf }, { circuitBreaker: ofHttp })
// @ts-expect-error asyncUserOf rejects with anything
worker({ taskUser, asyncUserOf }, { circuitBreaker: ofHttp })
// @ts-expect-error a timeout is no HttpError
worker({ taskUser }, { circuitBreaker: ofHttp, attemptTimeout: '1s' })
// @ts-expect-error a limit may refuse
worker({ taskUser }, { circuitBreaker: ofHttp, limits: connections })
worker({ taskUser, asyncUserOf }, { circuitBreaker: { '*': breaker, taskUser: ofHttp } })
// @ts-expect-error a set of limits is no breaker
worker({ taskUser }, { circuitBreaker: connections })
// @ts-expect-error a breaker is no budget
worker({ taskUser }, { retryBudget: breaker })

// --- defaults

configure({ circuitBreaker: breaker, retryBudget: budget, limits: connections })
// @ts-expect-error a default is for any function
configure({ circuitBreaker: ofHttp })
// @ts-expect-error there is no telling how many tokens
configure({ limits: tokens })
configure({ limits: { set: tokens, request: { tokens: 1 } } })
