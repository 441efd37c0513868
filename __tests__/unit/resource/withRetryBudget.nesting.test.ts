import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  fixed,
  immediate,
  limitRetries,
  retryBudget,
  retryOn,
  via,
  withEnv,
  withRetry,
  withRetryBudget
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { often, perCall, retries, tenTokens, thrice } from '../../support/budgets.js'
import { start } from '../../support/task.js'

describe('nesting', () => {
  it('a nested retry -> draws on the budget, too', async () => {
    const budget = retries(4)
    const fn = scripted('L')
    const task = pipe(
      fn,
      withRetry(thrice),
      withRetry(pipe(often, retryOn('Exhausted'))),
      withRetryBudget(budget)
    )
    // Retries inside: 2, of the outer one: 1, inside: 1. Then the inner one is refused, and that is not retried.
    expect(await task()).toMatchObject({
      left: {
        _tag: 'NotRetryable',
        attempts: 2,
        failures: [{ error: { _tag: 'Exhausted' } }, { error: { _tag: 'BudgetExhausted', attempts: 2 } }]
      }
    })
    expect([fn.calls(), budget.balance()]).toEqual([5, 0])
  })

  it('the outer retry names BudgetExhausted -> it is refused as well', async () => {
    const outer = pipe(often, retryOn('BudgetExhausted'))
    const task = pipe(scripted('L'), withRetry(thrice), withRetry(outer), withRetryBudget(retries(1)))
    expect(await task()).toMatchObject({
      left: {
        _tag: 'BudgetExhausted',
        attempts: 1,
        failures: [{ error: { _tag: 'BudgetExhausted', attempts: 2 } }]
      }
    })
  })

  it('a function that gives a retried task -> its retries draw on the budget', async () => {
    const fn = scripted('L')
    const load = (_: string) => pipe(fn, withRetry(often))
    await pipe(load, withRetryBudget(retries(3)))('a')()
    expect(fn.calls()).toBe(4)
  })

  it.each([
    ['outer', 1, 4],
    ['inner', 4, 1]
  ])(
    'two budgets, the %s one allows one retry -> one is made, and charged to both',
    async (_, outer, inner) => {
      const [one, other] = [retries(outer), retries(inner)]
      const fn = scripted('L')
      const task = pipe(fn, withRetry(often), withRetryBudget(other), withRetryBudget(one))
      expect(await task()).toMatchObject({ left: { _tag: 'BudgetExhausted', attempts: 2 } })
      expect([fn.calls(), one.balance(), other.balance()]).toEqual([2, outer - 1, inner - 1])
    }
  )

  it('two budgets, one refuses -> the failure counts in both', async () => {
    const tokens = tenTokens()
    const task = pipe(scripted('L'), withRetry(often), withRetryBudget(retries(0)), withRetryBudget(tokens))
    await task()
    expect(tokens.balance()).toBe(9)
  })

  it('three budgets -> all of them have to allow it', async () => {
    const budgets = [retries(3), retries(1), retries(2)] as const
    const [a, b, c] = budgets
    const fn = scripted('L')
    await pipe(fn, withRetry(often), withRetryBudget(a), withRetryBudget(b), withRetryBudget(c))()
    expect([fn.calls(), ...budgets.map(({ balance }) => balance())]).toEqual([2, 2, 0, 1])
  })

  it.each(['twice', 'with another between'])('the same budget %s -> counts once', async (how) => {
    const [budget, other] = [perCall(3), perCall(9)]
    const retried = pipe(scripted('LLR'), withRetry(often), withRetryBudget(budget))
    const between = how === 'twice' ? retried : pipe(retried, withRetryBudget(other))
    await pipe(between, withRetryBudget(budget))()
    expect([budget.balance(), other.balance()]).toEqual([1, how === 'twice' ? 0 : 7])
    const tokens = tenTokens()
    await pipe(scripted('LLR'), withRetry(often), withRetryBudget(tokens), withRetryBudget(tokens))()
    expect(tokens.balance()).toBe(8.5)
  })

  it('a plain step between -> ends the context; via -> keeps it', async () => {
    const [plain, kept] = [scripted('L'), scripted('L')]
    const step = TE.mapLeft(String)
    const five = pipe(immediate, limitRetries(4))
    await pipe(plain, withRetry(five), step, withRetryBudget(retries(1)))()
    await pipe(kept, withRetry(five), via(step), withRetryBudget(retries(1)))()
    expect([plain.calls(), kept.calls()]).toEqual([5, 2])
  })
})

describe('clocks', () => {
  const hourly = pipe(fixed('1h'), limitRetries(3))
  // One retry in an hour.
  const options = { ratio: 0, minimumPerSecond: 1 / 3600, window: '1h' } as const

  it('withEnv outside -> on that clock: each hour allows a retry', async () => {
    const clock = virtualClock()
    const budget = retryBudget(options)()
    const fn = scripted('L')
    const ends = start(pipe(fn, withRetry(hourly), withRetryBudget(budget), withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toMatchObject([{ at: 10_800_000, result: { left: { _tag: 'Exhausted' } } }])
    expect(fn.calls()).toBe(4)
  })

  it('withEnv inside -> not: no time has passed out there', async () => {
    const clock = virtualClock()
    const budget = retryBudget(options)()
    const fn = scripted('L')
    const ends = start(pipe(fn, withRetry(hourly), withEnv({ clock }), withRetryBudget(budget)), clock)
    await clock.runAll()
    expect(ends).toMatchObject([
      { at: 3_600_000, result: { left: { _tag: 'BudgetExhausted', attempts: 2 } } }
    ])
  })

  it('a clock of its own -> that one, whatever the calls run on', async () => {
    const [own, clock] = [virtualClock(), virtualClock()]
    const budget = retryBudget({ ...options, clock: own })()
    const fn = scripted('L')
    const task = pipe(fn, withRetry(hourly), withRetryBudget(budget), withEnv({ clock }))
    start(task, clock)
    await clock.runAll()
    expect(fn.calls()).toBe(2)
    expect(budget.balance()).toBe(0)
    await own.advance(3_600_000)
    expect(budget.balance()).toBe(1)
    start(task, clock)
    await clock.runAll()
    expect(fn.calls()).toBe(4)
  })

  it('a clock that gives no number -> counts without time', async () => {
    const budget = retryBudget({
      ratio: 1,
      minimumPerSecond: 0,
      clock: { ...virtualClock(), now: () => NaN }
    })()
    const task = pipe(scripted('L'), withRetry(often), withRetryBudget(budget))
    expect(await task()).toMatchObject({ left: { _tag: 'BudgetExhausted', attempts: 2 } })
  })
})
