/** Forms of whole files, which may name their JSON Schema at the top. */
import type * as t from 'io-ts'
import { type Form, toForm } from './Form.js'
import { isObject, type JsonObject, without } from './Json.js'
import { refuse } from './Validation.js'

/** What editors are told of a file. */
interface About {
  readonly title: string
  readonly description: string
  /** The schemas of what it may hold, each an object, by their titles. */
  readonly kinds: Readonly<Record<string, JsonObject>>
  readonly definitions: JsonObject
}

/** Gives the form of a file: a `$schema`, which editors go by, is left aside. Its schema is whole, of draft 7. */
export const fileForm =
  <A>({ title, description, kinds, definitions }: About) =>
  ({ name, validate }: Form<A>): Form<A> => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      title,
      description,
      anyOf: Object.entries(kinds).map(([kind, each]) => ({ title: kind, ...withSchemaKey(each) })),
      definitions
    }
    return toForm(name, schema, (json, context): t.Validation<A> => {
      if (!isObject(json) || !('$schema' in json)) return validate(json, context)
      const { $schema } = json
      return typeof $schema === 'string'
        ? validate(without(json, '$schema'), context)
        : refuse($schema, context, 'a text', '$schema')
    })
  }

const withSchemaKey = (schema: JsonObject): JsonObject => ({
  ...schema,
  properties: {
    $schema: { description: 'Where the JSON Schema of this file is.', type: 'string' },
    ...(schema['properties'] as JsonObject)
  }
})
