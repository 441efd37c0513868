// Which failures are retried. "While c" is `retryOn(c)`, "until c" is `retryOn(not(c))`; over results both
// are `retryUntil`.
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  anyCause,
  delayFrom,
  fixed,
  immediate,
  isRetryable,
  limitRetries,
  not,
  retryOn,
  retryUntil,
  runOrThrow,
  withRetry
} from 'reprise'
import { scenario, scripted } from 'reprise/testing'
import { ending } from '../support/play.js'
import { replies } from '../support/replies.js'

const limit = (count: number) => pipe(immediate, limitRetries(count))

class ConnectionError extends Error {}
class ParseError extends Error {}
class FatalError extends Error {}

describe('by results', () => {
  it('F-03 retry results < 2; results 1, 2 -> 2, calls 2', async () => {
    const policy = pipe(
      limit(5),
      retryUntil((n: number) => !(n < 2))
    )
    const { calls, result } = await scenario({ policy, script: 'R', right: (call) => call })
    expect(result).toEqual({ _tag: 'Right', right: 2 })
    expect(calls).toBe(2)
  })

  // "The same" is a row that is not among ours: read as F-03 with four results refused.
  it("F-05 the same over results: last result 'ok!' -> returned, calls 5", async () => {
    const policy = pipe(
      limit(5),
      retryUntil((text: string) => text === 'ok!')
    )
    const right = (call: number) => (call < 5 ? 'not yet' : 'ok!')
    const { calls, result } = await scenario({ policy, script: 'R', right })
    expect(result).toEqual({ _tag: 'Right', right: 'ok!' })
    expect(calls).toBe(5)
  })

  // Inputs of a schedule are the results of the calls; schedules know nothing of them, `retryUntil` does.
  it.each<[string, number, (n: number) => boolean]>([
    ['while n < 10', 10, (n) => !(n < 10)],
    ['until n < 10', 1, (n) => n < 10]
  ])('F-27 condition on inputs: %s -> %d repetitions', async (_, expected, good) => {
    const policy = pipe(immediate, retryUntil(good))
    const { calls } = await scenario({ policy, script: 'R', right: (call) => call })
    expect(calls).toBe(expected)
  })

  it('F-30 result condition 10 -> 10 failure, 5 not', () => {
    const policy = pipe(
      limit(1),
      retryUntil((n: number) => n !== 10)
    )
    expect(replies(policy, [{ _tag: 'Answered', value: 10 }])).toEqual([0])
    expect(replies(policy, [{ _tag: 'Answered', value: 5 }])).toEqual(['Accept'])
  })
})

describe('by errors', () => {
  it('F-02 retry all; fail once -> ok, calls 2', async () => {
    const { calls, result } = await scenario({ policy: limit(3), script: 'TR', right: () => 'ok' })
    expect(result).toEqual({ _tag: 'Right', right: 'ok' })
    expect(calls).toBe(2)
  })

  it('F-06 handler stops on "not worth it"; retryable then not -> second error returned, calls 2', async () => {
    const policy = pipe(
      limit(5),
      abortOn((error) => error === 'not worth it')
    )
    const left = (call: number) => (call === 1 ? 'retryable' : 'not worth it')
    const { calls, result } = await scenario({ policy, script: 'L', left })
    expect(ending(result)).toEqual(['NotRetryable', 'not worth it'])
    expect(calls).toBe(2)
  })

  it('F-08 condition turns false on the 3rd error -> that error returned, calls 3', async () => {
    const policy = pipe(
      limit(10),
      retryOn((_, { attempt }) => attempt < 3)
    )
    const { calls, result } = await scenario({ policy, script: 'L', left: (call) => `error ${call}` })
    expect(ending(result)).toEqual(['NotRetryable', 'error 3'])
    expect(calls).toBe(3)
  })

  it('F-09 condition false at once -> calls 1', async () => {
    const { calls, result } = await scenario({
      policy: pipe(
        limit(10),
        retryOn(() => false)
      ),
      script: 'L'
    })
    expect(ending(result)).toEqual(['NotRetryable', 1])
    expect(calls).toBe(1)
  })

  it('F-19 retry until always-true -> calls 1', async () => {
    const { calls } = await scenario({ policy: pipe(limit(10), retryOn(not(() => true))), script: 'L' })
    expect(calls).toBe(1)
  })

  it('F-20 retry while n > 0, counting down from 10 -> calls 10', async () => {
    const policy = pipe(
      immediate,
      retryOn((n: number) => n > 0)
    )
    const { calls, result } = await scenario({ policy, script: 'L', left: (call) => 10 - call })
    expect(calls).toBe(10)
    expect(ending(result)).toEqual(['NotRetryable', 0])
  })

  it('F-22 retry while always-false -> calls 1', async () => {
    const { calls } = await scenario({ policy: pipe(immediate, retryOn([() => false])), script: 'T' })
    expect(calls).toBe(1)
  })

  it('F-23 limit 3 + until n = 3 -> calls 3', async () => {
    const policy = pipe(limit(3), retryOn(not((n: number) => n === 3)))
    const { calls, result } = await scenario({ policy, script: 'L', left: (call) => call })
    expect(calls).toBe(3)
    expect(ending(result)).toEqual(['NotRetryable', 3])
  })

  it('F-26 spaced 200 while error = KeepTrying; four, then GiveUp -> stops at 800 with GiveUp', async () => {
    const policy = pipe(fixed(200), retryOn('KeepTrying'))
    const left = (call: number) => ({ _tag: call <= 4 ? 'KeepTrying' : 'GiveUp' })
    const { result, elapsed } = await scenario({ policy, script: 'L', left })
    expect(elapsed).toBe(800)
    expect(ending(result)).toEqual(['NotRetryable', { _tag: 'GiveUp' }])
  })

  it('F-33 two handlers, second matches -> retried to success', async () => {
    const policy = pipe(limit(3), retryOn([ParseError, ConnectionError]))
    const { calls, result } = await scenario({ policy, script: 'TTR', thrown: () => new ConnectionError() })
    expect(result).toEqual({ _tag: 'Right', right: 3 })
    expect(calls).toBe(3)
  })

  it('F-34 handler for another type only -> first error returned, no retry', async () => {
    const error = new ConnectionError('down')
    const policy = pipe(limit(3), retryOn(ParseError))
    const { calls, result } = await scenario({ policy, script: 'T', thrown: () => error })
    expect(calls).toBe(1)
    expect(ending(result)[0]).toBe('NotRetryable')
    expect(ending(result)[1]).toBe(error)
  })
})

