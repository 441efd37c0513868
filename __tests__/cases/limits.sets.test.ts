// The rows of limits: L1 to L17 and L21 to L34. Differences that the design decides: overspend is charged to the next
// grants (L10, L15), an unknown key is an error (L11, L12), fractions are allowed where they can be counted (L26).
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  callLimit,
  type Limit,
  type LimitAlgorithm,
  limitSet,
  type Permit,
  rateLimit,
  resourceLimit,
  withEnv,
  withLimits,
  withSignal,
  withTimeout
} from 'reprise'
import { virtualClock } from 'reprise/testing'
import { thrown } from '../support/bad.js'
import { pause } from '../support/resources.js'
import { start } from '../support/task.js'

const granted = <L extends Limit>(result: E.Either<unknown, Permit<L>>): Permit<L> => {
  if (result._tag === 'Left') throw new Error(`refused: ${JSON.stringify(result.left)}`)
  return result.right
}

const tokens = (capacity: number, per: number, algorithm: LimitAlgorithm = 'tokenBucket') => {
  const clock = virtualClock()
  const set = limitSet([rateLimit({ key: 'tokens', capacity, per, algorithm })], { clock })()
  return { clock, set, takes: (amount: number) => set.tryAcquire({ tokens: amount })()._tag === 'Right' }
}

const conn = (key: string, capacity = 1) => resourceLimit({ key, capacity })
const calls = callLimit({ capacity: 5, per: '1s' })
const twoRates = [
  rateLimit({ key: 'in', capacity: 100, per: '1s' }),
  rateLimit({ key: 'out', capacity: 100, per: '1s' })
] as const

// --- requests and reports

it('L1 two limits, same key -> error', () => {
  expect(() => limitSet([conn('a'), calls, conn('a')])).toThrow(
    new TypeError("limitSet: limits must have a key each, got 'a' twice")
  )
})

it('L2 acquire() with call + resource -> both requested 1', async () => {
  const set = limitSet([calls, conn('conn', 3)], { clock: virtualClock() })()
  expect(granted(await set.acquire()()).granted).toEqual({ calls: 1, conn: 1 })
  expect(set.available()).toEqual({ calls: 4, conn: 2 })
})

it('L3 acquire() with a rate limit in the set -> error that names it', () => {
  const { set } = tokens(10, 1000)
  const untyped = set.acquire as unknown as () => unknown
  expect(() => untyped()).toThrow(
    new TypeError('acquire: request.tokens must be a number >= 0, got undefined')
  )
})

it('L4 conn1 taken; tryAcquire both -> unsuccessful and conn2 untouched; after release successful', () => {
  const set = limitSet([conn('conn1'), conn('conn2')])()
  const first = granted(set.tryAcquire({ conn1: 1, conn2: 0 })())
  const both = set.tryAcquire({ conn1: 1, conn2: 1 })
  expect(both()).toMatchObject({ _tag: 'Left', left: { key: 'conn1', reason: 'notNow' } })
  expect(set.available()).toEqual({ conn1: 0, conn2: 1 })
  first.release()
  granted(both())
  expect(set.available()).toEqual({ conn1: 0, conn2: 0 })
})

it('L5 rate 100 requested, 80 reported -> no error; 20 come back', () => {
  const { set } = tokens(100, 1000)
  const permit = granted(set.tryAcquire({ tokens: 100 })())
  permit.report({ tokens: 80 })
  permit.release()
  expect(set.available()).toEqual({ tokens: 20 })
})

it('L6 two rate limits, one not reported -> error on release; both count as used in full', async () => {
  const set = limitSet(twoRates, { clock: virtualClock() })()
  const permit = granted(set.tryAcquire({ in: 10, out: 20 })())
  permit.report({ in: 5 })
  expect(() => permit.release()).toThrow(
    new TypeError('release: usage must name all rates that were asked for, or none: out')
  )
  expect(set.available()).toEqual({ in: 90, out: 80 })

  // One that was not asked for need not be reported, and one after the other will do.
  const alone = granted(set.tryAcquire({ in: 10, out: 0 })())
  alone.report({ in: 5 })
  alone.release()
  const both = granted(set.tryAcquire({ in: 10, out: 20 })())
  both.report({ in: 5 })
  both.report({ out: 5 })
  both.release()
  expect(set.available()).toEqual({ in: 80, out: 75 })
})

