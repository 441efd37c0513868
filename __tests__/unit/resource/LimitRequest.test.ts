import { callLimit, rateLimit, resourceLimit } from 'reprise'
import { checkComplete, toAsked, toUsed } from '../../../src/resource/LimitRequest.js'
import { message } from '../../support/bad.js'

const tokens = rateLimit({ key: 'tokens', capacity: 10, per: '1s' })
const calls = callLimit({ capacity: 5, per: '1s' })
const places = resourceLimit({ key: 'places', capacity: 2 })
const limits = [tokens, calls, places]

describe('toAsked', () => {
  it.each<[object, ReadonlyArray<number>, ReadonlyArray<boolean>]>([
    [{ tokens: 3 }, [3, 1, 1], [true, false, false]],
    [{ tokens: 0.5, calls: 2, places: 0 }, [0.5, 2, 0], [true, true, true]],
    [{ tokens: 0, calls: undefined, other: undefined }, [0, 1, 1], [true, false, false]]
  ])('%j -> %j', (request, amounts, named) => {
    expect(toAsked('request', limits, request)).toStrictEqual({ amounts, above: undefined, named })
  })

  it('nothing, of a set without rates -> one of each', () => {
    expect(toAsked('request', [calls, places])).toStrictEqual({
      amounts: [1, 1],
      above: undefined,
      named: [false, false]
    })
  })

  it.each<[object, object | undefined]>([
    [{ tokens: 10, calls: 5, places: 2 }, undefined],
    [{ tokens: 10.001 }, tokens],
    [{ tokens: 0, calls: 6 }, calls],
    [{ tokens: 11, places: 3 }, tokens],
    [{ tokens: 0, places: 3 }, places]
  ])('%j -> what is above', (request, above) => {
    expect(toAsked('request', limits, request).above).toBe(above)
  })

  it.each<[number, boolean]>([
    [1.000000000001, false],
    [1.000000000002, true]
  ])('%p of 1 -> above: %s, up to what rounding may have made', (amount, expected) => {
    const one = [rateLimit({ key: 'rate', capacity: 1, per: 1 })]
    expect(toAsked('request', one, { rate: amount }).above !== undefined).toBe(expected)
  })

  it.each<[unknown, string]>([
    [null, 'TypeError: request must be amounts by key, got null'],
    [5, 'RangeError: request must be amounts by key, got 5'],
    [undefined, 'TypeError: request.tokens must be a number >= 0, got undefined'],
    [{ tokens: -1 }, 'RangeError: request.tokens must be a number >= 0, got -1'],
    [{ tokens: Infinity }, 'RangeError: request.tokens must be a number >= 0, got Infinity'],
    [
      { tokens: 1, calls: 0.5 },
      'RangeError: request.calls must be a whole number: only a rateLimit counts fractions, got 0.5'
    ],
    [
      { tokens: 1, other: 1 },
      'TypeError: request names no limit of the set: other; there are tokens, calls, places'
    ]
  ])('%p -> %s', (request, expected) => {
    expect(message(() => toAsked('request', limits, request))).toBe(expected)
  })

  it('of no limits -> nothing; a request for one -> an error that says that there are none', () => {
    expect(toAsked('request', []).amounts).toEqual([])
    expect(message(() => toAsked('request', [], { a: 1 }))).toBe(
      'TypeError: request names no limit of the set: a; there are none'
    )
  })

  const odd = [callLimit({ key: 'constructor', capacity: 5, per: '1s' })]

  it('a limit with a key that every object has, not named -> one', () => {
    expect(toAsked('request', odd, {}).amounts).toEqual([1])
  })

  it('the same, named -> its amount', () => {
    expect(toAsked('request', odd, { constructor: 3 }).amounts).toEqual([3])
  })
})

describe('toUsed', () => {
  const asked = toAsked('request', limits, { tokens: 8 })
  const counted = toAsked('request', limits, { tokens: 8, calls: 3 })

  it.each([
    ['nothing said', asked, {}, [8, 1, 1]],
    ['a rate', asked, { tokens: 2.5 }, [2.5, 1, 1]],
    ['more than was asked for', asked, { tokens: 12 }, [12, 1, 1]],
    ['calls as they were asked for', asked, { calls: 1 }, [8, 1, 1]],
    ['calls that were said', counted, { calls: 1 }, [8, 1, 1]]
  ])('%s -> the amounts', (_, request, usage, expected) => {
    expect(toUsed('usage', limits, request, usage)).toEqual(expected)
  })

  it.each<[unknown, string]>([
    [null, 'TypeError: usage must be amounts by key, got null'],
    [{ tokens: -1 }, 'RangeError: usage.tokens must be a number >= 0, got -1'],
    [{ places: 1 }, 'RangeError: usage.places must be left out, since a resource is given back whole, got 1'],
    [{ calls: 2 }, 'RangeError: usage.calls must be 1, since the request did not say how many calls, got 2'],
    [{ other: 1 }, 'TypeError: usage names no limit of the set: other; there are tokens, calls, places']
  ])('%p -> %s', (usage, expected) => {
    expect(message(() => toUsed('usage', limits, asked, usage))).toBe(expected)
  })
})

describe('checkComplete', () => {
  const rates = ['a', 'b', 'c'].map((key) => rateLimit({ key, capacity: 9, per: 1 }))
  const all = [...rates, places]

  it.each<[object, object, string]>([
    [{ a: 1, b: 1, c: 1 }, {}, 'nothing'],
    [{ a: 1, b: 1, c: 1 }, { a: 1, b: 0, c: 2 }, 'nothing'],
    [{ a: 1, b: 0, c: 0 }, { a: 1 }, 'nothing'],
    [
      { a: 1, b: 1, c: 1 },
      { b: 1 },
      'TypeError: usage must name all rates that were asked for, or none: a, c'
    ],
    [{ a: 1, b: 1, c: 0 }, { b: 1 }, 'TypeError: usage must name all rates that were asked for, or none: a']
  ])('asked for %j, used %j -> %s', (request, usage, expected) => {
    const asked = toAsked('request', all, request)
    expect(message(() => checkComplete('usage', all, asked, usage))).toBe(expected)
  })
})
