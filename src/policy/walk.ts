/**
 * Steps a policy through every history at once: through all failures that its conditions tell apart, and through all draws
 * by their extremes.
 *
 * Attempts take no time here: time that passes only makes a policy stop earlier, except where it ends a stage of `andThen`.
 * Such policies, and those that hold functions, are not walked.
 */
import type { Alphabet } from './Alphabet.js'
import { anyPart } from './anyPart.js'
import { leap } from './leap.js'
import { countsOf, merge, type Place, turn } from './Place.js'
import { type AnyPolicy, parts } from './RetryPolicy.js'
import { initialState, planOf } from './step.js'
import { terrainOf } from './Terrain.js'

// --- model

/** A greatest value, and whether a history reaches it. */
export interface Figure {
  readonly value: number
  readonly reached: boolean
}

/** The greatest figures found; `whole`: every history has been walked to its end. */
export interface Walk {
  readonly retries: Figure
  readonly totalDelay: Figure
  readonly delay: Figure
  readonly whole: boolean
}

/** Gives the greater figure. */
const greater = (a: Figure, b: Figure): Figure =>
  b.value > a.value || (b.value === a.value && b.reached) ? b : a

// --- walking

// Failures stepped, some µs each: many where they branch, since there are no leaps.
const patience = (branching: boolean): number => (branching ? 8000 : 3000)

// Where there is no end to be found, or nothing exact.
const impatience = 500

const zero: Figure = { value: 0, reached: true }

const unwalked: Walk = { retries: zero, totalDelay: zero, delay: zero, whole: false }

/** Walks a policy, as far as patience goes, which is not far where no count ends it, and not at all where it cannot be walked. */
export const walk = (policy: AnyPolicy, { causes, complete }: Alphabet, endless: boolean): Walk => {
  if (!complete || anyPart(policy, isOpen) || anyPart(policy, hasTimedPart)) return unwalked
  const plan = planOf(policy)
  const terrain = terrainOf(policy, plan, causes)
  const drifting = anyPart(policy, ({ schedule }) => schedule._tag === 'decorrelated')
  const untimed = !anyPart(policy, isTimed)
  const start = {
    low: initialState,
    high: initialState,
    lowReached: true,
    highReached: true,
    filled: true
  }
  const enough = drifting || (untimed && endless) ? impatience : patience(terrain === undefined)
  // Beyond that, leaps go on that are not exact.
  const most = terrain === undefined || drifting ? enough : 2 * enough
  let found = unwalked
  const see = (to: Place, longest: number, reached: boolean): void => {
    found = {
      ...found,
      retries: greater(found.retries, { value: to.low.retry, reached: untimed || to.lowReached }),
      totalDelay: greater(found.totalDelay, { value: to.high.slept, reached: to.highReached }),
      delay: greater(found.delay, { value: longest, reached })
    }
  }
  let before: Place = start
  let places: ReadonlyArray<Place> = [start]
  let stepped = 0
  let nextLeap = 8
  while (places.length > 0) {
    const only = places[0] as Place
    const tired = stepped >= enough
    if (terrain !== undefined && ((tired && !drifting) || only.low.retry >= nextLeap)) {
      nextLeap = 2 * only.low.retry
      const made = leap(terrain, before, only, tired ? only.low.retry : 0)
      if (made !== undefined) {
        see(made.to, made.longest, made.longestReached)
        places = made.over ? [] : [made.to]
        before = only
        continue
      }
    }
    if (stepped >= most) return found
    const next = new Map<string, Place>()
    for (const place of places) {
      for (const cause of causes) {
        stepped += 1
        const made = turn(plan, place, cause, drifting)
        if (made === undefined) continue
        see(made.to, made.longest, made.longestReached)
        const key = countsOf(made.to.low)
        const other = next.get(key)
        next.set(key, other === undefined ? made.to : merge(other, made.to, drifting))
      }
    }
    before = only
    places = [...next.values()]
  }
  return { ...found, whole: true }
}

// --- what can be walked

/** Does it hold a function that says how long to wait? */
export const isOpen = ({ delayFrom = [], schedule }: AnyPolicy): boolean =>
  schedule._tag === 'custom' || schedule._tag === 'mapDelay' || delayFrom.length > 0

const isSummed = (self: AnyPolicy): boolean => self.limitTotalDelay !== undefined

const isTimed = (self: AnyPolicy): boolean =>
  self.limitDelay !== undefined || self.limitElapsed !== undefined || isSummed(self)

/** Does it hold a stage that time ends, or a sum of waits that is not that of the whole call? */
const hasTimedPart = ({ schedule }: AnyPolicy): boolean =>
  (schedule._tag === 'andThen' && anyPart(schedule.policies[0], isTimed)) ||
  (['andThen', 'when'].includes(schedule._tag) && parts(schedule).some((part) => anyPart(part, isSummed)))
