import { invalid } from '../policy/argument.js'
import type { Checked, ErrorOf, ResultOf, Shaped } from './Action.js'
import { left, toInnerWrapper } from './entry.js'
import { listenTo } from './listenTo.js'
import { aborted, notBegun, race } from './race.js'
import type { Aborted } from './RetryError.js'

/**
 * Ends a call when a signal aborts, as `Aborted` with its reason: a wait or an attempt ends at once, and no call follows.
 * The signal of the attempt under way aborts too. What settled before the abort wins; what settles later is dropped.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, withRetry, withSignal } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const controller = new AbortController()
 * const task = pipe(async () => Promise.reject(new Error('down')), withRetry(fixed('1h')), withSignal(controller.signal))
 * const pending = task()
 * setTimeout(() => controller.abort('no longer needed'), 10)
 *
 * const result = await pending
 * assert.equal(result._tag === 'Left' && result.left._tag === 'Aborted' && result.left.reason, 'no longer needed')
 *
 * @category actions
 * @since 0.1.0
 */
export const withSignal = (
  signal: AbortSignal
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F> | Aborted<unknown, unknown>, ResultOf<F>>) => {
  if (typeof (signal as Partial<AbortSignal> | undefined)?.addEventListener !== 'function') {
    invalid('withSignal: signal', 'an AbortSignal', signal)
  }
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toInnerWrapper('withSignal', (inner) => {
    const run = race(inner, { arm: (fire) => listenTo(signal, fire), error: aborted })
    return async (env, args) => (signal.aborted ? left(aborted(notBegun, signal.reason)) : run(env, args))
  }) as never
}
