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

describe('toSlot', () => {
  it('a rate -> its rule, and the state of a full bucket', () => {
    expect(make()[0]).toMatchObject({ rule: { capacity: 10, per: 1000 }, state: { tokens: 10, at: 0 } })
  })

  it('a resource -> a rule without a time', () => {
    expect(make()[1]).toMatchObject({ rule: { capacity: 2, per: 0 }, state: { taken: 0 } })
  })

  it('no bound -> no algorithm, and no state', () => {
    expect(make()[2]).toStrictEqual({
      rule: { capacity: Infinity, per: 1 },
      algorithm: undefined,
      state: undefined
    })
  })
})

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

test('nothing of what is in debt -> now', () => {
  const slots = make()
  takeFrom(slots, [13, 0, 0], 5)
  expect([readyAt(slots, [0, 1, 1], 5), readyAt(slots, [1, 1, 1], 5)]).toEqual([5, 405])
})

test('nothing taken -> the states as they are', () => {
  const slots = make()
  const before = slots.map(({ state }) => state)
  takeFrom(slots, [0, 0, 0], 700)
  slots.forEach(({ state }, i) => expect(state).toBe(before[i]))
})

test('calls without end, used otherwise than asked for -> as if they were', () => {
  const slots = make()
  settleIn(slots, [0, 0, 5], 0, [0, 0, 2], () => 0)
  expect(availableIn(slots, 0)).toEqual([10, 2, Infinity])
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
  test('its own way comes before that of the first in the queue, and both have to be free', () =>
    expect(
      refusalIn(slots, limits, asked({ tokens: 3 }), asked({ tokens: 8 }), { now: 100, waited: 0 }, 'notNow')
    ).toMatchObject({ key: 'tokens', requested: 3, retryAfter: 700 }))
  test('an obstacle of its own is named, although the first in the queue has another', () =>
    expect(
      refusalIn(slots, limits, asked({ tokens: 3 }), asked({ tokens: 0, places: 2 }), at, 'notNow')
    ).toMatchObject({ key: 'tokens', requested: 3, retryAfter: undefined }))
  test('nothing stands in its way -> the first limit, and it may come at once', () =>
    expect(
      refusalIn(slots, limits, asked({ tokens: 0 }), undefined, { now: 50, waited: 0 }, 'queueFull')
    ).toMatchObject({ key: 'tokens', reason: 'queueFull', requested: 0, retryAfter: 0 }))
  test('more than there can be -> whatever the reason was', () =>
    expect(refusalIn(slots, limits, asked({ tokens: 11 }), undefined, at, 'notNow')).toMatchObject({
      key: 'tokens',
      reason: 'aboveCapacity',
      retryAfter: undefined
    }))
})
