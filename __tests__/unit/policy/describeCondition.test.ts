import { allOf, anyCause, type ConditionInput, not } from 'reprise'
import { toCondition } from '../../../src/policy/Condition.js'
import { errorsThat, listed, nameOf } from '../../../src/policy/describeCondition.js'

const of = (input: ConditionInput) => toCondition('condition', input)
const isOdd = (error: unknown): boolean => error === 1

describe('errorsThat', () => {
  it.each<[string, ConditionInput]>([
    ['"A"', 'A'],
    ['TypeError', TypeError],
    ['isOdd', isOdd],
    [
      'a nameless function',
      (
        () => () =>
          true
      )()
    ],
    ['"A", "B" or "C"', ['A', 'B', 'C']],
    ['nothing', []],
    ['"A" and "B"', allOf(['A', 'B'])],
    ['anything', allOf([])],
    ['anything but "A"', not('A')],
    ['anything but ("A" or "B")', not(['A', 'B'])],
    ['anything but "A"', not(['A'])],
    ['anything but nothing', not([])],
    ['anything but anything', not(allOf([]))],
    ['anything but ("A" and "B")', not(allOf(['A', 'B']))],
    ['anything but (anything but "A")', not(not('A'))],
    ['"A" (causes included)', anyCause('A')],
    ['anything but "A" (causes included)', not(anyCause('A'))],
    ['("A" or "B") (causes included)', anyCause(['A', 'B'])],
    ['"A" or ("B" and "C")', ['A', allOf(['B', 'C'])]],
    ['"A" and (anything but "B")', allOf(['A', not('B')])]
  ])('%s', (text, input) => {
    expect(errorsThat(of(input))).toBe(`errors that match ${text}`)
  })

  it('several conditions -> any of them', () => {
    expect(errorsThat(of('A'), of(['B', 'C']))).toBe('errors that match "A" or "B" or "C"')
  })
})

describe('nameOf', () => {
  it('a name -> itself; none -> says so', () => {
    expect([nameOf({ name: 'isOdd' }), nameOf({ name: '' })]).toEqual(['isOdd', 'a nameless function'])
  })
})

describe('listed', () => {
  it.each<[ReadonlyArray<string>, string]>([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c']
  ])('%p -> %s', (all, text) => {
    expect(listed(all, 'and')).toBe(text)
  })
})
