import * as E from 'fp-ts/lib/Either.js'
import { callLimit, type Clock, limitSet, rateLimit, resourceLimit } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { newLimitCell } from '../../../src/resource/LimitCell.js'
import { toAsked } from '../../../src/resource/LimitRequest.js'
import { start } from '../../support/task.js'

const limits = [resourceLimit({ key: 'place', capacity: 1 })]
const one = toAsked('test', limits, {})

/** A clock that counts how often it is read, and how many timers are set on it. */
const counting = () => {
  const clock = virtualClock()
  const used = { reads: 0, timers: 0 }
  const counted: Clock = {
    now: () => {
      used.reads += 1
      return clock.now()
    },
    after: (delay, wake) => {
      used.timers += 1
      return clock.after(delay, wake)
    }
  }
  return { clock, counted, used }
}

describe('newLimitCell', () => {
  it('places -> the clock is read for those who wait alone: when they join, and when they are granted', () => {
    const { counted, used } = counting()
    const cell = newLimitCell(limits, counted, Infinity, Infinity)
    const reads: number[] = []
    const first = cell.take(counted, one)
    reads.push(used.reads)
    cell.join(counted, one, () => undefined)
    reads.push(used.reads)
    cell.settle(first!)
    reads.push(used.reads)
    expect(reads).toEqual([0, 1, 2])
  })

  it('places that are waited for 50 ms at most -> read as well when the first of the queue joins', () => {
    const { counted, used } = counting()
    const cell = newLimitCell(limits, counted, 50, Infinity)
    cell.take(counted, one)
    cell.join(counted, one, () => undefined)
    expect([used.reads, used.timers]).toEqual([2, 1])
  })

  it('one who gives back as soon as it is granted -> the next is granted after it, in order', () => {
    const clock = virtualClock()
    const cell = newLimitCell(limits, clock, Infinity, Infinity)
    const first = cell.take(clock, one)
    const granted: string[] = []
    for (const name of ['second', 'third', 'fourth']) {
      cell.join(clock, one, (answer) => {
        granted.push(`${name} begins`)
        if (!('_tag' in answer)) cell.settle(answer)
        granted.push(`${name} ends`)
      })
    }
    if (first !== undefined) cell.settle(first)
    expect(granted).toEqual([
      'second begins',
      'second ends',
      'third begins',
      'third ends',
      'fourth begins',
      'fourth ends'
    ])
    expect([cell.available(clock), cell.waiting()]).toEqual([[1], 0])
  })
})

describe('newLimitCell, with a rate', () => {
  const both = [
    rateLimit({ key: 'rate', capacity: 10, per: 1000 }),
    resourceLimit({ key: 'place', capacity: 2 })
  ]
  const all = toAsked('test', both, { rate: 10 })

  /** A cell of which all of the rate is taken. */
  const drained = (clock: Clock) => {
    const cell = newLimitCell(both, undefined, Infinity, Infinity)
    const grant = cell.take(clock, all)
    const answers: unknown[] = []
    const join = (asked = all, on = clock) => {
      const waiting = cell.join(on, asked, (answer) => answers.push(answer))
      if ('_tag' in waiting) throw new Error('refused')
      return waiting
    }
    return { cell, grant, answers, join }
  }

  it('a wait from 5000 to 6000 -> waited 1000', async () => {
    const clock = virtualClock()
    await clock.advance(5000)
    const { answers, join } = drained(clock)
    join()
    await clock.advance(1000)
    expect(answers).toMatchObject([{ at: 6000, waited: 1000 }])
  })

  it('a little more than the capacity, late on the clock, where rounding is coarse -> refused all the same', async () => {
    const clock = virtualClock()
    await clock.advance(1e12)
    const cell = newLimitCell(both, clock, Infinity, Infinity)
    expect(cell.take(clock, toAsked('test', both, { rate: 10.00000001 }))).toBe(undefined)
  })

  it('a place that is given back while the first waits for its rate -> the timer stays', () => {
    const { counted, used } = counting()
    const { cell, grant, answers, join } = drained(counted)
    join()
    cell.settle(grant!)
    expect([answers, used.timers]).toEqual([[], 1])
  })

  it('the first leaves, and the next waits as long on another clock -> the timer moves to that', async () => {
    const [one, other] = [virtualClock(), virtualClock()]
    const { cell, answers, join } = drained(one)
    const first = join()
    join(all, other)
    cell.leave(first)
    expect([one.pending(), other.pending()]).toEqual([0, 1])
    await other.advance(1000)
    expect(answers).toMatchObject([{ at: 1000 }])
  })

  it('settled twice -> the second says nothing', () => {
    const clock = virtualClock()
    const { cell, grant } = drained(clock)
    cell.settle(grant!, [4, 1])
    cell.settle(grant!, [0, 1])
    expect(cell.available(clock)).toEqual([6, 2])
  })

  it('joining behind another -> the clock is read once; leaving from there, or twice -> not at all', () => {
    const { counted, used } = counting()
    const { cell, join } = drained(counted)
    join()
    used.reads = 0
    const second = join()
    expect(used.reads).toBe(1)
    expect([cell.leave(second), cell.leave(second), cell.waiting()]).toEqual([true, false, 1])
    expect(used.reads).toBe(1)
  })
})

