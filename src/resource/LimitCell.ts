/**
 * The one place where limits change: the states of a set, and the queue of those who wait for it. All or nothing, first
 * come, first served; one timer, for the moment at which the first in the queue can be granted or has waited too long.
 */
import type { LimitExceeded } from '../action/ResourceError.js'
import type { Clock } from '../runtime/Clock.js'
import { algorithms, type Limit } from './Limit.js'
import type { Asked } from './LimitRequest.js'
import { places } from './Places.js'
import { type Algorithm, isPast, type Rule } from './Rate.js'
import { newWaiters, type Waiter } from './Waiters.js'

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
  /** Leaves the queue, if it still waits there; says whether it did. */
  readonly leave: (waiting: Waiting) => boolean
  readonly refuse: (clock: Clock, asked: Asked, reason: LimitExceeded['reason']) => LimitExceeded
  /** Puts right what was granted, by what was used of it: all, if not said. Does nothing the second time. */
  readonly settle: (grant: Grant, used?: ReadonlyArray<number>) => void
  readonly available: (clock: Clock) => ReadonlyArray<number>
  readonly waiting: () => number
}

/** A limit and its state. The type of the state is the business of its algorithm. */
interface Slot {
  readonly rule: Rule
  readonly algorithm: Algorithm<unknown> | undefined
  state: unknown
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

  /** The first moment at which all that is asked for is there: `now` itself, if it is. */
  const readyAt = ({ amounts }: Asked, now: number): number => {
    let latest = now
    for (let i = 0; i < slots.length; i++) latest = Math.max(latest, slotReadyAt(i, amounts[i] ?? 0, now))
    return latest
  }

  const slotReadyAt = (i: number, amount: number, now: number): number => {
    const { algorithm, rule, state } = slots[i] as Slot
    if (algorithm === undefined || amount === 0) return now
    const at = algorithm.readyAt(rule, state, amount)
    return isPast(rule, at, now) ? now : at
  }

  const grant = (asked: Asked, clock: Clock, now: number, since: number): Grant => {
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot
      const amount = asked.amounts[i] ?? 0
      if (slot.algorithm !== undefined && amount > 0)
        slot.state = slot.algorithm.take(slot.rule, slot.state, amount, now)
    }
    return { asked, clock, at: now, waited: now - since, open: true }
  }

  const refusal = (
    asked: Asked,
    now: number,
    since: number,
    reason: LimitExceeded['reason']
  ): LimitExceeded => {
    const above = asked.above === undefined ? -1 : limits.indexOf(asked.above)
    // What stands in its own way, or else in that of the first in the queue.
    const ahead = queue.first()?.asked
    const obstacles = [asked, ahead].map((each) =>
      each === undefined ? -1 : limits.findIndex((_, i) => slotReadyAt(i, each.amounts[i] ?? 0, now) > now)
    )
    const index = [above, ...obstacles].find((each) => each >= 0) ?? 0
    const at = Math.max(readyAt(asked, now), ahead === undefined ? now : readyAt(ahead, now))
    const { key = '', capacity = 0 } = limits[index] ?? {}
    return {
      _tag: 'LimitExceeded',
      key,
      reason: above >= 0 ? 'aboveCapacity' : reason,
      requested: asked.amounts[index] ?? 0,
      capacity,
      retryAfter: above < 0 && at < Infinity ? at - now : undefined,
      waited: now - since
    }
  }

  /** Serves the queue from its front, as far as that goes now. */
  const serve = (): void => {
    // Whoever is granted may give back, or leave, while this runs: it sees that in its next round.
    if (serving) return
    serving = true
    for (let first = queue.first(); first !== undefined; first = queue.first()) {
      const { asked, clock, since, answer } = first
      const now = clock.now()
      const ready = readyAt(asked, now)
      if (ready > now && now < since + maxWait) {
        wakeAt(clock, Math.min(ready, since + maxWait), now)
        break
      }
      queue.leave(first)
      answer(ready > now ? refusal(asked, now, since, 'waitedTooLong') : grant(asked, clock, now, since))
    }
    serving = false
    if (queue.size() === 0) sleep()
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
      if (asked.above !== undefined || queue.size() > 0) return undefined
      const now = clock.now()
      return readyAt(asked, now) > now ? undefined : grant(asked, clock, now, now)
    },
    join: (clock, asked, answer) => {
      const now = clock.now()
      if (asked.above !== undefined || queue.size() >= maxQueue) return refusal(asked, now, now, 'queueFull')
      const waiting: Waiting = {
        asked,
        clock,
        since: now,
        answer,
        before: undefined,
        after: undefined,
        waits: false
      }
      queue.join(waiting)
      if (queue.first() === waiting) serve()
      return waiting
    },
    leave: (waiting) => {
      const wasFirst = queue.first() === waiting
      const left = queue.leave(waiting)
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
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i] as Slot
        const amount = grant.asked.amounts[i] ?? 0
        const back = used[i] ?? 0
        const isGivenBack = slot.algorithm === giveBack
        if (slot.algorithm === undefined || (back === amount && !isGivenBack)) continue
        // Reading a clock is much of the cost, and time changes nothing about what is given back.
        const now = isGivenBack ? grant.at : grant.clock.now()
        slot.state = slot.algorithm.settle(slot.rule, slot.state, { amount, at: grant.at }, back, now)
      }
      if (queue.size() > 0) serve()
    },
    available: (clock) => {
      const now = clock.now()
      return slots.map(({ algorithm, rule, state }) =>
        algorithm === undefined ? Infinity : algorithm.available(rule, state, now)
      )
    },
    waiting: queue.size
  }
}

const giveBack = places as Algorithm<unknown>

const toSlot = (limit: Limit): Slot => {
  const { capacity } = limit
  const rule: Rule = { capacity, per: limit._tag === 'resourceLimit' ? 0 : limit.per }
  if (capacity === Infinity) return { rule, algorithm: undefined, state: undefined }
  // A slot hands its algorithm nothing but the states that it has made.
  const algorithm = (
    limit._tag === 'resourceLimit' ? places : algorithms[limit.algorithm]
  ) as Algorithm<unknown>
  return { rule, algorithm, state: algorithm.start(rule) }
}
