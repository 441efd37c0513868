// Execution: calls, results, order. A call ends with a tagged RetryError: "returns Left('error')" is its last
// error, "exceeded" the tag Exhausted. Fallbacks are those of fp-ts.
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  anyCause,
  capDelay,
  delays,
  exponential,
  fixed,
  immediate,
  isExhausted,
  isRetryable,
  limitRetries,
  rejectedValues,
  retryOn,
  type RetryError,
  retryUntil,
  runOrThrow,
  withRetry
} from 'reprise'
import { scenario, scripted } from 'reprise/testing'
import { ending } from '../support/play.js'

const limit = (count: number) => pipe(immediate, limitRetries(count))

describe('failures', () => {
  const capped = pipe(exponential(100), limitRetries(5), capDelay(1000))

  it("X-01 cap 1000 of (exponential 100 + limit 5), always Left -> Left('error'); pauses 100 ... 1000", async () => {
    const { result, waits } = await scenario({ policy: capped, script: 'L', left: () => 'error' })
    expect(ending(result)).toEqual(['Exhausted', 'error'])
    expect(waits).toEqual([100, 200, 400, 800, 1000])
  })

  it('X-02 same policy, check says "do not retry this" -> returned at once, no retry', async () => {
    const policy = pipe(
      capped,
      retryOn((error) => error !== 'do not retry this')
    )
    const { calls, result, elapsed } = await scenario({
      policy,
      script: 'L',
      left: () => 'do not retry this'
    })
    expect(ending(result)).toEqual(['NotRetryable', 'do not retry this'])
    expect({ calls, elapsed }).toEqual({ calls: 1, elapsed: 0 })
  })

  it('X-07 errors: limit 2, always fails -> last error, calls 3', async () => {
    const { calls, result } = await scenario({ policy: limit(2), script: 'T', thrown: (n) => `error ${n}` })
    expect(ending(result)).toEqual(['Exhausted', 'error 3'])
    expect(calls).toBe(3)
  })

  it('X-26 error values seen by the judge, limit 2 -> boom0, boom1, boom2 in order; final Left("boom2")', async () => {
    const seen: string[] = []
    const policy = pipe(
      limit(2),
      retryOn((error: string) => {
        seen.push(error)
        return true
      })
    )
    const { result } = await scenario({ policy, script: 'L', left: (call) => `boom${call - 1}` })
    expect(seen).toEqual(['boom0', 'boom1', 'boom2'])
    expect(ending(result)).toEqual(['Exhausted', 'boom2'])
  })

  it('X-28 10000 retries without delay, errors -> returns last error after 10001 calls', async () => {
    const { calls, result, elapsed } = await scenario({ policy: limit(10000), script: 'L' })
    expect(calls).toBe(10001)
    expect(ending(result)).toEqual(['Exhausted', 10001])
    expect(elapsed).toBe(0)
  })
})

describe('counts and pauses', () => {
  it('X-13 success on the third try -> value of the third call, calls 3', async () => {
    const { calls, result } = await scenario({ policy: limit(5), script: 'LTR', right: (n) => `value ${n}` })
    expect(result).toEqual({ _tag: 'Right', right: 'value 3' })
    expect(calls).toBe(3)
  })

  it('X-16 succeeds at once -> calls 1 even with a large limit', async () => {
    const { calls, result } = await scenario({ policy: limit(1_000_000), script: 'R' })
    expect(result).toEqual({ _tag: 'Right', right: 1 })
    expect(calls).toBe(1)
  })

  it('X-17 retries = list [50], always fails -> calls 2; scheduled delays exactly [50]', async () => {
    const { calls, waits } = await scenario({ policy: delays([50]), script: 'L' })
    expect(calls).toBe(2)
    expect(waits).toEqual([50])
  })

  // There is no `maxAttempts`: `limitRetries(5)` says what it counts.
  it('X-19 maxAttempts 5 that counts retries, always fails -> calls 6', async () => {
    const { calls } = await scenario({ policy: limit(5), script: 'L' })
    expect(calls).toBe(6)
  })

  it.each([
    [1, 100, 100],
    [2, 300, 200],
    [3, 700, 400],
    [4, 1500, 800],
    [5, 3100, 1600]
  ])('X-25 exponential 100 + limit %d -> elapsed %d >= 100*2^(r-1) = %d', async (r, exactly, least) => {
    const { elapsed } = await scenario({ policy: pipe(exponential(100), limitRetries(r)), script: 'L' })
    expect(elapsed).toBeGreaterThanOrEqual(least)
    expect(elapsed).toBe(exactly)
  })
})

describe('results that are judged', () => {
  it('X-04 constant 1, success on the 4th value -> Right("4"), calls 4', async () => {
    const policy = pipe(
      fixed(1),
      retryUntil((value: string) => value === '4')
    )
    const { calls, result } = await scenario({ policy, script: 'R', right: String })
    expect(result).toEqual({ _tag: 'Right', right: '4' })
    expect(calls).toBe(4)
  })

  // A rejected result is never a success, nor an error: it comes back among the rejected values.
  it('X-05 limit 2, never good -> "3" = the last unsuccessful value, calls 3', async () => {
    const policy = pipe(
      limit(2),
      retryUntil((value: string) => value === 'good')
    )
    const { calls, result } = await scenario({ policy, script: 'R', right: String })
    expect(ending(result)).toEqual(['Exhausted', '3'])
    expect(result._tag === 'Left' && rejectedValues(result.left)).toEqual(['1', '2', '3'])
    expect(calls).toBe(3)
  })

  // As X-05: the last bad result comes back as a Left.
  it('X-20 result judged bad for ever, 5 retries -> that last bad result, calls 6', async () => {
    const bad = { status: 'bad' }
    const policy = pipe(
      limit(5),
      retryUntil(() => false)
    )
    const { calls, result } = await scenario({ policy, script: 'R', right: () => bad })
    expect(ending(result)[0]).toBe('Exhausted')
    expect(ending(result)[1]).toBe(bad)
    expect(calls).toBe(6)
  })
})

