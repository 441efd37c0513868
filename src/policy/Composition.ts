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
import {
  allOf,
  type AnyCondition,
  type ConditionInput,
  type Judged,
  matches,
  not,
  toCondition
} from './Condition.js'
import { sameData } from './Eq.js'
import {
  compile,
  endsLate,
  type Evaluate,
  type Frame,
  freshScope,
  type Gate,
  refused,
  remember,
  type Scope,
  type Verdict,
  type Waiting
} from './evaluate.js'
import {
  type AnyPolicy,
  fromSchedule,
  mapParts,
  type Meanings,
  meaningsOf,
  omit,
  parts,
  type RetryPolicy,
  type Schedule,
  toPolicy,
  type Two,
  update
} from './RetryPolicy.js'
import { immediate, never } from './Schedule.js'
import { longer, shorter } from './Window.js'

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
    combine({ _tag: 'both', policies: [self, toPolicy('both: other', other)] }, merge(longer, stronger, true))

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
    const [policies, retryOn] = share(self, toPolicy('either: other', other))
    return conditional(combine({ _tag: 'either', policies }, merge(shorter, weaker, false)), retryOn)
  }

/** Merges two answers: two windows by `windows`, two halts by `halts`; of a window and a halt, the halt if `halting`. */
const merge =
  (windows: typeof longer, halts: (a: Verdict, b: Verdict) => Verdict, halting: boolean): PartsMeaning =>
  ([left, right]) =>
  (window, scope, frame) => {
    const { branching = false } = frame
    frame.branching = branching || !halting
    const a = left(window, scope, frame)
    // There is room for one.
    const { from, to, latest, floor = 0, hint = 0 } = window
    const first = { from, to, latest, floor, hint }
    const b = right(begin(window), scope, frame)
    frame.branching = branching
    if (a && b) return halts(a, b)
    if (a ?? b) {
      if (b) Object.assign(window, first)
      return halting ? (a ?? b) : undefined
    }
    windows(window, first)
    return undefined
  }

// A hint says more than a stop without one; of two hints, both wait for the longer, and the shorter is enough for either.
const stronger = (a: Verdict, b: Verdict): Verdict => {
  // Stryker disable next-line EqualityOperator: of equal hints, either will do
  const isLonger = hintOf(a, -1) >= hintOf(b, -1)
  return a._tag === 'NotRetryable' || (b._tag !== 'NotRetryable' && isLonger) ? a : b
}

// A branch that refused the error leaves the verdict to the other.
const weaker = (a: Verdict, b: Verdict): Verdict =>
  a._tag !== 'NotRetryable' && hintOf(a, Infinity) <= hintOf(b, Infinity) ? a : b

// A function that throws ends the whole evaluation: what is left to compare are two schedules that stopped.
const hintOf = (verdict: Verdict, none: number): number =>
  (verdict as Extract<Verdict, { readonly _tag: 'Exhausted' }>).hint ?? none

// A schedule that stopped, not at a hint.
const isStop = (verdict: Verdict): boolean => verdict._tag === 'Exhausted' && verdict.hint === undefined

/**
 * When the first schedule stops, goes on with `next`, whose count starts at 0; elapsed time does not restart. Each stage
 * judges errors for itself, while it lasts; a refused error ends the call and does not change over.
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
    const [policies, retryOn] = share(self, toPolicy('andThen: next', next))
    return conditional(combine({ _tag: 'andThen', policies }, changeOver), retryOn)
  }

const changeOver: PartsMeaning = ([first, next], slot) => {
  const scope = slot()
  return (window, outer, frame) => {
    if (!isSet(frame, scope)) {
      const verdict = first(window, outer, frame)
      const refuses = verdict?._tag === 'NotRetryable'
      if (!isOver(verdict, window, frame) && !(refuses && isOverAnyway(first, window, outer, frame)))
        return verdict
      begin(window)
      frame.memory = remember(frame.memory, scope, freshScope)
    }
    return inScope(next, window, frame, scope)
  }
}

const isOver = (verdict: Verdict | undefined, window: Waiting, frame: Frame): boolean =>
  verdict ? isStop(verdict) : endsLate(window, frame)

/** Would a stage be over, whatever its conditions say? What it would have judged is then the next one's to judge. */
const isOverAnyway = (stage: Evaluate, window: Waiting, scope: Scope, frame: Frame): boolean => {
  let over = false
  try {
    const apart = begin({ ...window })
    over = isOver(stage(apart, scope, { ...frame, gated: false }), apart, frame)
  } catch {
    // What its functions make of an error that is not for them says nothing.
  }
  return over
}

