/**
 * AWS Step Functions: the `Retry` field of a state, in the Amazon States Language.
 *
 * | policy | retrier |
 * | --- | --- |
 * | `exponential(base, factor)` | `IntervalSeconds: base`, `BackoffRate: factor` (1 or more) |
 * | `fixed(delay)` | `IntervalSeconds: delay`, `BackoffRate: 1` |
 * | `capDelay(max)` | `MaxDelaySeconds: max`, where it bites |
 * | `limitRetries(n)` | `MaxAttempts: n`: it counts retries, and needs a number |
 * | `limitDelay`, `limitTotalDelay` | the number of retries that they come to |
 * | `withJitter('full')` | `JitterStrategy: 'FULL'`; `'NONE'` without jitter |
 * | `retryOn(['A', 'B'])` | `ErrorEquals: ['A', 'B']`; `['States.ALL']` without conditions |
 * | `when('A', policy)` | a retrier of its own for `A`, with its own count, before the main one |
 * | `abortOn('A')`, `retryOn(not('A'))` | a retrier for `A` with `MaxAttempts: 0` |
 * | `recordFailures` | nothing, and left out: it changes no retry |
 * | other jitter, hints, results, `limitElapsed` | nothing |
 *
 * Facts: the AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows" (2025), and the Amazon
 * States Language (states-language.net). The n-th wait of a retrier is IntervalSeconds · BackoffRate^(n − 1), at most
 * MaxDelaySeconds; FULL draws it from 0 up to that. Intervals, delays and counts are whole numbers: 1 to 99,999,999
 * seconds, 1 to 31,622,400 seconds, 0 to 99,999,999 retries. Defaults: 1 s, 2, 3 retries, no longest delay, NONE. The
 * first retrier that names an error counts it; `States.ALL` stands alone and last, and `States.TaskFailed` is all but
 * `States.Timeout`.
 */
