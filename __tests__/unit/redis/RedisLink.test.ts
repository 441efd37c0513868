import type { Clock } from 'reprise'
import { virtualClock } from 'reprise/testing'
import type { Connection } from '../../../src/redis/RedisClient.js'
import { newRedisLink } from '../../../src/redis/RedisLink.js'
import { turn } from '../../support/task.js'

const done = ['done', '1700000000', '5']
const look = { key: 'k', expected: 'a', next: undefined }

/** A link whose connection answers as told, by the number of the command, and notes the moment and key of each. */
const start = (answer: (command: number) => Promise<unknown>, open?: Connection['open']) => {
  const clock = virtualClock()
  const asked: Array<[at: number, key: string]> = []
  const closed: string[] = []
  const connection: Connection = {
    run: (key) => {
      asked.push([clock.now(), key])
      return answer(asked.length)
    },
    open:
      open ??
      (() => ({
        subscribe: async (channel) => void closed.push(`subscribed to ${channel}`),
        close: () => void closed.push('closed')
      }))
  }
  const settings = { clock, background: clock, random: () => 0.5, timeout: 1000, trialKey: 'trial' }
  const link = newRedisLink(connection, settings)
  const changes: Array<[at: number, reason: string | undefined]> = []
  link.watch(() => changes.push([clock.now(), link.away()?.reason]))
  return { clock, link, asked, changes, closed }
}

const never = (): Promise<never> => new Promise(() => undefined)

describe('swap', () => {
  test('an answer in time -> what it says, and no timer is left', async () => {
    const { clock, link } = start(async () => done)
    expect(await link.swap(look)).toEqual({
      _tag: 'Right',
      right: { _tag: 'Done', time: 1_700_000_000_000.005 }
    })
    await turn()
    expect(clock.pending()).toBe(0)
  })

  test('an error -> away with that error, refused at once, and tried again after 0, 100, 200, 400 ms', async () => {
    const error = new Error('ECONNREFUSED')
    const { clock, link, asked, changes } = start(async (n) => (n < 5 ? Promise.reject(error) : done))
    expect(await link.swap(look)).toEqual({
      _tag: 'Left',
      left: {
        _tag: 'RedisAway',
        reason: 'failed',
        message: 'Redis or its client answered with an error',
        cause: error
      }
    })
    expect(await link.swap(look)).toMatchObject({ _tag: 'Left', left: { cause: error } })
    await clock.advance(699)
    expect(link.away()?.cause).toBe(error)
    await clock.advance(1)
    expect(link.away()).toBeUndefined()
    expect(asked).toEqual([
      [0, 'k'],
      [0, 'trial'],
      [100, 'trial'],
      [300, 'trial'],
      [700, 'trial']
    ])
    expect(changes).toEqual([
      [0, 'failed'],
      [700, undefined]
    ])
    expect((await link.swap(look))._tag).toBe('Right')
  })

  test('no answer -> away after the timeout; a late one is dropped', async () => {
    let answer = (_: unknown): void => undefined
    const { clock, link, changes } = start(async (n) =>
      n === 1 ? new Promise((resolve) => (answer = resolve)) : never()
    )
    const pending = link.swap(look)
    await clock.advance(1000)
    answer(done)
    expect(await pending).toMatchObject({
      _tag: 'Left',
      left: { reason: 'timedOut', message: 'Redis did not answer within 1000 ms' }
    })
    expect(changes).toEqual([[1000, 'timedOut']])
    link.close()
  })

  test('an answer that is there when the time is up, but not yet read -> counts', async () => {
    const clock = virtualClock()
    let answer = (_: unknown): void => undefined
    const connection: Connection = {
      run: () => new Promise((resolve) => (answer = resolve)),
      open: () => ({ subscribe: never, close: () => undefined })
    }
    // As when this process was busy: its timers ring before it reads what has come.
    const after: Clock['after'] = (delay, wake) =>
      clock.after(delay, () => {
        wake()
        answer(done)
      })
    const busy = { now: clock.now, after }
    const link = newRedisLink(connection, {
      clock: busy,
      background: busy,
      random: () => 0.5,
      timeout: 1000,
      trialKey: 'trial'
    })
    const pending = link.swap(look)
    await clock.advance(1000)
    expect((await pending)._tag).toBe('Right')
  })

  test('an answer that the script never gives -> away', async () => {
    const { link } = start(async () => 'PONG')
    expect(await link.swap(look)).toMatchObject({ _tag: 'Left', left: { reason: 'failed', cause: 'PONG' } })
    link.close()
  })

  test('several that fail at once -> it is lost once', async () => {
    const { link, changes } = start(async () => Promise.reject(new Error('down')))
    await Promise.all([link.swap(look), link.swap(look)])
    expect(changes).toEqual([[0, 'failed']])
    link.close()
  })

  test('the time between trials -> never more than 5 s, from a third of that on', async () => {
    const { clock, link, asked } = start(async () => Promise.reject(new Error('down')))
    await link.swap(look)
    await clock.advance(60_000)
    const times = asked.slice(1).map(([at]) => at)
    const waits = times.slice(1).map((at, i) => at - times[i]!)
    expect(waits.slice(0, 6)).toEqual([100, 200, 400, 800, 1600, 3200])
    // The middle of what is drawn from.
    expect(new Set(waits.slice(6))).toEqual(new Set([3333]))
    link.close()
  })
})

