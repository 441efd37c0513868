/** What all rules have in common that let amounts flow evenly: token bucket, leaky bucket and GCRA, which decide alike. */
import type { Algorithm, Rule } from '../../src/resource/Rate.js'

export const rule: Rule = { capacity: 10, per: 1000 }

export type Step = readonly [now: number, amount: number]

/** The state after taking these amounts. */
export const after = <S>(algorithm: Algorithm<S>, steps: ReadonlyArray<Step>, of = rule): S =>
  steps.reduce((state, [now, amount]) => algorithm.take(of, state, amount, now), algorithm.start(of))

/** Tests a rule by which 10 per second flow, and at most 10 are saved up. */
export const flowsEvenly = <S>(algorithm: Algorithm<S>): void => {
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

  it('a clock that goes back, and some left -> ready since it was last taken from', () => {
    expect(algorithm.readyAt(rule, after(algorithm, [[1000, 4]]), 6)).toBe(1000)
  })
}
