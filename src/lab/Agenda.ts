/**
 * Virtual time for many. What is due at the same moment happens in the order in which it was planned.
 *
 * An act says so if it may have woken code that goes on in microtasks (a client); only then time stands still until all of
 * them have run. What happens inside the modelled world does not wait, and that is most of what happens.
 */
import type { Clock } from '../runtime/Clock.js'
import { nextTurn } from '../runtime/Clock.js'
import { whenIdle } from '../runtime/whenIdle.js'
import { type Act, newDueQueue } from './DueQueue.js'

// --- model

export interface Agenda {
  /** The time, for the world and for everything of the library that runs in it. */
  readonly clock: Clock
  /** Plans what to do with a subject in `delay` milliseconds; the act says so if it has woken a client. */
  readonly plan: <A>(delay: number, act: Act<A>, subject: A) => void
  /** Acts, in order, until nothing is left or it is told to stop; to be called once. Rejects with what an act throws. */
  readonly run: (watch: AgendaWatch) => Promise<void>
}

export interface AgendaWatch {
  /** Is asked at the start, and at each turn of the event loop, whether to go on. */
  readonly goOn: () => boolean
  /** Is told of each time to which the clock moves, before it does; says whether it may. */
  readonly moves: (to: number) => boolean
}

// An event loop that never turns shows no progress and hears no abort.
const turnEvery = 2 ** 13

// --- constructors

/**
 * Makes an agenda. Time that stands still for more than so many acts never goes on (a retry without waits of a call that
 * takes no time, say): then a run rejects with an error that says so.
 */
export const newAgenda = (longestStandstill = 1e6): Agenda => {
  let now = 0
  let acts = 0
  const queue = newDueQueue()

  // NaN, and what lies in the past, is due now.
  // Stryker disable next-line EqualityOperator: what is due in 0 ms is due now
  const dueIn = (delay: number): number => (delay > 0 ? now + delay : now)

  const clock: Clock = {
    now: () => now,
    after: (delay, wake) => queue.canceller(queue.add(dueIn(delay), wakeUp, wake))
  }

  /** Acts until a client was woken; says whether there is more to do. */
  const actOn = (moves: AgendaWatch['moves']): boolean => {
    for (let due = queue.nextDue(); due < Infinity; due = queue.nextDue()) {
      if (due > now) {
        if (!moves(due)) return false
        acts = 0
        now = due
      } else if (++acts > longestStandstill) throw new Error(`time stands still at ${now} ms`)
      if (queue.actNext()) return true
    }
    return false
  }

  return {
    clock,
    plan: (delay, act, subject) => {
      queue.add(dueIn(delay), act, subject)
    },
    run: ({ goOn: asked, moves }) =>
      new Promise((resolve, reject) => {
        let turns = 0
        const goOn = (): void => {
          try {
            if (turns++ % turnEvery === 0 && !asked()) resolve()
            else if (!actOn(moves)) resolve()
            else if (turns % turnEvery > 0) whenIdle(goOn)
            else void nextTurn().then(goOn)
          } catch (error) {
            reject(error)
          }
        }
        whenIdle(goOn)
      })
  }
}

const wakeUp = (wake: () => void): boolean => {
  wake()
  return true
}
