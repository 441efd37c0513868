import {
  type Call,
  type CallWindow,
  emptyWindow,
  expire,
  record,
  shiftWindow,
  toRing,
  total,
  type WindowKind,
  wordsIn
} from '../../../src/resource/CallWindow.js'

/** A letter for each call: S, F, s (slow), f (failed, and slow). */
const calls: Readonly<Record<string, Call>> = {
  S: { failed: false, slow: false },
  F: { failed: true, slow: false },
  s: { failed: false, slow: true },
  f: { failed: true, slow: true }
}

const played = (kind: WindowKind, letters: string, now = 0, from = emptyWindow(kind)): CallWindow =>
  Array.from(letters).reduce((window, letter) => record(kind, window, calls[letter]!, now), from)

const counts = ({ calls, failures, slow }: CallWindow): ReadonlyArray<number> => [calls, failures, slow]

describe('emptyWindow', () => {
  it.each<[WindowKind, object]>([
    [{ _tag: 'row' }, {}],
    [
      { _tag: 'count', size: 31 },
      { slot: 0, word: 0, words: [0, 0, 0] }
    ],
    [
      { _tag: 'time', width: 5 },
      { from: null, newest: { calls: 0, failures: 0, slow: 0 }, older: [] }
    ]
  ])('%j -> no calls', (kind, fields) => {
    expect(emptyWindow(kind)).toEqual({ _tag: kind._tag, calls: 0, failures: 0, slow: 0, ...fields })
  })
})

describe('wordsIn', () => {
  it.each([
    [1, 1],
    [15, 1],
    [16, 2],
    [10_000, 667]
  ])('%d calls -> %d words', (size, words) => {
    expect(wordsIn(size)).toBe(words)
  })
})

describe('record', () => {
  it.each([
    ['', 0],
    ['FF', 2],
    ['FFS', 0],
    ['FFsF', 1],
    ['fF', 2]
  ])('in a row, %p -> %d', (letters, failures) => {
    expect(counts(played({ _tag: 'row' }, letters))).toEqual([failures, failures, 0])
  })

  it('in a row, a success after a success -> the same window', () => {
    const window = emptyWindow({ _tag: 'row' })
    expect(record({ _tag: 'row' }, window, calls['S']!, 1)).toBe(window)
  })

  it.each([
    [3, 'SF', [2, 1, 0]],
    [3, 'SFsf', [3, 2, 2]],
    [3, 'ffffSSS', [3, 0, 0]],
    [1, 'Ff', [1, 1, 1]],
    [1, 'FS', [1, 0, 0]],
    [15, 'f'.repeat(15) + 'S'.repeat(14), [15, 1, 1]],
    [16, 'f'.repeat(15) + 'S'.repeat(15), [16, 1, 1]],
    [16, 'F'.repeat(40) + 's', [16, 15, 1]],
    [31, 'F'.repeat(31) + 's'.repeat(30), [31, 1, 30]],
    [31, 'F'.repeat(31) + 's'.repeat(31), [31, 0, 31]]
  ])('the last %d of %s -> %j', (size, letters, expected) => {
    expect(counts(played({ _tag: 'count', size }, letters))).toEqual(expected)
  })

  it('a ring -> its data, two bits a call', () => {
    // F = 1, s = 2, f = 3: the first is the lowest, 1 + 2·4 + 3·16.
    expect(played({ _tag: 'count', size: 4 }, 'Fsf')).toEqual({
      _tag: 'count',
      calls: 3,
      failures: 2,
      slow: 2,
      slot: 3,
      word: 57,
      words: [0]
    })
  })

  it('what was there before -> is not changed', () => {
    const kind: WindowKind = { _tag: 'count', size: 2 }
    const before = played(kind, 'F')
    const text = JSON.stringify(before)
    played(kind, 'SS', 0, before)
    expect(JSON.stringify(before)).toBe(text)
  })

  it('time: buckets begin with the first call, and go when they are ten old', () => {
    const kind: WindowKind = { _tag: 'time', width: 10 }
    const first = played(kind, 'F', 5)
    const second = played(kind, 'sS', 14, first)
    expect(second).toEqual({
      _tag: 'time',
      calls: 3,
      failures: 1,
      slow: 1,
      from: 5,
      newest: { calls: 3, failures: 1, slow: 1 },
      older: []
    })
    const third = played(kind, 'S', 15, second)
    expect(third).toMatchObject({ calls: 4, from: 15, newest: { calls: 1 }, older: [{ calls: 3 }] })
    expect(counts(played(kind, 'S', 104, third))).toEqual([5, 1, 1])
    expect(counts(played(kind, 'S', 105, third))).toEqual([2, 0, 0])
    expect(counts(played(kind, 'S', 1e12, third))).toEqual([1, 0, 0])
  })
})

