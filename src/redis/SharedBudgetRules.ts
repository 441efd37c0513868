/** A retry budget as the rules of a state that processes share. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { BudgetInput } from '../action/entry.js'
import { isWithin } from '../policy/argument.js'
import { longest } from '../policy/Duration.js'
import { read } from '../policy/Failure.js'
import { print } from '../policy/print.js'
import type { BudgetRules, BudgetWindow } from '../resource/BudgetRules.js'
import type { BudgetPlan } from '../resource/RetryBudget.js'
import type { SharedRules } from './SharedRules.js'

// --- model

/** What a budget was told, and when: it may have to wait to be sent. */
export interface TimedInput {
  readonly what: BudgetInput
  readonly at: number
}

// --- constructors

// Tokens are remembered for a day after the last change.
const day = 86_400_000

/** Gives what `use` makes of the rules of a budget, and of how its state is shared. */
export const withBudgetRules = <R>(
  plan: BudgetPlan,
  use: <S>(rules: BudgetRules<S>, shared: SharedRules<S, TimedInput>) => R
): R =>
  plan._tag === 'ratio'
    ? use(plan.rules, toShared(plan.rules, plan.window, decodeWindow))
    : use(plan.rules, toShared(plan.rules, day, decodeTokens(plan.maxTokens)))

const toShared = <S>(
  rules: BudgetRules<S>,
  forgetAfter: number,
  decode: (stored: unknown) => Either<string, S>
): SharedRules<S, TimedInput> => ({
  start: () => rules.start,
  next: (state, { at, what }, now) => rules.next(state, what, Math.min(at, now)),
  forgetAfter: () => forgetAfter,
  decode,
  // Counts alone can wait.
  concerns: (before, after, now) => rules.allows(before, now) !== rules.allows(after, now)
})

// --- decoding

const left = (expected: string, stored: unknown): Either<string, never> => ({
  _tag: 'Left',
  left: `budget: expected ${expected}, got ${print(stored)}`
})

const decodeTokens =
  (maxTokens: number) =>
  (stored: unknown): Either<string, number> =>
    isWithin(stored, maxTokens) ? { _tag: 'Right', right: stored } : left(`0 to ${maxTokens} tokens`, stored)

const decodeWindow = (stored: unknown): Either<string, BudgetWindow> => {
  const [from, newest, older] = [read(stored, 'from'), read(stored, 'newest'), read(stored, 'older')]
  return isWithin(from, longest) &&
    isCounts(newest) &&
    Array.isArray(older) &&
    older.length < 10 &&
    older.every(isCounts)
    ? { _tag: 'Right', right: { from, newest, older } }
    : left('a window of counts', stored)
}

const isCounts = (u: unknown): u is BudgetWindow['newest'] =>
  isWithin(read(u, 'calls'), longest) && isWithin(read(u, 'retries'), longest)
