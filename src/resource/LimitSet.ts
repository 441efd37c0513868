/**
 * Limits that calls share. What several limits are asked for is granted as a whole or not at all; first come, first served,
 * so that a large request is not overtaken for ever by small ones. Nothing polls: one timer waits for the moment at which
 * the first in the queue can be served.
 *
 * *Gotcha*: the queue is one for the whole set: a request that has to wait for one limit holds up those that come after it
 * and do not need that one. Limits that have nothing to do with each other are better off in sets of their own.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { ErrorOf, ResultOf } from '../action/Action.js'
import {
  type Callable,
  type End,
  type Env,
  type Result,
  right,
  type Run,
  toCallable,
  toEndingAction,
  toInner
} from '../action/entry.js'
import { mark } from '../action/Interrupt.js'
import type { LimitExceeded } from '../action/ResourceError.js'
import { invalid, known, wholeNumber } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { type Clock, systemClock } from '../runtime/Clock.js'
import { checkClock } from './checkClock.js'
import { byKey, holding, whenGranted } from './held.js'
import { isLimit, type Limit } from './Limit.js'
import { type Grant, type LimitCell, newLimitCell } from './LimitCell.js'
import {
  checkComplete,
  type LimitRequest,
  type LimitUsage,
  type RateKey,
  toAsked,
  toUsed
} from './LimitRequest.js'

// --- model

/**
 * What was granted. It has to be released; `use` and `withLimits` do that by themselves.
 *
 * @category model
 * @since 0.3.0
 */
export interface Permit<L extends Limit = Limit> {
  /** How much of each limit. */
  readonly granted: Readonly<Record<L['key'], number>>
  /** How long it was waited for, in milliseconds. */
  readonly waited: number
  /** Says how much of the rates was used; to be called before the release. What is said last counts. */
  readonly report: (usage: LimitUsage<L>) => void
  /** Gives back resources and unused rate; does nothing the second time. */
  readonly release: () => void
}

/**
 * What sets of limits have in common, wherever their state lies. All that waits does so in order of arrival.
 *
 * @category model
 * @since 0.3.0
 */
export interface CommonLimitSet<L extends Limit = Limit> extends AnyLimitSet {
  readonly [limitsOf]?: L
  /** Waits for all that is asked for. `withSignal`, `withTimeout`, `withEnv` and `withObserver` can be put around it. */
  readonly acquire: (...request: RequestArguments<L>) => TaskEither<LimitExceeded, Permit<L>>
  /** Waits, runs a body with the permit, and releases however it ends. */
  readonly use: (
    ...request: RequestArguments<L>
  ) => <F extends (permit: Permit<L>) => unknown>(
    body: F
  ) => TaskEither<ErrorOf<F> | LimitExceeded, ResultOf<F>>
  /** How many are waiting, in this process. */
  readonly waiting: IO<number>
}

/**
 * Limits that the calls of a process share; on the clock of the set, if it was given one, else on that of the call, as set by
 * `withEnv`. (`sharedLimits` of `reprise/redis` makes limits that processes share.)
 *
 * @category model
 * @since 0.3.0
 */
export interface LimitSet<L extends Limit = Limit> extends CommonLimitSet<L> {
  /** Takes all that is asked for, or nothing; does not wait, and does not overtake those who do. */
  readonly tryAcquire: (...request: RequestArguments<L>) => IOEither<LimitExceeded, Permit<L>>
  /** How much of each limit is there now. Less than nothing, where more was used than asked for. */
  readonly available: IO<Readonly<Record<L['key'], number>>>
}

/** A set of limits of any kind. */
export interface AnyLimitSet {
  /** @hidden */
  readonly [cellOf]: LimitCell
}

/** The limits of a set. */
export type LimitsOf<S> = S extends { readonly [limitsOf]?: infer L } ? Extract<L, Limit> : never

/**
 * A set of rate limits has to be asked for so much of them; any other can be asked for one of each.
 *
 * @inline
 */
