import {
  between,
  bothOf,
  eitherOf,
  type Envelope,
  type Frame,
  inTime,
  nothing,
  oneOf,
  scaled,
  times,
  widest
} from '../../../src/policy/Envelope.js'
import type { Jitter } from '../../../src/policy/RetryPolicy.js'

const longest = 9_007_199_254_740_991

const frame: Frame = {
  count: 10,
  jitter: [],
  shortened: false,
  loose: false,
  limit: Infinity,
  within: Infinity,
  causes: undefined
}

const withJitter = (...jitter: ReadonlyArray<Jitter>): Frame => ({ ...frame, jitter })

describe('between', () => {
  it('waits between two -> an envelope without limits', () => {
    expect(between(100, 400, frame)).toEqual({
      retries: 10,
      from: 100,
      to: 400,
      ratio: 1,
      below: expect.any(Function) as unknown,
      wait: 400,
      sum: 4000,
      limit: Infinity,
      slept: Infinity,
      end: Infinity,
      lasting: true
    })
  })

  it('no retries -> nothing', () => {
    expect(between(100, 400, { ...frame, count: 0 })).toBe(nothing)
  })

  it.each<[string, number, number, Frame, Partial<Envelope>]>([
    ['waits that shrink', 400, 100, frame, { from: 100, to: 400, wait: 400 }],
    ['jitter', 100, 400, withJitter(0.25), { from: 75, to: 500, ratio: 0.6, wait: 500, sum: 5000 }],
    ['full jitter', 100, 400, withJitter('full'), { from: 0, to: 400, ratio: 0 }],
    ['equal jitter', 100, 400, withJitter('equal'), { from: 50, to: 400, ratio: 0.5 }],
    ['jitter twice', 100, 400, withJitter(0.5, 'equal', 0.5), { from: 12.5, to: 900, ratio: 1 / 18 }],
    ['less than a millisecond', 0.5, 0.5, frame, { to: 0.5, wait: 0.5, sum: 0 }],
    ['whole waits', 2.5, 2.5, frame, { sum: 20 }],
    ['no wait', 0, 0, withJitter(0.5), { from: 0, to: 0, sum: 0 }],
    // What saturates is scaled, and starts a little earlier, as rounding may have it.
    ['waits that saturate', longest, Infinity, frame, { from: longest, to: longest, sum: 10 * longest }],
    [
      'waits that saturate, with jitter',
      longest,
      Infinity,
      withJitter('equal'),
      { from: 4_503_599_627_366_399.5, to: longest }
    ],
    // A third of 2^53 - 1, less 2^-40 of it.
    [
      'waits that saturate, with jitter both ways',
      longest,
      Infinity,
      withJitter(0.5),
      { from: 3_002_399_751_577_599.5, to: longest }
    ],
    [
      'no end',
      100,
      Infinity,
      { ...frame, count: Infinity },
      { retries: Infinity, to: Infinity, sum: Infinity }
    ]
  ])('%s -> its figures', (_, first, last, around, expected) => {
    expect(between(first, last, around)).toMatchObject(expected)
  })

  // 100, 200, 400 … 51,200
  const doubled = (wait: number): number => Math.log2(wait / 100)

  it.each<[string, number, number]>([
    ['the first', 100, 0],
    ['a little more', 101, 2],
    ['the fourth', 800, 4],
    ['a long wait', 1e9, 10]
  ])('growth -> how many may start below %s', (_, wait, expected) => {
    expect(between(100, 51_200, frame, doubled).below(wait)).toBe(expected)
  })

  it.each<[string, number, number]>([
    ['the start of the first', 50, 0],
    ['the start of the second', 100, 2],
    ['the start of the fourth', 400, 4]
  ])('growth with jitter -> how many may start below %s', (_, wait, expected) => {
    expect(between(100, 51_200, withJitter('equal'), doubled).below(wait)).toBe(expected)
  })

  it('growth that saturates -> no window starts later than that of the longest', () => {
    const { below } = between(1, Infinity, { ...withJitter('equal'), count: 100 }, Math.log2)
    expect([4_503_599_627_366_399.5, 4_503_599_627_366_400].map(below)).toEqual([54, 100])
  })

  it('no growth, or nothing known of it -> all may start below any wait but the first', () => {
    expect([100, 101].map(between(100, 100, frame, doubled).below)).toEqual([0, 10])
    expect([100, 101].map(between(400, 100, frame, doubled).below)).toEqual([0, 10])
    expect([100, 101].map(between(100, 400, frame).below)).toEqual([0, 10])
  })
})

describe('nothing', () => {
  it('no window', () => {
    expect(nothing).toEqual({
      retries: 0,
      from: 0,
      to: 0,
      ratio: 1,
      below: expect.any(Function) as unknown,
      wait: 0,
      sum: 0,
      limit: Infinity,
      slept: Infinity,
      end: Infinity,
      lasting: true
    })
    expect(nothing.below(100)).toBe(0)
  })
})

