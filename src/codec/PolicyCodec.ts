/**
 * Policies from and to JSON, for an application that lends its functions in a registry.
 *
 * Laws: what was encoded decodes to an equal policy (by `PolicyEq`), and what was decoded encodes. Hostile input gives a
 * `Left`: decoding never throws.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { isNone, tryCatch } from 'fp-ts/lib/Option.js'
import type * as t from 'io-ts'
import { type AnyPolicy, omit, type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { store, toCodec, tooLarge } from './Codec.js'
import { type ConfigError, toConfigErrors } from './ConfigError.js'
import { isLarger, limits } from './Json.js'
import { policyForms } from './Policy.js'
import type { PolicyJson } from './PolicyJson.js'
import { type ErrorsOf, type Held, hold, type Registry, type ResultsOf } from './Registry.js'
import { refuse } from './Validation.js'
import { filled, writePolicy } from './write.js'

// --- decoding and encoding

/**
 * Reads a policy from what was parsed from JSON or YAML. All errors are told, each with its path, the value and what was
 * expected; whatever comes in, nothing is thrown.
 *
 * Input is nested at most 32 deep, and a policy holds at most 1,000 values. Throws a `TypeError` or `RangeError` for a registry that holds
 * no functions.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, PolicyEq, retryOn, withJitter } from 'reprise'
 * import { decodePolicy } from 'reprise/codec'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const isTransient = (error: unknown): boolean => String(error).includes('try again')
 * const decode = decodePolicy({ conditions: { isTransient } })
 *
 * const decoded = decode({
 *   exponential: '200ms',
 *   withJitter: 'full',
 *   limitRetries: 5,
 *   retryOn: ['ECONNRESET', { condition: 'isTransient' }]
 * })
 * const built = pipe(exponential(200), withJitter('full'), limitRetries(5), retryOn(['ECONNRESET', isTransient]))
 * assert(decoded._tag === 'Right' && PolicyEq.equals(decoded.right, built))
 *
 * @category decoding
 * @since 0.2.0
 */
export const decodePolicy = <R extends Registry>(
  registry: R
): ((json: unknown) => Either<ReadonlyArray<ConfigError>, RetryPolicy<ErrorsOf<R>, ResultsOf<R>>>) => {
  const codec = PolicyFromUnknown(registry)
  return (json) => toConfigErrors(codec.decode(json))
}

/**
 * Writes a policy as JSON, with all durations in milliseconds. A function or class that the registry does not hold cannot
 * be stored, nor can a policy that is larger than what is decoded.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, retryOn } from 'reprise'
 * import { encodePolicy, showConfigError } from 'reprise/codec'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential('1s'), limitRetries(3), retryOn(TypeError))
 *
 * assert.deepEqual(encodePolicy({ conditions: { TypeError } })(policy), {
 *   _tag: 'Right',
 *   right: { exponential: 1000, limitRetries: 3, retryOn: { condition: 'TypeError' } }
 * })
 * const nameless = encodePolicy({})(policy)
 * assert.deepEqual(nameless._tag === 'Left' && nameless.left.map(showConfigError), [
 *   'retryOn.condition: expected something that the registry has among its conditions, got the function TypeError'
 * ])
 *
 * @category encoding
 * @since 0.2.0
 */
export const encodePolicy = (
  registry: Registry
): ((policy: AnyPolicy) => Either<ReadonlyArray<ConfigError>, PolicyJson>) => {
  const toStored = policyStorer(hold(registry))
  return (policy) => store(toStored, policy)
}

// --- codecs

/**
 * Policies as an io-ts codec, to be part of others.
 *
 * *Gotcha*: `encode` of io-ts has no `Left`: for a policy that cannot be stored it throws a `TypeError`. `is` tells which
 * can, and `encodePolicy` answers with an `Either`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import * as t from 'io-ts'
 * import { waits } from 'reprise'
 * import { PolicyFromUnknown } from 'reprise/codec'
 *
 * const Settings = t.type({ url: t.string, retry: PolicyFromUnknown({}) })
 * const decoded = Settings.decode({ url: '/', retry: { delays: ['1s', '5s'] } })
 * assert.deepEqual(decoded._tag === 'Right' && waits(decoded.right.retry, 9), [1000, 5000])
 *
 * @category codecs
 * @since 0.2.0
 */
export const PolicyFromUnknown = <R extends Registry>(
  registry: R
): t.Type<RetryPolicy<ErrorsOf<R>, ResultsOf<R>>, PolicyJson> => {
  const held = hold(registry)
  // What the functions of the registry can judge is in its type.
  return toCodec(policyForms(held).policy, policyStorer(held)) as unknown as t.Type<
    RetryPolicy<ErrorsOf<R>, ResultsOf<R>>,
    PolicyJson
  >
}

/** Gives what stores policies, whose functions the registry has to hold. */
export const policyStorer =
  (held: Held): t.Validate<AnyPolicy, PolicyJson> =>
  (policy, context) => {
    // Stryker disable next-line StringLiteral: names the argument in an error that is dropped
    if (isNone(tryCatch(() => toPolicy('policy', policy)))) {
      return refuse(policy, context, 'a policy made by constructors')
    }
    // More is held in memory than is written, but not that much. Validators do not count: decoders may be of any size.
    const large = isLarger(omit(policy, ['retryUntil']), 10 * limits.valuesOfPolicy)
    const written = large ? undefined : writePolicy(held)(policy)
    return written === undefined || isLarger(written, limits.valuesOfPolicy)
      ? refuse(policy, context, tooLarge)
      : filled(written, context)
  }
