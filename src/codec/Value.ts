/** Forms of single values: durations, numbers, texts, jitter, and the names of what a registry holds. */
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { isWithin } from '../policy/argument.js'
import { type Duration, longest, toMillis } from '../policy/Duration.js'
import type { Jitter } from '../policy/RetryPolicy.js'
import { defined, type Form, leaf, map, toForm } from './Form.js'
import { nearest } from './nearest.js'
import type { Names } from './Registry.js'
import { refuse } from './Validation.js'

// Of other values an error would show the text, which for lists within lists may be longer than any memory.
const millisOf = (value: unknown): O.Option<number> =>
  typeof value === 'number' || typeof value === 'string'
    ? // Stryker disable next-line StringLiteral: names the argument in an error that is dropped
      O.tryCatch(() => toMillis('', value as Duration))
    : O.none

const inWords = "milliseconds >= 0 or a text like '2s'"

/**
 * Durations as configurations have them: a number of milliseconds, or a text such as `'250ms'`, `'2s'`, `'1.5m'`, `'1h'`.
 * Decodes to milliseconds, and encodes to them.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import * as t from 'io-ts'
 * import { DurationFromUnknown } from 'reprise/codec'
 *
 * const Settings = t.type({ timeout: DurationFromUnknown })
 * assert.deepEqual(Settings.decode({ timeout: '1.5m' }), { _tag: 'Right', right: { timeout: 90_000 } })
 * assert.equal(Settings.decode({ timeout: 'soon' })._tag, 'Left')
 *
 * @category codecs
 * @since 0.2.0
 */
export const DurationFromUnknown: t.Type<number> = new t.Type(
  inWords,
  (value): value is number => isWithin(value, longest),
  (value, context) => O.match(() => t.failure<number>(value, context), t.success<number>)(millisOf(value)),
  t.identity
)

/** The definition that `duration` refers to. */
export const durationSchema = {
  description: "A number of milliseconds, or a text with a unit: '250ms', '2s', '1.5m', '1h'.",
  anyOf: [
    { type: 'number', minimum: 0, maximum: longest },
    { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$' }
  ]
}

export const duration: Form<number> = defined('duration', inWords, () =>
  leaf(inWords, durationSchema, millisOf)
)

export const count = (least: number): Form<number> =>
  leaf(
    `a whole number >= ${least}`,
    { type: 'integer', minimum: least, maximum: Number.MAX_SAFE_INTEGER },
    O.fromPredicate((json): json is number => Number.isSafeInteger(json) && (json as number) >= least)
  )

export const amount: Form<number> = leaf(
  'a number >= 0',
  { type: 'number', minimum: 0, maximum: 1e308 },
  O.fromPredicate((json): json is number => isWithin(json, 1e308))
)

export const ratio: Form<number> = leaf(
  'a number from 0 to 1',
  { type: 'number', minimum: 0, maximum: 1 },
  O.fromPredicate((json): json is number => isWithin(json, 1))
)

export const text: Form<string> = leaf(
  'a text',
  { type: 'string', minLength: 1 },
  O.fromPredicate((json): json is string => typeof json === 'string' && json !== '')
)

/** One of these texts. */
export const oneOf = <T extends string>(...texts: ReadonlyArray<T>): Form<T> =>
  leaf(
    `one of ${texts.join(', ')}`,
    { enum: texts },
    O.fromPredicate((json): json is T => texts.includes(json as T))
  )

export const jitter: Form<Jitter> = leaf(
  'a number from 0 to 1, full or equal',
  { anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { enum: ['full', 'equal'] }] },
  O.fromPredicate((json): json is Jitter => isWithin(json, 1) || json === 'full' || json === 'equal')
)

/** `true`, for what is said by its key alone. */
export const yes: Form<true> = leaf(
  'true',
  { const: true },
  O.fromPredicate((json): json is true => json === true)
)

/** The name of something that the registry holds. */
export const nameOf = <F>({ kind, all }: Names<F>): Form<{ readonly name: string; readonly held: F }> => {
  const known = [...all.keys()]
  return toForm(
    `a name in the registry's ${kind} (${known.length === 0 ? 'there are none' : known.join(', ')})`,
    // A schema that is made without a registry leaves the names open.
    known.length === 0 ? { type: 'string', minLength: 1 } : { enum: known },
    (json, context) => {
      if (typeof json !== 'string') return t.failure(json, context)
      const held = all.get(json)
      if (held !== undefined) return t.success({ name: json, held })
      const near = nearest(json, known)
      const otherwise = context[context.length - 1]?.type.name ?? ''
      return near === undefined
        ? t.failure(json, context)
        : refuse(json, context, `the name ${near}, or ${otherwise}`)
    }
  )
}

/** Something that the registry holds, by its name. */
export const heldIn = <F>(names: Names<F>): Form<F> =>
  map(({ held }: { readonly held: F }) => held)(nameOf(names))
