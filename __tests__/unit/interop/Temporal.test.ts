import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  allOf,
  andThen,
  anyCause,
  type AnyPolicy,
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
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  never,
  not,
  PolicyShow,
  recordFailures,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { fromTemporal, type TemporalRetryPolicy, toTemporal } from 'reprise/interop'
import { oddJson } from '../../support/hostile.js'

class HttpError extends Error {}
const isBusy = (error: unknown): boolean => error === 'busy'
const hint = (): number | undefined => undefined
const isDone = (result: unknown): boolean => result === 'done'

type Row = [
  title: string,
  policy: AnyPolicy,
  initialInterval: number,
  backoffCoefficient: number,
  maximumInterval: number,
  maximumAttempts: number,
  types: ReadonlyArray<string>
]

/** The options, and the types of errors, if any. */
const row = (
  title: string,
  policy: AnyPolicy,
  first: number,
  factor: number,
  most: number,
  attempts: number,
  types: ReadonlyArray<string> = []
): Row => [title, policy, first, factor, most, attempts, types]

const rows: ReadonlyArray<Row> = [
  row('4 retries, 5 attempts', pipe(exponential(1000), limitRetries(4)), 1000, 2, 8000, 5),
  row('no limit', pipe(exponential(500, 1.5), capDelay('1m')), 500, 1.5, 60_000, Infinity),
  row('a cap that bites', pipe(exponential(1000), capDelay(5000), limitRetries(4)), 1000, 2, 5000, 5),
  row('a cap that does not', pipe(exponential(1000), capDelay(50_000), limitRetries(4)), 1000, 2, 8000, 5),
  row('a cap below the base', pipe(exponential(1000), capDelay(300)), 300, 1, 300, Infinity),
  row('the same wait', fixed(250), 250, 1, 250, Infinity),
  row('a part of a millisecond', pipe(fixed(333.3), limitRetries(2)), 333, 1, 333, 3),
  row('a cap with such a part', pipe(exponential(100), capDelay(250.7)), 100, 2, 250, Infinity),
  // 100, 150, 225, 337.5
  row('a longest wait with such a part', pipe(exponential(100, 1.5), limitRetries(4)), 100, 1.5, 338, 5),
  row('linear without a step', pipe(linear(700, 0), limitRetries(1)), 700, 1, 700, 2),
  row('linear, two retries', pipe(linear(700), limitRetries(2)), 700, 2, 1400, 3),
  row('fibonacci, two retries', pipe(fibonacci(700), limitRetries(2)), 700, 1, 700, 3),
  row('a list that doubles', delays([100, 200, 400]), 100, 2, 400, 4),
  row('a list that goes level', delays([100, 300, 300]), 100, 3, 300, 4),
  row('a list of one', delays([100]), 100, 1, 100, 2),
  row('one shrinking wait', pipe(exponential(100, 0.5), limitRetries(1)), 100, 1, 100, 2),
  row('a floor below', pipe(exponential(1000), floorDelay(1000), limitRetries(2)), 1000, 2, 2000, 3),
  row(
    'a floor below, without a limit',
    pipe(exponential(1000), floorDelay(1000), capDelay(9000)),
    1000,
    2,
    9000,
    Infinity
  ),
  row('a floor above all', pipe(fixed(1000), floorDelay(3000), limitRetries(2)), 3000, 1, 3000, 3),
  row(
    'a floor above the cap',
    pipe(exponential(1000), floorDelay(9000), capDelay(7000)),
    7000,
    1,
    7000,
    Infinity
  ),
  // The waits 3000, 3000, 4000 are those of no factor; 3000, 3000 are.
  row('a floor in between', pipe(exponential(1000), floorDelay(3000), limitRetries(2)), 3000, 1, 3000, 3),
  // 1 + 2 + 4 + 8 + 16 s is 31 s; 63 s is too long.
  row('limitTotalDelay', pipe(exponential(1000), limitTotalDelay('1m')), 1000, 2, 16_000, 6),
  row('limitDelay', pipe(exponential(1000), limitDelay('10s')), 1000, 2, 8000, 5),
  row('limitDelay that never bites', pipe(fixed(1000), limitDelay('10s')), 1000, 1, 1000, Infinity),
  row('jitter of nothing', pipe(fixed(1000), withJitter(0), limitRetries(1)), 1000, 1, 1000, 2),
  row('a limit by both', pipe(exponential(1000), both(pipe(immediate, limitRetries(3)))), 1000, 2, 4000, 4),
  row(
    'mapDelay of few waits',
    pipe(
      delays([100, 200]),
      mapDelay('x', (ms) => ms * 3)
    ),
    300,
    2,
    600,
    3
  ),
  row('recordFailures', pipe(fixed(100), recordFailures(3), limitRetries(1)), 100, 1, 100, 2),
  row('never', never, 1000, 2, 100_000, 1),
  row(
    'no retry, whatever else',
    pipe(linear(1), withJitter(0.2), retryOn(isBusy), limitRetries(0)),
    1000,
    2,
    100_000,
    1
  ),
  row('nothing to retry', pipe(immediate, retryOn([])), 1000, 2, 100_000, 1),
  row('abortOn', pipe(fixed(1), abortOn('A'), abortOn(['B', 'A'])), 1, 1, 1, Infinity, ['A', 'B']),
  row('abortOn a class', pipe(fixed(1), abortOn([HttpError, TypeError])), 1, 1, 1, Infinity, [
    'HttpError',
    'TypeError'
  ]),
  row('retryOn not', pipe(fixed(1), retryOn(not(['A', 'B'])), abortOn('C')), 1, 1, 1, Infinity, [
    'C',
    'A',
    'B'
  ]),
  row('retryOn all of nots', pipe(fixed(1), retryOn(allOf([not('A'), not('B')]))), 1, 1, 1, Infinity, [
    'A',
    'B'
  ]),
  row('retryOn not not not', pipe(fixed(1), retryOn(not(not(not('A'))))), 1, 1, 1, Infinity, ['A']),
  row('retryOn everything', pipe(fixed(1), retryOn(not([]))), 1, 1, 1, Infinity),
  row('abortOn nothing', pipe(fixed(1), abortOn([])), 1, 1, 1, Infinity),
  row('a timeout by type', pipe(fixed(1), abortOn('TemporalTimeout:Heartbeat')), 1, 1, 1, Infinity, [
    'TemporalTimeout:Heartbeat'
  ]),
  row('the longest wait', fixed(9_223_372_036_854), 9_223_372_036_854, 1, 9_223_372_036_854, Infinity),
  row('the most retries', pipe(fixed(1), limitRetries(2_147_483_646)), 1, 1, 1, 2_147_483_647)
]

