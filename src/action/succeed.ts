import type { Either } from 'fp-ts/lib/Either.js'

/**
 * Says "this is a result" for data that looks like an `Either`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { immediate, succeed, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const node = { _tag: 'Left', left: 1 } as const
 * assert.deepEqual(await pipe(async () => succeed(node), withRetry(immediate))(), { _tag: 'Right', right: node })
 *
 * @category conversions
 * @since 0.1.0
 */
export const succeed = <A>(value: A): Either<never, A> => ({ _tag: 'Right', right: value })
