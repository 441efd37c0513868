/**
 * Turns a policy into a function that answers one failure: go on within a window, or not. A policy is compiled once; all
 * that varies from call to call is in the arguments, so the result can be shared by any number of calls.
 */
import { invalid } from './argument.js'
import { matches } from './Condition.js'
import { toMillis } from './Duration.js'
import type { Cause, Context } from './Failure.js'
import type { AnyPolicy, CustomDelay, Schedule } from './RetryPolicy.js'
import { cap, draw, exactly, lift, longer, raise, shorter, spread, type Window, within } from './Window.js'

// --- model

/** What a schedule remembers of its own past. Parts that count for themselves have their own. */
export interface Scope {
  readonly retry: number
  readonly slept: number
  /** The wait drawn last, before rounding and not from a hint; `null` before the first. */
  readonly drawn: number | null
}

/** Why a part does not go on: its schedule stopped, its condition refused the error, or a hint was beyond its bounds. */
type Halt =
  | { readonly _tag: 'stopped' }
  | { readonly _tag: 'refused' }
  | { readonly _tag: 'hinted'; readonly hint: number }

type Answer = Window | Halt

/** One evaluation. The last three fields are written while it lasts, and belong to it alone. */
export interface Frame {
  readonly cause: Cause<unknown, unknown>
  readonly context: Context
  readonly random: number
  /** The memory of the parts that have any, addressed by slots given out when compiling. */
  readonly memory: Array<unknown>
  /** The slots of the scopes that take part in this step. */
  readonly active: Array<number>
  /** Has a condition or a `when` accepted the error by name? */
  judged: boolean
}

type Evaluate = (frame: Frame, scope: Scope) => Answer

export const isHalt = (answer: Answer): answer is Halt => '_tag' in answer

export const freshScope: Scope = { retry: 0, slept: 0, drawn: null }

const stopped: Halt = { _tag: 'stopped' }
const refused: Halt = { _tag: 'refused' }

// --- policies

/** Compiles a policy; `slot` gives out addresses in the memory. */
export const compile = (policy: AnyPolicy, slot: () => number): Evaluate => {
  const schedule = compileSchedule(policy.schedule, slot)
  const { retryOn, withJitter = [], delayFrom = [], floorDelay = 0, capDelay = Infinity } = policy
  const {
    limitRetries = Infinity,
    limitDelay = Infinity,
    limitTotalDelay = Infinity,
    limitElapsed = Infinity
  } = policy
  return (frame, scope) => {
    const { cause, context } = frame
    // Rejected results are the main schedule's: conditions and hints see errors only.
    if (retryOn !== undefined && cause._tag !== 'Rejected') {
      if (!matches(retryOn, cause.error, context)) return refused
      frame.judged = true
    }
    let window = schedule(frame, scope)
    if (isHalt(window)) return window
    if (scope.retry >= limitRetries) return stopped
    for (const jitter of withJitter) window = spread(window, jitter)
    if (cause._tag !== 'Rejected') {
      for (const { name, f, max } of delayFrom) {
        const hint = f(cause.error as never, context)
        if (hint === undefined) continue
        if (!(hint >= 0))
          return invalid(`the hint of delayFrom '${name}'`, 'milliseconds >= 0 or undefined', hint)
        if (hint > max) return { _tag: 'hinted', hint }
        window = raise(window, hint)
      }
    }
    if (floorDelay > 0) window = lift(window, floorDelay)
    if (window.hint > capDelay) return { _tag: 'hinted', hint: window.hint }
    window = cap(window, capDelay)
    const latest = Math.min(
      window.latest,
      limitElapsed,
      context.elapsed + limitDelay,
      context.elapsed + limitTotalDelay - scope.slept
    )
    return latest === window.latest ? window : { ...window, latest }
  }
}

// --- schedules

const compileSchedule = (schedule: Schedule, slot: () => number): Evaluate => {
  switch (schedule._tag) {
    case 'exponential': {
      const { base, factor } = schedule
      // 0 x Infinity would be NaN.
      return (_, { retry }) => exactly(base === 0 ? 0 : base * factor ** retry)
    }
    case 'linear':
      return (_, { retry }) => exactly(schedule.base + schedule.step * retry)
    case 'fixed': {
      const window = exactly(schedule.delay)
      return () => window
    }
    case 'fibonacci':
      return (_, { retry }) => exactly(schedule.base === 0 ? 0 : schedule.base * fibonacciNumber(retry + 1))
    case 'decorrelated':
      return (_, { drawn }) => within(schedule.base, Math.max(schedule.base, 3 * (drawn ?? schedule.base)))
    case 'delays':
      return (_, { retry }) =>
        retry < schedule.delays.length ? exactly(schedule.delays[retry] ?? 0) : stopped
    case 'custom':
      return compileCustom(schedule, slot())
    case 'mapDelay':
      return compileMapDelay(schedule, compile(schedule.policy, slot))
    case 'both':
      return compileBoth(compile(schedule.left, slot), compile(schedule.right, slot))
    case 'either':
      return compileEither(compile(schedule.left, slot), compile(schedule.right, slot))
    case 'andThen':
      return compileAndThen(compile(schedule.first, slot), compile(schedule.next, slot), slot())
    case 'when':
      return compileWhen(
        schedule,
        compile(schedule.policy, slot),
        compile(schedule.otherwise, slot),
        slot(),
        slot()
      )
  }
}

