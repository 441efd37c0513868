import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  capDelay,
  either,
  exponential,
  fixed,
  floorDelay,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  withJitter,
  type RetryPolicy
} from 'reprise'
import { all, inShort, leapOf, type Row } from '../../support/leaps.js'

const longest = 9_007_199_254_740_991
const full = withJitter('full')

describe('leap', () => {
  it.each<Row>([
    ['a count', pipe(fixed(100), limitRetries(10)), 10, 1000, 1000, 100, all],
    ['just far enough', pipe(fixed(100), limitRetries(5)), 5, 500, 500, 100, all],
    // [50, 150], the end of which is drawn.
    ['jitter', pipe(fixed(100), withJitter(0.5), limitRetries(10)), 10, 500, 1500, 150, all],
    [
      'several counts',
      pipe(fixed(100), limitRetries(10), either(pipe(fixed(100), limitRetries(20)))),
      10,
      1000,
      1000,
      100,
      all
    ],
    ['no wait', pipe(fixed(0), limitRetries(10)), 10, 0, 0, 0, all],
    [
      'less than a millisecond',
      pipe(exponential(0.9, 0.5), withJitter('equal'), limitRetries(10)),
      10,
      0,
      0,
      0,
      all
    ],
    // Of [50, 150], 240 ms at most before.
    [
      'a limit of a wait within jitter',
      pipe(fixed(100), withJitter(0.5), limitDelay(120), limitRetries(10)),
      10,
      500,
      1200,
      120,
      all
    ],
    // 100.2 ms so far, and 100.9 at last.
    ['growth by less than a millisecond', pipe(linear(100, 0.1), limitRetries(10)), 10, 1000, 1000, 100, all],
    ['a limit of a wait', pipe(fixed(100), limitDelay(200), limitRetries(10)), 10, 1000, 1000, 100, all],
    [
      'a limit of a wait that cuts jitter off',
      pipe(fixed(100), full, limitDelay(50), limitRetries(10)),
      10,
      0,
      500,
      50,
      all
    ],
    [
      'a limit of the time that does not matter',
      pipe(fixed(100), limitElapsed(1000), limitRetries(10)),
      10,
      1000,
      1000,
      100,
      all
    ],
    // [0, 100): 198 ms at most before.
    [
      'a limit of the time that some get to',
      pipe(fixed(100), full, limitElapsed(450.5), limitRetries(10)),
      10,
      0,
      450,
      99,
      all
    ],
    // Sums beyond 2^53 are rounded, otherwise than if they are added up.
    [
      'long waits',
      pipe(fixed(2 ** 50), limitRetries(10)),
      10,
      10 * 2 ** 50,
      10 * 2 ** 50,
      2 ** 50,
      'least, all between, longest'
    ],
    [
      'waits of just as much',
      pipe(fixed(2 ** 50), limitRetries(8)),
      8,
      2 ** 53,
      2 ** 53,
      2 ** 50,
      'least, all between, longest'
    ]
  ])('%s -> up to the next event', (_, policy, ...expected) => {
    expect(inShort(leapOf(policy, 2, 0))).toEqual(expected)
    expect(leapOf(policy, 2, 0)?.over).toBe(false)
  })

  it.each<Row>([
    ['a limit of the time', pipe(fixed(100), limitElapsed(1000)), 10, 1000, 1000, 100, all],
    [
      'time for less than a wait',
      pipe(fixed(100), limitElapsed(1099), limitRetries(20)),
      10,
      1000,
      1000,
      100,
      all
    ],
    ['a limit of the sum', pipe(fixed(100), limitTotalDelay(1000)), 10, 1000, 1000, 100, all],
    [
      'a limit of the time with jitter',
      pipe(fixed(100), withJitter(0.5), limitElapsed(1050)),
      21,
      1050,
      1050,
      150,
      all
    ],
    ['no end', fixed(100), Infinity, Infinity, Infinity, 100, all],
    ['no end, and no wait', fixed(0), Infinity, 0, 0, 0, all],
    [
      'no end of waits that may be none',
      pipe(fixed(100), full, limitElapsed(450)),
      Infinity,
      0,
      450,
      99,
      all
    ],
    ['no end of limited waits', pipe(fixed(100), full, limitDelay(50)), Infinity, 0, Infinity, 50, all],
    ['growth without end', exponential(100), Infinity, Infinity, Infinity, longest, all],
    // [0, 2^53 - 1)
    ['growth with jitter', pipe(exponential(100), full), Infinity, 0, Infinity, longest - 1, all],
    ['growth up to a cap', pipe(exponential(100), full, capDelay(1000)), Infinity, 0, Infinity, 999, all],
    ['growth up to a limit', pipe(exponential(100), full, limitElapsed(5000)), Infinity, 0, 5000, 5000, all],
    // It has grown by less than 1000 / 2^53 at the end of all counts, and goes on.
    [
      'growth that saturates nowhere',
      linear(100, 2 ** -40),
      Infinity,
      Infinity,
      Infinity,
      Infinity,
      'least, most, all between'
    ]
  ])('%s -> to the end of the call', (_, policy, ...expected) => {
    expect(inShort(leapOf(policy, 2, 0))).toEqual(expected)
    expect(leapOf(policy, 2, 0)?.over).toBe(true)
  })

  it.each<[string, RetryPolicy, number]>([
    ['an event that is near', pipe(fixed(100), limitRetries(4)), 2],
    ['the call ends there', pipe(fixed(100), limitElapsed(299)), 2],
    ['the next count begins', pipe(fixed(100), limitRetries(2), andThen(fixed(10))), 2],
    ['waits grow', pipe(exponential(100), limitRetries(60)), 2],
    ['waits shrink', exponential(100, 0.5), 2],
    ['waits grow up to a limit', pipe(exponential(100), full, limitDelay(1000), limitRetries(20)), 2],
    ['waits are in time and grow', pipe(exponential(100), limitDelay(400), limitRetries(20)), 2],
    // 100.6, 100.9, 101.2
    ['waits grow by less than a millisecond', pipe(linear(100, 0.3), limitDelay(100), limitRetries(20)), 2],
    ['windows grow by less than a millisecond', pipe(linear(100, 0.3), full, limitRetries(20)), 2],
    // [0.3, 1], the end of which is not drawn.
    [
      'windows shrink to less than a millisecond',
      pipe(exponential(3.2, 0.5), withJitter('equal'), withJitter(0.25), limitRetries(10)),
      2
    ],
    // Windows of half their length are scaled to 1000, and that is rounded.
    [
      'windows are scaled by a cap',
      pipe(exponential(100), withJitter('equal'), capDelay(1000), limitRetries(100)),
      8
    ],
    [
      'some windows are raised to one wait, and some are not',
      pipe(exponential(10), withJitter('equal'), floorDelay(1000.5), limitDelay(1000), limitRetries(8)),
      4
    ],
    [
      'the next count begins, within',
      pipe(fixed(100), limitRetries(2), andThen(pipe(fixed(50), limitRetries(3), andThen(fixed(10))))),
      5
    ]
  ])('%s -> undefined', (_, policy, turns) => {
    expect(leapOf(policy, turns, 0)).toBeUndefined()
  })

  it('windows that a cap scales alike, since growth has saturated -> all are known', () => {
    // 2^53, 2 retries ago.
    const policy = pipe(exponential(1), withJitter('equal'), capDelay(1000), limitRetries(100))
    expect(leapOf(policy, 54, 0)).toBeUndefined()
    expect(leapOf(policy, 55, 0)?.to.low.retry).toBe(100)
    const later = pipe(fixed(10), limitRetries(60), andThen(policy))
    expect(leapOf(later, 72, 0)).toBeUndefined()
  })

  it('no end, up to a cap -> as long as that', () => {
    const policy = pipe(exponential(100), withJitter('equal'), capDelay(1000))
    expect(inShort(leapOf(policy, 5, 0))).toEqual([Infinity, Infinity, Infinity, 1000, all])
  })

  describe('counts of parts', () => {
    const staged = pipe(fixed(100), limitRetries(3), andThen(pipe(fixed(10), limitRetries(20))))

    it('those that go on -> move on', () => {
      const made = leapOf(staged, 7, 0)
      expect(inShort(made)).toEqual([20, 470, 470, 10, all])
      expect(made?.to.low.memory).toEqual([{ retry: 17, slept: 40, drawn: 10 }])
      expect(made?.to.high.memory).toEqual([{ retry: 17, slept: 40, drawn: 10 }])
    })

    it('those that have stopped -> stay', () => {
      const policy = pipe(
        fixed(100),
        limitRetries(2),
        andThen(pipe(fixed(50), limitRetries(2))),
        andThen(pipe(fixed(10), withJitter(0.5), limitRetries(20)))
      )
      // [5, 15], the end of which is not drawn: four times, and twelve times more.
      const made = leapOf(policy, 8, 0)
      expect(inShort(made)).toEqual([20, 380, 524, 14, all])
      // The second stage was asked a third time, to be over.
      expect(made?.to.low.memory).toMatchObject([{ retry: 3 }, { retry: 16 }])
    })

    it('an event that has passed -> is none', () => {
      // The second stage has counted to 4, too.
      const policy = pipe(fixed(100), limitRetries(4), andThen(fixed(10)))
      expect(inShort(leapOf(policy, 8, 0))).toEqual([Infinity, Infinity, Infinity, 10, all])
    })

    it('the whole counts on, too -> whichever event comes first', () => {
      expect(leapOf(pipe(staged, limitRetries(15)), 7, 0)?.to.low.retry).toBe(15)
    })
  })
})