const problemsOf = (policy: AnyPolicy): ReadonlyArray<readonly [string, string, string]> => {
  const made = toTemporal(policy)
  return made._tag === 'Left'
    ? made.left.map(({ part, reason, closest }) => [part, reason, closest] as const)
    : []
}

const growth = 'the waits of Temporal grow by a factor, if at all'
const spreads = ['Temporal does not spread waits', 'no jitter'] as const
const together = [
  'Temporal has one schedule, not several together',
  'the part that matters most, alone'
] as const
const byDraws = [
  'with jitter, the draws say when it stops, and Temporal stops by count alone',
  'limitRetries'
] as const
const names = 'Temporal goes by the name of an error, '

describe('toTemporal', () => {
  it.each(rows)(
    '%s -> options of Temporal',
    (_, policy, initialInterval, backoffCoefficient, maximumInterval, maximumAttempts, types) => {
      const right: TemporalRetryPolicy = {
        initialInterval,
        backoffCoefficient,
        maximumInterval,
        maximumAttempts,
        nonRetryableErrorTypes: [...types]
      }
      expect(toTemporal(policy)).toEqual({ _tag: 'Right', right })
    }
  )

  it.each<[string, AnyPolicy, ReadonlyArray<readonly [string, string, string]>]>([
    ['jitter', pipe(fixed(100), withJitter('full')), [['withJitter("full")', ...spreads]]],
    [
      'jitter, twice',
      pipe(fixed(100), withJitter(0.5), withJitter('equal')),
      [['withJitter(0.5), withJitter("equal")', ...spreads]]
    ],
    ['linear', linear(100, 50), [['linear(100, 50)', growth, 'exponential(100, 1.5)']]],
    ['linear from 0', linear(0, 50.5), [['linear(0, 50.5)', growth, 'exponential(51, 1.5)']]],
    ['fibonacci', fibonacci(100), [['fibonacci(100)', growth, 'exponential(100, 1.6)']]],
    ['decorrelated', decorrelated(100), [['decorrelated(100)', growth, 'exponential(100)']]],
    ['a list', delays([100, 300, 500, 800]), [['delays([100, 300, 500, 800])', growth, 'exponential(100)']]],
    ['a list with 0', delays([0, 100]), [['delays([0, 100])', growth, 'fixed(1)']]],
    [
      'custom',
      custom('mine', () => 5),
      [['custom("mine", <function>)', growth, 'exponential or fixed, with waits that are near']]
    ],
    ['immediate', immediate, [['immediate', 'Temporal counts whole milliseconds, from 1 on', 'fixed(1)']]],
    [
      'a cap of 0',
      pipe(fixed(100), capDelay(0)),
      [['capDelay(0)', 'Temporal counts whole milliseconds, from 1 on', 'capDelay(1)']]
    ],
    [
      'a base of 0.5 ms',
      pipe(exponential(0.5), capDelay(100)),
      [['exponential(0.5)', 'Temporal counts whole milliseconds, from 1 on', 'exponential(1)']]
    ],
    [
      'shrinking',
      exponential(100, 0.5),
      [['exponential(100, 0.5)', 'Temporal never shortens waits', 'fixed(100)']]
    ],
    [
      'growth without end',
      exponential(100),
      [['exponential(100)', 'the longest wait of Temporal is 292 years', 'capDelay(9223372036854)']]
    ],
    [
      'growth for too long',
      pipe(exponential(1), limitRetries(60)),
      [['exponential(1)', 'the longest wait of Temporal is 292 years', 'capDelay(9223372036854)']]
    ],
    [
      'too long a cap',
      pipe(exponential(1), capDelay(2 ** 53 - 1)),
      [['capDelay(9007199254740991)', 'the longest wait of Temporal is 292 years', 'capDelay(9223372036854)']]
    ],
    [
      'too many retries',
      pipe(fixed(1), limitRetries(2_147_483_647)),
      [['limitRetries(2147483647)', 'Temporal counts 2147483646 retries at most', 'limitRetries(2147483646)']]
    ],
    [
      'a floor in between',
      pipe(exponential(1000), floorDelay(3000), limitRetries(9)),
      [['floorDelay(3000)', 'Temporal has no shortest wait', 'a first wait that is no shorter']]
    ],
    [
      'limitElapsed',
      pipe(fixed(100), limitElapsed('1m')),
      [
        [
          'limitElapsed(60000)',
          'Temporal stops by count, not by time',
          'scheduleToCloseTimeout of the activity, which ends an attempt under way as well'
        ]
      ]
    ],
    [
      'a hint',
      pipe(fixed(100), delayFrom(hint, { max: '1m' })),
      [
        [
          'delayFrom(hint, { max: 60000 })',
          'Temporal reads no wait from an error by a function',
          'an ApplicationFailure with nextRetryDelay, thrown by the activity'
        ]
      ]
    ],
    [
      'a validator',
      pipe(fixed(100), retryUntil(isDone)),
      [
        [
          'retryUntil(isDone)',
          'Temporal retries errors, and looks at no result',
          'an activity that throws where the result will not do'
        ]
      ]
    ],
    [
      'a validator without retries',
      pipe(never, retryUntil(isDone)),
      [
        [
          'retryUntil(isDone)',
          'Temporal retries errors, and looks at no result',
          'an activity that throws where the result will not do'
        ]
      ]
    ],
    [
      'andThen',
      pipe(fixed(100), limitRetries(3), andThen(fixed(200))),
      [['andThen(fixed(200))', ...together]]
    ],
    [
      'either',
      pipe(linear(100), either(fixed(200))),
      [
        ['either(fixed(200))', ...together],
        ['linear(100)', growth, 'exponential(100, 1.5)']
      ]
    ],
    [
      'so many retries that nobody counts them',
      pipe(exponential(1, 1.0001), limitTotalDelay('100h')),
      [
        [
          'limitTotalDelay(360000000)',
          'it stops after more retries than are counted here, and Temporal stops by count alone',
          'limitRetries'
        ]
      ]
    ],
    [
      // It fails for one that is shorter.
      'mapDelay of a wait that it refuses',
      pipe(
        delays([100, 50]),
        mapDelay('picky', (ms) => (ms < 100 ? NaN : ms))
      ),
      [
        [
          'mapDelay("picky", <function>)',
          'Temporal is given numbers, and no functions',
          'a schedule with the waits that come out'
        ]
      ]
    ],
    [
      'mapDelay',
      pipe(
        fixed(100),
        mapDelay('double', (ms) => 2 * ms)
      ),
      [
        [
          'mapDelay("double", <function>)',
          'Temporal is given numbers, and no functions',
          'a schedule with the waits that come out'
        ]
      ]
    ],
    [
      'when',
      pipe(fixed(100), when('A', fixed(200))),
      [
        [
          'when("A", fixed(200))',
          'Temporal times all errors by one schedule',
          'an ApplicationFailure with nextRetryDelay, thrown by the activity for these errors'
        ]
      ]
    ],
    [
      'limits of time with jitter',
      pipe(fixed(1000), withJitter(0.5), limitDelay('1.2s'), limitTotalDelay('1h')),
      [
        ['withJitter(0.5)', ...spreads],
        ['limitDelay(1200)', ...byDraws],
        ['limitTotalDelay(3600000)', ...byDraws]
      ]
    ],
    [
      'a limit of time that never bites, with jitter',
      pipe(fixed(1000), withJitter(0.5), limitDelay('1.5s')),
      [['withJitter(0.5)', ...spreads]]
    ],
    [
      'retryOn',
      pipe(fixed(100), retryOn('A')),
      [
        [
          'retryOn("A")',
          'Temporal names the errors that are not retried',
          'abortOn with the others, or ApplicationFailure.nonRetryable thrown for them'
        ]
      ]
    ],
    [
      'retryOn above a combination',
      pipe(fixed(100), retryOn('A'), both(linear(5))),
      [
        ['both(linear(5))', ...together],
        [
          'retryOn("A")',
          'Temporal names the errors that are not retried',
          'abortOn with the others, or ApplicationFailure.nonRetryable thrown for them'
        ]
      ]
    ],
    [
      'abortOn not',
      pipe(fixed(100), abortOn(not('A'))),
      [
        [
          'abortOn(not("A"))',
          'Temporal names the errors that are not retried, one by one',
          'retryOn with the others'
        ]
      ]
    ],
    [
      'conditions without names',
      pipe(
        fixed(100),
        retryOn(not([isBusy, 'A', anyCause('B')])),
        abortOn([Error, class extends Error {}]),
        abortOn(allOf(['A', not('B')]))
      ),
      [
        ['retryOn(isBusy)', `${names}and asks no function`, 'the names of these errors'],
        ['retryOn(anyCause("B"))', `${names}and does not look into its causes`, 'the names of these errors'],
        ['abortOn(Error)', `${names}and all errors are heirs of Error`, 'the names of these errors'],
        ['abortOn(<function>)', `${names}and this class has none`, 'the names of these errors'],
        ['abortOn(allOf(["A", not("B")]))', `${names}and it has but one`, 'the names of these errors']
      ]
    ],
    [
      'two names of one error',
      pipe(fixed(100), abortOn(allOf(['A', 'B']))),
      [['abortOn(allOf(["A", "B"]))', `${names}and it has but one`, 'the names of these errors']]
    ],
    [
      'a timeout of no such name',
      pipe(fixed(1), abortOn('TemporalTimeout:Late')),
      [
        [
          'abortOn("TemporalTimeout:Late")',
          'Temporal knows no timeout of that name',
          'TemporalTimeout:StartToClose'
        ]
      ]
    ],
    [
      'all that is wrong',
      pipe(exponential(0.5, 0.5), withJitter(0.2), limitElapsed('1m'), retryOn('A')),
      [
        ['withJitter(0.2)', ...spreads],
        [
          'limitElapsed(60000)',
          'Temporal stops by count, not by time',
          'scheduleToCloseTimeout of the activity, which ends an attempt under way as well'
        ],
        ['exponential(0.5, 0.5)', 'Temporal never shortens waits', 'fixed(1)'],
        ['exponential(0.5, 0.5)', 'Temporal counts whole milliseconds, from 1 on', 'fixed(1)'],
        [
          'retryOn("A")',
          'Temporal names the errors that are not retried',
          'abortOn with the others, or ApplicationFailure.nonRetryable thrown for them'
        ]
      ]
    ]
  ])('%s -> what is in the way', (_, policy, expected) => {
    expect(problemsOf(policy)).toEqual(expected)
  })

  it('no policy -> TypeError', () => {
    expect(() => toTemporal({} as AnyPolicy)).toThrow(
      new TypeError('toTemporal: policy must be made by constructors, got [object Object]')
    )
  })

  it('its types of errors -> a list of its own', () => {
    const [a, b] = [toTemporal(fixed(1)), toTemporal(fixed(1))]
    if (a._tag === 'Left' || b._tag === 'Left') throw new Error('Left')
    a.right.nonRetryableErrorTypes.push('A')
    expect(b.right.nonRetryableErrorTypes).toEqual([])
  })
})