describe('widest', () => {
  it.each<[ReadonlyArray<Jitter>, number]>([
    [[], 1],
    [['full', 'equal'], 1],
    [[0.5], 1.5],
    [[0.5, 1], 3]
  ])('%p -> %p', (jitter, expected) => {
    expect(widest(jitter)).toBe(expected)
  })
})

describe('scaled', () => {
  it.each<[number, number, number, number]>([
    [100, 200, 1, 100],
    [300, 200, 1, 200],
    [50, 200, 0.5, 50],
    // 100 · (1 - 2^-40)
    [300, 200, 0.5, 99.99999999990905]
  ])('a start of %d under a cap of %d, at a ratio of %d -> %d', (from, cap, ratio, expected) => {
    expect(scaled(from, cap, ratio)).toBe(expected)
  })
})

describe('times', () => {
  it.each<[number, number, number]>([
    [3, 100, 300],
    [3, 2.5, 6],
    [3, 1, 3],
    [Infinity, 1, Infinity],
    [Infinity, 0.5, 0],
    [0, Infinity, 0]
  ])('%d waits of %d -> %d', (count, wait, expected) => {
    expect(times(count, wait)).toBe(expected)
  })
})

/** Ten windows from 100, of which four start below 150. */
const ten: Envelope = {
  retries: 10,
  from: 100,
  to: 200,
  ratio: 0.5,
  below: (wait) => (wait <= 100 ? 0 : wait <= 150 ? 4 : 10),
  wait: 200,
  sum: 2000,
  limit: Infinity,
  slept: Infinity,
  end: Infinity,
  lasting: true
}

describe('inTime', () => {
  it('no limit -> the same', () => {
    expect(inTime(ten, frame)).toEqual(ten)
  })

  it('limits that are looked at further up -> the same', () => {
    const limited = { ...ten, limit: 100, slept: 550 }
    expect(inTime(limited, { ...frame, loose: true })).toBe(limited)
  })

  it.each<[string, Envelope, Partial<Frame>, Partial<Envelope>]>([
    ['no window within the limit around', ten, { limit: 99 }, { ...nothing, lasting: false }],
    [
      'one within the limit around',
      ten,
      { limit: 100 },
      { retries: 4, wait: 100, sum: 400, limit: Infinity }
    ],
    ['one that starts within the last millisecond', { ...ten, from: 100.5 }, { limit: 100 }, { retries: 4 }],
    ['a limit of a wait', { ...ten, limit: 149 }, {}, { retries: 4, wait: 149, sum: 596, lasting: false }],
    ['a limit just before the end', { ...ten, limit: 199 }, {}, { retries: 10, wait: 199, lasting: false }],
    ['a limit of no consequence', { ...ten, limit: 200 }, {}, { retries: 10, wait: 200, lasting: true }],
    ['the earlier limit', { ...ten, limit: 400 }, { limit: 149 }, { retries: 4, wait: 149, lasting: false }],
    ['a limit of the sum', { ...ten, slept: 550.5 }, {}, { retries: 5, wait: 200, sum: 550, lasting: false }],
    ['a limit just below the sum', { ...ten, slept: 1999 }, {}, { retries: 10, sum: 1999, lasting: false }],
    ['a limit of just the sum', { ...ten, slept: 2000 }, {}, { retries: 10, sum: 2000, lasting: true }],
    ['a limit of the time', { ...ten, end: 550 }, {}, { retries: 5, sum: 550, lasting: false }],
    // Attempts take time, too.
    ['a limit of a long time', { ...ten, end: 1e9 }, {}, { retries: 10, sum: 2000, lasting: false }],
    ['no time for any', { ...ten, slept: 99 }, {}, { retries: 0, wait: 0, sum: 0 }],
    ['whole waits', { ...ten, from: 100.5, slept: 500 }, {}, { retries: 5 }],
    [
      'waits of nothing',
      { ...ten, from: 0.5, below: (wait) => (wait === 1 ? 3 : 10), slept: 4 },
      {},
      { retries: 7, sum: 4 }
    ],
    [
      'waits that may get shorter still',
      { ...ten, limit: 149, slept: 550 },
      { shortened: true },
      { retries: 10, wait: 149, sum: 550 }
    ],
    ['what does not last', { ...ten, lasting: false }, {}, { retries: 10, lasting: false }]
  ])('%s -> its figures', (_, self, around, expected) => {
    expect(inTime(self, { ...frame, ...around })).toMatchObject(expected)
  })
})

/** Three windows, longer than those of ten and bounded by limits. */
const three: Envelope = {
  retries: 3,
  from: 150,
  to: 300,
  ratio: 0.75,
  below: (wait) => (wait <= 150 ? 0 : 3),
  wait: 250,
  sum: 700,
  limit: 400,
  slept: 500,
  end: 600,
  lasting: false
}

