import { seededRandom } from 'reprise/testing'
import { type Distribution, sampler } from '../../../src/lab/Distribution.js'
import { badDurations, message, refuses } from '../../support/bad.js'

/** A random that gives these numbers. */
const drawing = (...draws: ReadonlyArray<number>) => {
  const left = [...draws]
  return () => left.shift()!
}

// In a standard normal drawn from two uniforms, this is the one that makes the radius 2; the other turns it.
const radius2 = 1 - Math.exp(-2)

describe('sampler', () => {
  const rows: ReadonlyArray<[Distribution, ReadonlyArray<number>, number]> = [
    [0, [], 0],
    [12.5, [], 12.5],
    ['2s', [], 2000],
    [{ uniform: [10, 20] }, [0], 10],
    [{ uniform: [10, 20] }, [0.25], 12.5],
    [{ uniform: ['1s', '2s'] }, [0.5], 1500],
    [{ uniform: [7, 7] }, [0.9], 7],
    [{ normal: [10, 2] }, [radius2, 0], 14],
    [{ normal: [10, 2] }, [radius2, 0.25], 10],
    [{ normal: [10, 2] }, [radius2, 0.5], 6],
    [{ normal: ['10ms', 0] }, [radius2, 0.5], 10],
    // 1 - 2 * 2 = -3
    [{ normal: [1, 2] }, [radius2, 0.5], 3],
    [{ exponential: 100 }, [0], 0],
    [{ exponential: 100 }, [1 - 1 / Math.E], 100],
    [{ exponential: '1s' }, [1 - 1 / Math.E ** 3], 3000],
    [{ exponential: 0 }, [0.5], 0],
    [{ logNormal: [50, 0.5] }, [radius2, 0], 135.914091],
    [{ logNormal: [50, 0.5] }, [radius2, 0.25], 50],
    [{ logNormal: ['50ms', 0.5] }, [radius2, 0.5], 18.393972],
    [{ logNormal: [50, 0] }, [radius2, 0], 50]
  ]
  it.each(rows)('%j, drawing %j -> %d', (distribution, draws, ms) => {
    expect(sampler('latency', distribution)(drawing(...draws))).toBeCloseTo(ms, 5)
  })

  const extremes: ReadonlyArray<Distribution> = [
    { uniform: [0, 2 ** 53 - 1] },
    { normal: [2 ** 53 - 1, 2 ** 53 - 1] },
    { exponential: 2 ** 53 - 1 },
    { logNormal: [2 ** 53 - 1, 10] }
  ]
  it.each(extremes)('%j, from the least to the greatest draw -> a finite time', (distribution) => {
    for (const [a, b] of [
      [0, 0],
      [0, 0.5],
      [1 - 2 ** -53, 0],
      [1 - 2 ** -53, 0.5]
    ] as const) {
      const ms = sampler('latency', distribution)(drawing(a, b))
      expect(Number.isFinite(ms) && ms >= 0).toBe(true)
    }
  })

  // Mean, median and 99th percentile by theory: of a normal, 2.3263 deviations above the mean.
  it.each([
    [{ uniform: [10, 30] }, 20, 20, 29.8],
    [{ normal: [10, 2] }, 10, 10, 14.653],
    [{ exponential: 100 }, 100, 69.31, 460.5],
    [{ logNormal: [50, 0.5] }, 56.66, 50, 160],
    [{ logNormal: [50, 1] }, 82.44, 50, 512]
  ] as ReadonlyArray<[Distribution, number, number, number]>)(
    '%j, 20,000 times -> mean %d, median %d, p99 %d',
    (distribution, mean, median, p99) => {
      const random = seededRandom(1)
      const draw = sampler('latency', distribution)
      const drawn = Float64Array.from({ length: 20_000 }, () => draw(random)).sort()
      const within = (found: number, theory: number): number => Math.abs(found / theory - 1)
      expect(within(drawn.reduce((sum, each) => sum + each, 0) / 20_000, mean)).toBeLessThan(0.03)
      expect(within(drawn[10_000]!, median)).toBeLessThan(0.03)
      expect(within(drawn[19_800]!, p99)).toBeLessThan(0.06)
    }
  )

  it('the same scenario sampled twice -> keeps nothing from the first time', () => {
    const draw = sampler('latency', { normal: [10, 2] })
    draw(drawing(radius2, 0))
    expect(draw(drawing(radius2, 0.5))).toBeCloseTo(6, 5)
  })
})

describe('sampler, of what is none', () => {
  // An object is none for another reason.
  const durations = badDurations.filter(([input]) => typeof input !== 'object' || input === null)
  refuses('latency', durations, (ms) => sampler('latency', ms))
  refuses('latency.exponential', badDurations, (ms) => sampler('latency', { exponential: ms }))
  refuses('latency.normal', badDurations, (ms) => sampler('latency', { normal: [ms, 1] }))
  refuses('latency.normal', badDurations, (ms) => sampler('latency', { normal: [1, ms] }))
  refuses('latency.uniform', badDurations, (ms) => sampler('latency', { uniform: [ms, 1] }))
  refuses('latency.logNormal', badDurations, (ms) => sampler('latency', { logNormal: [ms, 1] }))

  it.each([
    [{ uniform: [2, 1] }, 'TypeError: latency.uniform must be from less to more, got 2,1'],
    [{ uniform: [1] }, 'TypeError: latency.uniform must be a pair, got 1'],
    [{ uniform: 5 }, 'RangeError: latency.uniform must be a pair, got 5'],
    [{ normal: [1, 2, 3] }, 'TypeError: latency.normal must be a pair, got 1,2,3'],
    [{ logNormal: [1, -1] }, 'RangeError: latency.logNormal must be with a sigma from 0 to 10, got -1'],
    [{ logNormal: [1, 10.1] }, 'RangeError: latency.logNormal must be with a sigma from 0 to 10, got 10.1'],
    [{ logNormal: [1, NaN] }, 'RangeError: latency.logNormal must be with a sigma from 0 to 10, got NaN'],
    [{ logNormal: [1, '1'] }, 'RangeError: latency.logNormal must be with a sigma from 0 to 10, got "1"'],
    [
      {},
      'TypeError: latency must be a duration, or one of uniform, normal, exponential, logNormal, got [object Object]'
    ],
    [
      { uniform: [1, 2], exponential: 3 },
      'TypeError: latency must be a duration, or one of uniform, normal, exponential, logNormal, got [object Object]'
    ],
    [[], 'TypeError: latency must be a duration, or one of uniform, normal, exponential, logNormal, got '],
    [
      { gamma: 1 },
      "TypeError: latency: there is no option 'gamma'; there are uniform, normal, exponential, logNormal"
    ]
  ])('%j -> %s', (given, error) => {
    expect(message(() => sampler('latency', given as Distribution))).toBe(error)
  })
})
