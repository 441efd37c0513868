import { pipe } from 'fp-ts/lib/function.js'
import { type AnyPolicy, andThen, both, fixed, limitRetries, mapDelay } from 'reprise'
import { anyPart } from '../../../src/policy/anyPart.js'

describe('anyPart', () => {
  const isLimited = ({ limitRetries: limit }: AnyPolicy): boolean => limit !== undefined
  const limited = limitRetries(1)(fixed(1))

  it.each<[string, AnyPolicy, boolean]>([
    ['the policy itself -> true', limited, true],
    ['its second part -> true', pipe(fixed(1), both(limited)), true],
    ['a part of a part -> true', pipe(limited, mapDelay('abs', Math.abs), andThen(fixed(1))), true],
    ['none -> false', pipe(fixed(1), both(fixed(2))), false]
  ])('%s', (_, policy, expected) => {
    expect(anyPart(policy, isLimited)).toBe(expected)
  })
})
