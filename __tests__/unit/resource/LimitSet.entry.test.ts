import { limitSet, resourceLimit, systemClock, systemRandom } from 'reprise'
import { type Callable, type Env, entry } from '../../../src/action/entry.js'
import { newFlight } from '../../../src/action/Interrupt.js'
import { decide } from '../../../src/policy/step.js'

it('acquire, entered by a wrapper -> an outcome is on its way as soon as there is a permit', async () => {
  const set = limitSet([resourceLimit({ key: 'place', capacity: 1 })])()
  const flight = newFlight(undefined)
  const env: Env = { clock: systemClock, random: systemRandom, decide, flight }
  const call = (set.acquire() as unknown as Callable)[entry]?.(env, [])
  expect(flight.state).toBe('landed')
  expect(await call).toMatchObject({ _tag: 'Right', right: { granted: { place: 1 }, waited: 0 } })
})
