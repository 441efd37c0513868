/**
 * The AWS SDK for JavaScript v3: what its `ConfiguredRetryStrategy` takes.
 *
 * | policy | arguments of the strategy |
 * | --- | --- |
 * | schedules, jitter, bounds, `andThen`, `both`, `either`, `mapDelay` | `computeNextBackoffDelay` |
 * | `limitRetries(n)`, `delays` | `maxAttempts: n + 1`, since it counts all attempts |
 * | `limitDelay`, `limitTotalDelay` where no draw decides | `maxAttempts` |
 * | `recordFailures` | nothing, and left out: it changes no retry |
 * | conditions, hints, results, `limitElapsed`, `decorrelated`, `custom`, `when` | nothing |
 *
 * Facts: `@smithy/util-retry` 4.6 and `@smithy/core` 3.41 (retry), which the SDK uses. The strategy asks
 * `computeNextBackoffDelay(n)` for the milliseconds before the n-th retry, n from 1, and nothing else tells it where
 * a call stands. It sleeps by `setTimeout`, which takes 2^31 − 1 ms. A client has 500 retry tokens, and a retry costs
 * 14 of them (5 where the service throttles), so that a call has 35 retries at most.
 */
import { formatDuration } from '../policy/formatDuration.js'
import { everyPart } from '../policy/namedParts.js'
import { neverStops } from '../policy/neverStops.js'
import { lastDraw } from '../policy/Place.js'
import { type AnyPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { exponential } from '../policy/Schedule.js'
import { PolicyShow } from '../policy/Show.js'
import { checked, initialState, planOf, type StepState } from '../policy/step.js'
import { draw, type Window } from '../policy/Window.js'
import { type Random, systemRandom } from '../runtime/Random.js'
import { dependsOnMore, isFault, rule } from './Course.js'
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
import { besideWaits, countOf, isIdle, plainOf, retryUntilProblems } from './readCourse.js'

// --- model

/**
 * The arguments of `ConfiguredRetryStrategy`.
 *
 * @category model
 * @since 0.3.0
 */
export interface AwsSdkRetry {
  /** All attempts, the first included. */
  readonly maxAttempts: number
  /** Draws the milliseconds before a retry, counted from 1. */
  readonly computeNextBackoffDelay: (attempt: number) => number
}

/** What a full bucket of tokens pays for. */
const mostRetries = 35

/** Beyond that, a timer fires at once. */
const longestTimer = 2 ** 31 - 1

const closest = {
  delayFrom: "the strategy's own care for Retry-After, of up to 5 s more than the wait",
  limitElapsed: 'an abortSignal for the request, which ends an attempt under way as well',
  when: 'one schedule for all errors; the SDK itself waits longer where a service throttles',
  retryUntil: 'the waiters of the SDK',
  conditions:
    'a strategy of your own, with isRetryableError; or withRetry around a client with maxAttempts: 1'
}

const engine = { name: 'the AWS SDK', closest }

// --- conversions

/**
 * Gives what the `ConfiguredRetryStrategy` of the AWS SDK for JavaScript v3 takes to wait as a policy does; a `Left`
 * lists all that it cannot express. The draws are made by `random`.
 *
 * *Gotchas*: the SDK judges errors itself, and retries only what it holds for transient or throttling. Its retry
 * tokens are shared by all calls of a client: in an outage, calls have fewer attempts. Where a service asks for it by
 * `Retry-After`, it waits up to 5 s longer.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { capDelay, exponential, limitRetries, withJitter } from 'reprise'
 * import { toAwsSdk } from 'reprise/interop'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential(200), withJitter('full'), capDelay('5s'), limitRetries(4))
 * const retry = toAwsSdk(policy, () => 0.5)
 * assert(retry._tag === 'Right')
 *
 * // new S3Client({ retryStrategy: new ConfiguredRetryStrategy(maxAttempts, computeNextBackoffDelay) })
 * const { maxAttempts, computeNextBackoffDelay } = retry.right
 * assert.equal(maxAttempts, 5)
 * assert.deepEqual([1, 2, 3, 4].map(computeNextBackoffDelay), [100, 200, 400, 800])
 *
 * const endless = toAwsSdk(pipe(exponential(200), capDelay('5s')))
 * assert.deepEqual(endless._tag === 'Left' && endless.left.map(({ part }) => part), ['no limitRetries'])
 *
 * @category conversions
 * @since 0.3.0
 */
export const toAwsSdk = (policy: AnyPolicy, random: Random = systemRandom): Expressed<AwsSdkRetry> => {
  toPolicy('toAwsSdk: policy', policy)
  if (isIdle(policy)) return express(retryUntilProblems(engine, policy), () => retryOf([], random))
  const plain = plainOf(policy)
  const table = everyPart(plain).some(dependsOnMore) ? unknown : tableOf(plain)
  return express(
    [
      ...everyPart(policy).flatMap(partProblems),
      ...conditionProblems(engine.name, closest.conditions, policy),
      ...tableProblems(plain, table)
    ],
    () => retryOf(table.windows, random)
  )
}

const retryOf = (windows: ReadonlyArray<Window>, random: Random): AwsSdkRetry => ({
  maxAttempts: windows.length + 1,
  computeNextBackoffDelay: (attempt) => {
    // Nobody asks beyond the last retry; what is no number counts as the first.
    const window = windows[Math.max(0, Math.min(Math.floor(attempt) || 1, windows.length) - 1)]
    return window === undefined ? 0 : Math.floor(draw(window, checked(random)()))
  }
})

// --- tables

/** The windows of the first retries, and how they end: by a count, by what was drawn, by a fault, or not so soon. */
interface Table {
  readonly windows: ReadonlyArray<Window>
  readonly end: 'count' | 'draw' | 'fault' | 'later' | 'unknown'
}

const unknown: Table = { windows: [], end: 'unknown' }

const tableOf = (plain: AnyPolicy): Table => {
  const plan = planOf(plain)
  // The lowest draws and the highest: what lies between turns out between.
  const walk = (low: StepState, high: StepState, windows: ReadonlyArray<Window>): Table => {
    const [a, b] = [rule(plan, low, 0), rule(plan, high, lastDraw)]
    if (isFault(a) || isFault(b)) return { windows, end: 'fault' }
    if (a._tag !== 'Retry' || b._tag !== 'Retry')
      return { windows, end: a._tag === b._tag ? 'count' : 'draw' }
    if (a.window.from !== b.window.from || a.window.to !== b.window.to) return { windows, end: 'draw' }
    return windows.length === mostRetries
      ? { windows, end: 'later' }
      : walk(a.state, b.state, [...windows, a.window])
  }
  return walk(initialState, initialState, [])
}

// --- problems

/** What a part asks that the strategy is not told. */
const partProblems = (part: AnyPolicy): Problems => {
  const { schedule } = part
  const blame = (instead: string): Problems =>
    problem(nameOfSchedule(schedule), 'the AWS SDK says the number of the retry, and nothing else', instead)
  return [
    ...(schedule._tag === 'custom' ? blame('delays, with the waits that come out') : none),
    ...(schedule._tag === 'decorrelated' && schedule.base > 0
      ? blame(`pipe(${PolicyShow.show(exponential(schedule.base))}, withJitter("full"))`)
      : none),
    ...(schedule._tag === 'when' ? blame(closest.when) : none),
    ...besideWaits(engine, part)
  ]
}

const tableProblems = (plain: AnyPolicy, { end, windows }: Table): Problems => [
  ...unless(!neverStops(plain), () =>
    problem('no limitRetries', 'the AWS SDK needs a number of attempts', `limitRetries(${mostRetries})`)
  ),
  ...unless(end !== 'later' || neverStops(plain), () =>
    problem(
      countOf(plain),
      `the retry tokens of the AWS SDK pay for ${mostRetries} retries of a call at most`,
      `limitRetries(${mostRetries})`
    )
  ),
  ...(end === 'draw' ? drawProblems(plain) : none),
  ...unless(end !== 'fault', () =>
    problem(
      nameOfSchedule(plain.schedule),
      'a function in it gives no wait',
      'a function that gives one for each wait'
    )
  ),
  ...unless(
    windows.every(({ to }) => to <= longestTimer),
    () =>
      problem(
        plain.capDelay === undefined ? nameOfSchedule(plain.schedule) : nameOf(plain, 'capDelay'),
        `the longest wait of the AWS SDK is ${formatDuration(longestTimer)}`,
        `capDelay(${longestTimer})`
      )
  )
]

const drawProblems = (plain: AnyPolicy): Problems => {
  const limits = everyPart(plain).flatMap((part) =>
    (['limitDelay', 'limitTotalDelay'] as const)
      .filter((key) => part[key] !== undefined)
      .map((key) => nameOf(part, key))
  )
  return (limits.length === 0 ? [nameOfSchedule(plain.schedule)] : limits).flatMap((part) =>
    problem(part, 'the draws say when it stops, and the AWS SDK stops by count alone', 'limitRetries')
  )
}
