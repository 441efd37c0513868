import { givenUp, libraryTag, read } from '../../../src/policy/Failure.js'

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

describe('libraryTag', () => {
  it.each<[string, unknown, unknown]>([
    ['the whole shape -> its tag', exhausted, 'Exhausted'],
    ['any tag on the whole shape -> that', { ...exhausted, _tag: 'Aborted' }, 'Aborted'],
    ['CircuitOpen with its retryAfter -> its tag', { _tag: 'CircuitOpen', retryAfter: 100 }, 'CircuitOpen'],
    ['no failures -> none', { ...exhausted, failures: undefined }, undefined],
    ['failures that are no list -> none', { ...exhausted, failures: {} }, undefined],
    ['no attempts -> none', { ...exhausted, attempts: undefined }, undefined],
    ['elapsed as a text -> none', { ...exhausted, elapsed: '5' }, undefined],
    ['no omitted -> none', { ...exhausted, omitted: null }, undefined],
    ['the tag alone -> none', { _tag: 'Exhausted' }, undefined],
    ["a user's CircuitOpen -> none", { _tag: 'CircuitOpen', room: 5 }, undefined],
    ["a user's error with a retryAfter -> none", { _tag: 'RateLimited', retryAfter: 5 }, undefined],
    ['an Error -> none', new Error('x'), undefined],
    ['a text -> none', 'Exhausted', undefined],
    ['null -> none', null, undefined],
    ['undefined -> none', undefined, undefined]
  ])('%s', (_, value, tag) => {
    const found = libraryTag(value)
    expect(typeof found === 'string' ? found : undefined).toBe(tag)
  })

  it('a getter that throws -> none', () => {
    const throwing = {
      get _tag(): never {
        throw new Error('no')
      }
    }
    expect(libraryTag(throwing)).not.toEqual(expect.any(String))
  })
})

describe('givenUp', () => {
  it('errors that are not retried where nobody names them -> these', () => {
    expect([...givenUp].sort()).toEqual(['BudgetExhausted', 'CircuitOpen', 'Exhausted', 'NotRetryable'])
  })
})
