/** Whoever gives back what others wait for lets them begin: in their own asynchronous contexts, and not if they were aborted. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Clock,
  limitSet,
  onRetry,
  rateLimit,
  resourceLimit,
  type RetryEvent,
  immediate,
  limitRetries,
  withLimits,
  withObserver,
  withRetry,
  withSignal
} from 'reprise'
import { virtualClock } from 'reprise/testing'
import type { Env } from '../../../src/action/entry.js'
import { makeInterrupt, newFlight } from '../../../src/action/Interrupt.js'
import { whenGranted } from '../../../src/resource/held.js'
import { type LimitCell, newLimitCell, type Waiting } from '../../../src/resource/LimitCell.js'
import { toAsked } from '../../../src/resource/LimitRequest.js'
import { deferred, start, turn } from '../../support/task.js'

const places = (capacity: number) => resourceLimit({ key: 'place', capacity })
const rate = rateLimit({ key: 'rate', capacity: 1, per: 100 })

describe('the asynchronous context', () => {
  const storage = new AsyncLocalStorage<string>()

  /** A task that ends when it is told to; it keeps in which contexts it began, and went on. */
  const gated = () => {
    const seen: Array<readonly [began: string | undefined, wentOn: string | undefined]> = []
    const gate = deferred<void>()
    const fn = async (): Promise<string | undefined> => {
      const began = storage.getStore()
      await gate.promise
      seen.push([began, storage.getStore()])
      return began
    }
    return { seen, fn, open: () => gate.resolve() }
  }

  const own = [
    ['ann', 'ann'],
    ['ben', 'ben'],
    ['cid', 'cid']
  ]

  it('withLimits, one place for three -> each begins in that of its caller', async () => {
    const { seen, fn, open } = gated()
    const task = pipe(fn, withLimits(limitSet([places(1)])()))
    const calls = ['ann', 'ben', 'cid'].map((name) => storage.run(name, () => task()))
    open()
    await Promise.all(calls)
    expect(seen).toEqual(own)
  })

  it('use, one place for three -> the same', async () => {
    const { seen, fn, open } = gated()
    const set = limitSet([places(1)])()
    const calls = ['ann', 'ben', 'cid'].map((name) => storage.run(name, () => set.use()(() => fn())()))
    open()
    await Promise.all(calls)
    expect(seen).toEqual(own)
  })

  it('a permit that is released in another context -> that of the caller', async () => {
    const { seen, fn, open } = gated()
    const set = limitSet([places(1)])()
    const permit = set.tryAcquire()()
    const call = storage.run('ann', pipe(fn, withLimits(set)))
    open()
    storage.run('ben', () => permit._tag === 'Right' && permit.right.release())
    await call
    expect(seen).toEqual([['ann', 'ann']])
  })

  it('a timer that another call has set -> each begins in that of its caller', async () => {
    const clock = virtualClock()
    const { seen, fn, open } = gated()
    const task = pipe(fn, withLimits(limitSet([rate], { clock })(), { rate: 1 }))
    open()
    const calls = ['ann', 'ben', 'cid'].map((name) => storage.run(name, () => task()))
    await storage.run('dan', () => clock.advance(200))
    await Promise.all(calls)
    expect(seen).toEqual(own)
  })

  it('retries, each of which queues -> that of their caller', async () => {
    const set = limitSet([places(1)])()
    const seen: Array<string | undefined> = []
    const retried: Array<string | undefined> = []
    const task = pipe(
      async (): Promise<never> => {
        seen.push(storage.getStore())
        await turn()
        throw new Error('down')
      },
      withLimits(set),
      withRetry(pipe(immediate, limitRetries(2))),
      onRetry(() => retried.push(storage.getStore()))
    )
    await Promise.all(['ann', 'ben'].map((name) => storage.run(name, () => task())))
    expect(seen.sort()).toEqual(['ann', 'ann', 'ann', 'ben', 'ben', 'ben'])
    expect(retried.sort()).toEqual(['ann', 'ann', 'ben', 'ben'])
  })

  it('events of limits -> told in that of the call that they are of', async () => {
    const clock = virtualClock()
    const set = limitSet([places(1)], { clock, maxWait: 50 })()
    const seen: Array<readonly [RetryEvent['_tag'], string | undefined]> = []
    const { fn, open } = gated()
    const task = pipe(
      fn,
      withLimits(set),
      withObserver(({ _tag }) => seen.push([_tag, storage.getStore()]))
    )
    const permit = set.tryAcquire()()
    const waited = storage.run('ann', () => task())
    await storage.run('dan', () => clock.advance(30))
    const refused = storage.run('ben', () => task())
    open()
    storage.run('eve', () => permit._tag === 'Right' && permit.right.release())
    await waited
    await refused
    const again = set.tryAcquire()()
    const late = storage.run('cid', () => task())
    await storage.run('dan', () => clock.advance(50))
    await late
    expect(again._tag).toBe('Right')
    expect(seen).toEqual([
      ['LimitWaiting', 'ann'],
      ['LimitWaiting', 'ben'],
      ['LimitGranted', 'ann'],
      ['LimitGranted', 'ben'],
      ['LimitWaiting', 'cid'],
      ['LimitRefused', 'cid']
    ])
  })
})

