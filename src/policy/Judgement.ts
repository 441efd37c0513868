/**
 * Combinators that say what is worth another try: which errors, which results, and how much of the past is kept.
 */
import { wholeNumber } from './argument.js'
import { conditional } from './Composition.js'
import { type AnyCondition, type ConditionInput, type Judged, matches, toCondition } from './Condition.js'
import { type Evaluate, type Refuse, refused } from './evaluate.js'
import { type AnyPolicy, type RetryPolicy, update } from './RetryPolicy.js'
import {
  reasonsAgainst,
  toValidators,
  type Validated,
  type Validator,
  type ValidatorInput
} from './Validator.js'

/**
 * Retries only these errors; all others end the call at once, as `NotRetryable`. A second `retryOn` replaces the first.
 * Without it, everything is retried except what means "given up already": an inner retry's `Exhausted`, `NotRetryable`
 * or `BudgetExhausted`, and `CircuitOpen`. `Aborted` is never retried.
 *
 * *Gotcha*: throws and rejections are judged too, so a typed predicate meets values it did not expect; if it throws, the
 * call ends with a `PolicyFault`. A refinement or a predicate on `unknown` is safe.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, isRetryable, retryOn } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential(100), retryOn(['ECONNRESET', TypeError]))
 * assert.equal(isRetryable(policy)(Object.assign(new Error('reset'), { code: 'ECONNRESET' })), true)
 * assert.equal(isRetryable(policy)(new RangeError('no')), false)
 *
 * @category combinators
 * @since 0.1.0
 */
export const retryOn = <const C extends ConditionInput>(
  condition: C
): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E & Judged<C>, A>) => {
  const worthIt = toCondition('retryOn: condition', condition)
  return (self: AnyPolicy) => conditional(self, worthIt)
}

/**
 * Never retries these errors, whatever `retryOn` and `when` say. Several add up.
 *
 * @category combinators
 * @since 0.1.0
 */
export const abortOn = <const C extends ConditionInput>(
  condition: C
): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E & Judged<C>, A>) => {
  const hopeless = toCondition('abortOn: condition', condition)
  return (self: AnyPolicy) =>
    update(self, { abortOn: Object.freeze([...(self.abortOn ?? []), hopeless]) }, { abortOn: refuseThese })
}

const refuseThese =
  (conditions: ReadonlyArray<AnyCondition>): Evaluate =>
  ({ cause }, _, { context }) =>
    cause._tag !== 'Rejected' && conditions.some((condition) => matches(condition, cause.error, context))
      ? refused
      : undefined

/**
 * Validates the *result*: one that a validator refuses is the failure `Rejected`, and is tried again like any other. A
 * refused result is never a success: when the policy stops, the call ends as `Exhausted`. Several add up.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { immediate, limitRetries, retryUntil, runOrThrow, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * let n = 0
 * const policy = pipe(immediate, limitRetries(5), retryUntil((n: number) => n > 2))
 * assert.equal(await pipe(async () => ++n, withRetry(policy), runOrThrow), 3)
 *
 * @category combinators
 * @since 0.1.0
 */
export const retryUntil = <const V extends ValidatorInput>(
  validator: V
): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E, A & Validated<V>>) => {
  const validators = toValidators('retryUntil: validator', validator)
  return (self: AnyPolicy) =>
    update(
      self,
      { retryUntil: Object.freeze([...(self.retryUntil ?? []), ...validators]) },
      { retryUntil: refuse }
    )
}

const refuse =
  (validators: ReadonlyArray<Validator>): Refuse =>
  (value, context) => {
    const reasons = reasonsAgainst(validators, value, context)
    return reasons.length === 0 ? undefined : { _tag: 'Rejected', value, reasons }
  }

/**
 * How many failures an error keeps: the newest `count`, 16 if not set. The error says how many were `omitted`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const recordFailures = (count: number): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E, A>) => {
  const kept = wholeNumber('recordFailures: count', count, 1)
  return (self: AnyPolicy) => update(self, { recordFailures: kept })
}
