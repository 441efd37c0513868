import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Clock } from 'reprise'

/** What a task ended with, and when on the clock. */
export interface End<E, A> {
  readonly at: number
  readonly result: Either<E, A>
}

/** Starts a task, and gives a list that is empty until the task has ended. */
export const start = <E, A>(task: TaskEither<E, A>, clock: Clock): ReadonlyArray<End<E, A>> => {
  const ends: Array<End<E, A>> = []
  void task().then((result) => ends.push({ at: clock.now(), result }))
  return ends
}

/** A promise that is settled from outside. */
export interface Deferred<A> {
  readonly promise: Promise<A>
  readonly resolve: (value: A) => void
  readonly reject: (error: unknown) => void
}

export const deferred = <A>(): Deferred<A> => {
  const settle: { resolve?: (value: A) => void; reject?: (error: unknown) => void } = {}
  const promise = new Promise<A>((resolve, reject) => Object.assign(settle, { resolve, reject }))
  return { promise, resolve: settle.resolve!, reject: settle.reject! }
}

/** Lets everything that is ready run. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
