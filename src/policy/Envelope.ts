/**
 * What no history can exceed, read off the structure of a policy: sound for every policy, exact for few. Functions are
 * taken to answer anything that they may, and conditions to say both yes and no.
 */
import { anyPart } from './anyPart.js'
import { longest } from './Duration.js'
import type { AnyPolicy, Jitter, Schedule } from './RetryPolicy.js'

// --- model

/** Figures that are never exceeded; `Infinity` where nothing bounds them. Times in milliseconds. */
export interface Envelope {
  readonly retries: number
  /** No window starts earlier, and none ends later. */
  readonly from: number
  readonly to: number
  /** No window starts at a smaller part of its end: 1 if all hold but one wait. */
  readonly ratio: number
  /** How many waits may be of no whole millisecond. */
  readonly zeros: number
  /** The longest wait drawn, and the sum of all. */
  readonly wait: number
  readonly sum: number
  /** What time limits say of a single wait, of the sum, and of the time from the start of the call to the end of the last. */
  readonly limit: number
  readonly slept: number
  readonly end: number
  /** Does it certainly go on for as long as its count lasts? */
  readonly lasting: boolean
}

/** What a policy is part of. */
interface Frame {
  /** There are no more retries than that. */
  readonly count: number
  /** The jitter from further down the pipe. */
  readonly jitter: ReadonlyArray<Jitter>
  /** May what is around it make waits shorter? */
  readonly shortened: boolean
}

