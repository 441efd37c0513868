import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  both,
  capDelay,
  custom,
  delays,
  exponential,
  fixed,
  immediate,
  limitRetries,
  mapDelay,
  never,
  PolicyEq,
  retryOn,
  type RetryPolicy,
  when,
  withJitter
} from 'reprise'
import { sameData } from '../../../src/policy/Eq.js'

describe('sameData', () => {
  const f = () => 1
  class Point {
    readonly x = 1
  }

  it.each<[string, unknown, unknown, boolean]>([
    ['NaN and NaN -> true', NaN, NaN, true],
    ['0 and -0 -> true', 0, -0, true],
    ['1 and 1 -> true', 1, 1, true],
    ['1 and "1" -> false', 1, '1', false],
    ['null and undefined -> false', null, undefined, false],
    ['undefined and {} -> false', undefined, {}, false],
    ['{} and undefined -> false', {}, undefined, false],
    ['{} and 5 -> false', {}, 5, false],
    ['5 and {} -> false', 5, {}, false],
    ['{} and a date -> false', {}, new Date(0), false],
    ['{} and [] -> false', {}, [], false],
    ['[] and {} -> false', [], {}, false],
    ['lists of the same -> true', [1, [2]], [1, [2]], true],
    ['lists of other lengths -> false', [1], [1, 2], false],
    ['objects of the same, in another order -> true', { a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }, true],
    ['objects with another value -> false', { a: 1 }, { a: 2 }, false],
    ['objects with another key -> false', { a: undefined }, { b: undefined }, false],
    ['objects with one key more -> false', { a: 1 }, { a: 1, b: 2 }, false],
    [
      'without a prototype -> data as well',
      Object.assign(Object.create(null) as object, { a: 1 }),
      { a: 1 },
      true
    ],
    ['the same function -> true', f, f, true],
    ['two functions -> false', f, () => 1, false],
    ['two instances of a class -> false: compared by identity', new Point(), new Point(), false],
    ['two dates -> false: compared by identity', new Date(0), new Date(0), false]
  ])('%s', (_, a, b, expected) => {
    expect(sameData(a, b)).toBe(expected)
  })
})

describe('PolicyEq', () => {
  const one = (): number => 1

  it.each<[string, RetryPolicy, RetryPolicy, boolean]>([
    ["'1s' and 1000 -> true", exponential('1s'), exponential(1000), true],
    ['another factor -> false', exponential(1000), exponential(1000, 3), false],
    [
      'another order in the pipe -> true',
      pipe(fixed(1), capDelay(5), limitRetries(2)),
      pipe(fixed(1), limitRetries(2), capDelay(5)),
      true
    ],
    [
      'jitters in another order -> false',
      pipe(fixed(1), withJitter(0.5), withJitter('full')),
      pipe(fixed(1), withJitter('full'), withJitter(0.5)),
      false
    ],
    ['fixed(0) and immediate -> true', fixed(0), immediate, true],
    ['delays([]) and never -> true', delays([]), never, true],
    [
      'sides changed -> false, though they decide alike',
      pipe(fixed(1), both(fixed(2))),
      pipe(fixed(2), both(fixed(1))),
      false
    ],
    ['the same function -> true', custom('one', one), custom('one', one), true],
    ['another function of the same name -> false', custom('one', () => 1), custom('one', () => 1), false],
    [
      'the same mapDelay -> true',
      pipe(fixed(1), mapDelay('abs', Math.abs)),
      pipe(fixed(1), mapDelay('abs', Math.abs)),
      true
    ],
    [
      'the same conditions -> true',
      pipe(fixed(1), retryOn(['A', TypeError])),
      pipe(fixed(1), retryOn(['A', TypeError])),
      true
    ],
    ['other conditions -> false', pipe(fixed(1), retryOn('A')), pipe(fixed(1), abortOn('A')), false],
    ['the same when -> true', pipe(fixed(1), when('A', fixed(2))), pipe(fixed(1), when('A', fixed(2))), true],
    ['one setting more -> false', fixed(1), pipe(fixed(1), limitRetries(1)), false]
  ])('%s', (_, a, b, expected) => {
    expect([PolicyEq.equals(a, b), PolicyEq.equals(b, a)]).toEqual([expected, expected])
  })
})
