/** What limits infer, and what they refuse. */
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  callLimit,
  type CallLimit,
  fixed,
  type LimitExceeded,
  type LimitSet,
  limitSet,
  type Permit,
  rateLimit,
  type RateLimit,
  resourceLimit,
  type ResourceLimit,
  type RetryError,
  withLimits,
  withRetry
} from 'reprise'
import { type Equal, expectType } from './Equal.js'
import { asyncUserOf, type HttpError, taskUser, taskUserOf, type User } from './shapes.js'

const tokens = rateLimit({ key: 'tokens', capacity: 100, per: '1m' })
const calls = callLimit({ capacity: 10, per: '1s' })
const places = resourceLimit({ key: 'places', capacity: 3 })
expectType<Equal<typeof tokens, RateLimit<'tokens'>>>(true)
expectType<Equal<typeof calls, CallLimit<'calls'>>>(true)
expectType<Equal<typeof places, ResourceLimit<'places'>>>(true)

type All = RateLimit<'tokens'> | CallLimit<'calls'> | ResourceLimit<'places'>
const makeAll = limitSet([tokens, calls, places])
expectType<Equal<typeof makeAll, IO<LimitSet<All>>>>(true)
const all = makeAll()
const some = limitSet([calls, places])()
const none = limitSet([])()

// --- requests

const acquired = all.acquire({ tokens: 1 })
expectType<Equal<typeof acquired, TaskEither<LimitExceeded, Permit<All>>>>(true)
all.acquire({ tokens: 1, places: 2, calls: 0 })
some.acquire()
some.acquire({ places: 2 })
none.acquire()
// @ts-expect-error: a rate has to be said
all.acquire()
// @ts-expect-error: so too where others are
all.acquire({ places: 1 })
// @ts-expect-error: no such limit
all.acquire({ tokens: 1, tokenz: 1 })
// @ts-expect-error: no such limit
some.tryAcquire({ tokens: 1 })

const used = all.use({ tokens: 1 })(async (permit) => {
  expectType<Equal<typeof permit, Permit<All>>>(true)
  expectType<Equal<(typeof permit.granted)['tokens' | 'calls'], number>>(true)
  permit.report({ tokens: 1 })
  // @ts-expect-error: places are given back whole
  permit.report({ places: 1 })
  return 'a'
})
expectType<Equal<typeof used, TaskEither<unknown, string>>>(true)
const usedTask = some.use()(() => taskUser)
expectType<Equal<typeof usedTask, TaskEither<HttpError | LimitExceeded, User>>>(true)

// --- withLimits

const plain = pipe(taskUserOf, withLimits(some))
expectType<Equal<typeof plain, (id: string) => TaskEither<HttpError | LimitExceeded, User>>>(true)
const task = pipe(taskUser, withLimits(all, { tokens: 5 }), withRetry(fixed(1)))
expectType<Equal<typeof task, TaskEither<RetryError<HttpError | LimitExceeded, User>, User>>>(true)
const both = pipe(
  asyncUserOf,
  withLimits(
    all,
    (id: string) => ({ tokens: id.length }),
    (user: User) => ({ tokens: user.name.length })
  )
)
expectType<Equal<typeof both, (id: string, n?: number) => TaskEither<unknown, User>>>(true)
export const unsaid = pipe(
  taskUserOf,
  withLimits(all, () => ({ tokens: 1 }))
)
export const unsaidUsage = pipe(
  taskUserOf,
  withLimits(all, { tokens: 1 }, () => ({ tokens: 1 }))
)
export const requestOfNothing = pipe(taskUserOf, withLimits(some, undefined))

// @ts-expect-error: a rate has to be said
pipe(taskUserOf, withLimits(all))
// @ts-expect-error: no such limit
pipe(taskUserOf, withLimits(some, { nope: 1 }))
pipe(
  taskUserOf,
  // @ts-expect-error: the argument is a text
  withLimits(all, (id: number) => ({ tokens: id }))
)
pipe(
  taskUserOf,
  // @ts-expect-error: there is but one argument
  withLimits(all, (_: string, n: number) => ({ tokens: n }))
)
pipe(
  taskUserOf,
  // @ts-expect-error: the result is a user
  withLimits(all, { tokens: 1 }, (n: number) => ({ tokens: n }))
)
// @ts-expect-error: needs an algorithm that there is
rateLimit({ key: 'a', capacity: 1, per: '1s', algorithm: 'bucket' })

// A limit without a key has that of its default, also where the list says what is expected.
const unnamed = limitSet([
  callLimit({ capacity: 1, per: 1 }),
  resourceLimit({ key: 'places', capacity: 1 })
])()
expectType<Equal<ReturnType<typeof unnamed.available>, Readonly<Record<'calls' | 'places', number>>>>(true)
unnamed.acquire({ calls: 1, places: 1 })
// @ts-expect-error there is no such limit
unnamed.acquire({ callz: 1 })
