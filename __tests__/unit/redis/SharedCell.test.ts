import { seededRandom, virtualClock } from 'reprise/testing'
import { newRedisLink } from '../../../src/redis/RedisLink.js'
import { type NodeRedisClient, toConnection } from '../../../src/redis/RedisClient.js'
import { type Applied, newSharedCell } from '../../../src/redis/SharedCell.js'
import type { SharedRules } from '../../../src/redis/SharedRules.js'
import { fakeRedis } from '../../support/fakeRedis.js'

/** A text that grows, and when it did so last; it is kept for a minute after 'brief', else for two, and 'loud' ends concern others. */
interface Text {
  readonly text: string
  readonly at: number
}

const rules: SharedRules<Text, string> = {
  start: (at) => ({ text: '', at }),
  next: (state, input, at) => {
    if (input === 'throw') throw new Error('a bug')
    return input === '' ? state : { text: state.text + input, at }
  },
  forgetAfter: ({ text }) => (text.endsWith('brief') ? 1 : 120_000),
  concerns: (_, { text }) => text.endsWith('loud'),
  decode: (u) => {
    const { text, at } = (u ?? {}) as Partial<Text>
    return typeof text === 'string' && typeof at === 'number'
      ? { _tag: 'Right', right: { text, at } }
      : { _tag: 'Left', left: 'no text' }
  }
}

const epoch = 1_700_000_000_000

const start = () => {
  const clock = virtualClock()
  const redis = fakeRedis(clock, epoch)
  const links: Array<() => void> = []
  /** The cell of a process whose commands and replies take 1 ms each. */
  const open = (pace?: number, latency = () => 1) =>
    newSharedCell(connect(redis.client(latency)), 'k', rules, pace)
  const connect = (client: NodeRedisClient) => {
    const random = seededRandom(1)
    const settings = { clock, background: clock, random, timeout: 100, trialKey: 'trial' }
    const link = newRedisLink(toConnection('client', client), settings)
    links.push(link.close)
    return link
  }
  const text = (): string | undefined => {
    const found = redis.text('k')
    return found === undefined ? undefined : (JSON.parse(found) as { state: Text }).state.text
  }
  /** What it comes to, when all has happened that happens by itself in so many milliseconds. */
  const after = async <A>(ms: number, pending: Promise<A>): Promise<A> => {
    await clock.advance(ms)
    return pending
  }
  return { clock, redis, open, connect, text, after, close: () => links.forEach((each) => each()) }
}

const rightOf = <A>(result: { readonly _tag: 'Left' } | { readonly _tag: 'Right'; readonly right: A }): A => {
  if (result._tag === 'Left') throw new Error(JSON.stringify(result))
  return result.right
}
const textsOf = (result: Parameters<typeof rightOf<Applied<Text>>>[0]): [string, string] => {
  const { before, after } = rightOf(result)
  return [before.text, after.text]
}

