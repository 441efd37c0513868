import { pipe } from 'fp-ts/lib/function.js'
import {
  capDelay,
  custom,
  decorrelated,
  delays,
  exponential,
  immediate,
  type Jitter,
  type RetryPolicy,
  simulate,
  waits,
  withJitter
} from 'reprise'
import { replies, replyTo } from '../support/replies.js'

const justUnder1 = 1 - 2 ** -53
const seeds = Array.from({ length: 1000 }, (_, seed) => seed)

describe('full jitter', () => {
  it('J-01 full jitter 100, n = 0..5, 1000 draws each -> 0 <= delay < 100, 200, 400, 800, 1600, 3200', () => {
    const policy = pipe(exponential(100), withJitter('full'))
    const runs = seeds.map((seed) => waits(policy, 6, seed))
    for (const [n, bound] of [100, 200, 400, 800, 1600, 3200].entries()) {
      const draws = runs.map((run) => run[n]!)
      expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...draws)).toBeLessThan(bound)
      // The whole window is used, not a corner of it.
      expect(Math.min(...draws)).toBeLessThan(bound * 0.05)
      expect(Math.max(...draws)).toBeGreaterThan(bound * 0.95)
    }
  })

  it.each([
    [0, [0, 0, 0]],
    [0.5, [64, 128, 256]],
    [justUnder1, [127, 255, 511]]
  ])('J-02 full jitter, base 128, random %d -> %j', (random, expected) => {
    const policy = pipe(exponential(128), withJitter('full'))
    expect([0, 1, 2].map((retry) => replyTo(policy, { retry, random }))).toEqual(expected)
  })
})

describe('every jitter', () => {
  // "Half" (half fixed, half drawn) is 'equal' here.
  it.each<[string, (policy: RetryPolicy) => RetryPolicy]>([
    ['none', (policy) => policy],
    ['full', withJitter('full')],
    ['half', withJitter('equal')]
  ])(
    'J-04 %s, 99 steps, cap 30000, base 128 -> 0 <= delay <= min(30000, 128 * 2^k) at step k',
    (_, jitter) => {
      const policy = pipe(exponential(128), jitter, capDelay(30000))
      for (const seed of [1, 2, 3]) {
        const all = waits(policy, 99, seed)
        expect(all).toHaveLength(99)
        expect(
          all.filter((delay, i) => !(delay >= 0 && delay <= Math.min(30000, 128 * 2 ** (i + 1))))
        ).toEqual([])
      }
    }
  )

  // Decorrelated draws from [base, 3 x the last draw] here, so the bound at step k grows by 3.
  it('J-04 decorrelated, 99 steps, cap 30000, base 128 -> 0 <= delay <= min(30000, 128 * 3^k) at step k', () => {
    for (const seed of [1, 2, 3]) {
      const all = waits(pipe(decorrelated(128), capDelay(30000)), 99, seed)
      expect(all).toHaveLength(99)
      expect(all.filter((delay, i) => !(delay >= 0 && delay <= Math.min(30000, 128 * 3 ** (i + 1))))).toEqual(
        []
      )
    }
  })

  it('J-05 decorrelated, base 45000, cap 900000, 3000 steps -> never NaN, never negative', () => {
    for (const seed of [1, 2, 3]) {
      const all = waits(pipe(decorrelated(45000), capDelay(900000)), 3000, seed)
      expect(all).toHaveLength(3000)
      expect(all.filter((delay) => !(Number.isInteger(delay) && delay >= 0 && delay <= 900000))).toEqual([])
    }
  })

  it('J-08 jitter over a schedule that stops after one step -> still stops, only the delay changes', () => {
    const jittered = pipe(delays([100]), withJitter(0.5))
    expect(simulate(jittered, 3).map(({ _tag }) => _tag)).toEqual(['Retry', 'GiveUp'])
    expect(simulate(jittered, 3)[0]).toMatchObject({ from: 50, to: 150 })
    expect(new Set(seeds.map((seed) => replies(jittered, 3, seed)[0])).size).toBeGreaterThan(50)
  })

  // A range is the window of a custom schedule; 1 itself is never drawn, and a wait is rounded down.
  it.each([
    [0, 10],
    [0.25, 32],
    [0.5, 55],
    [0.75, 77],
    [justUnder1, 99]
  ])('J-09 range 10..100, random %d -> %d', (random, expected) => {
    expect(
      replyTo(
        custom('range', () => ({ from: 10, to: 100 })),
        { random }
      )
    ).toBe(expected)
  })

  it.each<Jitter>([0.5, 1, 'full', 'equal'])('J-15 jitter %s without any delay -> 0 stays 0', (jitter) => {
    expect(waits(pipe(immediate, withJitter(jitter)), 4, 15)).toEqual([0, 0, 0, 0])
  })
})
