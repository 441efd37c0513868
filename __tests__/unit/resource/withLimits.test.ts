import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  callLimit,
  fixed,
  limitRetries,
  limitSet,
  rateLimit,
  resourceLimit,
  withAttempt,
  withDecoder,
  withEnv,
  withLimits,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { message, refuses, thrown } from '../../support/bad.js'
import { pause } from '../../support/resources.js'
import { deferred, start, turn } from '../../support/task.js'

const place = resourceLimit({ key: 'place', capacity: 1 })
const rate = rateLimit({ key: 'rate', capacity: 10, per: 1000 })
const again = pipe(fixed(100), limitRetries(2))

describe('withLimits', () => {
  it('keeps the shape, the length and the name', () => {
    const read = async (_id: string, _n: number) => 1
    const limited = pipe(read, withLimits(limitSet([place])()))
    expect([limited.length, limited.name]).toEqual([2, 'read'])
  })

  it.each<[string, unknown]>([
    ['R', E.right(1)],
    ['L', E.left(1)],
    ['T', E.left(1)]
  ])('%s -> that outcome; the place is held meanwhile, and free then', async (script, expected) => {
    const clock = virtualClock()
    const set = limitSet([place])()
    const fn = scripted(script, { duration: 10, clock })
    const ends = start(pipe(fn, withLimits(set), withEnv({ clock })), clock)
    await clock.advance(5)
    expect(set.available()).toEqual({ place: 0 })
    await clock.runAll()
    expect(ends).toEqual([{ at: 10, result: expected }])
    expect(set.available()).toEqual({ place: 1 })
  })

  it('calls beyond -> in order of arrival', async () => {
    const clock = virtualClock()
    const set = limitSet([place])()
    const log: string[] = []
    const work = async (n: number) => {
      log.push(`${n} in`)
      await pause(clock, 10)
      log.push(`${n} out`)
    }
    const limited = pipe(work, withLimits(set), withEnv({ clock }))
    for (const n of [1, 2, 3]) void limited(n)()
    await clock.runAll()
    expect(log).toEqual(['1 in', '1 out', '2 in', '2 out', '3 in', '3 out'])
  })

  it('a refusal -> a LimitExceeded, and the function is not called', async () => {
    const set = limitSet([place], { maxQueue: 0 })()
    const fn = scripted('P')
    const limited = pipe(fn, withLimits(set))
    void limited()
    expect(await limited()).toEqual(
      E.left({
        _tag: 'LimitExceeded',
        key: 'place',
        reason: 'queueFull',
        requested: 1,
        capacity: 1,
        retryAfter: undefined,
        waited: 0
      })
    )
    expect(fn.calls()).toBe(1)
  })

  it('inside a retry -> held during the attempts, free during the waits', async () => {
    const clock = virtualClock()
    const set = limitSet([place])()
    const fn = scripted('LLR', { duration: 10, clock })
    const held: unknown[] = []
    const note = () => held.push(set.available().place)
    const ends = start(
      pipe(fn, withLimits(set), withRetry(again), withObserver(note), withEnv({ clock })),
      clock
    )
    for (let at = 5; at < 230; at += 55) {
      await clock.advance(at === 5 ? 5 : 55)
      note()
    }
    await clock.runAll()
    expect(ends).toEqual([{ at: 230, result: E.right(3) }])
    // Started, granted; at 5; failed, and a wait; at 60; started, granted; at 115 ...
    expect(held).toEqual([1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1])
  })

  it('the request by the arguments, the usage by the result: refunds and debts', async () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock })()
    const work = async (_asked: number, used: number) => ({ used })
    const limited = pipe(
      work,
      withLimits(
        set,
        (asked: number) => ({ rate: asked }),
        (answer: { used: number }, asked) => ({ rate: answer.used + asked * 0 })
      )
    )
    await limited(8, 3)()
    expect(set.available()).toEqual({ rate: 7 })
    await limited(7, 9)()
    expect(set.available()).toEqual({ rate: -2 })
    const ends = start(limited(5, 5), clock)
    await clock.runAll()
    expect(ends.map(({ at }) => at)).toEqual([700])
  })

  it('a failure -> has used all that it asked for, whatever the usage says', async () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock })()
    await pipe(
      scripted('L'),
      withLimits(set, { rate: 4 }, () => ({ rate: 0 }))
    )()
    expect(set.available()).toEqual({ rate: 6 })
  })

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
      'Error: no'
    ],
    ['nothing', () => undefined, 'TypeError: withLimits: the answer of usage must be …, got null'],
    ['a negative', () => ({ rate: -1 }), 'RangeError: withLimits: the answer of usage.rate must be …, got -1']
  ])('a usage: %s -> a failure that says so, and all of it was used', async (_, usage, expected) => {
    const clock = virtualClock()
    const set = limitSet([rate, place], { clock })()
    const result = await pipe(scripted('R'), withLimits(set, { rate: 4 }, usage as never))()
    expect(
      thrown(() => {
        throw (result as { left: unknown }).left
      })
    ).toBe(expected)
    expect(set.available()).toEqual({ rate: 6, place: 1 })
  })

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
      'Error: no'
    ],
    ['nothing', () => undefined, 'TypeError: withLimits: the answer of request must be …, got null'],
    ['NaN', () => ({ rate: NaN }), 'RangeError: withLimits: the answer of request.rate must be …, got NaN']
  ])('a request: %s -> a failure that says so; no call, nothing taken', async (_, request, expected) => {
    const clock = virtualClock()
    const set = limitSet([rate, place], { clock })()
    const fn = scripted('R')
    const result = await pipe(fn, withLimits(set, request as never))()
    expect(
      thrown(() => {
        throw (result as { left: unknown }).left
      })
    ).toBe(expected)
    expect([fn.calls(), set.available()]).toEqual([0, { rate: 10, place: 1 }])
  })

  it('hands everything inwards: attempts, clock, signal', async () => {
    const clock = virtualClock()
    const seen: unknown[] = []
    const fn = withAttempt(({ attempt, signal }) => async () => {
      seen.push(attempt, signal.aborted)
      if (attempt === 1) throw new Error('flaky')
      return pause(clock, 1000).then(() => seen.push(signal.aborted))
    })
    const task = pipe(
      fn,
      withLimits(limitSet([place])()),
      withRetry(again),
      withTimeout(500),
      withEnv({ clock })
    )
    const ends = start(task, clock)
    await clock.runAll()
    expect(ends).toMatchObject([{ at: 500, result: { left: { _tag: 'TimedOut', attempts: 2 } } }])
    expect(seen).toEqual([1, false, 2, false, true])
  })

  it('aborted while it waits, under other wrappers -> Aborted once, out of the queue', async () => {
    const clock = virtualClock()
    const set = limitSet([place], { clock })()
    const held = await set.acquire()()
    const fn = scripted('R')
    const controller = new AbortController()
    const any = { decode: (value: unknown) => E.right(value) }
    const ends = start(
      pipe(
        fn,
        withLimits(set),
        withDecoder(any),
        withTimeout('1h'),
        withRetry(again),
        withSignal(controller.signal),
        withEnv({ clock })
      ),
      clock
    )
    await clock.advance(10)
    controller.abort('enough')
    await turn()
    expect(ends).toMatchObject([
      { at: 10, result: { left: { _tag: 'Aborted', attempts: 1, reason: 'enough' } } }
    ])
    if (held._tag === 'Right') held.right.release()
    expect([fn.calls(), set.waiting(), set.available().place, clock.pending()]).toEqual([0, 0, 1, 0])
  })

  it('cut short while it runs -> the place is free at once; a result that settled before keeps its usage', async () => {
    const clock = virtualClock()
    const set = limitSet([rate, place], { clock })()
    const cut = async (settleFirst: boolean) => {
      const own = deferred<number>()
      const controller = new AbortController()
      const before = set.available().rate
      const task = pipe(
        () => own.promise,
        withLimits(set, { rate: 4 }, (used: number) => ({ rate: used })),
        withSignal(controller.signal)
      )
      const ends = start(task, clock)
      await turn()
      expect(set.available().place).toBe(0)
      if (settleFirst) own.resolve(1)
      controller.abort('enough')
      await turn()
      own.resolve(1)
      await turn()
      return [ends[0]?.result._tag, before - set.available().rate, set.available().place]
    }
    expect(await cut(false)).toEqual(['Left', 4, 1])
    expect(await cut(true)).toEqual(['Right', 1, 1])
  })

  it('thousands at once, each begun by what ends -> all of them', async () => {
    const set = limitSet([place])()
    const limited = pipe(() => {
      set.tryAcquire()()
      return Promise.resolve(1)
    }, withLimits(set))
    const results = await Promise.all(Array.from({ length: 20_000 }, () => limited()))
    expect(results.every(E.isRight)).toBe(true)
    expect(set.available()).toEqual({ place: 1 })
  })

  it('one call in the limits of two sets -> both', async () => {
    const one = limitSet([place])()
    const two = limitSet([callLimit({ capacity: 1, per: '1h', algorithm: 'fixedWindow' })], { maxWait: 0 })()
    const limited = pipe(scripted('R'), withLimits(two), withLimits(one))
    expect(E.isRight(await limited())).toBe(true)
    expect(await limited()).toMatchObject({ left: { _tag: 'LimitExceeded', key: 'calls' } })
    expect(one.available()).toEqual({ place: 1 })
  })

  refuses(
    'withLimits: set',
    [
      [null, 'TypeError', 'null'],
      [{}, 'TypeError', '[object Object]'],
      ['a', 'RangeError', '"a"']
    ],
    (set) => withLimits(set)
  )
  refuses(
    'withLimits: usage',
    [
      [5, 'RangeError', '5'],
      [{}, 'TypeError', '[object Object]']
    ],
    (usage) => withLimits(limitSet([place])(), {}, usage)
  )

  it('a usage that is no function -> an error that says so', () => {
    expect(message(() => withLimits(limitSet([place])(), {}, 5 as never))).toBe(
      'RangeError: withLimits: usage must be a function of the result, got 5'
    )
  })

  it('a rate without a request, in calls without types -> TypeError that names it', () => {
    expect(thrown(() => withLimits(limitSet([rate])() as never))).toBe(
      'TypeError: withLimits: request.rate must be …, got undefined'
    )
  })
})
