import { PolicyShow } from 'reprise'
import { fromStepFunctions } from 'reprise/interop'
import { oddJson } from '../../support/hostile.js'

const read = (retry: unknown): unknown => {
  const made = fromStepFunctions(retry)
  return made._tag === 'Right'
    ? PolicyShow.show(made.right)
    : made.left.map(({ path, value, expected }) => [path, value, expected])
}

const any = { ErrorEquals: ['States.ALL'] }
const keys =
  'one of the keys ErrorEquals, IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, JitterStrategy, Comment'

describe('fromStepFunctions', () => {
  it.each<[ReadonlyArray<unknown>, string]>([
    [[], 'never'],
    [[any], 'pipe(exponential(1000), limitRetries(3))'],
    [[{ ...any, Comment: 'all', IntervalSeconds: undefined }], 'pipe(exponential(1000), limitRetries(3))'],
    [
      [{ ...any, IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 7, JitterStrategy: 'NONE' }],
      'pipe(fixed(5000), limitRetries(7))'
    ],
    [
      [{ ...any, MaxDelaySeconds: 9, JitterStrategy: 'FULL' }],
      'pipe(exponential(1000), withJitter("full"), capDelay(9000), limitRetries(3))'
    ],
    [[{ ErrorEquals: ['A'] }], 'pipe(exponential(1000), limitRetries(3), retryOn("A"))'],
    [[{ ErrorEquals: ['A', 'B'] }], 'pipe(exponential(1000), limitRetries(3), retryOn(["A", "B"]))'],
    [
      [{ ErrorEquals: ['States.TaskFailed'] }],
      'pipe(exponential(1000), limitRetries(3), retryOn(not("States.Timeout")))'
    ],
    [[{ ErrorEquals: ['A'], MaxAttempts: 0 }, any], 'pipe(exponential(1000), limitRetries(3), abortOn("A"))'],
    [[{ ErrorEquals: ['A'], MaxAttempts: 0 }], 'never'],
    [
      [{ ErrorEquals: ['A'] }, { ErrorEquals: ['B'], MaxAttempts: 0 }],
      'pipe(exponential(1000), limitRetries(3), retryOn("A"))'
    ],
    [[{ ...any, MaxAttempts: 0 }], 'never'],
    [
      [{ ErrorEquals: ['A'], BackoffRate: 1 }, { ErrorEquals: ['B', 'A'], MaxAttempts: 1 }, any],
      'pipe(exponential(1000), limitRetries(3), when("B", pipe(exponential(1000), limitRetries(1))), when("A", pipe(fixed(1000), limitRetries(3))))'
    ],
    [
      [{ ErrorEquals: ['A', 'B'] }, { ErrorEquals: ['A'], MaxAttempts: 9 }],
      'pipe(exponential(1000), limitRetries(3), retryOn(["A", "B"]))'
    ],
    // The example of the Developer Guide: 1, 2 s for A and B, 5 s for C.
    [
      [
        { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
        { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 }
      ],
      'pipe(exponential(5000), limitRetries(3), retryOn("ErrorC"), when(["ErrorA", "ErrorB"], pipe(exponential(1000), limitRetries(2))))'
    ]
  ])('%j -> %s', (retry, expected) => expect(read(retry)).toBe(expected))

  it.each<[unknown, ReadonlyArray<unknown>]>([
    [{}, [['', {}, 'a list of at most 1000 retriers']]],
    [undefined, [['', undefined, 'a list of at most 1000 retriers']]],
    [[null], [['0', null, 'a retrier']]],
    [[{}], [['0.ErrorEquals', undefined, 'the names of one or more errors']]],
    [[{ ErrorEquals: [] }], [['0.ErrorEquals', [], 'the names of one or more errors']]],
    [[{ ErrorEquals: [5] }], [['0.ErrorEquals', [5], 'a list of at most 1000 texts']]],
    [
      [any, { ErrorEquals: ['A'] }],
      [['0.ErrorEquals', ['States.ALL'], 'States.ALL alone, and in the last retrier']]
    ],
    [
      [{ ErrorEquals: ['A', 'States.TaskFailed'] }],
      [['0.ErrorEquals', ['A', 'States.TaskFailed'], 'States.TaskFailed alone, and in the last retrier']]
    ],
    [
      [
        any,
        {
          ErrorEquals: ['States.ALL'],
          IntervalSeconds: 0,
          MaxAttempts: -1,
          BackoffRate: 0.9,
          MaxDelaySeconds: 31_622_401,
          JitterStrategy: 'full',
          Retries: 3
        }
      ],
      [
        ['0.ErrorEquals', ['States.ALL'], 'States.ALL alone, and in the last retrier'],
        ['1.Retries', 3, keys],
        ['1.IntervalSeconds', 0, 'a whole number from 1 to 99999999'],
        ['1.MaxAttempts', -1, 'a whole number from 0 to 99999999'],
        ['1.BackoffRate', 0.9, 'a number >= 1'],
        ['1.MaxDelaySeconds', 31_622_401, 'a whole number from 1 to 31622400'],
        ['1.JitterStrategy', 'full', 'one of FULL, NONE']
      ]
    ]
  ])('%j -> %j', (retry, expected) => expect(read(retry)).toEqual(expected))

  it('1,000 retriers -> a policy; 1,001 -> not', () => {
    const names = Array.from({ length: 1001 }, (_, i) => ({ ErrorEquals: [`E${i}`] }))
    expect(fromStepFunctions(names.slice(1))._tag).toBe('Right')
    expect(fromStepFunctions(names)._tag).toBe('Left')
    expect(fromStepFunctions(new Array(2 ** 32 - 1))._tag).toBe('Left')
  })

  it.each(oddJson.map((make, i) => [i, make] as const))('hostile input %d -> read, not thrown', (_, make) => {
    expect(['Left', 'Right']).toContain(fromStepFunctions(make())._tag)
    expect(fromStepFunctions([make(), { ErrorEquals: make() }])._tag).toBe('Left')
  })
})
