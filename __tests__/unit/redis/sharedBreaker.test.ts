import { pipe } from 'fp-ts/lib/function.js'
import {
  type BreakerEvent,
  circuitBreaker,
  type CircuitBreakerOptions,
  delays,
  exponential,
  type RetryEvent,
  withCircuitBreaker,
  withEnv,
  withJitter,
  withObserver,
  withSignal
} from 'reprise'
import { redisStore, type RedisStoreOptions, sharedBreaker } from 'reprise/redis'
import { scripted, virtualClock } from 'reprise/testing'
import { message } from '../../support/bad.js'
import { fakeRedis } from '../../support/fakeRedis.js'
import { deferred, start, turn } from '../../support/task.js'

const options: CircuitBreakerOptions = { consecutiveFailures: 2, openTime: 10_000 }

/** A Redis, and processes that share a breaker over it. */
const scene = (given: CircuitBreakerOptions = options, settings: RedisStoreOptions = {}) => {
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const open = (its: CircuitBreakerOptions = given, latency = 0) => {
    const events: BreakerEvent[] = []
    const store = redisStore(
      redis.client(() => latency),
      { clock, ...settings }
    )()
    const breaker = sharedBreaker(store, 'payments', {
      observer: (event: BreakerEvent) => events.push(event),
      ...its
    })()
    const calls = (script: string) => {
      const fn = scripted(script)
      return { fn, task: pipe(fn, withCircuitBreaker(breaker), withEnv({ clock, random: () => 0.5 })) }
    }
    return {
      breaker,
      events,
      tags: () => events.map(({ _tag }) => _tag),
      store,
      calls,
      /** Calls a function that does what the script says, as often as that says. */
      play: async (script: string): Promise<void> => {
        const { task } = calls(script)
        for (const _ of script) await task()
        await turn()
      }
    }
  }
  return { clock, redis, open }
}

/** A call that ends when it is told to. */
const held = ({ breaker }: ReturnType<ReturnType<typeof scene>['open']>, clock = virtualClock()) => {
  const { promise, reject, resolve } = deferred<string>()
  const controller = new AbortController()
  let calls = 0
  const ends = start(
    pipe(
      () => {
        calls += 1
        return promise
      },
      withCircuitBreaker(breaker),
      withSignal(controller.signal),
      withEnv({ clock })
    ),
    clock
  )
  return {
    calls: () => calls,
    ends,
    abort: () => controller.abort('enough'),
    fail: () => reject(new Error('down')),
    succeed: () => resolve('up')
  }
}

const circuitOpen = (retryAfter: number) => ({ _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter } })

describe('sharedBreaker', () => {
  const store = redisStore(fakeRedis(virtualClock()).client())()

  it.each<[string, () => unknown, string]>([
    [
      'no store',
      () => sharedBreaker({} as never, 'payments', options),
      'TypeError: sharedBreaker: store must be made by redisStore(client)(), got [object Object]'
    ],
    [
      'no name',
      () => sharedBreaker(store, '', options),
      'RangeError: sharedBreaker: name must be a text, got ""'
    ],
    [
      'a clock',
      () => sharedBreaker(store, 'payments', { consecutiveFailures: 1, clock: virtualClock() }),
      "TypeError: sharedBreaker: clock must be left out: Redis's clock counts, got [object Object]"
    ],
    [
      'a bad option',
      () => sharedBreaker(store, 'payments', { consecutiveFailures: 0 }),
      'RangeError: circuitBreaker: consecutiveFailures must be a whole number >= 1, got 0'
    ]
  ])('%s -> refused before the IO is run', (_, make, expected) => {
    expect(message(make)).toBe(expected)
  })

  it('making one -> nothing is sent; it is frozen', async () => {
    const { redis, open } = scene()
    const { breaker } = open({ ...options, observer: undefined })
    await turn()
    expect(redis.counts().commands).toBe(0)
    expect(Object.isFrozen(breaker)).toBe(true)
  })
})

