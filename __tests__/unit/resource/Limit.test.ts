import { callLimit, rateLimit, resourceLimit } from 'reprise'
import { isLimit } from '../../../src/resource/Limit.js'
import { badDurations, message, refuses, thrown } from '../../support/bad.js'

const numbers = [
  [0, 'RangeError', '0'],
  [-1, 'RangeError', '-1'],
  [NaN, 'RangeError', 'NaN'],
  ['5', 'RangeError', '"5"'],
  [null, 'TypeError', 'null'],
  [undefined, 'TypeError', 'undefined']
] as const
const keys = [
  ['', 'RangeError', '""'],
  [undefined, 'TypeError', 'undefined'],
  [5, 'RangeError', '5']
] as const

describe('rateLimit', () => {
  it('its options -> frozen plain data, by token bucket if not said', () => {
    const limit = rateLimit({ key: 'tokens', capacity: 0.5, per: '1.5m' })
    expect(limit).toStrictEqual({
      _tag: 'rateLimit',
      key: 'tokens',
      capacity: 0.5,
      per: 90_000,
      algorithm: 'tokenBucket'
    })
    expect(Object.isFrozen(limit)).toBe(true)
  })

  refuses('rateLimit: key', keys, (key) => rateLimit({ key, capacity: 1, per: 1 }))
  refuses('rateLimit: capacity', numbers, (capacity) => rateLimit({ key: 'a', capacity, per: 1 }))
  refuses('rateLimit: per', [...badDurations, [0, 'RangeError', '0'], ['0s', 'RangeError', '"0s"']], (per) =>
    rateLimit({ key: 'a', capacity: 1, per })
  )
  refuses(
    'rateLimit: algorithm',
    [
      ['bucket', 'RangeError', '"bucket"'],
      ['toString', 'RangeError', '"toString"'],
      [5, 'RangeError', '5'],
      [null, 'TypeError', 'null']
    ],
    (algorithm) => rateLimit({ key: 'a', capacity: 1, per: 1, algorithm })
  )

  it('no object; an option that there is not -> TypeError that lists them', () => {
    expect(thrown(() => rateLimit(null as never))).toBe('TypeError: rateLimit: options must be …, got null')
    expect(thrown(() => rateLimit({ key: 'a', capacity: 1, per: 1, window: '1s' } as never))).toBe(
      "TypeError: rateLimit: there is no option 'window'; there are key, capacity, per, algorithm"
    )
  })
})

describe('bad options, in whole sentences', () => {
  const limit = { key: 'a', capacity: 1, per: 1 }
  it.each<[string, () => unknown, string]>([
    [
      'no capacity',
      () => rateLimit({ ...limit, capacity: 0 }),
      'RangeError: rateLimit: capacity must be a number > 0, got 0'
    ],
    [
      'no time',
      () => rateLimit({ ...limit, per: '0s' }),
      'RangeError: rateLimit: per must be longer than 0, got "0s"'
    ],
    [
      'an algorithm in a list',
      () => rateLimit({ ...limit, algorithm: ['gcra'] as never }),
      'TypeError: rateLimit: algorithm must be one of tokenBucket, leakyBucket, slidingWindow, fixedWindow, gcra, got gcra'
    ],
    [
      'what a callLimit has not',
      () => callLimit({ ...limit, window: 1 } as never),
      "TypeError: callLimit: there is no option 'window'; there are key, capacity, per, algorithm"
    ],
    [
      'what a resourceLimit has not',
      () => resourceLimit(limit as never),
      "TypeError: resourceLimit: there is no option 'per'; there are key, capacity"
    ]
  ])('%s', (_, make, expected) => {
    expect(message(make)).toBe(expected)
  })
})

describe('callLimit', () => {
  it('its options -> frozen plain data, with the key calls if not said', () => {
    expect(callLimit({ capacity: 3, per: '1s', algorithm: 'gcra' })).toStrictEqual({
      _tag: 'callLimit',
      key: 'calls',
      capacity: 3,
      per: 1000,
      algorithm: 'gcra'
    })
    expect(callLimit({ key: 'writes', capacity: Infinity, per: 5 }).key).toBe('writes')
  })

  refuses('callLimit: key', [keys[0], keys[2]], (key) => callLimit({ key, capacity: 1, per: 1 }))
  refuses('callLimit: capacity', [...numbers, [1.5, 'RangeError', '1.5']], (capacity) =>
    callLimit({ capacity, per: 1 })
  )
  refuses(
    'callLimit: per',
    [
      [0, 'RangeError', '0'],
      [undefined, 'TypeError', 'undefined']
    ],
    (per) => callLimit({ capacity: 1, per })
  )
})

describe('resourceLimit', () => {
  it('its options -> frozen plain data', () => {
    const limit = resourceLimit({ key: 'places', capacity: 3 })
    expect(limit).toStrictEqual({ _tag: 'resourceLimit', key: 'places', capacity: 3 })
    expect(Object.isFrozen(limit)).toBe(true)
  })

  refuses('resourceLimit: key', keys, (key) => resourceLimit({ key, capacity: 1 }))
  refuses('resourceLimit: capacity', [...numbers, [1.5, 'RangeError', '1.5']], (capacity) =>
    resourceLimit({ key: 'a', capacity })
  )
})

describe('isLimit', () => {
  it.each<[unknown, boolean]>([
    [resourceLimit({ key: 'a', capacity: 1 }), true],
    [callLimit({ capacity: 1, per: 1 }), true],
    [rateLimit({ key: 'a', capacity: 1, per: 1 }), true],
    [{ _tag: 'resourceLimit', key: 'a' }, false],
    [{ _tag: 'resourceLimit', key: 5, capacity: 1 }, false],
    [{ _tag: Symbol('a'), key: 'a', capacity: 1 }, false],
    [null, false],
    ['a', false]
  ])('%p -> %s', (input, expected) => {
    expect(isLimit(input)).toBe(expected)
  })
})
