/** The maxima of a policy over all calls that it could time. */
import { alphabetOf } from './Alphabet.js'
import { anyPart } from './anyPart.js'
import { longest } from './Duration.js'
import { envelop } from './envelop.js'
import { reach } from './reach.js'
import { type AnyPolicy, toPolicy } from './RetryPolicy.js'
import { isOpen, walk } from './walk.js'

// --- model

/**
 * A greatest value: reached exactly, only known not to be exceeded, or none at all.
 *
 * @category model
 * @since 0.2.0
 */
export type Bound = number | { readonly atMost: number } | 'unbounded'

/**
 * The maxima over all calls that a policy could time. Times in milliseconds.
 *
 * @category model
 * @since 0.2.0
 */
export interface Bounds {
  /** How many retries there are at most. */
  readonly retries: Bound
  /** The longest that all waits of a call can come to. */
  readonly totalDelay: Bound
  /** The longest single wait. */
  readonly delay: Bound
}

// --- bounds

/**
 * Gives the greatest number of retries, sum of waits and single wait over all calls that a policy could time: whatever fails,
 * however the draws fall, and however long attempts take. Times in milliseconds.
 *
 * A number is exact: some call reaches it. `{ atMost }` is not exceeded, but not known to be reached: where functions
 * (`custom`, `mapDelay`, `delayFrom`, predicates) decide, which may answer anything, or where combinations are too tangled
 * to tell. `'unbounded'`: nothing in the policy bounds it; waits that grow without end count as such, although they saturate
 * at 2^53 - 1.
 *
 * Laws: no call exceeds them, and some call reaches what is exact.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { bounds, exponential, limitRetries, withJitter } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential('1s'), limitRetries(3))
 * assert.deepEqual(bounds(policy), { retries: 3, totalDelay: 7000, delay: 4000 })
 *
 * // A wait is drawn from [0, 1000) and whole.
 * assert.equal(bounds(pipe(exponential('1s'), limitRetries(1), withJitter('full'))).delay, 999)
 * assert.equal(bounds(exponential('1s')).retries, 'unbounded')
 *
 * @category reading
 * @since 0.2.0
 */
export const bounds = (policy: AnyPolicy): Bounds => {
  const alphabet = alphabetOf(toPolicy('bounds: policy', policy))
  const { from, retries, sum, wait } = envelop(policy, alphabet)
  const fitting = from >= 1 ? Math.floor(sum / Math.floor(from)) : Infinity
  const structure = {
    retries: Math.min(retries, fitting),
    totalDelay: Math.floor(sum),
    delay: Math.floor(wait)
  }
  const walked = walk(policy, alphabet, retries === Infinity)
  // Waits that grow without end only seem to settle, since they saturate: the last draw is less than 1 ms below the end.
  const growsOn =
    wait === Infinity && walked.totalDelay.value === Infinity && walked.delay.value >= longest - 1
  if (growsOn) return { retries: 'unbounded', totalDelay: 'unbounded', delay: 'unbounded' }
  const bound = (key: keyof Bounds): Bound => {
    const { reached, value } = walked[key]
    if (walked.whole && reached) return value === Infinity ? 'unbounded' : value
    const most = Math.min(structure[key], walked.whole ? value : Infinity)
    if (most === Infinity) return goesOn() ? 'unbounded' : { atMost: longest }
    return (reached && value >= most) || shown()[key] >= most ? most : { atMost: most }
  }
  let made: ReturnType<typeof reach> | undefined
  const shown = () => (made ??= reach(policy, alphabet.causes))
  // Where the structure shows no end, a call has to show that there is none. Functions may answer anything.
  const goesOn = (): boolean => !alphabet.complete || anyPart(policy, isOpen) || shown().endless
  return { retries: bound('retries'), totalDelay: bound('totalDelay'), delay: bound('delay') }
}
