/**
 * The first waits of a policy, whatever is drawn: it is stepped from the least and the most that may have happened, with the
 * lowest and the highest draw, and, where these turn out differently, at the very point between where it changes.
 *
 * Limits: time and draws are looked at apart, so that a row can be wider than what is ever drawn where waits depend on both
 * (`decorrelated` under a limit of time). And what lies between is taken to turn out between: a `custom` schedule, or
 * `mapDelay` over `decorrelated`, may do otherwise.
 */
import { sameData } from './Eq.js'
import type { Scope } from './evaluate.js'
import type { Rejected } from './Failure.js'
import { everyPart } from './namedParts.js'
import { countsOf, isScope, lastDraw } from './Place.js'
import type { AnyPolicy } from './RetryPolicy.js'
import { contextOf, decideFrom, initialState, type Plan, planOf, type StepState } from './step.js'
import type { Window } from './Window.js'

// --- model

/**
 * A row of the table: how many retries there have been with this one, the window from which the wait before it is drawn,
 * and the latest moment at which it can start if attempts take no time. Milliseconds; `latest` counts from the start of
 * the call.
 *
 * @category model
 * @since 0.2.0
 */
export interface WaitRow {
  readonly retry: number
  readonly from: number
  readonly to: number
  readonly latest: number
}

/**
 * The first waits of a policy if all attempts fail; `more`: it goes on after the last row.
 *
 * @category model
 * @since 0.2.0
 */
export interface WaitTable {
  readonly waits: ReadonlyArray<WaitRow>
  readonly more: boolean
}

/** A table, and what a function of the policy threw on the way. */
export interface Tabulated extends WaitTable {
  readonly faults: ReadonlyArray<unknown>
}

/** A way in which a call may have gone: its state, and the time on the clock. */
interface Course {
  readonly state: StepState
  readonly elapsed: number
}

/**
 * All courses that have made the same turns lie between two, which differ in the time that has passed and in the waits drawn
 * last. None of them is later than `latest`: the highest draw lies just below 1, and it is the end of a window that counts.
 */
interface Box {
  readonly low: Course
  readonly high: Course
  readonly latest: number
}

/** Where in a box a course lies, in time and in draws, each from 0 to 1, and what is drawn next. */
type Point = readonly [time: number, drawn: number, random: number]

/** What may follow: a window, and the course after one draw from it. */
interface Turn {
  readonly window: Window
  readonly course: Course
  readonly latest: number
}

// --- tabulating

/** Gives the table of a policy for failures that no condition judges. */
export const tabulate = (policy: AnyPolicy, retries: number): Tabulated =>
  table(policy, retries, everyPart(policy).some(goesByTurns))

/** Does it make a difference to later waits which turn was made? */
const goesByTurns = ({ limitDelay, schedule }: AnyPolicy): boolean =>
  // Stryker disable next-line ConditionalExpression: to look for changes where they make no difference takes time alone
  limitDelay !== undefined || ['andThen', 'custom', 'decorrelated'].includes(schedule._tag)

/** Gives the same table in less time, but maybe without some courses that end just within a limit of time. */
export const sketch = (policy: AnyPolicy, retries: number): Tabulated => table(policy, retries, false)

const table = (policy: AnyPolicy, retries: number, withChanges: boolean): Tabulated => {
  const plan = planOf(policy)
  const waits: WaitRow[] = []
  const faults: unknown[] = []
  const start: Course = { state: initialState, elapsed: 0 }
  const follow = (boxes: ReadonlyArray<Box>): ReadonlyArray<Turn> =>
    boxes.flatMap((box) => turnsOf((point) => turnAt(plan, box, point, faults), box, withChanges))
  let turns = follow([{ low: start, high: start, latest: 0 }])
  while (turns.length > 0 && waits.length < retries) {
    waits.push({
      retry: waits.length + 1,
      from: Math.min(...turns.map(({ window }) => window.from)),
      to: Math.max(...turns.map(({ window }) => window.to)),
      latest: Math.max(...turns.map(({ latest }) => latest))
    })
    turns = follow(thinned(boxesOf(turns)))
  }
  return { waits, more: turns.length > 0, faults }
}

// With several stages that all end by time, there are too many ways to follow after many retries: some stand for all.
const many = 60
const thinned = (boxes: ReadonlyArray<Box>): ReadonlyArray<Box> =>
  boxes.filter((_, i) => i % Math.ceil(boxes.length / many) === 0)

// No condition and no hint is asked about it, and the main schedule times it.
// Stryker disable next-line ArrayDeclaration: nobody looks at the reasons
const rejected: Rejected<unknown> = { _tag: 'Rejected', value: undefined, reasons: [] }

