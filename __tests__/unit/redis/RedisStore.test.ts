import { resourceLimit } from 'reprise'
import { redisStore, type RedisStoreEvent, type RedisStoreOptions, sharedLimits } from 'reprise/redis'
import { virtualClock } from 'reprise/testing'
import { toStore } from '../../../src/redis/RedisStore.js'
import { fakeRedis } from '../../support/fakeRedis.js'

const start = (options: RedisStoreOptions = {}) => {
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const told: RedisStoreEvent[] = []
  const store = redisStore(redis.client(), { clock, observer: (event) => told.push(event), ...options })()
  const limits = sharedLimits(store, 'name', [resourceLimit({ key: 'places', capacity: 1 })])()
  const after = async <A>(ms: number, pending: Promise<A>): Promise<A> => {
    await clock.advance(ms)
    return pending
  }
  return { clock, redis, told, store, limits, after }
}

describe('redisStore', () => {
  test('made -> nothing is sent, and each run makes another', () => {
    const clock = virtualClock()
    const redis = fakeRedis(clock)
    const make = redisStore(redis.client(), { clock })
    const [one, other] = [make(), make()]
    expect(one).not.toBe(other)
    expect(Object.isFrozen(one)).toBe(true)
    expect(one.status()).toBe('shared')
    expect(redis.counts().commands).toBe(0)
    expect(clock.pending()).toBe(0)
  })
  test.each([
    [undefined, 'reprise:limits:name'],
    ['shop', 'shop:limits:name']
  ])('prefix %j -> %s', async (prefix, key) => {
    const { redis, limits, after } = start({ prefix })
    await after(0, limits.acquire()())
    expect(redis.text(key)).toContain('"held":{"places":1}')
  })
  test.each<[string, RedisStoreOptions, ErrorConstructor, string]>([
    ['an empty prefix', { prefix: '' }, RangeError, 'redisStore: prefix must be a text, got ""'],
    ['a prefix that is none', { prefix: 7 as never }, RangeError, 'redisStore: prefix must be a text, got 7'],
    [
      'another whenAway',
      { whenAway: 'never' as never },
      RangeError,
      `redisStore: whenAway must be 'local', 'open' or 'closed', got "never"`
    ],
    ['a timeout of 0', { timeout: 0 }, RangeError, 'redisStore: timeout must be at least 1 ms, got 0'],
    [
      'a timeout that is none',
      { timeout: 'soon' as never },
      RangeError,
      'redisStore: timeout must be milliseconds >= 0'
    ],
    [
      'a lease below a second',
      { lease: '999ms' },
      RangeError,
      'redisStore: lease must be at least 1000 ms, got "999ms"'
    ],
    [
      'an observer that is none',
      { observer: {} as never },
      TypeError,
      'redisStore: observer must be a function'
    ],
    ['a clock that is none', { clock: {} as never }, TypeError, 'redisStore: clock must be a clock'],
    ['an unknown option', { prefx: 'a' } as never, TypeError, "redisStore: there is no option 'prefx'"],
    ['no options at all', null as never, TypeError, 'redisStore: options must be an object, got null']
  ])('%s -> an error that names it', (_, options, kind, message) => {
    const redis = fakeRedis(virtualClock())
    const make = (): unknown => redisStore(redis.client(), options)
    expect(make).toThrow(kind)
    expect(make).toThrow(message)
  })
  test('no client -> an error that names it', () =>
    expect(() => redisStore({} as never)).toThrow('redisStore: client must be a client of ioredis or redis'))
  test('of the machine, if no clock is said -> waits in the background do not keep it running', () => {
    const { clock, background } = toStore('store', redisStore(fakeRedis(virtualClock()).client())())
    expect(background).not.toBe(clock)
  })
})

describe('observer', () => {
  test('Redis lost, and found -> told once each', async () => {
    const { clock, redis, told, limits, store, after } = start()
    await after(0, limits.acquire()())
    redis.die()
    expect(store.status()).toBe('shared')
    await after(0, limits.tryAcquire()())
    await after(0, limits.available())
    expect(store.status()).toBe('away')
    await clock.advance(1000)
    redis.resume()
    await clock.advance(10_000)
    expect(store.status()).toBe('shared')
    expect(told).toEqual([
      {
        _tag: 'RedisLost',
        key: undefined,
        away: {
          _tag: 'RedisAway',
          reason: 'failed',
          message: 'Redis or its client answered with an error',
          cause: new Error('connect ECONNREFUSED')
        }
      },
      { _tag: 'RedisFound', key: undefined, after: expect.any(Number) as number }
    ])
  })
  test('rubbish under a key -> told of that key alone', async () => {
    const { clock, redis, told, limits, store, after } = start()
    redis.put('reprise:limits:name', 'rubbish')
    await after(0, limits.acquire()())
    expect(store.status()).toBe('shared')
    redis.clear()
    await clock.advance(10_000)
    expect(told).toEqual([
      {
        _tag: 'RedisLost',
        key: 'reprise:limits:name',
        away: {
          _tag: 'RedisAway',
          reason: 'unusable',
          message:
            'what lies under reprise:limits:name cannot be used: not a state that processes share: rubbish',
          cause: undefined
        }
      },
      { _tag: 'RedisFound', key: 'reprise:limits:name', after: expect.any(Number) as number }
    ])
  })
  test.each([
    [
      'throws',
      () => {
        throw new Error('observer')
      }
    ],
    ['rejects', async () => Promise.reject(new Error('observer'))]
  ])('one that %s -> changes nothing', async (_, observer) => {
    const { redis, limits, after } = start({ observer })
    redis.die()
    expect((await after(0, limits.acquire()()))._tag).toBe('Right')
  })
})

describe('close', () => {
  test('-> what waits in line is taken back, and what is held stays until its lease is over', async () => {
    const { clock, redis, limits, store, told, after } = start()
    await after(0, limits.acquire()())
    void limits.acquire()()
    await clock.advance(10)
    expect(redis.text('reprise:limits:name')).toContain('"wants":{"places":1}')
    expect(redis.subscribers()).toBe(1)
    await after(0, store.close())
    expect(redis.text('reprise:limits:name')).toContain('"held":{"places":1},"wants":null')
    expect(redis.subscribers()).toBe(0)
    expect(store.status()).toBe('away')
    // That is no loss.
    expect(told).toEqual([])
    await store.close()
  })
  test('-> afterwards as if Redis was away', async () => {
    const { limits, store, after } = start({ whenAway: 'closed' })
    await after(0, limits.acquire()())
    await after(0, store.close())
    expect(await after(0, limits.acquire()())).toMatchObject({
      _tag: 'Left',
      left: { reason: 'unreachable' }
    })
  })
  test('while Redis hangs -> ends all the same', async () => {
    const { clock, redis, limits, store, after } = start()
    await after(0, limits.acquire()())
    redis.hang()
    await after(1000, store.close())
    expect(clock.pending()).toBe(0)
  })
  test('never used -> nothing is sent', async () => {
    const { redis, store, after } = start()
    await after(0, store.close())
    expect(redis.counts().commands).toBe(0)
  })
})

test.each([undefined, null, {}, 'store'])('toStore(%j) -> an error that names it', (bad) =>
  expect(() => toStore('sharedLimits: store', bad as never)).toThrow(
    'sharedLimits: store must be made by redisStore(client)()'
  )
)
