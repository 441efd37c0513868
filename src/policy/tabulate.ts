/**
 * The first waits of a policy, whatever is drawn: it is stepped with the lowest and the highest draw, and with the one that
 * ends a wait exactly at its limit, in all orders that make a difference.
 *
 * Limit: with draws between these, waits are taken to lie between. A `custom` schedule, or `mapDelay` over `decorrelated`, may
 * do otherwise.
 */
import type { AnyPolicy } from './RetryPolicy.js'
import { sameData } from './Eq.js'
import type { Scope } from './evaluate.js'
import type { Rejected } from './Failure.js'
import { contextOf, decide, initialState, type Plan, planOf, type StepState } from './step.js'
import type { Window } from './Window.js'

// --- model

/**
 * A row of the table: how many retries there have been with this one, the window from which the wait before it is drawn,
 * and the latest moment at which it can start if attempts take no time. Milliseconds; `latest` counts from the start of
 * the call.
 */
export interface WaitRow {
  readonly retry: number
  readonly from: number
  readonly to: number
  readonly latest: number
}

/** The first waits of a policy if all attempts fail; `more`: it goes on after the last row. */
export interface WaitTable {
  readonly waits: ReadonlyArray<WaitRow>
  readonly more: boolean
}

/** A table, and what a function of the policy threw on the way. */
export interface Tabulated extends WaitTable {
  readonly faults: ReadonlyArray<unknown>
}

/** A way in which a call may have gone: its state, the time on the clock, and the limit that longer draws come near to. */
interface Course {
  readonly state: StepState
  readonly elapsed: number
  readonly latest: number
}

/** What may follow: a window, and the course after one draw from it. */
interface Turn {
  readonly window: Window
  readonly course: Course
}

// --- tabulating

/** Gives the table of a policy for failures that no condition judges. */
export const tabulate = (policy: AnyPolicy, retries: number): Tabulated => {
  const plan = planOf(policy)
  const waits: WaitRow[] = []
  const faults: unknown[] = []
  let turns = turnsOf(plan, { state: initialState, elapsed: 0, latest: 0 }, faults)
  while (turns.length > 0 && waits.length < retries) {
    waits.push({
      retry: waits.length + 1,
      from: Math.min(...turns.map(({ window }) => window.from)),
      to: Math.max(...turns.map(({ window }) => window.to)),
      latest: Math.max(...turns.map(({ course }) => course.latest))
    })
    turns = corners(turns.map(({ course }) => course)).flatMap((course) => turnsOf(plan, course, faults))
  }
  return { waits, more: turns.length > 0, faults }
}

// No condition and no hint is asked about it, and the main schedule times it.
const rejected: Rejected<unknown> = { _tag: 'Rejected', value: undefined, reasons: [] }

const lastDraw = 1 - 2 ** -53

const turnsOf = (plan: Plan, course: Course, faults: unknown[]): ReadonlyArray<Turn> => {
  const after = (random: number): ReadonlyArray<Turn> => {
    const { elapsed, state } = course
    const ruling = decide(plan, state, rejected, contextOf(state, elapsed, '', []), () => random)
    if (ruling._tag === 'GiveUp' && ruling.verdict._tag === 'PolicyFault') faults.push(ruling.verdict.fault)
    if (ruling._tag !== 'Retry') return []
    const { delay, window } = ruling
    // The highest draw lies just below 1: it is the end of the window that counts.
    const latest = Math.min(course.latest + Math.floor(window.to + 1e-6), window.latest)
    return [{ window, course: { state: ruling.state, elapsed: elapsed + delay, latest } }]
  }
  const turns = [0, lastDraw].flatMap(after)
  const limits = new Set(turns.map(({ window }) => drawEndingAt(window, course.elapsed)))
  return [...turns, ...[...limits].filter((u) => u > 0 && u < lastDraw).flatMap(after)]
}

/** The draw whose wait, rounded down, ends at the latest moment allowed. */
const drawEndingAt = ({ from, to, latest }: Window, elapsed: number): number =>
  (Math.floor(latest - elapsed) + 0.999 - from) / (to - from)

/** All courses that have made the same turns lie between two, which differ in the time that has passed and in the waits drawn. */
interface Box {
  readonly low: Course
  readonly high: Course
}

/** The corners of the boxes: each end of time with each end of what was drawn last, so that nothing lies outside. */
const corners = (courses: ReadonlyArray<Course>): ReadonlyArray<Course> => {
  const boxes = new Map<string, Box>()
  for (const course of courses) {
    const { memory } = course.state
    const turns = JSON.stringify(memory.map((kept) => (isScope(kept) ? kept.retry : kept)))
    const box = boxes.get(turns)
    boxes.set(turns, {
      low: box === undefined ? course : end(Math.min, box.low, course),
      high: box === undefined ? course : end(Math.max, box.high, course)
    })
  }
  return [...boxes.values()].flatMap(({ low, high }) =>
    sameData(low.state, high.state) ? [high] : [low, high, mixed(low, high), mixed(high, low)]
  )
}

type End = (a: number, b: number) => number

const end = (of: End, a: Course, b: Course): Course => ({
  state: {
    ...a.state,
    ...endOfScope(of, a.state, b.state),
    memory: mapScopes(a.state.memory, (scope, i) => endOfScope(of, scope, b.state.memory[i] as Scope))
  },
  elapsed: of(a.elapsed, b.elapsed),
  latest: Math.max(a.latest, b.latest)
})

const endOfScope = (of: End, a: Scope, b: Scope): Scope => ({
  retry: a.retry,
  slept: of(a.slept, b.slept),
  drawn: a.drawn === null || b.drawn === null ? a.drawn : of(a.drawn, b.drawn)
})

/** The times of one course with the draws of another. */
const mixed = (times: Course, draws: Course): Course => ({
  ...times,
  state: {
    ...times.state,
    drawn: draws.state.drawn,
    memory: mapScopes(times.state.memory, (scope, i) => ({
      ...scope,
      drawn: (draws.state.memory[i] as Scope).drawn
    }))
  },
  latest: Math.max(times.latest, draws.latest)
})

const mapScopes = (
  memory: ReadonlyArray<unknown>,
  f: (scope: Scope, index: number) => Scope
): ReadonlyArray<unknown> => memory.map((kept, i) => (isScope(kept) ? f(kept, i) : kept))

const isScope = (kept: unknown): kept is Scope => typeof kept === 'object' && kept !== null
