/** JSON Schemas: what editors are told of the keys of a file. */
import type { Json, JsonObject } from 'reprise/codec'

/** Every schema in a schema. */
export const schemasIn = (json: Json): ReadonlyArray<JsonObject> => {
  if (typeof json !== 'object' || json === null) return []
  const below = Object.values(json as JsonObject).flatMap(schemasIn)
  return Array.isArray(json) ? below : [json as JsonObject, ...below]
}

/** The keys of objects in a schema that are not explained by a sentence. */
export const unexplained = (schema: JsonObject): ReadonlyArray<string> =>
  schemasIn(schema).flatMap(({ properties, additionalProperties }) =>
    additionalProperties === false
      ? Object.entries(properties as Readonly<Record<string, JsonObject>>).flatMap(
          ([key, { description }]) =>
            typeof description === 'string' && /^[A-Z].+\.$/.test(description) ? [] : [key]
        )
      : []
  )
