/** With a list as "or", `allOf` as "and" and `not`, conditions form a boolean algebra. */
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  allOf,
  anyCause,
  type Condition,
  fixed,
  isRetryable,
  not,
  PolicyEq,
  retryOn,
  when
} from 'reprise'
import { conditions, errors, histories, policies, schedules } from '../support/arbitraries.js'
import { difference, law, run, show, unless } from '../support/law.js'

type Input = Parameters<typeof retryOn>[0]

const matches = (condition: Input, error: unknown): boolean =>
  isRetryable(pipe(fixed(1), retryOn(condition as Condition)))(error)

/** Conditions as values, so that they can stand in lists. */
const values = conditions.map((condition): Condition => not(not(condition)))

const everything = allOf([])
const nothing: ReadonlyArray<Condition> = []

/** Both sides of an equation match the same error. */
const equation = (
  title: string,
  sides: (a: Condition, b: Condition, c: Condition) => readonly [Input, Input]
): void =>
  law(title, [values, values, values, errors], (a, b, c, error) => {
    const [left, right] = sides(a, b, c)
    return unless(matches(left, error) === matches(right, error), () => `${show(error)}: one side matches`)
  })

describe('list, allOf and not', () => {
  equation('or is associative', (a, b, c) => [
    [not(not([a, b])), c],
    [a, not(not([b, c]))]
  ])
  equation('and is associative', (a, b, c) => [allOf([allOf([a, b]), c]), allOf([a, allOf([b, c])])])
  equation('or is commutative', (a, b) => [
    [a, b],
    [b, a]
  ])
  equation('and is commutative', (a, b) => [allOf([a, b]), allOf([b, a])])
  equation('or absorbs and', (a, b) => [[a, allOf([a, b])], a])
  equation('and absorbs or', (a, b) => [allOf([a, not(not([a, b]))]), a])
  equation('or distributes over and', (a, b, c) => [
    [a, allOf([b, c])],
    allOf([not(not([a, b])), not(not([a, c]))])
  ])
  equation('and distributes over or', (a, b, c) => [
    allOf([a, not(not([b, c]))]),
    [allOf([a, b]), allOf([a, c])]
  ])
  equation('[] is the unit of or, allOf([]) of and', (a) => [[a, not(everything)], allOf([a, not(nothing)])])
  equation('a or not a is everything', (a) => [[a, not(a)], everything])
  equation('a and not a is nothing', (a) => [allOf([a, not(a)]), nothing])
  equation('not not a is a', (a) => [not(not(a)), a])
  equation('not (a or b) is not a and not b', (a, b) => [not([a, b]), allOf([not(a), not(b)])])
  equation('not (a and b) is not a or not b', (a, b) => [not(allOf([a, b])), [not(a), not(b)]])
  equation('a list of one is that one', (a) => [[a], a])

  law('[] matches nothing, allOf([]) everything', [errors], (error) =>
    unless(!matches(nothing, error) && matches(everything, error), () => show(error))
  )

  law('what matches, matches through anyCause', [values, errors], (a, error) =>
    unless(!matches(a, error) || matches(anyCause(a), error), () => show(error))
  )
})

describe('retryOn and abortOn', () => {
  law('retryOn twice is the second', [policies, conditions, conditions, histories], (a, x, y, history) => {
    const [twice, once] = [pipe(a, retryOn(x), retryOn(y)), pipe(a, retryOn(y))]
    return unless(PolicyEq.equals(twice, once), () => 'other data') ?? difference(twice, once, history)
  })

  law(
    'abortOn beats retryOn and when, wherever it stands',
    [policies, conditions, histories],
    (a, c, history) => {
      for (const policy of [
        pipe(a, retryOn(c), abortOn(c)),
        pipe(a, abortOn(c), retryOn(c)),
        pipe(a, abortOn(c), when(c, fixed(1)))
      ]) {
        for (const { decision, attempted } of run(policy, history)) {
          const { outcome } = attempted
          if (outcome._tag === 'Rejected' || !matches(c, outcome.error)) continue
          if (decision._tag !== 'GiveUp' || decision.reason !== 'NotRetryable') return show(decision)
        }
      }
      return undefined
    }
  )

  law('abortOn twice aborts on both', [policies, values, values, histories], (a, x, y, history) =>
    difference(pipe(a, abortOn(x), abortOn(y)), pipe(a, abortOn([x, y])), history)
  )

  law('abortOn is retryOn of what is left', [schedules, conditions, errors], (a, c, error) => {
    const [aborting, retrying] = [pipe(a, retryOn(everything), abortOn(c)), pipe(a, retryOn(not(c)))]
    return unless(isRetryable(aborting)(error) === isRetryable(retrying)(error), () => show(error))
  })

  law('retryOn(everything) retries what was given up, too', [schedules, errors], (a, error) =>
    unless(isRetryable(pipe(a, retryOn(everything)))(error), () => show(error))
  )

  law('isRetryable answers as the first decision does', [policies, histories], (a, history) => {
    const [first] = run(a, history)
    if (first === undefined || first.attempted.outcome._tag === 'Rejected') return undefined
    const refused = first.decision._tag === 'GiveUp' && first.decision.reason === 'NotRetryable'
    return unless(isRetryable(a)(first.attempted.outcome.error) === !refused, () => show(first.decision))
  })
})