it('L7 resource or implicit call, nothing reported -> no error', async () => {
  const set = limitSet([calls, conn('conn'), ...twoRates])()
  const permit = granted(await set.acquire({ in: 1, out: 1 })())
  expect(() => permit.release()).not.toThrow()
  expect(set.available().conn).toBe(1)
})

it('L8 cap 1 held, acquire timeout 0.1 -> TimedOut at 100; or LimitExceeded, where the set says how long', async () => {
  const clock = virtualClock()
  const waiting = limitSet([conn('conn')], { clock })()
  const limited = limitSet([conn('conn')], { clock, maxWait: '0.1s' })()
  granted(waiting.tryAcquire()())
  granted(limited.tryAcquire()())
  const timed = start(pipe(waiting.acquire(), withTimeout('0.1s'), withEnv({ clock })), clock)
  const refused = start(limited.acquire(), clock)
  await clock.runAll()
  expect(timed).toMatchObject([{ at: 100, result: { left: { _tag: 'TimedOut' } } }])
  expect(refused).toMatchObject([{ at: 100, result: { left: { reason: 'waitedTooLong', waited: 100 } } }])
})

it('L9 failed tryAcquire -> no error, no success, nothing to release', () => {
  const set = limitSet([conn('conn')])()
  const first = granted(set.tryAcquire()())
  const second = set.tryAcquire()()
  expect(E.isRight(second)).toBe(false)
  first.release()
  expect(set.available()).toEqual({ conn: 1 })
})

it('L10 report after release -> error', () => {
  const { set } = tokens(10, 1000)
  const permit = granted(set.tryAcquire({ tokens: 5 })())
  permit.release()
  expect(() => permit.report({ tokens: 1 })).toThrow('already released')
  expect(set.available()).toEqual({ tokens: 5 })
})

it('L11 unknown key requested twice -> an error each time that lists what there is; nothing taken', () => {
  const set = limitSet([calls, conn('conn')], { clock: virtualClock() })()
  const request = { nope: 1, conn: 1 } as never
  for (let i = 0; i < 2; i++)
    expect(() => set.tryAcquire(request)).toThrow(
      new TypeError('tryAcquire: request names no limit of the set: nope; there are calls, conn')
    )
  expect(set.available()).toEqual({ calls: 5, conn: 1 })
})

it('L12 all keys unknown -> an error', () => {
  const set = limitSet([calls, conn('conn'), ...twoRates])()
  expect(() => set.acquire({ nope: 1 } as never)).toThrow('names no limit of the set: nope')
  expect(() => set.use({ nope: 1 } as never)).toThrow('names no limit of the set: nope')
  expect(() => withLimits(set, { nope: 1 } as never)).toThrow('names no limit of the set: nope')
})

it('L13 request 1500 of 1000 -> immediate refusal, no wait', async () => {
  const { clock, set } = tokens(1000, 60_000)
  const ends = start(set.acquire({ tokens: 1500 }), clock)
  await clock.advance(0)
  expect(ends).toMatchObject([
    { at: 0, result: { left: { reason: 'aboveCapacity', requested: 1500, capacity: 1000 } } }
  ])
  expect(set.available()).toEqual({ tokens: 1000 })
})

it.each([
  ['implicit 1', undefined, 0, 'RangeError: report: usage.calls must be …, got 0'],
  ['implicit 1', undefined, 1, 'nothing'],
  ['implicit 1', undefined, 2, 'RangeError: report: usage.calls must be …, got 2'],
  ['explicit 5', 5, 0, 'nothing'],
  ['explicit 5', 5, 3, 'nothing'],
  ['explicit 5', 5, 5, 'nothing'],
  ['explicit 5', 5, -1, 'RangeError: report: usage.calls must be …, got -1']
])('L14 call limit: %s, asked for %p, used %d -> throws %s', (_, asked, used, expected) => {
  const set = limitSet([calls], { clock: virtualClock() })()
  const permit = granted(set.tryAcquire(asked === undefined ? {} : { calls: asked })())
  expect(thrown(() => permit.report({ calls: used }))).toBe(expected)
  permit.release()
  const counted = expected === 'nothing' ? used : (asked ?? 1)
  expect(set.available()).toEqual({ calls: 5 - counted })
})

