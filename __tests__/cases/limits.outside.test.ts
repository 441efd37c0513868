// Nothing is held while a retry waits, as those who share the limits see it: by when their calls end.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  callLimit,
  circuitBreaker,
  type CircuitBreaker,
  fixed,
  type LimitSet,
  limitRetries,
  limitSet,
  resourceLimit,
  withCircuitBreaker,
  withEnv,
  withLimits,
  withRetry,
  withTimeout,
  worker
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { start } from '../support/task.js'

const twoHundred = callLimit({ capacity: 200, per: '1m', algorithm: 'slidingWindow' })
const onePlace = resourceLimit({ key: 'place', capacity: 1 })

/** What all calls share. */
interface Shared {
  readonly limits: LimitSet<typeof twoHundred | typeof onePlace>
  readonly place: LimitSet<typeof onePlace>
  readonly breaker: CircuitBreaker
}

type Wrap = (fn: TaskEither<number, number>, shared: Shared) => TaskEither<unknown, number>

const hourly = withRetry(pipe(fixed('1h'), limitRetries(1)))

/**
 * Call A fails, and waits an hour for its second attempt; a hundred others come right after it. Each attempt takes 10 ms.
 * Gives what there is at 5 ms, at 1,010 ms and at the end.
 */
const play = async (wrap: Wrap) => {
  const clock = virtualClock()
  const shared: Shared = {
    limits: limitSet([twoHundred, onePlace], { clock })(),
    place: limitSet([onePlace], { clock })(),
    breaker: circuitBreaker({ consecutiveFailures: 3 })()
  }
  const call = (script: string) => {
    const fn = scripted(script, { duration: 10, clock })
    return { fn, ends: start(pipe(wrap(fn, shared), withEnv({ clock })), clock) }
  }
  const a = call('LR')
  const others = Array.from({ length: 100 }, () => call('R'))
  const look = () => ({
    a: a.ends.map(({ at, result }) => [at, E.isRight(result)]),
    others: others.flatMap(({ ends }) => ends.map(({ at, result }) => E.isRight(result) && at)),
    calls: 200 - shared.limits.available().calls,
    free: [shared.limits.available().place, shared.place.available().place],
    queued: shared.limits.waiting() + shared.place.waiting()
  })

  await clock.advance(5)
  const begun = look()
  await clock.advance(1_005)
  const meanwhile = look()
  await clock.runAll()
  const attempts = [a.fn.calls(), others.reduce((sum, { fn }) => sum + fn.calls(), 0)]
  return { begun, meanwhile, end: look(), attempts, pending: clock.pending() }
}

/** 10, 20 ... 1,000 ms after a moment. */
const afterwards = (moment: number): ReadonlyArray<number> =>
  Array.from({ length: 100 }, (_, i) => moment + 10 * (i + 1))

describe('nothing held while waiting: capacity 1, call A waits an hour for its retry, a hundred others', () => {
  const inside: Readonly<Record<string, Wrap>> = {
    'withLimits, withRetry': (fn, { place }) => pipe(fn, withLimits(place), hourly),
    'withTimeout, withLimits, withRetry': (fn, { place }) =>
      pipe(fn, withTimeout('15ms'), withLimits(place), hourly),
    'withLimits, withTimeout, withRetry': (fn, { place }) =>
      pipe(fn, withLimits(place), withTimeout('2s'), hourly),
    'withLimits, withRetry, withTimeout': (fn, { place }) =>
      pipe(fn, withLimits(place), hourly, withTimeout('2h')),
    'withCircuitBreaker, withLimits, withRetry': (fn, { place, breaker }) =>
      pipe(fn, withCircuitBreaker(breaker), withLimits(place), hourly),
    'withLimits, withCircuitBreaker, withRetry': (fn, { place, breaker }) =>
      pipe(fn, withLimits(place), withCircuitBreaker(breaker), hourly),
    'withTimeout, withLimits, withTimeout, withCircuitBreaker, withRetry, withTimeout': (
      fn,
      { place, breaker }
    ) =>
      pipe(
        fn,
        withTimeout('15ms'),
        withLimits(place),
        withTimeout('2s'),
        withCircuitBreaker(breaker),
        hourly,
        withTimeout('2h')
      ),
    'use, withRetry': (fn, { place }) => pipe(place.use()(fn), hourly),
    'a worker with limits': (fn, { place, breaker }) =>
      worker(
        { fn },
        {
          numRetries: 1,
          retryAlgorithm: 'fixed',
          retryWait: '1h',
          retryJitter: 0,
          attemptTimeout: '15ms',
          limits: place,
          circuitBreaker: breaker,
          timeout: '2h'
        }
      ).fn
  }

  it.each(Object.entries(inside))(
    '%s -> all others are done at 1,010 ms, A an hour later',
    async (_, wrap) => {
      const { begun, meanwhile, end, attempts, pending } = await play(wrap)
      expect(begun).toMatchObject({ a: [], others: [], free: [1, 0], queued: 100 })
      // A has failed at 10 ms. From then on, it is in nobody's way.
      expect(meanwhile).toMatchObject({ a: [], others: afterwards(10), free: [1, 1], queued: 0 })
      expect(end).toMatchObject({ a: [[3_600_020, true]], others: afterwards(10), free: [1, 1], queued: 0 })
      expect([attempts, pending]).toEqual([[2, 100], 0])
    }
  )

  const both: Readonly<Record<string, Wrap>> = {
    'calls and places, withRetry': (fn, { limits }) => pipe(fn, withLimits(limits), hourly),
    'calls and places, withTimeout, withCircuitBreaker, withRetry': (fn, { limits, breaker }) =>
      pipe(
        fn,
        withTimeout('15ms'),
        withLimits(limits),
        withTimeout('2s'),
        withCircuitBreaker(breaker),
        hourly
      )
  }

  it.each(Object.entries(both))('%s -> the same, and each attempt counts as a call', async (_, wrap) => {
    const { begun, meanwhile, end, attempts, pending } = await play(wrap)
    expect(begun).toMatchObject({ a: [], others: [], calls: 1, free: [0, 1], queued: 100 })
    expect(meanwhile).toMatchObject({ a: [], others: afterwards(10), calls: 101, free: [1, 1], queued: 0 })
    // Of the last minute, there is the second attempt of A.
    expect(end).toMatchObject({ a: [[3_600_020, true]], calls: 1, free: [1, 1], queued: 0 })
    expect([attempts, pending]).toEqual([[2, 100], 0])
  })
})