const below = ({ below }: Envelope): ReadonlyArray<number> => [100, 150, 160].map(below)

describe('bothOf', () => {
  it('two -> fewer retries, longer waits, earlier limits', () => {
    const expected = {
      retries: 3,
      from: 150,
      to: 300,
      ratio: 0.5,
      wait: 300,
      sum: 2700,
      limit: 400,
      slept: 500,
      end: 600,
      lasting: false
    }
    expect(bothOf(ten, three)).toMatchObject(expected)
    expect(bothOf(three, ten)).toMatchObject(expected)
    expect(below(bothOf(ten, three))).toEqual([0, 0, 3])
  })

  it('windows that are drawn to little of their length -> no wait is longer than the two together', () => {
    expect(bothOf({ ...ten, wait: 20 }, { ...three, wait: 30 }).wait).toBe(50)
  })

  it('one lasts, or both -> lasts if both do', () => {
    expect(bothOf(ten, ten).lasting).toBe(true)
    expect(bothOf(ten, three).lasting).toBe(false)
    expect(bothOf(three, ten).lasting).toBe(false)
  })
})

describe('oneOf', () => {
  it('two -> the retries of both, later limits', () => {
    const expected = {
      retries: 13,
      from: 100,
      to: 300,
      ratio: 0.5,
      wait: 250,
      sum: 2700,
      limit: Infinity,
      slept: Infinity,
      end: Infinity,
      lasting: false
    }
    expect(oneOf(ten, three, 20)).toMatchObject(expected)
    expect(oneOf(three, ten, 20)).toMatchObject(expected)
    expect(below(oneOf(ten, three, 20))).toEqual([0, 4, 13])
    expect(oneOf(three, three, 20).slept).toBe(1000)
    expect(oneOf(ten, ten, 20).lasting).toBe(false)
  })

  it('a count around -> no more retries', () => {
    expect(oneOf(ten, three, 12).retries).toBe(12)
  })

  it('one that never goes on -> the windows of the other', () => {
    expect(oneOf(nothing, three, 20).from).toBe(150)
    expect(oneOf(three, nothing, 20).from).toBe(150)
  })
})

describe('eitherOf', () => {
  // Alone, no more than these go on.
  const one = { ...three, retries: 1, sum: 50 }
  const two = { ...three, retries: 2, sum: 60 }

  it('two of which none lasts -> the shorter wait while both go on, then the other', () => {
    const four = { ...ten, retries: 4, sum: 800, lasting: false, slept: 550 }
    const expected = {
      // Three of both, and what goes on alone.
      retries: 6,
      from: 100,
      to: 300,
      ratio: 0.5,
      wait: 250,
      sum: 810,
      limit: Infinity,
      slept: 550,
      end: Infinity,
      lasting: false
    }
    expect(eitherOf(four, three, [one, two], 20)).toMatchObject(expected)
    expect(eitherOf(three, four, [one, two], 20)).toMatchObject(expected)
    expect(below(eitherOf(four, three, [one, two], 20))).toEqual([0, 4, 13])
  })

  it('a count around, or both together -> no more retries and no longer sum', () => {
    expect(eitherOf(ten, three, [one, two], 5).retries).toBe(5)
    expect(eitherOf({ ...three, sum: 60 }, three, [three, three], 20)).toMatchObject({ retries: 6, sum: 760 })
  })

  it('one that lasts -> no figure is greater than that of it', () => {
    const short = { ...ten, lasting: true, to: 120, wait: 110, sum: 105 }
    const expected = { to: 120, wait: 110, sum: 105 }
    expect(eitherOf(short, three, [one, two], 20)).toMatchObject(expected)
    expect(eitherOf(three, short, [one, two], 20)).toMatchObject(expected)
    const long = { ...short, lasting: false }
    expect(eitherOf(long, three, [one, two], 20)).toMatchObject({ to: 300, wait: 250, sum: 215 })
    expect(eitherOf(three, long, [one, two], 20)).toMatchObject({ to: 300, wait: 250, sum: 215 })
  })

  it.each<[string, Envelope, Envelope, boolean]>([
    ['both', ten, ten, true],
    ['one without limits', ten, three, true],
    ['one with limits that matter', { ...ten, limit: 150 }, three, false],
    // Limits that both have are looked at further up.
    ['both, with limits that matter', { ...ten, limit: 150 }, { ...ten, end: 1e9 }, true],
    ['none', three, { ...ten, lasting: false }, false]
  ])('%s lasts -> lasts: the last column', (_, a, b, expected) => {
    const alone = [nothing, nothing] as const
    expect(eitherOf(a, b, alone, 20).lasting).toBe(expected)
    expect(eitherOf(b, a, alone, 20).lasting).toBe(expected)
  })
})
