/**
 * Why a request failed. Both are real `Error`s, so that they can be thrown, logged and shown like any other, with a `_tag` to
 * tell them apart. Messages leave out the query of the URL, where secrets often stand.
 */
import { read } from '../policy/Failure.js'
import { causesOf } from './Evidence.js'
import { messageOf } from './Transient.js'

// --- model

/**
 * The server answered, and the answer is an error: by its status, 400 or more, or as `accept` says.
 *
 * Its body has been read, so that the connection is free: the first 64 KiB of it, or as `bodyLimit` says, as text.
 *
 * @category model
 * @since 0.3.0
 */
export interface HttpError extends Error {
  readonly _tag: 'HttpError'
  readonly status: number
  readonly statusText: string
  /** After redirects. */
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
  /** Whether there was more of the body, or it did not come to its end. */
  readonly truncated: boolean
}

/**
 * There is no answer: `fetch` itself failed. `cause` is what it rejected with, by identity; `code` the first that is found
 * there, such as `'ECONNREFUSED'` or `'UND_ERR_SOCKET'`, so that `retryOn('ECONNREFUSED')` works.
 *
 * @category model
 * @since 0.3.0
 */
export interface FetchFailed extends Error {
  readonly _tag: 'FetchFailed'
  readonly code: string | undefined
  readonly url: string
  readonly method: string
  readonly cause: unknown
}

/**
 * Why one request failed.
 *
 * @category model
 * @since 0.3.0
 */
export type FetchError = HttpError | FetchFailed

// --- constructors

export const httpError = (fields: Omit<HttpError, keyof Error | '_tag'>): HttpError => {
  const { status, statusText } = fields
  return toTagged('HttpError', `${status} ${statusText}`.trim(), fields)
}

export const fetchFailed = (url: string, method: string, cause: unknown): FetchFailed => {
  const causes = causesOf(cause)
  const code = causes.map((each) => read(each, 'code')).find((each) => typeof each === 'string')
  // What fetch says itself is "fetch failed"; what went wrong stands behind it, sometimes without words.
  const words = causes.map(messageOf).filter((message) => message !== '')
  return toTagged('FetchFailed', words.at(-1) ?? code ?? 'fetch failed', {
    code,
    url,
    method,
    cause
  })
}

const toTagged = <E extends FetchError>(
  tag: E['_tag'],
  what: string,
  fields: Omit<E, keyof Error | '_tag'> & {
    readonly url: string
    readonly method: string
    readonly cause?: unknown
  }
): E => {
  const message = `${what}: ${fields.method} ${withoutQuery(fields.url)}`
  const error = new Error(message, 'cause' in fields ? { cause: fields.cause } : {})
  // Not enumerable, as with other errors; so is the cause.
  Object.defineProperty(error, 'name', { value: tag, configurable: true, writable: true })
  // These are all of its fields.
  return Object.assign(error, { _tag: tag }, fields) as unknown as E
}

const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '')

// --- guards

/**
 * Is this an `HttpError`?
 *
 * @category guards
 * @since 0.3.0
 */
export const isHttpError = (u: unknown): u is HttpError =>
  read(u, '_tag') === 'HttpError' && typeof read(u, 'status') === 'number'

/**
 * Is this a `FetchFailed`?
 *
 * @category guards
 * @since 0.3.0
 */
export const isFetchFailed = (u: unknown): u is FetchFailed =>
  read(u, '_tag') === 'FetchFailed' && typeof read(u, 'url') === 'string'
