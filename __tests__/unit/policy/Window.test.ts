import {
  cap,
  type Draft,
  draw,
  exactly,
  lift,
  longer,
  raise,
  shorter,
  spread,
  type Window,
  within
} from '../../../src/policy/Window.js'

const longest = 9_007_199_254_740_991

const window = (from: number, to: number, rest: Partial<Window> = {}): Draft => ({
  from,
  to,
  latest: Infinity,
  floor: 0,
  hint: 0,
  ...rest
})

/** Gives a window as a function leaves it. */
const changed = <Args extends ReadonlyArray<unknown>>(
  change: (self: Draft, ...args: Args) => void,
  self: Window,
  ...args: Args
): Window => {
  const draft = { ...self }
  change(draft, ...args)
  return draft
}

const ends = ({ from, to }: Window): readonly [number, number] => [from, to]

describe('exactly', () => {
  it.each([
    [0, 0],
    [1.5, 1.5],
    [longest, longest],
    [longest + 2, longest],
    [30_989_605_627_550_756, longest],
    [Number.MAX_VALUE, longest],
    [Infinity, longest]
  ])('%d -> %d', (wait, end) => {
    expect(ends(changed(exactly, window(5, 9), wait))).toEqual([end, end])
  })
})

describe('within', () => {
  it.each<[number, number, number, number]>([
    [0, 0, 0, 0],
    [100, 300, 100, 300],
    [0.5, 0.75, 0.5, 0.75],
    [0, longest, 0, longest],
    // Saturation scales: half of the way stays half of the way.
    [2 ** 53, 2 ** 54, 4_503_599_627_370_495.5, longest],
    [2 ** 53, 2 ** 53, longest, longest],
    // Only beyond it: what is scaled loses digits.
    [5e-324, longest, 5e-324, longest]
  ])('%d, %d -> %d, %d', (from, to, scaledFrom, scaledTo) => {
    expect(ends(changed(within, window(5, 9), from, to))).toEqual([scaledFrom, scaledTo])
  })
})

const [a, b] = [
  window(100, 300, { latest: 1000, floor: 50, hint: 20 }),
  window(200, 250, { latest: 900, floor: 60, hint: 10 })
]

describe('longer', () => {
  it('two windows -> the later ends, the earlier latest', () => {
    const expected = { from: 200, to: 300, latest: 900, floor: 60, hint: 20 }
    expect([changed(longer, a, b), changed(longer, b, a)]).toEqual([expected, expected])
  })
})

describe('longer, shorter', () => {
  it('windows without floor and hint -> none', () => {
    const [short, long] = [
      { from: 1, to: 2, latest: 9 },
      { from: 3, to: 4, latest: 8 }
    ]
    expect(changed(longer, short, long)).toStrictEqual(long)
    expect(changed(shorter, long, short)).toStrictEqual(short)
  })

  it('floor and hint of one alone -> of the longer, not of the shorter', () => {
    const [plain, raised] = [
      { from: 1, to: 2, latest: 9 },
      { from: 1, to: 2, latest: 9, floor: 1, hint: 1 }
    ]
    expect(changed(longer, plain, raised)).toEqual(raised)
    expect(changed(shorter, raised, plain)).toEqual({ ...plain, floor: 0, hint: 0 })
  })
})

describe('shorter', () => {
  it('two windows -> the earlier ends, the later latest', () => {
    const expected = { from: 100, to: 250, latest: 1000, floor: 50, hint: 10 }
    expect([changed(shorter, a, b), changed(shorter, b, a)]).toEqual([expected, expected])
  })
})

describe('spread', () => {
  it.each<[number, number, number | 'full' | 'equal', number, number]>([
    [100, 300, 'full', 0, 300],
    [100, 300, 'equal', 150, 300],
    [100, 300, 0, 100, 300],
    [100, 300, 0.5, 50, 450],
    [100, 300, 1, 0, 600],
    [0, 0, 0.5, 0, 0],
    [longest, longest, 1, 0, longest],
    [longest, longest, 'full', 0, longest]
  ])('%d, %d by %p -> %d, %d', (from, to, jitter, spreadFrom, spreadTo) => {
    expect(ends(changed(spread, window(from, to), jitter))).toEqual([spreadFrom, spreadTo])
  })

  it('latest, floor, hint -> kept', () => {
    expect(changed(spread, a, 'full')).toEqual({ ...a, from: 0, to: 300 })
  })

  it('beyond saturation -> scaled, so no lattice morphism there', () => {
    expect(ends(changed(spread, window(longest, longest), 0.5))).toEqual([longest / 3, longest])
  })
})

