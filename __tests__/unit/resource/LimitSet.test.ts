import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  callLimit,
  fixed,
  limitRetries,
  limitSet,
  rateLimit,
  resourceLimit,
  withEnv,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { virtualClock } from 'reprise/testing'
import { toLimitCell } from '../../../src/resource/LimitSet.js'
import { badCounts, badDurations, message, refuses, thrown } from '../../support/bad.js'
import { pause } from '../../support/resources.js'
import { start, turn } from '../../support/task.js'

const place = resourceLimit({ key: 'place', capacity: 1 })
const rate = rateLimit({ key: 'rate', capacity: 10, per: 1000 })

const taken = <A>(result: E.Either<unknown, A>): A => {
  if (result._tag === 'Left') throw new Error(`refused: ${JSON.stringify(result.left)}`)
  return result.right
}

describe('limitSet', () => {
  it('run twice -> two sets that share nothing', () => {
    const make = limitSet([place])
    const [one, other] = [make(), make()]
    taken(one.tryAcquire()())
    expect([one.available(), other.available()]).toEqual([{ place: 0 }, { place: 1 }])
  })

  refuses(
    'limitSet: limits',
    [
      [null, 'TypeError', 'null'],
      [place, 'TypeError', '[object Object]']
    ],
    (limits) => limitSet(limits)
  )
  refuses(
    'limitSet: limit',
    [
      [null, 'TypeError', 'null'],
      ['a', 'RangeError', '"a"']
    ],
    (limit) => limitSet([limit])
  )
  refuses('limitSet: maxWait', badDurations, (maxWait) => limitSet([place], { maxWait }))
  refuses(
    'limitSet: maxQueue',
    badCounts.filter(([input]) => input !== undefined && input !== Infinity),
    (maxQueue) => limitSet([place], { maxQueue })
  )
  refuses(
    'limitSet: clock',
    [
      [5, 'RangeError', '5'],
      [{}, 'TypeError', '[object Object]']
    ],
    (clock) => limitSet([place], { clock })
  )

  it.each<[unknown, string]>([
    [place, 'TypeError: limitSet: limits must be a list of limits, got [object Object]'],
    [['a'], 'RangeError: limitSet: limit must be a limit, got "a"'],
    [[place, rate, place], "TypeError: limitSet: limits must have a key each, got 'place' twice"]
  ])('%j -> %s', (limits, expected) => {
    expect(message(() => limitSet(limits as never))).toBe(expected)
  })

  it('a queue of any length -> as if not said', () => {
    const set = limitSet([place], { maxQueue: Infinity })()
    taken(set.tryAcquire()())
    void set.acquire()()
    expect(set.waiting()).toBe(1)
  })

  it('a set -> marked by a symbol with a version', () => {
    expect(Object.getOwnPropertySymbols(limitSet([place])())).toEqual([Symbol.for('reprise/limits@1')])
  })

  it('the tasks of a set -> named as what made them', () => {
    const set = limitSet([place])()
    expect([set.acquire().name, set.use()(async () => 1).name]).toEqual(['acquire', 'use'])
  })

  it('an option that there is not -> TypeError that lists them', () => {
    expect(thrown(() => limitSet([place], { max: 5 } as never))).toBe(
      "TypeError: limitSet: there is no option 'max'; there are maxWait, maxQueue, clock"
    )
  })
})

describe('requests', () => {
  const set = limitSet([rate, callLimit({ capacity: 5, per: 1 }), place])()

  it.each<[unknown, string]>([
    [undefined, 'TypeError: acquire: request.rate must be …, got undefined'],
    [null, 'TypeError: acquire: request must be …, got null'],
    [{ rate: NaN }, 'RangeError: acquire: request.rate must be …, got NaN'],
    [{ rate: 1, place: '1' }, 'RangeError: acquire: request.place must be …, got "1"']
  ])('%p -> %s', (request, expected) => {
    expect(thrown(() => set.acquire(request as never))).toBe(expected)
  })

  it('an undefined key that there is not -> no error', () => {
    const request = { rate: 0, calls: 0, place: 0, other: undefined }
    expect(set.tryAcquire(request)()._tag).toBe('Right')
  })
})

