import { pipe } from 'fp-ts/lib/function.js'
import { limitSet, resourceLimit, systemClock, withLimits, withSignal } from 'reprise'
import { type Callable, type Env, type Result, toAction, toInner } from '../../../src/action/entry.js'
import { makeInterrupt, mark, newFlight } from '../../../src/action/Interrupt.js'
import { holding } from '../../../src/resource/held.js'
import type { Grant } from '../../../src/resource/LimitCell.js'
import { turn } from '../../support/task.js'

const rethrow = (error: unknown): never => {
  throw error
}

const turnOfPromises = Promise.resolve()

describe('holding', () => {
  /** Runs a body; keeps with what it was settled, `settle` answering as told. */
  const hold = (body: Callable, settle = (): void => undefined) => {
    const flight = newFlight(undefined)
    const interrupt = makeInterrupt(flight)
    const settled: unknown[] = []
    const env = { interrupt, flight } as unknown as Env
    const asked = { amounts: [1], above: undefined, named: [false] }
    const grant: Grant = { asked, clock: systemClock, at: 0, waited: 0, open: true }
    const settling = (_: Grant, result: Result | undefined): void => {
      settled.push(result)
      settle()
    }
    const call = holding(toInner(body), settling, rethrow)(grant, env, [])
    return { call, settled, interrupt }
  }
  const one: Result = { _tag: 'Right', right: 1 }
  const fails = (): never => {
    throw new Error('no such usage')
  }

  it('a body that throws before there is a promise -> rejects with that, settled without a result', async () => {
    const { call, settled } = hold(() => {
      throw new Error('down')
    })
    await expect(call).rejects.toThrow('down')
    expect(settled).toEqual([undefined])
  })

  it('a body that fails, and a settling that throws -> the failure of the body', async () => {
    await expect(hold(async () => Promise.reject(new Error('down')), fails).call).rejects.toThrow('down')
  })

  it('a result, and a settling that throws -> that is the failure', async () => {
    await expect(hold(async () => one, fails).call).rejects.toThrow('no such usage')
  })

  it('interrupted -> settled soon, though the body goes on, which is nothing that the call would end with', async () => {
    const { settled, interrupt } = hold(async () => new Promise<never>(() => undefined))
    expect(interrupt.fire('enough')).toBe(false)
    await turn()
    expect(settled).toEqual([undefined])
  })

  it('interrupted while a result is on its way -> settled with that first', async () => {
    const onItsWay = toAction(
      () => 1,
      async ({ flight }) => {
        mark(flight, 'landed')
        await turnOfPromises
        await turnOfPromises
        return one
      }
    )
    const { call, settled, interrupt } = hold(onItsWay)
    interrupt.fire('enough')
    await call
    expect(settled).toEqual([one])
  })

  it('aborted while it runs -> the place is free by the time that the caller hears of it', async () => {
    const set = limitSet([resourceLimit({ key: 'place', capacity: 1 })])()
    const controller = new AbortController()
    const task = pipe(
      () => new Promise<never>(() => undefined),
      withLimits(set),
      withSignal(controller.signal)
    )
    const free = task().then(() => set.available())
    controller.abort('enough')
    expect(await free).toEqual({ place: 1 })
  })

  it.each<[string, () => Promise<Result>, unknown]>([
    ['a result', async () => one, one],
    ['a failure', async () => Promise.reject(new Error('down')), undefined]
  ])('%s, then an interrupt -> settled once', async (_, body, expected) => {
    const { call, settled, interrupt } = hold(body)
    await call.catch(() => undefined)
    interrupt.fire('enough')
    await turn()
    expect(settled).toEqual([expected])
  })
})
