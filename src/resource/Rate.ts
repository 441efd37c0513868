/**
 * What every rule of a limit is: pure functions on a plain state, which JSON can hold, and the current moment. Amounts are
 * in whatever a limit counts; moments are milliseconds of the clock of the caller.
 *
 * Laws: `take` at `readyAt` keeps what the rule promises; a refund of all that was taken, at the same moment, is as if it
 * had never been taken; to spend more than was taken is as if that had been taken.
 */

// --- model

/** So much in so much time. */
export interface Rule {
  readonly capacity: number
  /** In milliseconds. */
  readonly per: number
}

/** What was taken, and when. */
export interface Taken {
  readonly amount: number
  readonly at: number
}

/** A rule as transitions of its state `S`. */
export interface Algorithm<S> {
  /** Nothing is taken yet. */
  readonly start: (rule: Rule) => S
  /** The first moment at which an amount is there, if nothing else happens; one in the past means now, `Infinity` never. */
  readonly readyAt: (rule: Rule, state: S, amount: number) => number
  /** Takes an amount, whether it is there or not. */
  readonly take: (rule: Rule, state: S, amount: number, now: number) => S
  /** Puts right what was taken, once it is known how much was used: a refund, or a debt that later requests wait for. */
  readonly settle: (rule: Rule, state: S, taken: Taken, used: number, now: number) => S
  /** How much is there; less than nothing while there is a debt. */
  readonly available: (rule: Rule, state: S, now: number) => number
}

// --- rounding

/** Ten times 0.1 is 1: a share of the capacity, or of the time, that rounding may lose. Whole numbers are exact up to 10^12. */
export const slack = 1e-12

/** Has a moment come? Up to what rounding may have made of it. */
export const isPast = ({ per }: Rule, at: number, now: number): boolean =>
  at - now <= Math.max(per * slack, now * 4 * Number.EPSILON)

/** How long an amount takes to flow, without overflow. */
export const timeOf = ({ capacity, per }: Rule, amount: number): number =>
  Math.min((amount * per) / capacity, Number.MAX_SAFE_INTEGER)

/** How much flows in a time that does not go back. */
export const flowed = ({ capacity, per }: Rule, from: number, to: number): number =>
  (Math.max(0, to - from) * capacity) / per
