/**
 * Policies in words. A policy is told as an outline: what it does, its parts, and what holds for the whole. Each clause
 * begins with a verb, so that it can stand alone or after the name of a part.
 */
import { errorsThat, listed, nameOf } from './describeCondition.js'
import { formatDuration } from './formatDuration.js'
import { namedParts } from './namedParts.js'
import { print } from './print.js'
import { type AnyPolicy, type Formula, type Hint, type Jitter, parts, type Schedule } from './RetryPolicy.js'

// --- model

interface Outline {
  readonly first: ReadonlyArray<string>
  readonly parts: ReadonlyArray<Named>
  /** What holds for the whole, whatever its parts do. */
  readonly last: ReadonlyArray<string>
}

interface Named {
  readonly name: string
  readonly outline: Outline
}

// --- sentences

/** Tells when a policy tries again, and what stops it; the count of retries in all is left to its bounds. */
export const describeSchedule = (self: AnyPolicy): ReadonlyArray<string> => {
  const { first, parts: all, last } = outlineOf(self, true)
  return [
    ...first.map(sentence),
    ...all.flatMap(({ name, outline }) => lines(name, outline)),
    ...last.map(sentence)
  ]
}

const lines = (name: string, { first, parts: all, last }: Outline): ReadonlyArray<string> => [
  sentence(`${name}: ${first.join('; ')}`),
  ...all.flatMap((part) => lines(`${name}, ${part.name}`, part.outline)),
  ...(last.length === 0 ? [] : [sentence(`${name}, as a whole: ${last.join('; ')}`)])
]

