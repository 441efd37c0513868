import { newDueQueue } from '../../../src/lab/DueQueue.js'
import { seededRandom } from 'reprise/testing'

/** Adds entries by their due times; gives what has acted, as indices of entries. */
const filled = (dues: ReadonlyArray<number>) => {
  const queue = newDueQueue()
  const acted: number[] = []
  const act = (index: number): boolean => acted.push(index) % 2 === 0
  const slots = dues.map((due, index) => queue.add(due, act, index))
  const actAll = (): ReadonlyArray<number> => {
    // No more often than there can be entries: a queue that gives the same for ever fails, too.
    for (let left = 50_000; left > 0 && queue.nextDue() < Infinity; left--) queue.actNext()
    return acted
  }
  return { queue, acted, slots, actAll }
}

describe('newDueQueue', () => {
  it('empty -> nothing is due, and nothing acts', () => {
    const queue = newDueQueue()
    expect([queue.nextDue(), queue.actNext(), queue.size()]).toEqual([Infinity, false, 0])
  })

  it.each([
    [[5], [0]],
    [
      [3, 1, 2],
      [1, 2, 0]
    ],
    [
      [1, 1, 1],
      [0, 1, 2]
    ],
    [
      [2, 1, 2, 1, 2, 1, 0],
      [6, 1, 3, 5, 0, 2, 4]
    ],
    [
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0.5, 9],
      [9, 10, 8, 7, 6, 5, 4, 3, 2, 1, 0, 11]
    ]
  ])('due at %j -> in the order %j', (dues, order) => {
    expect(filled(dues).actAll()).toEqual(order)
  })

  it('an act -> is given its subject, and what it says is what is said', () => {
    const { queue, acted } = filled([1, 2])
    expect([queue.nextDue(), queue.actNext(), queue.nextDue(), queue.actNext()]).toEqual([1, false, 2, true])
    expect(acted).toEqual([0, 1])
  })

  it('an act that adds one that is due now -> after those that were there', () => {
    const queue = newDueQueue()
    const acted: string[] = []
    const act = (name: string): boolean => acted.push(name) > 0
    queue.add(
      1,
      () => {
        queue.add(1, act, 'added')
        return act('first')
      },
      undefined
    )
    queue.add(1, act, 'second')
    while (queue.nextDue() < Infinity) queue.actNext()
    expect(acted).toEqual(['first', 'second', 'added'])
  })

  it('cancelled -> does not act, and the others do in order', () => {
    const { queue, slots, actAll } = filled([3, 1, 2, 1])
    queue.canceller(slots[1]!)()
    expect(queue.nextDue()).toBe(1)
    expect(actAll()).toEqual([3, 2, 0])
  })

  it('all cancelled, twice -> nothing is due', () => {
    const { queue, slots, actAll } = filled([3, 1, 2])
    for (const cancel of [...slots, ...slots].map(queue.canceller)) cancel()
    expect(queue.nextDue()).toBe(Infinity)
    expect([actAll(), queue.size()]).toEqual([[], 0])
  })

  it('cancelled after it has acted -> the one that has its slot now still acts', () => {
    const { queue, acted, slots } = filled([1])
    const cancel = queue.canceller(slots[0]!)
    queue.nextDue()
    queue.actNext()
    const again = queue.add(2, (index: number) => acted.push(index) > 0, 7)
    expect(again).toBe(slots[0])
    cancel()
    queue.nextDue()
    queue.actNext()
    expect(acted).toEqual([0, 7])
  })

  it('an act that throws -> is out, and the next is next', () => {
    const queue = newDueQueue()
    queue.add(
      1,
      () => {
        throw new Error('no')
      },
      undefined
    )
    queue.add(2, () => true, undefined)
    queue.nextDue()
    expect(() => queue.actNext()).toThrow('no')
    expect([queue.nextDue(), queue.actNext(), queue.nextDue()]).toEqual([2, true, Infinity])
  })

  it('20,000 entries -> as a list sorted by due and order', () => {
    const random = seededRandom(1)
    const dues = Array.from({ length: 20_000 }, () => Math.floor(random() * 5000))
    const sorted = dues
      .map((due, index) => ({ due, index }))
      .sort((a, b) => a.due - b.due || a.index - b.index)
    expect(filled(dues).actAll()).toEqual(sorted.map(({ index }) => index))
  })

  it('the earlier half of thousands cancelled, the first of all last -> the rest in order', () => {
    const random = seededRandom(2)
    const dues = Array.from({ length: 3000 }, () => random())
    const { queue, slots, actAll } = filled(dues)
    const sorted = dues.map((due, index) => ({ due, index })).sort((a, b) => a.due - b.due)
    for (const { index } of sorted.slice(0, 1501).reverse()) queue.canceller(slots[index]!)()
    // The last of these was one too many to be left where they are.
    expect(queue.size()).toBe(1499)
    expect(actAll()).toEqual(sorted.slice(1501).map(({ index }) => index))
  })

  it('few of which most are cancelled, many of which few are -> stay until they are due', () => {
    const few = filled(Array.from({ length: 1024 }, (_, index) => index))
    for (const slot of few.slots.slice(0, 1000)) few.queue.canceller(slot)()
    expect(few.queue.size()).toBe(1024)
    expect([few.queue.nextDue(), few.queue.size()]).toEqual([1000, 24])

    const many = filled(Array.from({ length: 1025 }, (_, index) => index))
    many.queue.canceller(many.slots[0]!)()
    expect(many.queue.size()).toBe(1025)
    for (const slot of many.slots.slice(513)) many.queue.canceller(slot)()
    expect(many.queue.size()).toBe(512)
  })

  it('cancelled again, or after it was due -> does not count as one that may be swept out', () => {
    const { queue, slots } = filled(Array.from({ length: 1600 }, (_, index) => index))
    const cancels = slots.map(queue.canceller)
    // A hundred have acted, and two hundred cancelled ones are passed over.
    for (let due = 0; due < 100; due++) expect([queue.nextDue(), queue.actNext()]).toHaveLength(2)
    cancels.slice(100, 300).forEach((cancel) => cancel())
    expect([queue.nextDue(), queue.size()]).toEqual([300, 1300])
    for (const cancel of [...cancels.slice(0, 950), ...cancels.slice(0, 950)]) cancel()
    expect(queue.size()).toBe(1300)
    cancels[950]!()
    expect(queue.size()).toBe(649)
  })

  it.each(Array.from({ length: 12 }, (_, i) => 1400 + i))(
    '%d, most of which are cancelled at random, and as many added again -> in order',
    (length) => {
      const random = seededRandom(length)
      const dues = Array.from({ length: 2 * length }, () => Math.floor(random() * 500))
      const { queue, slots, acted, actAll } = filled(dues.slice(0, length))
      const kept = new Set(slots.keys())
      // Some have acted before, so that there is more memory in use than entries.
      for (let i = 0; i < 100; i++) {
        queue.nextDue()
        queue.actNext()
      }
      acted.forEach((index) => kept.delete(index))
      const cancelled = [...kept].filter((index) => index % 5 < 3)
      for (const index of cancelled) {
        kept.delete(index)
        queue.canceller(slots[index]!)()
      }
      expect(queue.size()).toBeLessThan(length - 100)
      for (let index = length; index < 2 * length; index++) {
        kept.add(index)
        queue.add(dues[index]!, (each: number) => acted.push(each) > 0, index)
      }
      const sorted = [...kept].sort((a, b) => dues[a]! - dues[b]! || a - b)
      expect(actAll().slice(100)).toEqual(sorted)
    }
  )

  it.each([1101, 1102, 1103, 1104])(
    '%d, the earlier half cancelled -> nothing of what was there before is taken for an entry',
    (length) => {
      const dues = Array.from({ length }, (_, index) => (index * 7919) % 1009)
      const { queue, slots, actAll } = filled(dues)
      const sorted = [...dues.keys()].sort((a, b) => dues[a]! - dues[b]! || a - b)
      const half = Math.floor(length / 2) + 1
      for (const index of sorted.slice(0, half)) queue.canceller(slots[index]!)()
      expect(actAll()).toEqual(sorted.slice(half))
    }
  )

  it('a million times added and cancelled, ten at a time -> memory for few', () => {
    const { queue, acted, actAll } = filled([])
    const cancels: Array<() => void> = []
    let slots = 0
    for (let index = 0; index < 1_000_000; index++) {
      const slot = queue.add(1e6, (each: number) => acted.push(each) > 0, index)
      slots = Math.max(slots, slot)
      cancels.push(queue.canceller(slot))
      if (cancels.length > 10) cancels.shift()?.()
    }
    expect(queue.size()).toBeLessThan(3000)
    expect(slots).toBeLessThan(3000)
    actAll()
    expect(acted).toEqual([999990, 999991, 999992, 999993, 999994, 999995, 999996, 999997, 999998, 999999])
  })
})