describe('aborting', () => {
  // No marker class is exported: any error that `abortOn` names is one, and `anyCause` looks into wrapped
  // ones.
  it('F-12 "abort" marker thrown at call 2 of 10 -> calls 2; the wrapped original is returned', async () => {
    const original = new Error('original')
    const fn = scripted('T', {
      thrown: (call) => (call === 2 ? new FatalError('abort', { cause: original }) : new Error('flaky'))
    })
    const task = pipe(fn, withRetry(pipe(limit(9), abortOn(FatalError))))
    await expect(runOrThrow(task)).rejects.toMatchObject({ message: 'abort', cause: original })
    expect(fn.calls()).toBe(2)
  })

  it('F-13 abort marker -> condition not consulted', async () => {
    const condition = jest.fn(() => true)
    const policy = pipe(limit(9), retryOn(condition), abortOn(FatalError))
    const { calls } = await scenario({ policy, script: 'T', thrown: () => new FatalError() })
    expect(calls).toBe(1)
    expect(condition).not.toHaveBeenCalled()
  })

  it('F-31 abort-on beats retry-on; nil never aborts -> as said, composite errors matched too', () => {
    const policy = pipe(
      limit(9),
      retryOn(() => true),
      abortOn(anyCause(FatalError))
    )
    const judge = isRetryable(policy)
    expect(judge(new ConnectionError())).toBe(true)
    expect(judge(new FatalError())).toBe(false)
    expect(judge(new AggregateError([new ConnectionError(), new FatalError()]))).toBe(false)
    expect(judge(new Error('outer', { cause: new FatalError() }))).toBe(false)
    expect(judge(null)).toBe(true)
    expect(judge(undefined)).toBe(true)
  })
})

describe('HTTP', () => {
  interface Response {
    readonly status: number
    readonly body: string
  }
  const unless429 = retryUntil((response: Response) => response.status !== 429)
  const busy = (call: number): Response => ({ status: 429, body: `busy ${call}` })

  it('F-36 HTTP: 429 -> retried; with 2 retries calls 3, last 429 returned', async () => {
    const { calls, result } = await scenario({ policy: pipe(limit(2), unless429), script: 'R', right: busy })
    expect(calls).toBe(3)
    expect(ending(result)).toEqual(['Exhausted', { status: 429, body: 'busy 3' }])
  })

  it('F-37 HTTP: 429 twice, then 200 -> calls 3, 200', async () => {
    const right = (call: number) => (call <= 2 ? busy(call) : { status: 200, body: 'ok' })
    const { calls, result } = await scenario({ policy: pipe(limit(2), unless429), script: 'R', right })
    expect(calls).toBe(3)
    expect(result).toEqual({ _tag: 'Right', right: { status: 200, body: 'ok' } })
  })

  // A hint never shortens a wait: the backoff is replaced only by a longer pause.
  it.each([
    [429, '2', 100, 2000],
    [503, '2', 100, 2000],
    [500, '2', 100, 100],
    [429, 'soon', 100, 100],
    [503, '-3', 100, 100],
    [429, '0', 100, 100],
    // Sums of such numbers round: never a retry before the hint.
    [429, '1', 24.1, 1000]
  ])(
    'F-41 status %d with Retry-After: %s, backoff %d -> pause %d',
    async (status, retryAfter, backoff, expected) => {
      interface HttpError {
        readonly status: number
        readonly retryAfter: string
      }
      const policy = pipe(
        fixed(backoff),
        limitRetries(1),
        delayFrom(
          (error: HttpError) =>
            [429, 503].includes(error.status) && /^\d+$/.test(error.retryAfter)
              ? Number(error.retryAfter) * 1000
              : undefined,
          { max: '1m' }
        )
      )
      const left = () => ({ status, retryAfter })
      const { waits } = await scenario({ policy, script: 'L', left, random: () => 0.9 })
      expect(waits).toEqual([expected])
    }
  )

  // As F-41: the override is a hint, with a bound of its own.
  it('F-42 per-failure override of the delay -> used instead, and the limit still applies', async () => {
    const policy = pipe(
      fixed(100),
      limitRetries(3),
      delayFrom((error: { readonly wait?: number }) => error.wait, { max: '1m' })
    )
    const left = (call: number) => (call === 2 ? {} : { wait: 1000 * call })
    const { calls, waits, elapsed } = await scenario({ policy, script: 'L', left })
    expect(waits).toEqual([1000, 100, 3000])
    expect({ calls, elapsed }).toEqual({ calls: 4, elapsed: 4100 })
  })
})
