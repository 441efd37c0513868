import type { Rule } from '../../../src/resource/Rate.js'
import { slidingWindow } from '../../../src/resource/SlidingWindow.js'
import { after, rule, type Step } from '../../support/flow.js'

describe('slidingWindow, 10 per second', () => {
  it.each<[string, ReadonlyArray<Step>, number, number]>([
    [
      '5 at 0, 5 at 500, 1',
      [
        [0, 5],
        [500, 5]
      ],
      1,
      1000
    ],
    [
      '5 at 0, 5 at 500, 6',
      [
        [0, 5],
        [500, 5]
      ],
      6,
      1500
    ],
    [
      '5 at 0, 4 at 500, 1',
      [
        [0, 5],
        [500, 4]
      ],
      1,
      -Infinity
    ],
    [
      '5 at 0, 5 at 500, 5 at 1000, 1',
      [
        [0, 5],
        [500, 5],
        [1000, 5]
      ],
      1,
      1500
    ]
  ])('%s -> ready when the oldest have left', (_, steps, amount, expected) => {
    expect(slidingWindow.readyAt(rule, after(slidingWindow, steps), amount)).toBe(expected)
  })

  it('a refund goes to when it was taken; after it has left the window, to nothing', () => {
    const state = after(slidingWindow, [
      [0, 6],
      [500, 4]
    ])
    const back = (now: number) => slidingWindow.settle(rule, state, { amount: 6, at: 0 }, 2, now)
    expect(slidingWindow.available(rule, back(600), 600)).toBe(4)
    expect(slidingWindow.readyAt(rule, back(600), 7)).toBe(1500)
    expect(slidingWindow.available(rule, back(1000), 1000)).toBe(6)
  })

  it('a pause in which all of it leaves -> nothing is left of rounding', () => {
    const state = after(slidingWindow, [
      [0, 0.1],
      [1, 0.2],
      [2, 0.3],
      [5000, 0.1]
    ])
    expect(state).toStrictEqual({ older: [], from: 0, newer: [{ at: 5000, amount: 0.1 }], used: 0.1 })
  })

  it('a debt counts from when it was made', () => {
    const state = slidingWindow.settle(rule, after(slidingWindow, [[0, 8]]), { amount: 8, at: 0 }, 12, 300)
    expect(slidingWindow.available(rule, state, 300)).toBe(-2)
    expect(slidingWindow.readyAt(rule, state, 6)).toBe(1000)
    expect(slidingWindow.readyAt(rule, state, 7)).toBe(1300)
  })

  it('entries in their hundreds, and refunds among them -> as if they were one list', () => {
    const wide: Rule = { capacity: 1000, per: 1000 }
    let state = after(
      slidingWindow,
      Array.from({ length: 300 }, (_, i) => [i, 2] as const),
      wide
    )
    expect(state.older.length + state.newer.length).toBe(300)
    state = slidingWindow.settle(wide, state, { amount: 2, at: 40 }, 0, 300)
    state = slidingWindow.settle(wide, state, { amount: 2, at: 299 }, 1, 300)
    expect(slidingWindow.available(wide, state, 300)).toBe(1000 - 600 + 3)
    // At 1041 those up to 41 have left: of 258, one has given one back.
    expect(slidingWindow.available(wide, state, 1041)).toBe(1000 - 2 * 258 + 1)
    expect(slidingWindow.available(wide, state, 1298)).toBe(1000 - 1)
    expect(slidingWindow.available(wide, state, 1299)).toBe(1000)
  })
})

