/**
 * Values as JSON, and back: errors, results and arguments, as far as JSON keeps them. It is what `JSON.stringify` makes of
 * them, and beyond that keeps errors (`name`, `message`, `code`, `_tag`, `cause`, `errors` and what is their own),
 * `undefined`, big integers, and numbers that are not finite. Functions and classes are lost.
 *
 * Whatever comes in, nothing is thrown, and what is stored is of bounded size: what is near the top is kept first, and a
 * text says where something is missing.
 */
import { isError } from '../policy/isError.js'

// --- model

/** JSON, in which an object with the key `$` stands for something else. */
export type Stored =
  null | boolean | number | string | ReadonlyArray<Stored> | { readonly [key: string]: Stored }

/** Gives what is to take the place of a part, given its key; as those of `JSON.stringify` and `JSON.parse`. */
export type Replace = (key: string, value: unknown) => unknown

/** What is wrong with something stored, and where (`''` is the whole). */
export interface Problem {
  readonly path: string
  readonly expected: string
  readonly value: unknown
}

// How deep it may be, and how large: that is counted in letters, and each part is so many more.
const limits = { depth: 32, size: 20_000, ofPart: 10 } as const

const missing = '[left out]'

/** What errors have that need not be their own and enumerable. */
const hiddenKeys = ['name', 'message', 'code', '_tag', 'cause', 'errors'] as const

export const keepAll: Replace = (_, value) => value

// --- to JSON

type Container = Stored[] | { [key: string]: Stored }

/** A part that is still to be stored, and where to. */
interface Place {
  readonly into: Container
  readonly key: string
  readonly value: unknown
  readonly depth: number
}

/** Stores a value; `key` is what `replace` is told for the whole. */
export const store = (key: string, whole: unknown, replace: Replace = keepAll): Stored => {
  const root: { [key: string]: Stored } = {}
  let left: number = limits.size

  const textOf = (text: string): Stored => {
    const kept = text.slice(0, Math.max(0, left))
    left -= kept.length
    return kept.length < text.length ? `${kept}…` : text
  }

  /** Gives places for parts, as many as there is room for; says in place of the next where there is none. */
  const unfold = (
    into: Container,
    of: object,
    keys: ReadonlyArray<string>,
    depth: number
  ): ReadonlyArray<Place> => {
    const places: Place[] = []
    for (const key of keys) {
      const value = readPart(of, key, replace)
      // As in JSON, functions are no part of an object.
      if (!Array.isArray(into) && ['function', 'symbol'].includes(typeof value)) continue
      left -= limits.ofPart + key.length
      if (left < 0 || depth > limits.depth) {
        put(into, Array.isArray(into) ? key : '…', missing)
        break
      }
      places.push({ into, key, value, depth })
    }
    return places
  }

  const contentOf = (value: unknown, depth: number): readonly [Stored, ReadonlyArray<Place>] => {
    if (typeof value === 'string') return [textOf(value), []]
    if (typeof value === 'bigint') return [bigintOf(value), []]
    if (typeof value !== 'object' || value === null) return [scalarOf(value), []]
    if (Array.isArray(value)) {
      const list: Stored[] = []
      // There is room for fewer.
      // Stryker disable next-line ArithmeticOperator: it saves making keys that there is no room for
      const length = Math.min(value.length, limits.size / limits.ofPart)
      return [
        list,
        unfold(
          list,
          value,
          Array.from({ length }, (_, i) => String(i)),
          depth
        )
      ]
    }
    // Bytes have a key each.
    // Stryker disable next-line ArrayDeclaration: what is no content and parts is left out, below
    if (ArrayBuffer.isView(value)) return [missing, []]
    const own = Object.keys(value)
    if (!isError(value)) {
      const object = {}
      const places = unfold(object, value, own, depth)
      return [own.includes('$') ? { $: 'object', of: object } : object, places]
    }
    const [hidden, of] = [{}, {}]
    const inherited = hiddenKeys.filter((each) => !own.includes(each) && hasMore(value, each))
    const places = [...unfold(hidden, value, inherited, depth), ...unfold(of, value, own, depth)]
    return [{ $: 'error', ...(inherited.length > 0 && { hidden }), ...(own.length > 0 && { of }) }, places]
  }

  // Level by level, so that a large part leaves room for what stands beside it.
  const places: Place[] = [{ into: root, key: '', value: readPart({ [key]: whole }, key, replace), depth: 0 }]
  for (const { into, key, value, depth } of places) {
    try {
      const [content, parts] = contentOf(value, depth + 1)
      put(into, key, content)
      places.push(...parts)
    } catch {
      put(into, key, missing) // a proxy that throws
    }
  }
  return root[''] ?? null
}

/** Reads a part, which may have a `toJSON` of its own; what cannot be read is left out. */
const readPart = (of: object, key: string, replace: Replace): unknown => {
  try {
    const value = (of as Readonly<Record<string, unknown>>)[key]
    const isWhole = typeof value !== 'object' || value === null || isError(value) || ArrayBuffer.isView(value)
    const toJSON = isWhole ? undefined : (value as { readonly toJSON?: unknown }).toJSON
    return replace(key, typeof toJSON === 'function' ? toJSON.call(value, key) : value)
  } catch {
    return missing
  }
}

/** Has an error something to be kept under this key, that a plain `Error` has not? */
const hasMore = (error: object, key: string): boolean => {
  try {
    const value = (error as Readonly<Record<string, unknown>>)[key]
    return value !== undefined && value !== (key === 'name' ? 'Error' : key === 'message' ? '' : undefined)
  } catch {
    // It cannot be read.
  }
  return false
}

