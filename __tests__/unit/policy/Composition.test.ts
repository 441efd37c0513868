import { concatAll } from 'fp-ts/lib/Monoid.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  allOf,
  andThen,
  both,
  capDelay,
  type Condition,
  custom,
  delayFrom,
  delays,
  either,
  exponential,
  fixed,
  floorDelay,
  getPolicyLattice,
  getPolicyMonoid,
  immediate,
  isRetryable,
  limitElapsed,
  limitRetries,
  mapDelay,
  never,
  not,
  recordFailures,
  retryOn,
  retryUntil,
  type RetryPolicy,
  simulate,
  type SimulatedOutcome,
  waits,
  when,
  withJitter
} from 'reprise'
import { combine, conditional } from '../../../src/policy/Composition.js'
import { toCondition } from '../../../src/policy/Condition.js'
import { compile, freshScope, newWindow } from '../../../src/policy/evaluate.js'
import { thrown } from '../../support/bad.js'

type Error = 'A' | 'B' | 'C' | 'CircuitOpen' | 'Rejected' | 'Threw'

const outcomes: Readonly<Record<Error, SimulatedOutcome<unknown, unknown>>> = {
  A: { _tag: 'Failed', error: { _tag: 'A' } },
  B: { _tag: 'Failed', error: { _tag: 'B' } },
  C: { _tag: 'Failed', error: { _tag: 'C' } },
  CircuitOpen: { _tag: 'Failed', error: { _tag: 'CircuitOpen', retryAfter: 5 } },
  Rejected: { _tag: 'Rejected', value: 0, reasons: ['no'] },
  Threw: { _tag: 'Threw', error: { _tag: 'A' } }
}

/** The waits for these failures, and the reason to give up if there is one. */
const play = (policy: RetryPolicy, ...errors: ReadonlyArray<Error>): ReadonlyArray<unknown> =>
  simulate(
    policy,
    errors.map((error) => outcomes[error])
  ).map((decision) =>
    decision._tag === 'Retry' ? decision.delay : decision._tag === 'GiveUp' ? decision.reason : 'Accept'
  )

const broken = (): never => {
  throw new Error('not for me')
}

const named = (name: string) => toCondition('c', name)

describe.each([
  ['both', both],
  ['either', either],
  ['andThen', andThen]
])('%s', (_tag, combinator) => {
  it('two policies -> data: both of them, in order', () => {
    expect(pipe(fixed(1), combinator(fixed(2)))).toEqual({
      schedule: { _tag, policies: [fixed(1), fixed(2)] }
    })
  })
})

describe('two halts', () => {
  const stop = delays([])
  const hinted = (hint: number) =>
    pipe(
      fixed(0),
      delayFrom(() => hint, { max: 0 })
    )
  const refusing = pipe(fixed(1), retryOn('B'))

  /** What comes of it where both sides halt at the error A. */
  const halt = (policy: RetryPolicy): unknown => {
    const [decision] = simulate(policy, [outcomes.A])
    if (decision?._tag !== 'GiveUp') return decision?._tag
    return decision.reason === 'Exhausted' ? decision.hint : decision.reason
  }

  it.each<[string, RetryPolicy, RetryPolicy, unknown, unknown]>([
    ['two stops', stop, stop, undefined, undefined],
    ['two hints', hinted(300), hinted(500), 500, 300],
    ['a stop, a hint of less than 1 ms', stop, hinted(0.5), 0.5, 0.5],
    ['a hint, a refusal', retryOn('A')(hinted(500)), refusing, 'NotRetryable', 500],
    ['a stop, a refusal', retryOn('A')(stop), refusing, 'NotRetryable', undefined],
    ['two refusals', refusing, retryOn('C')(fixed(1)), 'NotRetryable', 'NotRetryable']
  ])('%s, in any order -> of both and of either', (_, one, other, ofBoth, ofEither) => {
    expect([halt(pipe(one, both(other))), halt(pipe(other, both(one)))]).toEqual([ofBoth, ofBoth])
    expect([halt(pipe(one, either(other))), halt(pipe(other, either(one)))]).toEqual([ofEither, ofEither])
  })
})

