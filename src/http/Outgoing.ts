/** What can be known of a request before it is sent, whatever implementation of `fetch` it is meant for. */
import { read } from '../policy/Failure.js'
import type { Init } from './Fetch.js'

/**
 * A request, as `idempotent` and `idempotencyKey` are told of it.
 *
 * @category model
 * @since 0.3.0
 */
export interface OutgoingRequest {
  /** In capitals. */
  readonly method: string
  readonly url: string
  readonly headers: Headers
}

/** The arguments of a call like `fetch`. */
export type Call = readonly [input: unknown, init?: Init | undefined]

// A Request of any implementation.
const isRequest = (input: unknown): input is Request =>
  typeof read(input, 'clone') === 'function' && typeof read(input, 'url') === 'string'

const isText = (value: unknown): value is string => typeof value === 'string'

/** Gives what a call says under a key of `init`, or else its Request. */
const settingOf = ([input, init]: Call, key: 'method' | 'headers' | 'signal'): unknown =>
  read(init, key) ?? (isRequest(input) ? read(input, key) : undefined)

export const methodOf = (call: Call): string => {
  const method = settingOf(call, 'method')
  return typeof method === 'string' ? method.toUpperCase() : 'GET'
}

export const urlOf = ([input]: Call): string =>
  [input, read(input, 'url'), read(input, 'href')].find(isText) ?? ''

/** Gives the headers that will be sent; throws a `TypeError` for what are none. */
export const headersToSend = (call: Call): Headers =>
  // A Request has them as Headers, and callers as one of the kinds that fetch takes.
  new Headers(settingOf(call, 'headers') as ConstructorParameters<typeof Headers>[0] | undefined)

/** Gives the caller's signal; one that is `null` takes that of the Request away. */
export const signalOf = (call: Call): AbortSignal | undefined => {
  const signal = read(call[1], 'signal') === null ? undefined : settingOf(call, 'signal')
  return typeof read(signal, 'addEventListener') === 'function' ? (signal as AbortSignal) : undefined
}

/** Is the body one that can be sent once: a stream, or something that is iterated over? A Request can be cloned. */
export const isSentOnce = ([, init]: Call): boolean => {
  const body = read(init, 'body')
  return (
    typeof body === 'object' &&
    body !== null &&
    (Symbol.asyncIterator in body || 'getReader' in body || typeof read(body, 'pipe') === 'function')
  )
}

/**
 * Gives the arguments for one attempt, with its signal. A Request that carries something is cloned, so that there is one for
 * the next attempt.
 */
export const toSend = ([input, init]: Call, signal: AbortSignal): [input: unknown, init: object] =>
  isRequest(input)
    ? [input.body === null ? input : input.clone(), { ...kept(input), ...init, signal }]
    : [input, { ...init, signal }]

// A Request that is given along with anything else loses these two (Fetch standard, the constructor of Request).
const kept = ({ referrer, referrerPolicy }: Partial<Request>): object => ({
  ...(referrer !== undefined && { referrer }),
  ...(referrerPolicy !== undefined && { referrerPolicy })
})
