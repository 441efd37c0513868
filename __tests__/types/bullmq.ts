/** What `queueWorker` and `toBullMQ` infer, and what they refuse. */
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  type Aborted,
  exponential,
  fixed,
  type RetryError,
  retryOn,
  retryUntil,
  type TimedOut,
  withSignal,
  worker
} from 'reprise'
import { queueWorker, type QueueSettings, toBullMQ, withJob } from 'reprise/bullmq'
import { type Equal, expectType } from './Equal.js'
import { asyncUser, asyncUserOf, type HttpError, taskUser, taskUserOf, type User } from './shapes.js'

const functions = { asyncUser, taskUser, asyncUserOf, taskUserOf }
declare const settings: QueueSettings

// --- the methods: those of a worker

const plain = queueWorker(functions, {}, settings)
const local = worker(functions)
expectType<Equal<typeof plain.client, typeof local>>(true)
expectType<
  Equal<typeof plain.client.taskUserOf, (id: string) => TaskEither<RetryError<HttpError, User>, User>>
>(true)

const options = {
  numRetries: { '*': 1, taskUser: 3 },
  attemptTimeout: { '*': undefined, asyncUserOf: '1s' }
} as const
const timed = queueWorker(functions, options, settings)
const timedLocally = worker(functions, options)
expectType<Equal<typeof timed.client, typeof timedLocally>>(true)

const patient = queueWorker(functions, { timeout: '1m' }, settings)
expectType<Equal<typeof patient.client.taskUser, TaskEither<RetryError<HttpError, User> | TimedOut, User>>>(
  true
)

// --- a call can be adapted

const signal = new AbortController().signal
const billed = pipe(plain.client.taskUserOf, withJob({ jobId: 'user-7' }))
expectType<Equal<typeof billed, typeof plain.client.taskUserOf>>(true)
const stoppable = pipe(billed('7'), withSignal(signal))
expectType<
  Equal<typeof stoppable, TaskEither<RetryError<HttpError, User> | Aborted<unknown, unknown>, User>>
>(true)

// --- what is refused

// @ts-expect-error -- a method that there is not
queueWorker(functions, { numRetries: { '*': 0, taskUsr: 1 } }, settings)
// @ts-expect-error -- an observer is of one process
queueWorker(functions, { observer: () => undefined }, settings)
// @ts-expect-error -- a condition on other errors
queueWorker({ taskUser }, { retryOn: (error: { readonly other: number }) => error.other > 1 }, settings)
// @ts-expect-error -- both a policy and options
queueWorker(functions, { policy: fixed(1), numRetries: 1 }, settings)
// @ts-expect-error -- no connection
queueWorker(functions, {}, { queue: 'q' })
// @ts-expect-error -- an option that there is not
withJob({ id: 'a' })

// --- toBullMQ

const retries = toBullMQ(exponential('1s'))
expectType<
  Equal<typeof retries.jobOptions, { readonly attempts: number; readonly backoff: { readonly type: string } }>
>(true)
toBullMQ(pipe(fixed(1), retryOn('ECONNRESET')))
const judgesResults = pipe(
  fixed(1),
  retryUntil((n: number) => n > 1)
)
// @ts-expect-error -- BullMQ shows results to nobody
toBullMQ(judgesResults)
const judgesErrors = pipe(
  fixed(1),
  retryOn((error: HttpError) => error.status > 500)
)
// @ts-expect-error -- a processor may throw anything
toBullMQ(judgesErrors)
