/** What calls reach that wait as long as they can, or as short: found by stepping. */
import { longest } from './Duration.js'
import { freshScope, type Scope } from './evaluate.js'
import type { Cause } from './Failure.js'
import { greatest, isScope, lastDraw } from './Place.js'
import type { AnyPolicy } from './RetryPolicy.js'
import { type Again, contextOf, decideFrom, initialState, type Plan, planOf, type StepState } from './step.js'

/** The greatest figures of some calls. Times in milliseconds. */
export interface Reached {
  readonly retries: number
  readonly totalDelay: number
  readonly delay: number
  /** Does one of them still go on after more retries than can be counted? */
  readonly endless: boolean
}

// Retries after which the last one stands for all that follow.
const patience = 1000

/** Gives the greatest figures of calls that meet one failure until nothing goes on, then the next, and so on to all of them. */
export const reach = (policy: AnyPolicy, causes: ReadonlyArray<Cause<unknown, unknown>>): Reached => {
  const plan = planOf(policy)
  const orders = causes.map((_, i) => [...causes.slice(i), ...causes])
  const all = orders.flatMap((order) => [run(plan, order, shortWait), run(plan, order, longWait)])
  return {
    retries: Math.max(...all.map(({ retries }) => retries)),
    totalDelay: Math.max(...all.map(({ totalDelay }) => totalDelay)),
    delay: Math.max(...all.map(({ delay }) => delay)),
    endless: all.some(({ endless }) => endless)
  }
}

type Choice = (plan: Plan, state: StepState, cause: Cause<unknown, unknown>) => Again | undefined

const run = (plan: Plan, order: ReadonlyArray<Cause<unknown, unknown>>, choose: Choice): Reached => {
  let [before, state] = [initialState, initialState]
  let delay = 0
  let [cause, ...others] = order
  while (cause !== undefined && state.retry < patience) {
    delay = Math.max(delay, longWait(plan, state, cause)?.delay ?? 0)
    const chosen = choose(plan, state, cause)
    if (chosen === undefined) [cause, ...others] = others
    else [before, state] = [state, chosen.state]
  }
  return {
    retries: state.retry,
    totalDelay: state.slept,
    delay,
    endless: cause !== undefined && choose(plan, farOut(before, state), cause) !== undefined
  }
}

/** The state after 2^52 more retries like the last one. */
const farOut = (before: StepState, after: StepState): StepState => ({
  ...moved(before, after),
  memory: after.memory.map((kept, i) =>
    // Only scopes are kept, from the first retry that they count.
    isScope(kept) ? moved((before.memory[i] ?? freshScope) as Scope, kept) : kept
  )
})

const moved = <S extends Scope>(from: S, to: S): S => ({
  ...to,
  retry: onward(from.retry, to.retry),
  slept: onward(from.slept, to.slept)
})

const onward = (from: number, to: number): number => to + 2 ** 52 * (to - from)

/** Attempts take no time, so the time elapsed is the time slept. */
const drawn = (
  plan: Plan,
  state: StepState,
  cause: Cause<unknown, unknown>,
  random: number
): Again | undefined => {
  const ruling = decideFrom(plan, state, cause, contextOf(state, state.slept, '', []), random)
  if (ruling._tag !== 'Retry') return undefined
  // Limits are not exact beyond the longest time that is counted exactly.
  return ruling.state.slept > longest && ruling.window.latest < Infinity ? undefined : ruling
}

const shortWait: Choice = (plan, state, cause) => drawn(plan, state, cause, 0)

/** The longest wait that ends in time. */
const longWait: Choice = (plan, state, cause) => {
  const last = drawn(plan, state, cause, lastDraw)
  const short = last ?? drawn(plan, state, cause, 0)
  if (last !== undefined || short === undefined) return last
  const { from, latest, to } = short.window
  const wait = Math.min(greatest(short.window), Math.floor(latest - state.slept))
  const middle = Math.max(0, Math.min((wait + 0.5 - from) / (to - from), lastDraw))
  return drawn(plan, state, cause, middle) ?? short
}
