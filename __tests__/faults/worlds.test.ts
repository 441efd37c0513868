import { pipe } from 'fp-ts/lib/function.js'
import { type AnyFunction, withEnv, withTimeout } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { rowsWith } from '../support/allRows.js'
import { endOf, reaches, unhandledIn } from '../support/harmless.js'
import { type OddAction, someActions } from '../support/oddActions.js'
import { clockWorlds, type OddWorld, otherWorlds } from '../support/oddWorlds.js'

const wrappers = rowsWith('wraps').filter(([, , , { only }]) => only === undefined)

/** What is wrong with how a call ends in a world; nothing, as it should be. */
const harmOf = async (
  wrap: (fn: AnyFunction) => AnyFunction,
  { around, name: world }: OddWorld,
  { call, name, original }: OddAction
): Promise<ReadonlyArray<string>> => {
  const clock = virtualClock()
  let calls = 0
  let calledAgain = false
  const counted = (): unknown => {
    calls += 1
    return call()
  }
  const again = (): unknown => {
    if (calledAgain) return undefined
    calledAgain = true
    return inside()
  }
  const inside = around(clock, again)(wrap(counted))
  const task = pipe(inside as () => Promise<unknown>, withTimeout(10_000), withEnv({ clock }))
  const end = await endOf(task, () => clock.runAll(10_000))
  if (end._tag === 'Wrong') return [`${world}, ${name}: ${end.how}`]
  const isLost =
    calls > 0 && original !== undefined && world.includes('random') && !reaches(end.result, original[0])
  return isLost ? [`${world}, ${name}: the original is lost`] : []
}

const harmIn = async (wrap: (fn: AnyFunction) => AnyFunction, worlds: ReadonlyArray<OddWorld>) => {
  const harm: string[] = []
  for (const world of worlds)
    for (const action of someActions) {
      const unhandled = await unhandledIn(async () => harm.push(...(await harmOf(wrap, world, action))))
      harm.push(...unhandled.map((what) => `${world.name}, ${action.name}: ${what}`))
    }
  return harm
}

describe('a call in a world that breaks its word', () => {
  it.each(wrappers)('%s, a bad clock -> an Either, nothing unhandled', async (_, __, wrap) => {
    expect((await harmIn(wrap, clockWorlds)).slice(0, 12)).toEqual([])
  })

  it.each(wrappers)(
    '%s, bad randomness, observers and signals -> an Either, nothing unhandled',
    async (_, __, wrap) => {
      expect((await harmIn(wrap, otherWorlds)).slice(0, 12)).toEqual([])
    }
  )
})
