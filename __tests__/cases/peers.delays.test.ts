// Delay tables. "Constant" and "spaced" are `fixed`; the status is the state of `step`: `retry` (n), `slept`,
// `drawn`.
import fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import {
  capDelay,
  custom,
  decorrelated,
  delays,
  exponential,
  fibonacci,
  fixed,
  immediate,
  linear,
  mapDelay,
  type RetryPolicy,
  type StepState,
  waits
} from 'reprise'
import { drive, moments, replies, replyTo } from '../support/replies.js'

const most = 9007199254740991 // 2^53 - 1
const statuses: ReadonlyArray<Partial<StepState>> = [
  {},
  { slept: 123456, drawn: 7, delay: 7 },
  { slept: 0, drawn: 99999.5, delay: 99999 },
  { slept: most, drawn: most, delay: most }
]

describe('growth', () => {
  it('D-01 constant 2, five steps -> 2 each time, slept 10, n = 5', () => {
    const { replies, state } = drive(fixed(2), 5)
    expect(replies).toEqual([2, 2, 2, 2, 2])
    expect(state).toMatchObject({ retry: 5, slept: 10 })
  })

  it('D-02 constant 1000, any status -> always retry after 1000', () => {
    for (const status of statuses)
      for (const retry of [0, 1, 7, 5000, 1e9])
        for (const elapsed of [0, 1, 1e12])
          expect(replyTo(fixed(1000), { ...status, retry, elapsed, random: 0.9 })).toBe(1000)
  })

  it('D-04 spaced 1000, 5 inputs -> 1000 five times', () => {
    expect(replies(fixed(1000), 5)).toEqual([1000, 1000, 1000, 1000, 1000])
  })

  it('D-05 spaced 100, elapsed at each of 5 steps -> 0, 100, 200, 300, 400', () => {
    expect(moments(fixed(100), 5)).toEqual([0, 100, 200, 300, 400])
  })

  it('D-07 exponential 100, n = 0..3 -> 100, 200, 400, 800', () => {
    expect(waits(exponential(100), 4)).toEqual([100, 200, 400, 800])
  })

  it.each(statuses)('D-08 exponential 100, n = 0..3, other status %j -> 100, 200, 400, 800', (status) => {
    const delay = (retry: number) => replyTo(exponential(100), { ...status, retry })
    expect([0, 1, 2, 3].map(delay)).toEqual([100, 200, 400, 800])
  })

  it('D-10 exponential 100 factor 2, elapsed at 5 steps -> 0, 100, 300, 700, 1500', () => {
    expect(moments(exponential(100, 2), 5)).toEqual([0, 100, 300, 700, 1500])
  })

  it('D-11 exponential 100 factor 3, elapsed at 5 steps -> 0, 100, 400, 1300, 4000', () => {
    expect(moments(exponential(100, 3), 5)).toEqual([0, 100, 400, 1300, 4000])
    expect(waits(exponential(100, 3), 4)).toEqual([100, 300, 900, 2700])
  })

  it('D-20 fibonacci 100, n = 0..7 -> 100, 100, 200, 300, 500, 800, 1300, 2100', () => {
    expect(waits(fibonacci(100), 8)).toEqual([100, 100, 200, 300, 500, 800, 1300, 2100])
  })

  it('D-21 fibonacci 100, elapsed at 5 steps -> 0, 100, 200, 400, 700', () => {
    expect(moments(fibonacci(100), 5)).toEqual([0, 100, 200, 400, 700])
  })

  // The numbers themselves are not exported: the k-th wait of fibonacci(1) is fib(k), so fib(0) has no wait.
  it('D-23 fib(1..7), fib(75) -> 1 1 2 3 5 8 13; 2111485077978050', () => {
    const fib = waits(fibonacci(1), 75)
    expect(fib.slice(0, 7)).toEqual([1, 1, 2, 3, 5, 8, 13])
    expect(fib[74]).toBe(2111485077978050)
  })

  // The range here is 2^53 - 1, left after fib(78) and not fib(92).
  it('D-24 fibonacci beyond the number range -> saturates at the maximum, never negative', () => {
    const fib = waits(fibonacci(1), 2000)
    expect(fib).toHaveLength(2000)
    expect(fib[77]).toBe(8944394323791464)
    expect(new Set(fib.slice(78))).toEqual(new Set([9007199254740991]))
  })

  it('D-26 linear 100, each delay doubled by a modifier, elapsed -> 0, 200, 600, 1200, 2000', () => {
    const doubled = pipe(
      linear(100),
      mapDelay('double', (delay) => delay * 2)
    )
    expect(moments(doubled, 5)).toEqual([0, 200, 600, 1200, 2000])
  })

  it('D-27 explicit list 4, 7, 12, 19 s, elapsed at 5 steps -> 0, 4, 11, 23, 42 s', () => {
    expect(moments(delays(['4s', '7s', '12s', '19s']), 5)).toEqual([0, 4000, 11000, 23000, 42000])
  })

  it('D-39 exponential, any base in 0..max, 1000 steps -> no delay is negative', () => {
    const notNegative = (base: number) => {
      const all = waits(exponential(base), 1000)
      expect(all).toHaveLength(1000)
      expect(all.filter((delay) => !(delay >= 0))).toEqual([])
    }
    for (const base of [0, 1, 2 ** 31, 2 ** 52, most]) notNegative(base)
    fc.assert(fc.property(fc.integer({ min: 0, max: most }), notNegative), { seed: 39, numRuns: 20 })
  })

  it('D-41 any built-in schedule, any base, any status -> delay <= the largest representable', () => {
    const schedules = [
      exponential,
      (base: number) => exponential(base, 1e9),
      (base: number) => linear(base, most),
      fixed,
      fibonacci,
      decorrelated,
      (base: number) => delays([base, base, base]),
      () => immediate
    ]
    const natural = fc.integer({ min: 0, max: most })
    fc.assert(
      fc.property(
        fc.constantFrom(...schedules),
        natural,
        fc.record({ retry: natural, slept: natural, drawn: fc.option(natural), delay: fc.option(natural) }),
        natural,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (schedule, base, status, elapsed, random) => {
          const reply = replyTo(schedule(base), { ...status, elapsed, random })
          // Lists of three stop: everything else has a wait.
          if (reply === 'Exhausted') return
          expect(Number.isSafeInteger(reply)).toBe(true)
          expect(reply).toBeGreaterThanOrEqual(0)
        }
      ),
      { seed: 41, numRuns: 500 }
    )
  })

  it('D-42 one-shot duration 1000 -> [1000, stop]', () => {
    expect(replies(delays([1000]), 5)).toEqual([1000, 'Exhausted'])
  })
})

