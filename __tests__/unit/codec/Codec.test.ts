/** Codecs of a form: here of lists of numbers, of which those with a negative number cannot be stored. */
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { decoderOf, storable, store, toCodec, tooLarge } from '../../../src/codec/Codec.js'
import { showConfigError } from 'reprise/codec'
import { leaf, list, toForm } from '../../../src/codec/Form.js'
import { refuse } from '../../../src/codec/Validation.js'

const number = leaf(
  'a number',
  { type: 'number' },
  O.fromPredicate((json): json is number => typeof json === 'number')
)
const numbers = list('a list of numbers', number)

const toStored: t.Validate<ReadonlyArray<number>, string> = (value, context) =>
  Array.isArray(value) && value.every((each) => each >= 0)
    ? t.success(value.join(' '))
    : refuse(value, context, 'numbers >= 0')

const codec = toCodec(numbers, toStored)

const notJson = 'expected JSON (a text, a finite number, true, false, null, a list or a plain object)'

const tooMuch =
  'expected what is stored as at most 5000 values (1000 in a policy), in 32 levels, got a list of 2'

describe('tooLarge', () => {
  it('is what is said', () => {
    expect(tooLarge).toBe('what is stored as at most 5000 values (1000 in a policy), in 32 levels')
  })
})

describe('decoderOf', () => {
  it.each<[unknown, ReadonlyArray<number>]>([
    [[], []],
    [
      [1, -2],
      [1, -2]
    ]
  ])('%j -> %j', (value, right) => {
    expect(decoderOf(numbers)(value)).toEqual({ _tag: 'Right', right })
  })

  it.each<[unknown, ReadonlyArray<string>]>([
    [5, ['configuration: expected a list of numbers, got 5']],
    [
      [1, 'a', null],
      ['1: expected a number, got "a"', '2: expected a number, got null']
    ],
    // What is no JSON at all is told first.
    [['a', NaN], [`1: ${notJson}, got NaN`]],
    [undefined, [`configuration: ${notJson}, got nothing`]]
  ])('%j -> %j', (value, lines) => {
    const decoded = decoderOf(numbers)(value)
    expect(decoded._tag === 'Left' && decoded.left.map(showConfigError)).toEqual(lines)
  })
})

describe('the context that forms and writers are given', () => {
  const seen: Array<t.Context> = []
  const watching: t.Validate<unknown, never> = (value, context) => {
    seen.push(context)
    return t.failure(value, context)
  }

  beforeEach(() => {
    seen.length = 0
  })

  it('of decoderOf -> begins as that of decode of io-ts: no key, what is expected, the value', () => {
    decoderOf(toForm('a watcher', {}, watching))([1])
    expect(seen).toMatchObject([[{ key: '', type: { name: 'a watcher' }, actual: [1] }]])
    expect(seen[0]).toHaveLength(1)
  })

  it('of store -> begins so, too', () => {
    store(watching, [1])
    expect(seen).toEqual([[{ key: '', type: t.unknown, actual: [1] }]])
  })
})

describe('storable', () => {
  const form = storable(numbers, toStored)

  it('its name and schema -> those of the form', () => {
    expect([form.name, form.schema]).toEqual([
      'a list of numbers',
      { type: 'array', items: { type: 'number' } }
    ])
  })

  it.each<[unknown, unknown]>([
    [
      [1, 2],
      [1, 2]
    ],
    [[1, -2], [`configuration: ${tooMuch}`]],
    [[1, 'a'], ['1: expected a number, got "a"']]
  ])('%j -> %j', (value, expected) => {
    const decoded = decoderOf(form)(value)
    expect(decoded._tag === 'Right' ? decoded.right : decoded.left.map(showConfigError)).toEqual(expected)
  })
})

describe('toCodec', () => {
  const Row = t.type({ values: codec })

  it('its name -> that of the form', () => {
    expect(codec.name).toBe('a list of numbers')
  })

  it.each<[unknown, boolean]>([
    [[], true],
    [[1, 2], true],
    [[1, -2], false],
    [5, false]
  ])('is %j -> %p', (value, expected) => {
    expect(codec.is(value)).toBe(expected)
  })

  it('in a type of io-ts -> decodes and encodes', () => {
    expect(Row.decode({ values: [1, 2] })).toEqual({ _tag: 'Right', right: { values: [1, 2] } })
    expect(Row.encode({ values: [1, 2] })).toEqual({ values: '1 2' })
  })

  it.each<[unknown, string, string]>([
    [[1, 'a'], '/values/1', 'a number'],
    [[1, NaN], '/values/1', notJson.slice('expected '.length)],
    [[1, -2], '/values', tooLarge]
  ])('%j in a type of io-ts -> where and what', (values, path, expected) => {
    const wrong = Row.decode({ values })
    expect(
      wrong._tag === 'Left' &&
        wrong.left.map(({ context }) => [context.map(({ key }) => key).join('/'), context.at(-1)?.type.name])
    ).toEqual([[path, expected]])
  })

  it('encode of what cannot be stored -> a TypeError that says why', () => {
    const several = toCodec(numbers, (value, context) =>
      t.failures([
        ...(t.failure(value, t.appendContext(context, '0', number, value[0])) as { left: t.Errors }).left,
        ...(t.failure(value, t.appendContext(context, '1', number, value[1])) as { left: t.Errors }).left
      ])
    )
    expect(() => codec.encode([-1])).toThrow(
      new TypeError('cannot be stored: configuration: expected numbers >= 0, got a list of 1')
    )
    expect(() => several.encode([1, 2])).toThrow(
      new TypeError(
        'cannot be stored: 0: expected a number, got a list of 2; 1: expected a number, got a list of 2'
      )
    )
  })
})

describe('store', () => {
  it.each<[ReadonlyArray<number>, unknown]>([
    [[1, 2], { _tag: 'Right', right: '1 2' }],
    [[-1], { _tag: 'Left', left: [{ path: '', value: [-1], expected: 'numbers >= 0' }] }]
  ])('%j -> %j', (value, expected) => {
    expect(store(toStored, value)).toEqual(expected)
  })
})
