/** Where a script is played: a clock that shows what was recorded, and an interrupt that fires when the recorded one did. */
import { type Interrupt, newFlight } from '../action/Interrupt.js'
import { type Report, reportTo, type RetryEvent } from '../action/RetryEvent.js'
import { type Clock, systemClock } from '../runtime/Clock.js'
import type { Decided } from './ReplayFault.js'
import type { Cut, Script } from './Script.js'

// --- model

/** What the clock shows, and what has been told. */
export interface Stage {
  readonly clock: Clock
  readonly report: Report
  /** Sets the clock. */
  readonly set: (moment: number) => void
  /** How many attempts have begun. */
  readonly begun: () => number
  /** All events so far; and the waits that the retry told of. */
  readonly told: () => {
    readonly events: ReadonlyArray<RetryEvent>
    readonly waits: ReadonlyArray<number>
  }
}

// --- constructors

export const newStage = ({ attempts, cut, others }: Script): Stage => {
  const events: RetryEvent[] = []
  const waits: number[] = []
  let [begun, heard, retold] = [0, 0, 0]
  // When the next attempt begins, or the call is cut short instead.
  const nextDue = (): number => attempts[begun]?.due ?? cut?.due ?? cut?.elapsed ?? 0
  // A call reads the clock when it begins, and then for its first attempt.
  let [time, afterwards] = [0, nextDue()]
  const set = (moment: number): void => {
    time = moment
    afterwards = moment
  }
  const retell = (): void => {
    for (let next = others[retold]; next !== undefined && next[0] <= heard; next = others[retold]) {
      events.push(next[1])
      retold += 1
    }
  }
  retell()
  return {
    set,
    begun: () => begun,
    told: () => ({ events, waits }),
    clock: {
      now: () => {
        const shown = time
        time = afterwards
        return shown
      },
      after: (_, wake) => {
        set(nextDue())
        return systemClock.after(0, wake)
      }
    },
    report: reportTo((event) => {
      events.push(event)
      heard += 1
      retell()
      if (event._tag === 'RetryScheduled') waits.push(event.delay)
      if (event._tag !== 'AttemptStarted') return
      // It is told of when it is due; the time that is read next is that of the call.
      set(attempts[begun]?.startedAt ?? event.elapsed)
      begun += 1
    })
  }
}

/** An interrupt that fires when the recorded one did. */
export const interruptOf = (
  { elapsed, reason, due, called }: Cut,
  { attempts }: Script,
  { begun, set }: Stage
): Interrupt => {
  const fire = (): void => {
    self.fired = true
    set(elapsed)
  }
  const isLast = (): boolean => begun() === attempts.length && due === undefined
  const self: Pick<Interrupt, 'fired' | 'abortion' | 'attempt' | 'after'> = {
    fired: attempts.length === 0 && due === undefined,
    abortion: { _tag: 'GiveUp', verdict: { _tag: 'Aborted', reason } },
    attempt: (make) => {
      const current = attempts[begun() - 1]
      if (current === undefined) {
        if (called) void make(newFlight(undefined))
        fire()
        return Promise.reject(self)
      }
      const made = make(newFlight(undefined))
      // A run that was cut short was to go on after each of its attempts.
      const { delay } = current.decided as Decided & { readonly _tag: 'Retry' }
      // It fired when the outcome was on its way, so no wait was told of.
      self.fired = delay === undefined
      return made
    },
    after: (clock, sleeper, delay) => {
      const wake = (): void => {
        sleeper.wake(sleeper)
      }
      if (!isLast()) {
        clock.after(delay, wake)
        return
      }
      fire()
      wake()
    }
  }
  // A retry asks for nothing else of it.
  return self as Interrupt
}