/** A part that is evaluated after another begins with a window of its own. */
const begin = (window: Waiting): Waiting => {
  window.latest = Infinity
  if (window.floor) window.floor = 0
  if (window.hint) window.hint = 0
  return window
}

const isSet = ({ memory }: Frame, slot: number): boolean => (memory[slot] ?? null) !== null

/** Evaluates a part that counts for itself. */
const inScope = (evaluate: Evaluate, window: Waiting, frame: Frame, slot: number): Verdict | undefined => {
  const { settle } = frame
  // Only scopes are kept in the slots of scopes.
  const scope = (frame.memory[slot] ?? freshScope) as Scope
  frame.settle = (delay, drawn) =>
    remember(settle?.(delay, drawn) ?? frame.memory, slot, {
      retry: scope.retry + 1,
      slept: scope.slept + delay,
      drawn: drawn ?? scope.drawn
    })
  return evaluate(window, scope, frame)
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
  return (self: AnyPolicy) =>
    combine({ _tag: 'when', condition: matching, policies: [policy, self] }, (all, slot) => {
      const scopes = [slot(), slot()] as const
      return (window, _, frame) => {
        const { cause } = window
        const chosen = cause._tag !== 'Rejected' && matches(matching, cause.error, frame.context)
        frame.judged ||= chosen
        return chosen ? inScope(all[0], window, frame, scopes[0]) : inScope(all[1], window, frame, scopes[1])
      }
    })
}

// --- what combinations share

/** Makes the evaluator of a combination, given those of its parts. */
type PartsMeaning = (parts: readonly [Evaluate, Evaluate], slot: () => number) => Evaluate

/** Gives a policy of a combined schedule; what applies to the whole call is lifted out of the parts. */
export const combine = (schedule: Schedule, means: PartsMeaning): RetryPolicy => {
  const all = parts(schedule)
  const lifted = all.map((part) => omit(part, ['abortOn', 'retryUntil', 'recordFailures']))
  const abortOn = union(all.map((part) => part.abortOn ?? []))
  const retryUntil = union(all.map((part) => part.retryUntil ?? []))
  const kept = all.flatMap((part) => part.recordFailures ?? [])
  const { abortOn: aborts, retryUntil: refuse } = Object.assign({}, ...all.map(meaningsOf)) as Meanings
  return update(
    fromSchedule(
      { ...schedule, policies: Object.freeze(lifted) } as unknown as Schedule,
      (self, jitter, slot) => {
        // `mapDelay` is where waits come from: jitter spreads what it gives, and is not handed down.
        const [own, down] = self._tag === 'mapDelay' ? [jitter, []] : [[], jitter]
        const compiled = parts(self).map((part) => compile(part, slot, down))
        // A schedule and its meaning come from one constructor, which knows how many parts there are.
        return [means(compiled as unknown as Parameters<PartsMeaning>[0], slot), ...own]
      }
    ),
    {
      ...(abortOn.length > 0 && { abortOn }),
      ...(retryUntil.length > 0 && { retryUntil }),
      ...(kept.length > 0 && { recordFailures: Math.max(...kept) })
    },
    { ...(aborts && { abortOn: aborts }), ...(refuse && { retryUntil: refuse }) }
  )
}

