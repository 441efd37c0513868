/**
 * A circuit breaker that processes share over a real Redis. Everything that is asserted holds however slow the machine is:
 * waits have lower bounds only, and what is awaited is an event.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { pipe } from 'fp-ts/lib/function.js'
import { type BreakerStatus, circuitBreaker, type CircuitBreakerOptions, withCircuitBreaker } from 'reprise'
import { redisStore, type RedisStoreEvent, sharedBreaker, type WhenAway } from 'reprise/redis'
import { type RedisForTests, startRedis, whereRedis } from '../support/redis.js'
import { makeMembers, type Member, type Members, until } from '../support/redisProcesses.js'

const limit = 120_000

const script = `
import { withCircuitBreaker } from 'reprise'
import { redisStore, sharedBreaker } from 'reprise/redis'

const acts = ({ settings }, client, tell) => {
  const store = redisStore(client, { prefix: 'reprise-test', timeout: '30s', ...settings })()
  const open = {}
  return {
    open: (name, options, url) => {
      const breaker = sharedBreaker(store, name, {
        ...options,
        observer: ({ _tag }) => tell({ name, _tag })
      })()
      const call = withCircuitBreaker(breaker)(async (what) => {
        const response = await fetch(url + what)
        if (!response.ok) throw new Error('status ' + response.status)
        return response.text()
      })
      open[name] = { breaker, call }
    },
    call: (name, what) => open[name].call(what)(),
    isolate: (name) => open[name].breaker.isolate(),
    reset: (name) => open[name].breaker.reset(),
    restore: (name, saved) => open[name].breaker.restore(saved)(),
    status: (name) => open[name].breaker.status(),
    close: async () => {
      await store.close()
      setTimeout(() => process.exit(0), 50)
    }
  }
}
`

/** A service that answers as its path says: ok, fail, or hold, which waits until it is let go. */
const startService = async () => {
  const arrived: Array<{ readonly what: string; readonly at: number }> = []
  const held: ServerResponse[] = []
  const server = createServer((request, response) => {
    const what = (request.url ?? '').slice(1)
    arrived.push({ what, at: performance.now() })
    if (what === 'hold') held.push(response)
    else response.writeHead(what === 'ok' ? 200 : 500).end(what)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrived,
    count: (what: string) => arrived.filter((each) => each.what === what).length,
    release: (status: number) => {
      for (const response of held.splice(0)) response.writeHead(status).end('held')
    },
    close: async () => {
      const closed = once(server.close(), 'close')
      server.closeAllConnections()
      await closed
    }
  }
}

whereRedis(() => {
  let redis: RedisForTests
  let members: Members
  /** Processes that live on, with both clients in turn. */
  let living: ReadonlyArray<Member>
  let service: Awaited<ReturnType<typeof startService>>
  let names = 0

  beforeAll(async () => {
    redis = await startRedis()
    members = await makeMembers('breaker', redis.connection, script)
    living = await Promise.all([0, 1, 2, 3].map((i) => start(i)))
  }, limit)
  beforeEach(async () => {
    service = await startService()
  })
  afterEach(async () => {
    await service.close()
  })
  afterAll(async () => {
    await members.remove()
    await redis.stop()
  }, limit)

  const newName = (): string => `test-${process.pid}-${(names += 1)}`

  const start = (i: number, settings: object = {}): Promise<Member> =>
    members.start({ settings, client: i % 2 === 0 ? 'ioredis' : 'redis' })

  /** What a process has of a breaker. */
  interface Replica {
    readonly call: (what: 'ok' | 'fail' | 'hold') => Promise<{ readonly _tag: string }>
    readonly tell: (act: string, ...args: ReadonlyArray<unknown>) => Promise<unknown>
    readonly status: () => Promise<BreakerStatus>
    /** What its observer was told. */
    readonly tags: () => ReadonlyArray<string>
  }
  const openIn = async (member: Member, name: string, options: CircuitBreakerOptions): Promise<Replica> => {
    await member.ask('open', name, options, service.url)
    return {
      call: (what) => member.ask('call', name, what),
      tell: (act, ...args) => member.ask(act, name, ...args),
      status: () => member.ask('status', name),
      tags: () =>
        member.told
          .map((each) => each as { readonly name: string; readonly _tag: string })
          .filter((each) => each.name === name)
          .map(({ _tag }) => _tag)
    }
  }
  /** Lets the first so many of the processes that live on share a breaker. */
  const share = (count: number, options: CircuitBreakerOptions): Promise<ReadonlyArray<Replica>> => {
    const name = newName()
    return Promise.all(living.slice(0, count).map((member) => openIn(member, name, options)))
  }
  const untilAll = async (all: ReadonlyArray<Replica>, tag: BreakerStatus['_tag']): Promise<void> => {
    for (const replica of all) await until(async () => (await replica.status())._tag === tag)
  }
  const refused = { _tag: 'Left', left: { _tag: 'CircuitOpen' } }

  test(
    'failures in one process -> open in all, which call no more',
    async () => {
      const all = await share(4, { consecutiveFailures: 3, openTime: '1h' })
      for (let i = 0; i < 3; i++) await all[0]!.call('fail')
      await untilAll(all, 'Open')
      for (const replica of all) expect(await replica.call('ok')).toMatchObject(refused)
      expect(service.arrived.map(({ what }) => what)).toEqual(['fail', 'fail', 'fail'])
      for (const replica of all) expect(replica.tags()).toEqual(['CircuitOpened', 'CircuitRefused'])
    },
    limit
  )

  test(
    'some failures in each -> counted together',
    async () => {
      const all = await share(4, { countWindow: 8, minimumCalls: 8, failureRatio: 0.9, openTime: '1h' })
      await Promise.all(
        all.map(async (replica) => {
          await replica.call('fail')
          await replica.call('fail')
        })
      )
      await untilAll(all, 'Open')
      expect(service.count('fail')).toBe(8)
    },
    limit
  )

  test(
    'the first call of a process -> refused while the others have it open',
    async () => {
      const name = newName()
      const options = { consecutiveFailures: 1, openTime: '1h' } as const
      const first = await openIn(living[0]!, name, options)
      await first.call('fail')
      await untilAll([first], 'Open')
      for (const member of living.slice(1))
        expect(await (await openIn(member, name, options)).call('ok')).toMatchObject(refused)
      expect(service.count('ok')).toBe(0)
    },
    limit
  )

  test(
    'half-open, and 100 calls at once in 4 processes -> two trials, whose success closes it for all',
    async () => {
      const ratio = { countWindow: 4, minimumCalls: 4, failureRatio: 0.5 }
      const all = await share(4, { ...ratio, openTime: 300, trials: 2 })
      for (let i = 0; i < 4; i++) await all[0]!.call('fail')
      await untilAll(all, 'Open')
      const ended = { Left: 0, Right: 0 }
      const callAll = async (): Promise<void> => {
        const wanted = ended.Left + service.count('hold') + 100
        for (const replica of all)
          for (let i = 0; i < 25; i++)
            void replica.call('hold').then(({ _tag }) => (ended[_tag as 'Left' | 'Right'] += 1))
        await until(() => ended.Left + service.count('hold') === wanted)
      }
      // Until it is due, all are refused; it may become due in the midst of them.
      while (service.count('hold') === 0) await callAll()
      await callAll()
      expect(service.count('hold')).toBe(2)
      await callAll()
      expect([service.count('hold'), ended.Right]).toEqual([2, 0])
      service.release(200)
      await until(() => ended.Right === 2)
      await untilAll(all, 'Closed')
      expect(service.count('hold')).toBe(2)
      for (const replica of all) expect(await replica.call('ok')).toEqual({ _tag: 'Right', right: 'ok' })
    },
    limit
  )

  test(
    'the process of a trial is killed -> another may try, but not before the lease is over',
    async () => {
      const name = newName()
      const options = { consecutiveFailures: 1, openTime: 100 }
      const doomed = await start(0, { lease: '1s' })
      const first = await openIn(doomed, name, options)
      const second = await openIn(living[1]!, name, options)
      await first.call('fail')
      await untilAll([first, second], 'Open')
      const began = performance.now()
      while (service.count('hold') === 0) {
        void first.call('hold')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      await doomed.kill()
      while (service.count('ok') === 0) await second.call('ok')
      const tried = service.arrived.find(({ what }) => what === 'ok')
      // What they know of the clock of Redis differs by as long as replies take.
      expect(tried!.at - began).toBeGreaterThan(500)
      await untilAll([second], 'Closed')
    },
    limit
  )

  test(
    'isolated in one process -> in all, until it is reset in another',
    async () => {
      const all = await share(3, { consecutiveFailures: 1 })
      await all[0]!.tell('isolate')
      await untilAll(all, 'Isolated')
      expect(await all[1]!.call('ok')).toMatchObject(refused)
      await all[2]!.tell('reset')
      await untilAll(all, 'Closed')
      expect(await all[1]!.call('ok')).toMatchObject({ _tag: 'Right' })
    },
    limit
  )

  test(
    'what a breaker of one process has saved -> restored for all',
    async () => {
      const options = { consecutiveFailures: 1, openTime: 3_600_000 } as const
      const alone = circuitBreaker(options)()
      await pipe(async () => Promise.reject(new Error('down')), withCircuitBreaker(alone))()
      const all = await share(2, options)
      expect(await all[0]!.tell('restore', alone.save())).toEqual({ _tag: 'Right' })
      await untilAll(all, 'Open')
      expect(await all[1]!.call('ok')).toMatchObject(refused)
      expect(service.arrived).toEqual([])
    },
    limit
  )

  test(
    'a process ends after it has closed its store -> its last failure counts',
    async () => {
      const name = newName()
      const options = { consecutiveFailures: 2, openTime: '1h' } as const
      const leaving = await start(1)
      await (await openIn(leaving, name, options)).call('fail')
      await leaving.ask('close')
      await leaving.ended
      const staying = await openIn(living[0]!, name, options)
      await until(async () => (await staying.status()).failures === 1)
      await staying.call('fail')
      expect(await staying.call('ok')).toMatchObject(refused)
    },
    limit
  )

  // --- without Redis

  /** A breaker of this process, which finds out soon that Redis is away. */
  const open = (whenAway: WhenAway, options: CircuitBreakerOptions, name = newName()) => {
    const client = new Redis({ ...redis.connection, retryStrategy: () => 50, maxRetriesPerRequest: 1 })
    client.on('error', () => undefined)
    const events: RedisStoreEvent['_tag'][] = []
    const store = redisStore(client, {
      prefix: 'reprise-test',
      whenAway,
      timeout: 500,
      observer: ({ _tag }) => events.push(_tag)
    })()
    const breaker = sharedBreaker(store, name, options)()
    let calls = 0
    const call = (fails: boolean) =>
      pipe(async () => {
        calls += 1
        if (fails) throw new Error('down')
        return 'up'
      }, withCircuitBreaker(breaker))()
    return {
      breaker,
      store,
      events,
      call,
      calls: () => calls,
      close: async () => {
        await store.close()
        client.disconnect()
      }
    }
  }

  const outages = ['hang', 'kill'] as const
  const untilBack = async ({ events, store }: ReturnType<typeof open>): Promise<void> => {
    await redis.outage!.resume()
    await until(() => store.status() === 'shared')
    expect(events.slice(0, 2)).toEqual(['RedisLost', 'RedisFound'])
  }

  const isOwn = (process.env['REDIS_URL'] ?? '') === ''
  if (isOwn)
    describe.each(outages)('Redis is away (%s)', (how) => {
      test(
        "'local' -> goes on alone; back -> the shared state counts",
        async () => {
          const [options, name] = [{ consecutiveFailures: 2, openTime: '1h' } as const, newName()]
          const here = open('local', options, name)
          await here.call(false)
          await redis.outage![how]()
          await here.call(true)
          await here.call(true)
          expect(await here.call(false)).toMatchObject({ left: { _tag: 'CircuitOpen' } })
          await until(() => here.store.status() === 'away')
          expect(await here.call(false)).toMatchObject({ left: { _tag: 'CircuitOpen' } })
          expect(here.calls()).toBe(3)
          await untilBack(here)
          // What failed before Redis was found to be away may have been told since.
          here.breaker.reset()
          await until(async () => (await here.call(false))._tag === 'Right')
          const there = open('closed', options, name)
          here.breaker.isolate()
          await until(() => there.breaker.status()._tag === 'Isolated')
          await there.close()
          await here.close()
        },
        limit
      )

      test(
        "'open' -> all pass, and none counts",
        async () => {
          const here = open('open', { consecutiveFailures: 2, openTime: '1h' })
          await redis.outage![how]()
          for (let i = 0; i < 5; i++) await here.call(true)
          expect(here.calls()).toBe(5)
          expect(here.store.status()).toBe('away')
          await untilBack(here)
          expect(here.breaker.status()).toMatchObject({ _tag: 'Closed', failures: 0 })
          await here.close()
        },
        limit
      )

      test(
        "'closed' -> all are refused; back -> they pass",
        async () => {
          const here = open('closed', { consecutiveFailures: 2, openTime: '1h' })
          await redis.outage![how]()
          for (let i = 0; i < 5; i++)
            expect(await here.call(false)).toMatchObject({ left: { _tag: 'CircuitOpen' } })
          expect(here.calls()).toBe(0)
          await untilBack(here)
          await until(async () => (await here.call(false))._tag === 'Right')
          await here.close()
        },
        limit
      )
    })

  if (isOwn)
    test(
      'Redis is restarted -> as open as before',
      async () => {
        const name = newName()
        const options = { consecutiveFailures: 1, openTime: '1h' } as const
        const [first, second] = [
          await openIn(living[0]!, name, options),
          await openIn(living[1]!, name, options)
        ]
        await first.call('fail')
        await untilAll([first, second], 'Open')
        await redis.restart!()
        const late = await openIn(await start(0), name, options)
        expect(await late.call('ok')).toMatchObject(refused)
        await second.tell('reset')
        await untilAll([first, second, late], 'Closed')
      },
      limit
    )
})
