import { allOf, anyCause, type ConditionInput, not } from 'reprise'
import { toCondition } from '../../../src/policy/Condition.js'
import { implies, matchesEverything, matchesNothing } from '../../../src/policy/implies.js'

const of = (input: ConditionInput) => toCondition('condition', input)
const isOdd = (error: unknown): boolean => error === 1

describe('matchesNothing', () => {
  it.each<[string, boolean, ConditionInput]>([
    ['[]', true, []],
    ['a name', false, 'A'],
    ['[[], []]', true, [of([]), of([])]],
    ['[[], A]', false, [of([]), 'A']],
    ['not of everything', true, not(allOf([]))],
    ['not of a name', false, not('A')],
    ['A and []', true, allOf(['A', of([])])],
    ['A and not A', true, allOf(['A', not('A')])],
    ['A and not B', false, allOf(['A', not('B')])],
    ['A and B: by tag and by code', false, allOf(['A', 'B'])],
    ['anyCause of []', true, anyCause([])],
    ['a cause A, and A', false, allOf([anyCause('A'), 'A'])],
    ['a class', false, Error],
    ['a predicate', false, isOdd]
  ])('%s -> %s', (_, expected, input) => {
    expect(matchesNothing(of(input))).toBe(expected)
  })
})

describe('matchesEverything', () => {
  it.each<[string, boolean, ConditionInput]>([
    ['allOf []', true, allOf([])],
    ['not []', true, not([])],
    ['A or not A', true, ['A', not('A')]],
    ['A or not B', false, ['A', not('B')]],
    ['anyCause of allOf []', true, anyCause(allOf([]))],
    ['a name', false, 'A'],
    ['a class', false, Error],
    ['a predicate', false, isOdd]
  ])('%s -> %s', (_, expected, input) => {
    expect(matchesEverything(of(input))).toBe(expected)
  })
})

describe('implies', () => {
  it.each<[string, boolean, ConditionInput, ReadonlyArray<ConditionInput>]>([
    ['A, A', true, 'A', ['A']],
    ['A, B', false, 'A', ['B']],
    ['A, none', false, 'A', []],
    ['nothing, none', true, [], []],
    ['A, [A, B]', true, 'A', [['A', 'B']]],
    ['[A, B], A', false, ['A', 'B'], ['A']],
    ['[A, B], one after the other', true, ['A', 'B'], ['A', 'B']],
    ['[A, B], [A] and [B, C]', true, ['A', 'B'], ['A', ['B', 'C']]],
    ['A and B, A', true, allOf(['A', 'B']), ['A']],
    ['A, A and B', false, 'A', [allOf(['A', 'B'])]],
    ['a class, its parent', true, TypeError, [Error]],
    ['a class, its heir', false, Error, [TypeError]],
    ['a predicate, itself', true, isOdd, [isOdd]],
    ['A, a cause A', true, 'A', [anyCause('A')]],
    ['a cause A, A', false, anyCause('A'), ['A']],
    ['not [A, B], not A', true, not(['A', 'B']), [not('A')]],
    ['not A, not [A, B]', false, not('A'), [not(['A', 'B'])]],
    ['A, not B', false, 'A', [not('B')]],
    ['A, a class', false, 'A', [Error]],
    ['A, a predicate', false, 'A', [isOdd]],
    ['A and B, B and A', true, allOf(['A', 'B']), [allOf(['B', 'A'])]],
    ['A and B, A and C', false, allOf(['A', 'B']), [allOf(['A', 'C'])]],
    ['anything, everything', true, 'A', [allOf([])]]
  ])('%s -> %s', (_, expected, a, others) => {
    expect(implies(of(a), others.map(of))).toBe(expected)
  })
})
