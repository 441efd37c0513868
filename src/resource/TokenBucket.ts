/**
 * A bucket of tokens that is full at first, and refilled evenly. After a pause the whole capacity can be taken at once.
 *
 * It promises: in any stretch of time, at most the capacity and what flows in during it.
 */
import { type Algorithm, flowed, type Rule, timeOf } from './Rate.js'

/** How many tokens there were, and when. */
export interface TokenBucket {
  readonly tokens: number
  readonly at: number
}

const tokensAt = (rule: Rule, { tokens, at }: TokenBucket, now: number): number =>
  Math.min(rule.capacity, tokens + flowed(rule, at, now))

const add = (rule: Rule, state: TokenBucket, amount: number, now: number): TokenBucket => ({
  tokens: tokensAt(rule, state, now) + amount,
  at: Math.max(state.at, now)
})

/** The rule as transitions. */
export const tokenBucket: Algorithm<TokenBucket> = {
  start: ({ capacity }) => ({ tokens: capacity, at: 0 }),
  readyAt: (rule, { tokens, at }, amount) => at + timeOf(rule, Math.max(0, amount - tokens)),
  take: (rule, state, amount, now) => add(rule, state, -amount, now),
  settle: (rule, state, { amount }, used, now) => add(rule, state, amount - used, now),
  available: tokensAt
}
