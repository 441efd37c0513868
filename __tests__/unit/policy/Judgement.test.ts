import * as t from 'io-ts'
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  both,
  type Context,
  delays,
  fixed,
  isRetryable,
  limitRetries,
  recordFailures,
  retryOn,
  retryUntil,
  type RetryPolicy,
  simulate,
  type SimulatedOutcome,
  when
} from 'reprise'
import { badCounts, refuses, thrown } from '../../support/bad.js'

class Flaky extends Error {}

const failed = (error: unknown) => ({ _tag: 'Failed', error }) as const

/** The decisions in short: the delay of a retry, else why not; or what is accepted. */
const play = <A>(policy: RetryPolicy<unknown, A>, ...outcomes: ReadonlyArray<SimulatedOutcome<unknown, A>>) =>
  simulate(policy, outcomes).map((decision) => {
    if (decision._tag === 'Accept') return ['Accept', decision.value]
    return decision._tag === 'Retry' ? decision.delay : decision.reason
  })

const bad: ReadonlyArray<[unknown, string, string]> = [
  [undefined, 'TypeError', 'undefined'],
  [5, 'RangeError', '5'],
  ['', 'RangeError', '""'],
  [['A', null], 'TypeError', 'null']
]

describe('retryOn', () => {
  const policy = pipe(fixed(1), retryOn(['A', Flaky]))

  it.each<[string, unknown, unknown[]]>([
    ['one of the list -> retry', { _tag: 'A' }, [1]],
    ['another of the list -> retry', new Flaky('x'), [1]],
    ['none of the list -> NotRetryable', new Error('x'), ['NotRetryable']]
  ])('%s', (_, error, expected) => {
    expect(play(policy, failed(error))).toEqual(expected)
    expect(play(policy, { _tag: 'Threw', error })).toEqual(expected)
  })

  it('a rejected result -> not judged', () => {
    expect(play(policy, { _tag: 'Rejected', value: 1, reasons: ['no'] })).toEqual([1])
  })

  it('a refused error -> NotRetryable, though the schedule has stopped as well', () => {
    expect(play(pipe(fixed(1), limitRetries(0), retryOn('A')), failed({ _tag: 'B' }))).toEqual([
      'NotRetryable'
    ])
    expect(play(pipe(fixed(1), limitRetries(0), retryOn('A')), failed({ _tag: 'A' }))).toEqual(['Exhausted'])
  })

  it('twice -> the second', () => {
    expect(pipe(fixed(1), retryOn('A'), retryOn('B'))).toEqual(pipe(fixed(1), retryOn('B')))
  })

  it('of a combination -> replaces what the parts had', () => {
    const combined = pipe(fixed(1), retryOn('A'), both(pipe(fixed(2), retryOn('B'))), retryOn('C'))
    expect(isRetryable(combined)({ _tag: 'C' })).toBe(true)
    expect(isRetryable(combined)({ _tag: 'A' })).toBe(false)
  })

  it.each([
    ['CircuitOpen', { _tag: 'CircuitOpen', retryAfter: 5 }, true],
    ['Exhausted', { _tag: 'Exhausted', attempts: 1, elapsed: 0, omitted: 0, failures: [] }, true],
    // Never retried, whoever names it.
    ['Aborted', { _tag: 'Aborted', attempts: 1, elapsed: 0, omitted: 0, failures: [] }, false]
  ])('%s: refused; named -> %p', (name, error, retried) => {
    expect(isRetryable(fixed(1))(error)).toBe(false)
    expect(isRetryable(pipe(fixed(1), retryOn(name)))(error)).toBe(retried)
  })

  it('a predicate that throws -> PolicyFault, with what it threw and the failure', () => {
    const fault = new Error('not what I expected')
    const broken = pipe(
      fixed(1),
      retryOn((): boolean => {
        throw fault
      })
    )
    expect(simulate(broken, [failed('x')])).toEqual([
      { _tag: 'GiveUp', reason: 'PolicyFault', fault, cause: failed('x'), attempt: 1, elapsed: 0 }
    ])
  })

  it('a predicate -> is given the context of the attempt', () => {
    const seen: Array<readonly [unknown, Context]> = []
    const spy = pipe(
      delays([10, 20]),
      retryOn((error, context) => seen.push([error, context]) > 0)
    )
    simulate(spy, [
      { ...failed('a'), duration: 5 },
      { ...failed('b'), duration: 6 }
    ])
    expect(seen).toEqual([
      ['a', { attempt: 1, elapsed: 5, name: '', args: [], previousDelay: undefined }],
      ['b', { attempt: 2, elapsed: 21, name: '', args: [], previousDelay: 10 }]
    ])
  })

  it.each(bad)('%p -> %s', (condition, kind, printed) => {
    expect(thrown(() => retryOn(condition as string))).toBe(
      `${kind}: retryOn: condition must be …, got ${printed}`
    )
  })
})

