import { AsyncLocalStorage } from 'node:async_hooks'
import { newSleeper, newWheel, type Sleeper } from '../../../src/runtime/Wheel.js'
import { day, uninstallAll, wheelAt } from '../../support/wheel.js'

afterEach(uninstallAll)

describe('newWheel', () => {
  it('add(100) -> one timer of 100, wakes at its end, and sets no other', () => {
    const { add, host, woken } = wheelAt()
    add('a', 100)
    host.advance(99)
    expect(woken).toEqual([])
    host.advance(day)
    expect([woken, host.asked]).toEqual([[['a', 1100]], [100]])
  })

  it('a sleeper -> is woken with itself, lies in no list then, and can be laid down again', () => {
    const { host, wheel } = wheelAt()
    const seen: unknown[] = []
    const sleeper = newSleeper((self) => {
      seen.push([self === sleeper, self.next, self.prev, host.now()])
      if (seen.length < 3) wheel.add(self, 50)
    })
    wheel.add(sleeper, 100)
    host.advance(day)
    expect(seen).toEqual([
      [true, undefined, undefined, 1100],
      [true, undefined, undefined, 1150],
      [true, undefined, undefined, 1200]
    ])
  })

  it.each([
    ['from 1000.25, 100', 1000.25, 100, 1101],
    ['from 1000.25, 0.75', 1000.25, 0.75, 1001],
    ['from 1000.25, 0.01', 1000.25, 0.01, 1001],
    ['from 1000, 0.01', 1000, 0.01, 1001],
    ['from 1000, 1e-20, which the clock does not tell from 0', 1000, 1e-20, 1001]
  ])('%s -> wakes in the next whole millisecond', (_, start, delay, due) => {
    const { add, host, woken } = wheelAt(start)
    const { due: at } = add('a', delay)
    host.advance(200)
    expect([at, woken.length]).toEqual([due, 1])
    expect(woken[0]![1]).toBeGreaterThanOrEqual(due)
    expect(woken[0]![1]).toBeLessThan(due + 1)
  })

  it('several -> wake in the order of their moments, those of the same in the order of adding', () => {
    const { add, host, woken } = wheelAt()
    for (const [name, delay] of Object.entries({ a: 70, b: 5000, c: 5, d: 70, e: 300_000, f: 5000, g: 70 }))
      add(name, delay)
    host.advance(day)
    expect(woken).toEqual([
      ['c', 1005],
      ['a', 1070],
      ['d', 1070],
      ['g', 1070],
      ['b', 6000],
      ['f', 6000],
      ['e', 301_000]
    ])
  })

  it('one earlier than those in the list that it comes into -> wakes in time', () => {
    // From 1000 on, 1088 to 1151 are one list of the second ring.
    const { add, host, woken } = wheelAt()
    for (const delay of [140, 100, 120]) add(`${delay}`, delay)
    host.advance(day)
    expect(woken).toEqual([
      ['100', 1100],
      ['120', 1120],
      ['140', 1140]
    ])
  })

  it('one that wakes at the begin of a list lays another down -> it comes after who lies in that list already', () => {
    // From 1000 on, 1088 to 1151 are one list of the second ring.
    const { add, host, woken } = wheelAt()
    add('first', 88, () => add('late', 5))
    add('early', 93)
    host.advance(200)
    expect(woken).toEqual([
      ['first', 1088],
      ['early', 1093],
      ['late', 1093]
    ])
  })

  it('one earlier than all others -> the timer is set anew; one later -> it is not', () => {
    const { add, host } = wheelAt()
    add('a', 100)
    add('b', 200)
    add('c', 100)
    expect([host.asked, host.cleared()]).toEqual([[100], 0])
    add('d', 30)
    expect([host.asked, host.cleared(), host.pending().length]).toEqual([[100, 30], 1, 1])
  })

  it('many -> one timer for each moment, one at a time', () => {
    const { add, host, woken } = wheelAt()
    for (let i = 0; i < 300; i++) add(`${i}`, 100 + (i % 3))
    host.advance(day)
    expect([woken.length, host.asked, host.most()]).toEqual([300, [100, 1, 1], 1])
  })

  it.each([64, 4096, 5000, 2 ** 18, 2 ** 24, 2 ** 29])('alone for %d ms -> no look on the way', (delay) => {
    const { add, host, woken } = wheelAt()
    add('a', delay)
    host.advance(2 ** 30)
    expect([woken, host.asked]).toEqual([[['a', 1000 + delay]], [delay]])
  })

  it('for longer than 2^29 ms -> looked at on the way', () => {
    const { add, host, woken } = wheelAt()
    add('a', 2 ** 29 + 1)
    add('b', 2 ** 31)
    host.advance(2 ** 32)
    expect(woken).toEqual([
      ['a', 1001 + 2 ** 29],
      ['b', 1000 + 2 ** 31]
    ])
    // Both are looked at after 2^29, and b every 2^29 after a.
    expect(host.asked).toEqual([2 ** 29, 1, 2 ** 29 - 1, 2 ** 29, 2 ** 29])
  })

  it.each([Number.MAX_SAFE_INTEGER, Infinity])('for %d ms -> a timer of 2^29, again and again', (delay) => {
    const { add, host, woken } = wheelAt()
    add('a', delay)
    host.advance(10 * 2 ** 29)
    expect([woken, host.asked]).toEqual([[], Array.from({ length: 11 }, () => 2 ** 29)])
  })

  it.each([2 ** 31, 2 ** 32, 2 ** 40].flatMap((base) => [-2000, -1, 0, 0.5].map((more) => [base, more])))(
    'at %d %d -> as anywhere else',
    (base, more) => {
      const start = base + more
      const { add, host, woken } = wheelAt(start)
      const delays = [1, 63, 64, 65, 4095, 4096, 5000, 2 ** 18, 2 ** 24, 2 ** 30]
      for (const delay of delays) add(`${delay}`, delay)
      host.advance(2 ** 31)
      expect(woken.map(([name]) => name)).toEqual(delays.map(String))
      for (const [name, at] of woken) {
        expect(at).toBeGreaterThanOrEqual(start + Number(name))
        expect(at).toBeLessThanOrEqual(start + Number(name) + 2)
      }
    }
  )

  it('timers that fire 2 ms early -> nobody wakes early, nor more than 1 ms late', () => {
    const { add, host, woken } = wheelAt(1000, () => -2)
    for (const delay of [1, 2, 3, 50, 100]) add(`${delay}`, delay)
    host.advance(day)
    expect(woken.map(([name]) => name)).toEqual(['1', '2', '3', '50', '100'])
    for (const [name, at] of woken) {
      expect(at).toBeGreaterThanOrEqual(1000 + Number(name))
      expect(at).toBeLessThanOrEqual(1001 + Number(name))
    }
  })

  it('a timer that fires when many are due -> all wake at once, no timer for the past', () => {
    const { add, host, woken } = wheelAt()
    for (const delay of [10, 200, 300, 5000]) add(`${delay}`, delay)
    host.pass(400)
    host.fire()
    expect([woken.map(([name]) => name), host.asked]).toEqual([
      ['10', '200', '300'],
      [10, 4600]
    ])
  })

  it('wakings that take until after the next moment -> a timer of 0, none below', () => {
    const { add, host, woken } = wheelAt()
    add('a', 10, () => host.pass(50))
    add('b', 30)
    host.advance(100)
    expect([woken, host.asked]).toEqual([
      [
        ['a', 1010],
        ['b', 1061]
      ],
      [10, 0]
    ])
  })

  it('empty for days -> the next is set as the first was', () => {
    const { add, host, woken } = wheelAt()
    add('a', 5)
    host.advance(100 * day)
    add('b', 100)
    host.advance(100)
    expect([woken[1], host.asked]).toEqual([
      ['b', 1100 + 100 * day],
      [5, 100]
    ])
  })
})

