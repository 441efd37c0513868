/**
 * Helpers for io-ts validations. What an error expected is the name of the last type of its context, so that every
 * reporter of io-ts shows it.
 */
import { separate } from 'fp-ts/lib/ReadonlyArray.js'
import * as t from 'io-ts'

/** Stands in a context for what was expected. */
export const expecting = (name: string): t.Decoder<unknown, never> => ({
  name,
  validate: t.failure,
  decode: (value) => refuse(value, [], name, '')
})

/** An error: something else was expected, here or under a key. */
export const problem = (
  value: unknown,
  context: t.Context,
  expected: string,
  key?: string
): t.ValidationError => {
  const [above, at] =
    key === undefined ? [context.slice(0, -1), context[context.length - 1]?.key ?? ''] : [context, key]
  return { value, context: t.appendContext(above, at, expecting(expected), value) }
}

/** Fails with a `problem`. */
export const refuse = (...args: Parameters<typeof problem>): t.Validation<never> =>
  t.failures([problem(...args)])

/** Gives all values, or the errors of all that failed. */
export const all = <A>(each: ReadonlyArray<t.Validation<A>>): t.Validation<ReadonlyArray<A>> => {
  const { left, right } = separate(each)
  return left.length > 0 ? t.failures(left.flat()) : t.success(right)
}
