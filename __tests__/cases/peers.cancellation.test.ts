import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  fixed,
  immediate,
  isAborted,
  limitRetries,
  withAttempt,
  withEnv,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { play } from '../support/play.js'

const reason = new Error('no longer needed')

describe('an abort', () => {
  it('A-02 signal aborted during a 500 ms pause -> ends promptly with the reason', async () => {
    const controller = new AbortController()
    const fn = scripted('L')
    const { result, elapsed } = await play((clock) => {
      clock.after(50, () => controller.abort(reason))
      return pipe(fn, withRetry(fixed(500)), withSignal(controller.signal), withEnv({ clock }))
    })
    expect(elapsed).toBe(50)
    expect(result).toMatchObject({ left: { _tag: 'Aborted', attempts: 1 } })
    expect(result._tag === 'Left' && isAborted(result.left) && result.left.reason).toBe(reason)
    expect(fn.calls()).toBe(1)
  })

  it('A-03 signal aborted inside call 3 -> reason returned, calls 3', async () => {
    const controller = new AbortController()
    let calls = 0
    const fail = async (): Promise<never> => {
      if (++calls === 3) controller.abort(reason)
      throw new Error('flaky')
    }
    const { result } = await play((clock) =>
      pipe(fail, withRetry(fixed(10)), withSignal(controller.signal), withEnv({ clock }))
    )
    expect(result).toMatchObject({ left: { _tag: 'Aborted', attempts: 3 } })
    expect(result._tag === 'Left' && isAborted(result.left) && result.left.reason).toBe(reason)
    expect(calls).toBe(3)
  })

  it('A-07 cancelled during the call -> calls 1, "cancelled"; the call can see it', async () => {
    const controller = new AbortController()
    const signals: AbortSignal[] = []
    const act = withAttempt(({ signal }) => async () => {
      signals.push(signal)
      return new Promise<never>(() => {})
    })
    const { result, elapsed } = await play((clock) => {
      clock.after(30, () => controller.abort('cancelled'))
      return pipe(act, withRetry(fixed(10)), withSignal(controller.signal), withEnv({ clock }))
    })
    expect(result).toMatchObject({ left: { _tag: 'Aborted', reason: 'cancelled', attempts: 1 } })
    expect(elapsed).toBe(30)
    expect(signals.map(({ aborted, reason }) => [aborted, reason as unknown])).toEqual([[true, 'cancelled']])
  })

  // A deadline is a `withTimeout` around the retry: "deadline exceeded" is TimedOut.
  it('A-08 deadline passes during the call -> calls 1, "deadline exceeded"', async () => {
    const fn = scripted('P')
    const { result, elapsed } = await play((clock) =>
      pipe(fn, withRetry(fixed(10)), withTimeout(100), withEnv({ clock }))
    )
    expect(result).toMatchObject({ left: { _tag: 'TimedOut', timeout: 100, attempts: 1 } })
    expect(elapsed).toBe(100)
    expect(fn.calls()).toBe(1)
  })

  // Nothing kills a call from without in JavaScript. The nearest is an abort that the retry itself sees,
  // inside it.
  it('A-15 asynchronous kill during the call -> not caught: calls 1', async () => {
    const controller = new AbortController()
    const fn = scripted('P')
    const { result } = await play((clock) => {
      clock.after(30, () => controller.abort(reason))
      return pipe(fn, withSignal(controller.signal), withRetry(fixed(10)), withEnv({ clock }))
    })
    expect(fn.calls()).toBe(1)
    expect(result).toMatchObject({
      left: { _tag: 'NotRetryable', attempts: 1, failures: [{ error: { _tag: 'Aborted', reason } }] }
    })
  })

  // No fallback is built in: fp-ts calls its own for every error, and `isAborted` tells this one apart.
  it('A-14 fallback when cancelled -> not called', async () => {
    const fallback = jest.fn(() => TE.right<never, string>('fallback'))
    const cancelled = new AbortController()
    const run = (policy: typeof immediate, signal: AbortSignal) =>
      play((clock) =>
        pipe(
          scripted('L'),
          withRetry(policy),
          withSignal(signal),
          withEnv({ clock }),
          TE.orElseW((error) => (isAborted(error) ? TE.left(error) : fallback()))
        )
      )
    const pending = run(fixed('1h'), cancelled.signal)
    cancelled.abort(reason)
    expect((await pending).result).toMatchObject({ left: { _tag: 'Aborted', reason } })
    expect(fallback).not.toHaveBeenCalled()

    const exhausted = await run(pipe(immediate, limitRetries(1)), new AbortController().signal)
    expect(exhausted.result).toEqual({ _tag: 'Right', right: 'fallback' })
  })
})

describe('derived signals', () => {
  // Derived is the signal of the attempt. After an abort no attempt begins, so one under way asks for its
  // signal late.
  it('A-11 derived signal of an aborted parent -> aborted with the same reason', async () => {
    const parent = new AbortController()
    const seen: Array<readonly [boolean, unknown]> = []
    const act = withAttempt((attempt) => async () => {
      parent.abort(reason)
      seen.push([attempt.signal.aborted, attempt.signal.reason])
    })
    await pipe(act, withRetry(immediate), withSignal(parent.signal))()
    expect(seen).toEqual([[true, reason]])
    expect(seen[0]?.[1]).toBe(reason)
    // Aborted beforehand: no attempt at all.
    const result = await pipe(act, withRetry(immediate), withSignal(parent.signal))()
    expect(result).toMatchObject({ left: { _tag: 'Aborted', reason, attempts: 0 } })
    expect(seen).toHaveLength(1)
  })

  it('A-12 parent aborts later -> derived aborts with the same reason', async () => {
    const parent = new AbortController()
    const clock = virtualClock()
    const signals: AbortSignal[] = []
    const act = withAttempt(({ signal }) => async () => {
      signals.push(signal)
      return new Promise<never>(() => {})
    })
    void pipe(act, withRetry(immediate), withSignal(parent.signal), withEnv({ clock }))()
    await clock.advance(10)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    parent.abort(reason)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(signals[0]?.reason).toBe(reason)
  })
})
