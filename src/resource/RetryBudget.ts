/**
 * A retry budget keeps retries a small part of the traffic, however many callers fail at once: what has failed is given up
 * when the budget is used up, instead of loading a service that is down with several times the calls. It never blocks: it
 * refuses. It is a cell around the pure core of `BudgetRules`, shared by all functions that are wrapped with it.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { Budget } from '../action/entry.js'
import { invalid, isWithin, known } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { type Clock, systemClock } from '../runtime/Clock.js'
import { type BudgetRules, type BudgetWindow, ratioOfCalls, tokensOfFailures } from './BudgetRules.js'
import { checkClock } from './checkClock.js'

// --- model

/**
 * What a retry budget may be told: a `ratio` of the calls, or tokens that failures take.
 *
 * @category model
 * @since 0.3.0
 */
export type RetryBudgetOptions = {
  /** The clock of the budget; that of each call if not set. All that share a budget should share a clock. */
  readonly clock?: Clock | undefined
} & (
  | {
      /** Retries for each call: with 0.2 at most one retry for five calls. */
      readonly ratio: number
      /** Retries that are allowed besides, in a second; 10 if not set. */
      readonly minimumPerSecond?: number | undefined
      /** The time over which calls and retries are counted, at least 1 ms; 10 s if not set. Exact to a tenth of it. */
      readonly window?: Duration | undefined
      readonly maxTokens?: never
      readonly tokenRatio?: never
    }
  | {
      /** How many tokens there are at first, and at most. */
      readonly maxTokens: number
      /** How much of a token a success gives back; more than 0, and exact to a millionth. */
      readonly tokenRatio: number
      readonly ratio?: never
      readonly minimumPerSecond?: never
      readonly window?: never
    }
)

/**
 * A retry budget, for any number of functions.
 *
 * @category model
 * @since 0.3.0
 */
export interface RetryBudget {
  /** How many retries there are left now; of a budget of tokens, how many tokens. */
  readonly balance: IO<number>
  /** @hidden */
  readonly [cellOf]: Budget
}

// Copies of the library of the same version may share a budget.
const cellOf = Symbol.for('reprise/budget@1')

// --- constructors

/**
 * Makes a retry budget, each time it is run: state is made in `IO`. With a `ratio`, there are at most so many retries for each
 * call in a window of time, and a few besides, so that a service without much traffic can retry at all. With `maxTokens`, a
 * failed attempt takes a token and a successful call gives `tokenRatio` of one back; retries are made while more than half of
 * the tokens are there.
 *
 * Throws a `RangeError` or `TypeError` that names the option.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { immediate, limitRetries, retryBudget, withRetry, withRetryBudget } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const budget = retryBudget({ ratio: 0.2, minimumPerSecond: 0 })()
 * let calls = 0
 * const load = async (id: number): Promise<string> => {
 *   calls += 1
 *   throw new Error(`cannot load ${id}`)
 * }
 * const robust = pipe(load, withRetry(pipe(immediate, limitRetries(3))), withRetryBudget(budget))
 *
 * for (let id = 1; id <= 10; id++) await robust(id)()
 * // Without a budget it would be 40.
 * assert.equal(calls, 12)
 *
 * @category constructors
 * @since 0.3.0
 */
export const retryBudget = (options: RetryBudgetOptions): IO<RetryBudget> => {
  const plan = toBudgetPlan(options)
  // A budget holds what its rules make of what they have made; what that is, they alone know.
  const rules = plan.rules as BudgetRules<unknown>
  return () => toBudget(rules, plan.clock)
}

/** What the options of a budget come to. */
export type BudgetPlan = { readonly clock: Clock | undefined } & (
  | { readonly _tag: 'ratio'; readonly rules: BudgetRules<BudgetWindow>; readonly window: number }
  | { readonly _tag: 'tokens'; readonly rules: BudgetRules<number>; readonly maxTokens: number }
)

/** Gives what the options come to; throws a `RangeError` or `TypeError` that names the option. */
export const toBudgetPlan = (options: RetryBudgetOptions): BudgetPlan => {
  known('retryBudget', options, [...ofRatio, ...ofTokens, 'clock'])
  const clock = checkClock('retryBudget: clock', options.clock, 'now')
  if (options.maxTokens === undefined) {
    refuse(options, ofTokens, 'beside maxTokens only')
    const { minimumPerSecond = 10, window: time = '10s' } = options
    const ratio = amount('ratio', options.ratio)
    const perSecond = amount('minimumPerSecond', minimumPerSecond)
    const window = toMillis('retryBudget: window', time)
    if (window < 1) invalid('retryBudget: window', 'at least 1 ms', time)
    const rules = ratioOfCalls(ratio, (perSecond * window) / 1000, window)
    return { _tag: 'ratio', rules, window, clock }
  }
  refuse(options, ofRatio, 'without maxTokens only')
  const maxTokens = amount('maxTokens', options.maxTokens)
  if (maxTokens === 0) invalid('retryBudget: maxTokens', 'a number > 0', maxTokens)
  const tokenRatio = amount('tokenRatio', options.tokenRatio)
  // What is less could not be told from nothing, and with nothing a budget that is used up stays so.
  if (tokenRatio < 1e-6) invalid('retryBudget: tokenRatio', 'at least a millionth', tokenRatio)
  return { _tag: 'tokens', rules: tokensOfFailures(maxTokens, tokenRatio), maxTokens, clock }
}

const ofRatio = ['ratio', 'minimumPerSecond', 'window'] as const
const ofTokens = ['maxTokens', 'tokenRatio'] as const

const amount = (name: string, value: number | undefined): number =>
  isWithin(value, 1e9) ? value : invalid(`retryBudget: ${name}`, 'a number from 0 to 1e9', value)

const refuse = (
  options: RetryBudgetOptions,
  names: ReadonlyArray<keyof RetryBudgetOptions>,
  where: string
): void => {
  const misplaced = names.find((name) => options[name] !== undefined)
  if (misplaced !== undefined) invalid(`retryBudget: ${misplaced}`, `set ${where}`, options[misplaced])
}

const toBudget = <S>(rules: BudgetRules<S>, own: Clock | undefined): RetryBudget => {
  // All that changes.
  let state = rules.start
  let clock = own
  /** Gives the time on a clock, which is that of the budget from now on; its own always is. */
  const on = (callers: Clock): number => {
    const other = own ?? callers
    // Clocks that tell the same time, such as that of the background, are one.
    if (clock && clock.now !== other.now) state = rules.shift(state, other.now() - clock.now())
    clock = other
    return clock.now()
  }
  return withCell(() => rules.balance(state, (clock ?? systemClock).now()), {
    note: (callers, input) => {
      const now = on(callers)
      state = rules.next(state, input, now)
    },
    allows: (callers) => {
      const now = on(callers)
      return rules.allows(state, now)
    }
  })
}

/** Makes a budget with this cell. */
export const withCell = (balance: IO<number>, cell: Budget): RetryBudget =>
  Object.freeze({ balance, [cellOf]: cell })

/** Gives the cell of a budget; throws a `TypeError` that names `argument` if it is none. */
export const toBudgetCell = (argument: string, budget: unknown): Budget =>
  // Callers without types may hand over anything.
  (budget as Partial<RetryBudget> | null | undefined)?.[cellOf] ??
  invalid(argument, 'made by retryBudget(options)()', budget)
