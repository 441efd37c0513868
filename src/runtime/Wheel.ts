/**
 * Many sleepers on one timer. A timer of the machine for each of a million calls would be most of their memory and of the
 * work to wake them; a wheel keeps them in lists by the millisecond at which they are due, and sets one timer, for the first.
 *
 * There are five rings of 64 lists. The innermost has a list for each millisecond, each further one a list for a whole turn of
 * the ring before it; when one in such a list is due, its sleepers move inwards. So to fall asleep and to be taken out cost the
 * same however many sleep. Nobody wakes early; late by less than a millisecond, and by what the timer of the machine is. Those
 * who are due in the same millisecond wake in the order in which they fell asleep, unless that is days ago.
 *
 * All of it is mutable, and nobody else's: a sleeper is whatever object has room for the four fields.
 */
import { outside } from './asyncContext.js'

// --- model

export interface Sleeper {
  /** Called with the sleeper itself, which is in no list any more. */
  readonly wake: (self: Sleeper) => void
  /** The whole millisecond at which it is due; of the head of a list, when one of the list is to be looked at first. */
  due: number
  next: Sleeper | undefined
  prev: Sleeper | undefined
}

export interface Wheel {
  /** The timers that it was made with: others, such as those that a test has put in their place, have a wheel of their own. */
  readonly isCurrent: () => boolean
  /** Lays a sleeper down for more than 0 milliseconds. */
  readonly add: (sleeper: Sleeper, delay: number) => void
  /** Takes a sleeper out, if it sleeps here. */
  readonly remove: (sleeper: Sleeper) => void
}

export type Timer = ReturnType<typeof setTimeout>

// `setTimeout` takes at most 2^31 - 1 ms, and fires at once for more. Whoever sleeps longer than this is looked at on the way.
const furthest = 2 ** 29

// Node may fire up to 2 ms early by `performance.now`. A clock that is further behind is not the timer's: somebody fakes
// the timers alone, and means them.
const early = 5

const readerOf = ({ now }: { readonly now: () => number }): (() => number) => now

/** The timers and the clock that there were when this was loaded: those of the machine, as a rule. With a type that needs none of Node's. */
export const loadedWith: {
  readonly setTimeout: unknown
  readonly performance: { readonly now: () => number }
  readonly read: () => number
} = {
  setTimeout: globalThis.setTimeout,
  performance: globalThis.performance,
  read: readerOf(globalThis.performance)
}

// --- constructors

const indexOf = (ring: number, digit: number): number => (64 * ring) | (digit & 63)

/** Makes a wheel of the timers and the clock that there are now; `release` is told of each timer that it sets. */
export const newWheel = (release?: (timer: Timer) => void): Wheel => {
  const { setTimeout, clearTimeout, performance } = globalThis
  const read = readerOf(performance)
  // Stryker disable next-line ArrayDeclaration: saves time alone, since an array grows by itself
  const lists = new Array<Sleeper | undefined>(5 * 64)
  let size = 0
  /** All who were due before have woken. */
  let past = 0
  let timer: Timer | undefined
  /** When it rings. It is not set while it does: whoever is laid down meanwhile is due later. */
  let rings = Infinity
  // Timers that are faked alone move on without the clock, and one timer for many could not tell how far. So whoever comes
  // later has a wheel of their own, and with it a timer.
  let left = setTimeout !== loadedWith.setTimeout && read === loadedWith.read

  const now = (): number => read.call(performance)

  /** Puts a sleeper into the list that is next on the way to its moment; gives when it is to be looked at. */
  const place = (sleeper: Sleeper): number => {
    const at = Math.min(sleeper.due, past + furthest)
    // The highest digit, to the base of 64, in which that moment differs from the past.
    const ring = Math.min(4, Math.floor((31 - Math.clz32((at ^ past) | 1)) / 6))
    const index = indexOf(ring, Math.floor(at / 64 ** ring))
    append((lists[index] ??= newList()), sleeper, at)
    return at
  }

  /** Gives the first list that is not empty: all others are of later moments. */
  const nextList = (): Sleeper | undefined => {
    // Stryker disable next-line EqualityOperator: there is nothing beyond the last ring
    for (let ring = 0; ring < 5; ring++) {
      const digit = Math.floor(past / 64 ** ring)
      // Stryker disable next-line EqualityOperator: after a whole turn comes the first list again
      for (let i = 0; i < 64; i++) {
        const list = lists[indexOf(ring, digit + i)]
        if (list && list.next !== list) return list
      }
    }
    return undefined
  }

  const setTimer = (at: number, time: number): void => {
    if (timer !== undefined) clearTimeout(timer)
    timer = undefined
    rings = at
    if (at === Infinity) return
    timer = setTimeout(ringOutside, Math.max(0, Math.floor(at - time)))
    release?.(timer)
  }

  // Else it would ring in the async context of whoever lay down when it was set, and hand that on to those who have none.
  const ringOutside = (): void => {
    if (outside) outside.runInAsyncScope(ring)
    else ring()
  }

  const ring = (): void => {
    timer = undefined
    const clock = now()
    const faked = rings - clock >= early
    if (faked) left = true
    const time = faked ? rings : clock
    try {
      for (let list = nextList(); list && list.due <= time; list = nextList()) {
        past = list.due
        const isDue = list === lists[indexOf(0, past)]
        for (let first = list.next as Sleeper; first !== list; first = list.next as Sleeper) {
          unlink(first)
          if (isDue) {
            size -= 1
            first.wake(first)
          } else place(first)
        }
      }
    } finally {
      setTimer(nextList()?.due ?? Infinity, faked ? time : now())
    }
  }

  return {
    isCurrent: () =>
      !left && setTimeout === globalThis.setTimeout && read === readerOf(globalThis.performance),
    add: (sleeper, delay) => {
      const time = now()
      if (rings === Infinity) past = Math.floor(time)
      size += 1
      sleeper.due = Math.max(past + 1, Math.ceil(time + delay))
      const at = place(sleeper)
      if (at < rings) setTimer(at, time)
    },
    remove: (sleeper) => {
      if (sleeper.next === undefined) return
      unlink(sleeper)
      size -= 1
      if (size === 0 && timer !== undefined) setTimer(Infinity, 0)
    }
  }
}

/** Makes a sleeper that is nothing else. */
export const newSleeper = (wake: (self: Sleeper) => void): Sleeper => ({
  wake,
  due: 0,
  next: undefined,
  prev: undefined
})

// --- lists: rings with a head that is no sleeper

const newList = (): Sleeper => {
  const head = newSleeper(() => undefined)
  head.next = head.prev = head
  return head
}

const append = (head: Sleeper, sleeper: Sleeper, at: number): void => {
  head.due = head.next === head ? at : Math.min(head.due, at)
  const last = head.prev as Sleeper
  sleeper.prev = last
  sleeper.next = head
  last.next = sleeper
  head.prev = sleeper
}

const unlink = (sleeper: Sleeper): void => {
  const { next, prev } = sleeper as Required<Sleeper>
  ;(prev as Sleeper).next = next
  ;(next as Sleeper).prev = prev
  sleeper.next = undefined
  sleeper.prev = undefined
}
