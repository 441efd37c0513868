/** Tasks by a plan, hedged on virtual time. */
import { pipe } from 'fp-ts/lib/function.js'
import { withAttempt, withEnv, withHedge } from 'reprise'
import { type VirtualClock, virtualClock } from 'reprise/testing'
import { start } from './task.js'

export type Outcome =
  { readonly _tag: 'Left'; readonly left: number } | { readonly _tag: 'Right'; readonly right: number }

/**
 * A task whose calls come to what a plan says: 'R50 L20 T5 P' succeeds with 1 after 50 ms, fails with 2 after 20 ms, throws 3
 * after 5 ms, and is pending from then on. The log says what happened when.
 */
export const planned = (clock: VirtualClock, plan: string) => {
  const steps = plan.split(' ')
  const log: string[] = []
  let calls = 0
  const task = withAttempt(({ signal, attempt }) => {
    const call = ++calls
    const step = steps[Math.min(call, steps.length) - 1]!
    log.push(`${clock.now()}: call ${call} of attempt ${attempt}`)
    signal.addEventListener('abort', () => {
      log.push(`${clock.now()}: call ${call} aborted, ${(signal.reason as Error).name}`)
    })
    return (): Promise<Outcome> =>
      new Promise<Outcome>((resolve, reject) => {
        if (step === 'P') return
        clock.after(Number(step.slice(1)), () => {
          if (step.startsWith('T')) reject(call)
          else resolve(step.startsWith('R') ? { _tag: 'Right', right: call } : { _tag: 'Left', left: call })
        })
      })
  })
  return { task, log }
}

export const right = (value: number) => ({ _tag: 'Right', right: value })
export const left = (error: unknown) => ({ _tag: 'Left', left: error })

/** Runs a plan hedged after 100 ms, to its end. */
export const hedged = async (plan: string, max = 1, delay = 100) => {
  const clock = virtualClock()
  const { task, log } = planned(clock, plan)
  const ends = start(pipe(task, withHedge({ delay, max }), withEnv({ clock })), clock)
  await clock.advance(10_000)
  return { ends, log, pending: clock.pending() }
}

export const begun = (...times: ReadonlyArray<number>) =>
  times.map((at, i) => `${at}: call ${i + 1} of attempt 1`)