const read = (options: unknown): unknown => {
  const made = fromTemporal(options)
  return made._tag === 'Right'
    ? PolicyShow.show(made.right)
    : made.left.map(({ path, value, expected }) => [path, value, expected])
}

const interval = "milliseconds from 0 (exclusive) to 9223372036854, or a text such as '30 seconds'"

describe('fromTemporal', () => {
  it.each<[unknown, string]>([
    [{}, 'pipe(exponential(1000), capDelay(100000))'],
    [{ initialInterval: undefined, maximumAttempts: undefined }, 'pipe(exponential(1000), capDelay(100000))'],
    [{ initialInterval: '2s', backoffCoefficient: 1 }, 'fixed(2000)'],
    [
      { initialInterval: 200, maximumInterval: '1 minute', maximumAttempts: 1 },
      'pipe(exponential(200), capDelay(60000), limitRetries(0))'
    ],
    [
      { initialInterval: 200, maximumInterval: 200, backoffCoefficient: 3 },
      'pipe(exponential(200, 3), capDelay(200))'
    ],
    [{ maximumAttempts: Infinity, nonRetryableErrorTypes: [] }, 'pipe(exponential(1000), capDelay(100000))'],
    [
      { backoffCoefficient: 1, maximumAttempts: 4, nonRetryableErrorTypes: ['A'] },
      'pipe(fixed(1000), limitRetries(3), abortOn("A"))'
    ],
    [{ backoffCoefficient: 1, nonRetryableErrorTypes: ['A', 'B'] }, 'pipe(fixed(1000), abortOn(["A", "B"]))'],
    // The longest interval there is, where 100 times the first is longer.
    [{ initialInterval: '100 years' }, 'pipe(exponential(3155760000000), capDelay(9223372036854))']
  ])('%j -> %s', (options, expected) => expect(read(options)).toBe(expected))

  it.each<[unknown, ReadonlyArray<unknown>]>([
    [undefined, [['', undefined, 'options of Temporal']]],
    [[], [['', [], 'options of Temporal']]],
    [{ initialInterval: 0 }, [['initialInterval', 0, interval]]],
    [{ initialInterval: '-1s' }, [['initialInterval', '-1s', interval]]],
    [{ initialInterval: NaN }, [['initialInterval', NaN, interval]]],
    [
      { initialInterval: 'soon', maximumInterval: null },
      [
        ['initialInterval', 'soon', interval],
        ['maximumInterval', null, interval]
      ]
    ],
    [{ backoffCoefficient: 0.99 }, [['backoffCoefficient', 0.99, 'a number >= 1']]],
    [{ backoffCoefficient: Infinity }, [['backoffCoefficient', Infinity, 'a number >= 1']]],
    [{ maximumAttempts: 0 }, [['maximumAttempts', 0, 'a whole number from 1 to 2147483647, or Infinity']]],
    [
      { maximumAttempts: 1.5 },
      [['maximumAttempts', 1.5, 'a whole number from 1 to 2147483647, or Infinity']]
    ],
    [{ maximumInterval: 999 }, [['maximumInterval', 999, 'at least initialInterval, which is 1000']]],
    [{ nonRetryableErrorTypes: 'A' }, [['nonRetryableErrorTypes', 'A', 'a list of at most 1000 texts']]],
    [{ nonRetryableErrorTypes: [''] }, [['nonRetryableErrorTypes', [''], 'a list of at most 1000 texts']]],
    [
      { maximumAttemps: 3 },
      [
        [
          'maximumAttemps',
          3,
          'one of the keys initialInterval, backoffCoefficient, maximumInterval, maximumAttempts, nonRetryableErrorTypes'
        ]
      ]
    ]
  ])('%j -> %j', (options, expected) => expect(read(options)).toEqual(expected))

  it.each(oddJson.map((make, i) => [i, make] as const))('hostile input %d -> read, not thrown', (_, make) => {
    expect(['Left', 'Right']).toContain(fromTemporal(make())._tag)
    expect(['Left', 'Right']).toContain(
      fromTemporal({ initialInterval: make(), nonRetryableErrorTypes: make() })._tag
    )
  })
})
