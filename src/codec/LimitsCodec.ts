/**
 * Limits from and to JSON: a list, each under the name of its constructor, as the schedules of policies are. So a file reads
 * like code, and a misspelt kind is a misspelt key.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import type { Duration } from '../policy/Duration.js'
import {
  algorithms,
  callLimit,
  type Limit,
  type LimitAlgorithm,
  rateLimit,
  resourceLimit
} from '../resource/Limit.js'
import { limitSet } from '../resource/LimitSet.js'
import { decoderOf, storable, store } from './Codec.js'
import type { ConfigError } from './ConfigError.js'
import { choice, field, type Form, list, made, map, object } from './Form.js'
import { fit } from './Options.js'
import { refuse } from './Validation.js'
import { amount, count, duration, oneOf, text } from './Value.js'
import { filled } from './write.js'

// --- model

/**
 * Limits as JSON. What is encoded has all durations in milliseconds.
 *
 * @category model
 * @since 0.3.0
 */
export type LimitsJson = ReadonlyArray<
  | { readonly rateLimit: RateJson & { readonly key: string } }
  | { readonly callLimit: RateJson & { readonly key?: string } }
  | { readonly resourceLimit: { readonly key: string; readonly capacity: number } }
>

/** @inline */
interface RateJson {
  readonly capacity: number
  readonly per: Duration
  readonly algorithm?: LimitAlgorithm
}

// --- form and storer

const rateFields = (key: string, capacity: Form<number>) => ({
  key: field(text, key),
  capacity: field(capacity, 'How much of it there is.'),
  per: field(duration, 'In which time.'),
  algorithm: field(
    // Its keys are algorithms.
    oneOf(...(Object.keys(algorithms) as ReadonlyArray<LimitAlgorithm>)),
    'How it is counted; tokenBucket if not set.'
  )
})
const inWords = '{ key, capacity, per, algorithm }'

const aLimit = map(({ one }: { readonly one: Limit }) => one)(
  choice<Limit>('a limit', {
    rateLimit: field(
      made(fit((options: Parameters<typeof rateLimit>[0]): Limit => rateLimit(options)))(
        object(inWords, rateFields('What is counted, such as tokens.', amount), ['key', 'capacity', 'per'])
      ),
      'So much of something in a time; each call says how much.'
    ),
    callLimit: field(
      made(fit((options: Parameters<typeof callLimit>[0]): Limit => callLimit(options)))(
        object(inWords, rateFields('A name; calls if not set.', count(1)), ['capacity', 'per'])
      ),
      'So many calls in a time.'
    ),
    resourceLimit: field(
      map((options: Parameters<typeof resourceLimit>[0]): Limit => resourceLimit(options))(
        object(
          '{ key, capacity }',
          {
            key: field(text, 'What is held, such as connections.'),
            capacity: field(count(1), 'How many there are.')
          },
          ['key', 'capacity']
        )
      ),
      'So many at once.'
    )
  })
)

const together = fit((limits: ReadonlyArray<Limit>) => {
  limitSet(limits)
  return limits
})

const toStored: t.Validate<ReadonlyArray<Limit>, LimitsJson> = (limits, context) =>
  pipe(
    together(limits),
    E.orElse((expected): t.Validation<typeof limits> => refuse(limits, context, expected)),
    // A limit has the keys that its constructor takes.
    E.map((all) => all.map(({ _tag, ...options }) => ({ [_tag]: options })) as unknown as LimitsJson),
    E.flatMap((json) => filled(json, context))
  )

export const limitsForm: Form<ReadonlyArray<Limit>> = /* #__PURE__ */ storable(
  made(together)(list('a list of limits', aLimit)),
  toStored
)

// --- decoding and encoding

/**
 * Reads the limits of a `limitSet` from what was parsed from JSON or YAML.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { limitSet } from 'reprise'
 * import { decodeLimits, showConfigError } from 'reprise/codec'
 *
 * const limits = decodeLimits([
 *   { rateLimit: { key: 'tokens', capacity: 100_000, per: '1m' } },
 *   { callLimit: { capacity: 60, per: '1m', algorithm: 'slidingWindow' } },
 *   { resourceLimit: { key: 'connections', capacity: 10 } }
 * ])
 * assert(limits._tag === 'Right')
 * assert.deepEqual(limitSet(limits.right)().available(), { tokens: 100_000, calls: 60, connections: 10 })
 *
 * const wrong = decodeLimits([{ callLimit: { capacity: 0, per: '1m' } }])
 * assert.deepEqual(wrong._tag === 'Left' && wrong.left.map(showConfigError), [
 *   '0.callLimit.capacity: expected a whole number >= 1, got 0'
 * ])
 *
 * @category decoding
 * @since 0.3.0
 */
export const decodeLimits: (json: unknown) => E.Either<ReadonlyArray<ConfigError>, ReadonlyArray<Limit>> =
  /* #__PURE__ */ decoderOf(limitsForm)

/**
 * Writes limits as JSON. One without a bound, whose capacity is `Infinity`, cannot be stored.
 *
 * @category encoding
 * @since 0.3.0
 */
export const encodeLimits = (
  limits: ReadonlyArray<Limit>
): E.Either<ReadonlyArray<ConfigError>, LimitsJson> => store(toStored, limits)
