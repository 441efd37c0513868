/**
 * Why a retried call ended without a result. All errors are tagged plain data; the failures of the attempts are inside, in
 * order, each with the original error by identity.
 */
import type { Option } from 'fp-ts/lib/Option.js'
import { print } from '../policy/print.js'
import { type Failure, libraryTag, read } from '../policy/Failure.js'
import { describeRefusal } from './ResourceError.js'

// --- model

/**
 * What every error of a retry has. Times in milliseconds.
 *
 * @inline
 */
interface History<E, A> {
  /** How often the function was called. */
  readonly attempts: number
  /** From the start of the call to its end. */
  readonly elapsed: number
  /** The newest failures, in order: at most 16, or as `recordFailures` says. */
  readonly failures: ReadonlyArray<Failure<E, A>>
  /** How many older failures are not among them. */
  readonly omitted: number
}

/** How far a call has come, whatever it failed with. */
export type Progress = History<unknown, unknown>

/**
 * The schedule stopped; with the `hint` where one beyond its bounds was the cause.
 *
 * @category model
 * @since 0.1.0
 */
export interface Exhausted<E, A> extends History<E, A> {
  readonly _tag: 'Exhausted'
  readonly hint: number | undefined
}

/**
 * A failure that the conditions refuse.
 *
 * @category model
 * @since 0.1.0
 */
export interface NotRetryable<E, A> extends History<E, A> {
  readonly _tag: 'NotRetryable'
}

/**
 * The signal fired; with its `reason`.
 *
 * @category model
 * @since 0.1.0
 */
export interface Aborted<E, A> extends History<E, A> {
  readonly _tag: 'Aborted'
  readonly reason: unknown
}

/**
 * A function of the policy threw, or gave nonsense; the `fault` is what it threw, the last failure what it was asked about.
 *
 * @category model
 * @since 0.1.0
 */
export interface PolicyFault<E, A> extends History<E, A> {
  readonly _tag: 'PolicyFault'
  readonly fault: unknown
}

/**
 * The shared retry budget refused.
 *
 * @category model
 * @since 0.1.0
 */
export interface BudgetExhausted<E, A> extends History<E, A> {
  readonly _tag: 'BudgetExhausted'
}

/**
 * The error of `withRetry`, for a function that fails with `E` or answers `A`.
 *
 * @category model
 * @since 0.1.0
 */
export type RetryError<E, A> =
  Exhausted<E, A> | NotRetryable<E, A> | Aborted<E, A> | PolicyFault<E, A> | BudgetExhausted<E, A>

/**
 * The error of `withTimeout`; with what it knows of a retry that it cut short.
 *
 * @category model
 * @since 0.1.0
 */
export interface TimedOut extends History<unknown, unknown> {
  readonly _tag: 'TimedOut'
  /** The time that was allowed. */
  readonly timeout: number
}

/**
 * The error of `withDecoder`: the value, what the decoder says of it, and that in words: path, expectation, value.
 *
 * @category model
 * @since 0.1.0
 */
export interface InvalidResult<Errors = ReadonlyArray<unknown>> {
  readonly _tag: 'InvalidResult'
  readonly value: unknown
  readonly errors: Errors
  readonly reasons: ReadonlyArray<string>
}

// --- guards

/**
 * Is this an `Exhausted` of this library? It is told by its whole shape, since errors of users may share the tag.
 *
 * @category guards
 * @since 0.1.0
 */
export const isExhausted = (u: unknown): u is Exhausted<unknown, unknown> => libraryTag(u) === 'Exhausted'

/**
 * Is this a `NotRetryable` of this library?
 *
 * @category guards
 * @since 0.1.0
 */
export const isNotRetryable = (u: unknown): u is NotRetryable<unknown, unknown> =>
  libraryTag(u) === 'NotRetryable'

/**
 * Is this an `Aborted` of this library?
 *
 * @category guards
 * @since 0.1.0
 */
export const isAborted = (u: unknown): u is Aborted<unknown, unknown> => libraryTag(u) === 'Aborted'

/**
 * Is this a `PolicyFault` of this library?
 *
 * @category guards
 * @since 0.1.0
 */
export const isPolicyFault = (u: unknown): u is PolicyFault<unknown, unknown> =>
  libraryTag(u) === 'PolicyFault'

/**
 * Is this a `BudgetExhausted` of this library?
 *
 * @category guards
 * @since 0.1.0
 */
export const isBudgetExhausted = (u: unknown): u is BudgetExhausted<unknown, unknown> =>
  libraryTag(u) === 'BudgetExhausted'

/**
 * Is this a `TimedOut` of this library?
 *
 * @category guards
 * @since 0.1.0
 */
export const isTimedOut = (u: unknown): u is TimedOut => libraryTag(u) === 'TimedOut'

/**
 * Is this an `InvalidResult` of this library?
 *
 * @category guards
 * @since 0.2.0
 */
export const isInvalidResult = (u: unknown): u is InvalidResult<unknown> =>
  read(u, '_tag') === 'InvalidResult' && Array.isArray(read(u, 'reasons'))

const retryTags: ReadonlyArray<unknown> = [
  'Exhausted',
  'NotRetryable',
  'Aborted',
  'PolicyFault',
  'BudgetExhausted'
]

/**
 * Is this an error of `withRetry`?
 *
 * @category guards
 * @since 0.1.0
 */
export const isRetryError = (u: unknown): u is RetryError<unknown, unknown> =>
  retryTags.includes(libraryTag(u))

// --- folding

