/** One request to a JSON API. Errors are plain tagged data, so that conditions can name them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

// --- model

export type HttpError =
  { readonly _tag: 'NoAnswer'; readonly cause: unknown; readonly message: string } | BadStatus

interface BadStatus {
  /** 429, 5xx, and any other 4xx. */
  readonly _tag: 'TooManyRequests' | 'ServerError' | 'ClientError'
  readonly status: number
  /** Milliseconds, of a `Retry-After`. */
  readonly retryAfter: number | undefined
  readonly message: string
}

export interface Request {
  readonly url: string
  /** Sent by POST, as JSON; without one, it is a GET. */
  readonly body?: unknown
  /** That of the attempt: where it aborts, so does the request. */
  readonly signal: AbortSignal
}

// --- errors

// What `fetch` says itself is "fetch failed"; what went wrong stands behind it.
const noAnswer = (error: unknown): HttpError => {
  const { message, cause } = E.toError(error)
  return {
    _tag: 'NoAnswer',
    cause: error,
    message: `no answer: ${cause instanceof Error ? cause.message : message}`
  }
}

const badStatus = ({ status, statusText, headers }: Response, body: string): HttpError => ({
  _tag: status === 429 ? 'TooManyRequests' : status >= 500 ? 'ServerError' : 'ClientError',
  status,
  retryAfter: toMillis(headers.get('retry-after')),
  message: `${status} ${statusText} ${body}`
})

/** Reads a `Retry-After`: seconds, or a date. */
const toMillis = (header: string | null): number | undefined => {
  if (header === null) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0)
}

// --- one request

/** Sends the request, and gives the JSON of its answer. */
export const sendJson = ({ url, body, signal }: Request): TE.TaskEither<HttpError, unknown> =>
  pipe(
    TE.tryCatch(() => fetch(url, { signal, ...(body === undefined ? {} : post(body)) }), noAnswer),
    TE.chain(readBody)
  )

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body)
})

/** Reads the body in any case: one that is left unread keeps its connection busy. */
const readBody = (response: Response): TE.TaskEither<HttpError, unknown> =>
  pipe(
    TE.tryCatch(() => response.text(), noAnswer),
    TE.chain((body) => (response.ok ? parse(body) : TE.left(badStatus(response, body))))
  )

const parse = (body: string): TE.TaskEither<HttpError, unknown> =>
  TE.tryCatch(async (): Promise<unknown> => JSON.parse(body), noAnswer)
