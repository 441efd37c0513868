import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  decorrelated,
  delays,
  exponential,
  fixed,
  immediate,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  never,
  retryOn,
  type RetryPolicy,
  when,
  withJitter
} from 'reprise'
import type { Cause } from '../../../src/policy/Failure.js'
import { reach, type Reached } from '../../../src/policy/reach.js'

type Figures = readonly [retries: number, totalDelay: number, delay: number, endless: boolean]

const longest = 9_007_199_254_740_991

const failure = (error: unknown): Cause<unknown, unknown> => ({ _tag: 'Failed', error })

const reached = ([retries, totalDelay, delay, endless]: Figures): Reached => ({
  retries,
  totalDelay,
  delay,
  endless
})

describe('reach', () => {
  it.each<[string, RetryPolicy, Figures]>([
    ['a count', pipe(fixed(100), limitRetries(3)), [3, 300, 100, false]],
    ['no limit', fixed(100), [1000, 100_000, 100, true]],
    ['growth', pipe(exponential(1), limitRetries(10)), [10, 1023, 512, false]],
    // The greatest draw is the last number below 1: 100 + u·200 rounds to 300, the next ones lie below 900 and 2700.
    ['waits that go by the last one', pipe(decorrelated(100), limitRetries(3)), [3, 3898, 2699, false]],
    [
      'a condition -> is told of no function',
      pipe(
        fixed(100),
        limitRetries(3),
        retryOn((_: unknown, { args, name }) => name === '' && args.length === 0)
      ),
      [3, 300, 100, false]
    ],
    // --- limits of time within a window
    // [50, 150] has room for one wait of 120, or for two of at least 50.
    ['one wait', pipe(fixed(100), withJitter(0.5), limitElapsed(120)), [2, 120, 120, false]],
    // 150 and 90, or four of 50.
    ['two waits', pipe(fixed(100), withJitter(0.5), limitElapsed(240)), [4, 240, 150, false]],
    [
      'a stage that ends the call, too',
      pipe(fixed(100), withJitter(0.5), limitElapsed(120), andThen(never)),
      [2, 120, 120, false]
    ],
    // The longer wait would be one of the second stage, which is too late.
    [
      'two stages',
      pipe(
        fixed(100),
        withJitter(0.5),
        limitElapsed(120),
        andThen(pipe(fixed(200), withJitter(0.5), limitElapsed(130)))
      ),
      [2, 120, 120, false]
    ],
    // The window is [0.75, 1.25] · 2^52. Above 2^52 there are no halves: the draw for 2^52 + 1 comes to 2^52 + 2.
    [
      'a wait that no draw comes to exactly -> the shortest',
      pipe(fixed(2 ** 52), withJitter(0.25), limitElapsed(2 ** 52 + 1)),
      [1, 3_377_699_720_527_872, 3_377_699_720_527_872, false]
    ],
    // --- far out
    ['a count that ends it later', pipe(fixed(100), limitRetries(1_000_000)), [1000, 100_000, 100, false]],
    ['a sum that ends it later', pipe(fixed(100), limitTotalDelay(2 ** 50)), [1000, 100_000, 100, false]],
    // 100, 50, 25, 12, 6, 3, 1, 0 …
    ['a sum that grows no more', pipe(exponential(100, 0.5), limitTotalDelay(1000)), [1000, 197, 100, true]],
    [
      'the count of a stage',
      pipe(fixed(100), limitRetries(3), andThen(pipe(fixed(10), limitRetries(1_000_000)))),
      [1000, 10_270, 100, false]
    ],
    [
      'the count of a stage that has just begun',
      pipe(fixed(100), limitRetries(999), andThen(pipe(fixed(10), limitRetries(1_000_000)))),
      [1000, 99_910, 100, false]
    ],
    [
      'a stage whose sum grows no more',
      pipe(delays([50]), andThen(pipe(exponential(100, 0.5), limitTotalDelay(1000)))),
      [1000, 247, 100, true]
    ],
    [
      'a stage that never begins, and one that has begun',
      pipe(fixed(100), andThen(never), both(pipe(never, andThen(fixed(100))))),
      [1000, 100_000, 100, true]
    ],
    // --- beyond what is counted exactly
    ['the longest time', pipe(fixed(longest), limitTotalDelay(longest)), [1, longest, longest, false]],
    [
      'a limit after more than that -> nobody knows',
      pipe(delays([longest, longest]), andThen(pipe(fixed(1), limitTotalDelay(5)))),
      [2, 2 * longest, longest, false]
    ]
  ])('%s', (_, policy, figures) => {
    expect(reach(policy, [failure('x')])).toEqual(reached(figures))
  })

  it.each<[string, RetryPolicy, Figures]>([
    // 'A' waits 10 times 100, which leaves no time for 900; after 900 there is time for 'A' once.
    [
      'the most retries by one, the longest wait by the other',
      pipe(delays([900]), limitElapsed(1000), when('A', pipe(fixed(100), limitElapsed(1000)))),
      [10, 1000, 900, false]
    ],
    // After 600 it is too late for the others.
    [
      'endless if one of them comes first',
      pipe(immediate, limitElapsed(500), when('A', delays([600]))),
      [1000, 600, 600, true]
    ]
  ])('two failures: %s', (_, policy, figures) => {
    expect(reach(policy, [failure({ _tag: 'A' }), failure('x')])).toEqual(reached(figures))
  })
})