describe('several processes', () => {
  it('two failures here, one there -> open in both, each told once', async () => {
    const { clock, open } = scene({ ...options, consecutiveFailures: 3 })
    const [here, there] = [open(), open()]
    await here.play('L')
    await there.play('L')
    await clock.advance(50)
    // It has not heard of the first failure of the other, but its own is sent to where that is known.
    await here.play('L')
    await clock.advance(50)
    expect([here.breaker.status()._tag, there.breaker.status()._tag]).toEqual(['Open', 'Open'])
    expect([here.tags(), there.tags()]).toEqual([['CircuitOpened'], ['CircuitOpened']])
  })

  it('open there -> refused here, without a call and without asking Redis', async () => {
    const { clock, redis, open } = scene()
    const [here, there] = [open(), open()]
    await here.play('R')
    await there.play('LL')
    await clock.advance(500)
    const { commands } = redis.counts()
    const { fn, task } = here.calls('R')
    expect(await task()).toEqual(circuitOpen(9500))
    expect(fn.calls()).toBe(0)
    expect(redis.counts().commands).toBe(commands)
    expect(here.events).toEqual([
      { _tag: 'CircuitOpened', openTime: 10_000, lastFailure: { _tag: 'None' } },
      { _tag: 'CircuitRefused', retryAfter: 9500 }
    ])
  })

  it('the first call of a process -> asks whether it is open', async () => {
    const { open } = scene()
    await open().play('LL')
    const { fn, task } = open().calls('R')
    expect(await task()).toEqual(circuitOpen(10_000))
    expect(fn.calls()).toBe(0)
  })

  it('100 calls while closed -> what they come to is sent together', async () => {
    const { clock, redis, open } = scene({ countWindow: 100, failureRatio: 0.5 })
    const here = open()
    await here.play('R')
    await clock.advance(50)
    const { swaps } = redis.counts()
    await here.play('R'.repeat(100))
    expect(redis.counts().swaps).toBe(swaps)
    await clock.advance(50)
    expect(redis.counts().swaps).toBe(swaps + 1)
    expect(open().breaker.status().calls).toBe(0)
  })

  it('successes in a row, which change nothing -> nothing is sent but a look each second', async () => {
    const { clock, redis, open } = scene()
    const here = open()
    await here.play('R')
    const { commands, swaps } = redis.counts()
    for (let second = 0; second < 10; second++) {
      await here.play('RRRRR')
      await clock.advance(1001)
    }
    expect(redis.counts().swaps).toBe(swaps)
    expect(redis.counts().commands - commands).toBe(9)
  })

  it('a message is lost -> found out by looking, within a second', async () => {
    const { clock, redis, open } = scene()
    const [here, there] = [open(), open()]
    await here.play('R')
    redis.mute(true)
    await there.play('LL')
    await clock.advance(1001)
    // This one is too early, but makes it look.
    expect(await here.calls('R').task()).toMatchObject({ _tag: 'Right' })
    await turn()
    expect(await here.calls('R').task()).toEqual(circuitOpen(8999))
  })

  it('it half-opens and opens again unheard -> told that it has opened, again', async () => {
    const { clock, redis, open } = scene({ ...options, openTime: delays([1000, 5000]) })
    const [here, there] = [open(), open()]
    await here.play('R')
    await there.play('LL')
    redis.mute(true)
    await clock.advance(1000)
    await there.play('L')
    await clock.advance(10)
    here.breaker.status()
    await turn()
    expect(here.events).toEqual([
      { _tag: 'CircuitOpened', openTime: 1000, lastFailure: { _tag: 'None' } },
      { _tag: 'CircuitOpened', openTime: 5000, lastFailure: { _tag: 'None' } }
    ])
  })

  it('other windows under the same name -> how it stands holds, what was counted does not', async () => {
    const { clock, open } = scene()
    const [rows, counts] = [open(), open({ countWindow: 2, failureRatio: 0.4, openTime: 10_000 })]
    await rows.play('L')
    await clock.advance(50)
    await counts.play('R')
    await clock.advance(50)
    expect(counts.breaker.status()).toMatchObject({ _tag: 'Closed', calls: 1, failures: 0 })
    await rows.play('L')
    await clock.advance(50)
    expect(rows.breaker.status()).toMatchObject({ _tag: 'Closed', failures: 1 })
    await rows.play('L')
    expect([rows.breaker.status()._tag, counts.breaker.status()._tag]).toEqual(['Open', 'Open'])
  })

  it('a day without calls -> forgotten; isolated -> never', async () => {
    const { clock, open } = scene()
    const here = open()
    await here.play('L')
    await clock.advance(86_400_000 + 50)
    expect(open().breaker.status().failures).toBe(0)
    here.breaker.isolate()
    await turn()
    await clock.advance(1e12)
    const there = open()
    expect(await there.calls('R').task()).toEqual(circuitOpen(2 ** 53 - 1))
  })
})

