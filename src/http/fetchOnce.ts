import { invalid, known, wholeNumber } from '../policy/argument.js'
import { read as readKey } from '../policy/Failure.js'
import { arrow } from '../action/arrow.js'
import { left, type Result, right } from '../action/entry.js'
import { type Attempt, withAttempt } from '../action/withAttempt.js'
import type { Answer, FetchAction, FetchLike, ResponseOf } from './Fetch.js'
import { fetchFailed, type FetchError, httpError, type HttpError } from './FetchError.js'
import { type Followed, followSignal } from './followSignal.js'
import { type Call, methodOf, signalOf, toSend, urlOf } from './Outgoing.js'
import { discard, readBody } from './readBody.js'

/**
 * How one request is made.
 *
 * @category model
 * @since 0.3.0
 */
export interface FetchOptions<F extends FetchLike = typeof fetch, A = ResponseOf<F>> {
  /** What sends it: the platform's `fetch` as it is when a request is made, if not said. */
  readonly fetch?: F
  /** Which answers are none of an error: those with a status below 400, if not said. */
  readonly accept?: (response: ResponseOf<F>) => boolean
  /**
   * Makes the result of an accepted answer, as a part of the attempt: a body that breaks off, or is no JSON, is a failure like
   * any other, and timeouts count it in. Without it the result is the answer, its body unread.
   */
  readonly read?: (response: ResponseOf<F>) => PromiseLike<A> | A
  /** How many bytes of the body an `HttpError` keeps at most: 65,536 if not said. */
  readonly bodyLimit?: number
}

/** The names of these options. */
export const fetchOptions: ReadonlyArray<keyof FetchOptions> = ['fetch', 'accept', 'read', 'bodyLimit']

/**
 * Makes requests, each once, as an action to put wrappers around: `fetchOnce()` is called like `fetch`, and gives a
 * `TaskEither`. An answer that is an error is an `HttpError`, no answer a `FetchFailed`.
 *
 * The request has a signal that aborts with the attempt (a timeout, a hedge, `withSignal`) and with the `signal` in `init`,
 * which goes on to count for the body. A `Request` is cloned for each attempt, which holds what it carries in memory. What an
 * attempt leaves unread is read to its end, or cancelled, before the next.
 *
 * *Gotchas*: without `read`, an attempt ends with the headers: no timeout covers the body. A plain `withRetry` around it
 * sends POSTs again, too: `withFetchRetry` does not.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, withTimeout } from 'reprise'
 * import { fetchOnce, withFetchRetry } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const statuses = [503, 200]
 * const getJson = pipe(
 *   fetchOnce({
 *     fetch: async () => Response.json({ name: 'Ada' }, { status: statuses.shift() ?? 500 }),
 *     read: (response) => response.json()
 *   }),
 *   withTimeout('2s'), // each attempt, body included
 *   withFetchRetry(pipe(exponential(5), limitRetries(3))),
 *   withTimeout('10s') // the whole call
 * )
 * assert.deepEqual(await getJson('https://example.org/users/7')(), { _tag: 'Right', right: { name: 'Ada' } })
 *
 * @category actions
 * @since 0.3.0
 */
export const fetchOnce = <F extends FetchLike = typeof fetch, A = ResponseOf<F>>(
  options: FetchOptions<F, A> = {}
): FetchAction<F, FetchError, A> => {
  known('fetchOnce', options, fetchOptions)
  for (const name of ['fetch', 'accept', 'read'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'function')
      invalid(`fetchOnce: ${name}`, 'a function', options[name])
  const { bodyLimit = 65_536 } = options
  wholeNumber('fetchOnce: bodyLimit', bodyLimit, 0)
  const means: Means = {
    // Looked up at each call, so that a stub that a test puts in its place is seen.
    send: (...args) => ((options.fetch ?? globalThis.fetch) as unknown as Means['send'])(...args),
    accept: (options.accept as Means['accept'] | undefined) ?? isNoError,
    read: options.read as Means['read'],
    bodyLimit
  }
  const make = (attempt: Attempt) => (input: unknown, init?: object) => request(means, attempt, [input, init])
  // The name that events show.
  Object.defineProperty(make, 'name', { value: 'fetch' })
  // It is called as `F` is, and resolves to an `Either` of these types.
  return arrow(withAttempt(make)) as unknown as FetchAction<F, FetchError, A>
}

interface Means {
  readonly send: (input: unknown, init: object) => PromiseLike<Answer>
  readonly accept: (answer: Answer) => boolean
  readonly read: ((answer: Answer) => unknown) | undefined
  readonly bodyLimit: number
}

const isNoError = ({ status = 0 }: Answer): boolean => status < 400

/** Makes the request of an attempt; rejects only with what `accept` or `read` throw. */
const request = async (means: Means, attempt: Attempt, call: Call): Promise<Result> => {
  await tidyUp(means, attempt)
  const { signal, release, keepFor } = followSignal(attempt.signal, signalOf(call))
  try {
    const sent = await send(means, call, signal)
    return sent._tag === 'Left' ? sent : await settle(means, call, sent.right, keepFor)
  } finally {
    release()
  }
}

/** Reads or cancels the answer of the attempt before, if `retryUntil` has refused it and nobody reads it. */
const tidyUp = async ({ bodyLimit }: Means, { previous }: Attempt): Promise<void> => {
  if (previous._tag === 'None' || previous.value._tag !== 'Rejected') return
  const answer = previous.value.value
  if (typeof readKey(readKey(answer, 'body'), 'getReader') === 'function')
    // It has a stream for its body, which is all that is needed.
    await readBody(answer as Answer, bodyLimit)
}

type Sent = Extract<Result, { readonly _tag: 'Left' }> | { readonly _tag: 'Right'; readonly right: Answer }

const send = async (means: Means, call: Call, signal: AbortSignal): Promise<Sent> => {
  try {
    return { _tag: 'Right', right: await means.send(...toSend(call, signal)) }
  } catch (cause) {
    return { _tag: 'Left', left: fetchFailed(urlOf(call), methodOf(call), cause) }
  }
}

const settle = async (
  means: Means,
  call: Call,
  answer: Answer,
  keepFor: Followed['keepFor']
): Promise<Result> => {
  try {
    if (!means.accept(answer)) return left(await toHttpError(call, answer, means.bodyLimit))
    if (means.read !== undefined) return right(await means.read(answer))
    keepFor([answer, answer.body])
    return right(answer)
  } catch (error) {
    discard(answer)
    throw error
  }
}

const toHttpError = async (call: Call, answer: Answer, bodyLimit: number): Promise<HttpError> => {
  const { text, truncated } = await readBody(answer, bodyLimit)
  return httpError({
    status: answer.status ?? 0,
    statusText: answer.statusText ?? '',
    // That of an answer which somebody has made is empty.
    url: answer.url || urlOf(call),
    method: methodOf(call),
    headers: answer.headers ?? new Headers(),
    body: text,
    truncated
  })
}
