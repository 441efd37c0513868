/** Mistakes that can be seen in a policy before it runs. */
import { bounds } from './bounds.js'
import { choices } from './choices.js'
import type { AnyCondition } from './Condition.js'
import { sentence } from './describe.js'
import { errorsThat } from './describeCondition.js'
import { formatDuration } from './formatDuration.js'
import { greatest } from './greatest.js'
import { implies, matchesEverything, matchesNothing } from './implies.js'
import { lintCourse } from './lintCourse.js'
import { lintPart } from './lintPart.js'
import { type LintWarning, warn } from './LintWarning.js'
import { namedParts } from './namedParts.js'
import { type AnyPolicy, type Jitter, omit, parts, toPolicy } from './RetryPolicy.js'

/** @inline */
type Warnings = ReadonlyArray<LintWarning>

/**
 * Gives warnings about what is surely not meant, each with what to do instead; none for a good policy. Parts of a combination
 * are looked at too, and the message names the part.
 *
 * *Gotcha*: a policy stands alone here. One that `withTimeout` or a signal ends from outside still "never stops".
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { capDelay, exponential, limitRetries, lint, withJitter } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const good = pipe(exponential(100), withJitter('full'), capDelay('10s'), limitRetries(5))
 * assert.deepEqual(lint(good), [])
 *
 * const capped = pipe(exponential('1s'), withJitter('full'), capDelay(100), limitRetries(5))
 * assert.deepEqual(lint(capped).map(({ rule }) => rule), ['cap-below-base'])
 *
 * @category reading
 * @since 0.2.0
 */
export const lint = (policy: AnyPolicy): Warnings => {
  toPolicy('lint: policy', policy)
  const course = lintCourse(policy)
  const rules = course.map(({ rule }) => rule)
  return [
    ...course,
    // What the main schedule does wrong already is not said again.
    ...choices(policy).flatMap(({ conditions, policy: chosen }) =>
      lintCourse(chosen)
        .filter(({ rule }) => !rules.includes(rule))
        .map(named(conditions.map((each) => errorsThat(each)).join(' and ')))
    ),
    ...lintLimits(policy),
    ...lintRecord(policy),
    ...lintConditions(policy),
    ...lintParts(policy, '', [])
  ].map(({ rule, message }) => ({ rule, message: sentence(message) }))
}

const named =
  (name: string) =>
  (warning: LintWarning): LintWarning =>
    name === '' ? warning : { ...warning, message: `${name}: ${warning.message}` }

const lintParts = (self: AnyPolicy, name: string, outer: ReadonlyArray<Jitter>): Warnings => {
  const jitter = [...(self.withJitter ?? []), ...outer]
  return [
    ...lintPart(self, outer).map(named(name)),
    ...namedParts(self.schedule).flatMap((part) =>
      lintParts(
        part.policy,
        [name, part.name].filter(Boolean).join(', '),
        self.schedule._tag === 'mapDelay' ? [] : jitter
      )
    )
  ]
}

// --- the whole

const timeLimits = ['limitDelay', 'limitTotalDelay', 'limitElapsed'] as const

const lintLimits = (self: AnyPolicy): Warnings => {
  const set = timeLimits.flatMap((key) => {
    const limit = self[key]
    return limit === undefined ? [] : [{ key, limit }]
  })
  const limits = set.map(({ key }) => key)
  // Stryker disable next-line ConditionalExpression: saves time alone, since without limits nothing is tight
  if (limits.length === 0) return []
  // Exact: there is a call that makes that many retries without the limits.
  const { retries } = bounds(omit(self, limits))
  const fitting = greatest(bounds(self).retries) ?? Infinity
  const all = typeof retries === 'number' ? retries : undefined
  const isTight = all === undefined ? fitting === 0 && retries === 'unbounded' : fitting < all
  const names = set.map(({ key, limit }) => `${key}(${formatDuration(limit)})`).join(' and ')
  return [
    ...lintLoose(self, 'limitDelay', 'delay'),
    ...lintLoose(self, 'limitTotalDelay', 'totalDelay'),
    ...(isTight
      ? warn(
          'waits-exceed-limit',
          fitting === 0
            ? `not even the first retry fits into ${names}, however short its wait: raise the limit, or wait less`
            : `only ${fitting} of ${String(greatest(retries))} retries fit into ${names}, however short their waits: raise the limit, wait less, or allow fewer retries`
        )
      : [])
  ]
}

