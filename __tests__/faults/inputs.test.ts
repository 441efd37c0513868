import { rowsWith } from '../support/allRows.js'
import { endOf, textOf, unhandledIn } from '../support/harmless.js'
import { anything, endless } from '../support/hostile.js'
import { type Named, oddFunctions, oddValues } from '../support/oddValues.js'

// What is encoded comes from the program itself: it is not made to exhaust whoever reads it.
const inputs = (name: string): ReadonlyArray<Named<unknown>> => [
  ...oddValues(),
  ...oddFunctions(),
  ...[...anything, ...(name.startsWith('encode') ? [] : endless)].map(
    (make, i) => [`hostile input ${i}`, make()] as const
  )
]

/** What is wrong with what a decoder gives: an `Either`, whose `Left` is a list of errors, each with a path. */
const harmOf = (given: unknown): ReadonlyArray<string> => {
  const { _tag, left } = given as { readonly _tag: unknown; readonly left: ReadonlyArray<unknown> }
  if (_tag === 'Right') return []
  if (_tag !== 'Left' || !Array.isArray(left) || left.length === 0) return ['gave no Either']
  return left.every((error) => ['path', 'context', 'part'].some((key) => key in (error as object)))
    ? []
    : ['an error without a path']
}

describe('input that is hard to read', () => {
  it.each(rowsWith('decodes'))(
    '%s -> a Left with paths or a Right, nothing thrown',
    async (_, name, decodes) => {
      const harm: string[] = []
      const unhandled = await unhandledIn(async () => {
        for (const [what, input] of inputs(name)) {
          try {
            harm.push(...harmOf(decodes(input)).map((wrong) => `${what}: ${wrong}`))
          } catch (error) {
            harm.push(`${name}: ${textOf(error)}`)
          }
        }
      })
      expect([...harm, ...unhandled].slice(0, 12)).toEqual([])
    }
  )

  it.each(rowsWith('calls'))('%s -> a task that ends with an Either', async (_, __, calls) => {
    const harm: string[] = []
    for (const [name, value] of [...oddValues(), ...oddFunctions()]) {
      const unhandled = await unhandledIn(async () => {
        const end = await endOf(
          () => calls(value)(),
          async () => undefined
        )
        if (end._tag === 'Wrong') harm.push(`${name}: ${end.how}`)
      })
      harm.push(...unhandled.map((what) => `${name}: ${what}`))
    }
    expect(harm.slice(0, 12)).toEqual([])
  })
})