describe('acquire', () => {
  it('nothing is taken before the task runs; each run takes anew', async () => {
    const set = limitSet([resourceLimit({ key: 'place', capacity: 2 })])()
    const task = set.acquire()
    expect(set.available()).toEqual({ place: 2 })
    await task()
    expect(set.available()).toEqual({ place: 1 })
    await task()
    expect(set.available()).toEqual({ place: 0 })
  })

  it('waits in order of arrival, and says how long', async () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock })()
    const ends = [8, 4, 1].map((n) => start(set.acquire({ rate: n }), clock))
    await clock.runAll()
    expect(ends.flat().map(({ at, result }) => [at, taken(result).waited, taken(result).granted])).toEqual([
      [0, 0, { rate: 8 }],
      [200, 200, { rate: 4 }],
      [300, 300, { rate: 1 }]
    ])
    expect(clock.pending()).toBe(0)
  })

  it('one timer for any number of waiters, at the moment of the first', async () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock, maxWait: '1h' })()
    for (let i = 0; i < 30; i++) void set.acquire({ rate: 1 })()
    expect([set.waiting(), clock.pending()]).toEqual([20, 1])
    await clock.advance(99)
    expect(set.waiting()).toBe(20)
    await clock.advance(1)
    expect([set.waiting(), clock.pending()]).toEqual([19, 1])
  })

  it('waiting for what only a release can bring -> no timer at all', async () => {
    const clock = virtualClock()
    const set = limitSet([place], { clock })()
    const first = taken(await set.acquire()())
    void set.acquire()()
    expect([set.waiting(), clock.pending()]).toEqual([1, 0])
    first.release()
    expect(set.waiting()).toBe(0)
  })

  it('a refund serves who waits, at once', async () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock })()
    const first = taken(set.tryAcquire({ rate: 10 })())
    const ends = start(set.acquire({ rate: 5 }), clock)
    await clock.advance(100)
    first.report({ rate: 5 })
    first.release()
    await clock.advance(0)
    expect(ends.map(({ at }) => at)).toEqual([100])
    expect(clock.pending()).toBe(0)
  })

  it('aborted in the queue -> Aborted, out of the queue, and the next is served', async () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock })()
    taken(set.tryAcquire({ rate: 10 })())
    const controller = new AbortController()
    const large = start(
      pipe(set.acquire({ rate: 10 }), withSignal(controller.signal), withEnv({ clock })),
      clock
    )
    const small = start(set.acquire({ rate: 1 }), clock)
    await clock.advance(200)
    expect([large, small]).toEqual([[], []])
    controller.abort('enough')
    await clock.advance(0)
    expect(large).toMatchObject([
      { at: 200, result: { left: { _tag: 'Aborted', attempts: 0, elapsed: 200, reason: 'enough' } } }
    ])
    expect(small.map(({ at }) => at)).toEqual([200])
    expect([set.waiting(), clock.pending(), set.available().rate]).toEqual([0, 0, 1])
  })

  it('granted and aborted in the same tick -> what came first, and nothing is lost', async () => {
    const clock = virtualClock()
    const both = async (abortFirst: boolean) => {
      const set = limitSet([place], { clock })()
      const first = taken(set.tryAcquire()())
      const controller = new AbortController()
      const ends = start(pipe(set.acquire(), withSignal(controller.signal), withEnv({ clock })), clock)
      if (abortFirst) controller.abort()
      first.release()
      if (!abortFirst) controller.abort()
      await turn()
      return [ends[0]?.result._tag, set.available().place]
    }
    expect(await both(true)).toEqual(['Left', 1])
    expect(await both(false)).toEqual(['Right', 0])
  })

  it('under withTimeout -> TimedOut, out of the queue', async () => {
    const clock = virtualClock()
    const set = limitSet([place])()
    taken(set.tryAcquire()())
    const ends = start(pipe(set.acquire(), withTimeout(50), withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toMatchObject([{ at: 50, result: { left: { _tag: 'TimedOut', attempts: 0 } } }])
    expect([set.waiting(), clock.pending()]).toEqual([0, 0])
  })

  it('an interrupt that fired before -> Aborted, nothing taken', async () => {
    const set = limitSet([place])()
    const task = pipe(
      set.acquire(),
      withRetry(pipe(fixed(1), limitRetries(1))),
      withSignal(AbortSignal.abort('x'))
    )
    expect(await task()).toMatchObject({ left: { _tag: 'Aborted' } })
    expect(set.available()).toEqual({ place: 1 })
  })

  it('a set of no clock of its own -> the clock of the call', async () => {
    const clock = virtualClock()
    const set = limitSet([rate])()
    const ends = [10, 10].map((n) => start(pipe(set.acquire({ rate: n }), withEnv({ clock })), clock))
    await clock.runAll()
    expect(ends.flat().map(({ at }) => at)).toEqual([0, 1000])
  })

  it('times that do not divide -> no waking too early, no second timer', async () => {
    const clock = virtualClock()
    const thirds = rateLimit({ key: 'rate', capacity: 3, per: 1000 })
    const set = limitSet([thirds], { clock })()
    await clock.advance(123_456.789)
    const ends = Array.from({ length: 40 }, () => start(set.acquire({ rate: 1 }), clock))
    await clock.runAll(37)
    expect(ends.flat()).toHaveLength(40)
    expect(ends.at(-1)?.[0]?.at).toBeCloseTo(123_456.789 + (37 * 1000) / 3, 6)
  })
})

