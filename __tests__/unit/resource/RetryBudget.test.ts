import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  immediate,
  limitRetries,
  type RetryBudget,
  retryBudget,
  type RetryBudgetOptions,
  withEnv,
  withRetry,
  withRetryBudget
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { toBudgetCell, toBudgetPlan } from '../../../src/resource/RetryBudget.js'
import { badDurations, message, refuses, thrown } from '../../support/bad.js'

/** A call that fails, and is retried so often where the budget allows. */
const failing = (budget: RetryBudget, retries: number) =>
  pipe(scripted('L'), withRetry(limitRetries(retries)(immediate)), withRetryBudget(budget))

describe('retryBudget', () => {
  it.each<[string, RetryBudgetOptions, number]>([
    ['10 a second in 10 s, if nothing else is said', { ratio: 0.2 }, 100],
    ['10 a second in 30 s', { ratio: 0.2, window: '30s' }, 300],
    ['2.5 a second in 4 s', { ratio: 0.2, minimumPerSecond: 2.5, window: 4000 }, 10],
    ['0.3 a second in 1 s', { ratio: 0.2, minimumPerSecond: 0.3, window: '1s' }, 0.3],
    ['none a second', { ratio: 0.2, minimumPerSecond: 0 }, 0],
    ['10 tokens', { maxTokens: 10, tokenRatio: 0.1 }, 10],
    ['half a token', { maxTokens: 0.5, tokenRatio: 0.1 }, 0.5],
    [
      'undefined is as not set, ratio',
      {
        ratio: 0,
        minimumPerSecond: undefined,
        window: undefined,
        clock: undefined,
        maxTokens: undefined
      } as never,
      100
    ],
    ['undefined is as not set, tokens', { maxTokens: 3, tokenRatio: 1, ratio: undefined } as never, 3]
  ])('%s -> balance %j', (_, options, expected) => {
    expect(retryBudget(options)().balance()).toBe(expected)
  })

  it('the window is 10 s if not set -> what was used is back after 10 s', async () => {
    const clock = virtualClock()
    const budget = retryBudget({ ratio: 0, clock })()
    await failing(budget, 3)()
    expect(budget.balance()).toBe(97)
    await clock.advance(9999)
    expect(budget.balance()).toBe(97)
    await clock.advance(1)
    expect(budget.balance()).toBe(100)
  })

  it.each<[string, RetryBudgetOptions, ReadonlyArray<number>]>([
    ['tokens', { maxTokens: 10, tokenRatio: 0.1 }, [8, 10]],
    ['a ratio', { ratio: 0 }, [99, 100]]
  ])('%s: each run of the IO -> a budget of its own, frozen', async (_, options, left) => {
    const make = retryBudget(options)
    const [one, other] = [make(), make()]
    await failing(one, 1)()
    expect([one.balance(), other.balance()]).toEqual(left)
    expect(Object.isFrozen(one)).toBe(true)
  })

  it('options changed later on -> no difference', async () => {
    const options = { ratio: 0, minimumPerSecond: 0.2, window: 10_000 }
    const make = retryBudget(options)
    Object.assign(options, { ratio: 9, minimumPerSecond: 9, window: 1 })
    expect(make().balance()).toBe(2)
  })

  it('balance asked before any call -> nothing is lost', async () => {
    const clock = virtualClock()
    const budget = retryBudget({ ratio: 1, minimumPerSecond: 0 })()
    expect(budget.balance()).toBe(0)
    await pipe(TE.right(1), withRetryBudget(budget), withEnv({ clock }))()
    expect(budget.balance()).toBe(1)
  })

  it('calls on another clock -> the times move over', async () => {
    const budget = retryBudget({ ratio: 0, minimumPerSecond: 0.1 })()
    const [one, other] = [virtualClock(), virtualClock()]
    const failOn = (clock: typeof one) => pipe(failing(budget, 1), withEnv({ clock }))()
    await one.advance(3_600_000)
    await failOn(one)
    await one.advance(4000)
    // The retry is 4 s old, on a clock that stands at 0.
    expect(await failOn(other)).toMatchObject({ left: { _tag: 'BudgetExhausted' } })
    await other.advance(5999)
    expect(budget.balance()).toBe(0)
    await other.advance(1)
    expect(budget.balance()).toBe(1)
    expect(await failOn(other)).toMatchObject({ left: { _tag: 'Exhausted' } })
    // Back again, to a clock that has stood still meanwhile.
    expect(await failOn(one)).toMatchObject({ left: { _tag: 'BudgetExhausted' } })
    await one.advance(10_000)
    expect(budget.balance()).toBe(1)
  })

  it('a clock that moves on whenever it is read -> read once for a call', () => {
    let time = 0
    const clock = { ...virtualClock(), now: () => time++ }
    const budget = retryBudget({ ratio: 1, minimumPerSecond: 0, window: 10 })()
    for (let i = 0; i < 5; i++) toBudgetCell('budget', budget).note(clock, 'called')
    // The first is 5 ms old.
    expect(budget.balance()).toBe(5)
  })

  const amounts: Parameters<typeof refuses>[1] = [
    [NaN, 'RangeError', 'NaN'],
    [-0.1, 'RangeError', '-0.1'],
    [Infinity, 'RangeError', 'Infinity'],
    [1e10, 'RangeError', '10000000000'],
    ['0.2', 'RangeError', '"0.2"'],
    [true, 'TypeError', 'true'],
    [1n, 'TypeError', '1'],
    [{ ratio: 1 }, 'TypeError', '[object Object]'],
    [null, 'TypeError', 'null']
  ]
  refuses('retryBudget: ratio', [...amounts, [undefined, 'TypeError', 'undefined']], (ratio) =>
    retryBudget({ ratio })
  )
  refuses('retryBudget: minimumPerSecond', amounts, (minimumPerSecond) =>
    retryBudget({ ratio: 0.2, minimumPerSecond })
  )
  refuses(
    'retryBudget: window',
    [[0, 'RangeError', '0'], ['0s', 'RangeError', '"0s"'], [0.999, 'RangeError', '0.999'], ...badDurations],
    (window) => retryBudget({ ratio: 0.2, window })
  )
  refuses('retryBudget: maxTokens', [[0, 'RangeError', '0'], ...amounts], (maxTokens) =>
    retryBudget({ maxTokens, tokenRatio: 0.1 })
  )
  refuses(
    'retryBudget: tokenRatio',
    [[0, 'RangeError', '0'], [9e-7, 'RangeError', '9e-7'], ...amounts, [undefined, 'TypeError', 'undefined']],
    (tokenRatio) => retryBudget({ maxTokens: 10, tokenRatio })
  )
  refuses(
    'retryBudget: clock',
    [
      [5, 'RangeError', '5'],
      [null, 'TypeError', 'null'],
      [{}, 'TypeError', '[object Object]'],
      [{ now: 5 }, 'TypeError', '[object Object]']
    ],
    (clock) => retryBudget({ ratio: 0.2, clock })
  )

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'TypeError: retryBudget: options must be an object, got undefined'],
    ['null', null, 'TypeError: retryBudget: options must be an object, got null'],
    ['a number', 0.2, 'RangeError: retryBudget: options must be an object, got 0.2'],
    ['no option at all', {}, 'TypeError: retryBudget: ratio must be a number from 0 to 1e9, got undefined'],
    [
      'a misspelt one',
      { ratios: 0.2 },

      "TypeError: retryBudget: there is no option 'ratios'; there are ratio, minimumPerSecond, window, maxTokens, tokenRatio, clock"
    ],
    [
      'a ratio beside tokens',
      { maxTokens: 10, tokenRatio: 0.1, ratio: 0.2 },

      'RangeError: retryBudget: ratio must be set without maxTokens only, got 0.2'
    ],
    [
      'a window beside tokens',
      { maxTokens: 10, tokenRatio: 0.1, window: '1s' },

      'RangeError: retryBudget: window must be set without maxTokens only, got "1s"'
    ],
    [
      'a minimum beside tokens',
      { maxTokens: 10, tokenRatio: 0.1, minimumPerSecond: 0 },

      'RangeError: retryBudget: minimumPerSecond must be set without maxTokens only, got 0'
    ],
    [
      'a tokenRatio beside a ratio',
      { ratio: 0.2, tokenRatio: 0.1 },

      'RangeError: retryBudget: tokenRatio must be set beside maxTokens only, got 0.1'
    ],
    [
      'too short a window',
      { ratio: 0.2, window: 0.5 },
      'RangeError: retryBudget: window must be at least 1 ms, got 0.5'
    ],
    [
      'no tokens',
      { maxTokens: 0, tokenRatio: 1 },
      'RangeError: retryBudget: maxTokens must be a number > 0, got 0'
    ],
    [
      'too little of a token',
      { maxTokens: 1, tokenRatio: 9e-7 },
      'RangeError: retryBudget: tokenRatio must be at least a millionth, got 9e-7'
    ]
  ])('%s -> refused, before the IO is run', (_, options, expected) => {
    expect(message(() => retryBudget(options as never))).toBe(expected)
  })
})

