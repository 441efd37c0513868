/**
 * What can come of an attempt. A *failure* is a `Left` (`Failed`), a throw or rejection (`Threw`), or a result that
 * `retryUntil` refused (`Rejected`). The original error or value is always there, by identity, never changed.
 */

// --- model

/**
 * The function answered with a `Left`.
 *
 * @category model
 * @since 0.1.0
 */
export interface Failed<E> {
  readonly _tag: 'Failed'
  readonly error: E
}

/**
 * The function threw, or its promise was rejected; anything can be thrown.
 *
 * @category model
 * @since 0.1.0
 */
export interface Threw {
  readonly _tag: 'Threw'
  readonly error: unknown
}

/**
 * The function answered, and `retryUntil` refused the answer; the reasons say why.
 *
 * @category model
 * @since 0.1.0
 */
export interface Rejected<A> {
  readonly _tag: 'Rejected'
  readonly value: A
  readonly reasons: ReadonlyArray<string>
}

/**
 * The function answered.
 *
 * @category model
 * @since 0.1.0
 */
export interface Answered<A> {
  readonly _tag: 'Answered'
  readonly value: A
}

/**
 * Why an attempt failed.
 *
 * @category model
 * @since 0.1.0
 */
export type Cause<E, A> = Failed<E> | Threw | Rejected<A>

/**
 * What a driver of `step` reports of an attempt; `Rejected` is a result that it refused itself.
 *
 * @category model
 * @since 0.1.0
 */
export type Outcome<E, A> = Answered<A> | Cause<E, A>

/**
 * A failed attempt, as errors and events keep it: its cause, its number (from 1), the milliseconds from the start of the
 * call to its start, its own length, and the wait that followed (`undefined` if none did).
 *
 * @category model
 * @since 0.1.0
 */
export type Failure<E, A> = Cause<E, A> & {
  readonly attempt: number
  readonly startedAt: number
  readonly duration: number
  readonly delay: number | undefined
}

/**
 * What conditions, validators and hints are told besides the error or result. Times in milliseconds.
 *
 * @category model
 * @since 0.1.0
 */
export interface Context {
  /** The attempt just made, counted from 1. */
  readonly attempt: number
  /** From the start of the call to the end of this attempt, on a monotonic clock. */
  readonly elapsed: number
  /** The name of the function, or of the worker's method. */
  readonly name: string
  readonly args: ReadonlyArray<unknown>
  /** The wait before this attempt; `undefined` for the first. */
  readonly previousDelay: number | undefined
}

// --- guards

/** Reads a property of anything; a throwing getter reads as `undefined`. */
export const read = (value: unknown, key: string): unknown => {
  // Stryker disable BlockStatement,OptionalChaining: what throws reads as undefined, with the words or without
  try {
    return (value as Readonly<Record<string, unknown>> | null | undefined)?.[key]
  } catch {
    return undefined
  }
}

// Stryker restore all

/**
 * Gives the tag of one of the library's own errors, told by its whole shape: a user's error may well share the tag alone.
 * No text for anything else.
 */
export const libraryTag = (value: unknown): unknown => {
  // Stryker disable BlockStatement: a getter that throws gives no tag, with the word or without
  try {
    const tagged = value as Readonly<Record<string, unknown>> | null | undefined
    // Most errors have no tag: they are told at once.
    // Stryker disable next-line ConditionalExpression,OptionalChaining: saves time alone, since without a tag it gives no text
    if (!tagged?.['_tag']) return undefined
    const { _tag, failures, attempts, elapsed, omitted, retryAfter } = tagged
    const counts = Array.isArray(failures)
      ? [attempts, elapsed, omitted]
      : [_tag === 'CircuitOpen' && retryAfter]
    return counts.every(Number.isFinite) && _tag
  } catch {
    return undefined
  }
}

// Stryker restore all

/** The tags of errors that mean "given up already": not retried unless `retryOn` names them. */
export const givenUp: ReadonlyArray<unknown> = ['Exhausted', 'NotRetryable', 'BudgetExhausted', 'CircuitOpen']
