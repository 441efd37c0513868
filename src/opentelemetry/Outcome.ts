/**
 * How an attempt or a call ended, in a few words that metrics can be grouped by: an outcome, and the type of the error. Their
 * number is bounded by the program, whatever the calls are about: no message, argument or other data is among them.
 */
import type { Attributes, Exception } from '@opentelemetry/api'
import { isLimitExceeded } from '../action/ResourceError.js'
import { isAborted, isRetryError, lastFailure, reasonsOf, toError } from '../action/RetryError.js'
import { type Failure, libraryTag, read } from '../policy/Failure.js'

// --- outcomes

const libraryTags: ReadonlyArray<unknown> = [
  'Exhausted',
  'NotRetryable',
  'Aborted',
  'PolicyFault',
  'BudgetExhausted',
  'TimedOut',
  'CircuitOpen'
]

/** Gives a tag as attributes have it: `not_retryable`. */
export const snakeCase = (tag: string): string =>
  tag.replace(/(?<=[a-z])[A-Z]/g, (capital) => `_${capital}`).toLowerCase()

/** Gives the outcome of a call that ended with an error: that of the library, or else `failure`. */
export const outcomeOf = (error: unknown): string => {
  const tag = tagOf(error)
  return tag === undefined ? 'failure' : snakeCase(tag)
}

const tagOf = (error: unknown): string | undefined => {
  if (isLimitExceeded(error)) return error._tag
  const tag = libraryTag(error)
  return typeof tag === 'string' && libraryTags.includes(tag) ? tag : undefined
}

// --- types of errors

/** Stands for errors that have no name to tell them by. */
const other = '_OTHER'

/**
 * Gives the type of an error. For a retry that has given up it is that of the failure behind it, since a wrapper tells nothing;
 * for an abort that of its reason; else the `_tag`, the `code` or the name, whichever there is first.
 */
export const errorTypeOf = (error: unknown): string => {
  const tag = tagOf(error)
  if (tag === undefined) return nameOf(error) ?? other
  if (isAborted(error)) return nameOf(error.reason) ?? tag
  if (tag === 'PolicyFault' || !isRetryError(error)) return tag
  const last = lastFailure(error)
  return last._tag === 'Some' ? failureTypeOf(last.value) : tag
}

/** Gives the type of what an attempt failed with; a refused result is `Rejected`. */
export const failureTypeOf = (failure: Failure<unknown, unknown>): string =>
  failure._tag === 'Rejected' ? failure._tag : errorTypeOf(failure.error)

const nameOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null) return undefined
  const name = read(error, 'name')
  const names = [read(error, '_tag'), read(error, 'code'), name === 'Error' ? undefined : name]
  return [...names, error instanceof Error ? read(error.constructor, 'name') : undefined, name].find(isName)
}

// A name with spaces, or a long one, is a text about one error.
const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.:/$-]{1,64}$/.test(value)

// --- exceptions

/** Gives what there is to say of a failed attempt, by the semantic conventions for errors and exceptions. */
export const failureAttributes = (failure: Failure<unknown, unknown>): Attributes => {
  const type = failureTypeOf(failure)
  if (failure._tag === 'Rejected') return { 'error.type': type, 'reprise.reasons': [...reasonsOf(failure)] }
  return {
    'error.type': type,
    ...(type !== other && { 'exception.type': type }),
    'exception.message': toError(failure.error).message
  }
}

/** Gives an error as a span records it; its name is the type that metrics have, too. */
export const toException = (error: unknown): Exception => {
  const { message } = toError(error)
  const type = errorTypeOf(error)
  const stack = error instanceof Error ? error.stack : undefined
  return { message, ...(type !== other && { name: type }), ...(stack !== undefined && { stack }) }
}
