/**
 * What may be gone the next time an HTTP request is made. Conditions for `retryOn`, by themselves or in a list; they judge the
 * errors of this and of most other clients, and look down `cause`.
 */
import { type Condition, toCondition } from '../policy/Condition.js'
import { read } from '../policy/Failure.js'
import { headersOf, statusOf } from './Evidence.js'
import { hasAny, messageOf, transient } from './Transient.js'
import { networkCodes } from './transientNode.js'

// 408, 425, 503: the server itself says that the request may be repeated (RFC 9110; RFC 8470 for 425). 429: later
// (RFC 6585). 500, 502, 504: something broke on the way or for the moment; every client in wide use tries again.
// 521, 522, 524: the same, as Cloudflare says it. Not 501 and 505, which stay; not 409, which waits for somebody to act.
const statuses: ReadonlyArray<unknown> = [408, 425, 429, 500, 502, 503, 504, 521, 522, 524]

/**
 * Statuses that may be gone the next time: 408, 425, 429, 500, 502, 503, 504, and Cloudflare's 521, 522, 524. A 413 only if it
 * says when (`Retry-After`), which is what makes it a matter of time (RFC 9110, 15.5.14).
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, isRetryable, retryOn } from 'reprise'
 * import { transientStatus } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const retries = isRetryable(pipe(fixed(100), retryOn(transientStatus)))
 * assert.deepEqual([503, 404, 501].map((status) => retries({ status })), [true, false, false])
 *
 * @category conditions
 * @since 0.3.0
 */
export const transientStatus: Condition = /* #__PURE__ */ transient('transientStatus', (error) => {
  const status = statusOf(error)
  return statuses.includes(status) || (status === 413 && headersOf(error)?.('retry-after') !== undefined)
})

// undici's own codes: its docs, "Errors". What it calls informational are connections that were reset or closed.
const undiciCodes: ReadonlyArray<string> = [
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_INFO',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_SOCKET'
]

// What Bun has for a `code`.
const bunCodes: ReadonlyArray<string> = ['ConnectionClosed', 'ConnectionRefused', 'FailedToOpenSocket']

const hasCode = /* #__PURE__ */ hasAny(['code'], [...networkCodes, ...undiciCodes, ...bunCodes])

// The fetch of browsers says no more than this, on purpose; each in its own words. Bad arguments are TypeErrors as well.
const wordings =
  /^(?:Failed to fetch|network error|NetworkError when attempting to fetch resource|Load failed|The network connection was lost|The Internet connection appears to be offline|Network request failed|error sending request)/

/**
 * The network failed: connections refused, reset or timed out, and names not found, by the `code` that Node and undici give
 * (fetch hides it in `cause`), and the `TypeError` by which browsers say so. Not what stays: a bad URL, a certificate that is
 * not trusted, an abort.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, isRetryable, retryOn } from 'reprise'
 * import { transientNetwork } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const retries = isRetryable(pipe(fixed(100), retryOn(transientNetwork)))
 * const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
 * assert.equal(retries(new TypeError('fetch failed', { cause })), true)
 * assert.equal(retries(new TypeError('Failed to fetch')), true)
 * assert.equal(retries(new TypeError('Failed to parse URL from nonsense')), false)
 *
 * @category conditions
 * @since 0.3.0
 */
export const transientNetwork: Condition = /* #__PURE__ */ transient(
  'transientNetwork',
  (error) => hasCode(error) || (read(error, 'name') === 'TypeError' && wordings.test(messageOf(error)))
)

/**
 * `transientStatus` or `transientNetwork`: what `fetchWith` goes by where a policy names no errors itself.
 *
 * @category conditions
 * @since 0.3.0
 */
export const transientHttp: Condition = /* #__PURE__ */ toCondition('transientHttp', [
  transientStatus,
  transientNetwork
  // Both judge anything.
]) as Condition
