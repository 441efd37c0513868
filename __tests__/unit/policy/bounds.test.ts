import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  type Bounds,
  bounds,
  capDelay,
  custom,
  decorrelated,
  delayFrom,
  delays,
  either,
  exponential,
  fibonacci,
  fixed,
  floorDelay,
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  never,
  retryOn,
  type RetryPolicy,
  when,
  withJitter
} from 'reprise'
import { thrown } from '../../support/bad.js'

const longest = 9_007_199_254_740_991
const three = limitRetries(3)
const hint = (): number | undefined => undefined

describe('bounds', () => {
  it.each<[string, RetryPolicy, Bounds['retries'], Bounds['totalDelay'], Bounds['delay']]>([
    ['exponential', pipe(exponential(100), three), 3, 700, 400],
    ['linear', pipe(linear(100), three), 3, 600, 300],
    ['fixed', pipe(fixed(100), three), 3, 300, 100],
    ['fibonacci', pipe(fibonacci(100), three), 3, 400, 200],
    // The greatest draw is the last number below 1: 100 + u·200 rounds to 300, the next ones lie below 900 and 2700.
    ['decorrelated', pipe(decorrelated(100), three), 3, 300 + 899 + 2699, 2699],
    ['delays', delays([10, 250, 50]), 3, 310, 250],
    ['never', never, 0, 0, 0],
    ['no retry', pipe(exponential(100), limitRetries(0)), 0, 0, 0],
    ['without a limit', exponential(100), 'unbounded', 'unbounded', 'unbounded'],
    ['without a limit, under a cap', pipe(exponential(100), capDelay(1000)), 'unbounded', 'unbounded', 1000],
    ['immediate', immediate, 'unbounded', 0, 0],
    // 100, 50, 25, 12, 6, 3, 1, 0 …
    ['shrinking', exponential(100, 0.5), 'unbounded', 197, 100],
    ['less than a millisecond', pipe(fixed(0.5), withJitter(0.5)), 'unbounded', 0, 0],
    ['so many that waits saturate', pipe(exponential(1), limitRetries(60)), 60, longest * 8, longest],
    ['full jitter', pipe(fixed(100), withJitter('full'), three), 3, 297, 99],
    // The second stage begins where a leap could, with a count of its own.
    [
      'so many that it leaps, in two stages',
      pipe(fixed(10), limitRetries(7), andThen(pipe(fixed(20), limitRetries(10_000)))),
      10_007,
      200_070,
      20
    ],
    // 50 + u·50 rounds to 100.
    ['equal jitter', pipe(fixed(100), withJitter('equal'), three), 3, 300, 100],
    ['floor', pipe(exponential(100), floorDelay(150), three), 3, 150 + 200 + 400, 400],
    ['cap', pipe(exponential(100), capDelay(150), three), 3, 400, 150],
    ['limitDelay', pipe(exponential(100), limitDelay(400)), 3, 700, 400],
    ['limitTotalDelay', pipe(fixed(300), limitTotalDelay(1000)), 3, 900, 300],
    ['limitElapsed', pipe(fixed(250), limitElapsed(1000)), 4, 1000, 250],
    // 20 waits of 50, or fewer of up to 50 + u·100, which rounds to 150.
    ['jitter under limitTotalDelay', pipe(fixed(100), withJitter(0.5), limitTotalDelay(1000)), 20, 1000, 150],
    ['both', pipe(exponential(100), both(pipe(fixed(300), three))), 3, 300 + 300 + 400, 400],
    ['either', pipe(delays([1000]), either(pipe(fixed(500), three))), 3, 1500, 500],
    ['andThen', pipe(fixed(100), limitRetries(2), andThen(delays([1000]))), 3, 1200, 1000],
    ['when', pipe(fixed(100), limitRetries(2), when('A', delays([1000]))), 3, 1200, 1000],
    ['retryOn', pipe(fixed(100), three, retryOn('A')), 3, 300, 100],
    [
      'mapDelay',
      pipe(
        fixed(100),
        three,
        mapDelay('f', (ms) => ms)
      ),
      3,
      { atMost: 3 * longest },
      { atMost: longest }
    ],
    [
      'mapDelay under a cap',
      pipe(
        fixed(100),
        three,
        mapDelay('f', (ms) => ms),
        capDelay(1000)
      ),
      3,
      { atMost: 3000 },
      { atMost: 1000 }
    ],
    [
      'delayFrom',
      pipe(fixed(100), three, delayFrom(hint, { max: 500 })),
      3,
      { atMost: 1500 },
      { atMost: 500 }
    ],
    ['custom', custom('f', () => 'stop'), 'unbounded', 'unbounded', 'unbounded'],
    [
      'custom under limits',
      pipe(
        custom('f', () => 'stop'),
        three,
        capDelay(10)
      ),
      { atMost: 3 },
      { atMost: 30 },
      { atMost: 10 }
    ],
    [
      'a function that chooses, and may always choose the same',
      pipe(
        fixed(100),
        three,
        when((error) => error === 5, fixed(50))
      ),
      'unbounded',
      'unbounded',
      100
    ],
    // --- growth without end
    ['decorrelated from nothing', decorrelated(0), 'unbounded', 0, 0],
    ['the longest wait from the start', fixed(longest), 'unbounded', 'unbounded', longest],
    [
      'the longest wait before decorrelated from nothing',
      pipe(delays([longest - 1]), andThen(decorrelated(0))),
      'unbounded',
      longest - 1,
      longest - 1
    ],
    // The shorter wait counts, and it is in time if one of the two is.
    [
      'growth beside what does not grow',
      pipe(fixed(1000), limitDelay(100), either(never), either(exponential(2000))),
      'unbounded',
      'unbounded',
      1000
    ],
    // What saturates is [0.7/1.3, 1] · longest, and the last draw lies just below its end.
    [
      'growth whose draws end below what saturates',
      pipe(exponential(1, 1e300), withJitter(0.3)),
      'unbounded',
      'unbounded',
      'unbounded'
    ],
    // What draws 0 goes on without end, and what grows stops after 10,000 of its own.
    [
      'growth that stops, beside what does not grow and need not stop',
      pipe(
        decorrelated(2.5),
        limitTotalDelay(10_000),
        withJitter('full'),
        either(pipe(exponential(100, 3), limitRetries(10_000)))
      ),
      'unbounded',
      { atMost: 89_790_710_996_966_390_000 },
      longest - 1
    ],
    // --- limits of one part alone
    // Eleven waits of 9 end within 100 ms, then there are four of 5.
    [
      'a limit of time in one part, and of each wait in the other',
      pipe(
        fixed(10),
        limitElapsed(100),
        either(pipe(fixed(10), limitDelay(5))),
        withJitter('full'),
        limitRetries(15)
      ),
      15,
      119,
      9
    ],
    // --- as far as patience goes
    // 500 · 1001 · 100
    [
      'two that grow',
      pipe(linear(100), both(pipe(linear(100), limitRetries(1000)))),
      1000,
      50_050_000,
      100_000
    ],
    // 1000 / (1 - 0.99), if waits were not whole.
    ['slow shrinking without end', exponential(1000, 0.99), 'unbounded', { atMost: 99_999 }, 1000],
    [
      'slow shrinking for an hour',
      pipe(exponential(1000, 0.99), limitElapsed(3_600_000)),
      'unbounded',
      99_573,
      1000
    ],
    [
      'slow growth up to a limit',
      pipe(linear(100, 0.5), limitDelay(10_000)),
      { atMost: 19_803 },
      { atMost: 168_439_500 },
      { atMost: 10_000 }
    ],
    [
      'waits that go by the last one, up to a limit',
      pipe(decorrelated(333.3), limitDelay(1000)),
      'unbounded',
      { atMost: longest },
      1000
    ],
    [
      'the same, of which one reaches the limit',
      pipe(decorrelated(0), both(linear(0, 1000)), limitDelay(2 ** 52 + 1)),
      { atMost: longest },
      { atMost: longest },
      2 ** 52 + 1
    ],
    // --- stages that end by time, under a cap
    ...[1, 2].map((wait): [string, RetryPolicy, number, number, number] => [
      `a stage of waits of ${wait} ms`,
      pipe(fixed(wait), limitTotalDelay(1000), andThen(never), capDelay(wait)),
      1000 / wait,
      1000,
      wait
    ]),
    // Waits of a millisecond or more do not end within none.
    ['a stage that cannot begin', pipe(decorrelated(1), limitDelay(0), andThen(never)), 0, 0, 0]
  ])('%s -> the maxima', (_, policy, retries, totalDelay, delay) => {
    expect(bounds(policy)).toEqual({ retries, totalDelay, delay })
  })

  it('a spread that grows for long -> the longest wait all the same', () => {
    // 50,000 + u·100,000: the last number below 1 rounds to 150,000.
    expect(bounds(pipe(linear(1), withJitter(0.5), limitRetries(100_000)))).toMatchObject({
      retries: 100_000,
      delay: 150_000
    })
  })

  it('a billion retries -> at once', () => {
    expect(bounds(pipe(fixed(100), limitRetries(1e9)))).toEqual({
      retries: 1e9,
      totalDelay: 1e11,
      delay: 100
    })
  })

  it('no policy -> TypeError', () => {
    expect(thrown(() => bounds({} as never))).toBe('TypeError: bounds: policy must be …, got [object Object]')
  })
})
