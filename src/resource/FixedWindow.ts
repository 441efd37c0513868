/**
 * Windows of time that follow each other; the first begins with the first request, and after a pause the next one does.
 *
 * It promises: at most the capacity in each window. Around the end of one, twice the capacity can be taken in a short time;
 * `slidingWindow` does not allow that.
 */
import { type Algorithm, type Rule, slack } from './Rate.js'

/** When the window began, and what was used in it; more than the capacity where later windows have to pay for it. */
export interface FixedWindow {
  readonly startedAt: number
  readonly used: number
}

/** Gives the window of a moment: one in which nothing was used begins right then. */
const roll = ({ capacity, per }: Rule, state: FixedWindow, now: number): FixedWindow => {
  const { startedAt, used } = state
  if (now < startedAt + per) return used > 0 ? state : { startedAt: now, used }
  // One off either way, by rounding.
  const guess = Math.floor((now - startedAt) / per)
  const passed = [guess + 1, guess].find((n) => startedAt + n * per <= now) ?? guess - 1
  const owed = used - passed * capacity
  return owed > capacity * slack
    ? { startedAt: startedAt + passed * per, used: owed }
    : { startedAt: now, used: 0 }
}

const charge = (rule: Rule, state: FixedWindow, amount: number, now: number): FixedWindow => {
  const { startedAt, used } = roll(rule, state, now)
  return { startedAt, used: Math.max(0, used + amount) }
}

/** The rule as transitions. */
export const fixedWindow: Algorithm<FixedWindow> = {
  start: () => ({ startedAt: 0, used: 0 }),
  readyAt: ({ capacity, per }, { startedAt, used }, amount) => {
    const windows = Math.ceil((used + amount) / capacity - 1 - slack)
    return startedAt + Math.max(0, windows) * per
  },
  take: charge,
  // What was taken in a window that is over can be of no use to a later one.
  settle: (rule, state, { amount, at }, used, now) =>
    used >= amount || at >= roll(rule, state, now).startedAt
      ? charge(rule, state, used - amount, now)
      : state,
  available: (rule, state, now) => rule.capacity - roll(rule, state, now).used
}
