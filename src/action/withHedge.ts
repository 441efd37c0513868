import { known, wholeNumber } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { givenUp, libraryTag } from '../policy/Failure.js'
import type { Checked, ErrorOf, ResultOf, Shaped } from './Action.js'
import { type Inner, left, type Result, type Run, toInnerWrapper } from './entry.js'
import { type Flight, mark } from './Interrupt.js'
import { checkQuantile, type LatencyCell, type LatencyWindow, toLatencyCell } from './LatencyWindow.js'
import { aborted, notBegun, race } from './race.js'
import { isRetryError, isTimedOut, type Progress } from './RetryError.js'
import { tellOf } from './tellOf.js'

// --- model

/**
 * When to hedge, and how often.
 *
 * @category model
 * @since 0.3.0
 */
export interface HedgeOptions {
  /** How long an attempt may take before the next is started; with 0 all of them start at once. */
  readonly delay: Duration | LatencyQuantile
  /** How many more attempts there may be; 1 if not set. */
  readonly max?: number | undefined
}

/**
 * A delay that follows the latencies of the calls: with 0.95, the slowest twentieth of the first attempts is hedged.
 *
 * @category model
 * @since 0.3.0
 */
export interface LatencyQuantile {
  /** The part of the first attempts, 0 to 1, that is quick enough. */
  readonly quantile: number
  /** Where the latencies are kept; several functions may share it. */
  readonly of: LatencyWindow
  /** The delay until enough of them are known. */
  readonly initially: Duration
}

/** Gives the delay of a call; `record` is told what became of its first attempt. */
interface Pace {
  readonly delay: () => number
  readonly record?: LatencyCell['record']
}

interface Attempt {
  readonly flight: Flight
  abort: (reason: unknown) => void
}

// --- the wrapper

/**
 * Starts another attempt when the first is slow: one after each `delay`, up to `max` more, as long as none has succeeded and
 * one is under way. The first success wins; the others are aborted, and what they come to is dropped.
 *
 * It answers slowness, not failure; for that there is `withRetry`. So an attempt that fails while others run is dropped, and
 * when none runs any more the call ends at once, with the failure that came last: one that fails before the delay ends it.
 *
 * Inside `withRetry` each attempt is hedged; outside, the whole call is, and each hedge has retries of its own. Retry budgets
 * around it have to allow each hedge; where one refuses, it is asked again a `delay` later (and not at all if that is 0).
 * Limits inside are taken by each attempt, and free again as soon as it has lost. An abort from outside ends all attempts, and
 * counts the calls and failures of all.
 *
 * Throws a `RangeError` or `TypeError` that names the option.
 *
 * *Gotchas*: hedge only what may be called twice, such as reads: two attempts may both take effect. A function that takes no
 * notice of its signal (`withAttempt`) goes on unseen. Hedges load a service that is slow because it is overloaded: keep `max`
 * small, and put a `withRetryBudget` around it. A quantile bounds the share of calls that are hedged: where more of them hang
 * than that leaves, the delay grows to the time after which they fail.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { withAttempt, withEnv, withHedge } from 'reprise'
 * import { virtualClock } from 'reprise/testing'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const clock = virtualClock()
 * const log: string[] = []
 * const replicas = ['slow', 'quick']
 * const read = withAttempt(({ signal }) => {
 *   const replica = replicas.shift()
 *   signal.addEventListener('abort', () => log.push(`${replica} aborted at ${clock.now()} ms`))
 *   return (key: string) =>
 *     new Promise<string>((resolve) => clock.after(replica === 'slow' ? 900 : 20, () => resolve(`${key} of ${replica}`)))
 * })
 * const hedged = pipe(read, withHedge({ delay: '100ms' }), withEnv({ clock }))
 *
 * const pending = hedged('x')()
 * await clock.runAll()
 * assert.deepEqual(await pending, { _tag: 'Right', right: 'x of quick' })
 * assert.deepEqual(log, ['slow aborted at 120 ms'])
 *
 * @category actions
 * @since 0.3.0
 */
export const withHedge = (
  options: HedgeOptions
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F>, ResultOf<F>>) => {
  known('withHedge', options, ['delay', 'max'])
  const { delay, max = 1 } = options
  const pace = toPace(delay)
  wholeNumber('withHedge: max', max, 1)
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toInnerWrapper('withHedge', (inner, name) => hedged(inner, pace, max, name)) as never
}

const toPace = (delay: Duration | LatencyQuantile): Pace => {
  // Callers without types may hand over anything.
  if (typeof delay !== 'object' || (delay as unknown) === null) {
    const ms = toMillis('withHedge: delay', delay as Duration)
    return { delay: () => ms }
  }
  known('withHedge: delay', delay, ['quantile', 'of', 'initially'])
  const q = checkQuantile('withHedge: delay.quantile', delay.quantile)
  const { quantile, record } = toLatencyCell('withHedge: delay.of', delay.of)
  const initially = toMillis('withHedge: delay.initially', delay.initially)
  return { delay: () => quantile(q) ?? initially, record }
}

// --- a call

