import { read } from '../policy/Failure.js'

/**
 * The error of an attempt whose process ended, or lost its job, before it could say what came of it. What the function did
 * until then is not known: it may have succeeded.
 *
 * @category model
 * @since 0.3.0
 */
export interface AttemptLost {
  readonly _tag: 'AttemptLost'
  readonly message: string
}

/** The error of an attempt that was lost. */
export const attemptLost: AttemptLost = {
  _tag: 'AttemptLost',
  message: 'the process that made the attempt is gone'
}

/**
 * Is this the error of an attempt that was lost with its process?
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { abortOn, fixed } from 'reprise'
 * import { isAttemptLost } from 'reprise/bullmq'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // For what must not be done twice: an attempt of which nothing is known ends the call.
 * const atMostOnce = pipe(fixed('5s'), abortOn('AttemptLost'))
 * assert.equal(atMostOnce.abortOn?.length, 1)
 * assert.equal(isAttemptLost({ _tag: 'AttemptLost', message: 'gone' }), true)
 *
 * @category guards
 * @since 0.3.0
 */
export const isAttemptLost = (u: unknown): u is AttemptLost =>
  read(u, '_tag') === 'AttemptLost' && typeof read(u, 'message') === 'string'
