import { rowsWith } from '../support/allRows.js'
import { textOf, unhandledIn } from '../support/harmless.js'
import { oddPolicies } from '../support/oddPolicies.js'
import { oddFunctions, oddValues } from '../support/oddValues.js'

/** What goes wrong when `f` is called with each of these. */
const harmOf = async (f: (value: never) => unknown, values: ReadonlyArray<readonly [string, unknown]>) => {
  const harm: string[] = []
  const unhandled = await unhandledIn(async () => {
    for (const [name, value] of values) {
      try {
        f(value as never)
      } catch (error) {
        harm.push(`${name}: ${textOf(error)}`)
      }
    }
  })
  return [...harm, ...unhandled].slice(0, 12)
}

describe('a policy whose functions break their word', () => {
  it.each(rowsWith('reads'))('%s -> an answer, nothing thrown', async (_, __, reads) => {
    expect(await harmOf(reads, oddPolicies())).toEqual([])
  })
})

describe('a value that is hard to read', () => {
  it.each(rowsWith('asks'))('%s -> an answer, nothing thrown', async (_, __, asks) => {
    expect(await harmOf(asks, [...oddValues(), ...oddFunctions()])).toEqual([])
  })
})
