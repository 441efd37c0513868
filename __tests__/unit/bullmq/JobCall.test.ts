import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  type AnyPolicy,
  exponential,
  fixed,
  limitElapsed,
  limitRetries,
  recordFailures,
  retryOn,
  retryUntil
} from 'reprise'
import {
  begin,
  failureOf,
  type JobCall,
  type Next,
  refuseResult,
  retryErrorOf,
  settling
} from '../../../src/bullmq/JobCall.js'

const moment = { wall: 10_000, elapsed: 0, random: 0.5, args: [], stalled: 0 }
const down = { _tag: 'Failed', error: 'down' } as const
const threeTries = pipe(exponential(100), limitRetries(2))

const stored = (call: JobCall): JobCall => JSON.parse(JSON.stringify(call)) as JobCall
const callOf = (next: Next): JobCall => {
  if (next._tag === 'Accept') throw new Error('has a result')
  return stored(next.call)
}
const settle = (policy: AnyPolicy) => settling(policy, 'read')

describe('begin', () => {
  test('no call yet -> the first attempt, from now', () =>
    expect(begin(undefined, 5000)).toEqual({
      began: 5000,
      elapsed: 0,
      attempts: 1,
      startedAt: 0,
      due: 5000,
      state: { retry: 0, slept: 0, drawn: null, delay: null, memory: [] },
      failures: [],
      ended: null
    }))

  test('a call that has waited -> its next attempt, with the time since its first', () => {
    const waits = callOf(
      settle(threeTries)(begin(undefined, 5000), down, { ...moment, wall: 5020, elapsed: 20 })
    )
    expect(begin(waits, 5130)).toMatchObject({ began: 5000, elapsed: 20, attempts: 2, startedAt: 130 })
  })

  test('a clock that was set back -> no earlier than the end of the last attempt', () => {
    const waits = callOf(
      settle(threeTries)(begin(undefined, 5000), down, { ...moment, wall: 5020, elapsed: 20 })
    )
    expect(begin(waits, 4000).startedAt).toBe(20)
  })
})

describe('settling', () => {
  test('a result -> accepted', () =>
    expect(settle(threeTries)(begin(undefined, 0), { _tag: 'Answered', value: 7 }, moment)).toEqual({
      _tag: 'Accept',
      value: 7
    }))

  test('a failure -> waits; due one millisecond later than the wait, since clocks cut off fractions', () => {
    const next = settle(threeTries)(begin(undefined, 9980), down, { ...moment, elapsed: 20 })
    expect(next).toMatchObject({
      _tag: 'Wait',
      delay: 100,
      call: { due: 10_101, startedAt: null, elapsed: 20, attempts: 1 }
    })
  })

  test('a wait of 0 -> due now', () =>
    expect(settle(pipe(fixed(0), limitRetries(1)))(begin(undefined, 0), down, moment)).toMatchObject({
      call: { due: 10_000 }
    }))

  test('three failures of a policy of two retries -> Exhausted with all three', () => {
    const first = callOf(settle(threeTries)(begin(undefined, 0), down, { ...moment, wall: 10, elapsed: 10 }))
    const second = callOf(settle(threeTries)(begin(first, 111), down, { ...moment, wall: 120, elapsed: 120 }))
    const last = settle(threeTries)(begin(second, 321), down, { ...moment, wall: 330, elapsed: 330 })
    expect(last._tag).toBe('End')
    expect(retryErrorOf(callOf(last))).toStrictEqual({
      _tag: 'Exhausted',
      hint: undefined,
      attempts: 3,
      elapsed: 330,
      omitted: 0,
      failures: [
        { _tag: 'Failed', error: 'down', attempt: 1, startedAt: 0, duration: 10, delay: 100 },
        { _tag: 'Failed', error: 'down', attempt: 2, startedAt: 111, duration: 9, delay: 200 },
        { _tag: 'Failed', error: 'down', attempt: 3, startedAt: 321, duration: 9, delay: undefined }
      ]
    })
  })

  test('recordFailures(1) -> the newest; the others are omitted', () => {
    const policy = pipe(threeTries, recordFailures(1))
    const first = callOf(settle(policy)(begin(undefined, 0), down, moment))
    const second = callOf(settle(policy)(begin(first, 0), down, moment))
    expect(second.failures.map((each) => failureOf(each).attempt)).toEqual([2])
    const error = retryErrorOf(callOf(settle(policy)(begin(second, 0), down, moment)))
    expect([error?.attempts, error?.omitted, error?.failures.map(({ attempt }) => attempt)]).toEqual([
      3,
      2,
      [3]
    ])
  })

  test('an error that the conditions refuse -> NotRetryable', () => {
    const next = settle(pipe(threeTries, abortOn('EAUTH')))(
      begin(undefined, 0),
      { _tag: 'Threw', error: { code: 'EAUTH' } },
      moment
    )
    expect(retryErrorOf(callOf(next))).toMatchObject({ _tag: 'NotRetryable', attempts: 1 })
  })

  test('a result that retryUntil refuses -> waits, and is among the failures', () => {
    const policy = pipe(
      threeTries,
      retryUntil((n: number) => n > 3)
    )
    const next = settle(policy)(begin(undefined, 0), { _tag: 'Answered', value: 2 }, moment)
    expect(callOf(next).failures.map(failureOf)).toMatchObject([{ _tag: 'Rejected', value: 2 }])
  })

  test('limitElapsed that the wait would pass -> Exhausted', () => {
    const next = settle(pipe(threeTries, limitElapsed(119)))(begin(undefined, 0), down, {
      ...moment,
      elapsed: 20
    })
    expect(next._tag).toBe('End')
  })
})

