/**
 * Forms: how a part of a configuration is written. A form reads plain JSON and knows the JSON Schema of what it reads, so
 * that what decodes and what editors are told come from the same tables.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { isList, isObject, type Json, type JsonObject } from './Json.js'
import { instead } from './nearest.js'
import { all, refuse } from './Validation.js'

// --- model

/** Reads JSON. Its name says what is expected, in the words of an error message. */
export interface Form<A> extends t.Decoder<Json, A> {
  readonly schema: JsonObject
}

/** A form under a key, and what it is for. */
export interface Field<A> {
  readonly form: Form<A>
  readonly description: string
}

export type Fields<T> = { readonly [K in keyof T]: Field<T[K]> }

// --- constructors

export const toForm = <A>(name: string, schema: JsonObject, validate: t.Validate<Json, A>): Form<A> => {
  const form: Form<A> = {
    name,
    schema,
    validate,
    decode: (json) => validate(json, [{ key: '', type: form, actual: json }])
  }
  return form
}

export const field = <A>(form: Form<A>, description: string): Field<A> => ({ form, description })

/** The form of single values, of those that `read` makes something of. */
export const leaf = <A>(name: string, schema: JsonObject, read: (json: Json) => O.Option<A>): Form<A> =>
  toForm(name, schema, (json, context) =>
    pipe(
      read(json),
      O.match(() => t.failure(json, context), t.success)
    )
  )

/** A list, of at least so many. */
export const list = <A>(name: string, item: Form<A>, minItems = 0): Form<ReadonlyArray<A>> =>
  toForm(name, { type: 'array', items: item.schema, ...(minItems > 0 && { minItems }) }, (json, context) =>
    isList(json) && json.length >= minItems
      ? all(json.map((each, i) => item.validate(each, t.appendContext(context, String(i), item, each))))
      : t.failure(json, context)
  )

/** One value, or a list of these. */
export const oneOrMore = <A>(item: Form<A>): Form<ReadonlyArray<A>> => {
  const name = `${item.name}, or a list of these`
  const many = list(name, item)
  return toForm(name, anyOf(item, many), (json, context) =>
    isList(json)
      ? many.validate(json, context)
      : pipe(
          item.validate(json, context),
          E.map((one) => [one])
        )
  )
}

/** An object in full, or one value in short. */
export const inShort = <A>(short: Form<A>, full: Form<A>): Form<A> =>
  toForm(`${short.name}, or ${full.name}`, anyOf(short, full), (json, context) =>
    (isObject(json) ? full : short).validate(json, context)
  )

/** An object with these keys and no others, some of which it must have. */
export const object = <T extends object, R extends keyof T & string = never>(
  name: string,
  fields: Fields<T>,
  required: ReadonlyArray<R> = []
): Form<Pick<T, R> & Partial<T>> => {
  const known = new Map<string, Field<unknown>>(Object.entries(fields))
  const keys = [...known.keys()]
  const readKey = (key: string, value: Json | undefined, context: t.Context): t.Validation<unknown> => {
    const form = known.get(key)?.form
    if (form === undefined || value === undefined) {
      return refuse(value, context, form?.name ?? instead(key, keys), key)
    }
    return form.validate(value, t.appendContext(context, key, form, value))
  }
  return toForm(name, schemaOfObject(known, required), (json, context) => {
    if (!isObject(json)) return t.failure(json, context)
    const missing = required.filter((key) => !(key in json))
    return pipe(
      [...missing, ...Object.keys(json)].map((key) =>
        pipe(
          readKey(key, json[key], context),
          E.map((value) => [key, value] as const)
        )
      ),
      all,
      // The keys are those of the table, and each value was read by the form of its key.
      E.map((entries) => Object.fromEntries(entries) as Pick<T, R> & Partial<T>)
    )
  })
}

/** An object with exactly one of some keys, beside any of others. */
export const choice = <A, B = never>(
  name: string,
  choices: Readonly<Record<string, Field<A>>>,
  others: Readonly<Record<string, Field<B>>> = {}
): Form<{ readonly one: A; readonly rest: ReadonlyArray<B> }> => {
  const keys = Object.keys(choices)
  const whole = object<Record<string, A | B>>(name, { ...choices, ...others })
  const schema = {
    ...whole.schema,
    oneOf: keys.map((key) => ({ properties: { [key]: {} }, required: [key] }))
  }
  return toForm(name, schema, (json, context) => {
    if (!isObject(json)) return t.failure(json, context)
    const chosen = keys.filter((key) => key in json)
    const counted =
      chosen.length === 1
        ? t.success({})
        : refuse(
            json,
            context,
            chosen.length === 0 ? `a key of ${keys.join(', ')}` : `only one of ${chosen.join(', ')}`
          )
    return pipe(
      all<unknown>([whole.validate(json, context), counted]),
      E.map(([read]) => {
        // The one key that was chosen was read by the form of a choice, all others by theirs.
        const record = read as Readonly<Record<string, unknown>>
        return {
          one: record[chosen[0] as string] as A,
          rest: Object.keys(others).flatMap((key) => (Object.hasOwn(record, key) ? [record[key] as B] : []))
        }
      })
    )
  })
}

// --- combinators

/** What is read, changed. */
export const map =
  <A, B>(f: (value: A) => B) =>
  ({ name, schema, validate }: Form<A>): Form<B> =>
    toForm(name, schema, (json, context) => pipe(validate(json, context), E.map(f)))

/** What is made of what is read, unless something else was expected. */
export const made =
  <A, B>(make: (value: A) => E.Either<string, B>) =>
  ({ name, schema, validate }: Form<A>): Form<B> =>
    toForm(name, schema, (json, context) =>
      pipe(
        validate(json, context),
        E.flatMap((value) =>
          pipe(
            make(value),
            E.orElse((expected): t.Validation<B> => refuse(json, context, expected))
          )
        )
      )
    )

/** A form that others refer to by name, themselves included: in the schema it is a definition. */
export const defined = <A>(definition: string, name: string, form: () => Form<A>): Form<A> =>
  toForm(name, { $ref: `#/definitions/${definition}` }, (json, context) => form().validate(json, context))

// --- schemas

/** The schema of what one of these reads. */
export const anyOf = (...forms: ReadonlyArray<Pick<Form<unknown>, 'schema'>>): JsonObject => ({
  anyOf: forms.map(({ schema }) => schema)
})

const schemaOfObject = (
  fields: ReadonlyMap<string, Field<unknown>>,
  required: ReadonlyArray<string>
): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(
    [...fields].map(([key, { form, description }]) => [key, { description, ...form.schema }])
  ),
  ...(required.length > 0 && { required }),
  additionalProperties: false
})
