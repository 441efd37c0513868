/**
 * Waits as engines know them: the first, times a factor each time, up to a longest one, spread from a part of that
 * on, and so many times. Many policies come to such a course, although they are written in other words: a list whose
 * waits grow by a factor, a limit of time under which a schedule without jitter stops after the same number of
 * retries each time.
 */
import { bounds } from '../policy/bounds.js'
import { greatest } from '../policy/greatest.js'
import { matchesEverything } from '../policy/implies.js'
import { everyPart } from '../policy/namedParts.js'
import { lastDraw } from '../policy/Place.js'
import { type AnyPolicy, omit, type Schedule } from '../policy/RetryPolicy.js'
import { contextOf, decideFrom, initialState, type Plan, planOf, type StepState } from '../policy/step.js'
import { type Draft, exactly, spread, type Window } from '../policy/Window.js'

// --- model

/**
 * The wait before the n-th retry is drawn from [ratio · w, w], where w is first · factor^(n − 1), but at most `most`.
 * Milliseconds. Waits that stay the same have the factor 1, and `most` is then `first`.
 */
export interface Course {
  readonly first: number
  readonly factor: number
  /** `Infinity` if there is none. */
  readonly most: number
  /** The shortest wait as a part of the longest: 1 for exact waits, 0 for full jitter, 0.5 for equal jitter. */
  readonly ratio: number
  /** `Infinity` if nothing stops it. */
  readonly retries: number
}

/** Which part of a policy makes waits that are no course. */
export type Blame = 'schedule' | 'floorDelay' | 'limitDelay' | 'limitTotalDelay'

export const isCourse = (found: Course | ReadonlyArray<Blame>): found is Course => 'ratio' in found

/** The longest wait of a course. */
export const topOf = ({ factor, first, most, retries }: Course): number =>
  Math.min(most, factor <= 1 ? first : first * factor ** Math.max(0, retries - 1))

// --- conversions

/** Gives the course of a policy that judges nothing and takes no hints, or what makes it none. */
export const courseOf = (self: AnyPolicy): Course | ReadonlyArray<Blame> => {
  const found = grown(self)
  return isCourse(found) ? found : (listed(self) ?? found)
}

/** What its jitter makes of a wait of 1 ms. */
export const spreadOf = ({ withJitter = [] }: AnyPolicy): Window => {
  const window: Draft = { from: 0, to: 0, latest: 0 }
  exactly(window, 1)
  for (const jitter of withJitter) spread(window, jitter)
  return window
}

/** The course of a formula with settings, worked out from their values. */
const grown = (self: AnyPolicy): Course | ReadonlyArray<Blame> => {
  const growth = growthOf(self.schedule)
  if (growth === undefined) return ['schedule']
  const { from, to } = spreadOf(self)
  const retries = retriesOf(self, from / to)
  if (typeof retries !== 'number') return retries
  const { floorDelay = 0, capDelay = Infinity } = self
  // A single wait grows by nothing.
  const factor = retries <= 1 ? 1 : growth.factor
  const waits = bounded(growth.base * to, factor, from / to, floorDelay, capDelay)
  return waits === undefined ? ['floorDelay'] : { ...waits, retries }
}

interface Growth {
  readonly base: number
  readonly factor: number
}

/** How the waits of a formula grow; `undefined` if not by a factor. */
export const growthOf = (schedule: Schedule): Growth | undefined => {
  switch (schedule._tag) {
    case 'exponential':
      return schedule.base === 0 ? { base: 0, factor: 1 } : schedule
    case 'fixed':
      return { base: schedule.delay, factor: 1 }
    case 'linear':
      return schedule.step === 0 ? { base: schedule.base, factor: 1 } : undefined
    case 'fibonacci':
    case 'decorrelated':
      return schedule.base === 0 ? { base: 0, factor: 1 } : undefined
    case 'delays':
      return growthOfList(schedule.delays)
    default:
      return undefined
  }
}

type Waits = Omit<Course, 'retries'>

const constant = (first: number, ratio = 1): Waits => ({ first, factor: 1, most: first, ratio })

/** The normal form: the floor first, then the cap. A cap scales a window, and so keeps its ratio. */
const bounded = (
  first: number,
  factor: number,
  ratio: number,
  floor: number,
  most: number
): Waits | undefined => {
  if (first === 0 || floor >= most) return constant(Math.min(floor, most))
  if (factor === 1 && first <= floor) return constant(floor)
  // Waits that get shorter come below any floor.
  if (floor > 0 && (factor < 1 || ratio * first < floor)) return undefined
  if (factor === 1 || (factor > 1 && most <= first)) return constant(Math.min(first, most), ratio)
  return { first, factor, most, ratio }
}

