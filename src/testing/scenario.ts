import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { RetryError } from '../action/RetryError.js'
import type { RetryEvent } from '../action/RetryEvent.js'
import { withEnv } from '../action/withEnv.js'
import { withObserver } from '../action/withObserver.js'
import { withRetry } from '../action/withRetry.js'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import type { Random } from '../runtime/Random.js'
import { type ScriptOptions, scripted } from './scripted.js'
import { seededRandom } from './seededRandom.js'
import { virtualClock } from './VirtualClock.js'

/**
 * A policy, what the function does, and the randomness: a seed (0 if not said), or numbers of your own.
 *
 * @category model
 * @since 0.1.0
 */
export interface Scenario<E, A> extends Omit<ScriptOptions<E, A>, 'clock'> {
  readonly policy: RetryPolicy<E, A>
  readonly script: string
  readonly random?: number | Random
}

/**
 * What became of a scenario, to be compared whole. Times in milliseconds of virtual time.
 *
 * @category model
 * @since 0.1.0
 */
export interface Played<E, A> {
  /** How often the function was called. */
  readonly calls: number
  /** The waits between the calls. */
  readonly waits: ReadonlyArray<number>
  /** All that an observer was told. */
  readonly events: ReadonlyArray<RetryEvent>
  /** What the call came to. */
  readonly result: Either<RetryError<E, A>, A>
  /** How long it took. */
  readonly elapsed: number
}

/**
 * Plays a scenario on a virtual clock: what a policy does with a function that follows a script. The letters are those of
 * `scripted`. Rejects with an `Error` if the call does not end.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries } from 'reprise'
 * import { scenario } from 'reprise/testing'
 *
 * const { calls, waits, result } = await scenario({ policy: limitRetries(5)(exponential('1m')), script: 'LLR' })
 * assert.deepEqual({ calls, waits, result }, { calls: 3, waits: [60_000, 120_000], result: { _tag: 'Right', right: 3 } })
 *
 * @category running
 * @since 0.1.0
 */
export const scenario = async <E = number, A = number>(given: Scenario<E, A>): Promise<Played<E, A>> => {
  const { policy, script, random = 0, ...options } = given
  const clock = virtualClock()
  const events: RetryEvent[] = []
  const fn = scripted<E, A>(script, { ...options, clock })
  const environment = { clock, random: typeof random === 'number' ? seededRandom(random) : random }
  // What the compiler cannot see with E and A left open: a policy over E and A judges a task of just these.
  const task = withRetry(policy)(fn as never) as TaskEither<RetryError<E, A>, A>
  const run = withEnv(environment)(
    withObserver((event) => events.push(event))(task as never) as never
  ) as typeof task

  const ended: Array<Either<RetryError<E, A>, A>> = []
  void run().then((result) => ended.push(result))
  await clock.runAll()
  const [result] = ended
  if (result === undefined) throw new Error(`scenario: the call does not end (${fn.calls()} calls)`)
  const waits = events.flatMap((event) => (event._tag === 'RetryScheduled' ? [event.delay] : []))
  return { calls: fn.calls(), waits, events, result, elapsed: clock.now() }
}
