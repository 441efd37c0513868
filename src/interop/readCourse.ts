/** Reads the course out of a policy for an engine that knows nothing else, and lists all that is none of it. */
import { matchesNothing } from '../policy/implies.js'
import { neverStops } from '../policy/neverStops.js'
import { type AnyPolicy, omit, type RetryPolicy, type Schedule } from '../policy/RetryPolicy.js'
import { PolicyShow } from '../policy/Show.js'
import { type Blame, type Course, courseOf, growthOf, isCourse, neverRetries, spreadOf } from './Course.js'
import { levelsOf, nameOf, nameOfSchedule, none, problem, type Problems, unless } from './Inexpressible.js'

// --- model

/** What an engine can do, and what it is to be told where it cannot. */
export interface Engine {
  readonly name: string
  /** How it can spread waits, as ratios of a course. */
  readonly ratios: ReadonlyArray<number>
  readonly mostRetries: number
  /** Can it go on without a limit? */
  readonly endless: boolean
  /** What comes closest to parts that it has no setting for. */
  readonly closest: Readonly<
    Record<'withJitter' | 'delayFrom' | 'limitElapsed' | 'when' | 'retryUntil', string>
  >
  /** The policy that it can do whose waits are nearest to such a growth. */
  readonly nearest: (base: number, factor: number) => RetryPolicy
}

type Told = {
  readonly name: string
  readonly closest: Omit<Engine['closest'], 'withJitter' | 'when'>
}

/** A course, if there is one, and what is no part of it. Where only the spread is none, it is the course without. */
export interface Read {
  readonly course: Course | undefined
  readonly unspread: boolean
  readonly problems: Problems
}

// --- reading

/**
 * Reads the course of a policy, whose conditions are for the engine itself to read. Where there is no retry, nothing
 * of the rest matters, and the course is one of no retries.
 */
export const readCourse = (engine: Engine, self: AnyPolicy): Read => {
  if (isIdle(self)) return { course: idle, unspread: false, problems: retryUntilProblems(engine, self) }
  const plain = plainOf(self)
  const found = courseOf(plain)
  const levels = levelsOf(self)
  const beside = [
    ...levels.flatMap((level) => besideWaits(engine, level)),
    ...countProblems(engine, plain, found)
  ]
  if (isCourse(found)) {
    const ratio = nearRatio(engine, found.ratio)
    return ratio === undefined
      ? { course: unspread(plain), unspread: true, problems: [...jitterProblems(engine, self), ...beside] }
      : { course: { ...found, ratio }, unspread: false, problems: beside }
  }
  return {
    course: undefined,
    unspread: false,
    problems: [
      ...(found.includes('schedule') ? levels.flatMap((level) => scheduleProblems(engine, level)) : none),
      ...levels.flatMap((level) => jitterProblems(engine, level)),
      ...limitProblems(engine, self, found),
      ...beside
    ]
  }
}

/** A policy without all that is said beside its waits and counts. */
export const plainOf = (self: AnyPolicy): AnyPolicy =>
  omit(self, ['abortOn', 'delayFrom', 'limitElapsed', 'recordFailures', 'retryOn', 'retryUntil'])

const unspread = (plain: AnyPolicy): Course => {
  // What has a course with a spread has one without.
  return courseOf(omit(plain, ['withJitter'])) as Course
}

/** Gives a ratio that an engine has, for one that differs by rounding alone. */
const nearRatio = ({ ratios }: Engine, ratio: number): number | undefined =>
  ratios.find((each) => Math.abs(each - ratio) < 1e-12)

const canSpread = (engine: Engine, ratio: number): boolean => nearRatio(engine, ratio) !== undefined

const idle: Course = { first: 0, factor: 1, most: 0, ratio: 1, retries: 0 }

/** Is it certain that there is no retry? */
export const isIdle = (self: AnyPolicy): boolean =>
  neverRetries(self) || (self.retryOn !== undefined && matchesNothing(self.retryOn))

// --- problems

