import { callLimit, type LimitAlgorithm, resourceLimit } from 'reprise'
import { isRateState } from '../../../src/redis/isRateState.js'

const entry = { at: 1, amount: 2 }
const good: ReadonlyArray<[LimitAlgorithm, unknown]> = [
  ['tokenBucket', { tokens: -1.5, at: 7 }],
  ['leakyBucket', { level: 1, at: 7 }],
  ['gcra', { arrival: 7 }],
  ['fixedWindow', { startedAt: 7, used: 3 }],
  ['slidingWindow', { older: [], from: 0, newer: [], used: 0 }],
  ['slidingWindow', { older: [entry], from: 0, newer: [entry, entry], used: 6 }]
]
const bad: ReadonlyArray<[LimitAlgorithm, unknown]> = [
  ['tokenBucket', undefined],
  ['tokenBucket', null],
  ['tokenBucket', { tokens: 1 }],
  ['tokenBucket', { tokens: '1', at: 7 }],
  ['tokenBucket', { tokens: null, at: 7 }],
  ['leakyBucket', { tokens: 1, at: 7 }],
  ['gcra', { arrival: [] }],
  ['fixedWindow', { startedAt: 7 }],
  ['slidingWindow', { older: [], from: 0, newer: [] }],
  ['slidingWindow', { older: [{ at: 1 }], from: 0, newer: [], used: 0 }],
  ['slidingWindow', { older: {}, from: 0, newer: [], used: 0 }],
  ['slidingWindow', { older: [], from: 0, newer: [null], used: 0 }]
]
const limitOf = (algorithm: LimitAlgorithm) => callLimit({ capacity: 4, per: 10, algorithm })

test.each(good)('%s, %j -> a state', (algorithm, u) => expect(isRateState(limitOf(algorithm), u)).toBe(true))
test.each(bad)('%s, %j -> none', (algorithm, u) => expect(isRateState(limitOf(algorithm), u)).toBe(false))
test('a resource -> has no state of a rate', () =>
  expect(isRateState(resourceLimit({ key: 'a', capacity: 1 }), { tokens: 1, at: 7 })).toBe(false))
