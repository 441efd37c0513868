import { pipe } from 'fp-ts/lib/function.js'
import { exponential, fixed, limitElapsed, limitRetries, type RetryPolicy, withJitter } from 'reprise'
import type { Cause } from '../../../src/policy/Failure.js'
import { reach, type Reached } from '../../../src/policy/reach.js'

const failures: ReadonlyArray<Cause<unknown, unknown>> = [{ _tag: 'Failed', error: 'x' }]

describe('reach', () => {
  it.each<[string, RetryPolicy, Reached]>([
    [
      'a count',
      pipe(fixed(100), limitRetries(3)),
      { retries: 3, totalDelay: 300, delay: 100, endless: false }
    ],
    ['no limit', fixed(100), { retries: 1000, totalDelay: 100_000, delay: 100, endless: true }],
    // [50, 150] has room for one wait of 120, or for two of at least 50.
    [
      'a limit of time within the window',
      pipe(fixed(100), withJitter(0.5), limitElapsed(120)),
      { retries: 2, totalDelay: 120, delay: 120, endless: false }
    ],
    // The window is [0.75, 1.25] · 2^52. Above 2^52 there are no halves: the draw for 2^52 + 1 comes to 2^52 + 2.
    [
      'a wait that no draw comes to exactly -> the shortest',
      pipe(fixed(2 ** 52), withJitter(0.25), limitElapsed(2 ** 52 + 1)),
      { retries: 1, totalDelay: 3_377_699_720_527_872, delay: 3_377_699_720_527_872, endless: false }
    ],
    [
      'growth',
      pipe(exponential(1), limitRetries(10)),
      { retries: 10, totalDelay: 1023, delay: 512, endless: false }
    ]
  ])('%s', (_, policy, expected) => {
    expect(reach(policy, failures)).toEqual(expected)
  })
})
