import { pipe } from 'fp-ts/lib/function.js'
import {
  callLimit,
  fixed,
  limitRetries,
  rateLimit,
  resourceLimit,
  type RetryEvent,
  withEnv,
  withLimits,
  withObserver,
  withRetry,
  withSignal
} from 'reprise'
import { redisStore, type RedisStoreOptions, sharedLimits } from 'reprise/redis'
import { virtualClock } from 'reprise/testing'
import { fakeRedis } from '../../support/fakeRedis.js'

const places = resourceLimit({ key: 'places', capacity: 2 })
const tokens = rateLimit({ key: 'tokens', capacity: 10, per: 1000, algorithm: 'slidingWindow' })

/** Processes whose commands and replies take 1 ms each. */
const start = (options: RedisStoreOptions = {}) => {
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const open = () =>
    redisStore(
      redis.client(() => 1),
      { clock, ...options }
    )()
  const after = async <A>(ms: number, pending: Promise<A>): Promise<A> => {
    await clock.advance(ms)
    return pending
  }
  /** Something that is held for so long. */
  const lasting = (ms: number) => () =>
    new Promise<number>((resolve) => clock.after(ms, () => resolve(clock.now())))
  return { clock, redis, open, after, lasting }
}
const rightOf = <A>(result: { readonly _tag: 'Left' } | { readonly _tag: 'Right'; readonly right: A }): A => {
  if (result._tag === 'Left') throw new Error(JSON.stringify(result))
  return result.right
}

