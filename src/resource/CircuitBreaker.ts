/**
 * A circuit breaker spares a service that is down: after too many failures it refuses calls for a while, then lets a few
 * try. It is a cell around the pure core of `BreakerState`, shared by all functions that are wrapped with it.
 *
 * For failures that pass by themselves use `withRetry`; a breaker inside of it counts each attempt, and a refusal ends the
 * retry unless its `retryOn` names `'CircuitOpen'`.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Option } from 'fp-ts/lib/Option.js'
import { invalid } from '../policy/argument.js'
import type { ConditionInput, Judged } from '../policy/Condition.js'
import { type Failed, libraryTag, type Threw } from '../policy/Failure.js'
import { type Clock, systemClock } from '../runtime/Clock.js'
import { type BreakerPlan, type CircuitBreakerOptions, toPlan } from './BreakerOptions.js'
import {
  admits,
  type BreakerInput,
  type BreakerState,
  type BreakerStatus,
  closed,
  shift,
  statusOf,
  transition
} from './BreakerState.js'
import type { Call } from './CallWindow.js'
import { decodeBreakerState } from './decodeBreakerState.js'

// --- model

/**
 * A circuit breaker for functions that fail with `E`; contravariant in `E`. It runs on a clock of its own, if it was given
 * one; else on that of the calls (`withEnv`): when that changes, its times move over.
 *
 * @category model
 * @since 0.3.0
 */
export interface CircuitBreaker<in E = unknown> {
  /** Gives how it stands. */
  readonly status: IO<BreakerStatus>
  /** Gives the failure that was counted last, since it was made or reset. */
  readonly lastFailure: IO<Option<Failed<unknown> | Threw>>
  /** Refuses every call until it is reset. */
  readonly isolate: IO<void>
  /** Closes it, and forgets all calls. */
  readonly reset: IO<void>
  /** Gives a copy of what it remembers, as plain JSON data; times count from now. */
  readonly save: IO<BreakerState>
  /**
   * Goes on from what was saved; a `Left` says why it cannot. No time passes in between; trials that were under way may be
   * made again.
   */
  readonly restore: (saved: unknown) => IO<Either<string, void>>
  readonly [judges]?: (error: E) => void
  readonly [gate]: Gate
}
declare const judges: unique symbol

/**
 * The error of `withCircuitBreaker`: the call was refused, the function not called. `retryAfter` says in how many
 * milliseconds a call may try: 0 if all trials are taken, 2^53 - 1 if the breaker is isolated.
 *
 * @category model
 * @since 0.3.0
 */
export interface CircuitOpen {
  readonly _tag: 'CircuitOpen'
  readonly retryAfter: number
}

/**
 * What happens to a circuit breaker.
 *
 * @category model
 * @since 0.3.0
 */
export type BreakerEvent =
  /** It refuses calls for `openTime` milliseconds; with the failure that was counted last. */
  | {
      readonly _tag: 'CircuitOpened'
      readonly openTime: number
      readonly lastFailure: Option<Failed<unknown> | Threw>
    }
  /** It lets calls try. */
  | { readonly _tag: 'CircuitHalfOpened' }
  /** It lets calls pass. */
  | { readonly _tag: 'CircuitClosed' }
  /** It refuses all calls. */
  | { readonly _tag: 'CircuitIsolated' }
  /** It has refused a call. */
  | { readonly _tag: 'CircuitRefused'; readonly retryAfter: number }

/**
 * Is told of each event as it happens. What it throws or rejects with is dropped.
 *
 * @category model
 * @since 0.3.0
 */
export type BreakerObserver = (event: BreakerEvent) => unknown

// --- the gate

const gate: unique symbol = /* #__PURE__ */ Symbol.for('reprise/breaker@1') as never

/** How calls come in and go out. */
export interface Gate {
  readonly plan: BreakerPlan
  /** Lets a call in, and gives the period that it belongs to; or refuses it. */
  readonly enter: (clock: Clock) => number | CircuitOpen
  /** Lets a call out; to be called once. Without `call`, it says nothing. */
  readonly leave: (
    clock: Clock,
    random: () => number,
    period: number,
    call: Call | undefined,
    failure?: Failed<unknown> | Threw
  ) => void
}

/** Gives the gate of a breaker; throws a `TypeError` that names `argument` if it is none. */
export const gateOf = <E>(argument: string, breaker: CircuitBreaker<E>): Gate =>
  // Callers without types may hand over anything.
  (breaker as Partial<CircuitBreaker<E>> | null | undefined)?.[gate] ??
  invalid(argument, 'made by circuitBreaker(options)()', breaker)

// --- constructors

