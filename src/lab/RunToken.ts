/**
 * A recorded run as a line of text, and back: `reprise1.`, then JSON as base64url. The number is the version of the format.
 *
 * Whatever is read, nothing is thrown: it comes from logs and messages.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { RetryEvent } from '../action/RetryEvent.js'
import type { InvalidToken, NotReplayable, Unreplayable } from './ReplayFault.js'
import { type Problem, problemOf, type Stored } from './Stored.js'

// --- model

/** A call of a retry, with all that its policy cannot know. Times in milliseconds from the start of the call. */
export interface RecordedRun {
  readonly seed: number
  readonly name: string
  readonly args: ReadonlyArray<Stored>
  readonly attempts: ReadonlyArray<RecordedAttempt>
  readonly end: RecordedEnd
  /** What others than this retry told, and after how many of its own events. */
  readonly others?: ReadonlyArray<readonly [after: number, event: OtherEvent]>
}

/**
 * What an attempt came to. It was due at `due`, and the function was called a little later, at `startedAt`. The wait is not
 * there if none was told of. The draw is the place in the seed's sequence, where it is not that of the attempt in the list:
 * retries inside draw as well. A list, since there may be many.
 */
export type RecordedAttempt = readonly [
  due: number,
  startedAt: number,
  ended: number,
  outcome: 'Answered' | 'Failed' | 'Threw',
  content: Stored,
  delay?: number | null,
  draw?: number
]

/** How the retry ended; with what an abort cut short: an attempt that was due at `due`, or a wait. */
export type RecordedEnd =
  | { readonly _tag: 'Succeeded' | 'NotRetryable' | 'PolicyFault' | 'BudgetExhausted' }
  | { readonly _tag: 'Exhausted'; readonly hint?: Stored }
  | {
      readonly _tag: 'Aborted'
      readonly elapsed: number
      readonly reason: Stored
      readonly due?: number
      /** Was the function called in that attempt? */
      readonly called?: boolean
    }

/** An event, with the name and arguments left out where they are those of the call. */
export interface OtherEvent {
  readonly _tag: RetryEvent['_tag']
  readonly attempt: number
  readonly elapsed: number
  readonly [key: string]: Stored
}

const prefix = 'reprise1.'

/** How long a token may be. */
export const maxLength = 2 ** 20

// --- to text

/** Gives the token of a run, or of why there is none. */
export const toToken = (run: RecordedRun | Unreplayable): string => {
  const token = prefix + toBase64(JSON.stringify(typeof run === 'string' ? { unreplayable: run } : run))
  return token.length > maxLength ? toToken('tooLarge') : token
}

// Browsers have no `Buffer`. The functions that they have are for bytes as letters.
const toBase64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const fromBase64 = (text: string): string => {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder('utf-8', { fatal: true }).decode(
    Uint8Array.from(bytes, (letter) => letter.charCodeAt(0))
  )
}

// --- from text

/** Reads a token; the space around one that was copied does not matter. */
export const fromToken = (token: unknown): Either<InvalidToken | NotReplayable, RecordedRun> => {
  if (typeof token !== 'string') return invalid({ path: '', expected: 'a text', value: token })
  if (token.length > maxLength)
    return invalid({ path: '', expected: `at most ${maxLength} letters`, value: token.length })
  const text = token.trim()
  if (!text.startsWith(prefix))
    return invalid({ path: '', expected: `a token, which begins with '${prefix}'`, value: token })
  const json = parse(text.slice(prefix.length))
  if (json === undefined) return invalid({ path: '', expected: 'a whole token', value: token })
  // Stryker disable next-line StringLiteral: only whether anything is wrong is asked
  if (unreplayable(json, '') === undefined)
    return { _tag: 'Left', left: { _tag: 'NotReplayable', reason: (json as Unreplayed).unreplayable } }
  const problem = wholeRun(json, '')
  // It has been checked, down to the last part.
  return problem === undefined ? { _tag: 'Right', right: json as RecordedRun } : invalid(problem)
}

interface Unreplayed {
  readonly unreplayable: Unreplayable
}

const invalid = (problem: Problem): Either<InvalidToken, never> => ({
  _tag: 'Left',
  left: { _tag: 'InvalidToken', ...problem }
})

const parse = (text: string): unknown => {
  try {
    return JSON.parse(fromBase64(text))
  } catch {
    // It was cut, or is none.
  }
  return undefined
}

// --- the shape of a run

/** Gives what is wrong with a value; `undefined` if nothing is. */
type Shape = (value: unknown, path: string) => Problem | undefined

const is =
  (expected: string, test: (value: unknown) => boolean): Shape =>
  (value, path) =>
    test(value) ? undefined : { path, expected, value }

const oneOf = (names: ReadonlyArray<unknown>): Shape =>
  is(`one of ${names.join(', ')}`, (value) => names.includes(value))

const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? undefined : shape(value, path)

