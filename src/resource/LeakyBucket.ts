/**
 * A bucket that is empty at first, and leaks evenly; what would make it run over has to wait. The token bucket seen from the
 * other side: it makes the same decisions, and its state says how much is in it.
 *
 * It promises: in any stretch of time, at most the capacity and what leaks during it.
 */
import { type Algorithm, flowed, type Rule, timeOf } from './Rate.js'

/** How full it was, and when. */
export interface LeakyBucket {
  readonly level: number
  readonly at: number
}

const levelAt = (rule: Rule, { level, at }: LeakyBucket, now: number): number =>
  Math.max(0, level - flowed(rule, at, now))

const pour = (rule: Rule, state: LeakyBucket, amount: number, now: number): LeakyBucket => ({
  level: levelAt(rule, state, now) + amount,
  at: Math.max(state.at, now)
})

/** The rule as transitions. */
export const leakyBucket: Algorithm<LeakyBucket> = {
  start: () => ({ level: 0, at: 0 }),
  readyAt: (rule, { level, at }, amount) => at + timeOf(rule, Math.max(0, level + amount - rule.capacity)),
  take: pour,
  settle: (rule, state, { amount }, used, now) => pour(rule, state, used - amount, now),
  available: (rule, state, now) => rule.capacity - levelAt(rule, state, now)
}
