import * as E from 'fp-ts/lib/Either.js'
import type { Errors, Validation } from 'io-ts'
import { all, expecting, problem } from '../../../src/codec/Validation.js'

/** Where each error is, and what was expected there. */
const inShort = (errors: Errors): ReadonlyArray<readonly [path: string, expected: string | undefined]> =>
  errors.map(({ context }) => [context.map(({ key }) => key).join('.'), context.at(-1)?.type.name])

describe('problem', () => {
  const context = [
    { key: '', type: { name: 'a policy' } },
    { key: 'retryOn', type: { name: 'a condition' } }
  ] as never

  it('here -> in the place of what was expected', () => {
    expect(inShort([problem(1, context, 'a list')])).toEqual([['.retryOn', 'a list']])
  })

  it('here, further below -> all above it stays', () => {
    const deep = [...context, { key: 'not', type: { name: 'another' } }] as never
    expect(inShort([problem(1, deep, 'a list')])).toEqual([['.retryOn.not', 'a list']])
  })

  it('under a key -> below it', () => {
    expect(inShort([problem(1, context, 'a list', 'of')])).toEqual([['.retryOn.of', 'a list']])
  })

  it('nothing said of where it is -> the whole', () => {
    expect(inShort([problem(1, [], 'a list')])).toEqual([['', 'a list']])
  })
})

describe('expecting', () => {
  it('whatever is decoded -> an error of the whole, with the name as what was expected', () => {
    const decoded = expecting('a list').decode(1)
    expect(decoded._tag === 'Left' && inShort(decoded.left)).toEqual([['', 'a list']])
  })
})

describe('all', () => {
  const no = (value: unknown) => ({ value, context: [] })

  it.each<[string, ReadonlyArray<Validation<number>>, Validation<ReadonlyArray<number>>]>([
    ['none', [], E.right([])],
    ['values', [E.right(1), E.right(2)], E.right([1, 2])],
    [
      'errors',
      [E.left([no('a'), no('b')]), E.right(1), E.left([no('c')])],
      E.left([no('a'), no('b'), no('c')])
    ]
  ])('%s -> all of them', (_, each, expected) => {
    expect(all(each)).toEqual(expected)
  })
})
