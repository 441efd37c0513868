/**
 * Temporal: the `retry` options of its TypeScript SDK, for activities, child workflows and workflows.
 *
 * | policy | RetryPolicy of Temporal |
 * | --- | --- |
 * | `exponential(base, factor)` | `initialInterval: base`, `backoffCoefficient: factor` (1 or more) |
 * | `fixed(delay)` | `initialInterval: delay`, `backoffCoefficient: 1` |
 * | `capDelay(max)` | `maximumInterval: max`; without a cap, the longest wait that there is |
 * | `limitRetries(n)` | `maximumAttempts: n + 1`, since it counts all attempts; `Infinity` without a limit |
 * | `limitDelay`, `limitTotalDelay` | the number of retries that they come to |
 * | `abortOn('A')`, `retryOn(not('A'))` | `nonRetryableErrorTypes: ['A']` |
 * | `recordFailures` | nothing, and left out: it changes no retry |
 * | jitter, hints, results, `limitElapsed`, `retryOn('A')` | nothing |
 *
 * Facts: `@temporalio/common` 1.24 (its RetryPolicy, the checks, and how a thrown error gets its type) and the server
 * 1.30 (retry.go, retry_policy.go, common/backoff). The wait after attempt n is initialInterval ·
 * backoffCoefficient^(n − 1), at most maximumInterval, and has no jitter. Defaults: 1 s, 2, 100 times the first, no
 * limit. An interval of 0 is refused, and so is a coefficient below 1. The server counts nanoseconds in 64 bits, and
 * attempts in 32.
 */