describe('sharedLimits', () => {
  test.each<[string, () => unknown, string]>([
    [
      'no store',
      () => sharedLimits({} as never, 'a', []),
      'sharedLimits: store must be made by redisStore(client)()'
    ],
    ['no name', () => sharedLimits(start().open(), '', []), 'sharedLimits: name must be a text, got ""'],
    [
      'no list',
      () => sharedLimits(start().open(), 'a', {} as never),
      'sharedLimits: limits must be a list of limits'
    ],
    [
      'no limit',
      () => sharedLimits(start().open(), 'a', [{}] as never),
      'sharedLimits: limit must be a limit'
    ],
    [
      'a key twice',
      () => sharedLimits(start().open(), 'a', [places, places]),
      "sharedLimits: limits must have a key each, got 'places' twice"
    ],
    [
      'a wrong wait',
      () => sharedLimits(start().open(), 'a', [places], { maxWait: -1 }),
      'sharedLimits: maxWait must be milliseconds >= 0'
    ],
    [
      'a wrong queue',
      () => sharedLimits(start().open(), 'a', [places], { maxQueue: 0.5 }),
      'sharedLimits: maxQueue must be a whole number >= 0'
    ],
    [
      'an unknown option',
      () => sharedLimits(start().open(), 'a', [places], { clock: 1 } as never),
      "sharedLimits: there is no option 'clock'"
    ]
  ])('%s -> an error that names it', (_, make, message) => expect(make).toThrow(message))

  test('made -> frozen, nothing is sent', () => {
    const { redis, open } = start()
    expect(Object.isFrozen(sharedLimits(open(), 'a', [places])())).toBe(true)
    expect(redis.counts().commands).toBe(0)
  })

  test('one call after the other -> two commands for each, or one where it comes with the release', async () => {
    const { redis, open, after, lasting } = start()
    const limits = sharedLimits(open(), 'a', [places])()
    for (let i = 0; i < 10; i++) await after(20, limits.use()(lasting(5))())
    // Besides, a first look.
    expect(redis.counts()).toEqual({ commands: 21, swaps: 20 })
    const busy = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) rightOf(await limits.acquire()()).release()
    }
    await after(100, busy())
    // What changes nothing is not written: one place is given back, and taken.
    expect(redis.counts()).toEqual({ commands: 32, swaps: 22 })
  })

  test('many calls at once -> granted in one command, in their order', async () => {
    const { clock, redis, open, after } = start()
    const limits = sharedLimits(open(), 'a', [resourceLimit({ key: 'places', capacity: 100 })])()
    const order: number[] = []
    const all = Array.from({ length: 100 }, async (_, i) => {
      const result = await limits.acquire()()
      order.push(i)
      return [clock.now(), rightOf(result).waited]
    })
    expect(new Set((await after(10, Promise.all(all))).map(String))).toEqual(new Set(['4,4']))
    expect(order).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(redis.counts()).toEqual({ commands: 2, swaps: 1 })
  })

  test('two processes, two places -> never more than two, and each in its turn', async () => {
    const { clock, open, after, lasting } = start()
    const sets = [open(), open()].map((store) => sharedLimits(store, 'a', [places])())
    const began: Array<[who: number, at: number]> = []
    const call = (who: number) =>
      sets[who]!.use()(() => {
        began.push([who, clock.now()])
        return lasting(100)()
      })()
    // The first process is known to Redis first.
    const all = [call(0), call(0), call(0)]
    await clock.advance(10)
    all.push(call(1), call(1), call(1))
    await after(1000, Promise.all(all))
    expect(began.map(([who]) => who)).toEqual([0, 0, 0, 1, 1, 1])
    expect(began.map(([, at]) => Math.floor(at / 100))).toEqual([0, 0, 1, 1, 2, 2])
  })

  test('a large request -> is not starved by small ones of others', async () => {
    const { clock, open, lasting } = start()
    const [small, large] = [open(), open()].map((store) => sharedLimits(store, 'a', [places])())
    let isDone = false
    const busy = async (): Promise<void> => {
      while (!isDone) await small!.use()(lasting(10))()
    }
    void busy()
    await clock.advance(5)
    void busy()
    await clock.advance(50)
    const both = large!
      .acquire({ places: 2 })()
      .then((result) => {
        isDone = true
        return rightOf(result).waited
      })
    await clock.advance(100)
    // As long as the two that were running took, and what it takes to ask.
    expect(await both).toBeLessThan(25)
  })

  test.each([
    ['gcra', 1009, 1009],
    ['tokenBucket', 1009, 1009],
    // A window ends where it began, and then it has to be asked.
    ['slidingWindow', 970, 1010]
  ] as const)(
    '%s: four processes, 10 and 100 in a second for 10 s -> %d to %d granted, as many to each',
    async (algorithm, least, most) => {
      const { clock, open } = start()
      const limit = callLimit({ capacity: 10, per: 100, algorithm })
      const sets = [0, 1, 2, 3].map(() => sharedLimits(open(), 'a', [limit])())
      const counts = [0, 0, 0, 0]
      const busy = async (who: number): Promise<void> => {
        while (clock.now() < 10_000) {
          rightOf(await sets[who]!.acquire()())
          counts[who]! += 1
        }
      }
      for (const who of [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]) void busy(who)
      await clock.advance(10_000)
      const all = counts.reduce((sum, each) => sum + each, 0)
      expect(all).toBeGreaterThanOrEqual(least)
      expect(all).toBeLessThanOrEqual(most)
      expect(Math.min(...counts)).toBeGreaterThan(235)
    }
  )
})

