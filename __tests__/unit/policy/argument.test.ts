import { invalid, isWithin, known, named, wholeNumber } from '../../../src/policy/argument.js'
import { badCounts, message, refuses, thrown } from '../../support/bad.js'

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

describe('messages', () => {
  it.each<[string, () => unknown]>([
    ['RangeError: f: n must be small, got -1', () => invalid('f: n', 'small', -1)],
    ['RangeError: n must be a whole number >= 3, got 2', () => wholeNumber('n', 2, 3)],
    ['RangeError: f: name must be a text, got 5', () => named('f: name', 5 as never)],
    ['TypeError: f: options must be an object, got null', () => known('f', null as never, ['a'])],
    ['TypeError: f: options must be an object, got undefined', () => known('f', undefined as never, ['a'])],
    ['RangeError: f: options must be an object, got "a"', () => known('f', 'a' as never, ['a'])],
    ["TypeError: f: there is no option 'c'; there are a, b", () => known('f', { a: 1, c: 2 }, ['a', 'b'])]
  ])('%s', (text, make) => {
    expect(message(make)).toBe(text)
  })
})

describe('known', () => {
  it.each<[string, object]>([
    ['no option', {}],
    ['one of them', { b: 1 }],
    ['all of them', { b: 1, a: 2 }]
  ])('%s -> nothing is thrown', (_, options) => {
    expect(message(() => known('f', options, ['a', 'b']))).toBe('nothing')
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
