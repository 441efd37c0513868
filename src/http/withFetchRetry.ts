/**
 * Retries of requests. Which of them may be sent again is a matter of the request and not of the policy: of its method
 * (RFC 9110, 9.2.2), of what its caller says, and of its body.
 */
import type { Checked, ErrorOf, Judging, ResultOf, Shaped } from '../action/Action.js'
import { type Callable, type Run, toAction, toCallable, toRun } from '../action/entry.js'
import type { RetryError } from '../action/RetryError.js'
import { withRetry } from '../action/withRetry.js'
import { withSignal } from '../action/withSignal.js'
import { allOf, not } from '../policy/Condition.js'
import { abortOn } from '../policy/Judgement.js'
import { limitRetries } from '../policy/Limit.js'
import { type AnyPolicy, parts, type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { isFetchFailed, isHttpError } from './FetchError.js'
import { type Call, signalOf } from './Outgoing.js'
import { type FetchRetryOptions, toPlan } from './RetryPlan.js'
import { transientHttp } from './transientHttp.js'

/**
 * `withRetry` for actions that are called like `fetch`, such as `fetchOnce()` with wrappers around it. It differs in four ways:
 *
 * - A request that is not idempotent is sent once: a POST or PATCH that fails is `NotRetryable`, unless `idempotent` says
 *   otherwise, or it has an idempotency key.
 * - So is one whose body can be sent once: a stream, or something that is iterated over. A `Blob`, a buffer or a `Request` can
 *   be sent again (what the latter carries is held in memory); or make the stream anew, in a function around `fetchOnce()`
 *   inside of a plain `withRetry`.
 * - The `signal` of `init`, or of the `Request`, ends the whole call, waits included, as `Aborted`.
 * - Where the policy names no errors itself (`retryOn`, `when`), of `HttpError` and `FetchFailed` only what `transientHttp`
 *   matches is retried: a 404 will be one again, and a bad URL stays bad.
 *
 * *Gotcha*: the key is made for each run of this action. What stands outside and runs it several times (another retry, a
 * hedge) has a key for each run: put that inside, or hand in a key of your own.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, withTimeout } from 'reprise'
 * import { fetchOnce, withFetchRetry } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const keys: Array<string | null> = []
 * const busy = async (_url: string, init: RequestInit = {}) => {
 *   keys.push(new Headers(init.headers).get('idempotency-key'))
 *   return new Response('busy', { status: 503 })
 * }
 * const policy = pipe(exponential(1), limitRetries(2))
 * const send = pipe(fetchOnce({ fetch: busy }), withTimeout('2s'))
 *
 * const once = await withFetchRetry(policy)(send)('https://example.org/orders', { method: 'POST' })()
 * assert(once._tag === 'Left' && once.left._tag === 'NotRetryable')
 * assert.deepEqual(keys, [null])
 *
 * await withFetchRetry(policy, { idempotencyKey: true })(send)('https://example.org/orders', { method: 'POST' })()
 * assert.equal(keys.length, 4)
 * assert.equal(new Set(keys.slice(1)).size, 1)
 *
 * @category actions
 * @since 0.3.0
 */
export const withFetchRetry = <PE, PA>(
  policy: RetryPolicy<PE, PA>,
  options: FetchRetryOptions = {}
): (<F>(
  fn: F & Checked<F> & Judging<F, PE, PA>
) => Shaped<F, RetryError<ErrorOf<F>, ResultOf<F>>, ResultOf<F>>) => {
  const plan = toPlan('withFetchRetry', options)
  const again = forHttp(toPolicy('withFetchRetry: policy', policy))
  // Errors are refused, and after a result that `retryUntil` refuses the request is not made again.
  const once = limitRetries(0)(abortOn(isSent)(again))
  // The types of the shapes are worked out above; at run time all of them are callables.
  return ((fn: unknown) => {
    const callable = toCallable('withFetchRetry', fn)
    const retried = retry(again, callable)
    const sentOnce = retry(once, callable)
    const run: Run = (env, args) => {
      // It is called as `fetch` is.
      const given = args as unknown as Call
      try {
        const { call, isRepeatable } = plan(given)
        const signal = signalOf(call)
        const action = isRepeatable ? retried : sentOnce
        return toRun(signal === undefined ? action : interruptible(signal, action))(env, call)
      } catch (fault) {
        // A function of the options threw, or the headers are none: a failure like any other, of a request never sent.
        return toRun(retry(once, failing(fault)))(env, args)
      }
    }
    return toAction(callable, run)
  }) as never
}

const isSent = (_error: unknown): boolean => true

// At run time all actions are callables, and go through these as they are.
const retry = (policy: RetryPolicy, fn: Callable): Callable => withRetry(policy)(fn as never)
const interruptible = (signal: AbortSignal, fn: Callable): Callable => withSignal(signal)(fn as never)

const failing =
  (fault: unknown): Callable =>
  () =>
    Promise.reject(fault)

// --- what is retried where the policy does not say

const forHttp = (policy: AnyPolicy): RetryPolicy =>
  // What the policy can judge is stated in the signature above.
  (judges(policy) ? policy : abortOn(hopeless)(policy)) as RetryPolicy

/** Does a policy, or a part of it, say which errors it is for? */
const judges = ({ retryOn, schedule }: AnyPolicy): boolean =>
  retryOn !== undefined || schedule._tag === 'when' || parts(schedule).some(judges)

const isOfFetch = (error: unknown): boolean => isHttpError(error) || isFetchFailed(error)

const hopeless = /* #__PURE__ */ allOf([isOfFetch, /* #__PURE__ */ not(transientHttp)])