describe('abortOn', () => {
  it('one condition, and one more -> kept as data, in order', () => {
    const named = (name: string) => ({ _tag: 'named', name })
    expect(abortOn('A')(fixed(1)).abortOn).toEqual([named('A')])
    expect(pipe(fixed(1), abortOn('A'), abortOn('B')).abortOn).toEqual([named('A'), named('B')])
  })

  it.each<[string, RetryPolicy, unknown[]]>([
    ['what it names -> NotRetryable', pipe(fixed(1), abortOn('A')), ['NotRetryable']],
    ['after retryOn -> beats it', pipe(fixed(1), retryOn('A'), abortOn('A')), ['NotRetryable']],
    ['before retryOn -> beats it', pipe(fixed(1), abortOn('A'), retryOn('A')), ['NotRetryable']],
    ['before when -> beats it', pipe(fixed(1), abortOn('A'), when('A', fixed(2))), ['NotRetryable']],
    ['another -> retry', pipe(fixed(1), abortOn('B')), [1]],
    ['two of them, the first -> NotRetryable', pipe(fixed(1), abortOn('A'), abortOn('B')), ['NotRetryable']],
    ['two of them, the second -> NotRetryable', pipe(fixed(1), abortOn('B'), abortOn('A')), ['NotRetryable']]
  ])('%s', (_, policy, expected) => {
    expect(play(policy, failed({ _tag: 'A' }))).toEqual(expected)
  })

  it('a rejected result -> not judged', () => {
    const policy = pipe(
      fixed(1),
      abortOn(() => true)
    )
    expect(play(policy, { _tag: 'Rejected', value: 1, reasons: ['no'] })).toEqual([1])
  })

  it('a predicate that throws -> PolicyFault', () => {
    const broken = pipe(
      fixed(1),
      abortOn((): boolean => {
        throw new Error('no')
      })
    )
    expect(play(broken, failed('x'))).toEqual(['PolicyFault'])
  })

  it.each(bad)('%p -> %s', (condition, kind, printed) => {
    expect(thrown(() => abortOn(condition as string))).toBe(
      `${kind}: abortOn: condition must be …, got ${printed}`
    )
  })
})

describe('retryUntil', () => {
  const answered = (value: number) => ({ _tag: 'Answered', value }) as const
  const isLarge = (n: number): boolean => n > 2
  const isEven = (n: number): boolean => n % 2 === 0
  const policy = pipe(delays([10, 20]), retryUntil(isLarge))

  it.each<[string, RetryPolicy<unknown, number>, number[], unknown[]]>([
    ['what passes -> Accept', policy, [3], [['Accept', 3]]],
    ['what does not, then what passes -> retry, Accept', policy, [1, 3], [10, ['Accept', 3]]],
    ['what never passes -> Exhausted', policy, [1, 1, 1], [10, 20, 'Exhausted']],
    ['two of them -> both must pass', pipe(policy, retryUntil(isEven)), [3, 2, 4], [10, 20, ['Accept', 4]]],
    [
      'a list -> all must pass',
      pipe(delays([10, 20]), retryUntil([isLarge, isEven])),
      [3, 2, 4],
      [10, 20, ['Accept', 4]]
    ],
    ['an empty list -> everything passes', pipe(fixed(1), retryUntil([])), [1], [['Accept', 1]]],
    ['a decoder -> what it decodes passes', pipe(fixed(1), retryUntil(t.number)), [1], [['Accept', 1]]]
  ])('%s', (_, given, values, expected) => {
    expect(play(given, ...values.map(answered))).toEqual(expected)
  })

  it('what does not pass -> Rejected, with the value and the reasons', () => {
    expect(simulate(policy, [answered(1)])).toMatchObject([
      {
        _tag: 'Retry',
        cause: { _tag: 'Rejected', value: 1, reasons: ["validator 'isLarge' returned false"] }
      }
    ])
  })

  it('a validator that throws -> Rejected, not PolicyFault', () => {
    const broken = pipe(
      fixed(1),
      retryUntil((_: number): boolean => {
        throw new Error('odd')
      })
    )
    expect(simulate(broken, [answered(1)])).toMatchObject([
      { _tag: 'Retry', cause: { _tag: 'Rejected', reasons: ['validator threw: odd'] } }
    ])
  })

  it('an error -> not validated', () => {
    const validator = jest.fn((_: number) => true)
    expect(play(pipe(fixed(1), retryUntil(validator)), failed('x'))).toEqual([1])
    expect(validator).not.toHaveBeenCalled()
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: retryUntil: validator must be …, got undefined'],
    [5, 'RangeError: retryUntil: validator must be …, got 5'],
    ['A', 'RangeError: retryUntil: validator must be …, got "A"'],
    [[isLarge, null], 'TypeError: retryUntil: validator must be …, got null']
  ])('%p -> %s', (validator, text) => {
    expect(thrown(() => retryUntil(validator as () => boolean))).toBe(text)
  })
})

describe('recordFailures', () => {
  it('3 -> kept as data; decisions are the same', () => {
    const policy = pipe(fixed(1), recordFailures(3))
    expect(policy.recordFailures).toBe(3)
    expect(play(policy, failed('x'))).toEqual([1])
  })

  it('twice -> the last', () => {
    expect(pipe(fixed(1), recordFailures(3), recordFailures(2)).recordFailures).toBe(2)
  })

  refuses('recordFailures: count', [...badCounts, [0, 'RangeError', '0']], (count) => recordFailures(count))
})
