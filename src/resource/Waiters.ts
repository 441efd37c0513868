/** A queue that can also be left from the middle, each in constant time: a doubly linked list. */

/** Who waits in a queue. Mutable, since that is what a queue is; only this module changes these fields. */
export interface Waiter<A> {
  before: A | undefined
  after: A | undefined
  waits: boolean
}

/** A queue, which is as mutable, and as much the business of this module. */
export interface Waiters<A> {
  first: A | undefined
  last: A | undefined
  size: number
}

/** Makes an empty queue. */
export const newWaiters = <A extends Waiter<A>>(): Waiters<A> => ({
  first: undefined,
  last: undefined,
  size: 0
})

/** Joins a queue at its end. */
export const joinQueue = <A extends Waiter<A>>(queue: Waiters<A>, waiter: A): void => {
  const { last } = queue
  waiter.before = last
  waiter.waits = true
  if (last === undefined) queue.first = waiter
  else last.after = waiter
  queue.last = waiter
  queue.size += 1
}

/** Leaves a queue, if it still waits there; says whether it did. */
export const leaveQueue = <A extends Waiter<A>>(queue: Waiters<A>, waiter: A): boolean => {
  if (!waiter.waits) return false
  const { before, after } = waiter
  if (before === undefined) queue.first = after
  else before.after = after
  if (after === undefined) queue.last = before
  else after.before = before
  // Somebody may keep a waiter for long after it has left; it must not keep the others.
  waiter.before = undefined
  waiter.after = undefined
  waiter.waits = false
  queue.size -= 1
  return true
}
