import { left, type Result, type Run } from './entry.js'
import { afterSettled, type Cut, interrupt, makeInterrupt, onInterrupt } from './Interrupt.js'
import { isAborted } from './RetryError.js'

/** What ends a run early: `arm` is given the function that does it, and gives back how to disarm. */
export interface Rival {
  readonly arm: (fire: (reason: unknown) => void) => () => void
  /** The error to end with, given what was cut short. */
  readonly error: (cut: Uncut, reason: unknown) => unknown
}

/** What is known of a run that was cut short. */
export type Uncut = Omit<Cut, 'settles'> & { readonly elapsed: number }

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
      const progress = { done: false, lost: false }
      const finish = (end: () => void): void => {
        if (progress.done) return
        progress.done = true
        disarm()
        stopListening()
        end()
      }
      const uncut = (cut: Omit<Cut, 'settles'> | undefined): Uncut => ({
        attempts: cut?.attempts ?? 1,
        elapsed: env.clock.now() - began,
        failures: cut?.failures ?? [],
        omitted: cut?.omitted ?? 0
      })
      const stop = (reason: unknown, toError: Rival['error']): Cut => {
        const cut = interrupt(own, reason)
        if (cut?.settles !== true)
          afterSettled(() => {
            finish(() => {
              resolve(left(toError(uncut(cut), reason)))
            })
          })
        return { ...uncut(cut), settles: true }
      }
      const stopListening = onInterrupt(env.interrupt, (reason) => stop(reason, aborted))
      const disarm = arm((reason) => {
        progress.lost = true
        stop(reason, error)
      })
      run({ ...env, interrupt: own }, args).then(
        (result) => {
          finish(() => {
            resolve(
              progress.lost && wasCut(result, own.reason)
                ? left(error(uncut(result.left), own.reason))
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
export const notBegun: Uncut = { attempts: 0, elapsed: 0, failures: [], omitted: 0 }

/** The error of a run that was aborted. */
export const aborted = (cut: Uncut, reason: unknown): unknown => ({ _tag: 'Aborted', ...cut, reason })

const wasCut = (result: Result, reason: unknown): result is { readonly _tag: 'Left'; readonly left: Uncut } =>
  result._tag === 'Left' && isAborted(result.left) && result.left.reason === reason
