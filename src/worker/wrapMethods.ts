/**
 * The wrapping of a worker's methods. Inside out, a method is: the function, `attemptTimeout`, `limits`, `circuitBreaker`,
 * the retries, `retryBudget`, `timeout`, `observer`. So an attempt that queues is not on its time, nothing is held while a
 * retry waits, the breaker counts attempts, and what waits is within the time of the whole call.
 */
import { type Callable, toMethod } from '../action/entry.js'
import { withObserver } from '../action/withObserver.js'
import { withRetry } from '../action/withRetry.js'
import { withTimeout } from '../action/withTimeout.js'
import { invalid } from '../policy/argument.js'
import type { AnyPolicy } from '../policy/RetryPolicy.js'
import { withCircuitBreaker } from '../resource/withCircuitBreaker.js'
import { withLimits } from '../resource/withLimits.js'
import { withRetryBudget } from '../resource/withRetryBudget.js'
import { type Level, levelOf, readOptions, toMethodLimits, toRetryPolicy } from './Level.js'
import { withPolicies } from './policyOf.js'
import type { MethodOptions, WorkerOptions } from './WorkerOptions.js'

/** Gives a function that wraps each method of an object as its options say. */
export const wrapMethods =
  (defaults: Level) =>
  (functions: object, options: WorkerOptions = {}): object => {
    const methods = methodsOf(functions)
    const levels = readOptions(options, [...methods.keys()])
    const made = [...methods].map(([name, fn]) => {
      const level = levelOf(defaults, levels, name)
      const policy = toRetryPolicy(level)
      return { name, policy, wrapped: wrap(toMethod(fn, name, functions), policy, level) }
    })
    return withPolicies(
      Object.fromEntries(made.map(({ name, wrapped }) => [name, wrapped])),
      new Map(made.map(({ name, policy }) => [name, policy]))
    )
  }

type Wrap = (fn: Callable) => Callable

const wrap = (fn: Callable, policy: AnyPolicy, { options }: Level): Callable => {
  const { attemptTimeout, limits, circuitBreaker, retryBudget, timeout, observer } = options
  const wraps = [
    attemptTimeout !== undefined && withTimeout(attemptTimeout),
    limits !== undefined && limited(limits),
    circuitBreaker !== undefined && withCircuitBreaker(circuitBreaker),
    withRetry(policy),
    retryBudget !== undefined && withRetryBudget(retryBudget),
    timeout !== undefined && withTimeout(timeout),
    observer !== undefined && withObserver(observer)
  ]
  // Whether they fit the function was checked in the signature of the worker.
  return wraps.reduce((wrapped, each) => (each === false ? wrapped : (each as unknown as Wrap)(wrapped)), fn)
}

const limited = (limits: MethodOptions['limits']): Wrap => {
  const { set, request, usage } = toMethodLimits(limits)
  // That they belong together was checked in the signature of the worker.
  return (withLimits as unknown as (...of: ReadonlyArray<unknown>) => Wrap)(set, request, usage)
}

/** Gives the functions of an object by name: its own, and those of its prototypes if it is an instance of a class. */
const methodsOf = (functions: object): ReadonlyMap<string, Callable> => {
  // Callers without types may hand over anything.
  if (
    typeof (functions as unknown) !== 'object' ||
    (functions as unknown) === null ||
    Array.isArray(functions)
  ) {
    invalid('worker: functions', 'an object of functions', functions)
  }
  const properties = [...inherited(functions), ...Object.entries(functions)]
  // What is nearest hides what is further up, whatever it is.
  return new Map(
    [...new Map(properties)].filter((entry): entry is [string, Callable] => typeof entry[1] === 'function')
  )
}

/** What a class gives its instances, the nearest last; getters are not read. */
const inherited = (instance: object): ReadonlyArray<readonly [string, unknown]> => {
  const prototype = Object.getPrototypeOf(instance) as object | null
  // The root of all objects, of this realm or another, gives nothing that is meant.
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return []
  const properties = Object.entries(Object.getOwnPropertyDescriptors(prototype))
  return [
    ...inherited(prototype),
    ...properties.flatMap(([name, { value }]) =>
      name === 'constructor' ? [] : [[name, value as unknown] as const]
    )
  ]
}
