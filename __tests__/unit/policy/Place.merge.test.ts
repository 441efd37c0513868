import { pipe } from 'fp-ts/lib/function.js'
import { andThen, fixed, limitRetries, when } from 'reprise'
import { after, countsOf, isScope, merge, type Place } from '../../../src/policy/Place.js'
import { initialState, planOf, type StepState } from '../../../src/policy/step.js'

const at = (state: Partial<StepState>): StepState => ({ ...initialState, ...state })

describe('countsOf', () => {
  const counts = (...memory: ReadonlyArray<unknown>): string => countsOf(at({ memory }))
  const scope = { retry: 2, slept: 100, drawn: 10 }

  it('states that differ in what they have slept and drawn -> the same', () => {
    expect(counts(scope, null)).toBe(counts({ ...scope, slept: 200, drawn: 20 }, null))
  })

  it('states that differ in a count, or in where it is -> not the same', () => {
    expect(counts(scope)).not.toBe(counts({ ...scope, retry: 3 }))
    expect(counts(scope, null)).not.toBe(counts(null, scope))
    expect(counts({ ...scope, retry: 1 }, { ...scope, retry: 12 })).not.toBe(
      counts({ ...scope, retry: 11 }, { ...scope, retry: 2 })
    )
  })
})

describe('merge', () => {
  const scopeOf = (slept: number, drawn: number) => ({ retry: 1, slept, drawn })
  const state = (slept: number, drawn: number): StepState => ({
    retry: 2,
    slept,
    drawn,
    delay: drawn,
    memory: [null, scopeOf(slept, drawn)]
  })
  const place = (low: StepState, high: StepState, rest: Partial<Place> = {}): Place => ({
    low,
    high,
    lowReached: true,
    highReached: true,
    filled: true,
    ...rest
  })
  const [a, b] = [place(state(10, 5), state(20, 3)), place(state(15, 1), state(30, 2))]

  it('two -> the least and the most of them', () => {
    const expected = {
      low: state(10, 5),
      high: state(30, 2),
      lowReached: true,
      highReached: true,
      filled: true
    }
    expect(merge(a, b, false)).toEqual(expected)
    expect(merge(b, a, false)).toEqual(expected)
  })

  it('is it reached -> as in the one that it is taken from, or the first of equals', () => {
    const nobody = { lowReached: false, highReached: false }
    expect(merge({ ...a, ...nobody }, b, false)).toMatchObject({ lowReached: false, highReached: true })
    expect(merge(a, { ...b, ...nobody }, false)).toMatchObject({ lowReached: true, highReached: false })
    expect(merge(a, { ...a, ...nobody }, false)).toMatchObject({ lowReached: true, highReached: true })
    expect(merge({ ...a, ...nobody }, a, false)).toMatchObject(nobody)
  })

  it('windows depend on the wait drawn last -> the least and the most in all, which nobody is known to reach', () => {
    expect(merge(a, b, true)).toEqual({
      low: { retry: 2, slept: 10, drawn: 1, delay: 1, memory: [null, scopeOf(10, 1)] },
      high: { retry: 2, slept: 30, drawn: 3, delay: 3, memory: [null, scopeOf(30, 3)] },
      lowReached: false,
      highReached: false,
      filled: true
    })
  })

  it.each<[string, Place, Place, boolean]>([
    ['one next to the other', a, place(state(21, 1), state(30, 1)), true],
    ['a gap', a, place(state(22, 1), state(30, 1)), false],
    ['one not filled', a, { ...b, filled: false }, false]
  ])('%s -> filled: the last column', (_, one, other, expected) => {
    expect(merge(one, other, false).filled).toBe(expected)
    expect(merge(other, one, false).filled).toBe(expected)
  })
})

describe('isScope', () => {
  it('what parts remember -> is it a scope?', () => {
    const policy = pipe(fixed(100), limitRetries(0), andThen(fixed(10)), when('A', fixed(1)))
    const memory = after(planOf(policy), initialState, { _tag: 'Failed', error: 'x' })?.state.memory
    expect(memory?.map(isScope)).toEqual([true, false, true])
    expect([null, undefined, 'x'].map(isScope)).toEqual([false, false, false])
  })
})
