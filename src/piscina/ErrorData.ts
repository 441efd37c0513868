/**
 * Errors on their way from a thread. The structured clone algorithm keeps of an error its message, stack and cause, but makes its
 * name one of the language's own, and drops its code and all else: so it travels as plain data, of which it is made again.
 */
import { isError } from '../policy/isError.js'
import { print } from '../policy/print.js'

// How far down causes are kept: they may go round in a circle.
const deepest = 8

// --- leaving

/** Gives what was thrown as data that can be cloned. */
export const toErrorData = (thrown: unknown): unknown => {
  try {
    return toData(thrown, 0)
  } catch {
    // A getter that throws, or a revoked proxy; a pool would not come back from it at all.
    return toData(new Error(`what was thrown cannot be read: ${print(thrown)}`), 0)
  }
}

const toData = (thrown: unknown, depth: number): unknown => {
  // A pool takes a thrown `null` for a result.
  if (thrown === null) return toData(new Error('null was thrown'), depth)
  if (typeof thrown !== 'object') return isCloneable(thrown) ? thrown : print(thrown)
  const data = Object.fromEntries(Object.entries(thrown).filter(([, value]) => isCloneable(value)))
  if (!isError(thrown)) return data
  const { name, message, stack, cause } = thrown
  return {
    ...data,
    name: textOf(name),
    message: textOf(message),
    stack: textOf(stack ?? `${textOf(name)}: ${textOf(message)}`),
    ...(cause !== undefined && depth < deepest && { cause: toData(cause, depth + 1) })
  }
}

// What errors say of themselves may be anything, such as a symbol, which cannot be cloned.
const textOf = (value: unknown): string => (typeof value === 'string' ? value : print(value))

const isCloneable = (value: unknown): boolean => {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

// --- arriving

/** Gives an error for data that is one; all else as it is. */
export const fromErrorData = (thrown: unknown): unknown => {
  try {
    return toError(thrown)
  } catch {
    return thrown // it cannot be read
  }
}

const toError = (thrown: unknown): unknown => {
  if (!isErrorData(thrown)) return thrown
  const { name, message, stack, cause, ...rest } = thrown
  const error = new Error(message, cause === undefined ? undefined : { cause: fromErrorData(cause) })
  // As they are on errors: there, but not listed.
  const hidden = { name: { value: name }, stack: { value: stack } }
  for (const each of Object.values(hidden)) Object.assign(each, { configurable: true, writable: true })
  return Object.assign(Object.defineProperties(error, hidden), rest)
}

interface ErrorData {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly cause?: unknown
}

const isErrorData = (thrown: unknown): thrown is ErrorData => {
  if (typeof thrown !== 'object' || thrown === null || isError(thrown)) return false
  const { name, message, stack } = thrown as Partial<Record<string, unknown>>
  return [name, message, stack].every((text) => typeof text === 'string')
}