export type RequestArguments<L extends Limit> = [RateKey<L>] extends [never]
  ? [request?: LimitRequest<L>]
  : [request: LimitRequest<L>]

// Copies of the library of the same version may share a set.
const cellOf = Symbol.for('reprise/limits@1')
declare const limitsOf: unique symbol

/**
 * How long a queue may be.
 *
 * @inline
 */
export interface QueueOptions {
  /** The longest time that a request waits in the queue; without end if not said, and 0 for not at all. */
  readonly maxWait?: Duration | undefined
  /** How many may wait, in a process; any number if not said. */
  readonly maxQueue?: number | undefined
}

/**
 * How a set of limits behaves: how long its queue may be, and its clock.
 *
 * @category model
 * @since 0.3.0
 */
export interface LimitSetOptions extends QueueOptions {
  /** The clock of the set; that of each call if not said. All that share a set should share a clock. */
  readonly clock?: Clock | undefined
}

// --- constructors

/**
 * Makes a set of limits, each time it is run: state is made in `IO`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { callLimit, limitSet, rateLimit, resourceLimit } from 'reprise'
 *
 * const limits = limitSet(
 *   [
 *     callLimit({ capacity: 60, per: '1m' }),
 *     rateLimit({ key: 'tokens', capacity: 10_000, per: '1m', algorithm: 'slidingWindow' }),
 *     resourceLimit({ key: 'connections', capacity: 5 })
 *   ],
 *   { maxWait: '30s', maxQueue: 100 }
 * )()
 *
 * const ask = limits.use({ tokens: 800 })(async (permit) => {
 *   permit.report({ tokens: 650 })
 *   return 'answer'
 * })
 * assert.deepEqual(await ask(), { _tag: 'Right', right: 'answer' })
 *
 * const tooMuch = await limits.acquire({ tokens: 20_000 })()
 * assert(tooMuch._tag === 'Left' && tooMuch.left.reason === 'aboveCapacity')
 *
 * @category constructors
 * @since 0.3.0
 */
export const limitSet = <const L extends ReadonlyArray<Limit>>(
  limits: L,
  options: LimitSetOptions = {}
): IO<LimitSet<L[number]>> => {
  const own = toLimits('limitSet', limits)
  known('limitSet', options, ['maxWait', 'maxQueue', 'clock'])
  const clock = checkClock('limitSet: clock', options.clock, 'after')
  const { maxWait, maxQueue } = toQueueOptions('limitSet', options)
  return () => toLimitSet<L[number]>(newLimitCell(own, clock, maxWait, maxQueue))
}

/** Gives limits that are that, with a key each; throws for anything else. */
export const toLimits = (who: string, limits: ReadonlyArray<Limit>): ReadonlyArray<Limit> => {
  if (!Array.isArray(limits)) invalid(`${who}: limits`, 'a list of limits', limits)
  for (const limit of limits) if (!isLimit(limit)) invalid(`${who}: limit`, 'a limit', limit)
  const keys = limits.map(({ key }) => key)
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  if (twice !== undefined) throw new TypeError(`${who}: limits must have a key each, got '${twice}' twice`)
  return Object.freeze([...limits])
}

/** Gives how long a queue may be, in milliseconds and as a number; throws for anything else. */
export const toQueueOptions = (
  who: string,
  { maxWait, maxQueue }: QueueOptions
): { readonly maxWait: number; readonly maxQueue: number } => ({
  maxWait: maxWait === undefined ? Infinity : toMillis(`${who}: maxWait`, maxWait),
  maxQueue:
    maxQueue === undefined || maxQueue === Infinity ? Infinity : wholeNumber(`${who}: maxQueue`, maxQueue, 0)
})

