/**
 * What no history of a policy can exceed, as far as its structure tells, and the algebra of it: how formulas, bounds, limits
 * and combinations change it.
 */
import { longest } from './Duration.js'
import type { Cause } from './Failure.js'
import type { Jitter } from './RetryPolicy.js'

// --- model

/** Figures that are never exceeded; `Infinity` where nothing bounds them. Times in milliseconds. */
export interface Envelope {
  readonly retries: number
  /** No window starts earlier, and none ends later. */
  readonly from: number
  readonly to: number
  /** No window starts at a smaller part of its end: 1 if all hold but one wait. */
  readonly ratio: number
  /** How many windows may start below a wait. */
  readonly below: (wait: number) => number
  /** The longest wait drawn, and the sum of all. */
  readonly wait: number
  readonly sum: number
  /** What time limits say of a single wait, of the sum, and of the time from the start of the call to the end of the last. */
  readonly limit: number
  readonly slept: number
  readonly end: number
  /** Does it certainly go on for as long as the count around it lasts? */
  readonly lasting: boolean
}

/** What a policy is part of. */
export interface Frame {
  /** There are no more retries than that. */
  readonly count: number
  /** The jitter from further down the pipe. */
  readonly jitter: ReadonlyArray<Jitter>
  /** May what is around it make waits shorter? */
  readonly shortened: boolean
  /** May what is around it go on where limits of time end it? */
  readonly loose: boolean
  /** The longest wait that ends in time. */
  readonly limit: number
  /** The longest wait that comes out in the end. */
  readonly within: number
  /** The failures that get here; `undefined` where conditions may say anything. */
  readonly causes: ReadonlyArray<Cause<unknown, unknown>> | undefined
}

// --- formulas

/** Retries that can be counted. */
export const countable = 9_007_199_254_740_992

/** Waits between two, before jitter; `reached`: after so many retries, waits that grow are as long as a given one. */
export const between = (
  first: number,
  last: number,
  { count, jitter }: Frame,
  reached: (wait: number) => number = () => Infinity
): Envelope => {
  if (count === 0) return nothing
  const [narrow, wide] = [narrowest(jitter), widest(jitter)]
  const to = Math.min(Math.max(first, last) * wide, count < Infinity ? longest : Infinity)
  // What saturates is scaled.
  const settled = scaled(Infinity, longest, narrow / wide)
  const from = Math.min(Math.min(first, last) * narrow, settled)
  return {
    retries: count,
    from,
    to,
    ratio: narrow / wide,
    below: (wait) =>
      wait <= from
        ? 0
        : last > first && wait <= settled
          ? Math.min(count, 1 + Math.ceil(reached(wait / narrow)))
          : count,
    wait: to,
    sum: times(count, to),
    limit: Infinity,
    slept: Infinity,
    end: Infinity,
    lasting: true
  }
}

export const nothing: Envelope = {
  retries: 0,
  from: 0,
  to: 0,
  ratio: 1,
  below: () => 0,
  wait: 0,
  sum: 0,
  limit: Infinity,
  slept: Infinity,
  end: Infinity,
  lasting: true
}

/** How jitter moves the end of a window, at most, and its start. */
export const widest = (jitter: ReadonlyArray<Jitter>): number =>
  jitter.reduce<number>((width, each) => width * (typeof each === 'number' ? 1 + each : 1), 1)

const narrowest = (jitter: ReadonlyArray<Jitter>): number =>
  jitter.reduce<number>((width, each) => width * (each === 'full' ? 0 : each === 'equal' ? 0.5 : 1 - each), 1)

// --- bounds and limits

/** What is beyond a cap is scaled, and so starts earlier; by how much is known up to rounding. */
export const scaled = (from: number, cap: number, ratio: number): number =>
  Math.min(from, ratio === 1 ? cap : cap * ratio * (1 - 2 ** -40))

export const times = (count: number, wait: number): number =>
  wait < 1 || count === 0 ? 0 : count * Math.floor(wait)

/** Where time limits hold: a stage, what a `when` chooses, or the whole. */
export const inTime = (self: Envelope, { limit: outer, loose, shortened }: Frame): Envelope => {
  if (loose) return self
  const { below, end, from, lasting, slept } = self
  const limit = Math.min(self.limit, outer)
  if (Math.floor(from) > outer) return { ...nothing, lasting: false }
  const time = Math.floor(Math.min(slept, end))
  // Those that may come to nothing, and those that take their time.
  const fitting = below(1) + Math.floor(time / Math.max(1, Math.floor(from)))
  const retries = shortened ? self.retries : Math.min(self.retries, fitting, below(Math.floor(limit) + 1))
  const wait = retries === 0 ? 0 : Math.min(self.wait, limit)
  return {
    ...self,
    retries,
    wait,
    sum: Math.min(self.sum, time, times(retries, wait)),
    lasting: lasting && isFree({ ...self, limit })
  }
}

/** Are its limits of time such that no wait comes near? */
const isFree = ({ end, limit, slept, sum, to }: Envelope): boolean =>
  end === Infinity && sum <= slept && to <= limit

// --- combinations

export const bothOf = (a: Envelope, b: Envelope): Envelope => {
  const to = Math.max(a.to, b.to)
  return {
    retries: Math.min(a.retries, b.retries),
    from: Math.max(a.from, b.from),
    to,
    ratio: Math.min(a.ratio, b.ratio),
    below: (wait) => Math.min(a.below(wait), b.below(wait)),
    // A draw from the longer window is no longer than the two draws together.
    wait: Math.min(to, a.wait + b.wait),
    sum: a.sum + b.sum,
    limit: Math.min(a.limit, b.limit),
    slept: Math.min(a.slept, b.slept),
    end: Math.min(a.end, b.end),
    lasting: a.lasting && b.lasting
  }
}

/** Goes on while one does, after the shorter wait; `alone`: where the other does not go on. */
export const eitherOf = (
  a: Envelope,
  b: Envelope,
  alone: readonly [Envelope, Envelope],
  count: number
): Envelope => {
  // No window is longer than that of a branch that always goes on.
  const shorter = (key: 'to' | 'wait' | 'sum', otherwise: number): number =>
    Math.min(a.lasting ? a[key] : Infinity, b.lasting ? b[key] : Infinity, otherwise)
  const all = oneOf(a, b, count)
  const [onlyA, onlyB] = alone
  return {
    ...all,
    retries: Math.min(all.retries, Math.min(a.retries, b.retries) + onlyA.retries + onlyB.retries),
    to: shorter('to', all.to),
    wait: shorter('wait', all.wait),
    sum: shorter('sum', Math.min(all.sum, Math.min(a.sum, b.sum) + onlyA.sum + onlyB.sum)),
    slept: Math.max(a.slept, b.slept),
    lasting: (a.lasting && (b.lasting || isFree(a))) || (b.lasting && isFree(b))
  }
}

/** Each retry is one of the first's, or of the second's, or the shorter of both. */
export const oneOf = (a: Envelope, b: Envelope, count: number): Envelope => ({
  retries: Math.min(count, a.retries + b.retries),
  from: a.retries === 0 ? b.from : b.retries === 0 ? a.from : Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
  ratio: Math.min(a.ratio, b.ratio),
  below: (wait) => a.below(wait) + b.below(wait),
  wait: Math.max(a.wait, b.wait),
  sum: a.sum + b.sum,
  limit: Math.max(a.limit, b.limit),
  slept: a.slept + b.slept,
  end: Math.max(a.end, b.end),
  lasting: false
})
