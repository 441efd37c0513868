import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  abortOn,
  circuitBreaker,
  custom,
  fixed,
  immediate,
  limitRetries,
  retryUntil,
  runOrThrow,
  withCircuitBreaker,
  withDecoder,
  withEnv,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'

/** What the promise rejects with. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => `resolved to ${String(value)}`,
    (error: unknown) => error
  )

const last = { _tag: 'Threw', attempt: 1, startedAt: 0, duration: 0, delay: undefined } as const
const down = new Error('down')
const isolated = () => {
  const breaker = circuitBreaker({ consecutiveFailures: 1 })()
  breaker.isolate()
  return breaker
}
const limit = pipe(immediate, limitRetries(1))

describe('runOrThrow', () => {
  it('Right -> resolves to the result', async () => {
    expect(await runOrThrow(TE.right(7))).toBe(7)
  })

  it('Right(undefined) -> resolves to undefined', async () => {
    expect(await runOrThrow(TE.right(undefined))).toBeUndefined()
  })

  it.each([
    ['an Error', down],
    ['a text', 'down'],
    ['undefined', undefined],
    ['an object with a tag of ours', { _tag: 'Exhausted' }]
  ])("Left of a user's own, %s -> rejects with it, as it is", async (_, error) => {
    expect(await rejection(runOrThrow(TE.left(error)))).toBe(error)
  })

  it('a task that rejects -> rejects with the same', async () => {
    expect(await rejection(runOrThrow(() => Promise.reject(down)))).toBe(down)
  })

  it.each<[string, unknown]>([
    ['an Error', down],
    ['undefined', undefined],
    ['a text', 'down']
  ])('Exhausted on a throw of %s -> that very value', async (_, error) => {
    const task = pipe(async () => Promise.reject<number>(error), withRetry(limit))
    expect(await rejection(runOrThrow(task))).toBe(error)
  })

  it.each<[string, () => TE.TaskEither<unknown, number>, string]>([
    [
      'a refusal by an open breaker',
      () => pipe(TE.right<never, number>(1), withCircuitBreaker(isolated())),
      'CircuitOpen: the circuit is isolated'
    ],
    [
      'a retry that ended on it',
      () => pipe(TE.right<never, number>(1), withCircuitBreaker(isolated()), withRetry(limit)),
      'NotRetryable: not retryable after 1 attempt in 0 ms: the circuit is isolated'
    ],
    [
      'a retry that ended on a result that does not decode',
      () => pipe(async () => '1', withDecoder(t.number), withRetry(pipe(limit, abortOn('InvalidResult')))),
      'NotRetryable: not retryable after 1 attempt in 0 ms: result: expected number, got "1"'
    ]
  ])('%s -> an Error, for it is plain data', async (_, task, expected) => {
    const error = await rejection(runOrThrow(pipe(task(), withEnv({ clock: virtualClock() }))))
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toBe(expected)
  })

  it('NotRetryable on a Left -> that Left', async () => {
    const task = pipe(
      scripted('L', { left: () => 'no' }),
      withRetry(
        pipe(
          limit,
          abortOn(() => true)
        )
      )
    )
    expect(await rejection(runOrThrow(task))).toBe('no')
  })

  it('BudgetExhausted -> the original error', async () => {
    const error = { _tag: 'BudgetExhausted', attempts: 1, elapsed: 0, omitted: 0 }
    const task = TE.left({ ...error, failures: [{ ...last, error: down }] })
    expect(await rejection(runOrThrow(task))).toBe(down)
  })

  it('Exhausted on a refused result -> an Error with the reason, the data its cause', async () => {
    const policy = pipe(
      limit,
      retryUntil((n: number) => n > 9)
    )
    const got = await rejection(runOrThrow(pipe(scripted('R'), withRetry(policy))))
    expect(got).toBeInstanceOf(Error)
    expect(got).toMatchObject({ name: 'Exhausted', cause: { _tag: 'Exhausted', attempts: 2 } })
  })

  it('Exhausted on a refused result after an error -> not that error, but an Error', async () => {
    const policy = pipe(
      limit,
      retryUntil((n: number) => n > 9)
    )
    const fn = scripted('TR', { thrown: () => down })
    const got = await rejection(runOrThrow(pipe(fn, withRetry(policy))))
    expect(got).not.toBe(down)
    expect(got).toMatchObject({ name: 'Exhausted' })
  })

  it('a retry error whose failure cannot be read -> that very error', async () => {
    const unreadable = {
      get _tag() {
        throw new Error('getter')
      }
    }
    const error = { _tag: 'Exhausted', attempts: 1, elapsed: 0, omitted: 0, failures: [unreadable] }
    expect(await rejection(runOrThrow(TE.left(error)))).toBe(error)
  })

  it('Aborted -> an Error whose cause is the reason', async () => {
    const task = pipe(scripted('R'), withRetry(limit), withSignal(AbortSignal.abort('enough')))
    const got = await rejection(runOrThrow(task))
    expect(got).toBeInstanceOf(Error)
    expect(got).toMatchObject({
      name: 'Aborted',
      message: 'aborted after 0 attempts in 0 ms: enough',
      cause: 'enough'
    })
  })

  it('PolicyFault -> an Error whose cause is the fault', async () => {
    const bug = new Error('bug')
    const policy = custom('buggy', () => {
      throw bug
    })
    const got = await rejection(runOrThrow(pipe(scripted('L'), withRetry(policy))))
    expect(got).toMatchObject({ name: 'PolicyFault' })
    expect((got as Error).cause).toBe(bug)
  })

  it('TimedOut -> an Error whose cause is the last error', async () => {
    const clock = virtualClock()
    const fn = scripted('T', { thrown: () => down })
    const task = pipe(fn, withRetry(fixed(100)), withTimeout(50), withEnv({ clock }))
    const ended = rejection(runOrThrow(task))
    await clock.runAll()
    expect(await ended).toMatchObject({
      name: 'TimedOut',
      message: 'timed out after 50 ms: down',
      cause: down
    })
  })
})
