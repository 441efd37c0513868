import { pipe, flow } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as R from 'reprise'
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const eq = <A, B>(_: Equal<A, B>): void => undefined
interface HttpError { readonly _tag: 'HttpError'; readonly status: number }
interface User { readonly name: string }
declare const fetchUser: (id: string) => TE.TaskEither<HttpError, User>
declare const task: TE.TaskEither<HttpError, User>
declare const asyncUser: (id: string, n?: number) => Promise<User>
declare const rte: ReaderTaskEither<{ url: string }, HttpError, User>
const p = pipe(R.exponential(100), R.withJitter('full'), R.limitRetries(3))
eq<typeof p, R.RetryPolicy<unknown, unknown>>(true)
const a = pipe(fetchUser, R.withRetry(p))
eq<typeof a, (id: string) => TE.TaskEither<R.RetryError<HttpError, User>, User>>(true)
const b = pipe(task, R.withRetry(p), TE.map((u) => u.name))
eq<typeof b, TE.TaskEither<R.RetryError<HttpError, User>, string>>(true)
const c = R.withRetry(p)(asyncUser)
eq<typeof c, (id: string, n?: number) => TE.TaskEither<R.RetryError<unknown, User>, User>>(true)
const d = flow(fetchUser, R.withRetry(p))
eq<typeof d, (id: string) => TE.TaskEither<R.RetryError<HttpError, User>, User>>(true)
const e = pipe(rte, R.withRetry(p))
eq<typeof e, (r: { url: string }) => TE.TaskEither<R.RetryError<HttpError, User>, User>>(true)
const f = R.withRetry(p)(async () => 42)
eq<typeof f, TE.TaskEither<R.RetryError<unknown, number>, number>>(true)
// @ts-expect-error
R.withRetry(p)(async (id) => id)
// @ts-expect-error
R.withRetry(p)(async (id?: string) => id)
const q = pipe(p, R.retryOn((e: HttpError) => e.status === 503))
eq<typeof q, R.RetryPolicy<HttpError, unknown>>(true)
pipe(fetchUser, R.withRetry(q))
// @ts-expect-error
pipe(asyncUser, R.withRetry(q))
const q2 = pipe(p, R.retryOn([Error, 'X', (e) => { eq<typeof e, unknown>(true); return true }, (e: HttpError) => e.status > 1]))
eq<typeof q2, R.RetryPolicy<HttpError, unknown>>(true)
const q3 = pipe(p, R.retryOn((e: { a: 1 }) => e.a > 0), R.both(pipe(p, R.retryOn((e: { b: 1 }) => e.b > 0))))
eq<typeof q3, R.RetryPolicy<{ a: 1 } & { b: 1 }, unknown>>(true)
const g = flow(fetchUser, R.via(TE.mapLeft((e) => e.status)), R.withRetry(p))
eq<typeof g, (id: string) => TE.TaskEither<R.RetryError<number, User>, User>>(true)
const h = pipe(fetchUser, R.withTimeout('2s'), R.withRetry(p), R.withTimeout('30s'))
eq<typeof h, (id: string) => TE.TaskEither<R.RetryError<HttpError | R.TimedOut, User> | R.TimedOut, User>>(true)
const k = R.withAttempt(({ attempt }) => (id: string) => TE.right<HttpError, number>(attempt + id.length))
eq<typeof k, (id: string) => TE.TaskEither<HttpError, number>>(true)
R.withRetry(p)(jest.fn())
