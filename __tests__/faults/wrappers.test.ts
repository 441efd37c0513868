import { pipe } from 'fp-ts/lib/function.js'
import { type AnyFunction, withEnv, withTimeout } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { rowsWith } from '../support/allRows.js'
import { endOf, reaches, unhandledIn } from '../support/harmless.js'
import { oddActions, type OddAction } from '../support/oddActions.js'

/** What is wrong with how a call of a wrapped function ends; nothing, as it should be. */
const harmOf = async (
  wrap: (fn: AnyFunction) => AnyFunction,
  { call, name, original, side }: OddAction
): Promise<ReadonlyArray<string>> => {
  const clock = virtualClock()
  const task = pipe(
    wrap(call) as () => Promise<unknown>,
    withTimeout(10_000),
    withEnv({ clock, random: () => 0.5 })
  )
  const end = await endOf(task, () => clock.runAll(10_000))
  if (end._tag === 'Wrong') return [`${name}: ${end.how}`]
  if (side !== undefined && end.result._tag !== side) return [`${name}: a ${end.result._tag}`]
  if (original !== undefined && !reaches(end.result, original[0])) return [`${name}: the original is lost`]
  return []
}

describe('a function that behaves badly', () => {
  it.each(rowsWith('wraps'))(
    '%s -> an Either with the original error, nothing unhandled',
    async (_, __, wrap, { copies, only }) => {
      const harm: string[] = []
      for (const given of oddActions().filter(({ name }) => only?.test(name) ?? true)) {
        const { original, ...rest } = given
        const action = copies === true || original === undefined ? rest : { ...rest, original }
        const unhandled = await unhandledIn(async () => harm.push(...(await harmOf(wrap, action))))
        harm.push(...unhandled.map((what) => `${action.name}: ${what}`))
      }
      expect(harm.slice(0, 12)).toEqual([])
    }
  )
})
