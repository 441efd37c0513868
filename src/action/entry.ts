/**
 * How wrappers recognise each other: the symbol-keyed entry through which an outer wrapper hands its environment to an
 * inner one. Functions without it are just called.
 */
import { invalid } from '../policy/argument.js'
import type { Failure } from '../policy/Failure.js'
import { type Clock, systemClock } from '../runtime/Clock.js'
import { type Random, systemRandom } from '../runtime/Random.js'
import type { Interrupt } from './Interrupt.js'
import type { Observer } from './RetryEvent.js'

// --- model

/** What wrappers hand inwards. */
export interface Env {
  readonly clock: Clock
  readonly random: Random
  readonly observer: Observer | undefined
  readonly interrupt: Interrupt | undefined
  readonly attempt: AttemptInfo | undefined
}

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
const entry = Symbol.for('reprise/entry@1')
const arity = Symbol.for('reprise/arity@1')

export type Callable = ((...args: ReadonlyArray<unknown>) => unknown) & {
  readonly [entry]?: Run
  readonly [arity]?: number
}

export const rootEnv: Env = {
  clock: systemClock,
  random: systemRandom,
  observer: undefined,
  interrupt: undefined,
  attempt: undefined
}

// --- results

export const left = (error: unknown): Result => ({ _tag: 'Left', left: error })
export const right = (value: unknown): Result => ({ _tag: 'Right', right: value })

/**
 * Gives the `Either` that a resolved value is, or the value as a `Right`. It is an `Either` only if it has just an own
 * `_tag` and its own `left` or `right`: data may have a `_tag` of its own.
 */
export const toResult = (value: unknown): Result => (isResult(value) ? value : right(value))

const isResult = (value: unknown): value is Result => {
  if (typeof value !== 'object' || value === null) return false
  try {
    const tag = (value as { _tag?: unknown })._tag
    if (tag !== 'Right' && tag !== 'Left') return false
    const keys = Object.keys(value)
    return keys.length === 2 && keys.includes('_tag') && keys.includes(tag === 'Right' ? 'right' : 'left')
  } catch {
    return false // a getter that throws: no Either
  }
}

// --- entering

/** Has the function an entry of its own? */
export const hasEntry = (fn: Callable): boolean => fn[entry] !== undefined

/** Gives a function or a task as a run, entering it, or the task that it gives back, where it can be entered. */
export const toRun = (fn: Callable): Run =>
  fn[entry] ??
  (async (env, args) => {
    const answer = fn(...args)
    return typeof answer === 'function' ? toRun(answer as Callable)(env, none) : toResult(await answer)
  })

const none: ReadonlyArray<unknown> = []

// --- making actions

/**
 * Gives `run` the shape, length and name of `like`, and an entry. Where `run` may reject, as all wrappers but `withRetry`
 * do for what was thrown inside, a call from outside answers with a `Left`.
 */
export const toAction = (like: Callable, run: Run, takesArguments = lengthOf(like) > 0): Callable => {
  const task = (args: ReadonlyArray<unknown>): Callable =>
    enterable(
      () => outermost(run, args),
      (env) => run(env, args)
    )
  const action: Callable = takesArguments
    ? (...args) => task(args)
    : (...args) => (args.every((arg) => arg === undefined) ? outermost(run, none) : task(args))
  Object.defineProperty(action, 'length', { value: lengthOf(like) })
  Object.defineProperty(action, 'name', { value: like.name })
  return enterable(action, run)
}

const outermost = (run: Run, args: ReadonlyArray<unknown>): Promise<Result> => run(rootEnv, args).catch(left)

const enterable = (fn: Callable, run: Run): Callable => Object.assign(fn, { [entry]: run })

const lengthOf = (fn: Callable): number => fn[arity] ?? fn.length

/** Gives a function that is known to take arguments, although its length may be 0. */
export const withArguments = (fn: Callable): Callable => {
  const marked: Callable = Object.assign((...args: ReadonlyArray<unknown>) => fn(...args), {
    [arity]: Math.max(1, fn.length)
  })
  Object.defineProperty(marked, 'name', { value: fn.name })
  return fn[entry] === undefined ? marked : enterable(marked, fn[entry])
}

/** Gives `fn` if it can be wrapped; throws a `TypeError` otherwise. */
export const toCallable = (wrapper: string, fn: unknown): Callable =>
  typeof fn === 'function'
    ? (fn as Callable)
    : invalid(`${wrapper}: action`, 'a function or a TaskEither', fn)
