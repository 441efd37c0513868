/**
 * Reads off the structure of a policy what no history can exceed: sound for every policy, exact for few. Functions are taken
 * to answer anything that they may.
 */
import { type Alphabet, firstContext } from './Alphabet.js'
import { anyPart } from './anyPart.js'
import { type AnyCondition, matches } from './Condition.js'
import { longest } from './Duration.js'
import {
  between,
  bothOf,
  countable,
  eitherOf,
  type Envelope,
  type Frame,
  inTime,
  nothing,
  oneOf,
  scaled,
  times,
  widest
} from './Envelope.js'
import type { Cause } from './Failure.js'
import type { AnyPolicy, Schedule, Two } from './RetryPolicy.js'

/** Gives the envelope of a policy, for the failures that stand for all others. */
export const envelop = (policy: AnyPolicy, { causes, complete }: Alphabet): Envelope => {
  const frame = complete ? { ...whole, causes } : whole
  const all = inTime(ofPolicy(policy, frame), frame)
  const { retries, sum, wait } = all
  // Waits grow without end only if there is no end of them.
  return retries === Infinity
    ? all
    : { ...all, wait: Math.min(wait, longest), sum: Math.min(sum, times(retries, longest)) }
}

/** What is part of nothing else. */
const whole: Frame = {
  count: Infinity,
  jitter: [],
  shortened: false,
  loose: false,
  limit: Infinity,
  within: Infinity,
  causes: undefined
}

// --- settings

const ofPolicy = (self: AnyPolicy, frame: Frame): Envelope => {
  const { capDelay = Infinity, delayFrom = [], floorDelay = 0, retryOn, withJitter = [] } = self
  const { limitDelay = Infinity, limitElapsed = Infinity, limitTotalDelay = Infinity } = self
  const { limitRetries = Infinity } = self
  const accepts = retryOn === undefined ? () => true : accepting(retryOn, true)
  const causes = frame.causes?.filter(accepts)
  if (causes?.length === 0) return { ...nothing, lasting: false }
  const limit = Math.min(limitDelay, limitTotalDelay, limitElapsed)
  const shortened = frame.shortened || capDelay < Infinity
  const inner = ofSchedule(self.schedule, {
    ...frame,
    causes,
    limit: shortened ? Infinity : Math.min(frame.limit, limit),
    within: frame.loose ? frame.within : Math.min(frame.within, limit),
    shortened,
    count: Math.min(frame.count, limitRetries),
    jitter: [...withJitter, ...frame.jitter]
  })
  const { ratio, retries } = inner
  // A hint moves a window and keeps its spread.
  const hint = Math.max(0, ...delayFrom.map(({ max }) => max))
  const hinted = hint && hint + (ratio === 1 ? 0 : inner.to - inner.from)
  const raised = (wait: number): number => Math.max(wait, hinted, floorDelay)
  const uncapped = Math.max(inner.from, floorDelay)
  const from =
    raised(inner.to) <= capDelay
      ? uncapped
      : Math.max(Math.min(floorDelay, capDelay), scaled(uncapped, capDelay, ratio))
  const wait = Math.min(raised(inner.wait), capDelay)
  return {
    retries,
    from,
    to: Math.min(raised(inner.to), capDelay),
    ratio,
    below: (each) =>
      each <= from ? 0 : each <= scaled(Infinity, capDelay, ratio) ? inner.below(each) : retries,
    wait,
    sum: Math.min(hint > 0 || floorDelay > 0 ? Infinity : inner.sum, times(retries, wait)),
    limit: Math.min(inner.limit, limit),
    slept: Math.min(inner.slept, limitTotalDelay),
    end: Math.min(inner.end, limitElapsed),
    lasting:
      inner.lasting &&
      (frame.causes?.every(accepts) ?? retryOn === undefined) &&
      delayFrom.length === 0 &&
      limitRetries >= frame.count
  }
}

/** Does a condition accept a failure? Those that it does not judge are accepted if `unasked`. */
const accepting =
  (condition: AnyCondition, unasked: boolean) =>
  (cause: Cause<unknown, unknown>): boolean =>
    cause._tag === 'Rejected' ? unasked : matches(condition, cause.error, firstContext)