describe('jitter of a combination', () => {
  const windows = (policy: RetryPolicy): ReadonlyArray<unknown> =>
    simulate(policy, 1).map((decision) => decision._tag === 'Retry' && [decision.from, decision.to])

  it('of both -> handed down to the parts, whose bounds hold', () => {
    const policy = pipe(fixed(100), floorDelay(80), both(fixed(1)), withJitter(0.5))
    expect(windows(policy)).toEqual([[80, 150]])
  })

  it('of mapDelay -> spreads what it gives', () => {
    const policy = pipe(
      fixed(100),
      floorDelay(80),
      mapDelay('double', (delay) => delay * 2),
      withJitter(0.5)
    )
    expect(windows(policy)).toEqual([[100, 300]])
  })
})

describe('what a part leaves to the next', () => {
  it('no floor and no hint -> no fields for them', () => {
    const window = newWindow({ _tag: 'Failed', error: 'x' })
    const context = { attempt: 1, elapsed: 0, name: '', args: [], previousDelay: undefined }
    compile(pipe(fixed(100), both(fixed(1))), () => 0)(window, freshScope, { context, random: 0, memory: [] })
    expect(Object.entries(window)).toEqual([
      ['_tag', 'Retry'],
      ['cause', { _tag: 'Failed', error: 'x' }],
      ['delay', 0],
      ['from', 100],
      ['to', 100],
      ['latest', Infinity]
    ])
  })
})

describe('both', () => {
  it.each<[string, RetryPolicy, number[]]>([
    [
      '100, 200, 400 … with 300 -> the longer',
      pipe(exponential(100), both(fixed(300))),
      [300, 300, 400, 800]
    ],
    ['with a list of 2 -> stops with it', pipe(exponential(100), both(delays([1, 2]))), [100, 200]],
    ['with never -> never', pipe(exponential(100), both(never)), []],
    ['with immediate -> as it was', pipe(exponential(100), both(immediate)), [100, 200, 400, 800]]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 4)).toEqual(expected)
  })

  it('two windows -> end by end, the earlier latest', () => {
    const [a, b] = [pipe(fixed(100), withJitter(0.5), limitElapsed(900)), pipe(fixed(120), limitElapsed(800))]
    expect(simulate(pipe(a, both(b)), 1)).toMatchObject([{ from: 120, to: 150, latest: 800 }])
  })

  it('two conditions -> both must agree', () => {
    const policy = pipe(fixed(1), retryOn(['A', 'B']), both(pipe(fixed(2), retryOn(['B', 'C']))))
    expect(play(policy, 'A')).toEqual(['NotRetryable'])
    expect(play(policy, 'B')).toEqual([2])
    expect(play(policy, 'C')).toEqual(['NotRetryable'])
    expect(play(policy, 'Rejected')).toEqual([2])
  })

  it('one condition -> that one', () => {
    const policy = pipe(fixed(1), both(pipe(fixed(2), retryOn('CircuitOpen'))))
    expect([play(policy, 'A'), play(policy, 'CircuitOpen')]).toEqual([['NotRetryable'], [2]])
  })

  it('a stop and a refusal -> NotRetryable', () => {
    expect(play(pipe(never, both(pipe(fixed(1), retryOn('A')))), 'B')).toEqual(['NotRetryable'])
  })
})

