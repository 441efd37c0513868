/** Mistakes that can be seen in one node of a policy: in its numbers, and in how it puts its parts together. */
import { bounds } from './bounds.js'
import { withJitter } from './Delay.js'
import { sameData } from './Eq.js'
import { formatDuration } from './formatDuration.js'
import { greatest } from './greatest.js'
import { type LintWarning, warn } from './LintWarning.js'
import { everyPart, namedParts } from './namedParts.js'
import { neverStops } from './neverStops.js'
import { type AnyPolicy, type Jitter, mapParts, omit, parts, type Schedule, update } from './RetryPolicy.js'
import { immediate, never } from './Schedule.js'
import { sketch } from './tabulate.js'

type Warnings = ReadonlyArray<LintWarning>

/** Gives what is wrong with a node; `jitter` is that from further down the pipe, which spreads its waits too. */
export const lintPart = (self: AnyPolicy, jitter: ReadonlyArray<Jitter>): Warnings => [
  ...lintUnits(self),
  ...lintFactor(self.schedule),
  ...lintCap(self),
  ...lintFloor(self, jitter),
  ...lintHints(self),
  ...lintCount(self),
  ...lintStages(self),
  ...lintIdle(self),
  ...lintUndone(self)
]

const timeLimits = ['limitDelay', 'limitTotalDelay', 'limitElapsed'] as const

const hasHints = (self: AnyPolicy): boolean =>
  everyPart(self).some(({ delayFrom }) => delayFrom !== undefined)

const hasCustom = (self: AnyPolicy): boolean =>
  everyPart(self).some(({ schedule }) => schedule._tag === 'custom')

// --- numbers

/** Every time that a node names, with what it stands in. */
const timesIn = ({ schedule, ...self }: AnyPolicy): ReadonlyArray<readonly [name: string, time: number]> => {
  const own = (): ReadonlyArray<number> => {
    switch (schedule._tag) {
      case 'linear':
        return [schedule.base, schedule.step]
      case 'exponential':
      case 'fibonacci':
      case 'decorrelated':
        return [schedule.base]
      case 'fixed':
        return [schedule.delay]
      case 'delays':
        return schedule.delays
      default:
        // Stryker disable next-line ArrayDeclaration: what it puts in is no time
        return []
    }
  }
  return [
    ...own().map((time) => [schedule._tag, time] as const),
    ...([...timeLimits, 'floorDelay', 'capDelay'] as const).map((key) => [key, self[key] ?? 0] as const),
    // Stryker disable next-line ArrayDeclaration: what it puts in has no max
    ...(self.delayFrom ?? []).map(({ max }) => ['delayFrom: max', max] as const)
  ]
}

const lintUnits = (self: AnyPolicy): Warnings =>
  timesIn(self)
    .filter(([, time]) => time > 0 && time < 1)
    .slice(0, 1)
    .flatMap(([name, time]) =>
      warn(
        'below-one-millisecond',
        `a time of ${time} ms, in ${name}, is less than a millisecond, and waits are rounded down to whole ones: write '${time}s' if seconds are meant`
      )
    )

const lintFactor = (schedule: Schedule): Warnings =>
  // Stryker disable next-line ConditionalExpression: no other schedule has a factor
  schedule._tag === 'exponential' && schedule.factor < 1 && schedule.base > 0
    ? warn(
        'shrinking-waits',
        `a factor of ${schedule.factor} makes the waits of exponential shrink, and a service in trouble is called more and more often: use a factor above 1, or fixed`
      )
    : []

/** The waits before the settings of the node change them. */
const bare = (self: AnyPolicy): AnyPolicy =>
  omit(self, ['withJitter', 'floorDelay', 'capDelay', 'limitRetries', ...timeLimits])

