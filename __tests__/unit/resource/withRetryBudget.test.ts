import { flow, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  abortOn,
  arrow,
  delayFrom,
  fixed,
  immediate,
  isBudgetExhausted,
  isRetryError,
  limitRetries,
  match,
  retryOn,
  type RetryEvent,
  type RetryPolicy,
  retryUntil,
  toError,
  withEnv,
  withObserver,
  withRetry,
  withRetryBudget,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { thrown } from '../../support/bad.js'
import { often, perCall, retries, tenTokens, thrice } from '../../support/budgets.js'
import { deferred, start, turn } from '../../support/task.js'

describe('what a refusal comes to', () => {
  // Attempts of 10 ms begin at 0, 110 and 220; two retries are allowed.
  const refused = async () => {
    const clock = virtualClock()
    const events: RetryEvent[] = []
    const fn = scripted('L', { duration: 10, clock, left: (call) => `down ${call}` })
    const task = pipe(
      fn,
      withRetry(pipe(fixed(100), limitRetries(5))),
      withObserver((event) => events.push(event)),
      withRetryBudget(retries(2)),
      withEnv({ clock })
    )
    const ends = start(task, clock)
    await clock.runAll()
    return { clock, ends, events, fn }
  }
  const failure = (attempt: number, startedAt: number, delay: number | undefined) => ({
    _tag: 'Failed',
    error: `down ${attempt}`,
    attempt,
    startedAt,
    duration: 10,
    delay
  })
  const error = {
    _tag: 'BudgetExhausted',
    attempts: 3,
    elapsed: 230,
    failures: [failure(1, 0, 100), failure(2, 110, 100), failure(3, 220, undefined)],
    omitted: 0
  }

  it('two retries left, an action that always fails -> BudgetExhausted at once, with all failures', async () => {
    const { clock, ends, fn } = await refused()
    expect(ends).toStrictEqual([{ at: 230, result: { _tag: 'Left', left: error } }])
    expect(fn.calls()).toBe(3)
    expect(clock.pending()).toBe(0)
  })

  it('events -> the last failure without a wait, then GaveUp with the error', async () => {
    const { events } = await refused()
    const rest = { name: 'task', args: [], previousDelay: 100 }
    expect(events.map(({ _tag, attempt }) => `${_tag} ${attempt}`)).toEqual([
      ...['AttemptStarted 1', 'AttemptFailed 1', 'RetryScheduled 1'],
      ...['AttemptStarted 2', 'AttemptFailed 2', 'RetryScheduled 2'],
      ...['AttemptStarted 3', 'AttemptFailed 3', 'GaveUp 3']
    ])
    expect(events.slice(-2)).toStrictEqual([
      { _tag: 'AttemptFailed', ...rest, attempt: 3, elapsed: 230, failure: error.failures[2] },
      { _tag: 'GaveUp', ...rest, attempt: 3, elapsed: 230, error }
    ])
  })

  it('isBudgetExhausted, isRetryError, match, toError -> know it', async () => {
    const { ends } = await refused()
    const found = ends[0]?.result
    if (found?._tag !== 'Left' || !isRetryError(found.left)) throw new Error('no retry error')
    expect(isBudgetExhausted(found.left)).toBe(true)
    const words = match({
      Exhausted: () => 'exhausted',
      NotRetryable: () => 'not retryable',
      Aborted: () => 'aborted',
      PolicyFault: () => 'a fault',
      BudgetExhausted: ({ attempts }) => `no budget after ${attempts}`
    })
    expect(words(found.left)).toBe('no budget after 3')
    const { name, message, cause } = toError(found.left)
    expect({ name, message, cause }).toEqual({
      name: 'BudgetExhausted',
      message: 'the retry budget refused after 3 attempts in 230 ms: down 3',
      cause: 'down 3'
    })
  })

  it('the schedule stops where the budget would refuse, too -> Exhausted', async () => {
    const result = await pipe(scripted('L'), withRetry(thrice), withRetryBudget(retries(2)))()
    expect(result).toMatchObject({ left: { _tag: 'Exhausted', attempts: 3 } })
  })

  it('a rejected result -> BudgetExhausted with the result', async () => {
    const policy = pipe(
      often,
      retryUntil((n: number) => n > 3)
    )
    const task = pipe(scripted('R'), withRetry(policy), withRetryBudget(retries(1)))
    expect(await task()).toMatchObject({
      left: {
        _tag: 'BudgetExhausted',
        failures: [{ delay: 0 }, { _tag: 'Rejected', value: 2, delay: undefined }]
      }
    })
  })

  it('a budget that allows enough -> the result', async () => {
    const task = pipe(scripted('LLR'), withRetry(often), withRetryBudget(retries(2)))
    expect(await task()).toEqual({ _tag: 'Right', right: 3 })
  })
})

describe('what takes a token, and what gives some back', () => {
  const never = (): boolean => false
  const broken = (): boolean => {
    throw new Error('bug')
  }
  const rows: ReadonlyArray<readonly [string, string, number, RetryPolicy]> = [
    ['a Left that the schedule stops at', 'L', 9, limitRetries(0)(immediate)],
    ['three of them', 'L', 7, thrice],
    ['what is thrown, three times', 'T', 7, thrice],
    ['three results that are rejected', 'R', 7, pipe(thrice, retryUntil(never))],
    [
      'a hint beyond its bound',
      'L',
      9,
      pipe(
        often,
        delayFrom(() => 1000, { max: 10 })
      )
    ],
    ['more retries than there are tokens for', 'L', 5, often],
    ['one failure, and half a token for the success', 'LR', 9.5, thrice],
    ['two failures, and the same', 'LLR', 8.5, thrice],
    ['a success of a full budget', 'R', 10, thrice],
    // What is not worth a retry is nothing that the budget has to bear.
    ['what retryOn does not name', 'L', 10, pipe(thrice, retryOn('Other'))],
    [
      'what abortOn names',
      'L',
      10,
      pipe(
        thrice,
        abortOn(() => true)
      )
    ],
    ['a condition that throws', 'L', 10, pipe(thrice, retryOn(broken))]
  ]
  it.each(rows)('%s (%s) -> %d of 10', async (_, script, tokens, policy) => {
    const budget = tenTokens()
    await pipe(scripted(script), withRetry(policy), withRetryBudget(budget))()
    expect(budget.balance()).toBe(tokens)
  })

  it.each([
    ['R', 5.5],
    ['L', 5],
    ['T', 5]
  ])('without a retry inside: %s -> %d of 5', async (script, tokens) => {
    const budget = tenTokens()
    await pipe(scripted('L'), withRetry(often), withRetryBudget(budget))()
    await pipe(scripted(script), withRetryBudget(budget))()
    expect(budget.balance()).toBe(tokens)
  })

  it('aborted in the first attempt -> none', async () => {
    const budget = tenTokens()
    const controller = new AbortController()
    const pending = pipe(
      scripted('P'),
      withRetry(thrice),
      withRetryBudget(budget),
      withSignal(controller.signal)
    )()
    controller.abort()
    expect(await pending).toMatchObject({ left: { _tag: 'Aborted' } })
    expect(budget.balance()).toBe(10)
  })

  it.each(['outside', 'inside'])(
    'aborted in the wait, by a signal %s -> the failure, and no more',
    async (where) => {
      const clock = virtualClock()
      const budget = tenTokens()
      const fn = scripted('L')
      const controller = new AbortController()
      const signal = withSignal(controller.signal)
      const retried = pipe(fn, withRetry(pipe(fixed('1h'), limitRetries(5))))
      const task =
        where === 'outside'
          ? pipe(retried, withRetryBudget(budget), signal)
          : pipe(retried, signal, withRetryBudget(budget))
      const ends = start(pipe(task, withEnv({ clock })), clock)
      await clock.advance(50)
      controller.abort('enough')
      await turn()
      expect(ends).toMatchObject([
        { at: 50, result: { left: { _tag: 'Aborted', reason: 'enough', attempts: 1 } } }
      ])
      await clock.advance(7_200_000)
      expect([budget.balance(), fn.calls(), clock.pending()]).toEqual([9, 1, 0])
    }
  )

  it('aborted inside of the retry -> none', async () => {
    const budget = tenTokens()
    const task = pipe(
      scripted('L'),
      withSignal(AbortSignal.abort()),
      withRetry(thrice),
      withRetryBudget(budget)
    )
    expect(await task()).toMatchObject({ left: { _tag: 'NotRetryable' } })
    expect(budget.balance()).toBe(10)
  })

  it('attempts that time out -> a token each', async () => {
    const clock = virtualClock()
    const budget = tenTokens()
    const task = pipe(scripted('P'), withTimeout(10), withRetry(thrice), withRetryBudget(budget))
    const ends = start(pipe(task, withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toMatchObject([{ at: 30, result: { left: { _tag: 'Exhausted' } } }])
    expect(budget.balance()).toBe(7)
  })

  it('a success after the time is up -> nothing back', async () => {
    const clock = virtualClock()
    const budget = tenTokens()
    await pipe(scripted('L'), withRetry(often), withRetryBudget(budget))()
    const late = pipe(scripted('R', { duration: 500, clock }), withRetryBudget(budget))
    const ends = start(pipe(late, withTimeout(100), withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toMatchObject([{ at: 100, result: { left: { _tag: 'TimedOut' } } }])
    expect(budget.balance()).toBe(5)
  })

  it('used up -> the first attempt is still made, and successes bring retries back', async () => {
    const budget = tenTokens(3)
    const run = (script: string) => pipe(scripted(script), withRetry(often), withRetryBudget(budget))()
    await run('L')
    expect(await run('L')).toMatchObject({ left: { _tag: 'BudgetExhausted', attempts: 1 } })
    expect(budget.balance()).toBe(4)
    expect(await run('R')).toEqual({ _tag: 'Right', right: 1 })
    // 7 of 10, and 6 after the failure.
    expect(await run('LR')).toEqual({ _tag: 'Right', right: 2 })
    expect(budget.balance()).toBe(9)
  })
})

describe('calls and retries of a ratio', () => {
  it('what is wrapped -> one call; each retry -> one', async () => {
    const budget = perCall(5)
    await pipe(scripted('LLR'), withRetry(often), withRetryBudget(budget))()
    expect(budget.balance()).toBe(3)
  })

  it('an action without a retry -> a call, whatever it comes to', async () => {
    const budget = perCall(1)
    for (const script of ['R', 'L', 'T']) await pipe(scripted(script), withRetryBudget(budget))()
    expect(budget.balance()).toBe(3)
  })

  it('a retry whose wait is aborted -> counts all the same', async () => {
    const clock = virtualClock()
    const budget = retries(5)
    const task = pipe(scripted('L'), withRetry(fixed('1s')), withRetryBudget(budget), withTimeout(500))
    start(pipe(task, withEnv({ clock })), clock)
    await clock.runAll()
    expect([clock.now(), budget.balance()]).toEqual([500, 4])
  })

  it('a fifth of the calls, many functions at once -> 10 calls, 2 retries', async () => {
    const clock = virtualClock()
    const budget = perCall(0.2)
    const fns = Array.from({ length: 10 }, () => scripted('L', { duration: 100, clock }))
    const policy = pipe(fixed(50), limitRetries(5))
    const all = fns.map((fn) =>
      start(pipe(fn, withRetry(policy), withRetryBudget(budget), withEnv({ clock })), clock)
    )
    await clock.runAll()
    expect(fns.map((fn) => fn.calls())).toEqual([2, 2, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(all.flat().map(({ at }) => at)).toEqual([250, 250, ...Array<number>(8).fill(100)])
    expect(all.flat()).toMatchObject(Array(10).fill({ result: { left: { _tag: 'BudgetExhausted' } } }))
    expect(budget.balance()).toBe(0)
  })

  it('inside of the retry -> bounds nothing, and each attempt is a call', async () => {
    const budget = perCall(1)
    const fn = scripted('L')
    await pipe(fn, withRetryBudget(budget), withRetry(limitRetries(9)(immediate)))()
    expect([fn.calls(), budget.balance()]).toEqual([10, 10])
  })
})

describe('shapes', () => {
  it('functions, tasks, readers -> the shape, length and name of what goes in', async () => {
    const budget = perCall(1)
    const wrap = withRetryBudget(budget)
    const add = async (a: number, b: number): Promise<number> => a + b
    const wrapped = wrap(add)
    expect([wrapped.length, wrapped.name]).toEqual([2, 'add'])
    expect(await wrapped(1, 2)()).toEqual({ _tag: 'Right', right: 3 })
    expect(await wrap(async () => 4)()).toEqual({ _tag: 'Right', right: 4 })
    expect(await wrap(TE.right(5))()).toEqual({ _tag: 'Right', right: 5 })
    expect(await flow((id: string) => TE.left(id), wrap)('a')()).toEqual({ _tag: 'Left', left: 'a' })
    const read = (env: { readonly url: string }) => TE.right(env.url)
    expect(await wrap(read)({ url: '/' })()).toEqual({ _tag: 'Right', right: '/' })
    expect(await wrap(arrow(async (a = 7) => a))()()).toEqual({ _tag: 'Right', right: 7 })
    expect(budget.balance()).toBe(6)
  })

  it('nothing runs, and nothing counts, before the task does; then each time', async () => {
    const budget = perCall(1)
    const fn = scripted('R')
    const task = pipe(async (_: number) => fn(), withRetryBudget(budget))(1)
    expect([fn.calls(), budget.balance()]).toEqual([0, 0])
    await task()
    await task()
    expect([fn.calls(), budget.balance()]).toEqual([2, 2])
  })

  it.each<[string, () => Promise<number>]>([
    [
      'throws at once',
      () => {
        throw 'down'
      }
    ],
    ['rejects', () => Promise.reject('down')]
  ])('a function that %s -> a Left, and thrown to a retry outside', async (_, fn) => {
    const budget = perCall(1)
    const wrapped = pipe(fn, withRetryBudget(budget))
    expect(await wrapped()).toEqual({ _tag: 'Left', left: 'down' })
    expect(await pipe(wrapped, withRetry(limitRetries(0)(immediate)))()).toMatchObject({
      left: { failures: [{ _tag: 'Threw', error: 'down' }] }
    })
    expect(budget.balance()).toBe(2)
  })

  it('a call under way -> gives nothing back before it has succeeded', async () => {
    const budget = tenTokens()
    await pipe(scripted('LLR'), withRetry(often), withRetryBudget(budget))()
    const { promise, resolve } = deferred<number>()
    const pending = pipe(() => promise, withRetryBudget(budget))()
    await turn()
    expect(budget.balance()).toBe(8.5)
    resolve(1)
    await pending
    expect(budget.balance()).toBe(9)
  })

  it('what is no function, what is no budget -> refused when wrapping', () => {
    expect(thrown(() => withRetryBudget(perCall(1))(5 as never))).toBe(
      'RangeError: withRetryBudget: action must be …, got 5'
    )
    expect(thrown(() => withRetryBudget({ balance: () => 1 } as never))).toBe(
      'TypeError: withRetryBudget: budget must be …, got [object Object]'
    )
  })
})
