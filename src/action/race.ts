import { left, type Result, type Run } from './entry.js'
import { type Cut, makeInterrupt, type Progress, settleSoon } from './Interrupt.js'
import { isAborted } from './RetryError.js'

/** What ends a run early: `arm` is given the function that does it, and gives back how to disarm. */
export interface Rival {
  readonly arm: (fire: (reason: unknown) => void) => () => void
  /** The error to end with, given what was cut short. */
  readonly error: (cut: Progress, reason: unknown) => unknown
}

/**
 * Runs under an interrupt of its own, against a rival that may fire it. What settled before the rival fired wins; what
 * settles later is dropped. Ends soon after the interrupt in any case, and leaves no listener or timer behind.
 */
export const race =
  (run: Run, { arm, error }: Rival): Run =>
  (env, args) =>
    new Promise((resolve, reject) => {
      if (env.interrupt?.fired === true) {
        resolve(left(aborted(notBegun, env.interrupt.reason)))
        return
      }
      const began = env.clock.now()
      const own = makeInterrupt()
      const flight = { landed: false, outer: env.flight }
      const state = { done: false, lost: false }
      const finish = (end: () => void): void => {
        if (state.done) return
        state.done = true
        disarm()
        stopListening?.()
        end()
      }
      // A plain function is one attempt.
      const progress = (cut: Progress = { ...notBegun, attempts: 1 }): Progress => ({
        attempts: cut.attempts,
        elapsed: env.clock.now() - began,
        failures: cut.failures,
        omitted: cut.omitted
      })
      const stop = (reason: unknown, toError: Rival['error']): Cut => {
        const cut: { cut?: Cut | undefined } = {}
        settleSoon(
          () => flight.landed || cut.cut?.settles === true,
          () => {
            finish(() => {
              resolve(left(toError(progress(cut.cut), reason)))
            })
          }
        )
        cut.cut = own.fire(reason)
        return { ...progress(cut.cut), settles: true }
      }
      const stopListening = env.interrupt?.listen((reason) => stop(reason, aborted))
      const disarm = arm((reason) => {
        state.lost = true
        stop(reason, error)
      })
      run({ ...env, interrupt: own, flight }, args).then(
        (result) => {
          finish(() => {
            resolve(
              state.lost && wasCut(result, own.reason)
                ? left(error(progress(result.left), own.reason))
                : result
            )
          })
        },
        (thrown: unknown) => {
          finish(() => {
            reject(thrown as Error)
          })
        }
      )
    })

/** What is known of a run that never began. */
export const notBegun: Progress = { attempts: 0, elapsed: 0, failures: [], omitted: 0 }

/** The error of a run that was aborted. */
export const aborted = (cut: Progress, reason: unknown): unknown => ({ _tag: 'Aborted', ...cut, reason })

const wasCut = (
  result: Result,
  reason: unknown
): result is { readonly _tag: 'Left'; readonly left: Progress } =>
  result._tag === 'Left' && isAborted(result.left) && result.left.reason === reason
