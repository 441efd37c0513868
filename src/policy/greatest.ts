import type { Bound } from './bounds.js'

/** Gives what a bound says is never exceeded; `undefined` where it is unbounded. */
export const greatest = (bound: Bound): number | undefined =>
  typeof bound === 'object' ? bound.atMost : bound === 'unbounded' ? undefined : bound
