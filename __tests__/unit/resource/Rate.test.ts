import { flowed, isPast, timeOf } from '../../../src/resource/Rate.js'
import { rule } from '../../support/flow.js'

describe('isPast', () => {
  it.each<[number, number, boolean]>([
    [100, 100, true],
    [100, 101, true],
    [-Infinity, 0, true],
    [Infinity, 1e9, false],
    [100.001, 100, false],
    [100 + 1e-10, 100, true],
    [1e9 + 2 ** -23, 1e9, true]
  ])('%d at %d -> %s', (at, now, expected) => {
    expect(isPast(rule, at, now)).toBe(expected)
  })
})

describe('isPast, where rounding may have made most of it', () => {
  // Four units in the last place of 2^20 are 2^-30.
  it.each<[number, boolean]>([
    [2 ** -30, true],
    [2 ** -30 + 2 ** -32, false]
  ])('%d after 2^20 -> %s', (late, expected) => {
    expect(isPast({ capacity: 1, per: 1 }, 2 ** 20 + late, 2 ** 20)).toBe(expected)
  })
})

describe('timeOf, 10 per second', () => {
  it.each<[number, number]>([
    [0, 0],
    [1, 100],
    [25, 2500],
    [-3, -300],
    [1e300, 2 ** 53 - 1]
  ])('%d -> %d ms', (amount, expected) => {
    expect(timeOf(rule, amount)).toBe(expected)
  })
})

describe('flowed, 10 per second', () => {
  it.each<[number, number, number]>([
    [0, 0, 0],
    [0, 250, 2.5],
    [300, 1300, 10],
    [1300, 300, 0]
  ])('from %d to %d -> %d', (from, to, expected) => {
    expect(flowed(rule, from, to)).toBe(expected)
  })
})
