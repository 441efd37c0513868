/**
 * Many retries at once, for policies whose waits only grow or only shrink between the events at which a count or a list
 * ends. So what holds at both ends holds in between; windows that are scaled by a cap are known up to rounding.
 */
import { countable } from './Envelope.js'
import { endOf, isScope, look, type Peek, type Place } from './Place.js'
import { contextOf, decideFrom, type StepState } from './step.js'
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
  const { exact, longest, longestReached, shortest } = stretch
  const count = stretch.endless ? Infinity : countInTime(terrain, low, shortest, stretch.count)
  const slept = Math.min(high.slept + times(count, longest), ceilingOf(terrain, high))
  return {
    longest,
    longestReached,
    to: {
      low: { ...advance(before.low, low, count), slept: low.slept + times(count, shortest) },
      high: { ...advance(before.low, high, count), slept },
      lowReached: exact && lowReached,
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
  const { drifting, events, settled } = terrain
  const { high, highReached, low, lowReached } = place
  const counts = moving(before.low, low)
  const distance = Math.min(
    ...counts.flatMap((retry) => events.filter((event) => event > retry).map((event) => event - retry))
  )
  const next = after(terrain, low)
  if (distance < 3 || next === undefined || slotsOf(low, next) !== slotsOf(before.low, low)) return undefined
  if (drifting && !(isStill(before.low, low) && isStill(before.high, high))) return undefined
  const sight = (count: number): Sight => {
    const seen = (state: StepState): Window =>
      windowAfter(terrain, advance(before.low, { ...state, slept: low.slept }, count))
    const lowest = seen(low)
    return sightOf(
      lowest,
      drifting ? seen(high) : lowest,
      counts.every((retry) => retry >= settled)
    )
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
  const far = sight(count - 1)
  if (count < 2) return undefined
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
  [state, ...state.memory].every((kept, i) => {
    const other = [before, ...before.memory][i]
    return !isScope(kept) || (isScope(other) && kept.drawn === other.drawn)
  })

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
const windowAfter = ({ cause, plan }: Terrain, state: StepState): Window =>
  (look(plan, state, cause) as Peek).window

/** The state after the next failure; `undefined` where that ends the call. */
const after = ({ cause, plan }: Terrain, state: StepState): StepState | undefined => {
  const ruling = decideFrom(plan, state, cause, contextOf(state, state.slept, '', []), 0)
  return ruling._tag === 'Retry' ? ruling.state : undefined
}

/** Which counts go on, as a text. */
const slotsOf = (before: StepState, state: StepState): string =>
  state.memory.map((kept, i) => isScope(kept) && kept.retry !== retryOf(before.memory[i])).join()

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
  const last = Math.min(distance - 1, countable)
  return [...Array.from({ length: 27 }, (_, i) => 4 ** i).filter((count) => count < last), last]
}

/** How many waits end in time, of at most `most`. */
const countInTime = (terrain: Terrain, low: StepState, wait: number, most: number): number => {
  const isInTime = (count: number): boolean => {
    const slept = low.slept + (count - 1) * wait
    return slept + wait <= windowAfter(terrain, { ...low, slept }).latest
  }
  if (wait === 0 || isInTime(Math.min(most, countable))) return most
  let [fits, late] = [0, Math.min(most, countable)]
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
  const { latest } = windowAfter(terrain, { ...state, slept: beyond })
  return latest < beyond ? Math.floor(latest) : Infinity
}
