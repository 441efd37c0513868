/** What calls reach that wait as long as they can, or as short: found by stepping. */
import type { Cause } from './Failure.js'
import { greatest, lastDraw, look } from './Place.js'
import type { AnyPolicy } from './RetryPolicy.js'
import { contextOf, decide, initialState, type Plan, planOf, type Ruling, type StepState } from './step.js'

/** The greatest figures of some calls. */
export interface Reached {
  readonly retries: number
  readonly totalDelay: number
  readonly delay: number
}

// Steps of a call that does not end.
const patience = 1000

/** Gives the greatest figures of calls that meet one failure until nothing goes on, then the next, and so on. */
export const reach = (policy: AnyPolicy, causes: ReadonlyArray<Cause<unknown, unknown>>): Reached => {
  const plan = planOf(policy)
  const orders = causes.map((_, i) => [...causes.slice(i), ...causes.slice(0, i)])
  return orders
    .flatMap((order) => [run(plan, order, shortest), run(plan, order, longest)])
    .reduce((a, b) => ({
      retries: Math.max(a.retries, b.retries),
      totalDelay: Math.max(a.totalDelay, b.totalDelay),
      delay: Math.max(a.delay, b.delay)
    }))
}

type Choice = (plan: Plan, state: StepState, cause: Cause<unknown, unknown>) => Ruling

const run = (plan: Plan, order: ReadonlyArray<Cause<unknown, unknown>>, choose: Choice): Reached => {
  let state = initialState
  let delay = 0
  let [cause, ...others] = order
  while (cause !== undefined && state.retry < patience) {
    const most = longest(plan, state, cause)
    const ruling = choose(plan, state, cause)
    if (most._tag === 'Retry') delay = Math.max(delay, most.delay)
    if (ruling._tag === 'Retry') ({ state } = ruling)
    else [cause, ...others] = others
  }
  return { retries: state.retry, totalDelay: state.slept, delay }
}

const ruleOn = (plan: Plan, state: StepState, cause: Cause<unknown, unknown>, random: number): Ruling =>
  decide(plan, state, cause, contextOf(state, state.slept, '', []), () => random)

const shortest: Choice = (plan, state, cause) => ruleOn(plan, state, cause, 0)

/** The longest wait that ends in time. */
const longest: Choice = (plan, state, cause) => {
  const last = ruleOn(plan, state, cause, lastDraw)
  // A stop that comes with no verdict of a function may be one of time.
  const window =
    last._tag === 'GiveUp' && last.verdict._tag === 'Exhausted' ? look(plan, state, cause)?.window : undefined
  if (window === undefined) return last
  const { from, latest, to } = window
  const wait = Math.min(greatest(window), Math.floor(latest - state.slept))
  const middle = Math.max(0, Math.min((wait + 0.5 - from) / (to - from), lastDraw))
  return (
    [middle, 0].map((random) => ruleOn(plan, state, cause, random)).find(({ _tag }) => _tag === 'Retry') ??
    last
  )
}