describe('either', () => {
  it.each<[string, RetryPolicy, number[]]>([
    [
      '100, 200, 400 … with 300 -> the shorter',
      pipe(exponential(100), either(fixed(300))),
      [100, 200, 300, 300]
    ],
    ['with a list of 2 -> goes on without it', pipe(fixed(9), either(delays([1, 2]))), [1, 2, 9, 9]],
    ['with never -> as it was', pipe(exponential(100), either(never)), [100, 200, 400, 800]],
    ['with immediate -> immediate', pipe(exponential(100), either(immediate)), [0, 0, 0, 0]],
    ['two lists -> until both are over', pipe(delays([5, 5, 5]), either(delays([1]))), [1, 5, 5]]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 4)).toEqual(expected)
  })

  it('two windows -> end by end, the later latest', () => {
    const [a, b] = [pipe(fixed(100), withJitter(0.5), limitElapsed(900)), pipe(fixed(120), limitElapsed(800))]
    expect(simulate(pipe(a, either(b)), 1)).toMatchObject([{ from: 50, to: 120, latest: 900 }])
  })

  const judging = pipe(fixed(1), retryOn('A'), either(pipe(fixed(2), retryOn(['A', 'B']))))

  it.each<[string, RetryPolicy, ReadonlyArray<Error>, unknown[]]>([
    [
      'two conditions -> each branch judges for itself',
      judging,
      ['A', 'B', 'A', 'C'],
      [1, 2, 1, 'NotRetryable']
    ],
    [
      'one condition -> for both branches',
      pipe(fixed(1), either(pipe(fixed(2), retryOn('A')))),
      ['A', 'B'],
      [1, 'NotRetryable']
    ],
    [
      'a stop and a refusal -> Exhausted',
      pipe(never, retryOn('B'), either(pipe(fixed(1), retryOn('A')))),
      ['B'],
      ['Exhausted']
    ],
    [
      'a refused branch -> steps all the same',
      pipe(delays([1, 2, 3]), retryOn('A'), either(pipe(fixed(9), retryOn('B')))),
      ['B', 'A'],
      [9, 2]
    ],
    [
      'a refused branch that would change over -> changes over all the same',
      pipe(delays([1]), andThen(delays([2, 3])), retryOn('A'), either(pipe(fixed(9), retryOn('B')))),
      ['B', 'B', 'A', 'A'],
      [9, 9, 3, 'Exhausted']
    ],
    [
      'a when in the branch without retryOn -> what it names is retried',
      pipe(fixed(1), retryOn('A'), either(pipe(fixed(2), when('B', fixed(3))))),
      ['B', 'A', 'C'],
      [3, 1, 'NotRetryable']
    ],
    [
      'a when in the branch with retryOn -> the other goes by it all',
      pipe(fixed(3), retryOn('A'), when('B', fixed(5)), either(fixed(9))),
      ['B', 'A', 'C'],
      [5, 3, 'NotRetryable']
    ],
    [
      'a when that judges in the branch without retryOn -> what it refuses is refused',
      pipe(fixed(1), when(['A', 'B'], pipe(fixed(2), retryOn('A'))), either(fixed(9))),
      ['A', 'C', 'B'],
      [2, 1, 'NotRetryable']
    ],
    [
      'a when that judges, and an error that means given up -> refused all the same',
      pipe(fixed(1), when('A', pipe(fixed(2), retryOn('A'))), either(fixed(9))),
      ['CircuitOpen'],
      ['NotRetryable']
    ]
  ])('%s', (_, policy, errors, expected) => {
    expect(play(policy, ...errors)).toEqual(expected)
  })
})

