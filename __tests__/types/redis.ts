/** What `reprise/redis` infers, and what it refuses. */
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createClientPool, createSentinel } from 'redis'
import {
  callLimit,
  type CallLimit,
  type LimitExceeded,
  limitSet,
  type Permit,
  rateLimit,
  type RateLimit,
  resourceLimit,
  type ResourceLimit,
  withLimits,
  worker
} from 'reprise'
import {
  isRedisAway,
  type RedisAway,
  type RedisClient,
  type RedisStore,
  redisStore,
  type RedisStoreEvent,
  sharedLimits,
  type SharedLimitSet
} from 'reprise/redis'
import { type Equal, expectType } from './Equal.js'
import { type HttpError, taskUserOf, type User } from './shapes.js'

// --- clients

export const clients: ReadonlyArray<RedisClient> = [
  new Redis(),
  new Redis({ keyPrefix: 'a:' }),
  new Cluster([]),
  createClient(),
  createClient({ RESP: 2 }),
  createCluster({ rootNodes: [] }),
  createSentinel({ name: 'a', sentinelRootNodes: [] })
]
// @ts-expect-error: a pool cannot listen to messages
redisStore(createClientPool())
// @ts-expect-error: no client
redisStore({})

// --- stores

const makeStore = redisStore(new Redis(), { prefix: 'a', whenAway: 'closed', timeout: '1s', lease: 30_000 })
expectType<Equal<typeof makeStore, IO<RedisStore>>>(true)
const store = makeStore()
expectType<Equal<RedisStore['close'], Task<void>>>(true)
redisStore(new Redis(), {
  observer: (event) => {
    expectType<Equal<typeof event, RedisStoreEvent>>(true)
    if (event._tag === 'RedisLost') expectType<Equal<typeof event.away, RedisAway>>(true)
  }
})
// @ts-expect-error: one of three
redisStore(new Redis(), { whenAway: 'never' })
// @ts-expect-error: no such option
redisStore(new Redis(), { prefx: 'a' })
// @ts-expect-error: a length of time
redisStore(new Redis(), { lease: '30' })

export const isAway = (u: unknown) => {
  if (isRedisAway(u)) expectType<Equal<typeof u, RedisAway>>(true)
}

// --- limits

const tokens = rateLimit({ key: 'tokens', capacity: 100, per: '1m' })
const calls = callLimit({ capacity: 10, per: '1s' })
const places = resourceLimit({ key: 'places', capacity: 3 })
type All = RateLimit<'tokens'> | CallLimit<'calls'> | ResourceLimit<'places'>

const makeAll = sharedLimits(store, 'all', [tokens, calls, places], { maxWait: '30s', maxQueue: 10 })
expectType<Equal<typeof makeAll, IO<SharedLimitSet<All>>>>(true)
const all = makeAll()
const some = sharedLimits(store, 'some', [calls, places])()

const acquired = all.acquire({ tokens: 1 })
expectType<Equal<typeof acquired, TaskEither<LimitExceeded, Permit<All>>>>(true)
const tried = all.tryAcquire({ tokens: 1, places: 2 })
expectType<Equal<typeof tried, TaskEither<LimitExceeded, Permit<All>>>>(true)
expectType<Equal<typeof all.available, Task<Readonly<Record<'tokens' | 'calls' | 'places', number>>>>>(true)
some.tryAcquire()
// @ts-expect-error: a rate has to be said
all.acquire()
// @ts-expect-error: no such limit
some.tryAcquire({ tokens: 1 })
// @ts-expect-error: the clock is that of the store
sharedLimits(store, 'all', [calls], { clock: undefined })

const used = all.use({ tokens: 1 })(async (permit) => {
  expectType<Equal<typeof permit, Permit<All>>>(true)
  return 'a'
})
expectType<Equal<typeof used, TaskEither<unknown, string>>>(true)

// They are taken where sets of one process are.
const plain = pipe(taskUserOf, withLimits(some))
expectType<Equal<typeof plain, (id: string) => TaskEither<HttpError | LimitExceeded, User>>>(true)
export const counted = pipe(
  taskUserOf,
  withLimits(
    all,
    (id: string) => ({ tokens: id.length }),
    (user: User) => ({ tokens: user.name.length })
  )
)
// @ts-expect-error: a rate has to be said
pipe(taskUserOf, withLimits(all))
// @ts-expect-error: no such limit
pipe(taskUserOf, withLimits(some, { nope: 1 }))

const [ours, theirs] = [
  worker({ taskUserOf }, { limits: limitSet([calls])() }),
  worker({ taskUserOf }, { limits: some })
]
expectType<Equal<typeof theirs, typeof ours>>(true)
worker({ taskUserOf }, { limits: { set: all, request: { tokens: 1 } } })
