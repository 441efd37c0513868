import { invalid } from '../policy/argument.js'
import { checked } from '../policy/step.js'
import type { Clock } from '../runtime/Clock.js'
import type { Random } from '../runtime/Random.js'
import type { Checked, ErrorOf, ResultOf, Shaped } from './Action.js'
import { toWrapper } from './entry.js'
import { steady } from './steady.js'

/**
 * What the world looks like from inside: what is left out stays as it is outside.
 *
 * @category model
 * @since 0.1.0
 */
export interface Environment {
  /** What tells the time and waits. */
  readonly clock?: Clock
  /** What draws the waits from their windows. */
  readonly random?: Random
}

/**
 * Runs everything inside with another clock or randomness: virtual time in tests, a seed for a run that can be repeated,
 * `backgroundClock` for waits that do not keep the process alive.
 *
 * A clock that breaks its word does not break a call: time that goes back, is no number or is not told stands still; a waking is
 * taken once; where `after` throws, the clock of the machine wakes. A random that breaks it is a `PolicyFault`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, withEnv, withJitter, withRetry } from 'reprise'
 * import { seededRandom, virtualClock } from 'reprise/testing'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const clock = virtualClock()
 * const policy = pipe(exponential('1h'), withJitter('full'), limitRetries(3))
 * const task = pipe(async () => Promise.reject(new Error('down')), withRetry(policy), withEnv({ clock, random: seededRandom(7) }))
 *
 * const pending = task()
 * await clock.runAll()
 * assert.equal((await pending)._tag, 'Left')
 *
 * @category actions
 * @since 0.1.0
 */
export const withEnv = (
  environment: Environment
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F>, ResultOf<F>>) => {
  // Callers without types may hand over anything.
  const { clock, random } =
    (environment as Environment | undefined | null) ??
    invalid('withEnv: environment', 'an object', environment)
  if (clock && !(typeof clock.now === 'function' && typeof clock.after === 'function')) {
    invalid('withEnv: clock', 'a clock', clock)
  }
  if (random && typeof random !== 'function') invalid('withEnv: random', 'a function', random)
  const changes = { ...(clock && { clock: steady(clock) }), ...(random && { random: checked(random) }) }
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toWrapper('withEnv', (inner) => (env, args) => inner({ ...env, ...changes }, args)) as never
}
