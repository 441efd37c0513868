/**
 * How wrappers stop what runs inside them: a light signal, handed inwards with the environment. A real `AbortSignal` is
 * made only where a user's function asks for one.
 *
 * What had settled when an interrupt fires wins, though its outcome may have several wrappers still to come through; what
 * settles later, because of it or not, is dropped. A `Flight` keeps what is needed to tell one from the other.
 */
import type { Clock } from '../runtime/Clock.js'
import type { Sleeper } from '../runtime/Wheel.js'

// --- model

/** A signal that fires once. It belongs to one call of the wrapper that made it. */
export interface Interrupt {
  fired: boolean
  reason: unknown
  /** What ends a retry then. */
  abortion: Abortion
  /** Fires; says whether somebody inside will settle soon because of it. */
  readonly fire: (reason: unknown) => boolean
  /** Listens until the function that it gives is called; the listener says whether it will settle soon because of it. */
  readonly listen: (listener: (reason: unknown) => boolean) => () => void
  /** Makes an attempt, which rejects with the interrupt itself when it is cut short. */
  readonly attempt: (
    make: (flight: Flight) => Promise<unknown>,
    outer: Flight | undefined
  ) => Promise<unknown>
  /** Marks what the interrupt has cut short, from a flight inside up to that of the wrapper whose interrupt it is. */
  readonly cut: (inner: Flight | undefined) => void
  /** Wakes a sleeper after a delay, or when the interrupt fires. */
  readonly after: (clock: Clock, sleeper: Sleeper, delay: number, outer: Flight | undefined) => void
}

export interface Abortion {
  readonly _tag: 'GiveUp'
  readonly cause?: undefined
  readonly verdict: { readonly _tag: 'Aborted'; readonly reason: unknown }
}

/** How things stand inside of a wrapper that waits for an outcome. */
export interface Flight {
  /** Waiting for a function or a clock; or an outcome is on its way; or one that only an interrupt has brought about. */
  state: 'out' | 'landed' | 'cut'
  /** That of the next such wrapper around it. */
  readonly outer: Flight | undefined
}

// --- constructors

/** Makes the interrupt of a wrapper, which stands at the end of all flights inside of it. */
export const makeInterrupt = (flight: Flight): Interrupt => {
  // Made when it is first needed: a function that is called by itself does not listen.
  let listeners: Set<(reason: unknown) => boolean> | undefined
  const listen: Interrupt['listen'] = (listener) => {
    const all = (listeners ??= new Set())
    all.add(listener)
    return () => {
      all.delete(listener)
    }
  }
  const self: Interrupt = {
    fired: false,
    reason: undefined,
    abortion: abortionFor(undefined),
    listen,
    cut: (inner) => {
      for (let each = inner; each !== undefined; each = each === flight ? undefined : each.outer)
        each.state = 'cut'
    },
    fire: (reason) => {
      self.fired = true
      self.reason = reason
      self.abortion = abortionFor(reason)
      return [...(listeners ?? [])].map((listener) => listener(reason)).includes(true)
    },
    attempt: (make, outer) =>
      new Promise((resolve, reject) => {
        const own = newFlight(outer)
        const cut = (): void => {
          self.cut(own)
          reject(self)
        }
        if (self.fired) {
          cut()
          return
        }
        mark(outer, 'out')
        const stopListening = listen(() => {
          settleSoon(() => own.state === 'landed', cut)
          return true
        })
        const settled = (end: () => void): void => {
          stopListening()
          mark(own, 'landed')
          end()
        }
        make(own).then(
          (value) => {
            settled(() => {
              resolve(value)
            })
          },
          (error: unknown) => {
            settled(() => {
              reject(error)
            })
          }
        )
      }),
    after: (clock, sleeper, delay, outer) => {
      const cut = (): void => {
        self.cut(outer)
        sleeper.wake(sleeper)
      }
      if (self.fired) {
        cut()
        return
      }
      mark(outer, 'out')
      const cancel = clock.after(delay, () => {
        stopListening()
        mark(outer, 'landed')
        sleeper.wake(sleeper)
      })
      const stopListening = listen(() => {
        cancel()
        cut()
        return true
      })
    }
  }
  return self
}

const abortionFor = (reason: unknown): Abortion => ({
  _tag: 'GiveUp',
  verdict: { _tag: 'Aborted', reason }
})

export const newFlight = (outer: Flight | undefined): Flight => ({ state: 'out', outer })

// --- settling

/** Marks how things stand, for a wrapper and all those around it; what has been cut short stays so. */
export const mark = (flight: Flight | undefined, state: 'out' | 'landed'): void => {
  for (let each = flight; each !== undefined; each = each.outer) if (each.state !== 'cut') each.state = state
}

// An outcome takes a few microtasks for each wrapper that it comes through; a step of `via` may hold it up for good.
const patience = 64

/**
 * Calls `end` a microtask from now, when whatever has settled by now has told whoever waits for it; or some more later, if
 * an outcome is on its way. To be called before any signal tells the function, whose answer to that must come later.
 */
export const settleSoon = (onItsWay: () => boolean, end: () => void): void => {
  const hop = (left: number): Promise<void> =>
    Promise.resolve().then(() => (left === 0 || !onItsWay() ? end() : hop(left - 1)))
  void hop(patience)
}
