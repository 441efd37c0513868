/**
 * Many retries at once, for policies whose waits only grow or only shrink between the events at which a count or a list
 * ends. So what holds at both ends holds in between; windows that are scaled by a cap are known up to rounding.
 */
import { countable } from './Envelope.js'
import type { Scope } from './evaluate.js'
import { after, endOf, look, type Place } from './Place.js'
import type { StepState } from './step.js'
import type { Terrain } from './Terrain.js'
import type { Window } from './Window.js'

// --- model

/** The longest wait of some retries, and where they lead to. */
export interface Leap {
  readonly longest: number
  readonly longestReached: boolean
  readonly to: Place
  /** Does no call go on from there, because of time or because the leap has no end? */
  readonly over: boolean
}

// --- leaping

/**
 * Gives the retries up to the next event, or as many as there is time for. If that cannot be said exactly, at most `rough`
 * retries, whose waits are only known not to be exceeded; none for 0.
 */
export const leap = (terrain: Terrain, before: Place, place: Place, rough: number): Leap | undefined => {
  const { filled, high, highReached, low, lowReached } = place
  const stretch = stretchOf(terrain, before, place, rough)
  if (stretch === undefined) return undefined
  const { endless, longest, longestReached, shortest } = stretch
  const count = endless ? Infinity : countInTime(terrain, low, shortest, stretch.count)
  const beyond = Math.max(high.slept, terrain.horizon) + 1
  const latest = latestAfter(terrain, high, beyond)
  const ceiling = latest <= beyond ? Math.floor(latest) : Infinity
  const slept = Math.min(high.slept + times(count, longest), ceiling)
  // Those who have slept more have no more time left: if the last wait can be the longest, so can all before it.
  const last = Math.min(slept - longest, beyond)
  const inTime = latest === Infinity || last + longest <= latestAfter(terrain, high, last)
  if (!inTime && rough === 0 && !endless) return undefined
  const exact = stretch.exact && inTime
  return {
    longest,
    longestReached,
    to: {
      low: { ...advance(before.low, low, count), slept: low.slept + times(count, shortest) },
      high: { ...advance(before.low, high, count), slept },
      lowReached: stretch.exact && lowReached,
      // Longer sums are rounded otherwise when they are added up.
      highReached: exact && highReached && filled && (slept < countable || slept === Infinity),
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
}

const stretchOf = (terrain: Terrain, before: Place, place: Place, rough: number): Stretch | undefined => {
  const { cause, drifting, events, plan, settled } = terrain
  const { high, highReached, low, lowReached } = place
  const counts = moving(before.low, low)
  const distance = Math.min(
    ...counts.flatMap((retry) => events.map((event) => event - retry)).filter((left) => left > 0)
  )
  const next = after(plan, low, cause)?.state
  if (distance < 3 || next === undefined || slotsOf(low, next) !== slotsOf(before.low, low)) return undefined
  if (drifting && !(isStill(before.low, low) && isStill(before.high, high))) return undefined
  const isSettled = counts.every((retry) => retry >= settled)
  const sight = (count: number): Sight => {
    const seen = (state: StepState): Window =>
      windowAfter(terrain, advance(before.low, { ...state, slept: low.slept }, count))
    const lowest = seen(low)
    return sightOf(lowest, drifting ? seen(high) : lowest, isSettled)
  }
  const near = sight(0)
  const all = samples(distance).map(sight)
  // At a distance of 3 there are two samples, or more.
  const [last, end] = all.slice(-2) as [Sight, Sight]
  const untimed = near.latest === Infinity
  const left = Math.floor(near.latest - low.slept)
  const clipped = ({ longest }: Sight): number => Math.min(longest, left)
  const { shortest } = near
  const shortestStays = all.every((each) => each.shortest === shortest)
  const endless = distance === Infinity && (untimed || (shortestStays && shortest === 0))
  const reached = untimed ? highReached : lowReached && !drifting
  if (
    all.every(({ known }) => known) &&
    shortestStays &&
    all.every((each) => clipped(each) === clipped(near))
  ) {
    const longest = clipped(near)
    return { count: distance, shortest, longest, longestReached: reached, exact: true, endless }
  }
  if (drifting) return undefined
  if (endless && end.longest >= near.longest) {
    // Waits that still grow at the end of all counts have no maximum of their own.
    const longest = clipped(last) === clipped(end) ? clipped(end) : left
    const longestReached = reached && all.some(({ drawn }) => Math.min(drawn, left) === longest)
    return { count: distance, shortest, longest, longestReached, exact: true, endless }
  }
  const count = Math.min(distance, rough)
  if (count < 2) return undefined
  const far = sight(count - 1)
  const longest = Math.max(clipped(near), clipped(far))
  return {
    count,
    shortest: Math.min(shortest, far.shortest),
    longest,
    longestReached: untimed && [near, far].some(({ drawn }) => drawn === longest),
    exact: false,
    endless: false
  }
}

/** Is the wait drawn last the one before, wherever it is kept? */
const isStill = (before: StepState, state: StepState): boolean =>
  scopesOf(state).every((kept, i) => kept?.drawn === scopesOf(before)[i]?.drawn)

const times = (count: number, wait: number): number => (wait === 0 ? 0 : count * wait)

interface Sight {
  /** No wait is shorter, or longer, than these whole milliseconds. */
  readonly shortest: number
  readonly longest: number
  /** The longest wait that is drawn at this place. */
  readonly drawn: number
  readonly latest: number
  /** Are `shortest` and `longest` those of all windows with the same ends, too? */
  readonly known: boolean
}

/** What is seen of two windows, and of any in between; `settled`: these are all there are. */
const sightOf = (a: Window, b: Window, settled: boolean): Sight => {
  const from = Math.min(a.from, b.from)
  const to = Math.max(a.to, b.to)
  const known = settled || from === to || from === 0 || to < 1
  return {
    shortest: Math.floor(known ? from : from * (1 - 2 ** -40)),
    longest: Math.floor(known ? endOf(a, b) : to),
    drawn: Math.floor(endOf(a, b)),
    latest: a.latest,
    known
  }
}

/** The window that follows a state. Before the next event no count stops, and time does not matter to `look`: there is one. */
const windowAfter = ({ cause, plan }: Terrain, state: StepState): Window => look(plan, state, cause).window

/** The latest moment at which a wait may end, for those who have slept so long. */
const latestAfter = (terrain: Terrain, state: StepState, slept: number): number =>
  windowAfter(terrain, { ...state, slept }).latest

/** All that counts: the state, and what it remembers. Only scopes are kept there. */
const scopesOf = (state: StepState): ReadonlyArray<Scope | null> => [
  state,
  ...(state.memory as ReadonlyArray<Scope | null>)
]

/** Does a count go on? */
const isMoving = (before: Scope | null | undefined, kept: Scope | null): kept is Scope =>
  kept !== null && kept.retry !== before?.retry

/** Which counts go on, as a text. */
const slotsOf = (before: StepState, state: StepState): string =>
  scopesOf(state)
    .map((kept, i) => isMoving(scopesOf(before)[i], kept))
    .join()

/** The counts that go on. */
const moving = (before: StepState, state: StepState): ReadonlyArray<number> =>
  scopesOf(state).flatMap((kept, i) => (isMoving(scopesOf(before)[i], kept) ? [kept.retry] : []))

/** Moves the counts on that go on. */
const advance = (before: StepState, state: StepState, count: number): StepState => ({
  ...state,
  retry: state.retry + count,
  memory: scopesOf(state)
    .map((kept, i) => (isMoving(scopesOf(before)[i], kept) ? { ...kept, retry: kept.retry + count } : kept))
    .slice(1)
})

const samples = (distance: number): ReadonlyArray<number> => {
  const last = Math.min(distance - 1, countable)
  // Stryker disable next-line EqualityOperator: the last one may be looked at twice
  return [...Array.from({ length: 27 }, (_, i) => 4 ** i).filter((count) => count < last), last]
}

/** How many waits end in time, of at most `most`. */
const countInTime = (terrain: Terrain, low: StepState, wait: number, most: number): number => {
  const isInTime = (count: number): boolean => {
    const slept = low.slept + (count - 1) * wait
    return slept + wait <= latestAfter(terrain, low, slept)
  }
  let [fits, late] = [0, Math.min(most, countable)]
  if (isInTime(late)) return most
  while (late - fits > 1) {
    const middle = Math.floor((fits + late) / 2)
    if (isInTime(middle)) fits = middle
    else late = middle
  }
  return fits
}
