import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  type AnyPolicy,
  both,
  capDelay,
  delayFrom,
  delays,
  exponential,
  fixed,
  floorDelay,
  immediate,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  never,
  PolicyShow,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { fromPgBoss, type PgBossRetryOptions, toPgBoss } from 'reprise/interop'
import { oddJson } from '../../support/hostile.js'

const three = limitRetries(3)
const equal = withJitter('equal')
const hint = (): number | undefined => undefined
const isDone = (result: unknown): boolean => result === 'done'

const still = (retryLimit: number, retryDelay: number): PgBossRetryOptions => ({
  retryLimit,
  retryDelay,
  retryBackoff: false
})

const backing = (retryLimit: number, retryDelay: number, retryDelayMax: number): PgBossRetryOptions => ({
  retryLimit,
  retryDelay,
  retryBackoff: true,
  retryDelayMax
})

const counts = 'pg-boss counts whole seconds'
const halves = 'pg-boss counts half of the first wait in whole seconds, from 1 on'
const upper = 'pg-boss draws waits that grow from the upper half of each'
const doubles = 'pg-boss doubles waits, or keeps them'
const needed = ['no limitRetries', 'pg-boss needs a number of retries', 'limitRetries(2147483647)'] as const
const conditions = [
  'pg-boss has no conditions',
  'a handler that cancels or deletes the job instead of throwing'
] as const