const lintCap = (self: AnyPolicy): Warnings => {
  const { capDelay: cap, floorDelay: floor = 0 } = self
  // Stryker disable next-line ConditionalExpression: saves time alone, since nothing is above a cap that there is not
  if (cap === undefined || self.limitRetries === 0) return []
  if (floor > cap) {
    return warn(
      'floor-above-cap',
      `floorDelay(${formatDuration(floor)}) is above capDelay(${formatDuration(cap)}), and the cap wins: no wait is longer than ${formatDuration(cap)}; lower the floor, or raise the cap`
    )
  }
  const { waits, more } = sketch(bare(self), 30)
  const shortest = Math.min(...waits.map(({ from }) => from))
  // A stage that begins later may have shorter ones.
  const isKnown = !more || !everyPart(self).some(({ schedule }) => schedule._tag === 'andThen')
  const isLost = isKnown && shortest >= cap && waits.some(({ to }) => to > cap)
  return isLost && !hasCustom(self)
    ? warn(
        'cap-below-base',
        `capDelay(${formatDuration(cap)}) is ${shortest > cap ? 'below' : 'no more than'} the shortest wait, ${formatDuration(shortest)}: all waits are cut to the same length${waits.some(({ to }) => to > shortest) ? ', and growth is lost' : ''}; raise the cap, or lower the waits`
      )
    : []
}

const lintFloor = (self: AnyPolicy, jitter: ReadonlyArray<Jitter>): Warnings => {
  const { capDelay = Infinity, floorDelay: floor = 0 } = self
  // Stryker disable next-line ConditionalExpression,EqualityOperator: a floor of 0 saves time alone, since no wait is below it
  if (floor === 0) return []
  if (floor > capDelay || hasCustom(self) || hasHints(self)) return []
  const unbounded = jitter.reduce<AnyPolicy>(
    (policy, each) => withJitter(each)(policy as typeof never),
    omit(self, ['floorDelay', ...timeLimits])
  )
  const { waits, more } = sketch(unbounded, compared)
  const longest = Math.max(0, ...waits.map(({ to }) => to))
  return !more && longest > 0 && longest < floor
    ? warn(
        'floor-above-waits',
        `floorDelay(${formatDuration(floor)}) is above the longest wait, ${formatDuration(longest)}: every wait is ${formatDuration(floor)}, without growth or jitter; lower the floor, or use fixed with jitter`
      )
    : []
}

// Stryker disable next-line ArrayDeclaration: what it puts in has no max
const lintHints = ({ delayFrom = [], floorDelay = 0, capDelay = Infinity }: AnyPolicy): Warnings =>
  delayFrom.flatMap(({ max }) => [
    ...(max < floorDelay
      ? warn(
          'hint-max-below-floor',
          `delayFrom takes hints up to ${formatDuration(max)}, but floorDelay(${formatDuration(floorDelay)}) waits longer than that anyway, so a hint can only stop the call: raise max`
        )
      : []),
    ...(max > capDelay
      ? warn(
          'hint-max-above-cap',
          `delayFrom takes hints up to ${formatDuration(max)}, but capDelay(${formatDuration(capDelay)}) stops the call at a longer one: raise the cap, or lower max to it`
        )
      : [])
  ])

const lintCount = (self: AnyPolicy): Warnings => {
  const limit = self.limitRetries
  // Stryker disable next-line ConditionalExpression: saves time alone, since no count is below a limit that there is not
  if (limit === undefined) return []
  // With a limit, there is a greatest.
  const count = greatest(bounds(omit(self, timeLimits)).retries) as number
  return count > 0 && count < limit
    ? warn(
        'limit-never-reached',
        `limitRetries(${limit}) is never reached, since the schedule stops after ${count}: lower the limit, or let the schedule go on`
      )
    : []
}

// --- parts

/** The retries after which a stage stops, whatever happens; `undefined` if that is not certain. */
const countOf = (self: AnyPolicy): number | undefined => {
  const { schedule, limitRetries = Infinity } = self
  if (timeLimits.some((key) => self[key] !== undefined)) return undefined
  if (schedule._tag === 'delays') return Math.min(schedule.delays.length, limitRetries)
  return neverStops(omit(self, ['limitRetries'])) ? limitRetries : undefined
}

