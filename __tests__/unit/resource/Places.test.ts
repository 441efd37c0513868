import { places } from '../../../src/resource/Places.js'
import type { Rule } from '../../../src/resource/Rate.js'
import { after } from '../../support/flow.js'

describe('places', () => {
  it('two of three taken -> one free; given back -> three', () => {
    const three: Rule = { capacity: 3, per: 0 }
    const state = after(places, [[0, 2]], three)
    expect([1, 2].map((amount) => places.readyAt(three, state, amount))).toEqual([-Infinity, Infinity])
    const back = places.settle(three, state, { amount: 2, at: 0 }, 2, 0)
    expect(places.available(three, back, 0)).toBe(3)
  })

  it('a state -> plain data', () => {
    expect(after(places, [[100, 4]])).toStrictEqual({ taken: 4 })
  })

  it('more taken than there are -> fewer than none', () => {
    expect(places.available({ capacity: 3, per: 0 }, { taken: 4 }, 0)).toBe(-1)
  })
})
