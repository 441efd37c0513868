import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { isCircuitOpen, isLimitExceeded } from './ResourceError.js'
import { isInvalidResult, isRetryError, isTimedOut, lastFailure, toError } from './RetryError.js'

/**
 * Runs a task for callers without fp-ts: resolves to the result, or rejects. A retry that ended on an error rejects with
 * that very error; otherwise (a rejected result, an abort, a timeout, a refusal, a fault) with `toError` of it.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, runOrThrow, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const down = new Error('down')
 * const fetchUser = pipe(async (id: string) => Promise.reject<string>(down), withRetry(pipe(exponential(1), limitRetries(2))))
 * await assert.rejects(runOrThrow(fetchUser('ada')), (error) => error === down)
 *
 * @category conversions
 * @since 0.1.0
 */
export const runOrThrow = async <E, A>(task: TaskEither<E, A>): Promise<A> => {
  const result = await task()
  if (result._tag === 'Right') return result.right
  throw originalError(result.left)
}

const originalError = (error: unknown): unknown => {
  try {
    return toOriginal(error)
  } catch {
    return error // like an error of a retry, but it cannot be read
  }
}

const toOriginal = (error: unknown): unknown => {
  const last = isRetryError(error) && ends.includes(error._tag) ? lastFailure(error) : nothing
  const original = last._tag === 'Some' && last.value._tag !== 'Rejected' ? last.value.error : error
  return isOwn(original) ? toError(error) : original
}

const ends: ReadonlyArray<string> = ['Exhausted', 'NotRetryable', 'BudgetExhausted']

const nothing = { _tag: 'None' } as const

/** Is it plain data of this library, which is not to be thrown as it is? */
const isOwn = (error: unknown): boolean =>
  [isRetryError, isTimedOut, isInvalidResult, isLimitExceeded, isCircuitOpen].some((is) => is(error))