const lintStages = ({ schedule, limitRetries = Infinity }: AnyPolicy): Warnings => {
  if (schedule._tag !== 'andThen') return []
  const stages = namedParts(schedule)
  let before = 0
  let endless: string | undefined
  for (const [i, { name, policy }] of stages.entries()) {
    // Nothing is said of a sum with a part that is not known.
    const count = countOf(policy) ?? NaN
    const next = stages[i + 1]
    if (next === undefined) break
    before += count
    if (count === Infinity) endless ??= name
    if (sameData(next.policy, never)) continue
    if (endless !== undefined) {
      return warn(
        'stage-never-reached',
        `${next.name} never begins, since ${endless} never stops: give ${endless} a limit, such as limitRetries`
      )
    }
    if (before >= limitRetries) {
      return warn(
        'stage-never-reached',
        `${next.name} never begins, since limitRetries(${limitRetries}) stops the call after ${before === limitRetries ? `the ${before} retries of what comes before it` : `${limitRetries} of the ${before} retries that come before it`}: raise that limit, or give the stages before it fewer retries`
      )
    }
  }
  return []
}

// As many rows as are compared to see whether a part matters.
const compared = 40

/** Parts of `both` and `either` that change nothing. Only told of policies whose waits do not depend on time or errors. */
const lintIdle = (self: AnyPolicy): Warnings => {
  const { schedule } = self
  if (schedule._tag !== 'both' && schedule._tag !== 'either') return []
  const unit = schedule._tag === 'both' ? immediate : never
  const isPlain = everyPart(omit(self, ['retryOn', 'limitElapsed', 'limitDelay', 'limitTotalDelay'])).every(
    (part) =>
      !['custom', 'mapDelay', 'when', 'decorrelated'].includes(part.schedule._tag) &&
      [...timeLimits, 'delayFrom', 'retryOn'].every((key) => !(key in part)) &&
      // Stryker disable next-line EqualityOperator: an end after the last row shows in `more`
      (part.limitRetries ?? 0) < compared
  )
  if (!isPlain) return []
  const table = (policy: AnyPolicy) => sketch(policy, compared)
  const whole = table(self)
  const idle = parts(schedule).findIndex(
    (part, i) =>
      !sameData(part, unit) &&
      sameData(
        whole,
        table(update(self, { schedule: mapParts(schedule, (each, j) => (j === i ? unit : each)) }))
      )
  )
  const [name, other] = idle === 0 ? ['first', 'second'] : ['second', 'first']
  return idle < 0
    ? []
    : warn(
        'part-never-matters',
        `the ${name} of the two that ${schedule._tag} puts together changes nothing${whole.more ? ` in the first ${compared} retries` : ''}: the ${other} ${schedule._tag === 'both' ? 'waits at least as long and stops no later' : 'waits no longer and stops no earlier'}; leave it out, or change its waits`
      )
}

const lintUndone = (self: AnyPolicy): Warnings => {
  const { schedule } = self
  if (schedule._tag !== 'mapDelay' || hasCustom(self)) return []
  const { capDelay: cap = Infinity, floorDelay: floor = 0 } = schedule.policies[0]
  const { waits } = sketch(self, 30)
  const longest = Math.max(...waits.map(({ to }) => to))
  const shortest = Math.min(...waits.map(({ from }) => from))
  const undone = (bound: string, reached: number): Warnings =>
    warn(
      'bound-undone',
      `${bound} stands above mapDelay("${schedule.name}") in the pipe, which changes what it has bounded: waits reach ${formatDuration(reached)}; put the bound below it`
    )
  if (longest > cap) return undone(`capDelay(${formatDuration(cap)})`, longest)
  return shortest < floor && floor <= cap ? undone(`floorDelay(${formatDuration(floor)})`, shortest) : []
}