describe('ask', () => {
  test('the first -> looks, then swaps; the next ones -> one command each', async () => {
    const { redis, open, text, after } = start()
    const cell = open()
    expect(textsOf(await after(10, cell.ask('a')))).toEqual(['', 'a'])
    expect(redis.counts()).toEqual({ commands: 2, swaps: 1 })
    expect(textsOf(await after(10, cell.ask('b')))).toEqual(['a', 'ab'])
    expect(redis.counts()).toEqual({ commands: 3, swaps: 2 })
    expect(text()).toBe('ab')
  })

  test('the moment of it -> that of Redis as it was known, so behind by the way of a reply', async () => {
    const { open, after } = start()
    const cell = open()
    // A look of 2 ms, stamped after the first; the estimate is 1 ms behind.
    expect(rightOf(await after(10, cell.ask('a'))).now).toBe(epoch + 1)
    expect(rightOf(await after(10, cell.ask('b'))).now).toBe(epoch + 9)
  })

  test('several in one turn of the event loop -> one swap, each with the states around it', async () => {
    const { redis, open, after } = start()
    const cell = open()
    await after(10, cell.ask(''))
    const all = ['a', 'b', 'c'].map((input) => cell.ask(input))
    expect((await after(10, Promise.all(all))).map(textsOf)).toEqual([
      ['', 'a'],
      ['a', 'ab'],
      ['ab', 'abc']
    ])
    expect(redis.counts().swaps).toBe(1)
  })

  test('while one is on its way -> goes with the next', async () => {
    const { clock, redis, open, text, after } = start()
    const cell = open()
    await after(10, cell.ask('a'))
    const first = cell.ask('b')
    await clock.advance(1)
    const others = ['c', 'd'].map((input) => cell.ask(input))
    await after(10, Promise.all([first, ...others]))
    expect(text()).toBe('abcd')
    expect(redis.counts().swaps).toBe(3)
  })

  test('what changes nothing -> nothing is written, but it is looked whether it is so', async () => {
    const { redis, open, after } = start()
    const [cell, other] = [open(), open()]
    await after(10, cell.ask('a'))
    await after(10, other.ask('b'))
    expect(textsOf(await after(10, cell.ask('')))).toEqual(['ab', 'ab'])
    expect(redis.counts().swaps).toBe(2)
  })

  test('two processes at once -> one loses, and works it out anew', async () => {
    const { redis, open, text, after } = start()
    const [cell, other] = [open(), open()]
    const results = await after(50, Promise.all([cell.ask('a'), other.ask('b')]))
    expect(results.map(textsOf)).toEqual([
      ['', 'a'],
      ['a', 'ab']
    ])
    expect(text()).toBe('ab')
    expect(redis.counts()).toEqual({ commands: 5, swaps: 2 })
  })

  test('ten processes, ten inputs each, with replies of any length -> each is applied once', async () => {
    const { open, text, after } = start()
    const random = seededRandom(5)
    const cells = Array.from({ length: 10 }, () => open(undefined, () => random() * 3))
    const all = cells.flatMap((cell, i) => Array.from({ length: 10 }, () => cell.ask(String(i))))
    await after(900, Promise.all(all))
    expect(text()!.split('').sort().join('')).toBe('0123456789'.replace(/./g, (each) => each.repeat(10)))
  })

  test('eight processes that go on at once, for a second -> each has its share of the swaps', async () => {
    const { clock, open } = start()
    const random = seededRandom(7)
    const counts = Array.from({ length: 8 }, () => 0)
    counts.forEach((_, who) => {
      const cell = open(undefined, () => 0.05 + random() * 0.1)
      const goOn = async (): Promise<void> => {
        while (clock.now() < 1000) {
          await cell.ask('x')
          counts[who]! += 1
        }
      }
      void goOn()
    })
    await clock.advance(1000)
    const all = counts.reduce((sum, each) => sum + each, 0)
    // 5,000 with a round trip for each.
    expect(all).toBeGreaterThan(2500)
    expect(Math.min(...counts)).toBeGreaterThan(all / 8 / 2)
  })

  test('somebody is next, and does not come -> others wait no longer than ten of its commands take', async () => {
    const { clock, redis, open, text, after } = start()
    const [quick, slow] = [open(), open()]
    await after(10, Promise.all([quick.ask('a'), slow.ask('')]))
    await after(10, quick.ask('b'))
    // It loses, and hears nothing of it; its last command took 2 ms.
    redis.loseReplies(1)
    void slow.ask('c')
    await clock.advance(1)
    const waiting = quick.ask('d')
    await clock.advance(19)
    expect(text()).toBe('ab')
    await after(20, waiting)
    expect(text()).toBe('abd')
  })

  test('what changes nothing, while others go on -> answered with the first reply', async () => {
    const { redis, open, after } = start()
    const [cell, other] = [open(), open()]
    await after(10, cell.ask('a'))
    await after(10, other.ask('b'))
    const before = redis.counts().commands
    expect(textsOf(await after(10, cell.ask('')))).toEqual(['ab', 'ab'])
    expect(redis.counts().commands).toBe(before + 1)
  })

  test('rules that throw -> a Left with what they threw, and the cell goes on', async () => {
    const { open, after } = start()
    const cell = open()
    const result = await after(10, cell.ask('throw'))
    expect(result).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'RedisAway', reason: 'failed', cause: new Error('a bug') }
    })
    expect(cell.status()).toBe('shared')
    expect(textsOf(await after(10, cell.ask('b')))).toEqual(['', 'b'])
  })
})

