/** Mistakes that show in what a policy does from the first failure to the last. */
import { bounds } from './bounds.js'
import { capDelay, floorDelay, withJitter } from './Delay.js'
import { read } from './Failure.js'
import { formatDuration } from './formatDuration.js'
import { greatest } from './greatest.js'
import { limitDelay, limitElapsed, limitRetries, limitTotalDelay } from './Limit.js'
import { type LintWarning, warn } from './LintWarning.js'
import { everyPart, type NamedPart, namedParts } from './namedParts.js'
import { neverStops } from './neverStops.js'
import { print } from './print.js'
import { type AnyPolicy, omit, type RetryPolicy } from './RetryPolicy.js'
import { simulate } from './simulate.js'
import { sketch, type WaitRow } from './tabulate.js'

type Warnings = ReadonlyArray<LintWarning>

/** Gives what is wrong with the course of the failures that no `when` chooses. */
export const lintCourse = (self: AnyPolicy): Warnings => [
  ...lintEnd(self),
  ...lintLoop(self),
  ...lintFaults(self),
  ...lintJitter(self),
  ...lintGrowth(self)
]

// --- the end

const lintEnd = (self: AnyPolicy): Warnings => {
  // Stryker disable next-line StringLiteral: all but 'every' means the main schedule
  if (!neverStops(self, 'main')) return []
  const isLimited = (part: AnyPolicy): boolean =>
    // Stryker disable next-line StringLiteral: all but 'every' means the main schedule
    part.schedule._tag === 'either' && part.schedule.policies.some((branch) => !neverStops(branch, 'main'))
  return warn(
    'never-stops',
    everyPart(self).some(isLimited)
      ? 'never stops: the limit of one part of either does not bind the other; put limitRetries or limitElapsed after either'
      : 'never stops while failures go on: add limitRetries or limitElapsed, or put withTimeout around withRetry'
  )
}

/** Waits of nothing, again and again, with no count that ends them. */
const lintLoop = (self: AnyPolicy): Warnings => {
  const { waits, more } = sketch(self, 30)
  const isHot = more && waits.slice(-5).every(({ to }) => to < 1)
  return isHot && bounds(self).retries === 'unbounded'
    ? warn(
        'hot-loop',
        'comes to retry without any wait, with no limit to their number, as fast as the machine can: add a wait, or limitRetries'
      )
    : []
}

const lintFaults = (self: AnyPolicy): Warnings =>
  simulate(self as RetryPolicy, 30).flatMap((ruling) =>
    // Stryker disable next-line ConditionalExpression: no other decision has such a reason
    ruling._tag === 'GiveUp' && ruling.reason === 'PolicyFault'
      ? warn(
          'policy-fault',
          `ends the call as a PolicyFault after attempt ${ruling.attempt}: ${textOf(ruling.fault)}`
        )
      : []
  )

// A fault can be anything, such as what cannot be made a text.
const textOf = (fault: unknown): string => {
  const message = typeof fault === 'string' ? fault : read(fault, 'message')
  return typeof message === 'string' ? message : print(fault)
}

// --- stages

/** The stages of a policy, one after the other, each with what stands below it in the pipe; one without a name if there is one alone. */
const stagesOf = (self: AnyPolicy, name = ''): ReadonlyArray<NamedPart> => {
  const { schedule } = self
  if (schedule._tag !== 'andThen' && schedule._tag !== 'when') return [{ name, policy: self }]
  const inner = namedParts(schedule).slice(schedule._tag === 'when' ? -1 : 0)
  return inner.flatMap((part) =>
    stagesOf(
      below(part.policy, self),
      [name, schedule._tag === 'when' ? '' : part.name].filter(Boolean).join(', ')
    )
  )
}

/** A part with the settings of the whole. */
const below = (part: AnyPolicy, whole: AnyPolicy): AnyPolicy => {
  const steps = [
    ...(whole.withJitter ?? []).map((jitter) => withJitter(jitter)),
    ...(whole.floorDelay === undefined ? [] : [floorDelay(whole.floorDelay)]),
    ...(whole.capDelay === undefined ? [] : [capDelay(whole.capDelay)]),
    ...(whole.limitRetries === undefined ? [] : [limitRetries(whole.limitRetries)]),
    ...(whole.limitDelay === undefined ? [] : [limitDelay(whole.limitDelay)]),
    ...(whole.limitTotalDelay === undefined ? [] : [limitTotalDelay(whole.limitTotalDelay)]),
    ...(whole.limitElapsed === undefined ? [] : [limitElapsed(whole.limitElapsed)])
  ]
  // What it judges does not matter here.
  return steps.reduce((policy, step) => step(policy), part as RetryPolicy)
}

const rows = 40

const lintJitter = (self: AnyPolicy): Warnings => {
  const exact = stagesOf(self).flatMap(({ name, policy }) => {
    const { waits } = sketch(policy, rows)
    const isExact = waits.some(({ to }) => to >= 1) && waits.every(({ from, to }) => from === to)
    return isExact ? [{ name, policy }] : []
  })
  const [one] = exact
  if (one === undefined) return []
  const where =
    exact.length < stagesOf(self).length ? ` in ${exact.map(({ name }) => name).join(' and ')}` : ''
  const jitters = everyPart(one.policy).flatMap((part) => part.withJitter ?? [])
  return warn(
    'no-jitter',
    jitters.some((jitter) => jitter !== 0)
      ? `jitter has no effect${where}, since bounds leave only one length for each wait: move floorDelay and capDelay apart`
      : `has no jitter${where}${jitters.length > 0 ? ' (withJitter(0) spreads nothing)' : ''}: clients that fail together come back together; add withJitter('full'), or 'equal' or a fraction if waits should stay near their length`
  )
}

// How long waits may grow before it is a surprise, and what nobody will see the end of.
const long = 3_600_000
const endless = 1e12

const lintGrowth = (self: AnyPolicy): Warnings =>
  stagesOf(self).flatMap(({ name, policy }) => {
    const bounded = ['capDelay', 'limitDelay', 'limitTotalDelay', 'limitElapsed'] as const
    if (bounded.some((key) => policy[key] !== undefined) || !everyPart(policy).some(isGrowing)) return []
    const unhinted = omit(policy, ['delayFrom'])
    const { waits } = sketch(unhinted, rows)
    const surprising = waits.find(({ to }) => to > long)
    if (surprising === undefined) return []
    const longest = greatest(bounds(unhinted).delay) ?? Infinity
    // There is a first wait, since one surprises.
    const [first] = waits as readonly [WaitRow, ...WaitRow[]]
    // Who begins with minutes means hours.
    if (longest < 100 * first.to) return []
    return warn(
      'waits-grow-too-long',
      `waits grow ${longest > endless ? 'without end' : `to ${formatDuration(longest)}`}${name === '' ? '' : ` in ${name}`}, beyond ${formatDuration(long)} from retry ${surprising.retry} on: add capDelay${Number.isFinite(longest) ? ', or allow fewer retries' : ''}`
    )
  })

const isGrowing = ({ schedule }: AnyPolicy): boolean =>
  // Stryker disable next-line ConditionalExpression: no other schedule has a factor
  (schedule._tag === 'exponential' && schedule.factor > 1) ||
  ['linear', 'fibonacci', 'decorrelated'].includes(schedule._tag)
