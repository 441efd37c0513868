/** What a policy would do, without sleeping or calling anything. */
import { invalid, isWithin, wholeNumber } from './argument.js'
import { longest } from './Duration.js'
import { type Outcome, read } from './Failure.js'
import { type RetryPolicy, toPolicy, update } from './RetryPolicy.js'
import { type Decision, initialState, step } from './step.js'
import { toSeed, uniform } from './uniform.js'

/**
 * What an attempt in a simulation came to, and how long it took (0 ms if not said).
 *
 * @category model
 * @since 0.1.0
 */
export type SimulatedOutcome<E, A> = Outcome<E, A> & { readonly duration?: number }

/**
 * A decision, the attempt after which it was made, and the milliseconds from the start of the call until then.
 *
 * @category model
 * @since 0.1.0
 */
export type Simulated<E, A> = Decision<E, A> & { readonly attempt: number; readonly elapsed: number }

/**
 * Gives the exact decisions that a policy makes for these outcomes, up to the one that ends the call. Outcomes are a list;
 * or a text such as `'LLR'` (fails, fails, succeeds) or a number of failures, where no condition judges the failures.
 * The seed stands for all randomness: the same seed gives the same waits.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, simulate } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const decisions = simulate(pipe(exponential(100), limitRetries(2)), 'LLL')
 * assert.deepEqual(decisions.map((d) => [d.attempt, d._tag]), [[1, 'Retry'], [2, 'Retry'], [3, 'GiveUp']])
 *
 * @category reading
 * @since 0.1.0
 */
export const simulate = <E, A>(
  policy: RetryPolicy<E, A>,
  outcomes: number | string | ReadonlyArray<SimulatedOutcome<E, A>>,
  seed = 0
): ReadonlyArray<Simulated<E, A>> => {
  // In letters, success is success: there is no result to validate.
  const next = step<E, A>(
    typeof outcomes === 'object' ? policy : update(toPolicy('simulate: policy', policy), { retryUntil: [] })
  )
  const from = toSeed('simulate: seed', seed)
  const decisions: Array<Simulated<E, A>> = []
  let state = initialState
  let elapsed = 0
  for (const [i, outcome] of toOutcomes<E, A>(outcomes).entries()) {
    elapsed += outcome.duration ?? 0
    const { decision, state: after } = next(state, { outcome, elapsed, random: uniform(from, i) })
    decisions.push({ ...decision, attempt: i + 1, elapsed })
    if (decision._tag !== 'Retry') return decisions
    state = after
    elapsed += decision.delay
  }
  return decisions
}

/**
 * Gives the waits, in milliseconds, between the first `count + 1` attempts if all of them fail; fewer if the policy stops.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fibonacci, waits } from 'reprise'
 *
 * assert.deepEqual(waits(fibonacci(100), 6), [100, 100, 200, 300, 500, 800])
 *
 * @category reading
 * @since 0.1.0
 */
export const waits = <E, A>(policy: RetryPolicy<E, A>, count: number, seed = 0): ReadonlyArray<number> =>
  simulate(policy, count, seed).flatMap((decision) => (decision._tag === 'Retry' ? [decision.delay] : []))

const toOutcomes = <E, A>(
  outcomes: number | string | ReadonlyArray<SimulatedOutcome<E, A>>
): ReadonlyArray<SimulatedOutcome<E, A>> => {
  if (Array.isArray(outcomes)) return outcomes.map(checkOutcome) as ReadonlyArray<SimulatedOutcome<E, A>>
  const letters =
    typeof outcomes === 'number' ? 'L'.repeat(wholeNumber('simulate: outcomes', outcomes, 0)) : outcomes
  if (typeof letters !== 'string' || !/^[LR]*$/.test(letters)) {
    return invalid('simulate: outcomes', "a number, a list, or a text of 'L' and 'R'", outcomes)
  }
  return Array.from(letters, (letter) =>
    letter === 'R'
      ? { _tag: 'Answered', value: undefined as A }
      : { _tag: 'Rejected', value: undefined as A, reasons: ['simulated'] }
  )
}

const tags: ReadonlyArray<unknown> = ['Answered', 'Failed', 'Threw', 'Rejected']

const checkOutcome = (outcome: unknown): unknown =>
  tags.includes(read(outcome, '_tag')) && isWithin(read(outcome, 'duration') ?? 0, longest)
    ? outcome
    : invalid('simulate: outcome', 'an outcome, with a duration in milliseconds or none', outcome)
