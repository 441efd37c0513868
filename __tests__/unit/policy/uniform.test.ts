import { toSeed, uniform } from '../../../src/policy/uniform.js'
import { message, thrown } from '../../support/bad.js'

describe('uniform', () => {
  // Worked out with whole numbers of any size, in Python: see the finaliser of SplitMix32.
  it.each<[number, number, number]>([
    [0, 0, 0.39212514348770067],
    [0, 1, 0.6844204701383814],
    [1, 0, 0.9579300183754116],
    [42, 0, 0.9857737112450333],
    [42, 1, 0.7789328620575329],
    [42, 1000, 0.6352477863763133],
    [-1, 0, 0.6886656065612019],
    [4294967296, 0, 0.5949665658970646],
    [9007199254740991, 5, 0.646807433552873]
  ])('seed %d, index %d -> %d', (seed, index, number) => {
    expect(uniform(seed, index)).toBe(number)
  })

  it('many numbers -> in [0, 1), evenly', () => {
    const numbers = Array.from({ length: 10_000 }, (_, i) => uniform(7, i))
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    const tenths = Array.from(
      { length: 10 },
      (_, i) => numbers.filter((u) => Math.floor(u * 10) === i).length
    )
    expect(tenths.every((count) => count > 880 && count < 1120)).toBe(true)
  })

  it('neighbouring seeds and indices -> all different', () => {
    const numbers = Array.from({ length: 100 }, (_, i) => uniform(i % 10, Math.floor(i / 10)))
    expect(new Set(numbers).size).toBe(100)
  })

  it('the same seed and index -> the same number', () => {
    expect(uniform(42, 3)).toBe(uniform(42, 3))
  })
})

describe('toSeed', () => {
  it.each([0, 1, -5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('%d -> itself', (seed) => {
    expect(toSeed('f: seed', seed)).toBe(seed)
  })

  it('a fraction -> the message says what it should be', () => {
    expect(message(() => toSeed('f: seed', 2.5))).toBe('RangeError: f: seed must be a whole number, got 2.5')
  })

  it.each<[unknown, string]>([
    [NaN, 'RangeError: f: seed must be …, got NaN'],
    [2.5, 'RangeError: f: seed must be …, got 2.5'],
    [Infinity, 'RangeError: f: seed must be …, got Infinity'],
    ['1', 'RangeError: f: seed must be …, got "1"'],
    [null, 'TypeError: f: seed must be …, got null'],
    [undefined, 'TypeError: f: seed must be …, got undefined']
  ])('%p -> %s', (seed, text) => {
    expect(thrown(() => toSeed('f: seed', seed as number))).toBe(text)
  })
})
