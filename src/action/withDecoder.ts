import type { Either } from 'fp-ts/lib/Either.js'
import { invalid } from '../policy/argument.js'
import { reasonsFrom } from '../policy/Validator.js'
import type { Checked, ErrorOf, Shaped } from './Action.js'
import { left, right, toWrapper } from './entry.js'
import type { InvalidResult } from './RetryError.js'

/**
 * Decodes the result: it gets the decoder's type, and a result that does not fit becomes the failure `InvalidResult`, with
 * the value, the decoder's errors, and these as reasons that people can read. Put it inside `withRetry` to ask again.
 * (`retryUntil` takes decoders too, but leaves the result as it is.)
 *
 * @example
 * import assert from 'node:assert/strict'
 * import * as t from 'io-ts'
 * import { isInvalidResult, runOrThrow, withDecoder } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const User = t.type({ name: t.string })
 * const load = async (id: number): Promise<unknown> => (id === 1 ? { name: 'Ada' } : { name: null })
 * const loadUser = pipe(load, withDecoder(User))
 *
 * assert.deepEqual(await loadUser(1)(), { _tag: 'Right', right: { name: 'Ada' } })
 * const failed = await loadUser(2)()
 * assert(failed._tag === 'Left' && isInvalidResult(failed.left))
 * assert.deepEqual(failed.left.reasons, ['name: expected string, got null'])
 * await assert.rejects(runOrThrow(loadUser(2)), { name: 'InvalidResult', message: 'name: expected string, got null' })
 *
 * @category actions
 * @since 0.1.0
 */
export const withDecoder = <Errors, B>(decoder: {
  readonly decode: (value: unknown) => Either<Errors, B>
}): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F> | InvalidResult<Errors>, B>) => {
  if (typeof (decoder as Partial<typeof decoder> | undefined)?.decode !== 'function') {
    invalid('withDecoder: decoder', 'an io-ts decoder', decoder)
  }
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toWrapper('withDecoder', (inner) => async (env, args) => {
    const result = await inner(env, args)
    if (result._tag === 'Left') return result
    const decoded = decoder.decode(result.right)
    return decoded._tag === 'Right'
      ? right(decoded.right)
      : left({
          _tag: 'InvalidResult',
          value: result.right,
          errors: decoded.left,
          reasons: reasonsFrom(decoded.left)
        })
  }) as never
}