import { capDelay } from '../policy/Delay.js'
import { limitRetries } from '../policy/Limit.js'
import { print } from '../policy/print.js'
import { type AnyPolicy, type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { exponential, fixed } from '../policy/Schedule.js'
import { type Course, topOf } from './Course.js'
import { express, type Expressed, nameOf, none, problem, unless } from './Inexpressible.js'
import { abortOnNames, judgeOf, namedBy } from './Naming.js'
import {
  type Decoded,
  decoded,
  fieldsOf,
  interval,
  numberFrom,
  or,
  texts,
  wholeFrom,
  wrong
} from './Options.js'
import { type Engine, readCourse } from './readCourse.js'
import { millisOf, roundedUp, unitProblems, type Units } from './Units.js'

// --- model

/**
 * The RetryPolicy of Temporal's TypeScript SDK, with nothing left to its defaults. Milliseconds.
 *
 * @category model
 * @since 0.3.0
 */
export interface TemporalRetryPolicy {
  readonly initialInterval: number
  readonly backoffCoefficient: number
  readonly maximumInterval: number
  /** All attempts, the first included; `Infinity` for no limit. */
  readonly maximumAttempts: number
  /** Types of errors that are not retried. The SDK takes no `ReadonlyArray`. */
  readonly nonRetryableErrorTypes: string[]
}

const longestInterval = 9_223_372_036_854 // 2^63 - 1 ns
const mostAttempts = 2 ** 31 - 1

const defaults = { initialInterval: 1000, backoffCoefficient: 2, maximumInterval: 100_000 } as const

const milliseconds: Units = {
  unit: 1,
  first: 1,
  inWords: 'whole milliseconds, from 1 on',
  least: 1,
  most: longestInterval
}

const engine: Engine = {
  name: 'Temporal',
  ratios: [1],
  mostRetries: mostAttempts - 1,
  endless: true,
  closest: {
    withJitter: 'no jitter',
    delayFrom: 'an ApplicationFailure with nextRetryDelay, thrown by the activity',
    limitElapsed: 'scheduleToCloseTimeout of the activity, which ends an attempt under way as well',
    when: 'an ApplicationFailure with nextRetryDelay, thrown by the activity for these errors',
    retryUntil: 'an activity that throws where the result will not do'
  },
  nearest: (base, factor) => waits(roundedUp(milliseconds, base), Math.max(1, factor))
}

const waits = (base: number, factor: number): RetryPolicy =>
  factor === 1 ? fixed(base) : exponential(base, factor)

// --- conversions

/**
 * Gives the options of Temporal's TypeScript SDK that retry as a policy does, at the same times; a `Left` lists all
 * that they cannot express.
 *
 * *Gotchas*: an error goes by its type alone, for which the SDK takes the name of its class: a `code` says nothing, and a
 * class in a condition does not stand for its heirs. The library's own rule that the errors of an inner retry are given up
 * on is not for Temporal to know. How long a task waits for a worker comes on top of the waits.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { abortOn, exponential, limitRetries, withJitter } from 'reprise'
 * import { toTemporal } from 'reprise/interop'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential('1s'), limitRetries(4), abortOn('InvalidOrder'))
 * assert.deepEqual(toTemporal(policy), {
 *   _tag: 'Right',
 *   right: {
 *     initialInterval: 1000,
 *     backoffCoefficient: 2,
 *     maximumInterval: 8000,
 *     maximumAttempts: 5,
 *     nonRetryableErrorTypes: ['InvalidOrder']
 *   }
 * })
 *
 * assert.deepEqual(toTemporal(pipe(policy, withJitter(0.5))), {
 *   _tag: 'Left',
 *   left: [{ part: 'withJitter(0.5)', reason: 'Temporal does not spread waits', closest: 'no jitter' }]
 * })
 *
 * @category conversions
 * @since 0.3.0
 */
export const toTemporal = (policy: AnyPolicy): Expressed<TemporalRetryPolicy> => {
  const { course, problems } = readCourse(engine, toPolicy('toTemporal: policy', policy))
  const named = namedBy(engine.name, course?.retries === 0 ? fixed(0) : policy)
  const names = [...new Set([...named.aborted, ...named.refused])]
  return express(
    [
      ...problems,
      ...(course === undefined ? none : unitProblems(engine, milliseconds, policy, course)),
      ...named.problems,
      ...unless(named.retried === undefined, () =>
        problem(
          nameOf(judgeOf(policy), 'retryOn'),
          'Temporal names the errors that are not retried',
          'abortOn with the others, or ApplicationFailure.nonRetryable thrown for them'
        )
      ),
      ...names
        .filter((name) => name.startsWith(timeoutPrefix) && !timeouts.test(name))
        .flatMap((name) =>
          problem(
            `abortOn(${print(name)})`,
            'Temporal knows no timeout of that name',
            `${timeoutPrefix}StartToClose`
          )
        )
    ],
    // Without a course there are problems.
    () => optionsOf(course as Course, names)
  )
}

// The server reads a type with this beginning as the type of a timeout, and refuses what is none.
const timeoutPrefix = 'TemporalTimeout:'
const timeouts = /^TemporalTimeout:(StartToClose|ScheduleToStart|ScheduleToClose|Heartbeat)$/

const optionsOf = (course: Course, names: ReadonlyArray<string>): TemporalRetryPolicy => {
  const { factor, most, retries } = course
  const first = millisOf(course)
  return {
    ...(retries === 0
      ? defaults
      : {
          initialInterval: first,
          backoffCoefficient: factor,
          maximumInterval: factor === 1 ? first : Math.min(Math.floor(most), Math.ceil(topOf(course)))
        }),
    maximumAttempts: retries + 1,
    nonRetryableErrorTypes: [...names]
  }
}

/**
 * Gives the policy that retries as such options of Temporal's TypeScript SDK do; a `Left` lists all that is wrong
 * with them. What is not set has Temporal's default, and intervals may be texts, as the SDK takes them.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { PolicyShow } from 'reprise'
 * import { fromTemporal } from 'reprise/interop'
 *
 * const policy = fromTemporal({ initialInterval: '5 seconds', maximumAttempts: 4 })
 * assert(policy._tag === 'Right')
 * assert.equal(PolicyShow.show(policy.right), 'pipe(exponential(5000), capDelay(500000), limitRetries(3))')
 *
 * assert.deepEqual(fromTemporal({ backoffCoefficient: 0.5 }), {
 *   _tag: 'Left',
 *   left: [{ path: 'backoffCoefficient', value: 0.5, expected: 'a number >= 1' }]
 * })
 *
 * @category conversions
 * @since 0.3.0
 */
export const fromTemporal = (options: unknown): Decoded<RetryPolicy> => {
  const { errors, field } = fieldsOf('', options, 'options of Temporal', (key) => keys.includes(key), keys)
  const first = field('initialInterval', interval(longestInterval), defaults.initialInterval)
  const factor = field('backoffCoefficient', numberFrom(1, 1e308), defaults.backoffCoefficient)
  const most = field('maximumInterval', interval(longestInterval), undefined)
  const attempts = field('maximumAttempts', or(Infinity, wholeFrom(1, mostAttempts)), Infinity)
  const types = field('nonRetryableErrorTypes', texts, [])
  const longest = most.value ?? Math.min(100 * first.value, longestInterval)
  return decoded(
    [
      ...errors,
      ...[first, factor, most, attempts, types].flatMap((each) => each.errors),
      ...(first.errors.length === 0 && longest < first.value
        ? wrong('maximumInterval', longest, `at least initialInterval, which is ${first.value}`)
        : [])
    ],
    () =>
      [
        ...(factor.value === 1 ? [] : [capDelay(longest)]),
        ...(attempts.value === Infinity ? [] : [limitRetries(attempts.value - 1)]),
        ...abortOnNames(types.value)
      ].reduce((policy, change) => change(policy), waits(first.value, factor.value))
  )
}

const keys = [
  'initialInterval',
  'backoffCoefficient',
  'maximumInterval',
  'maximumAttempts',
  'nonRetryableErrorTypes'
]
