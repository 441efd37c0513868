/** What `worker` infers, and what it refuses. */
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type CircuitOpen,
  configure,
  exponential,
  fixed,
  type LimitExceeded,
  policyOf,
  type RetryError,
  retryOn,
  type RetryPolicy,
  retryUntil,
  type TimedOut,
  worker,
  type WorkerOptions,
  withSignal
} from 'reprise'
import { type Equal, expectType } from './Equal.js'
import { asyncUser, asyncUserOf, type HttpError, taskUser, taskUserOf, type User } from './shapes.js'

type Thrown<A> = RetryError<unknown, A>

class ConnectionError extends Error {}

// --- the methods: shapes, errors, results

const functions = { asyncUser, taskUser, asyncUserOf, taskUserOf }
const plain = worker(functions)
expectType<
  Equal<
    typeof plain,
    {
      readonly asyncUser: TaskEither<Thrown<User>, User>
      readonly taskUser: TaskEither<RetryError<HttpError, User>, User>
      readonly asyncUserOf: (id: string, n?: number) => TaskEither<Thrown<User>, User>
      readonly taskUserOf: (id: string) => TaskEither<RetryError<HttpError, User>, User>
    }
  >
>(true)

interface Database {
  readonly readData: (id: number) => Promise<string>
  writeLog(line: string): Promise<void>
  readonly url: string
}
declare const database: Database

const db = worker(database, {
  numRetries: { '*': 0, readData: 3, writeLog: 5 },
  retryWait: { '*': '1s', writeLog: '5s' },
  retryAlgorithm: 'exponential',
  retryOn: [ConnectionError]
})
expectType<
  Equal<
    typeof db,
    {
      readonly readData: (id: number) => TaskEither<Thrown<string>, string>
      readonly writeLog: (line: string) => TaskEither<Thrown<void>, void>
    }
  >
>(true)
const adapted = pipe(db.readData(3), withSignal(new AbortController().signal))
adapted satisfies TaskEither<unknown, string>

// --- timeouts add TimedOut, where they are set

const timed = worker(functions, {
  attemptTimeout: { '*': undefined, taskUser: '1s' },
  timeout: { '*': '10s', taskUserOf: undefined, asyncUser: 5000 }
})
expectType<Equal<typeof timed.taskUser, TaskEither<RetryError<HttpError | TimedOut, User> | TimedOut, User>>>(
  true
)
expectType<
  Equal<typeof timed.taskUserOf, (id: string) => TaskEither<RetryError<HttpError, User> | TimedOut, User>>
>(true)
const patient = configure({ timeout: '1m' })(functions, { numRetries: 3 })
expectType<Equal<typeof patient.taskUser, TaskEither<RetryError<HttpError, User> | TimedOut, User>>>(true)

declare const loaded: { readonly numRetries?: number; readonly timeout?: number }
const maybe = worker(functions, loaded)
expectType<Equal<typeof maybe.taskUser, TaskEither<RetryError<HttpError, User> | TimedOut, User>>>(true)

// --- policyOf

expectType<Equal<ReturnType<typeof ofTask>, RetryPolicy<HttpError, User>>>(true)
const ofTask = () => policyOf(plain, 'taskUser')
expectType<Equal<ReturnType<typeof ofTimed>, RetryPolicy<HttpError | TimedOut, User>>>(true)
const ofTimed = () => policyOf(timed, 'taskUser')
// @ts-expect-error no such method
policyOf(plain, 'taskUsers')

// --- judging

const ofHttp = pipe(
  fixed(1),
  retryOn((e: HttpError) => e.status > 500)
)
const ofNumbers = pipe(
  fixed(1),
  retryUntil((n: number) => n > 5)
)
const isServerError = (error: HttpError): boolean => error.status > 500