describe('remove', () => {
  it('the only one -> never wakes, the timer is cleared at once', () => {
    const { add, host, wheel, woken } = wheelAt()
    const sleeper = add('a', 100)
    wheel.remove(sleeper)
    expect([host.cleared(), host.pending(), sleeper.next]).toEqual([1, [], undefined])
    host.advance(day)
    expect(woken).toEqual([])
  })

  it('the first of two -> the other wakes in time', () => {
    const { add, host, wheel, woken } = wheelAt()
    const sleeper = add('a', 100)
    add('b', 500)
    wheel.remove(sleeper)
    expect(host.pending().length).toBe(1)
    host.advance(day)
    expect(woken).toEqual([['b', 1500]])
  })

  it('one in the middle of a list -> the others wake', () => {
    const { add, host, wheel, woken } = wheelAt()
    const [, second] = ['a', 'b', 'c'].map((name) => add(name, 100))
    wheel.remove(second!)
    host.advance(day)
    expect(woken.map(([name]) => name)).toEqual(['a', 'c'])
  })

  it('one that was never laid down, woke, or was taken out -> nothing', () => {
    const { add, host, wheel, woken } = wheelAt()
    const awake = add('a', 10)
    host.advance(10)
    const out = add('b', 100)
    add('c', 100)
    wheel.remove(out)
    for (const sleeper of [awake, out, newSleeper(() => undefined)]) wheel.remove(sleeper)
    expect(host.pending().length).toBe(1)
    host.advance(day)
    expect(woken.map(([name]) => name)).toEqual(['a', 'c'])
  })

  it('the only one, after others woke -> the timer is cleared', () => {
    const { add, host, wheel } = wheelAt()
    add('a', 10)
    add('b', 10)
    host.advance(10)
    wheel.remove(add('c', 100))
    expect([host.cleared(), host.pending()]).toEqual([1, []])
  })

  it('all, one after the other -> the timer is cleared with the last', () => {
    const { add, host, wheel } = wheelAt()
    const sleepers = [100, 5000, 70, 2 ** 31].map((delay) => add('', delay))
    const left = sleepers.map((sleeper) => {
      wheel.remove(sleeper)
      return host.pending().length
    })
    expect(left).toEqual([1, 1, 1, 0])
  })

  it('taken out and laid down again -> wakes once, at the later moment', () => {
    const { add, host, wheel, woken } = wheelAt()
    const sleeper = add('a', 100)
    wheel.remove(sleeper)
    wheel.add(sleeper, 300)
    host.advance(day)
    expect(woken).toEqual([['a', 1300]])
  })
})

