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
  /** Gives the state as it is on a clock that shows `by` milliseconds more. */
  readonly shift: (state: S, by: number) => S
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

const none: Counts = /* #__PURE__ */ Object.freeze({ calls: 0, retries: 0 })

/**
 * In a window of time there are at most `floor` retries, and a `ratio` of the calls more (Finagle's retry budget).
 *
 * Laws: where only allowed retries are made, the window that ends with any of them has no more; in one that ends later, calls
 * may have gone whose retries have not. A window that has passed is as none. A state and a clock shifted alike give the same
 * answers.
 */
export const ratioOfCalls = (ratio: number, floor: number, window: number): BudgetRules<BudgetWindow> => {
  const width = window / buckets

  /** Gives the window without what is too old by now. */
  const rotate = (state: BudgetWindow, now: number): BudgetWindow => {
    const { from, newest, older } = state
    const steps = Math.floor((now - from) / width)
    // So also for a clock that gives no number.
    if (!(steps > 0)) return state
    const passed = Array<Counts>(Math.min(steps, buckets) - 1).fill(none)
    return {
      from: from + steps * width,
      newest: none,
      older: [...older, newest, ...passed].slice(1 - buckets)
    }
  }

  /** Gives how many retries there are left; below 0 where the calls that they belong to are too old, and they are not. */
  const left = (state: BudgetWindow, now: number): number => {
    const { newest, older } = rotate(state, now)
    return rounded(
      older.reduce(
        (sum, { calls, retries }) => sum + ratio * calls - retries,
        floor + ratio * newest.calls - newest.retries
      )
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
    allows: (state, now) => left(state, now) >= 1,
    balance: (state, now) => Math.max(0, left(state, now)),
    shift: (state, by) => ({ ...state, from: state.from + by })
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
  balance: (tokens) => tokens,
  shift: (tokens) => tokens
})

// Decimal fractions drift: ten times 0.1 has to be 1, and 100 times 0.29 has to be 29.
const rounded = (amount: number): number => Math.round(amount * 1e6) / 1e6
