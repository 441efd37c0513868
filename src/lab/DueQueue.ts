/**
 * What is due when: the part of the agenda that has to be fast, for millions of entries. A heap in typed arrays, with four
 * children to a node, so that a step down reads neighbours and the garbage collector has nothing to look through. An act and
 * its subject stay in the slot in which they were put; only three numbers move. Nothing is allocated for an entry.
 *
 * Its law: it acts in the order of `due`, and of equal ones in the order in which they were added, as a sorted list would.
 */

// --- model

/** Does something with a subject; says so if it has woken code that goes on in microtasks. */
export type Act<A> = (subject: A) => boolean | undefined

export interface DueQueue {
  /** Adds an act, and gives the slot that it is in. */
  readonly add: <A>(due: number, act: Act<A>, subject: A) => number
  /** Gives what cancels the act that is in a slot now, for as long as it is there. */
  readonly canceller: (slot: number) => () => void
  /** When the next act is due; `Infinity` if there is none. */
  readonly nextDue: () => number
  /** Takes the act out that `nextDue` has told of and does it, if there is one; says what the act says. */
  readonly actNext: () => boolean | undefined
  /** For how many entries there is memory in use, those cancelled included. */
  readonly size: () => number
}

// Cancelled entries are swept out when they are most of the heap; below so many, they may stay until they are due.
const fewEntries = 1024

// --- constructors

export const newDueQueue = (): DueQueue => {
  // The heap, by place.
  let dues = new Float64Array(fewEntries)
  let orders = new Float64Array(fewEntries)
  let slots = new Uint32Array(fewEntries)
  let size = 0
  // By slot. An act that is cancelled leaves its slot empty until the heap comes to it; the slot of one that is taken is
  // used again, the order in which something was added is not.
  const acts: Array<Act<unknown> | undefined> = []
  // Stryker disable next-line ArrayDeclaration: a slot is set before it is read
  const subjects: unknown[] = []
  let addedAs = new Float64Array(fewEntries)
  let freeSlots = new Uint32Array(fewEntries)
  let free = 0
  let added = 0
  let cancelled = 0

  const grow = (): void => {
    dues = larger(dues, new Float64Array(2 * size))
    orders = larger(orders, new Float64Array(2 * size))
    slots = larger(slots, new Uint32Array(2 * size))
    addedAs = larger(addedAs, new Float64Array(2 * size))
    freeSlots = larger(freeSlots, new Uint32Array(2 * size))
  }

  const put = (place: number, due: number, order: number, slot: number): void => {
    dues[place] = due
    orders[place] = order
    slots[place] = slot
  }

  /** Finds the place of an entry from a hole upwards, and puts it there. */
  const siftUp = (from: number, due: number, order: number, slot: number): void => {
    let hole = from
    while (hole > 0) {
      const parent = (hole - 1) >> 2
      const parentDue = at(dues, parent)
      // What is added is younger than all that is there.
      if (parentDue <= due) break
      put(hole, parentDue, at(orders, parent), slotAt(slots, parent))
      hole = parent
    }
    put(hole, due, order, slot)
  }

  /** Finds the place of an entry from a hole downwards, and puts it there. */
  const siftDown = (from: number, due: number, order: number, slot: number): void => {
    let hole = from
    for (let child = 4 * hole + 1; child < size; child = 4 * hole + 1) {
      let least = child
      let leastDue = at(dues, child)
      const end = Math.min(child + 4, size)
      for (let other = child + 1; other < end; other++) {
        const otherDue = at(dues, other)
        if (
          otherDue < leastDue ||
          // Stryker disable next-line EqualityOperator: no two have the same order
          (otherDue === leastDue && at(orders, other) < at(orders, least))
        ) {
          least = other
          leastDue = otherDue
        }
      }
      if (
        leastDue > due ||
        // Stryker disable next-line EqualityOperator: no two have the same order
        (leastDue === due && at(orders, least) > order)
      )
        break
      put(hole, leastDue, at(orders, least), slotAt(slots, least))
      hole = least
    }
    put(hole, due, order, slot)
  }

  /** Takes the first entry out of the heap, and gives its slot. */
  const takeFirst = (): number => {
    const slot = slotAt(slots, 0)
    size -= 1
    siftDown(0, at(dues, size), at(orders, size), slotAt(slots, size))
    freeSlots[free++] = slot
    return slot
  }

  const sweep = (): void => {
    let kept = 0
    for (let place = 0; place < size; place++) {
      const slot = slotAt(slots, place)
      if (acts[slot] === undefined) freeSlots[free++] = slot
      else put(kept++, at(dues, place), at(orders, place), slot)
    }
    size = kept
    cancelled = 0
    // Only those of the first quarter have children.
    for (let place = size >> 2; place >= 0; place--)
      siftDown(place, at(dues, place), at(orders, place), slotAt(slots, place))
  }

  return {
    add: (due, act, subject) => {
      if (size === dues.length) grow()
      const slot = free > 0 ? slotAt(freeSlots, --free) : acts.length
      // An act is only ever called with the subject that it came with.
      acts[slot] = act as Act<unknown>
      subjects[slot] = subject
      addedAs[slot] = added
      siftUp(size++, due, added++, slot)
      return slot
    },
    canceller: (slot) => {
      const order = at(addedAs, slot)
      return () => {
        if (acts[slot] === undefined || at(addedAs, slot) !== order) return
        acts[slot] = undefined
        subjects[slot] = undefined
        cancelled += 1
        if (size > fewEntries && 2 * cancelled > size) sweep()
      }
    },
    nextDue: () => {
      while (size > 0 && acts[slotAt(slots, 0)] === undefined) {
        takeFirst()
        cancelled -= 1
      }
      return size > 0 ? at(dues, 0) : Infinity
    },
    actNext: () => {
      if (size === 0) return false
      const slot = takeFirst()
      // `nextDue` stops at one that is not cancelled.
      const act = acts[slot] as Act<unknown>
      const subject = subjects[slot]
      acts[slot] = undefined
      subjects[slot] = undefined
      return act(subject)
    },
    size: () => size
  }
}

// Places below the size, and slots in use, are within the arrays. Two of a kind, since V8 is quick where it sees one kind.
const at = (numbers: Float64Array, index: number): number => numbers[index] as number
const slotAt = (numbers: Uint32Array, index: number): number => numbers[index] as number

const larger = <N extends Float64Array | Uint32Array>(numbers: N, room: N): N => {
  room.set(numbers)
  return room
}
