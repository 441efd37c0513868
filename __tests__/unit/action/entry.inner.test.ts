import { systemClock, systemRandom } from 'reprise'
import {
  type Callable,
  type Env,
  entry,
  left,
  right,
  toAction,
  toEndingAction,
  toInner
} from '../../../src/action/entry.js'
import { newFlight } from '../../../src/action/Interrupt.js'
import { decide } from '../../../src/policy/step.js'

const env: Env = { clock: systemClock, random: systemRandom, decide }

describe('toInner', () => {
  /** What it comes to, and how things stood by then. */
  const comesTo = (fn: Callable, flight = newFlight(undefined)) =>
    toInner(fn)(
      { ...env, flight },
      [1],
      (result) => ['result', result, flight.state],
      (error) => ['error', error, flight.state]
    )

  it.each<[string, Callable, unknown]>([
    ['a function that resolves', async (id) => id, ['result', right(1), 'landed']],
    ['a function that rejects', async (id) => Promise.reject(id), ['error', 1, 'landed']],
    // Their runs say themselves when they have landed.
    [
      'an action',
      toAction(
        (_id) => 1,
        async () => ({ _tag: 'Left', left: 'e' })
      ),
      ['result', left('e'), 'out']
    ],
    [
      'an action that rejects',
      toAction(
        (_id) => 1,
        () => Promise.reject('e')
      ),
      ['error', 'e', 'out']
    ],
    [
      'a task',
      toAction(
        (_id) => 1,
        async (_, args) => ({ _tag: 'Right', right: args })
      )('own') as Callable,
      ['result', right(['own']), 'out']
    ]
  ])('%s -> what it comes to, handed on', async (_, fn, expected) => {
    expect(await comesTo(fn)).toEqual(expected)
  })

  it.each<[string, Callable, unknown]>([
    ['resolves', async (id) => id, right(1)],
    ['rejects', async (id) => Promise.reject(id), 1]
  ])('a function that %s, without a flight -> the same', async (_, fn, expected) => {
    const give = (given: unknown): unknown => given
    expect(await toInner(fn)(env, [1], give, give)).toEqual(expected)
  })

  it.each([
    ['with a flight', newFlight(undefined)],
    ['without a flight', undefined]
  ])('a native promise with a then of its own, %s -> is not asked for it, as by await', async (_, flight) => {
    const then = jest.fn(() => {
      throw new Error('own')
    })
    const odd = Object.assign(Promise.resolve(1), { then })
    const give = (given: unknown): unknown => given
    expect(await toInner(() => odd)({ ...env, flight }, [], give, give)).toEqual(right(1))
    expect(then).not.toHaveBeenCalled()
  })

  it('a function that throws -> landed at once, the error handed on later', async () => {
    const flight = newFlight(undefined)
    const call = comesTo(() => {
      throw 'e'
    }, flight)
    expect(flight.state).toBe('landed')
    expect(await call).toEqual(['error', 'e', 'landed'])
  })
})

describe('toEndingAction', () => {
  it('an error -> a Left for a call from outside, thrown on for one through the entry', async () => {
    const action = toEndingAction(
      () => 1,
      (end) => async () => end('e')
    )
    expect(await action()).toEqual(left('e'))
    await expect(action[entry]?.(env, [])).rejects.toBe('e')
  })
})