describe('acquire, use', () => {
  test('rates -> what was not used comes back', async () => {
    const { open, after } = start()
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [tokens])())
    await after(10, a!.use({ tokens: 10 })(async (permit) => permit.report({ tokens: 3 }))())
    expect(await after(10, b!.available())).toEqual({ tokens: 7 })
    const permit = rightOf(await after(10, b!.acquire({ tokens: 2 })()))
    expect(permit.granted).toEqual({ tokens: 2 })
    permit.release()
    permit.release()
    expect(() => permit.report({ tokens: 1 })).toThrow('report: the permit is already released')
    expect(await after(10, a!.available())).toEqual({ tokens: 5 })
  })

  test('more than there can be -> refused at once, and nothing is asked', async () => {
    const { redis, open } = start()
    const limits = sharedLimits(open(), 'a', [places, tokens])()
    expect(await limits.acquire({ tokens: 11 })()).toEqual({
      _tag: 'Left',
      left: {
        _tag: 'LimitExceeded',
        key: 'tokens',
        reason: 'aboveCapacity',
        requested: 11,
        capacity: 10,
        retryAfter: undefined,
        waited: 0
      }
    })
    expect(await limits.tryAcquire({ tokens: 1, places: 3 })()).toMatchObject({
      left: { key: 'places', reason: 'aboveCapacity' }
    })
    expect(redis.counts().commands).toBe(0)
  })

  test('waited for too long -> refused, and out of line', async () => {
    const { clock, redis, open, after } = start()
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [places], { maxWait: 50 })())
    rightOf(await after(10, a!.acquire({ places: 2 })()))
    expect(await after(60, b!.acquire()())).toEqual({
      _tag: 'Left',
      left: {
        _tag: 'LimitExceeded',
        key: 'places',
        reason: 'waitedTooLong',
        requested: 1,
        capacity: 2,
        retryAfter: undefined,
        waited: 50
      }
    })
    await clock.advance(10)
    expect(redis.text('reprise:limits:a')).not.toContain('"wants":{')
  })

  test('maxWait 0, maxQueue 0 -> Redis is asked all the same', async () => {
    const { open, after } = start()
    const store = open()
    const impatient = sharedLimits(store, 'a', [places], { maxWait: 0 })()
    const queueless = sharedLimits(store, 'a', [places], { maxQueue: 0 })()
    const results = [impatient.acquire()(), queueless.acquire()()].map(async (each) => (await each)._tag)
    expect(await after(20, Promise.all(results))).toEqual(['Right', 'Right'])
    const late = [impatient.acquire()(), queueless.acquire()()]
    expect(await after(20, Promise.all(late))).toMatchObject([
      { left: { reason: 'waitedTooLong' } },
      { left: { reason: 'queueFull' } }
    ])
  })

  test('a full queue, of one process -> refused, and each process has its own', async () => {
    const { clock, open } = start()
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [places], { maxQueue: 2 })())
    const reasons: string[] = []
    const ask = (set: typeof a, name: string): void =>
      void set!
        .acquire()()
        .then((result) => reasons.push(`${name} ${result._tag === 'Left' ? result.left.reason : 'granted'}`))
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) ask(a, name)
    await clock.advance(20)
    for (const name of ['b1', 'b2', 'b3']) ask(b, name)
    await clock.advance(20)
    ask(a, 'a6')
    await clock.advance(0)
    expect(reasons).toEqual(['a5 queueFull', 'a1 granted', 'a2 granted', 'b3 queueFull', 'a6 queueFull'])
    expect([a!.waiting(), b!.waiting()]).toEqual([2, 2])
  })

  test('events -> waiting is told once it is known, with its key', async () => {
    const { clock, open, after } = start()
    const limits = sharedLimits(open(), 'a', [tokens, places])()
    const events: unknown[] = []
    const watch = withObserver(
      ({ name: _n, args: _a, attempt: _t, previousDelay: _p, ...event }: RetryEvent) =>
        events.push([clock.now(), event])
    )
    const first = rightOf(await after(10, watch(limits.acquire({ tokens: 1, places: 2 }))()))
    void watch(limits.acquire({ tokens: 4 }))()
    await clock.advance(10)
    first.release()
    await clock.advance(10)
    void watch(limits.acquire({ tokens: 4, places: 9 }))()
    await clock.advance(10)
    expect(events).toEqual([
      [4, { _tag: 'LimitGranted', granted: { tokens: 1, places: 2 }, waited: 4, elapsed: 4 }],
      [12, { _tag: 'LimitWaiting', key: 'places', waiting: 1, elapsed: 0 }],
      [22, { _tag: 'LimitGranted', granted: { tokens: 4, places: 1 }, waited: 12, elapsed: 12 }],
      [
        30,
        {
          _tag: 'LimitRefused',
          elapsed: 0,
          error: expect.objectContaining({ reason: 'aboveCapacity' }) as object
        }
      ]
    ])
  })

  test('an interrupt while it waits -> out of line, and the next one has its turn', async () => {
    const { clock, open, after } = start()
    const limits = sharedLimits(open(), 'a', [places])()
    const first = rightOf(await after(10, limits.acquire({ places: 1 })()))
    const controller = new AbortController()
    const large = withSignal(controller.signal)(limits.acquire({ places: 2 }))()
    const small = limits.acquire({ places: 1 })()
    await clock.advance(10)
    expect(limits.waiting()).toBe(2)
    controller.abort('enough')
    expect(await after(10, large)).toMatchObject({ left: { _tag: 'Aborted', reason: 'enough' } })
    expect((await small)._tag).toBe('Right')
    first.release()
  })

  test('an interrupt while it is asked for -> what is granted then goes back', async () => {
    const { clock, open, after } = start()
    const limits = sharedLimits(open(), 'a', [tokens, places])()
    await after(10, limits.available())
    const controller = new AbortController()
    const aborted = withSignal(controller.signal)(limits.acquire({ tokens: 7, places: 2 }))()
    await clock.advance(1)
    controller.abort('enough')
    expect(await after(1, aborted)).toMatchObject({ left: { _tag: 'Aborted', reason: 'enough' } })
    expect(await after(10, limits.available())).toEqual({ tokens: 10, places: 2 })
  })

  test('withLimits inside withRetry -> each attempt, and nothing is held between', async () => {
    const { clock, redis, open, after } = start()
    const limits = sharedLimits(open(), 'a', [places])()
    let attempts = 0
    const task = pipe(
      async () => {
        attempts += 1
        throw new Error('down')
      },
      withLimits(limits),
      withRetry(pipe(fixed(100), limitRetries(2))),
      withEnv({ clock })
    )
    const pending = task()
    await clock.advance(50)
    expect(redis.text('reprise:limits:a')).toContain('"members":[]')
    expect(await after(1000, pending)).toMatchObject({ left: { _tag: 'Exhausted', attempts: 3 } })
    expect(attempts).toBe(3)
  })
})

