/**
 * Processes that share limits over a real Redis, some of which are killed. A server counts what arrives; Redis's own monitor
 * says when it was granted. Everything that is asserted holds however slow the machine is.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { resourceLimit } from 'reprise'
import { redisStore, sharedLimits } from 'reprise/redis'
import { bundleScript } from '../support/bundle.js'
import { type RedisForTests, startRedis, whereRedis } from '../support/redis.js'

const limit = 60_000

/** What a process is told: to make calls, to hold a place for good, to wait for one, or to take one and end by itself. */
interface Told {
  readonly act: 'call' | 'hold' | 'wait' | 'end'
  readonly client: 'ioredis' | 'redis'
  readonly connection: unknown
  readonly prefix: string
  readonly name: string
  readonly lease: string
  readonly url?: string
  readonly calls?: number
}

// Plain JavaScript, as it runs. It says a word a line.
const script = `
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { callLimit, resourceLimit, withLimits, withObserver } from 'reprise'
import { redisStore, sharedLimits } from 'reprise/redis'

const told = JSON.parse(process.argv[2])
const say = (word) => process.stdout.write(word + '\\n')
const connect = async () => {
  const { host, port, db, username, password, tls } = told.connection
  if (told.client === 'ioredis') {
    const client = new Redis(told.connection)
    return [client, () => client.disconnect()]
  }
  const client = createClient({ socket: { host, port, ...(tls && { tls: true }) }, database: db, username, password })
  client.on('error', () => {})
  await client.connect()
  return [client, () => client.destroy()]
}
const [client, disconnect] = await connect()
const store = redisStore(client, { prefix: told.prefix, lease: told.lease, timeout: '10s', whenAway: 'closed' })()
const open = (limits) => sharedLimits(store, told.name, limits)()

switch (told.act) {
  case 'call': {
    const limits = open([
      callLimit({ capacity: 20, per: '200ms', algorithm: 'slidingWindow' }),
      resourceLimit({ key: 'places', capacity: 5 })
    ])
    const call = withLimits(limits)(async () => (await fetch(told.url)).text())
    const results = await Promise.all(Array.from({ length: told.calls }, () => call()))
    say(String(results.filter(({ _tag }) => _tag === 'Right').length))
    break
  }
  case 'hold': {
    const permit = await open([resourceLimit({ key: 'places', capacity: 1 })]).acquire()()
    say(permit._tag === 'Right' ? 'held' : permit.left.reason)
    await new Promise(() => setInterval(() => {}, 1000))
    break
  }
  case 'wait': {
    const acquire = open([resourceLimit({ key: 'places', capacity: 1 })]).acquire()
    const watched = withObserver((event) => event._tag === 'LimitWaiting' && say('waits'))(acquire)
    const permit = await watched()
    say(permit._tag === 'Right' ? 'held' : permit.left.reason)
    break
  }
  case 'end': {
    const limits = open([callLimit({ capacity: 1, per: '50ms' }), resourceLimit({ key: 'places', capacity: 1 })])
    const acquire = limits.acquire()
    const permits = [await limits.acquire()()]
    setTimeout(() => permits[0].right.release(), 20)
    permits.push(await acquire())
    permits[1].right.release()
    say('done')
  }
}
await store.close()
disconnect()
`

