/** Methods for workers that fail at first, and calls of them on virtual time. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { runOrThrow, withEnv } from 'reprise'
import { seededRandom } from 'reprise/testing'
import { play } from './play.js'

/** An async function that says how often it was called. */
export type Counted<I, A> = ((input: I) => Promise<A>) & { readonly calls: () => number }

/** Makes an async function that throws on its first calls, then answers; `error` and `answer` are given the number of the call. */
export const flaky = <I, A>(
  failures: number,
  answer: (input: I, call: number) => A,
  error: (call: number) => unknown = (call) => new Error(`on attempt ${call}`)
): Counted<I, A> => {
  let calls = 0
  const fn = async (input: I): Promise<A> => {
    calls += 1
    if (calls <= failures) throw error(calls)
    return answer(input, calls)
  }
  return Object.assign(fn, { calls: () => calls })
}

/** Makes an async function that always throws. */
export const failing = (error?: (call: number) => unknown): Counted<number, number> =>
  flaky<number, number>(Infinity, (n) => n, error)

/** Runs a call of a method on virtual time, with seeded randomness; gives its result, and how long it took. */
export const call = <E, A>(
  task: TaskEither<E, A>
): Promise<{ readonly result: Either<E, A>; readonly elapsed: number }> =>
  play(
    // What the compiler cannot see with E and A left open: it is a task, and stays one.
    (clock) => withEnv({ clock, random: seededRandom(0) })(task as never) as unknown as TaskEither<E, A>
  )

/** Runs a call on virtual time as callers without fp-ts do: gives its value, or throws the original error. */
export const value = <E, A>(task: TaskEither<E, A>): Promise<A> =>
  runOrThrow(async () => (await call(task)).result)

/** Gives what a promise rejects with. */
export const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (fulfilled) => {
      throw new Error(`a value where an error was due: ${String(fulfilled)}`)
    },
    (reason: unknown) => reason
  )