describe('andThen', () => {
  it.each<[string, RetryPolicy, number[]]>([
    ['10, 20, then 5 … -> one after the other', pipe(delays([10, 20]), andThen(fixed(5))), [10, 20, 5, 5, 5]],
    [
      'exponential -> its own count from 0',
      pipe(delays([10, 20]), andThen(exponential(1))),
      [10, 20, 1, 2, 4]
    ],
    ['three stages -> in order', pipe(delays([1]), andThen(delays([2])), andThen(delays([3]))), [1, 2, 3]],
    ['never first -> next', pipe(never, andThen(fixed(5))), [5, 5, 5, 5, 5]],
    ['never next -> stop', pipe(delays([1]), andThen(never)), [1]],
    ['a first stage without end -> never changes over', pipe(fixed(1), andThen(fixed(5))), [1, 1, 1, 1, 1]]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 5)).toEqual(expected)
  })

  it('a stage that goes on -> is asked once a failure', () => {
    const f = jest.fn(() => 1)
    expect(play(pipe(custom('f', f), andThen(fixed(2))), 'A', 'B')).toEqual([1, 1])
    expect(f).toHaveBeenCalledTimes(2)
  })

  it('a stage that refuses, and whose schedule throws -> is not over', () => {
    const stage = pipe(custom('broken', broken), retryOn('B'))
    expect(play(pipe(stage, andThen(pipe(fixed(2), retryOn('A')))), 'A')).toEqual(['NotRetryable'])
  })

  it('a wait that would end late -> changes over', () => {
    expect(waits(pipe(fixed(100), limitElapsed(250), andThen(fixed(30))), 5)).toEqual([100, 100, 30, 30, 30])
  })

  it.each<[string, RetryPolicy, ReadonlyArray<Error>, unknown[]]>([
    [
      'two conditions -> each stage judges for itself',
      pipe(delays([1]), retryOn('A'), andThen(pipe(fixed(2), retryOn('B')))),
      ['A', 'B', 'A'],
      [1, 2, 'NotRetryable']
    ],
    [
      'a refused error -> ends the call, and does not change over',
      pipe(delays([1]), retryOn('A'), andThen(pipe(fixed(2), retryOn('B')))),
      ['B'],
      ['NotRetryable']
    ],
    [
      'one condition -> for both stages',
      pipe(delays([1]), andThen(pipe(fixed(2), retryOn('A')))),
      ['B'],
      ['NotRetryable']
    ],
    [
      'a stage that refuses, and whose hint would throw -> refused all the same',
      pipe(delays([1]), retryOn('A'), delayFrom(broken, { max: 5 }), andThen(pipe(fixed(2), retryOn('B')))),
      ['B'],
      ['NotRetryable']
    ],
    [
      'a stage that is over -> judges nothing',
      pipe(delays([]), retryOn('A'), andThen(pipe(fixed(2), retryOn('B')))),
      ['B', 'B', 'A'],
      [2, 2, 'NotRetryable']
    ],
    [
      'a stage that would end late -> judges nothing',
      pipe(fixed(9), limitElapsed(5), retryOn('A'), andThen(pipe(fixed(2), retryOn('B')))),
      ['B'],
      [2]
    ],
    [
      'a when in the stage without retryOn -> what it names is retried',
      pipe(delays([1]), retryOn('A'), andThen(pipe(fixed(2), when('B', fixed(3))))),
      ['A', 'B', 'C'],
      [1, 3, 'NotRetryable']
    ]
  ])('%s', (_, policy, errors, expected) => {
    expect(play(policy, ...errors)).toEqual(expected)
  })
})

