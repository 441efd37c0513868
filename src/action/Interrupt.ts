/**
 * How wrappers stop what runs inside them: a light signal, handed inwards with the environment. A real `AbortSignal` is
 * made only where a user's function asks for one.
 */
import type { Failure } from '../policy/Failure.js'

// --- model

/** A signal that fires once. It belongs to one call of the wrapper that made it. */
export interface Interrupt {
  /** Has it fired? */
  fired: boolean
  reason: unknown
  /** Fires; gives what it has cut short, as the first of the listeners says that has something to say. */
  readonly fire: (reason: unknown) => Cut | undefined
  /** Listens until the function that it gives is called. */
  readonly listen: (listener: (reason: unknown) => Cut | undefined) => () => void
  /**
   * Listens for a run that can be cut short: `look` says how far it has come; `end` ends it, unless it has landed and its
   * outcome arrives.
   */
  readonly guard: (look: () => Progress, landed: () => boolean, end: () => void) => () => void
  /** Marks a flight, and those around it, as landed; or as not, when another attempt follows. */
  readonly land: (flight: Flight | undefined, landed: boolean) => void
}

/**
 * Says whether the function that an attempt calls has settled, however many wrappers its outcome has still to come through:
 * what settled before an interrupt wins; what settles later, because of it or not, is dropped.
 */
export interface Flight {
  landed: boolean
  /** That of the wrapper around this one which waits for an outcome. */
  readonly outer: Flight | undefined
}

/** How far a run has come. */
export interface Progress {
  readonly attempts: number
  readonly elapsed: number
  readonly failures: ReadonlyArray<Failure<unknown, unknown>>
  readonly omitted: number
}

/** What an interrupt has cut short. */
export interface Cut extends Progress {
  /** Will whoever was interrupted settle within some microtasks? */
  readonly settles: boolean
}

// --- constructors

export const makeInterrupt = (): Interrupt => {
  const listeners = new Set<(reason: unknown) => Cut | undefined>()
  const self: Interrupt = {
    fired: false,
    reason: undefined,
    fire: (reason) => {
      self.fired = true
      self.reason = reason
      const cuts = [...listeners].map((listener) => listener(reason))
      listeners.clear()
      return cuts.find((cut) => cut !== undefined)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    guard: (look, landed, end) =>
      self.listen(() => {
        settleSoon(landed, end)
        return { ...look(), settles: true }
      }),
    land
  }
  return self
}

// --- settling

// What has landed comes through a few microtasks for each wrapper; a step of `via` may hold it up for good.
const patience = 64

/**
 * Calls `end` a microtask from now, when whatever has settled by now has told whoever waits for it; or some more later, if
 * it has landed. To be called before any signal tells the function, whose answer to that must come later.
 */
export const settleSoon = (landed: () => boolean, end: () => void): void => {
  const hop = (left: number): Promise<void> =>
    Promise.resolve().then(() => (left === 0 || !landed() ? end() : hop(left - 1)))
  void hop(patience)
}

export const land = (flight: Flight | undefined, landed: boolean): void => {
  for (let each = flight; each !== undefined; each = each.outer) each.landed = landed
}
