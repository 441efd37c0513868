import type { Either } from 'fp-ts/lib/Either.js'
import { isRetryError, isTimedOut, lastFailure } from 'reprise'
import { type VirtualClock, virtualClock } from 'reprise/testing'

/** Runs a task on virtual time until nothing waits any more; gives its result and when that was there. */
export const play = async <R>(
  make: (clock: VirtualClock) => () => Promise<R>
): Promise<{ readonly result: R; readonly elapsed: number }> => {
  const clock = virtualClock()
  const ended: Array<{ result: R; elapsed: number }> = []
  void make(clock)().then((result) => ended.push({ result, elapsed: clock.now() }))
  await clock.runAll()
  if (ended[0] === undefined) throw new Error('play: the task does not end')
  return ended[0]
}

/** How a call ended, in short: the tag, and the result or what the last failure held. */
export const ending = (result: Either<unknown, unknown>): readonly [tag: string, content: unknown] => {
  if (result._tag === 'Right') return ['Right', result.right]
  const error = result.left
  if (!isRetryError(error) && !isTimedOut(error)) return ['Left', error]
  const last = lastFailure(error)
  if (last._tag === 'None') return [error._tag, undefined]
  return [error._tag, last.value._tag === 'Rejected' ? last.value.value : last.value.error]
}