describe('expire', () => {
  const kind: WindowKind = { _tag: 'time', width: 10 }
  const window = played(kind, 'f', 5)

  it.each([
    [5, [1, 1, 1]],
    [104.9, [1, 1, 1]],
    [105, [0, 0, 0]],
    [0, [1, 1, 1]]
  ])('a call at 5, a window of 100, at %d -> %j', (now, expected) => {
    expect(counts(expire(kind, window, now))).toEqual(expected)
  })

  it('three buckets later -> the calls in the one before, which comes before two without any', () => {
    const none = { calls: 0, failures: 0, slow: 0 }
    expect(expire(kind, window, 39)).toEqual({
      _tag: 'time',
      calls: 1,
      failures: 1,
      slow: 1,
      from: 35,
      newest: none,
      older: [{ calls: 1, failures: 1, slow: 1 }, none, none]
    })
  })

  it('another window -> as it is', () => {
    const row = played({ _tag: 'row' }, 'F')
    expect(expire({ _tag: 'row' }, row, 1e9)).toBe(row)
  })
})

describe('shiftWindow', () => {
  it('a window of time -> begins as much later; without calls, or another -> as it is', () => {
    const kind: WindowKind = { _tag: 'time', width: 10 }
    expect(shiftWindow(played(kind, 'F', 5), -7)).toMatchObject({ from: -2, calls: 1 })
    const none = emptyWindow(kind)
    expect(shiftWindow(none, 3)).toBe(none)
    const row = emptyWindow({ _tag: 'row' })
    expect(shiftWindow(row, 3)).toBe(row)
  })
})

describe('total', () => {
  it('[] -> 0; two -> their sum', () => {
    expect(total([])).toEqual({ calls: 0, failures: 0, slow: 0 })
    expect(
      total([
        { calls: 3, failures: 2, slow: 1 },
        { calls: 10, failures: 0, slow: 5 }
      ])
    ).toEqual({ calls: 13, failures: 2, slow: 6 })
  })
})

describe('toRing', () => {
  it.each([
    ['FsfS', 5],
    ['FsfSFFsS', 5],
    ['F'.repeat(15), 20],
    ['F'.repeat(20) + 's'.repeat(7), 20],
    ['f'.repeat(50), 33]
  ])('%s in a ring of %d -> that ring', (letters, size) => {
    const ring = played({ _tag: 'count', size }, letters)
    if (ring._tag !== 'count') throw new Error('no ring')
    expect(toRing(ring.words, ring.slot, ring.word, ring.calls)).toEqual(ring)
  })

  it('what was never written of a later word -> 0, too', () => {
    // 16 calls fill the first word, and the lowest two bits of the second.
    expect(toRing([0, 13], 16, 13, 16)).toEqual({
      _tag: 'count',
      calls: 16,
      failures: 1,
      slow: 0,
      slot: 16,
      word: 1,
      words: [0, 1]
    })
  })

  it('what was never written -> 0, so that it pushes nothing out', () => {
    const ring = toRing([7, 5], 1, 13, 1)
    expect(ring).toEqual({ _tag: 'count', calls: 1, failures: 1, slow: 0, slot: 1, word: 1, words: [3, 0] })
    const kind: WindowKind = { _tag: 'count', size: 20 }
    expect(counts(played(kind, 'S'.repeat(19), 0, ring))).toEqual([20, 1, 0])
    expect(counts(played(kind, 'S'.repeat(20), 0, ring))).toEqual([20, 0, 0])
  })
})