import type { AnyCondition } from '../policy/Condition.js'
import { capDelay, floorDelay, withJitter } from '../policy/Delay.js'
import { limitDelay, limitRetries } from '../policy/Limit.js'
import { print } from '../policy/print.js'
import { type AnyPolicy, omit, type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { exponential, fixed, never } from '../policy/Schedule.js'
import { type Course, topOf } from './Course.js'
import {
  express,
  type Expressed,
  levelsOf,
  nameOf,
  nameOfSchedule,
  none,
  problem,
  type Problems,
  unless
} from './Inexpressible.js'
import { namedBy, namingOf } from './Naming.js'
import { besideWaits, type Engine, type Read, readCourse, retryUntilProblems } from './readCourse.js'
import { millisOf, roundedUp, unitProblems, type Units } from './Units.js'

// --- model

/**
 * A retrier of the Amazon States Language, with nothing left to its defaults; without `MaxDelaySeconds`, waits have
 * no longest one.
 *
 * @category model
 * @since 0.3.0
 */
export interface Retrier {
  readonly ErrorEquals: ReadonlyArray<string>
  readonly IntervalSeconds: number
  /** Retries: the first attempt does not count. */
  readonly MaxAttempts: number
  readonly BackoffRate: number
  readonly MaxDelaySeconds?: number
  readonly JitterStrategy: 'FULL' | 'NONE'
}

export const mostOfAll = 99_999_999
export const longestDelay = 31_622_400

export const anyError = 'States.ALL'
export const anyFailure = 'States.TaskFailed'

const second = 1000

const seconds: Units = {
  unit: second,
  first: second,
  inWords: 'whole seconds, from 1 on',
  least: second,
  most: longestDelay * second
}

const engine: Engine = {
  name: 'Step Functions',
  ratios: [1, 0],
  mostRetries: mostOfAll,
  endless: false,
  closest: {
    withJitter: 'withJitter("full")',
    delayFrom: 'a Catch that goes to a Wait state with SecondsPath',
    limitElapsed: 'TimeoutSeconds of the state machine, which ends an attempt under way as well',
    when: 'when, with the names of errors, at the end of the pipe',
    retryUntil: 'a task that fails with an error where the result will not do'
  },
  nearest: (base, factor) => {
    const whole = roundedUp(seconds, base)
    return factor <= 1 ? fixed(whole) : exponential(whole, factor)
  }
}

// --- conversions

/**
 * Gives the `Retry` field of a state that retries as a policy does, at the same times; a `Left` lists all that it
 * cannot express.
 *
 * *Gotchas*: an error goes by its name alone: a `code` says nothing, and a class in a condition does not stand for its
 * heirs. `States.ALL` does not catch `States.Runtime` and `States.DataLimitExceeded`. An execution lasts a year at most, so
 * no wait can be longer.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { capDelay, exponential, fixed, limitRetries, when, withJitter } from 'reprise'
 * import { toStepFunctions } from 'reprise/interop'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(
 *   exponential('2s'),
 *   withJitter('full'),
 *   capDelay('1m'),
 *   limitRetries(6),
 *   when('Lambda.TooManyRequestsException', pipe(fixed('30s'), limitRetries(10)))
 * )
 * assert.deepEqual(toStepFunctions(policy), {
 *   _tag: 'Right',
 *   right: [
 *     {
 *       ErrorEquals: ['Lambda.TooManyRequestsException'],
 *       IntervalSeconds: 30,
 *       MaxAttempts: 10,
 *       BackoffRate: 1,
 *       JitterStrategy: 'NONE'
 *     },
 *     {
 *       ErrorEquals: ['States.ALL'],
 *       IntervalSeconds: 2,
 *       MaxAttempts: 6,
 *       BackoffRate: 2,
 *       MaxDelaySeconds: 60,
 *       JitterStrategy: 'FULL'
 *     }
 *   ]
 * })
 *
 * const tooFine = toStepFunctions(pipe(exponential('1.5s'), withJitter(0.2), limitRetries(3)))
 * assert.deepEqual(tooFine._tag === 'Left' && tooFine.left.map(({ part, closest }) => [part, closest]), [
 *   ['withJitter(0.2)', 'withJitter("full")'],
 *   ['exponential(1500)', 'exponential(2000)']
 * ])
 *
 * @category conversions
 * @since 0.3.0
 */
export const toStepFunctions = (policy: AnyPolicy): Expressed<ReadonlyArray<Retrier>> => {
  const { choices, main, problems } = split(toPolicy('toStepFunctions: policy', policy))
  const { course, problems: found } = readPart(main)
  const { abortOn = [] } = policy
  const named = namedBy(
    engine.name,
    course?.retries === 0 ? { abortOn, schedule: never.schedule } : { ...main, abortOn }
  )
  const chosen = choices.map(readChoice)
  const { aborted, refused, retried = [anyError] } = named
  const ofChoices = chosen.flatMap(({ names }) => names)
  return express(
    [
      ...problems,
      ...chosen.flatMap((each) => each.problems),
      ...found,
      ...named.problems,
      ...wildcards('abortOn', [...aborted, ...refused]),
      ...wildcards('retryOn', named.retried ?? [])
    ],
    () =>
      tidy([
        notAtAll([...new Set([...aborted, ...refused.filter((name) => !ofChoices.includes(name))])]),
        ...chosen.map(({ names, course }) => retrier(names, course)),
        retrier(retried, course)
      ])
  )
}

const retrier = (ErrorEquals: ReadonlyArray<string>, course: Course | undefined): Retrier => {
  if (course === undefined || course.retries === 0) return notAtAll(ErrorEquals)
  const { factor, most, ratio, retries } = course
  return {
    ErrorEquals,
    IntervalSeconds: millisOf(course) / second,
    MaxAttempts: retries,
    BackoffRate: factor,
    ...(factor !== 1 && topOf(course) === most && { MaxDelaySeconds: Math.floor(most) / second }),
    JitterStrategy: ratio === 1 ? 'NONE' : 'FULL'
  }
}

const notAtAll = (ErrorEquals: ReadonlyArray<string>): Retrier => ({
  ErrorEquals,
  IntervalSeconds: 1,
  MaxAttempts: 0,
  BackoffRate: 1,
  JitterStrategy: 'NONE'
})

/** The first retrier that names an error is the one that counts, and what none retries is not retried. */
const tidy = (all: ReadonlyArray<Retrier>): ReadonlyArray<Retrier> => {
  const once = all.map((each, i) => {
    const before = all.slice(0, i).flatMap(({ ErrorEquals }) => ErrorEquals)
    return { ...each, ErrorEquals: each.ErrorEquals.filter((name) => !before.includes(name)) }
  })
  const last = once
    .map(({ ErrorEquals, MaxAttempts }) => ErrorEquals.length > 0 && MaxAttempts > 0)
    .lastIndexOf(true)
  return once.slice(0, last + 1).filter(({ ErrorEquals }) => ErrorEquals.length > 0)
}

/** Names that stand for others would match more than errors of that name. */
const wildcards = (key: string, names: ReadonlyArray<string>): Problems =>
  names
    .filter((name) => [anyError, anyFailure].includes(name))
    .flatMap((name) =>
      problem(
        `${key}(${print(name)})`,
        `${name} stands for errors of other names there`,
        'the names of these errors'
      )
    )

// --- parts

/** A `when` of a policy, with all that stands below it in the pipe. */
interface Choice {
  readonly part: string
  readonly condition: AnyCondition
  readonly policy: AnyPolicy
}

interface Split {
  /** In the order in which they are asked. */
  readonly choices: ReadonlyArray<Choice>
  readonly main: AnyPolicy
  readonly problems: Problems
}

/** Takes a policy apart into what becomes retriers. */
const split = (self: AnyPolicy): Split => {
  const { schedule } = self
  if (schedule._tag !== 'when') return { choices: [], main: self, problems: [] }
  const [apart, other] = schedule.policies
  if (self.limitRetries === 0) {
    const { main } = split(limitRetries(0)(other))
    return { choices: [], main, problems: resultProblems(self) }
  }
  const { choices, main, problems } = split(handDown(self, other))
  return {
    choices: [
      { part: nameOfSchedule(schedule), condition: schedule.condition, policy: handDown(self, apart) },
      ...choices
    ],
    main,
    problems: [...problemsBelow(self, [apart, other]), ...resultProblems(self), ...problems]
  }
}

/** Gives a part of a `when` all that applies to each of its waits alone. */
const handDown = (self: AnyPolicy, part: AnyPolicy): AnyPolicy => {
  const { capDelay: cap, floorDelay: floor, limitDelay: limit, withJitter: jitters = [] } = self
  return [
    ...jitters.map(withJitter),
    ...(floor === undefined ? [] : [floorDelay(floor)]),
    ...(cap === undefined ? [] : [capDelay(cap)]),
    ...(limit === undefined ? [] : [limitDelay(limit)])
  ].reduce<RetryPolicy>((policy, change) => change(policy), part as RetryPolicy)
}

/** Lists what applies to all parts of a `when` together. */
const problemsBelow = (self: AnyPolicy, all: ReadonlyArray<AnyPolicy>): Problems => [
  ...(['limitRetries', 'limitTotalDelay'] as const).flatMap((key) =>
    unless(self[key] === undefined, () =>
      problem(nameOf(self, key), 'the retriers of Step Functions count for themselves', `${key} in each part`)
    )
  ),
  ...unless(
    all.every(({ capDelay = Infinity }) => capDelay >= (self.floorDelay ?? 0)),
    () =>
      problem(
        nameOf(self, 'floorDelay'),
        'Step Functions has no shortest wait',
        'a longer cap above it in the pipe'
      )
  ),
  ...besideWaits(engine, omit(self, ['retryUntil']))
]

const resultProblems = (self: AnyPolicy): Problems => retryUntilProblems(engine, self)

type ReadPart = Pick<Read, 'course' | 'problems'>

interface ReadChoice extends ReadPart {
  readonly names: ReadonlyArray<string>
}

const readChoice = ({ condition, part, policy }: Choice): ReadChoice => {
  const { except, foreign, names } = namingOf(condition)
  const { course, problems } = readPart(policy)
  return {
    course,
    names,
    problems: [
      ...unless(!except && foreign.length === 0, () =>
        problem(
          part,
          'Step Functions goes by the name of an error, and each retrier names its own',
          engine.closest.when
        )
      ),
      ...unless(
        levelsOf(policy).every(({ retryOn }) => retryOn === undefined),
        () =>
          problem(
            part,
            'a retrier of Step Functions names errors once',
            'the condition of retryOn in that of when'
          )
      ),
      ...wildcards('when', names),
      ...problems.map((each) => ({ ...each, part: `${each.part} in ${part}` }))
    ]
  }
}

/** Reads a part that becomes one retrier. */
const readPart = (self: AnyPolicy): ReadPart => {
  const { course, problems } = readCourse(engine, self)
  return {
    course,
    problems: [...problems, ...(course === undefined ? none : unitProblems(engine, seconds, self, course))]
  }
}
