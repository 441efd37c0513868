import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  fixed,
  limitRetries,
  limitSet,
  rateLimit,
  resourceLimit,
  type RetryEvent,
  withEnv,
  withLimits,
  withObserver,
  withRetry,
  withSignal
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { toLimitCell } from '../../../src/resource/LimitSet.js'
import { pause } from '../../support/resources.js'
import { start } from '../../support/task.js'

const place = resourceLimit({ key: 'place', capacity: 1 })
const rate = rateLimit({ key: 'rate', capacity: 10, per: 1000 })
const again = pipe(fixed(100), limitRetries(2))

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