describe('raise', () => {
  it.each<[number, number, number, number, number]>([
    [100, 300, 200, 200, 400],
    [100, 300, 50, 100, 300],
    [100, 300, 0, 100, 300],
    [100, 300, 1000, 1000, 1200],
    [70, 130, longest, longest, longest],
    [0, longest, 1000, 1000, longest],
    // Adding and taking away again would end below the hint.
    [391.40547397958204, 391.40547397958204, 507, 507, 507]
  ])('%d, %d to %d -> %d, %d', (from, to, hint, raisedFrom, raisedTo) => {
    expect(ends(changed(raise, window(from, to), hint))).toEqual([raisedFrom, raisedTo])
  })

  it('the hint -> is the floor, and remembered', () => {
    expect(changed(raise, window(100, 300), 200)).toEqual(window(200, 400, { floor: 200, hint: 200 }))
    expect(changed(raise, window(100, 300, { floor: 90, hint: 80 }), 50)).toEqual(
      window(100, 300, { floor: 90, hint: 80 })
    )
  })
})

describe('lift', () => {
  it.each<[number, number, number, number, number]>([
    [100, 300, 0, 100, 300],
    [100, 300, 200, 200, 300],
    [100, 300, 400, 400, 400]
  ])('%d, %d to %d -> %d, %d', (from, to, min, liftedFrom, liftedTo) => {
    expect(ends(changed(lift, window(from, to), min))).toEqual([liftedFrom, liftedTo])
  })

  it('the floor -> the higher', () => {
    expect(changed(lift, window(100, 300, { floor: 40 }), 30).floor).toBe(40)
    expect(changed(lift, window(100, 300, { floor: 40 }), 50).floor).toBe(50)
  })
})

describe('cap', () => {
  it.each<[string, Window, number, number, number]>([
    ['100, 300 at 300 -> as it is', window(100, 300), 300, 100, 300],
    ['100, 300 at 150 -> 50, 150', window(100, 300), 150, 50, 150],
    ['0, 1000 at 100 -> 0, 100', window(0, 1000), 100, 0, 100],
    ['100, 300 at 0 -> 0, 0', window(100, 300), 0, 0, 0],
    ['100, 300 above 100 at 150 -> 100, 150', window(100, 300, { floor: 100 }), 150, 100, 150],
    ['200, 300 above 100 at 200 -> 150, 200', window(200, 300, { floor: 100 }), 200, 150, 200],
    ['100, 300 above 100 at 50 -> 50, 50', window(100, 300, { floor: 100 }), 50, 50, 50],
    ['0, 300 with the floor 100 undone, at 150 -> 0, 150', window(0, 300, { floor: 100 }), 150, 0, 150]
  ])('%s', (_, given, max, from, to) => {
    expect(ends(changed(cap, given, max))).toEqual([from, to])
  })

  it.each([
    [53_481, 29_255],
    [51_200, 30_000],
    [0.3, 0.1],
    [1e15 + 1, 7]
  ])('exactly %d at %d -> exactly the cap', (wait, max) => {
    expect(ends(changed(cap, window(wait, wait), max))).toEqual([max, max])
  })

  it('a window that ends at the cap -> left alone, to the last digit', () => {
    expect(changed(cap, window(0.1, 3, { floor: 2 }), 3)).toEqual(window(0.1, 3, { floor: 2 }))
  })

  it('no floor -> none is added', () => {
    const bare: Window = { from: 100, to: 300, latest: Infinity }
    expect(changed(cap, bare, 150)).toStrictEqual({ from: 50, to: 150, latest: Infinity })
  })

  it('the floor -> not above the cap', () => {
    expect(changed(cap, window(100, 300, { floor: 100 }), 50).floor).toBe(50)
  })
})

describe('draw', () => {
  it.each([
    [100, 300, 0, 100],
    [100, 300, 0.5, 200],
    [100, 300, 0.999, 299.8],
    [100, 100, 0.7, 100]
  ])('%d, %d at %d -> %d', (from, to, u, wait) => {
    expect(draw(window(from, to), u)).toBe(wait)
  })

  it('the last draw below 1 -> not above the end', () => {
    expect(draw(window(0, longest), 1 - 2 ** -53)).toBeLessThanOrEqual(longest)
    expect(draw(window(0.1, 3), 1 - 2 ** -53)).toBeLessThanOrEqual(3)
  })
})
