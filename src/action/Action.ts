/**
 * The types of what can be wrapped, and of what comes back: one conditional type instead of overloads, which would break
 * inference in a `pipe`.
 *
 * | you pass | you get |
 * | --- | --- |
 * | `() => Promise<A>`, `TaskEither<E, A>` | a `TaskEither` |
 * | `(...args) => Promise<A>`, `(...args) => TaskEither<E, A>`, a `ReaderTaskEither` | a function to a `TaskEither` |
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

// --- model

/**
 * Anything that can be called.
 *
 * @category model
 * @since 0.1.0
 */
export type AnyFunction = (...args: never[]) => unknown

/**
 * A function that `arrow` has marked as taking arguments.
 *
 * @category model
 * @since 0.1.0
 */
export type Arrow<F extends AnyFunction> = F & { readonly [isArrow]: true }
declare const isArrow: unique symbol

// --- what a function gives back

type IsAny<T> = 0 extends 1 & T ? true : false
type IsNever<T> = [T] extends [never] ? true : false

/** What a promise or a task (or a function that returns one) resolves to in the end. */
type Settled<R> = R extends PromiseLike<infer X> ? X : R extends () => PromiseLike<infer X> ? X : R

type Answer<F> = F extends (...args: never[]) => infer R ? (IsAny<R> extends true ? R : Settled<R>) : never

/**
 * The error that a function fails with in a `Left`; `unknown` where it can only throw.
 *
 * @category model
 * @since 0.1.0
 */
export type ErrorOf<F> =
  IsAny<Answer<F>> extends true
    ? unknown
    : IsNever<Answer<F>> extends true
      ? unknown
      : [Answer<F>] extends [Either<infer E, unknown>]
        ? E
        : unknown

/**
 * The result of a function.
 *
 * @category model
 * @since 0.1.0
 */
export type ResultOf<F> =
  IsAny<Answer<F>> extends true
    ? Answer<F>
    : IsNever<Answer<F>> extends true
      ? never
      : [Answer<F>] extends [Either<unknown, infer A>]
        ? A
        : Answer<F>

// --- the shape of a wrapped function

/** `jest.fn()` and the like: any arguments, nothing said of them. */
type IsUntyped<F> = F extends (...args: infer P) => unknown
  ? IsAny<P> extends true
    ? true
    : unknown[] extends P
      ? true
      : false
  : false

/**
 * A function or task of the same shape as `F` that fails with `E` and answers `A`.
 *
 * @category model
 * @since 0.1.0
 */
export type Shaped<F, E, A> =
  IsUntyped<F> extends true
    ? TaskEither<E, A> & ((...args: unknown[]) => TaskEither<E, A>)
    : F extends (...args: infer P) => unknown
      ? P extends []
        ? TaskEither<E, A>
        : (...args: P) => TaskEither<E, A>
      : never

// --- what is refused

/**
 * `unknown` where a function can be wrapped; else a text that the compiler shows.
 *
 * @category model
 * @since 0.1.0
 */
export type Checked<F> = F extends AnyFunction
  ? IsUntyped<F> extends true
    ? unknown
    : unknown extends ThisParameterType<F>
      ? CheckedArguments<F, Parameters<F>>
      : 'reprise: a function that needs `this` cannot be wrapped; bind it or use an arrow function'
  : 'reprise: only a function, a task or a TaskEither can be wrapped'

type CheckedArguments<F, P extends unknown[]> = P extends []
  ? unknown
  : F extends { readonly [isArrow]: true }
    ? unknown
    : [] extends P
      ? 'reprise: all parameters are optional, so it could be a task as well as a function; wrap it in arrow(...)'
      : IsNever<P[number]> extends true
        ? 'reprise: write the types of the parameters'
        : unknown

/**
 * `unknown` where conditions on errors `PE` and validators of results `PA` can judge the function; else a text that the
 * compiler shows.
 *
 * @category model
 * @since 0.1.0
 */
export type Judging<F, PE, PA> =
  IsNever<PE> extends true
    ? 'reprise: no error can satisfy all conditions; use a refinement, or a predicate on unknown'
    : IsNever<PA> extends true
      ? 'reprise: no result can satisfy all validators; use a predicate on unknown'
      : [ErrorOf<F>] extends [PE]
        ? [ResultOf<F>] extends [PA]
          ? unknown
          : 'reprise: the validators cannot judge the results of this function'
        : 'reprise: the conditions cannot judge the errors of this function; use a refinement, or a predicate on unknown'
