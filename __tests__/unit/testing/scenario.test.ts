import { pipe } from 'fp-ts/lib/function.js'
import { decorrelated, exponential, fixed, limitRetries, never, retryOn, withJitter } from 'reprise'
import { scenario } from 'reprise/testing'

describe('scenario', () => {
  it('LLR, 5 retries -> two waits, then the result', async () => {
    const { calls, waits, result, elapsed } = await scenario({
      policy: pipe(exponential(100), limitRetries(5)),
      script: 'LLR'
    })
    expect({ calls, waits, result, elapsed }).toEqual({
      calls: 3,
      waits: [100, 200],
      result: { _tag: 'Right', right: 3 },
      elapsed: 300
    })
  })

  it('L, 1 retry -> Exhausted, with both failures', async () => {
    const { calls, waits, result } = await scenario({ policy: pipe(fixed(50), limitRetries(1)), script: 'L' })
    expect({ calls, waits }).toEqual({ calls: 2, waits: [50] })
    expect(result).toMatchObject({
      _tag: 'Left',
      left: {
        _tag: 'Exhausted',
        attempts: 2,
        failures: [
          { error: 1, delay: 50 },
          { error: 2, delay: undefined }
        ]
      }
    })
  })

  it('T -> Threw, judged as any failure', async () => {
    const { calls, result } = await scenario({
      policy: pipe(fixed(50), retryOn('A')),
      script: 'T',
      thrown: () => 'odd'
    })
    expect(calls).toBe(1)
    expect(result).toMatchObject({
      left: { _tag: 'NotRetryable', failures: [{ _tag: 'Threw', error: 'odd' }] }
    })
  })

  it('events -> in order, with what they hold', async () => {
    const { events } = await scenario({ policy: fixed(50), script: 'LR', duration: 10 })
    expect(events.map(({ _tag, attempt, elapsed }) => [_tag, attempt, elapsed])).toEqual([
      ['AttemptStarted', 1, 0],
      ['AttemptFailed', 1, 10],
      ['RetryScheduled', 1, 10],
      ['AttemptStarted', 2, 60],
      ['Succeeded', 2, 70]
    ])
  })

  it('durations -> on the virtual clock', async () => {
    const { elapsed } = await scenario({ policy: fixed(50), script: 'LLR', duration: [1000, 200] })
    expect(elapsed).toBe(1000 + 50 + 200 + 50 + 200)
  })

  it('a seed -> the same waits; none -> that of 0', async () => {
    const policy = pipe(fixed(1000), withJitter('full'), limitRetries(3))
    const [one, again, other, none, zero] = await Promise.all(
      [7, 7, 8, undefined, 0].map((random) =>
        scenario({ policy, script: 'L', ...(random !== undefined && { random }) })
      )
    )
    expect(again!.waits).toEqual(one!.waits)
    expect(other!.waits).not.toEqual(one!.waits)
    expect(none!.waits).toEqual(zero!.waits)
  })

  it('numbers of your own -> the draws', async () => {
    const draws = [0.5, 0]
    const { waits } = await scenario({
      policy: pipe(decorrelated(100), limitRetries(2)),
      script: 'L',
      random: () => draws.shift() ?? 0
    })
    expect(waits).toEqual([200, 100])
  })

  it('left and right of your own -> the error and the result', async () => {
    const { result } = await scenario({
      policy: never,
      script: 'L',
      left: (call): string => `failure ${call}`,
      right: (call): number => call
    })
    expect(result).toMatchObject({ left: { failures: [{ error: 'failure 1' }] } })
  })

  it('P -> Error: the call does not end', async () => {
    await expect(scenario({ policy: fixed(1), script: 'LP' })).rejects.toEqual(
      new Error('scenario: the call does not end (2 calls)')
    )
  })

  it('a bad script -> RangeError', async () => {
    await expect(scenario({ policy: fixed(1), script: 'X' })).rejects.toThrow(
      /^scripted: script must be .*"X"$/
    )
  })
})
