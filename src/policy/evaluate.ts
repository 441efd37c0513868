/**
 * How a policy answers a failure: go on within a window, or halt. A policy is compiled once, into a function whose
 * arguments hold all that varies from call to call, so it can be shared by any number of calls.
 */
import type { Cause, Context, Rejected } from './Failure.js'
import { type AnyPolicy, compileSchedule, meaningOf } from './RetryPolicy.js'
import { type Draft, draw, type Window } from './Window.js'

// --- model

/** What a schedule remembers of its own past. Parts that count for themselves have their own. */
export interface Scope {
  readonly retry: number
  readonly slept: number
  /** The wait drawn last, before rounding and not from a hint; `null` before the first. */
  readonly drawn: number | null
}

export const freshScope: Scope = { retry: 0, slept: 0, drawn: null }

/** The window that an evaluation comes to, which its parts change one after the other; where a policy goes on, it is its ruling. */
export interface Waiting extends Draft {
  readonly _tag: 'Retry'
  readonly cause: Cause<unknown, unknown>
  /** The wait that is drawn in the end. */
  delay: number
}

/** One evaluation. The fields that are not `readonly` are written while it lasts, and belong to it alone. */
export interface Frame {
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

/**
 * Answers one failure, or has its part in it: a schedule sets the window, a setting changes it. Gives the verdict if there
 * is to be no retry; what the window is then, is nobody's business.
 */
export type Evaluate = (window: Waiting, scope: Scope, frame: Frame) => Verdict | undefined

/**
 * Lets pass the errors that it accepts, and marks the frame as judged then. Rejected results are not for it to judge. The
 * schedule behind it is told of what is refused, where it has to count it.
 */
export type Gate = (schedule: Evaluate) => Evaluate

/** Gives the failure that a result is, if it is refused. */
export type Refuse = (value: unknown, context: Context) => Rejected<unknown> | undefined

export const stopped: Verdict = { _tag: 'Exhausted', hint: undefined }

export const refused: Verdict = { _tag: 'NotRetryable' }

/**
 * Makes the window of an evaluation. V8 learns from the first objects that numbers are whole, and converts each one with
 * fractions from then on, for ten times the cost of a decision: so it is shown fractions first.
 */
export const newWindow = (cause: Cause<unknown, unknown>): Waiting => ({
  _tag: 'Retry',
  cause,
  delay: 0,
  from: 0.5,
  to: 0.5,
  latest: Infinity
})

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
  outer: ReadonlyArray<Evaluate> = []
): Evaluate => {
  const schedule = compileSchedule(
    policy.schedule,
    [...(meaningOf(policy, 'withJitter') ?? []), ...outer],
    slot
  )
  return inOrder(
    [
      meaningOf(policy, 'abortOn') ?? [],
      meaningOf(policy, 'retryOn')?.(inOrder(schedule)) ?? [],
      schedule,
      order.map((key) => meaningOf(policy, key) ?? [])
    ].flat(2)
  )
}

/**
 * Evaluates one after the other, until one halts. Spelled out for as many as most policies have: what is called at a place
 * of its own is called directly, and inlined in a program of one policy, which saves a fifth of a decision beside a loop.
 */
const inOrder = ([first, second, third, fourth, ...more]: ReadonlyArray<Evaluate>): Evaluate => {
  const others = more[0] && inOrder(more)
  return (window, scope, frame) =>
    (first as Evaluate)(window, scope, frame) ??
    second?.(window, scope, frame) ??
    third?.(window, scope, frame) ??
    fourth?.(window, scope, frame) ??
    others?.(window, scope, frame)
}

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
