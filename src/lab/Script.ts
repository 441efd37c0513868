/** A recorded run, brought back from its token: what a function and a clock have to do for a retry to run as it did. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Result } from '../action/entry.js'
import type { RetryEvent } from '../action/RetryEvent.js'
import type { Decided, ReviveFailed } from './ReplayFault.js'
import type { RecordedAttempt, RecordedRun } from './RunToken.js'
import { type Replace, restore, type Stored } from './Stored.js'

// --- model

export interface Script {
  readonly seed: number
  readonly name: string
  readonly args: ReadonlyArray<unknown>
  readonly attempts: ReadonlyArray<ScriptedAttempt>
  /** Did a budget refuse the retry after the last of them? */
  readonly refused: boolean
  readonly cut: Cut | undefined
  /** What others told, and after how many events of the retry. */
  readonly others: ReadonlyArray<readonly [after: number, event: RetryEvent]>
}

export interface ScriptedAttempt {
  readonly due: number
  readonly startedAt: number
  readonly ended: number
  /** What the function gives. */
  readonly answer: () => Promise<Result>
  /** Which number of the seed's sequence was drawn for the wait. */
  readonly draw: number
  /** What the policy decided then. */
  readonly decided: Decided
}

/** An abort, and the attempt that it cut short, if it was one that was due at `due`. */
export interface Cut {
  readonly elapsed: number
  readonly reason: unknown
  readonly due: number | undefined
  /** Was the function called in that attempt? */
  readonly called: boolean
}

// --- conversions

/** Brings back a run, with errors and results as `revive` makes them. */
export const toScript = (run: RecordedRun, revive: Replace): Either<ReviveFailed, Script> => {
  try {
    return { _tag: 'Right', right: revived(run, revive) }
  } catch (error) {
    return { _tag: 'Left', left: { _tag: 'ReviveFailed', error } }
  }
}

const revived = ({ attempts, end, others = [], ...run }: RecordedRun, revive: Replace): Script => {
  const args = restoreAll(run.args, revive)
  return {
    seed: run.seed,
    name: run.name,
    args,
    attempts: attempts.map(([due, startedAt, ended, outcome, content, delay, draw], i) => ({
      due,
      startedAt,
      ended,
      answer: answerOf(outcome, restore(outcome === 'Answered' ? 'value' : 'error', content, revive)),
      draw: draw ?? i,
      decided: typeof delay === 'number' ? { _tag: 'Retry', delay } : decidedLast(end)
    })),
    refused: end._tag === 'BudgetExhausted',
    cut:
      end._tag === 'Aborted'
        ? {
            elapsed: end.elapsed,
            reason: restore('reason', end.reason, revive),
            due: end.due,
            called: end.called === true
          }
        : undefined,
    others: others.map(([after, { _tag, attempt, elapsed, args: its, ...rest }]) => {
      const restored = Object.entries(rest).map(([key, part]) => [key, restore(key, part, revive)] as const)
      const context = { attempt, elapsed, args: Array.isArray(its) ? restoreAll(its, revive) : args }
      // It is as it was recorded, and nothing looks into it.
      return [after, { _tag, ...context, ...Object.fromEntries(restored) } as unknown as RetryEvent]
    })
  }
}

const restoreAll = (stored: ReadonlyArray<Stored>, revive: Replace): ReadonlyArray<unknown> =>
  stored.map((part, i) => restore(String(i), part, revive))

const answerOf = (outcome: RecordedAttempt[3], content: unknown): (() => Promise<Result>) => {
  switch (outcome) {
    case 'Answered':
      // Said to be a `Right`, since it may look like an `Either` itself.
      return () => Promise.resolve({ _tag: 'Right', right: content })
    case 'Failed':
      return () => Promise.resolve({ _tag: 'Left', left: content })
    case 'Threw':
      return () => Promise.reject(content)
  }
}

/** What was decided after the last attempt, if no wait was told of. */
const decidedLast = (end: RecordedRun['end']): Decided => {
  switch (end._tag) {
    case 'Succeeded':
      return { _tag: 'Accept' }
    case 'Aborted':
    case 'BudgetExhausted':
      return { _tag: 'Retry', delay: undefined }
    case 'Exhausted':
      return {
        _tag: 'GiveUp',
        reason: end._tag,
        // Stryker disable next-line StringLiteral: nobody is told of its key
        hint: end.hint === undefined ? undefined : Number(restore('hint', end.hint))
      }
    default:
      return { _tag: 'GiveUp', reason: end._tag }
  }
}
