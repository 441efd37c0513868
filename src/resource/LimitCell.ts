/**
 * The one place where limits change: the states of a set, and the queue of those who wait for it. All or nothing, first
 * come, first served; one timer, for the moment at which the first in the queue can be granted or has waited too long.
 */
import type { LimitExceeded } from '../action/ResourceError.js'
import type { Clock } from '../runtime/Clock.js'
import type { Limit } from './Limit.js'
import type { Asked } from './LimitRequest.js'
import { availableIn, giveBackTo, readyAt, refusalIn, settleIn, takeFrom, toSlot } from './Slots.js'
import { joinQueue, leaveQueue, newWaiters, type Waiter } from './Waiters.js'

// --- model

/** What was granted, until it is settled. */
export interface Grant {
  readonly asked: Asked
  readonly clock: Clock
  readonly at: number
  /** How long it was waited for. */
  readonly waited: number
  open: boolean
}

/** Somebody who waits; `answer` is called once. */
export interface Waiting extends Waiter<Waiting> {
  readonly asked: Asked
  readonly clock: Clock
  readonly since: number
  readonly answer: (answer: Grant | LimitExceeded) => void
}

export interface LimitCell {
  readonly limits: ReadonlyArray<Limit>
  /** The clock of the set, if it has one of its own; else that of the caller. */
  readonly clock: Clock | undefined
  /** Grants at once, or not at all: nothing overtakes those who wait. */
  readonly take: (clock: Clock, asked: Asked) => Grant | undefined
  /** Gives a place in the queue, or why there is none. */
  readonly join: (clock: Clock, asked: Asked, answer: Waiting['answer']) => Waiting | LimitExceeded
  /** Calls `tell` as soon as it is known that somebody has to wait. */
  readonly whenQueued: (waiting: Waiting, tell: () => void) => void
  /** Leaves the queue, if it still waits there; says whether it did. */
  readonly leave: (waiting: Waiting) => boolean
  readonly refuse: (clock: Clock, asked: Asked, reason: LimitExceeded['reason']) => LimitExceeded
  /** Puts right what was granted, by what was used of it: all, if not said. Does nothing the second time. */
  readonly settle: (grant: Grant, used?: ReadonlyArray<number>) => void
  readonly available: (clock: Clock) => ReadonlyArray<number>
  readonly waiting: () => number
}

// --- constructors

export const newLimitCell = (
  limits: ReadonlyArray<Limit>,
  clock: Clock | undefined,
  maxWait: number,
  maxQueue: number
): LimitCell => {
  const slots = limits.map(toSlot)
  const queue = newWaiters<Waiting>()
  let timer: { readonly due: number; readonly clock: Clock; readonly cancel: () => void } | undefined
  let serving = false
  // Time changes nothing about places, and reading a clock is much of what taking one costs.
  const isTimed = limits.some(({ _tag }) => _tag !== 'resourceLimit')
  const isQueueTimed = isTimed || maxWait < Infinity

  const grant = (asked: Asked, clock: Clock, at: number, waited: number): Grant => {
    takeFrom(slots, asked.amounts, at)
    return { asked, clock, at, waited, open: true }
  }

  const refusal = (
    asked: Asked,
    now: number,
    since: number,
    reason: LimitExceeded['reason']
  ): LimitExceeded =>
    refusalIn(slots, limits, asked, queue.first?.asked, { now, waited: now - since }, reason)

  /** Serves the queue from its front, as far as that goes now. */
  const serve = (): void => {
    // Whoever is granted may give back, or leave, while this runs: it sees that in its next round.
    if (serving) return
    serving = true
    for (let first = queue.first; first !== undefined; first = queue.first) {
      const { asked, clock, since, answer } = first
      const now = isQueueTimed ? clock.now() : 0
      const ready = readyAt(slots, asked.amounts, now)
      if (ready > now && now < since + maxWait) {
        wakeAt(clock, Math.min(ready, since + maxWait), now)
        break
      }
      const at = isQueueTimed ? now : clock.now()
      leaveQueue(queue, first)
      answer(ready > now ? refusal(asked, now, since, 'waitedTooLong') : grant(asked, clock, at, at - since))
    }
    serving = false
    if (queue.size === 0) sleep()
  }

  const sleep = (): void => {
    timer?.cancel()
    timer = undefined
  }

  const wakeAt = (clock: Clock, due: number, now: number): void => {
    if (timer?.due === due && timer.clock === clock) return
    sleep()
    if (due === Infinity) return
    const cancel = clock.after(due - now, () => {
      timer = undefined
      serve()
    })
    timer = { due, clock, cancel }
  }

  return {
    limits,
    clock,
    take: (clock, asked) => {
      if (asked.above !== undefined || queue.size > 0) return undefined
      const now = isTimed ? clock.now() : 0
      return readyAt(slots, asked.amounts, now) > now ? undefined : grant(asked, clock, now, 0)
    },
    join: (clock, asked, answer) => {
      const now = clock.now()
      if (asked.above !== undefined || queue.size >= maxQueue) return refusal(asked, now, now, 'queueFull')
      const waiting: Waiting = {
        asked,
        clock,
        since: now,
        answer,
        before: undefined,
        after: undefined,
        // Stryker disable next-line BooleanLiteral: joining the queue, which follows, sets it
        waits: false
      }
      joinQueue(queue, waiting)
      if (queue.first === waiting) serve()
      return waiting
    },
    // Here, whoever has joined and still waits has to.
    whenQueued: (_, tell) => {
      tell()
    },
    leave: (waiting) => {
      const wasFirst = queue.first === waiting
      const left = leaveQueue(queue, waiting)
      if (left && wasFirst) serve()
      return left
    },
    refuse: (clock, asked, reason) => {
      const now = clock.now()
      return refusal(asked, now, now, reason)
    },
    settle: (grant, used = grant.asked.amounts) => {
      if (!grant.open) return
      grant.open = false
      const { amounts } = grant.asked
      giveBackTo(slots, amounts)
      // Reading a clock is much of the cost: only where it is needed.
      // Stryker disable next-line ConditionalExpression: saves time alone, since it does nothing about places
      if (isTimed) settleIn(slots, amounts, grant.at, used, grant.clock.now)
      // Stryker disable next-line ConditionalExpression,EqualityOperator: nobody is served where nobody waits; saves the try
      if (queue.size > 0) serve()
    },
    available: (clock) => availableIn(slots, clock.now()),
    waiting: () => queue.size
  }
}