// --- schedules

const ofSchedule = (schedule: Schedule, frame: Frame): Envelope => {
  const { count, jitter } = frame
  switch (schedule._tag) {
    case 'exponential': {
      const { base, factor } = schedule
      // 1 to the power of infinity would be NaN.
      const last = base && base * factor ** Math.min(count - 1, Number.MAX_VALUE)
      const waits = between(base, last, frame, (wait) => Math.log(wait / base) / Math.log(factor))
      return factor < 1
        ? { ...waits, sum: Math.min(waits.sum, (base * widest(jitter)) / (1 - factor)) }
        : waits
    }
    case 'linear': {
      const { base, step } = schedule
      // What grows by less than a millisecond in all retries that can be counted does not grow.
      const most = step * countable < 1 ? countable : Infinity
      const last = base + step * (Math.min(count, most) - 1)
      return between(base, last, frame, (wait) => (wait - base) / step)
    }
    case 'fixed':
      return between(schedule.delay, schedule.delay, frame)
    case 'fibonacci': {
      const { base } = schedule
      // The golden ratio lies between 1.6 and 1.7.
      const last = base && base * 1.7 ** (count - 1)
      return between(base, last, frame, (wait) => 1 + Math.log(wait / base) / Math.log(1.6))
    }
    case 'decorrelated': {
      const { base } = schedule
      // It follows the waits that come out in the end, those of other branches too; what saturates is scaled.
      const least = frame.within < longest / 3 ? base : base / 3
      return { ...between(least, count > 1 ? Infinity : 3 * base, frame), ratio: 0 }
    }
    case 'delays': {
      const waits = schedule.delays.slice(0, count)
      const sum = waits.reduce((total, wait) => total + wait * widest(jitter), 0)
      const all = between(Math.min(...waits), Math.max(...waits), { ...frame, count: waits.length })
      return { ...all, sum: Math.min(sum, all.sum), lasting: waits.length >= count }
    }
    case 'custom':
      return { ...between(0, Infinity, frame), ratio: 0, lasting: false }
    case 'mapDelay': {
      const alone = { ...frame, jitter: whole.jitter, shortened: true, limit: Infinity }
      const inner = ofPolicy(schedule.policies[0], alone)
      const sum = times(inner.retries, Infinity)
      return { ...inner, from: 0, to: Infinity, ratio: 0, wait: Infinity, sum }
    }
    case 'both': {
      const [a, b] = partsOf(schedule.policies, frame)
      const fewer = Math.min(a.retries, b.retries)
      // The one that stops bounds the waits of the other, too.
      return fewer < count
        ? { ...ofSchedule(schedule, { ...frame, count: fewer }), lasting: false }
        : bothOf(a, b)
    }
    case 'either': {
      const [a, b] = partsOf(schedule.policies, { ...frame, shortened: true, loose: true, limit: Infinity })
      // The counts go on together, except those of what a `when` chooses.
      const apart = schedule.policies.some((part) => anyPart(part, (each) => each.schedule._tag === 'when'))
      const most = apart ? count : Math.max(a.retries, b.retries)
      return eitherOf(a, b, [inTime(a, frame), inTime(b, frame)], most)
    }
    case 'andThen': {
      const [a, b] = partsOf(schedule.policies, frame)
      // The first is over when its own wait is too late, whatever is around.
      const first = inTime(a, { ...frame, loose: false })
      return first.lasting ? first : oneOf(first, inTime(b, frame), count)
    }
    case 'when': {
      const { condition, policies } = schedule
      const accepts = accepting(condition, false)
      const chooses = (isChosen: boolean): Frame => ({
        ...frame,
        causes: frame.causes?.filter((cause) => accepts(cause) === isChosen)
      })
      const chosen = inTime(ofPolicy(policies[0], chooses(true)), frame)
      const other = inTime(ofPolicy(policies[1], chooses(false)), frame)
      return { ...oneOf(chosen, other, count), lasting: chosen.lasting && other.lasting }
    }
  }
}

const partsOf = ([a, b]: Two, frame: Frame): readonly [Envelope, Envelope] => [
  ofPolicy(a, frame),
  ofPolicy(b, frame)
]