describe('trials', () => {
  it('both processes would try -> one does; the other is refused until that has ended well', async () => {
    const { clock, open } = scene()
    const [here, there] = [open(), open()]
    await here.play('LL')
    await there.play('R')
    await clock.advance(10_000)
    const trial = held(here, clock)
    await turn()
    const { fn, task } = there.calls('R')
    expect(await task()).toEqual(circuitOpen(0))
    expect([trial.calls(), fn.calls()]).toEqual([1, 0])
    trial.succeed()
    await turn()
    expect(await task()).toEqual({ _tag: 'Right', right: 1 })
    expect(here.tags()).toEqual(['CircuitOpened', 'CircuitHalfOpened', 'CircuitClosed'])
    expect(there.tags()).toEqual([
      'CircuitOpened',
      'CircuitRefused',
      'CircuitHalfOpened',
      'CircuitRefused',
      'CircuitClosed'
    ])
  })

  it('the trial fails -> open in both, for the next open time', async () => {
    const { clock, open } = scene({ ...options, openTime: delays([1000, 5000]) })
    const [here, there] = [open(), open()]
    await here.play('LL')
    await clock.advance(1000)
    await there.play('L')
    expect(here.breaker.status()).toMatchObject({ _tag: 'Open', retryAfter: 5000 })
    expect(here.events.map((event) => event._tag === 'CircuitOpened' && event.openTime)).toEqual([
      1000,
      false,
      5000
    ])
  })

  it('two trials -> wherever they are made, a third is refused', async () => {
    const { clock, open } = scene({ countWindow: 2, failureRatio: 0.6, trials: 2, openTime: 1000 })
    const [here, there] = [open(), open()]
    await here.play('LL')
    await there.play('R')
    await clock.advance(1000)
    const calls = [here, there, here, there].map((process) => held(process, clock))
    await turn()
    expect(calls.map((call) => call.calls()).sort()).toEqual([0, 0, 1, 1])
    expect(calls.filter((call) => call.ends.length === 1)).toHaveLength(2)
  })

  it('aborted while it waits for Redis -> ends at once; the place that it gets is given back', async () => {
    const { clock, open } = scene()
    await open().play('LL')
    const here = open(options, 20)
    // By now it knows that it is open, and that it is time.
    await clock.advance(10_100)
    const trial = held(here, clock)
    await clock.advance(30)
    trial.abort()
    await turn()
    expect(trial.ends).toEqual([
      {
        at: 10_130,
        result: { _tag: 'Left', left: expect.objectContaining({ _tag: 'Aborted', attempts: 0 }) }
      }
    ])
    await clock.advance(200)
    expect(trial.calls()).toBe(0)
    expect(await open().calls('R').task()).toEqual({ _tag: 'Right', right: 1 })
  })

  it('aborted meanwhile -> the place is there for the other', async () => {
    const { clock, open } = scene()
    const [here, there] = [open(), open()]
    await here.play('LL')
    await clock.advance(10_000)
    const trial = held(here, clock)
    await turn()
    trial.abort()
    await turn()
    expect(await there.calls('R').task()).toEqual({ _tag: 'Right', right: 1 })
  })

  it('as long as it runs -> it keeps its place; after its process was killed -> back after the lease', async () => {
    const { clock, redis, open } = scene(options, { lease: '30s' })
    const [here, there] = [open(), open()]
    await here.play('LL')
    await clock.advance(10_000)
    const trial = held(here, clock)
    await clock.advance(100_000)
    expect(trial.calls()).toBe(1)
    expect(await there.calls('R').task()).toEqual(circuitOpen(0))
    // As if nobody renewed it any more.
    const text = redis.text('reprise:breaker:payments')!
    await here.store.close()
    redis.put('reprise:breaker:payments', text)
    await clock.advance(19_000)
    expect(await open().calls('R').task()).toEqual(circuitOpen(0))
    await clock.advance(11_000)
    expect(await open().calls('R').task()).toEqual({ _tag: 'Right', right: 1 })
  })

  it('its store is closed -> the place is there for others', async () => {
    const { clock, open } = scene()
    const [here, there] = [open(), open()]
    await here.play('LL')
    await clock.advance(10_000)
    const trial = held(here, clock)
    await turn()
    await here.store.close()
    expect(await there.calls('R').task()).toEqual({ _tag: 'Right', right: 1 })
    trial.succeed()
    await turn()
    expect(trial.ends).toHaveLength(1)
    expect(clock.pending()).toBe(0)
  })

  it('the time that it waits for Redis -> is no part of what the call takes', async () => {
    const { clock, open } = scene({ countWindow: 1, slowRatio: 0, slowAfter: 50 })
    const here = open(undefined, 100)
    const { task } = here.calls('R')
    const ends = start(task, clock)
    await clock.advance(400)
    expect(ends).toHaveLength(1)
    expect(here.breaker.status()).toMatchObject({ _tag: 'Closed', calls: 1, slow: 0 })
  })
})

