import { callLimit, rateLimit, resourceLimit } from 'reprise'
import { toAsked } from '../../../src/resource/LimitRequest.js'
import {
  availableIn,
  giveBackTo,
  readyAt,
  refusalIn,
  settleIn,
  takeFrom,
  toSlot
} from '../../../src/resource/Slots.js'

/** Ten tokens in a second, two places, and calls without end. */
const limits = [
  rateLimit({ key: 'tokens', capacity: 10, per: 1000 }),
  resourceLimit({ key: 'places', capacity: 2 }),
  callLimit({ capacity: Infinity, per: 1 })
]
const make = () => limits.map(toSlot)

test('all is there -> now; one is missing -> when it will be, or never', () => {
  const slots = make()
  expect(readyAt(slots, [10, 2, 1e9], 5)).toBe(5)
  takeFrom(slots, [10, 1, 1], 5)
  expect(readyAt(slots, [3, 1, 1], 5)).toBe(305)
  expect(readyAt(slots, [3, 2, 1], 5)).toBe(Infinity)
  expect(readyAt(slots, [0, 0, 1], 5)).toBe(5)
  expect(availableIn(slots, 105)).toEqual([1, 1, Infinity])
})

test('given back -> resources only; settled -> rates only', () => {
  const slots = make()
  takeFrom(slots, [10, 2, 1], 0)
  giveBackTo(slots, [10, 1, 1])
  expect(availableIn(slots, 0)).toEqual([0, 1, Infinity])
  settleIn(slots, [10, 1, 1], 0, [4, 0, 1], () => 0)
  expect(availableIn(slots, 0)).toEqual([6, 1, Infinity])
  settleIn(slots, [0, 0, 0], 0, [9], () => 0)
  expect(availableIn(slots, 0)).toEqual([-3, 1, Infinity])
})

test('used as asked for -> the clock is not read', () => {
  settleIn(make(), [5, 1, 1], 0, [5, 0, 1], () => {
    throw new Error('read')
  })
})

describe('refusalIn', () => {
  const asked = (request: object) => toAsked('request', limits, request)
  const slots = make()
  takeFrom(slots, [10, 1, 1], 0)
  const at = { now: 0, waited: 7 }
  test('what stands in its own way', () =>
    expect(refusalIn(slots, limits, asked({ tokens: 3 }), undefined, at, 'notNow')).toEqual({
      _tag: 'LimitExceeded',
      key: 'tokens',
      reason: 'notNow',
      requested: 3,
      capacity: 10,
      retryAfter: 300,
      waited: 7
    }))
  test('else in that of the first in the queue', () =>
    expect(
      refusalIn(slots, limits, asked({ tokens: 0 }), asked({ tokens: 0, places: 2 }), at, 'queueFull')
    ).toMatchObject({
      key: 'places',
      reason: 'queueFull',
      requested: 1,
      retryAfter: undefined
    }))
  test('more than there can be -> whatever the reason was', () =>
    expect(refusalIn(slots, limits, asked({ tokens: 11 }), undefined, at, 'notNow')).toMatchObject({
      key: 'tokens',
      reason: 'aboveCapacity',
      retryAfter: undefined
    }))
})
