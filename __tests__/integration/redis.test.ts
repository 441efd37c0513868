/**
 * Limits that processes share, at a real Redis, with both clients; and what happens when it hangs, is killed, or holds rubbish.
 * Everything that is asserted holds however slow the machine is: what is awaited is an event.
 */
import { pipe } from 'fp-ts/lib/function.js'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import {
  callLimit,
  fixed,
  type Permit,
  rateLimit,
  resourceLimit,
  retryOn,
  withLimits,
  withRetry,
  worker
} from 'reprise'
import {
  type RedisClient,
  type RedisStore,
  redisStore,
  type RedisStoreEvent,
  type RedisStoreOptions,
  sharedLimits,
  type WhenAway
} from 'reprise/redis'
import { type RedisForTests, startRedis, whereRedis } from '../support/redis.js'

const limit = 60_000

const places = (capacity: number) => resourceLimit({ key: 'places', capacity })

whereRedis(() => {
  let redis: RedisForTests
  let admin: Redis
  const closing: Array<() => unknown> = []
  const prefix = `reprise-test-${process.pid}`

  beforeAll(async () => {
    redis = await startRedis()
    admin = new Redis(redis.connection)
    admin.on('error', () => {})
  }, limit)
  afterEach(async () => {
    await redis.outage?.resume()
    for (const close of closing.splice(0).reverse()) await close()
  }, limit)
  afterAll(async () => {
    // Leaves nothing behind in a Redis that is not our own.
    const keys = await admin.keys(`${prefix}:*`)
    if (keys.length > 0) await admin.del(...keys)
    admin.disconnect()
    await redis.stop()
  }, limit)

  const ioredis = async (): Promise<Redis> => {
    const client = new Redis(redis.connection)
    client.on('error', () => {})
    closing.push(() => client.disconnect())
    await client.ping()
    return client
  }
  const nodeRedis = async (): Promise<RedisClient> => {
    const { host, port, db, username, password, tls } = redis.connection
    const client = createClient({
      socket: { host, port, ...(tls !== undefined && { tls: true }) },
      ...(db !== undefined && { database: Number(db) }),
      ...(typeof username === 'string' && { username }),
      ...(typeof password === 'string' && { password })
    })
    client.on('error', () => {})
    await client.connect()
    closing.push(() => client.destroy())
    return client
  }
  /** What a store has told, and a way to wait for what it will. */
  const listen = () => {
    const told: RedisStoreEvent[] = []
    const waiting: Array<() => void> = []
    return {
      told,
      observer: (event: RedisStoreEvent) => {
        told.push(event)
        waiting.splice(0).forEach((go) => go())
      },
      until: async (tag: RedisStoreEvent['_tag']): Promise<RedisStoreEvent> => {
        for (;;) {
          const found = told.find(({ _tag }) => _tag === tag)
          if (found !== undefined) return found
          await new Promise<void>((resolve) => waiting.push(resolve))
        }
      }
    }
  }
  const open = async (
    options: RedisStoreOptions = {},
    connect: () => Promise<RedisClient> = ioredis
  ): Promise<RedisStore> => {
    const store = redisStore(await connect(), { prefix, lease: '10m', ...options })()
    closing.push(store.close)
    return store
  }
  let names = 0
  const newName = (): string => `limits-${(names += 1)}`
  const keyOf = (name: string): string => `${prefix}:limits:${name}`

  const granted = <P>(
    result: { readonly _tag: 'Left' } | { readonly _tag: 'Right'; readonly right: P }
  ): P => {
    if (result._tag === 'Left') throw new Error(`not granted: ${JSON.stringify(result)}`)
    return result.right
  }

  describe.each([
    ['ioredis', ioredis],
    ['redis', nodeRedis]
  ])('%s', (_, connect) => {
    it(
      'two stores -> share places, which are granted to whoever waits when they are given back',
      async () => {
        const name = newName()
        const [one, other] = await Promise.all([open({}, connect), open({}, connect)])
        const [a, b] = [one, other].map((store) => sharedLimits(store, name, [places(3)])())
        const two = granted(await a!.acquire({ places: 2 })())
        expect(await b!.tryAcquire({ places: 2 })()).toEqual({
          _tag: 'Left',
          left: {
            _tag: 'LimitExceeded',
            key: 'places',
            reason: 'notNow',
            requested: 2,
            capacity: 3,
            retryAfter: undefined,
            waited: expect.any(Number) as number
          }
        })
        const third = granted(await b!.tryAcquire({ places: 1 })())
        expect(await a!.available()).toEqual({ places: 0 })
        const waiting = b!.acquire({ places: 2 })()
        two.release()
        granted(await waiting).release()
        third.release()
        await one.close()
        await other.close()
        expect(await admin.hget(keyOf(name), 'state')).toContain('"members":[]')
      },
      limit
    )

    it(
      'rates -> what was not used comes back, and what was used beyond is charged, in all processes',
      async () => {
        const name = newName()
        const tokens = rateLimit({ key: 'tokens', capacity: 1000, per: '1000h', algorithm: 'slidingWindow' })
        const [a, b] = await Promise.all(
          [open({}, connect), open({}, connect)].map(async (store) =>
            sharedLimits(await store, name, [tokens])()
          )
        )
        const permit = granted(await a!.acquire({ tokens: 800 })())
        expect(await b!.available()).toEqual({ tokens: 200 })
        permit.report({ tokens: 300 })
        permit.release()
        // It is said as soon as it is known, and before whatever comes then.
        expect(await a!.available()).toEqual({ tokens: 700 })
        const other = granted(await b!.acquire({ tokens: 100 })())
        other.report({ tokens: 900 })
        other.release()
        await b!.available()
        expect(await a!.available()).toEqual({ tokens: -200 })
      },
      limit
    )

    it(
      'withLimits and worker -> take them as they take a limitSet',
      async () => {
        const limits = sharedLimits(await open({}, connect), newName(), [places(1)])()
        let most = 0
        let now = 0
        const act = async (n: number): Promise<number> => {
          most = Math.max(most, (now += 1))
          await new Promise((resolve) => setTimeout(resolve, 5))
          now -= 1
          return n
        }
        const limited = pipe(act, withLimits(limits))
        const served = worker({ act }, { limits })
        const all = await Promise.all([limited(1)(), served.act(2)(), limited(3)(), served.act(4)()])
        expect(all).toEqual([1, 2, 3, 4].map((right) => ({ _tag: 'Right', right })))
        expect(most).toBe(1)
      },
      limit
    )

    it(
      'scripts forgotten by Redis -> are sent again',
      async () => {
        const limits = sharedLimits(await open({}, connect), newName(), [places(1)])()
        granted(await limits.acquire()()).release()
        await admin.script('FLUSH')
        granted(await limits.acquire()()).release()
      },
      limit
    )

    it(
      'closed -> no connection of its own is left',
      async () => {
        // Others may come and go where it is not our own.
        if (redis.outage === undefined) return
        const name = newName()
        const [one, other] = await Promise.all([open({}, connect), open({}, connect)])
        const before = await connections()
        const [a, b] = [one, other].map((store) => sharedLimits(store, name, [places(1)])())
        const first = granted(await a!.acquire()())
        const second = b!.acquire()()
        // Whoever waits listens to messages, on a second connection.
        await until(async () => (await connections()) === before + 1)
        first.release()
        granted(await second).release()
        await Promise.all([one.close(), other.close()])
        await until(async () => (await connections()) === before)
      },
      limit
    )
  })

  const connections = async (): Promise<number> =>
    String(await admin.client('LIST'))
      .trim()
      .split('\n').length
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  it(
    'a key with a prefix of the client -> messages arrive all the same',
    async () => {
      const name = newName()
      const make = async () => {
        const client = new Redis({ ...redis.connection, keyPrefix: `${prefix}:` })
        closing.push(() => client.disconnect())
        const store = redisStore(client, { prefix: 'own' })()
        closing.push(store.close)
        return sharedLimits(store, name, [places(1)])()
      }
      const [a, b] = [await make(), await make()]
      const first = granted(await a.acquire()())
      const second = b.acquire()()
      await until(
        async () =>
          (await admin.hget(`${prefix}:own:limits:${name}`, 'state'))?.includes('"wants":{"places":1}') ===
          true
      )
      first.release()
      granted(await second).release()
    },
    limit
  )

  it(
    'no messages at all -> whoever waits looks by itself',
    async () => {
      const name = newName()
      const deaf = async (): Promise<RedisClient> => {
        const client = await ioredis()
        return {
          evalsha: (hash: string, keys: number, ...rest: string[]) => client.evalsha(hash, keys, ...rest),
          eval: (script: string, keys: number, ...rest: string[]) => client.eval(script, keys, ...rest),
          duplicate: () => {
            throw new Error('no second connection')
          }
        }
      }
      const [a, b] = await Promise.all(
        [open({}, deaf), open({}, deaf)].map(async (store) => sharedLimits(await store, name, [places(1)])())
      )
      const first = granted(await a!.acquire()())
      const second = b!.acquire()()
      await until(
        async () => (await admin.hget(keyOf(name), 'state'))?.includes('"wants":{"places":1}') === true
      )
      first.release()
      granted(await second).release()
    },
    limit
  )

  it(
    'nothing used any more -> Redis forgets it, when that is as new',
    async () => {
      const name = newName()
      const limits = sharedLimits(await open(), name, [callLimit({ capacity: 2, per: '1h' })])()
      granted(await limits.acquire()())
      const left = await admin.pttl(keyOf(name))
      // One of two is there again after half of the time.
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThanOrEqual(1_800_001)
    },
    limit
  )

  describe('rubbish under the key', () => {
    const rubbish: ReadonlyArray<[title: string, put: (key: string) => Promise<unknown>]> = [
      ['a text', (key) => admin.set(key, 'rubbish')],
      ['a list', (key) => admin.rpush(key, 'a', 'b')],
      ['a hash of others', (key) => admin.hset(key, 'name', 'rubbish')],
      ['a hash with a text', (key) => admin.hset(key, 'state', 'rubbish')],
      [
        'with JSON',
        (key) => admin.hset(key, 'state', '{"version":"1.a","at":0,"skew":0,"state":{"members":[{}]}}')
      ],
      ['with bytes', (key) => admin.hset(key, 'state', Buffer.from([0xff, 0xfe, 0x00]))],
      [
        'the state of other limits',
        async (key) => {
          const store = await open()
          const other = sharedLimits(store, key.slice(keyOf('').length), [
            places(1),
            callLimit({ capacity: 1, per: 1 })
          ])()
          granted(await other.acquire()())
        }
      ]
    ]
    it.each(rubbish)(
      '%s -> counts as away, and is left as it is; when it is gone, the limits are shared',
      async (_, put) => {
        const name = newName()
        const key = keyOf(name)
        await put(key)
        const before = await admin.type(key)
        const { told, observer, until } = listen()
        const closed = sharedLimits(await open({ whenAway: 'closed', observer }), name, [places(1)])()
        const local = sharedLimits(await open(), name, [places(1)])()
        const refused = await closed.acquire()()
        expect(refused).toMatchObject({
          _tag: 'Left',
          left: { _tag: 'LimitExceeded', reason: 'unreachable' }
        })
        expect(told).toMatchObject([
          { _tag: 'RedisLost', key, away: { _tag: 'RedisAway', reason: 'unusable' } }
        ])
        granted(await local.acquire()()).release()
        expect(await local.available()).toEqual({ places: 1 })
        expect(await admin.type(key)).toBe(before)

        await admin.del(key)
        await until('RedisFound')
        granted(await closed.acquire()()).release()
      },
      limit
    )
  })

  // What is done to a server, only our own has to bear.
  const own = (process.env['REDIS_URL'] ?? '') === '' ? describe : describe.skip

  own('Redis away', () => {
    const ways = ['hang', 'kill'] as const
    const cases: ReadonlyArray<[way: (typeof ways)[number], whenAway: WhenAway, client: string]> = [
      ...ways.flatMap((way) =>
        (['local', 'open', 'closed'] as const).map((whenAway) => [way, whenAway, 'ioredis'] as const)
      ),
      ['hang', 'local', 'redis'],
      ['kill', 'closed', 'redis']
    ].map(([way, whenAway, client]) => [way, whenAway, client] as never)

    it.each(cases)(
      '%s, %s, %s -> calls do as said, and when it is back all processes count what is held',
      async (way, whenAway, client) => {
        const name = newName()
        const { observer, until: hear } = listen()
        const connect = client === 'redis' ? nodeRedis : ioredis
        const store = await open({ whenAway, timeout: '2s', observer }, connect)
        const limits = sharedLimits(store, name, [places(2)])()
        const permits: Array<Permit> = [granted(await limits.acquire()())]
        const outage = redis.outage!
        await outage[way]()

        // It is found out by the first that asks.
        const first = await limits.acquire()()
        expect(store.status()).toBe('away')
        const second = await limits.tryAcquire()()
        const available = await limits.available()
        const found = [first, second].map((each) => (each._tag === 'Right' ? 'granted' : each.left.reason))
        for (const each of [first, second]) if (each._tag === 'Right') permits.push(each.right)
        expect([...found, available]).toEqual(
          {
            local: ['granted', 'notNow', { places: 0 }],
            open: ['granted', 'granted', { places: Infinity }],
            closed: ['unreachable', 'unreachable', { places: 0 }]
          }[whenAway]
        )
        const lost = await hear('RedisLost')
        expect(lost).toMatchObject({ key: undefined, away: { _tag: 'RedisAway' } })

        await outage.resume()
        const back = await hear('RedisFound')
        expect(back).toMatchObject({ key: undefined, after: expect.any(Number) as number })
        const other = sharedLimits(await open(), name, [places(2)])()
        const left = 2 - permits.length
        await until(async () => (await other.available()).places === left)
        for (const permit of permits) permit.release()
        await until(async () => (await other.available()).places === 2)
        granted(await limits.acquire()()).release()
      },
      limit
    )

    it.each<[WhenAway, string]>([
      ['local', 'granted, since this process is alone'],
      ['open', 'granted'],
      ['closed', 'unreachable']
    ])(
      'killed while somebody waits, %s -> %s',
      async (whenAway, expected) => {
        const name = newName()
        const holder = sharedLimits(await open(), name, [places(1)])()
        const limits = sharedLimits(await open({ whenAway, timeout: '2s' }), name, [places(1)])()
        granted(await holder.acquire()())
        const waiting = limits.acquire()()
        await until(
          async () => (await admin.hget(keyOf(name), 'state'))?.includes('"wants":{"places":1}') === true
        )
        await redis.outage!.kill()
        const result = await waiting
        expect(result._tag === 'Right' ? 'granted' : result.left.reason).toBe(expected.split(',')[0])
      },
      limit
    )

    it(
      'killed in the middle of calls, closed -> with retries all of them are made, never two at once',
      async () => {
        const name = newName()
        let [most, now] = [0, 0]
        const act = async (n: number): Promise<number> => {
          most = Math.max(most, (now += 1))
          await new Promise((resolve) => setTimeout(resolve, 2))
          now -= 1
          return n
        }
        const sets = await Promise.all(
          [1, 2].map(async () => sharedLimits(await open({ whenAway: 'closed' }), name, [places(1)])())
        )
        const calls = sets.map((set) =>
          pipe(act, withLimits(set), withRetry(pipe(fixed(20), retryOn('LimitExceeded'))))
        )
        const all = Array.from({ length: 200 }, (_, i) => calls[i % 2]!(i)())
        await all[50]
        await redis.restart!()
        expect((await Promise.all(all)).map(({ _tag }) => _tag)).toEqual(all.map(() => 'Right'))
        expect(most).toBe(1)
      },
      limit
    )
  })
})
