import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
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
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  never,
  not,
  retryOn,
  type RetryPolicy,
  when,
  withJitter
} from 'reprise'
import { alphabetOf } from '../../../src/policy/Alphabet.js'
import { envelop } from '../../../src/policy/envelop.js'
import type { Envelope } from '../../../src/policy/Envelope.js'

const longest = 9_007_199_254_740_991
const [one, two, three] = [limitRetries(1), limitRetries(2), limitRetries(3)]

const of = (policy: RetryPolicy): Envelope => envelop(policy, alphabetOf(policy))

/** How many windows may start below each of these waits. */
const below = (policy: RetryPolicy, ...waits: ReadonlyArray<number>): ReadonlyArray<number> =>
  waits.map(of(policy).below)

type Row = [string, RetryPolicy, Partial<Envelope>]

const rows = (title: string, all: ReadonlyArray<Row>): void => {
  it.each<Row>([...all])(`${title}: %s -> its figures`, (_, policy, expected) => {
    expect(of(policy)).toMatchObject(expected)
  })
}

describe('envelop', () => {
  it('all figures', () => {
    const policy = pipe(
      fixed(100),
      withJitter(0.5),
      limitDelay(400),
      limitTotalDelay(1000),
      limitElapsed(2000)
    )
    expect(of(policy)).toEqual({
      retries: 20,
      from: 50,
      to: 150,
      ratio: 1 / 3,
      below: expect.any(Function) as unknown,
      wait: 150,
      sum: 1000,
      limit: 400,
      slept: 1000,
      end: 2000,
      lasting: false
    })
  })

  rows('a formula', [
    ['growth', pipe(exponential(100), three), { retries: 3, from: 100, to: 400, wait: 400, sum: 1200 }],
    [
      'growth without end',
      exponential(100),
      { retries: Infinity, to: Infinity, wait: Infinity, sum: Infinity }
    ],
    ['growth of nothing', exponential(0), { from: 0, to: 0, sum: 0 }],
    ['decay', pipe(exponential(100, 0.5), three), { from: 25, to: 100, wait: 100, sum: 200 }],
    // 100 · 2, and with jitter 150 · 2.
    ['decay without end', exponential(100, 0.5), { retries: Infinity, from: 0, wait: 100, sum: 200 }],
    ['decay with jitter', pipe(exponential(100, 0.5), withJitter(0.5)), { wait: 150, sum: 300 }],
    ['slow decay', exponential(100, 0.75), { sum: 400 }],
    ['exponential, but constant', exponential(100, 1), { from: 100, to: 100, sum: Infinity }],
    ['constant, and nothing', exponential(0, 1), { to: 0, sum: 0 }],
    ['linear', pipe(linear(100, 50), three), { from: 100, to: 200, sum: 600 }],
    ['linear without end', linear(100, 50), { to: Infinity }],
    ['linear, but constant', linear(100, 0), { to: 100 }],
    // Half a millisecond more after 2^53 retries.
    ['linear, by nearly nothing', linear(100, 2 ** -54), { to: 100.5 }],
    ['linear, by a little more', linear(100, 2 ** -53), { to: Infinity }],
    ['fixed', pipe(fixed(100), three), { from: 100, to: 100, sum: 300 }],
    // 100 · 1.7 · 1.7
    ['fibonacci', pipe(fibonacci(100), three), { from: 100, sum: 864 }],
    ['fibonacci of nothing', fibonacci(0), { to: 0, sum: 0 }],
    ['decorrelated, once', pipe(decorrelated(300), one), { from: 100, to: 900, ratio: 0, sum: 900 }],
    ['decorrelated', pipe(decorrelated(300), two), { from: 100, to: longest, ratio: 0 }],
    // It never saturates then, and so is never scaled.
    ['decorrelated with a limit', pipe(decorrelated(300), limitDelay(1000)), { from: 300, wait: 1000 }],
    [
      'decorrelated with a limit of a third of the longest wait',
      pipe(decorrelated(300), limitDelay(3_002_399_751_580_330.5)),
      { from: 100 }
    ],
    ['delays', delays([10, 250, 50]), { retries: 3, from: 10, to: 250, sum: 310 }],
    ['fewer delays', pipe(delays([10, 250, 50]), two), { retries: 2, from: 10, to: 250, sum: 260 }],
    ['delays with jitter', pipe(delays([10, 250, 50]), withJitter(0.5)), { from: 5, to: 375, sum: 465 }],
    ['no delays', never, { retries: 0, from: 0, to: 0, sum: 0 }],
    [
      'custom',
      pipe(
        custom('f', () => 1),
        three
      ),
      { retries: 3, from: 0, to: longest, ratio: 0, wait: longest, sum: 3 * longest }
    ],
    [
      'mapDelay',
      pipe(
        fixed(100),
        three,
        mapDelay('f', (ms) => ms)
      ),
      { retries: 3, from: 0, to: Infinity, ratio: 0, wait: longest, sum: 3 * longest }
    ],
    [
      'mapDelay without end',
      mapDelay('f', (ms: number) => ms)(fixed(100)),
      { retries: Infinity, wait: Infinity, sum: Infinity }
    ]
  ])

  const hint = (max: number): ((self: RetryPolicy) => RetryPolicy) => delayFrom(() => undefined, { max })

  rows('bounds', [
    ['a floor', pipe(exponential(100), floorDelay(150), three), { from: 150, to: 400, sum: 1200 }],
    [
      'a floor above all',
      pipe(fixed(0), floorDelay(100), three),
      { from: 100, to: 100, wait: 100, sum: 300 }
    ],
    ['a floor under decay', pipe(exponential(100, 0.5), floorDelay(10), limitRetries(20)), { sum: 2000 }],
    ['a cap', pipe(exponential(100), capDelay(150), three), { from: 100, to: 150, wait: 150, sum: 450 }],
    ['a cap of no consequence', pipe(fixed(100), withJitter('equal'), capDelay(100)), { from: 50, to: 100 }],
    // [50, 100] is not scaled, [200, 400] is; 150 is half of 300.
    ['a cap over jitter', pipe(exponential(100), withJitter('equal'), capDelay(150), three), { from: 50 }],
    // [50, 100] scaled to 80, as exactly as rounding goes.
    [
      'a cap over all windows',
      pipe(fixed(100), withJitter('equal'), capDelay(80)),
      { from: 39.99999999996362, to: 80, ratio: 0.5 }
    ],
    [
      'a floor under a cap',
      pipe(exponential(100), withJitter('equal'), floorDelay(70), capDelay(80), three),
      { from: 70, to: 80 }
    ],
    ['a floor above a cap', pipe(fixed(100), floorDelay(200), capDelay(150), three), { from: 150, to: 150 }],
    ['hints', pipe(fixed(100), hint(500), three), { from: 100, to: 500, wait: 500, sum: 1500 }],
    ['several hints', pipe(fixed(100), hint(500), hint(700), hint(600), three), { to: 700, wait: 700 }],
    ['hints that are shorter', pipe(fixed(100), hint(50), three), { to: 100, sum: 300 }],
    // A list knows its sum, but for hints.
    ['hints in a list', pipe(delays([10, 250, 50]), hint(20)), { to: 250, sum: 750 }],
    // A hint keeps the spread.
    ['hints with jitter', pipe(fixed(100), withJitter('equal'), hint(500), three), { from: 50, to: 550 }],
    ['hints under a cap', pipe(fixed(100), hint(500), capDelay(300), three), { from: 100, to: 300, sum: 900 }]
  ])

  it.each<[string, RetryPolicy, ReadonlyArray<number>, ReadonlyArray<number>]>([
    // 1, 4, 16, 64 …
    ['growth', pipe(exponential(1, 4), limitRetries(10)), [1, 4, 16, 17, 1e9], [0, 2, 3, 4, 10]],
    ['growth from 4', pipe(exponential(4, 4), limitRetries(10)), [4, 16, 64], [0, 2, 3]],
    ['linear growth', pipe(linear(100, 50), limitRetries(10)), [100, 150, 200, 300], [0, 2, 3, 5]],
    // 10, 10, 20, 30, 50, 80, 130; it grows by less than 1.7 and, but for the start, by more than 1.6 each time.
    ['fibonacci', pipe(fibonacci(10), limitRetries(10)), [10, 16, 100, 1000], [0, 3, 7, 10]],
    ['no growth', pipe(fixed(100), three), [100, 101], [0, 3]],
    ['a floor', pipe(exponential(100), floorDelay(150), limitRetries(5)), [150, 151, 201], [0, 2, 3]],
    [
      'a floor above a cap',
      pipe(exponential(100), floorDelay(200), capDelay(150), three),
      [150, 151],
      [0, 3]
    ],
    // Scaled windows start just below 75, as far as rounding is known.
    [
      'a cap over jitter',
      pipe(exponential(40), withJitter('equal'), capDelay(150), limitRetries(9)),
      [20, 70, 74.99999999993179, 75],
      [0, 3, 3, 9]
    ],
    ['both', pipe(fixed(200), both(pipe(exponential(100), withJitter('equal'))), three), [200, 201], [0, 3]],
    // Never shorter than the base, whatever was drawn.
    ['decorrelated', pipe(decorrelated(300), limitElapsed(1000), three), [300, 301], [0, 3]],
    ['mapDelay', pipe(mapDelay('f', (ms: number) => ms)(fixed(100)), three), [0, 1, 1000], [0, 3, 3]]
  ])('%s -> how many windows start below a wait', (_, policy, waits, expected) => {
    expect(below(policy, ...waits)).toEqual(expected)
  })

  const limited = pipe(exponential(100), limitDelay(250))

  rows('limits', [
    ['the limit of a wait', limited, { retries: 3, wait: 250, sum: 750, limit: 250 }],
    ['the limit of the sum', pipe(fixed(100), limitTotalDelay(450)), { retries: 4, limit: 450, slept: 450 }],
    ['the limit of the time', pipe(fixed(100), limitElapsed(450)), { retries: 4, limit: 450, end: 450 }],
    ['two limits', pipe(fixed(100), limitElapsed(450), limitDelay(50)), { retries: 0, wait: 0, limit: 50 }],
    // What would start later is capped.
    ['a limit over a cap', pipe(limited, capDelay(200)), { retries: Infinity, wait: 200 }]
  ])

  rows('both', [
    [
      'one that ends',
      pipe(exponential(100), both(pipe(fixed(300), three))),
      { retries: 3, from: 300, to: 400, sum: 1200, lasting: false }
    ],
    [
      'the other one ends',
      pipe(fixed(300), three, both(exponential(100))),
      { retries: 3, from: 300, to: 400, sum: 1200 }
    ],
    ['none ends', pipe(fixed(100), both(fixed(50))), { retries: Infinity, to: 100, lasting: true }],
    ['one with a limit', pipe(exponential(100), both(limited)), { retries: 3, wait: 250, limit: 250 }]
  ])

  rows('either', [
    [
      'each ends',
      pipe(fixed(100), two, either(pipe(fixed(10), three))),
      { retries: 3, from: 10, to: 100, wait: 100, sum: 230, lasting: false }
    ],
    [
      'none ends',
      pipe(fixed(500), either(exponential(100))),
      { from: 100, to: 500, wait: 500, lasting: true }
    ],
    [
      'one has a limit',
      pipe(fixed(500), limitTotalDelay(1000), either(pipe(fixed(100), two))),
      { retries: 6, wait: 500, sum: 1400 }
    ],
    [
      'the later limit',
      pipe(limited, either(pipe(fixed(300), limitDelay(1000))), limitRetries(100)),
      { retries: 100, to: 300, limit: 1000 }
    ],
    // The branch with the limit draws what the other one waits.
    [
      'waits that follow those of the other branch',
      pipe(decorrelated(300), limitDelay(1000), either(fixed(500))),
      { from: 100, to: 500 }
    ],
    [
      'a list as long as the count',
      pipe(delays([10, 250, 50]), either(fixed(500)), three),
      { to: 250, sum: 310 }
    ],
    [
      'a list too short for it',
      pipe(delays([10, 250, 50]), either(fixed(500)), limitRetries(4)),
      { to: 500 }
    ],
    // A call can be in all three, one after the other.
    [
      'counts of a choice within',
      pipe(fixed(500), three, either(pipe(fixed(100), two, when('A', pipe(fixed(10), limitRetries(5)))))),
      { retries: 10, from: 10, sum: 1750 }
    ],
    [
      'counts of a choice within, and a count around',
      pipe(fixed(500), three, either(pipe(fixed(100), two, when('A', fixed(10)))), limitRetries(20)),
      { retries: 20 }
    ],
    // Limits of a stage hold for as long as the other branch waits less.
    [
      'a stage with a limit',
      pipe(limited, andThen(never), either(pipe(fixed(1), limitRetries(50)))),
      { retries: Infinity }
    ]
  ])

  rows('andThen', [
    [
      'counts',
      pipe(fixed(100), two, andThen(delays([1000]))),
      { retries: 3, from: 100, to: 1000, sum: 1200 }
    ],
    [
      'a first stage without end',
      pipe(fixed(100), andThen(fixed(1))),
      { from: 100, wait: 100, lasting: true }
    ],
    ['a limit', pipe(limited, andThen(pipe(fixed(1), limitRetries(5)))), { retries: 8, from: 1, wait: 250 }],
    ['a limit of the second', pipe(fixed(1), limitRetries(5), andThen(limited)), { retries: 8, wait: 250 }],
    ['a first stage that cannot begin', pipe(fixed(100), limitDelay(50), andThen(fixed(1))), { wait: 1 }],
    [
      'a limit around',
      pipe(fixed(100), two, andThen(delays([1000])), limitDelay(500)),
      { retries: 2, sum: 200 }
    ],
    ['jitter around', pipe(limited, andThen(never), withJitter(0.5)), { retries: 4, from: 50, wait: 250 }],
    // What is capped, or mapped, may be in time after all.
    ['a cap around', pipe(limited, andThen(never), capDelay(10)), { retries: Infinity, wait: 10 }],
    [
      'mapDelay around',
      mapDelay('f', (ms: number) => ms)(pipe(limited, andThen(never))),
      { retries: Infinity }
    ]
  ])

  const tens = pipe(fixed(10), limitRetries(5))

  rows('conditions', [
    ['a choice', pipe(fixed(100), two, when('A', tens)), { retries: 7, from: 10, to: 100, sum: 250 }],
    ['a choice for ever', pipe(fixed(100), when('A', fixed(10))), { retries: Infinity, lasting: true }],
    ['a choice that ends', pipe(fixed(100), when('A', tens)), { retries: Infinity, lasting: false }],
    ['a choice beside what ends', pipe(fixed(100), two, when('A', fixed(10))), { lasting: false }],
    ['a choice with a limit', pipe(fixed(100), when('A', limited)), { retries: Infinity, lasting: false }],
    [
      'a limit of what is chosen',
      pipe(fixed(100), two, when('A', limited)),
      { retries: 5, wait: 250, sum: 950, limit: Infinity }
    ],
    [
      'a limit around a choice',
      pipe(fixed(100), two, when('A', delays([1000])), limitDelay(500)),
      { retries: 2, sum: 200 }
    ],
    // A is chosen by the outer one, and so never gets to the 5 ms.
    [
      'a choice that is never made',
      pipe(fixed(100), two, when('A', fixed(5)), when('A', tens)),
      { retries: 7, from: 10 }
    ],
    [
      'what is never left',
      pipe(fixed(100), two, when('A', pipe(fixed(5), when('A', tens)))),
      { retries: 7, from: 10 }
    ],
    [
      'what is never left, and a choice for ever',
      pipe(fixed(100), when('A', pipe(fixed(5), when('A', fixed(10))))),
      { retries: Infinity, lasting: false }
    ],
    [
      'what refuses all',
      pipe(fixed(100), two, when('A', pipe(fixed(10), retryOn(not('A'))))),
      { retries: 2 }
    ],
    [
      'what a predicate may choose',
      pipe(
        fixed(100),
        two,
        when((error) => error === 'x', pipe(tens, retryOn(not('A'))))
      ),
      { retries: 7, from: 10, lasting: false }
    ],
    ['a condition of all', pipe(fixed(100), retryOn('A')), { lasting: true }],
    ['what may be refused', pipe(fixed(100), retryOn('A'), when('B', fixed(100))), { lasting: false }],
    [
      'what a predicate may refuse',
      pipe(
        fixed(100),
        retryOn((error) => error === 'x'),
        when('A', fixed(100))
      ),
      { lasting: false }
    ],
    [
      'what nothing refuses, beside a predicate',
      pipe(
        fixed(100),
        when((error) => error === 'x', fixed(100))
      ),
      { lasting: true }
    ]
  ])

  rows('what lasts', [
    ['no count', fixed(100), { lasting: true }],
    ['a count', pipe(fixed(100), three), { lasting: false }],
    ['a count around', pipe(fixed(100), three, both(pipe(fixed(10), three))), { lasting: false }],
    ['hints', pipe(fixed(100), hint(500)), { lasting: false }],
    ['a list', delays([10, 250, 50]), { lasting: false }],
    ['custom', custom('f', () => 1), { lasting: false }]
  ])
})