const scheduleProblems = ({ closest, name, nearest }: Engine, { schedule }: AnyPolicy): Problems => {
  const part = nameOfSchedule(schedule)
  switch (schedule._tag) {
    case 'andThen':
    case 'both':
    case 'either':
      return problem(
        part,
        `${name} has one schedule, not several together`,
        'the part that matters most, alone'
      )
    case 'when':
      return problem(part, `${name} times all errors by one schedule`, closest.when)
    case 'mapDelay':
      return problem(
        part,
        `${name} is given numbers, and no functions`,
        'a schedule with the waits that come out'
      )
    default: {
      if (growthOf(schedule) !== undefined) return none
      const near = nearOf(schedule)
      return problem(
        part,
        `the waits of ${name} grow by a factor, if at all`,
        near === undefined
          ? 'exponential or fixed, with waits that are near'
          : PolicyShow.show(nearest(near.base, near.factor))
      )
    }
  }
}

/** What growth by a factor comes near to a formula. */
const nearOf = (schedule: Schedule): { readonly base: number; readonly factor: number } | undefined => {
  switch (schedule._tag) {
    case 'linear':
      return { base: schedule.base === 0 ? schedule.step : schedule.base, factor: 1.5 }
    case 'fibonacci':
      return { base: schedule.base, factor: 1.6 }
    case 'decorrelated':
      return { base: schedule.base, factor: 2 }
    case 'delays': {
      // An empty list has a course.
      const [first] = schedule.delays as readonly [number, ...number[]]
      const last = schedule.delays.at(-1) as number
      const growth = first === 0 ? 1 : (last / first) ** (1 / (schedule.delays.length - 1))
      return { base: first, factor: Math.max(1, Math.min(+growth.toFixed(1), 1e6)) }
    }
    default:
      return undefined
  }
}

const jitterProblems = (engine: Engine, self: AnyPolicy): Problems => {
  const { from, to } = spreadOf(self)
  return unless(from === to || canSpread(engine, from / to), () =>
    problem(
      nameOf(self, 'withJitter'),
      engine.ratios.every((ratio) => ratio === 1)
        ? `${engine.name} does not spread waits`
        : `${engine.name} spreads waits in its own way only`,
      engine.closest.withJitter
    )
  )
}

const limitProblems = ({ name }: Engine, self: AnyPolicy, blamed: ReadonlyArray<Blame>): Problems => {
  const spread = spreadOf(self)
  return blamed.flatMap((blame) => {
    switch (blame) {
      case 'schedule':
        return none
      case 'floorDelay':
        return problem(nameOf(self, blame), `${name} has no shortest wait`, 'a first wait that is no shorter')
      case 'limitDelay':
      case 'limitTotalDelay':
        return problem(
          nameOf(self, blame),
          spread.from === spread.to
            ? `it stops after more retries than are counted here, and ${name} stops by count alone`
            : `with jitter, the draws say when it stops, and ${name} stops by count alone`,
          'limitRetries'
        )
    }
  })
}

/** What is asked of an engine beside waits and counts. */
export const besideWaits = ({ closest, name }: Told, self: AnyPolicy): Problems => [
  ...unless(self.delayFrom === undefined, () =>
    problem(nameOf(self, 'delayFrom'), `${name} reads no wait from an error by a function`, closest.delayFrom)
  ),
  ...unless(self.limitElapsed === undefined, () =>
    problem(nameOf(self, 'limitElapsed'), `${name} stops by count, not by time`, closest.limitElapsed)
  ),
  ...retryUntilProblems({ closest, name }, self)
]

export const retryUntilProblems = ({ closest, name }: Told, self: AnyPolicy): Problems =>
  unless(self.retryUntil === undefined, () =>
    problem(nameOf(self, 'retryUntil'), `${name} retries errors, and looks at no result`, closest.retryUntil)
  )

const countProblems = (
  { endless, mostRetries, name }: Engine,
  plain: AnyPolicy,
  found: Course | ReadonlyArray<Blame>
): Problems => {
  const retries = isCourse(found) ? found.retries : neverStops(plain) ? Infinity : (plain.limitRetries ?? 0)
  if (retries === Infinity) {
    return unless(endless, () =>
      problem('no limitRetries', `${name} needs a number of retries`, `limitRetries(${mostRetries})`)
    )
  }
  return unless(retries <= mostRetries, () =>
    problem(countOf(plain), `${name} counts ${mostRetries} retries at most`, `limitRetries(${mostRetries})`)
  )
}

/** What says how many retries there are. */
export const countOf = (self: AnyPolicy): string => {
  const key = (['limitRetries', 'limitTotalDelay', 'limitDelay'] as const).find(
    (each) => self[each] !== undefined
  )
  return key === undefined ? nameOfSchedule(self.schedule) : nameOf(self, key)
}
