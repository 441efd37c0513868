import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  andThen,
  custom,
  type Decision,
  delayFrom,
  delays,
  either,
  exponential,
  fixed,
  floorDelay,
  initialState,
  limitElapsed,
  limitRetries,
  never,
  recordFailures,
  retryOn,
  retryUntil,
  type RetryPolicy,
  step,
  type StepInput,
  when,
  withJitter
} from 'reprise'
import { checked, contextOf, decide, decideFrom, planOf } from '../../../src/policy/step.js'
import { message, said, thrown } from '../../support/bad.js'

type Input = StepInput<unknown, unknown>

const failed = (error: unknown, elapsed = 0, random = 0): Input => ({
  outcome: { _tag: 'Failed', error },
  elapsed,
  random
})

/** The decision after a first outcome. */
const first = (policy: RetryPolicy, input: Input): Decision<unknown, unknown> =>
  step(policy)(initialState, input).decision

const library = (_tag: string) => ({ _tag, attempts: 1, elapsed: 0, omitted: 0, failures: [] })

describe('initialState', () => {
  it('is plain, frozen data', () => {
    expect(initialState).toEqual({ retry: 0, slept: 0, drawn: null, delay: null, memory: [] })
    expect([Object.isFrozen(initialState), Object.isFrozen(initialState.memory)]).toEqual([true, true])
    expect(JSON.parse(JSON.stringify(initialState))).toEqual(initialState)
  })
})

