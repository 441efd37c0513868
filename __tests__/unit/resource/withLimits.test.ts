import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  callLimit,
  fixed,
  limitRetries,
  limitSet,
  rateLimit,
  resourceLimit,
  type RetryEvent,
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
import { toLimitCell } from '../../../src/resource/LimitSet.js'
import { refuses, thrown } from '../../support/bad.js'
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

  it('a rate without a request, in calls without types -> TypeError that names it', () => {
    expect(thrown(() => withLimits(limitSet([rate])() as never))).toBe(
      'TypeError: withLimits: request.rate must be …, got undefined'
    )
  })
})

describe('withObserver around withLimits', () => {
  const context = { name: 'read', attempt: 1, elapsed: 0, previousDelay: undefined }

  /** Calls of a function that takes 10 ms, watched; `abortAt` is the event at which the second is aborted. */
  const watched = (
    set: ReturnType<ReturnType<typeof limitSet<[typeof place]>>>,
    abortAt?: RetryEvent['_tag']
  ) => {
    const clock = virtualClock()
    const events: RetryEvent[] = []
    const calls: number[] = []
    const controller = new AbortController()
    const read = async (id: number) => {
      calls.push(id)
      await pause(clock, 10)
      return id
    }
    const task = pipe(
      read,
      withLimits(set),
      withObserver((event) => {
        events.push(event)
        if (event.args[0] === 2 && event._tag === abortAt) controller.abort('enough')
      }),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    return { clock, events, calls, call: (id: number) => start(task(id), clock) }
  }

  it('three calls, one place, a queue of one -> granted, waiting, refused; granted when the first is over', async () => {
    const { clock, events, call } = watched(limitSet([place], { maxQueue: 1 })())
    const ends = [1, 2, 3].map(call)
    await clock.runAll()
    const error = {
      _tag: 'LimitExceeded',
      key: 'place',
      reason: 'queueFull',
      requested: 1,
      capacity: 1,
      retryAfter: undefined,
      waited: 0
    }
    expect(events).toStrictEqual([
      { _tag: 'LimitGranted', ...context, args: [1], granted: { place: 1 }, waited: 0 },
      { _tag: 'LimitWaiting', ...context, args: [2], key: 'place', waiting: 1 },
      { _tag: 'LimitRefused', ...context, args: [3], error },
      { _tag: 'LimitGranted', ...context, args: [2], elapsed: 10, granted: { place: 1 }, waited: 10 }
    ])
    expect(ends.flat()).toMatchObject([
      { at: 10, result: E.right(1) },
      { at: 20, result: E.right(2) },
      { at: 0, result: E.left(error) }
    ])
  })

  it('waited too long -> waiting, then refused; with maxWait 0 just refused', async () => {
    const told = async (maxWait: number) => {
      const { clock, events, call } = watched(limitSet([place], { maxWait })())
      ;[1, 2].map(call)
      await clock.runAll()
      return events.slice(1)
    }
    const error = {
      _tag: 'LimitExceeded',
      key: 'place',
      reason: 'waitedTooLong',
      requested: 1,
      capacity: 1,
      retryAfter: undefined
    }
    expect(await told(4)).toStrictEqual([
      { _tag: 'LimitWaiting', ...context, args: [2], key: 'place', waiting: 1 },
      { _tag: 'LimitRefused', ...context, args: [2], elapsed: 4, error: { ...error, waited: 4 } }
    ])
    expect(await told(0)).toStrictEqual([
      { _tag: 'LimitRefused', ...context, args: [2], error: { ...error, waited: 0 } }
    ])
  })

  it('of several limits -> all amounts granted; the key of the one in the way, or in that of the first in the queue', async () => {
    const clock = virtualClock()
    const set = limitSet([place, rate], { clock })()
    const events: RetryEvent[] = []
    const read = async (amount: number) => amount
    const limited = pipe(
      read,
      withLimits(set, (amount: number) => ({ rate: amount })),
      withObserver((event) => events.push(event)),
      withEnv({ clock })
    )
    for (const amount of [8, 6, 0]) void limited(amount)()
    await clock.runAll()
    expect(events).toStrictEqual([
      { _tag: 'LimitGranted', ...context, args: [8], granted: { place: 1, rate: 8 }, waited: 0 },
      { _tag: 'LimitWaiting', ...context, args: [6], key: 'place', waiting: 1 },
      { _tag: 'LimitWaiting', ...context, args: [0], key: 'place', waiting: 2 },
      {
        _tag: 'LimitGranted',
        ...context,

        args: [6],
        elapsed: 400,
        granted: { place: 1, rate: 6 },
        waited: 400
      },
      {
        _tag: 'LimitGranted',
        ...context,

        args: [0],
        elapsed: 400,
        granted: { place: 1, rate: 0 },
        waited: 400
      }
    ])
  })

  it.each<[RetryEvent['_tag'], ReadonlyArray<string>]>([
    ['LimitWaiting', ['LimitGranted 1', 'LimitWaiting 2']],
    ['LimitGranted', ['LimitGranted 1', 'LimitWaiting 2', 'LimitGranted 2']]
  ])('aborted by the observer at %s -> no call, and nothing is held', async (tag, told) => {
    const set = limitSet([place])()
    const { clock, events, calls, call } = watched(set, tag)
    void call(1)
    const ends = call(2)
    await clock.runAll()
    expect(ends).toMatchObject([{ result: { left: { _tag: 'Aborted', attempts: 0, reason: 'enough' } } }])
    expect(events.map(({ _tag, args }) => `${_tag} ${String(args[0])}`)).toEqual(told)
    expect(calls).toEqual([1])
    expect([set.available(), set.waiting(), clock.pending()]).toEqual([{ place: 1 }, 0, 0])
  })

  it('aborted by the observer when granted -> rates are given back', async () => {
    const clock = virtualClock()
    const set = limitSet([rate, place], { clock })()
    const controller = new AbortController()
    const fn = scripted('R')
    const task = pipe(
      fn,
      withLimits(set, { rate: 4 }),
      withRetry(again),
      withObserver(({ _tag }) => {
        if (_tag === 'LimitGranted') controller.abort('enough')
      }),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    expect(await task()).toMatchObject({ left: { _tag: 'Aborted', attempts: 1, reason: 'enough' } })
    expect([fn.calls(), set.available()]).toEqual([0, { rate: 10, place: 1 }])
  })

  it('aborted by the observer when refused -> the refusal, which was first', async () => {
    const { clock, call } = watched(limitSet([place], { maxQueue: 0 })(), 'LimitRefused')
    void call(1)
    const ends = call(2)
    await clock.runAll()
    expect(ends).toMatchObject([{ at: 0, result: { left: { _tag: 'LimitExceeded' } } }])
  })

  it('an observer that gives back what the call waits for -> granted', async () => {
    const clock = virtualClock()
    const set = limitSet([place], { clock })()
    const held = await set.acquire()()
    const tags: string[] = []
    const task = pipe(
      scripted('R'),
      withLimits(set),
      withObserver(({ _tag }) => {
        tags.push(_tag)
        if (_tag === 'LimitWaiting' && held._tag === 'Right') held.right.release()
      })
    )
    expect(await task()).toEqual(E.right(1))
    expect(tags).toEqual(['LimitWaiting', 'LimitGranted'])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('observer')
      }
    ],
    ['rejects', async () => Promise.reject(new Error('observer'))]
  ])('an observer that %s -> changes nothing', async (_, observer) => {
    const clock = virtualClock()
    const set = limitSet([place], { maxQueue: 1 })()
    const task = pipe(
      scripted('R', { duration: 10, clock }),
      withLimits(set),
      withObserver(observer),
      withEnv({ clock })
    )
    const ends = [1, 2, 3].map(() => start(task, clock))
    await clock.runAll()
    expect(ends.map(([end]) => [end?.at, end?.result._tag])).toEqual([
      [10, 'Right'],
      [20, 'Right'],
      [0, 'Left']
    ])
    expect(set.available()).toEqual({ place: 1 })
  })

  it('acquire and use -> tell as well', async () => {
    const clock = virtualClock()
    const set = limitSet([place], { clock })()
    const events: RetryEvent[] = []
    const watch = withObserver((event) => events.push(event))
    const held = await watch(set.acquire())()
    void watch(set.use()(async () => 1))()
    await clock.advance(5)
    if (held._tag === 'Right') held.right.release()
    await clock.runAll()
    const use = { ...context, name: 'use', args: [] }
    expect(events).toStrictEqual([
      { _tag: 'LimitGranted', ...context, name: 'acquire', args: [], granted: { place: 1 }, waited: 0 },
      { _tag: 'LimitWaiting', ...use, key: 'place', waiting: 1 },
      { _tag: 'LimitGranted', ...use, elapsed: 5, granted: { place: 1 }, waited: 5 }
    ])
  })

  it('nobody watches -> nothing is asked', async () => {
    const asked = async (watch: boolean) => {
      const clock = virtualClock()
      const set = limitSet([place], { clock })()
      const cell = toLimitCell('set', set)
      const refuse = jest.spyOn(cell, 'refuse')
      const waiting = jest.spyOn(cell, 'waiting')
      const task = pipe(scripted('R', { duration: 10, clock }), withLimits(set))
      const ends = [1, 2].map(() => start(watch ? withObserver(() => undefined)(task) : task, clock))
      await clock.runAll()
      expect(ends.flat().map(({ at }) => at)).toEqual([10, 20])
      return [refuse.mock.calls.length, waiting.mock.calls.length]
    }
    expect(await asked(false)).toEqual([0, 0])
    expect(await asked(true)).toEqual([1, 1])
  })
})