describe('settling an attempt that was lost', () => {
  const lostBy = (policy: AnyPolicy): Next =>
    settle(policy)(begin(undefined, 9000), undefined, { ...moment, elapsed: 1000 })

  test('no conditions -> waits as after any failure, with an AttemptLost', () => {
    const next = lostBy(threeTries)
    expect(next).toMatchObject({ _tag: 'Wait', delay: 100, call: { attempts: 1 } })
    expect(callOf(next).failures.map(failureOf)).toStrictEqual([
      {
        _tag: 'Threw',
        error: { _tag: 'AttemptLost', message: 'the process that made the attempt is gone' },
        attempt: 1,
        startedAt: 0,
        duration: 1000,
        delay: 100
      }
    ])
  })

  test('a retryOn that does not name it -> waits all the same', () =>
    expect(lostBy(pipe(threeTries, retryOn('ECONNRESET')))._tag).toBe('Wait'))

  test('abortOn(AttemptLost) -> NotRetryable', () =>
    expect(retryErrorOf(callOf(lostBy(pipe(threeTries, abortOn('AttemptLost')))))).toMatchObject({
      _tag: 'NotRetryable',
      failures: [{ _tag: 'Threw', error: { _tag: 'AttemptLost' } }]
    }))

  test('an abortOn that throws -> PolicyFault', () => {
    const policy = pipe(
      threeTries,
      abortOn(() => {
        throw new Error('bug')
      })
    )
    expect(retryErrorOf(callOf(lostBy(policy)))).toMatchObject({
      _tag: 'PolicyFault',
      fault: { message: 'bug' }
    })
  })

  test('the last attempt -> Exhausted: it counts', () =>
    expect(lostBy(pipe(fixed(1), limitRetries(0)))._tag).toBe('End'))
})

describe('refuseResult', () => {
  test('a result that cannot travel -> NotRetryable with the reason', () => {
    const next = refuseResult(begin(undefined, 0), new TypeError('a bigint'), { ...moment, elapsed: 5 })
    expect(retryErrorOf(callOf(next))).toMatchObject({
      _tag: 'NotRetryable',
      attempts: 1,
      elapsed: 5,
      failures: [{ _tag: 'Threw', error: { name: 'TypeError', message: 'a bigint' } }]
    })
  })
})

describe('retryErrorOf', () => {
  test('a call that has not ended -> none', () => expect(retryErrorOf(begin(undefined, 0))).toBe(undefined))
})

describe('a failure of an attempt whose start was not written', () => {
  test('-> from the end of the one before', () => {
    const call = { ...begin(undefined, 5000), startedAt: null, elapsed: 30 }
    const waits = callOf(settle(threeTries)(call, down, { ...moment, elapsed: 50 }))
    expect(waits.failures).toMatchObject([{ startedAt: 30, duration: 20 }])
  })
})

describe('retryErrorOf, of a call that gave up without a hint', () => {
  test('-> with a hint that is not set', () => {
    const ended = { error: { _tag: 'Exhausted' }, stalled: 0 }
    const error = retryErrorOf({ ...begin(undefined, 5000), ended })
    expect(error).toEqual({
      _tag: 'Exhausted',
      hint: undefined,
      attempts: 1,
      elapsed: 0,
      failures: [],
      omitted: 1
    })
  })
})
