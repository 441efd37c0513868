import * as t from 'io-ts'
import type { Context, DecodeError, ValidatorInput } from 'reprise'
import { explainErrors, reasonsAgainst, reasonsFrom, toValidators } from '../../../src/policy/Validator.js'
import { message, thrown } from '../../support/bad.js'

const context: Context = { attempt: 2, elapsed: 30, name: 'read', args: [], previousDelay: 10 }

const isLarge = (n: unknown): boolean => Number(n) > 2

const Item = t.type({ price: t.number })
const Order = t.type({ items: t.array(Item), note: t.union([t.string, t.null]) })

const reasons = (input: ValidatorInput, result: unknown): ReadonlyArray<string> =>
  reasonsAgainst(toValidators('v', input), result, context)

describe('toValidators', () => {
  it.each<[string, ValidatorInput, unknown]>([
    ['a predicate -> one predicate, named', isLarge, [{ _tag: 'predicate', name: 'isLarge', test: isLarge }]],
    ['a decoder -> one decoder, named', t.number, [{ _tag: 'decoder', name: 'number', decoder: t.number }]],
    [
      'a list -> each of them',
      [isLarge, t.number],
      [
        { _tag: 'predicate', name: 'isLarge', test: isLarge },
        { _tag: 'decoder', name: 'number', decoder: t.number }
      ]
    ],
    ['an empty list -> none', [], []]
  ])('%s', (_, input, expected) => {
    expect(toValidators('v', input)).toEqual(expected)
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: v must be …, got undefined'],
    [null, 'TypeError: v must be …, got null'],
    [5, 'RangeError: v must be …, got 5'],
    [{ decode: 5 }, 'TypeError: v must be …, got [object Object]'],
    [[isLarge, 'x'], 'RangeError: v must be …, got "x"']
  ])('%p -> %s', (input, text) => {
    expect(thrown(() => toValidators('v', input as ValidatorInput))).toBe(text)
  })

  it('a number -> the message says what may stand there', () => {
    expect(message(() => toValidators('v', 5 as never))).toBe(
      'RangeError: v must be a predicate, an io-ts decoder, or a list of these, got 5'
    )
  })
})

describe('reasonsFrom', () => {
  const type = { name: 'number' }
  const error: DecodeError = {
    value: 'x',
    context: [
      { key: '', type },
      { key: 'age', type }
    ]
  }

  it.each<[string, unknown, ReadonlyArray<string>]>([
    ['errors of io-ts -> a line for each', [error, error], Array(2).fill('age: expected number, got "x"')],
    ['one error of io-ts, not in a list -> its line', error, ['age: expected number, got "x"']],
    ['texts -> as they are', ['too young', 'too small'], ['too young', 'too small']],
    ['one text -> as it is', 'too young', ['too young']],
    ['anything else -> printed', [5, null, { context: 'none' }], ['5', 'null', '[object Object]']],
    ['no errors -> none', [], []]
  ])('%s', (_, errors, lines) => {
    expect(reasonsFrom(errors)).toEqual(lines)
  })
})

describe('reasonsAgainst', () => {
  it.each<[string, ValidatorInput, unknown, string[]]>([
    ['a predicate that holds -> none', isLarge, 3, []],
    ['a predicate that does not -> its name and answer', isLarge, 1, ["validator 'isLarge' returned false"]],
    [
      'a nameless predicate -> its answer',
      (
        () => () =>
          false
      )(),
      1,
      ['validator returned false']
    ],
    [
      'a predicate that gives nothing -> that',
      (
        () => () =>
          undefined
      )() as never,
      1,
      ['validator returned undefined']
    ],
    ['a predicate that gives something true -> none', (() => 'yes') as never, 1, []],
    [
      'an async predicate, which would always hold -> that',
      (async () => true) as never,
      1,
      ['validator must return a boolean, got a promise']
    ],
    ['a decoder that decodes -> none', t.number, 1, []],
    [
      'a decoder that does not -> path, expectation, value',
      Order,
      { items: [{ price: '1' }], note: null },
      ['items.0.price: expected number, got "1"']
    ],
    [
      'two validators -> the reasons of the first that refuses',
      [t.number, isLarge],
      1,
      ["validator 'isLarge' returned false"]
    ],
    ['none -> none', [], 1, []]
  ])('%s', (_, input, result, expected) => {
    expect(reasons(input, result)).toEqual(expected)
  })

  it.each<[string, unknown, string]>([
    ['an Error', new Error('odd'), 'odd'],
    ['a text', 'odd', '"odd"'],
    ['nothing', undefined, 'undefined']
  ])('a predicate that throws %s -> says so', (_, error, said) => {
    const breaks = (): boolean => {
      throw error
    }
    expect(reasons(breaks, 1)).toEqual([`validator 'breaks' threw: ${said}`])
  })

  it('a decoder that throws -> says so', () => {
    const decoder = {
      name: 'Broken',
      decode: (): never => {
        throw new Error('odd')
      }
    }
    expect(reasons(decoder, 1)).toEqual(["validator 'Broken' threw: odd"])
  })

  it('a predicate -> is given the result and the context; later ones are not asked after a refusal', () => {
    const [first, second] = [jest.fn((..._: unknown[]) => false), jest.fn(() => true)]
    reasons([first, second], 'x')
    expect(first.mock.calls).toEqual([['x', context]])
    expect(second).not.toHaveBeenCalled()
  })
})

describe('explainErrors', () => {
  const errorsOf = (decoder: t.Mixed, value: unknown): ReadonlyArray<DecodeError> => {
    const decoded = decoder.decode(value)
    return decoded._tag === 'Left' ? decoded.left : []
  }

  it.each<[string, t.Mixed, unknown, string[]]>([
    ['the root -> result', t.number, 'x', ['result: expected number, got "x"']],
    [
      'a path -> with dots',
      Order,
      { items: [{ price: 1 }, {}], note: '' },
      ['items.1.price: expected number, got undefined']
    ],
    [
      'a union -> its members have no part in the path',
      t.type({ note: t.union([t.string, t.null]) }),
      { note: 5 },
      ['note: expected string, got 5', 'note: expected null, got 5']
    ],
    [
      'an intersection -> its members have no part in the path',
      t.intersection([t.type({ a: t.number }), t.type({ b: t.number })]),
      { a: 1, b: 'x' },
      ['b: expected number, got "x"']
    ],
    [
      'a key named like a number -> stays',
      t.type({ 0: t.number }),
      { 0: 'x' },
      ['0: expected number, got "x"']
    ],
    [
      'several errors -> a line for each',
      t.type({ a: t.number, b: t.number }),
      {},
      ['a: expected number, got undefined', 'b: expected number, got undefined']
    ]
  ])('%s', (_, decoder, value, expected) => {
    expect(explainErrors(errorsOf(decoder, value))).toEqual(expected)
  })

  it('an error with its own message -> that', () => {
    const type = { name: 'number' }
    const error = {
      value: 5,
      context: [
        { key: '', type },
        { key: 'age', type }
      ],
      message: 'too young'
    }
    expect(explainErrors([error])).toEqual(['age: too young'])
  })

  it('a first entry that has a key -> is part of the path', () => {
    const error = { value: 5, context: [{ key: 'age', type: { name: 'string' } }] }
    expect(explainErrors([error])).toEqual(['age: expected string, got 5'])
  })

  it('an error without context -> as much as can be said', () => {
    expect(explainErrors([{ value: 5, context: [] }])).toEqual(['result: expected another value, got 5'])
  })
})
