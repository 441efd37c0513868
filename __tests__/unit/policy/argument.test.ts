import { invalid, isWithin, named, wholeNumber } from '../../../src/policy/argument.js'
import { badCounts, refuses, thrown } from '../../support/bad.js'

describe('invalid', () => {
  it.each<[unknown, string]>([
    [-1, 'RangeError: f: n must be …, got -1'],
    ['x', 'RangeError: f: n must be …, got "x"'],
    [undefined, 'TypeError: f: n must be …, got undefined'],
    [null, 'TypeError: f: n must be …, got null'],
    [10n, 'TypeError: f: n must be …, got 10'],
    [Symbol('s'), 'TypeError: f: n must be …, got Symbol(s)'],
    [[5, 6], 'TypeError: f: n must be …, got 5,6'],
    [{ a: 1 }, 'TypeError: f: n must be …, got [object Object]'],
    [Object.create(null), 'TypeError: f: n must be …, got object']
  ])('%p -> %s', (value, text) => {
    expect(thrown(() => invalid('f: n', 'small', value))).toBe(text)
  })
})

describe('wholeNumber', () => {
  it.each([
    [0, 0],
    [1, 1],
    [3, 3],
    [0, Number.MAX_SAFE_INTEGER]
  ])('at least %d: %d -> itself', (least, value) => {
    expect(wholeNumber('n', value, least)).toBe(value)
  })

  it('at least 1: 0 -> RangeError', () => {
    expect(thrown(() => wholeNumber('n', 0, 1))).toBe('RangeError: n must be …, got 0')
  })

  refuses('n', badCounts, (value) => wholeNumber('n', value, 0))
})

describe('isWithin', () => {
  it.each<[unknown, boolean]>([
    [0, true],
    [0.5, true],
    [1, true],
    [1.1, false],
    [-0.1, false],
    [NaN, false],
    ['1', false],
    [null, false],
    [undefined, false]
  ])('%p within 1 -> %p', (value, answer) => {
    expect(isWithin(value, 1)).toBe(answer)
  })
})

describe('named', () => {
  it('a text -> nothing is thrown', () => {
    expect(thrown(() => named('f: name', 'a'))).toBe('nothing')
  })

  it.each<[unknown, string]>([
    ['', 'RangeError: f: name must be …, got ""'],
    [5, 'RangeError: f: name must be …, got 5'],
    [undefined, 'TypeError: f: name must be …, got undefined']
  ])('%p -> %s', (name, text) => {
    expect(thrown(() => named('f: name', name as string))).toBe(text)
  })
})