const listOf =
  (shape: Shape): Shape =>
  (value, path) =>
    Array.isArray(value)
      ? firstOf(value as ReadonlyArray<unknown>, (part, i) => shape(part, `${path}.${i}`))
      : { path, expected: 'a list', value }

const pairOf =
  (...shapes: readonly [Shape, Shape]): Shape =>
  (value, path) =>
    Array.isArray(value) && value.length === 2
      ? firstOf(shapes, (shape, i) => shape(value[i], `${path}.${i}`))
      : { path, expected: 'a pair', value }

/** An object with these keys; others are of the shape `rest`, if it is given. */
const object =
  (shapes: Readonly<Record<string, Shape>>, rest?: Shape): Shape =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { path, expected: 'an object', value }
    const given = value as Readonly<Record<string, unknown>>
    const place = (key: string): string => (path === '' ? key : `${path}.${key}`)
    return (
      firstOf(Object.entries(shapes), ([key, shape]) => shape(given[key], place(key))) ??
      firstOf(Object.keys(given), (key) =>
        Object.hasOwn(shapes, key)
          ? undefined
          : (rest?.(given[key], place(key)) ??
            (rest ? undefined : { path: place(key), expected: 'no such key', value: given[key] }))
      )
    )
  }

const firstOf = <A>(
  list: ReadonlyArray<A>,
  check: (each: A, index: number) => Problem | undefined
): Problem | undefined => {
  for (const [i, each] of list.entries()) {
    const problem = check(each, i)
    if (problem !== undefined) return problem
  }
  return undefined
}

const time = is('a number', Number.isFinite)
const count = is('a whole number >= 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0)
const text = is('a text', (value) => typeof value === 'string')
const stored: Shape = (value, path) =>
  value === undefined ? { path, expected: 'a value', value } : problemOf(value, path)

const unreplayable = object({
  unreplayable: oneOf(['noRetry', 'severalRetries', 'otherRandom', 'notEnded', 'tooLarge'])
})

const attempt: Shape = (value, path) => {
  if (!Array.isArray(value) || value.length < 5 || value.length > 7)
    return { path, expected: 'a list of 5 to 7', value }
  return firstOf(attemptParts, (shape, i) => shape(value[i], `${path}.${i}`))
}

const attemptParts: ReadonlyArray<Shape> = [
  time,
  time,
  time,
  oneOf(['Answered', 'Failed', 'Threw']),
  stored,
  (value, path) => (value === null ? undefined : optional(count)(value, path)),
  optional(count)
]

const tag = oneOf(['Succeeded', 'NotRetryable', 'PolicyFault', 'BudgetExhausted', 'Exhausted', 'Aborted'])

const aborted = object({
  _tag: tag,
  elapsed: time,
  reason: stored,
  due: optional(time),
  called: optional(is('a boolean', (value) => typeof value === 'boolean'))
})

const end: Shape = (value, path) => {
  const of = (value as { readonly _tag?: unknown } | null | undefined)?._tag
  if (of === 'Aborted') return aborted(value, path)
  return object(of === 'Exhausted' ? { _tag: tag, hint: optional(stored) } : { _tag: tag })(value, path)
}

// Stryker disable BooleanLiteral: it is a list of the keys, of which the compiler sees that it is whole
const events: Readonly<Record<RetryEvent['_tag'], true>> = {
  AttemptStarted: true,
  AttemptFailed: true,
  RetryScheduled: true,
  Succeeded: true,
  GaveUp: true,
  LimitWaiting: true,
  LimitGranted: true,
  LimitRefused: true,
  CircuitOpened: true,
  CircuitHalfOpened: true,
  CircuitClosed: true,
  CircuitRefused: true,
  HedgeStarted: true
}

// Stryker restore BooleanLiteral

// The rest of them is data that nothing here looks into.
const otherEvent = object({ _tag: oneOf(Object.keys(events)), attempt: count, elapsed: time }, stored)

const run = object({
  seed: is('a whole number', Number.isSafeInteger),
  name: text,
  args: listOf(stored),
  attempts: listOf(attempt),
  end,
  others: optional(listOf(pairOf(count, otherEvent)))
})

/** A run whose parts fit each other: all attempts but the last were followed by a wait, and that only if it was cut short. */
const wholeRun: Shape = (value, path) => {
  const problem = run(value, path)
  if (problem !== undefined) return problem
  const { attempts, end: ending } = value as RecordedRun
  const last = attempts.length - 1
  if (last < 0 && ending._tag !== 'Aborted')
    return { path: 'attempts', expected: 'at least one', value: attempts }
  return firstOf(attempts, ([, , , , , delay], i) => {
    const isMissing = delay === undefined || delay === null
    if (i < last || 'due' in ending)
      return isMissing ? { path: `attempts.${i}.5`, expected: 'a wait', value: delay } : undefined
    // An abort may come in the wait, or just before it.
    return isMissing || ending._tag === 'Aborted'
      ? undefined
      : { path: `attempts.${i}.5`, expected: 'no wait after the last attempt', value: delay }
  })
}
