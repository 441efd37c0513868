/**
 * A call as its job remembers it: plain JSON, in the job's data, so that it goes on in whatever process takes the job next.
 * Everything here is pure; times are those of the wall clock, which is the only one that processes share.
 *
 * An attempt is noted before it is made. One that is still noted when the job comes up again was lost with its process: it
 * counts, as a failure that only `abortOn` judges, since it says nothing of the function.
 */
import type { RetryError } from '../action/RetryError.js'
import type { Failure, Outcome, Threw } from '../policy/Failure.js'
import { type AnyPolicy, meaningOf, type RetryPolicy } from '../policy/RetryPolicy.js'
import { newWindow } from '../policy/evaluate.js'
import { contextOf, type Decision, initialState, type Step, step, type StepState } from '../policy/step.js'
import { attemptLost } from './AttemptLost.js'
import { fromWire, type Json, toWireLoosely } from './Wire.js'

// --- model

/** What a job remembers of its call. Times in milliseconds. */
export interface JobCall {
  /** When the first attempt began, since 1970. */
  readonly began: number
  /** From then to the end of the last attempt. */
  readonly elapsed: number
  /** The attempts that have begun. */
  readonly attempts: number
  /** From `began` to the start of the attempt under way; `null` while there is none. */
  readonly startedAt: number | null
  /** When the next attempt may begin, since 1970. */
  readonly due: number
  readonly state: StepState
  /** The newest failures, as they travel. */
  readonly failures: ReadonlyArray<Json>
  /** What the call has ended with, its failures aside, and how often the job had stalled by then. */
  readonly ended: { readonly error: Json; readonly stalled: number } | null
}

/** What comes next: the call has a result, waits, or has given up. */
export type Next =
  | { readonly _tag: 'Accept'; readonly value: unknown }
  | { readonly _tag: 'Wait'; readonly delay: number; readonly call: JobCall }
  | { readonly _tag: 'End'; readonly call: JobCall }

/** The moment of a decision. */
export interface Moment {
  /** The wall clock. */
  readonly wall: number
  /** From the start of the call. */
  readonly elapsed: number
  readonly random: number
  readonly args: ReadonlyArray<unknown>
  /** How often the job has stalled. */
  readonly stalled: number
}

// --- an attempt begins

/** Notes the attempt that is about to be made; of a call that is not known yet, the first. */
export const begin = (call: JobCall | undefined, wall: number): JobCall => {
  const began = call?.began ?? wall
  return {
    began,
    elapsed: call?.elapsed ?? 0,
    attempts: (call?.attempts ?? 0) + 1,
    // Clocks of two machines may differ, and any may be set back.
    startedAt: Math.max(call?.elapsed ?? 0, wall - began),
    due: call?.due ?? wall,
    state: call?.state ?? initialState,
    failures: call?.failures ?? [],
    ended: null
  }
}

// --- and ends

/** Gives a function that decides what follows an attempt, whose outcome may be lost, for calls of `name` by a policy. */
export const settling = (
  policy: AnyPolicy,
  name: string
): ((call: JobCall, outcome: Outcome<unknown, unknown> | undefined, at: Moment) => Next) => {
  // What it can judge is stated in the types of the queue's methods.
  const decide = step(policy as RetryPolicy)
  const decideLost = losing(policy, name, decide)
  const kept = policy.recordFailures ?? 16
  return (call, outcome, at) => {
    const { elapsed, random, args } = at
    const { decision, state } =
      outcome === undefined
        ? decideLost(call.state, at)
        : decide(call.state, { outcome, elapsed, random, name, args })
    if (decision._tag === 'Accept') return decision
    const delay = decision._tag === 'Retry' ? decision.delay : undefined
    const settled = withFailure(call, outcome === undefined ? lost : decision.cause, { elapsed, delay, kept })
    if (decision._tag === 'GiveUp') return end(settled, errorOf(decision), at.stalled)
    // Clocks of whole milliseconds may show the end of a wait up to one too soon.
    const due = at.wall + decision.delay + (decision.delay > 0 ? 1 : 0)
    return { _tag: 'Wait', delay: decision.delay, call: { ...settled, state, due } }
  }
}

const lost: Threw = { _tag: 'Threw', error: attemptLost }

const losing = (
  policy: AnyPolicy,
  name: string,
  decide: (...of: Parameters<ReturnType<typeof step<unknown, unknown>>>) => Step<unknown, unknown>
): ((state: StepState, at: Moment) => Step<unknown, unknown>) => {
  const aborts = meaningOf(policy, 'abortOn')
  return (state, { elapsed, random, args }) => {
    const refusal = (details: { reason: 'NotRetryable' } | { reason: 'PolicyFault'; fault: unknown }) => ({
      decision: { _tag: 'GiveUp', cause: lost, ...details } as const,
      state
    })
    try {
      const context = contextOf(state, elapsed, name, args)
      if (aborts?.(newWindow(lost), state, { context, random, memory: state.memory }) !== undefined)
        return refusal({ reason: 'NotRetryable' })
    } catch (fault) {
      return refusal({ reason: 'PolicyFault', fault })
    }
    // Neither `retryOn` nor `when` judges this kind of failure: the schedule alone does.
    const outcome = { _tag: 'Rejected', value: undefined, reasons: [] } as const
    return decide(state, { outcome, elapsed, random, name, args })
  }
}

/** Ends a call whose result is good, but cannot travel: another attempt would only repeat what has been done. */
export const refuseResult = (call: JobCall, error: unknown, { elapsed, stalled }: Moment, kept = 16): Next =>
  end(
    withFailure(call, { _tag: 'Threw', error }, { elapsed, delay: undefined, kept }),
    { _tag: 'NotRetryable' },
    stalled
  )

const withFailure = (
  call: JobCall,
  cause: Outcome<unknown, unknown>,
  { elapsed, delay, kept }: { elapsed: number; delay: number | undefined; kept: number }
): JobCall => {
  const startedAt = call.startedAt ?? call.elapsed
  const failure = { ...cause, attempt: call.attempts, startedAt, duration: elapsed - startedAt, delay }
  return {
    ...call,
    elapsed,
    startedAt: null,
    failures: [...call.failures, toWireLoosely(failure)].slice(-kept)
  }
}

const errorOf = (decision: Extract<Decision<unknown, unknown>, { _tag: 'GiveUp' }>): object => {
  const { _tag, cause: _cause, reason, ...details } = decision
  return { _tag: reason, ...details }
}

const end = (call: JobCall, error: object, stalled: number): Next => ({
  _tag: 'End',
  call: { ...call, ended: { error: toWireLoosely(error), stalled } }
})

// --- reading

/** Gives the error of a call that has ended, with its failures. */
export const retryErrorOf = (call: JobCall): RetryError<unknown, unknown> | undefined => {
  if (call.ended === null) return undefined
  const details = fromWire(call.ended.error) as { readonly _tag: string; readonly hint?: number }
  const failures = call.failures.map(failureOf)
  const { attempts, elapsed } = call
  return {
    ...details,
    // JSON leaves out what is not set.
    ...(details._tag === 'Exhausted' && { hint: details.hint }),
    attempts,
    elapsed,
    failures,
    omitted: attempts - failures.length
  } as RetryError<unknown, unknown> // The tag and what belongs to it were taken from a decision.
}

/** Gives a failure that has travelled. */
export const failureOf = (json: Json): Failure<unknown, unknown> => {
  const failure = fromWire(json) as Failure<unknown, unknown>
  return { ...failure, delay: failure.delay }
}
