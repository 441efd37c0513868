/**
 * Plain JSON, copied out of whatever came in: the one place that meets hostile input. Behind it there are no getters, no
 * proxies, no cycles, no inherited keys, and never more than the limits allow.
 */
import * as t from 'io-ts'
import { expecting, problem, refuse } from './Validation.js'

// --- model

/**
 * A value as JSON has it. Objects that were read have no prototype, so every key is their own.
 *
 * @category model
 * @since 0.2.0
 */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | JsonObject

/**
 * A JSON object.
 *
 * @category model
 * @since 0.2.0
 */
export interface JsonObject {
  readonly [key: string]: Json
}

/** How deep input may be nested, and how many values (texts, numbers, lists, objects) it may hold; a policy fewer. */
export const limits = { depth: 32, values: 5000, valuesOfPolicy: 1000 } as const

// --- guards

export const isList = (json: unknown): json is ReadonlyArray<Json> => Array.isArray(json)

export const isObject = (json: Json): json is JsonObject =>
  typeof json === 'object' && json !== null && !isList(json)

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

/** Does data hold more values than that? Looks no further than it has to, however large the data is. */
export const isLarger = (data: unknown, most: number): boolean => {
  const found = [data]
  for (const each of found) {
    if (typeof each !== 'object' || each === null) continue
    for (const part of Object.values(each)) if (found.push(part) > most) return true
  }
  return false
}

// --- combinators

/** Gives an object without one of its keys. */
export const without = (json: JsonObject, key: string): JsonObject =>
  ownOnly(Object.entries(json).filter(([each]) => each !== key))

// --- conversions

/** A value, and where it stands, unless it is the whole: its key, and what it is a part of. */
interface Place {
  readonly value: unknown
  readonly at?: { readonly key: string; readonly above: Place }
}

/** Reads a value as JSON, within the limits. Properties that are `undefined` are left out, as JSON leaves them out. */
export const toJson: t.Validate<unknown, Json> = (value, context) => {
  const refused: Array<readonly [place: Place, expected: string]> = []
  let left: number = limits.values
  const read = (place: Place, depth: number): Json => {
    left -= 1
    // All of it will be refused, so nothing more is looked at.
    if (left < 0) return null
    if (isScalar(place.value)) return place.value
    const parts = depth === limits.depth ? undefined : partsOf(place.value, left + 1)
    if (parts === undefined) {
      refused.push([place, depth === limits.depth ? `at most ${limits.depth} levels of nesting` : json.name])
      return null
    }
    const entries = parts.entries.map(
      ([key, part]) => [key, read({ value: part, at: { key, above: place } }, depth + 1)] as const
    )
    return parts.isList ? entries.map(([, part]) => part) : ownOnly(entries)
  }
  const whole = read({ value }, 0)
  if (left < 0) return refuse(value, context, `at most ${limits.values} values`)
  return refused.length === 0
    ? t.success(whole)
    : t.failures(
        refused.map(([place, expected]) => problem(place.value, contextOf(context, place), expected))
      )
}

const json = expecting('JSON (a text, a finite number, true, false, null, a list or a plain object)')

const contextOf = (context: t.Context, { value, at }: Place): t.Context =>
  at === undefined ? context : t.appendContext(contextOf(context, at.above), at.key, json, value)

interface Parts {
  readonly isList: boolean
  readonly entries: ReadonlyArray<readonly [key: string, part: unknown]>
}

/** Gives the parts of a list or plain object, each read once, and no more than `most`; nothing for anything else. */
const partsOf = (value: unknown, most: number): Parts | undefined => {
  try {
    if (isList(value)) {
      const length = Math.min(value.length, most)
      return { isList: true, entries: Array.from({ length }, (_, i) => [String(i), value[i]]) }
    }
    // `null` was read as a scalar.
    if (typeof value === 'object' && isPlain(value as object)) {
      const object = value as Readonly<Record<string, unknown>>
      const keys = Object.keys(object).slice(0, most)
      const entries = keys.map((key) => [key, object[key]] as const).filter(([, part]) => part !== undefined)
      return { isList: false, entries }
    }
  } catch {
    // A proxy or getter that throws.
  }
  return undefined
}

// Objects of another realm have another `Object.prototype`, whose prototype is `null` too.
const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value) as object | null
  return (
    (prototype === null || Object.getPrototypeOf(prototype) === null) &&
    Object.getOwnPropertySymbols(value).length === 0
  )
}

const ownOnly = (entries: ReadonlyArray<readonly [string, Json]>): JsonObject => {
  const object = Object.create(null) as Record<string, Json>
  for (const [key, part] of entries) object[key] = part
  return Object.freeze(object)
}
