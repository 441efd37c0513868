import { type Duration, longest, toMillis } from '../../../src/policy/Duration.js'
import { badDurations, message, refuses } from '../../support/bad.js'

describe('longest', () => {
  it('2^53 - 1', () => {
    expect(longest).toBe(9_007_199_254_740_991)
  })
})

describe('toMillis', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [0.5, 0.5],
    [250, 250],
    [longest, 9_007_199_254_740_991],
    ['0ms', 0],
    ['250ms', 250],
    ['2s', 2000],
    ['1.1s', 1100],
    ['0.1s', 100],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['24h', 86_400_000],
    ['0.000001ms', 0.000001],
    ['007s', 7000]
  ])('%p -> %d', (value, ms) => {
    expect(toMillis('wait', value)).toBe(ms)
  })

  it('a negative wait -> the message says what may stand there', () => {
    expect(message(() => toMillis('wait', -1))).toBe(
      "RangeError: wait must be milliseconds >= 0 or a text like '2s', got -1"
    )
  })

  refuses('wait', [...badDurations, [undefined, 'TypeError', 'undefined']], (value) =>
    toMillis('wait', value)
  )
})
