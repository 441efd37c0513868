/**
 * The pure core: what happens after an attempt. `withRetry`, `simulate` and every adapter are drivers of it, so what is
 * simulated is what runs.
 */
import { invalid, isWithin } from './argument.js'
import {
  compile,
  type Evaluate,
  type Frame,
  newWindow,
  type Refuse,
  refused,
  type Scope,
  stopped,
  type Verdict
} from './evaluate.js'
import {
  type Answered,
  type Cause,
  type Context,
  givenUp,
  libraryTag,
  type Outcome,
  type Threw
} from './Failure.js'
import { type AnyPolicy, meaningOf, type RetryPolicy, toPolicy } from './RetryPolicy.js'
import { draw, type Mutable, type Window } from './Window.js'

// --- model

/**
 * All that a policy remembers between the attempts of one call; plain JSON data. Start with `initialState`.
 *
 * @category model
 * @since 0.1.0
 */
export interface StepState extends Scope {
  /** The wait before the attempt under way; `null` for the first. */
  readonly delay: number | null
  /** What the parts of the policy remember. */
  readonly memory: ReadonlyArray<unknown>
}

/**
 * What a driver reports of an attempt. Times in milliseconds.
 *
 * @category model
 * @since 0.1.0
 */
export interface StepInput<E, A> {
  readonly outcome: Outcome<E, A>
  /** From the start of the call to the end of the attempt, on a monotonic clock. */
  readonly elapsed: number
  /** A uniform draw in [0, 1). */
  readonly random: number
  readonly name?: string
  readonly args?: ReadonlyArray<unknown>
}

/**
 * What happens next.
 *
 * @category model
 * @since 0.1.0
 */
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
  /** No more: the schedule stopped (at a `hint` beyond its bounds), the conditions refused, or a function of the policy failed. */
  | ({ readonly _tag: 'GiveUp'; readonly cause: Cause<E, A> } & (
      | { readonly reason: 'Exhausted'; readonly hint: number | undefined }
      | { readonly reason: 'NotRetryable' }
      | { readonly reason: 'PolicyFault'; readonly fault: unknown }
    ))

