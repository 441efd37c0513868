import { read } from '../policy/Failure.js'

const codes: ReadonlyArray<unknown> = [
  'ERR_WORKER_OUT_OF_MEMORY',
  'ERR_WORKER_INIT_FAILED',
  'ERR_WORKER_UNSERIALIZABLE_ERROR'
]

/**
 * Did a thread end in the middle of a call: by `process.exit`, or because its memory was full? For `retryOn` and `abortOn`. The
 * pool has started another thread by then.
 *
 * *Gotcha*: what a function throws later, out of a timer, ends its thread as well, but arrives as that very error.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { immediate, isRetryable, limitRetries, retryOn } from 'reprise'
 * import { workerCrashed } from 'reprise/piscina'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(immediate, limitRetries(2), retryOn([workerCrashed, 'EBUSY']))
 * assert.equal(isRetryable(policy)(new Error('worker exited with code: 1')), true)
 * assert.equal(isRetryable(policy)(new Error('no such file')), false)
 *
 * @category conditions
 * @since 0.3.0
 */
export const workerCrashed = (error: unknown): boolean =>
  /^worker exited with code: -?\d+$/.test(messageOf(error)) || codes.includes(read(error, 'code'))

const messageOf = (error: unknown): string => {
  const message = read(error, 'message')
  return typeof message === 'string' ? message : ''
}
