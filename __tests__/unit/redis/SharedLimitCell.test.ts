import { callLimit, type LimitExceeded, resourceLimit } from 'reprise'
import { redisStore, type RedisStoreOptions } from 'reprise/redis'
import { virtualClock } from 'reprise/testing'
import { steady } from '../../../src/action/steady.js'
import { toStore } from '../../../src/redis/RedisStore.js'
import { newSharedLimitCell } from '../../../src/redis/SharedLimitCell.js'
import type { Grant, Waiting } from '../../../src/resource/LimitCell.js'
import { toAsked } from '../../../src/resource/LimitRequest.js'
import { fakeRedis } from '../../support/fakeRedis.js'

const places = resourceLimit({ key: 'places', capacity: 2 })
const unbounded = { maxWait: Infinity, maxQueue: Infinity }

const start = (options: RedisStoreOptions = {}) => {
  const clock = virtualClock()
  const redis = fakeRedis(clock)
  const stores: Array<ReturnType<ReturnType<typeof redisStore>>> = []
  const open = (limits = [places] as Parameters<typeof newSharedLimitCell>[2], queue = unbounded) => {
    const store = redisStore(
      redis.client(() => 1),
      { clock, ...options }
    )()
    stores.push(store)
    const cell = newSharedLimitCell(toStore('store', store), 'a', limits, queue)
    const answers: Array<Grant | LimitExceeded> = []
    const asked = (request: object = {}) => toAsked('request', limits, request)
    const ask = (request?: object) => cell.join(clock, asked(request), (answer) => answers.push(answer))
    return { cell, answers, ask, asked }
  }
  return { clock, redis, open, stores }
}

describe('newSharedLimitCell', () => {
  test('nothing is known at once -> never granted at once', () => {
    const { clock, open } = start()
    const { cell, asked } = open()
    expect(cell.take(clock, asked())).toBeUndefined()
    expect(cell.clock).toBe(steady(clock))
  })

  test('300 at once -> all are granted, in turns of 128', async () => {
    const { clock, redis, open } = start()
    const { answers, ask } = open([resourceLimit({ key: 'places', capacity: 1000 })])
    for (let i = 0; i < 300; i++) ask()
    await clock.advance(4)
    expect(answers).toHaveLength(128)
    await clock.advance(2)
    expect(answers).toHaveLength(256)
    await clock.advance(2)
    expect(answers).toHaveLength(300)
    expect(redis.counts().swaps).toBe(3)
  })

  test('somebody waits for an hour -> it looks once in a second or so, and no more', async () => {
    const { clock, redis, open } = start()
    const [holder, waiter] = [open(), open()]
    holder.ask({ places: 2 })
    await clock.advance(10)
    waiter.ask()
    await clock.advance(10)
    const before = redis.counts().commands
    await clock.advance(3_600_000)
    const looks = redis.counts().commands - before
    // From 0.5 to 1.5 s for each; besides, what the holder says of its lease, every 10 s.
    expect(looks).toBeGreaterThan(2400 + 350)
    expect(looks).toBeLessThan(7200 + 400)
    expect(waiter.answers).toEqual([])
  })

  test('no message arrives -> it finds out by looking', async () => {
    const { clock, redis, open } = start()
    redis.mute(true)
    const [holder, waiter] = [open(), open()]
    holder.ask({ places: 2 })
    await clock.advance(10)
    waiter.ask()
    await clock.advance(10)
    holder.cell.settle(holder.answers[0] as Grant)
    await clock.advance(1600)
    expect(waiter.answers).toHaveLength(1)
  })

  test('a message arrives -> it has its turn a round trip later', async () => {
    const { clock, open } = start()
    const [holder, waiter] = [open(), open()]
    holder.ask({ places: 2 })
    await clock.advance(10)
    waiter.ask()
    await clock.advance(10)
    // It knows of the other; else it would lose the first swap.
    void holder.cell.fetch()
    await clock.advance(10)
    holder.cell.settle(holder.answers[0] as Grant)
    // Said after 1 ms, asked for then, and granted 2 ms later.
    await clock.advance(2.9)
    expect(waiter.answers).toHaveLength(0)
    await clock.advance(0.2)
    expect(waiter.answers).toHaveLength(1)
  })

  test('the time of its turn is known -> it asks then, and not before', async () => {
    const { clock, redis, open } = start()
    const { answers, ask } = open([callLimit({ capacity: 1, per: 400 })])
    ask()
    await clock.advance(10)
    ask()
    await clock.advance(10)
    const before = redis.counts().commands
    await clock.advance(380)
    expect(redis.counts().commands).toBe(before)
    await clock.advance(10)
    expect(answers).toHaveLength(2)
    expect(redis.counts().commands).toBe(before + 1)
    // By Redis's clock, as far as it is known.
    const [first, second] = answers as Grant[]
    expect(second!.at - first!.at).toBeCloseTo(400, 3)
  })

  test('settled twice -> counts once', async () => {
    const { clock, open } = start()
    const { cell, answers, ask } = open()
    ask({ places: 1 })
    ask({ places: 1 })
    await clock.advance(10)
    cell.settle(answers[0] as Grant)
    cell.settle(answers[0] as Grant)
    await clock.advance(10)
    expect(cell.available(clock)).toEqual([1])
  })

  test('an answer at which another leaves -> that one is not answered', async () => {
    const { clock, redis, open } = start({ whenAway: 'closed' })
    const { cell, answers, ask, asked } = open()
    redis.die()
    const left: unknown[] = []
    cell.join(clock, asked(), (answer) => {
      answers.push(answer)
      left.push(cell.leave(second))
    })
    const second = ask() as Waiting
    await clock.advance(10)
    expect(answers).toMatchObject([{ reason: 'unreachable' }])
    expect(left).toEqual([true])
    expect(cell.waiting()).toBe(0)
  })

  test('somebody waits already -> whoever comes later is told at once that it has to; who leaves twice, leaves once', async () => {
    const { clock, open } = start()
    const { cell, ask } = open()
    const told: string[] = []
    ask({ places: 2 })
    await clock.advance(10)
    const first = ask() as Waiting
    cell.whenQueued(first, () => told.push('first'))
    expect(told).toEqual([])
    await clock.advance(10)
    expect(told).toEqual(['first'])
    const second = ask() as Waiting
    cell.whenQueued(second, () => told.push('second'))
    expect(told).toEqual(['first', 'second'])
    expect([cell.leave(second), cell.leave(second), cell.waiting()]).toEqual([true, false, 1])
  })

  test('closed while it is asked -> what was granted is held, and the rest waits for what it is told', async () => {
    const { clock, redis, open, stores } = start({ whenAway: 'closed' })
    const { answers, ask } = open()
    ask({ places: 2 })
    ask()
    await clock.advance(1)
    const closed = stores[0]!.close()
    await clock.advance(20)
    await closed
    expect(answers.map((each) => ('_tag' in each ? each.reason : 'granted'))).toEqual([
      'granted',
      'unreachable'
    ])
    expect(redis.text('reprise:limits:a')).toContain('"held":{"places":2},"wants":null')
    await clock.advance(10_000)
    expect(clock.pending()).toBe(0)
  })
})
