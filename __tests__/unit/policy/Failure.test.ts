import { isGivenUp, isLibraryError, read } from '../../../src/policy/Failure.js'

const exhausted = { _tag: 'Exhausted', attempts: 2, elapsed: 5, omitted: 0, failures: [] }

describe('read', () => {
  const throwing = {
    get key(): never {
      throw new Error('no')
    }
  }

  it.each<[string, unknown, unknown]>([
    ['an object that has it -> its value', { key: 1 }, 1],
    ['an object without it -> undefined', {}, undefined],
    ['a function that has it -> its value', Object.assign(() => 1, { key: 2 }), 2],
    ['null -> undefined', null, undefined],
    ['undefined -> undefined', undefined, undefined],
    ['a number -> undefined', 5, undefined],
    ['a getter that throws -> undefined', throwing, undefined]
  ])('a key of %s', (_, value, answer) => {
    expect(read(value, 'key')).toBe(answer)
  })

  it('length of a text -> its length', () => {
    expect(read('abc', 'length')).toBe(3)
  })
})

describe('isLibraryError', () => {
  it.each<[string, unknown, boolean]>([
    ['the whole shape', exhausted, true],
    ['another tag', { ...exhausted, _tag: 'Other' }, false],
    ['no failures', { ...exhausted, failures: undefined }, false],
    ['failures that are no list', { ...exhausted, failures: {} }, false],
    ['no attempts', { ...exhausted, attempts: undefined }, false],
    ['no elapsed', { ...exhausted, elapsed: '5' }, false],
    ['no omitted', { ...exhausted, omitted: null }, false],
    ['the tag alone', { _tag: 'Exhausted' }, false],
    ['undefined', undefined, false]
  ])('%s -> %p', (_, value, answer) => {
    expect(isLibraryError(value, 'Aborted', 'Exhausted')).toBe(answer)
  })
})

describe('isGivenUp', () => {
  it.each<[string, unknown, boolean]>([
    ['Exhausted', exhausted, true],
    ['NotRetryable', { ...exhausted, _tag: 'NotRetryable' }, true],
    ['BudgetExhausted', { ...exhausted, _tag: 'BudgetExhausted' }, true],
    ['CircuitOpen', { _tag: 'CircuitOpen', retryAfter: 100 }, true],
    ['Aborted', { ...exhausted, _tag: 'Aborted' }, false],
    ['PolicyFault', { ...exhausted, _tag: 'PolicyFault' }, false],
    ["a user's Exhausted", { _tag: 'Exhausted', tank: 'empty' }, false],
    ["a user's CircuitOpen", { _tag: 'CircuitOpen', room: 5 }, false],
    ['an Error', new Error('x'), false],
    ['undefined', undefined, false]
  ])('%s -> %p', (_, error, answer) => {
    expect(isGivenUp(error)).toBe(answer)
  })
})