const hedged =
  (inner: Inner, pace: Pace, max: number, name: string): Run =>
  (env, args) =>
    new Promise((resolve, reject) => {
      const { clock, interrupt, budgets = [] } = env
      const delay = pace.delay()
      const tellNews = tellOf(env, name, args)
      // Stryker disable next-line ConditionalExpression: saves time alone, since nobody asks for it otherwise
      const began = pace.record || tellNews ? clock.now() : 0
      const underWay = new Set<Attempt>()
      const ended: Progress[] = []
      let more = max
      let done = false
      let cut = false
      let cancel: (() => void) | undefined

      /** Marks how things stand outside: an outcome is on its way where one of any attempt is. */
      const tell = (): void => {
        const landed = [...underWay].some(({ flight }) => flight.state === 'landed')
        if (!done) mark(env.flight, landed ? 'landed' : 'out')
      }

      const begin = (): Attempt => {
        const attempt: Attempt = { flight: branch(tell), abort: ignore }
        underWay.add(attempt)
        tell()
        const arm = (fire: Attempt['abort']): (() => void) => {
          attempt.abort = fire
          return ignore
        }
        race(inner, { arm, error: aborted })({ ...env, flight: attempt.flight }, args).then(
          (result) => {
            settle(attempt, result, () => {
              resolve(result)
            })
          },
          (error: unknown) => {
            settle(attempt, left(error), () => {
              reject(error)
            })
          }
        )
        return attempt
      }

      const settle = (attempt: Attempt, result: Result, end: () => void): void => {
        if (done) return
        underWay.delete(attempt)
        const succeeded = result._tag === 'Right'
        if (attempt === first) timed(succeeded)
        if (succeeded) {
          finish(end)
          return
        }
        ended.push(progressOf(result.left))
        cut ||= attempt.flight.state === 'cut'
        if (underWay.size === 0) {
          finish(cut ? endCut : end)
          return
        }
        if (isWorthAnother(result.left)) for (const budget of budgets) budget.note(clock, 'failed')
        tell()
      }

      /** Ends the call. What held the attempts that lost is free before anybody hears of the outcome. */
      const finish = (end: () => void): void => {
        // Stryker disable next-line BooleanLiteral: it can only have lost to a hedge, which began after the delay
        if (underWay.has(first)) timed(false)
        done = true
        cancel?.()
        // Stryker disable next-line ConditionalExpression,EqualityOperator: saves time alone, since there is nobody to abort
        if (underWay.size > 0) {
          const reason = new DOMException('another attempt was quicker', 'AbortError')
          for (const { abort } of underWay) abort(reason)
        }
        end()
      }

      const endCut = (): void => {
        // Stryker disable OptionalChaining: only an interrupt cuts short
        interrupt?.cut(env.flight)
        resolve(left(aborted(sum(ended), interrupt?.reason)))
      }
      // Stryker restore OptionalChaining

      /** Records what is known of the first attempt, which has ended or is about to be aborted. */
      const timed = (succeeded: boolean): void => {
        if (pace.record === undefined) return
        const ran = clock.now() - began
        if (succeeded || ran >= delay) pace.record(ran)
      }

      /** Starts another attempt if it may; says whether it did. */
      const hedge = (): boolean => {
        if (interrupt?.fired === true || !budgets.every((budget) => budget.allows(clock))) return false
        for (const budget of budgets) budget.note(clock, 'retried')
        more -= 1
        tellNews?.({ _tag: 'HedgeStarted', hedge: max - more }, clock.now() - began)
        begin()
        return true
      }

      const wait = (): void => {
        cancel = clock.after(delay, () => {
          hedge()
          if (more > 0) wait()
        })
      }

      const first = begin()
      if (delay > 0) wait()
      else while (more > 0 && hedge());
    })

/**
 * A flight at the end of those inside an attempt. It says when it is marked, and marks nothing outside by itself: an attempt
 * that waits must not hide the outcome of another.
 */
interface Branch extends Flight {
  own: Flight['state']
  readonly changed: () => void
}

// Shared by all branches: accessors made anew for each call would cost several times as much as all the rest of it.
const accessors = {
  get state(): Flight['state'] {
    return this.own
  },
  set state(state) {
    this.own = state
    this.changed()
  }
} as Branch

const branch = (changed: () => void): Flight => {
  // Stryker disable next-line StringLiteral: all that is asked is whether it has landed or is cut
  const made: Omit<Branch, 'state'> = { own: 'out', changed, outer: undefined }
  // With its prototype it is a whole branch.
  return Object.assign(Object.create(accessors) as Branch, made)
}

const ignore = (): void => undefined

// What by default no retry would try again is nothing that a budget has to bear.
const isWorthAnother = (error: unknown): boolean => {
  const tag = libraryTag(error)
  return tag !== 'Aborted' && !givenUp.includes(tag)
}

// --- progress

/** How far an attempt had come that has failed, or was cut short; a plain function is one attempt. */
const progressOf = (error: unknown): Progress =>
  isRetryError(error) || isTimedOut(error) ? error : { ...notBegun, attempts: 1 }

const sum = (all: ReadonlyArray<Progress>): Progress =>
  all.reduce(
    (one, other) => ({
      attempts: one.attempts + other.attempts,
      elapsed: Math.max(one.elapsed, other.elapsed),
      failures: [...one.failures, ...other.failures],
      omitted: one.omitted + other.omitted
    }),
    notBegun
  )
