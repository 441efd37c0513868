/**
 * How wrappers recognise each other: the symbol-keyed entry through which an outer wrapper hands its environment to an
 * inner one. Functions without it are just called.
 */
import { invalid } from '../policy/argument.js'
import type { Cause, Failure } from '../policy/Failure.js'
import { decide, type Ruling } from '../policy/step.js'
import { type Clock, systemClock } from '../runtime/Clock.js'
import { type Random, systemRandom } from '../runtime/Random.js'
import { type Flight, type Interrupt, mark } from './Interrupt.js'
import type { Report } from './RetryEvent.js'

// --- model

/** What wrappers hand inwards. */
export interface Env {
  readonly clock: Clock
  readonly random: Random
  /** What a retry decides about an outcome. */
  readonly decide: Decide
  /** What every attempt after the first draws on; the innermost last. */
  readonly budgets?: ReadonlyArray<Budget> | undefined
  readonly report?: Report | undefined
  readonly interrupt?: Interrupt | undefined
  readonly flight?: Flight | undefined
  readonly attempt?: AttemptInfo | undefined
}

/** Decides by a policy; budgets may refuse what it has decided. */
export type Decide = (...asked: Parameters<typeof decide>) => Ruling | Refusal

/** What a budget makes of a retry. */
export interface Refusal {
  readonly _tag: 'GiveUp'
  readonly cause: Cause<unknown, unknown>
  readonly verdict: { readonly _tag: 'BudgetExhausted' }
  readonly delay?: undefined
}

/** What a retry budget is to those who make attempts. */
export interface Budget {
  readonly note: (clock: Clock, input: BudgetInput) => void
  /** May another attempt be made? */
  readonly allows: (clock: Clock) => boolean
}

/**
 * What a budget is told: a call of what is wrapped with it begins, or has succeeded; an attempt inside has failed in a way
 * that is worth another; another is made.
 */
export type BudgetInput = 'called' | 'succeeded' | 'failed' | 'retried'

/** Which attempt of an outer retry this is. */
export interface AttemptInfo {
  readonly attempt: number
  readonly elapsed: number
  readonly previous: Failure<unknown, unknown> | undefined
  readonly name: string
}

/** The outcome as the wrapper one level up sees it: resolves to an `Either`, rejects for what was thrown. */
export type Run = (env: Env, args: ReadonlyArray<unknown>) => Promise<Result>

export type Result =
  { readonly _tag: 'Left'; readonly left: unknown } | { readonly _tag: 'Right'; readonly right: unknown }

// The version is that of the environment: copies of the library that differ in it do not meet.
export const entry = Symbol.for('reprise/entry@2')

export type Callable = ((...args: ReadonlyArray<unknown>) => unknown) & {
  /** What it runs, within an environment. */
  readonly [entry]?: Run
  /** The arguments of a task, which are its own. */
  readonly args?: ReadonlyArray<unknown>
}

// With all that wrappers change but for budgets: V8 takes a microsecond to add a field to a copy, and next to nothing to replace one.
const rootEnv: Env = {
  attempt: undefined,
  report: undefined,
  interrupt: undefined,
  flight: undefined,
  clock: systemClock,
  random: systemRandom,
  decide
}

// --- results

export const left = (error: unknown): Result => ({ _tag: 'Left', left: error })
export const right = (value: unknown): Result => ({ _tag: 'Right', right: value })

/**
 * Gives the `Either` that a resolved value is, or the value as a `Right`. It is an `Either` only if it has just an own
 * `_tag` and its own `left` or `right`: data may have a `_tag` of its own.
 */
export const toResult = (value: unknown): Result => (isResult(value) ? value : right(value))

// V8 makes nothing of this inside such a loop, unlike `Object.hasOwn`.
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is only ever called with a `this`
const hasOwn = Object.prototype.hasOwnProperty

const isResult = (value: unknown): value is Result => {
  try {
    // Stryker disable next-line OptionalChaining: saves time alone, since what throws is no Either
    const tag = (value as { _tag?: unknown } | null | undefined)?._tag
    const side = tag === 'Right' ? 'right' : tag === 'Left' && 'left'
    // Stryker disable next-line ConditionalExpression: saves time alone, since only a tag has a side to find
    if (!side) return false
    // Counted in a loop, since a list of the keys would be most of the memory of a call that succeeds.
    let count = 0
    for (const key in value as object) {
      if ((key !== side && key !== '_tag') || !hasOwn.call(value, key)) return false
      // What cannot be read is no `Either`.
      // eslint-disable-next-line @typescript-eslint/no-unused-expressions -- a getter may throw
      ;(value as Record<string, unknown>)[key]
      count += 1
    }
    // Stryker disable BlockStatement: nothing is as false as false
    return count === 2
  } catch {
    return false // a getter that throws: no Either
  }
}

// Stryker restore all

// --- entering

/** Gives a function or a task as a run, entering it, or the task that it gives back, where it can be entered. */
export const toRun = (fn: Callable): Run => {
  const { [entry]: run, args: own } = fn
  if (run) return own ? (env) => run(env, own) : run
  const inner = toInner(fn)
  return (env, args) => inner(env, args, same, rethrow)
}

/** What runs inside of a wrapper. What it comes to is handed on in one step: each further one would take a promise. */
export type Inner = <A>(
  env: Env,
  args: ReadonlyArray<unknown>,
  onResult: (result: Result) => A,
  onError: (error: unknown) => A
) => Promise<A>

