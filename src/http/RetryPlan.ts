/** Which requests may be sent again, and under which key. */
import { invalid, known } from '../policy/argument.js'
import { type Call, headersToSend, isSentOnce, methodOf, type OutgoingRequest, urlOf } from './Outgoing.js'

/**
 * Which requests may be sent again.
 *
 * @category model
 * @since 0.3.0
 */
export interface FetchRetryOptions {
  /**
   * `true`: all of them. A predicate decides in place of the method. If not said: GET, HEAD, OPTIONS, PUT, DELETE, TRACE and
   * QUERY, and what has an idempotency key.
   */
  readonly idempotent?: true | ((request: OutgoingRequest) => boolean)
  /**
   * Gives requests whose method is not idempotent (POST, PATCH) a key by which the server tells a repetition: one for each
   * call, the same for all its attempts. `true`: a random UUID as `Idempotency-Key`; a text: the same under that name; a
   * function: the key, as `Idempotency-Key`, or `undefined` for none. A key that the caller has set stays.
   */
  readonly idempotencyKey?: true | string | ((request: OutgoingRequest) => string | undefined)
}

/** The names of these options. */
export const fetchRetryOptions: ReadonlyArray<keyof FetchRetryOptions> = ['idempotent', 'idempotencyKey']

/** A call as it will be made, and whether it may be made again. */
export interface Planned {
  readonly call: Call
  readonly isRepeatable: boolean
}

// RFC 9110, 9.2.2, and QUERY, which is safe. All methods that are safe are idempotent.
const idempotentMethods: ReadonlyArray<string> = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'QUERY']

/** Gives how calls are planned: a function that throws what the options' own functions throw. */
export const toPlan = (who: string, options: FetchRetryOptions): ((call: Call) => Planned) => {
  known(who, options, fetchRetryOptions)
  const { idempotent, idempotencyKey } = options
  if (![undefined, true].includes(idempotent as true) && typeof idempotent !== 'function')
    invalid(`${who}: idempotent`, 'true or a predicate', idempotent)
  const { name, make } = toKeyMaker(`${who}: idempotencyKey`, idempotencyKey)
  return (call) => {
    const method = methodOf(call)
    const byMethod = idempotentMethods.includes(method)
    // All that most requests need.
    if (byMethod && typeof idempotent !== 'function') return { call, isRepeatable: !isSentOnce(call) }
    const headers = headersToSend(call)
    const request: OutgoingRequest = { method, url: urlOf(call), headers }
    const key = byMethod || headers.has(name) ? undefined : checked(make(request))
    if (key !== undefined) headers.set(name, key)
    const isIdempotent =
      headers.has(name) || (typeof idempotent === 'function' ? idempotent(request) : idempotent === true)
    return {
      call: key === undefined ? call : [call[0], { ...call[1], headers }],
      isRepeatable: isIdempotent && !isSentOnce(call)
    }
  }
}

// What is no text would be made one: 'null' is a key that many calls share.
const checked = (key: string | undefined): string | undefined =>
  key === undefined || (typeof key === 'string' && key !== '')
    ? key
    : invalid('the idempotency key', 'a text or undefined', key)

interface KeyMaker {
  readonly name: string
  readonly make: (request: OutgoingRequest) => string | undefined
}

// The name that the IETF draft has for it, and most APIs.
const usualName = 'idempotency-key'

const toKeyMaker = (argument: string, option: FetchRetryOptions['idempotencyKey']): KeyMaker => {
  if (option === undefined) return { name: usualName, make: () => undefined }
  if (typeof option === 'function') return { name: usualName, make: option }
  if (option !== true && !(typeof option === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(option)))
    invalid(argument, 'true, the name of a header or a function', option)
  return { name: option === true ? usualName : option, make: () => crypto.randomUUID() }
}
