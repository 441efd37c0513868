import { runInNewContext } from 'node:vm'
import { isError } from '../../../src/policy/isError.js'

describe('isError', () => {
  class Heir extends TypeError {}

  it.each<[string, object, boolean]>([
    ['an error -> true', new Error('x'), true],
    ['an heir of one -> true', new Heir('x'), true],
    [
      'what inherits from one, though nothing else tells -> true',
      Object.create(Error.prototype) as object,
      true
    ],
    ['an error of another realm -> true', runInNewContext("new RangeError('x')") as object, true],
    ['one of the DOM -> true', { [Symbol.toStringTag]: 'DOMException' }, true],
    ['an object that looks like one -> false', { name: 'Error', message: 'x', stack: '' }, false],
    ['a list -> false', [], false],
    ['a function -> false', Error, false]
  ])('%s', (_, value, expected) => {
    expect(isError(value)).toBe(expected)
  })
})
