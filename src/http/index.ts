/** The platform's `fetch` with retries, and what is transient elsewhere: re-exports only. */
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