/** Makes a sentence of a clause; the names of combinators stay as they are. */
export const sentence = (clause: string): string =>
  /^[a-z]+[A-Z(]/.test(clause) ? `${clause}.` : `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`

/** Tells which failures are worth another try. */
export const describeJudgement = (self: AnyPolicy): ReadonlyArray<string> => [
  ...(self.retryOn === undefined
    ? isJudged(self)
      ? []
      : [
          'Retries every error, except aborts and what an inner retry or an open circuit breaker gave up on' +
            `${asksWhen(self) ? ', unless named below' : ''}.`
        ]
    : [`Retries only ${errorsThat(self.retryOn)}.`]),
  ...(self.abortOn === undefined ? [] : [`Never retries ${errorsThat(...self.abortOn)}.`]),
  ...describeResults(self)
]

/** Tells which results are failures. */
export const describeResults = ({ retryUntil = [] }: AnyPolicy): ReadonlyArray<string> =>
  retryUntil.length === 0
    ? []
    : [
        `Takes a result for a failure unless ${listed(retryUntil.map(nameOf), 'and')} ${retryUntil.length > 1 ? 'accept' : 'accepts'} it.`
      ]

/** Is there a `retryOn` in the parts of a policy? */
const isJudged = (self: AnyPolicy): boolean =>
  parts(self.schedule).some((part) => part.retryOn !== undefined || isJudged(part))

const asksWhen = ({ schedule }: AnyPolicy): boolean =>
  schedule._tag === 'when' || parts(schedule).some(asksWhen)

// --- outlines

const outlineOf = (self: AnyPolicy, root = false): Outline => {
  const { schedule } = self
  const judged = root || self.retryOn === undefined ? [] : [`retries only ${errorsThat(self.retryOn)}`]
  const settings = settingsOf(self, root)
  switch (schedule._tag) {
    case 'mapDelay': {
      const inner = outlineOf(schedule.policies[0])
      const first = [...judged, ...inner.first]
      const last = [...inner.last, `changes each wait by ${print(schedule.name)}`, ...settings]
      return inner.parts.length === 0
        ? { first: [...first, ...last], parts: [], last: [] }
        : { first, parts: inner.parts, last }
    }
    case 'andThen':
      return {
        first: [...judged, 'goes through stages, each of which begins when the one before stops'],
        parts: outlines(schedule),
        last: settings
      }
    case 'both':
      return {
        first: [...judged, 'goes on while all of its parts do, after the longest of their waits'],
        parts: outlines(schedule),
        last: settings
      }
    case 'either':
      return {
        first: [...judged, 'goes on while any of its parts does, after the shortest wait of those that do'],
        parts: outlines(schedule),
        last: settings
      }
    case 'when':
      return {
        first: [...judged, 'times some errors on schedules of their own, each with its own count'],
        parts: outlines(schedule),
        last: settings
      }
    default:
      return { first: [...judged, describeFormula(schedule), ...settings], parts: [], last: [] }
  }
}

const outlines = (schedule: Schedule): ReadonlyArray<Named> =>
  namedParts(schedule).map(({ name, policy }) => ({ name, outline: outlineOf(policy) }))

// --- clauses

const describeFormula = (schedule: Formula): string => {
  switch (schedule._tag) {
    case 'exponential':
      return schedule.factor === 0 && schedule.base > 0
        ? `waits ${formatDuration(schedule.base)} before the first retry, and not at all after it`
        : growing(schedule.base, schedule.factor === 1 ? '' : `${times(schedule.factor)} as long each time`)
    case 'linear':
      return schedule.base === 0 && schedule.step > 0
        ? `retries at once, then waits ${formatDuration(schedule.step)} more each time`
        : growing(schedule.base, schedule.step === 0 ? '' : `${formatDuration(schedule.step)} more each time`)
    case 'fixed':
      return growing(schedule.delay, '')
    case 'fibonacci':
      return schedule.base === 0
        ? atOnce
        : `waits ${formatDuration(schedule.base)} before each of the first two retries, then as long as the two waits before it together`
    case 'decorrelated':
      return schedule.base === 0
        ? atOnce
        : `draws each wait between ${formatDuration(schedule.base)} and 3 times the wait before it, at first up to ${formatDuration(3 * schedule.base)}`
    case 'delays':
      return schedule.delays.length === 0
        ? 'never retries'
        : `waits ${listed(schedule.delays.map(formatDuration), 'and')}, then stops`
    case 'custom':
      return `waits as ${print(schedule.name)} says, and stops when that does`
  }
}

const atOnce = 'retries at once'

const growing = (first: number, growth: string): string =>
  first === 0
    ? atOnce
    : growth === ''
      ? `waits ${formatDuration(first)} before each retry`
      : `waits ${formatDuration(first)} before the first retry, then ${growth}`

const times = (factor: number): string => (factor === 2 ? 'twice' : `${factor} times`)

/** The settings in the order in which they take effect. */
const settingsOf = (self: AnyPolicy, root: boolean): ReadonlyArray<string> => {
  const of = <A>(value: A | undefined, clause: (value: A) => string): ReadonlyArray<string> =>
    value === undefined ? [] : [clause(value)]
  const { capDelay: cap = Infinity, floorDelay: floor = Infinity } = self
  return [
    ...(self.withJitter ?? []).flatMap(describeJitter),
    ...(self.delayFrom ?? []).map((hint) => describeHint(hint, self.capDelay)),
    ...(floor < cap ? [`waits at least ${formatDuration(floor)}`] : []),
    ...of(self.capDelay, (max) => `waits at most ${formatDuration(max)}, spread included`),
    ...of(root ? undefined : self.limitRetries, (max) =>
      max === 0 ? 'makes no retry' : `makes at most ${max} ${max === 1 ? 'retry' : 'retries'}`
    ),
    ...of(self.limitDelay, (max) => `stops before a wait of more than ${formatDuration(max)}`),
    ...of(self.limitTotalDelay, (max) => `stops before the waits add up to more than ${formatDuration(max)}`),
    ...of(
      self.limitElapsed,
      (max) => `starts no retry later than ${formatDuration(max)} after the start of the call`
    )
  ]
}

const describeJitter = (jitter: Jitter): ReadonlyArray<string> => {
  switch (jitter) {
    case 'full':
      return ['draws each wait at random between 0 and its length']
    case 'equal':
      return ['draws each wait at random between half and all of its length']
    case 0:
      return []
    default:
      return [`spreads each wait at random by up to ${+(jitter * 100).toPrecision(3)} % either way`]
  }
}

const describeHint = ({ name, max }: Hint, cap = Infinity): string =>
  `waits at least as long as the error asks for (by ${name || 'a nameless function'}), but stops if that is more than ${formatDuration(Math.min(max, cap))}`
