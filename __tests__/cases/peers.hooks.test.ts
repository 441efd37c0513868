// Hooks, status, events. Hooks are observers of events; attempts are counted from 1.
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  abortOn,
  bounds,
  custom,
  fixed,
  immediate,
  limitRetries,
  retryOn,
  type RetryEvent,
  type RetryPolicy,
  type ScheduleStatus,
  withAttempt,
  withEnv,
  withObserver,
  withRetry
} from 'reprise'
import { scenario, scripted } from 'reprise/testing'
import { ending, play } from '../support/play.js'

const limit = (count: number) => pipe(immediate, limitRetries(count))

const count = (events: ReadonlyArray<RetryEvent>, tag: RetryEvent['_tag']): number =>
  events.filter(({ _tag }) => _tag === tag).length

/** The events that begin and end attempts. */
const attempts = (events: ReadonlyArray<RetryEvent>): ReadonlyArray<string> =>
  events
    .filter(({ _tag }) => ['AttemptStarted', 'AttemptFailed', 'Succeeded'].includes(_tag))
    .map(({ _tag, attempt }) => `${_tag} ${attempt}`)

describe('status', () => {
  it('H-01 limit 2 + constant 100: statuses seen -> n 0, 1, 2; slept 0, 100, 200; previous none, 100, 100', async () => {
    const seen: ScheduleStatus[] = []
    const constant = custom('constant', (status) => {
      seen.push(status)
      return 100
    })
    await scenario({ policy: pipe(constant, limitRetries(2)), script: 'L' })
    expect(seen.map(({ retry }) => retry)).toEqual([0, 1, 2])
    expect(seen.map(({ slept }) => slept)).toEqual([0, 100, 200])
    expect(seen.map(({ previousDelay }) => previousDelay)).toEqual([undefined, 100, 100])
  })

  // Attempts are counted from 1 here; the first input is the failure before, of which the first attempt has
  // none.
  it('H-22 metadata visible inside the wrapped function, limit 3 -> attempt 1, 2, 3, 4; elapsed 0; no first input', async () => {
    const seen: unknown[] = []
    const act = withAttempt(({ attempt, elapsed, previous }) => async () => {
      seen.push([
        attempt,
        elapsed,
        previous._tag === 'Some' && previous.value._tag === 'Threw' && previous.value.error
      ])
      throw `error ${attempt}`
    })
    await play((clock) => pipe(act, withRetry(limit(3)), withEnv({ clock })))
    expect(seen).toEqual([
      [1, 0, false],
      [2, 0, 'error 1'],
      [3, 0, 'error 2'],
      [4, 0, 'error 3']
    ])
  })
})

describe('retries left', () => {
  // Nothing counts down: the limit is read off the policy, and the attempt says how many of it are gone.
  const retriesLeft = (policy: RetryPolicy) => {
    const { retries } = bounds(policy)
    return ({ attempt }: { readonly attempt: number }) =>
      typeof retries === 'number' ? retries - (attempt - 1) : retries
  }
  const seenBy = async (policy: RetryPolicy): Promise<ReadonlyArray<unknown>> => {
    const left = retriesLeft(policy)
    const { events } = await scenario({ policy, script: 'LLLR' })
    return events.flatMap((event) => (event._tag === 'AttemptStarted' ? [left(event)] : []))
  }

  it('H-12 retriesLeft with unlimited retries -> unbounded', async () => {
    expect(await seenBy(immediate)).toEqual(['unbounded', 'unbounded', 'unbounded', 'unbounded'])
    expect(await seenBy(fixed(100))).toEqual(['unbounded', 'unbounded', 'unbounded', 'unbounded'])
  })

  it('H-12 retriesLeft with limit 3 -> 3, 2, 1, 0', async () => {
    expect(await seenBy(limit(3))).toEqual([3, 2, 1, 0])
  })
})