/** Gives a function or a task as what runs inside of a wrapper, entered as `toRun` does. */
export const toInner = (fn: Callable): Inner => {
  if (fn[entry]) return handingOn(toRun(fn))
  return (env, args, onResult, onError) => {
    const { flight } = env
    const answer = answerOf(fn, env, args)
    // Stryker disable next-line ConditionalExpression: saves time alone, since without a flight there is nothing to mark
    if (flight === undefined) return then(answer, (value) => onResult(toResult(value)), onError)
    return then(
      answer,
      (value) => {
        mark(flight, 'landed')
        return onResult(toResult(value))
      },
      (error) => {
        mark(flight, 'landed')
        return onError(error)
      }
    )
  }
}

/** Goes on from a promise as `await` does, which asks no native promise for a `then` of its own. */
const then = <A>(
  promise: Promise<unknown>,
  onValue: (value: unknown) => A,
  onError: (error: unknown) => A
): Promise<A> => Promise.prototype.then.call(promise, onValue, onError) as Promise<A>

/** Gives a run as what runs inside of a wrapper. */
export const handingOn =
  (run: Run): Inner =>
  (env, args, onResult, onError) =>
    run(env, args).then(onResult, onError)

const answerOf = (fn: Callable, env: Env, args: ReadonlyArray<unknown>): Promise<unknown> => {
  try {
    const given = fn(...args)
    return Promise.resolve(typeof given === 'function' ? toRun(given as Callable)(env, none) : given)
  } catch (error) {
    // At once: who is interrupted in the same step has thrown already.
    mark(env.flight, 'landed')
    return Promise.reject(error)
  }
}

const same = (result: Result): Result => result

const rethrow = (error: unknown): never => {
  throw error
}

export const none: ReadonlyArray<never> = []

// --- making actions

/**
 * Gives `run` the shape, length and name of `like`, and an entry. A call from outside starts in the environment of the
 * machine; what was thrown inside, and not made a failure by a retry, becomes a `Left` there.
 */
export const toAction = (like: Callable, run: Run): Callable =>
  toTotalAction(like, run, (env, args) => run(env, args).catch(left))

/**
 * The same for a run that is made with what becomes of an error: inside of another it is thrown on, and in a call from outside
 * it is a `Left`, which takes no step of its own then.
 */
export const toEndingAction = (like: Callable, make: (end: End) => Run): Callable =>
  toTotalAction(like, make(rethrow), make(left))

/** What a run does with an error at its end. */
export type End = (error: unknown) => Result

/** The same for a run that never rejects; or with an ending of its own for calls from outside. */
export const toTotalAction = ({ length, name }: Callable, run: Run, outermost = run): Callable => {
  // Not inside of the action: what closes over its arguments makes each call have a context of its own.
  const task = (args: ReadonlyArray<unknown>): Callable =>
    enterable(() => outermost(rootEnv, args), run, args)
  const action: Callable = (...args) =>
    length === 0 && args.every(isUndefined) ? outermost(rootEnv, none) : task(args)
  Object.defineProperties(action, { length: { value: length }, name: { value: name } })
  return enterable(action, run)
}

const isUndefined = (arg: unknown): boolean => arg === undefined

// Each call of a function makes a task. So all is set by hand, which is quicker than `Object.assign`, and its arguments stand
// beside what all tasks of the function share: a run of its own would be one more closure.
const enterable = (fn: Callable, run: Run, args?: ReadonlyArray<unknown>): Callable => {
  const to = fn as { -readonly [K in keyof Callable]: Callable[K] }
  to[entry] = run
  if (args) to.args = args
  return fn
}

/** Gives a wrapper of any action: `make` gives the run of the whole for the run of what is inside. */
export const toWrapper =
  (name: string, make: (inner: Run) => Run): ((fn: unknown) => Callable) =>
  (fn) => {
    const callable = toCallable(name, fn)
    return toAction(callable, make(toRun(callable)))
  }

/** The same for what is handed on in one step; `make` is told the name of what is inside, too. */
export const toInnerWrapper =
  (wrapper: string, make: (inner: Inner, name: string) => Run): ((fn: unknown) => Callable) =>
  (fn) => {
    const callable = toCallable(wrapper, fn)
    return toAction(callable, make(toInner(callable), callable.name))
  }

/** Gives a function that is known to take arguments, by its length. */
export const withArguments = (fn: Callable): Callable => {
  const marked: Callable = (...args) => fn(...args)
  Object.defineProperties(marked, { length: { value: fn.length || 1 }, name: { value: fn.name } })
  return fn[entry] === undefined ? marked : enterable(marked, fn[entry], fn.args)
}

/** Gives a method of an object as a function that needs no `this`, under the name that the object has for it. */
export const toMethod = (fn: Callable, name: string, owner: object): Callable => {
  // Bound functions keep their length, which tells their shape.
  const method = Object.defineProperty(fn.bind(owner), 'name', { value: name })
  return fn[entry] === undefined ? method : enterable(method, fn[entry], fn.args)
}

/** Gives `fn` if it can be wrapped; throws a `TypeError` otherwise. */
export const toCallable = (wrapper: string, fn: unknown): Callable =>
  typeof fn === 'function' ? (fn as Callable) : invalid(`${wrapper}: action`, 'a function', fn)