describe('when', () => {
  const policy = pipe(exponential(100), when('A', delays([1, 2])))

  it.each<[string, RetryPolicy, ReadonlyArray<Error>, unknown[]]>([
    [
      'errors in turn -> each schedule counts its own',
      policy,
      ['B', 'A', 'B', 'A', 'B'],
      [100, 1, 200, 2, 400]
    ],
    ['the chosen schedule is over -> Exhausted', policy, ['A', 'B', 'A', 'A'], [1, 100, 2, 'Exhausted']],
    ['a thrown value -> asked as well', policy, ['Threw'], [1]],
    ['a rejected result -> the main schedule', policy, ['Rejected', 'Rejected'], [100, 200]],
    ['a later when -> asked first', pipe(policy, when(['A', 'B'], fixed(7))), ['A', 'B', 'C'], [7, 7, 100]],
    [
      'what it names -> retried, whatever retryOn says',
      pipe(policy, retryOn('B')),
      ['A', 'B', 'C'],
      [1, 100, 'NotRetryable']
    ],
    [
      'what it names -> retried, though it means given up',
      pipe(fixed(1), when('CircuitOpen', fixed(9))),
      ['CircuitOpen'],
      [9]
    ],
    [
      'what it does not name -> given up',
      pipe(fixed(1), when('A', fixed(9))),
      ['CircuitOpen'],
      ['NotRetryable']
    ],
    ['abortOn -> beats it', pipe(policy, abortOn('A')), ['A'], ['NotRetryable']],
    [
      'retryOn of the chosen policy -> judges',
      pipe(fixed(1), when(['A', 'B'], pipe(fixed(2), retryOn('A')))),
      ['A', 'B'],
      [2, 'NotRetryable']
    ],
    ['limitRetries outside -> of all', pipe(policy, limitRetries(2)), ['A', 'B', 'B'], [1, 100, 'Exhausted']]
  ])('%s', (_, given, errors, expected) => {
    expect(play(given, ...errors)).toEqual(expected)
  })

  it('a condition on everything but one error, and a rejected result -> the main schedule', () => {
    expect(play(pipe(fixed(1), when(not('A'), fixed(2))), 'B', 'Rejected')).toEqual([2, 1])
  })

  it('a condition that throws -> PolicyFault', () => {
    const broken = pipe(
      fixed(1),
      when((): boolean => {
        throw new Error('no')
      }, fixed(2))
    )
    expect(play(broken, 'A')).toEqual(['PolicyFault'])
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: when: condition must be …, got undefined'],
    [5, 'RangeError: when: condition must be …, got 5'],
    ['', 'RangeError: when: condition must be …, got ""']
  ])('%p -> %s', (condition, text) => {
    expect(thrown(() => when(condition as string, never))).toBe(text)
  })
})

describe('what applies to the whole call', () => {
  const [valid, small] = [(n: unknown) => n !== 0, (n: unknown) => n !== 1]
  const [a, b] = [
    pipe(fixed(1), abortOn('A'), retryUntil(valid), recordFailures(3)),
    pipe(fixed(2), abortOn('A'), abortOn('B'), retryUntil([small, valid]), recordFailures(5))
  ]

  it.each<[string, RetryPolicy]>([
    ['both', pipe(a, both(b))],
    ['either', pipe(a, either(b))],
    ['andThen', pipe(a, andThen(b))]
  ])('%s -> abortOn and retryUntil unite, the longer record is kept', (_, policy) => {
    expect(policy).toMatchObject({
      abortOn: [named('A'), named('B')],
      retryUntil: [{ test: valid }, { test: small }],
      recordFailures: 5
    })
    expect(JSON.stringify(policy.schedule)).not.toMatch(/abortOn|retryUntil|recordFailures/)
  })

  it.each([
    ['abortOn', pipe(fixed(1), abortOn('A'))],
    ['retryUntil', pipe(fixed(1), retryUntil(valid))],
    ['recordFailures', pipe(fixed(1), recordFailures(3))]
  ] as const)('%s of one side alone -> of all', (key, policy) => {
    const expected = { schedule: { _tag: 'both', policies: [fixed(1), fixed(1)] }, [key]: policy[key] }
    expect(pipe(policy, both(fixed(1)))).toEqual(expected)
    expect(pipe(fixed(1), both(policy))).toEqual(expected)
  })

  it('of no side -> not set', () => {
    expect(pipe(fixed(1), both(fixed(2)))).toEqual({
      schedule: { _tag: 'both', policies: [fixed(1), fixed(2)] }
    })
  })

  it('validators of one side -> asked, and abortOn as well', () => {
    const policy = pipe(fixed(1), retryUntil(valid), abortOn('A'), both(fixed(2)))
    expect(play(policy, 'A')).toEqual(['NotRetryable'])
    expect(simulate(policy, [{ _tag: 'Answered', value: 0 }])).toMatchObject([{ _tag: 'Retry', delay: 2 }])
  })

  it('when -> as well, of the chosen policy too', () => {
    expect(play(pipe(fixed(1), when('A', pipe(fixed(2), abortOn('B')))), 'B')).toEqual(['NotRetryable'])
  })
})

