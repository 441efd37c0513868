import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  custom,
  delayFrom,
  either,
  fixed,
  isRetryable,
  limitRetries,
  never,
  retryOn,
  type RetryPolicy,
  when
} from 'reprise'
import { thrown } from '../../support/bad.js'

const given = (_tag: string) => ({ _tag, attempts: 1, elapsed: 0, omitted: 0, failures: [] })

describe('isRetryable', () => {
  it.each<[string, RetryPolicy, unknown, boolean]>([
    ['no condition -> true', fixed(1), new Error('x'), true],
    ['no condition, undefined -> true', fixed(1), undefined, true],
    ['retryOn that matches -> true', pipe(fixed(1), retryOn('A')), { _tag: 'A' }, true],
    ['retryOn that does not -> false', pipe(fixed(1), retryOn('A')), { _tag: 'B' }, false],
    ['abortOn that matches -> false', pipe(fixed(1), retryOn('A'), abortOn('A')), { _tag: 'A' }, false],
    ['a when that matches -> true', pipe(fixed(1), retryOn('A'), when('B', fixed(2))), { _tag: 'B' }, true],
    [
      'one branch that accepts -> true',
      pipe(fixed(1), retryOn('A'), either(pipe(fixed(2), retryOn('B')))),
      { _tag: 'B' },
      true
    ],
    ['a policy that never retries -> true: limits are not asked', never, { _tag: 'A' }, true],
    ['limitRetries(0) -> true', pipe(fixed(1), limitRetries(0)), { _tag: 'A' }, true],
    [
      'a hint beyond its bounds -> true',
      pipe(
        fixed(1),
        delayFrom(() => 9, { max: 5 })
      ),
      'x',
      true
    ],
    ['Exhausted -> false', fixed(1), given('Exhausted'), false],
    ['Exhausted, named -> true', pipe(fixed(1), retryOn('Exhausted')), given('Exhausted'), true],
    ['NotRetryable -> false', fixed(1), given('NotRetryable'), false],
    ['BudgetExhausted -> false', fixed(1), given('BudgetExhausted'), false],
    ['CircuitOpen -> false', fixed(1), { _tag: 'CircuitOpen', retryAfter: 5 }, false],
    ['Aborted, named -> false', pipe(fixed(1), retryOn('Aborted')), given('Aborted'), false],
    ['PolicyFault -> true: that was a mistake, not a decision', fixed(1), given('PolicyFault'), true]
  ])('%s', (_, policy, error, expected) => {
    expect(isRetryable(policy)(error)).toBe(expected)
  })

  it('a condition -> is asked as after a first attempt, of a function without a name', () => {
    const condition = jest.fn((..._: unknown[]) => true)
    isRetryable(pipe(fixed(1), retryOn(condition)))('x')
    expect(condition.mock.calls).toEqual([
      ['x', { attempt: 1, elapsed: 0, name: '', args: [], previousDelay: undefined }]
    ])
  })

  it('a custom schedule -> is shown the lowest draw', () => {
    const f = jest.fn((_: unknown) => 1)
    isRetryable(custom('f', f))('x')
    expect(f.mock.calls).toMatchObject([[{ retry: 0, random: 0 }]])
  })

  it('a condition that throws -> false', () => {
    const broken = pipe(
      fixed(1),
      retryOn((): boolean => {
        throw new Error('no')
      })
    )
    expect(isRetryable(broken)('x')).toBe(false)
  })

  it('no policy -> TypeError', () => {
    expect(thrown(() => isRetryable(undefined as never))).toBe('TypeError: policy must be …, got undefined')
  })
})