/** Gives the envelope of a policy. */
export const envelopeOf = (policy: AnyPolicy): Envelope => {
  const all = inTime(ofPolicy(policy, { count: Infinity, jitter: [], shortened: false }), false)
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
  const inner = ofSchedule(self.schedule, {
    count: Math.min(frame.count, limitRetries),
    jitter: [...withJitter, ...frame.jitter],
    shortened: frame.shortened || capDelay < Infinity
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
    zeros: Math.min(
      retries,
      floorDelay >= 1 && capDelay >= 1
        ? 0
        : Math.min(capDelay, longest) * inner.ratio >= 2
          ? inner.zeros
          : Infinity
    ),
    wait,
    sum: Math.min(hint > 0 || floorDelay > 0 ? Infinity : inner.sum, times(retries, wait)),
    limit: Math.min(inner.limit, limitDelay, limitTotalDelay, limitElapsed),
    slept: Math.min(inner.slept, limitTotalDelay),
    end: Math.min(inner.end, limitElapsed),
    lasting: inner.lasting && retryOn === undefined && delayFrom.length === 0 && limitRetries >= frame.count
  }
}

/** What is beyond a cap is scaled, and so starts earlier; by how much is known up to rounding. */
const scaled = (from: number, cap: number, ratio: number): number =>
  Math.min(from, ratio === 1 ? cap : cap * ratio * (1 - 2 ** -40))

const times = (count: number, wait: number): number =>
  wait < 1 || count === 0 ? 0 : count * Math.floor(wait)

/** Where time limits hold: a stage, what a `when` chooses, or the whole. */
const inTime = (self: Envelope, shortened: boolean): Envelope => {
  const time = Math.min(self.slept, self.end)
  const shortest = Math.floor(self.from)
  const fitting = shortest >= 1 ? Math.floor(time / shortest) : self.zeros + Math.floor(time)
  const retries = shortened ? self.retries : Math.min(self.retries, fitting)
  const wait = retries === 0 ? 0 : Math.min(self.wait, self.to, self.limit)
  return { ...self, retries, wait, sum: Math.min(self.sum, time, times(retries, wait)) }
}

// --- schedules

const ofSchedule = (schedule: Schedule, frame: Frame): Envelope => {
  const { count, jitter } = frame
  switch (schedule._tag) {
    case 'exponential': {
      const { base, factor } = schedule
      // 1 to the power of infinity would be NaN.
      const last = base && base * factor ** Math.min(count - 1, Number.MAX_VALUE)
      const waits = between(base, last, frame, Math.log(1 / base / narrowest(jitter)) / Math.log(factor))
      return factor < 1
        ? { ...waits, sum: Math.min(waits.sum, (base * widest(jitter)) / (1 - factor)) }
        : waits
    }
    case 'linear': {
      const { base, step } = schedule
      return between(base, base + (step && step * (count - 1)), frame, (1 / narrowest(jitter) - base) / step)
    }
    case 'fixed':
      return between(schedule.delay, schedule.delay, frame)
    case 'fibonacci': {
      const { base } = schedule
      // The golden ratio lies between 1.6 and 1.7.
      const last = base && base * 1.7 ** (count - 1)
      return between(base, last, frame, 1 + Math.log(1 / base / narrowest(jitter)) / Math.log(1.6))
    }
    case 'decorrelated': {
      const { base } = schedule
      // It follows the waits that come out in the end, those of other branches too.
      return { ...between(base, count > 1 ? Infinity : 3 * base, frame), ratio: 0 }
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
      const [inner = nothing] = schedule.policies.map((part) =>
        ofPolicy(part, { ...frame, jitter: [], shortened: true })
      )
      const { retries } = inner
      return {
        ...inner,
        from: 0,
        to: Infinity,
        ratio: 0,
        zeros: retries,
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
      const [a, b] = partsOf(schedule.policies, { ...frame, shortened: true })
      if (a.lasting && b.lasting) return shorterOf(a, b)
      // The counts go on together, except those of what a `when` chooses.
      const apart = schedule.policies.some((part) => anyPart(part, (each) => each.schedule._tag === 'when'))
      const most = apart ? count : Math.max(a.retries, b.retries)
      return { ...oneOf(a, b, most), slept: Math.max(a.slept, b.slept) }
    }
    case 'andThen':
    case 'when': {
      const [a, b] = partsOf(schedule.policies, frame)
      return oneOf(inTime(a, frame.shortened), inTime(b, frame.shortened), count)
    }
  }
}

const partsOf = (policies: ReadonlyArray<AnyPolicy>, frame: Frame): readonly [Envelope, Envelope] => {
  const [a = nothing, b = nothing] = policies.map((part) => ofPolicy(part, frame))
  return [a, b]
}

/** Waits between two; `small`: so many of those that grow are less than a millisecond. */
const between = (first: number, last: number, { count, jitter }: Frame, small = Infinity): Envelope => {
  if (count === 0) return nothing
  const [least, most] = [Math.min(first, last), Math.max(first, last)]
  const to = most && most * widest(jitter)
  const ratio = narrowest(jitter) / widest(jitter)
  // What saturates is scaled.
  const from = scaled(Math.min(least, longest) * narrowest(jitter), longest, ratio)
  return {
    retries: count,
    from,
    to,
    ratio,
    zeros: from >= 1 ? 0 : last > first ? Math.min(count, Math.ceil(small) + 1) : count,
    wait: to,
    sum: times(count, to),
    limit: Infinity,
    slept: Infinity,
    end: Infinity,
    lasting: true
  }
}

const nothing: Envelope = {
  retries: 0,
  from: 0,
  to: 0,
  ratio: 1,
  zeros: 0,
  wait: 0,
  sum: 0,
  limit: Infinity,
  slept: Infinity,
  end: Infinity,
  lasting: true
}

/** How jitter moves the end of a window, at most, and its start. */
const widest = (jitter: ReadonlyArray<Jitter>): number =>
  jitter.reduce<number>((width, each) => width * (typeof each === 'number' ? 1 + each : 1), 1)

const narrowest = (jitter: ReadonlyArray<Jitter>): number =>
  jitter.reduce<number>((width, each) => width * (each === 'full' ? 0 : each === 'equal' ? 0.5 : 1 - each), 1)

// --- combinations

const bothOf = (a: Envelope, b: Envelope): Envelope => {
  const to = Math.max(a.to, b.to)
  return {
    retries: Math.min(a.retries, b.retries),
    from: Math.max(a.from, b.from),
    to,
    ratio: Math.min(a.ratio, b.ratio),
    zeros: Math.min(a.zeros, b.zeros),
    // A draw from the longer window is no longer than the two draws together.
    wait: Math.min(to, a.wait + b.wait),
    sum: a.sum + b.sum,
    limit: Math.min(a.limit, b.limit),
    slept: Math.min(a.slept, b.slept),
    end: Math.min(a.end, b.end),
    lasting: a.lasting && b.lasting
  }
}

/** Both go on all the time. */
const shorterOf = (a: Envelope, b: Envelope): Envelope => ({
  ...oneOf(a, b, Math.max(a.retries, b.retries)),
  to: Math.min(a.to, b.to),
  wait: Math.min(a.wait, b.wait),
  sum: Math.min(a.sum, b.sum),
  slept: Math.max(a.slept, b.slept),
  lasting: true
})

/** Each retry is one of the first's, or of the second's, or the shorter of both. */
const oneOf = (a: Envelope, b: Envelope, count: number): Envelope => ({
  retries: Math.min(count, a.retries + b.retries),
  from: a.retries === 0 ? b.from : b.retries === 0 ? a.from : Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
  ratio: Math.min(a.ratio, b.ratio),
  zeros: a.zeros + b.zeros,
  wait: Math.max(a.wait, b.wait),
  sum: a.sum + b.sum,
  limit: Math.max(a.limit, b.limit),
  slept: a.slept + b.slept,
  end: Math.max(a.end, b.end),
  lasting: false
})
