import { matches } from '../policy/Condition.js'
import { type Failed, libraryTag, type Threw } from '../policy/Failure.js'
import type { Checked, ErrorOf, Judging, ResultOf, Shaped } from '../action/Action.js'
import { type Env, type Inner, left, type Result, type Run, toInnerWrapper } from '../action/entry.js'
import { mark } from '../action/Interrupt.js'
import { aborted, notBegun } from '../action/race.js'
import { type CircuitOpen, isCircuitOpen, isLimitExceeded } from '../action/ResourceError.js'
import type { CircuitNews } from '../action/RetryEvent.js'
import type { Clock } from '../runtime/Clock.js'
import type { Call } from './CallWindow.js'
import {
  type CircuitBreaker,
  type Entered,
  type Gate,
  gateOf,
  type Pass,
  type Tell
} from './CircuitBreaker.js'
import { contextOfCall, tellOf } from '../action/tellOf.js'

/**
 * Calls the function only while the breaker lets it, and tells the breaker what came of it; a refused call ends at once as
 * `CircuitOpen`, without a call. Any number of functions may share a breaker.
 *
 * Inside `withRetry` each attempt counts; outside, the whole call counts once. A `Left`, a throw and a rejection are
 * failures, or those that `failOn` matches; a `failOn` that throws counts what it was asked about. A call that is aborted,
 * from outside or by a signal inside, counts as neither; nor does one that limits or another breaker inside have refused,
 * or that ends after the breaker has changed.
 *
 * *Gotcha*: a timeout outside of the breaker aborts the call, and so does not count; and without any, a trial that never
 * settles keeps its place for good. Put `withTimeout` inside.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { circuitBreaker, withCircuitBreaker, withEnv } from 'reprise'
 * import { scripted, virtualClock } from 'reprise/testing'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const clock = virtualClock()
 * const breaker = circuitBreaker({ consecutiveFailures: 2, openTime: '10s' })()
 * const fn = scripted('LLR')
 * const task = pipe(fn, withCircuitBreaker(breaker), withEnv({ clock }))
 *
 * await task()
 * await task()
 * assert.deepEqual(await task(), { _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter: 10_000 } })
 * assert.equal(fn.calls(), 2)
 *
 * await clock.advance(10_000)
 * assert.deepEqual(await task(), { _tag: 'Right', right: 3 })
 * assert.equal(breaker.status()._tag, 'Closed')
 *
 * @category actions
 * @since 0.3.0
 */
export const withCircuitBreaker = <E>(
  breaker: CircuitBreaker<E>
): (<F>(fn: F & Checked<F> & Judging<F, E, unknown>) => Shaped<F, ErrorOf<F> | CircuitOpen, ResultOf<F>>) => {
  const gate = gateOf('withCircuitBreaker: breaker', breaker)
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toInnerWrapper('withCircuitBreaker', (inner, name) => guarded(gate, inner, name)) as never
}

const guarded = (gate: Gate, inner: Inner, name: string): Run => {
  const { slowAfter, failOn, clock: own } = gate.plan
  // Of most calls nobody asks how long they took.
  const timed = slowAfter < Infinity || failOn !== undefined
  const begin = (
    env: Env,
    args: ReadonlyArray<unknown>,
    clock: Clock,
    tell: Tell | undefined,
    pass: Pass,
    began: number
  ): Promise<Result> => {
    const { random, interrupt } = env
    let inside = true
    const leave = (failure?: Failed<unknown> | Threw): void => {
      if (!inside) return
      stopListening?.()
      const duration = timed ? clock.now() - began : 0
      const slow = duration > slowAfter
      if (failure === undefined)
        gate.leave(clock, random, pass, slow ? slowSuccess : success, undefined, tell)
      else if (saysNothing(failure.error)) gate.leave(clock, random, pass, undefined)
      else {
        const failed = counts(gate, failure, env, args, name, duration)
        gate.leave(clock, random, pass, { failed, slow }, failed ? failure : undefined, tell)
      }
    }
    // What is aborted may never end, and must not keep the place of a trial.
    const cut = (): boolean => {
      inside = false
      gate.leave(clock, random, pass, undefined)
      return false
    }
    if (interrupt?.fired === true) {
      // By whoever was told of the call.
      cut()
      interrupt.cut(env.flight)
      return Promise.resolve(left(aborted(notBegun, interrupt.reason)))
    }
    const stopListening = interrupt?.listen(cut)
    return inner(
      env,
      args,
      (result) => {
        if (result._tag === 'Right') leave()
        else leave({ _tag: 'Failed', error: result.left })
        return result
      },
      (error) => {
        leave({ _tag: 'Threw', error })
        throw error
      }
    )
  }
  return (env, args) => {
    const clock = own ?? env.clock
    const told = tellOf(env, name, args)
    const began = timed || told !== undefined ? clock.now() : 0
    const tell =
      told &&
      ((news: CircuitNews): void => {
        told(news, clock.now() - began)
      })
    const entered = gate.enter(clock, tell)
    if (typeof entered === 'number') return begin(env, args, clock, tell, entered, began)
    if ('then' in entered)
      return whenEntered(env, entered, (pass) =>
        // What it has waited for others is no part of what the call takes.
        begin(env, args, clock, tell, pass, timed ? clock.now() : 0)
      )
    return entered._tag === 'Pass' ? begin(env, args, clock, tell, entered, began) : refused(env, entered)
  }
}

const refused = (env: Env, error: CircuitOpen): Promise<Result> => {
  mark(env.flight, 'landed')
  return Promise.resolve(left(error))
}

/** Waits for what others say. A call that is interrupted meanwhile ends at once, and begins only to give back its place. */
const whenEntered = (
  env: Env,
  entered: Promise<Entered>,
  begin: (pass: Pass) => Promise<Result>
): Promise<Result> =>
  new Promise((resolve) => {
    const { flight, interrupt } = env
    // Stryker disable next-line StringLiteral: a signal cuts it below; until then, only whether it has landed is looked at
    mark(flight, 'out')
    const stopListening = interrupt?.listen((reason) => {
      interrupt.cut(flight)
      resolve(left(aborted(notBegun, reason)))
      // Stryker disable next-line BooleanLiteral: a flight that is cut says as much
      return true
    })
    void entered.then((given) => {
      stopListening?.()
      // Stryker disable next-line ConditionalExpression: a pass that is a number has no tag; for the compiler
      resolve(typeof given === 'object' && given._tag === 'CircuitOpen' ? refused(env, given) : begin(given))
    })
  })

/** Was the call aborted, or refused by something further in, so that it says nothing of the service? */
const saysNothing = (error: unknown): boolean =>
  libraryTag(error) === 'Aborted' || isLimitExceeded(error) || isCircuitOpen(error)

const success: Call = { failed: false, slow: false }
const slowSuccess: Call = { failed: false, slow: true }

const counts = (
  { plan: { failOn } }: Gate,
  { error }: Failed<unknown> | Threw,
  env: Env,
  args: ReadonlyArray<unknown>,
  name: string,
  duration: number
): boolean => {
  try {
    // Stryker disable next-line ConditionalExpression: without a failOn, matching throws, which counts as well; saves that
    return failOn === undefined || matches(failOn, error, contextOfCall(env, name, args, duration))
  } catch {
    return true // better one failure too many than none
  }
}
