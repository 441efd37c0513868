import type { Checked, ErrorOf, ResultOf, Shaped } from '../action/Action.js'
import { type End, type Inner, type Result, toCallable, toEndingAction, toInner } from '../action/entry.js'
import type { LimitExceeded } from '../action/ResourceError.js'
import { invalid } from '../policy/argument.js'
import { holding, whenGranted } from './held.js'
import type { Limit } from './Limit.js'
import type { Grant, LimitCell } from './LimitCell.js'
import { type Asked, type LimitRequest, type LimitUsage, type RateKey, toAsked } from './LimitRequest.js'
import { type CommonLimitSet, settleBy, toLimitCell } from './LimitSet.js'

/** `unknown` where the request and the usage can be worked out for `F`; else a text that the compiler shows. */
type Counting<F, Args extends ReadonlyArray<unknown>, Answer> = F extends (...args: infer P) => unknown
  ? ((...args: Args) => void) extends (...args: P) => void
    ? [ResultOf<F>] extends [Answer]
      ? unknown
      : 'reprise: the usage cannot be worked out from the results of this function'
    : 'reprise: the request cannot be worked out from the arguments of this function'
  : unknown

/** Wraps a function from whose arguments `Args` and results `Answer` can be worked out what it asks for and has used. */
type Limited<Args extends ReadonlyArray<unknown>, Answer> = <F>(
  fn: F & Checked<F> & Counting<F, Args, Answer>
) => Shaped<F, ErrorOf<F> | LimitExceeded, ResultOf<F>>

/**
 * Makes each call wait for limits, and hold what it was granted until it is over, however it ends. Inside `withRetry` that
 * is one attempt: nothing is held while a retry waits. Outside, it is the whole call.
 *
 * The request says how much, by key: amounts, or a function of the arguments that gives them; without one it is one of each
 * call and resource limit. The usage, worked out from the result, says how much of the rates that came to: the rest goes
 * back, and what is beyond is charged to the next requests. A call that fails has used all that it asked for.
 *
 * A call that may not wait, or has waited too long, or asks for more than there can be, fails with a `LimitExceeded`; the
 * function is not called.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, limitRetries, limitSet, rateLimit, resourceLimit, withLimits, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const limits = limitSet([
 *   rateLimit({ key: 'tokens', capacity: 1000, per: '1h', algorithm: 'slidingWindow' }),
 *   resourceLimit({ key: 'connections', capacity: 1 })
 * ])()
 *
 * let calls = 0
 * const complete = async (prompt: string): Promise<{ text: string; tokens: number }> => {
 *   calls += 1
 *   if (calls === 1) throw new Error('overloaded')
 *   return { text: prompt.toUpperCase(), tokens: 20 }
 * }
 *
 * const robust = pipe(
 *   complete,
 *   withLimits(
 *     limits,
 *     (prompt: string) => ({ tokens: prompt.length * 50 }),
 *     (answer: { tokens: number }) => ({ tokens: answer.tokens })
 *   ),
 *   withRetry(pipe(fixed(10), limitRetries(3)))
 * )
 *
 * const result = await robust('hello')()
 * assert.deepEqual(result, { _tag: 'Right', right: { text: 'HELLO', tokens: 20 } })
 * // The first attempt counts with the 250 that it asked for, the second with the 20 that it used.
 * assert.deepEqual(limits.available(), { tokens: 730, connections: 1 })
 *
 * @function
 * @category actions
 * @since 0.3.0
 */
export const withLimits: WithLimits = (set: unknown, request?: unknown, usage?: unknown) => {
  const cell = toLimitCell('withLimits: set', set)
  if (usage !== undefined && typeof usage !== 'function')
    invalid('withLimits: usage', 'a function of the result', usage)
  const askedBy = toAskedBy(cell, request)
  // A call that failed has used all that it asked for.
  const usedBy = (result: Result | undefined, args: ReadonlyArray<unknown>): unknown =>
    // Stryker disable next-line OptionalChaining: to read it of no result would throw, and then all was used as well
    result?._tag === 'Right' ? ((usage as AnyFunction)(result.right, ...args) ?? null) : undefined
  const settle =
    usage === undefined
      ? (grant: Grant) => {
          cell.settle(grant)
        }
      : (grant: Grant, result: Result | undefined, args: ReadonlyArray<unknown>) => {
          settleBy(cell, grant, 'withLimits: the answer of usage', () => usedBy(result, args))
        }
  const limited = (inner: Inner, name: string) => (end: End) =>
    whenGranted({ cell, name, askedBy, begin: holding(inner, settle, end), end, isAll: false })
  // The types of the shapes are worked out above; at run time all of them are callables.
  return ((fn: unknown) => {
    const callable = toCallable('withLimits', fn)
    return toEndingAction(callable, limited(toInner(callable), callable.name))
  }) as never
}

/** The ways to call it. Without a request, the set must not have rates, of which there is no telling how much. */
interface WithLimits {
  <L extends Limit>(
    set: CommonLimitSet<L> &
      ([RateKey<L>] extends [never] ? unknown : 'reprise: say how much of each rate limit a call asks for')
  ): Limited<ReadonlyArray<unknown>, unknown>
  <L extends Limit, Args extends ReadonlyArray<unknown>, Answer>(
    set: CommonLimitSet<L>,
    request: LimitRequest<L> | ((...args: Args) => LimitRequest<L>) | undefined,
    usage?: (result: Answer, ...args: Args) => LimitUsage<L>
  ): Limited<Args, Answer>
}

type AnyFunction = (...args: ReadonlyArray<unknown>) => unknown

const toAskedBy = (cell: LimitCell, request: unknown): ((args: ReadonlyArray<unknown>) => Asked) => {
  if (typeof request === 'function')
    return (args) =>
      toAsked('withLimits: the answer of request', cell.limits, (request as AnyFunction)(...args) ?? null)
  const asked = toAsked('withLimits: request', cell.limits, request)
  return () => asked
}