describe('what calls are told', () => {
  it('a call that opens, tries or is refused -> its own observer hears of it', async () => {
    const { clock, open } = scene()
    const here = open()
    const events: RetryEvent[] = []
    const task = pipe(
      scripted('LLR'),
      withCircuitBreaker(here.breaker),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )
    for (let i = 0; i < 3; i++) await task()
    await clock.advance(10_000)
    await task()
    expect(events.map(({ _tag }) => _tag)).toEqual([
      'CircuitOpened',
      'CircuitRefused',
      'CircuitHalfOpened',
      'CircuitClosed'
    ])
    expect(events[0]).toMatchObject({
      openTime: 10_000,
      lastFailure: { value: { _tag: 'Failed', error: 2 } }
    })
  })

  it('what others do -> calls here do not hear of it', async () => {
    const { clock, open } = scene()
    const [here, there] = [open(), open()]
    const events: RetryEvent[] = []
    const { promise, resolve } = deferred<number>()
    const task = pipe(
      () => promise,
      withCircuitBreaker(here.breaker),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )
    const ends = start(task, clock)
    await turn()
    await there.play('LL')
    resolve(1)
    await turn()
    expect(ends).toHaveLength(1)
    expect(here.tags()).toEqual(['CircuitOpened'])
    expect(events).toEqual([])
  })

  it('open times with jitter -> drawn from the random of the call that opens it', async () => {
    const { open } = scene({ ...options, openTime: pipe(exponential(1000), withJitter('full')) })
    const [here, there] = [open(), open()]
    await here.play('LL')
    await there.play('R')
    expect([here, there].map(({ breaker }) => breaker.status().retryAfter)).toEqual([500, 500])
  })

  it('lastFailure -> that of this process, none after a reset', async () => {
    const { open } = scene()
    const [here, there] = [open(), open()]
    await here.play('L')
    expect(here.breaker.lastFailure()).toEqual({ _tag: 'Some', value: { _tag: 'Failed', error: 1 } })
    expect(there.breaker.lastFailure()).toEqual({ _tag: 'None' })
    here.breaker.reset()
    expect(here.breaker.lastFailure()).toEqual({ _tag: 'None' })
  })
})