describe('aborted when its turn has come', () => {
  const aborted = { _tag: 'Left', left: { _tag: 'Aborted', attempts: 0, reason: 'enough' } }

  it('a place given back, then the abort, in one tick -> never begins, and the place is free', async () => {
    const clock = virtualClock()
    const set = limitSet([rate, places(1)], { clock })()
    const permit = set.tryAcquire({ rate: 0, place: 1 })()
    const controller = new AbortController()
    let calls = 0
    const task = pipe(
      async () => (calls += 1),
      withLimits(set, { rate: 1, place: 1 }),
      withSignal(controller.signal)
    )
    const ends = start(task, clock)
    if (permit._tag === 'Right') permit.right.release()
    controller.abort('enough')
    await turn()
    expect(ends).toMatchObject([{ result: aborted }])
    expect([calls, set.available(), set.waiting()]).toEqual([0, { place: 1, rate: 1 }, 0])
  })

  it('two whose turn has come at once, and the first aborts the second -> the third begins in its place', async () => {
    const clock = virtualClock()
    const set = limitSet([places(2)], { clock })()
    const permit = set.tryAcquire({ place: 2 })()
    const controller = new AbortController()
    const begun: string[] = []
    const call = (name: string, then = (): void => undefined) =>
      pipe(async () => {
        begun.push(name)
        then()
        return name
      }, withLimits(set))
    const first = start(
      call('first', () => controller.abort('enough')),
      clock
    )
    const second = start(pipe(call('second'), withSignal(controller.signal)), clock)
    const third = start(call('third'), clock)
    if (permit._tag === 'Right') permit.right.release()
    await turn()
    expect(second).toMatchObject([{ result: aborted }])
    expect([first, third].map(([end]) => end?.result)).toEqual([
      { _tag: 'Right', right: 'first' },
      { _tag: 'Right', right: 'third' }
    ])
    expect([begun, set.available()]).toEqual([['first', 'third'], { place: 2 }])
  })

  it('aborted by whoever is told that it was granted -> never begins, and the place is free', async () => {
    const clock = virtualClock()
    const set = limitSet([places(1)], { clock })()
    const permit = set.tryAcquire()()
    const controller = new AbortController()
    let calls = 0
    const task = pipe(
      async () => (calls += 1),
      withLimits(set),
      withSignal(controller.signal),
      withObserver(({ _tag }) => _tag === 'LimitGranted' && controller.abort('enough'))
    )
    const ends = start(task, clock)
    if (permit._tag === 'Right') permit.right.release()
    await turn()
    expect(ends).toMatchObject([{ result: aborted }])
    expect([calls, set.available()]).toEqual([0, { place: 1 }])
  })

  /** A clock whose timers ring when they are told to. */
  const handClock = () => {
    const rings: Array<() => void> = []
    let time = 0
    const clock: Clock = { now: () => time, after: (_, wake) => (rings.push(wake), () => undefined) }
    return {
      clock,
      ringAt: (at: number): void => {
        time = at
        for (const ring of rings.splice(0)) ring()
      }
    }
  }

  it('refused for its wait, then the abort, in one tick -> refused', async () => {
    const { clock, ringAt } = handClock()
    const set = limitSet([places(1)], { clock, maxWait: 50 })()
    set.tryAcquire()()
    const controller = new AbortController()
    const pending = pipe(async () => 1, withLimits(set), withSignal(controller.signal))()
    ringAt(50)
    controller.abort('enough')
    expect(await pending).toMatchObject({ left: { _tag: 'LimitExceeded', reason: 'waitedTooLong' } })
  })

  it('a permit given, then the abort, in one tick, and somebody is told -> the permit', async () => {
    const set = limitSet([places(1)])()
    const permit = set.tryAcquire()()
    const controller = new AbortController()
    const told: string[] = []
    const pending = pipe(
      set.acquire(),
      withSignal(controller.signal),
      withObserver(({ _tag }) => told.push(_tag))
    )()
    if (permit._tag === 'Right') permit.right.release()
    controller.abort('enough')
    expect(await pending).toMatchObject({ _tag: 'Right', right: { granted: { place: 1 } } })
    expect([set.available(), told]).toEqual([{ place: 0 }, ['LimitWaiting', 'LimitGranted']])
  })

  it('a permit that is there while it joins the queue, then the abort -> the permit', async () => {
    // Each look at it takes a millisecond, so what is not there at the first is there at the second.
    let time = 0
    const clock: Clock = { now: () => (time += 1), after: () => () => undefined }
    const set = limitSet([rateLimit({ key: 'rate', capacity: 1, per: 3 })], { clock })()
    expect(set.tryAcquire({ rate: 1 })()._tag).toBe('Right')
    const controller = new AbortController()
    const pending = pipe(set.acquire({ rate: 1 }), withSignal(controller.signal))()
    controller.abort('enough')
    expect(await pending).toMatchObject({ _tag: 'Right', right: { granted: { rate: 1 } } })
  })
})

