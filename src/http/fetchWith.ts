import type { Judging } from '../action/Action.js'
import type { RetryError } from '../action/RetryError.js'
import { known } from '../policy/argument.js'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import type { FetchAction, FetchLike, ResponseOf } from './Fetch.js'
import type { FetchError } from './FetchError.js'
import { fetchOnce, type FetchOptions, fetchOptions } from './fetchOnce.js'
import { type FetchRetryOptions, fetchRetryOptions } from './RetryPlan.js'
import { withFetchRetry } from './withFetchRetry.js'

/**
 * The options of `fetchWith`: how a request is made, and which may be sent again.
 *
 * @category model
 * @since 0.3.0
 */
export interface FetchWithOptions<F extends FetchLike = typeof fetch, A = ResponseOf<F>>
  extends FetchOptions<F, A>, FetchRetryOptions {}

// Not with the policy, which is looked at before the result of `read` is known.
type JudgedBy<PA, Action, A> = [A] extends [PA]
  ? Action
  : 'reprise: the validators cannot judge the results of this function'

/**
 * `fetch` with retries: called like `fetch`, gives a `TaskEither`. An answer with a status of 400 or more is an `HttpError` (see
 * `accept`), no answer a `FetchFailed`. It is `fetchOnce(options)` in `withFetchRetry(policy, options)`, where all of it is
 * told; take those two to put a timeout, limits or a circuit breaker between them, around each attempt.
 *
 * *Gotchas*: by itself it sets no timeout. A POST is sent once, unless it is marked as idempotent or has a key.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { delayFrom, exponential, limitRetries, withJitter } from 'reprise'
 * import { fetchWith, retryAfter } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential('200ms'), withJitter('full'), limitRetries(4), delayFrom(retryAfter, { max: '60s' }))
 *
 * // Stands for the platform's `fetch` here: refuses the first request.
 * const answers = [new Response('', { status: 429, headers: { 'retry-after-ms': '5' } }), new Response('Ada')]
 * const getText = fetchWith(policy, {
 *   fetch: async () => answers.shift() ?? Response.error(),
 *   read: (response) => response.text()
 * })
 * assert.deepEqual(await getText('https://example.org/users/7')(), { _tag: 'Right', right: 'Ada' })
 *
 * @category actions
 * @since 0.3.0
 */
export const fetchWith = <PE, PA, F extends FetchLike = typeof fetch, A = ResponseOf<F>>(
  policy: RetryPolicy<PE, PA> & Judging<FetchAction<F, FetchError, never>, PE, PA>,
  options: FetchWithOptions<F, A> = {}
): JudgedBy<PA, FetchAction<F, RetryError<FetchError, A>, A>, A> => {
  known('fetchWith', options, [...fetchOptions, ...fetchRetryOptions])
  const { idempotent, idempotencyKey, ...once } = options
  const again = {
    ...(idempotent !== undefined && { idempotent }),
    ...(idempotencyKey !== undefined && { idempotencyKey })
  }
  // The types are those of the parts, which the compiler does not follow through an open `F`.
  return withFetchRetry(policy, again)(fetchOnce(once) as never) as never
}
