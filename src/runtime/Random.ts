/** Randomness. */

/**
 * Gives a uniform number in [0, 1) at each call.
 *
 * @category model
 * @since 0.1.0
 */
export type Random = () => number

/**
 * The randomness of the machine.
 *
 * @category constructors
 * @since 0.1.0
 */
export const systemRandom: Random = () => Math.random()