describe('whenGranted', () => {
  const limits = [places(1)]
  const asked = toAsked('test', limits, {})

  /** The environment of a call with an interrupt of its own. */
  const interruptible = () => {
    const clock = virtualClock()
    const flight = newFlight(undefined)
    const interrupt = makeInterrupt(flight)
    return { clock, flight, interrupt, env: { clock, random: () => 0, interrupt, flight } as unknown as Env }
  }
  const begin = () => Promise.resolve({ _tag: 'Right', right: 'begun' } as const)
  const end = (error: unknown): never => {
    throw error
  }
  const enter = (cell: LimitCell, env: Env, isAll = false) =>
    whenGranted({ cell, name: 'test', askedBy: () => asked, begin, end, isAll })(env, [])

  it('interrupted before -> Aborted, and nothing is taken', async () => {
    const { env, interrupt } = interruptible()
    const cell = newLimitCell(limits, undefined, Infinity, Infinity)
    interrupt.fire('enough')
    expect(await enter(cell, env)).toEqual({
      _tag: 'Left',
      left: { _tag: 'Aborted', attempts: 0, elapsed: 0, failures: [], omitted: 0, reason: 'enough' }
    })
    expect(cell.available(env.clock)).toEqual([1])
  })

  it('interrupted while the answer is on its way -> the answer counts', async () => {
    const { env, interrupt } = interruptible()
    const cell = newLimitCell(limits, undefined, Infinity, Infinity)
    const waits: Waiting[] = []
    const elsewhere: LimitCell = {
      ...cell,
      take: () => undefined,
      join: (clock, request, answer) => {
        const waiting = {
          asked: request,
          clock,
          since: 0,
          answer,
          before: undefined,
          after: undefined,
          waits: false
        }
        waits.push(waiting)
        return waiting
      },
      // Who was answered has left already.
      leave: () => false
    }
    const call = enter(elsewhere, env)
    expect(interrupt.fire('enough')).toBe(false)
    waits[0]?.answer({ asked, clock: env.clock, at: 0, waited: 0, open: true })
    expect(await call).toEqual({ _tag: 'Right', right: 'begun' })
  })

  /** A call that waits for a place that is taken, 50 ms at most, while something before it is marked as landed. */
  const waitingCall = (isAll = false) => {
    const { clock, flight, interrupt, env } = interruptible()
    const cell = newLimitCell(limits, undefined, 50, Infinity)
    const taken = cell.take(clock, asked)
    flight.state = 'landed'
    const call = enter(cell, env, isAll)
    return { clock, flight, interrupt, call, giveBack: () => taken && cell.settle(taken) }
  }

  it('waits, then is granted -> out, and so it stays until what begins has come to something', async () => {
    const { flight, call, giveBack } = waitingCall()
    expect(flight.state).toBe('out')
    giveBack()
    await call
    expect(flight.state).toBe('out')
  })

  it('waits, is granted all that it wants, then is interrupted -> it has that, and is not cut', async () => {
    const { flight, interrupt, call, giveBack } = waitingCall(true)
    giveBack()
    expect(interrupt.fire('too late')).toBe(false)
    expect(await call).toEqual({ _tag: 'Right', right: 'begun' })
    expect(flight.state).toBe('out')
  })

  it('waits, then is refused -> out, then an outcome is on its way', async () => {
    const { clock, flight, call } = waitingCall()
    expect(flight.state).toBe('out')
    await clock.advance(50)
    expect(flight.state).toBe('landed')
    expect(await call).toMatchObject({ left: { _tag: 'LimitExceeded', reason: 'waitedTooLong' } })
  })

  it('waits, then is interrupted -> out, then cut', async () => {
    const { flight, interrupt, call } = waitingCall()
    expect(flight.state).toBe('out')
    expect(interrupt.fire('enough')).toBe(true)
    expect(flight.state).toBe('cut')
    expect(await call).toMatchObject({ left: { _tag: 'Aborted', attempts: 0, reason: 'enough' } })
  })
})