/** The permit of a request that was granted. */
const taken = <A>(result: E.Either<unknown, A>): A => {
  if (result._tag === 'Left') throw new Error(`refused: ${JSON.stringify(result.left)}`)
  return result.right
}
const place = resourceLimit({ key: 'place', capacity: 1 })
const rate = rateLimit({ key: 'rate', capacity: 10, per: 1000 })

describe('refusals', () => {
  const refusal = async (options: object, request: number, before: number) => {
    const clock = virtualClock()
    const set = limitSet([callLimit({ capacity: 100, per: 1 }), rate], { clock, ...options })()
    taken(set.tryAcquire({ rate: before })())
    const ends = start(set.acquire({ rate: request }), clock)
    await clock.runAll()
    return ends
  }
  const error = { _tag: 'LimitExceeded', key: 'rate', capacity: 10, waited: 0 } as const

  it('above the capacity -> at once, not a matter of time', async () => {
    expect(await refusal({}, 11, 0)).toStrictEqual([
      { at: 0, result: E.left({ ...error, reason: 'aboveCapacity', requested: 11, retryAfter: undefined }) }
    ])
  })

  it('a full queue -> at once, with the time that it would take', async () => {
    expect(await refusal({ maxQueue: 0 }, 5, 10)).toStrictEqual([
      { at: 0, result: E.left({ ...error, reason: 'queueFull', requested: 5, retryAfter: 500 }) }
    ])
  })

  it('no time to wait -> at once', async () => {
    expect(await refusal({ maxWait: 0 }, 5, 10)).toStrictEqual([
      { at: 0, result: E.left({ ...error, reason: 'waitedTooLong', requested: 5, retryAfter: 500 }) }
    ])
  })

  it('too long a wait -> when it is over; one that ends just then is served', async () => {
    expect(await refusal({ maxWait: 400 }, 5, 10)).toStrictEqual([
      {
        at: 400,
        result: E.left({ ...error, reason: 'waitedTooLong', requested: 5, retryAfter: 100, waited: 400 })
      }
    ])
    expect(await refusal({ maxWait: 500 }, 5, 10)).toMatchObject([{ at: 500, result: { _tag: 'Right' } }])
  })

  it('waiters behind one another -> each after its own wait, the one that fits is served', async () => {
    const clock = virtualClock()
    const set = limitSet([rate], { clock, maxWait: 300 })()
    taken(set.tryAcquire({ rate: 10 })())
    const large = start(set.acquire({ rate: 9 }), clock)
    await clock.advance(100)
    const small = start(set.acquire({ rate: 3 }), clock)
    const other = start(set.acquire({ rate: 9 }), clock)
    await clock.runAll()
    expect([large, small, other].map(([end]) => [end?.at, end?.result._tag])).toEqual([
      [300, 'Left'],
      [300, 'Right'],
      [400, 'Left']
    ])
  })

  it('tryAcquire -> notNow; also while others wait, though it would fit', async () => {
    const clock = virtualClock()
    const set = limitSet([place, rate], { clock })()
    taken(set.tryAcquire({ rate: 8, place: 0 })())
    expect(set.tryAcquire({ rate: 4, place: 0 })()).toStrictEqual(
      E.left({ ...error, reason: 'notNow', requested: 4, retryAfter: 200 })
    )
    void set.acquire({ rate: 5 })()
    expect(set.tryAcquire({ rate: 1 })()).toMatchObject({ left: { reason: 'notNow', retryAfter: 300 } })
    expect(set.waiting()).toBe(1)
  })

  it('a place that is taken -> no telling when', () => {
    const set = limitSet([place])()
    taken(set.tryAcquire()())
    expect(set.tryAcquire()()).toMatchObject({ left: { key: 'place', requested: 1, retryAfter: undefined } })
  })
})
