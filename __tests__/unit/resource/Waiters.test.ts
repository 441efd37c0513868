import { joinQueue, leaveQueue, newWaiters, type Waiter } from '../../../src/resource/Waiters.js'

interface Named extends Waiter<Named> {
  readonly name: string
}

const named = (name: string): Named => ({ name, before: undefined, after: undefined, waits: false })

const queueOf = (...names: ReadonlyArray<string>) => {
  const queue = newWaiters<Named>()
  const all = names.map(named)
  for (const each of all) joinQueue(queue, each)
  const drain = (): ReadonlyArray<string> => {
    const order: string[] = []
    for (let first = queue.first; first !== undefined; first = queue.first) {
      order.push(first.name)
      leaveQueue(queue, first)
    }
    return order
  }
  return { queue, all, drain }
}

describe('newWaiters', () => {
  it('a, b, c -> in that order', () => {
    const { queue, drain } = queueOf('a', 'b', 'c')
    expect(queue.size).toBe(3)
    expect(drain()).toEqual(['a', 'b', 'c'])
    expect(queue.size).toBe(0)
  })

  it.each([
    [0, ['b', 'c']],
    [1, ['a', 'c']],
    [2, ['a', 'b']]
  ])('leaving from place %d -> the others stay in order', (place, rest) => {
    const { queue, all, drain } = queueOf('a', 'b', 'c')
    expect(leaveQueue(queue, all[place]!)).toBe(true)
    expect(leaveQueue(queue, all[place]!)).toBe(false)
    expect(all[place]).toMatchObject({ before: undefined, after: undefined, waits: false })
    expect(queue.size).toBe(2)
    expect(drain()).toEqual(rest)
  })

  it('the last leaves and another joins -> behind the others', () => {
    const { queue, all, drain } = queueOf('a', 'b')
    leaveQueue(queue, all[1]!)
    joinQueue(queue, named('c'))
    expect(drain()).toEqual(['a', 'c'])
  })
})