describe('send', () => {
  test('-> seen here at once, and there with the next swap', async () => {
    const { clock, open, text, after } = start()
    const cell = open()
    await after(10, cell.ask('a'))
    cell.send('b')
    cell.send('c')
    expect(cell.view().text).toBe('abc')
    expect(text()).toBe('a')
    await clock.advance(10)
    expect(text()).toBe('abc')
    expect(cell.view().text).toBe('abc')
  })
  test('what is on its way -> is seen once, whatever comes of it', async () => {
    const { clock, open, after } = start()
    const [cell, other] = [open(), open()]
    await after(10, Promise.all([cell.ask(''), other.ask('x')]))
    const seen: string[] = []
    cell.watch(() => seen.push(cell.view().text))
    cell.send('b')
    for (let i = 0; i < 20; i++) {
      await clock.advance(0.5)
      seen.push(cell.view().text)
    }
    expect(new Set(seen)).toEqual(new Set(['b', 'xb']))
  })
  test('what changes nothing -> costs no command', async () => {
    const { clock, redis, open, after } = start()
    const cell = open()
    await after(10, cell.ask('a'))
    cell.send('')
    await clock.advance(10)
    expect(redis.counts().commands).toBe(2)
  })
  test('with a pace -> waits for more, and goes with what is asked before', async () => {
    const { clock, redis, open, text, after } = start()
    const cell = open(50)
    await after(10, cell.ask('a'))
    cell.send('b')
    await clock.advance(30)
    cell.send('c')
    expect(text()).toBe('a')
    await clock.advance(19)
    expect(text()).toBe('a')
    await clock.advance(10)
    expect(text()).toBe('abc')
    expect(redis.counts().swaps).toBe(2)
    cell.send('d')
    await after(10, cell.ask('e'))
    expect(text()).toBe('abcde')
    expect(clock.pending()).toBe(0)
  })
  test('with a pace, while one is on its way -> waits for its pace all the same; flush -> goes at once', async () => {
    const { clock, open, text, after } = start()
    const cell = open(50)
    await after(10, cell.ask('a'))
    void cell.ask('b')
    await clock.advance(1)
    cell.send('c')
    await clock.advance(10)
    expect(text()).toBe('ab')
    cell.flush()
    await clock.advance(10)
    expect(text()).toBe('abc')
  })
})

describe('look, refresh, heard, watch, follow', () => {
  test('look -> what Redis has; heard -> the moment of the last reply', async () => {
    const { open, after } = start()
    const [cell, other] = [open(), open()]
    expect(cell.heard()).toBe(-Infinity)
    await after(10, cell.ask('a'))
    expect(rightOf(await after(10, other.look())).text).toBe('a')
    expect(cell.heard()).toBe(epoch + 3)
    expect(other.heard()).toBe(epoch + 11)
  })
  test('refresh -> once at a time', async () => {
    const { clock, redis, open, after } = start()
    const cell = open()
    await after(10, cell.ask('a'))
    cell.refresh()
    cell.refresh()
    await clock.advance(1)
    cell.refresh()
    await clock.advance(10)
    expect(redis.counts().commands).toBe(3)
  })
  test('others change it -> watchers are told with the next reply, or at once by a message of what concerns them', async () => {
    const { clock, open, after } = start()
    const [cell, other, deaf] = [open(), open(), open()]
    const seen: string[] = []
    cell.watch(() => seen.push(cell.view().text))
    deaf.watch(() => seen.push(`deaf ${deaf.view().text}`))
    cell.follow()
    cell.follow()
    await clock.advance(10)
    // It has looked when it began to listen.
    expect(seen).toEqual([''])
    await after(10, other.ask('quiet'))
    expect(seen).toEqual([''])
    await after(10, other.ask('loud'))
    expect(seen).toEqual(['', 'quietloud'])
    await after(10, deaf.ask(''))
    expect(seen).toEqual(['', 'quietloud', 'deaf quietloud'])
  })
  test('a message while something is on its way -> is heard afterwards, and never takes back what is newer', async () => {
    const { clock, open, after } = start()
    const [cell, other] = [open(undefined, () => 10), open()]
    cell.follow()
    await after(100, Promise.all([cell.ask(''), other.ask('')]))
    const asked = cell.ask('a')
    await clock.advance(15)
    await after(8, other.ask('loud'))
    await after(20, asked)
    expect(cell.view().text).toBe('aloud')
  })
  test('whoever stops watching -> is not told', async () => {
    const { open, after } = start()
    const cell = open()
    cell.watch(() => {
      throw new Error('told')
    })()
    await after(10, cell.ask('a'))
  })
})

