/**
 * Makes a recorded run again: the library's own `withRetry`, around a function that follows the recording, on a clock that
 * shows what was recorded. Nothing of the retry is re-implemented, so what is replayed is what runs.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type Callable, type Decide, type Result, toRun } from '../action/entry.js'
import type { RetryError } from '../action/RetryError.js'
import type { RetryEvent } from '../action/RetryEvent.js'
import { withRetry } from '../action/withRetry.js'
import { invalid, known } from '../policy/argument.js'
import { stopped } from '../policy/evaluate.js'
import { type AnyPolicy, type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import type { Simulated } from '../policy/simulate.js'
import { decide, type Ruling, toDecision } from '../policy/step.js'
import { uniform } from '../policy/uniform.js'
import type { Decided, Diverged, ReplayFault } from './ReplayFault.js'
import { fromToken } from './RunToken.js'
import { type Script, type ScriptedAttempt, toScript } from './Script.js'
import { interruptOf, newStage } from './Stage.js'
import { keepAll } from './Stored.js'

// --- model

/**
 * How a token is read.
 *
 * @category model
 * @since 0.3.0
 */
export interface ReplayOptions {
  /**
   * Gives what is to take the place of an argument, an error or result, or a part of them; as the reviver of `JSON.parse`:
   * errors and results are under the keys `error` and `value`. For conditions by class, and for what `replace` has changed.
   */
  readonly revive?: ((key: string, value: unknown) => unknown) | undefined
}

/**
 * A run as it was. Times in milliseconds from the start of the call.
 *
 * @category model
 * @since 0.3.0
 */
export interface Replayed {
  /** What an observer around the retry was told. */
  readonly events: ReadonlyArray<RetryEvent>
  /** The waits between attempts, in order. */
  readonly waits: ReadonlyArray<number>
  /** What the policy decided after each attempt, with the windows that the waits were drawn from. */
  readonly decisions: ReadonlyArray<Simulated<unknown, unknown>>
  /** What the retry ended with; `Aborted`, with the reason, if it was cut short. */
  readonly result: Either<RetryError<unknown, unknown>, unknown>
}

// --- running

/**
 * Makes the run again that a token of `withRecording` stands for: the same waits, decisions and events, to the bit, with
 * errors and results as far as JSON keeps them. Nothing is called but the functions of the policy, and nothing is waited for.
 *
 * A run that was aborted or timed out ends where it was cut short, as `Aborted` with the reason; one that a retry budget
 * refused, as `BudgetExhausted`. Events of limits, breakers, hedges and retries inside are told again as they were recorded.
 *
 * A `Left` for a text that is no token, for one that cannot be replayed, and if the policy decides otherwise than the run: it
 * says after which attempt, and how. `showReplayFault` puts it in words. Throws a `TypeError` for what is no policy.
 *
 * *Gotchas*: conditions by class match errors of the language alone (`TypeError`), unless `revive` makes them of their class. A
 * policy that asks something else than its arguments, such as the time of day, may decide otherwise.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, limitRetries, retryOn, withRetry } from 'reprise'
 * import { replay, withRecording } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * class HttpError extends Error {
 *   override readonly name = 'HttpError'
 *   constructor(readonly status: number) {
 *     super(`status ${status}`)
 *   }
 * }
 * const policy = pipe(fixed(3), limitRetries(1), retryOn(HttpError))
 * const tokens: string[] = []
 * const task = pipe(
 *   async () => Promise.reject(new HttpError(503)),
 *   withRetry(policy),
 *   withRecording((token) => tokens.push(token))
 * )
 * await task()
 *
 * const revive = (_key: string, value: unknown): unknown =>
 *   value instanceof Error && value.name === 'HttpError' && 'status' in value ? new HttpError(Number(value.status)) : value
 * const replayed = await replay(policy, tokens.join(), { revive })()
 * assert(replayed._tag === 'Right' && replayed.right.result._tag === 'Left')
 * assert.deepEqual(replayed.right.waits, [3])
 * const [first] = replayed.right.result.left.failures
 * assert(first?._tag === 'Threw' && first.error instanceof HttpError && first.error.status === 503)
 *
 * @category running
 * @since 0.3.0
 */
