import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  capDelay,
  decorrelated,
  either,
  exponential,
  fixed,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  when,
  withJitter,
  type RetryPolicy
} from 'reprise'
import type { Place } from '../../../src/policy/Place.js'
import { all, inShort, leapOf, type Row } from '../../support/leaps.js'

const full = withJitter('full')

describe('leap', () => {
  describe('roughly', () => {
    const sixty = limitRetries(60)
    const within = pipe(exponential(100), full, limitDelay(1000), limitRetries(20))

    it.each<[string, RetryPolicy, number, Row extends [string, RetryPolicy, ...infer Rest] ? Rest : never]>([
      // From 300, with waits of 400 and 800.
      ['growth', pipe(exponential(100), sixty), 2, [4, 1100, 1900, 800, 'longest']],
      ['more of it', pipe(exponential(100), sixty), 3, [5, 1500, 5100, 1600, 'longest']],
      ['up to an event', pipe(exponential(100), limitRetries(6)), 30, [6, 1900, 13_100, 3200, 'longest']],
      // From 150, with waits of 25, 12 and 6.
      ['decay', pipe(exponential(100, 0.5), sixty), 3, [5, 168, 225, 25, 'longest']],
      ['waits up to a limit', within, 3, [5, 0, 3298, 1000, '']],
      ['waits below a limit', within, 2, [4, 0, 1896, 799, '']],
      [
        'a limit of the sum',
        pipe(exponential(100), full, limitTotalDelay(5000), sixty),
        3,
        [5, 0, 5000, 1599, '']
      ],
      // [200, 600], [333, 1000]: that is how windows of half the length are scaled; it is rounded.
      ['a cap', pipe(exponential(100), withJitter(0.5), capDelay(900), sixty), 2, [4, 548, 2250, 900, '']]
    ])('%s -> waits that are not exceeded', (_, policy, rough, expected) => {
      const made = leapOf(policy, 2, rough)
      expect(inShort(made)).toEqual(expected)
      expect(made?.over).toBe(false)
    })

    it('fewer than two -> undefined', () => {
      expect(leapOf(pipe(exponential(100), sixty), 2, 1)).toBeUndefined()
    })
  })

  describe('what is known of a place', () => {
    it.each<[string, RetryPolicy, number, Partial<Place>, string]>([
      [
        'the least',
        pipe(fixed(100), limitRetries(10)),
        0,
        { lowReached: false },
        'most, all between, longest'
      ],
      ['the most', pipe(fixed(100), limitRetries(10)), 0, { highReached: false }, 'least, all between'],
      ['what is between', pipe(fixed(100), limitRetries(10)), 0, { filled: false }, 'least, longest'],
      [
        'the least, with a limit',
        pipe(fixed(100), limitElapsed(1000)),
        0,
        { lowReached: false },
        'most, all between'
      ],
      [
        'the most, with a limit',
        pipe(fixed(100), limitElapsed(1000)),
        0,
        { highReached: false },
        'least, all between, longest'
      ],
      ['the most, of growth without end', exponential(100), 0, { highReached: false }, 'least, all between']
    ])('%s is not reached -> nor is what follows', (_, policy, rough, known, expected) => {
      expect(inShort(leapOf(policy, 2, rough, known))?.[4]).toBe(expected)
    })
  })

  describe('a limit that moves on with those who wait', () => {
    // Up to 100 ms there are waits of up to 9 ms, after that of up to 5 ms.
    const moving = (elapsed: number): RetryPolicy =>
      pipe(fixed(10), limitElapsed(elapsed), either(pipe(fixed(10), limitDelay(5))), full, limitRetries(15))

    it('it cuts waits off on the way -> undefined, or roughly', () => {
      expect(leapOf(moving(100), 2, 0)).toBeUndefined()
      expect(inShort(leapOf(moving(100), 2, 5))).toEqual([15, 0, 135, 9, 'least, longest'])
    })

    it('there is no time for any wait after that -> as late as that', () => {
      const policy = pipe(
        fixed(10),
        limitElapsed(100),
        either(pipe(fixed(10), limitDelay(0))),
        full,
        limitRetries(15)
      )
      expect(inShort(leapOf(policy, 2, 5))).toEqual([15, 0, 101, 9, 'least, longest'])
    })

    it('it never comes to that -> exact', () => {
      expect(inShort(leapOf(moving(1000), 2, 0))).toEqual([15, 0, 135, 9, all])
    })

    it('it just does not -> exact', () => {
      // At 126 ms there is time for another 9.
      expect(leapOf(moving(134), 2, 0)).toBeUndefined()
      expect(inShort(leapOf(moving(135), 2, 0))).toEqual([15, 0, 135, 9, all])
    })
  })

  describe('where windows depend on the wait drawn last', () => {
    it('it stays the same -> no wait is longer', () => {
      const made = leapOf(pipe(decorrelated(100), capDelay(1000), limitRetries(20)), 8, 0)
      expect(inShort(made)).toEqual([20, 798, 19_199, 1000, ''])
    })

    it.each<[string, RetryPolicy, number]>([
      ['both ends move', pipe(decorrelated(100), capDelay(1000), limitRetries(20)), 3],
      ['the longest wait grows', pipe(decorrelated(100), limitRetries(20)), 3],
      [
        'it is the same by chance, for a new stage',
        pipe(fixed(100), limitRetries(5), andThen(pipe(decorrelated(100), limitRetries(9)))),
        6
      ],
      [
        'it is the same, and another part grows',
        pipe(decorrelated(100), capDelay(1000), both(linear(1, 1)), limitRetries(2000)),
        8
      ],
      // What lies between [0.03, 0.1] and [0.03, 5] is scaled.
      [
        'it is the same, and another part may grow',
        pipe(decorrelated(0.1), capDelay(5), both(linear(0, 1e-9)), limitRetries(20)),
        8
      ]
    ])('%s -> undefined', (_, policy, turns) => {
      expect(leapOf(policy, turns, 0)).toBeUndefined()
      expect(leapOf(policy, turns, 5)).toBeUndefined()
    })

    it('parts that never begin -> do not matter', () => {
      const policy = pipe(fixed(10), when('X', pipe(decorrelated(100), capDelay(1000))), when('Y', fixed(1)))
      expect(inShort(leapOf(policy, 8, 0))).toEqual([Infinity, Infinity, Infinity, 1000, ''])
      expect(leapOf(policy, 3, 0)).toBeUndefined()
    })

    it('no end -> the end of the call', () => {
      const made = leapOf(pipe(decorrelated(100), capDelay(1000)), 8, 0)
      expect(inShort(made)).toEqual([Infinity, Infinity, Infinity, 1000, ''])
      expect(made?.over).toBe(true)
    })
  })
})