const scalarOf = (value: unknown): Stored => {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value !== 'number') return { $: 'undefined' }
  if (Number.isFinite(value) && !Object.is(value, -0)) return value
  return { $: 'number', of: Object.is(value, -0) ? '-0' : String(value) }
}

const bigintOf = (value: bigint): Stored => {
  const of = String(value)
  return isInteger(of) ? { $: 'bigint', of } : missing
}

/** Sets an own property, whatever its name. */
const put = (into: object, key: string, value: unknown, enumerable = true): void => {
  Object.defineProperty(into, key, { value, enumerable, writable: true, configurable: true })
}

// --- from JSON

/** Gives what was stored; throws only what `revive` throws. `key` is what that is told for the whole. */
export const restore = (key: string, stored: Stored, revive: Replace = keepAll): unknown =>
  revive(key, contentOf(stored, revive))

const contentOf = (stored: Stored, revive: Replace): unknown => {
  if (typeof stored !== 'object' || stored === null) return stored
  if (isList(stored)) return stored.map((part, i) => restore(String(i), part, revive))
  if (!Object.hasOwn(stored, '$')) return objectOf(stored, revive)
  const { $: kind, of = {}, hidden = {} } = stored
  switch (kind) {
    case 'number':
      return Number(of)
    case 'bigint':
      // `problemOf` has made sure of it.
      return BigInt(of as string)
    case 'object':
      return objectOf(of, revive)
    case 'error':
      return errorOf(objectOf(hidden, revive), objectOf(of, revive))
    // Stryker disable next-line ConditionalExpression: without it the same is given
    default:
      return undefined
  }
}

const objectOf = (stored: Stored, revive: Replace): Readonly<Record<string, unknown>> =>
  // Unlike an assignment, this makes `__proto__` a key as any other.
  Object.fromEntries(
    Object.entries(stored as object).map(([key, part]) => [key, restore(key, part as Stored, revive)])
  )

const errorOf = (
  hidden: Readonly<Record<string, unknown>>,
  own: Readonly<Record<string, unknown>>
): Error => {
  const error = new (classes.get(hidden['name']) ?? Error)()
  // Where it was made again says nothing.
  const { name = 'Error', message } = { ...hidden, ...own }
  put(
    error,
    'stack',
    [name, message].filter((each) => typeof each === 'string' && each !== '').join(': '),
    false
  )
  for (const [key, value] of Object.entries(hidden)) {
    if ((error as unknown as Readonly<Record<string, unknown>>)[key] !== value) put(error, key, value, false)
  }
  for (const [key, value] of Object.entries(own)) put(error, key, value)
  return error
}

// What the language itself throws comes back as of its class.
const classes: ReadonlyMap<unknown, new () => Error> = new Map(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((each) => [each.name, each])
)

// --- guards

/** Gives what is wrong with what should have been stored, given any JSON; `undefined` if nothing is. */
export const problemOf = (json: unknown, path: string, depth = 0): Problem | undefined => {
  if (typeof json !== 'object' || json === null) return undefined
  if (depth > limits.depth) return { path, expected: `at most ${limits.depth} levels`, value: json }
  if (isList(json)) return first(json.map((part, i) => () => problemOf(part, `${path}.${i}`, depth + 1)))
  const object = json as Readonly<Record<string, unknown>>
  if (!Object.hasOwn(object, '$')) return problemIn(object, path, depth)
  const { $: kind, of, hidden, ...rest } = object
  const isKind =
    Object.keys(rest).length === 0 &&
    typeof kind === 'string' &&
    Object.hasOwn(kinds, kind) &&
    kinds[kind as keyof typeof kinds](of, hidden)
  if (!isKind) return { path, expected: 'a kind of value that can be stored', value: json }
  return first([() => problemIn(of, `${path}.of`, depth), () => problemIn(hidden, `${path}.hidden`, depth)])
}

const problemIn = (object: unknown, path: string, depth: number): Problem | undefined =>
  isObject(object)
    ? first(
        Object.entries(object).map(
          ([key, part]) =>
            () =>
              problemOf(part, `${path}.${key}`, depth + 1)
        )
      )
    : undefined

const first = (checks: ReadonlyArray<() => Problem | undefined>): Problem | undefined => {
  for (const check of checks) {
    const problem = check()
    if (problem !== undefined) return problem
  }
  return undefined
}

const isList = (json: unknown): json is ReadonlyArray<Stored> => Array.isArray(json)

const isObject = (json: unknown): json is object => typeof json === 'object' && json !== null && !isList(json)

const isInteger = (text: unknown): boolean => typeof text === 'string' && /^-?\d{1,1000}$/.test(text)

const kinds = {
  undefined: (of: unknown, hidden: unknown) => of === undefined && hidden === undefined,
  number: (of: unknown, hidden: unknown) =>
    ['NaN', 'Infinity', '-Infinity', '-0'].includes(of as string) && hidden === undefined,
  bigint: (of: unknown, hidden: unknown) => isInteger(of) && hidden === undefined,
  object: (of: unknown, hidden: unknown) => isObject(of) && hidden === undefined,
  error: (of: unknown, hidden: unknown) =>
    (of === undefined || isObject(of)) &&
    (hidden === undefined ||
      (isObject(hidden) &&
        Object.keys(hidden).every((key) => (hiddenKeys as ReadonlyArray<string>).includes(key))))
}
