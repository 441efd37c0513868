/**
 * Reads off the structure of a policy what no history can exceed: sound for every policy, exact for few. Functions are taken
 * to answer anything that they may.
 */
import type { Alphabet } from './Alphabet.js'
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
import type { AnyPolicy, Schedule, Two } from './RetryPolicy.js'
import { contextOf, initialState } from './step.js'

/** Gives the envelope of a policy, for the failures that stand for all others. */
export const envelop = (policy: AnyPolicy, { causes, complete }: Alphabet): Envelope => {
  const frame = {
    count: Infinity,
    jitter: [],
    shortened: false,
    loose: false,
    limit: Infinity,
    within: Infinity,
    causes: complete ? causes : undefined
  }
  const all = inTime(ofPolicy(policy, frame), frame)
  const { retries, sum, wait } = all
  // Waits grow without end only if there is no end of them.
  return retries === Infinity
    ? all
    : { ...all, wait: Math.min(wait, longest), sum: Math.min(sum, times(retries, longest)) }
}

// --- settings

const ofPolicy = (self: AnyPolicy, frame: Frame): Envelope => {
  const { capDelay = Infinity, delayFrom = [], floorDelay = 0, retryOn, withJitter = [] } = self
  const { limitDelay = Infinity, limitElapsed = Infinity, limitTotalDelay = Infinity } = self
  const { limitRetries = Infinity } = self
  const causes = retryOn === undefined ? frame.causes : among(frame.causes, retryOn, true)
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
  // A hint moves a window and keeps its spread.
  const hint = Math.max(0, ...delayFrom.map(({ max }) => Math.min(max, capDelay)))
  const hinted = hint && hint + (inner.ratio === 1 ? 0 : inner.to - inner.from)
  const raised = (wait: number): number => Math.max(wait, hinted, floorDelay)
  const from = Math.max(inner.from, floorDelay)
  const retries = Math.min(inner.retries, limitRetries)
  const wait = Math.min(raised(inner.wait), capDelay)
  return {
    retries,
    from:
      raised(inner.to) <= capDelay
        ? from
        : Math.max(Math.min(floorDelay, capDelay), scaled(from, capDelay, inner.ratio)),
    to: Math.min(raised(inner.to), capDelay),
    ratio: inner.ratio,
    below: (each) =>
      each <= Math.min(floorDelay, capDelay)
        ? 0
        : each <= scaled(Infinity, Math.min(capDelay, longest), inner.ratio)
          ? inner.below(each)
          : retries,
    wait,
    sum: Math.min(hint > 0 || floorDelay > 0 ? Infinity : inner.sum, times(retries, wait)),
    limit: Math.min(inner.limit, limit),
    slept: Math.min(inner.slept, limitTotalDelay),
    end: Math.min(inner.end, limitElapsed),
    lasting:
      inner.lasting &&
      (retryOn === undefined || (causes !== undefined && causes.length === frame.causes?.length)) &&
      delayFrom.length === 0 &&
      limitRetries >= frame.count
  }
}

/** Gives the failures that a condition accepts; those that it does not judge are accepted if `unasked`. */
const among = (
  causes: Frame['causes'],
  condition: AnyCondition,
  unasked: boolean,
  accepted = true
): Frame['causes'] =>
  causes?.filter((cause) => {
    const accepts =
      cause._tag === 'Rejected'
        ? unasked
        : matches(condition, cause.error, contextOf(initialState, 0, '', []))
    return accepts === accepted
  })

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
      const waits = schedule.delays.slice(0, Math.min(count, schedule.delays.length))
      const sum = waits.reduce((total, wait) => total + wait * widest(jitter), 0)
      const all = between(Math.min(...waits), Math.max(...waits), { ...frame, count: waits.length })
      return { ...all, sum: Math.min(sum, all.sum), lasting: waits.length >= count }
    }
    case 'custom':
      return { ...between(0, Infinity, frame), ratio: 0, lasting: false }
    case 'mapDelay': {
      const alone = { ...frame, jitter: [], shortened: true, limit: Infinity }
      const inner = ofPolicy(schedule.policies[0], alone)
      const { retries } = inner
      return {
        ...inner,
        from: 0,
        to: Infinity,
        ratio: 0,
        below: () => retries,
        wait: Infinity,
        sum: times(retries, Infinity)
      }
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
      const [a] = partsOf(policies, { ...frame, causes: among(frame.causes, condition, false) })
      const [, b] = partsOf(policies, { ...frame, causes: among(frame.causes, condition, false, false) })
      const [chosen, other] = [inTime(a, frame), inTime(b, frame)]
      return { ...oneOf(chosen, other, count), lasting: chosen.lasting && other.lasting }
    }
  }
}

const partsOf = ([a, b]: Two, frame: Frame): readonly [Envelope, Envelope] => [
  ofPolicy(a, frame),
  ofPolicy(b, frame)
]
