import { pipe } from 'fp-ts/lib/function.js'
import {
  capDelay,
  type CircuitBreakerOptions,
  custom,
  delays,
  exponential,
  fixed,
  initialState,
  limitElapsed,
  limitRetries,
  never,
  retryOn,
  type RetryPolicy,
  withJitter
} from 'reprise'
import { type BreakerPlan, toPlan } from '../../../src/resource/BreakerOptions.js'
import { badCounts, badDurations, message, refuses } from '../../support/bad.js'

const row = { consecutiveFailures: 3 } as const
const ratios = { failureRatio: 0.5 } as const

const without = ({ reopen: _, ...rest }: BreakerPlan): object => rest

describe('toPlan', () => {
  const rest = { trials: 1, failOn: undefined, observer: undefined, clock: undefined }

  it.each<[string, CircuitBreakerOptions, object]>([
    [
      'failures in a row',
      row,
      { window: { _tag: 'row' }, least: 3, failureRatio: 1, slowRatio: 1, slowAfter: Infinity }
    ],
    [
      'the last 20 calls -> a minimum of 20',
      { countWindow: 20, ...ratios },
      { window: { _tag: 'count', size: 20 }, least: 20, failureRatio: 0.5, slowRatio: 1, slowAfter: Infinity }
    ],
    [
      'the last 500 calls -> a minimum of 100',
      { countWindow: 500, slowRatio: 0, slowAfter: '2s' },
      { window: { _tag: 'count', size: 500 }, least: 100, failureRatio: 1, slowRatio: 0, slowAfter: 2000 }
    ],
    [
      'the last 30 s -> buckets of 3 s, a minimum of 100',
      { timeWindow: '30s', ...ratios },
      {
        window: { _tag: 'time', width: 3000 },
        least: 100,
        failureRatio: 0.5,
        slowRatio: 1,
        slowAfter: Infinity
      }
    ],
    [
      'a minimum of one’s own',
      { timeWindow: 100, ...ratios, minimumCalls: 7 },
      { window: { _tag: 'time', width: 10 }, least: 7, failureRatio: 0.5, slowRatio: 1, slowAfter: Infinity }
    ]
  ])('%s', (_, options, expected) => {
    expect(without(toPlan(options))).toEqual({ ...expected, ...rest })
  })

  it('the longest window of calls -> taken', () => {
    expect(toPlan({ countWindow: 10_000, ...ratios }).window).toEqual({ _tag: 'count', size: 10_000 })
  })

  it('a clock of which only the time is used -> taken', () => {
    expect(toPlan({ ...row, clock: { now: () => 7 } as never }).clock?.now()).toBe(7)
  })

  it('trials, failOn, observer -> as they are', () => {
    const observer = (): void => undefined
    expect(toPlan({ ...row, trials: 4, failOn: 'E', observer })).toMatchObject({
      trials: 4,
      failOn: { _tag: 'named', name: 'E' },
      observer
    })
  })

  refuses(
    'circuitBreaker: consecutiveFailures',
    [[0, 'RangeError', '0'], ...badCounts.filter(([input]) => input !== undefined)],
    (input) => toPlan({ consecutiveFailures: input })
  )
  refuses(
    'circuitBreaker: countWindow',
    [
      [0, 'RangeError', '0'],
      [10_001, 'RangeError', '10001']
    ],
    (input) => toPlan({ countWindow: input, ...ratios })
  )
  refuses('circuitBreaker: timeWindow', [[0, 'RangeError', '0'], ...badDurations], (input) =>
    toPlan({ timeWindow: input, ...ratios })
  )
  refuses(
    'circuitBreaker: failureRatio',
    [
      [-0.1, 'RangeError', '-0.1'],
      [1, 'RangeError', '1'],
      [NaN, 'RangeError', 'NaN'],
      ['0.5', 'RangeError', '"0.5"'],
      [null, 'TypeError', 'null']
    ],
    (input) => toPlan({ countWindow: 5, failureRatio: input })
  )
  refuses(
    'circuitBreaker: slowRatio',
    [
      [1.5, 'RangeError', '1.5'],
      [null, 'TypeError', 'null']
    ],
    (input) => toPlan({ countWindow: 5, slowRatio: input, slowAfter: 100 })
  )
  refuses(
    'circuitBreaker: slowAfter',
    [[undefined, 'TypeError', 'undefined'], ...badDurations.filter(([input]) => input !== null)],
    (input) => toPlan({ countWindow: 5, slowRatio: 0.5, slowAfter: input })
  )
  refuses(
    'circuitBreaker: minimumCalls',
    [
      [0, 'RangeError', '0'],
      [6, 'RangeError', '6']
    ],
    (input) => toPlan({ countWindow: 5, ...ratios, minimumCalls: input })
  )
  refuses(
    'circuitBreaker: trials',
    [[0, 'RangeError', '0'], ...badCounts.filter(([input]) => input !== undefined)],
    (input) => toPlan({ ...row, trials: input })
  )
  refuses(
    'circuitBreaker: observer',
    [
      ['log', 'RangeError', '"log"'],
      [null, 'TypeError', 'null']
    ],
    (input) => toPlan({ ...row, observer: input })
  )
  refuses(
    'circuitBreaker: failOn',
    [
      [5, 'RangeError', '5'],
      ['', 'RangeError', '""']
    ],
    (input) => toPlan({ ...row, failOn: input })
  )

  refuses(
    'circuitBreaker: clock',
    [
      [5, 'RangeError', '5'],
      [null, 'TypeError', 'null'],
      [{}, 'TypeError', '[object Object]']
    ],
    (input) => toPlan({ ...row, clock: input })
  )

  it.each<[string, unknown, string]>([
    [
      'none',
      {},
      'RangeError: circuitBreaker: options must be with exactly one of consecutiveFailures, countWindow, timeWindow, got "none"'
    ],
    [
      'two windows',
      { countWindow: 5, timeWindow: 5, ...ratios },
      'RangeError: circuitBreaker: options must be with exactly one of consecutiveFailures, countWindow, timeWindow, got "countWindow and timeWindow"'
    ],
    [
      'a misspelt name',
      { ...row, openTimes: 5 },
      'RangeError: circuitBreaker: options must be named consecutiveFailures, countWindow, timeWindow, failureRatio, slowRatio, slowAfter, minimumCalls, trials, openTime, failOn, observer, clock, got "openTimes"'
    ],
    [
      'a ratio of failures in a row',
      { ...row, failureRatio: 0.5 },
      'RangeError: circuitBreaker: failureRatio must be left out beside consecutiveFailures, got 0.5'
    ],
    [
      'slowAfter alone',
      { countWindow: 5, ...ratios, slowAfter: 5 },
      'TypeError: circuitBreaker: slowRatio must be a number >= 0 and < 1, got undefined'
    ],
    [
      'a window without a ratio',
      { countWindow: 5 },
      'TypeError: circuitBreaker: failureRatio must be a number >= 0 and < 1, got undefined'
    ],
    [
      'a bad ratio of failures beside a good one of slow calls',
      { countWindow: 5, failureRatio: 2, slowRatio: 0.5, slowAfter: 5 },
      'RangeError: circuitBreaker: failureRatio must be a number >= 0 and < 1, got 2'
    ],
    [
      'a bad ratio of slow calls, of which nobody says when they are slow',
      { countWindow: 5, slowRatio: 2 },
      'RangeError: circuitBreaker: slowRatio must be a number >= 0 and < 1, got 2'
    ],
    [
      'a ratio of slow calls, of which nobody says when they are slow',
      { countWindow: 5, slowRatio: 0.5 },
      'TypeError: circuitBreaker: slowAfter must be set beside slowRatio, got undefined'
    ],
    [
      'too long a window',
      { countWindow: 10_001, ...ratios },
      'RangeError: circuitBreaker: countWindow must be a whole number <= 10000, got 10001'
    ],
    [
      'a window of no time',
      { timeWindow: '0s', ...ratios },
      'RangeError: circuitBreaker: timeWindow must be longer than 0 ms, got "0s"'
    ],
    [
      'a minimum that the window never has',
      { countWindow: 5, ...ratios, minimumCalls: 6 },
      'RangeError: circuitBreaker: minimumCalls must be at most the countWindow of 5, got 6'
    ],
    [
      'an observer that is none',
      { ...row, observer: 'log' },
      'RangeError: circuitBreaker: observer must be a function of an event, got "log"'
    ],
    ['null', null, 'TypeError: circuitBreaker: options must be an object, got null'],
    ['nothing', undefined, 'TypeError: circuitBreaker: options must be an object, got undefined'],
    ['a number', 5, 'RangeError: circuitBreaker: options must be an object, got 5'],
    [
      'an open time that is no policy',
      { ...row, openTime: { ms: 5 } },
      'TypeError: circuitBreaker: openTime must be made by constructors, got [object Object]'
    ],
    [
      'an open time that is never',
      { ...row, openTime: never },
      'TypeError: circuitBreaker: openTime must be a duration, or a policy that retries at least once, got [object Object]'
    ],
    [
      'a negative open time',
      { ...row, openTime: -1 },
      "RangeError: circuitBreaker: openTime must be milliseconds >= 0 or a text like '2s', got -1"
    ]
  ])('%s -> refused', (_, options, expected) => {
    expect(message(() => toPlan(options as never))).toBe(expected)
  })
})

