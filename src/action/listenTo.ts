/**
 * Any number of calls may share a long-lived signal, and Node warns of a leak at eleven listeners: so they share one, too.
 */

// The only state of the module; what it holds is gone when the calls or the signal are.
const shared = new WeakMap<AbortSignal, Listeners>()

interface Listeners {
  readonly all: Set<(reason: unknown) => void>
  readonly tell: () => void
}

/** Calls `fire` when a signal aborts, which must not have aborted yet, until the function that it gives is called. */
export const listenTo = (signal: AbortSignal, fire: (reason: unknown) => void): (() => void) => {
  const { all, tell } = shared.get(signal) ?? newListeners(signal)
  if (all.size === 0) signal.addEventListener('abort', tell)
  all.add(fire)
  return () => {
    if (!all.delete(fire) || all.size > 0) return
    try {
      signal.removeEventListener('abort', tell)
    } catch {
      // A signal that is none of the platform's: nobody is told any more, and a call must end all the same.
    }
  }
}

const newListeners = (signal: AbortSignal): Listeners => {
  const all: Listeners['all'] = new Set()
  const listeners: Listeners = {
    all,
    tell: () => {
      for (const fire of all) fire(signal.reason)
    }
  }
  shared.set(signal, listeners)
  return listeners
}