describe('time', () => {
  test('the clock of Redis set back by an hour -> the time of the state goes on', async () => {
    const { redis, open, after } = start()
    const [cell, other] = [open(), open()]
    await after(10, cell.ask('a'))
    const before = rightOf(await after(10, cell.ask('b'))).now
    redis.set(-3_600_000)
    const first = rightOf(await after(100, cell.ask('c'))).now
    const second = rightOf(await after(100, other.ask('d'))).now
    const third = rightOf(await after(100, cell.ask('e'))).now
    expect(first).toBe(before)
    // It stood still until somebody had found out.
    expect(second - first).toBeGreaterThan(95)
    expect(third - second).toBeGreaterThan(95)
    expect(third - first).toBeLessThanOrEqual(200)
  })
  test('set forward by an hour -> so is that of the state', async () => {
    const { redis, open, after } = start()
    const cell = open()
    const before = rightOf(await after(10, cell.ask('a'))).now
    redis.set(3_600_000)
    await after(100, cell.look())
    expect(rightOf(await after(10, cell.ask('b'))).now - before).toBeGreaterThanOrEqual(3_600_000)
  })
  test.each([
    ['long', 120_000],
    ['brief', 60_000]
  ])('%s -> kept for as long as the rules say, and a minute at least: %d ms', async (input, ms) => {
    const { clock, open, text, after } = start()
    const cell = open()
    // It arrives after 3 ms.
    await after(10, cell.ask(input))
    await clock.advance(ms - 8)
    expect(text()).toBe(input)
    await clock.advance(2)
    expect(text()).toBeUndefined()
    expect(textsOf(await after(10, cell.ask('b')))).toEqual(['', 'b'])
  })
})