describe('tryAcquire, available, waiting', () => {
  test('free -> taken; not free -> refused, with when it may be', async () => {
    const { open, after } = start()
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [tokens])())
    const permit = rightOf(await after(10, a!.tryAcquire({ tokens: 8 })()))
    expect([permit.granted, permit.waited]).toEqual([{ tokens: 8 }, 4])
    const refused = await after(10, b!.tryAcquire({ tokens: 3 })())
    expect(refused).toEqual({
      _tag: 'Left',
      left: {
        _tag: 'LimitExceeded',
        key: 'tokens',
        reason: 'notNow',
        requested: 3,
        capacity: 10,
        retryAfter: expect.any(Number) as number,
        waited: 2
      }
    })
    expect(refused._tag === 'Left' && Math.round(refused.left.retryAfter ?? 0)).toBe(990)
    expect(await after(10, b!.available())).toEqual({ tokens: 2 })
  })
  test('does not overtake those who wait, here or in line, and does not wait itself', async () => {
    const { clock, redis, open, after } = start()
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [places])())
    const first = rightOf(await after(10, a!.acquire({ places: 1 })()))
    const waiting = a!.acquire({ places: 2 })()
    await clock.advance(10)
    const commands = redis.counts().commands
    expect(await a!.tryAcquire()()).toMatchObject({ left: { reason: 'notNow' } })
    expect(redis.counts().commands).toBe(commands)
    expect(await after(10, b!.tryAcquire()())).toMatchObject({ left: { reason: 'notNow' } })
    expect([a!.waiting(), b!.waiting()]).toEqual([1, 0])
    first.release()
    rightOf(await after(10, waiting)).release()
  })
})

describe('a lease', () => {
  test('held for long -> renewed, once in a third of it', async () => {
    const { clock, redis, open, after } = start({ lease: '3s' })
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [places])())
    rightOf(await after(10, a!.acquire({ places: 2 })()))
    await clock.advance(60_000)
    expect(await after(10, b!.available())).toEqual({ places: 0 })
    // The first after 4 ms, and then each 1,002 after the last.
    expect(redis.counts().swaps).toBe(60)
  })
  test('Redis has lost all -> what is held is said again', async () => {
    const { clock, redis, open, after } = start({ lease: '3s' })
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [places])())
    rightOf(await after(10, a!.acquire({ places: 2 })()))
    redis.clear()
    expect(await after(10, b!.available())).toEqual({ places: 2 })
    await clock.advance(1000)
    expect(await after(10, b!.available())).toEqual({ places: 0 })
  })
  test('it was too slow, and its places were given to others -> it does not give back what is theirs', async () => {
    const { clock, redis, open, after } = start({ lease: '3s', timeout: '10s' })
    const [a, b, c] = [open(), open(), open()].map((store) => sharedLimits(store, 'a', [places])())
    const slow = rightOf(await after(10, a!.acquire({ places: 2 })()))
    const text = redis.text('reprise:limits:a')!
    // As if it had not run for longer than its lease.
    redis.put('reprise:limits:a', text.replace(/"until":[\d.]+/, '"until":0'))
    rightOf(await after(10, b!.acquire({ places: 2 })()))
    slow.release()
    await clock.advance(10)
    expect(await after(10, c!.available())).toEqual({ places: 0 })
  })
})