/**
 * A decision, and the state for the next attempt.
 *
 * @category model
 * @since 0.1.0
 */
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
export const initialState: StepState = /* #__PURE__ */ Object.freeze({
  retry: 0,
  slept: 0,
  drawn: null,
  delay: null,
  memory: /* #__PURE__ */ Object.freeze([])
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
  return (state, { outcome, elapsed, random, name = '', args = none }) => {
    const context = contextOf(state, elapsed, name, args)
    const next = copyOf(state)
    const ruling = decide(plan, next, outcome, context, toUniform, random)
    // The plan keeps values as they are, so the types of what goes in are those of what comes out.
    return { decision: toDecision(ruling), state: ruling._tag === 'Retry' ? next : state } as Step<E, A>
  }
}

const none: ReadonlyArray<never> = []

/** Gives a ruling as a decision, in the words of `step`. */
export const toDecision = (ruling: Ruling): Decision<unknown, unknown> => {
  if (ruling._tag === 'GiveUp') {
    const { cause, verdict } = ruling
    const { _tag: reason, ...details } = verdict
    // The details are those that belong to the reason.
    return { _tag: 'GiveUp', cause, reason, ...details } as Decision<unknown, unknown>
  }
  // Most are what is to be said already; those with a floor, or a hint, which makes one, know more.
  if (!('floor' in ruling)) return ruling
  const { _tag, cause, delay, from, to, latest } = ruling
  return { _tag, cause, delay, from, to, latest }
}

// Spelled out: V8 gives objects made with a spread a hidden class each.
const copyOf = ({ retry, slept, drawn, delay, memory }: StepState): Mutable<StepState> => ({
  retry,
  slept,
  drawn,
  delay,
  memory
})

/** Gives a random that throws a `RangeError` instead of a number that is not in [0, 1), or no number. */
export const checked = (random: () => number) => (): number => toUniform(random())

// Callers without types may leave it out.
const toUniform = (u?: number): number =>
  isWithin(u, 1) && u < 1 ? u : invalid('random', 'a number in [0, 1)', u)

/** Gives what conditions, validators and hints are told of the attempt that follows a state. */
export const contextOf = (
  { delay, retry }: StepState,
  elapsed: number,
  name: string,
  args: ReadonlyArray<unknown>
): Context => ({ attempt: retry + 1, elapsed, name, args, previousDelay: delay ?? undefined })

/** A compiled policy. */
export interface Plan {
  readonly evaluate: Evaluate
  readonly refuse: Refuse | undefined
  /** How many failures an error keeps. */
  readonly kept: number
}

/** Compiles a policy; throws a `TypeError` if it is none. */
export const planOf = (policy: AnyPolicy): Plan => {
  let slots = 0
  return {
    evaluate: compile(toPolicy('policy', policy), () => slots++),
    refuse: meaningOf(policy, 'retryUntil'),
    kept: policy.recordFailures ?? 16
  }
}

/** What a compiled policy decides. */
export type Ruling =
  | { readonly _tag: 'Accept'; readonly value: unknown }
  | (Window & {
      readonly _tag: 'Retry'
      readonly cause: Cause<unknown, unknown>
      readonly delay: number
    })
  | {
      readonly _tag: 'GiveUp'
      readonly cause: Cause<unknown, unknown>
      readonly verdict: Verdict
      readonly delay?: undefined
    }

/**
 * Decides by a compiled policy; where it goes on, the state becomes that for the next attempt, which saves a call an object
 * for each. `draws` is asked for the one draw of a failure, and told what is `given` for it.
 */
export const decide = (
  { evaluate, refuse }: Plan,
  state: Mutable<StepState>,
  outcome: Outcome<unknown, unknown>,
  context: Context,
  draws: (given?: number) => number,
  given?: number
): Ruling => {
  const cause = outcome._tag === 'Answered' ? refuse?.(outcome.value, context) : outcome
  // Only an answer has no cause to fail.
  if (!cause) return { _tag: 'Accept', value: (outcome as Answered<unknown>).value }
  let verdict: Verdict | undefined
  try {
    const window = newWindow(cause)
    const frame: Frame = { context, memory: state.memory, random: draws(given) }
    // A rejected result has no error, and so no tag.
    const tag = libraryTag((cause as Partial<Threw>).error)
    verdict = tag === 'Aborted' ? refused : evaluate(window, state, frame)
    if (tag && !frame.judged && givenUp.includes(tag)) verdict = refused
    const drawn = draw(window, frame.random)
    const delay = Math.floor(drawn)
    if (context.elapsed + delay > window.latest) verdict ??= stopped
    if (!verdict) {
      // A wait that a hint has set says nothing of the schedule.
      const own = window.hint && window.from <= window.hint ? null : drawn
      state.memory = frame.settle?.(delay, own) ?? frame.memory
      state.retry++
      state.slept += delay
      state.delay = window.delay = delay
      state.drawn = own ?? state.drawn
      return window
    }
  } catch (fault) {
    verdict = { _tag: 'PolicyFault', fault }
  }
  return { _tag: 'GiveUp', cause, verdict }
}

/** Decides by a compiled policy, and leaves the state as it is: a retry comes with that for the next attempt. */
export const decideFrom = (
  plan: Plan,
  state: StepState,
  outcome: Outcome<unknown, unknown>,
  context: Context,
  random: number
): Exclude<Ruling, { _tag: 'Retry' }> | Again => {
  const next = copyOf(state)
  const ruling = decide(plan, next, outcome, context, () => random)
  if (ruling._tag !== 'Retry') return ruling
  const { _tag, cause, delay } = ruling
  return { _tag, cause, delay, window: ruling, state: next }
}

/** A retry, with its window and the state for the next attempt. */
export interface Again {
  readonly _tag: 'Retry'
  readonly cause: Cause<unknown, unknown>
  readonly delay: number
  readonly window: Window
  readonly state: StepState
}
