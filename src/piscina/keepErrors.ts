import { invalid } from '../policy/argument.js'
import { toErrorData } from './ErrorData.js'

/**
 * For the module that runs in the threads: keeps what is on an error when it leaves the thread, its `name`, `code` and other
 * data, and its causes. Without it, an `Error` arrives with nothing but its message, stack and cause, and `retryOn` has no name
 * or code to go by. The class is gone in any case: conditions on errors of threads are texts or predicates.
 *
 * A function that gives an `Either`, or throws plain data with a `_tag`, does not need it.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { keepErrors } from 'reprise/piscina'
 *
 * // In tasks.ts
 * const parse = keepErrors((text: string) => {
 *   if (text === '') throw Object.assign(new RangeError('nothing to parse'), { code: 'EMPTY' })
 *   return text.split(',')
 * })
 *
 * const thrown = await parse('').catch((error: unknown) => structuredClone(error)) // as a thread hands it over
 * const { name, code } = thrown as { name: string; code: string }
 * assert.deepEqual({ name, code }, { name: 'RangeError', code: 'EMPTY' })
 * assert.deepEqual(await parse('a,b'), ['a', 'b'])
 *
 * @category threads
 * @since 0.3.0
 */
export const keepErrors = <P extends ReadonlyArray<unknown>, R>(
  fn: (...args: P) => R
): ((...args: P) => Promise<Awaited<R>>) => {
  if (typeof fn !== 'function') invalid('keepErrors: fn', 'a function', fn)
  return async (...args): Promise<Awaited<R>> => {
    try {
      return await fn(...args)
    } catch (error) {
      throw toErrorData(error)
    }
  }
}
