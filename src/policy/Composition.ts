/**
 * Combinators that make one policy of two.
 *
 * Laws: `both` is a commutative monoid with unit `immediate`; on schedules `both` and `either` form a distributive lattice
 * (join and meet) with `never` as top; `andThen` is associative with unit `never`.
 *
 * In every combination an unset `retryOn` takes the other side's; `abortOn` and validators of both sides apply.
 */
import type { BoundedDistributiveLattice } from 'fp-ts/lib/BoundedDistributiveLattice.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { allOf, type AnyCondition, type ConditionInput, type Judged, not, toCondition } from './Condition.js'
import { sameData } from './Eq.js'
import { immediate, never } from './Schedule.js'
import {
  type AnyPolicy,
  mapParts,
  parts,
  policy,
  type RetryPolicy,
  type Schedule,
  toPolicy,
  update
} from './RetryPolicy.js'

// --- combinators

/**
 * Goes on while both do, after the longer wait, when both conditions agree.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { both, exponential, fixed, waits } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.deepEqual(waits(pipe(exponential(100), both(fixed(400))), 5), [400, 400, 400, 800, 1600])
 *
 * @category combinators
 * @since 0.1.0
 */
export const both =
  <E2, A2>(other: RetryPolicy<E2, A2>) =>
  <E, A>(self: RetryPolicy<E, A>): RetryPolicy<E & E2, A & A2> =>
    combine({ _tag: 'both', left: self, right: toPolicy('both: other', other) })

/**
 * Goes on while one of them does, after the shorter wait; each judges errors for itself.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { delays, either, fixed, waits } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.deepEqual(waits(pipe(delays([1000]), either(fixed(5000))), 3), [1000, 5000, 5000])
 *
 * @category combinators
 * @since 0.1.0
 */
export const either =
  <E2, A2>(other: RetryPolicy<E2, A2>) =>
  <E, A>(self: RetryPolicy<E, A>): RetryPolicy<E & E2, A & A2> => {
    const [left, right, retryOn] = share(self, toPolicy('either: other', other))
    return combine({ _tag: 'either', left, right }, retryOn)
  }

/**
 * When the first schedule stops, goes on with `next`, whose count starts at 0; elapsed time does not restart. Each stage
 * judges errors for itself; a refused error ends the call and does not change over.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { andThen, fixed, limitRetries, waits } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(fixed(500), limitRetries(3), andThen(fixed(1000)))
 * assert.deepEqual(waits(policy, 5), [500, 500, 500, 1000, 1000])
 *
 * @category combinators
 * @since 0.1.0
 */
export const andThen =
  <E2, A2>(next: RetryPolicy<E2, A2>) =>
  <E, A>(self: RetryPolicy<E, A>): RetryPolicy<E & E2, A & A2> => {
    const [first, then, retryOn] = share(self, toPolicy('andThen: next', next))
    return combine({ _tag: 'andThen', first, next: then }, retryOn)
  }

/**
 * Errors that match are scheduled by `policy` instead, with its own count: only the schedule that is chosen steps.
 * Naming an error here makes it retryable, whatever `retryOn` of the main policy says. A `when` further down the pipe is
 * asked first. Rejected results belong to the main schedule.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, fixed, simulate, when } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential(100), when('RateLimited', fixed('1m')))
 * const failed = (_tag: string) => ({ _tag: 'Failed', error: { _tag } }) as const
 *
 * const decisions = simulate(policy, [failed('Timeout'), failed('RateLimited'), failed('Timeout')])
 * assert.deepEqual(decisions.map((d) => d._tag === 'Retry' && d.delay), [100, 60_000, 200])
 *
 * @category combinators
 * @since 0.1.0
 */
export const when = <const C extends ConditionInput, E2, A2>(
  condition: C,
  policy: RetryPolicy<E2, A2>
): (<E, A>(self: RetryPolicy<E, A>) => RetryPolicy<E & E2 & Judged<C>, A & A2>) => {
  const matching = toCondition('when: condition', condition)
  toPolicy('when: policy', policy)
  return (self: AnyPolicy) => combine({ _tag: 'when', condition: matching, policy, otherwise: self })
}

// --- what combinations share

