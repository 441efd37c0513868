import { pipe } from 'fp-ts/lib/function.js'
import {
  andThen,
  both,
  capDelay,
  delays,
  either,
  exponential,
  fixed,
  immediate,
  initialState,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  type RetryPolicy,
  simulate,
  step,
  waits,
  withJitter
} from 'reprise'
import { badCounts, badDurations, refuses } from '../../support/bad.js'

/** The waits between attempts that take this long each. */
const waitsOf = (policy: RetryPolicy, duration: number, count = 10): ReadonlyArray<number> =>
  simulate(
    policy,
    Array.from({ length: count }, () => ({ _tag: 'Failed', error: 'x', duration }) as const)
  ).flatMap((decision) => (decision._tag === 'Retry' ? [decision.delay] : []))

/** Does the policy go on after a first failure at this time, with this draw? */
const goesOn = (policy: RetryPolicy, elapsed: number, random = 0): boolean => {
  const input = { outcome: { _tag: 'Threw', error: 'x' }, elapsed, random } as const
  return step(policy)(initialState, input).decision._tag === 'Retry'
}

describe('limitRetries', () => {
  it.each<[string, RetryPolicy, number[]]>([
    ['0 -> one attempt', pipe(fixed(1), limitRetries(0)), []],
    ['1 -> two attempts', pipe(fixed(1), limitRetries(1)), [1]],
    ['3 -> four attempts', pipe(fixed(1), limitRetries(3)), [1, 1, 1]],
    ['3, then 2 -> 2', pipe(fixed(1), limitRetries(3), limitRetries(2)), [1, 1]],
    ['2, then 3 -> 2', pipe(fixed(1), limitRetries(2), limitRetries(3)), [1, 1]],
    ['3 of a list of 2 -> 2', pipe(delays([1, 2]), limitRetries(3)), [1, 2]],
    [
      'before andThen -> of the first stage',
      pipe(fixed(1), limitRetries(2), andThen(delays([5]))),
      [1, 1, 5]
    ],
    ['after andThen -> of all stages', pipe(delays([5, 5]), andThen(fixed(1)), limitRetries(3)), [5, 5, 1]],
    [
      'of a later stage -> counted from its start',
      pipe(delays([5]), andThen(pipe(fixed(1), limitRetries(2)))),
      [5, 1, 1]
    ],
    ['in both -> of all', pipe(fixed(1), both(pipe(immediate, limitRetries(2)))), [1, 1]],
    [
      'in either -> of its branch',
      pipe(fixed(2), limitRetries(4), either(pipe(fixed(1), limitRetries(2)))),
      [1, 1, 2, 2]
    ]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 6)).toEqual(expected)
  })

  refuses('limitRetries: count', badCounts, (count) => limitRetries(count))
})

describe('limitDelay', () => {
  it.each<[string, RetryPolicy, number[]]>([
    ['300 of 100, 200, 400 -> 100, 200', pipe(exponential(100), limitDelay(300)), [100, 200]],
    ['exactly at it -> allowed', pipe(exponential(100), limitDelay(400)), [100, 200, 400]],
    ["'0.3s', then 200 -> 200", pipe(exponential(100), limitDelay('0.3s'), limitDelay(200)), [100, 200]],
    [
      'a cap below it in the pipe -> no stop',
      pipe(exponential(100), limitDelay(300), capDelay(250)),
      [100, 200, 250, 250, 250]
    ],
    ['0 of 0 -> goes on', pipe(immediate, limitDelay(0)), [0, 0, 0, 0, 0]]
  ])('%s', (_, policy, expected) => {
    expect(waits(policy, 5)).toEqual(expected)
  })

  it('the wait that is drawn decides, not the window', () => {
    const policy = pipe(fixed(1000), withJitter('full'), limitDelay(500))
    expect([goesOn(policy, 0, 0.5), goesOn(policy, 0, 0.501)]).toEqual([true, false])
  })

  refuses('limitDelay: max', [...badDurations, [undefined, 'TypeError', 'undefined']], (max) =>
    limitDelay(max)
  )
})

describe('limitTotalDelay', () => {
  it.each<[string, RetryPolicy, number, number[]]>([
    [
      '300 of 100, 200, 400 -> 100, 200: exactly at it',
      pipe(exponential(100), limitTotalDelay(300)),
      0,
      [100, 200]
    ],
    ['299 -> 100', pipe(exponential(100), limitTotalDelay(299)), 0, [100]],
    [
      'the time of attempts -> does not count',
      pipe(exponential(100), limitTotalDelay(300)),
      5000,
      [100, 200]
    ],
    // 291.63… + 300 - 200 is less than 291.63… + 100.
    [
      'odd elapsed times -> exactly at it all the same',
      pipe(fixed(100), limitTotalDelay(300)),
      291.63169208815137,
      [100, 100, 100]
    ],
    [
      'a later stage -> counted from its start',
      pipe(delays([500]), andThen(pipe(fixed(100), limitTotalDelay(200)))),
      0,
      [500, 100, 100]
    ],
    [
      'all stages -> counted together',
      pipe(delays([500]), andThen(fixed(100)), limitTotalDelay(700)),
      0,
      [500, 100, 100]
    ]
  ])('%s', (_, policy, duration, expected) => {
    expect(waitsOf(policy, duration)).toEqual(expected)
  })

  refuses('limitTotalDelay: max', [...badDurations, [undefined, 'TypeError', 'undefined']], (max) =>
    limitTotalDelay(max)
  )
})

describe('limitElapsed', () => {
  it.each<[string, RetryPolicy, number, number[]]>([
    [
      '1000, attempts of 100, waits of 200 -> 3 waits: exactly at 900',
      pipe(fixed(200), limitElapsed(1000)),
      100,
      [200, 200, 200]
    ],
    ['900 -> the same: ending exactly at it', pipe(fixed(200), limitElapsed(900)), 100, [200, 200, 200]],
    ['899 -> one less', pipe(fixed(200), limitElapsed(899)), 100, [200, 200]],
    [
      'after andThen -> from the first attempt on',
      pipe(delays([500]), andThen(pipe(fixed(100), limitElapsed(700)))),
      0,
      [500, 100, 100]
    ],
    [
      'before andThen -> changes over',
      pipe(fixed(400), limitElapsed(1000), andThen(delays([50]))),
      0,
      [400, 400, 50]
    ]
  ])('%s', (_, policy, duration, expected) => {
    expect(waitsOf(policy, duration)).toEqual(expected)
  })

  it('the window is never cut -> only what is drawn too long stops', () => {
    const policy = pipe(fixed(1000), withJitter('full'), limitElapsed(500))
    const [short] = [
      step(policy)(initialState, { outcome: { _tag: 'Threw', error: 1 }, elapsed: 100, random: 0.25 })
    ]
    expect(short.decision).toMatchObject({ delay: 250, from: 0, to: 1000, latest: 500 })
    expect([goesOn(policy, 100, 0.4), goesOn(policy, 100, 0.401)]).toEqual([true, false])
  })

  refuses('limitElapsed: max', [...badDurations, [undefined, 'TypeError', 'undefined']], (max) =>
    limitElapsed(max)
  )
})