describe('caps', () => {
  it('D-16 exponential 128, cap 30000, 11 steps -> 128 ... 16384, 30000, 30000, 30000', () => {
    expect(waits(pipe(exponential(128), capDelay(30000)), 11)).toEqual([
      128, 256, 512, 1024, 2048, 4096, 8192, 16384, 30000, 30000, 30000
    ])
  })

  it('D-17 exponential 2 s factor 2 cap 30 s, 5 steps -> 2, 4, 8, 16, 30 s', () => {
    expect(waits(pipe(exponential('2s', 2), capDelay('30s')), 5)).toEqual([2000, 4000, 8000, 16000, 30000])
  })

  it('D-32 cap 3 over delay n+1, four steps -> 1, 2, 3, 3 (sum 9)', () => {
    const { replies, state } = drive(pipe(linear(1), capDelay(3)), 4)
    expect(replies).toEqual([1, 2, 3, 3])
    expect(state.slept).toBe(9)
  })

  // The other two are where scaling the window into the cap could round below it.
  it.each([
    [100, 101, 100],
    [100, 99, 99],
    [15, 22, 15],
    [1, 49, 1]
  ])('D-33 cap %d over constant %d -> %d', (cap, delay, expected) => {
    expect(waits(pipe(fixed(delay), capDelay(cap)), 3)).toEqual([expected, expected, expected])
  })

  it('D-35 cap 50 below base 200 -> the cap wins', () => {
    expect(waits(pipe(exponential(200), capDelay(50)), 3)).toEqual([50, 50, 50])
  })

  it('D-36 cap c over any growing schedule, 100 steps, any c >= 1 -> no delay exceeds c', () => {
    const growing: ReadonlyArray<(base: number) => RetryPolicy> = [
      exponential,
      (base) => exponential(base, 1.1),
      linear,
      fibonacci,
      decorrelated,
      (base) => custom('cubes', ({ retry }) => Math.min(base * retry ** 3, most))
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...growing),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer(),
        (schedule, base, cap, seed) => {
          const all = waits(pipe(schedule(base), capDelay(cap)), 100, seed)
          expect(all).toHaveLength(100)
          expect(all.filter((delay) => !(delay <= cap))).toEqual([])
        }
      ),
      { seed: 36 }
    )
  })

  it('D-38 cap alone -> never stops: exponential + cap retries for ever at the cap', () => {
    const all = waits(pipe(exponential(100), capDelay(500)), 10000)
    expect(all).toHaveLength(10000)
    expect(all.slice(0, 3)).toEqual([100, 200, 400])
    expect(new Set(all.slice(3))).toEqual(new Set([500]))
  })
})
