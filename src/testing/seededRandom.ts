import { toSeed, uniform } from '../policy/uniform.js'
import type { Random } from '../runtime/Random.js'

/**
 * Makes a random that gives the same numbers in [0, 1) for the same seed, a whole number.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { seededRandom } from 'reprise/testing'
 *
 * const [one, other] = [seededRandom(42), seededRandom(42)]
 * assert.deepEqual([one(), one(), one()], [other(), other(), other()])
 *
 * @category constructors
 * @since 0.1.0
 */
export const seededRandom = (seed: number): Random => {
  const from = toSeed('seededRandom: seed', seed)
  let index = 0
  return () => uniform(from, index++)
}
