import { decodeConfiguration, encodePolicy, encodeWorkerOptions, showConfigError } from 'reprise/codec'
import { seededRandom } from 'reprise/testing'
import { registry } from './arbitraries.js'
import { anything, drawWith, endless, mutated, wild } from './hostile.js'

/** What became of hostile input. */
export interface Seen {
  readonly left: number
  readonly right: number
  /** How often an error was found in the depth: under three keys or more. */
  readonly deep: number
  /** How long the slowest took, in milliseconds. */
  readonly slowest: number
}

const functions = { ...registry, validators: { isNumber: () => true, isShort: () => true } }
const decode = decodeConfiguration(functions)
const encode = encodePolicy(functions)
const encodeOptions = encodeWorkerOptions(functions)

/** Decodes hostile input, of which most is made from these texts of JSON; throws if it does harm. */
export const attack = (texts: ReadonlyArray<string>, inputs: number): Seen => {
  const draw = drawWith(seededRandom(20_260))
  const properties = Object.getOwnPropertyNames(Object.prototype).join()
  const seen = { left: 0, right: 0, deep: 0, slowest: 0 }
  for (let i = 0; i < inputs; i++) {
    const values = i % 500 < 2 ? endless : anything
    const input = i % 4 === 0 ? wild(draw, values) : mutated(draw, values, texts)
    const start = performance.now()
    const decoded = decode(input)
    seen.slowest = Math.max(seen.slowest, performance.now() - start)
    if (decoded._tag === 'Left') {
      seen.left += 1
      const lines = decoded.left.map(showConfigError)
      if (lines.length === 0 || lines.includes('')) throw new Error('nothing is said')
      if (decoded.left.some(({ path }) => path.split('.').length > 2)) seen.deep += 1
    } else {
      seen.right += 1
      const { right } = decoded
      const again = right._tag === 'policy' ? encode(right.policy) : encodeOptions(right.options)
      if (again._tag === 'Left') throw new Error(again.left.map(showConfigError).join('\n'))
    }
  }
  if (properties !== Object.getOwnPropertyNames(Object.prototype).join()) throw new Error('polluted')
  return seen
}