describe('the wrapped function', () => {
  it('X-22 wrapper keeps the result: fail*2 then a+b -> wrapped(2,3) = 5, calls 3', async () => {
    let calls = 0
    const add = async (a: number, b: number): Promise<number> => {
      calls += 1
      if (calls < 3) throw new Error('flaky')
      return a + b
    }
    const wrapped = pipe(add, withRetry(limit(5)))
    expect(await wrapped(2, 3)()).toEqual({ _tag: 'Right', right: 5 })
    expect(calls).toBe(3)
  })

  // Only promises and TaskEithers can be wrapped: so these are the two return types.
  it('X-23 the same wrapped function called twice -> each call starts from retry 0, both return types typed', async () => {
    let calls = 0
    const reject = async (id: string): Promise<number> => {
      calls += 1
      throw new Error(id)
    }
    const fail = (id: string): TaskEither<Error, number> => {
      calls += 1
      return TE.left(new Error(id))
    }
    const one: (id: string) => TaskEither<RetryError<unknown, number>, number> = withRetry(limit(2))(reject)
    const other: (id: string) => TaskEither<RetryError<Error, number>, number> = withRetry(limit(2))(fail)
    for (const wrapped of [one, other])
      for (const id of ['first', 'second']) {
        calls = 0
        const result = await wrapped(id)()
        expect(calls).toBe(3)
        expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'Exhausted', attempts: 3 } })
        expect(ending(result)[1]).toEqual(new Error(id))
      }
  })

  it('X-38 the whole wrapped call is lazy -> nothing runs until invoked; invoked twice, it starts anew', async () => {
    const fn = scripted('L')
    const task = pipe(fn, withRetry(limit(2)))
    await Promise.resolve()
    expect(fn.calls()).toBe(0)

    expect(await task()).toMatchObject({ left: { _tag: 'Exhausted', attempts: 3 } })
    expect(fn.calls()).toBe(3)
    expect(await task()).toMatchObject({ left: { _tag: 'Exhausted', attempts: 3 } })
    expect(fn.calls()).toBe(6)

    // The same for a function: calling it only makes the task.
    let calls = 0
    const fetchUser = withRetry(limit(2))(async (id: string) => {
      calls += 1
      return id
    })
    const user = fetchUser('ada')
    await Promise.resolve()
    expect(calls).toBe(0)
    await user()
    expect(calls).toBe(1)
  })
})

describe('around a retry', () => {
  it.each([
    ['L', 3, 'Exhausted'],
    ['LLR', 3, 'Right']
  ])('X-29 a finaliser around the retry of %s -> runs once, when it is over', async (script, calls, tag) => {
    const fn = scripted(script)
    const callsAtEnd: number[] = []
    const task = TE.bracket(
      TE.right('resource'),
      () => pipe(fn, withRetry(limit(2))),
      () => TE.fromIO(() => void callsAtEnd.push(fn.calls()))
    )
    expect(ending(await task())[0]).toBe(tag)
    expect(callsAtEnd).toEqual([calls])
  })

  it('X-32 fallback after exhaustion succeeds / fails -> its value / its error is the result', async () => {
    const fn = scripted('L')
    const task = pipe(fn, withRetry(limit(2)))
    const succeeds = pipe(
      task,
      TE.orElseW(() => TE.right('fallback value'))
    )
    const fails = pipe(
      task,
      TE.orElse(() => TE.left('fallback error'))
    )
    expect(await succeeds()).toEqual({ _tag: 'Right', right: 'fallback value' })
    expect(fn.calls()).toBe(3)
    expect(await fails()).toEqual({ _tag: 'Left', left: 'fallback error' })
  })

  it('X-33 fallback given, second try succeeds -> fallback not used, value 2', async () => {
    const fallback = jest.fn(() => TE.right<never, number>(99))
    const task = pipe(scripted('LR'), withRetry(limit(2)), TE.orElse(fallback))
    expect(await task()).toEqual({ _tag: 'Right', right: 2 })
    expect(fallback).not.toHaveBeenCalled()
  })

  // Told by its whole shape; inside a composite with `anyCause`.
  it('X-36 exhaustion wrapper matches by kind, also inside a composite error -> yes', async () => {
    const { result } = await scenario({ policy: limit(1), script: 'L' })
    const exhausted = result._tag === 'Left' ? result.left : undefined
    expect(isExhausted(exhausted)).toBe(true)
    expect(isExhausted({ _tag: 'Exhausted' })).toBe(false)

    const matches = isRetryable(pipe(fixed(1), retryOn(anyCause(isExhausted))))
    expect(matches(new AggregateError([new Error('other'), exhausted]))).toBe(true)
    expect(matches(new Error('outer', { cause: exhausted }))).toBe(true)
    expect(matches(new AggregateError([new Error('other')]))).toBe(false)
    const byName = isRetryable(pipe(fixed(1), retryOn('Exhausted')))
    expect(byName(exhausted)).toBe(true)
    // For callers without fp-ts the original error comes back instead of the wrapper.
    await expect(runOrThrow(pipe(scripted('L'), withRetry(limit(1))))).rejects.toBe(2)
  })
})