const turnAt = (plan: Plan, box: Box, point: Point, faults: unknown[]): Turn | undefined => {
  const { elapsed, state } = courseAt(box, point)
  // Stryker disable next-line StringLiteral,ArrayDeclaration: what is judged by no condition is shown to none
  const ruling = decideFrom(plan, state, rejected, contextOf(state, elapsed, '', []), point[2])
  if (ruling._tag === 'GiveUp' && ruling.verdict._tag === 'PolicyFault') faults.push(ruling.verdict.fault)
  if (ruling._tag !== 'Retry') return undefined
  const { delay, window } = ruling
  const latest = Math.min(box.latest + Math.floor(window.to + 1e-6), window.latest)
  return { window, course: { state: ruling.state, elapsed: elapsed + delay }, latest }
}

/** The turns at the corners of a box, and, where they differ and it matters later, those at the change between them. */
const turnsOf = (
  turn: (point: Point) => Turn | undefined,
  { low, high }: Box,
  withChanges: boolean
): ReadonlyArray<Turn> => {
  const ends = sameData(low, high) ? [0] : [0, 1]
  const corners = ends.flatMap((time) =>
    ends.flatMap((drawn) => [0, lastDraw].map((random): Point => [time, drawn, random]))
  )
  const found = corners.map((point) => ({ point, turn: turn(point) }))
  const changes = found.flatMap((one) =>
    (withChanges ? found : []).flatMap((other) =>
      // Stryker disable next-line ConditionalExpression,LogicalOperator: to look where there is no change, or along diagonals, takes time alone
      isEdge(one.point, other.point) && kindOf(one.turn) !== kindOf(other.turn)
        ? changeBetween(turn, one.point, other.point)
        : []
    )
  )
  return [...found.map((each) => each.turn), ...changes].flatMap((each) => each ?? [])
}

// Stryker disable next-line ConditionalExpression: diagonals show what edges show, and take time
const isEdge = (a: Point, b: Point): boolean => a.filter((x, axis) => x !== b[axis]).length === 1

/** Gives the turns on both sides of the point between two at which the first kind of turn ends. */
const changeBetween = (
  turn: (point: Point) => Turn | undefined,
  one: Point,
  other: Point
): ReadonlyArray<Turn | undefined> => {
  const kind = kindOf(turn(one))
  const halve = ([near, far]: readonly [Point, Point]): readonly [Point, Point] => {
    const middle: Point = [(near[0] + far[0]) / 2, (near[1] + far[1]) / 2, (near[2] + far[2]) / 2]
    return kindOf(turn(middle)) === kind ? [middle, far] : [near, middle]
  }
  // Down to neighbouring numbers.
  return Array.from({ length: 54 }).reduce(halve, [one, other]).map(turn)
}

/** Which schedules have counted, as text: two courses of a kind differ in numbers alone. */
const kindOf = (turn: Turn | undefined): string => (turn === undefined ? 'stop' : countsOf(turn.course.state))

// --- boxes

const boxesOf = (turns: ReadonlyArray<Turn>): ReadonlyArray<Box> => {
  const boxes = new Map<string, Box>()
  for (const turn of turns) {
    const { course, latest } = turn
    const box = boxes.get(kindOf(turn))
    boxes.set(kindOf(turn), {
      low: box === undefined ? course : merge(Math.min, Math.min, box.low, course),
      high: box === undefined ? course : merge(Math.max, Math.max, box.high, course),
      latest: Math.max(box?.latest ?? 0, latest)
    })
  }
  return [...boxes.values()]
}

const courseAt = ({ low, high }: Box, [time, drawn]: Point): Course =>
  merge(between(time), between(drawn), low, high)

type Merge = (a: number, b: number) => number

const between =
  (at: number): Merge =>
  (a, b) =>
    // What is `null` before the first wait stays so.
    at === 0 ? a : a + at * (b - a)

/** Merges the times of two courses of a kind in one way, and what they drew last in another. */
const merge = (time: Merge, drawn: Merge, a: Course, b: Course): Course => {
  const scopes = (one: Scope, other: Scope): Scope => ({
    retry: one.retry,
    slept: time(one.slept, other.slept),
    // What was stepped has drawn: a table knows of no hints.
    drawn: drawn(one.drawn as number, other.drawn as number)
  })
  const { memory } = b.state
  return {
    state: {
      ...scopes(a.state, b.state),
      delay: a.state.delay,
      // Courses of a kind have their scopes in the same places.
      memory: a.state.memory.map((kept, i) => (isScope(kept) ? scopes(kept, memory[i] as Scope) : kept))
    },
    elapsed: time(a.elapsed, b.elapsed)
  }
}
