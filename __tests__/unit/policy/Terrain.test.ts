import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  custom,
  decorrelated,
  delays,
  either,
  exponential,
  fibonacci,
  fixed,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  type RetryPolicy,
  when
} from 'reprise'
import type { Cause } from '../../../src/policy/Failure.js'
import { planOf } from '../../../src/policy/step.js'
import { type Terrain, terrainOf } from '../../../src/policy/Terrain.js'

const cause: Cause<unknown, unknown> = { _tag: 'Failed', error: 'x' }
const of = (policy: RetryPolicy): Terrain | undefined => terrainOf(policy, planOf(policy), [cause])

const once = limitRetries(1)

describe('terrainOf', () => {
  it('one kind of failure -> what it was given', () => {
    const plan = planOf(fixed(100))
    expect(terrainOf(fixed(100), plan, [cause])).toEqual({
      plan,
      cause,
      events: [],
      settled: 0,
      horizon: 0,
      drifting: false
    })
  })

  it('several kinds of failures, or none -> undefined', () => {
    const plan = planOf(fixed(100))
    expect(terrainOf(fixed(100), plan, [cause, cause])).toBeUndefined()
    expect(terrainOf(fixed(100), plan, [])).toBeUndefined()
  })

  it.each<[string, RetryPolicy, ReadonlyArray<number>]>([
    ['counts', pipe(fixed(100), limitRetries(5), both(pipe(fixed(10), limitRetries(7)))), [5, 7]],
    ['no count', fixed(100), []],
    ['a list -> every retry in it', delays([10, 250, 50]), [1, 2, 3]]
  ])('%s -> events', (_, policy, events) => {
    expect(of(policy)?.events).toEqual(events)
  })

  // 2^53 - 1 is where waits saturate, 2^-1074 the least number above 0.
  it.each<[string, RetryPolicy, number]>([
    // 1 · 2^53, after 53 retries and 2 to be sure of it.
    ['exponential growth', exponential(1), 55],
    ['exponential growth of more', exponential(8), 52],
    // 8 · 4^25 = 2^53
    ['steeper growth', exponential(8, 4), 27],
    // 8 · 2^-1077 = 2^-1074
    ['decay', exponential(8, 0.5), 1079],
    ['decay to 0 at once', exponential(8, 0), 2],
    ['exponential, but constant', exponential(8, 1), 0],
    ['growth of nothing', exponential(0), 0],
    ['decay of nothing', exponential(0, 0.5), 0],
    ['linear', linear(991, 1000), 9_007_199_254_741],
    ['linear, but constant', linear(100, 0), 0],
    // ln(2^53) / ln(1.6) = 78.16, ln(100) / ln(1.6) = 9.80
    ['fibonacci', fibonacci(1), 81.16],
    ['fibonacci of more', fibonacci(100), 71.36],
    ['fibonacci of nothing', fibonacci(0), 0],
    ['the latest of all', pipe(exponential(1), both(exponential(8)), both(fixed(1))), 55]
  ])('%s -> when it is settled', (_, policy, settled) => {
    expect(of(policy)?.settled).toBeCloseTo(settled, 2)
  })

  it.each<[string, RetryPolicy]>([
    ['fixed', fixed(1)],
    ['decorrelated', decorrelated(1)],
    ['delays', delays([])],
    ['custom', custom('f', () => 1)],
    ['both', pipe(fixed(1), both(fixed(2)))],
    ['either', pipe(fixed(1), either(fixed(2)))],
    ['andThen', pipe(fixed(1), andThen(fixed(2)))],
    [
      'mapDelay',
      pipe(
        fixed(1),
        mapDelay('f', (ms) => ms)
      )
    ],
    ['when', pipe(fixed(1), when('A', fixed(2)))]
  ])('%s -> settled from the start', (_, policy) => {
    expect(of(policy)?.settled).toBe(0)
  })

  it.each<[string, RetryPolicy, boolean]>([
    ['growth beside growth', pipe(linear(100), both(exponential(1))), true],
    ['growth beside what stays', pipe(linear(100), both(fixed(1))), true],
    ['decay beside decay', pipe(exponential(100, 0.5), both(exponential(1, 0.25))), true],
    ['decay beside what stays', pipe(exponential(100, 0.5), both(fixed(1))), true],
    ['growth beside a constant exponential', pipe(linear(100), both(exponential(1, 1))), true],
    ['growth beside decay of nothing', pipe(linear(100), both(exponential(0, 0.5))), true],
    ['decay beside growth of nothing', pipe(exponential(100, 0.5), both(exponential(0))), true],
    ['decay beside a constant exponential', pipe(exponential(100, 0.5), both(exponential(1, 1))), true],
    ['growth beside decay', pipe(linear(100), both(exponential(1, 0.5))), false],
    ['decay beside growth', pipe(exponential(100, 0.5), either(pipe(fibonacci(1), once))), false]
  ])('%s -> waits move in one direction: %p', (_, policy, expected) => {
    expect(of(policy) !== undefined).toBe(expected)
  })

  it.each<[string, RetryPolicy, number]>([
    ['a limit of the time elapsed', pipe(fixed(1), limitElapsed(500)), 500],
    ['a limit of the sum', pipe(fixed(1), limitTotalDelay(400)), 400],
    ['the later of both', pipe(fixed(1), limitElapsed(500), limitTotalDelay(400)), 500],
    [
      'those of parts, too',
      pipe(fixed(1), limitElapsed(500), andThen(pipe(fixed(1), limitElapsed(600)))),
      600
    ]
  ])('%s -> the horizon', (_, policy, horizon) => {
    expect(of(policy)?.horizon).toBe(horizon)
  })

  it('decorrelated, in any part -> drifting', () => {
    expect(of(decorrelated(1))?.drifting).toBe(true)
    expect(of(pipe(fixed(1), both(decorrelated(1))))?.drifting).toBe(true)
  })
})