it('L15 used 11 of 10 -> no error; the next one waits for it', async () => {
  const { clock, set } = tokens(10, 1000)
  const permit = granted(set.tryAcquire({ tokens: 10 })())
  permit.report({ tokens: 11 })
  permit.release()
  expect(set.available()).toEqual({ tokens: -1 })
  const ends = start(set.acquire({ tokens: 1 }), clock)
  await clock.runAll()
  expect(ends.map(({ at }) => at)).toEqual([200])
})

it('L16 resource capacity 0 -> error', () => {
  expect(() => conn('conn', 0)).toThrow(
    new RangeError('resourceLimit: capacity must be a whole number >= 1, got 0')
  )
})

it('L17 empty set -> always succeeds, nothing acquired', async () => {
  const set = limitSet([])()
  const permits = await Promise.all(Array.from({ length: 100 }, () => set.acquire()()))
  expect(permits.map((each) => granted(each).granted)).toEqual(Array(100).fill({}))
  expect(await pipe(async () => 1, withLimits(set))()).toEqual(E.right(1))
})

// --- algorithms

it('L21 token bucket 10/s cap 20: take 20, then 1; wait 0.5 s, take 5, then 1 -> ok, refused; ok, refused', async () => {
  const { clock, takes } = tokens(20, 2000)
  expect([takes(20), takes(1)]).toEqual([true, false])
  await clock.advance(500)
  expect([takes(5), takes(1)]).toEqual([true, false])
})

it('L22 leaky 10/s cap 10: fill 10, +1; wait 0.2 s -> refused; less than 10 in it', async () => {
  const { clock, set, takes } = tokens(10, 1000, 'leakyBucket')
  expect([takes(10), takes(1)]).toEqual([true, false])
  await clock.advance(200)
  expect(set.available()).toEqual({ tokens: 2 })
  expect([takes(2), takes(1)]).toEqual([true, false])
})

it('L23 sliding 10 per 1 s: 5 at 0, 5 at 0.5 s -> the window holds 10', async () => {
  const { clock, set, takes } = tokens(10, 1000, 'slidingWindow')
  expect(takes(5)).toBe(true)
  await clock.advance(500)
  expect([takes(5), takes(1), set.available().tokens]).toEqual([true, false, 0])
  await clock.advance(499)
  expect(takes(1)).toBe(false)
  await clock.advance(1)
  expect([takes(5), takes(1)]).toEqual([true, false])
})

it('L24 fixed 10 per 0.5 s: 10, +1, wait 0.6, 10 -> ok, refused, ok', async () => {
  const { clock, takes } = tokens(10, 500, 'fixedWindow')
  expect([takes(10), takes(1)]).toEqual([true, false])
  await clock.advance(600)
  expect(takes(10)).toBe(true)
})

it.each(['tokenBucket', 'gcra', 'leakyBucket', 'slidingWindow', 'fixedWindow'] as const)(
  'L25 fractional 0.0001 cap, %s: take 0.0001 / 0.001 -> ok / refused',
  (algorithm) => {
    const { takes } = tokens(0.0001, 1000, algorithm)
    expect(takes(0.001)).toBe(false)
    expect(takes(0.0001)).toBe(true)
    expect(takes(0.0001)).toBe(false)
  }
)

it('L26 fractional request -> counted by every algorithm of a rate; an error for calls and resources, which cannot', () => {
  for (const algorithm of ['leakyBucket', 'slidingWindow', 'fixedWindow'] as const) {
    const { takes } = tokens(1, 1000, algorithm)
    expect(Array.from({ length: 11 }, () => takes(0.1))).toEqual([...Array<boolean>(10).fill(true), false])
  }
  const set = limitSet([calls, conn('conn', 5)])()
  expect(() => set.acquire({ calls: 0.5 })).toThrow(
    new RangeError(
      'acquire: request.calls must be a whole number: only a rateLimit counts fractions, got 0.5'
    )
  )
  expect(() => set.acquire({ conn: 1.5 })).toThrow('only a rateLimit counts fractions')
})

