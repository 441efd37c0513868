/** Runs that are recorded and made again. */
import { pipe } from 'fp-ts/lib/function.js'
import { type Clock, type RetryEvent, type RetryPolicy, withEnv, withObserver, withRetry } from 'reprise'
import { replay, type Replayed, type ReplayFault, withRecording } from 'reprise/lab'
import { instantClock, scripted, seededRandom, virtualClock } from 'reprise/testing'
import type { Task } from './layers.js'
import { turn } from './task.js'

/** The run that is made again; fails if there is none. */
export const right = async (...asked: Parameters<typeof replay>): Promise<Replayed> => {
  const replayed = await replay(...asked)()
  if (replayed._tag !== 'Right') throw new Error(JSON.stringify(replayed.left))
  return replayed.right
}

/** Why no run is made again; fails if one is. */
export const left = async (...asked: Parameters<typeof replay>): Promise<ReplayFault> => {
  const replayed = await replay(...asked)()
  if (replayed._tag !== 'Left') throw new Error('Right')
  return replayed.left
}

/** Records a task, and gives the token and what an observer was told. */
export const record = async (
  task: Task,
  clock: Clock & { readonly runAll?: () => Promise<void> } = virtualClock(),
  around: (task: Task) => Task = (same) => same
) => {
  const tokens: string[] = []
  const events: RetryEvent[] = []
  const pending = pipe(
    task,
    withRecording((token) => tokens.push(token), { seed: () => 42 }),
    withObserver((event) => events.push(event)),
    around,
    withEnv({ clock, random: seededRandom(1) })
  )()
  await clock.runAll?.()
  const result = await pending
  await turn()
  expect(tokens).toHaveLength(1)
  return { token: tokens[0]!, events, result }
}

/** The token of scripted outcomes under a policy: failures if not said. */
export const failing = async (policy: RetryPolicy, script = 'L', clock = instantClock()): Promise<string> =>
  (await record(pipe(scripted(script), withRetry(policy)), clock)).token
