/**
 * The pure core of a retry budget: what becomes of it when a call begins, succeeds, fails or is retried, and whether a retry
 * is allowed. Times in milliseconds.
 */
import type { BudgetInput } from '../action/entry.js'

// --- model

/** The rules of a budget whose state is `S`: plain JSON data. */
export interface BudgetRules<S> {
  readonly start: S
  readonly next: (state: S, input: BudgetInput, now: number) => S
  readonly allows: (state: S, now: number) => boolean
  readonly balance: (state: S, now: number) => number
}

// --- a ratio of the calls

interface Counts {
  readonly calls: number
  readonly retries: number
}

/** Buckets, the newest of which began at `from`. */
export interface BudgetWindow {
  readonly from: number
  readonly newest: Counts
  readonly older: ReadonlyArray<Counts>
}

// A window of time is made of so many buckets, and so is exact to a tenth of its length.
const buckets = 10

const none: Counts = Object.freeze({ calls: 0, retries: 0 })

/**
 * In a window of time there are at most `floor` retries, and a `ratio` of the calls more (Finagle's retry budget).
 *
 * Laws: where only allowed retries are made, the window never has more; a window that has passed is as none.
 */
export const ratioOfCalls = (ratio: number, floor: number, window: number): BudgetRules<BudgetWindow> => {
  const width = window / buckets

  /** Gives the window without what is too old by now. */
  const rotate = (state: BudgetWindow, now: number): BudgetWindow => {
    const { from, newest, older } = state
    const steps = Math.floor((now - from) / width)
    if (steps <= 0) return state
    const passed = Array<Counts>(Math.min(steps, buckets) - 1).fill(none)
    return {
      from: from + steps * width,
      newest: none,
      older: [...older, newest, ...passed].slice(1 - buckets)
    }
  }

  const countsAt = (state: BudgetWindow, now: number): Counts => {
    const { newest, older } = rotate(state, now)
    return older.reduce(
      (sum, { calls, retries }) => ({ calls: sum.calls + calls, retries: sum.retries + retries }),
      newest
    )
  }

  return {
    start: { from: 0, newest: none, older: [] },
    next: (state, input, now) => {
      if (input === 'succeeded' || input === 'failed') return state
      const { from, newest, older } = rotate(state, now)
      const { calls, retries } = newest
      return {
        from,
        newest: input === 'called' ? { calls: calls + 1, retries } : { calls, retries: retries + 1 },
        older
      }
    },
    allows: (state, now) => {
      const { calls, retries } = countsAt(state, now)
      const beyond = retries + 1 - floor
      // Divided, not multiplied: 29 of 100 is 0.29 to the last bit, and 0.29 times 100 is less than 29.
      return beyond <= 0 || (calls > 0 && beyond / calls <= ratio)
    },
    balance: (state, now) => {
      const { calls, retries } = countsAt(state, now)
      return Math.max(0, rounded(floor + ratio * calls - retries))
    }
  }
}

// --- tokens

/**
 * A failure takes a token, a success gives `tokenRatio` of one back; retries are made while more than half of the tokens are
 * there (gRPC's retry throttling, proposal A6). The state is the tokens.
 *
 * Laws: there are never fewer than none, nor more than `maxTokens`.
 */
export const tokensOfFailures = (maxTokens: number, tokenRatio: number): BudgetRules<number> => ({
  start: maxTokens,
  next: (tokens, input) => {
    switch (input) {
      case 'succeeded':
        return Math.min(maxTokens, rounded(tokens + tokenRatio))
      case 'failed':
        return Math.max(0, rounded(tokens - 1))
      case 'called':
      case 'retried':
        return tokens
    }
  },
  allows: (tokens) => tokens > maxTokens / 2,
  balance: (tokens) => tokens
})

// Sums of decimal fractions drift: ten times 0.1 has to be 1.
const rounded = (amount: number): number => Math.round(amount * 1e6) / 1e6