/** How many retries there are, whatever is drawn; else which limits ask what was drawn. */
const retriesOf = (self: AnyPolicy, ratio: number): number | ReadonlyArray<Blame> => {
  const { limitDelay, limitRetries = Infinity, limitTotalDelay, schedule } = self
  const count = Math.min(limitRetries, schedule._tag === 'delays' ? schedule.delays.length : Infinity)
  if (limitDelay === undefined && limitTotalDelay === undefined) return count
  if (ratio === 1) {
    const { retries } = bounds(self)
    if (typeof retries !== 'object') return retries === 'unbounded' ? Infinity : retries
  }
  const free = bounds(omit(self, ['limitDelay', 'limitTotalDelay']))
  const blamed = [
    ...((greatest(free.delay) ?? Infinity) > (limitDelay ?? Infinity) ? ['limitDelay' as const] : []),
    ...((greatest(free.totalDelay) ?? Infinity) > (limitTotalDelay ?? Infinity)
      ? ['limitTotalDelay' as const]
      : [])
  ]
  return blamed.length === 0 ? count : blamed
}

// --- lists

// A list of more waits is nobody's intention.
const longestList = 100

/** The course of a policy whose waits are always the same few, found by stepping. */
const listed = (self: AnyPolicy): Course | undefined => {
  if (everyPart(self).some(dependsOnMore)) return undefined
  const waits = waitsOf(planOf(self), initialState, initialState)
  return waits === undefined ? undefined : fitted(waits)
}

/** Do waits depend on more than the number of retries and the draws? */
export const dependsOnMore = ({ delayFrom, limitElapsed, retryOn, schedule }: AnyPolicy): boolean =>
  ['custom', 'when'].includes(schedule._tag) ||
  (schedule._tag === 'decorrelated' && schedule.base > 0) ||
  delayFrom !== undefined ||
  limitElapsed !== undefined ||
  (retryOn !== undefined && !matchesEverything(retryOn))

/** Decides on a failure that no condition judges. */
export const rule = (plan: Plan, state: StepState, random: number): ReturnType<typeof decideFrom> =>
  decideFrom(
    plan,
    state,
    { _tag: 'Rejected', value: undefined, reasons: [] },
    contextOf(state, state.slept, '', []),
    random
  )

/** The waits that follow, if they are the same for the lowest draws and the highest. */
const waitsOf = (
  plan: Plan,
  low: StepState,
  high: StepState,
  before: ReadonlyArray<number> = []
): ReadonlyArray<number> | undefined => {
  const [a, b] = [rule(plan, low, 0), rule(plan, high, lastDraw)]
  if (a._tag === 'GiveUp' && b._tag === 'GiveUp') return isFault(a) || isFault(b) ? undefined : before
  if (a._tag !== 'Retry' || b._tag !== 'Retry' || before.length === longestList) return undefined
  return a.window.from === b.window.to ? waitsOf(plan, a.state, b.state, [...before, a.delay]) : undefined
}

/** Did a function of the policy fail? */
export const isFault = (ruling: ReturnType<typeof rule>): boolean =>
  ruling._tag === 'GiveUp' && ruling.verdict._tag === 'PolicyFault'

/** The course that comes to a list of whole waits. */
const fitted = (waits: ReadonlyArray<number>): Course | undefined => {
  const [first = 0] = waits
  const most = Math.max(...waits, 0)
  const factor = factorOf(waits)
  const fits = waits.every((wait, i) => {
    const computed = Math.min(most, first * factor ** i)
    // What a factor comes to may lie just below a whole number.
    return computed > wait - 1e-6 && computed < wait + 1
  })
  if (!fits) return undefined
  return { ...(factor === 1 ? constant(first) : { first, factor, most, ratio: 1 }), retries: waits.length }
}

const factorOf = ([first = 0, second = first]: ReadonlyArray<number>): number =>
  first === 0 ? 1 : second / first

/** How the waits of a list grow, if all by one factor. */
const growthOfList = (waits: ReadonlyArray<number>): Growth | undefined => {
  const [base = 0] = waits
  const factor = factorOf(waits)
  return waits.every((wait, i) => Math.abs(wait - base * factor ** i) <= 1e-9 * wait)
    ? { base, factor }
    : undefined
}

/** Is it certain that a policy never retries? */
export const neverRetries = (self: AnyPolicy): boolean => {
  if (everyPart(self).some(({ schedule }) => ['custom', 'mapDelay', 'when'].includes(schedule._tag)))
    return false
  const plan = planOf(self)
  return [0, lastDraw].every((random) => rule(plan, initialState, random)._tag === 'GiveUp')
}
