/** Codecs of io-ts, made of a form, which reads, and of what writes. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type ConfigError, showConfigError, toConfigErrors } from './ConfigError.js'
import { type Form, toForm } from './Form.js'
import { limits, toJson } from './Json.js'
import { expecting, refuse } from './Validation.js'

/** What is said of what has no room in a configuration. */
export const tooLarge = `what is stored as at most ${limits.values} values (${limits.valuesOfPolicy} in a policy), in ${limits.depth} levels`

/** Gives a form that reads only what can be stored again: combinations copy conditions, so a small text may mean a lot. */
export const storable = <A, J>({ name, schema, validate }: Form<A>, toStored: t.Validate<A, J>): Form<A> =>
  toForm(name, schema, (json, context) =>
    pipe(
      validate(json, context),
      E.flatMap((read) =>
        E.isRight(toStored(read, context)) ? t.success(read) : refuse(json, context, tooLarge)
      )
    )
  )

/** Gives what reads whatever comes in. */
export const decoderOf =
  <A>({ name, validate }: Form<A>) =>
  (value: unknown): E.Either<ReadonlyArray<ConfigError>, A> => {
    const context = [{ key: '', type: expecting(name), actual: value }]
    return pipe(
      toJson(value, context),
      E.flatMap((json) => validate(json, context)),
      toConfigErrors
    )
  }

/** Gives a codec. Whatever it decodes, it can encode. */
export const toCodec = <A extends object, J>(form: Form<A>, toStored: t.Validate<A, J>): t.Type<A, J> => {
  const { name, validate } = storable(form, toStored)
  return new t.Type(
    name,
    // `toStored` refuses what it is not for.
    (value): value is A => E.isRight(store(toStored, value as A)),
    (value, context) =>
      pipe(
        toJson(value, context),
        E.flatMap((json) => validate(json, context))
      ),
    (value) =>
      pipe(
        store(toStored, value),
        E.getOrElseW((errors): never => {
          throw new TypeError(`cannot be stored: ${errors.map(showConfigError).join('; ')}`)
        })
      )
  )
}

/** Gives the JSON of a value, if it can be stored. */
export const store = <A, J>(toStored: t.Validate<A, J>, value: A): E.Either<ReadonlyArray<ConfigError>, J> =>
  toConfigErrors(toStored(value, [{ key: '', type: t.unknown, actual: value }]))