describe('step', () => {
  const answered = { outcome: { _tag: 'Answered', value: 5 }, elapsed: 3, random: 0 } as const

  it('an answer -> Accept, the state as it was', () => {
    expect(step(fixed(1))(initialState, answered)).toEqual({
      decision: { _tag: 'Accept', value: 5 },
      state: initialState
    })
  })

  it('a failure -> Retry with the cause by identity, and a state that counts', () => {
    const input = failed({ _tag: 'A' }, 20, 0.25)
    const { decision, state } = step(pipe(fixed(1000), withJitter(0.5)))(initialState, input)
    expect(decision).toEqual({
      _tag: 'Retry',
      cause: input.outcome,
      delay: 750,
      from: 500,
      to: 1500,
      latest: Infinity
    })
    expect('cause' in decision && decision.cause).toBe(input.outcome)
    expect(state).toEqual({ retry: 1, slept: 750, drawn: 750, delay: 750, memory: [] })
  })

  it.each<[string, RetryPolicy, number]>([
    ['a floor', pipe(fixed(1000), floorDelay(1200)), 1200],
    [
      'a hint',
      pipe(
        fixed(1000),
        delayFrom(() => 1300, { max: '1m' })
      ),
      1300
    ],
    ['two parts, of which one has stopped', pipe(never, either(fixed(1400))), 1400]
  ])('%s -> Retry says no more', (_, policy, delay) => {
    const input = failed('x')
    expect(step(policy)(initialState, input).decision).toEqual({
      _tag: 'Retry',
      cause: input.outcome,
      delay,
      from: delay,
      to: delay,
      latest: Infinity
    })
  })

  it('two failures -> the state counts on', () => {
    const decide2 = step(exponential(100.75))
    const { state } = decide2(initialState, failed('x', 5))
    expect(decide2(state, failed('x', 120)).state).toEqual({
      retry: 2,
      slept: 301,
      drawn: 201.5,
      delay: 201,
      memory: []
    })
  })

  it('giving up -> the state as it was', () => {
    const given = step(pipe(fixed(1), limitRetries(0)))(initialState, failed('x'))
    expect(given.decision).toEqual({
      _tag: 'GiveUp',
      reason: 'Exhausted',
      hint: undefined,
      cause: { _tag: 'Failed', error: 'x' }
    })
    expect(given.state).toBe(initialState)
  })

  it('parts that remember -> in the memory of the state', () => {
    const policy = pipe(
      delays([1]),
      andThen(fixed(2)),
      when(
        'A',
        custom('five', () => 5)
      )
    )
    const decide2 = step(policy)
    const { state } = decide2(initialState, failed({ _tag: 'A' }))
    const { state: next } = decide2(state, failed('x'))
    const { state: last } = decide2(next, failed('x'))
    const memory = (each: typeof state) => each.memory.filter((part) => part !== null)
    expect(memory(state)).toEqual([{ retry: 1, slept: 5, drawn: 5 }])
    expect(memory(last)).toContainEqual({ retry: 1, slept: 2, drawn: 2 })
    expect(last).toMatchObject({ retry: 3, slept: 8, delay: 2 })
  })

  it('a state of JSON -> goes on', () => {
    const decide2 = step(pipe(delays([1]), andThen(exponential(2))))
    const stored = (input: Input, state = initialState) =>
      JSON.parse(JSON.stringify(decide2(state, input).state)) as typeof initialState
    const third = decide2(stored(failed('x'), stored(failed('x'))), failed('x'))
    expect(third.decision).toMatchObject({ delay: 4 })
  })

  it('a wait that would end after the latest moment -> Exhausted; exactly then -> Retry', () => {
    const policy = pipe(fixed(100), limitElapsed(150))
    expect(first(policy, failed('x', 50))).toMatchObject({ _tag: 'Retry', latest: 150 })
    expect(first(policy, failed('x', 50.1))).toMatchObject({ _tag: 'GiveUp', reason: 'Exhausted' })
  })

  it.each<[string, unknown, string]>([
    ['Exhausted -> NotRetryable', library('Exhausted'), 'NotRetryable'],
    ['NotRetryable -> NotRetryable', library('NotRetryable'), 'NotRetryable'],
    ['BudgetExhausted -> NotRetryable', library('BudgetExhausted'), 'NotRetryable'],
    ['CircuitOpen -> NotRetryable', { _tag: 'CircuitOpen', retryAfter: 5 }, 'NotRetryable'],
    ['Aborted -> NotRetryable', library('Aborted'), 'NotRetryable'],
    ["a user's Exhausted -> retried", { _tag: 'Exhausted' }, 'Retry'],
    ["a user's error of the same shape, with a tag of its own -> retried", library('Busy'), 'Retry']
  ])('%s, returned or thrown', (_, error, expected) => {
    for (const _tag of ['Failed', 'Threw'] as const) {
      const decision = first(fixed(1), { outcome: { _tag, error }, elapsed: 0, random: 0 })
      expect(decision._tag === 'GiveUp' ? decision.reason : decision._tag).toBe(expected)
    }
  })

  it.each([
    ['retryOn', pipe(fixed(1), retryOn('Exhausted'))],
    ['when', pipe(fixed(1), when('Exhausted', fixed(1)))]
  ])('Exhausted, named by %s -> retried', (_, policy) => {
    expect(first(policy, failed(library('Exhausted')))).toMatchObject({ _tag: 'Retry', delay: 1 })
  })

  it.each<[string, number | undefined, object]>([
    ['a hint above the wait -> not drawn by the schedule', 300, { slept: 300, delay: 300, drawn: null }],
    ['a hint below the wait -> drawn by the schedule', 50, { slept: 100, delay: 100, drawn: 100 }],
    ['no hint -> drawn by the schedule', undefined, { slept: 100, delay: 100, drawn: 100 }]
  ])('%s', (_, hint, expected) => {
    const policy = pipe(
      fixed(100),
      delayFrom(() => hint, { max: '1m' })
    )
    expect(step(policy)(initialState, failed('x')).state).toMatchObject(expected)
  })

  it('what means given up, from a policy that has stopped -> NotRetryable all the same', () => {
    expect(first(delays([]), failed(library('Exhausted')))).toMatchObject({ reason: 'NotRetryable' })
  })

  it('a rejected result that looks like a library error -> timed as any other', () => {
    const rejected = {
      outcome: { _tag: 'Rejected', value: library('Aborted'), reasons: ['no'] },
      elapsed: 0,
      random: 0
    } as const
    expect(first(fixed(1), rejected)).toMatchObject({ _tag: 'Retry' })
  })

  it.each([
    ['before retryOn', pipe(fixed(1), retryOn(library('Aborted')._tag))],
    ['before when', pipe(fixed(1), when('Aborted', fixed(2)))]
  ])('Aborted -> NotRetryable, %s', (_, policy) => {
    expect(first(policy, failed(library('Aborted')))).toMatchObject({ reason: 'NotRetryable' })
  })

  it.each([1, -0.1, NaN])('a draw of %p -> PolicyFault that names it', (random) => {
    expect(said((first(fixed(1), failed('x', 0, random)) as { readonly fault?: unknown }).fault)).toBe(
      `RangeError: random must be …, got ${random}`
    )
  })

  it('name and args -> reach the conditions', () => {
    const condition = jest.fn((..._: unknown[]) => true)
    first(pipe(fixed(1), retryOn(condition)), { ...failed('x', 7), name: 'read', args: [1, 'a'] })
    expect(condition.mock.calls).toEqual([
      ['x', { attempt: 1, elapsed: 7, name: 'read', args: [1, 'a'], previousDelay: undefined }]
    ])
  })

  it('no name, no args -> an empty name and no args reach the conditions', () => {
    const condition = jest.fn((..._: unknown[]) => true)
    first(pipe(fixed(1), retryOn(condition)), failed('x'))
    expect(condition.mock.calls).toEqual([['x', expect.objectContaining({ name: '', args: [] })]])
  })

  it('a condition that throws -> PolicyFault with the fault and the failure', () => {
    const fault = new Error('no')
    const broken = (): boolean => {
      throw fault
    }
    for (const policy of [
      pipe(fixed(1), retryOn(broken)),
      pipe(fixed(1), abortOn(broken)),
      pipe(fixed(1), when(broken, fixed(2)))
    ]) {
      expect(first(policy, failed('x'))).toEqual({
        _tag: 'GiveUp',
        reason: 'PolicyFault',
        fault,
        cause: { _tag: 'Failed', error: 'x' }
      })
    }
  })

  it('no policy -> TypeError', () => {
    expect(thrown(() => step(undefined as never))).toBe('TypeError: policy must be …, got undefined')
  })
})

