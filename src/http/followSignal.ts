/**
 * The signal of one attempt: it aborts with that of the attempt and with that of the caller. The latter counts for as long as
 * the body of the answer is there, as it does with plain `fetch`: a call is over with the headers, a stream goes on.
 */
import { listenTo } from '../action/listenTo.js'

/** A signal, and what becomes of it when the attempt is over. */
export interface Followed {
  readonly signal: AbortSignal
  /** Follows the caller no more, unless it is kept. */
  readonly release: () => void
  /** Follows the caller for as long as these are in use. */
  readonly keepFor: (owners: ReadonlyArray<unknown>) => void
}

/** Makes the signal for an attempt; without one of the caller it is that of the attempt. */
export const followSignal = (attempt: AbortSignal, caller: AbortSignal | undefined): Followed => {
  if (caller === undefined) return { signal: attempt, release: nothing, keepFor: nothing }
  const controller = new AbortController()
  if (attempt.aborted) controller.abort(attempt.reason)
  // The signal of an attempt is its own, so this listener goes with it.
  else
    attempt.addEventListener(
      'abort',
      () => {
        controller.abort(attempt.reason)
      },
      { once: true }
    )
  const forget = follow(caller, controller)
  const state = { kept: false }
  return {
    signal: controller.signal,
    release: () => {
      if (!state.kept) forget()
    },
    keepFor: (owners) => {
      state.kept = true
      for (const owner of owners.filter(isObject)) kept.set(owner, controller)
    }
  }
}

const nothing = (): void => undefined

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

// Any number of answers may hang on a long-lived signal, which does not hold them: a controller lives as long as the answer
// that it is kept for. The only state of the module.
const kept = /* #__PURE__ */ new WeakMap<object, AbortController>()
const collected = /* #__PURE__ */ new FinalizationRegistry<() => void>((forget) => {
  forget()
})

const follow = (signal: AbortSignal, controller: AbortController): (() => void) => {
  if (signal.aborted) {
    controller.abort(signal.reason)
    return nothing
  }
  const ref = new WeakRef(controller)
  const forget = listenTo(signal, aborting(ref))
  collected.register(controller, forget, ref)
  return () => {
    collected.unregister(ref)
    forget()
  }
}

// Apart, so that it closes over nothing that holds the controller.
const aborting =
  (ref: WeakRef<AbortController>) =>
  (reason: unknown): void => {
    ref.deref()?.abort(reason)
  }