describe('slidingWindow, what is forgotten', () => {
  it('a state -> plain data', () => {
    const state = after(slidingWindow, [
      [100, 4],
      [100, 2],
      [200, 1]
    ])
    expect(state).toStrictEqual({
      older: [],
      from: 0,
      newer: [
        { at: 100, amount: 6 },
        { at: 200, amount: 1 }
      ],
      used: 7
    })
  })

  it('most of the older entries gone -> the rest is kept alone', () => {
    const wide: Rule = { capacity: 100, per: 1000 }
    // The 33rd entry makes those before it the older ones; 21 of these are gone at 1020.
    const full = after(
      slidingWindow,
      Array.from({ length: 33 }, (_, i) => [i, 1] as const),
      wide
    )
    const { from, newer, older, used } = slidingWindow.take(wide, full, 1, 1020)
    expect(older.map(({ at }) => at)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31])
    expect([from, newer.map(({ at }) => at), used]).toEqual([0, [32, 1020], 13])
  })

  /** One taken at each of these moments. */
  const ones = (count: number, of: Rule, every = 1) =>
    after(
      slidingWindow,
      Array.from({ length: count }, (_, i) => [i * every, 1] as const),
      of
    )
  const hundred: Rule = { capacity: 100, per: 1000 }

  it('fewer than half of the older entries gone -> they are passed over', () => {
    const once = slidingWindow.take(hundred, ones(33, hundred), 1, 1004)
    expect([once.older.length, once.from, once.used]).toEqual([32, 5, 29])
    const twice = slidingWindow.take(hundred, once, 1, 1005)
    expect([twice.older.length, twice.from, twice.used]).toEqual([32, 6, 29])
    expect(twice.newer.map(({ at }) => at)).toEqual([32, 1004, 1005])
  })

  it('just half of them gone -> they are dropped', () => {
    const { older, from, used } = slidingWindow.take(hundred, ones(33, hundred), 1, 1015)
    expect([older.length, from, used]).toEqual([16, 0, 18])
  })

  it('some gone, and the newer ones full -> the rest is joined', () => {
    const once = slidingWindow.take(hundred, ones(33, hundred), 1, 1004)
    const { older, from, newer, used } = Array.from({ length: 31 }, (_, i) => 1004 + (i + 1) / 64).reduce(
      (state, at) => slidingWindow.take(hundred, state, 1, at),
      once
    )
    expect([older.length, from, newer.length, used]).toEqual([59, 0, 1, 60])
    expect(older.slice(0, 2).map(({ at }) => at)).toEqual([5, 6])
  })

  it.each([
    // 25 are gone, all of them older ones; and 41, nine newer ones among them.
    [1024, 7, 28, 25],
    [1040, 0, 19, 41]
  ])('60 entries, at %d -> %d older and %d newer, from %d on', (now, olderLeft, newerLeft, first) => {
    const { older, newer } = slidingWindow.take(hundred, ones(60, hundred), 1, now)
    expect([older.length, newer.length]).toEqual([olderLeft, newerLeft + 1])
    expect([...older, ...newer].map(({ at }) => at)).toEqual([
      ...Array.from({ length: 60 - first }, (_, i) => first + i),
      now
    ])
  })

  it('a pause just as long as the time -> nothing is left of rounding', () => {
    const state = after(slidingWindow, [
      [0, 0.1],
      [1, 0.2],
      [2, 0.3],
      [1002, 0.1]
    ])
    expect(state).toStrictEqual({ older: [], from: 0, newer: [{ at: 1002, amount: 0.1 }], used: 0.1 })
  })

  it('1,024 entries -> those within a 1,024th of the time join the last', () => {
    // A 1,024th of the time is a second.
    const long: Rule = { capacity: 2000, per: 1_024_000 }
    const full = ones(1024, long, 10)
    expect(full.older.length + full.newer.length).toBe(1024)
    const joined = slidingWindow.take(long, full, 2, 10_239)
    expect(joined.older.length + joined.newer.length).toBe(1024)
    expect(joined.newer.at(-1)).toEqual({ at: 10_239, amount: 3 })
    const next = slidingWindow.take(long, joined, 1, 11_000)
    expect(next.older.length + next.newer.length).toBe(1025)
    expect(next.newer.at(-1)).toEqual({ at: 11_000, amount: 1 })
  })

  it('a refund -> in its own place, and the state before is not changed', () => {
    const full = ones(33, hundred)
    const back = (state: typeof full, at: number) =>
      slidingWindow.settle(hundred, state, { amount: 1, at }, 0.25, at < 1000 ? 100 : at)
    const olderBack = back(full, 7)
    expect([full.older[7], olderBack.older[7]]).toEqual([
      { at: 7, amount: 1 },
      { at: 7, amount: 0.25 }
    ])
    expect([olderBack.older.length, olderBack.newer, olderBack.used]).toEqual([32, full.newer, 32.25])
    expect(back(full, 32).newer).toEqual([{ at: 32, amount: 0.25 }])
    expect(full.newer).toEqual([{ at: 32, amount: 1 }])
    const later = slidingWindow.take(hundred, full, 1, 1004)
    expect(back(later, 1004).newer).toEqual([
      { at: 32, amount: 1 },
      { at: 1004, amount: 0.25 }
    ])
  })

  it('a refund where nothing was taken -> nothing', () => {
    expect(slidingWindow.settle(rule, slidingWindow.start(rule), { amount: 5, at: 10 }, 0, 10)).toStrictEqual(
      {
        older: [],
        from: 0,
        newer: [],
        used: 0
      }
    )
  })

  it('as used as it was taken -> the state as it is', () => {
    const state = after(slidingWindow, [[0, 8]])
    expect(slidingWindow.settle(rule, state, { amount: 8, at: 0 }, 8, 10)).toBe(state)
  })

  it('more than there can be -> nothing to wait for', () => {
    expect(slidingWindow.readyAt(rule, slidingWindow.start(rule), 11)).toBe(-Infinity)
  })

  it.each([
    [1, -Infinity],
    [2, 1000]
  ])('10^12 taken of 10^12, %d more -> ready at %d: one is lost in rounding', (amount, expected) => {
    const huge: Rule = { capacity: 1e12, per: 1000 }
    expect(slidingWindow.readyAt(huge, after(slidingWindow, [[0, 1e12]], huge), amount)).toBe(expected)
  })

  it('a refund of what was taken later than anything -> as it was', () => {
    const state = after(slidingWindow, [[0, 8]])
    expect(slidingWindow.settle(rule, state, { amount: 5, at: 10 }, 0, 10)).toBe(state)
  })
})
