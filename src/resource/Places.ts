/**
 * Things that are given back: connections, workers, memory. Time changes nothing about them.
 *
 * It promises: never more than the capacity is out at once.
 */
import type { Algorithm } from './Rate.js'

/** How many are out. */
export interface Places {
  readonly taken: number
}

/** The rule as transitions; to settle is to give back. */
export const places: Algorithm<Places> = {
  start: () => ({ taken: 0 }),
  readyAt: ({ capacity }, { taken }, amount) => (taken + amount <= capacity ? -Infinity : Infinity),
  take: (_, { taken }, amount) => ({ taken: taken + amount }),
  settle: (_, { taken }, { amount }) => ({ taken: taken - amount }),
  available: ({ capacity }, { taken }) => capacity - taken
}
