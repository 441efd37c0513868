import { isRedisAway, redisAway } from '../../../src/redis/RedisAway.js'

test('redisAway -> frozen data with the cause by identity', () => {
  const cause = new Error('down')
  const away = redisAway('failed', 'no answer', cause)
  expect(away).toEqual({ _tag: 'RedisAway', reason: 'failed', message: 'no answer', cause })
  expect(away.cause).toBe(cause)
  expect(Object.isFrozen(away)).toBe(true)
})

test.each([
  [redisAway('failed', ''), true],
  [redisAway('timedOut', ''), true],
  [redisAway('unusable', ''), true],
  [redisAway('closed', ''), true],
  [{ _tag: 'RedisAway' }, false],
  [{ _tag: 'RedisAway', reason: 'bored' }, false],
  [{ _tag: 'Other', reason: 'failed' }, false],
  [null, false],
  [undefined, false],
  ['RedisAway', false]
])('isRedisAway(%j) -> %j', (u, expected) => expect(isRedisAway(u)).toBe(expected))
