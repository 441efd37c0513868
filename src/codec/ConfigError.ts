import { type Either, mapLeft } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { print } from '../policy/print.js'

/**
 * What is wrong with a configuration, or with a policy that is to be stored: where (`'retryOn.0'`; `''` is the whole), the
 * value there, and what was expected.
 *
 * @category model
 * @since 0.2.0
 */
export interface ConfigError {
  readonly path: string
  readonly value: unknown
  readonly expected: string
}

/**
 * Shows an error in one line: path, expectation, value.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { decodePolicy, showConfigError } from 'reprise/codec'
 *
 * const decoded = decodePolicy({})({ exponential: '200ms', limitRetries: -1 })
 * assert(decoded._tag === 'Left')
 * assert.deepEqual(decoded.left.map(showConfigError), ['limitRetries: expected a whole number >= 0, got -1'])
 *
 * @category reading
 * @since 0.2.0
 */
export const showConfigError = ({ path, value, expected }: ConfigError): string =>
  // Control characters in keys would be obeyed by a terminal.
  `${path === '' ? 'configuration' : cut(path, 200)}: expected ${expected}, got ${brief(value)}`.replace(
    /\p{C}/gu,
    '\uFFFD'
  )

/** A text of no great length for any value. */
const brief = (value: unknown): string => {
  try {
    if (value === undefined) return 'nothing'
    if (Array.isArray(value)) return `a list of ${value.length}`
    if (typeof value === 'function')
      return value.name === '' ? 'a function' : `the function ${cut(value.name, 60)}`
    return typeof value === 'object' && value !== null ? 'an object' : cut(print(value), 60)
  } catch {
    return typeof value
  }
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}…`

/** Gives the errors of a validation that began with `decode` of io-ts. */
export const toConfigErrors = <A>(validation: t.Validation<A>): Either<ReadonlyArray<ConfigError>, A> =>
  mapLeft((errors: t.Errors) =>
    errors.map(({ context, value }) => ({
      path: context
        .slice(1)
        .map(({ key }) => key)
        .join('.'),
      value,
      expected: context[context.length - 1]?.type.name ?? ''
    }))
  )(validation)