const toLimitSet = <L extends Limit>(cell: LimitCell): LimitSet<L> => {
  const clock = (): Clock => cell.clock ?? systemClock
  return Object.freeze({
    ...toCommonLimitSet<L>(cell),
    tryAcquire: (request?: unknown) => {
      const asked = toAsked('tryAcquire: request', cell.limits, request)
      return () => {
        const grant = cell.take(clock(), asked)
        return grant === undefined
          ? { _tag: 'Left', left: cell.refuse(clock(), asked, 'notNow') }
          : { _tag: 'Right', right: toPermit<L>(cell, grant) }
      }
    },
    available: () => byKey(cell.limits, cell.available(clock()))
    // What the set gives has the types that are worked out above; at run time all of them are callables and records.
  }) as unknown as LimitSet<L>
}

/** Gives what every set has, of a cell. */
export const toCommonLimitSet = <L extends Limit>(cell: LimitCell): CommonLimitSet<L> => {
  const acquired = (grant: Grant, { flight }: Env): Promise<Result> => {
    mark(flight, 'landed')
    return Promise.resolve(right(toPermit(cell, grant)))
  }
  const [likeAcquire, likeUse] = [task('acquire'), task('use')]
  const acquiring = (request: unknown): Callable => {
    const asked = toAsked('acquire: request', cell.limits, request)
    const run = (end: End): Run =>
      whenGranted({ cell, name: 'acquire', askedBy: () => asked, begin: acquired, end, isAll: true })
    return toEndingAction(likeAcquire, run)
  }
  // What asks for one of each is the same for all, and to make it takes twice as long as to run it.
  let one: Callable | undefined
  return {
    [cellOf]: cell,
    // Stryker disable next-line ConditionalExpression: saves time alone, since what is made anew is the same
    acquire: (request?: unknown) =>
      request === undefined ? (one ??= acquiring(request)) : acquiring(request),
    use: (request?: unknown) => {
      const asked = toAsked('use: request', cell.limits, request)
      return (body: unknown) => {
        const inner = toInner(toCallable('use', body))
        const run = (end: End): Run => {
          const held = holding(inner, release, end)
          const begin: typeof held = (grant, env) => held(grant, env, [toPermit(cell, grant)])
          return whenGranted({ cell, name: 'use', askedBy: () => asked, begin, end, isAll: false })
        }
        return toEndingAction(likeUse, run)
      }
    },
    waiting: cell.waiting
    // As above.
  } as unknown as CommonLimitSet<L>
}

const release = (_: Grant, __: unknown, [permit]: ReadonlyArray<unknown>): void => {
  // The body has been given nothing else.
  ;(permit as Permit).release()
}

// Anything without parameters: what is made of it is a task.
const task = (name: string): Callable => Object.defineProperty(() => undefined, 'name', { value: name })

/** Gives what was granted as callers have it. */
export const toPermit = <L extends Limit>(cell: LimitCell, grant: Grant): Permit<L> => {
  const { limits } = cell
  let reported: object | undefined
  return {
    granted: byKey(limits, grant.asked.amounts),
    waited: grant.waited,
    report: (usage) => {
      if (!grant.open) throw new Error('report: the permit is already released')
      toUsed('report: usage', limits, grant.asked, usage)
      reported = { ...reported, ...usage }
    },
    release: () => {
      settleBy(cell, grant, 'release: usage', () => reported)
    }
  }
}

/**
 * Settles what was granted by a usage, which may throw or make no sense: then all of it was used, and it throws.
 * Does nothing if it is settled already.
 */
export const settleBy = (cell: LimitCell, grant: Grant, argument: string, usageOf: () => unknown): void => {
  if (!grant.open) return
  try {
    const usage = usageOf()
    if (usage === undefined) return
    checkComplete(argument, cell.limits, grant.asked, usage)
    cell.settle(grant, toUsed(argument, cell.limits, grant.asked, usage))
  } finally {
    cell.settle(grant)
  }
}

/** Gives the cell of a set; throws for anything else. */
export const toLimitCell = (argument: string, set: unknown): LimitCell =>
  ((typeof set === 'object' && set !== null && (set as Partial<LimitSet>)[cellOf]) || undefined) ??
  invalid(argument, 'a limitSet', set)
