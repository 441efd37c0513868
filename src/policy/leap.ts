/**
 * Many retries at once, for policies whose waits only grow or only shrink between the events at which a count or a list
 * ends. So what holds at both ends, and at doubling distances in between, holds for all.
 */
import type { Cause } from './Failure.js'
import { greatest, isScope, look, type Place } from './Place.js'
import { type AnyPolicy, parts, type Schedule } from './RetryPolicy.js'
import type { Plan, StepState } from './step.js'

// --- model

/** What there is to know of a policy in order to leap. */
export interface Terrain {
  readonly plan: Plan
  readonly cause: Cause<unknown, unknown>
  /** After so many retries of a scope, something may end. */
  readonly events: ReadonlyArray<number>
  /** No limit of a sum or of the time elapsed is later. */
  readonly horizon: number
}

/** Retries, and where they lead to. */
export interface Leap {
  readonly count: number
  readonly longest: number
  readonly longestReached: boolean
  readonly to: Place
  /** Does no call go on from there, because of time or because the leap has no end? */
  readonly over: boolean
}

// --- terrain

/** Gives what there is to know; `undefined` where waits may go up and down. */
export const terrainOf = (
  policy: AnyPolicy,
  plan: Plan,
  causes: ReadonlyArray<Cause<unknown, unknown>>
): Terrain | undefined => {
  const all = allOf(policy)
  const directions = new Set(all.map(({ schedule }) => directionOf(schedule)))
  const [cause, ...others] = causes
  if (cause === undefined || others.length > 0) return undefined
  if (directions.has('unknown') || (directions.has('up') && directions.has('down'))) return undefined
  return {
    plan,
    cause,
    events: all.flatMap(({ limitRetries, schedule }) => [
      ...(limitRetries === undefined ? [] : [limitRetries]),
      // Within a list, every retry is an event.
      ...(schedule._tag === 'delays' ? schedule.delays.map((_, i) => i + 1) : [])
    ]),
    horizon: Math.max(
      ...all.flatMap(({ limitElapsed = 0, limitTotalDelay = 0 }) => [limitElapsed, limitTotalDelay])
    )
  }
}

const allOf = (self: AnyPolicy): ReadonlyArray<AnyPolicy> => [self, ...parts(self.schedule).flatMap(allOf)]

const directionOf = (schedule: Schedule): 'up' | 'down' | 'level' | 'unknown' => {
  switch (schedule._tag) {
    case 'exponential':
      return schedule.factor === 1 || schedule.base === 0 ? 'level' : schedule.factor > 1 ? 'up' : 'down'
    case 'linear':
      return schedule.step === 0 ? 'level' : 'up'
    case 'fibonacci':
      return schedule.base === 0 ? 'level' : 'up'
    case 'fixed':
    case 'delays':
    case 'both':
    case 'either':
    case 'andThen':
      return 'level'
    case 'decorrelated':
    case 'custom':
    case 'mapDelay':
    case 'when':
      return 'unknown'
  }
}

// --- leaping

/**
 * Gives the retries up to the next event, or as many as there is time for. If that cannot be said exactly, at most `rough`
 * retries, whose waits are only known not to be exceeded; none for 0.
 */
