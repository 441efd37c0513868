/**
 * The driver of a policy: calls, waits, and calls again. One of the few places with mutable state: a call that has failed
 * once, or that is watched or can be interrupted, keeps its progress in one record that nobody else sees.
 */
import type { Context, Failed, Failure, Outcome, Threw } from '../policy/Failure.js'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import { contextOf, type Plan, planOf, type Ruling, type StepState } from '../policy/step.js'
import type { Mutable } from '../policy/Window.js'
import { sleepOn } from '../runtime/timers.js'
import type { Sleeper } from '../runtime/Wheel.js'
import type { Checked, ErrorOf, Judging, ResultOf, Shaped } from './Action.js'
import {
  type Callable,
  entry,
  type Env,
  left,
  none,
  type Refusal,
  type Result,
  right,
  type Run,
  toCallable,
  toResult,
  toTotalAction
} from './entry.js'
import type { Abortion, Flight, Interrupt } from './Interrupt.js'
import type { RetryError } from './RetryError.js'

/**
 * Retries a function or task as a policy says. What comes back has the shape of what goes in: a `TaskEither` for a task, a
 * function to a `TaskEither` for a function. Nothing runs before the task is; each run starts afresh; it never rejects.
 *
 * A `Left`, a throw or rejection, and a result that `retryUntil` refuses are failures. The error of the call is a
 * `RetryError`, with the failures inside.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, withJitter, withRetry } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * let calls = 0
 * const read = async (id: number): Promise<string> => {
 *   calls += 1
 *   if (calls < 3) throw new Error('try again')
 *   return `user ${id}`
 * }
 * const policy = pipe(exponential(5), withJitter('full'), limitRetries(3))
 *
 * const task = pipe(read, withRetry(policy))(7)
 * assert.equal(calls, 0)
 * assert.deepEqual(await task(), { _tag: 'Right', right: 'user 7' })
 * assert.equal(calls, 3)
 *
 * @category actions
 * @since 0.1.0
 */
export const withRetry = <PE, PA>(
  policy: RetryPolicy<PE, PA>
): (<F>(
  fn: F & Checked<F> & Judging<F, PE, PA>
) => Shaped<F, RetryError<ErrorOf<F>, ResultOf<F>>, ResultOf<F>>) => {
  const plan = planOf(policy)
  // The types of the shapes are worked out above; at run time all of them are callables.
  return ((fn: unknown) => {
    const callable = toCallable('withRetry', fn)
    return toTotalAction(callable, drive(plan, callable))
  }) as never
}

/**
 * A call that has failed once, or that is watched or can be interrupted. There may be a million of them asleep, so it is one
 * record: what the policy remembers, the sleeper, and the rest.
 */
interface Call extends Mutable<StepState>, Sleeper {
  readonly env: Env
  readonly args: ReadonlyArray<unknown>
  readonly began: number
  readonly resolve: (result: Result) => void
  /** The failures that are kept; the first is not worth a list. Nobody else has the list before it is complete. */
  failures: Kept | ReadonlyArray<Kept>
}

type Kept = Failure<unknown, unknown>

