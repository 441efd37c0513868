/** Forms: what they read, what they say of the rest, and the JSON Schema of what they read. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { toConfigErrors } from '../../../src/codec/ConfigError.js'
import {
  anyOf,
  choice,
  defined,
  field,
  type Form,
  inShort,
  leaf,
  list,
  made,
  map,
  object,
  oneOrMore,
  toForm
} from '../../../src/codec/Form.js'
import type { Json } from '../../../src/codec/Json.js'

/** What a form reads, or what it says, line by line. */
const read = (form: Form<unknown>, json: Json): unknown => {
  const found = toConfigErrors(form.decode(json))
  return found._tag === 'Right'
    ? found.right
    : found.left.map(({ path, value, expected }) => `${path}: ${expected}, not ${JSON.stringify(value)}`)
}

const number = leaf(
  'a number',
  { type: 'number' },
  O.fromPredicate((json): json is number => typeof json === 'number')
)

describe('toForm', () => {
  it('its name -> what is expected of the whole', () => {
    const none = toForm('none', { not: {} }, (value, context) => E.left([{ value, context }]))
    expect([none.name, none.schema, read(none, 5)]).toEqual(['none', { not: {} }, [': none, not 5']])
    expect(none.decode(5)).toEqual(E.left([{ value: 5, context: [{ key: '', type: none, actual: 5 }] }]))
  })
})

describe('leaf', () => {
  it.each<[Json, unknown]>([
    [5, 5],
    ['5', [': a number, not "5"']]
  ])('%j -> %j', (json, expected) => {
    expect(read(number, json)).toEqual(expected)
  })
})

describe('list', () => {
  it.each<[Json, unknown]>([
    [[], []],
    [
      [1, 2],
      [1, 2]
    ],
    [
      [1, 'b', 3, null],
      ['1: a number, not "b"', '3: a number, not null']
    ],
    [{}, [': a list of numbers, not {}']],
    [1, [': a list of numbers, not 1']]
  ])('%j -> %j', (json, expected) => {
    expect(read(list('a list of numbers', number), json)).toEqual(expected)
  })

  it.each<[Json, unknown]>([
    [[1], [': two or more, not [1]']],
    [['a'], [': two or more, not ["a"]']],
    [
      [1, 2],
      [1, 2]
    ],
    [
      [1, 2, 3],
      [1, 2, 3]
    ]
  ])('at least two, %j -> %j', (json, expected) => {
    expect(read(list('two or more', number, 2), json)).toEqual(expected)
  })

  it('its schema -> an array, with the least number of items', () => {
    expect(list('', number).schema).toEqual({ type: 'array', items: { type: 'number' } })
    expect(list('', number, 2).schema).toEqual({ type: 'array', items: { type: 'number' }, minItems: 2 })
  })
})

describe('oneOrMore', () => {
  const form = oneOrMore(number)

  it.each<[Json, unknown]>([
    [1, [1]],
    [[], []],
    [
      [1, 2],
      [1, 2]
    ],
    [['a'], ['0: a number, not "a"']],
    ['a', [': a number, or a list of these, not "a"']]
  ])('%j -> %j', (json, expected) => {
    expect(read(form, json)).toEqual(expected)
  })

  it('its schema -> either', () => {
    expect(form.schema).toEqual({
      anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' } }]
    })
  })
})

const point = object('{ x, y }', { x: field(number, 'To the right.'), y: field(number, 'Up.') }, ['x'])

describe('object', () => {
  it.each<[Json, unknown]>([
    [{ x: 1 }, { x: 1 }],
    [
      { y: 2, x: 1 },
      { x: 1, y: 2 }
    ],
    [{ y: 2 }, ['x: a number, not undefined']],
    [{ z: 1 }, ['x: a number, not undefined', 'z: the key x, or one of the keys x, y, not 1']],
    [{ x: 'a', y: null }, ['x: a number, not "a"', 'y: a number, not null']],
    [{ x: 1, depth: 2 }, ['depth: one of the keys x, y, not 2']],
    [[1], [': { x, y }, not [1]']],
    [null, [': { x, y }, not null']]
  ])('%j -> %j', (json, expected) => {
    expect(read(point, json)).toEqual(expected)
  })

  it('a key that is needed -> needed, though its form takes anything', () => {
    const any = object('{ any }', { any: field(leaf('JSON', {}, O.some), 'Anything.') }, ['any'])
    expect([read(any, {}), read(any, { any: null })]).toEqual([['any: JSON, not undefined'], { any: null }])
  })

  it('a key of prototypes -> a key like others', () => {
    expect(read(point, JSON.parse('{ "x": 1, "__proto__": 2 }') as Json)).toEqual([
      '__proto__: one of the keys x, y, not 2'
    ])
  })

  it('its schema -> explained keys and no others; which it needs, if any', () => {
    const properties = {
      x: { description: 'To the right.', type: 'number' },
      y: { description: 'Up.', type: 'number' }
    }
    expect(point.schema).toEqual({ type: 'object', properties, required: ['x'], additionalProperties: false })
    expect(object('', { y: field(number, 'Up.') }).schema).toEqual({
      type: 'object',
      properties: { y: properties.y },
      additionalProperties: false
    })
  })
})

