import { fixedWindow } from '../../../src/resource/FixedWindow.js'
import { gcra } from '../../../src/resource/Gcra.js'
import { leakyBucket } from '../../../src/resource/LeakyBucket.js'
import { places } from '../../../src/resource/Places.js'
import { type Algorithm, isPast, type Rule } from '../../../src/resource/Rate.js'
import { slidingWindow } from '../../../src/resource/SlidingWindow.js'
import { tokenBucket } from '../../../src/resource/TokenBucket.js'

const rule: Rule = { capacity: 10, per: 1000 }

type Step = readonly [now: number, amount: number]

const after = <S>(algorithm: Algorithm<S>, steps: ReadonlyArray<Step>, of = rule): S =>
  steps.reduce((state, [now, amount]) => algorithm.take(of, state, amount, now), algorithm.start(of))

describe.each([
  ['tokenBucket', tokenBucket as Algorithm<unknown>],
  ['leakyBucket', leakyBucket as Algorithm<unknown>],
  ['gcra', gcra as Algorithm<unknown>]
])('%s, 10 per second', (_, algorithm) => {
  it.each<[string, ReadonlyArray<Step>, number, number, number]>([
    ['nothing taken, 10', [], 0, 10, 0],
    ['10 taken at 0, 1', [[0, 10]], 0, 1, 100],
    ['10 taken at 0, 10', [[0, 10]], 0, 10, 1000],
    ['10 taken at 5000, 3', [[5000, 10]], 5000, 3, 5300],
    [
      '4 and 4 taken at 0, 2',
      [
        [0, 4],
        [0, 4]
      ],
      0,
      2,
      0
    ],
    [
      '4 and 4 taken at 0, 3',
      [
        [0, 4],
        [0, 4]
      ],
      0,
      3,
      100
    ],
    [
      '10 at 0, 5 at 500, 1',
      [
        [0, 10],
        [500, 5]
      ],
      500,
      1,
      600
    ],
    [
      'a second unused is not saved up: 10 at 2000, 1',
      [
        [0, 1],
        [2000, 10]
      ],
      2000,
      1,
      2100
    ],
    ['2.5 of what flows', [[0, 10]], 0, 2.5, 250]
  ])('%s -> ready in time', (_, steps, now, amount, expected) => {
    const ready = algorithm.readyAt(rule, after(algorithm, steps), amount)
    expect(Math.max(now, ready)).toBeCloseTo(expected, 9)
  })

  it('8 asked for, 3 used -> 5 back; 12 used -> 4 of debt', () => {
    const state = after(algorithm, [[0, 8]])
    const taken = { amount: 8, at: 0 }
    expect(algorithm.available(rule, state, 0)).toBe(2)
    expect(algorithm.available(rule, algorithm.settle(rule, state, taken, 3, 0), 0)).toBe(7)
    const debt = algorithm.settle(rule, state, taken, 12, 0)
    expect(algorithm.available(rule, debt, 0)).toBe(-2)
    expect(algorithm.readyAt(rule, debt, 1)).toBe(300)
    expect(algorithm.readyAt(rule, debt, 10)).toBe(1200)
  })

  it('given back when it has flowed in again -> never more than the capacity', () => {
    const state = algorithm.settle(rule, after(algorithm, [[0, 8]]), { amount: 8, at: 0 }, 0, 5000)
    expect(algorithm.available(rule, state, 5000)).toBe(10)
    expect(algorithm.readyAt(rule, algorithm.take(rule, state, 10, 5000), 1)).toBe(5100)
  })

  it('a clock that goes back -> nothing flows', () => {
    const state = after(algorithm, [[1000, 10]])
    expect(algorithm.readyAt(rule, algorithm.take(rule, state, 0.5, 400), 0.5)).toBe(1100)
  })

  it('an amount that would take longer than time is counted -> a finite moment', () => {
    const tiny: Rule = { capacity: 1e-300, per: 1e15 }
    const state = algorithm.settle(tiny, algorithm.start(tiny), { amount: 0, at: 0 }, 1e300, 0)
    expect(algorithm.readyAt(tiny, state, 1e-300)).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER * 2)
  })
})