describe.each([
  ['both: other', both],
  ['either: other', either],
  ['andThen: next', andThen],
  ['when: policy', (policy: RetryPolicy) => when('A', policy)]
] as const)('%s', (argument, combinator) => {
  it.each<[unknown, string, string]>([
    [undefined, 'TypeError', 'undefined'],
    [null, 'TypeError', 'null'],
    [{}, 'TypeError', '[object Object]'],
    [5, 'RangeError', '5'],
    ['exponential', 'RangeError', '"exponential"']
  ])('%p -> %s that names it', (value, kind, printed) => {
    expect(thrown(() => combinator(value as RetryPolicy)(fixed(1)))).toBe(
      `${kind}: ${argument} must be …, got ${printed}`
    )
  })

  it('a function, as a constructor that was not called -> TypeError that names it', () => {
    expect(thrown(() => combinator(exponential as never)(fixed(1)))).toMatch(
      new RegExp(`^TypeError: ${argument} must be …`)
    )
  })
})

describe('combine', () => {
  it('parts -> a policy with what applies to the whole call lifted out', () => {
    const policy = combine(
      { _tag: 'both', policies: [pipe(fixed(1), abortOn('A')), fixed(2)] },
      ([left]) => left
    )
    expect(policy).toEqual({
      schedule: { _tag: 'both', policies: [fixed(1), fixed(2)] },
      abortOn: [named('A')]
    })
    expect(waits(policy, 2)).toEqual([1, 1])
  })
})

describe('conditional', () => {
  const [a, b] = [named('A'), named('B')]

  it.each<[string, RetryPolicy, RetryPolicy]>([
    ['none -> as it is', conditional(fixed(1), undefined), fixed(1)],
    ['a formula -> it has it', conditional(fixed(1), a), pipe(fixed(1), retryOn('A'))],
    [
      'one that had another -> replaced',
      conditional(pipe(fixed(1), retryOn('B')), a),
      pipe(fixed(1), retryOn('A'))
    ],
    [
      'parts that had their own -> replaced by one for all',
      conditional(pipe(fixed(1), retryOn('B'), both(pipe(fixed(2), retryOn('C')))), a),
      pipe(fixed(1), both(fixed(2)), retryOn('A'))
    ],
    [
      'a when -> goes to its main policy',
      conditional(pipe(fixed(1), when('B', fixed(2))), a),
      pipe(fixed(1), retryOn('A'), when('B', fixed(2)))
    ],
    [
      'a when whose choice has its own -> that stays',
      conditional(pipe(fixed(1), retryOn('C'), when('A', pipe(fixed(2), retryOn('C')))), b),
      pipe(fixed(1), retryOn('B'), when('A', pipe(fixed(2), retryOn('C'))))
    ]
  ])('%s', (_, policy, expected) => {
    expect(policy).toEqual(expected)
  })
})

