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
  floorDelay,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  type RetryPolicy,
  when
} from 'reprise'
import { neverStops } from '../../../src/policy/neverStops.js'

describe('neverStops', () => {
  const ends = limitRetries(2)(fixed(1))
  const same = mapDelay('same', (delay) => delay)

  it.each<[string, RetryPolicy, boolean, boolean?]>([
    ['exponential', exponential(1), true],
    ['linear', linear(1), true],
    ['fixed', fixed(1), true],
    ['fibonacci', fibonacci(1), true],
    ['decorrelated', decorrelated(1), true],
    ['delays', delays([1]), false],
    ['custom', custom('mine', () => 1), false],
    ['limitRetries', ends, false],
    ['limitElapsed', limitElapsed(1)(fixed(1)), false],
    ['limitDelay', limitDelay(1)(fixed(1)), false],
    ['limitTotalDelay', limitTotalDelay(1)(fixed(1)), false],
    ['both without an end', pipe(fixed(1), both(fixed(2))), true],
    ['both with one end', pipe(fixed(1), both(ends)), false],
    ['either with one end', pipe(fixed(1), either(ends)), true],
    ['either with two ends', pipe(ends, either(ends)), false],
    ['a stage without an end', pipe(ends, andThen(fixed(1))), true],
    ['stages with ends', pipe(ends, andThen(ends)), false],
    ['a stage with a limit of time, then none', pipe(fixed(1), limitElapsed(9), andThen(fixed(1))), true],
    [
      'the same, under a floor beyond the limit',
      pipe(fixed(1), limitElapsed(9), andThen(fixed(1)), floorDelay(10)),
      false
    ],
    [
      'the same, beside a longer wait',
      pipe(fixed(1), limitElapsed(9), andThen(fixed(1)), both(fixed(10))),
      false
    ],
    ['the same, before mapDelay', same(pipe(fixed(1), limitElapsed(9), andThen(fixed(1)))), false],
    [
      'a stage with a limit of time in a part, then none, under a floor',
      pipe(fixed(1), limitElapsed(9), both(fixed(2)), andThen(fixed(1)), floorDelay(10)),
      false
    ],
    ['stages without an end, under a floor', pipe(fixed(1), andThen(fixed(2)), floorDelay(10)), true],
    [
      'a stage without an end, then a limit of time, under a floor',
      pipe(fixed(1), andThen(pipe(fixed(1), limitElapsed(9))), floorDelay(10)),
      true
    ],
    [
      'either of a limit of time and none, under a floor',
      pipe(fixed(1), limitElapsed(9), either(fixed(1)), floorDelay(10)),
      true
    ],
    ['a stage with a count, then none, under a floor', pipe(ends, andThen(fixed(1)), floorDelay(10)), true],
    ['mapDelay without an end', same(fixed(1)), true],
    ['mapDelay with an end', same(ends), false],
    ['when without an end', pipe(fixed(1), when('A', fixed(1))), true],
    ['when with an end of what it chooses', pipe(fixed(1), when('A', ends)), false, true],
    ['when with an end of what it does not choose', pipe(ends, when('A', fixed(1))), false, false]
  ])('%s', (_, policy, every, main = every) => {
    expect(neverStops(policy)).toBe(every)
    expect(neverStops(policy, 'main')).toBe(main)
  })
})