describe('states', () => {
  it.each<[string, unknown, unknown]>([
    ['tokenBucket', after(tokenBucket, [[100, 4]]), { tokens: 6, at: 100 }],
    ['leakyBucket', after(leakyBucket, [[100, 4]]), { level: 4, at: 100 }],
    ['gcra', after(gcra, [[100, 4]]), { arrival: 500 }],
    ['fixedWindow', after(fixedWindow, [[100, 4]]), { startedAt: 100, used: 4 }],
    [
      'slidingWindow',
      after(slidingWindow, [
        [100, 4],
        [100, 2],
        [200, 1]
      ]),
      {
        older: [],
        from: 0,
        newer: [
          { at: 100, amount: 6 },
          { at: 200, amount: 1 }
        ],
        used: 7
      }
    ],
    ['places', after(places, [[100, 4]]), { taken: 4 }]
  ])('%s -> plain data', (_, state, expected) => {
    expect(state).toStrictEqual(expected)
    expect(JSON.parse(JSON.stringify(state))).toStrictEqual(expected)
  })
})

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

describe('fixedWindow, 10 per second', () => {
  it.each<[string, ReadonlyArray<Step>, number, number]>([
    ['10 at 300, 1', [[300, 10]], 1, 1300],
    ['9 at 300, 1', [[300, 9]], 1, 300],
    [
      'the window begins with the first request after a pause: 1 at 0, 10 at 1700, 1',
      [
        [0, 1],
        [1700, 10]
      ],
      1,
      2700
    ],
    ['25 at 0 take two windows more: 5', [[0, 25]], 5, 2000],
    ['25 at 0, 6', [[0, 25]], 6, 3000]
  ])('%s -> ready in the next window', (_, steps, amount, expected) => {
    expect(fixedWindow.readyAt(rule, after(fixedWindow, steps), amount)).toBe(expected)
  })

  it('a refund counts in its own window alone', () => {
    const state = after(fixedWindow, [[0, 8]])
    expect(
      fixedWindow.available(rule, fixedWindow.settle(rule, state, { amount: 8, at: 0 }, 3, 900), 900)
    ).toBe(7)
    const next = fixedWindow.take(rule, state, 6, 1200)
    expect(
      fixedWindow.available(rule, fixedWindow.settle(rule, next, { amount: 8, at: 0 }, 3, 1300), 1300)
    ).toBe(4)
  })

  it('a debt is paid by the next windows', () => {
    const state = fixedWindow.settle(rule, after(fixedWindow, [[0, 8]]), { amount: 8, at: 0 }, 18, 900)
    expect([900, 1000, 2000].map((now) => fixedWindow.available(rule, state, now))).toEqual([-8, 2, 10])
  })
})

describe('places', () => {
  it('two of three taken -> one free; given back -> three', () => {
    const three: Rule = { capacity: 3, per: 0 }
    const state = after(places, [[0, 2]], three)
    expect([1, 2].map((amount) => places.readyAt(three, state, amount))).toEqual([-Infinity, Infinity])
    const back = places.settle(three, state, { amount: 2, at: 0 }, 2, 0)
    expect(places.available(three, back, 0)).toBe(3)
  })
})

describe('isPast', () => {
  it.each<[number, number, boolean]>([
    [100, 100, true],
    [100, 101, true],
    [-Infinity, 0, true],
    [Infinity, 1e9, false],
    [100.001, 100, false],
    [100 + 1e-10, 100, true],
    [1e9 + 2 ** -23, 1e9, true]
  ])('%d at %d -> %s', (at, now, expected) => {
    expect(isPast(rule, at, now)).toBe(expected)
  })
})
