import type { Either } from 'fp-ts/lib/Either.js'

/** Pure rules of a state, plain JSON data, that processes share. */
export interface SharedRules<S, I> {
  readonly start: (now: number) => S
  /** Gives the very same state where nothing changes: then nothing needs to be written. */
  readonly next: (state: S, input: I, now: number) => S
  /** After so many milliseconds without a change the state is as new; `Infinity` for never. */
  readonly forgetAfter: (state: S, now: number) => number
  /** Gives what lies in Redis, which may be anything, as a state; or says what is wrong with it. */
  readonly decode: (stored: unknown) => Either<string, S>
  /** Should others hear of a change at once? They are told by a message, which is but a hint; if not given, they are not. */
  readonly concerns?: (before: S, after: S, now: number) => boolean
}
