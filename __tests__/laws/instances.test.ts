/** `PolicyEq` is an equivalence that decisions respect; `PolicyShow` shows code that builds an equal policy. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import * as library from 'reprise'
import {
  immediate,
  limitRetries,
  mapDelay,
  PolicyEq,
  PolicyShow,
  type RetryPolicy,
  withJitter
} from 'reprise'
import { dataPolicies, histories, policies } from '../support/arbitraries.js'
import { difference, law, unless } from '../support/law.js'

const { equals } = PolicyEq
const { show } = PolicyShow

/** The policy that a text of code builds. */
const evaluate = (code: string): RetryPolicy => {
  const [names, values] = [Object.keys(library), Object.values(library)]
  // The code is what PolicyShow printed.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const build = new Function('pipe', ...names, `return ${code}`) as (...all: unknown[]) => RetryPolicy
  return build(pipe, ...values)
}

/** Policies of few kinds, so that equal ones come up often. */
const few = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(1)).map(([count, jitters, same]) =>
  pipe(
    Array.from({ length: jitters }, () => withJitter('full')).reduce(
      (self, jitter) => jitter(self),
      immediate
    ),
    limitRetries(count),
    same === 1 ? mapDelay('abs', Math.abs) : (self) => self
  )
)

describe('PolicyEq', () => {
  law('reflexive', [policies], (a) => unless(equals(a, a), () => 'not equal to itself'))

  law('symmetric', [fc.oneof(few, policies), few], (a, b) =>
    unless(equals(a, b) === equals(b, a), () => 'one way only')
  )

  law('transitive', [few, few, few], (a, b, c) =>
    unless(!equals(a, b) || !equals(b, c) || equals(a, c), () => 'a = b = c, but not a = c')
  )

  law('equal policies decide alike', [few, few, histories], (a, b, history) =>
    equals(a, b) ? difference(a, b, history) : undefined
  )

  law('equal policies look alike', [few, few], (a, b) =>
    unless(!equals(a, b) || show(a) === show(b), () => `${show(a)} and ${show(b)}`)
  )
})

describe('PolicyShow', () => {
  law('of data alone, it is the code of an equal policy', [dataPolicies, histories], (a, history) => {
    const built = evaluate(show(a))
    return unless(equals(built, a), () => show(built)) ?? difference(built, a, history)
  })
})
