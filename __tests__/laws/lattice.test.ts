/** Schedules, which are policies without conditions and hints, form a distributive lattice under `both` and `either`. */
import { pipe } from 'fp-ts/lib/function.js'
import {
  both,
  capDelay,
  delayFrom,
  either,
  fixed,
  floorDelay,
  getPolicyLattice,
  immediate,
  limitElapsed,
  never,
  retryOn,
  type RetryPolicy,
  simulate,
  waits,
  withJitter
} from 'reprise'
import { failures, hinted, schedules } from '../support/arbitraries.js'
import { difference, law } from '../support/law.js'

describe('getPolicyLattice', () => {
  const { join, meet, zero, one } = getPolicyLattice<unknown, unknown>()

  it('join -> both, meet -> either', () => {
    const [a, b] = [fixed(1), pipe(fixed(2), retryOn('A'))]
    expect([join(a, b), meet(a, b)]).toEqual([pipe(a, both(b)), pipe(a, either(b))])
  })

  it('immediate -> zero, never -> one', () => {
    expect([zero, one]).toEqual([immediate, never])
  })

  law('both is associative', [schedules, schedules, schedules, failures], (a, b, c, history) =>
    difference(join(join(a, b), c), join(a, join(b, c)), history)
  )

  law('either is associative', [schedules, schedules, schedules, failures], (a, b, c, history) =>
    difference(meet(meet(a, b), c), meet(a, meet(b, c)), history)
  )

  law('both is commutative', [schedules, schedules, failures], (a, b, history) =>
    difference(join(a, b), join(b, a), history)
  )

  law('either is commutative', [schedules, schedules, failures], (a, b, history) =>
    difference(meet(a, b), meet(b, a), history)
  )

  law('both is idempotent', [schedules, failures], (a, history) => difference(join(a, a), a, history))

  law('either is idempotent', [schedules, failures], (a, history) => difference(meet(a, a), a, history))

  law('both absorbs either', [schedules, schedules, failures], (a, b, history) =>
    difference(join(a, meet(a, b)), a, history)
  )

  law('either absorbs both', [schedules, schedules, failures], (a, b, history) =>
    difference(meet(a, join(a, b)), a, history)
  )

  law('both distributes over either', [schedules, schedules, schedules, failures], (a, b, c, history) =>
    difference(join(a, meet(b, c)), meet(join(a, b), join(a, c)), history)
  )

  law('either distributes over both', [schedules, schedules, schedules, failures], (a, b, c, history) =>
    difference(meet(a, join(b, c)), join(meet(a, b), meet(a, c)), history)
  )

  law(
    'immediate is the unit of both',
    [schedules, failures],
    (a, history) => difference(join(a, zero), a, history) ?? difference(join(zero, a), a, history)
  )

  law(
    'never is the unit of either',
    [schedules, failures],
    (a, history) => difference(meet(a, one), a, history) ?? difference(meet(one, a), a, history)
  )

  law(
    'both with never is never',
    [schedules, failures],
    (a, history) => difference(join(a, one), one, history) ?? difference(join(one, a), one, history)
  )

  law(
    'either with immediate is immediate',
    [schedules, failures],
    (a, history) => difference(meet(a, zero), zero, history) ?? difference(meet(zero, a), zero, history)
  )

  law(
    'both and either are commutative with hints too',
    [hinted, hinted, failures],
    (a, b, history) =>
      difference(join(a, b), join(b, a), history) ?? difference(meet(a, b), meet(b, a), history)
  )

  law(
    'both and either are associative with hints too',
    [hinted, hinted, hinted, failures],
    (a, b, c, history) =>
      difference(join(join(a, b), c), join(a, join(b, c)), history) ??
      difference(meet(meet(a, b), c), meet(a, meet(b, c)), history)
  )
})

describe('limits of the lattice', () => {
  const failed = [{ _tag: 'Failed', error: { retryAfter: 500 } }] as const
  const hintOf = (error: { readonly retryAfter: number }): number => error.retryAfter
  const hintIn = (policy: RetryPolicy<{ readonly retryAfter: number }>) =>
    simulate(policy, failed).map(
      (decision) => decision._tag === 'GiveUp' && 'hint' in decision && decision.hint
    )
  const windows = (policy: RetryPolicy) =>
    simulate(policy, 1).map((decision) => decision._tag === 'Retry' && [decision.from, decision.to])

  it('a hint beyond its bounds is kept by both and by either -> absorption holds but for the hint', () => {
    const tooFar = pipe(fixed(1), delayFrom(hintOf, { max: 100 }))
    expect(hintIn(never)).toEqual([undefined])
    expect(hintIn(pipe(never, either(pipe(never, both(tooFar)))))).toEqual([500])
    expect(hintIn(pipe(tooFar, both(never)))).toEqual([500])
  })

  it('a hint beyond its bounds stops a branch of either for that failure alone -> the branch comes back', () => {
    const error = (retryAfter: number) => ({ _tag: 'Failed', error: { retryAfter } }) as const
    const branch = pipe(fixed(1), delayFrom(hintOf, { max: 100 }))
    const decisions = simulate(pipe(branch, either(fixed(2000))), [error(500), error(50)])
    expect(decisions.map((decision) => decision._tag === 'Retry' && decision.delay)).toEqual([2000, 50])
  })

  it('a cap over both is not both of the caps, since it scales -> [200, 500] against [400, 500]', () => {
    const [spread, flat, cap] = [pipe(fixed(1000), withJitter('full')), fixed(400), capDelay(500)]
    expect(windows(pipe(spread, both(flat), cap))).toEqual([[200, 500]])
    expect(windows(pipe(cap(spread), both(cap(flat))))).toEqual([[400, 500]])
  })

  it('later settings merge with those of a policy, not with those of its parts -> a part keeps its cap to itself', () => {
    const capped = pipe(fixed(100), capDelay(50))
    expect(waits(capped, 1)).toEqual(waits(pipe(capped, either(capped)), 1))
    expect(waits(pipe(capped, floorDelay(80)), 1)).toEqual([50])
    expect(waits(pipe(capped, either(capped), floorDelay(80)), 1)).toEqual([80])
  })

  it('a limit of time in one branch of either does not stop it where the other goes on -> its wait, for ever', () => {
    expect(waits(pipe(fixed(10), limitElapsed(15), either(fixed(1000))), 4)).toEqual([10, 10, 10, 10])
  })
})