export const replay = (
  policy: AnyPolicy,
  token: string,
  options: ReplayOptions = {}
): TaskEither<ReplayFault, Replayed> => {
  toPolicy('replay: policy', policy)
  known('replay', options, ['revive'])
  const { revive = keepAll } = options
  if (typeof revive !== 'function') invalid('replay: revive', 'a function', revive)
  return async () => {
    const read = fromToken(token)
    if (read._tag === 'Left') return read
    const script = toScript(read.right, revive)
    return script._tag === 'Left' ? script : play(policy, script.right)
  }
}

// --- playing

const play = async (policy: AnyPolicy, script: Script): Promise<Either<ReplayFault, Replayed>> => {
  const { seed, name, args, attempts, cut } = script
  const stage = newStage(script)
  const current = (): ScriptedAttempt | undefined => attempts[stage.begun() - 1]
  const fn = (): Promise<Result> => {
    const attempt = current()
    // What was cut short never ends.
    if (attempt === undefined) return new Promise(() => undefined)
    stage.set(attempt.ended)
    return attempt.answer()
  }
  Object.defineProperty(fn, 'name', { value: name })

  const decisions: Array<Simulated<unknown, unknown>> = []
  let diverged: Diverged | undefined
  const decideAsRecorded: Decide = (plan, state, outcome, context, draw) => {
    const { attempt, elapsed } = context
    // A run that would go on for longer than was recorded has been ended.
    const { decided } = current() as ScriptedAttempt
    const ruling = decide(plan, state, outcome, context, draw)
    decisions.push({ ...toDecision(ruling), attempt, elapsed })
    const replayed = decidedBy(ruling)
    if (!isSame(decided, replayed)) diverged = { _tag: 'Diverged', attempt, recorded: decided, replayed }
    // Stryker disable next-line ConditionalExpression: what is none, and has not diverged, is given below as it is
    if (ruling._tag !== 'Retry') return ruling
    const { cause } = ruling
    if (diverged !== undefined) return { _tag: 'GiveUp', cause, verdict: stopped }
    return script.refused && attempt === attempts.length
      ? { _tag: 'GiveUp', cause, verdict: { _tag: 'BudgetExhausted' } }
      : ruling
  }

  // At run time the types of what can be judged make no difference.
  const retried = withRetry(policy as RetryPolicy)(fn) as Callable
  const result = await toRun(retried)(
    {
      clock: stage.clock,
      // It is drawn for what the attempt came to.
      random: () => uniform(seed, (current() as ScriptedAttempt).draw),
      decide: decideAsRecorded,
      report: stage.report,
      interrupt: cut && interruptOf(cut, script, stage)
    },
    args
  )
  if (diverged !== undefined) return { _tag: 'Left', left: diverged }
  return {
    _tag: 'Right',
    right: {
      ...stage.told(),
      decisions,
      // A retry fails with nothing else.
      result: result as Replayed['result']
    }
  }
}

// --- decisions

const decidedBy = (ruling: Ruling): Decided => {
  switch (ruling._tag) {
    case 'Accept':
      return { _tag: 'Accept' }
    case 'Retry':
      return { _tag: 'Retry', delay: ruling.delay }
    case 'GiveUp':
      return ruling.verdict._tag === 'Exhausted'
        ? { _tag: 'GiveUp', reason: 'Exhausted', hint: ruling.verdict.hint }
        : { _tag: 'GiveUp', reason: ruling.verdict._tag }
  }
}

/** A wait that was not told of may have been any. */
const isSame = (recorded: Decided, replayed: Decided): boolean =>
  Object.entries(recorded).every(
    ([key, part]) =>
      (key === 'delay' && part === undefined) ||
      // Where the tags and the reasons are the same, so are the keys.
      Object.is(part, (replayed as unknown as Readonly<Record<string, unknown>>)[key])
  )
