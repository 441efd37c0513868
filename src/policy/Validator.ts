/**
 * Validators judge the *result* of an attempt. A result that one of them refuses is the failure `Rejected`, with the
 * reasons; a validator that throws refuses too.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { invalid } from './argument.js'
import { print } from './print.js'
import { read, type Context } from './Failure.js'

// --- model

/**
 * An io-ts decoder, as far as it is used here; a `Type` or `Decoder` of io-ts fits.
 *
 * @category model
 * @since 0.1.0
 */
export interface Decoder<I, A> {
  readonly name: string
  readonly decode: (value: I) => Either<ReadonlyArray<DecodeError>, A>
}

/**
 * An error of a decoder, as far as it is read here; a `ValidationError` of io-ts fits.
 *
 * @category model
 * @since 0.1.0
 */
export interface DecodeError {
  readonly value: unknown
  readonly context: ReadonlyArray<{ readonly key: string; readonly type: { readonly name: string } }>
  readonly message?: string | undefined
}

/** A test of results `A` as plain data. */
export type Validator =
  | { readonly _tag: 'predicate'; readonly name: string; readonly test: AnyPredicate }
  | { readonly _tag: 'decoder'; readonly name: string; readonly decoder: AnyDecoder }

// Methods are compared bivariantly: any result type fits, and a parameter left open is `unknown`.
type AnyPredicate = { test(result: unknown, context: Context): boolean }['test']
interface AnyDecoder {
  readonly name: string
  decode(value: unknown): Either<ReadonlyArray<DecodeError>, unknown>
}
type Single = AnyPredicate | AnyDecoder

/**
 * What people write for a validator: a predicate `(result, context) => boolean`, an io-ts decoder, or a list: all must pass.
 *
 * @category model
 * @since 0.1.0
 */
export type ValidatorInput = Single | ReadonlyArray<Single>

/** The results that a validator can judge: for a list, the intersection of what its members take. */
export type Validated<V> = [V extends ReadonlyArray<infer I> ? Judge<I> : Judge<V>] extends [
  (result: infer A) => void
]
  ? A
  : never

type Judge<V> = V extends { readonly decode: (value: infer I) => unknown }
  ? (result: I) => void
  : V extends (result: infer A, ...rest: never[]) => unknown
    ? (result: A) => void
    : never

// --- constructors

/** Gives the validators that a user's input means; throws a `TypeError` for anything else. */
export const toValidators = (argument: string, input: ValidatorInput): ReadonlyArray<Validator> =>
  (isList(input) ? input : [input]).map((each) => {
    if (typeof each === 'function') return Object.freeze({ _tag: 'predicate', name: each.name, test: each })
    if (typeof read(each, 'decode') === 'function') {
      return Object.freeze({ _tag: 'decoder', name: each.name, decoder: each })
    }
    return invalid(argument, 'a predicate, an io-ts decoder, or a list of these', each)
  })

const isList = (input: unknown): input is ReadonlyArray<Single> => Array.isArray(input)

// --- folding

/** Gives why the result is refused: the reasons of the first validator that refuses it; none if it is accepted. */
export const reasonsAgainst = (
  validators: ReadonlyArray<Validator>,
  result: unknown,
  context: Context
): ReadonlyArray<string> => {
  for (const validator of validators) {
    const reasons = judge(validator, result, context)
    if (reasons.length > 0) return reasons
  }
  return []
}

const judge = (validator: Validator, result: unknown, context: Context): ReadonlyArray<string> => {
  const name = validator.name === '' ? 'validator' : `validator '${validator.name}'`
  try {
    if (validator._tag === 'decoder') {
      const decoded = validator.decoder.decode(result)
      return decoded._tag === 'Left' ? explainErrors(decoded.left) : []
    }
    const answer: unknown = validator.test(result, context)
    if (typeof read(answer, 'then') === 'function') return [`${name} must return a boolean, got a promise`]
    return answer ? [] : [`${name} returned ${print(answer)}`]
  } catch (error) {
    const message = read(error, 'message')
    return [`${name} threw: ${typeof message === 'string' ? message : print(error)}`]
  }
}

/** Gives a line for each error of a decoder: path, expectation and value, such as `items.0.price: expected number, got "1"`. */
export const explainErrors = (errors: ReadonlyArray<DecodeError>): ReadonlyArray<string> =>
  errors.map(({ context, value, message }) => {
    // io-ts numbers the members of unions and intersections; they are no part of the data's path.
    const path = context
      .filter(
        ({ key }, i) =>
          key !== '' &&
          !['UnionType', 'IntersectionType'].includes(String(read(context[i - 1]?.type, '_tag')))
      )
      .map(({ key }) => key)
    const expected = context[context.length - 1]?.type.name ?? 'another value'
    return `${path.length === 0 ? 'result' : path.join('.')}: ${message ?? `expected ${expected}, got ${print(value)}`}`
  })

/** Gives a line for each error of any decoder: what is no error of io-ts is printed as it is. */
export const reasonsFrom = (errors: unknown): ReadonlyArray<string> =>
  (Array.isArray(errors) ? (errors as ReadonlyArray<unknown>) : [errors]).flatMap((error) =>
    isDecodeError(error) ? explainErrors([error]) : [typeof error === 'string' ? error : print(error)]
  )

const isDecodeError = (error: unknown): error is DecodeError => Array.isArray(read(error, 'context'))