describe('reopen', () => {
  /** The open times of so many openings in a row. */
  const openTimes = (
    openTime: CircuitBreakerOptions['openTime'],
    count: number,
    draw = 0
  ): ReadonlyArray<number | null> => {
    const { reopen } = toPlan({ ...row, openTime })
    let state = initialState
    return Array.from({ length: count }, () => (state = reopen(state, () => draw)).delay)
  }

  it.each<[string, CircuitBreakerOptions['openTime'], ReadonlyArray<number>]>([
    ['not set', undefined, [60_000, 60_000, 60_000]],
    ["'5s'", '5s', [5000, 5000, 5000]],
    ['0', 0, [0, 0, 0]],
    ['exponential, capped', pipe(exponential(1000), capDelay(3000)), [1000, 2000, 3000]],
    ['a list -> its last again', delays([10, 20]), [10, 20, 20, 20]],
    ['at most 1 -> the first again', pipe(exponential(10), limitRetries(1)), [10, 10, 10]],
    ['at most 35 ms in all: 10, 20, then 20 again', pipe(exponential(10), limitElapsed(35)), [10, 20, 20]],
    ['conditions are not asked', pipe(fixed(7), retryOn('E')), [7, 7]]
  ])('%s', (_, openTime, expected) => {
    expect(openTimes(openTime, expected.length)).toEqual(expected)
  })

  it('with jitter -> by the draw', () => {
    const policy: RetryPolicy = pipe(exponential(1000), withJitter('full'))
    expect(openTimes(policy, 3, 0.5)).toEqual([500, 1000, 2000])
  })

  it.each<[string, () => number]>([
    [
      'a draw that throws',
      () => {
        throw new Error('no luck')
      }
    ],
    ['a draw that is none', () => 7]
  ])('%s -> the time before again', (_, draws) => {
    const { reopen } = toPlan({ ...row, openTime: delays([10, 20]) })
    const once = reopen(initialState, () => 0)
    expect(reopen(once, draws)).toBe(once)
  })

  it('a custom schedule that throws later on -> the time before again', () => {
    const broken = custom('broken', ({ retry }) => {
      if (retry > 0) throw new Error('bug')
      return 30
    })
    expect(openTimes(broken, 3)).toEqual([30, 30, 30])
  })
})
