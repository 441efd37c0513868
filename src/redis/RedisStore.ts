/** What processes share over Redis has in common: the client, the names of keys, and what happens when Redis is away. */
import { randomBytes } from 'node:crypto'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Task } from 'fp-ts/lib/Task.js'
import { telling } from '../action/RetryEvent.js'
import { invalid, known, named } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { checkClock } from '../resource/checkClock.js'
import { backgroundClock, type Clock, systemClock } from '../runtime/Clock.js'
import { type Random, systemRandom } from '../runtime/Random.js'
import type { RedisAway } from './RedisAway.js'
import { type Connection, type RedisClient, toConnection } from './RedisClient.js'
import { newRedisLink, type RedisLink } from './RedisLink.js'
import { newSharedCell, type SharedCell } from './SharedCell.js'
import type { SharedRules } from './SharedRules.js'

// --- model

/**
 * What a call meets while Redis is away: the same resource, of this process alone, which goes on from what was known last; a
 * resource that lets everything pass; or one that refuses everything.
 *
 * @category model
 * @since 0.3.0
 */
export type WhenAway = 'local' | 'open' | 'closed'

/**
 * What a store may be told.
 *
 * @category model
 * @since 0.3.0
 */
export interface RedisStoreOptions {
  /** What all keys begin with; 'reprise' if not said. */
  readonly prefix?: string | undefined
  /** 'local' if not said. */
  readonly whenAway?: WhenAway | undefined
  /** How long a command may take before Redis counts as away; 1 s if not said. */
  readonly timeout?: Duration | undefined
  /** After so long, what a killed process held comes back; at least 1 s, and 30 s if not said. */
  readonly lease?: Duration | undefined
  /** Is told when Redis is away, and when it is back. What it throws or rejects with is dropped. */
  readonly observer?: ((event: RedisStoreEvent) => unknown) | undefined
  /** The clock of this process; that of the machine if not said. */
  readonly clock?: Clock | undefined
}

/**
 * Redis is away, or back after so many milliseconds; for what lies under a `key`, or for all where there is none.
 *
 * @category model
 * @since 0.3.0
 */
export type RedisStoreEvent =
  | { readonly _tag: 'RedisLost'; readonly key: string | undefined; readonly away: RedisAway }
  | { readonly _tag: 'RedisFound'; readonly key: string | undefined; readonly after: number }

/**
 * What `sharedLimits`, `sharedBreaker` and `sharedBudget` are made with.
 *
 * @category model
 * @since 0.3.0
 */
export interface RedisStore {
  /** Does Redis answer, as far as that is known? */
  readonly status: IO<'shared' | 'away'>
  /** Gives back what is held, and lets go of timers and of the second connection; the client stays open. Never rejects. */
  readonly close: Task<void>
  /** @hidden */
  readonly [storeOf]: Store
}

const storeOf: unique symbol = /* #__PURE__ */ Symbol('reprise/redis') as never

/** A store as the resources know it. */
export interface Store {
  readonly whenAway: WhenAway
  /** In milliseconds. */
  readonly lease: number
  readonly clock: Clock
  /** The same clock, with waits that do not keep the process alive. */
  readonly background: Clock
  readonly random: Random
  /** Opens the state of a kind and a name; sends nothing yet. */
  readonly open: <S, I>(
    kind: string,
    name: string,
    rules: SharedRules<S, I>,
    options: CellOptions
  ) => SharedCell<S, I>
}

export interface CellOptions {
  /** How long what is sent may wait for more, in milliseconds; 0 if not said. */
  readonly pace?: number
  /** What is to be done before the cell is closed. */
  readonly leave?: () => Promise<unknown>
}

// --- constructors

/** Gives a store as the resources know it; throws a `TypeError` that names `argument` for anything else. */
export const toStore = (argument: string, store: RedisStore): Store =>
  // Callers without types may hand over anything.
  (store as Partial<RedisStore> | null | undefined)?.[storeOf] ??
  invalid(argument, 'made by redisStore(client)()', store)

