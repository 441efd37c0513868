import { type Inner, left, type Result, type Run } from './entry.js'
import { makeInterrupt, newFlight, settleSoon } from './Interrupt.js'
import { isAborted, type Progress } from './RetryError.js'

/** What ends a run early: `arm` is given the function that does it, and gives back how to disarm. */
export interface Rival {
  readonly arm: (fire: (reason: unknown) => void) => () => void
  /** The error to end with, given how far the run had come. */
  readonly error: (progress: Progress, reason: unknown) => unknown
}

/**
 * Runs under an interrupt of its own, against a rival that may fire it. What settled before the rival fired wins; what
 * settles later is dropped. Ends soon after the interrupt in any case, and leaves no listener or timer behind.
 */
export const race =
  (inner: Inner, { arm, error }: Rival): Run =>
  (env, args) =>
    new Promise((resolve, reject) => {
      const outer = env.interrupt
      if (outer?.fired === true) {
        resolve(left(aborted(notBegun, outer.reason)))
        return
      }
      const began = env.clock.now()
      const flight = newFlight(env.flight)
      const own = makeInterrupt(flight)
      let done = false
      /** What it ends with when it is stopped, given how far it had come. */
      let stopped: (progress: Progress) => unknown
      const finish = (end: () => void): void => {
        if (done) return
        done = true
        disarm()
        stopListening?.()
        end()
      }
      const lose = (progress: Progress): void => {
        finish(() => {
          resolve(left(stopped({ ...progress, elapsed: env.clock.now() - began })))
        })
      }
      const stop = (reason: unknown, end: typeof stopped): boolean => {
        // What fires first, wins.
        if (own.fired) return true
        stopped = end
        settleSoon(
          () => settles || flight.state !== 'out',
          () => {
            lose(oneAttempt)
          }
        )
        const settles = own.fire(reason)
        return true
      }
      const stopListening = outer?.listen((reason) =>
        stop(reason, (progress) => {
          outer.cut(env.flight)
          return aborted(progress, reason)
        })
      )
      const disarm = arm((reason) => {
        stop(reason, (progress) => error(progress, reason))
      })
      void inner(
        { ...env, interrupt: own, flight },
        args,
        (result) => {
          if (flight.state === 'cut') lose(progressOf(result))
          else {
            finish(() => {
              resolve(result)
            })
          }
        },
        (thrown) => {
          finish(() => {
            reject(thrown)
          })
        }
      )
    })

/** How far a run has come that never began. */
export const notBegun: Progress = { attempts: 0, elapsed: 0, failures: [], omitted: 0 }

// A plain function is one attempt.
const oneAttempt: Progress = { attempts: 1, elapsed: 0, failures: [], omitted: 0 }

/** The error of a run that was aborted. */
export const aborted = (progress: Progress, reason: unknown): unknown => ({
  _tag: 'Aborted',
  ...progress,
  reason
})

/** How far a retry had come that was cut short. */
const progressOf = (result: Result): Progress => {
  // What is no error has none.
  const { left: error } = result as { readonly left?: unknown }
  if (!isAborted(error)) return oneAttempt
  const { attempts, elapsed, failures, omitted } = error
  return { attempts, elapsed, failures, omitted }
}