describe('toBudgetPlan', () => {
  const rules = { next: expect.any(Function) as unknown }

  it.each<[string, RetryBudgetOptions, object]>([
    ['a ratio', { ratio: 0.2, window: '2s' }, { _tag: 'ratio', window: 2000, clock: undefined, rules }],
    ['the shortest window', { ratio: 0.2, window: 1 }, { _tag: 'ratio', window: 1, clock: undefined, rules }],
    [
      'tokens',
      { maxTokens: 10, tokenRatio: 1e-6 },
      { _tag: 'tokens', maxTokens: 10, clock: undefined, rules }
    ]
  ])('%s -> what it comes to', (_, options, expected) => {
    expect(toBudgetPlan(options)).toMatchObject(expected)
  })
})

describe('toBudgetCell', () => {
  const make = retryBudget({ ratio: 0.2 })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an object', {}, '[object Object]'],
    ['options', { ratio: 0.2 }, '[object Object]'],
    ['something with a balance', { balance: () => 5 }, '[object Object]']
  ])('%s -> TypeError that names the argument', (_, value, printed) => {
    expect(thrown(() => toBudgetCell('worker: retryBudget', value))).toBe(
      `TypeError: worker: retryBudget must be …, got ${printed}`
    )
  })

  it('the IO that makes one -> TypeError that says what to do', () => {
    expect(() => toBudgetCell('withRetryBudget: budget', make)).toThrow(TypeError)
    expect(() => toBudgetCell('withRetryBudget: budget', make)).toThrow(
      'withRetryBudget: budget must be made by retryBudget(options)(), got '
    )
  })

  it('a budget -> its cell, the same each time; the symbol has a version', () => {
    const budget = make()
    expect(toBudgetCell('budget', budget)).toBe(toBudgetCell('budget', budget))
    expect(Object.getOwnPropertySymbols(budget)).toEqual([Symbol.for('reprise/budget@1')])
  })
})