describe('toPgBoss', () => {
  it.each<[string, AnyPolicy, PgBossRetryOptions]>([
    ['the same wait', pipe(fixed('5s'), three), still(3, 5)],
    ['immediate', pipe(immediate, three), still(3, 0)],
    ['less than a millisecond', pipe(fixed(0.5), three), still(3, 0)],
    ['a cap below', pipe(exponential('9s'), capDelay('5s'), three), still(3, 5)],
    ['a floor above', pipe(fixed('1s'), floorDelay('5s'), three), still(3, 5)],
    ['one wait', delays(['7s']), still(1, 7)],
    ['limitTotalDelay', pipe(fixed('5s'), limitTotalDelay('1m')), still(12, 5)],
    ['a limit by both', pipe(fixed('5s'), both(pipe(immediate, three))), still(3, 5)],
    // [1, 2), [2, 4), [4, 8) s
    ['equal jitter', pipe(exponential('2s'), equal, three), backing(3, 1, 8)],
    ['equal jitter under a cap', pipe(exponential('10s'), equal, capDelay('15s'), three), backing(3, 5, 15)],
    ['a cap that never bites', pipe(exponential('10s'), equal, capDelay('90.5s'), three), backing(3, 5, 40)],
    ['a floor that never bites', pipe(exponential('10s'), equal, floorDelay('5s'), three), backing(3, 5, 40)],
    // ± 50 % of 4 s is 2 to 6 s.
    ['one wait, equal jitter', pipe(fixed('4s'), equal, limitRetries(1)), backing(1, 2, 4)],
    ['jitter of a third', pipe(exponential('6s'), withJitter(1 / 3), limitRetries(2)), backing(2, 4, 16)],
    ['16 retries', pipe(exponential('2s'), equal, limitRetries(16)), backing(16, 1, 65_536)],
    [
      '17 retries under a cap',
      pipe(exponential('2s'), equal, capDelay(65_536_000), limitRetries(17)),
      backing(17, 1, 65_536)
    ],
    [
      'many retries under a cap',
      pipe(exponential('2s'), equal, capDelay('1h'), limitRetries(500)),
      backing(500, 1, 3600)
    ],
    ['never', never, still(0, 0)],
    [
      'no retry, whatever else',
      pipe(linear(5), retryOn('A'), withJitter('full'), limitRetries(0)),
      still(0, 0)
    ],
    ['conditions that say nothing', pipe(fixed('5s'), three, abortOn([])), still(3, 5)]
  ])('%s -> options of pg-boss', (_, policy, right) => {
    expect(toPgBoss(policy)).toEqual({ _tag: 'Right', right })
  })

  it.each<[string, AnyPolicy, ReadonlyArray<readonly [string, string, string]>]>([
    ['no limit', fixed('5s'), [needed]],
    [
      'too many retries',
      pipe(fixed('5s'), limitRetries(2 ** 31)),
      [['limitRetries(2147483648)', 'pg-boss counts 2147483647 retries at most', 'limitRetries(2147483647)']]
    ],
    ['a wait of 1.5 s', pipe(fixed(1500), three), [['fixed(1500)', counts, 'fixed(2000)']]],
    [
      'too long a wait',
      pipe(fixed(2 ** 31 * 1000), three),
      [['fixed(2147483648000)', 'the longest wait of pg-boss is 68 years', 'capDelay(2147483647000)']]
    ],
    [
      'growth without jitter',
      pipe(exponential('3s'), three),
      [['exponential(3000)', upper, 'pipe(exponential(4000), withJitter("equal"))']]
    ],
    [
      'growth by 3',
      pipe(exponential('2s', 3), equal, three),
      [['exponential(2000, 3)', doubles, 'pipe(exponential(2000), withJitter("equal"))']]
    ],
    [
      'too long a base',
      pipe(exponential(2 ** 31 * 1000), equal, limitRetries(1)),
      [['exponential(2147483648000)', 'the longest wait of pg-boss is 68 years', 'capDelay(2147483647000)']]
    ],
    [
      'too long a base, and odd',
      pipe(exponential(2 ** 31 * 1000 + 1), equal, limitRetries(1)),
      [
        ['exponential(2147483648001)', halves, 'pipe(exponential(2147483646000), withJitter("equal"))'],
        ['exponential(2147483648001)', 'the longest wait of pg-boss is 68 years', 'capDelay(2147483647000)']
      ]
    ],
    [
      'an odd base',
      pipe(exponential('3s'), equal, three),
      [['exponential(3000)', halves, 'pipe(exponential(4000), withJitter("equal"))']]
    ],
    [
      'a base of 0.5 s',
      pipe(exponential(500), equal, three),
      [['exponential(500)', halves, 'pipe(exponential(2000), withJitter("equal"))']]
    ],
    [
      'the same wait, spread',
      pipe(fixed('4s'), equal, three),
      [['withJitter("equal")', 'pg-boss does not spread waits that stay the same', 'no jitter']]
    ],
    [
      'full jitter',
      pipe(exponential('2s'), withJitter('full'), three),
      [
        [
          'withJitter("full")',
          'pg-boss spreads waits in its own way only',
          'withJitter("equal") on exponential, or no jitter on fixed'
        ]
      ]
    ],
    [
      'full jitter of waits that it does not have',
      pipe(exponential('2s', 3), withJitter('full'), three),
      [
        [
          'withJitter("full")',
          'pg-boss spreads waits in its own way only',
          'withJitter("equal") on exponential, or no jitter on fixed'
        ],
        ['exponential(2000, 3)', doubles, 'pipe(exponential(2000), withJitter("equal"))']
      ]
    ],
    [
      'a cap of 2.5 s',
      pipe(exponential('2s'), equal, capDelay(2500), three),
      [['capDelay(2500)', counts, 'capDelay(3000)']]
    ],
    [
      '17 retries',
      pipe(exponential('2s'), equal, limitRetries(17)),
      [['limitRetries(17)', 'the waits of pg-boss grow up to the 16th, and no further', 'capDelay(65536000)']]
    ],
    [
      'too long a cap',
      pipe(exponential('2s'), equal, capDelay(65_537_000), limitRetries(17)),
      [
        [
          'capDelay(65537000)',
          'the waits of pg-boss grow up to the 16th, and no further',
          'capDelay(65536000)'
        ]
      ]
    ],
    [
      'shrinking',
      pipe(exponential('4s', 0.5), three),
      [['exponential(4000, 0.5)', 'pg-boss never shortens waits', 'fixed(4000)']]
    ],
    [
      'what is beside the waits',
      pipe(
        fixed('5s'),
        retryOn('A'),
        abortOn('B'),
        abortOn('C'),
        limitElapsed('1m'),
        retryUntil(isDone),
        delayFrom(hint, { max: 5 })
      ),
      [
        [
          'delayFrom(hint, { max: 5 })',
          'pg-boss reads no wait from an error by a function',
          'a handler that sends the job again with startAfter'
        ],
        [
          'limitElapsed(60000)',
          'pg-boss stops by count, not by time',
          'limitRetries, with waits that add up to that'
        ],
        [
          'retryUntil(isDone)',
          'pg-boss retries errors, and looks at no result',
          'a handler that throws where the result will not do'
        ],
        needed,
        ['retryOn("A")', ...conditions],
        ['abortOn("B")', ...conditions],
        ['abortOn("C")', ...conditions]
      ]
    ],
    [
      'when',
      pipe(fixed('5s'), when('A', fixed('1s')), three),
      [
        [
          'when("A", fixed(1000))',
          'pg-boss times all errors by one schedule',
          'a queue of its own for the work that fails with these errors'
        ]
      ]
    ]
  ])('%s -> what is in the way', (_, policy, expected) => {
    const made = toPgBoss(policy)
    expect(
      made._tag === 'Left' && made.left.map(({ part, reason, closest }) => [part, reason, closest])
    ).toEqual(expected)
  })

  it('no policy -> TypeError', () => {
    expect(() => toPgBoss(5 as never)).toThrow(RangeError)
  })
})

