import type { Bound } from 'reprise'
import { greatest } from '../../../src/policy/greatest.js'

describe('greatest', () => {
  it.each<[string, Bound, number | undefined]>([
    ['a number -> itself', 5, 5],
    ['0 -> 0', 0, 0],
    ['what is only known not to be exceeded -> that', { atMost: 7 }, 7],
    ['none -> undefined', 'unbounded', undefined]
  ])('%s', (_, bound, expected) => {
    expect(greatest(bound)).toBe(expected)
  })
})
