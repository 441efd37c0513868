/** What is shown of each public function: a row of one or more kinds. A function without a row fails `surface.test.ts`. */
import type { AnyFunction } from 'reprise'

/** A constructor: each argument, and each option in an argument, is made odd in turn. */
export interface Makes {
  readonly make: (...args: never[]) => unknown
  /** Arguments that are fine. */
  readonly good: ReadonlyArray<unknown>
  /** Uses what was made of arguments that nobody refused. */
  readonly use?: (made: never) => unknown
  /** What names the argument in an error, where it is not the name of the function. */
  readonly named?: RegExp
}

/** Gives an answer for any value at all, and never throws. */
export type Asks = (value: unknown) => unknown

/** Reads a policy, whatever its functions do. */
export type Reads = (policy: never) => unknown

/** Wraps a function or task; whatever that does, a call ends with an `Either`. */
export type Wraps = (fn: AnyFunction) => AnyFunction

export interface Row {
  readonly makes?: Makes | ReadonlyArray<Makes>
  readonly asks?: Asks
  readonly reads?: Reads
  readonly wraps?: Wraps
  /** Decodes anything: a `Left` with lists of paths, or a `Right`. */
  readonly decodes?: (input: unknown) => unknown
  /** Gives a task for any value, which ends with an `Either`. */
  readonly calls?: (value: unknown) => () => Promise<unknown>
  /** Of the functions that behave badly, those that it can be given; all if not said. */
  readonly only?: RegExp
  /** What was thrown is copied. */
  readonly copies?: true
  /** A value, and no function: nothing can go wrong with it. */
  readonly value?: true
}

export type Rows = Readonly<Record<string, Row>>