describe('Redis away', () => {
  test('local -> goes on with what was known of rates, and without the places of others', async () => {
    const { redis, open, after } = start()
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [tokens, places])())
    rightOf(await after(10, b!.acquire({ tokens: 6, places: 2 })()))
    await after(10, a!.available())
    redis.die()
    expect(rightOf(await after(10, a!.acquire({ tokens: 4, places: 2 })())).granted).toEqual({
      tokens: 4,
      places: 2
    })
    expect(await after(1, a!.tryAcquire({ tokens: 0 })())).toMatchObject({
      left: { key: 'places', reason: 'notNow' }
    })
    expect(await after(1, a!.available())).toEqual({ tokens: 0, places: 0 })
  })
  test('local -> waits and refunds as alone, and nothing of it is known when Redis is back', async () => {
    const { clock, redis, open, after } = start()
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [tokens])())
    await after(10, a!.available())
    redis.die()
    const permit = rightOf(await after(10, a!.acquire({ tokens: 10 })()))
    permit.report({ tokens: 7 })
    permit.release()
    expect(await after(1, a!.available())).toEqual({ tokens: 3 })
    const waited = rightOf(await after(1000, a!.acquire({ tokens: 10 })())).waited
    expect(Math.round(waited)).toBe(990)
    redis.resume()
    await clock.advance(10_000)
    const late = rightOf(await after(10, a!.acquire({ tokens: 1 })()))
    redis.die()
    await after(10, a!.available())
    late.report({ tokens: 5 })
    late.release()
    redis.resume()
    await clock.advance(500)
    // What was used beyond is said when it is back.
    expect(await after(10, b!.available())).toEqual({ tokens: 5 })
  })
  test('local, then back: what was granted alone, and is settled later -> does not change the rates of all', async () => {
    const { clock, redis, open, after } = start()
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [tokens])())
    await after(10, Promise.all([a!.available(), b!.acquire({ tokens: 8 })()]))
    redis.die()
    const permit = rightOf(await after(10, a!.acquire({ tokens: 2 })()))
    redis.resume()
    await clock.advance(400)
    permit.report({ tokens: 0 })
    permit.release()
    expect(await after(10, b!.available())).toEqual({ tokens: 2 })
  })
  test('open -> no limits, and what is held counts when it is back', async () => {
    const { clock, redis, open, after } = start({ whenAway: 'open' })
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [tokens, places])())
    await after(10, a!.available())
    redis.die()
    const permits = await after(10, Promise.all([1, 2, 3].map(() => a!.acquire({ tokens: 9, places: 1 })())))
    expect(permits.map(({ _tag }) => _tag)).toEqual(['Right', 'Right', 'Right'])
    expect(await after(1, a!.available())).toEqual({ tokens: Infinity, places: Infinity })
    redis.resume()
    await clock.advance(500)
    expect(await after(10, b!.available())).toEqual({ tokens: 10, places: -1 })
    permits.forEach((permit) => rightOf(permit).release())
    await clock.advance(10)
    expect(await after(10, b!.available())).toEqual({ tokens: 10, places: 2 })
  })
  test('closed -> all are refused, those who wait as well', async () => {
    const { clock, redis, open, after } = start({ whenAway: 'closed' })
    const [a, b] = [open(), open()].map((store) => sharedLimits(store, 'a', [places])())
    rightOf(await after(10, b!.acquire({ places: 2 })()))
    const waiting = a!.acquire()()
    await clock.advance(10)
    redis.die()
    expect(await after(2000, waiting)).toEqual({
      _tag: 'Left',
      left: {
        _tag: 'LimitExceeded',
        key: 'places',
        reason: 'unreachable',
        requested: 1,
        capacity: 2,
        retryAfter: undefined,
        waited: expect.any(Number) as number
      }
    })
    expect(await a!.tryAcquire()()).toMatchObject({ left: { reason: 'unreachable', waited: 0 } })
    expect(await a!.available()).toEqual({ places: 0 })
  })
})
