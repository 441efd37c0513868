/** The JSON Schema of conditions, and what is said of what is none. What conditions mean is in Policy.test.ts. */
import { conditionForms, validatorsForm } from '../../../src/codec/Condition.js'
import { toConfigErrors } from '../../../src/codec/ConfigError.js'
import { hold } from '../../../src/codec/Registry.js'

const isBusy = (): boolean => true
const isFinal = (): boolean => true
const held = hold({ conditions: { isBusy }, validators: { isFinal } })
const { use, definition } = conditionForms(held)

const itself = { $ref: '#/definitions/condition' }
const some = { type: 'array', items: itself }

describe('conditionForms', () => {
  it('schemas -> a reference, and what it refers to', () => {
    expect(use.schema).toEqual(itself)
    expect(definition.schema).toEqual({
      description:
        "A text (equal to the error's _tag, name or code), a list (any may match), or one of: condition, allOf, not, anyCause.",
      anyOf: [
        { type: 'string', minLength: 1 },
        some,
        {
          type: 'object',
          properties: {
            condition: {
              description: 'The name of an error class or predicate in the registry.',
              enum: ['isBusy']
            },
            allOf: { description: 'Matches if every one of these conditions does.', ...some },
            not: { description: 'Matches what this condition does not.', ...itself },
            anyCause: {
              description: 'Matches if the error, or anything below it in `cause` or `errors`, does.',
              ...itself
            }
          },
          additionalProperties: false,
          oneOf: ['condition', 'allOf', 'not', 'anyCause'].map((key) => ({
            properties: { [key]: {} },
            required: [key]
          }))
        }
      ]
    })
  })

  const condition = 'a condition (a text, a list, or one of condition, allOf, not, anyCause)'

  it.each([
    ['', [['', condition]]],
    [null, [['', condition]]],
    [['A', ['']], [['1.0', condition]]],
    [{ allOf: 'A' }, [['allOf', 'a list of conditions']]],
    [{ allOf: [5] }, [['allOf.0', condition]]],
    [{ not: { anyCause: 1 } }, [['not.anyCause', condition]]]
  ])('%j -> where what was expected', (json, expected) => {
    const read = toConfigErrors(use.decode(json))
    expect(read._tag === 'Left' && read.left.map((error) => [error.path, error.expected])).toEqual(expected)
  })

  it.each<[string, unknown, unknown]>([
    ['a text', 'A', { _tag: 'named', name: 'A' }],
    ['a name', { condition: 'isBusy' }, { _tag: 'predicate', name: 'isBusy', test: isBusy }],
    ['a list', ['A'], { _tag: 'anyOf', of: [{ _tag: 'named', name: 'A' }] }],
    ['not', { not: 'A' }, { _tag: 'not', of: { _tag: 'named', name: 'A' } }]
  ])('%s -> the condition', (_, json, expected) => {
    expect(use.decode(json as never)).toEqual({ _tag: 'Right', right: expected })
  })
})

describe('validatorsForm', () => {
  it.each([
    ['isFinal', [isFinal]],
    [
      ['isFinal', 'isFinal'],
      [isFinal, isFinal]
    ]
  ])('%j -> what the registry holds, in a list', (json, expected) => {
    expect(validatorsForm(held).decode(json)).toEqual({ _tag: 'Right', right: expected })
  })
})
