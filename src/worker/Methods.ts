/**
 * The types of a worker's methods: what each can fail with, and which options a worker with these functions can have.
 * `D` are the defaults of `configure`, `Fs` the functions, `O` the options, `M` a method's name.
 */
import type { AnyFunction, Checked, ErrorOf, ResultOf, Shaped } from '../action/Action.js'
import type { CircuitOpen, LimitExceeded } from '../action/ResourceError.js'
import type { RetryError, TimedOut } from '../action/RetryError.js'
import type { Judged } from '../policy/Condition.js'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import type { Validated } from '../policy/Validator.js'
import type { CircuitBreaker } from '../resource/CircuitBreaker.js'
import type { Limit } from '../resource/Limit.js'
import type { LimitRequest, LimitUsage, RateKey } from '../resource/LimitRequest.js'
import type { LimitsOf } from '../resource/LimitSet.js'
import type {
  MethodOptions,
  OptionName,
  PerMethodRecord,
  SimpleOption,
  WorkerOptions
} from './WorkerOptions.js'

// --- model

/** The names under which an object has functions. */
export type MethodName<Fs> = {
  [M in keyof Fs]-?: M extends string ? (Fs[M] extends AnyFunction ? M : never) : never
}[keyof Fs]

/**
 * A record of wrapped functions: each of the shape of its own, with what it can fail with.
 *
 * @category model
 * @since 0.2.0
 */
export type Methods<Fs, D, O> = {
  readonly [M in MethodName<Fs>]: Shaped<
    Fs[M],
    RetryError<FailureOf<Fs, D, O, M>, ResultOf<Fs[M]>> | Adds<D, O, 'timeout', M, TimedOut>,
    ResultOf<Fs[M]>
  >
}

/** What an attempt comes to that the circuit breaker judges. */
type AttemptError<Fs, D, O, M extends keyof Fs> =
  ErrorOf<Fs[M]> | Adds<D, O, 'attemptTimeout', M, TimedOut> | Adds<D, O, 'limits', M, LimitExceeded>

/** What the attempts of a method fail with. */
type FailureOf<Fs, D, O, M extends keyof Fs> =
  AttemptError<Fs, D, O, M> | Adds<D, O, 'circuitBreaker', M, CircuitOpen>

/** What an option adds to the errors of a method, if it is set for it. */
type Adds<D, O, P, M, E> = [ValueOf<D, O, P, M>] extends [undefined] ? never : E

/**
 * The policy that a method of a worker ended up with, by the method's type.
 *
 * @category model
 * @since 0.2.0
 */
export type PolicyOf<F> =
  Extract<ErrorOf<F>, { readonly _tag: 'Exhausted' }> extends RetryError<infer E, infer A>
    ? RetryPolicy<E, A>
    : never

// --- what an option comes to

/**
 * Stands for options that are not given: of their type, so that what is given in their place is typed by it.
 *
 * @category model
 * @since 0.2.0
 */
export type NoOptions = WorkerOptions & { readonly [none]?: true }
declare const none: unique symbol

/** The value of an option for a method: its own, that for all, or the default. */
type ValueOf<D, O, P, M> = Inherited<
  typeof none extends keyof O ? undefined : P extends keyof O ? SetFor<O[P], M> : undefined,
  P extends keyof D ? D[P] : undefined
>

/** What an option says of a method: for a record, what is under its name, or under '*'. */
type SetFor<T, M> = T extends { readonly '*': infer All }
  ? M extends keyof T
    ? Inherited<T[M], All>
    : All
  : T

type Inherited<T, Below> = undefined extends T ? Exclude<T, undefined> | Below : T

// --- what is refused

/** Nothing is of this type: the compiler shows the text. A text alone would leave nothing of an option that is a number. */
interface Mistake<Text extends string> {
  readonly mistake: Text
}

/** `unknown` for each function that can be wrapped; else a text that the compiler shows. */
export type CheckedFunctions<Fs> = {
  readonly [M in keyof Fs]: Fs[M] extends AnyFunction ? Checked<Fs[M]> : unknown
}

/** `unknown` for each option that fits the functions; else a text that the compiler shows. */
export type CheckedOptions<Fs, D, O> = {
  readonly [P in keyof O]: P extends OptionName
    ? IsOpen<P, O[P]> extends true
      ? unknown
      : O[P] extends { readonly '*': unknown }
        ? CheckedRecord<Fs, D, O, P, O[P]>
        : CheckedValue<Fs, D, O, P, O[P], '*', MethodName<Fs>>
    : Mistake<'reprise: a worker has no such option'>
}

/** Is nothing known but that it is such an option? Then it is checked at run time alone. */
type IsOpen<P extends OptionName, T> = [PerMethodRecord<MethodOptions[P]>] extends [T] ? true : false

type CheckedRecord<Fs, D, O, P, T> = {
  readonly [M in keyof T]: M extends '*'
    ? CheckedValue<Fs, D, O, P, T[M], M, Unnamed<Fs, T>>
    : string extends M
      ? unknown
      : M extends MethodName<Fs>
        ? CheckedValue<Fs, D, O, P, T[M], M, M>
        : Mistake<'reprise: the functions have no such method'>
}

