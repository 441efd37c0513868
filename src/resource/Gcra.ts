/**
 * The generic cell rate algorithm of ATM networks: the state is one moment, at which all that was taken will have flowed.
 * It makes the decisions of a token bucket, from half the state and without a division by what has passed.
 *
 * It promises: in any stretch of time, at most the capacity and what flows during it.
 */
import { type Algorithm, type Rule, timeOf } from './Rate.js'

/** The theoretical arrival time of the next request, if the last ones had come evenly. */
export interface Gcra {
  readonly arrival: number
}

// What has passed unused is lost: an arrival in the past counts as now.
const move = (rule: Rule, { arrival }: Gcra, amount: number, now: number): Gcra => ({
  arrival: Math.max(now, arrival) + timeOf(rule, amount)
})

/** The rule as transitions. */
export const gcra: Algorithm<Gcra> = {
  start: () => ({ arrival: 0 }),
  readyAt: (rule, { arrival }, amount) => arrival + (timeOf(rule, amount) - rule.per),
  take: move,
  settle: (rule, state, { amount }, used, now) => move(rule, state, used - amount, now),
  available: ({ capacity, per }, { arrival }, now) => capacity - (Math.max(0, arrival - now) * capacity) / per
}