worker({ taskUser }, { retryOn: isServerError })
worker({ taskUser }, { retryOn: (error: HttpError) => error.status > 500 })
worker({ taskUser }, { retryOn: (error, { attempt }) => attempt < 3 && error instanceof Error })
worker({ taskUser }, { numRetries: 3, retryOn: { '*': (error) => error instanceof Error } })
worker({ taskUser, taskUserOf }, { retryUntil: (user: User) => user.name !== '' })
worker({ taskUser, asyncUser }, { retryUntil: t.type({ name: t.string }) })
worker(functions, { retryOn: { '*': Error, taskUser: isServerError } })
worker({ taskUser, taskUserOf }, { policy: ofHttp })
worker(functions, { policy: { '*': exponential(5), taskUser: ofHttp } })

// @ts-expect-error asyncUser rejects with anything
worker(functions, { retryOn: isServerError })
// @ts-expect-error a timeout is no HttpError
worker({ taskUser }, { attemptTimeout: '1s', retryOn: isServerError })
// @ts-expect-error asyncUser rejects with anything
worker(functions, { retryOn: { '*': Error, asyncUser: isServerError } })
// @ts-expect-error the validator judges numbers
worker({ taskUser }, { retryUntil: (n: number) => n > 1 })
// @ts-expect-error the policy judges HttpErrors only
worker(functions, { policy: ofHttp })
// @ts-expect-error the policy judges numbers only
worker({ taskUser }, { policy: { '*': fixed(1), taskUser: ofNumbers } })
// @ts-expect-error a default is for any function
configure({ retryOn: isServerError })
configure({ retryOn: (error, { attempt }) => attempt < 3 && error instanceof Error })
configure({ retryOn: Error, observer: (event) => event._tag })
configure({ retryOn: [ConnectionError, 'ECONNRESET'], retryUntil: t.unknown, policy: fixed(1) })

// What is not known until run time is checked there.
declare const stored: WorkerOptions
const fromFile = worker({ taskUser }, stored)
expectType<
  Equal<
    typeof fromFile.taskUser,
    TaskEither<RetryError<HttpError | TimedOut | LimitExceeded | CircuitOpen, User> | TimedOut, User>
  >
>(true)

// --- what is refused

// @ts-expect-error a misspelt option
worker(functions, { numRetires: 3 })
// @ts-expect-error a misspelt option
configure({ numRetires: 3 })
// @ts-expect-error a misspelt method
worker(functions, { numRetries: { '*': 0, asyncUsr: 3 } })
// @ts-expect-error there is no '*'
worker(functions, { numRetries: { asyncUser: 3 } })
// @ts-expect-error there is no '*'
worker(functions, { retryOn: { asyncUser: Error } })
// @ts-expect-error there is no '*'
worker(functions, { policy: { asyncUser: fixed(1) } })
// @ts-expect-error a wrong value
worker(functions, { numRetries: 'three' })
// @ts-expect-error a wrong value
worker(functions, { retryWait: { '*': '1s', asyncUser: 'soon' } })
// @ts-expect-error a wrong value
worker(functions, { retryAlgorithm: 'quadratic' })
// @ts-expect-error not a policy
worker(functions, { policy: { retries: 3 } })
// @ts-expect-error a policy stands instead of the simple options
worker(functions, { policy: fixed(1), numRetries: 3 })
const oneMethod = { '*': undefined, asyncUser: fixed(2) } as const
// @ts-expect-error a policy stands instead of the simple options, for one method too
worker(functions, { policy: oneMethod, retryWait: { '*': undefined, asyncUser: 3 } })
worker(functions, { policy: { '*': undefined, asyncUser: fixed(2) }, retryWait: 3 })
worker(functions, { policy: fixed(1), retryWait: { '*': undefined, asyncUser: 3 } })
// @ts-expect-error a default is one value
configure({ numRetries: { '*': 3 } })
// @ts-expect-error a task or a function? say so with arrow
worker({ greet: async (name?: string) => name })
// @ts-expect-error not an object
worker(42)
