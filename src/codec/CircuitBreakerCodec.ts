/** The options of a circuit breaker from and to JSON, for an application that lends its functions in a registry. */
import type * as t from 'io-ts'
import type { Either } from 'fp-ts/lib/Either.js'
import { type Condition, toCondition } from '../policy/Condition.js'
import type { Duration } from '../policy/Duration.js'
import type { AnyPolicy } from '../policy/RetryPolicy.js'
import { type CircuitBreakerOptions, toPlan } from '../resource/BreakerOptions.js'
import { store, toCodec } from './Codec.js'
import { type ConfigError, toConfigErrors } from './ConfigError.js'
import { field, type Form, inShort, made, object } from './Form.js'
import { fit, milliseconds, optionsWriter, same, unstorable } from './Options.js'
import { policyForms } from './Policy.js'
import { policyStorer } from './PolicyCodec.js'
import type { ConditionJson, PolicyJson } from './PolicyJson.js'
import { type ErrorsOf, type Held, hold, type Registry } from './Registry.js'
import { count, duration, ratio } from './Value.js'
import { writeCondition } from './write.js'

// --- model

/**
 * The options of a circuit breaker as JSON. What is encoded has all durations in milliseconds.
 *
 * @category model
 * @since 0.3.0
 */
export interface CircuitBreakerOptionsJson {
  readonly consecutiveFailures?: number
  readonly countWindow?: number
  readonly timeWindow?: Duration
  readonly failureRatio?: number
  readonly slowRatio?: number
  readonly slowAfter?: Duration
  readonly minimumCalls?: number
  readonly openTime?: Duration | PolicyJson
  readonly trials?: number
  readonly failOn?: ConditionJson
}

/** Options whose `failOn` can judge what the functions of a registry can. */
type Options<R> = CircuitBreakerOptions<Condition<ErrorsOf<R>>>

// --- decoding and encoding

/**
 * Reads the options of a circuit breaker from what was parsed from JSON or YAML. Throws a `TypeError` or `RangeError` for a
 * registry that holds something else.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { circuitBreaker } from 'reprise'
 * import { decodeCircuitBreakerOptions, showConfigError } from 'reprise/codec'
 *
 * const isOverloaded = (error: unknown): boolean => String(error).includes('503')
 * const decode = decodeCircuitBreakerOptions({ conditions: { isOverloaded } })
 *
 * const options = decode({
 *   timeWindow: '30s',
 *   failureRatio: 0.5,
 *   openTime: { exponential: '5s', capDelay: '2m' },
 *   failOn: ['ECONNRESET', { condition: 'isOverloaded' }]
 * })
 * assert(options._tag === 'Right')
 * assert.equal(circuitBreaker(options.right)().status()._tag, 'Closed')
 *
 * const wrong = decode({ consecutiveFailures: 0 })
 * assert.deepEqual(wrong._tag === 'Left' && wrong.left.map(showConfigError), [
 *   'consecutiveFailures: expected a whole number >= 1, got 0'
 * ])
 *
 * @category decoding
 * @since 0.3.0
 */
export const decodeCircuitBreakerOptions = <R extends Registry>(
  registry: R
): ((json: unknown) => Either<ReadonlyArray<ConfigError>, Options<R>>) => {
  const codec = CircuitBreakerOptionsFromUnknown(registry)
  return (json) => toConfigErrors(codec.decode(json))
}

/**
 * Writes the options of a circuit breaker as JSON. What the registry does not hold cannot be stored, nor can an `observer`
 * or a `clock`.
 *
 * @category encoding
 * @since 0.3.0
 */
export const encodeCircuitBreakerOptions = (
  registry: Registry
): ((options: CircuitBreakerOptions) => Either<ReadonlyArray<ConfigError>, CircuitBreakerOptionsJson>) => {
  const toStored = optionsStorer(hold(registry))
  return (options) => store(toStored, options)
}

/**
 * The options of a circuit breaker as an io-ts codec, to be part of others. *Gotcha*: like that of `PolicyFromUnknown`, its
 * `encode` throws a `TypeError` for options that cannot be stored.
 *
 * @category codecs
 * @since 0.3.0
 */
export const CircuitBreakerOptionsFromUnknown = <R extends Registry>(
  registry: R
): t.Type<Options<R>, CircuitBreakerOptionsJson> => {
  const held = hold(registry)
  // What the functions of the registry can judge is in its type.
  return toCodec(circuitBreakerForm(held), optionsStorer(held)) as unknown as t.Type<
    Options<R>,
    CircuitBreakerOptionsJson
  >
}

// --- form and storer

export const circuitBreakerForm = (held: Held): Form<CircuitBreakerOptions> => {
  const { policy, condition } = policyForms(held)
  return made(fit(checked))(
    object('options of a circuit breaker', {
      consecutiveFailures: field(count(1), 'Opens after so many failures in a row.'),
      countWindow: field(count(1), 'Or judges by the last so many calls.'),
      timeWindow: field(duration, 'Or judges by the calls of this time.'),
      failureRatio: field(ratio, 'Opens when more than this part of them failed.'),
      slowRatio: field(ratio, 'Opens when more than this part of them was slow.'),
      slowAfter: field(duration, 'A call that takes longer is slow.'),
      minimumCalls: field(count(1), 'Never opens on fewer calls.'),
      openTime: field(
        inShort<number | AnyPolicy>(duration, policy),
        'How long it stays open; 60 s if not set. A policy makes it grow.'
      ),
      trials: field(count(1), 'How many calls may try in a half-open period; 1 if not set.'),
      failOn: field(condition, 'Which errors count as failures; all if not set.')
    })
  )
}

/** Gives what was read, if it makes a circuit breaker. */
const checked = (read: object): CircuitBreakerOptions => {
  // The constructor finds out whether it is.
  const options = read as CircuitBreakerOptions
  toPlan(options)
  return options
}

const optionsStorer = (held: Held): t.Validate<CircuitBreakerOptions, CircuitBreakerOptionsJson> =>
  optionsWriter(toPlan, {
    consecutiveFailures: same,
    countWindow: same,
    timeWindow: milliseconds,
    failureRatio: same,
    slowRatio: same,
    slowAfter: milliseconds,
    minimumCalls: same,
    openTime: (value, context) =>
      typeof value === 'object' ? policyStorer(held)(value, context) : milliseconds(value),
    trials: same,
    // Stryker disable next-line StringLiteral: names the argument in an error, of which `toPlan` has found none
    failOn: (value) => same(writeCondition(held)(toCondition('failOn', value))),
    observer: unstorable('observer'),
    clock: unstorable('clock')
  })
