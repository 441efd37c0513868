/**
 * pg-boss: the retry options of a job or a queue.
 *
 * | policy | options of pg-boss |
 * | --- | --- |
 * | `fixed(delay)`, `immediate` | `retryDelay: delay`, `retryBackoff: false` |
 * | `exponential(base)` with `withJitter('equal')` | `retryDelay: base / 2`, `retryBackoff: true` |
 * | `capDelay(max)` over these | `retryDelayMax: max`; without a cap, the longest wait that there is |
 * | `limitRetries(n)` | `retryLimit: n`: it counts retries, and needs a number |
 * | `limitDelay`, `limitTotalDelay` | the number of retries that they come to |
 * | `recordFailures` | nothing, and left out: it changes no retry |
 * | conditions, other factors and jitter, hints, results, `limitElapsed` | nothing |
 *
 * Facts: pg-boss 12.38 (its attorney.js and the SQL of plans.js; docs/api/jobs.md says the same). All are whole
 * seconds in columns of 32 bits. Without backoff, each wait is retryDelay. With it, the n-th wait is drawn from [d ·
 * 2^(m − 1), d · 2^m), where d is retryDelay, at least 1, and m the smaller of n and 16; what is drawn above
 * retryDelayMax is cut to it. Defaults: 2 retries, 0 s, no backoff, no longest delay, or those of the queue.
 */
