/** Why a token could not be replayed, as plain data. */
import { print } from '../policy/print.js'

// --- model

/**
 * Why a run could not be replayed: the text is no token, there is no single retry in it, the policy decides otherwise, or
 * the caller's own `revive` threw.
 *
 * @category model
 * @since 0.3.0
 */
export type ReplayFault = InvalidToken | NotReplayable | Diverged | ReviveFailed

/**
 * The text is no token of `withRecording`, or no whole one: where (`''` is the whole), and what was expected there.
 *
 * @category model
 * @since 0.3.0
 */
export interface InvalidToken {
  readonly _tag: 'InvalidToken'
  readonly path: string
  readonly expected: string
  readonly value: unknown
}

/**
 * The token is of a call that cannot be told by one policy.
 *
 * | reason | when |
 * | --- | --- |
 * | `noRetry` | no retry inside was heard of: the recording has to be around `withRetry` |
 * | `severalRetries` | more than one call was retried side by side, or one after the other, as under `withHedge` |
 * | `otherRandom` | the draws were not from the seed: `withEnv`, or another recording, stands between the two |
 * | `notEnded` | the call ended, and the retry inside had not |
 * | `tooLarge` | the token would have been longer than a million letters |
 *
 * @category model
 * @since 0.3.0
 */
export interface NotReplayable {
  readonly _tag: 'NotReplayable'
  readonly reason: Unreplayable
}

/** @inline */
export type Unreplayable = 'noRetry' | 'severalRetries' | 'otherRandom' | 'notEnded' | 'tooLarge'

/**
 * After this attempt the policy decides otherwise than in the recorded run.
 *
 * @category model
 * @since 0.3.0
 */
export interface Diverged {
  readonly _tag: 'Diverged'
  readonly attempt: number
  readonly recorded: Decided
  readonly replayed: Decided
}

/**
 * What a retry decided; a `delay` is `undefined` where an abort or a budget came before it was to be seen.
 *
 * @category model
 * @since 0.3.0
 */
export type Decided =
  | { readonly _tag: 'Accept' }
  | { readonly _tag: 'Retry'; readonly delay: number | undefined }
  | { readonly _tag: 'GiveUp'; readonly reason: 'Exhausted'; readonly hint: number | undefined }
  | { readonly _tag: 'GiveUp'; readonly reason: 'NotRetryable' | 'PolicyFault' }

/**
 * The caller's `revive` threw.
 *
 * @category model
 * @since 0.3.0
 */
export interface ReviveFailed {
  readonly _tag: 'ReviveFailed'
  readonly error: unknown
}

// --- showing

/**
 * Shows in one line why a run could not be replayed.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, limitRetries, runOrThrow, withRetry } from 'reprise'
 * import { replay, showReplayFault, withRecording } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const tokens: string[] = []
 * const task = pipe(
 *   async () => Promise.reject(new Error('down')),
 *   withRetry(pipe(fixed(3), limitRetries(1))),
 *   withRecording((token) => tokens.push(token))
 * )
 * await task()
 *
 * const other = await replay(pipe(fixed(5), limitRetries(1)), tokens.join())()
 * assert.equal(other._tag === 'Left' && showReplayFault(other.left),
 *   'after attempt 1 the recorded run waited 3 ms; this policy waits 5 ms')
 *
 * @category reading
 * @since 0.3.0
 */
export const showReplayFault = (fault: ReplayFault): string => {
  switch (fault._tag) {
    case 'InvalidToken': {
      const { path, expected, value } = fault
      return `${path === '' ? 'token' : cut(path, 100)}: expected ${expected}, got ${cut(print(value), 60)}`
    }
    case 'NotReplayable':
      return sayings[fault.reason]
    case 'Diverged': {
      const { attempt, recorded, replayed } = fault
      return `after attempt ${attempt} the recorded run ${past(recorded)}; this policy ${present(replayed)}`
    }
    case 'ReviveFailed':
      return `revive threw: ${cut(print(fault.error), 100)}`
  }
}

const sayings: Readonly<Record<Unreplayable, string>> = {
  noRetry: 'no retry was recorded: none began inside, or withRecording does not stand around withRetry',
  severalRetries: 'several retried calls were recorded as one: put withRecording right around withRetry',
  otherRandom: 'the waits were not drawn from the seed: put withEnv outside of withRecording',
  notEnded: 'the call ended before the retry inside did',
  tooLarge: 'the run was too large to be recorded'
}

const past = (decided: Decided): string => {
  switch (decided._tag) {
    case 'Accept':
      return 'succeeded'
    case 'Retry':
      return decided.delay === undefined ? 'was to go on' : `waited ${decided.delay} ms`
    case 'GiveUp':
      return `gave up (${reasonOf(decided)})`
  }
}

const present = (decided: Decided): string => {
  switch (decided._tag) {
    case 'Accept':
      return 'accepts the result'
    case 'Retry':
      return `waits ${decided.delay} ms`
    case 'GiveUp':
      return `gives up (${reasonOf(decided)})`
  }
}

const reasonOf = ({
  reason,
  hint
}: {
  readonly reason: string
  readonly hint?: number | undefined
}): string => (hint === undefined ? reason : `${reason}, at a hint of ${hint} ms`)

const cut = (text: string, length: number): string =>
  // Control characters would be obeyed by a terminal.
  (text.length <= length ? text : `${text.slice(0, length)}…`).replace(/\p{C}/gu, '\uFFFD')
