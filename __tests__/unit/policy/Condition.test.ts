import { allOf, anyCause, type Condition, type Context, not } from 'reprise'
import {
  type AnyCondition,
  type ConditionInput,
  matches,
  toCondition
} from '../../../src/policy/Condition.js'
import { message, thrown } from '../../support/bad.js'

const context: Context = { attempt: 2, elapsed: 30, name: 'read', args: [1], previousDelay: 10 }

class HttpError extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`)
  }
}

class Plain {
  readonly kind = 'plain'
}

const isText = (error: unknown): boolean => typeof error === 'string'

const isMissing = (error: unknown): boolean => error === undefined

const match = (input: ConditionInput, error: unknown): boolean =>
  matches(toCondition('c', input), error, context)

describe('toCondition', () => {
  it.each<[string, ConditionInput, AnyCondition]>([
    ['a text -> named', 'ECONNRESET', { _tag: 'named', name: 'ECONNRESET' }],
    ['an error class -> instanceOf', HttpError, { _tag: 'instanceOf', type: HttpError }],
    ['Error itself -> instanceOf', Error, { _tag: 'instanceOf', type: Error }],
    ['TypeError -> instanceOf', TypeError, { _tag: 'instanceOf', type: TypeError }],
    ['a class that is no error -> instanceOf', Plain, { _tag: 'instanceOf', type: Plain }],
    ['a predicate -> predicate with its name', isText, { _tag: 'predicate', name: 'isText', test: isText }],
    [
      'a list -> anyOf',
      ['A', isText],
      { _tag: 'anyOf', of: [toCondition('c', 'A'), toCondition('c', isText)] }
    ],
    ['an empty list -> anyOf nothing', [], { _tag: 'anyOf', of: [] }]
  ])('%s', (_, input, expected) => {
    expect(toCondition('c', input)).toEqual(expected)
  })

  it('a predicate declared with function -> predicate', () => {
    function declared(): boolean {
      return true
    }
    expect(toCondition('c', declared)._tag).toBe('predicate')
  })

  it('a nameless predicate -> an empty name', () => {
    expect(
      toCondition(
        'c',
        (
          () => () =>
            true
        )()
      )
    ).toMatchObject({ _tag: 'predicate', name: '' })
  })

  it.each<[string, AnyCondition]>([
    ['named', toCondition('c', 'A')],
    ['instanceOf', toCondition('c', HttpError)],
    ['predicate', toCondition('c', isText)],
    ['anyOf', toCondition('c', ['A'])],
    ['allOf', allOf(['A'])],
    ['not', not('A')],
    ['anyCause', anyCause('A')]
  ])('a condition: %s -> itself', (tag, condition) => {
    expect(condition._tag).toBe(tag)
    expect(toCondition('c', condition)).toBe(condition)
  })

  it('a number -> the message says what may stand there', () => {
    expect(message(() => toCondition('retryOn: condition', 5 as never))).toBe(
      'RangeError: retryOn: condition must be an error class, a predicate, a text (_tag, name or code), or a list of these, got 5'
    )
  })

  it.each<[unknown, string, string]>([
    ['', 'RangeError', '""'],
    [5, 'RangeError', '5'],
    [undefined, 'TypeError', 'undefined'],
    [null, 'TypeError', 'null'],
    [true, 'TypeError', 'true'],
    [{}, 'TypeError', '[object Object]'],
    [{ _tag: 'other' }, 'TypeError', '[object Object]'],
    [/E.*/, 'TypeError', '/E.*/'],
    [['A', 5], 'RangeError', '5'],
    [['A', ['B', '']], 'RangeError', '""']
  ])('%p -> %s', (input, kind, printed) => {
    const message = thrown(() => toCondition('retryOn: condition', input as ConditionInput))
    expect(message).toBe(`${kind}: retryOn: condition must be …, got ${printed}`)
  })
})

describe('matches', () => {
  const throwing = {
    get code(): never {
      throw new Error('no')
    }
  }
  const cycle: { cause?: unknown } = {}
  cycle.cause = { cause: cycle, code: 'DEEP' }

  it.each<[string, ConditionInput, unknown, boolean]>([
    ['a text and the _tag -> true', 'A', { _tag: 'A' }, true],
    ['a text and the name -> true', 'TypeError', new TypeError('x'), true],
    [
      'a text and the code -> true',
      'ECONNRESET',
      Object.assign(new Error('x'), { code: 'ECONNRESET' }),
      true
    ],
    ['a text and the message -> false', 'x', new Error('x'), false],
    ['a text and the same text -> false', 'A', 'A', false],
    ['a text and undefined -> false', 'A', undefined, false],
    ['a text and null -> false', 'A', null, false],
    ['a text and a number as code -> false', '404', { code: 404 }, false],
    ['a text and a code that throws -> false', 'A', throwing, false],
    ['a class and its own -> true', HttpError, new HttpError(503), true],
    ['a class and an heir -> true', Error, new HttpError(503), true],
    ['a class and another -> false', TypeError, new HttpError(503), false],
    ['a class and a look-alike -> false', HttpError, { status: 503 }, false],
    ['a class that is no error and its own -> true', Plain, new Plain(), true],
    ['a predicate that holds -> true', isText, 'x', true],
    ['a predicate that does not -> false', isText, 5, false],
    ['a predicate that gives something true -> true', (() => 'yes') as never, 5, true],
    ['a predicate that gives nothing -> false', (() => undefined) as never, 5, false],
    ['a list of which one holds -> true', ['A', isText], 'x', true],
    ['a list of which none holds -> false', ['A', isText], 5, false],
    ['an empty list -> false', [], 'x', false],
    ['allOf of which all hold -> true', allOf(['A', (e: unknown) => e !== null]), { _tag: 'A' }, true],
    ['allOf of which one does not -> false', allOf(['A', isText]), { _tag: 'A' }, false],
    ['allOf nothing -> true', allOf([]), 'x', true],
    ['not of what holds -> false', not('A'), { _tag: 'A' }, false],
    ['not of what does not -> true', not('A'), { _tag: 'B' }, true],
    ['not of a list -> none of it', not(['A', 'B']), { _tag: 'B' }, false],
    ['anyCause of the error itself -> true', anyCause('A'), { _tag: 'A' }, true],
    ['anyCause of its cause -> true', anyCause('A'), new Error('x', { cause: { _tag: 'A' } }), true],
    ['anyCause far below -> true', anyCause('A'), { cause: { cause: { cause: { _tag: 'A' } } } }, true],
    [
      'anyCause of an AggregateError -> true',
      anyCause('A'),
      new AggregateError([1, { cause: { _tag: 'A' } }]),
      true
    ],
    ['anyCause of nothing -> false', anyCause('A'), { cause: { _tag: 'B' } }, false],
    ['anyCause in a circle, there -> true', anyCause('DEEP'), cycle, true],
    ['anyCause in a circle, not there -> false', anyCause('A'), cycle, false],
    ['anyCause of a text -> false', anyCause('A'), 'A', false],
    [
      'anyCause where there is no cause -> undefined is not asked about',
      anyCause(isMissing),
      { code: 1 },
      false
    ],
    ['anyCause of undefined itself -> asked about', anyCause(isMissing), undefined, true],
    [
      'anyCause where errors are no list -> nothing else is asked about',
      anyCause(isText),
      { errors: 'x' },
      false
    ],
    ['not anyCause -> nothing below either', not(anyCause('A')), { cause: { _tag: 'A' } }, false]
  ])('%s', (_, input, error, expected) => {
    expect(match(input, error)).toBe(expected)
  })

  it('a predicate -> is given the error and the context', () => {
    const test = jest.fn((..._: unknown[]) => true)
    match(test, 'x')
    expect(test.mock.calls).toEqual([['x', context]])
  })

  it('a list -> later conditions are not asked once one holds', () => {
    const test = jest.fn(() => true)
    expect(match(['A', test], { _tag: 'A' })).toBe(true)
    expect(test).not.toHaveBeenCalled()
  })

  it('a predicate that throws -> throws just that', () => {
    const reason = new Error('no')
    expect(
      thrown(() =>
        match(() => {
          throw reason
        }, 'x')
      )
    ).toBe('Error: no')
  })

  it('an async predicate, which would always hold -> TypeError that names it', () => {
    const later = async (): Promise<boolean> => false
    expect(message(() => match(later as never, 'x'))).toBe(
      "TypeError: the answer of condition 'later' must be a boolean, got [object Promise]"
    )
  })
})

describe('allOf', () => {
  it('a list -> allOf', () => {
    expect(allOf(['A', Error])).toEqual({
      _tag: 'allOf',
      of: [
        { _tag: 'named', name: 'A' },
        { _tag: 'instanceOf', type: Error }
      ]
    })
  })

  it.each<[unknown, string]>([
    ['A', 'RangeError: allOf: conditions must be …, got "A"'],
    [undefined, 'TypeError: allOf: conditions must be …, got undefined'],
    [['A', null], 'TypeError: allOf: condition must be …, got null']
  ])('%p -> %s', (conditions, text) => {
    expect(thrown(() => allOf(conditions as string[]))).toBe(text)
  })

  it('a text -> the message asks for a list', () => {
    expect(message(() => allOf('A' as never))).toBe(
      'RangeError: allOf: conditions must be a list of conditions, got "A"'
    )
  })
})

describe.each<[string, (condition: never) => Condition]>([
  ['not', not],
  ['anyCause', anyCause]
])('%s', (name, make) => {
  it('a text -> a condition around it', () => {
    expect(make('A' as never)).toEqual({ _tag: name, of: { _tag: 'named', name: 'A' } })
  })

  it.each<[unknown, string]>([
    ['', `RangeError: ${name}: condition must be …, got ""`],
    [5, `RangeError: ${name}: condition must be …, got 5`],
    [undefined, `TypeError: ${name}: condition must be …, got undefined`]
  ])('%p -> %s', (condition, text) => {
    expect(thrown(() => make(condition as never))).toBe(text)
  })
})