const fibonacciNumber = (n: number): number => {
  let [a, b] = [0, 1]
  // Beyond the 1,476th the numbers are infinite.
  for (let i = Math.min(n, 1500); i > 0; i--) [a, b] = [b, a + b]
  return a
}

type Tagged<T extends Schedule['_tag']> = Extract<Schedule, { readonly _tag: T }>

const compileCustom =
  ({ name, f }: Tagged<'custom'>, slot: number): Evaluate =>
  ({ context, random, memory }, { retry, slept, drawn }) => {
    if (memory[slot] === true) return stopped
    const answer = f({ retry, elapsed: context.elapsed, slept, previousDelay: drawn ?? undefined, random })
    const window = toWindow(`the answer of custom '${name}'`, answer)
    if (window === undefined) memory[slot] = true
    return window ?? stopped
  }

const toWindow = (argument: string, answer: CustomDelay): Window | undefined => {
  if (answer === 'stop' || answer === Infinity) return undefined
  if (typeof answer !== 'object') return exactly(toMillis(argument, answer))
  const [from, to] = [toMillis(`${argument}, from`, answer.from), toMillis(`${argument}, to`, answer.to)]
  return from <= to ? within(from, to) : invalid(argument, 'a window with from <= to', answer)
}

const compileMapDelay =
  ({ name, f }: Tagged<'mapDelay'>, evaluate: Evaluate): Evaluate =>
  (frame, scope) => {
    const window = evaluate(frame, scope)
    if (isHalt(window)) return window
    const change = (delay: number) => toDelay(`the answer of mapDelay '${name}'`, f(delay))
    const [a, b] = [change(window.from), change(window.to)]
    const mapped = within(Math.min(a, b), Math.max(a, b))
    return { ...window, from: mapped.from, to: mapped.to, floor: Math.min(window.floor, mapped.from) }
  }

const toDelay = (argument: string, delay: number): number =>
  typeof delay === 'number' && delay >= 0 ? delay : invalid(argument, 'milliseconds >= 0', delay)

const compileBoth =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (frame, scope) => {
    const [a, b] = [left(frame, scope), right(frame, scope)]
    if (isHalt(a)) return isHalt(b) ? stronger(a, b) : a
    return isHalt(b) ? b : longer(a, b)
  }

const compileEither =
  (left: Evaluate, right: Evaluate): Evaluate =>
  (frame, scope) => {
    const [a, b] = [left(frame, scope), right(frame, scope)]
    if (isHalt(a)) return isHalt(b) ? weaker(a, b) : b
    return isHalt(b) ? a : shorter(a, b)
  }

const strength = { stopped: 0, hinted: 1, refused: 2 }
const stronger = (a: Halt, b: Halt): Halt => (strength[a._tag] >= strength[b._tag] ? a : b)
// A branch that refused the error leaves the verdict to the other.
const weaker = (a: Halt, b: Halt): Halt =>
  a._tag === 'refused' ? b : b._tag === 'refused' ? a : stronger(a, b)

const compileAndThen =
  (first: Evaluate, next: Evaluate, slot: number): Evaluate =>
  (frame, scope) => {
    if (memory(frame, slot) === undefined) {
      const window = first(frame, scope)
      const over = isHalt(window) ? window._tag === 'stopped' : endsLate(window, frame)
      if (!over) return window
      frame.memory[slot] = freshScope
    }
    frame.active.push(slot)
    return next(frame, memory(frame, slot) ?? freshScope)
  }

/** Would the wait that this step draws end after the latest moment allowed? */
export const endsLate = (window: Window, { context, random }: Frame): boolean =>
  context.elapsed + Math.floor(draw(window, random)) > window.latest

const compileWhen =
  (
    { condition }: Tagged<'when'>,
    policy: Evaluate,
    otherwise: Evaluate,
    policySlot: number,
    otherwiseSlot: number
  ): Evaluate =>
  (frame) => {
    const { cause, context } = frame
    const chosen = cause._tag !== 'Rejected' && matches(condition, cause.error, context)
    const slot = chosen ? policySlot : otherwiseSlot
    frame.active.push(slot)
    frame.judged ||= chosen
    return (chosen ? policy : otherwise)(frame, memory(frame, slot) ?? freshScope)
  }

// Only scopes are kept in the slots that are read here; a slot never written, or `null` after JSON, is empty.
const memory = (frame: Frame, slot: number): Scope | undefined =>
  (frame.memory[slot] ?? undefined) as Scope | undefined
