import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  fixed,
  immediate,
  isTimedOut,
  limitRetries,
  type RetryEvent,
  withAttempt,
  withEnv,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { ending, play } from '../support/play.js'

const isTimeout = (event: RetryEvent): boolean =>
  event._tag === 'AttemptFailed' && event.failure._tag === 'Failed' && isTimedOut(event.failure.error)

describe('one call', () => {
  it('T-03 aggressive 5 ms, call takes longer -> fails at once, signal aborted, the call goes on unseen', async () => {
    const seen: string[] = []
    const { result, elapsed } = await play((clock) => {
      const slow = withAttempt(({ signal }) => async () => {
        signal.addEventListener('abort', () => seen.push(`aborted at ${clock.now()}`))
        await new Promise<void>((resolve) => clock.after(20, resolve))
        seen.push(`done at ${clock.now()}`)
        return 'late'
      })
      return pipe(slow, withTimeout(5), withEnv({ clock }))
    })
    expect(elapsed).toBe(5)
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'TimedOut', timeout: 5 } })
    expect(seen).toEqual(['aborted at 5', 'done at 20'])
  })

  it('T-04 own timeout still fires with a parent signal given -> yes', async () => {
    const parent = new AbortController()
    const { result, elapsed } = await play((clock) =>
      pipe(scripted('P'), withTimeout(50), withSignal(parent.signal), withEnv({ clock }))
    )
    expect(elapsed).toBe(50)
    expect(ending(result)[0]).toBe('TimedOut')
    expect(parent.signal.aborted).toBe(false)
  })

  it('T-12 fallback outside, timeout inside, slow call -> the result of the fallback', async () => {
    const { result, elapsed } = await play((clock) =>
      pipe(
        scripted<never, string>('R', { duration: 200, clock, right: () => 'slow' }),
        withTimeout(50),
        withEnv({ clock }),
        TE.orElse((error) => TE.right(`fallback after ${error._tag}`))
      )
    )
    expect(result).toEqual({ _tag: 'Right', right: 'fallback after TimedOut' })
    expect(elapsed).toBe(50)
  })
})

describe('retry outside', () => {
  it('T-08 timeout 50 inside, two slow calls then a fast one -> calls 3, success, 2 timeouts, 2 retries', async () => {
    const events: RetryEvent[] = []
    const clock = virtualClock()
    const fn = scripted('R', { duration: [80, 80, 10], clock })
    const pending = pipe(
      fn,
      withTimeout(50),
      withRetry(immediate),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )()
    await clock.runAll()
    expect(await pending).toEqual({ _tag: 'Right', right: 3 })
    expect(fn.calls()).toBe(3)
    expect(events.filter(isTimeout)).toHaveLength(2)
    expect(events.filter(({ _tag }) => _tag === 'RetryScheduled')).toHaveLength(2)
    expect(events.at(-1)).toMatchObject({ _tag: 'Succeeded', elapsed: 110 })
  })

  it('T-09 pause 100, timeout 50 inside, instant failures -> 0 timeouts, no timer left in the pause', async () => {
    const events: RetryEvent[] = []
    const clock = virtualClock()
    const fn = scripted('L', { left: () => 'instant' })
    const pending = pipe(
      fn,
      withTimeout(50),
      withRetry(pipe(fixed(100), limitRetries(2))),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )()
    await clock.advance(10)
    // Only the pause itself.
    expect(clock.pending()).toBe(1)
    await clock.runAll()
    expect(ending(await pending)).toEqual(['Exhausted', 'instant'])
    expect(clock.now()).toBe(200)
    expect(fn.calls()).toBe(3)
    expect(events.filter(isTimeout)).toEqual([])
  })
})

describe('retry inside', () => {
  it('T-11 timeout 100 outside, pause 1000 inside -> ends during the pause: calls 1, timeout', async () => {
    const clock = virtualClock()
    const fn = scripted('L')
    const pending = pipe(fn, withRetry(fixed(1000)), withTimeout(100), withEnv({ clock }))()
    await clock.advance(100)
    expect(await pending).toMatchObject({ left: { _tag: 'TimedOut', elapsed: 100, attempts: 1 } })
    expect(clock.pending()).toBe(0)
    await clock.advance(5000)
    expect(fn.calls()).toBe(1)
  })
})
