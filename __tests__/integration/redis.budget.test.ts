/**
 * A retry budget that processes share over a real Redis. Everything that is asserted holds however slow the machine is: what
 * is awaited is an event.
 */
import { Redis } from 'ioredis'
import { pipe } from 'fp-ts/lib/function.js'
import { immediate, limitRetries, type RetryBudgetOptions, withRetry, withRetryBudget } from 'reprise'
import { redisStore, sharedBudget, type WhenAway } from 'reprise/redis'
import { type RedisForTests, startRedis, whereRedis } from '../support/redis.js'
import { makeMembers, type Member, type Members, until } from '../support/redisProcesses.js'

const limit = 120_000

const script = `
import { immediate, limitRetries, withRetry, withRetryBudget } from 'reprise'
import { redisStore, sharedBudget } from 'reprise/redis'

const acts = (_config, client) => {
  const store = redisStore(client, { prefix: 'reprise-test', timeout: '30s' })()
  const open = {}
  return {
    open: (name, options) => {
      open[name] = sharedBudget(store, name, options)()
    },
    // Makes a call that fails, with so many retries; gives how many attempts that was.
    fail: async (name, retries) => {
      let attempts = 0
      const fn = async () => {
        attempts += 1
        // So that others have their turn.
        await new Promise((resolve) => setTimeout(resolve, 1))
        throw new Error('down')
      }
      await withRetryBudget(open[name])(withRetry(limitRetries(retries)(immediate))(fn))()
      return attempts
    },
    succeed: async (name, times) => {
      for (let i = 0; i < times; i++) await withRetryBudget(open[name])(async () => 'up')()
    },
    balance: (name) => open[name].balance()
  }
}
`

whereRedis(() => {
  let redis: RedisForTests
  let members: Members
  let living: ReadonlyArray<Member>
  let names = 0

  beforeAll(async () => {
    redis = await startRedis()
    members = await makeMembers('budget', redis.connection, script)
    living = await Promise.all(
      [0, 1, 2, 3].map((i) => members.start({ client: i % 2 === 0 ? 'ioredis' : 'redis' }))
    )
  }, limit)
  afterAll(async () => {
    await members.remove()
    await redis.stop()
  }, limit)

  const newName = (): string => `test-${process.pid}-${(names += 1)}`

  /** What a process has of a budget. */
  interface Replica {
    readonly fail: (retries: number) => Promise<number>
    readonly succeed: (times: number) => Promise<unknown>
    readonly balance: () => Promise<number>
  }
  /** Lets the first so many processes share a budget. */
  const share = (count: number, options: RetryBudgetOptions): Promise<ReadonlyArray<Replica>> => {
    const name = newName()
    return Promise.all(
      living.slice(0, count).map(async (member): Promise<Replica> => {
        await member.ask('open', name, options)
        return {
          fail: (retries) => member.ask('fail', name, retries),
          succeed: (times) => member.ask('succeed', name, times),
          balance: () => member.ask('balance', name)
        }
      })
    )
  }
  const untilAll = async (all: ReadonlyArray<Replica>, balance: number): Promise<void> => {
    for (const replica of all) await until(async () => (await replica.balance()) === balance)
  }

  test(
    'used up in one process -> in all; given back in one, in all',
    async () => {
      const all = await share(4, { maxTokens: 10, tokenRatio: 0.5 })
      await untilAll(all, 10)
      expect(await all[0]!.fail(20)).toBe(5)
      await untilAll(all, 5)
      for (const replica of all.slice(1, 3)) expect(await replica.fail(20)).toBe(1)
      await untilAll(all, 3)
      await all[3]!.succeed(14)
      await untilAll(all, 10)
      expect(await all[1]!.fail(20)).toBe(5)
    },
    limit
  )

  test(
    'a ratio -> of the calls of all, in all',
    async () => {
      const all = await share(3, { ratio: 0.5, minimumPerSecond: 0, window: '1h' })
      for (const replica of all) await replica.succeed(4)
      await untilAll(all, 6)
      // With this call, it is half of 13.
      expect(await all[0]!.fail(20)).toBe(7)
      await untilAll(all, 0.5)
    },
    limit
  )

  test(
    'all use it at once -> over it by at most what each may do that has not heard of the others; then all know',
    async () => {
      // 10 retries, and no more in this hour.
      const all = await share(4, { ratio: 0, minimumPerSecond: 10 / 3600, window: '1h' })
      const attempts = await Promise.all(all.map((replica) => replica.fail(1000)))
      const retries = attempts.map((each) => each - 1)
      const sum = retries.reduce((one, other) => one + other, 0)
      expect(sum).toBeGreaterThanOrEqual(10)
      for (const each of retries) expect(each).toBeLessThanOrEqual(10)
      await untilAll(all, 0)
      for (const replica of all) expect(await replica.fail(1000)).toBe(1)
    },
    limit
  )

  // --- without Redis

  const open = (whenAway: WhenAway) => {
    const client = new Redis({ ...redis.connection, retryStrategy: () => 50, maxRetriesPerRequest: 1 })
    client.on('error', () => undefined)
    const store = redisStore(client, { prefix: 'reprise-test', whenAway, timeout: 500 })()
    const budget = sharedBudget(store, newName(), { maxTokens: 10, tokenRatio: 0.5 })()
    return {
      store,
      budget,
      fail: async (retries: number): Promise<number> => {
        let attempts = 0
        const fn = async (): Promise<never> => {
          attempts += 1
          throw new Error('down')
        }
        await pipe(fn, withRetry(limitRetries(retries)(immediate)), withRetryBudget(budget))()
        return attempts
      },
      close: async () => {
        await store.close()
        client.disconnect()
      }
    }
  }

  if ((process.env['REDIS_URL'] ?? '') === '')
    describe.each(['hang', 'kill'] as const)('Redis is away (%s)', (how) => {
      test.each([
        ['local', 5, 1],
        ['open', 21, 21],
        ['closed', 1, 1]
      ] as const)(
        '%s -> of 20 retries, %d attempts, and %d the next time; back -> the shared state counts',
        async (whenAway, first, second) => {
          const here = open(whenAway)
          await redis.outage![how]()
          here.budget.balance()
          await until(() => here.store.status() === 'away')
          expect([await here.fail(20), await here.fail(20)]).toEqual([first, second])
          await redis.outage!.resume()
          await until(() => here.store.status() === 'shared')
          await until(() => here.budget.balance() === 10)
          await here.close()
        },
        limit
      )
    })
})
