/**
 * The pure core: what happens after an attempt. `withRetry`, `simulate` and every adapter are drivers of it, so what is
 * simulated is what runs.
 */
import { compile, endsLate, type Frame, freshScope, isHalt, type Scope } from './compile.js'
import { matches } from './Condition.js'
import { invalid } from './argument.js'
import { type Cause, type Context, isGivenUp, isLibraryError, type Outcome } from './Failure.js'
import { type AnyPolicy, type RetryPolicy, toPolicy } from './RetryPolicy.js'
import { reasonsAgainst } from './Validator.js'
import { draw } from './Window.js'

// --- model

/** All that a policy remembers between the attempts of one call; plain JSON data. Start with `initialState`. */
export interface StepState extends Scope {
  /** The wait before the attempt under way; `null` for the first. */
  readonly delay: number | null
  /** What the parts of the policy remember. */
  readonly memory: ReadonlyArray<unknown>
}

/** What a driver reports of an attempt. Times in milliseconds. */
export interface StepInput<E, A> extends Attempted<E, A> {
  /** A uniform draw in [0, 1). */
  readonly random: number
}

interface Attempted<E, A> {
  readonly outcome: Outcome<E, A>
  /** From the start of the call to the end of the attempt, on a monotonic clock. */
  readonly elapsed: number
  readonly name?: string
  readonly args?: ReadonlyArray<unknown>
}

/** What happens next. */
export type Decision<E, A> =
  /** The result is good. */
  | { readonly _tag: 'Accept'; readonly value: A }
  /** Try again `delay` milliseconds from now, drawn from the window [from, to]; `latest`: when it has to end, counted from the start. */
  | {
      readonly _tag: 'Retry'
      readonly cause: Cause<E, A>
      readonly delay: number
      readonly from: number
      readonly to: number
      readonly latest: number
    }
  /** The schedule stopped (at a `hint` beyond its bounds), the conditions refused, or a function of the policy failed with `fault`. */
  | {
      readonly _tag: 'GiveUp'
      readonly reason: 'Exhausted'
      readonly cause: Cause<E, A>
      readonly hint: number | undefined
    }
  | { readonly _tag: 'GiveUp'; readonly reason: 'NotRetryable'; readonly cause: Cause<E, A> }
  | {
      readonly _tag: 'GiveUp'
      readonly reason: 'PolicyFault'
      readonly cause: Cause<E, A>
      readonly fault: unknown
    }

/** A decision, and the state for the next attempt. */
export interface Step<E, A> {
  readonly decision: Decision<E, A>
  readonly state: StepState
}

/**
 * The state before the first attempt of a call, whatever the policy.
 *
 * @category model
 * @since 0.1.0
 */
export const initialState: StepState = Object.freeze({
  ...freshScope,
  delay: null,
  memory: Object.freeze([])
})

// --- stepping

/**
 * Decides what happens after an attempt. Pure: the same state and input give the same step.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, initialState, step, withJitter } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const decide = step(pipe(exponential(1000), withJitter(0.5)))
 * const outcome = { _tag: 'Failed', error: 'timeout' } as const
 *
 * const { decision, state } = decide(initialState, { outcome, elapsed: 20, random: 0.25 })
 * assert.equal(decision._tag === 'Retry' && decision.delay, 750)
 * assert.deepEqual(JSON.parse(JSON.stringify(state)), state)
 *
 * @category stepping
 * @since 0.1.0
 */
export const step = <E, A>(
  policy: RetryPolicy<E, A>
): ((state: StepState, input: StepInput<E, A>) => Step<E, A>) => {
  const plan = planOf(policy)
  return (state, input) =>
    // The plan keeps values as they are, so the types of what goes in are those of what comes out.
    decide(plan, state, input, () => input.random) as Step<E, A>
}

/** A compiled policy. */
export interface Plan {
  readonly policy: AnyPolicy
  readonly evaluate: ReturnType<typeof compile>
  readonly slots: number
}

/** Compiles a policy; throws a `TypeError` if it is none. */
export const planOf = (policy: AnyPolicy): Plan => {
  let slots = 0
  const evaluate = compile(toPolicy('policy', policy), () => slots++)
  return { policy, evaluate, slots }
}

/** Decides by a compiled policy; `random` is asked for the one draw of a failure. */
export const decide = (
  plan: Plan,
  state: StepState,
  input: Attempted<unknown, unknown>,
  random: () => number
): Step<unknown, unknown> => {
  const { outcome } = input
  const { abortOn = [], retryUntil = [] } = plan.policy
  const context: Context = {
    attempt: state.retry + 1,
    elapsed: input.elapsed,
    name: input.name ?? '',
    args: input.args ?? [],
    previousDelay: state.delay ?? undefined
  }
  if (outcome._tag === 'Answered') {
    const reasons = retryUntil.length === 0 ? [] : reasonsAgainst(retryUntil, outcome.value, context)
    if (reasons.length === 0) return { decision: { _tag: 'Accept', value: outcome.value }, state }
    return afterFailure(plan, state, { _tag: 'Rejected', value: outcome.value, reasons }, context, random)
  }
  if (outcome._tag === 'Rejected') return afterFailure(plan, state, outcome, context, random)
  try {
    return isLibraryError('Aborted', outcome.error) ||
      abortOn.some((each) => matches(each, outcome.error, context))
      ? { decision: { _tag: 'GiveUp', reason: 'NotRetryable', cause: outcome }, state }
      : afterFailure(plan, state, outcome, context, random)
  } catch (fault) {
    return { decision: { _tag: 'GiveUp', reason: 'PolicyFault', cause: outcome, fault }, state }
  }
}

const afterFailure = (
  plan: Plan,
  state: StepState,
  cause: Cause<unknown, unknown>,
  context: Context,
  draws: () => number
): Step<unknown, unknown> => {
  const exhaust = (hint?: number): Step<unknown, unknown> => ({
    decision: { _tag: 'GiveUp', reason: 'Exhausted', cause, hint },
    state
  })
  const refuse: Step<unknown, unknown> = {
    decision: { _tag: 'GiveUp', reason: 'NotRetryable', cause },
    state
  }
  const memory = Array.from({ length: plan.slots }, (_, i) => state.memory[i] ?? null)
  try {
    const random = draws()
    if (!(random >= 0 && random < 1)) invalid('random', 'a number in [0, 1)', random)
    const frame: Frame = { cause, context, random, memory, active: [], judged: false }
    const window = plan.evaluate(frame, state)
    if (isHalt(window) && window._tag === 'refused') return refuse
    if (cause._tag !== 'Rejected' && !frame.judged && isGivenUp(cause.error)) return refuse
    if (isHalt(window)) return exhaust(window._tag === 'hinted' ? window.hint : undefined)
    if (endsLate(window, frame)) return exhaust()
    const drawn = draw(window, random)
    const delay = Math.floor(drawn)
    // A wait that a hint has set says nothing of the schedule.
    const advance = (scope: Scope): Scope => ({
      retry: scope.retry + 1,
      slept: scope.slept + delay,
      drawn: window.hint > 0 && window.from <= window.hint ? scope.drawn : drawn
    })
    for (const slot of frame.active) memory[slot] = advance((memory[slot] ?? freshScope) as Scope)
    const { from, to, latest } = window
    return {
      decision: { _tag: 'Retry', cause, delay, from, to, latest },
      state: { ...advance(state), delay, memory }
    }
  } catch (fault) {
    return { decision: { _tag: 'GiveUp', reason: 'PolicyFault', cause, fault }, state }
  }
}