describe('away', () => {
  test('no answer -> a Left, at once for those who ask then; back -> with what Redis has', async () => {
    const { clock, redis, open, text, after } = start()
    const cell = open()
    const seen: string[] = []
    await after(10, cell.ask('a'))
    cell.watch(() => seen.push(cell.status()))
    redis.hang()
    expect(await after(200, cell.ask('b'))).toMatchObject({ _tag: 'Left', left: { reason: 'timedOut' } })
    expect(cell.status()).toBe('away')
    expect(await cell.ask('c')).toMatchObject({ _tag: 'Left', left: { reason: 'timedOut' } })
    expect(cell.away()?.reason).toBe('timedOut')
    // What had been sent came too late to be applied.
    await clock.advance(500)
    redis.resume()
    await clock.advance(10_000)
    expect(cell.status()).toBe('shared')
    expect(cell.view().text).toBe('a')
    expect(seen[0]).toBe('away')
    expect(seen.at(-1)).toBe('shared')
    await after(10, cell.ask('d'))
    expect(text()).toBe('ad')
  })
  test('an answer that is lost -> applied once, though nobody knows', async () => {
    const { clock, redis, open, text, after } = start()
    const cell = open()
    await after(10, cell.ask('a'))
    redis.loseReplies(1)
    expect(await after(10, cell.ask('b'))).toMatchObject({ _tag: 'Left', left: { reason: 'failed' } })
    await clock.advance(500)
    expect(cell.status()).toBe('shared')
    expect(cell.view().text).toBe('ab')
    await after(10, cell.ask('c'))
    expect(text()).toBe('abc')
  })
  test('sent while away -> seen here, and applied there when it is back', async () => {
    const { clock, redis, open, text, after } = start()
    const [cell, other] = [open(), open()]
    await after(10, cell.ask('a'))
    redis.die()
    await after(10, cell.ask('b'))
    cell.send('c')
    expect(cell.view().text).toBe('ac')
    redis.resume()
    await clock.advance(500)
    await after(10, other.ask('d'))
    expect(text()).toBe('acd')
  })
  test('sent while away -> the newest 1,000 at least are kept', async () => {
    const { clock, redis, open, text, after } = start()
    const cell = open()
    await after(10, cell.ask('a'))
    redis.die()
    await after(10, cell.ask('b'))
    for (let i = 0; i < 5000; i++) cell.send(i < 4000 ? 'x' : 'y')
    redis.resume()
    await clock.advance(500)
    expect(text()).toMatch(/^ax{0,1000}y{1000}$/)
  })
  test.each(['rubbish', '?', '{"version":"1.a","at":0,"skew":0,"state":7}'])(
    '%s under the key -> a Left; when it is gone, shared again',
    async (rubbish) => {
      const { clock, redis, open, after } = start()
      const cell = open()
      redis.put('k', rubbish)
      expect(await after(10, cell.ask('a'))).toMatchObject({ _tag: 'Left', left: { reason: 'unusable' } })
      expect(redis.text('k')).toBe(rubbish)
      await clock.advance(500)
      expect(cell.status()).toBe('away')
      redis.clear()
      await clock.advance(5000)
      expect(cell.status()).toBe('shared')
      expect(textsOf(await after(10, cell.ask('b')))).toEqual(['', 'b'])
    }
  )
  test('a list under the key -> a Left that says so', async () => {
    const { clock, redis, connect, after } = start()
    const wrong = async () => ['wrong', '1700000000', '0', 'WRONGTYPE']
    const link = connect({ ...redis.client(), evalSha: wrong, eval: wrong })
    const cell = newSharedCell(link, 'k', rules)
    expect(await after(10, cell.ask('a'))).toMatchObject({
      _tag: 'Left',
      left: { reason: 'unusable', message: 'what lies under k cannot be used: "WRONGTYPE"' }
    })
    expect(link.away()).toBeUndefined()
    await cell.close()
    await clock.advance(10_000)
    expect(clock.pending()).toBe(0)
  })
  test('unusable, and found usable when Redis was just lost -> away until that is back', async () => {
    const { clock, redis, connect } = start()
    let latency = 1
    const link = connect(redis.client(() => latency))
    const [cell, other] = [newSharedCell(link, 'k', rules), newSharedCell(link, 'other', rules)]
    redis.put('k', 'rubbish')
    void cell.ask('a')
    await clock.advance(2.5)
    expect(cell.away()?.reason).toBe('unusable')
    // It looks again at 2 ms; that arrives at 3 ms, when the rubbish is gone, and is answered at 8 ms.
    redis.clear()
    latency = 5
    await clock.advance(1)
    // In the meantime the other gets an error, at 4.5 ms; and the trial takes 20 ms.
    latency = 0.5
    redis.loseReplies(1)
    void other.ask('b')
    await clock.advance(0.75)
    latency = 10
    await clock.advance(0.5)
    expect(link.away()?.reason).toBe('failed')
    await clock.advance(5)
    expect([link.away()?.reason, cell.status(), other.status()]).toEqual(['failed', 'away', 'away'])
    await clock.advance(100)
    expect([link.away(), cell.status(), other.status()]).toEqual([undefined, 'shared', 'shared'])
  })
  test('a message with rubbish -> is not heard', async () => {
    const { clock, redis, open, after } = start()
    const [cell, other] = [open(), open()]
    cell.follow()
    await after(10, cell.ask('a'))
    redis.clear()
    redis.put('k', redis.text('k') ?? '')
    await clock.advance(10)
    expect(cell.view().text).toBe('a')
    await after(10, other.ask('b'))
  })
})

describe('close', () => {
  test('-> sends what there is, and is away for good', async () => {
    const { clock, redis, open, text, after, close } = start()
    const cell = open(50)
    await after(10, cell.ask('a'))
    cell.send('b')
    await after(10, cell.close())
    expect(text()).toBe('ab')
    expect(cell.away()?.reason).toBe('closed')
    cell.send('c')
    expect(await cell.ask('d')).toMatchObject({ _tag: 'Left', left: { reason: 'closed' } })
    close()
    await clock.advance(1000)
    expect(clock.pending()).toBe(0)
    expect(redis.counts().swaps).toBe(2)
  })
  test('while Redis hangs -> after the timeout', async () => {
    const { redis, open, after, close } = start()
    const cell = open()
    await after(10, cell.ask('a'))
    redis.hang()
    cell.send('b')
    await after(101, cell.close())
    expect(cell.away()?.reason).toBe('closed')
    close()
  })
  test('while away, or unusable -> at once', async () => {
    const { clock, redis, open, after, close } = start()
    const [cell, other] = [open(), open()]
    redis.put('k', 'rubbish')
    await after(10, cell.ask('a'))
    await cell.close()
    redis.die()
    await after(10, other.ask('a'))
    await other.close()
    close()
    redis.resume()
    await clock.advance(10_000)
    expect([cell.status(), other.status(), clock.pending()]).toEqual(['away', 'away', 0])
  })
})