it('L27 capacity 0, negative, NaN / inf -> rejected / unlimited', async () => {
  for (const capacity of [0, -1, NaN])
    expect(() => rateLimit({ key: 'a', capacity, per: '1s' })).toThrow(
      new RangeError(`rateLimit: capacity must be a number > 0, got ${capacity}`)
    )
  const { set, takes } = tokens(Infinity, 1000)
  expect(Array.from({ length: 1000 }, () => takes(1e300)).every(Boolean)).toBe(true)
  expect(set.available()).toEqual({ tokens: Infinity })
  const places = limitSet([conn('conn', Infinity), callLimit({ capacity: Infinity, per: '1s' })])()
  for (let i = 0; i < 1000; i++) granted(places.tryAcquire()())
})

it.each([
  [500, 500],
  ['250ms', 250],
  ['1s', 1000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['24h', 86_400_000]
] as const)('L28 a window of %p -> %d ms', (per, expected) => {
  expect(rateLimit({ key: 'a', capacity: 1, per }).per).toBe(expected)
})

it('L28 both window and per, or a spelling that there is not -> error', () => {
  const both = { key: 'a', capacity: 1, per: '1s', window: '1s' } as const
  expect(() => rateLimit(both)).toThrow("there is no option 'window'")
  expect(() => rateLimit({ key: 'a', capacity: 1, per: 'minute' as never })).toThrow(
    new RangeError(`rateLimit: per must be milliseconds >= 0 or a text like '2s', got "minute"`)
  )
})

// --- sharing

it('L29 waiter cancelled while waiting, then holder releases -> next acquire succeeds', async () => {
  const clock = virtualClock()
  const set = limitSet([conn('conn')], { clock })()
  const holder = granted(set.tryAcquire()())
  const controller = new AbortController()
  const waiter = start(pipe(set.acquire(), withSignal(controller.signal), withEnv({ clock })), clock)
  const behind = start(set.acquire(), clock)
  controller.abort()
  await clock.advance(0)
  expect(waiter).toMatchObject([{ result: { left: { _tag: 'Aborted' } } }])
  holder.release()
  await clock.advance(0)
  granted(behind[0]!.result).release()
  granted(set.tryAcquire()())
})

it('L30 body throws, scope released -> next acquire succeeds', async () => {
  const set = limitSet([conn('conn')])()
  const error = new Error('boom')
  const thrower = (): Promise<never> => {
    throw error
  }
  expect(await set.use()(thrower)()).toEqual(E.left(error))
  expect(await pipe(thrower, withLimits(set))()).toEqual(E.left(error))
  granted(set.tryAcquire()())
})

/** Holders of so many milliseconds each; gives when each began and ended, and the most that were there at once. */
const holders = async (capacity: number, count: number, hold: number) => {
  const clock = virtualClock()
  const set = limitSet([conn('conn', capacity)])()
  let [inside, most] = [0, 0]
  const work = async (_: number) => {
    const began = clock.now()
    inside += 1
    most = Math.max(most, inside)
    await pause(clock, hold)
    inside -= 1
    return began
  }
  const limited = pipe(work, withLimits(set), withEnv({ clock }))
  const ends = Array.from({ length: count }, (_, i) => start(limited(i), clock))
  await clock.runAll()
  return { times: ends.flat().map(({ at, result }) => [E.isRight(result) && result.right, at]), most, set }
}

it('L31 cap 5, ten async holders of 0.1 s -> all complete, no deadlock', async () => {
  const { times, set } = await holders(5, 10, 100)
  expect(times).toEqual([...Array(5).fill([0, 100]), ...Array(5).fill([100, 200])])
  expect(set.available()).toEqual({ conn: 5 })
})

it('L32 cap 2, eight holders of 0.1 s -> all served, in 0.4 s', async () => {
  const { times } = await holders(2, 8, 100)
  expect(times.map(([, at]) => at)).toEqual([100, 100, 200, 200, 300, 300, 400, 400])
})

it('L33 cap 2, four holders of 1 s -> the second wave waits 1 s, 2 s in all', async () => {
  const { times } = await holders(2, 4, 1000)
  expect(times).toEqual([
    [0, 1000],
    [0, 1000],
    [1000, 2000],
    [1000, 2000]
  ])
})

it('L34 cap 3, six holders, event timeline -> never more than 3 at once', async () => {
  const { most, times } = await holders(3, 6, 250)
  expect(most).toBe(3)
  expect(times).toHaveLength(6)
})
