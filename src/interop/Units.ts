/** Which waits of a course an engine can count: whole units of time, within bounds. */
import { formatDuration } from '../policy/formatDuration.js'
import type { AnyPolicy } from '../policy/RetryPolicy.js'
import { PolicyShow } from '../policy/Show.js'
import { type Course, growthOf, topOf } from './Course.js'
import { nameOf, nameOfSchedule, problem, type Problems, unless } from './Inexpressible.js'
import type { Engine } from './readCourse.js'

/** How an engine counts time; milliseconds. */
export interface Units {
  /** What caps have to be whole multiples of. */
  readonly unit: number
  /** What first waits have to be whole multiples of, and how to say so. */
  readonly first: number
  readonly inWords: string
  readonly least: number
  readonly most: number
}

/**
 * The library rounds the waits that it draws down to whole milliseconds: of waits that stay the same, that is what
 * counts.
 */
export const millisOf = ({ factor, first }: Course): number => (factor === 1 ? Math.floor(first) : first)

/** Lists the waits of a course that cannot be counted, by what sets them. */
export const unitProblems = (engine: Engine, units: Units, self: AnyPolicy, course: Course): Problems => {
  if (course.retries === 0) return []
  const { least, most, unit } = units
  const first = millisOf(course)
  const top = topOf(course)
  const bites = course.factor !== 1 && course.most < Infinity && top === course.most
  return [
    ...unless(course.factor >= 1, () =>
      problem(
        nameOfSchedule(self.schedule),
        `${engine.name} never shortens waits`,
        PolicyShow.show(engine.nearest(course.first, 1))
      )
    ),
    ...unless(first >= least && first % units.first === 0, () =>
      problem(
        partOf(self, course),
        `${engine.name} counts ${units.inWords}`,
        closestTo(engine, units, self, course)
      )
    ),
    ...unless(!bites || Math.floor(course.most) % unit === 0, () =>
      problem(nameOf(self, 'capDelay'), `${engine.name} counts whole seconds`, capAt(units, course.most))
    ),
    ...unless(top <= most, () =>
      problem(
        bites ? nameOf(self, 'capDelay') : partOf(self, course),
        `the longest wait of ${engine.name} is ${formatDuration(most)}`,
        capAt(units, most)
      )
    )
  ]
}

type Setter = 'capDelay' | 'floorDelay' | undefined

/** Waits that stay the same are those of a bound, where one is all that is left of the schedule. */
const setterOf = ({ capDelay, floorDelay }: AnyPolicy, { factor, first }: Course): Setter =>
  factor !== 1 ? undefined : first === capDelay ? 'capDelay' : first === floorDelay ? 'floorDelay' : undefined

const partOf = (self: AnyPolicy, course: Course): string => {
  const setter = setterOf(self, course)
  return setter === undefined ? nameOfSchedule(self.schedule) : nameOf(self, setter)
}

const closestTo = (engine: Engine, units: Units, self: AnyPolicy, course: Course): string => {
  const setter = setterOf(self, course)
  if (setter !== undefined) return `${setter}(${roundedUp({ ...units, unit: units.first }, course.first)})`
  const growth = growthOf(self.schedule)
  return PolicyShow.show(engine.nearest(growth?.base ?? course.first, growth?.factor ?? course.factor))
}

/** Gives a wait that can be counted, as near as can be, and no shorter if there is one. */
export const roundedUp = ({ least, most, unit }: Units, wait: number): number =>
  Math.min(Math.floor(most / unit) * unit, Math.max(least, Math.ceil(wait / unit) * unit))

const capAt = (units: Units, wait: number): string => `capDelay(${roundedUp(units, wait)})`
