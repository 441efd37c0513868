/** Limits that processes share. */
import type { IO } from 'fp-ts/lib/IO.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { LimitExceeded } from '../action/ResourceError.js'
import { known, named } from '../policy/argument.js'
import { byKey } from '../resource/held.js'
import type { Limit } from '../resource/Limit.js'
import { toAsked } from '../resource/LimitRequest.js'
import {
  type CommonLimitSet,
  type Permit,
  type QueueOptions,
  type RequestArguments,
  toCommonLimitSet,
  toLimits,
  toPermit,
  toQueueOptions
} from '../resource/LimitSet.js'
import { type RedisStore, toStore } from './RedisStore.js'
import { newSharedLimitCell } from './SharedLimitCell.js'

// --- model

/**
 * Limits that processes share. As a `LimitSet`, but for what Redis has to be asked for.
 *
 * @category model
 * @since 0.3.0
 */
export interface SharedLimitSet<L extends Limit = Limit> extends CommonLimitSet<L> {
  /** Takes all that is asked for, or nothing; waits for Redis only, and does not overtake those who wait in this process. */
  readonly tryAcquire: (...request: RequestArguments<L>) => TaskEither<LimitExceeded, Permit<L>>
  /**
   * How much of each limit there is. While Redis is away: how much this process may take; `Infinity` or 0 where limits are
   * open or closed then.
   */
  readonly available: Task<Readonly<Record<L['key'], number>>>
}

// --- constructors

/**
 * Makes limits that all processes share which make them under the same name, prefix and Redis; each time it is run, a queue of
 * its own. What is asked for is granted as a whole or not at all: first come, first served in a process, and among processes in
 * turns, so that a large request of one is not starved by small ones of others. `withLimits`, `worker` and the rest take them
 * as they take a `limitSet`.
 *
 * A call costs one command of Redis, or two if it is the only one: one to take, one to give back. Calls at the same time share
 * them, so that there is never more than one on its way from each process. Those who wait are woken by a message, or by the
 * time at which their turn comes.
 *
 * Moments are those of Redis's clock, and what is granted is used as much later as the reply takes. `maxWait` and `maxQueue`
 * are of the queue of each process.
 *
 * A process that is killed gives back what it held, and its place in line, after the `lease` of the store; what it had taken
 * of rates counts as used. One that does not run for longer than its lease is taken for dead: others may get its places, and
 * there are too many out until it has given them back. While Redis is away, `whenAway` of the store says what happens; rates
 * that were taken then do not count elsewhere, and resources that are held then do, as soon as it is back. Where Redis loses
 * its data, rates begin anew, and what is held is told to it again within a third of a lease.
 *
 * Throws a `RangeError` or `TypeError` that names the argument or the option.
 *
 * *Gotcha*: processes with the same name have to have the same limits, but for capacities and times. One that finds the state
 * of others does as while Redis is away, until those are gone; `observer` of the store tells of it. Take another name.
 *
 * *Gotcha*: the log of a `slidingWindow` travels with each call: some 40 bytes for each call in the window. With hundreds of them,
 * `gcra` or `tokenBucket` cost far less.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { Redis } from 'ioredis'
 * import { callLimit, resourceLimit, withLimits } from 'reprise'
 * import { redisStore, sharedLimits } from 'reprise/redis'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const client = new Redis({ lazyConnect: true })
 * const store = redisStore(client, { prefix: 'shop' })()
 * const limits = sharedLimits(
 *   store,
 *   'payments',
 *   [callLimit({ capacity: 60, per: '1m', algorithm: 'gcra' }), resourceLimit({ key: 'connections', capacity: 5 })],
 *   { maxWait: '30s' }
 * )()
 * const charge = pipe(async (cents: number) => `charged ${cents}`, withLimits(limits))
 * // In any process: await charge(100)()
 *
 * assert.equal(limits.waiting(), 0)
 *
 * await store.close()
 * client.disconnect()
 *
 * @category constructors
 * @since 0.3.0
 */
export const sharedLimits = <const L extends ReadonlyArray<Limit>>(
  store: RedisStore,
  name: string,
  limits: L,
  options: QueueOptions = {}
): IO<SharedLimitSet<L[number]>> => {
  const inner = toStore('sharedLimits: store', store)
  named('sharedLimits: name', name)
  const own = toLimits('sharedLimits', limits)
  known('sharedLimits', options, ['maxWait', 'maxQueue'])
  const queue = toQueueOptions('sharedLimits', options)
  return () => {
    const cell = newSharedLimitCell(inner, name, own, queue)
    return Object.freeze({
      ...toCommonLimitSet<L[number]>(cell),
      tryAcquire: (request?: unknown) => {
        const asked = toAsked('tryAcquire: request', own, request)
        return async () => {
          const given = await cell.takeNow(asked)
          return '_tag' in given
            ? { _tag: 'Left', left: given }
            : { _tag: 'Right', right: toPermit(cell, given) }
        }
      },
      available: async () => byKey(own, await cell.fetch())
      // What the set gives has the types that are worked out above; at run time all of them are callables and records.
    }) as unknown as SharedLimitSet<L[number]>
  }
}
