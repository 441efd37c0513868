import { pipe } from 'fp-ts/lib/function.js'
import {
  delays,
  exponential,
  fixed,
  limitRetries,
  never,
  retryOn,
  retryUntil,
  type RetryPolicy,
  simulate,
  waits,
  withJitter
} from 'reprise'
import { message, thrown } from '../../support/bad.js'

const failed = (error: string, duration?: number) =>
  ({ _tag: 'Failed', error, ...(duration !== undefined && { duration }) }) as const

describe('simulate', () => {
  it('a list of outcomes -> each decision, with its attempt and when it was made', () => {
    const decisions = simulate(pipe(exponential(100), limitRetries(2)), [
      failed('a', 30),
      failed('b'),
      failed('c', 5)
    ])
    const cause = (error: string, duration?: number) => failed(error, duration)
    expect(decisions).toEqual([
      {
        _tag: 'Retry',
        cause: cause('a', 30),
        delay: 100,
        from: 100,
        to: 100,
        latest: Infinity,
        attempt: 1,
        elapsed: 30
      },
      {
        _tag: 'Retry',
        cause: cause('b'),
        delay: 200,
        from: 200,
        to: 200,
        latest: Infinity,
        attempt: 2,
        elapsed: 130
      },
      { _tag: 'GiveUp', reason: 'Exhausted', hint: undefined, cause: cause('c', 5), attempt: 3, elapsed: 335 }
    ])
  })

  it('more outcomes than attempts -> ends where the call does', () => {
    expect(simulate(pipe(fixed(1), retryOn('x')), [failed('a'), failed('b')])).toHaveLength(1)
    expect(simulate(fixed(1), [{ _tag: 'Answered', value: 5 }, failed('b')])).toEqual([
      { _tag: 'Accept', value: 5, attempt: 1, elapsed: 0 }
    ])
  })

  it('no outcomes -> no decisions', () => {
    expect([simulate(fixed(1), []), simulate(fixed(1), ''), simulate(fixed(1), 0)]).toEqual([[], [], []])
  })

  it('an answer in a list -> validated', () => {
    const policy = pipe(
      delays([10]),
      retryUntil((n: number) => n > 1)
    )
    expect(simulate(policy, [{ _tag: 'Answered', value: 1 }]).map(({ _tag }) => _tag)).toEqual(['Retry'])
  })

  it.each<[string | number, string[]]>([
    ['R', ['Accept']],
    ['LLR', ['Retry', 'Retry', 'Accept']],
    ['LLLL', ['Retry', 'Retry', 'GiveUp']],
    [2, ['Retry', 'Retry']],
    [9, ['Retry', 'Retry', 'GiveUp']]
  ])('%p, 2 retries -> %p', (outcomes, tags) => {
    expect(simulate(pipe(fixed(1), limitRetries(2)), outcomes).map(({ _tag }) => _tag)).toEqual(tags)
  })

  it('letters -> neither conditions nor validators are asked', () => {
    const [condition, validator] = [jest.fn(() => false), jest.fn((_: unknown) => false)]
    const policy = pipe(fixed(1), retryOn(condition), retryUntil(validator))
    expect(simulate(policy, 'LR').map(({ _tag }) => _tag)).toEqual(['Retry', 'Accept'])
    expect([condition, validator].map((each) => each.mock.calls.length)).toEqual([0, 0])
  })

  it('a seed -> the same draws; another -> others; none -> that of 0', () => {
    const policy = pipe(fixed(1000), withJitter('full'))
    expect(simulate(policy, 5, 1)).toEqual(simulate(policy, 5, 1))
    expect(simulate(policy, 5, 1)).not.toEqual(simulate(policy, 5, 2))
    expect(simulate(policy, 5)).toEqual(simulate(policy, 5, 0))
  })

  it('seed 42 -> the draws of 42', () => {
    // uniform(42, 0) and (42, 1), worked out independently: see uniform.test.ts
    expect(waits(pipe(fixed(1e9), withJitter('full')), 2, 42)).toEqual([985_773_711, 778_932_862])
  })

  it('a number or letters -> the failures are results that were refused', () => {
    const rejected = { _tag: 'Rejected', value: undefined, reasons: ['simulated'] }
    expect([simulate(fixed(1), 1), simulate(fixed(1), 'L')]).toMatchObject([
      [{ cause: rejected }],
      [{ cause: rejected }]
    ])
  })

  it.each([
    { _tag: 'Failed', error: 'x' } as const,
    { _tag: 'Threw', error: 'x' } as const,
    {
      _tag: 'Rejected',
      value: 1,
      reasons: []
    } as const
  ])('a list with %p -> decided about', (outcome) => {
    expect(simulate(fixed(1), [outcome])).toMatchObject([{ _tag: 'Retry', cause: outcome }])
  })

  it.each<[string, () => unknown]>([
    [
      "outcomes must be a number, a list, or a text of 'L' and 'R', got \"LX\"",
      () => simulate(fixed(1), 'LX')
    ],
    [
      'outcome must be an outcome, with a duration in milliseconds or none, got [object Object]',
      () => simulate(fixed(1), [failed('a'), { _tag: 'Broke' } as never])
    ],
    [
      'outcome must be an outcome, with a duration in milliseconds or none, got [object Object]',
      () => simulate(fixed(1), [failed('a', -1)])
    ],
    [
      'outcome must be an outcome, with a duration in milliseconds or none, got null',
      () => simulate(fixed(1), [null as never])
    ]
  ])('%s', (text, make) => {
    expect(message(make).replace(/^(Range|Type)Error: simulate: /, '')).toBe(text)
  })

  const outcomes = 'RangeError: simulate: outcomes must be …, got '

  it.each<[unknown, string]>([
    ['LX', `${outcomes}"LX"`],
    ['l', `${outcomes}"l"`],
    [-1, 'RangeError: simulate: outcomes must be …, got -1'],
    [2.5, 'RangeError: simulate: outcomes must be …, got 2.5'],
    [NaN, 'RangeError: simulate: outcomes must be …, got NaN'],
    [Infinity, 'RangeError: simulate: outcomes must be …, got Infinity'],
    [undefined, outcomes.replace('Range', 'Type') + 'undefined'],
    [null, outcomes.replace('Range', 'Type') + 'null'],
    [{}, outcomes.replace('Range', 'Type') + '[object Object]'],
    [{ toString: () => 'LR' }, outcomes.replace('Range', 'Type') + 'LR']
  ])('%p -> %s', (given, text) => {
    expect(thrown(() => simulate(fixed(1), given as number))).toBe(text)
  })

  it.each<[unknown, string]>([
    [NaN, 'RangeError: simulate: seed must be …, got NaN'],
    [1.5, 'RangeError: simulate: seed must be …, got 1.5'],
    ['1', 'RangeError: simulate: seed must be …, got "1"']
  ])('seed %p -> %s', (seed, text) => {
    expect(thrown(() => simulate(fixed(1), 1, seed as number))).toBe(text)
  })

  it.each([
    ['letters', 'L'],
    ['a number', 1],
    ['a list', [failed('x')]]
  ])('no policy, %s -> TypeError', (_, given) => {
    expect(thrown(() => simulate(undefined as never, given))).toMatch(
      /^TypeError: .*policy must be …, got undefined$/
    )
  })
})

describe('waits', () => {
  it('5 of exponential(100) -> 100, 200, 400, 800, 1600', () => {
    expect(waits(exponential(100), 5)).toEqual([100, 200, 400, 800, 1600])
  })

  it.each<[string, RetryPolicy, number, number[]]>([
    ['fewer, if the policy stops', delays([1, 2]), 5, [1, 2]],
    ['none of never', never, 5, []],
    ['0 of them', fixed(1), 0, []]
  ])('%s', (_, policy, count, expected) => {
    // Strictly: else a list with `undefined` at its end would be equal.
    expect(waits(policy, count)).toStrictEqual(expected)
  })

  it('-1 -> RangeError', () => {
    expect(thrown(() => waits(fixed(1), -1))).toMatch(/^RangeError: .* must be …, got -1$/)
  })
})
