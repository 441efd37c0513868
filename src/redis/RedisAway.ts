/** Why Redis does not answer for what processes share. */
import { read } from '../policy/Failure.js'

// --- model

/**
 * Redis, or what lies there, cannot be used; the option `whenAway` says what happens instead.
 *
 * | `reason` | when |
 * | --- | --- |
 * | `failed` | the client or Redis answered with an error, the `cause` |
 * | `timedOut` | no answer within the `timeout` of the store |
 * | `unusable` | under the key lies something else: the data of others, or of processes with other limits or options |
 * | `closed` | the store is closed |
 *
 * @category model
 * @since 0.3.0
 */
export interface RedisAway {
  readonly _tag: 'RedisAway'
  readonly reason: 'failed' | 'timedOut' | 'unusable' | 'closed'
  readonly message: string
  readonly cause: unknown
}

// --- constructors

export const redisAway = (reason: RedisAway['reason'], message: string, cause?: unknown): RedisAway =>
  Object.freeze({ _tag: 'RedisAway', reason, message, cause })

/** For good. */
export const closed = /* #__PURE__ */ redisAway('closed', 'the store is closed')

// --- guards

/**
 * Is this a `RedisAway` of this library?
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { isRedisAway } from 'reprise/redis'
 *
 * assert.equal(isRedisAway({ _tag: 'RedisAway', reason: 'timedOut', message: 'no answer', cause: undefined }), true)
 * assert.equal(isRedisAway(new Error('no answer')), false)
 *
 * @category guards
 * @since 0.3.0
 */
export const isRedisAway = (u: unknown): u is RedisAway =>
  read(u, '_tag') === 'RedisAway' && reasons.includes(read(u, 'reason'))

const reasons: ReadonlyArray<unknown> = ['failed', 'timedOut', 'unusable', 'closed']