describe('permits', () => {
  it('released twice -> one place back', () => {
    const set = limitSet([resourceLimit({ key: 'place', capacity: 2 })])()
    const [one] = [taken(set.tryAcquire()()), taken(set.tryAcquire()())]
    one.release()
    one.release()
    expect(set.available()).toEqual({ place: 1 })
  })

  it('reported twice -> what was said last counts', () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock })()
    const permit = taken(set.tryAcquire({ rate: 8 })())
    permit.report({ rate: 1 })
    permit.report({ rate: 3 })
    permit.release()
    expect(set.available()).toEqual({ rate: 7 })
  })

  it('a report after the release -> an error that says so', () => {
    const permit = taken(limitSet([rate])().tryAcquire({ rate: 1 })())
    permit.release()
    expect(message(() => permit.report({ rate: 1 }))).toBe('Error: report: the permit is already released')
  })

  it('a report of some rates only -> the release throws, once, and all counts as used', () => {
    const clock = virtualClock()
    const set = limitSet([rate, rateLimit({ key: 'bytes', capacity: 5, per: 1000 })], { clock })()
    const permit = taken(set.tryAcquire({ rate: 8, bytes: 4 })())
    permit.report({ rate: 1 })
    expect(message(() => permit.release())).toBe(
      'TypeError: release: usage must name all rates that were asked for, or none: bytes'
    )
    expect(message(() => permit.release())).toBe('nothing')
    expect(set.available()).toEqual({ rate: 2, bytes: 1 })
  })

  it.each<[unknown, string]>([
    [null, 'TypeError: report: usage must be …, got null'],
    [{ rate: -1 }, 'RangeError: report: usage.rate must be …, got -1'],
    [{ other: 1 }, 'TypeError: report: usage names no limit of the set: other; there are rate, place'],
    [{ place: 1 }, 'RangeError: report: usage.place must be …, got 1']
  ])('a report of %p -> %s, and it counts as not said', (usage, expected) => {
    const clock = virtualClock()
    const set = limitSet([rate, place], { clock })()
    const permit = taken(set.tryAcquire({ rate: 8 })())
    expect(thrown(() => permit.report(usage as never))).toBe(expected)
    permit.release()
    expect(set.available()).toEqual({ rate: 2, place: 1 })
  })
})

describe('use', () => {
  it.each<[string, () => unknown, unknown]>([
    ['a promise', async () => 1, E.right(1)],
    ['a task', () => async () => E.left('no'), E.left('no')],
    ['a rejection', async () => Promise.reject(new Error('down')), E.left(new Error('down'))],
    [
      'a throw',
      () => {
        throw new Error('down')
      },
      E.left(new Error('down'))
    ]
  ])('%s -> its outcome, and the place is free', async (_, body, expected) => {
    const set = limitSet([place])()
    const held: unknown[] = []
    const task = set.use()(() => {
      held.push(set.available().place)
      return body()
    })
    expect(await task()).toEqual(expected)
    expect(held).toEqual([0])
    expect(set.available()).toEqual({ place: 1 })
  })

  it('a report of a body that then throws -> counts', async () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock })()
    const task = set.use({ rate: 8 })(async (permit) => {
      permit.report({ rate: 2 })
      throw new Error('down')
    })
    expect(await task()).toEqual(E.left(new Error('down')))
    expect(set.available()).toEqual({ rate: 8 })
  })

  it('released by the body -> free from then on, and once', async () => {
    const set = limitSet([place])()
    const free: unknown[] = []
    await set.use()(async (permit) => {
      permit.release()
      free.push(set.available().place)
    })()
    expect([free, set.available().place]).toEqual([[1], 1])
  })

  it('thousands that wait, each released at once by its body -> no stack overflow', async () => {
    const set = limitSet([place])()
    const first = taken(set.tryAcquire()())
    const task = set.use()((permit) => {
      permit.release()
      return Promise.resolve(1)
    })
    const all = Array.from({ length: 20_000 }, () => task())
    first.release()
    expect((await Promise.all(all)).every(E.isRight)).toBe(true)
    expect([set.waiting(), set.available()]).toEqual([0, { place: 1 }])
  })

  it('cut short -> free at once, though the body goes on', async () => {
    const clock = virtualClock()
    const set = limitSet([place], { clock })()
    const ends = start(
      pipe(
        set.use()(() => pause(clock, 1000)),
        withTimeout(50),
        withEnv({ clock })
      ),
      clock
    )
    const next = start(set.acquire(), clock)
    await clock.advance(50)
    expect(ends.map(({ at }) => at)).toEqual([50])
    expect(next.map(({ at }) => at)).toEqual([50])
    await clock.runAll()
    expect(set.available()).toEqual({ place: 0 })
  })

  refuses('use: action', [[5, 'RangeError', '5']], (body) => limitSet([place])().use()(body))
})

describe('toLimitCell', () => {
  it.each<[unknown, string]>([
    [undefined, 'TypeError: withLimits: set must be a limitSet, got undefined'],
    [null, 'TypeError: withLimits: set must be a limitSet, got null'],
    [5, 'RangeError: withLimits: set must be a limitSet, got 5'],
    [[place], 'TypeError: withLimits: set must be a limitSet, got [object Object]']
  ])('%p -> %s', (set, expected) => {
    expect(message(() => toLimitCell('withLimits: set', set))).toBe(expected)
  })

  it('a set -> its cell, the same each time', () => {
    const set = limitSet([place])()
    expect(toLimitCell('set', set)).toBe(toLimitCell('set', set))
  })
})
