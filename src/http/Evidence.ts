/** What can be read from an error, of this or of any other client. Nothing here throws. */
import { read } from '../policy/Failure.js'

/** Gives the error and what stands below it in `cause`, the outermost first, each once. */
export const causesOf = (error: unknown): ReadonlyArray<unknown> => {
  const found = new Set([error])
  for (const each of found) {
    const cause = read(each, 'cause')
    if (cause !== undefined) found.add(cause)
  }
  return [...found]
}

/**
 * Gives the HTTP status that an error tells of, itself or in its `response`: as `HttpError`, axios, got, undici, superagent
 * and the AWS SDK have it.
 */
export const statusOf = (error: unknown): number | undefined => {
  const response = read(error, 'response')
  return [
    read(error, 'status'),
    read(error, 'statusCode'),
    read(response, 'status'),
    read(response, 'statusCode'),
    read(read(error, '$metadata'), 'httpStatusCode')
  ].find(isNumber)
}

const isNumber = (value: unknown): value is number => typeof value === 'number'

/** Reads a header by its name in lower case. */
export type ReadHeader = (name: string) => string | undefined

/** Gives how to read the headers that an error has, itself or in its `response`; `undefined` if it has none. */
export const headersOf = (error: unknown): ReadHeader | undefined => {
  const headers = read(error, 'headers') ?? read(read(error, 'response'), 'headers')
  if (typeof headers !== 'object' || headers === null) return undefined
  const get = read(headers, 'get')
  return typeof get === 'function'
    ? (name) => attempt(() => toText((get as (name: string) => unknown).call(headers, name)))
    : (name) =>
        attempt(() => {
          const key = Object.keys(headers).find((each) => each.toLowerCase() === name)
          return key === undefined ? undefined : toText(read(headers, key))
        })
}

const attempt = <A>(f: () => A): A | undefined => {
  try {
    return f()
  } catch {
    return undefined
  }
}

// Node's own client gives a list where a field came several times.
const toText = (value: unknown): string | undefined =>
  Array.isArray(value)
    ? value.map(String).join(', ')
    : typeof value === 'string' || typeof value === 'number'
      ? String(value).trim()
      : undefined