describe('a condition that both sides share', () => {
  it.each<[string, RetryPolicy, RetryPolicy<never>]>([
    [
      'either, set on the left -> stands before both',
      pipe(fixed(1), retryOn('A'), either(fixed(2))),
      pipe(fixed(1), either(fixed(2)), retryOn('A'))
    ],
    [
      'either, set on the right -> stands before both',
      pipe(fixed(1), either(pipe(fixed(2), retryOn('A')))),
      pipe(fixed(1), either(fixed(2)), retryOn('A'))
    ],
    [
      'andThen, set first -> stands before both',
      pipe(fixed(1), retryOn('A'), andThen(fixed(2))),
      pipe(fixed(1), andThen(fixed(2)), retryOn('A'))
    ],
    [
      'set inside both -> given to the other side',
      pipe(fixed(1), retryOn('A'), both(pipe(fixed(2), retryOn('B'))), either(fixed(3))),
      pipe(
        fixed(1),
        retryOn('A'),
        both(pipe(fixed(2), retryOn('B'))),
        either(pipe(fixed(3), retryOn(allOf(['A', 'B']))))
      )
    ],
    [
      'set inside either -> given to the other side',
      pipe(fixed(1), retryOn('A'), either(pipe(fixed(2), retryOn('B'))), either(fixed(3))),
      pipe(
        fixed(1),
        retryOn('A'),
        either(pipe(fixed(2), retryOn('B'))),
        either(pipe(fixed(3), retryOn(['A', 'B'])))
      )
    ],
    [
      'set beside a when -> for what the when does not name',
      pipe(fixed(1), retryOn('A'), when('B', fixed(2)), either(fixed(3))),
      pipe(fixed(1), retryOn('A'), when('B', fixed(2)), either(pipe(fixed(3), retryOn(['B', 'A']))))
    ],
    [
      'set inside a when, too -> each for its own',
      pipe(fixed(1), retryOn('A'), when('B', pipe(fixed(2), retryOn('C'))), either(fixed(3))),
      pipe(
        fixed(1),
        retryOn('A'),
        when('B', pipe(fixed(2), retryOn('C'))),
        either(pipe(fixed(3), retryOn([allOf(['B', 'C']), allOf([not('B'), 'A'])])))
      )
    ],
    [
      'set around a when that has its own -> both count',
      pipe(
        fixed(1),
        retryOn('A'),
        when('B', pipe(fixed(2), retryOn('C'))),
        both(fixed(3)),
        retryOn('D'),
        either(fixed(4))
      ),
      pipe(
        fixed(1),
        retryOn('A'),
        when('B', pipe(fixed(2), retryOn('C'))),
        both(fixed(3)),
        retryOn('D'),
        either(
          pipe(
            fixed(4),
            retryOn(
              allOf([
                'D',
                toCondition('test', [
                  allOf(['B', 'C']),
                  allOf([not('B'), not(['CircuitOpen', 'Exhausted', 'NotRetryable', 'BudgetExhausted'])])
                ]) as Condition
              ])
            )
          )
        )
      )
    ]
  ])('%s', (_, policy, expected) => {
    expect(policy).toEqual(expected)
  })
})

describe('getPolicyMonoid', () => {
  it('concatAll -> both of all', () => {
    const all = concatAll(getPolicyMonoid<unknown, unknown>())
    expect(waits(all([exponential(100), fixed(300), limitRetries(3)(immediate)]), 5)).toEqual([300, 300, 400])
    expect(all([])).toBe(immediate)
  })

  it('with conditions -> all must agree', () => {
    const { concat } = getPolicyMonoid<unknown, unknown>()
    const policy = concat(pipe(fixed(1), retryOn(['A', 'B'])), pipe(fixed(2), retryOn('B')))
    expect(['A', 'B'].map((_tag) => isRetryable(policy)({ _tag }))).toEqual([false, true])
  })
})

describe('getPolicyLattice', () => {
  const { join, meet, zero, one } = getPolicyLattice<unknown, unknown>()

  it('join, meet -> the longer, the shorter', () => {
    expect(waits(join(exponential(100), fixed(300)), 3)).toEqual([300, 300, 400])
    expect(waits(meet(exponential(100), fixed(300)), 3)).toEqual([100, 200, 300])
  })

  it('zero, one -> immediate, never', () => {
    expect([zero, one]).toEqual([immediate, never])
  })

  it('a capped join -> capped', () => {
    expect(waits(pipe(join(exponential(100), fixed(300)), capDelay(350)), 3)).toEqual([300, 300, 350])
  })
})
