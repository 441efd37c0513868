/**
 * Where the calls of a policy can have got to after some retries: all states with the same counts at once. What differs is
 * the time slept, a range of whole milliseconds, and the wait drawn last.
 */
import { firstContext } from './Alphabet.js'
import { type Frame, newWindow, type Scope } from './evaluate.js'
import type { Cause, Context } from './Failure.js'
import { type Again, decideFrom, type Plan, type StepState } from './step.js'
import { draw, type Window } from './Window.js'

// --- model

export interface Place {
  /** The state that has slept least, and the one that has slept most; attempts take no time. */
  readonly low: StepState
  readonly high: StepState
  /** Can a call get to `low`, to `high`, to all times in between? Otherwise they are only known not to be exceeded. */
  readonly lowReached: boolean
  readonly highReached: boolean
  readonly filled: boolean
}

/** One more retry. */
export interface Turn {
  /** Whole milliseconds; `longestReached`: can a call wait so long? */
  readonly shortest: number
  readonly longest: number
  readonly longestReached: boolean
  readonly to: Place
}

/** The greatest draw there is: 1 - 2^-53. Written out, so that bundlers see that nothing happens here. */
export const lastDraw = 0.9999999999999999

// --- turns

/** Gives what follows a failure; `undefined` if no call goes on. `drifting`: do windows depend on the wait drawn last? */
export const turn = (
  plan: Plan,
  { filled, high, highReached, low, lowReached }: Place,
  cause: Cause<unknown, unknown>,
  drifting: boolean
): Turn | undefined => {
  // The longer the wait drawn last, the more a cap scales, and the earlier a window can start.
  const ofLeast = after(plan, low, cause)
  const ofMost = drifting ? after(plan, { ...high, slept: low.slept }, cause) : undefined
  const first = ofLeast ?? ofMost
  if (first === undefined) return undefined
  const other = ofMost ?? first
  // The counts are the same: if one goes on, so does the other, but for time.
  const { settle, window } = look(plan, high, cause)
  const shortest = Math.min(first.delay, other.delay)
  // A wait ends in time if it ends by `latest`: this much is left for those who have slept least, and most.
  const most = Math.floor(first.window.latest - low.slept)
  const least = Math.floor(window.latest - high.slept)
  const [ofLow, ofHigh] = [greatest(first.window), greatest(window)]
  const end = endOf(first.window, window)
  const longest = Math.min(Math.floor(end), most)
  // Where those who have slept most are too late already, others still get to the limit.
  const inTime = least >= shortest
  const slept = Math.min(high.slept + longest, Math.floor(window.latest))
  const drawn = Math.min(end, longest + 1)
  const reached = lowReached && ofLeast !== undefined
  return {
    shortest,
    longest,
    longestReached:
      (reached && Math.min(ofLow, most) === longest) ||
      (highReached && inTime && Math.min(ofHigh, least) === longest),
    to: {
      low: { ...extreme(Math.min, first.state, other.state), slept: low.slept + shortest },
      high: { retry: high.retry + 1, slept, drawn, delay: longest, memory: settle(longest, drawn) },
      lowReached: reached && shortest === first.delay,
      highReached: inTime
        ? highReached && (!drifting || (slept - high.slept === ofHigh && drawn === draw(window, lastDraw)))
        : filled && !drifting && isLimit(plan, high, cause, slept, shortest),
      filled: filled && !drifting
    }
  }
}

/** What is asked here are data, which look at no more of a context. */
const contextAt = ({ slept }: StepState): Context => ({ ...firstContext, elapsed: slept })

/** Gives the retry with the shortest wait; `undefined` if there is none. */
export const after = (plan: Plan, state: StepState, cause: Cause<unknown, unknown>): Again | undefined => {
  const ruling = decideFrom(plan, state, cause, contextAt(state), 0)
  return ruling._tag === 'Retry' ? ruling : undefined
}

export interface Peek {
  readonly window: Window
  readonly settle: (delay: number, drawn: number) => ReadonlyArray<unknown>
}

/** Gives the window that follows a state with whose counts a call goes on, whether a wait ends in time or not. */
export const look = (plan: Plan, state: StepState, cause: Cause<unknown, unknown>): Peek => {
  const window = newWindow(cause)
  const frame: Frame = { context: contextAt(state), random: lastDraw, memory: state.memory }
  plan.evaluate(window, state, frame)
  return { window, settle: (delay, drawn) => frame.settle?.(delay, drawn) ?? frame.memory }
}

/**
 * What no draw from two windows, or from any in between, exceeds. Draws are rounded: where the windows do not start together,
 * a narrower one in between may be drawn to its very end.
 */
export const endOf = (a: Window, b: Window): number =>
  a.from === b.from ? Math.max(draw(a, lastDraw), draw(b, lastDraw)) : Math.max(a.to, b.to)

/** The longest whole wait of a window. */
export const greatest = (window: Window): number => Math.floor(draw(window, lastDraw))

/** Is `end` the limit for those too whose shortest wait ends there? */
const isLimit = (
  plan: Plan,
  state: StepState,
  cause: Cause<unknown, unknown>,
  end: number,
  shortest: number
): boolean => Math.floor(look(plan, { ...state, slept: end - shortest }, cause).window.latest) === end

// --- merging

/** A text that is the same for states with the same counts. */
export const countsOf = ({ memory }: StepState): string =>
  memory.map((kept) => isScope(kept) && kept.retry).join()

/** Gives one place for two with the same counts. */
export const merge = (a: Place, b: Place, drifting: boolean): Place => {
  const lowest = a.low.slept <= b.low.slept ? a : b
  const highest = a.high.slept >= b.high.slept ? a : b
  return {
    low: drifting ? extreme(Math.min, a.low, b.low) : lowest.low,
    high: drifting ? extreme(Math.max, a.high, b.high) : highest.high,
    lowReached: !drifting && lowest.lowReached,
    highReached: !drifting && highest.highReached,
    filled: a.filled && b.filled && a.low.slept <= b.high.slept + 1 && b.low.slept <= a.high.slept + 1
  }
}

type End = (a: number, b: number) => number

const extreme = (end: End, a: StepState, b: StepState): StepState => ({
  ...scope(end, a, b),
  // Where two states are compared there was a retry, and a wait before it.
  delay: end(a.delay as number, b.delay as number),
  // The counts are the same, so both have kept scopes, or neither has.
  memory: a.memory.map((kept, i) => (isScope(kept) ? scope(end, kept, b.memory[i] as Scope) : kept))
})

const scope = (end: End, a: Scope, b: Scope): Scope => ({
  retry: a.retry,
  slept: end(a.slept, b.slept),
  // What was stepped has drawn: policies with hints are not walked.
  drawn: end(a.drawn as number, b.drawn as number)
})

export const isScope = (kept: unknown): kept is Scope => typeof kept === 'object' && kept !== null
