import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type Run, toAction, toCallable, toRun } from './entry.js'

/**
 * Makes a plain fp-ts step between two wrappers one that keeps the context (attempt, signal, clock, observers): without
 * it, what is inside such a step knows nothing of what is outside. Use it on tasks; functions go through `flow`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { immediate, limitRetries, via, withAttempt, withRetry } from 'reprise'
 * import { flow } from 'fp-ts/lib/function.js'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 *
 * const seen: number[] = []
 * const act = withAttempt(({ attempt }) => (id: string) => {
 *   seen.push(attempt)
 *   return TE.left(`no ${id}`)
 * })
 * const run = flow(act, via(TE.mapLeft((text) => new Error(text))), withRetry(limitRetries(2)(immediate)))
 * await run('7')()
 * assert.deepEqual(seen, [1, 2, 3])
 *
 * @category actions
 * @since 0.1.0
 */
export const via =
  <E, A, E2, B>(step: (task: TaskEither<E, A>) => TaskEither<E2, B>) =>
  (task: TaskEither<E, A>): TaskEither<E2, B> => {
    const callable = toCallable('via', task)
    const inner = toRun(callable)
    // `async`, so that a step that throws rejects, as everything inside does.
    const run: Run = async (env) => {
      const entered = () => inner(env, [])
      // What is inside resolves to the Either of the task, whose types are E and A.
      return toRun(step(entered as TaskEither<E, A>))(env, [])
    }
    // A run resolves to the Either of the step, whose types are E2 and B.
    return toAction(callable, run) as TaskEither<E2, B>
  }