/** Gives a policy of a combined schedule; what applies to the whole call is lifted out of the parts. */
export const combine = (schedule: Schedule, retryOn?: AnyCondition): RetryPolicy => {
  const all = parts(schedule)
  const abortOn = union(all.flatMap((part) => part.abortOn ?? []))
  const retryUntil = union(all.flatMap((part) => part.retryUntil ?? []))
  const kept = all.flatMap((part) => part.recordFailures ?? [])
  return policy({
    schedule: Object.freeze(
      mapParts(schedule, (part) => without(part, ['abortOn', 'retryUntil', 'recordFailures']))
    ),
    ...(retryOn && { retryOn }),
    ...(abortOn.length > 0 && { abortOn }),
    ...(retryUntil.length > 0 && { retryUntil }),
    ...(kept.length > 0 && { recordFailures: Math.max(...kept) })
  })
}

/** Gives the policy with `retryOn` replaced, wherever it was set in its parts; policies chosen by `when` keep their own. */
export const replaceRetryOn = (self: AnyPolicy, retryOn: AnyCondition): RetryPolicy =>
  self.schedule._tag === 'when'
    ? update(without(self, ['retryOn']), {
        schedule: Object.freeze({
          ...self.schedule,
          otherwise: replaceRetryOn(self.schedule.otherwise, retryOn)
        })
      })
    : update(update(self, { schedule: mapParts(self.schedule, unconditional) }), { retryOn })

const unconditional = (self: AnyPolicy): RetryPolicy =>
  update(without(self, ['retryOn']), {
    schedule:
      self.schedule._tag === 'when'
        ? Object.freeze({ ...self.schedule, otherwise: unconditional(self.schedule.otherwise) })
        : mapParts(self.schedule, unconditional)
  })

/** The two sides of `either` and `andThen`, after which both set `retryOn` or neither does; what both share, apart. */
const share = (a: AnyPolicy, b: AnyPolicy): readonly [AnyPolicy, AnyPolicy, AnyCondition?] => {
  const [ofA, ofB] = [conditionOf(a), conditionOf(b)]
  if (ofA !== undefined && ofB === undefined) {
    return a.retryOn === ofA ? [unconditional(a), b, ofA] : [a, update(b, { retryOn: ofA })]
  }
  if (ofB !== undefined && ofA === undefined) {
    return b.retryOn === ofB ? [a, unconditional(b), ofB] : [update(a, { retryOn: ofB }), b]
  }
  return [a, b]
}

/** What `retryOn` says in all parts of a policy, as one condition; `undefined` where it is not set at all. */
const conditionOf = (self: AnyPolicy): AnyCondition | undefined => {
  const inner = conditionOfSchedule(self.schedule)
  if (self.retryOn === undefined || inner === undefined) return self.retryOn ?? inner
  return allOf([self.retryOn, inner])
}

const conditionOfSchedule = (schedule: Schedule): AnyCondition | undefined => {
  const [a, b] = parts(schedule).map(conditionOf)
  if (schedule._tag === 'when') {
    if (b === undefined) return a && anyOf(a, not(schedule.condition))
    return anyOf(a === undefined ? schedule.condition : allOf([schedule.condition, a]), b)
  }
  if (a === undefined || b === undefined) return a ?? b
  return schedule._tag === 'both' ? allOf([a, b]) : anyOf(a, b)
}

const anyOf = (...of: ReadonlyArray<AnyCondition>): AnyCondition => toCondition('retryOn: condition', of)

const without = (self: AnyPolicy, keys: ReadonlyArray<string>): AnyPolicy =>
  keys.some((key) => key in self)
    ? policy(
        Object.fromEntries(
          Object.entries(self).filter(([key]) => !keys.includes(key))
        ) as unknown as RetryPolicy
      )
    : self

const union = <T>(all: ReadonlyArray<T>): ReadonlyArray<T> =>
  Object.freeze(all.filter((each, i) => all.findIndex((other) => sameData(each, other)) === i))

// --- instances

/**
 * The monoid of policies under `both`, with unit `immediate`.
 *
 * @category instances
 * @since 0.1.0
 */
export const getPolicyMonoid = <E, A>(): Monoid<RetryPolicy<E, A>> => ({
  concat: (x, y) => both(y)(x),
  empty: immediate
})

/**
 * The bounded distributive lattice of schedules: join is `both`, meet is `either`, zero `immediate`, one `never`.
 *
 * @category instances
 * @since 0.1.0
 */
export const getPolicyLattice = <E, A>(): BoundedDistributiveLattice<RetryPolicy<E, A>> => ({
  join: (x, y) => both(y)(x),
  meet: (x, y) => either(y)(x),
  zero: immediate,
  one: never
})
