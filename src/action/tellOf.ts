/** What is told of a call that comes to limits, a circuit breaker or a hedge: to conditions, and to whoever watches it. */
import type { Context } from '../policy/Failure.js'
import type { Env } from './entry.js'
import type { News } from './RetryEvent.js'

/** Tells news of a call that has been there for `passed` milliseconds. */
export type Tell = (news: News, passed: number) => void

/** Gives how a call is told of: as its attempt, or as a first one where there is no retry around. */
export const contextOfCall = (
  { attempt }: Env,
  name: string,
  args: ReadonlyArray<unknown>,
  passed: number
): Context => ({
  attempt: attempt?.attempt ?? 1,
  elapsed: (attempt?.elapsed ?? 0) + passed,
  name,
  args,
  previousDelay: attempt?.previous?.delay
})

/** Gives what tells whoever watches a call; nothing if nobody does, and then there is nothing to work out. */
export const tellOf = (env: Env, name: string, args: ReadonlyArray<unknown>): Tell | undefined => {
  const { report } = env
  return (
    report &&
    ((news, passed) => {
      report(contextOfCall(env, name, args, passed), news)
    })
  )
}