describe('events', () => {
  it('H-03 limit 2: next steps seen -> retry 0, retry 0, give up', async () => {
    const { events } = await scenario({ policy: limit(2), script: 'L' })
    expect(
      events.flatMap<number | string>((event) =>
        event._tag === 'RetryScheduled' ? [event.delay] : event._tag === 'GaveUp' ? ['give up'] : []
      )
    ).toEqual([0, 0, 'give up'])
  })

  it('H-05 give-up event -> carries the last failure, once', async () => {
    const { events } = await scenario({ policy: limit(2), script: 'L', left: (call) => `error ${call}` })
    const errors = events.flatMap((event) => (event._tag === 'GaveUp' ? [event.error] : []))
    expect(errors.map((left) => ending({ _tag: 'Left', left }))).toEqual([['Exhausted', 'error 3']])
  })

  it.each([
    [
      'condition says no',
      pipe(
        limit(5),
        retryOn(() => false)
      ),
      'NotRetryable'
    ],
    ['retries 0', limit(0), 'Exhausted']
  ])('H-08 hook called although %s -> yes, once', async (_, policy, tag) => {
    const { events } = await scenario({ policy, script: 'L' })
    expect(count(events, 'AttemptFailed')).toBe(1)
    expect(count(events, 'RetryScheduled')).toBe(0)
    expect(events.flatMap((event) => (event._tag === 'GaveUp' ? [event.error._tag] : []))).toEqual([tag])
  })

  it('H-15 one start/end event pair per attempt -> yes, also over several attempts and on failover', async () => {
    const events: RetryEvent[] = []
    const watch = withObserver((event) => events.push(event))
    const primary = pipe(scripted('LT'), withRetry(limit(2)), watch)
    const backup = pipe(scripted('LR'), withRetry(limit(2)), watch)
    await pipe(
      primary,
      TE.orElse(() => backup)
    )()
    expect(attempts(events)).toEqual([
      'AttemptStarted 1',
      'AttemptFailed 1',
      'AttemptStarted 2',
      'AttemptFailed 2',
      'AttemptStarted 3',
      'AttemptFailed 3',
      'AttemptStarted 1',
      'AttemptFailed 1',
      'AttemptStarted 2',
      'Succeeded 2'
    ])
  })

  // A defect is a `Threw`, judged like any failure: not retried once `retryOn` names the typed errors.
  it('H-17 a defect (not a typed error) -> one failure event, no retry', async () => {
    const defect = new TypeError('x is not a function')
    const policy = pipe(limit(5), retryOn('HttpError'))
    const { calls, events, result } = await scenario({ policy, script: 'T', thrown: () => defect })
    expect(calls).toBe(1)
    expect(count(events, 'AttemptFailed')).toBe(1)
    expect(events[1]).toMatchObject({ _tag: 'AttemptFailed', failure: { _tag: 'Threw' } })
    expect(ending(result)).toEqual(['NotRetryable', defect])
  })

  // "Retries" are the attempts after the first; "exceeded" is GaveUp.
  it('H-18 listener counts, 4 failures then success -> retries 4, scheduled 4, exceeded 0, success 1, failure 4', async () => {
    const { events } = await scenario({ policy: limit(5), script: 'LLLLR' })
    expect({
      retries: events.filter(({ _tag, attempt }) => _tag === 'AttemptStarted' && attempt > 1).length,
      scheduled: count(events, 'RetryScheduled'),
      exceeded: count(events, 'GaveUp'),
      success: count(events, 'Succeeded'),
      failure: count(events, 'AttemptFailed')
    }).toEqual({ retries: 4, scheduled: 4, exceeded: 0, success: 1, failure: 4 })
  })

  // Both are GaveUp: an abort as NotRetryable, "exceeded" as Exhausted.
  it('H-21 abort after 3 failures -> abort 1, exceeded 0', async () => {
    const policy = pipe(limit(10), abortOn('Fatal'))
    const left = (call: number) => ({ _tag: call <= 3 ? 'Flaky' : 'Fatal' })
    const { calls, events } = await scenario({ policy, script: 'L', left })
    expect(calls).toBe(4)
    expect(events.flatMap((event) => (event._tag === 'GaveUp' ? [event.error._tag] : []))).toEqual([
      'NotRetryable'
    ])
  })

  // "Handled" means that a retry follows: the failure has a delay.
  it('H-24 duration in success/failure events -> > 0, with handled true/false and the reason', async () => {
    const given = { policy: pipe(fixed(100), limitRetries(1)), duration: [5, 7] }
    const told = (events: ReadonlyArray<RetryEvent>) =>
      events.flatMap<unknown>((event) => {
        if (event._tag === 'Succeeded') return [event.duration]
        if (event._tag !== 'AttemptFailed') return []
        const { duration, delay, ...failure } = event.failure
        return [[duration, delay !== undefined, failure._tag === 'Rejected' ? failure.value : failure.error]]
      })
    const succeeds = await scenario({ ...given, script: 'LR' })
    expect(told(succeeds.events)).toEqual([[5, true, 1], 7])
    const fails = await scenario({ ...given, script: 'L' })
    expect(told(fails.events)).toEqual([
      [5, true, 1],
      [7, false, 2]
    ])
  })
})

describe('observers', () => {
  it('H-14 observer throws -> outcome unchanged, events stay paired start/end', async () => {
    const events: RetryEvent[] = []
    const { result } = await play((clock) =>
      pipe(
        scripted('LLR'),
        withRetry(pipe(fixed(10), limitRetries(5))),
        withObserver((event) => {
          throw new Error(`no ${event._tag}`)
        }),
        withObserver((event) => events.push(event)),
        withEnv({ clock })
      )
    )
    expect(result).toEqual({ _tag: 'Right', right: 3 })
    expect(attempts(events)).toEqual([
      'AttemptStarted 1',
      'AttemptFailed 1',
      'AttemptStarted 2',
      'AttemptFailed 2',
      'AttemptStarted 3',
      'Succeeded 3'
    ])
  })
})
