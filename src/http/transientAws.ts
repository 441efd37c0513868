import type { Condition } from '../policy/Condition.js'
import { read } from '../policy/Failure.js'
import { statusOf } from './Evidence.js'
import { hasAny, transient } from './Transient.js'

// AWS SDKs and Tools Reference Guide, "Retry behavior", and the SDKs' own lists.
const throttling: ReadonlyArray<string> = [
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException'
]

const passing: ReadonlyArray<string> = ['RequestTimeout', 'RequestTimeoutException', 'TimeoutError']

const statuses: ReadonlyArray<unknown> = [500, 502, 503, 504]

const isNamed = /* #__PURE__ */ hasAny(['name', 'code', 'Code'], /* #__PURE__ */ [throttling, passing].flat())

/**
 * Errors of AWS that may be gone the next time, as its own SDKs see it: throttling and timeouts by name, the statuses 500, 502,
 * 503 and 504, and what a service marks as `$retryable`. Of the SDK for JavaScript, version 2 and 3; looks down `cause`.
 *
 * *Gotchas*: the SDK retries by itself: give it `maxAttempts: 1`, or attempts multiply. `LimitExceededException` means
 * throttling for some services, and a quota that nobody raises for others: `abortOn` can name it.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, isRetryable, retryOn } from 'reprise'
 * import { transientAws } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const retries = isRetryable(pipe(fixed(100), retryOn(transientAws)))
 * assert.equal(retries({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }), true)
 * assert.equal(retries({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } }), false)
 *
 * @category conditions
 * @since 0.3.0
 */
export const transientAws: Condition = /* #__PURE__ */ transient(
  'transientAws',
  (error) =>
    isNamed(error) ||
    statuses.includes(statusOf(error)) ||
    (typeof read(error, '$retryable') === 'object' && read(error, '$retryable') !== null)
)
