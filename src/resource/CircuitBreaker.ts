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
import type { CircuitOpen } from '../action/ResourceError.js'
import { type CircuitNews, telling } from '../action/RetryEvent.js'
import { invalid } from '../policy/argument.js'
import type { ConditionInput, Judged } from '../policy/Condition.js'
import type { Failed, Threw } from '../policy/Failure.js'
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
  /** @hidden */
  readonly [judges]?: (error: E) => void
  /** @hidden */
  readonly [gate]: Gate
}
declare const judges: unique symbol

/**
 * What happens to a circuit breaker: what calls make it do, as events of those calls tell, too; and that it was isolated,
 * and so refuses all calls.
 *
 * @category model
 * @since 0.3.0
 */
export type BreakerEvent = CircuitNews | { readonly _tag: 'CircuitIsolated' }

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
  /**
   * Lets a call in, and gives the pass that it leaves with; or refuses it. Whoever watches the call is told. Where others
   * have to be asked it gives a promise, which never rejects.
   */
  readonly enter: (clock: Clock, tell: Tell | undefined) => Entered | Promise<Entered>
  /** Lets a call out; to be called once. Without `call`, it says nothing, and changes nothing to tell of. */
  readonly leave: (
    clock: Clock,
    random: () => number,
    pass: Pass,
    call: Call | undefined,
    failure?: Failed<unknown> | Threw,
    tell?: Tell
  ) => void
}

/** What a call came to that asked to come in. */
export type Entered = Pass | CircuitOpen

/** What a call that was let in belongs to: a period; or the same of a breaker that processes share, in words of its own. */
export type Pass = number | SharedPass

export interface SharedPass {
  readonly _tag: 'Pass'
  readonly period: number
  /** The name of the trial that it is, if it is one. */
  readonly trial: string | undefined
  /** Where it counts: 0 in the state that is shared, n in that of this process when it was alone for the n-th time. */
  readonly alone: number
}

export type Tell = (news: CircuitNews) => void

/** Gives the gate of a breaker; throws a `TypeError` that names `argument` if it is none. */
export const gateOf = <E>(argument: string, breaker: CircuitBreaker<E>): Gate =>
  // Callers without types may hand over anything.
  (breaker as Partial<CircuitBreaker<E>> | null | undefined)?.[gate] ??
  invalid(argument, 'made by circuitBreaker(options)()', breaker)

/** Makes a breaker with this gate. */
export const withGate = (
  methods: Omit<CircuitBreaker, typeof judges | typeof gate>,
  own: Gate
): CircuitBreaker => Object.freeze({ ...methods, [gate]: own })

/** What there is to tell of a breaker that has come to stand like this. */
export const newsOf = (
  state: BreakerState,
  now: number,
  lastFailure: Option<Failed<unknown> | Threw>
): BreakerEvent => {
  switch (state._tag) {
    case 'Open':
      return { _tag: 'CircuitOpened', openTime: state.until - now, lastFailure }
    case 'HalfOpen':
      return { _tag: 'CircuitHalfOpened' }
    case 'Closed':
      return { _tag: 'CircuitClosed' }
    case 'Isolated':
      return { _tag: 'CircuitIsolated' }
  }
}

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
 * *Gotcha*: a trial that never settles keeps its place, and the breaker half-open, for good. Put `withTimeout` inside.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { circuitBreaker, exponential, withCircuitBreaker } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // Opens when more than half of at least 4 of the last 20 calls have failed: for 10 s, then 20 s, 40 s …
 * const makeBreaker = circuitBreaker({
 *   countWindow: 20,
 *   minimumCalls: 4,
 *   failureRatio: 0.5,
 *   openTime: exponential('10s')
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
  const own = plan.observer && telling(plan.observer)
  // All that changes.
  let state = closed(plan, 0)
  let clock = plan.clock ?? systemClock
  let last: Failed<unknown> | Threw | undefined

  const lastFailure = (): Option<Failed<unknown> | Threw> =>
    last === undefined ? { _tag: 'None' } : { _tag: 'Some', value: last }

  const become = (after: BreakerState, now: number, tell?: Tell): void => {
    const before = state
    state = after
    if (after._tag !== before._tag) inform(newsOf(after, now, lastFailure()), tell)
  }
  /** Tells the observer of the breaker, then whoever watches the call. */
  const inform = (news: BreakerEvent, tell: Tell | undefined): void => {
    own?.(news)
    // No call isolates it: that it was, nobody who watches one is told.
    tell?.(news as CircuitNews)
  }
  // Stryker disable next-line ArrowFunction: only a call that has ended is drawn for, and it brings its own
  const update = (input: BreakerInput, now: number, draws = (): number => 0, tell?: Tell): void => {
    become(next(state, input, now, draws), now, tell)
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

  const enter: Gate['enter'] = (callers, tell) => {
    // Nothing changes when a call comes in, so no time is read.
    if (state._tag === 'Closed') return state.period
    const now = timeOn(callers)
    if (admits(plan, state, now)) {
      update({ _tag: 'Began' }, now, undefined, tell)
      return state.period
    }
    const { retryAfter } = statusOf(plan, state, now)
    inform({ _tag: 'CircuitRefused', retryAfter }, tell)
    return { _tag: 'CircuitOpen', retryAfter }
  }
  const leave: Gate['leave'] = (callers, random, pass, call, failure, tell) => {
    if (pass !== state.period) return
    if (failure !== undefined) last = failure
    update({ _tag: 'Ended', period: pass, call }, timeOn(callers), random, tell)
  }

  const methods: Parameters<typeof withGate>[0] = {
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
    }
  }
  return withGate(methods, { plan, enter, leave })
}

// The memory of the open times is of whatever a policy makes it, but plain JSON data.
export const copy = (state: BreakerState): BreakerState => JSON.parse(JSON.stringify(state)) as BreakerState
