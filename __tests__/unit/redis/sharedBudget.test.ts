import { pipe } from 'fp-ts/lib/function.js'
import {
  immediate,
  limitRetries,
  type RetryBudgetOptions,
  withEnv,
  withRetry,
  withRetryBudget
} from 'reprise'
import { redisStore, type RedisStoreOptions, sharedBudget } from 'reprise/redis'
import { scripted, virtualClock } from 'reprise/testing'
import { withBudgetRules } from '../../../src/redis/SharedBudgetRules.js'
import { toBudgetPlan } from '../../../src/resource/RetryBudget.js'
import { message } from '../../support/bad.js'
import { fakeRedis } from '../../support/fakeRedis.js'
import { turn } from '../../support/task.js'

const tokens: RetryBudgetOptions = { maxTokens: 10, tokenRatio: 0.5 }

/** A Redis, and processes that share a budget over it. */
const scene = (given: RetryBudgetOptions = tokens, settings: RedisStoreOptions = {}) => {
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const open = () => {
    const store = redisStore(redis.client(), { clock, ...settings })()
    const budget = sharedBudget(store, 'payments', given)()
    return {
      budget,
      /** Calls what always fails, and gives how often that was called. */
      fail: async (retries: number): Promise<number> => {
        const fn = scripted('L')
        await pipe(
          fn,
          withRetry(limitRetries(retries)(immediate)),
          withRetryBudget(budget),
          withEnv({ clock })
        )()
        return fn.calls()
      },
      succeed: async (times: number): Promise<void> => {
        const task = pipe(scripted('R'), withRetryBudget(budget), withEnv({ clock }))
        for (let i = 0; i < times; i++) await task()
      }
    }
  }
  return { clock, redis, open }
}

describe('sharedBudget', () => {
  const store = redisStore(fakeRedis(virtualClock()).client())()

  it.each<[string, () => unknown, string]>([
    [
      'no store',
      () => sharedBudget({} as never, 'payments', { ratio: 0.2 }),
      'TypeError: sharedBudget: store must be made by redisStore(client)(), got [object Object]'
    ],
    [
      'no name',
      () => sharedBudget(store, '', { ratio: 0.2 }),
      'RangeError: sharedBudget: name must be a text, got ""'
    ],
    [
      'a clock',
      () => sharedBudget(store, 'payments', { ratio: 0.2, clock: virtualClock() }),
      "TypeError: sharedBudget: clock must be left out: Redis's clock counts, got [object Object]"
    ],
    [
      'a bad option',
      () => sharedBudget(store, 'payments', { ratio: -1 }),
      'RangeError: retryBudget: ratio must be a number from 0 to 1e9, got -1'
    ]
  ])('%s -> refused before the IO is run', (_, make, expected) => {
    expect(message(make)).toBe(expected)
  })

  it('making one -> nothing is sent; it is frozen', async () => {
    const { redis, open } = scene()
    const { budget } = open()
    await turn()
    expect(redis.counts().commands).toBe(0)
    expect(Object.isFrozen(budget)).toBe(true)
  })

  it('tokens that were taken there -> are not here', async () => {
    const { clock, open } = scene()
    const [here, there] = [open(), open()]
    // Half of 10 tokens: four are retried, the fifth failure leaves too few.
    expect(await there.fail(20)).toBe(5)
    await clock.advance(50)
    expect(await here.fail(20)).toBe(5)
  })

  it('a process that has heard of it -> retries nothing; once successes anywhere have given back, it does', async () => {
    const { clock, open } = scene()
    const [here, there] = [open(), open()]
    await here.succeed(1)
    await there.fail(20)
    await clock.advance(50)
    expect(here.budget.balance()).toBe(5)
    expect(await here.fail(20)).toBe(1)
    await there.succeed(10)
    await clock.advance(50)
    expect([here.budget.balance(), there.budget.balance()]).toEqual([9, 9])
    expect(await here.fail(20)).toBe(4)
  })

  it('a ratio -> of the calls of all', async () => {
    const { clock, open } = scene({ ratio: 0.5, minimumPerSecond: 0 })
    const [here, there] = [open(), open()]
    await there.succeed(5)
    await clock.advance(50)
    await here.succeed(1)
    await turn()
    expect(here.budget.balance()).toBe(3)
    // With this call, half of 7 may be retried.
    expect(await here.fail(20)).toBe(4)
  })

  it('a window has passed -> as at first', async () => {
    const { clock, open } = scene({ ratio: 0, minimumPerSecond: 1, window: 5000 })
    const [here, there] = [open(), open()]
    expect(await there.fail(20)).toBe(6)
    await clock.advance(50)
    await here.succeed(1)
    await turn()
    expect(await here.fail(20)).toBe(1)
    await clock.advance(4949)
    expect([here, there].map(({ budget }) => budget.balance())).toEqual([0, 0])
    await clock.advance(1)
    expect([here, there].map(({ budget }) => budget.balance())).toEqual([5, 5])
  })

  it('100 calls at a time -> one swap', async () => {
    const { clock, redis, open } = scene({ ratio: 0.2 })
    const here = open()
    await here.succeed(1)
    await clock.advance(50)
    const { swaps } = redis.counts()
    await here.succeed(100)
    expect(redis.counts().swaps).toBe(swaps)
    await clock.advance(50)
    expect(redis.counts().swaps).toBe(swaps + 1)
  })

  it('used up there -> heard here at once, by a message', async () => {
    const { clock, open } = scene()
    const [here, there] = [open(), open()]
    await here.succeed(1)
    await clock.advance(10)
    await there.fail(20)
    await clock.advance(49)
    expect(here.budget.balance()).toBe(10)
    await clock.advance(1)
    expect(here.budget.balance()).toBe(5)
  })
})

