// Limits. "Limit" is `limitRetries`: it counts retries, so limit 3 is 4 calls.
import { pipe } from 'fp-ts/lib/function.js'
import {
  delays,
  fixed,
  immediate,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  retryOn
} from 'reprise'
import { scenario } from 'reprise/testing'
import { ending } from '../support/play.js'
import { drive, replies, replyTo } from '../support/replies.js'

const limit = (count: number) => pipe(immediate, limitRetries(count))

describe('counts', () => {
  it('L-01 limit 2, status after 2 / 3 steps -> after 2: retry at 0; after 3: stop', () => {
    const { replies } = drive(limit(2), 3)
    expect(replies[1]).toBe(0)
    expect(replies[2]).toBe('Exhausted')
  })

  it('L-03 limit 0, function fails -> calls 1; the first error comes back', async () => {
    const { calls, result } = await scenario({ policy: limit(0), script: 'L', left: (n) => `error ${n}` })
    expect(calls).toBe(1)
    expect(ending(result)).toEqual(['Exhausted', 'error 1'])
  })

  it('L-04 limit 1, fail*1 ok -> calls 2, success', async () => {
    const { calls, result } = await scenario({ policy: limit(1), script: 'LR', right: () => 'ok' })
    expect(calls).toBe(2)
    expect(result).toEqual({ _tag: 'Right', right: 'ok' })
  })

  it('L-06 limit 3, always fails -> calls 4; fourth error returned', async () => {
    const { calls, result } = await scenario({ policy: limit(3), script: 'L', left: (n) => `error ${n}` })
    expect(calls).toBe(4)
    expect(ending(result)).toEqual(['Exhausted', 'error 4'])
  })

  it('L-07 limit 10, fail*4 ok -> calls 5, success value 5', async () => {
    const { calls, result } = await scenario({ policy: limit(10), script: 'LLLLR' })
    expect(calls).toBe(5)
    expect(result).toEqual({ _tag: 'Right', right: 5 })
  })

  it('L-10 limit 42 -> 42 repetitions', async () => {
    const { calls, waits } = await scenario({ policy: limit(42), script: 'L' })
    expect(calls).toBe(43)
    expect(waits).toHaveLength(42)
  })

  it('L-11 limit 2 with 10 further inputs offered -> stops after its own limit regardless', () => {
    expect(drive(limit(2), 12).replies).toEqual([0, 0, ...Array<string>(10).fill('Exhausted')])
  })

  it('L-13 unlimited retries, fail*5 ok -> calls 6', async () => {
    const { calls, result } = await scenario({ policy: immediate, script: 'LLLLLR' })
    expect(calls).toBe(6)
    expect(result).toEqual({ _tag: 'Right', right: 6 })
  })

  it('L-14 unlimited retries, non-retryable error at call 15 -> calls 15', async () => {
    const policy = pipe(
      immediate,
      retryOn((call: number) => call < 15)
    )
    const { calls, result } = await scenario({ policy, script: 'L', left: (call) => call })
    expect(calls).toBe(15)
    expect(ending(result)).toEqual(['NotRetryable', 15])
  })
})

describe('delays', () => {
  it.each([
    [99, [99, 99, 99]],
    [101, ['Exhausted']]
  ])('L-17 per-delay limit 100 over constant %d -> %j', (delay, expected) => {
    expect(replies(pipe(fixed(delay), limitDelay(100)), 3)).toEqual(expected)
  })

  it.each([
    [98, 98],
    [99, 99],
    [100, 100],
    [101, 'Exhausted']
  ])('L-19 cumulative limit 500, slept 400, next %d -> %s', (next, expected) => {
    expect(replies(pipe(delays([400, next]), limitTotalDelay(500)), 2)).toEqual([400, expected])
    expect(replyTo(pipe(fixed(next), limitTotalDelay(500)), { retry: 4, slept: 400 })).toBe(expected)
  })
})

describe('elapsed time', () => {
  it('L-23 elapsed limit 1 s, first step at elapsed 0 -> not finished', () => {
    expect(replyTo(pipe(immediate, limitElapsed('1s')), { elapsed: 0 })).toBe(0)
  })

  it('L-24 both limits (1 h, 1 time) -> the first exhausted one stops it', async () => {
    const policy = pipe(fixed(100), limitElapsed('1h'), limitRetries(1))
    expect(replies(policy, 5)).toEqual([100, 'Exhausted'])
    const { calls, elapsed } = await scenario({ policy, script: 'L' })
    expect({ calls, elapsed }).toEqual({ calls: 2, elapsed: 100 })
    // The other way about: one hour is over before 1000 retries.
    expect(replies(pipe(fixed('25m'), limitElapsed('1h'), limitRetries(1000)), 5)).toEqual([
      1500000,
      1500000,
      'Exhausted'
    ])
  })

  // "Exceeded" is the tag Exhausted.
  it('L-26 max total time 100, call 2 takes 120 -> calls 2, gives up', async () => {
    const policy = pipe(immediate, limitElapsed(100))
    const { calls, result, elapsed } = await scenario({ policy, script: 'L', duration: [0, 120] })
    expect({ calls, elapsed }).toEqual({ calls: 2, elapsed: 120 })
    expect(ending(result)).toEqual(['Exhausted', 2])
  })

  it('L-28 total time 100, first call takes 150 -> calls 1; the original error, not a timeout', async () => {
    const original = new Error('original')
    const policy = pipe(immediate, limitElapsed(100))
    const { calls, result } = await scenario({ policy, script: 'L', left: () => original, duration: 150 })
    expect(calls).toBe(1)
    expect(ending(result)[0]).toBe('Exhausted')
    expect(ending(result)[1]).toBe(original)
  })
})