/** Gives the policy with `retryOn` replaced, wherever it was set in its parts; policies chosen by `when` keep their own. */
export const conditional = (self: AnyPolicy, retryOn: AnyCondition | undefined): RetryPolicy => {
  if (retryOn === undefined) return self as RetryPolicy
  return self.schedule._tag === 'when'
    ? inOtherwise(self, (otherwise) => conditional(otherwise, retryOn))
    : update(unconditional(self), { retryOn }, { retryOn: gateBy })
}

const gateBy =
  (condition: AnyCondition): Gate =>
  (schedule) =>
  (window, scope, frame) => {
    const { cause } = window
    const { context, gated = true } = frame
    if (cause._tag === 'Rejected' || !gated) return undefined
    if (matches(condition, cause.error, context)) {
      frame.judged = true
      return undefined
    }
    if (frame.branching) stepOver(schedule, window, scope, frame)
    return refused
  }

/** Lets a schedule count a failure that is refused: every branch steps on every failure. */
const stepOver = (schedule: Evaluate, window: Waiting, scope: Scope, frame: Frame): void => {
  // Stryker disable next-line BooleanLiteral: whoever goes on or stops after this has been accepted, and so is judged
  const { judged = false } = frame
  try {
    schedule(window, scope, frame)
  } catch {
    // What its functions make of an error that is not for them is nobody's business.
  }
  frame.judged = judged
}

const unconditional = (self: AnyPolicy): RetryPolicy =>
  self.schedule._tag === 'when'
    ? inOtherwise(self, unconditional)
    : update(omit(self, ['retryOn']), { schedule: mapParts(self.schedule, unconditional) })

const inOtherwise = (self: AnyPolicy, f: (otherwise: AnyPolicy) => RetryPolicy): RetryPolicy =>
  update(self, { schedule: mapParts(self.schedule, (part, i) => (i === 0 ? part : f(part))) })

/** The two sides of `either` and `andThen`, after which both set `retryOn` or neither does; what both share, apart. */
const share = (a: AnyPolicy, b: AnyPolicy): readonly [Two, (AnyCondition | undefined)?] => {
  const [ofA, ofB] = [conditionOf(a), conditionOf(b)]
  if ((ofA === undefined) === (ofB === undefined)) return [[a, b]]
  const shared = ofA ?? ofB
  // What a `when` chooses is not for the other side's condition to refuse.
  const apart = [a, b].some(({ schedule }) => schedule._tag === 'when')
  if (!apart && (a.retryOn === shared || b.retryOn === shared)) {
    return [[unconditional(a), unconditional(b)], shared]
  }
  return [ofA === undefined ? [conditional(a, shared), b] : [a, conditional(b, shared)]]
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
    const { condition } = schedule
    return a === undefined
      ? b && anyOf(condition, b)
      : anyOf(allOf([condition, a]), allOf([not(condition), b ?? not(givenUp)]))
  }
  if (a === undefined || b === undefined) return a ?? b
  return schedule._tag === 'both' ? allOf([a, b]) : anyOf(a, b)
}

// What is not retried where nobody names it, as far as tags can tell.
const givenUp = ['CircuitOpen', 'Exhausted', 'NotRetryable', 'BudgetExhausted'] as const

// Stryker disable next-line StringLiteral: conditions are put together, of which none is refused
const anyOf = (...of: ReadonlyArray<AnyCondition>): AnyCondition => toCondition('retryOn: condition', of)

/** Every pair of parts is compared once, however deep they stand in combinations of combinations. */
const union = <T>(lists: ReadonlyArray<ReadonlyArray<T>>): ReadonlyArray<T> =>
  Object.freeze(
    lists.reduce<ReadonlyArray<T>>(
      (all, more) => [...all, ...more.filter((each) => !all.some((other) => sameData(each, other)))],
      []
    )
  )

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