export const leap = (terrain: Terrain, before: Place, place: Place, rough: number): Leap | undefined => {
  const { low, high } = place
  const sight = (count: number): Sight | undefined => sightOf(terrain, advance(before.low, low, count))
  const distance = distanceTo(terrain.events, before.low, low)
  const [near, end] = [sight(0), sight(Math.min(distance - 1, farthest))]
  if (near === undefined || end === undefined || distance < 2) return undefined
  const left = Math.floor(near.latest - low.slept)
  const all = samples(distance).map(sight)
  const constant = (read: (each: Sight) => number): boolean =>
    all.every((each) => each !== undefined && read(each) === read(near))
  const shortestStays = constant(({ shortest }) => shortest)
  const longestStays = constant(({ longest }) => Math.min(longest, left))
  const endless =
    distance === Infinity && (near.latest === Infinity || (shortestStays && near.shortest === 0))
  const exact = (shortestStays && longestStays) || (endless && end.longest >= near.longest)
  if (!exact && rough < 2) return undefined

  const most = exact ? distance : Math.min(distance, rough)
  const last = exact ? end : sight(most - 1)
  if (last === undefined) return undefined
  const shortest = Math.min(near.shortest, last.shortest)
  const longest = Math.min(Math.max(near.longest, last.longest), left)
  const count = endless && exact ? Infinity : countInTime(terrain, low, shortest, most)
  const slept = Math.min(longest === 0 ? high.slept : high.slept + count * longest, ceilingOf(terrain, high))
  const [lowAfter, highAfter] = [low, high].map((state) => advance(before.low, state, count)) as [
    StepState,
    StepState
  ]
  return {
    count,
    longest,
    longestReached: near.latest === Infinity || (exact && place.lowReached),
    to: {
      low: { ...lowAfter, slept: shortest === 0 ? low.slept : low.slept + count * shortest },
      high: { ...highAfter, slept },
      lowReached: exact && place.lowReached,
      highReached: exact && place.highReached && place.filled,
      filled: exact && place.filled
    },
    over: count === Infinity || count < most
  }
}

/** No retry is farther: counts are exact up to here. */
const farthest = 2 ** 53

interface Sight {
  readonly shortest: number
  readonly longest: number
  readonly latest: number
}

const sightOf = ({ cause, plan }: Terrain, state: StepState): Sight | undefined => {
  const window = look(plan, state, cause)?.window
  return window && { shortest: Math.floor(window.from), longest: greatest(window), latest: window.latest }
}

/** How many retries there are before the next event. */
const distanceTo = (events: ReadonlyArray<number>, before: StepState, state: StepState): number =>
  Math.min(
    ...moving(before, state).flatMap((retry) =>
      events.filter((event) => event > retry).map((event) => event - retry)
    )
  )

/** The counts that go on. */
const moving = (before: StepState, state: StepState): ReadonlyArray<number> =>
  [state, ...state.memory].flatMap((kept, i) =>
    isScope(kept) && kept.retry !== retryOf([before, ...before.memory][i]) ? [kept.retry] : []
  )

const retryOf = (kept: unknown): number | undefined => (isScope(kept) ? kept.retry : undefined)

/** Moves the counts on that go on. */
const advance = (before: StepState, state: StepState, count: number): StepState => ({
  ...state,
  retry: state.retry + count,
  memory: state.memory.map((kept, i) =>
    isScope(kept) && kept.retry !== retryOf(before.memory[i]) ? { ...kept, retry: kept.retry + count } : kept
  )
})

const samples = (distance: number): ReadonlyArray<number> => {
  const last = Math.min(distance - 1, farthest)
  return [...Array.from({ length: 54 }, (_, i) => 2 ** i).filter((count) => count < last), last]
}

/** How many waits end in time, of at most `most`. */
const countInTime = (terrain: Terrain, low: StepState, wait: number, most: number): number => {
  const isInTime = (count: number): boolean => {
    const slept = low.slept + (count - 1) * wait
    return slept + wait <= (sightOf(terrain, { ...low, slept })?.latest ?? 0)
  }
  if (wait === 0 || isInTime(Math.min(most, farthest))) return most
  let [fits, late] = [1, Math.min(most, farthest)]
  while (late - fits > 1) {
    const middle = Math.floor((fits + late) / 2)
    if (isInTime(middle)) fits = middle
    else late = middle
  }
  return fits
}

/** The latest end of all waits together. */
const ceilingOf = (terrain: Terrain, state: StepState): number => {
  const beyond = Math.max(state.slept, terrain.horizon) + 1
  const latest = sightOf(terrain, { ...state, slept: beyond })?.latest ?? Infinity
  return latest < beyond ? Math.floor(latest) : Infinity
}