describe('inShort', () => {
  const form = inShort<unknown>(number, point)

  it.each<[Json, unknown]>([
    [1, 1],
    [{ x: 1 }, { x: 1 }],
    [{ x: 'a' }, ['x: a number, not "a"']],
    ['a', [': a number, or { x, y }, not "a"']],
    [[1], [': a number, or { x, y }, not [1]']]
  ])('%j -> %j', (json, expected) => {
    expect(read(form, json)).toEqual(expected)
  })

  it('its schema -> either', () => {
    expect(form.schema).toEqual({ anyOf: [number.schema, point.schema] })
  })
})

describe('choice', () => {
  const form = choice(
    'a shape',
    { circle: field(number, 'A radius.'), square: field(number, 'A side.') },
    { width: field(number, 'Of the line.'), height: field(number, 'Above ground.') }
  )

  it.each<[Json, unknown]>([
    [{ circle: 1 }, { one: 1, rest: [] }],
    // Others in the order of the table.
    [
      { height: 3, width: 2, square: 1 },
      { one: 1, rest: [2, 3] }
    ],
    [{}, [': a key of circle, square, not {}']],
    [{ width: 2 }, [': a key of circle, square, not {"width":2}']],
    [{ circle: 1, square: 2 }, [': only one of circle, square, not {"circle":1,"square":2}']],
    [{ circle: 'a', width: 'b' }, ['circle: a number, not "a"', 'width: a number, not "b"']],
    [
      { circl: 1 },
      [
        'circl: the key circle, or one of the keys circle, square, width, height, not 1',
        ': a key of circle, square, not {"circl":1}'
      ]
    ],
    [null, [': a shape, not null']],
    [['circle'], [': a shape, not ["circle"]']]
  ])('%j -> %j', (json, expected) => {
    expect(read(form, json)).toEqual(expected)
  })

  it('its schema -> all keys, of which exactly one is a choice', () => {
    const small = choice('a shape', { a: field(number, 'A.'), b: field(number, 'B.') })
    expect(small.schema).toEqual({
      type: 'object',
      properties: { a: { description: 'A.', type: 'number' }, b: { description: 'B.', type: 'number' } },
      additionalProperties: false,
      oneOf: [
        { properties: { a: {} }, required: ['a'] },
        { properties: { b: {} }, required: ['b'] }
      ]
    })
    expect(Object.keys(form.schema['properties'] as object)).toEqual(['circle', 'square', 'width', 'height'])
  })
})

describe('map', () => {
  const form = map((value: number) => value * 2)(number)

  it('what is read -> changed; the rest stays', () => {
    expect([read(form, 2), read(form, 'a')]).toEqual([4, [': a number, not "a"']])
    expect([form.name, form.schema]).toEqual(['a number', { type: 'number' }])
  })
})

describe('made', () => {
  const form = made((value: number) => (value > 0 ? E.right(`${value} ms`) : E.left('a number above 0')))(
    number
  )

  it.each<[Json, unknown]>([
    [2, '2 ms'],
    [0, [': a number above 0, not 0']],
    ['a', [': a number, not "a"']]
  ])('%j -> %j', (json, expected) => {
    expect(read(form, json)).toEqual(expected)
  })

  it('its name and schema -> those of what is read', () => {
    expect([form.name, form.schema]).toEqual(['a number', { type: 'number' }])
  })
})

describe('defined', () => {
  it('a form that refers to itself -> a definition in its schema', () => {
    const nested: Form<unknown> = defined('nested', 'a number in lists', () =>
      inShort<unknown>(number, object('{ in }', { in: field(nested, 'Deeper.') }))
    )
    expect(nested.schema).toEqual({ $ref: '#/definitions/nested' })
    expect(read(nested, { in: { in: 1 } })).toEqual({ in: { in: 1 } })
    expect(read(nested, { in: { in: 'a' } })).toEqual(['in.in: a number in lists, not "a"'])
    expect(read(nested, 'a')).toEqual([': a number in lists, not "a"'])
  })
})

describe('anyOf', () => {
  it('forms -> their schemas', () => {
    expect(anyOf(number, { schema: { type: 'null' } })).toEqual({
      anyOf: [{ type: 'number' }, { type: 'null' }]
    })
  })
})
