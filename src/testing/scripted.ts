import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { invalid } from '../policy/argument.js'
import type { Clock } from '../runtime/Clock.js'

/**
 * A task that does what a script says.
 *
 * @category model
 * @since 0.1.0
 */
export interface Scripted<E, A> extends TaskEither<E, A> {
  /** How often it was called. */
  readonly calls: () => number
}

/**
 * What the calls come to, given their number (from 1), and how long they take.
 *
 * @category model
 * @since 0.1.0
 */
export interface ScriptOptions<E, A> {
  /** What an `L` fails with; the number of the call if not set. */
  readonly left?: (call: number) => E
  /** What an `R` gives; the number of the call if not set. */
  readonly right?: (call: number) => A
  /** What a `T` rejects with. */
  readonly thrown?: (call: number) => unknown
  /** Milliseconds on `clock` that each call takes: one number, or one for each call, the last of which repeats. */
  readonly duration?: number | ReadonlyArray<number>
  /** The clock that `duration` is counted on. */
  readonly clock?: Clock
}

/**
 * Makes a task that follows a script, a letter for each call: `L` fails with a `Left`, `R` succeeds, `T` throws, `P` stays
 * pending for ever. The last letter repeats. Unless said otherwise, the error, the result and what is thrown are the number of the call.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { scripted } from 'reprise/testing'
 *
 * const fn = scripted('LR', { left: (call) => `failure ${call}` })
 * assert.deepEqual(await fn(), { _tag: 'Left', left: 'failure 1' })
 * assert.deepEqual(await fn(), { _tag: 'Right', right: 2 })
 * assert.equal(fn.calls(), 2)
 *
 * @category constructors
 * @since 0.1.0
 */
export const scripted = <E = number, A = number>(
  script: string,
  options: ScriptOptions<E, A> = {}
): Scripted<E, A> => {
  if (typeof script !== 'string' || !/^[LRTP]+$/.test(script))
    invalid('scripted: script', "a text of the letters 'L', 'R', 'T' and 'P'", script)
  // Without options, E and A are the number of the call.
  const {
    left = (call) => call as E,
    right = (call) => call as A,
    thrown = (call: number): unknown => call,
    duration = 0,
    clock
  } = options
  const durations = typeof duration === 'number' ? [duration] : duration
  let calls = 0
  const task: TaskEither<E, A> = async () => {
    const call = ++calls
    const ms = durations[Math.min(call, durations.length) - 1] ?? 0
    if (ms > 0 && clock !== undefined) await new Promise<void>((resolve) => clock.after(ms, resolve))
    switch (script[Math.min(call, script.length) - 1]) {
      case 'L':
        return { _tag: 'Left', left: left(call) }
      case 'T':
        throw thrown(call)
      case 'P':
        return new Promise<never>(() => undefined)
      default:
        return { _tag: 'Right', right: right(call) }
    }
  }
  return Object.assign(task, { calls: () => calls })
}