/** A limit of time that no wait ever reaches. */
const lintLoose = (
  self: AnyPolicy,
  key: 'limitDelay' | 'limitTotalDelay',
  what: 'delay' | 'totalDelay'
): Warnings => {
  const limit = self[key] ?? -1
  const most = greatest(bounds(omit(self, [key]))[what]) ?? Infinity
  return most <= limit
    ? warn(
        'limit-never-reached',
        key === 'limitDelay'
          ? `limitDelay(${formatDuration(limit)}) never stops anything, since no wait is longer than ${formatDuration(most)}: lower it, or leave it out`
          : `limitTotalDelay(${formatDuration(limit)}) never stops anything, since all waits together are ${formatDuration(most)} at most: lower it, or use limitElapsed, which counts the time of the attempts, too`
      )
    : []
}

const lintRecord = (self: AnyPolicy): Warnings => {
  const { recordFailures: kept = 0 } = self
  const attempts = 1 + (greatest(bounds(self).retries) ?? Infinity)
  return kept > attempts
    ? warn(
        'record-failures-too-many',
        `recordFailures(${kept}) keeps more failures than there can be, ${attempts}: lower it, or leave it out`
      )
    : []
}

// --- conditions

const lintConditions = (self: AnyPolicy): Warnings => {
  // Stryker disable next-line ArrayDeclaration: what it puts in is a name that no other condition has
  const { abortOn = [], retryUntil } = self
  // To retry results alone is a use of its own.
  const isSilent = retryUntil === undefined && abortOn.some(matchesEverything)
  return [
    ...(isSilent
      ? warn('abort-swallows-retry', 'abortOn matches every error, so that none is ever retried: narrow it')
      : lintRetryOn(self, abortOn, '', retryUntil === undefined)),
    ...lintWhen(self, abortOn)
  ]
}

/** `alone`: nothing but errors that `retryOn` accepts is retried. */
const lintRetryOn = (
  { retryOn, schedule }: AnyPolicy,
  abortOn: ReadonlyArray<AnyCondition>,
  name: string,
  alone: boolean
): Warnings => {
  const own = (): Warnings => {
    if (retryOn === undefined) return []
    if (matchesNothing(retryOn)) {
      return alone
        ? warn(
            'retry-on-nothing',
            'retryOn matches no error, so that none is retried: name some, or use never'
          )
        : []
    }
    return implies(retryOn, abortOn)
      ? warn(
          'abort-swallows-retry',
          `retryOn names only ${errorsThat(retryOn)}, and abortOn refuses them all: narrow abortOn, or name others`
        )
      : []
  }
  const all = namedParts(schedule)
  return [
    ...own().map(named(name)),
    ...all.flatMap((part, i) => {
      // The last part of `when` is for what nobody has chosen: others are retried.
      const isLeft = schedule._tag === 'when' && i === all.length - 1
      return lintRetryOn(part.policy, abortOn, [name, part.name].filter(Boolean).join(', '), alone && !isLeft)
    })
  ]
}

/** `before`: what is decided before a `when` is asked. */
const lintWhen = ({ schedule }: AnyPolicy, before: ReadonlyArray<AnyCondition>): Warnings => {
  if (schedule._tag !== 'when') return parts(schedule).flatMap((part) => lintWhen(part, before))
  const { condition, policies } = schedule
  const [apart, main] = policies
  return [
    ...(implies(condition, before)
      ? warn(
          'when-never-chosen',
          matchesNothing(condition)
            ? 'a when has a condition that matches no error: its policy is never chosen'
            : `the when for ${errorsThat(condition)} is never chosen, since abortOn, or a when further down the pipe that is asked first, takes all of them: put it further down, or leave it out`
        )
      : []),
    ...lintWhen(apart, before),
    ...lintWhen(main, [...before, condition])
  ]
}
