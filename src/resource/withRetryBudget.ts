import type { Checked, ErrorOf, ResultOf, Shaped } from '../action/Action.js'
import { type Budget, type Decide, toWrapper } from '../action/entry.js'
import { decide } from '../policy/step.js'
import type { Clock } from '../runtime/Clock.js'
import { type RetryBudget, toBudgetCell } from './RetryBudget.js'

/**
 * Makes every retry inside draw on a budget, those of nested retries too, and every hedged attempt. A retry that the policy
 * would make and the budget does not allow ends the call as `BudgetExhausted`; nothing waits for a budget.
 *
 * What is wrapped counts as one call, whatever happens inside. Where several budgets are around a retry, all of them have to
 * allow it; the same one twice counts once. A retry counts from the moment that it is decided on, even if an abort then ends
 * the wait for it.
 *
 * *Gotcha*: it has to be outside of `withRetry`; inside there is nothing to bound, and each attempt counts as a call.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, limitRetries, retryBudget, withEnv, withRetry, withRetryBudget } from 'reprise'
 * import { scripted, virtualClock } from 'reprise/testing'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const clock = virtualClock()
 * const budget = retryBudget({ maxTokens: 4, tokenRatio: 0.5 })()
 * const fn = scripted('LLLR')
 * const policy = pipe(fixed('1s'), limitRetries(5))
 *
 * const pending = pipe(fn, withRetry(policy), withRetryBudget(budget), withEnv({ clock }))()
 * await clock.runAll()
 * const result = await pending
 * // The second failure leaves 2 tokens of 4, which is not more than half.
 * assert.equal(result._tag === 'Left' && result.left._tag, 'BudgetExhausted')
 * assert.equal(fn.calls(), 2)
 * assert.equal(budget.balance(), 2)
 *
 * @category actions
 * @since 0.3.0
 */
export const withRetryBudget = (
  budget: RetryBudget
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F>, ResultOf<F>>) => {
  const own = toBudgetCell('withRetryBudget: budget', budget)
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toWrapper('withRetryBudget', (inner) => (env, args) => {
    const { clock, budgets: outer = [] } = env
    if (outer.includes(own)) return inner(env, args)
    const budgets = [...outer, own]
    own.note(clock, 'called')
    // Not spread: V8 takes a microsecond to add a field to a copy made so.
    return inner(Object.assign({}, env, { budgets, decide: rationed(budgets, clock) }), args).then(
      (result) => {
        // A result that comes after an abort is none of the call.
        if (result._tag === 'Right' && env.interrupt?.fired !== true) own.note(clock, 'succeeded')
        return result
      }
    )
  }) as never
}

/** Decides by a policy, as far as all budgets allow. */
const rationed =
  (budgets: ReadonlyArray<Budget>, clock: Clock): Decide =>
  (...asked) => {
    const ruling = decide(...asked)
    // A failure that the schedule has stopped at was as much worth a retry as those before.
    if (ruling._tag === 'Accept' || (ruling._tag === 'GiveUp' && ruling.verdict._tag !== 'Exhausted'))
      return ruling
    for (const budget of budgets) budget.note(clock, 'failed')
    if (ruling._tag === 'GiveUp') return ruling
    if (!budgets.every((budget) => budget.allows(clock)))
      return { _tag: 'GiveUp', cause: ruling.cause, verdict: { _tag: 'BudgetExhausted' } }
    for (const budget of budgets) budget.note(clock, 'retried')
    return ruling
  }
