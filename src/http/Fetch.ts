/** The types of what is like `fetch`: the platform's, undici's, and whatever else is called as they are. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/**
 * A function like `fetch`.
 *
 * @category model
 * @since 0.3.0
 */
export type FetchLike = (input: never, init?: never) => PromiseLike<object>

/**
 * What such a function answers with.
 *
 * @category model
 * @since 0.3.0
 */
export type ResponseOf<F extends FetchLike> = Awaited<ReturnType<F>>

/**
 * A function that is called like `F`, gives a task, and fails with `E`. What a stub does not take is that of the platform.
 *
 * @category model
 * @since 0.3.0
 */
export type FetchAction<F extends FetchLike, E, A> = (input: InputOf<F>, init?: InitOf<F>) => TaskEither<E, A>

type InputOf<F extends FetchLike> = Parameters<Parameters<F>['length'] extends 0 ? typeof fetch : F>[0]

type InitOf<F extends FetchLike> = Parameters<Parameters<F>['length'] extends 0 | 1 ? typeof fetch : F>[1]

/** What is needed of an answer; anything may be missing in that of a stub. */
export interface Answer {
  readonly status?: number
  readonly statusText?: string
  readonly url?: string
  readonly headers?: Headers
  readonly body?: unknown
  readonly text?: () => Promise<string>
}

/** What a call of `fetch` is given. */
export interface Init {
  readonly method?: string
  readonly headers?: ConstructorParameters<typeof Headers>[0]
  readonly body?: unknown
  readonly signal?: AbortSignal | null
}
