/**
 * How values travel through a queue: as JSON, which keeps less than memory does. Errors keep their name, message, `code`,
 * `_tag`, `cause` and those of their own properties that JSON can hold in 16 kB; they come back as plain `Error`s, so an
 * `instanceof` of another class does not hold any more. `undefined` is kept on its own and in lists. As in JSON, dates
 * become texts, NaN and infinities `null`, and functions, symbols, `Map`s and prototypes are lost.
 */
import { read } from '../policy/Failure.js'
import { isError } from '../policy/isError.js'
import { print } from '../policy/print.js'

// --- model

/** What JSON holds. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

// Keys that say what an object stands for. Data that has them itself is sent with one more '@'.
const errorKey = '@error'
const undefinedKey = '@undefined'
const reserved = /^@+(error|undefined)$/

// What an error may carry of each of its own properties, as JSON: some carry a whole response.
const longestProperty = 16_384

// --- there

/** Gives a value as it travels; throws a `TypeError` for a cycle or a bigint, and whatever a `toJSON` throws. */
export const toWire = (value: unknown): Json => orNothing(encode(value, [], false))

/** Gives a failure as it travels: what cannot is left out, or a text stands in its place. */
export const toWireLoosely = (value: unknown): Json => {
  try {
    return orNothing(encode(value, [], true))
  } catch {
    return print(value)
  }
}

const nothing: Json = { [undefinedKey]: true }

const orNothing = (json: Json | undefined): Json => (json === undefined ? nothing : json)

/** Gives nothing for what JSON leaves out. */
const encode = (value: unknown, above: ReadonlyArray<unknown>, loose: boolean): Json | undefined => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'bigint':
      if (loose) return String(value)
      throw new TypeError(`JSON cannot hold the bigint ${value}`)
    case 'object':
      return value === null ? null : encodeObject(value, above, loose)
    default:
      return undefined
  }
}

const encodeObject = (value: object, above: ReadonlyArray<unknown>, loose: boolean): Json | undefined => {
  if (above.includes(value)) {
    if (loose) return '[Circular]'
    throw new TypeError('JSON cannot hold a value that contains itself')
  }
  const inner = (each: unknown): Json | undefined => encode(each, [...above, value], loose)
  if (Array.isArray(value)) {
    // A loop in disguise would skip holes.
    return Array.from(value, (each) => inner(each) ?? (each === undefined ? nothing : null))
  }
  if (isError(value)) return { [errorKey]: encodeEntries(propertiesOf(value), inner) }
  const toJson = read(value, 'toJSON')
  if (typeof toJson === 'function') return inner((toJson as () => unknown).call(value))
  return encodeEntries(
    Object.keys(value).map((key) => [key, read(value, key)]),
    inner
  )
}

const encodeEntries = (
  entries: ReadonlyArray<readonly [string, unknown]>,
  inner: (value: unknown) => Json | undefined
): Json =>
  Object.fromEntries(
    entries.flatMap(([key, value]) => {
      const json = inner(value)
      return json === undefined ? [] : [[reserved.test(key) ? `@${key}` : key, json]]
    })
  )

/** What an error has of its own, in whatever way, and what classes may have put on its prototype. */
const propertiesOf = (error: object): ReadonlyArray<readonly [string, unknown]> => {
  const own = Object.getOwnPropertyNames(error).filter((key) => !['stack', ...always].includes(key))
  return [
    ...always.map((key) => [key, read(error, key)] as const),
    ...own.map((key) => [key, read(error, key)] as const).filter(([, value]) => isSmall(value))
  ]
}

const always = ['name', 'message', 'code', '_tag']

const isSmall = (value: unknown): boolean => {
  try {
    return ((JSON.stringify(value) as string | undefined) ?? '').length <= longestProperty
  } catch {
    return false // a cycle, a bigint, a getter that throws
  }
}

// --- and back

/** Gives what has travelled. */
export const fromWire = (json: Json): unknown => {
  if (typeof json !== 'object' || json === null) return json
  if (isList(json)) return json.map(fromWire)
  if (Object.hasOwn(json, undefinedKey)) return undefined
  const error = Object.hasOwn(json, errorKey) ? json[errorKey] : undefined
  if (typeof error === 'object' && error !== null && !isList(error)) return toError(error)
  return Object.fromEntries(entriesOf(json))
}

// `Array.isArray` tells nothing of lists that are read-only.
const isList = (json: Json): json is ReadonlyArray<Json> => Array.isArray(json)

const entriesOf = (json: { readonly [key: string]: Json }): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(json).map(([key, value]) => [reserved.test(key) ? key.slice(1) : key, fromWire(value)])

const toError = (json: { readonly [key: string]: Json }): Error => {
  const { name, message, ...rest } = json
  const error = new Error(typeof message === 'string' ? message : '')
  const hidden = { name: typeof name === 'string' ? name : 'Error' }
  for (const [key, value] of Object.entries(hidden)) define(error, key, value, false)
  for (const [key, value] of entriesOf(rest)) define(error, key, value, !['cause', 'errors'].includes(key))
  // Where it was rebuilt says nothing of where it was thrown.
  define(error, 'stack', `${hidden.name}: ${error.message}`, false)
  return error
}

const define = (error: Error, key: string, value: unknown, enumerable: boolean): void => {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true })
}