describe('Redis is away', () => {
  it("'local' -> goes on alone, from what was known; back -> the shared state counts", async () => {
    const { clock, redis, open } = scene()
    const [here, there] = [open(), open()]
    expect(await here.fail(1)).toBe(2)
    await clock.advance(50)
    redis.die()
    expect(await here.fail(1)).toBe(2)
    await clock.advance(50)
    expect(await here.fail(20)).toBe(1)
    expect(here.budget.balance()).toBe(5)
    redis.resume()
    await clock.advance(1000)
    expect([here, there].map(({ budget }) => budget.balance())).toEqual([8, 10])
    await turn()
    expect(there.budget.balance()).toBe(8)
  })

  it.each([
    ['open', 21],
    ['closed', 1]
  ] as const)('%s -> of 20 retries, %d attempts', async (whenAway, attempts) => {
    const { clock, redis, open } = scene(tokens, { whenAway })
    const here = open()
    await here.succeed(1)
    redis.die()
    // What finds out that it is away.
    await clock.advance(1001)
    await here.succeed(1)
    await turn()
    expect(await here.fail(20)).toBe(attempts)
  })

  it('something else under the key -> away, until it is gone', async () => {
    const { clock, redis, open } = scene(tokens, { whenAway: 'closed' })
    redis.put('reprise:budget:payments', 'a text of others')
    const here = open()
    await here.succeed(1)
    await turn()
    expect(await here.fail(20)).toBe(1)
    redis.clear()
    await clock.advance(10_000)
    expect(await here.fail(20)).toBe(5)
  })
})

describe('what lies in Redis', () => {
  const decode = (options: RetryBudgetOptions, stored: unknown): unknown =>
    withBudgetRules(toBudgetPlan(options), (_, shared) => shared.decode(stored))
  const counts = { calls: 1, retries: 0 }
  const window = { from: 5, newest: counts, older: [counts] }

  it.each<[RetryBudgetOptions, unknown]>([
    [tokens, 0],
    [tokens, 9.5],
    [{ ratio: 0.2 }, window]
  ])('%j, %j -> as it was', (options, stored) => {
    expect(decode(options, stored)).toEqual({ _tag: 'Right', right: stored })
  })

  it.each<[RetryBudgetOptions, unknown, string]>([
    [tokens, 10.5, 'budget: expected 0 to 10 tokens, got 10.5'],
    [tokens, undefined, 'budget: expected 0 to 10 tokens, got undefined'],
    [{ ratio: 0.2 }, 5, 'budget: expected a window of counts, got 5'],
    [{ ratio: 0.2 }, { ...window, from: -1 }, 'budget: expected a window of counts, got [object Object]'],
    [{ ratio: 0.2 }, { ...window, newest: 5 }, 'budget: expected a window of counts, got [object Object]'],
    [{ ratio: 0.2 }, { ...window, older: [5] }, 'budget: expected a window of counts, got [object Object]'],
    [
      { ratio: 0.2 },
      { ...window, older: Array(10).fill(counts) },
      'budget: expected a window of counts, got [object Object]'
    ]
  ])('%j, %j -> %s', (options, stored, expected) => {
    expect(decode(options, stored)).toEqual({ _tag: 'Left', left: expected })
  })

  it.each<[string, number, RetryBudgetOptions, unknown]>([
    ['a ratio', 3000, { ratio: 0.2, window: 3000 }, window],
    ['tokens', 86_400_000, tokens, 5]
  ])('%s -> forgotten after %d ms', (_, expected, options, stored) => {
    const ms = withBudgetRules(toBudgetPlan(options), (_rules, shared) => {
      const state = shared.decode(stored)
      return state._tag === 'Right' ? shared.forgetAfter(state.right, 0) : undefined
    })
    expect(ms).toBe(expected)
  })
})
