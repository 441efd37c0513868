/**
 * How wrappers stop what runs inside them: a light signal, handed inwards with the environment. A real `AbortSignal` is
 * made only where a user's function asks for one.
 */
import type { Failure } from '../policy/Failure.js'

// --- model

/** A signal that fires once. Mutable: it belongs to one call of the wrapper that made it. */
export interface Interrupt {
  fired: boolean
  reason: unknown
  readonly listeners: Set<Listener>
}

type Listener = (reason: unknown) => Cut | undefined

/** What an interrupt has cut short. */
export interface Cut {
  readonly attempts: number
  readonly omitted: number
  readonly failures: ReadonlyArray<Failure<unknown, unknown>>
  /** Will whoever was interrupted settle within some microtasks? */
  readonly settles: boolean
}

// --- constructors

export const makeInterrupt = (): Interrupt => ({ fired: false, reason: undefined, listeners: new Set() })

// --- firing and listening

/** Fires an interrupt, and gives what it cut short, from the outermost of those that listened. */
export const interrupt = (self: Interrupt, reason: unknown): Cut | undefined => {
  self.fired = true
  self.reason = reason
  const cuts = [...self.listeners].map((listener) => listener(reason))
  self.listeners.clear()
  return cuts.find((cut) => cut !== undefined)
}

/** Listens until the function that it gives is called. */
export const onInterrupt = (self: Interrupt | undefined, listener: Listener): (() => void) => {
  self?.listeners.add(listener)
  return () => {
    self?.listeners.delete(listener)
  }
}

// --- settling

// Wrappers such as `withDecoder` take a few microtasks each to pass on an outcome.
const hops = 8

/**
 * Calls `f` some microtasks from now: what had settled when an interrupt fired has arrived by then, and wins.
 */
export const afterSettled = (f: () => void): void => {
  const hop = (left: number): Promise<void> =>
    Promise.resolve().then(() => (left === 0 ? f() : hop(left - 1)))
  void hop(hops)
}