describe('checked', () => {
  it.each([0, 0.25, 1 - 2 ** -53])('a random that gives %p -> the same', (u) => {
    expect(checked(() => u)()).toBe(u)
  })

  it.each([1, -0.1, NaN, undefined])('a random that gives %p -> an error that says what it should', (u) => {
    expect(message(checked((() => u) as () => number))).toBe(
      `${u === undefined ? 'TypeError' : 'RangeError'}: random must be a number in [0, 1), got ${u}`
    )
  })
})

describe('contextOf', () => {
  it.each([
    ['the first attempt -> 1, no delay before it', initialState, 1, undefined],
    ['a later one -> its number, the delay before it', { ...initialState, retry: 2, delay: 0 }, 3, 0]
  ])('%s', (_, state, attempt, previousDelay) => {
    expect(contextOf(state, 50, 'read', [7])).toEqual({
      attempt,
      elapsed: 50,
      name: 'read',
      args: [7],
      previousDelay
    })
  })
})

describe('planOf', () => {
  it('recordFailures -> kept; 16 if not set', () => {
    expect([planOf(fixed(1)).kept, planOf(recordFailures(3)(fixed(1))).kept]).toEqual([16, 3])
  })
})

describe('decide', () => {
  const context = contextOf(initialState, 0, '', [])

  it('a failure -> one draw', () => {
    const random = jest.fn(() => 0.5)
    const outcome = { _tag: 'Failed', error: 'x' } as const
    const ruling = decide(
      planOf(pipe(fixed(100), withJitter('full'))),
      { ...initialState },
      outcome,
      context,
      random
    )
    expect(ruling).toMatchObject({ _tag: 'Retry', delay: 50, cause: outcome, from: 0, to: 100 })
    expect(random).toHaveBeenCalledTimes(1)
  })

  it('a failure -> the state becomes that for the next attempt', () => {
    const state = { ...initialState, retry: 1, slept: 7 }
    const outcome = { _tag: 'Failed', error: 'x' } as const
    decide(planOf(pipe(fixed(100), withJitter('full'))), state, outcome, context, () => 0.5)
    expect(state).toStrictEqual({ retry: 2, slept: 57, drawn: 50, delay: 50, memory: [] })
  })

  it('a failure after the last retry -> the state stays as it is', () => {
    const state = { ...initialState, retry: 1, slept: 7 }
    const outcome = { _tag: 'Failed', error: 'x' } as const
    decide(planOf(pipe(fixed(100), limitRetries(1))), state, outcome, context, () => 0.5)
    expect(state).toStrictEqual({ ...initialState, retry: 1, slept: 7 })
  })

  it('an answer that is accepted -> no draw', () => {
    const random = jest.fn(() => 0.5)
    decide(planOf(fixed(100)), initialState, { _tag: 'Answered', value: 1 }, context, random)
    expect(random).not.toHaveBeenCalled()
  })

  it('an answer that is refused -> the failure Rejected', () => {
    const plan = planOf(
      pipe(
        fixed(100),
        retryUntil((n: number) => n > 1)
      )
    )
    expect(decide(plan, { ...initialState }, { _tag: 'Answered', value: 1 }, context, () => 0)).toMatchObject(
      {
        _tag: 'Retry',
        cause: { _tag: 'Rejected', value: 1 }
      }
    )
  })

  it('a random that throws -> PolicyFault', () => {
    const outcome = { _tag: 'Failed', error: 'x' } as const
    const broken = (): number => {
      throw new Error('dice')
    }
    expect(decide(planOf(fixed(1)), initialState, outcome, context, broken)).toMatchObject({
      _tag: 'GiveUp',
      verdict: { _tag: 'PolicyFault', fault: new Error('dice') }
    })
  })
})

describe('decideFrom', () => {
  it('an answer, and a failure that ends the call -> what decide says', () => {
    const context = contextOf(initialState, 0, '', [])
    const failure = { _tag: 'Failed', error: 'x' } as const
    expect(decideFrom(planOf(fixed(1)), initialState, { _tag: 'Answered', value: 5 }, context, 0)).toEqual({
      _tag: 'Accept',
      value: 5
    })
    expect(decideFrom(planOf(delays([])), initialState, failure, context, 0)).toEqual({
      _tag: 'GiveUp',
      cause: failure,
      verdict: { _tag: 'Exhausted', hint: undefined }
    })
  })

  it('a failure -> a retry with the state for the next attempt, and the state before as it was', () => {
    const state = Object.freeze({ ...initialState })
    const outcome = { _tag: 'Failed', error: 'x' } as const
    const context = contextOf(initialState, 0, '', [])
    const ruling = decideFrom(planOf(pipe(fixed(100), withJitter('full'))), state, outcome, context, 0.25)
    expect(ruling).toMatchObject({
      _tag: 'Retry',
      cause: outcome,
      delay: 25,
      window: { from: 0, to: 100 },
      state: { retry: 1, slept: 25, drawn: 25, delay: 25, memory: [] }
    })
    expect(state).toStrictEqual({ ...initialState })
  })
})