describe('from inside of a waking', () => {
  it('one takes out the next of the same moment -> that one does not wake', () => {
    const { add, host, wheel, woken } = wheelAt()
    const others: Sleeper[] = []
    add('a', 100, () => wheel.remove(others[0]!))
    others.push(add('b', 100))
    add('c', 100)
    host.advance(day)
    expect(woken.map(([name]) => name)).toEqual(['a', 'c'])
  })

  it('one takes out all others, and lays another down -> one timer, that one wakes', () => {
    const { add, host, wheel, woken } = wheelAt()
    const others: Sleeper[] = []
    add('a', 100, () => {
      for (const other of others) wheel.remove(other)
      add('new', 100)
    })
    others.push(add('b', 100), add('c', 5000))
    host.advance(day)
    expect(woken).toEqual([
      ['a', 1100],
      ['new', 1200]
    ])
    expect([host.asked, host.most()]).toEqual([[100, 100], 1])
  })

  // The wheel is at 1005; 1133 has the same place in the innermost ring.
  it('the last one, woken late, lays one down that has the place of its own -> wakes, and not early', () => {
    const { add, host, woken } = wheelAt()
    add('a', 5, () => add('b', 5))
    host.pass(128)
    host.fire()
    expect(woken).toEqual([['a', 1128]])
    host.advance(4)
    expect(woken.length).toBe(1)
    host.advance(1)
    expect(woken[1]).toEqual(['b', 1133])
  })

  it('one lays another down, and the clock stands -> the other is not woken in the same go', () => {
    const { host, wheel } = wheelAt()
    let times = 0
    const again = newSleeper((self) => {
      times += 1
      wheel.add(self, 1e-20)
    })
    wheel.add(again, 10)
    host.advance(10)
    expect(times).toBe(1)
    wheel.remove(again)
  })

  it('one throws -> the error comes out, all others wake', () => {
    const { add, host, woken } = wheelAt()
    const error = new Error('thrown')
    add('a', 100)
    add('b', 100, () => {
      throw error
    })
    for (const [name, delay] of Object.entries({ c: 100, d: 101, e: 150, f: 5000 })) add(name, delay)
    expect(() => host.advance(day)).toThrow(error)
    expect(woken.map(([name]) => name)).toEqual(['a', 'b'])
    expect(host.pending().length).toBe(1)
    host.advance(day)
    expect(woken.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('the last one throws -> the error comes out, no timer is left', () => {
    const { add, host } = wheelAt()
    add('a', 100, () => {
      throw new Error('thrown')
    })
    expect(() => host.advance(100)).toThrow('thrown')
    expect(host.pending()).toEqual([])
  })
})

describe('the async context of a waking', () => {
  it('a timer that rings in that of somebody else -> none', () => {
    const { host, wheel } = wheelAt()
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const sleeper = newSleeper(() => seen.push(storage.getStore()))
    wheel.add(sleeper, 100)
    storage.run('other', () => host.advance(100))
    expect(seen).toEqual([undefined])
  })
})

describe('release', () => {
  it('a function -> is told of each timer', () => {
    const { host } = wheelAt()
    const wheel = newWheel((timer) => {
      timer.unref()
    })
    wheel.add(
      newSleeper(() => undefined),
      2 ** 31
    )
    wheel.add(
      newSleeper(() => undefined),
      100
    )
    host.advance(day)
    expect(host.set.map(({ released }) => released)).toEqual([1, 1, 1])
  })
})
