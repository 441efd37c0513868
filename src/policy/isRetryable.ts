import { contextOf, decideFrom, initialState, planOf } from './step.js'
import type { RetryPolicy } from './RetryPolicy.js'

/**
 * Answers whether the conditions of a policy accept an error as worth another try, without running anything. Says nothing
 * of limits: a policy that has stopped may still call an error retryable. A condition that throws is a no.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { abortOn, fixed, isRetryable, retryOn } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const judge = isRetryable(pipe(fixed(100), retryOn(Error), abortOn('ABORT_ERR')))
 * assert.equal(judge(new Error('flaky')), true)
 * assert.equal(judge(Object.assign(new Error('stop'), { code: 'ABORT_ERR' })), false)
 * assert.equal(judge('a string'), false)
 *
 * @category reading
 * @since 0.1.0
 */
export const isRetryable = <E, A>(policy: RetryPolicy<E, A>): ((error: E) => boolean) => {
  const plan = planOf(policy)
  return (error) => {
    const context = contextOf(initialState, 0, '', [])
    // Stryker disable next-line StringLiteral: no policy can tell how an error came
    const ruling = decideFrom(plan, initialState, { _tag: 'Failed', error }, context, 0)
    return ruling._tag !== 'GiveUp' || ruling.verdict._tag === 'Exhausted'
  }
}
