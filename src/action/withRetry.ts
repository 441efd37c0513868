/**
 * The driver of a policy: calls, waits, and calls again. One of the few places with mutable state: a call that has failed
 * once, or that is watched or can be interrupted, keeps its progress in one record that nobody else sees.
 */
import type { Verdict } from '../policy/evaluate.js'
import type { Failed, Failure, Outcome, Threw } from '../policy/Failure.js'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import { contextOf, initialState, type Plan, planOf } from '../policy/step.js'
import type { Checked, ErrorOf, Judging, ResultOf, Shaped } from './Action.js'
import {
  type Callable,
  type Env,
  entryOf,
  left,
  type Refusal,
  type Result,
  right,
  type Run,
  toCallable,
  toResult,
  toTotalAction
} from './entry.js'
import type { Flight } from './Interrupt.js'
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
  return ((fn: unknown) => retried(plan, toCallable('withRetry', fn))) as never
}

/** What all calls of a wrapped function share. */
interface Retry {
  readonly plan: Plan
  readonly fn: Callable
}

const retried = (plan: Plan, fn: Callable): Callable => {
  const retry: Retry = { plan, fn }
  const simple = !entryOf(fn) && !plan.refuse
  const run: Run = (env, args) => {
    const began = env.clock.now()
    if (!simple || env.report || env.interrupt) {
      return new Promise((resolve) => {
        makeCall(retry, env, args, began, resolve)
      })
    }
    // The whole of the path to success: nothing is made for retrying until the first failure.
    return enter(retry, env, args, 1, 0, undefined).then(
      (value): Result | PromiseLike<Result> => {
        const result = toResult(value)
        return result._tag === 'Right' ? result : goOn(retry, env, args, began, toOutcome(result))
      },
      (error: unknown) => goOn(retry, env, args, began, failed('Threw', error))
    )
  }
  return toTotalAction(fn, run)
}

/**
 * Goes on with a call whose first attempt has failed. What it gives is adopted by one promise, once: so a thenable will do,
 * and spares the second promise that a sleeping call would hold otherwise.
 */
const goOn = (
  retry: Retry,
  env: Env,
  args: ReadonlyArray<unknown>,
  began: number,
  outcome: Outcome<unknown, unknown>
): PromiseLike<Result> =>
  ({
    then: (resolve: (result: Result) => void) => {
      makeCall(retry, env, args, began, resolve, outcome)
    }
  }) as PromiseLike<Result>

/** Makes one attempt, entering the function, or the task that it gives back, where it can be entered. */
const enter = (
  { fn }: Retry,
  env: Env,
  args: ReadonlyArray<unknown>,
  attempt: number,
  elapsed: number,
  previous: Failure<unknown, unknown> | undefined
): Promise<unknown> => {
  try {
    // What can be entered is; else a function is called, and may give a task.
    const given = entryOf(fn) ? fn : fn(...args)
    const answer = isTask(given)
      ? (entryOf(given)?.(
          { ...env, attempt: { attempt, elapsed, previous, name: fn.name } },
          given === fn ? args : []
        ) ?? given())
      : given
    // `then` of a native promise is called as it is; anything else is made one.
    return answer instanceof Promise ? answer : Promise.resolve(answer)
  } catch (error) {
    return Promise.reject(error)
  }
}

const isTask = (given: unknown): given is Callable => typeof given === 'function'

// With room for what makes it a failure later on: a call sleeps with it.
const failed = (_tag: 'Failed' | 'Threw', error: unknown): Failed<unknown> | Threw =>
  ({ _tag, error, attempt: 0, startedAt: 0, duration: 0, delay: undefined }) as Failed<unknown> | Threw

const toOutcome = (result: Result): Outcome<unknown, unknown> =>
  result._tag === 'Right' ? { _tag: 'Answered', value: result.right } : failed('Failed', result.left)

// --- a call that keeps its progress

const makeCall = (
  retry: Retry,
  env: Env,
  args: ReadonlyArray<unknown>,
  began: number,
  resolve: (result: Result) => void,
  first?: Outcome<unknown, unknown>
): void => {
  // The progress of the call. It sleeps in one closure over these and the parameters, since there may be a million of them.
  let state = initialState
  let attempt = first ? 1 : 0
  let startedAt = 0
  let omitted = 0
  let failures: ReadonlyArray<Failure<unknown, unknown>> = []

  /** Settles the attempt under way with its outcome; without one, begins the next, or ends if the interrupt has fired. */
  const next = (outcome?: Outcome<unknown, unknown>): void => {
    const { clock, interrupt } = env
    const elapsed = clock.now() - began
    const context = contextOf(state, elapsed, retry.fn.name, args)
    const giveUp = (
      verdict: Verdict | Refusal['verdict'] | { readonly _tag: 'Aborted'; readonly reason: unknown }
    ): void => {
      const error: RetryError<unknown, unknown> = {
        ...verdict,
        attempts: attempt,
        elapsed,
        failures,
        omitted
      }
      env.report?.({ ...context, attempt }, error)
      resolve(left(error))
    }

    if (!outcome) {
      if (interrupt?.fired) return giveUp({ _tag: 'Aborted', reason: interrupt.reason })
      env.report?.(context)
      const make = (flight?: Flight): Promise<unknown> => {
        attempt += 1
        startedAt = clock.now() - began
        return enter(retry, { ...env, flight }, args, attempt, startedAt, failures.at(-1))
      }
      ;(interrupt ? interrupt.attempt(make, env.flight) : make()).then(
        (value) => {
          next(toOutcome(toResult(value)))
        },
        (error: unknown) => {
          // An interrupt cuts an attempt short by rejecting with itself.
          next(interrupt && error === interrupt ? undefined : failed('Threw', error))
        }
      )
      return
    }

    const ruling = env.decide(retry.plan, state, outcome, context, env.random)
    if (ruling._tag === 'Accept') {
      env.report?.(context, ruling, elapsed - startedAt)
      return resolve(right(ruling.value))
    }
    // The cause is of this call alone, and is the failure from here on: a copy would be much of what a sleeping call holds.
    const failure = Object.assign(ruling.cause, {
      attempt,
      startedAt,
      duration: elapsed - startedAt,
      delay: interrupt?.fired ? undefined : ruling.delay
    })
    failures = failures.concat(failure).slice(-retry.plan.kept)
    // Each attempt that ended has failed.
    omitted = attempt - failures.length
    env.report?.(context, failure)
    if (ruling._tag === 'GiveUp') return giveUp(ruling.verdict)
    state = ruling.state
    if (interrupt) interrupt.after(clock, ruling.delay, next, env.flight)
    else clock.after(ruling.delay, next)
  }
  next(first)
}
