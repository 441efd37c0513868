import * as O from 'fp-ts/lib/Option.js'
import { toConfigErrors } from '../../../src/codec/ConfigError.js'
import { fileForm } from '../../../src/codec/FileForm.js'
import { field, leaf, object } from '../../../src/codec/Form.js'
import type { Json } from '../../../src/codec/Json.js'

const point = object('{ x }', { x: field(leaf('x', { type: 'number' }, O.some), 'To the right.') })
const file = fileForm<object>({
  title: 'points',
  description: 'One point.',
  kinds: { point: point.schema, nothing: { type: 'object', required: ['y'] } },
  definitions: { number: { type: 'number' } }
})(point)

const read = (json: Json): unknown => {
  const found = toConfigErrors(file.decode(json))
  return found._tag === 'Right' ? found.right : found.left
}

describe('fileForm', () => {
  it.each<[Json, unknown]>([
    [{ x: 1 }, { x: 1 }],
    [{ $schema: './points.json', x: 1 }, { x: 1 }],
    [{ $schema: '' }, {}],
    [{ $schema: 5, x: 1 }, [{ path: '$schema', value: 5, expected: 'a text' }]],
    [{ $schema: null, y: 1 }, [{ path: '$schema', value: null, expected: 'a text' }]],
    [['$schema'], [{ path: '', value: ['$schema'], expected: '{ x }' }]],
    ['$schema', [{ path: '', value: '$schema', expected: '{ x }' }]],
    [null, [{ path: '', value: null, expected: '{ x }' }]]
  ])('%j -> %j', (json, expected) => {
    expect(read(json)).toEqual(expected)
  })

  it('its schema -> of draft 7, each kind with a title and a key for the schema', () => {
    const $schema = { description: 'Where the JSON Schema of this file is.', type: 'string' }
    expect(file.schema).toEqual({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'points',
      description: 'One point.',
      anyOf: [
        {
          title: 'point',
          type: 'object',
          properties: { $schema, x: { description: 'To the right.', type: 'number' } },
          additionalProperties: false
        },
        { title: 'nothing', type: 'object', required: ['y'], properties: { $schema } }
      ],
      definitions: { number: { type: 'number' } }
    })
  })
})
