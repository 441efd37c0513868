/**
 * Limits, circuit breakers and retry budgets that processes share over Redis, behind the functions and worker options of `reprise`.
 * Takes a client of `ioredis` or of `redis`.
 *
 * @module reprise/redis
 */
export { isRedisAway, type RedisAway } from './RedisAway.js'
export type { IoredisClient, NodeRedisClient, RedisClient } from './RedisClient.js'
export {
  type RedisStore,
  redisStore,
  type RedisStoreEvent,
  type RedisStoreOptions,
  type WhenAway
} from './RedisStore.js'
export { sharedBreaker } from './sharedBreaker.js'
export { sharedBudget } from './sharedBudget.js'
export { sharedLimits, type SharedLimitSet } from './sharedLimits.js'