describe('isolate, reset, save and restore', () => {
  it('isolated here -> refused there, until it is reset there', async () => {
    const { open } = scene()
    const [here, there] = [open(), open()]
    await there.play('R')
    here.breaker.isolate()
    await turn()
    expect(await there.calls('R').task()).toEqual(circuitOpen(2 ** 53 - 1))
    there.breaker.reset()
    expect(await there.calls('R').task()).toMatchObject({ _tag: 'Right' })
    await turn()
    expect(await here.calls('R').task()).toMatchObject({ _tag: 'Right' })
    expect(here.tags()).toEqual(['CircuitIsolated', 'CircuitClosed'])
    expect(there.tags()).toEqual(['CircuitIsolated', 'CircuitRefused', 'CircuitClosed'])
  })

  it('isolated before anything is known of Redis -> isolated for all', async () => {
    const { open } = scene()
    await open().play('LL')
    open().breaker.isolate()
    await turn()
    expect(await open().calls('R').task()).toEqual(circuitOpen(2 ** 53 - 1))
  })

  it('what a breaker of one process has saved -> restored for all', async () => {
    const { clock, open } = scene()
    const alone = circuitBreaker({ ...options, clock })()
    await pipe(scripted('L'), withCircuitBreaker(alone))()
    await pipe(scripted('L'), withCircuitBreaker(alone))()
    const [here, there] = [open(), open()]
    await there.play('R')
    expect(here.breaker.restore(alone.save())()).toEqual({ _tag: 'Right', right: undefined })
    await turn()
    await clock.advance(4000)
    expect(await there.calls('R').task()).toEqual(circuitOpen(6000))
    expect(there.breaker.save()).toMatchObject({ _tag: 'Open', until: 6000 })
  })

  it('what makes no sense -> a Left, and nothing is changed', async () => {
    const { redis, open } = scene()
    const { breaker } = open({ ...options, observer: undefined })
    expect(breaker.restore({ _tag: 'Ajar', period: 0 })()).toEqual({
      _tag: 'Left',
      left: `state._tag: expected 'Closed', 'Open', 'HalfOpen' or 'Isolated', got "Ajar"`
    })
    await turn()
    expect(redis.counts().commands).toBe(0)
  })
})