describe('follow', () => {
  test('-> one second connection, made for the first; and it is said when it listens', async () => {
    const { link, closed } = start(async () => done)
    let listening = 0
    link.follow(
      'a',
      () => undefined,
      () => (listening += 1)
    )
    link.follow(
      'b',
      () => undefined,
      () => (listening += 1)
    )
    await turn()
    expect(listening).toBe(2)
    link.close()
    expect(closed).toEqual(['subscribed to a', 'subscribed to b', 'closed'])
  })
  test('a second connection that cannot be made, then cannot subscribe -> is tried again, until it listens', async () => {
    const tries: number[] = []
    const { clock, link } = start(
      async () => done,
      () => {
        tries.push(clock.now())
        if (tries.length < 2) throw new Error('no')
        return {
          subscribe: async () => {
            tries.push(clock.now())
            if (tries.length < 5) throw new Error('no')
          },
          close: () => undefined
        }
      }
    )
    let listening = 0
    link.follow(
      'a',
      () => undefined,
      () => (listening += 1)
    )
    await clock.advance(699)
    expect(listening).toBe(0)
    await clock.advance(1)
    expect([listening, tries]).toEqual([1, [0, 100, 100, 300, 700]])
    link.close()
  })
  test('closed while it is tried -> is tried no more', async () => {
    const { clock, link } = start(
      async () => done,
      () => ({ subscribe: async () => Promise.reject(new Error('no')), close: () => undefined })
    )
    link.follow(
      'a',
      () => undefined,
      () => {
        throw new Error('it does not listen')
      }
    )
    await clock.advance(1000)
    link.close()
    expect(clock.pending()).toBe(0)
  })
})

describe('close', () => {
  test('-> away for good, without timers; a second time does nothing', async () => {
    const { clock, link, changes, asked } = start(async () => Promise.reject(new Error('down')))
    await link.swap(look)
    link.close()
    link.close()
    await clock.advance(10_000)
    expect(clock.pending()).toBe(0)
    expect(asked).toHaveLength(2)
    expect(changes).toEqual([
      [0, 'failed'],
      [0, 'closed']
    ])
    expect(await link.swap(look)).toMatchObject({ _tag: 'Left', left: { reason: 'closed' } })
    link.follow(
      'a',
      () => undefined,
      () => undefined
    )
  })
  test('while a trial is on its way -> what it says does not count', async () => {
    let answer = (_: unknown): void => undefined
    const { clock, link, changes } = start(async (n) =>
      n === 1 ? Promise.reject(new Error('down')) : new Promise((resolve) => (answer = resolve))
    )
    await link.swap(look)
    await turn()
    link.close()
    answer(done)
    await turn()
    expect(changes.at(-1)).toEqual([0, 'closed'])
    expect(link.away()?.reason).toBe('closed')
    await clock.advance(2000)
    expect(clock.pending()).toBe(0)
  })
  test('whoever stops watching -> is not told', async () => {
    const { link } = start(async () => done)
    const stop = link.watch(() => {
      throw new Error('told')
    })
    stop()
    link.close()
  })
})
