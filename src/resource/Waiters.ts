/** A queue that can also be left from the middle, each in constant time: a doubly linked list. */

/** Who waits in a queue. Mutable, since that is what a queue is; only this module changes these fields. */
export interface Waiter<A> {
  before: A | undefined
  after: A | undefined
  waits: boolean
}

export interface Waiters<A> {
  readonly join: (waiter: A) => void
  /** Leaves, if it still waits; says whether it did. */
  readonly leave: (waiter: A) => boolean
  readonly first: () => A | undefined
  readonly size: () => number
}

/** Makes an empty queue. */
export const newWaiters = <A extends Waiter<A>>(): Waiters<A> => {
  let first: A | undefined
  let last: A | undefined
  let size = 0
  return {
    join: (waiter) => {
      waiter.before = last
      waiter.waits = true
      if (last === undefined) first = waiter
      else last.after = waiter
      last = waiter
      size += 1
    },
    leave: (waiter) => {
      if (!waiter.waits) return false
      const { before, after } = waiter
      if (before === undefined) first = after
      else before.after = after
      if (after === undefined) last = before
      else after.before = before
      // Somebody may keep a waiter for long after it has left; it must not keep the others.
      waiter.before = undefined
      waiter.after = undefined
      waiter.waits = false
      size -= 1
      return true
    },
    first: () => first,
    size: () => size
  }
}
