/**
 * Functions of a module that run in the threads of a pool. What crosses over is a copy, by the structured clone algorithm:
 * arguments, results and errors are plain data on the other side.
 */
import type { AnyFunction, ErrorOf, ResultOf, Shaped } from '../action/Action.js'

// --- model

/**
 * What runs a function of a module, by its name, with one argument: a pool of Piscina, or anything that does the same.
 *
 * @category model
 * @since 0.3.0
 */
export interface ThreadPool {
  /** Calls the function of that name with the task; an abort ends the thread. */
  run(task: unknown, options: { readonly name: string; readonly signal?: AbortSignal }): PromiseLike<unknown>
}

/**
 * The functions of the module `M` under these names, as they are on this side of a pool: tasks, or functions to a task.
 *
 * @category model
 * @since 0.3.0
 */
export type PoolFunctions<M, N extends keyof M> = {
  readonly [K in N]: Shaped<Remote<M[K]>, ErrorOf<Remote<M[K]>>, ResultOf<Remote<M[K]>>>
}

/** A function as a pool runs it. */
type Remote<F> = F extends (...args: infer P) => infer R
  ? P extends [] | [unknown]
    ? (...args: P) => Promise<Awaited<R>>
    : P extends [infer X, ...unknown[]]
      ? (input: X) => Promise<Awaited<R>>
      : never
  : never

// --- what is refused

/** Nothing is of this type: the compiler shows the text. */
interface Mistake<Text extends string> {
  readonly mistake: Text
}

/** `unknown` for each name of a function that can run on a pool; else a text that the compiler shows. */
export type CheckedNames<M, Ns extends ReadonlyArray<unknown>> = {
  readonly [I in keyof Ns]: Ns[I] extends keyof M
    ? M[Ns[I]] extends (...args: infer P) => infer R
      ? CheckedParameters<P> & CheckedResult<Awaited<R>>
      : Mistake<'reprise: this export is no function'>
    : Mistake<'reprise: the module has no such export'>
}

type CheckedParameters<P extends ReadonlyArray<unknown>> = P extends []
  ? unknown
  : P extends [infer X, ...infer Rest]
    ? [] extends Rest
      ? 0 extends 1 & X
        ? unknown
        : undefined extends X
          ? Mistake<'reprise: undefined cannot be told from no argument; take null instead'>
          : unknown
      : Mistake<'reprise: a pool hands over one argument; take an object or a tuple'>
    : Mistake<'reprise: a pool hands over one argument; it cannot be optional'>

type CheckedResult<A> = [A] extends [never]
  ? unknown
  : 0 extends 1 & A
    ? unknown
    : A extends AnyFunction
      ? Mistake<'reprise: a function, such as a task, cannot come back from a thread'>
      : unknown
