/** What recording and replaying infer, and what they refuse. */
import type { Either } from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  exponential,
  fixed,
  type RetryError,
  type RetryEvent,
  retryOn,
  type RetryPolicy,
  type Simulated,
  withRetry
} from 'reprise'
import {
  type Decided,
  type RecordingOptions,
  replay,
  type Replayed,
  type ReplayFault,
  type ReplayOptions,
  showReplayFault,
  withRecording
} from 'reprise/lab'
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

const record = withRecording((token, result) => {
  expectType<Equal<typeof token, string>>(true)
  expectType<Equal<typeof result, Either<unknown, unknown>>>(true)
})

// --- the five shapes are kept

const a = record(asyncUser)
expectType<Equal<typeof a, TaskEither<unknown, User>>>(true)
const b = pipe(taskUser, record)
expectType<Equal<typeof b, TaskEither<HttpError, User>>>(true)
const c = pipe(asyncUserOf, record)
expectType<Equal<typeof c, (id: string, n?: number) => TaskEither<unknown, User>>>(true)
const d = flow(taskUserOf, record)
expectType<Equal<typeof d, (id: string) => TaskEither<HttpError, User>>>(true)
const e = pipe(readUser, record)
expectType<Equal<typeof e, (r: { readonly url: string }) => TaskEither<HttpError, User>>>(true)
const inline = record(async (id: number) => id)
expectType<Equal<typeof inline, (id: number) => TaskEither<unknown, number>>>(true)
const optional = pipe(
  arrow(async (name = 'you') => name),
  record
)
expectType<Equal<typeof optional, (name?: string) => TaskEither<unknown, string>>>(true)
record(jest.fn())

// --- around a retry: nothing is added to the errors

const stack = pipe(taskUserOf, withRetry(exponential(100)), record)
expectType<Equal<typeof stack, (id: string) => TaskEither<RetryError<HttpError, User>, User>>>(true)

// --- options

const seed: IO<number> = () => 7
withRecording(() => undefined, { seed, replace: (key, value) => (key === 'password' ? undefined : value) })
const options: RecordingOptions = { seed: undefined, replace: undefined }
withRecording(async (token) => token.length, options)

// --- replaying: any policy; what comes back is what JSON keeps

const replayed = replay(fixed(1), 'token')
expectType<Equal<typeof replayed, TaskEither<ReplayFault, Replayed>>>(true)
declare const judging: RetryPolicy<HttpError, User>
replay(judging, 'token', { revive: (_, value) => value })
replay(retryOn((error: HttpError) => error.status === 503)(fixed(1)), 'token', {
  revive: undefined
} satisfies ReplayOptions)
declare const run: Replayed
expectType<Equal<typeof run.events, ReadonlyArray<RetryEvent>>>(true)
expectType<Equal<typeof run.waits, ReadonlyArray<number>>>(true)
expectType<Equal<typeof run.decisions, ReadonlyArray<Simulated<unknown, unknown>>>>(true)
expectType<Equal<typeof run.result, Either<RetryError<unknown, unknown>, unknown>>>(true)

export const inWords = (fault: ReplayFault): string | Decided => {
  switch (fault._tag) {
    case 'InvalidToken':
      return `${fault.path} ${fault.expected} ${String(fault.value)}`
    case 'NotReplayable':
      return fault.reason
    case 'Diverged':
      return fault.attempt > 1 ? fault.recorded : fault.replayed
    case 'ReviveFailed':
      return String(fault.error)
    default:
      return fault satisfies never
  }
}
showReplayFault({ _tag: 'NotReplayable', reason: 'noRetry' })

// --- what is refused

// @ts-expect-error -- somebody has to take the token
withRecording()
// @ts-expect-error -- how a seed is made, not one for all calls
withRecording(() => undefined, { seed: 7 })
// @ts-expect-error -- no such option
withRecording(() => undefined, { sead: seed })
// @ts-expect-error -- the type of `id` has to be written: no silent any
record(async (id) => String(id))
// @ts-expect-error -- a task or a function? say so with arrow
record(async (id?: string) => id)
// @ts-expect-error -- not a function
record(42)
// @ts-expect-error -- a policy, not its name
replay('exponential', 'token')
// @ts-expect-error -- the token is a text
replay(fixed(1), { seed: 7 })
// @ts-expect-error -- no such option
replay(fixed(1), 'token', { reviver: (value: unknown) => value })
