import { pipe } from 'fp-ts/lib/function.js'
import {
  fixed,
  limitRetries,
  never,
  type RetryEvent,
  retryOn,
  retryUntil,
  withEnv,
  withObserver,
  withRetry,
  withSignal
} from 'reprise'
import { scenario, scripted, virtualClock } from 'reprise/testing'
import { start } from '../../support/task.js'

const policy = pipe(fixed(100), limitRetries(2))

describe('RetryEvent', () => {
  it('a Left, then a result, 7 ms each -> five events, every field', async () => {
    const { events } = await scenario({ policy, script: 'LR', duration: 7 })
    const failure = { _tag: 'Failed', error: 1, attempt: 1, startedAt: 0, duration: 7, delay: 100 }
    const call = { name: 'task', args: [] }
    expect(events).toStrictEqual([
      { _tag: 'AttemptStarted', ...call, attempt: 1, elapsed: 0, previousDelay: undefined },
      { _tag: 'AttemptFailed', ...call, attempt: 1, elapsed: 7, previousDelay: undefined, failure },
      {
        _tag: 'RetryScheduled',
        ...call,
        attempt: 1,
        elapsed: 7,
        previousDelay: undefined,
        delay: 100,
        failure
      },
      { _tag: 'AttemptStarted', ...call, attempt: 2, elapsed: 107, previousDelay: 100 },
      { _tag: 'Succeeded', ...call, attempt: 2, elapsed: 114, previousDelay: 100, duration: 7, value: 2 }
    ])
  })

  it('a throw, no retry, 3 ms -> AttemptFailed without a delay, GaveUp with the error', async () => {
    const { events, result } = await scenario({ policy: never, script: 'T', duration: 3 })
    const failure = { _tag: 'Threw', error: 1, attempt: 1, startedAt: 0, duration: 3, delay: undefined }
    const context = { name: 'task', args: [], attempt: 1, previousDelay: undefined }
    const error = {
      _tag: 'Exhausted',
      attempts: 1,
      elapsed: 3,
      failures: [failure],
      omitted: 0,
      hint: undefined
    }
    expect(events).toStrictEqual([
      { _tag: 'AttemptStarted', ...context, elapsed: 0 },
      { _tag: 'AttemptFailed', ...context, elapsed: 3, failure },
      { _tag: 'GaveUp', ...context, elapsed: 3, error }
    ])
    const last = events[2]
    expect(last?._tag === 'GaveUp' && result._tag === 'Left' && last.error === result.left).toBe(true)
  })

  it('a refused result -> the failure is Rejected, with value and reasons', async () => {
    const fussy = pipe(
      policy,
      retryUntil((n: number) => n > 1)
    )
    const { events } = await scenario({ policy: fussy, script: 'R' })
    const failure = events.find((event) => event._tag === 'AttemptFailed')?.failure
    expect(failure).toMatchObject({ _tag: 'Rejected', value: 1, attempt: 1, delay: 100 })
    expect(events.at(-1)).toMatchObject({ _tag: 'Succeeded', attempt: 2, value: 2 })
  })

  it('a failure not worth a retry -> NotRetryable in GaveUp, nothing scheduled', async () => {
    const picky = pipe(
      policy,
      retryOn((error: number) => error > 1)
    )
    const { events } = await scenario({ policy: picky, script: 'L' })
    expect(events.map(({ _tag }) => _tag)).toEqual(['AttemptStarted', 'AttemptFailed', 'GaveUp'])
    expect(events[2]).toMatchObject({ error: { _tag: 'NotRetryable', attempts: 1 } })
  })

  it('the same failure, in events and error -> one object', async () => {
    const { events, result } = await scenario({ policy: never, script: 'L' })
    const [, second] = events
    const kept = result._tag === 'Left' ? result.left.failures[0] : undefined
    expect(second?._tag === 'AttemptFailed' && second.failure).toBe(kept)
  })

  it('a name and arguments -> in every event', async () => {
    const clock = virtualClock()
    const events: RetryEvent[] = []
    const user = { id: 1 }
    const load = async (_user: { id: number }, _deep: boolean): Promise<number> => {
      throw 'down'
    }
    const loadAgain = pipe(
      load,
      withRetry(policy),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )
    void loadAgain(user, true)()
    await clock.runAll()
    expect(events.map(({ name, args }) => [name, args])).toEqual(Array(9).fill(['load', [user, true]]))
    expect(events.every(({ args }) => args[0] === user)).toBe(true)
  })

  it('previousDelay of 1, 2, 3 -> undefined, 100, 100', async () => {
    const { events } = await scenario({ policy, script: 'L' })
    expect(events.map(({ attempt, previousDelay }) => [attempt, previousDelay])).toEqual([
      [1, undefined],
      [1, undefined],
      [1, undefined],
      [2, 100],
      [2, 100],
      [2, 100],
      [3, 100],
      [3, 100],
      [3, 100]
    ])
  })

  it('aborted during a wait -> GaveUp with Aborted, of the attempt before', async () => {
    const clock = virtualClock()
    const events: RetryEvent[] = []
    const controller = new AbortController()
    const task = pipe(
      scripted('L'),
      withRetry(policy),
      withObserver((event) => events.push(event)),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    const ends = start(task, clock)
    await clock.advance(40)
    controller.abort('enough')
    await clock.runAll()
    expect(events.map(({ _tag }) => _tag)).toEqual([
      'AttemptStarted',
      'AttemptFailed',
      'RetryScheduled',
      'GaveUp'
    ])
    expect(events[3]).toMatchObject({
      attempt: 1,
      elapsed: 40,
      error: { _tag: 'Aborted', attempts: 1, elapsed: 40, reason: 'enough' }
    })
    expect(ends).toHaveLength(1)
  })
})
