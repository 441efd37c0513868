/**
 * The platform's `fetch` with retries that heed what may be sent again and when, and catalogues of what is transient: in HTTP,
 * Node, PostgreSQL, MySQL, Redis and AWS. Needs nothing at run time.
 *
 * @module reprise/http
 */
export type { FetchAction, FetchLike, ResponseOf } from './Fetch.js'
export {
  type FetchError,
  type FetchFailed,
  type HttpError,
  isFetchFailed,
  isHttpError
} from './FetchError.js'
export { fetchOnce, type FetchOptions } from './fetchOnce.js'
export { fetchWith, type FetchWithOptions } from './fetchWith.js'
export type { OutgoingRequest } from './Outgoing.js'
export type { FetchRetryOptions } from './RetryPlan.js'
export { retryAfter, retryAfterBy } from './retryAfter.js'
export { transientAws } from './transientAws.js'
export { transientHttp, transientNetwork, transientStatus } from './transientHttp.js'
export { transientMysql } from './transientMysql.js'
export { transientNode } from './transientNode.js'
export { transientPostgres } from './transientPostgres.js'
export { transientRedis } from './transientRedis.js'
export { withFetchRetry } from './withFetchRetry.js'
