/** What is thrown where nothing should be, such as by a clock that cannot be read, is left to the end of the call. */
import { type Clock, rateLimit, resourceLimit } from 'reprise'
import { type Env, left, right } from '../../../src/action/entry.js'
import { makeInterrupt, newFlight } from '../../../src/action/Interrupt.js'
import { whenGranted } from '../../../src/resource/held.js'
import type { Limit } from '../../../src/resource/Limit.js'
import { type LimitCell, newLimitCell } from '../../../src/resource/LimitCell.js'
import { toAsked } from '../../../src/resource/LimitRequest.js'

const place = resourceLimit({ key: 'place', capacity: 1 })
const rate = rateLimit({ key: 'rate', capacity: 1, per: 100 })
const down = new Error('no time')
const fails = (): never => {
  throw down
}
const broken: Clock = { now: fails, after: fails }
const still: Clock = { now: () => 0, after: () => () => undefined }

/** A call that asks for one of a limit. */
const enter = (cell: LimitCell, limit: Limit, env: object) => {
  const asked = toAsked('test', [limit], { [limit.key]: 1 })
  return whenGranted({
    cell,
    name: 'test',
    askedBy: () => asked,
    begin: async () => right('begun'),
    end: left,
    isAll: false
  })(env as Env, [])
}
const newCell = (limit: Limit): LimitCell => newLimitCell([limit], undefined, Infinity, Infinity)

it('a rate, and a clock that cannot be read -> the end of the call', async () => {
  expect(await enter(newCell(rate), rate, { clock: broken })).toEqual({ _tag: 'Left', left: down })
})

it('a place that is free, and a clock that cannot be read -> begins, since nobody reads it', async () => {
  expect(await enter(newCell(place), place, { clock: broken })).toEqual({ _tag: 'Right', right: 'begun' })
})

it('a place that is taken, and a clock that cannot be read -> the end of the call, and nobody waits', async () => {
  const cell = newCell(place)
  cell.take(still, toAsked('test', [place], {}))
  expect(await enter(cell, place, { clock: broken })).toEqual({ _tag: 'Left', left: down })
  expect(cell.waiting()).toBe(0)
})

it('aborted by whoever is told that it was granted, and what it holds cannot be given back -> the end of the call', async () => {
  const cell = newCell(place)
  const taken = cell.take(still, toAsked('test', [place], {}))
  const flight = newFlight(undefined)
  const interrupt = makeInterrupt(flight)
  const told: unknown[] = []
  const report = (_: unknown, news: { readonly _tag: string }): void => {
    told.push(news._tag)
    if (news._tag === 'LimitGranted') interrupt.fire('enough')
  }
  const call = enter({ ...cell, settle: fails }, place, { clock: still, flight, interrupt, report })
  if (taken) cell.settle(taken)
  expect(await call).toEqual({ _tag: 'Left', left: down })
  expect(told).toEqual(['LimitWaiting', 'LimitGranted'])
})
