/** How the waits of a policy move from retry to retry, as far as it is needed to leap over many of them. */
import { longest } from './Duration.js'
import type { Cause } from './Failure.js'
import { type AnyPolicy, parts, type Schedule } from './RetryPolicy.js'
import type { Plan } from './step.js'

export interface Terrain {
  readonly plan: Plan
  readonly cause: Cause<unknown, unknown>
  /** After so many retries of a scope, something may end. */
  readonly events: ReadonlyArray<number>
  /** After so many, no formula moves any more: it is saturated, or 0. */
  readonly settled: number
  /** No limit of a sum or of the time elapsed is later. */
  readonly horizon: number
  /** Do windows depend on the wait drawn last? */
  readonly drifting: boolean
}

/** Gives what there is to know, for one kind of failure; `undefined` where waits may go up and down. */
export const terrainOf = (
  policy: AnyPolicy,
  plan: Plan,
  causes: ReadonlyArray<Cause<unknown, unknown>>
): Terrain | undefined => {
  if (causes.length !== 1) return undefined
  const all = allOf(policy)
  const moves = all.flatMap(({ schedule }) => movesOf(schedule))
  if (moves.some(({ up }) => up) && moves.some(({ up }) => !up)) return undefined
  return {
    plan,
    cause: causes[0] as Cause<unknown, unknown>,
    events: all.flatMap(({ limitRetries, schedule }) => [
      ...(limitRetries === undefined ? [] : [limitRetries]),
      // Within a list, every retry is an event.
      ...(schedule._tag === 'delays' ? schedule.delays.map((_, i) => i + 1) : [])
    ]),
    settled: Math.max(0, ...moves.map(({ settled }) => settled)),
    horizon: Math.max(
      ...all.flatMap(({ limitElapsed = 0, limitTotalDelay = 0 }) => [limitElapsed, limitTotalDelay])
    ),
    drifting: all.some(({ schedule }) => schedule._tag === 'decorrelated')
  }
}

const allOf = (self: AnyPolicy): ReadonlyArray<AnyPolicy> => [self, ...parts(self.schedule).flatMap(allOf)]

/** Where a formula goes, and after how many retries it has got there. */
interface Move {
  readonly up: boolean
  readonly settled: number
}

const movesOf = (schedule: Schedule): ReadonlyArray<Move> => {
  switch (schedule._tag) {
    case 'exponential': {
      const { base, factor } = schedule
      const after = (end: number): number => 2 + (Math.log(end) - Math.log(base)) / Math.log(factor)
      if (base > 0 && factor > 1) return [{ up: true, settled: after(longest) }]
      if (base > 0 && factor < 1) return [{ up: false, settled: after(Number.MIN_VALUE) }]
      return []
    }
    case 'linear': {
      const { base, step } = schedule
      return step === 0 ? [] : [{ up: true, settled: 1 + (longest - base) / step }]
    }
    case 'fibonacci': {
      const { base } = schedule
      // The golden ratio is more than 1.6.
      const settled = 3 + (Math.log(longest) - Math.log(base)) / Math.log(1.6)
      return base === 0 ? [] : [{ up: true, settled }]
    }
    case 'fixed':
    case 'decorrelated':
    case 'delays':
    case 'custom':
    case 'both':
    case 'either':
    case 'andThen':
    case 'mapDelay':
    case 'when':
      return []
  }
}
