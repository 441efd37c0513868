/**
 * The driver of a policy: calls, waits, and calls again. One of the few places with mutable state: a call that has failed
 * once, or that is watched or can be interrupted, keeps its progress in one record that nobody else sees.
 */
import type { Failure, Outcome } from '../policy/Failure.js'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import { decide, initialState, type Plan, planOf, type StepState } from '../policy/step.js'
import type { Checked, ErrorOf, Judging, ResultOf, Shaped } from './Action.js'
import {
  type AttemptInfo,
  type Callable,
  type Env,
  hasEntry,
  left,
  type Result,
  right,
  toAction,
  toCallable,
  toResult,
  toRun
} from './entry.js'
import { afterSettled, type Cut, onInterrupt } from './Interrupt.js'
import type { RetryError } from './RetryError.js'
import { type RetryEvent, tell } from './RetryEvent.js'

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
  readonly name: string
}

const retried = (plan: Plan, fn: Callable): Callable => {
  const retry: Retry = { plan, fn, name: fn.name }
  const plain = !hasEntry(fn)
  const validates = plan.policy.retryUntil !== undefined
  return toAction(fn, (env, args) => {
    if (!plain || env.observer !== undefined || env.interrupt !== undefined)
      return fromTheStart(retry, env, args)
    // The whole of the path to success: nothing is kept for retrying until the first failure.
    const began = env.clock.now()
    const fail = (outcome: Outcome<unknown, unknown>): Promise<Result> =>
      afterFirst(retry, env, args, began, outcome)
    try {
      return enter(retry, env, args, undefined).then(
        (value) => {
          const result = toResult(value)
          return result._tag === 'Right' && !validates ? result : fail(toOutcome(result))
        },
        (error: unknown) => fail({ _tag: 'Threw', error })
      )
    } catch (error) {
      return fail({ _tag: 'Threw', error })
    }
  })
}

/** Makes one attempt; throws what the function throws before its first `await`. */
const enter = (
  { fn, name }: Retry,
  env: Env,
  args: ReadonlyArray<unknown>,
  info: AttemptInfo | undefined
): Promise<unknown> => {
  const inner = (): Env => ({
    ...env,
    attempt: info ?? { attempt: 1, elapsed: 0, previous: undefined, name }
  })
  const answer = hasEntry(fn) ? toRun(fn)(inner(), args) : fn(...args)
  return Promise.resolve(typeof answer === 'function' ? toRun(answer as Callable)(inner(), []) : answer)
}

const toOutcome = (result: Result): Outcome<unknown, unknown> =>
  result._tag === 'Right' ? { _tag: 'Answered', value: result.right } : { _tag: 'Failed', error: result.left }

// --- a call that keeps its progress

/** The progress of one call. */
interface Call extends Retry {
  readonly env: Env
  readonly args: ReadonlyArray<unknown>
  readonly began: number
  readonly resolve: (result: Result) => void
  state: StepState
  /** Attempts begun. */
  attempts: number
  startedAt: number
  running: boolean
  done: boolean
  failures: ReadonlyArray<Failure<unknown, unknown>>
  omitted: number
  cancelWait: () => void
  stopListening: () => void
}

const newCall = (
  retry: Retry,
  env: Env,
  args: ReadonlyArray<unknown>,
  began: number,
  resolve: (result: Result) => void
): Call => ({
  ...retry,
  env,
  args,
  began,
  resolve,
  state: initialState,
  attempts: 0,
  startedAt: 0,
  running: false,
  done: false,
  failures: [],
  omitted: 0,
  cancelWait: nothing,
  stopListening: nothing
})

const nothing = (): void => undefined

/** Goes on where the path to success has left: the first attempt has been made and did not succeed. */
const afterFirst = (
  retry: Retry,
  env: Env,
  args: ReadonlyArray<unknown>,
  began: number,
  outcome: Outcome<unknown, unknown>
): Promise<Result> =>
  new Promise((resolve) => {
    const call = newCall(retry, env, args, began, resolve)
    call.attempts = 1
    settle(call, outcome)
  })

/** Makes a whole call that is watched, or can be interrupted. */
const fromTheStart = (retry: Retry, env: Env, args: ReadonlyArray<unknown>): Promise<Result> =>
  new Promise((resolve) => {
    const call = newCall(retry, env, args, env.clock.now(), resolve)
    const { interrupt } = env
    if (interrupt?.fired === true) return abort(call, interrupt.reason)
    call.stopListening = onInterrupt(interrupt, (reason) => cutShort(call, reason))
    attempt(call)
  })

