import { pipe } from 'fp-ts/lib/function.js'
import {
  type BreakerEvent,
  circuitBreaker,
  fixed,
  limitRetries,
  limitSet,
  never,
  resourceLimit,
  type RetryEvent,
  retryOn,
  retryUntil,
  withCircuitBreaker,
  withEnv,
  withLimits,
  withObserver,
  withRetry,
  withSignal
} from 'reprise'
import { scenario, scripted, virtualClock } from 'reprise/testing'
import { reportTo } from '../../../src/action/RetryEvent.js'
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

describe('RetryEvent, of limits and circuit breakers in a retry', () => {
  const call = { name: 'read', args: ['a'] }
  const place = resourceLimit({ key: 'place', capacity: 1 })

  it('limits: the second attempt has to queue from 110 to 150 ms -> between the events of the attempts', async () => {
    const clock = virtualClock()
    const set = limitSet([place], { clock })()
    const events: RetryEvent[] = []
    const fn = scripted('LR', { duration: 10, clock })
    const read = (_id: string) => fn()
    const robust = pipe(
      read,
      withLimits(set),
      withRetry(policy),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )
    void robust('a')()
    await clock.advance(50)
    const other = await set.acquire()()
    await clock.advance(100)
    if (other._tag === 'Right') other.right.release()
    await clock.runAll()

    const [first, second] = [
      { ...call, attempt: 1, previousDelay: undefined },
      { ...call, attempt: 2, previousDelay: 100 }
    ]
    const failure = { _tag: 'Failed', error: 1, attempt: 1, startedAt: 0, duration: 10, delay: 100 }
    expect(events).toStrictEqual([
      { _tag: 'AttemptStarted', ...first, elapsed: 0 },
      { _tag: 'LimitGranted', ...first, elapsed: 0, granted: { place: 1 }, waited: 0 },
      { _tag: 'AttemptFailed', ...first, elapsed: 10, failure },
      { _tag: 'RetryScheduled', ...first, elapsed: 10, delay: 100, failure },
      { _tag: 'AttemptStarted', ...second, elapsed: 110 },
      { _tag: 'LimitWaiting', ...second, elapsed: 110, key: 'place', waiting: 1 },
      { _tag: 'LimitGranted', ...second, elapsed: 150, granted: { place: 1 }, waited: 40 },
      { _tag: 'Succeeded', ...second, elapsed: 160, duration: 50, value: 2 }
    ])
  })

  it('limits: the first attempt is refused -> told before it fails, by the very error', async () => {
    const clock = virtualClock()
    const set = limitSet([place], { clock, maxQueue: 0 })()
    const events: RetryEvent[] = []
    const other = await set.acquire()()
    const robust = pipe(
      async (_id: string) => 'done',
      withLimits(set),
      withRetry(policy),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )
    void robust('a')()
    if (other._tag === 'Right') other.right.release()
    await clock.runAll()

    const [first, second] = [
      { name: '', args: ['a'], attempt: 1, previousDelay: undefined },
      { name: '', args: ['a'], attempt: 2, previousDelay: 100 }
    ]
    const error = {
      _tag: 'LimitExceeded',
      key: 'place',
      reason: 'queueFull',
      requested: 1,
      capacity: 1,
      retryAfter: undefined,
      waited: 0
    }
    const failure = { _tag: 'Failed', error, attempt: 1, startedAt: 0, duration: 0, delay: 100 }
    expect(events).toStrictEqual([
      { _tag: 'AttemptStarted', ...first, elapsed: 0 },
      { _tag: 'LimitRefused', ...first, elapsed: 0, error },
      { _tag: 'AttemptFailed', ...first, elapsed: 0, failure },
      { _tag: 'RetryScheduled', ...first, elapsed: 0, delay: 100, failure },
      { _tag: 'AttemptStarted', ...second, elapsed: 100 },
      { _tag: 'LimitGranted', ...second, elapsed: 100, granted: { place: 1 }, waited: 0 },
      { _tag: 'Succeeded', ...second, elapsed: 100, duration: 0, value: 'done' }
    ])
    const [, refused, failed] = events
    expect(
      refused?._tag === 'LimitRefused' &&
        failed?._tag === 'AttemptFailed' &&
        failed.failure._tag === 'Failed' &&
        failed.failure.error === refused.error
    ).toBe(true)
  })

  it('a breaker that opens, refuses, half-opens and closes -> told as it happens, to its own observer as well', async () => {
    const clock = virtualClock()
    const [events, own]: [RetryEvent[], BreakerEvent[]] = [[], []]
    const breaker = circuitBreaker({
      consecutiveFailures: 2,
      openTime: 150,
      observer: (event) => own.push(event)
    })()
    const fn = scripted('LLR', { duration: 5, clock })
    const read = (_id: string) => fn()
    const robust = pipe(
      read,
      withCircuitBreaker(breaker),
      withRetry(
        pipe(
          fixed(100),
          limitRetries(3),
          retryOn((_: unknown) => true)
        )
      ),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )
    void robust('a')()
    await clock.runAll()

    const at = (attempt: number) => ({ ...call, attempt, previousDelay: attempt === 1 ? undefined : 100 })
    const failure = (attempt: number, startedAt: number, duration: number, error: unknown = attempt) => ({
      _tag: 'Failed',
      error,
      attempt,
      startedAt,
      duration,
      delay: 100
    })
    const failures = [
      failure(1, 0, 5),
      failure(2, 105, 5),
      failure(3, 210, 0, { _tag: 'CircuitOpen', retryAfter: 50 })
    ]
    const opened = {
      _tag: 'CircuitOpened',
      openTime: 150,
      lastFailure: { _tag: 'Some', value: { _tag: 'Failed', error: 2 } }
    }
    const refused = { _tag: 'CircuitRefused', retryAfter: 50 }
    expect(events).toStrictEqual([
      { _tag: 'AttemptStarted', ...at(1), elapsed: 0 },
      { _tag: 'AttemptFailed', ...at(1), elapsed: 5, failure: failures[0] },
      { _tag: 'RetryScheduled', ...at(1), elapsed: 5, delay: 100, failure: failures[0] },
      { _tag: 'AttemptStarted', ...at(2), elapsed: 105 },
      { ...opened, ...at(2), elapsed: 110 },
      { _tag: 'AttemptFailed', ...at(2), elapsed: 110, failure: failures[1] },
      { _tag: 'RetryScheduled', ...at(2), elapsed: 110, delay: 100, failure: failures[1] },
      { _tag: 'AttemptStarted', ...at(3), elapsed: 210 },
      { ...refused, ...at(3), elapsed: 210 },
      { _tag: 'AttemptFailed', ...at(3), elapsed: 210, failure: failures[2] },
      { _tag: 'RetryScheduled', ...at(3), elapsed: 210, delay: 100, failure: failures[2] },
      { _tag: 'AttemptStarted', ...at(4), elapsed: 310 },
      { _tag: 'CircuitHalfOpened', ...at(4), elapsed: 310 },
      { _tag: 'CircuitClosed', ...at(4), elapsed: 315 },
      { _tag: 'Succeeded', ...at(4), elapsed: 315, duration: 5, value: 3 }
    ])
    expect(own).toStrictEqual([opened, refused, { _tag: 'CircuitHalfOpened' }, { _tag: 'CircuitClosed' }])
  })

  it('limits in a breaker in a retry, a trial -> half-open before the grant, closed after the call', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ consecutiveFailures: 1, openTime: 100 })()
    const tags: string[] = []
    const task = pipe(
      scripted('LR'),
      withLimits(limitSet([place])()),
      withCircuitBreaker(breaker),
      withRetry(policy),
      withObserver(({ _tag, attempt }) => tags.push(`${_tag} ${attempt}`)),
      withEnv({ clock })
    )
    void task()
    await clock.runAll()
    expect(tags).toEqual([
      'AttemptStarted 1',
      'LimitGranted 1',
      'CircuitOpened 1',
      'AttemptFailed 1',
      'RetryScheduled 1',
      'AttemptStarted 2',
      'CircuitHalfOpened 2',
      'LimitGranted 2',
      'CircuitClosed 2',
      'Succeeded 2'
    ])
  })
})

describe('reportTo', () => {
  it('news of a hedge -> what the context says, and what is new', () => {
    const events: unknown[] = []
    const context = { attempt: 1, elapsed: 50, name: 'read', args: ['a'], previousDelay: undefined }
    reportTo((event) => events.push(event))(context, { _tag: 'HedgeStarted', hedge: 1 })
    expect(events).toStrictEqual([{ ...context, _tag: 'HedgeStarted', hedge: 1 }])
  })
})