/**
 * Makes a store, each time it is run: what limits, breakers and budgets share a Redis through. Nothing is sent before something
 * is asked for. Redis 5 or later is needed, alone, as a cluster, or with sentinels.
 *
 * The client is one of `ioredis` or of `redis` (node-redis), connected and closed by you. A second connection, for messages, is
 * made by its `duplicate` when somebody first has to hear of others; it keeps the process alive until `close`.
 *
 * All keys begin with the prefix: `{prefix}:limits:{name}` and so on. Each is a JSON text, swapped by a script as long as nobody
 * else has changed it, and forgotten by Redis when it is as new.
 *
 * After a command that failed or took longer than `timeout`, Redis counts as away, and nobody waits for it: one trial at once,
 * then after about 100 ms, 200 ms and so on, up to 5 s, finds out when it is back.
 *
 * Throws a `RangeError` or `TypeError` that names the option.
 *
 * *Gotcha*: a message carries the whole state. Under ACLs the user needs the commands `evalsha`, `eval`, `get`, `set`, `time`,
 * `publish` and `subscribe`, the keys and the channels of the prefix.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { Redis } from 'ioredis'
 * import { redisStore } from 'reprise/redis'
 *
 * const client = new Redis({ lazyConnect: true })
 * const store = redisStore(client, {
 *   prefix: 'shop',
 *   whenAway: 'closed',
 *   observer: (event) => console.error(event._tag)
 * })()
 *
 * assert.equal(store.status(), 'shared') // as far as is known: nothing was sent yet
 *
 * await store.close()
 * client.disconnect()
 *
 * @category constructors
 * @since 0.3.0
 */
export const redisStore = (client: RedisClient, options: RedisStoreOptions = {}): IO<RedisStore> => {
  const connection = toConnection('redisStore: client', client)
  known('redisStore', options, ['prefix', 'whenAway', 'timeout', 'lease', 'observer', 'clock'])
  const { prefix = 'reprise', whenAway = 'local', observer, clock = systemClock } = options
  named('redisStore: prefix', prefix)
  if (!['local', 'open', 'closed'].includes(whenAway))
    invalid('redisStore: whenAway', "'local', 'open' or 'closed'", whenAway)
  if (observer !== undefined && typeof observer !== 'function')
    invalid('redisStore: observer', 'a function', observer)
  const timeout = atLeast('timeout', options.timeout ?? '1s', 1)
  const lease = atLeast('lease', options.lease ?? '30s', 1000)
  const own = checkClock('redisStore: clock', clock, 'after')
  const background = own === systemClock ? backgroundClock : own
  const tell = observer && telling(observer)
  const random = systemRandom
  return () =>
    newStore(connection, { prefix, whenAway, timeout, lease, tell, clock: own, background, random })
}

/** What a store is made of. */
export interface StoreSettings extends Omit<Store, 'open'> {
  readonly prefix: string
  /** In milliseconds. */
  readonly timeout: number
  readonly tell: ((event: RedisStoreEvent) => void) | undefined
}

export const newStore = (connection: Connection, settings: StoreSettings): RedisStore => {
  const { prefix, tell, clock } = settings
  const trialKey = `${prefix}:trial:${randomBytes(9).toString('base64url')}`
  const link = newRedisLink(connection, { ...settings, trialKey })
  const opened = new Set<() => Promise<unknown>>()
  if (tell !== undefined) watchAway(link, clock, undefined, tell)
  const open: Store['open'] = (kind, name, rules, { pace, leave }) => {
    const key = `${prefix}:${kind}:${name}`
    const cell = newSharedCell(link, key, rules, pace)
    if (tell !== undefined) watchAway(cell, clock, key, tell)
    opened.add(async () => {
      await leave?.()
      await cell.close()
    })
    return cell
  }
  return Object.freeze({
    status: () => (link.away() === undefined ? ('shared' as const) : ('away' as const)),
    close: async () => {
      await Promise.all([...opened].map((close) => close()))
      link.close()
    },
    [storeOf]: { ...settings, open }
  })
}

/** Tells of each change. Of one key, only what is of that key alone: what lies there cannot be used. */
const watchAway = (
  watched: Pick<RedisLink, 'away' | 'watch'>,
  clock: Clock,
  key: string | undefined,
  tell: (event: RedisStoreEvent) => void
): void => {
  let lost: number | undefined
  watched.watch(() => {
    const away = watched.away()
    if (away === undefined) {
      if (lost !== undefined) tell({ _tag: 'RedisFound', key, after: clock.now() - lost })
      lost = undefined
    } else if (
      lost === undefined &&
      away.reason !== 'closed' &&
      (away.reason === 'unusable') === (key !== undefined)
    ) {
      lost = clock.now()
      tell({ _tag: 'RedisLost', key, away })
    }
  })
}

const atLeast = (name: string, duration: Duration, least: number): number => {
  const ms = toMillis(`redisStore: ${name}`, duration)
  return ms >= least ? ms : invalid(`redisStore: ${name}`, `at least ${least} ms`, duration)
}
