/** What functions on a pool are typed as, and which cannot be on one. */
import { pipe } from 'fp-ts/lib/function.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { Piscina } from 'piscina'
import {
  configure,
  immediate,
  limitRetries,
  type RetryError,
  retryOn,
  type TimedOut,
  withRetry,
  worker
} from 'reprise'
import { keepErrors, poolFunctions, poolWorker, type ThreadPool, workerCrashed } from 'reprise/piscina'
import type * as PoolTasks from '../support/poolTasks.js'
import { type Equal, expectType } from './Equal.js'

interface Odd {
  readonly _tag: 'Odd'
  readonly n: number
}

interface Tasks {
  readonly double: (n: number) => number
  readonly load: (path: string) => Promise<Uint8Array>
  readonly add: (pair: readonly [number, number]) => number
  readonly half: (n: number) => Promise<Either<Odd, number>>
  readonly ping: () => string
  readonly parse: (text: string, reviver?: string) => unknown
  readonly crash: () => never
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as plain JavaScript is typed
  readonly untyped: (x: any) => number
  readonly two: (a: number, b: number) => number
  readonly optional: (a?: number) => number
  readonly maybe: (a: number | undefined) => number
  readonly rest: (...all: number[]) => number
  readonly task: (n: number) => TaskEither<Odd, number>
  readonly version: string
}

export const pool = new Piscina<unknown, unknown>({ filename: 'tasks.js' })
pool satisfies ThreadPool
new Piscina() satisfies ThreadPool
const on = poolFunctions<Tasks>(pool)

// --- shapes

const functions = on(['double', 'load', 'add', 'half', 'ping', 'parse', 'crash', 'untyped'])
expectType<
  Equal<
    typeof functions,
    {
      readonly double: (n: number) => TaskEither<unknown, number>
      readonly load: (path: string) => TaskEither<unknown, Uint8Array>
      readonly add: (pair: readonly [number, number]) => TaskEither<unknown, number>
      readonly half: (n: number) => TaskEither<Odd, number>
      readonly ping: TaskEither<unknown, string>
      readonly parse: (text: string) => TaskEither<unknown, unknown>
      readonly crash: TaskEither<unknown, never>
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
      readonly untyped: (x: any) => TaskEither<unknown, number>
    }
  >
>(true)

const retried = pipe(functions.half, withRetry(pipe(immediate, retryOn(workerCrashed))))
expectType<Equal<typeof retried, (n: number) => TaskEither<RetryError<Odd, number>, number>>>(true)

// --- a worker

const tasks = poolWorker<Tasks>(pool)(['double', 'half', 'ping'], {
  numRetries: { '*': 0, half: 3 },
  retryOn: workerCrashed,
  attemptTimeout: { '*': undefined, half: '1s' },
  timeout: '10s'
})
expectType<
  Equal<
    typeof tasks,
    {
      readonly double: (n: number) => TaskEither<RetryError<unknown, number> | TimedOut, number>
      readonly half: (n: number) => TaskEither<RetryError<Odd | TimedOut, number> | TimedOut, number>
      readonly ping: TaskEither<RetryError<unknown, string> | TimedOut, string>
    }
  >
>(true)
const plain = poolWorker<Tasks>(pool)(['half'])
expectType<
  Equal<typeof plain, { readonly half: (n: number) => TaskEither<RetryError<Odd, number>, number> }>
>(true)
const patient = configure({ numRetries: 5 })(on(['half']))
expectType<Equal<typeof patient, typeof plain>>(true)

const ofModule = poolWorker<typeof PoolTasks>(pool)(['double', 'connectKept'])
expectType<
  Equal<
    typeof ofModule,
    {
      readonly double: (n: number) => TaskEither<RetryError<unknown, number>, number>
      readonly connectKept: (host: string) => TaskEither<RetryError<unknown, string>, string>
    }
  >
>(true)

// --- what is refused

// @ts-expect-error -- no such export
on(['halve'])
// @ts-expect-error -- no function
on(['version'])
// @ts-expect-error -- two arguments
on(['double', 'two'])
// @ts-expect-error -- an optional argument
on(['optional'])
// @ts-expect-error -- undefined cannot be told from no argument
on(['maybe'])
// @ts-expect-error -- any number of arguments
on(['rest'])
// @ts-expect-error -- a task is a function, which cannot come back
on(['task'])
// @ts-expect-error -- no pool
poolFunctions<Tasks>({})
// @ts-expect-error -- not one of the methods
poolWorker<Tasks>(pool)(['double'], { numRetries: { '*': 0, half: 1 } })
// @ts-expect-error -- no such option
poolWorker<Tasks>(pool)(['double'], { retries: 1 })
// @ts-expect-error -- cannot judge the errors of double, which are unknown
poolWorker<Tasks>(pool)(['double', 'half'], { retryOn: (error: Odd) => error.n > 3 })
poolWorker<Tasks>(pool)(['half'], { retryOn: (error: Odd) => error.n > 3 })
poolWorker<Tasks>(pool)(['half'], { policy: limitRetries(1)(immediate) })

// --- the side of the threads

const kept = keepErrors(async (path: string, width?: number) => path.length * (width ?? 1))
expectType<Equal<typeof kept, (path: string, width?: number) => Promise<number>>>(true)
// @ts-expect-error -- no function
keepErrors(7)
worker(on(['double']), { retryOn: ['ECONNRESET', workerCrashed] })