/** The methods that a record leaves to its '*'. */
type Unnamed<Fs, T> = {
  [M in MethodName<Fs>]: M extends keyof T ? (undefined extends T[M] ? M : never) : M
}[MethodName<Fs>]

/** Can the value of an option, under the name `At`, judge the methods `Ms` that it is for? */
type CheckedValue<Fs, D, O, P, V, At, Ms extends keyof Fs> = P extends 'retryOn'
  ? CheckedErrors<Fs, D, O, Judged<V>, Ms>
  : P extends 'retryUntil'
    ? CheckedResults<Fs, Validated<V>, Ms>
    : P extends 'limits'
      ? CheckedLimits<Fs, V, Ms>
      : V extends CircuitBreaker<infer E>
        ? Refused<{ [M in Ms]: AttemptError<Fs, D, O, M> extends E ? never : M }[Ms], 'the errors'>
        : V extends RetryPolicy<infer E, infer A>
          ? CheckedErrors<Fs, D, O, E, Ms> & CheckedResults<Fs, A, Ms> & Alone<O, At>
          : unknown

/** Can what a call asks of limits, and what it used, be worked out for the methods? */
type CheckedLimits<Fs, V, Ms extends keyof Fs> = V extends { readonly set: infer S }
  ? CheckedRequest<Fs, LimitsOf<S>, V extends { readonly request: infer R } ? R : undefined, Ms> &
      CheckedUsage<Fs, LimitsOf<S>, V extends { readonly usage: infer U } ? U : undefined, Ms>
  : CheckedRequest<Fs, LimitsOf<V>, undefined, Ms>

type CheckedRequest<Fs, L extends Limit, R, Ms extends keyof Fs> = [R] extends [undefined]
  ? [RateKey<L>] extends [never]
    ? unknown
    : Mistake<'reprise: say how much of each rate limit a call asks for'>
  : R extends (...args: infer Args) => infer Answer
    ? Answer extends LimitRequest<L>
      ? Refused<{ [M in Ms]: Takes<Fs[M], Args> extends true ? never : M }[Ms], 'the arguments'>
      : Mistake<'reprise: the request does not say how much of each rate limit'>
    : R extends LimitRequest<L>
      ? unknown
      : Mistake<'reprise: the request does not say how much of each rate limit'>

type CheckedUsage<Fs, L extends Limit, U, Ms extends keyof Fs> = U extends (
  result: infer A,
  ...args: infer Args
) => infer Answer
  ? Answer extends LimitUsage<L>
    ? CheckedResults<Fs, A, Ms> &
        Refused<{ [M in Ms]: Takes<Fs[M], Args> extends true ? never : M }[Ms], 'the arguments'>
    : Mistake<'reprise: the usage names what was not asked for'>
  : unknown

/** Can what takes `Args` be called with the arguments of a function? */
type Takes<F, Args extends ReadonlyArray<unknown>> = F extends (...args: infer P) => unknown
  ? ((...args: Args) => void) extends (...args: P) => void
    ? true
    : false
  : false

/** A policy stands instead of the simple options: beside one of them it contradicts it. */
type Alone<O, At> = [RivalsOf<O, At>] extends [never]
  ? unknown
  : Mistake<`reprise: there cannot be both a policy and ${RivalsOf<O, At>}`>

type RivalsOf<O, At> = {
  [P in SimpleOption]: P extends keyof O
    ? O[P] extends { readonly '*': unknown }
      ? At extends keyof O[P]
        ? Always<O[P][At], P>
        : never
      : At extends '*'
        ? Always<O[P], P>
        : never
    : never
}[SimpleOption]

type Always<T, P> = undefined extends T ? never : P

type CheckedErrors<Fs, D, O, E, Ms extends keyof Fs> = Refused<
  { [M in Ms]: FailureOf<Fs, D, O, M> extends E ? never : M }[Ms],
  'the errors'
>

type CheckedResults<Fs, A, Ms extends keyof Fs> = Refused<
  { [M in Ms]: ResultOf<Fs[M]> extends A ? never : M }[Ms],
  'the results'
>

type Refused<M, What extends string> = [M] extends [never]
  ? unknown
  : Mistake<`reprise: this cannot judge ${What} of ${M & string}`>

/** `unknown` for each default that fits any function. */
export type CheckedDefaults<D> = {
  readonly [P in keyof D]: P extends OptionName
    ? [MethodOptions[P]] extends [D[P]]
      ? unknown // Nothing is known but that it is such an option.
      : P extends 'retryOn'
        ? ForAny<Judged<D[P]>>
        : P extends 'retryUntil'
          ? ForAny<Validated<D[P]>>
          : P extends 'limits'
            ? CheckedLimits<{ readonly any: (...args: never[]) => unknown }, D[P], 'any'>
            : D[P] extends CircuitBreaker<infer E>
              ? ForAny<E>
              : D[P] extends RetryPolicy<infer E, infer A>
                ? ForAny<E> & ForAny<A>
                : unknown
    : Mistake<'reprise: a worker has no such option'>
}

type ForAny<T> = unknown extends T
  ? unknown
  : Mistake<'reprise: a default is for functions of any type; use a refinement, or a predicate on unknown'>
