/**
 * Reading options that come from outside. Nothing in them is trusted, nothing is thrown, and all that is wrong is
 * listed. A field that is not set has the default of the engine.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { read } from '../policy/Failure.js'

// --- model

/**
 * What is wrong with options: where (`'0.ErrorEquals'`; `''` is the whole), the value there, and what was expected.
 *
 * @category model
 * @since 0.3.0
 */
export interface OptionError {
  readonly path: string
  readonly value: unknown
  readonly expected: string
}

/**
 * What options come to, or all that is wrong with them.
 *
 * @category model
 * @since 0.3.0
 */
export type Decoded<A> = Either<ReadonlyArray<OptionError>, A>

/** A kind of values: what it is in words, and how a value is read; `undefined` for what is none. */
export interface Kind<A> {
  readonly expected: string
  readonly read: (value: unknown) => A | undefined
}

/** What was read, or the default instead of it, and what was wrong with it. */
export interface Field<A> {
  readonly value: A
  readonly errors: ReadonlyArray<OptionError>
}

// --- constructors

export const decoded = <A>(errors: ReadonlyArray<OptionError>, make: () => A): Decoded<A> =>
  errors.length === 0 ? { _tag: 'Right', right: make() } : { _tag: 'Left', left: errors }

export const wrong = (path: string, value: unknown, expected: string): ReadonlyArray<OptionError> => [
  { path, value, expected }
]

export const at = (path: string, key: string | number): string =>
  path === '' ? String(key) : `${path}.${key}`

/** Gives how the fields of an object are read; `known`: may it have such a key? */
export const fieldsOf = (
  path: string,
  value: unknown,
  inWords: string,
  known: (key: string) => boolean,
  keys: ReadonlyArray<string>
): {
  readonly errors: ReadonlyArray<OptionError>
  readonly field: <A, B>(key: string, kind: Kind<A>, fallback: B) => Field<A | B>
} => {
  const own = keysOf(value)
  return {
    errors:
      own === undefined
        ? wrong(path, value, inWords)
        : own
            .filter((key) => !known(key))
            .flatMap((key) => wrong(at(path, key), read(value, key), `one of the keys ${keys.join(', ')}`)),
    field: (key, kind, fallback) => {
      const found = own?.includes(key) === true ? read(value, key) : undefined
      if (found === undefined) return { value: fallback, errors: [] }
      const made = kind.read(found)
      return made === undefined
        ? { value: fallback, errors: wrong(at(path, key), found, kind.expected) }
        : { value: made, errors: [] }
    }
  }
}

// What comes from outside can be a list of thousands of millions.
export const mostItems = 1000

/** Gives the items of a list; `undefined` for what is none, or one too long. */
export const itemsOf = (value: unknown): ReadonlyArray<unknown> | undefined => {
  try {
    return Array.isArray(value) && value.length <= mostItems ? Array.from<unknown>(value) : undefined
  } catch {
    return undefined // a proxy that throws
  }
}

const keysOf = (value: unknown): ReadonlyArray<string> | undefined => {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value)
      : undefined
  } catch {
    return undefined // a proxy that throws
  }
}

// --- kinds

const kind = <A>(expected: string, is: (value: unknown) => value is A): Kind<A> => ({
  expected,
  read: (value) => (is(value) ? value : undefined)
})

export const wholeFrom = (least: number, most: number): Kind<number> =>
  kind(
    `a whole number from ${least} to ${most}`,
    (value): value is number => Number.isInteger(value) && isBetween(value, least, most)
  )

export const numberFrom = (least: number, most: number): Kind<number> =>
  kind(`a number >= ${least}`, (value) => isBetween(value, least, most))

export const trueOrFalse: Kind<boolean> = kind('true or false', (value) => typeof value === 'boolean')

export const oneOf = <A extends string>(...all: ReadonlyArray<A>): Kind<A> =>
  kind(`one of ${all.join(', ')}`, (value): value is A => (all as ReadonlyArray<unknown>).includes(value))

/** The kind, or one value besides. */
export const or = <A, B extends number | null>(other: B, { expected, read }: Kind<A>): Kind<A | B> => ({
  expected: `${expected}, or ${other}`,
  read: (value) => (value === other ? other : read(value))
})

/** A list of texts that say something. */
export const texts: Kind<ReadonlyArray<string>> = {
  expected: `a list of at most ${mostItems} texts`,
  read: (value) => {
    const items = itemsOf(value)
    return items?.every((each): each is string => typeof each === 'string' && each !== '') === true
      ? items
      : undefined
  }
}

/** Milliseconds, as a number or as the text that the package `ms` reads; more than 0. */
export const interval = (most: number): Kind<number> => ({
  expected: `milliseconds from 0 (exclusive) to ${most}, or a text such as '30 seconds'`,
  read: (value) => {
    const millis = typeof value === 'string' ? millisOf(value) : value
    return isBetween(millis, 0, most) && millis > 0 ? millis : undefined
  }
})

const isBetween = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most

const second = 1000
const day = 86_400 * second

const units: ReadonlyArray<readonly [size: number, names: RegExp]> = [
  [1, /^(|ms|msecs?|milliseconds?)$/],
  [second, /^(s|secs?|seconds?)$/],
  [60 * second, /^(m|mins?|minutes?)$/],
  [3600 * second, /^(h|hrs?|hours?)$/],
  [day, /^d(ays?)?$/],
  [7 * day, /^w(eeks?)?$/],
  [365.25 * day, /^(y|yrs?|years?)$/]
]

const millisOf = (text: string): number | undefined => {
  const [, amount, name = ''] = /^(\d{1,20}(?:\.\d{1,20})?|\.\d{1,20}) ?([a-z]*)$/i.exec(text) ?? []
  const size = units.find(([, names]) => names.test(name.toLowerCase()))?.[0]
  // Rounded as durations of the library are: '1.1s' is 1100.
  return amount === undefined || size === undefined ? undefined : +(+amount * size).toFixed(6)
}
