import { pipe } from 'fp-ts/lib/function.js'
import { both, fixed, limitRetries, waits, when } from 'reprise'
import { choices } from '../../../src/policy/choices.js'
import { errorsThat } from '../../../src/policy/describeCondition.js'

describe('choices', () => {
  /** What is chosen, and the first waits of it. */
  const chosen = (
    policy: Parameters<typeof choices>[0]
  ): ReadonlyArray<readonly [string, ReadonlyArray<number>]> =>
    choices(policy).map(({ conditions, policy: choice }) => [
      conditions.map((each) => errorsThat(each).replace('errors that match ', '')).join(),
      waits(choice, 2)
    ])

  it('no when -> none', () => {
    expect(chosen(pipe(fixed(1), both(fixed(2))))).toEqual([])
  })

  it('a chain -> the last first, as it is asked; what stands below applies to all', () => {
    const policy = pipe(fixed(1), when('A', fixed(2)), when('B', fixed(3)), limitRetries(1))
    expect(chosen(policy)).toEqual([
      ['"B"', [3]],
      ['"A"', [2]]
    ])
  })

  it('a choice within a choice -> both conditions', () => {
    const policy = pipe(fixed(1), when('A', pipe(fixed(2), when('B', fixed(3)))))
    expect(chosen(policy)).toEqual([
      ['"A"', [2, 2]],
      ['"A","B"', [3, 3]]
    ])
  })

  it('the same condition in two parts -> chosen in both', () => {
    const policy = pipe(fixed(1), when('A', fixed(2)), both(pipe(fixed(1), when('A', fixed(5)))))
    expect(chosen(policy)).toEqual([['"A"', [5, 5]]])
  })

  it('the same condition twice -> the one that is asked first', () => {
    expect(chosen(pipe(fixed(1), when('A', fixed(2)), when('A', fixed(3))))).toEqual([['"A"', [3, 3]]])
  })
})
