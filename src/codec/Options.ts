/** The options of a constructor from and to JSON: forms read them, writers write them, and it says whether they fit. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type Duration, toMillis } from '../policy/Duration.js'
import { read } from '../policy/Failure.js'
import { all, expecting, refuse } from './Validation.js'
import { filled, gap } from './write.js'

/** How each option is written. */
export type Writers<A> = { readonly [K in keyof A]-?: t.Validate<NonNullable<A[K]>, unknown> }

/** Gives what a constructor makes of options; says what was expected where it throws. */
export const fit =
  <A, B>(construct: (options: A) => B) =>
  (options: A): E.Either<string, B> =>
    E.tryCatch(
      () => construct(options),
      (error) => `options that fit together (${read(error, 'message') as string})`
    )

/** Gives what writes options, each by its writer, if the constructor takes them. */
export const optionsWriter =
  <A extends object, J>(construct: (options: A) => unknown, writers: Writers<A>): t.Validate<A, J> =>
  (options, context) =>
    pipe(
      options,
      fit((given): ReadonlyArray<readonly [string, unknown]> => {
        construct(given)
        return Object.entries(given).filter(([, value]) => value !== undefined)
      }),
      E.orElse((expected): t.Validation<ReadonlyArray<readonly [string, unknown]>> =>
        refuse(options, context, expected)
      ),
      E.flatMap((entries) =>
        all(
          entries.map(([key, value]) => {
            const at = t.appendContext(context, key, expecting(key), value)
            return pipe(
              // The constructor knows of no other keys, and takes these values.
              writers[key as keyof A](value as never, at),
              // Gaps are found in each, so that all are told.
              E.flatMap((json) => filled(json, at)),
              E.map((json) => [key, json] as const)
            )
          })
        )
      ),
      // It has the keys of the options, and what their writers gave.
      E.flatMap((entries) => filled(Object.fromEntries(entries) as J, context))
    )

// --- writers

export const same = <A>(value: A): t.Validation<A> => t.success(value)

// Stryker disable next-line StringLiteral: names the argument in an error, of which the constructor has found none
export const milliseconds = (value: Duration): t.Validation<number> => t.success(toMillis('', value))

/** A function, which has no place in JSON. */
export const unstorable =
  (name: string) =>
  (value: unknown): t.Validation<string> =>
    t.success(gap(value, `no ${name}, since functions are not stored`))
