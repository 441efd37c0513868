import { rowsWith } from '../support/allRows.js'
import { unhandledIn } from '../support/harmless.js'
import type { Makes } from '../support/rows.js'
import { harmOfBad } from '../support/spoiled.js'

const makers = rowsWith('makes').flatMap(([title, name, makes]) =>
  [makes].flat().map((each: Makes, i) => [i === 0 ? title : `${title} (${i + 1})`, name, each] as const)
)

describe('bad arguments', () => {
  it.each(makers)(
    '%s -> a RangeError or TypeError with argument and value, or a use',
    async (_, name, makes) => {
      const harm: string[] = []
      const unhandled = await unhandledIn(async () => harm.push(...harmOfBad(name, makes)))
      expect([...harm, ...unhandled].slice(0, 12)).toEqual([])
    }
  )
})