/**
 * Folds a retry error by its tag.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { immediate, limitRetries, match, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 *
 * const task = pipe(TE.left('down'), withRetry(pipe(immediate, limitRetries(2))))
 * const words = match({
 *   Exhausted: (e) => `gave up after ${e.attempts} attempts`,
 *   NotRetryable: () => 'not worth a retry',
 *   Aborted: () => 'cancelled',
 *   PolicyFault: () => 'a bug in the policy',
 *   BudgetExhausted: () => 'too many retries'
 * })
 * assert.deepEqual(await pipe(task, TE.mapLeft(words))(), { _tag: 'Left', left: 'gave up after 3 attempts' })
 *
 * @category folding
 * @since 0.1.0
 */
export const match =
  <E, A, B>(handlers: {
    readonly [T in RetryError<E, A>['_tag']]: (error: Extract<RetryError<E, A>, { readonly _tag: T }>) => B
  }) =>
  (error: RetryError<E, A>): B =>
    // The handler has the type of the member with this tag, which the compiler cannot follow through the index.
    (handlers[error._tag] as (error: RetryError<E, A>) => B)(error)

/**
 * Gives the last failure; none if the call was aborted before any.
 *
 * @category folding
 * @since 0.1.0
 */
export const lastFailure = <E, A>(error: History<E, A>): Option<Failure<E, A>> => {
  const last = error.failures[error.failures.length - 1]
  return last === undefined ? none : { _tag: 'Some', value: last }
}

/**
 * Gives the error of the last failure that has one: not of rejected results.
 *
 * @category folding
 * @since 0.1.0
 */
export const lastError = <E, A>(error: History<E, A>): Option<unknown> => {
  const last = [...error.failures].reverse().find((failure) => failure._tag !== 'Rejected')
  return last === undefined ? none : { _tag: 'Some', value: last.error }
}

/**
 * Gives the results that `retryUntil` refused, in order.
 *
 * @category folding
 * @since 0.1.0
 */
export const rejectedValues = <E, A>(error: History<E, A>): ReadonlyArray<A> =>
  error.failures.flatMap((failure) => (failure._tag === 'Rejected' ? [failure.value] : []))

/**
 * Gives why a result was refused, by `retryUntil` or `withDecoder`: a line for each error of a decoder, with its path, such
 * as `items.0.price: expected number, got "1"`. None for a failure of another kind. The next attempt can learn from it.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import * as t from 'io-ts'
 * import { immediate, limitRetries, reasonsOf, runOrThrow, withAttempt, withDecoder, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // Says what it was told is wrong with its last answer, and gets it right then.
 * const model = async (prompt: string): Promise<unknown> => (prompt.includes('expected number') ? { price: 3 } : { price: '3' })
 * const ask = pipe(
 *   withAttempt(({ previous }) => async (question: string) => {
 *     const wrong = previous._tag === 'Some' ? reasonsOf(previous.value) : []
 *     return model([question, ...wrong].join('\n'))
 *   }),
 *   withDecoder(t.type({ price: t.number })),
 *   withRetry(pipe(immediate, limitRetries(3)))
 * )
 * assert.deepEqual(await runOrThrow(ask('What does it cost?')), { price: 3 })
 *
 * @category folding
 * @since 0.2.0
 */
export const reasonsOf = (failure: Failure<unknown, unknown>): ReadonlyArray<string> =>
  failure._tag === 'Rejected' ? failure.reasons : isInvalidResult(failure.error) ? failure.error.reasons : []

const none: Option<never> = { _tag: 'None' }

// --- conversions

/**
 * Gives a real `Error` for any error of this library: its name is the tag, its message says what happened, its `cause` is
 * the error behind it. An `Error` is given back as it is.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toError = (error: unknown): Error => {
  try {
    if (error instanceof Error) return error
    const tag = read(error, '_tag')
    const cause = causeOf(error)
    const result = new Error(describe(error, cause), { cause })
    if (typeof tag === 'string') result.name = tag
    return result
  } catch {
    return new Error(print(error), { cause: error }) // what cannot be read, such as a revoked proxy
  }
}

const causeOf = (error: unknown): unknown => {
  if (isPolicyFault(error)) return error.fault
  if (isAborted(error)) return error.reason
  if (!isRetryError(error) && !isTimedOut(error)) return error
  const last = lastError(error)
  return last._tag === 'Some' ? last.value : error
}

const describe = (error: unknown, cause: unknown): string => {
  if (isTimedOut(error))
    return withReason(`timed out after ${error.timeout} ms`, cause === error ? '' : textOf(cause))
  if (!isRetryError(error)) return textOf(error)
  const { attempts, elapsed } = error
  const calls = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} in ${Math.round(elapsed)} ms`
  return withReason(
    `${sayings[error._tag]} after ${calls}`,
    cause === error ? rejection(error) : textOf(cause)
  )
}

const withReason = (what: string, reason: string): string => (reason === '' ? what : `${what}: ${reason}`)

const rejection = (error: Progress): string => {
  const last = lastFailure(error)
  return last._tag === 'Some' ? reasonsOf(last.value).join('; ') : ''
}

const sayings: Readonly<Record<RetryError<unknown, unknown>['_tag'], string>> = {
  Exhausted: 'gave up',
  NotRetryable: 'not retryable',
  Aborted: 'aborted',
  PolicyFault: 'the policy failed',
  BudgetExhausted: 'the retry budget refused'
}

const textOf = (value: unknown): string => {
  if (isInvalidResult(value) && value.reasons.length > 0) return value.reasons.join('; ')
  const message = describeRefusal(value) ?? read(value, 'message')
  if (typeof message === 'string') return message
  if (typeof value !== 'object') return typeof value === 'string' ? value : print(value)
  try {
    // Nothing, where a `toJSON` gives nothing.
    const json: unknown = JSON.stringify(value)
    return typeof json === 'string' ? json : print(value)
  } catch {
    return print(value) // a cycle, or a getter that throws
  }
}