describe('the order is the meaning: limits around the retry', () => {
  const outside: Readonly<Record<string, Wrap>> = {
    'withRetry, withLimits': (fn, { limits }) => pipe(fn, hourly, withLimits(limits)),
    'withTimeout, withCircuitBreaker, withRetry, withLimits': (fn, { limits, breaker }) =>
      pipe(fn, withTimeout('15ms'), withCircuitBreaker(breaker), hourly, withLimits(limits)),
    'withRetry, withTimeout, withCircuitBreaker, withLimits': (fn, { limits, breaker }) =>
      pipe(fn, hourly, withTimeout('2h'), withCircuitBreaker(breaker), withLimits(limits)),
    'withRetry, withLimits, withTimeout': (fn, { limits }) =>
      pipe(fn, hourly, withLimits(limits), withTimeout('2h'))
  }

  it.each(Object.entries(outside))(
    '%s -> at 1,010 ms nobody is done; the others are once A is',
    async (_, wrap) => {
      const { meanwhile, end, attempts, pending } = await play(wrap)
      expect(meanwhile).toMatchObject({ a: [], others: [], calls: 1, free: [0, 1], queued: 100 })
      expect(end).toMatchObject({
        a: [[3_600_020, true]],
        others: afterwards(3_600_020),
        // The call of A has counted once, more than a minute ago.
        calls: 100,
        free: [1, 1],
        queued: 0
      })
      expect([attempts, pending]).toEqual([[2, 100], 0])
    }
  )

  it('withRetry, withTimeout of 1 min, withLimits -> held until A is cut short, free for the others then', async () => {
    const { meanwhile, end, attempts, pending } = await play((fn, { limits }) =>
      pipe(fn, hourly, withTimeout('1m'), withLimits(limits))
    )
    expect(meanwhile).toMatchObject({ a: [], others: [], free: [0, 1], queued: 100 })
    expect(end).toMatchObject({
      a: [[60_000, false]],
      others: afterwards(60_000),
      free: [1, 1],
      queued: 0
    })
    expect([attempts, pending]).toEqual([[1, 100], 0])
  })

  it('one retry around, one within -> held during the waits of the inner one alone', async () => {
    const { meanwhile, end, attempts } = await play((fn, { limits }) =>
      pipe(fn, withRetry(pipe(fixed('50ms'), limitRetries(1))), withLimits(limits), hourly)
    )
    // Two attempts and the wait between them: 70 ms. Then 94 others are done, and one is under way.
    expect(meanwhile).toMatchObject({ a: [[70, true]], calls: 96, free: [0, 1], queued: 5 })
    expect(meanwhile.others).toEqual(afterwards(70).slice(0, 94))
    expect(end).toMatchObject({ others: afterwards(70), free: [1, 1], queued: 0 })
    expect(attempts).toEqual([2, 100])
  })
})