describe('Redis is away', () => {
  it("'local' -> goes on alone, from what was known; back -> the shared state counts", async () => {
    const { clock, redis, open } = scene()
    const [here, there] = [open(), open()]
    await there.play('R')
    await here.play('L')
    await clock.advance(50)
    redis.die()
    // The second in a row.
    await here.play('L')
    expect(here.breaker.status()._tag).toBe('Open')
    expect(there.breaker.status()._tag).toBe('Closed')
    redis.resume()
    await clock.advance(1000)
    expect(here.breaker.status()._tag).toBe('Closed')
    expect(here.tags()).toEqual(['CircuitOpened', 'CircuitClosed'])
  })

  it("'local', half-open -> its own trials, as many as there may be", async () => {
    const { clock, redis, open } = scene()
    const here = open()
    await here.play('LL')
    redis.die()
    await clock.advance(10_000)
    const trial = held(here, clock)
    await turn()
    expect(await here.calls('R').task()).toEqual(circuitOpen(0))
    trial.succeed()
    await turn()
    expect(here.breaker.status()._tag).toBe('Closed')
    expect(trial.calls()).toBe(1)
  })

  it("'local', Redis is lost while two would try -> one of them does", async () => {
    const { clock, redis, open } = scene()
    await open().play('LL')
    const here = open(options, 20)
    await clock.advance(10_100)
    const trial = held(here, clock)
    await turn()
    expect(await here.calls('R').task()).toEqual(circuitOpen(0))
    redis.die()
    await clock.advance(100)
    expect(trial.calls()).toBe(1)
  })

  it("'local' -> a call that came in when it was alone does not count the next time", async () => {
    const { clock, redis, open } = scene()
    const here = open()
    await here.play('R')
    const goAlone = async (): Promise<void> => {
      redis.die()
      await clock.advance(1001)
      await here.play('R')
    }
    await goAlone()
    const [first, second] = [held(here, clock), held(here, clock)]
    await turn()
    redis.resume()
    await clock.advance(1000)
    first.fail()
    await turn()
    expect(here.breaker.status().failures).toBe(0)
    await goAlone()
    second.fail()
    await turn()
    expect(here.breaker.status().failures).toBe(0)
    expect([first, second].map((call) => call.ends.length)).toEqual([1, 1])
  })

  it("'open', Redis is back before it ends -> does not count either", async () => {
    const { clock, redis, open } = scene(options, { whenAway: 'open' })
    const here = open()
    redis.die()
    const call = held(here, clock)
    await turn()
    redis.resume()
    await clock.advance(1000)
    call.fail()
    await turn()
    expect(call.ends).toHaveLength(1)
    expect(here.breaker.status()).toMatchObject({ _tag: 'Closed', failures: 0 })
  })

  it("'open' -> all pass, and none counts", async () => {
    const { clock, redis, open } = scene(options, { whenAway: 'open' })
    const here = open()
    await here.play('R')
    redis.die()
    const { fn, task } = here.calls('LLLLL')
    for (let i = 0; i < 5; i++) {
      await task()
      await turn()
    }
    expect(fn.calls()).toBe(5)
    // It opened with the second; when it would tell Redis of that, it was found to be away.
    expect(here.tags()).toEqual(['CircuitOpened'])
    redis.resume()
    await clock.advance(1000)
    expect(here.breaker.status()).toMatchObject({ _tag: 'Closed', failures: 0 })
    expect(here.tags()).toEqual(['CircuitOpened', 'CircuitClosed'])
  })

  it("'closed' -> all are refused; back -> they pass", async () => {
    const { clock, redis, open } = scene(options, { whenAway: 'closed' })
    const here = open()
    redis.die()
    const { fn, task } = here.calls('R')
    expect(await task()).toEqual(circuitOpen(1000))
    expect(await task()).toEqual(circuitOpen(1000))
    expect(here.tags()).toEqual(['CircuitRefused', 'CircuitRefused'])
    redis.resume()
    await clock.advance(1000)
    expect(await task()).toEqual({ _tag: 'Right', right: 1 })
    expect(fn.calls()).toBe(1)
  })

  it('Redis hangs -> the first call waits for the timeout, the others do not', async () => {
    const { clock, redis, open } = scene(options, { timeout: 400 })
    const here = open({ ...options, observer: undefined })
    redis.hang()
    const { task } = here.calls('R')
    const first = start(task, clock)
    await clock.advance(399)
    expect(first).toEqual([])
    await clock.advance(1)
    expect(first).toEqual([{ at: 400, result: { _tag: 'Right', right: 1 } }])
    expect(await task()).toMatchObject({ _tag: 'Right' })
  })

  it.each(['local', 'open', 'closed'] as const)(
    'isolated meanwhile, %s -> refused here at once, and everywhere as soon as Redis is back',
    async (whenAway) => {
      const { clock, redis, open } = scene(options, { whenAway })
      const [here, there] = [open(), open()]
      await here.play('R')
      await there.play('R')
      redis.die()
      await clock.advance(1001)
      await here.play('R')
      here.breaker.isolate()
      expect(await here.calls('R').task()).toEqual(circuitOpen(2 ** 53 - 1))
      redis.resume()
      await clock.advance(5000)
      expect(await there.calls('R').task()).toEqual(circuitOpen(2 ** 53 - 1))
    }
  )

  it('lost while it answers -> the place that was got is given back when Redis is there again', async () => {
    const { clock, redis, open } = scene()
    const [here, there] = [open(), open()]
    await here.play('LL')
    await there.play('R')
    await clock.advance(10_000)
    redis.loseReplies(1)
    const trial = held(here, clock)
    await turn()
    // It goes on alone, and does not know that it got the place.
    expect(trial.calls()).toBe(1)
    await clock.advance(1000)
    expect(await there.calls('R').task()).toEqual({ _tag: 'Right', right: 1 })
  })

  it('a trial ends while Redis is away -> told when it is back', async () => {
    const { clock, redis, open } = scene()
    const [here, there] = [open(), open()]
    await here.play('LL')
    await there.play('R')
    await clock.advance(10_000)
    const trial = held(here, clock)
    await turn()
    redis.die()
    trial.succeed()
    await turn()
    expect(here.breaker.status()._tag).toBe('Closed')
    redis.resume()
    await clock.advance(5000)
    expect([here, there].map(({ breaker }) => breaker.status()._tag)).toEqual(['Closed', 'Closed'])
  })

  it('something else under the key -> away, until it is gone', async () => {
    const { clock, redis, open } = scene(options, { whenAway: 'closed' })
    redis.put('reprise:breaker:payments', 'a text of others')
    const here = open()
    expect(await here.calls('R').task()).toEqual(circuitOpen(1000))
    redis.clear()
    await clock.advance(10_000)
    expect(await here.calls('R').task()).toMatchObject({ _tag: 'Right' })
  })
})