import { capDelay, withJitter } from '../policy/Delay.js'
import { limitRetries } from '../policy/Limit.js'
import { type AnyPolicy, type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { exponential, fixed } from '../policy/Schedule.js'
import { PolicyShow } from '../policy/Show.js'
import { type Course, growthOf, topOf } from './Course.js'
import {
  express,
  type Expressed,
  nameOf,
  nameOfSchedule,
  none,
  problem,
  type Problems,
  unless
} from './Inexpressible.js'
import { conditionProblems } from './Naming.js'
import { type Decoded, decoded, fieldsOf, or, trueOrFalse, wholeFrom, wrong } from './Options.js'
import { countOf, type Engine, readCourse } from './readCourse.js'
import { millisOf, roundedUp, unitProblems, type Units } from './Units.js'

// --- model

/**
 * The retry options of pg-boss, with nothing left to its defaults; seconds. Without backoff, pg-boss refuses a
 * `retryDelayMax`.
 *
 * @category model
 * @since 0.3.0
 */
export interface PgBossRetryOptions {
  /** Retries: the first attempt does not count. */
  readonly retryLimit: number
  readonly retryDelay: number
  readonly retryBackoff: boolean
  readonly retryDelayMax?: number
}

const most = 2 ** 31 - 1
const second = 1000

/** Waits double so many times, the first one included. */
const doublings = 16

const seconds: Units = {
  unit: second,
  first: second,
  inWords: 'whole seconds',
  least: 0,
  most: most * second
}

/** What backoff draws from is the upper half of twice the delay. */
const pairs: Units = {
  ...seconds,
  first: 2 * second,
  inWords: 'half of the first wait in whole seconds, from 1 on',
  least: 2 * second
}

const spread = 0.5

const engine: Engine = {
  name: 'pg-boss',
  ratios: [spread, 1],
  mostRetries: most,
  endless: false,
  closest: {
    withJitter: 'withJitter("equal") on exponential, or no jitter on fixed',
    delayFrom: 'a handler that sends the job again with startAfter',
    limitElapsed: 'limitRetries, with waits that add up to that',
    when: 'a queue of its own for the work that fails with these errors',
    retryUntil: 'a handler that throws where the result will not do'
  },
  nearest: (base, factor) =>
    factor <= 1
      ? fixed(roundedUp(seconds, base))
      : withJitter('equal')(exponential(roundedUp({ ...pairs, unit: pairs.first }, base)))
}

// --- conversions

/**
 * Gives the options of a pg-boss job or queue that retry as a policy does, at the same times; a `Left` lists all that
 * they cannot express.
 *
 * *Gotchas*: workers look for jobs every 2 s unless told otherwise, which comes on top of a wait. The library keeps
 * waits spread at a cap; pg-boss does not: from the second wait on that reaches `retryDelayMax`, all wait exactly as
 * long.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { abortOn, capDelay, exponential, limitRetries, withJitter } from 'reprise'
 * import { toPgBoss } from 'reprise/interop'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential('10s'), withJitter('equal'), capDelay('10m'), limitRetries(8))
 * assert.deepEqual(toPgBoss(policy), {
 *   _tag: 'Right',
 *   right: { retryLimit: 8, retryDelay: 5, retryBackoff: true, retryDelayMax: 600 }
 * })
 *
 * const choosy = toPgBoss(pipe(policy, abortOn('InvalidOrder')))
 * assert.deepEqual(choosy._tag === 'Left' && choosy.left.map(({ part }) => part), ['abortOn("InvalidOrder")'])
 *
 * @category conversions
 * @since 0.3.0
 */
export const toPgBoss = (policy: AnyPolicy): Expressed<PgBossRetryOptions> => {
  const read = readCourse(engine, toPolicy('toPgBoss: policy', policy))
  const { course, problems } = read
  return express(
    [
      ...problems,
      ...(course === undefined ? none : waitProblems(policy, course, read.unspread)),
      ...(course?.retries === 0
        ? none
        : conditionProblems(
            engine.name,
            'a handler that cancels or deletes the job instead of throwing',
            policy
          ))
    ],
    // Without a course there are problems.
    () => optionsOf(course as Course)
  )
}

const optionsOf = (course: Course): PgBossRetryOptions => {
  const { ratio, retries } = course
  const first = retries === 0 ? 0 : millisOf(course) / second
  return ratio === 1
    ? { retryLimit: retries, retryDelay: first, retryBackoff: false }
    : {
        retryLimit: retries,
        retryDelay: first / 2,
        retryBackoff: true,
        retryDelayMax: Math.floor(topOf(course) / second)
      }
}

/** `unspread`: the jitter was refused, and what is left of the policy is read as if it had one that fits. */
const waitProblems = (policy: AnyPolicy, course: Course, unspread: boolean): Problems => {
  const { factor, first, most, retries } = course
  if (retries === 0) return none
  const backs = course.ratio === spread || (unspread && factor !== 1)
  const part = nameOfSchedule(policy.schedule)
  const closest = PolicyShow.show(engine.nearest(growthOf(policy.schedule)?.base ?? first, factor))
  return [
    ...unless(backs || factor <= 1, () =>
      problem(part, 'pg-boss draws waits that grow from the upper half of each', closest)
    ),
    ...unless(!backs || factor === 2 || factor < 1 || retries <= 1, () =>
      factor === 1
        ? problem(
            nameOf(policy, 'withJitter'),
            'pg-boss does not spread waits that stay the same',
            'no jitter'
          )
        : problem(part, 'pg-boss doubles waits, or keeps them', closest)
    ),
    ...unitProblems(engine, backs && (factor !== 1 || retries <= 1) ? pairs : seconds, policy, course),
    ...unless(!backs || factor !== 2 || retries <= doublings || most <= first * 2 ** (doublings - 1), () =>
      problem(
        most === Infinity ? countOf(policy) : nameOf(policy, 'capDelay'),
        `the waits of pg-boss grow up to the ${doublings}th, and no further`,
        `capDelay(${first * 2 ** (doublings - 1)})`
      )
    )
  ]
}

/**
 * Gives the policy that retries as such options of a pg-boss job or queue do; a `Left` lists all that is wrong with
 * them. What is not set has the default of pg-boss; options that do not begin with `retry` say nothing of retries,
 * and are left out.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { PolicyShow } from 'reprise'
 * import { fromPgBoss } from 'reprise/interop'
 *
 * const policy = fromPgBoss({ priority: 1, retryLimit: 5, retryDelay: 30, retryBackoff: true })
 * assert(policy._tag === 'Right')
 * assert.equal(PolicyShow.show(policy.right), 'pipe(exponential(60000), withJitter("equal"), limitRetries(5))')
 *
 * @category conversions
 * @since 0.3.0
 */
export const fromPgBoss = (options: unknown): Decoded<RetryPolicy> => {
  const known = (key: string): boolean => keys.includes(key) || !key.startsWith('retry')
  const { errors, field } = fieldsOf('', options, 'options of pg-boss', known, keys)
  const retries = field('retryLimit', wholeFrom(0, most), 2)
  const delay = field('retryDelay', wholeFrom(0, most), 0)
  const backoff = field('retryBackoff', trueOrFalse, false)
  const longest = field('retryDelayMax', or(null, wholeFrom(0, most)), null)
  return decoded(
    [
      ...errors,
      ...[retries, delay, backoff, longest].flatMap((each) => each.errors),
      ...(longest.value !== null && !backoff.value && backoff.errors.length === 0
        ? wrong('retryDelayMax', longest.value, 'no such option without retryBackoff')
        : [])
    ],
    () =>
      limitRetries(retries.value)(
        backoff.value
          ? doubling(Math.max(1, delay.value), retries.value, longest.value)
          : fixed(delay.value * second)
      )
  )
}

const doubling = (delay: number, retries: number, longest: number | null): RetryPolicy => {
  const waits = withJitter('equal')(exponential(2 * delay * second))
  const last = retries > doublings ? delay * 2 ** doublings : Infinity
  const cap = Math.min(longest ?? Infinity, last)
  return cap === Infinity ? waits : capDelay(cap * second)(waits)
}

const keys = ['retryLimit', 'retryDelay', 'retryBackoff', 'retryDelayMax']
