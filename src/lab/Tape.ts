/** Keeps what happens in a call as it happens, for its token. One of the few places with mutable state: that of one call. */
import type {
  AttemptFailed,
  AttemptStarted,
  GaveUp,
  RetryEvent,
  RetryScheduled,
  Succeeded
} from '../action/RetryEvent.js'
import type { Unreplayable } from './ReplayFault.js'
import { maxLength, type OtherEvent, type RecordedAttempt, type RecordedEnd, toToken } from './RunToken.js'
import { keepAll, type Replace, store, type Stored } from './Stored.js'

// --- model

export interface Tape {
  /** Hears of the retry that is recorded, and of what is no retry. */
  readonly hear: (event: RetryEvent) => void
  /** Hears of retries inside of it. */
  readonly hearOther: (event: RetryEvent) => void
  readonly token: () => string
}

export interface TapeOptions {
  readonly seed: number
  readonly args: ReadonlyArray<unknown>
  /** How many numbers have been drawn. */
  readonly draws: () => number
  readonly replace?: Replace | undefined
}

// --- constructors

export const newTape = ({ seed, args, draws, replace = keepAll }: TapeOptions): Tape => {
  const attempts: RecordedAttempt[] = []
  const others: Array<readonly [number, OtherEvent]> = []
  // Stryker disable next-line StringLiteral: what sets the end sets the name
  let name = ''
  let heard = 0
  /** When the attempt under way was due. */
  let due: number | undefined
  let end: RecordedEnd | undefined
  let failure: Unreplayable | undefined
  let drawn = 0
  let length = 0

  const fail = (reason: Unreplayable): void => {
    failure ??= reason
    attempts.length = 0
    others.length = 0
  }

  /** Keeps a part, as long as there is room. */
  const keep = <A>(list: A[], part: A): void => {
    // Stryker disable next-line AssignmentOperator: it saves memory; the token of so much would say the same
    length += JSON.stringify(part).length
    // Stryker disable next-line ConditionalExpression, EqualityOperator: so does this
    if (length > maxLength) fail('tooLarge')
    else list.push(part)
  }

  const keepArgs = (of: ReadonlyArray<unknown>): ReadonlyArray<Stored> =>
    of.map((arg, i) => store(String(i), arg, replace))
  // They may be changed before the call ends.
  const keptArgs = keepArgs(args)

  const started = ({ attempt, elapsed, name: its }: AttemptStarted): void => {
    if (end !== undefined || due !== undefined || attempt !== attempts.length + 1) {
      fail('severalRetries')
      return
    }
    name = its
    due = elapsed
  }

  const settled = (event: AttemptFailed | Succeeded): void => {
    if (due === undefined) {
      fail('severalRetries')
      return
    }
    const { elapsed } = event
    if (event._tag === 'Succeeded') {
      // It is not told when it started. From this start on it takes the very same `duration`, though both are rounded: where
      // one number is at least half of another, their difference is exact, and so is either this one or that.
      const content = store('value', event.value, replace)
      keep(attempts, [due, elapsed - event.duration, elapsed, 'Answered', content])
      end = { _tag: 'Succeeded' }
    } else {
      const { failure: it } = event
      // Each failure draws once.
      if (draws() === drawn) fail('otherRandom')
      drawn = draws()
      const [outcome, content] =
        it._tag === 'Rejected'
          ? (['Answered', store('value', it.value, replace)] as const)
          : ([it._tag, store('error', it.error, replace)] as const)
      const row = [due, it.startedAt, elapsed, outcome, content] as const
      const draw = drawn - 1
      if (draw !== attempts.length) keep(attempts, [...row, it.delay ?? null, draw])
      else keep(attempts, it.delay === undefined ? row : [...row, it.delay])
    }
    due = undefined
  }

  const gaveUp = ({ error, elapsed, name: its }: GaveUp): void => {
    if (end !== undefined) {
      fail('severalRetries')
      return
    }
    name = its
    if (error._tag === 'Aborted') {
      const underWay = due !== undefined && { due, called: error.attempts > attempts.length }
      end = { _tag: 'Aborted', elapsed, reason: store('reason', error.reason, replace), ...underWay }
    } else if (error._tag === 'Exhausted') {
      // Stryker disable next-line StringLiteral: nobody is told of its key
      const hint = store('hint', error.hint)
      end = { _tag: 'Exhausted', ...(error.hint !== undefined && { hint }) }
    } else end = { _tag: error._tag }
    due = undefined
  }

  const hearOwn = (event: AttemptStarted | AttemptFailed | RetryScheduled | Succeeded | GaveUp): void => {
    heard += 1
    if (event._tag === 'AttemptStarted') started(event)
    else if (event._tag === 'AttemptFailed' || event._tag === 'Succeeded') settled(event)
    else if (event._tag === 'GaveUp') gaveUp(event)
  }

  const hearOther = (event: RetryEvent): void => {
    // Stryker disable next-line ConditionalExpression: it saves keeping what no token will have
    if (failure !== undefined) return
    const { _tag, attempt, elapsed, name: its, args: theirs, ...rest } = event
    const stored = Object.entries(rest).map(([key, part]) => [
      key,
      store(key, part, ownKeys.includes(key) ? keepAll : replace)
    ])
    keep(others, [
      heard,
      {
        _tag,
        attempt,
        elapsed,
        name: its,
        ...(theirs !== args && { args: keepArgs(theirs) }),
        ...(Object.fromEntries(stored) as Readonly<Record<string, Stored>>)
      }
    ])
  }

  return {
    hear: (event) => {
      switch (event._tag) {
        case 'AttemptStarted':
        case 'AttemptFailed':
        case 'RetryScheduled':
        case 'Succeeded':
        case 'GaveUp':
          // Stryker disable next-line ConditionalExpression: it saves keeping what no token will have
          if (failure === undefined) hearOwn(event)
          break
        default:
          hearOther(event)
      }
    },
    hearOther,
    token: () => {
      if (failure !== undefined) return toToken(failure)
      if (end === undefined) return toToken(heard === 0 ? 'noRetry' : 'notEnded')
      return toToken({
        seed,
        name,
        args: keptArgs,
        attempts,
        end,
        ...(others.length > 0 && { others })
      })
    }
  }
}

/** What of an event is of the call, not of its arguments, errors and results. */
const ownKeys: ReadonlyArray<string> = ['previousDelay', 'delay', 'duration']
