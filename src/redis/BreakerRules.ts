/**
 * The pure core of a circuit breaker that processes share: a `BreakerState` whose trials have names and leases, so that one
 * whose process has died gives its place back.
 *
 * Laws: no more trials run than the options allow, but for those whose lease has run out; where none does, it does what a
 * breaker of one process does; what is said of a trial twice, or too late, changes nothing.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { isWithin } from '../policy/argument.js'
import { longest } from '../policy/Duration.js'
import { read } from '../policy/Failure.js'
import { print } from '../policy/print.js'
import type { BreakerPlan } from '../resource/BreakerOptions.js'
import { type BreakerInput, type BreakerState, closed, shift, transition } from '../resource/BreakerState.js'
import type { Call } from '../resource/CallWindow.js'
import { decodeBreakerState } from '../resource/decodeBreakerState.js'
import type { SharedRules } from './SharedRules.js'

// --- model

/** What processes share of a breaker; plain JSON data. */
export interface SharedBreakerState {
  /** The moment that the times of the breaker count from. */
  readonly at: number
  readonly breaker: BreakerState
  /** Trials under way, and until when they are believed to be. */
  readonly trials: ReadonlyArray<Trial>
  /** The name of the order that was carried out last; '' if there was none. */
  readonly order: string
}

interface Trial {
  readonly id: string
  readonly until: number
}

export type SharedBreakerInput =
  /** A call would come in, as a trial of this name if it has to be one. */
  | { readonly _tag: 'Began'; readonly trial: string; readonly lease: number }
  /**
   * A call ended at a moment: of a period, or of whichever period still has the trial. `draw` gives the same each time, since
   * it may have to be applied again.
   */
  | {
      readonly _tag: 'Ended'
      readonly period: number
      readonly trial: string | undefined
      readonly call: Call | undefined
      readonly at: number
      readonly draw: () => number
    }
  /** Trials are still under way. */
  | { readonly _tag: 'Running'; readonly trials: ReadonlyArray<string>; readonly lease: number }
  /** What somebody wants of the breaker; it is carried out once, though it may come several times. */
  | {
      readonly _tag: 'Ordered'
      readonly name: string
      readonly order: Order
    }

export type Order =
  | Extract<BreakerInput, { readonly _tag: 'Isolate' | 'Reset' }>
  | { readonly _tag: 'Restore'; readonly saved: BreakerState }

// --- constructors

// A closed breaker is remembered for a day after the last change, though its window may be shorter: calls that come in after a
// quiet time are of the period that their processes know.
const day = 86_400_000

/** Gives the rules of a breaker that processes share. */
export const breakerRules = (plan: BreakerPlan): SharedRules<SharedBreakerState, SharedBreakerInput> => {
  const step = transition(plan)
  const move = (
    state: SharedBreakerState,
    input: BreakerInput,
    now: number,
    draw = (): number => 0
  ): SharedBreakerState => {
    const before = breakerAt(state, now)
    const breaker = step(before, input, 0, draw)
    if (breaker === before) return state
    // Trials are those of one period.
    return { ...state, at: now, breaker, trials: breaker.period === before.period ? state.trials : [] }
  }

  return {
    start: (now) => ({ at: now, breaker: closed(plan, 0), trials: [], order: '' }),
    next: (state, input, now) => {
      const { breaker, trials } = state
      switch (input._tag) {
        case 'Began': {
          const before = withoutLost(state, now)
          const after = move(before, { _tag: 'Began' }, now)
          if (after === before) return before
          return { ...after, trials: [...after.trials, { id: input.trial, until: now + input.lease }] }
        }
        case 'Ended': {
          const { call, draw, period, trial } = input
          // It has waited to be sent; others may have been quicker.
          const at = Math.max(state.at, Math.min(now, input.at))
          if (trial === undefined)
            return breaker._tag === 'Closed' ? move(state, { _tag: 'Ended', period, call }, at, draw) : state
          const others = trials.filter(({ id }) => id !== trial)
          if (others.length === trials.length) return state
          const ended: BreakerInput = { _tag: 'Ended', period: breaker.period, call }
          return move({ ...state, trials: others }, ended, at, draw)
        }
        case 'Running': {
          const until = now + input.lease
          const renewed = trials.map((each) => (input.trials.includes(each.id) ? { ...each, until } : each))
          return renewed.some((each, i) => each !== trials[i]) ? { ...state, trials: renewed } : state
        }
        case 'Ordered': {
          const { name, order } = input
          if (name === state.order) return state
          const after =
            order._tag === 'Restore'
              ? // Calls under way belong to no period of what was saved.
                { at: now, breaker: { ...order.saved, period: breaker.period + 1 }, trials: [] }
              : move(state, order, now)
          return { ...after, order: name }
        }
      }
    },
    forgetAfter: ({ breaker }) =>
      breaker._tag === 'Isolated'
        ? Infinity
        : day + (breaker._tag === 'Open' ? Math.max(0, breaker.until) : 0),
    decode: (stored) => decode(plan, stored),
    // Counts alone can wait, and that a place is taken is found out by who wants it.
    concerns: (before, after) =>
      after.breaker.period !== before.breaker.period || after.trials.length < before.trials.length
  }
}

// --- conversions

/** Gives the breaker on a clock that shows 0 now. */
export const breakerAt = ({ at, breaker }: SharedBreakerState, now: number): BreakerState =>
  shift(breaker, at - now)

/** Gives the state without the trials whose processes must be taken for dead. */
export const withoutLost = (state: SharedBreakerState, now: number): SharedBreakerState => {
  const { breaker, trials } = state
  if (breaker._tag !== 'HalfOpen' || trials.every(({ until }) => until > now)) return state
  const alive = trials.filter(({ until }) => until > now)
  return { ...state, breaker: { ...breaker, running: alive.length }, trials: alive }
}

const decode = (plan: BreakerPlan, stored: unknown): Either<string, SharedBreakerState> => {
  const [at, order, trials] = [read(stored, 'at'), read(stored, 'order'), read(stored, 'trials')]
  if (!isWithin(at, longest)) return left('at', 'a moment', at)
  if (typeof order !== 'string') return left('order', 'a name', order)
  if (!Array.isArray(trials) || !trials.every(isTrial)) return left('trials', 'a list of trials', trials)
  const found = decodeFitting(plan, read(stored, 'breaker'))
  if (found._tag === 'Left') return found
  const { right } = found
  return {
    _tag: 'Right',
    right:
      right._tag === 'HalfOpen'
        ? { at, breaker: { ...right, running: trials.length }, trials, order }
        : { at, breaker: right, trials: [], order }
  }
}

/** What was counted by other options, such as those of the version before, does not count; how it stands does. */
const decodeFitting = (plan: BreakerPlan, stored: unknown): Either<string, BreakerState> => {
  const found = decodeBreakerState(plan, stored)
  if (found._tag === 'Right') return found
  switch (read(stored, '_tag')) {
    case 'Closed':
      return decodeBreakerState(plan, { ...closed(plan, 0), period: read(stored, 'period') })
    case 'HalfOpen':
      return decodeBreakerState(plan, { ...(stored as object), calls: 0, failures: 0, slow: 0 })
    default:
      return found
  }
}

const left = (path: string, expected: string, value: unknown): Either<string, never> => ({
  _tag: 'Left',
  left: `${path}: expected ${expected}, got ${print(value)}`
})

const isTrial = (u: unknown): u is Trial =>
  typeof read(u, 'id') === 'string' && isWithin(read(u, 'until'), longest)
