/** The functions of a queue as a serving process runs them: what one attempt is, and what decides after it. */
import { type Callable, type Env, toMethod, toRun } from '../action/entry.js'
import { withTimeout } from '../action/withTimeout.js'
import { known } from '../policy/argument.js'
import type { Failure, Outcome } from '../policy/Failure.js'
import type { AnyPolicy } from '../policy/RetryPolicy.js'
import { decide } from '../policy/step.js'
import { withCircuitBreaker } from '../resource/withCircuitBreaker.js'
import { withLimits } from '../resource/withLimits.js'
import { systemClock } from '../runtime/Clock.js'
import type { Random } from '../runtime/Random.js'
import { levelOf, readOptions, toMethodLimits, unset } from '../worker/Level.js'
import { policyOf } from '../worker/policyOf.js'
import type { MethodOptions, OptionName, WorkerOptions } from '../worker/WorkerOptions.js'
import { wrapMethods } from '../worker/wrapMethods.js'
import { type JobCall, settling } from './JobCall.js'

// --- model

/** A function of a queue. */
export interface Served {
  readonly name: string
  /** The function itself, as a method of its object. */
  readonly fn: Callable
  readonly policy: AnyPolicy
  /** How long a client waits for the whole call. */
  readonly timeout: MethodOptions['timeout'] | undefined
  /** Makes one attempt; never rejects. */
  readonly attempt: (
    args: ReadonlyArray<unknown>,
    call: JobCall,
    previous: Failure<unknown, unknown> | undefined,
    random: Random
  ) => Promise<Outcome<unknown, unknown>>
  readonly settle: ReturnType<typeof settling>
}

/** The options of a worker that a queue has, too. */
export const queueOptions = [
  'numRetries',
  'retryAlgorithm',
  'retryWait',
  'retryJitter',
  'maxWait',
  'retryOn',
  'retryUntil',
  'policy',
  'attemptTimeout',
  'limits',
  'circuitBreaker',
  'timeout'
] as const satisfies ReadonlyArray<OptionName>

// --- constructors

/** Gives the functions of an object, each with its options; throws as `worker` does. */
export const toServed = (functions: object, options: WorkerOptions): ReadonlyMap<string, Served> => {
  known('queueWorker', options, queueOptions)
  // A worker of the same functions has read and checked all of it.
  const wrapped = wrapMethods(unset)(functions, options)
  const names = Object.keys(wrapped)
  const levels = readOptions(options, names)
  return new Map(
    names.map((name) => {
      const { options: own } = levelOf(unset, levels, name)
      // The names are those of functions that the worker has found there.
      const fn = toMethod(
        (functions as Readonly<Record<string, Callable>>)[name] as Callable,
        name,
        functions
      )
      const policy = policyOf(wrapped as Record<string, () => unknown>, name) as AnyPolicy
      const attempt = attempting(name, toAttempt(fn, own))
      return [name, { name, fn, policy, timeout: own.timeout, attempt, settle: settling(policy, name) }]
    })
  )
}

/** Wraps a function in what belongs to each of its attempts. */
const toAttempt = (fn: Callable, options: Partial<MethodOptions>): Callable => {
  const { attemptTimeout, limits, circuitBreaker } = options
  const wraps: ReadonlyArray<unknown> = [
    attemptTimeout !== undefined && withTimeout(attemptTimeout),
    limits !== undefined && limited(limits),
    circuitBreaker !== undefined && withCircuitBreaker(circuitBreaker)
  ]
  // Whether they fit the function was checked in the signature of the queue.
  return wraps.reduce<Callable>(
    (inner, wrap) => (wrap === false ? inner : (wrap as (fn: Callable) => Callable)(inner)),
    fn
  )
}

const limited = (limits: MethodOptions['limits']): unknown => {
  const { set, request, usage } = toMethodLimits(limits)
  // That they belong together was checked in the signature of the queue.
  return (withLimits as unknown as (...of: ReadonlyArray<unknown>) => unknown)(set, request, usage)
}

const attempting =
  (name: string, fn: Callable): Served['attempt'] =>
  async (args, { attempts, startedAt }, previous, random) => {
    const attempt = { attempt: attempts, elapsed: startedAt ?? 0, previous, name }
    const env: Env = { clock: systemClock, random, decide, attempt }
    try {
      const result = await toRun(fn)(env, args)
      return result._tag === 'Right'
        ? { _tag: 'Answered', value: result.right }
        : { _tag: 'Failed', error: result.left }
    } catch (error) {
      return { _tag: 'Threw', error }
    }
  }