whereRedis(() => {
  let bundle: string
  const prefix = `reprise-test-${process.pid}`
  let redis: RedisForTests
  let admin: Redis
  const closing: Array<() => unknown> = []

  beforeAll(async () => {
    redis = await startRedis()
    admin = new Redis(redis.connection)
    bundle = await bundleScript('limits', script, 'redis')
  }, limit)
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  }, limit)
  afterAll(async () => {
    rmSync(bundle, { force: true })
    // Leaves nothing behind in a Redis that is not our own.
    const keys = await admin.keys(`${prefix}:*`)
    if (keys.length > 0) await admin.del(...keys)
    admin.disconnect()
    await redis.stop()
  }, limit)

  let names = 0
  const newName = (): string => `processes-${(names += 1)}`
  const keyOf = (name: string): string => `${prefix}:limits:${name}`

  interface Process {
    readonly child: ChildProcess
    /** The next word that it says. */
    readonly word: () => Promise<string>
    readonly ended: Promise<unknown>
  }
  const start = (
    told: Omit<Told, 'connection' | 'prefix' | 'client'> & { readonly client?: Told['client'] }
  ): Process => {
    const all: Told = { client: 'ioredis', connection: redis.connection, prefix, ...told }
    const child = spawn(process.execPath, [bundle, JSON.stringify(all)], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const words = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    closing.push(() => kill(child))
    return {
      child,
      word: async () => String((await words.next()).value),
      ended: once(child, 'exit').then(([code]) => code as unknown)
    }
  }
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  const place = (name: string) => {
    const client = new Redis(redis.connection)
    const store = redisStore(client, { prefix, lease: '10m', timeout: '10s' })()
    closing.push(async () => {
      await store.close()
      client.disconnect()
    })
    return sharedLimits(store, name, [resourceLimit({ key: 'places', capacity: 1 })])()
  }
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  // --- a server that counts

  const listen = async (): Promise<{
    server: Server
    url: string
    seen: { calls: number; most: number }
  }> => {
    const seen = { calls: 0, most: 0 }
    let now = 0
    const server = createServer((_, response) => {
      seen.calls += 1
      seen.most = Math.max(seen.most, (now += 1))
      setTimeout(() => {
        now -= 1
        response.end('done')
      }, 5)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => {
      server.closeAllConnections()
      server.close()
    })
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen }
  }

  /** What Redis has recorded as granted, by moments: all that ever stood in the log of the sliding window. */
  const record = async (name: string): Promise<() => Promise<ReadonlyMap<number, number>>> => {
    const client = new Redis(redis.connection)
    const monitor = await client.monitor()
    closing.push(() => [client, monitor].forEach((each) => each.disconnect()))
    const granted = new Map<number, number>()
    const done = `${prefix}-done-${name}`
    const isDone = new Promise<void>((resolve) => {
      monitor.on('monitor', (_time: string, [command, key, field, text]: string[]) => {
        if (command?.toLowerCase() === 'ping' && key === done) resolve()
        if (command?.toLowerCase() !== 'hset' || key !== keyOf(name) || field !== 'state') return
        const { older, from, newer } = (JSON.parse(text!) as Written).state.rates.calls
        for (const { at, amount } of [...older.slice(from), ...newer])
          granted.set(at, Math.max(granted.get(at) ?? 0, amount))
      })
    })
    return async () => {
      await admin.ping(done)
      await isDone
      return granted
    }
  }
  interface Entry {
    readonly at: number
    readonly amount: number
  }
  interface Written {
    readonly state: { readonly rates: { readonly calls: { older: Entry[]; from: number; newer: Entry[] } } }
  }

  it(
    'four processes, 240 calls -> all are made, and never more than 20 in 200 ms nor 5 at once',
    async () => {
      const name = newName()
      const { url, seen } = await listen()
      const recorded = await record(name)
      const began = performance.now()
      const processes = (['ioredis', 'redis', 'ioredis', 'redis'] as const).map((client) =>
        start({ act: 'call', client, name, lease: '10m', url, calls: 60 })
      )
      expect(await Promise.all(processes.map(({ word }) => word()))).toEqual(['60', '60', '60', '60'])
      const took = performance.now() - began
      expect(await Promise.all(processes.map(({ ended }) => ended))).toEqual([0, 0, 0, 0])
      expect(seen.calls).toBe(240)
      expect(seen.most).toBeLessThanOrEqual(5)
      // 20 at once, and 20 more after each 200 ms.
      expect(took).toBeGreaterThanOrEqual(11 * 200)

      const granted = [...(await recorded())].sort(([one], [other]) => one - other)
      expect(granted.reduce((sum, [, amount]) => sum + amount, 0)).toBe(240)
      for (const [from] of granted) {
        const sum = granted
          .filter(([at]) => at >= from && at < from + 200 - 1e-3)
          .reduce((total, [, amount]) => total + amount, 0)
        expect(sum).toBeLessThanOrEqual(20)
      }
      process.stdout.write(
        `shared limits: 240 calls of four processes in ${((granted.at(-1)?.[0] ?? 0) - (granted[0]?.[0] ?? 0)).toFixed(0)} ms, 2200 at best\n`
      )
    },
    limit
  )

  it(
    'a holder is killed with SIGKILL -> its place comes back after its lease, and not before',
    async () => {
      const name = newName()
      const limits = place(name)
      const began = performance.now()
      const holder = start({ act: 'hold', name, lease: '2s' })
      expect(await holder.word()).toBe('held')
      const waiting = limits.acquire()()
      await kill(holder.child)
      expect((await waiting)._tag).toBe('Right')
      expect(performance.now() - began).toBeGreaterThanOrEqual(2000)
    },
    limit
  )

  it(
    'the first in line is killed with SIGKILL -> the next one has its turn all the same',
    async () => {
      const name = newName()
      const limits = place(name)
      const first = await limits.acquire()()
      const killed = start({ act: 'wait', name, lease: '2s' })
      expect(await killed.word()).toBe('waits')
      const next = start({ act: 'wait', client: 'redis', name, lease: '2s' })
      expect(await next.word()).toBe('waits')
      await kill(killed.child)
      if (first._tag === 'Right') first.right.release()
      expect(await next.word()).toBe('held')
    },
    limit
  )

  it(
    'held for longer than a lease -> stays held',
    async () => {
      const name = newName()
      const limits = place(name)
      const holder = start({ act: 'hold', name, lease: '1s' })
      expect(await holder.word()).toBe('held')
      const leases = new Set<number>()
      // Its lease has been renewed three times, and it was never let go of.
      await until(async () => {
        const text = await admin.hget(keyOf(name), 'state')
        expect(text).toContain('"held":{"places":1}')
        leases.add(
          (JSON.parse(text!) as { state: { members: Array<{ until: number }> } }).state.members[0]!.until
        )
        return leases.size > 3
      })
      expect((await limits.tryAcquire()())._tag).toBe('Left')
    },
    limit
  )

  it.each(['ioredis', 'redis'] as const)(
    '%s: closed -> the process ends by itself, and holds nothing any more',
    async (client) => {
      const name = newName()
      const one = start({ act: 'end', client, name, lease: '10m' })
      expect(await one.word()).toBe('done')
      expect(await one.ended).toBe(0)
      expect(await admin.hget(keyOf(name), 'state')).toContain('"members":[]')
    },
    limit
  )
})
