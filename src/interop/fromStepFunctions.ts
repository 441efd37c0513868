/** What the `Retry` field of a state in the Amazon States Language means, as a policy. */
import { when } from '../policy/Composition.js'
import { not } from '../policy/Condition.js'
import { capDelay, withJitter } from '../policy/Delay.js'
import { retryOn } from '../policy/Judgement.js'
import { limitRetries } from '../policy/Limit.js'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import { exponential, fixed, never } from '../policy/Schedule.js'
import { abortOnNames, oneOrMore } from './Naming.js'
import {
  at,
  type Decoded,
  decoded,
  fieldsOf,
  itemsOf,
  mostItems,
  numberFrom,
  oneOf,
  type OptionError,
  texts,
  wholeFrom,
  wrong
} from './Options.js'
import { anyError, anyFailure, longestDelay, mostOfAll } from './StepFunctions.js'

/**
 * Gives the policy that retries as the `Retry` field of a state does; a `Left` lists all that is wrong with it. What
 * is not set has the default of Step Functions; a `Comment` is left out.
 *
 * The last retrier becomes the main schedule, those before it become `when`, and those of no attempts `abortOn`.
 * `States.TaskFailed` is read where it stands alone in the last retrier, as `not('States.Timeout')`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { PolicyShow } from 'reprise'
 * import { fromStepFunctions } from 'reprise/interop'
 *
 * const policy = fromStepFunctions([
 *   { ErrorEquals: ['States.Timeout'], MaxAttempts: 0 },
 *   { ErrorEquals: ['States.ALL'], IntervalSeconds: 3, BackoffRate: 1.5, JitterStrategy: 'FULL' }
 * ])
 * assert(policy._tag === 'Right')
 * assert.equal(
 *   PolicyShow.show(policy.right),
 *   'pipe(exponential(3000, 1.5), withJitter("full"), limitRetries(3), abortOn("States.Timeout"))'
 * )
 *
 * @category conversions
 * @since 0.3.0
 */
export const fromStepFunctions = (retry: unknown): Decoded<RetryPolicy> => {
  const items = itemsOf(retry)
  const all = (items ?? []).map((item, i, list) => readRetrier(item, i, list.length))
  return decoded(
    items === undefined
      ? wrong('', retry, `a list of at most ${mostItems} retriers`)
      : all.flatMap(({ errors }) => errors),
    () => policyOf(all)
  )
}

interface ReadRetrier {
  readonly names: ReadonlyArray<string>
  readonly retries: number
  readonly schedule: () => RetryPolicy
  readonly errors: ReadonlyArray<OptionError>
}

const readRetrier = (item: unknown, i: number, count: number): ReadRetrier => {
  const path = String(i)
  const { errors, field } = fieldsOf(path, item, 'a retrier', (key) => keys.includes(key), keys)
  const names = field('ErrorEquals', texts, undefined)
  const interval = field('IntervalSeconds', wholeFrom(1, mostOfAll), 1)
  const retries = field('MaxAttempts', wholeFrom(0, mostOfAll), 3)
  const rate = field('BackoffRate', numberFrom(1, 1e308), 2)
  const most = field('MaxDelaySeconds', wholeFrom(1, longestDelay), undefined)
  const jitter = field('JitterStrategy', oneOf('FULL', 'NONE'), 'NONE')
  const given = names.value ?? []
  const wildcard = [anyError, anyFailure].find((name) => given.includes(name))
  return {
    names: given,
    retries: retries.value,
    schedule: () =>
      [
        ...(jitter.value === 'FULL' ? [withJitter('full')] : []),
        ...(most.value === undefined ? [] : [capDelay(most.value * 1000)]),
        limitRetries(retries.value)
      ].reduce(
        (policy, change) => change(policy),
        rate.value === 1 ? fixed(interval.value * 1000) : exponential(interval.value * 1000, rate.value)
      ),
    errors: [
      ...errors,
      ...[names, interval, retries, rate, most, jitter].flatMap((each) => each.errors),
      ...(errors.length === 0 && names.errors.length === 0 && given.length === 0
        ? wrong(at(path, 'ErrorEquals'), names.value, 'the names of one or more errors')
        : []),
      ...(wildcard !== undefined && (given.length > 1 || i < count - 1)
        ? wrong(at(path, 'ErrorEquals'), given, `${wildcard} alone, and in the last retrier`)
        : [])
    ]
  }
}

const keys = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment'
]

const policyOf = (all: ReadonlyArray<ReadRetrier>): RetryPolicy => {
  // The first retrier that names an error is the one that counts.
  const once = all.map((each, i) => {
    const before = all.slice(0, i).flatMap(({ names }) => names)
    return { ...each, names: each.names.filter((name) => !before.includes(name)) }
  })
  const retriers = once.filter(({ names }) => names.length > 0)
  const last = retriers.map(({ retries }) => retries > 0).lastIndexOf(true)
  const main = retriers[last]
  if (main === undefined) return never
  const before = retriers.slice(0, last)
  const aborted = before.flatMap(({ names, retries }) => (retries === 0 ? names : []))
  return [
    ...judging(main.names),
    // The one that is asked first comes last in the pipe.
    ...before
      .filter(({ retries }) => retries > 0)
      .reverse()
      .map(({ names, schedule }) => when(oneOrMore(names), schedule())),
    ...abortOnNames(aborted)
  ].reduce((policy, change) => change(policy), main.schedule())
}

const judging = (names: ReadonlyArray<string>): ReadonlyArray<(self: RetryPolicy) => RetryPolicy> => {
  if (names.includes(anyError)) return []
  return [retryOn(names.includes(anyFailure) ? not('States.Timeout') : oneOrMore(names))]
}
