/**
 * Why a limit or a circuit breaker refused a call, whose function was not called. Errors are tagged plain data; these stand
 * here, below the resources, since events and messages tell of them.
 */
import { longest } from '../policy/Duration.js'
import { libraryTag, read } from '../policy/Failure.js'

// --- model

/**
 * A limit refused. `retryAfter` is when, in milliseconds from then, the same request could be granted at the earliest;
 * `undefined` where that is not a matter of time. (`delayFrom((error) => error.retryAfter, ...)` waits for it.)
 *
 * @category model
 * @since 0.3.0
 */
export interface LimitExceeded {
  readonly _tag: 'LimitExceeded'
  /** The limit that stood in the way. */
  readonly key: string
  /**
   * More than the capacity; or too many are waiting; or it has waited for too long; or it did not want to wait; or what
   * processes share the limit over cannot be reached, and limits refuse then (`whenAway: 'closed'` of `reprise/redis`).
   */
  readonly reason: 'aboveCapacity' | 'queueFull' | 'waitedTooLong' | 'notNow' | 'unreachable'
  /** How much was asked for of that limit. */
  readonly requested: number
  /** How much of that limit there is in all. */
  readonly capacity: number
  readonly retryAfter: number | undefined
  /** How long it has waited, in milliseconds. */
  readonly waited: number
}

/**
 * The error of `withCircuitBreaker`: the call was refused, the function not called. `retryAfter` says in how many
 * milliseconds a call may try: 0 if all trials are taken, 2^53 - 1 if the breaker is isolated.
 *
 * @category model
 * @since 0.3.0
 */
export interface CircuitOpen {
  readonly _tag: 'CircuitOpen'
  readonly retryAfter: number
}

// --- conversions

/** Gives what a refusal says in words; nothing for anything else. */
export const describeRefusal = (u: unknown): string | undefined => {
  if (isLimitExceeded(u)) return `the limit '${u.key}' refused: ${sayings[u.reason](u)}${later(u.retryAfter)}`
  if (!isCircuitOpen(u)) return undefined
  if (u.retryAfter === 0) return 'the circuit is half-open; all trials are taken'
  return u.retryAfter < longest ? `the circuit is open${later(u.retryAfter)}` : 'the circuit is isolated'
}

const later = (retryAfter: number | undefined): string =>
  // Whoever goes by it must not come too early.
  retryAfter === undefined ? '' : `; retry after ${Math.ceil(retryAfter)} ms`

const sayings: Readonly<Record<LimitExceeded['reason'], (error: LimitExceeded) => string>> = {
  aboveCapacity: ({ requested, capacity }) => `asked for ${requested} of ${capacity}`,
  queueFull: () => 'the queue is full',
  waitedTooLong: ({ waited }) => `waited for ${Math.round(waited)} ms`,
  notNow: () => 'not free now',
  unreachable: () => 'what it is shared over cannot be reached'
}

// --- guards

/**
 * Is this a `LimitExceeded` of this library? It is told by its whole shape, since errors of users may share the tag.
 *
 * @category guards
 * @since 0.3.0
 */
export const isLimitExceeded = (u: unknown): u is LimitExceeded =>
  read(u, '_tag') === 'LimitExceeded' && typeof read(u, 'key') === 'string' && isReason(read(u, 'reason'))

const isReason = (reason: unknown): boolean => typeof reason === 'string' && Object.hasOwn(sayings, reason)

/**
 * Is this a `CircuitOpen` of this library? It is told by its whole shape, since errors of users may share the tag.
 *
 * @category guards
 * @since 0.3.0
 */
export const isCircuitOpen = (u: unknown): u is CircuitOpen => libraryTag(u) === 'CircuitOpen'
