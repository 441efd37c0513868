import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { fixed, systemClock, via, withAttempt, withEnv, withRetry, withSignal, withTimeout } from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { aborted, reason, retrying, running, stacks } from '../support/layers.js'
import { start, turn } from '../support/task.js'

const hour = 3_600_000

describe('P3 abort ignored while waiting', () => {
  test.each(stacks)(
    'P3 %s, wait 1000, abort at 50 -> Aborted at 50, 1 attempt, no timer',
    async (_, stack) => {
      const fn = scripted('LR')
      const { abort, clock, ends } = running(fn, stack(retrying(fixed(1000))))

      await clock.advance(50)
      expect({ calls: fn.calls(), ends }).toEqual({ calls: 1, ends: [] })
      abort()
      await turn()
      expect(ends).toEqual([{ at: 50, result: aborted({ attempts: 1, elapsed: 50 }) }])
      expect(clock.pending()).toBe(0)

      await clock.advance(hour)
      expect(fn.calls()).toBe(1)
    }
  )

  test('P3 abort in the wait -> the error, whole, with the same reason', async () => {
    const { abort, clock, ends } = running(scripted('L'), retrying(fixed(1000)))
    await clock.advance(50)
    abort()
    await turn()
    const failure = { _tag: 'Failed', error: 1, attempt: 1, startedAt: 0, duration: 0, delay: 1000 }
    const left = { _tag: 'Aborted', reason, attempts: 1, elapsed: 50, failures: [failure], omitted: 0 }
    expect(ends).toEqual([{ at: 50, result: { _tag: 'Left', left } }])
    expect(ends[0]?.result._tag === 'Left' && (ends[0].result.left as { reason: unknown }).reason).toBe(
      reason
    )
  })

  test.each(stacks)('P3 %s, aborted beforehand -> Aborted, 0 attempts', async (_, stack) => {
    const clock = virtualClock()
    const fn = scripted('R')
    const task = pipe(
      stack(retrying(fixed(1000)))(fn),
      withSignal(AbortSignal.abort(reason)),
      withEnv({ clock })
    )
    const ends = start(task, clock)
    await clock.advance(hour)
    expect(ends).toEqual([{ at: 0, result: aborted({ attempts: 0, elapsed: 0, failures: [], omitted: 0 }) }])
    expect(fn.calls()).toBe(0)
  })

  test.each(stacks)('P3 %s, abort in an attempt -> Aborted at once, 1 attempt', async (_, stack) => {
    const fn = scripted('P')
    const { abort, clock, ends } = running(fn, stack(retrying(fixed(1000))))
    await clock.advance(50)
    abort()
    await turn()
    expect(ends).toEqual([{ at: 50, result: aborted({ attempts: 1, elapsed: 50 }) }])
    expect(clock.pending()).toBe(0)
    await clock.advance(hour)
    expect(fn.calls()).toBe(1)
  })

  test('P3 abort in an attempt -> its own signal aborts with the same reason', async () => {
    const signals: AbortSignal[] = []
    const fn = withAttempt(({ signal }) => {
      signals.push(signal)
      return scripted('P')
    })
    const { abort, clock } = running(fn, retrying(fixed(1000)))
    await clock.advance(50)
    expect(signals.map((signal) => signal.aborted)).toEqual([false])
    abort()
    await turn()
    expect(signals.map((signal) => signal.aborted)).toEqual([true])
    expect(signals[0]?.reason).toBe(reason)
  })

  test('P3 abort at the moment the wait ends, just before it -> no attempt 2', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const fn = scripted('LR')
    // The timer set first rings first.
    clock.after(1000, () => controller.abort(reason))
    const task = pipe(fn, withRetry(fixed(1000)), withSignal(controller.signal), withEnv({ clock }))
    const ends = start(task, clock)
    await clock.advance(hour)
    expect(ends).toEqual([{ at: 1000, result: aborted({ attempts: 1 }) }])
    expect(fn.calls()).toBe(1)
  })

  test('P3 abort at the moment the wait ends, just after it -> attempt 2 has begun', async () => {
    const { abort, clock, ends } = running(scripted('LP'), retrying(fixed(1000)))
    await turn()
    clock.after(1000, abort)
    await clock.advance(hour)
    expect(ends).toEqual([{ at: 1000, result: aborted({ attempts: 2 }) }])
  })

  test('P3 one signal, calls that have ended, wait, and are in an attempt -> the latter two are Aborted', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const call = (script: string) =>
      start(
        pipe(scripted(script), withRetry(fixed(1000)), withSignal(controller.signal), withEnv({ clock })),
        clock
      )
    const [ended, waiting, trying] = [call('R'), call('L'), call('P')]
    await clock.advance(50)
    const late = call('L')
    await clock.advance(50)
    controller.abort(reason)
    await clock.advance(hour)
    expect(ended).toEqual([{ at: 0, result: E.right(1) }])
    expect(waiting).toEqual([{ at: 100, result: aborted({ attempts: 1, elapsed: 100 }) }])
    expect(trying).toEqual([{ at: 100, result: aborted({ attempts: 1, failures: [] }) }])
    expect(late).toEqual([{ at: 100, result: aborted({ attempts: 1, elapsed: 50 }) }])
    expect(clock.pending()).toBe(0)
  })

  test('P3 abort in the wait, with a step of via around it that never ends -> Aborted at 50 all the same', async () => {
    const fallback = scripted<unknown>('P')
    const { abort, clock, ends } = running(scripted('L'), (task) =>
      pipe(task, retrying(fixed(1000)), via(TE.orElse(() => fallback)))
    )
    await clock.advance(50)
    abort()
    await turn()
    expect(ends).toEqual([{ at: 50, result: aborted({ elapsed: 50 }) }])
    expect(clock.pending()).toBe(0)
  })

  test('P3 abort in a wait of the machine -> no timer is left', async () => {
    jest.useFakeTimers()
    try {
      const controller = new AbortController()
      const ends = start(
        pipe(scripted('L'), withRetry(fixed(1000)), withTimeout('1h'), withSignal(controller.signal)),
        systemClock
      )
      await jest.advanceTimersByTimeAsync(50)
      // The wait and the timeout share it.
      expect(jest.getTimerCount()).toBe(1)
      controller.abort(reason)
      await jest.advanceTimersByTimeAsync(0)
      expect(ends).toMatchObject([{ result: aborted({ attempts: 1, elapsed: 50 }) }])
      expect(jest.getTimerCount()).toBe(0)
    } finally {
      jest.useRealTimers()
    }
  })
})