const read = (options: unknown): unknown => {
  const made = fromPgBoss(options)
  return made._tag === 'Right'
    ? PolicyShow.show(made.right)
    : made.left.map(({ path, value, expected }) => [path, value, expected])
}

const whole = 'a whole number from 0 to 2147483647'

describe('fromPgBoss', () => {
  it.each<[unknown, string]>([
    [{}, 'pipe(immediate, limitRetries(2))'],
    [{ retryLimit: 0 }, 'pipe(immediate, limitRetries(0))'],
    [{ retryDelay: 30, priority: 5, expireInSeconds: 60 }, 'pipe(fixed(30000), limitRetries(2))'],
    [{ retryBackoff: true }, 'pipe(exponential(2000), withJitter("equal"), limitRetries(2))'],
    [
      { retryBackoff: true, retryDelay: 0, retryDelayMax: null },
      'pipe(exponential(2000), withJitter("equal"), limitRetries(2))'
    ],
    [
      { retryBackoff: true, retryDelay: 5, retryDelayMax: 60, retryLimit: 9 },
      'pipe(exponential(10000), withJitter("equal"), capDelay(60000), limitRetries(9))'
    ],
    [
      { retryBackoff: true, retryLimit: 16 },
      'pipe(exponential(2000), withJitter("equal"), limitRetries(16))'
    ],
    [
      { retryBackoff: true, retryLimit: 17 },
      'pipe(exponential(2000), withJitter("equal"), capDelay(65536000), limitRetries(17))'
    ],
    [
      { retryBackoff: true, retryLimit: 17, retryDelayMax: 70_000 },
      'pipe(exponential(2000), withJitter("equal"), capDelay(65536000), limitRetries(17))'
    ],
    [{ retryBackoff: false, retryDelayMax: null, retryDelay: 1 }, 'pipe(fixed(1000), limitRetries(2))']
  ])('%j -> %s', (options, expected) => expect(read(options)).toBe(expected))

  it.each<[unknown, ReadonlyArray<unknown>]>([
    [null, [['', null, 'options of pg-boss']]],
    [
      { retryLimit: -1, retryDelay: 1.5 },
      [
        ['retryLimit', -1, whole],
        ['retryDelay', 1.5, whole]
      ]
    ],
    [{ retryLimit: Infinity }, [['retryLimit', Infinity, whole]]],
    [
      { retryBackoff: 1, retryDelayMax: '5' },
      [
        ['retryBackoff', 1, 'true or false'],
        ['retryDelayMax', '5', `${whole}, or null`]
      ]
    ],
    [{ retryDelayMax: 60 }, [['retryDelayMax', 60, 'no such option without retryBackoff']]],
    [
      { retryLimt: 3 },
      [['retryLimt', 3, 'one of the keys retryLimit, retryDelay, retryBackoff, retryDelayMax']]
    ]
  ])('%j -> %j', (options, expected) => expect(read(options)).toEqual(expected))

  it.each(oddJson.map((make, i) => [i, make] as const))('hostile input %d -> read, not thrown', (_, make) => {
    expect(['Left', 'Right']).toContain(fromPgBoss(make())._tag)
    expect(['Left', 'Right']).toContain(
      fromPgBoss({ retryBackoff: true, retryDelay: make(), retryLimit: make() })._tag
    )
  })
})