/** Gives what drives all calls of a function. */
const drive = (plan: Plan, fn: Callable): Run => {
  const { name, [entry]: run } = fn

  /** Makes one attempt, entering the function, or the task that it gives back, where it can be entered. */
  const enter = (
    env: Env,
    args: ReadonlyArray<unknown>,
    attempt: number,
    elapsed: number,
    call?: Call,
    flight?: Flight
  ): Promise<unknown> => {
    try {
      // What can be entered is; else a function is called, and may give a task.
      // Stryker disable next-line ConditionalExpression: a spread of nothing comes to the same, and takes V8 8 ns
      const given = (run ? fn : args.length ? fn(...args) : fn()) as Callable
      const answer =
        typeof given === 'function'
          ? (given[entry]?.(
              { ...env, flight, attempt: { attempt, elapsed, previous: call && listOf(call).at(-1), name } },
              given.args ?? (run ? args : none)
            ) ?? given())
          : given
      return Promise.resolve(answer)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  const contextNow = (call: Call): Context =>
    contextOf(call, call.env.clock.now() - call.began, name, call.args)

  /** Goes on with a call: from its first outcome, or with the next attempt. */
  const goOn = (call: Call, first?: Outcome<unknown, unknown>): void => {
    const { env, retry } = call
    const { interrupt } = env
    if (first || interrupt?.fired) return settle(call, first ? 1 : retry, 0, first)
    env.report?.(contextNow(call))
    const { elapsed } = contextNow(call)
    // An interrupt that has fired by now makes no attempt.
    let attempts = retry
    const make = (flight?: Flight): Promise<unknown> =>
      enter(env, call.args, ++attempts, elapsed, call, flight)
    ;(interrupt ? interrupt.attempt(make, env.flight) : make()).then(
      (value) => {
        settle(call, attempts, elapsed, toOutcome(toResult(value)))
      },
      (error: unknown) => {
        // An interrupt cuts an attempt short by rejecting with itself.
        settle(call, attempts, elapsed, interrupt && error === interrupt ? undefined : failed('Threw', error))
      }
    )
  }

  /** Settles the last of so many attempts with its outcome; without one, the call is aborted. */
  const settle = (
    call: Call,
    attempts: number,
    startedAt: number,
    outcome?: Outcome<unknown, unknown>
  ): void => {
    const { env } = call
    const { interrupt } = env
    const now = contextNow(call)
    const ruling: Ruling | Refusal | Abortion = outcome
      ? env.decide(plan, call, outcome, now, env.random)
      : (interrupt as Interrupt).abortion
    if (ruling._tag === 'Accept') {
      env.report?.(now, ruling, now.elapsed - startedAt)
      return call.resolve(right(ruling.value))
    }
    if (ruling.cause) {
      // The cause is of this call alone, and is the failure from here on: a copy would be much of what a sleeping call holds.
      const failure = ruling.cause as Mutable<Kept>
      failure.attempt = attempts
      failure.startedAt = startedAt
      failure.duration = now.elapsed - startedAt
      failure.delay = interrupt?.fired ? undefined : ruling.delay
      if (attempts > 1) {
        const kept = (call.failures = listOf(call))
        if (kept.push(failure) > plan.kept) kept.shift()
      } else call.failures = failure
      env.report?.(now, failure)
    }
    if (ruling._tag === 'GiveUp') {
      const failures = listOf(call)
      // The verdict comes last, and only its tag is replaced: V8 takes two microseconds to add fields to a copy.
      const error = {
        _tag: 0,
        attempts,
        elapsed: now.elapsed,
        failures,
        // Each attempt that ended has failed; one that was cut short has not.
        omitted: (outcome ? attempts : call.retry) - failures.length,
        ...(ruling.verdict as object)
      } as unknown as RetryError<unknown, unknown>
      env.report?.({ ...now, attempt: attempts }, error)
      return call.resolve(left(error))
    }
    ;(interrupt ? interrupt.after : sleepOn)(env.clock, call, ruling.delay, env.flight)
  }

  /** Makes a call, or goes on with one whose first attempt has failed. */
  const start =
    (env: Env, args: ReadonlyArray<unknown>, began: number, first?: Outcome<unknown, unknown>) =>
    (resolve: (result: Result) => void): void => {
      goOn(
        {
          retry: 0,
          slept: 0,
          drawn: null,
          delay: null,
          memory: none,
          env,
          args,
          began,
          resolve,
          failures: none,
          // A sleeper is woken with itself.
          wake: goOn as Sleeper['wake'],
          due: 0,
          next: undefined,
          prev: undefined
        },
        first
      )
    }

  return (env, args) => {
    const began = env.clock.now()
    // Stryker disable next-line ConditionalExpression: where it can be seen, observers, signals and refused results show it; else it saves time
    if (plan.refuse || env.report || env.interrupt) {
      return new Promise(start(env, args, began))
    }
    // The whole of the path to success: nothing is made for retrying until the first failure. What is given then is adopted by
    // one promise, once: so a thenable will do, and spares the second promise that a sleeping call would hold otherwise.
    return enter(env, args, 1, 0).then(
      (value): Result | PromiseLike<Result> => {
        const result = toResult(value)
        // Stryker disable next-line ConditionalExpression,StringLiteral: saves time alone, since what was answered is accepted
        return result._tag === 'Right'
          ? result
          : ({ then: start(env, args, began, toOutcome(result)) } as PromiseLike<Result>)
      },
      (error: unknown) => ({ then: start(env, args, began, failed('Threw', error)) }) as PromiseLike<Result>
    )
  }
}

// A list here is the call's own, or empty and not added to.
const listOf = ({ failures }: Call): Array<Kept> =>
  Array.isArray(failures) ? (failures as Array<Kept>) : [failures as Kept]

// With room for what makes it a failure later on: a call sleeps with it. V8 keeps a field that was empty once as whatever it
// is, and one that held a number as a number, which it copies when another has a fraction.
const failed = (_tag: 'Failed' | 'Threw', error: unknown): Failed<unknown> | Threw =>
  ({
    _tag,
    error,
    attempt: undefined,
    startedAt: undefined,
    duration: undefined,
    delay: undefined
  }) as Failed<unknown> | Threw

const toOutcome = (result: Result): Outcome<unknown, unknown> =>
  result._tag === 'Right' ? { _tag: 'Answered', value: result.right } : failed('Failed', result.left)
