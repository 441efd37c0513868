/** The JSON Schema of worker options. What is read, and what is said of the rest, is in WorkerOptionsCodec.test.ts. */
import { policyForms } from '../../../src/codec/Policy.js'
import { hold } from '../../../src/codec/Registry.js'
import { workerForm } from '../../../src/codec/WorkerForm.js'
import { unexplained } from '../../support/schemas.js'

const held = hold({})
const { schema } = workerForm(held, policyForms(held))

describe('workerForm', () => {
  it('its schema -> explains every key', () => {
    expect(Object.keys(schema['properties'] as object)).toHaveLength(13)
    expect(unexplained(schema)).toEqual([])
  })

  it('an option -> a value, or a record by method', () => {
    const count = { type: 'integer', minimum: 0, maximum: 9007199254740991 }
    expect((schema['properties'] as Record<string, unknown>)['numRetries']).toEqual({
      description: 'Retries after the first attempt; 0 if not set.',
      anyOf: [
        count,
        {
          type: 'object',
          description: "By method; '*' is for all that are not named, null sets nothing for them.",
          properties: { '*': { anyOf: [count, { type: 'null' }] } },
          required: ['*'],
          additionalProperties: count
        }
      ]
    })
  })
})
