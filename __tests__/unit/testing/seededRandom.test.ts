import { seededRandom } from 'reprise/testing'
import { thrown } from '../../support/bad.js'

describe('seededRandom', () => {
  // Worked out independently: see unit/policy/uniform.test.ts.
  it('0 -> its sequence', () => {
    const random = seededRandom(0)
    expect([random(), random()]).toEqual([0.39212514348770067, 0.6844204701383814])
  })

  it('42 -> its sequence', () => {
    const random = seededRandom(42)
    expect([random(), random()]).toEqual([0.9857737112450333, 0.7789328620575329])
  })

  it('two of one seed -> each for itself', () => {
    const [one, other] = [seededRandom(7), seededRandom(7)]
    const first = [one(), one(), one()]
    expect([other(), other(), other()]).toEqual(first)
    expect(new Set(first).size).toBe(3)
  })

  it.each<[unknown, string]>([
    [NaN, 'RangeError: seededRandom: seed must be …, got NaN'],
    [0.5, 'RangeError: seededRandom: seed must be …, got 0.5'],
    [Infinity, 'RangeError: seededRandom: seed must be …, got Infinity'],
    ['42', 'RangeError: seededRandom: seed must be …, got "42"'],
    [undefined, 'TypeError: seededRandom: seed must be …, got undefined']
  ])('%p -> %s', (seed, text) => {
    expect(thrown(() => seededRandom(seed as number))).toBe(text)
  })
})
