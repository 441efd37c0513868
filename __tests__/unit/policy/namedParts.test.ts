import { pipe } from 'fp-ts/lib/function.js'
import { type AnyPolicy, andThen, both, either, fixed, limitRetries, mapDelay, when } from 'reprise'
import { everyPart, namedParts } from '../../../src/policy/namedParts.js'

const [one, two, three] = [fixed(1), fixed(2), fixed(3)]

describe('namedParts', () => {
  it.each<[string, AnyPolicy, ReadonlyArray<readonly [string, AnyPolicy]>]>([
    ['a formula -> none', one, []],
    ['mapDelay -> what it changes, without a name', pipe(one, mapDelay('abs', Math.abs)), [['', one]]],
    [
      'a chain of andThen -> stages',
      pipe(one, andThen(two), andThen(three)),
      [
        ['stage 1', one],
        ['stage 2', two],
        ['stage 3', three]
      ]
    ],
    [
      'a chain of both -> parts',
      pipe(one, both(pipe(two, both(three)))),
      [
        ['part 1', one],
        ['part 2', two],
        ['part 3', three]
      ]
    ],
    [
      'both in either -> one part',
      pipe(one, both(two), either(three)),
      [
        ['part 1', pipe(one, both(two))],
        ['part 2', three]
      ]
    ],
    [
      'both with a limit of its own in both -> one part',
      pipe(one, both(two), limitRetries(5), both(three)),
      [
        ['part 1', pipe(one, both(two), limitRetries(5))],
        ['part 2', three]
      ]
    ],
    [
      'a chain of when -> in the order in which they are asked, then what is left',
      pipe(one, when('A', two), when('B', three)),
      [
        ['errors that match "B"', three],
        ['other errors that match "A"', two],
        ['all other failures', one]
      ]
    ],
    [
      'when with a limit of its own in when -> what is left',
      pipe(one, when('A', two), limitRetries(5), when('B', three)),
      [
        ['errors that match "B"', three],
        ['all other failures', pipe(one, when('A', two), limitRetries(5))]
      ]
    ]
  ])('%s', (_, policy, expected) => {
    expect(namedParts(policy.schedule)).toEqual(expected.map(([name, part]) => ({ name, policy: part })))
  })
})

describe('everyPart', () => {
  it('a combination of combinations -> each before its parts', () => {
    const inner = pipe(one, both(two))
    const whole = pipe(inner, andThen(three))
    expect(everyPart(whole)).toEqual([whole, inner, one, two, three])
  })

  it('a formula -> itself', () => {
    expect(everyPart(one)).toEqual([one])
  })
})