/**
 * Makes a circuit breaker. It opens after so many failures in a row (`consecutiveFailures`), or when more than a part of the
 * last so many calls (`countWindow`), or of those within a time (`timeWindow`), failed or were slow.
 *
 * The options are checked at once; each run of the `IO` makes a breaker of its own. Throws a `RangeError` or `TypeError` that
 * names the option.
 *
 * *Gotcha*: a ratio has to be exceeded: with `failureRatio: 0.5`, 5 failures of 10 do not open it.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { circuitBreaker, exponential, withCircuitBreaker } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // Opens when more than half of at least 4 of the last 20 calls have failed: for 1 s, then 2 s, 4 s …
 * const makeBreaker = circuitBreaker({
 *   countWindow: 20,
 *   minimumCalls: 4,
 *   failureRatio: 0.5,
 *   openTime: exponential('1s')
 * })
 * const breaker = makeBreaker()
 * let calls = 0
 * const load = async (id: number): Promise<string> => {
 *   calls += 1
 *   throw new Error(`cannot load ${id}`)
 * }
 * const loadSafely = pipe(load, withCircuitBreaker(breaker))
 *
 * for (const id of [1, 2, 3, 4]) await loadSafely(id)()
 * assert.equal(breaker.status()._tag, 'Open')
 *
 * const refused = await loadSafely(5)()
 * assert.equal(refused._tag === 'Left' && (refused.left as { _tag?: string })._tag, 'CircuitOpen')
 * assert.equal(calls, 4)
 *
 * breaker.reset()
 * assert.deepEqual(breaker.status(), { _tag: 'Closed', calls: 0, failures: 0, slow: 0, retryAfter: 0 })
 *
 * @category constructors
 * @since 0.3.0
 */
export const circuitBreaker = <const C extends ConditionInput = string>(
  options: CircuitBreakerOptions<C>
): IO<CircuitBreaker<ConditionInput extends C ? unknown : Judged<C>>> => {
  const plan = toPlan(options)
  return () => makeBreaker(plan)
}

const makeBreaker = (plan: BreakerPlan): CircuitBreaker => {
  const next = transition(plan)
  const tell = teller(plan.observer)
  // All that changes.
  let state = closed(plan, 0)
  let clock = plan.clock ?? systemClock
  let last: Failed<unknown> | Threw | undefined

  const lastFailure = (): Option<Failed<unknown> | Threw> =>
    last === undefined ? { _tag: 'None' } : { _tag: 'Some', value: last }

  const become = (after: BreakerState, now: number): void => {
    const before = state
    state = after
    if (after._tag === before._tag) return
    switch (after._tag) {
      case 'Open':
        return tell?.({ _tag: 'CircuitOpened', openTime: after.until - now, lastFailure: lastFailure() })
      case 'HalfOpen':
        return tell?.({ _tag: 'CircuitHalfOpened' })
      case 'Closed':
        return tell?.({ _tag: 'CircuitClosed' })
      case 'Isolated':
        return tell?.({ _tag: 'CircuitIsolated' })
    }
  }
  const update = (input: BreakerInput, now: number, draws = (): number => 0): void => {
    become(next(state, input, now, draws), now)
  }
  /** Gives the time on a clock, which is that of the breaker from now on. */
  const timeOn = (other: Clock): number => {
    // Clocks that tell the same time, such as that of the background, are one.
    if (other.now !== clock.now) {
      state = shift(state, other.now() - clock.now())
      clock = other
    }
    return clock.now()
  }

  const enter: Gate['enter'] = (callers) => {
    // Nothing changes when a call comes in, so no time is read.
    if (state._tag === 'Closed') return state.period
    const now = timeOn(callers)
    if (admits(plan, state, now)) {
      update({ _tag: 'Began' }, now)
      return state.period
    }
    const { retryAfter } = statusOf(plan, state, now)
    tell?.({ _tag: 'CircuitRefused', retryAfter })
    return { _tag: 'CircuitOpen', retryAfter }
  }
  const leave: Gate['leave'] = (callers, random, period, call, failure) => {
    if (period !== state.period) return
    if (failure !== undefined) last = failure
    update({ _tag: 'Ended', period, call }, timeOn(callers), random)
  }

  return Object.freeze({
    status: () => statusOf(plan, state, clock.now()),
    lastFailure,
    isolate: () => update({ _tag: 'Isolate' }, clock.now()),
    reset: () => {
      last = undefined
      update({ _tag: 'Reset' }, clock.now())
    },
    save: () => copy(shift(state, -clock.now())),
    restore: (saved: unknown) => (): Either<string, void> => {
      const decoded = decodeBreakerState(plan, saved)
      if (decoded._tag === 'Left') return decoded
      const now = clock.now()
      // Calls under way belong to no period of what was saved.
      become({ ...shift(decoded.right, now), period: state.period + 1 }, now)
      return { _tag: 'Right', right: undefined }
    },
    [gate]: { plan, enter, leave }
  })
}

// The memory of the open times is of whatever a policy makes it, but plain JSON data.
const copy = (state: BreakerState): BreakerState => JSON.parse(JSON.stringify(state)) as BreakerState

const teller = (observer: BreakerObserver | undefined): ((event: BreakerEvent) => void) | undefined =>
  observer &&
  ((event) => {
    try {
      // A rejecting observer must not raise an unhandled rejection either.
      void Promise.resolve(observer(event)).catch(() => undefined)
    } catch {
      // A throwing observer changes nothing.
    }
  })

// --- guards

/**
 * Is this a `CircuitOpen` of this library? It is told by its whole shape, since errors of users may share the tag.
 *
 * @category guards
 * @since 0.3.0
 */
export const isCircuitOpen = (u: unknown): u is CircuitOpen => libraryTag(u) === 'CircuitOpen'
