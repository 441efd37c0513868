import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  andThen,
  type AnyPolicy,
  capDelay,
  delayFrom,
  delays,
  exponential,
  fixed,
  floorDelay,
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  never,
  not,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { fromStepFunctions, type Retrier, toStepFunctions } from 'reprise/interop'

const isBusy = (error: unknown): boolean => error === 'busy'
const hint = (): number | undefined => undefined
const isDone = (result: unknown): boolean => result === 'done'

/** ErrorEquals, IntervalSeconds, BackoffRate, MaxAttempts, and what else is set. */
const retrier = (
  ErrorEquals: ReadonlyArray<string>,
  IntervalSeconds: number,
  BackoffRate: number,
  MaxAttempts: number,
  more: Partial<Retrier> = {}
): Retrier => ({ ErrorEquals, IntervalSeconds, BackoffRate, MaxAttempts, JitterStrategy: 'NONE', ...more })

const all = ['States.ALL']
const full = { JitterStrategy: 'FULL' } as const
const notAtAll = (...errors: ReadonlyArray<string>): Retrier => retrier(errors, 1, 1, 0)

const once = limitRetries(1)
const three = limitRetries(3)

describe('toStepFunctions', () => {
  it.each<[string, AnyPolicy, ReadonlyArray<Retrier>]>([
    ['3 retries', pipe(exponential('2s', 1.5), three), [retrier(all, 2, 1.5, 3)]],
    ['the same wait', pipe(fixed('5s'), three), [retrier(all, 5, 1, 3)]],
    ['a part of a millisecond', pipe(fixed(5000.7), three), [retrier(all, 5, 1, 3)]],
    [
      'a cap that bites',
      pipe(exponential('2s'), capDelay('5s'), three),
      [retrier(all, 2, 2, 3, { MaxDelaySeconds: 5 })]
    ],
    [
      'a cap with a part of a millisecond',
      pipe(exponential('2s'), capDelay(5000.7), three),
      [retrier(all, 2, 2, 3, { MaxDelaySeconds: 5 })]
    ],
    ['a cap that does not', pipe(exponential('2s'), capDelay('8.5s'), three), [retrier(all, 2, 2, 3)]],
    ['a cap below the base', pipe(exponential('5s'), capDelay('2s'), three), [retrier(all, 2, 1, 3)]],
    ['full jitter', pipe(exponential('2s'), withJitter('full'), three), [retrier(all, 2, 2, 3, full)]],
    [
      'full jitter under a cap',
      pipe(exponential('2s'), withJitter('full'), capDelay('5s'), three),
      [retrier(all, 2, 2, 3, { ...full, MaxDelaySeconds: 5 })]
    ],
    // ± 100 % is full jitter of twice the wait.
    ['jitter of 1', pipe(exponential('2s'), withJitter(1), three), [retrier(all, 4, 2, 3, full)]],
    [
      'equal, then full jitter',
      pipe(fixed('2s'), withJitter('equal'), withJitter('full'), three),
      [retrier(all, 2, 1, 3, full)]
    ],
    [
      'a list with full jitter',
      pipe(delays([2000, 4000]), withJitter('full')),
      [retrier(all, 2, 2, 2, full)]
    ],
    ['limitTotalDelay', pipe(exponential('1s'), limitTotalDelay('1m')), [retrier(all, 1, 2, 5)]],
    [
      'a limit of time that never bites, with jitter',
      pipe(fixed('1s'), withJitter('full'), limitDelay('1s'), three),
      [retrier(all, 1, 1, 3, full)]
    ],
    ['retryOn', pipe(fixed('1s'), three, retryOn(['A', TypeError])), [retrier(['A', 'TypeError'], 1, 1, 3)]],
    ['retryOn a name twice', pipe(fixed('1s'), three, retryOn(['A', 'A'])), [retrier(['A'], 1, 1, 3)]],
    [
      'abortOn',
      pipe(fixed('1s'), three, abortOn('A'), abortOn('B')),
      [notAtAll('A', 'B'), retrier(all, 1, 1, 3)]
    ],
    ['retryOn not', pipe(fixed('1s'), three, retryOn(not('A'))), [notAtAll('A'), retrier(all, 1, 1, 3)]],
    [
      'abortOn what retryOn names',
      pipe(fixed('1s'), three, retryOn(['A', 'B']), abortOn('A')),
      [notAtAll('A'), retrier(['B'], 1, 1, 3)]
    ],
    ['abortOn all that retryOn names', pipe(fixed('1s'), three, retryOn('A'), abortOn('A')), []],
    [
      'when',
      pipe(fixed('1s'), three, when('A', pipe(fixed('9s'), once))),
      [retrier(['A'], 9, 1, 1), retrier(all, 1, 1, 3)]
    ],
    [
      'when, twice: the last in the pipe comes first',
      pipe(fixed('1s'), three, when(['A', 'B'], pipe(fixed('9s'), once)), when('B', pipe(fixed('7s'), once))),
      [retrier(['B'], 7, 1, 1), retrier(['A'], 9, 1, 1), retrier(all, 1, 1, 3)]
    ],
    [
      'when, and what stands below it',
      pipe(exponential('1s'), three, when('A', pipe(fixed('9s'), once)), withJitter('full'), capDelay('3s')),
      [retrier(['A'], 3, 1, 1, full), retrier(all, 1, 2, 3, { ...full, MaxDelaySeconds: 3 })]
    ],
    [
      'a floor and a limit below when',
      pipe(fixed('1s'), when('A', fixed('9s')), floorDelay('2s'), limitDelay('5s'), limitRetries(0)),
      []
    ],
    [
      'a floor below when',
      pipe(fixed('1s'), three, when('A', pipe(fixed('9s'), once)), floorDelay('2s')),
      [retrier(['A'], 9, 1, 1), retrier(all, 2, 1, 3)]
    ],
    // Waits of 1, 2, 4 s; 9 s is no wait at all.
    [
      'limitDelay below when',
      pipe(exponential('1s'), when('A', fixed('9s')), limitDelay('5s')),
      [notAtAll('A'), retrier(all, 1, 2, 3)]
    ],
    [
      'when, although retryOn names others',
      pipe(fixed('1s'), three, retryOn('B'), when('A', pipe(fixed('9s'), once))),
      [retrier(['A'], 9, 1, 1), retrier(['B'], 1, 1, 3)]
    ],
    [
      'when, although retryOn excludes it',
      pipe(fixed('1s'), three, retryOn(not(['A', 'B'])), when('A', pipe(fixed('9s'), once))),
      [notAtAll('B'), retrier(['A'], 9, 1, 1), retrier(all, 1, 1, 3)]
    ],
    [
      'when without retries',
      pipe(fixed('1s'), three, when('A', never)),
      [notAtAll('A'), retrier(all, 1, 1, 3)]
    ],
    ['only when', pipe(never, when('A', pipe(fixed('9s'), once))), [retrier(['A'], 9, 1, 1)]],
    ['never', never, []],
    ['no retry, whatever else', pipe(linear(1), withJitter(0.2), retryOn(isBusy), limitRetries(0)), []],
    [
      'the most of all',
      pipe(fixed(31_622_400_000), limitRetries(99_999_999)),
      [retrier(all, 31_622_400, 1, 99_999_999)]
    ]
  ])('%s -> retriers', (_, policy, right) => {
    expect(toStepFunctions(policy)).toEqual({ _tag: 'Right', right })
  })

  const counts = 'Step Functions counts whole seconds'
  const needed = 'Step Functions needs a number of retries'
  const unnamed = 'Step Functions goes by the name of an error, and each retrier names its own'
  const own = 'the retriers of Step Functions count for themselves'
  const inWhen = 'when, with the names of errors, at the end of the pipe'

  it.each<[string, AnyPolicy, ReadonlyArray<readonly [string, string, string]>]>([
    ['no limit', fixed('1s'), [['no limitRetries', needed, 'limitRetries(99999999)']]],
    [
      'no limit, of what it cannot do',
      linear('1s'),
      [
        ['linear(1000)', 'the waits of Step Functions grow by a factor, if at all', 'exponential(1000, 1.5)'],
        ['no limitRetries', needed, 'limitRetries(99999999)']
      ]
    ],
    [
      'too many retries',
      pipe(fixed('1s'), limitRetries(1e8)),
      [
        [
          'limitRetries(100000000)',
          'Step Functions counts 99999999 retries at most',
          'limitRetries(99999999)'
        ]
      ]
    ],
    [
      'a base of 1.5 s',
      pipe(exponential(1500), three),
      [['exponential(1500)', `${counts}, from 1 on`, 'exponential(2000)']]
    ],
    ['immediate', pipe(immediate, three), [['immediate', `${counts}, from 1 on`, 'fixed(1000)']]],
    [
      'a floor of 1.5 s',
      pipe(fixed('1s'), floorDelay(1500), three),
      [['floorDelay(1500)', `${counts}, from 1 on`, 'floorDelay(2000)']]
    ],
    [
      'a base and a cap',
      pipe(exponential(1500), capDelay(2500), three),
      [
        ['exponential(1500)', `${counts}, from 1 on`, 'exponential(2000)'],
        ['capDelay(2500)', counts, 'capDelay(3000)']
      ]
    ],
    [
      'too long',
      pipe(exponential('1s'), limitRetries(26)),
      [['exponential(1000)', 'the longest wait of Step Functions is 366 d', 'capDelay(31622400000)']]
    ],
    [
      'jitter',
      pipe(fixed('1s'), withJitter('equal'), three),
      [['withJitter("equal")', 'Step Functions spreads waits in its own way only', 'withJitter("full")']]
    ],
    [
      'full jitter above a floor',
      pipe(exponential('1s'), withJitter('full'), floorDelay(500), three),
      [['floorDelay(500)', 'Step Functions has no shortest wait', 'a first wait that is no shorter']]
    ],
    [
      'full jitter and a limit of time',
      pipe(fixed('1s'), withJitter('full'), limitTotalDelay('2s'), three),
      [
        [
          'limitTotalDelay(2000)',
          'with jitter, the draws say when it stops, and Step Functions stops by count alone',
          'limitRetries'
        ]
      ]
    ],
    [
      'a hint',
      pipe(fixed('1s'), three, delayFrom(hint, { max: '1m' })),
      [
        [
          'delayFrom(hint, { max: 60000 })',
          'Step Functions reads no wait from an error by a function',
          'a Catch that goes to a Wait state with SecondsPath'
        ]
      ]
    ],
    [
      'names that stand for others',
      pipe(fixed('1s'), three, retryOn(['States.ALL', 'A']), abortOn('States.TaskFailed')),
      [
        [
          'abortOn("States.TaskFailed")',
          'States.TaskFailed stands for errors of other names there',
          'the names of these errors'
        ],
        [
          'retryOn("States.ALL")',
          'States.ALL stands for errors of other names there',
          'the names of these errors'
        ]
      ]
    ],
    [
      'abortOn not',
      pipe(fixed('1s'), three, abortOn(not('A'))),
      [
        [
          'abortOn(not("A"))',
          'Step Functions names the errors that are not retried, one by one',
          'retryOn with the others'
        ]
      ]
    ],
    [
      'when a function says so',
      pipe(fixed('1s'), three, when(isBusy, pipe(fixed('9s'), once))),
      [['when(isBusy, pipe(fixed(9000), limitRetries(1)))', unnamed, inWhen]]
    ],
    [
      'when not',
      pipe(fixed('1s'), three, when(not('A'), pipe(fixed('9s'), once))),
      [['when(not("A"), pipe(fixed(9000), limitRetries(1)))', unnamed, inWhen]]
    ],
    [
      'retryOn in when',
      pipe(fixed('1s'), three, when('A', pipe(fixed('9s'), once, retryOn('B')))),
      [
        [
          'when("A", pipe(fixed(9000), limitRetries(1), retryOn("B")))',
          'a retrier of Step Functions names errors once',
          'the condition of retryOn in that of when'
        ]
      ]
    ],
    [
      'what is wrong in when',
      pipe(fixed('1s'), three, when('A', fixed(9500))),
      [
        ['no limitRetries in when("A", fixed(9500))', needed, 'limitRetries(99999999)'],
        ['fixed(9500) in when("A", fixed(9500))', `${counts}, from 1 on`, 'fixed(10000)']
      ]
    ],
    [
      'when in a combination',
      pipe(fixed('1s'), three, when('A', pipe(fixed('9s'), once)), andThen(fixed('2s')), three),
      [
        [
          'andThen(fixed(2000))',
          'Step Functions has one schedule, not several together',
          'the part that matters most, alone'
        ],
        [
          'when("A", pipe(fixed(9000), limitRetries(1)))',
          'Step Functions times all errors by one schedule',
          inWhen
        ]
      ]
    ],
    [
      'what holds for all of when together',
      pipe(
        fixed('1s'),
        capDelay('1s'),
        three,
        when('A', pipe(fixed('9s'), once)),
        limitRetries(3),
        limitTotalDelay('1m'),
        limitElapsed('1m'),
        floorDelay('2s'),
        retryUntil(isDone)
      ),
      [
        ['limitRetries(3)', own, 'limitRetries in each part'],
        ['limitTotalDelay(60000)', own, 'limitTotalDelay in each part'],
        ['floorDelay(2000)', 'Step Functions has no shortest wait', 'a longer cap above it in the pipe'],
        [
          'limitElapsed(60000)',
          'Step Functions stops by count, not by time',
          'TimeoutSeconds of the state machine, which ends an attempt under way as well'
        ],
        [
          'retryUntil(isDone)',
          'Step Functions retries errors, and looks at no result',
          'a task that fails with an error where the result will not do'
        ]
      ]
    ]
  ])('%s -> what is in the way', (_, policy, expected) => {
    const made = toStepFunctions(policy)
    expect(
      made._tag === 'Left' && made.left.map(({ part, reason, closest }) => [part, reason, closest])
    ).toEqual(expected)
  })

  it('1,000 retriers, there and back -> the same', () => {
    const right = Array.from({ length: 1000 }, (_, i) => retrier([`E${i}`], 1, 1, 3))
    const policy = fromStepFunctions(right)
    expect(policy._tag === 'Right' && toStepFunctions(policy.right)).toEqual({ _tag: 'Right', right })
  })

  it('no policy -> TypeError', () => {
    expect(() => toStepFunctions(null as never)).toThrow(
      new TypeError('toStepFunctions: policy must be made by constructors, got null')
    )
  })
})
