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

/** The longest wait of some retries, and where they lead to. */
export interface Leap {
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
  const { filled, high, highReached, low, lowReached } = place
  const stretch = stretchOf(terrain, before.low, low, rough)
  if (stretch === undefined) return undefined
  const { exact, longest, longestReached, shortest } = stretch
  const count = stretch.endless ? Infinity : countInTime(terrain, low, shortest, stretch.count)
  if (count === 0) return undefined
  const slept = Math.min(high.slept + times(count, longest), ceilingOf(terrain, high))
  return {
    longest,
    longestReached: longestReached && (lowReached || stretch.untimed),
    to: {
      low: { ...advance(before.low, low, count), slept: low.slept + times(count, shortest) },
      high: { ...advance(before.low, high, count), slept },
      lowReached: exact && lowReached,
      // Longer sums are rounded otherwise when they are added up.
      highReached: exact && highReached && filled && (slept < farthest || slept === Infinity),
      filled: exact && filled
    },
    over: count < stretch.count || count === Infinity
  }
}

/** So many retries, and what their waits lie between. */
interface Stretch {
  readonly count: number
  readonly shortest: number
  readonly longest: number
  readonly longestReached: boolean
  /** Are all waits known, or so many that the sum is? */
  readonly exact: boolean
  /** Does it go on for ever? */
  readonly endless: boolean
  /** Is there no limit of time? */
  readonly untimed: boolean
}

const stretchOf = (
  terrain: Terrain,
  before: StepState,
  low: StepState,
  rough: number
): Stretch | undefined => {
  const sight = (count: number): Sight | undefined => sightOf(terrain, advance(before, low, count))
  const near = sight(0)
  const distance = distanceTo(terrain.events, before, low)
  if (near === undefined || distance < 2) return undefined
  const untimed = near.latest === Infinity
  const left = Math.floor(near.latest - low.slept)
  const clipped = ({ longest }: Sight): number => Math.min(longest, left)
  const all = samples(distance).flatMap((count) => sight(count) ?? [])
  const stays = all.every(({ shortest }) => shortest === near.shortest)
  if (stays && all.every((each) => clipped(each) === clipped(near))) {
    const endless = distance === Infinity && (untimed || near.shortest === 0)
    const { shortest } = near
    return {
      count: distance,
      shortest,
      longest: clipped(near),
      longestReached: true,
      exact: true,
      endless,
      untimed
    }
  }
  const [last, end] = all.slice(-2)
  if (last === undefined || end === undefined) return undefined
  if (distance === Infinity && (untimed || (stays && near.shortest === 0)) && end.longest >= near.longest) {
    // Waits that still grow at the end of all counts have no maximum of their own.
    const settled = clipped(last) === clipped(end)
    const { shortest } = near
    return {
      count: distance,
      shortest,
      longest: settled ? clipped(end) : left,
      longestReached: settled,
      exact: true,
      endless: true,
      untimed
    }
  }
  const count = Math.min(distance, rough)
  const far = sight(count - 1)
  if (count < 2 || far === undefined) return undefined
  return {
    count,
    shortest: Math.min(near.shortest, far.shortest),
    longest: Math.max(clipped(near), clipped(far)),
    longestReached: untimed,
    exact: false,
    endless: false,
    untimed
  }
}

const times = (count: number, wait: number): number => (wait === 0 ? 0 : count * wait)

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
  let [fits, late] = [0, Math.min(most, farthest)]
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
