import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  fixed,
  immediate,
  isBudgetExhausted,
  isExhausted,
  limitRetries,
  type RetryBudget,
  retryBudget,
  retryOn,
  type RetryPolicy,
  when,
  withEnv,
  withRetry,
  withRetryBudget
} from 'reprise'
import { instantClock, scripted, virtualClock } from 'reprise/testing'
import { start } from '../support/task.js'

/** A budget of so many retries in 10 s, whatever the calls. */
const retries = (count: number): RetryBudget => retryBudget({ ratio: 0, minimumPerSecond: count / 10 })()

describe('P17 amplification across layers, with a budget', () => {
  const thrice = pipe(fixed(100), limitRetries(2))
  const named = pipe(thrice, retryOn(['Exhausted', 'BudgetExhausted']))

  const naming: ReadonlyArray<[string, RetryPolicy]> = [
    ["retryOn('Exhausted')", pipe(thrice, retryOn('Exhausted'))],
    ['retryOn(isExhausted)', pipe(thrice, retryOn(isExhausted))],
    ["when('Exhausted', …)", pipe(thrice, when('Exhausted', thrice))]
  ]
  test.each(naming)('P17 the outer one has %s, a budget of 3 -> 4 calls, not 9', async (_, outer) => {
    const fn = scripted('L')
    const budget = retries(3)
    const task = pipe(
      fn,
      withRetry(thrice),
      withRetry(outer),
      withRetryBudget(budget),
      withEnv({ clock: instantClock() })
    )
    // 2 retries inside, and the outer one: then the inner one is refused at once.
    expect(await task()).toMatchObject({
      left: {
        _tag: 'NotRetryable',
        attempts: 2,
        failures: [
          { error: { _tag: 'Exhausted', attempts: 3 } },
          { error: { _tag: 'BudgetExhausted', attempts: 1 } }
        ]
      }
    })
    expect([fn.calls(), budget.balance()]).toEqual([4, 0])
  })

  // Each retry, of whichever layer, is one of the budget's, and brings at most one more call.
  test.each([
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
    [5, 6],
    [8, 9],
    [9, 9],
    [100, 9]
  ])('P17 both refusals named, a budget of %d -> %d calls of 9', async (count, calls) => {
    const fn = scripted('L')
    const task = pipe(
      fn,
      withRetry(thrice),
      withRetry(named),
      withRetryBudget(retries(count)),
      withEnv({ clock: instantClock() })
    )
    await task()
    expect(fn.calls()).toBe(calls)
  })

  test('P17 three layers of 3 attempts, all naming, a budget of 10 -> 11 calls, not 27', async () => {
    const fn = scripted('L')
    const budget = retries(10)
    const task = pipe(
      fn,
      withRetry(thrice),
      withRetry(named),
      withRetry(named),
      withRetryBudget(budget),
      withEnv({ clock: instantClock() })
    )
    expect(await task()).toMatchObject({ left: { _tag: 'BudgetExhausted' } })
    expect([fn.calls(), budget.balance()]).toEqual([11, 0])
  })

  test('P17 100 callers at once, a fifth of the calls and 5 -> 125 calls, not 900', async () => {
    const clock = virtualClock()
    const budget = retryBudget({ ratio: 0.2, minimumPerSecond: 0.5 })()
    const fn = scripted('L', { duration: 30, clock })
    const task = pipe(fn, withRetry(thrice), withRetry(named), withRetryBudget(budget), withEnv({ clock }))
    const all = Array.from({ length: 100 }, () => start(task, clock))
    await clock.runAll()
    expect([fn.calls(), budget.balance()]).toEqual([125, 0])
    expect(all.flat().every(({ result }) => result._tag === 'Left' && isBudgetExhausted(result.left))).toBe(
      true
    )
  })

  test('P17 tokens, both naming -> 5 failures of 10 tokens, and no retry more', async () => {
    const budget = retryBudget({ maxTokens: 10, tokenRatio: 0.1 })()
    const fn = scripted('L')
    const task = pipe(
      fn,
      withRetry(thrice),
      withRetry(pipe(thrice, retryOn('Exhausted'))),
      withRetryBudget(budget),
      withEnv({ clock: instantClock() })
    )
    // 3 failures inside, one of the outer attempt, and one more inside.
    expect(await task()).toMatchObject({
      left: {
        failures: [{ error: { _tag: 'Exhausted' } }, { error: { _tag: 'BudgetExhausted', attempts: 1 } }]
      }
    })
    expect([fn.calls(), budget.balance()]).toEqual([4, 5])
  })

  test('P17 the budget between the two retries -> bounds the inner one alone', async () => {
    const fn = scripted('L')
    const budget = retries(1)
    const task = pipe(
      fn,
      withRetry(thrice),
      withRetryBudget(budget),
      withRetry(named),
      withEnv({ clock: instantClock() })
    )
    await task()
    expect([fn.calls(), budget.balance()]).toEqual([4, 0])
  })
})

