/** What `withRetry` and the other wrappers infer, and what they refuse. */
import { flow, pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  type Aborted,
  arrow,
  exponential,
  type InvalidResult,
  onRetry,
  type RetryError,
  retryOn,
  retryUntil,
  succeed,
  type TimedOut,
  via,
  withAttempt,
  withDecoder,
  withEnv,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
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

const policy = exponential(100)
type Failed = RetryError<HttpError, User>
type Thrown = RetryError<unknown, User>

// --- the five shapes, applied, in a pipe and in a flow

const a1 = withRetry(policy)(asyncUser)
expectType<Equal<typeof a1, TE.TaskEither<Thrown, User>>>(true)
const a2 = pipe(asyncUser, withRetry(policy))
expectType<Equal<typeof a2, TE.TaskEither<Thrown, User>>>(true)

const b1 = withRetry(policy)(taskUser)
expectType<Equal<typeof b1, TE.TaskEither<Failed, User>>>(true)
const b2 = pipe(
  taskUser,
  withRetry(policy),
  TE.map((user) => user.name)
)
expectType<Equal<typeof b2, TE.TaskEither<Failed, string>>>(true)

const c1 = withRetry(policy)(asyncUserOf)
expectType<Equal<typeof c1, (id: string, n?: number) => TE.TaskEither<Thrown, User>>>(true)
const c2 = pipe(asyncUserOf, withRetry(policy))
expectType<Equal<typeof c2, (id: string, n?: number) => TE.TaskEither<Thrown, User>>>(true)

const d1 = withRetry(policy)(taskUserOf)
expectType<Equal<typeof d1, (id: string) => TE.TaskEither<Failed, User>>>(true)
const d2 = pipe(taskUserOf, withRetry(policy))
expectType<Equal<typeof d2, (id: string) => TE.TaskEither<Failed, User>>>(true)
const d3 = flow(taskUserOf, withRetry(policy))
expectType<Equal<typeof d3, (id: string) => TE.TaskEither<Failed, User>>>(true)
const d4 = flow(
  taskUserOf,
  withRetry(policy),
  TE.map((user) => user.name.length)
)
expectType<Equal<typeof d4, (id: string) => TE.TaskEither<Failed, number>>>(true)

const e1 = pipe(readUser, withRetry(policy))
const e2: ReaderTaskEither<{ readonly url: string }, Failed, User> = e1
expectType<Equal<typeof e1, (r: { readonly url: string }) => TE.TaskEither<Failed, User>>>(true)
export { e2 }

const inline = withRetry(policy)(async (id: number) => id)
expectType<Equal<typeof inline, (id: number) => TE.TaskEither<RetryError<unknown, number>, number>>>(true)
const either = withRetry(policy)(async () => succeed({ _tag: 'Left', left: 1 } as const))
expectType<
  Equal<
    ReturnType<typeof either>,
    ReturnType<
      TE.TaskEither<
        RetryError<never, { readonly _tag: 'Left'; readonly left: 1 }>,
        { readonly _tag: 'Left'; readonly left: 1 }
      >
    >
  >
>(true)
const looksLikeOne = withRetry(policy)(async () => ({ _tag: 'Left', text: 'x' }))
expectType<
  Equal<
    typeof looksLikeOne,
    TE.TaskEither<RetryError<unknown, { _tag: string; text: string }>, { _tag: string; text: string }>
  >
>(true)

// --- stacks

const stack = pipe(
  taskUserOf,
  withTimeout('2s'),
  withRetry(policy),
  withTimeout('30s'),
  withSignal(new AbortController().signal),
  withEnv({}),
  withObserver(() => undefined),
  onRetry(() => undefined)
)
expectType<
  Equal<
    typeof stack,
    (
      id: string
    ) => TE.TaskEither<RetryError<HttpError | TimedOut, User> | TimedOut | Aborted<unknown, unknown>, User>
  >
>(true)

const kept = flow(taskUserOf, via(TE.mapLeft((error) => error.status)), withRetry(policy))
expectType<Equal<typeof kept, (id: string) => TE.TaskEither<RetryError<number, User>, User>>>(true)

const decoded = pipe(asyncUserOf, withDecoder(t.type({ name: t.literal('Ada') })), withRetry(policy))
expectType<
  Equal<
    ReturnType<ReturnType<typeof decoded>>,
    ReturnType<TE.TaskEither<RetryError<unknown, { name: 'Ada' }>, { name: 'Ada' }>>
  >
>(true)
const decodedTask = pipe(taskUser, withDecoder(t.type({ name: t.string })))
expectType<Equal<typeof decodedTask, TE.TaskEither<HttpError | InvalidResult<t.Errors>, { name: string }>>>(
  true
)

const aware = withAttempt(
  ({ attempt }) =>
    (id: string) =>
      TE.right<HttpError, number>(attempt + id.length)
)
expectType<Equal<typeof aware, (id: string) => TE.TaskEither<HttpError, number>>>(true)

const optional = pipe(
  arrow(async (name = 'you') => name),
  withRetry(policy)
)
expectType<Equal<typeof optional, (name?: string) => TE.TaskEither<RetryError<unknown, string>, string>>>(
  true
)

// Untyped mocks pass.
withRetry(policy)(jest.fn())
withTimeout(100)(jest.fn())

// --- what is refused

// @ts-expect-error the type of `id` has to be written: no silent any
withRetry(policy)(async (id) => String(id))
// @ts-expect-error a task or a function? say so with arrow
withRetry(policy)(async (id?: string) => id)
// @ts-expect-error a task or a function? say so with arrow
withRetry(policy)(async (...ids: string[]) => ids)
// @ts-expect-error `this` would be lost
withRetry(policy)(async function (this: { x: number }, n: number) {
  return this.x + n
})
// @ts-expect-error not a function
withRetry(policy)(42)
// @ts-expect-error not a policy
withRetry({ retries: 3 })

const ofHttp = pipe(
  policy,
  retryOn((e: HttpError) => e.status === 503)
)
pipe(taskUserOf, withRetry(ofHttp))
// @ts-expect-error promises reject with anything; the policy judges HttpErrors only
pipe(asyncUserOf, withRetry(ofHttp))
// @ts-expect-error a timeout is no HttpError
pipe(taskUserOf, withTimeout('1s'), withRetry(ofHttp))

const ofUser = pipe(
  policy,
  retryUntil((user: User) => user.name !== '')
)
pipe(taskUser, withRetry(ofUser))
// @ts-expect-error the validator judges users, not numbers
withRetry(ofUser)(async () => 1)

const ofNothing = pipe(policy, retryOn([(e: HttpError) => e.status === 503, (e: TimedOut) => e.timeout > 1]))
// @ts-expect-error no error is both
pipe(taskUser, withRetry(ofNothing))
