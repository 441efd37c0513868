/**
 * How a policy answers a failure: go on within a window, or halt. A policy is compiled once, into a function whose
 * arguments hold all that varies from call to call, so it can be shared by any number of calls.
 */
import type { Cause, Context, Rejected } from './Failure.js'
import { type AnyPolicy, compileSchedule, meaningOf } from './RetryPolicy.js'
import { draw, type Window } from './Window.js'

// --- model

/** What a schedule remembers of its own past. Parts that count for themselves have their own. */
export interface Scope {
  readonly retry: number
  readonly slept: number
  /** The wait drawn last, before rounding and not from a hint; `null` before the first. */
  readonly drawn: number | null
}

export const freshScope: Scope = { retry: 0, slept: 0, drawn: null }

/** One evaluation. The fields that are not `readonly` are written while it lasts, and belong to it alone. */
export interface Frame {
  readonly cause: Cause<unknown, unknown>
  readonly context: Context
  readonly random: number
  /** What the parts remember that have to, addressed by slots given out when compiling. */
  memory: ReadonlyArray<unknown>
  /** Gives the memory after a wait, in which the scopes that take part have moved on; `drawn` is `null` for a hinted wait. */
  settle?: (delay: number, drawn: number | null) => ReadonlyArray<unknown>
  /** Has a `retryOn` or a `when` accepted the error by name? */
  judged?: boolean
  /** May another branch go on where this one refuses? */
  branching?: boolean
  /** `false` where conditions are not to be asked. */
  readonly gated?: boolean
}

/** Why a policy does not go on: its schedule stopped (at a `hint` beyond its bounds), its conditions refused, or it failed. */
export type Verdict =
  | { readonly _tag: 'Exhausted'; readonly hint: number | undefined }
  | { readonly _tag: 'NotRetryable' }
  | { readonly _tag: 'PolicyFault'; readonly fault: unknown }

export type Answer = Window | Verdict

/** Answers one failure. */
export type Evaluate = (frame: Frame, scope: Scope) => Answer

/** What a setting makes of a window. */
export type Narrow = (window: Window, frame: Frame, scope: Scope) => Answer

/** Judges the error. */
export type Judge = (frame: Frame) => boolean

/**
 * Accepts an error, or not; marks the frame as judged if it does. Rejected results are not for it to judge. The schedule
 * behind it is told of what is refused, where it has to count it.
 */
export type Gate = (frame: Frame, schedule: Evaluate, scope: Scope) => boolean

/** Gives the failure that a result is, if it is refused. */
export type Refuse = (value: unknown, context: Context) => Rejected<unknown> | undefined

export const stopped: Verdict = { _tag: 'Exhausted', hint: undefined }

export const refused: Verdict = { _tag: 'NotRetryable' }

export const isVerdict = (answer: Answer): answer is Verdict => '_tag' in answer

// --- compiling

// The normal form: after jitter, this is the order, whatever that in the pipe.
const order = [
  'delayFrom',
  'floorDelay',
  'capDelay',
  'limitRetries',
  'limitDelay',
  'limitTotalDelay',
  'limitElapsed'
] as const

/** Compiles a policy; `outer` is the jitter from further down the pipe, `slot` gives out addresses in the memory. */
export const compile = (
  policy: AnyPolicy,
  slot: () => number,
  outer: ReadonlyArray<Narrow> = []
): Evaluate => {
  const evaluate = compileSchedule(
    policy.schedule,
    [meaningOf(policy, 'withJitter') ?? [], outer].flat(),
    slot
  )
  const narrowed = through(
    evaluate,
    order.flatMap((key) => meaningOf(policy, key) ?? [])
  )
  const gate = meaningOf(policy, 'retryOn')
  return (frame, scope) => (gate?.(frame, evaluate, scope) === false ? refused : narrowed(frame, scope))
}

/** Sends the windows of an evaluator through others. */
export const through =
  (evaluate: Evaluate, narrows: ReadonlyArray<Narrow>): Evaluate =>
  (frame, scope) =>
    narrows.reduce(
      (answer, narrow) => (isVerdict(answer) ? answer : narrow(answer, frame, scope)),
      evaluate(frame, scope)
    )

/** Would the wait that this step draws end after the latest moment allowed? */
export const endsLate = (window: Window, { context, random }: Frame): boolean =>
  context.elapsed + Math.floor(draw(window, random)) > window.latest

/** Gives the memory with one slot changed; slots never written are `null`, as JSON has them. */
export const remember = (
  memory: ReadonlyArray<unknown>,
  slot: number,
  value: unknown
): ReadonlyArray<unknown> =>
  Array.from({ length: Math.max(memory.length, slot + 1) }, (_, i) =>
    i === slot ? value : (memory[i] ?? null)
  )