describe('P25 a budget refilled wrongly', () => {
  /** Fails so often, one call after the other, without waits. */
  const drain = async (budget: RetryBudget, times: number): Promise<void> => {
    const failing = pipe(TE.left('down'), withRetry(limitRetries(0)(immediate)), withRetryBudget(budget))
    for (let i = 0; i < times; i++) await failing()
  }
  const often = pipe(immediate, limitRetries(50))
  const succeed = async (budget: RetryBudget, times: number): Promise<void> => {
    const succeeding = pipe(TE.right('up'), withRetryBudget(budget))
    for (let i = 0; i < times; i++) await succeeding()
  }

  test.each([
    [10, 0.1, 0.1],
    [10, 1, 1],
    [500, 14, 14],
    [3, 2.5, 2.5],
    [3, 50, 3]
  ])(
    'P25 %d tokens, drained to 0, one success -> its refund of %d: %d',
    async (maxTokens, tokenRatio, left) => {
      const budget = retryBudget({ maxTokens, tokenRatio })()
      await drain(budget, maxTokens + 5)
      expect(budget.balance()).toBe(0)
      await succeed(budget, 1)
      expect(budget.balance()).toBe(left)
    }
  )

  test.each([
    ['full', 0, 0],
    ['drained', 10, 99]
  ])('P25 %s, 1e4 successes -> never above the maximum', async (_, failures, below) => {
    const budget = retryBudget({ maxTokens: 10, tokenRatio: 0.1 })()
    await drain(budget, failures)
    const seen: number[] = []
    for (let i = 0; i < 10_000; i++) {
      await succeed(budget, 1)
      seen.push(budget.balance())
    }
    expect(Math.max(...seen)).toBe(10)
    expect(seen.filter((tokens) => tokens < 10)).toHaveLength(below)
  })

  // A failure takes its token before the retry is asked for: 6.0 leaves 5, 6.1 leaves 5.1, which is more than half.
  test.each([
    [1, 1],
    [50, 1],
    [60, 1],
    [61, 2],
    [100, 2]
  ])('P25 drained to 0, %d successes, then a failure -> %d calls', async (successes, calls) => {
    const budget = retryBudget({ maxTokens: 10, tokenRatio: 0.1 })()
    await drain(budget, 10)
    await succeed(budget, successes)
    const fn = scripted('L')
    await pipe(fn, withRetry(limitRetries(1)(immediate)), withRetryBudget(budget))()
    expect(fn.calls()).toBe(calls)
  })

  test('P25 drained to 0, time alone -> nothing back', async () => {
    const clock = virtualClock()
    const budget = retryBudget({ maxTokens: 10, tokenRatio: 0.1, clock })()
    await drain(budget, 10)
    await clock.advance(1e12)
    expect(budget.balance()).toBe(0)
  })

  test('P25 a floor of 10 in a window, used up -> nothing from successes, 10 again and no more after it', async () => {
    const clock = virtualClock()
    const budget = retryBudget({ ratio: 0, minimumPerSecond: 1, clock })()
    await pipe(TE.left('down'), withRetry(often), withRetryBudget(budget))()
    await succeed(budget, 100)
    expect(budget.balance()).toBe(0)
    for (const balance of [10, 10]) {
      await clock.advance(1e9)
      expect(budget.balance()).toBe(balance)
    }
  })

  test('P25 a fifth of the calls, used up -> a fifth of a retry for each success, nothing after the window', async () => {
    const clock = virtualClock()
    const budget = retryBudget({ ratio: 0.2, minimumPerSecond: 0, clock })()
    await succeed(budget, 9)
    const fn = scripted('L')
    await pipe(fn, withRetry(often), withRetryBudget(budget))()
    expect([fn.calls(), budget.balance()]).toEqual([3, 0])
    await succeed(budget, 1)
    expect(budget.balance()).toBe(0.2)
    await clock.advance(10_000)
    expect(budget.balance()).toBe(0)
    await succeed(budget, 50)
    expect(budget.balance()).toBe(10)
  })
})