const now = (call: Call): number => call.env.clock.now() - call.began

const attempt = (call: Call): void => {
  const { args, env, failures } = call
  call.attempts += 1
  call.startedAt = now(call)
  call.running = true
  if (env.observer !== undefined) {
    emit(call, { _tag: 'AttemptStarted', ...moment(call, call.startedAt) })
    if (env.interrupt?.fired === true) return abort(call, env.interrupt.reason)
  }
  const info = {
    attempt: call.attempts,
    elapsed: call.startedAt,
    previous: failures[failures.length - 1],
    name: call.name
  }
  try {
    enter(call, env, args, info).then(
      (value) => {
        settle(call, toOutcome(toResult(value)))
      },
      (error: unknown) => {
        settle(call, { _tag: 'Threw', error })
      }
    )
  } catch (error) {
    settle(call, { _tag: 'Threw', error })
  }
}

const settle = (call: Call, outcome: Outcome<unknown, unknown>): void => {
  if (call.done) return
  call.running = false
  const { args, clock, name } = { ...call, clock: call.env.clock }
  const elapsed = now(call)
  const { decision, state } = decide(call.plan, call.state, { outcome, elapsed, name, args }, call.env.random)
  if (decision._tag === 'Accept') {
    const { value } = decision
    emit(call, { _tag: 'Succeeded', ...moment(call, elapsed), duration: elapsed - call.startedAt, value })
    return finish(call, right(value))
  }
  const { interrupt } = call.env
  // An interrupt that came while the outcome was on its way: no later call.
  const goesOn = decision._tag === 'Retry' && interrupt?.fired !== true
  const delay = goesOn ? decision.delay : undefined
  const failure = {
    ...decision.cause,
    attempt: call.attempts,
    startedAt: call.startedAt,
    duration: elapsed - call.startedAt,
    delay
  }
  record(call, failure)
  emit(call, { _tag: 'AttemptFailed', ...moment(call, elapsed), failure })
  if (decision._tag === 'GiveUp') {
    const { _tag, cause, reason, ...details } = decision
    return giveUp(call, { _tag: reason, ...history(call), ...details } as RetryError<unknown, unknown>)
  }
  if (!goesOn) return abort(call, interrupt?.reason)
  call.state = state
  emit(call, { _tag: 'RetryScheduled', ...moment(call, elapsed), delay: decision.delay, failure })
  // An observer may have fired the interrupt.
  if (!call.done)
    call.cancelWait = clock.after(decision.delay, () => {
      attempt(call)
    })
}

const record = (call: Call, failure: Failure<unknown, unknown>): void => {
  const kept = call.plan.policy.recordFailures ?? 16
  call.omitted += call.failures.length < kept ? 0 : 1
  call.failures = [...call.failures.slice(call.failures.length < kept ? 0 : 1), failure]
}

const history = ({
  attempts,
  failures,
  omitted,
  ...call
}: Call): Omit<Cut, 'settles'> & { readonly elapsed: number } => ({
  attempts,
  elapsed: call.env.clock.now() - call.began,
  failures,
  omitted
})

// --- endings

const cutShort = (call: Call, reason: unknown): Cut => {
  const cut = { ...history(call), settles: true }
  // What has settled already wins, though it is still on its way here.
  if (call.running)
    afterSettled(() => {
      abort(call, reason)
    })
  else abort(call, reason)
  return cut
}

const abort = (call: Call, reason: unknown): void => {
  if (!call.done) giveUp(call, { _tag: 'Aborted', ...history(call), reason })
}

const giveUp = (call: Call, error: RetryError<unknown, unknown>): void => {
  emit(call, { _tag: 'GaveUp', ...moment(call, error.elapsed), error })
  finish(call, left(error))
}

const finish = (call: Call, result: Result): void => {
  call.done = true
  call.cancelWait()
  call.stopListening()
  call.resolve(result)
}

// --- events

const moment = ({ name, attempts }: Call, elapsed: number) => ({ name, attempt: attempts, elapsed })

const emit = (call: Call, event: RetryEvent): void => {
  if (call.env.observer !== undefined) tell(call.env.observer, event)
}
