import type { AnyFunction, Arrow } from './Action.js'
import { toCallable, withArguments } from './entry.js'

/**
 * Marks a function as taking arguments. A function whose parameters are all optional, or rest, looks like a task; marked,
 * it always gives a function to a `TaskEither`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { arrow, immediate, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const greet = pipe(arrow(async (name = 'you') => `hello ${name}`), withRetry(immediate))
 * assert.deepEqual(await greet()(), { _tag: 'Right', right: 'hello you' })
 *
 * @category conversions
 * @since 0.1.0
 */
export const arrow = <F extends AnyFunction>(fn: F): Arrow<F> =>
  // The mark is all that differs.
  withArguments(toCallable('arrow', fn)) as unknown as Arrow<F>
