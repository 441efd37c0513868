/**
 * How a client waits for jobs: by the events of the queue, and, since events may be missed (the queue keeps the newest 10,000,
 * and loses some where Redis starts again), by looking now and then after jobs that have not been heard of.
 */
import type { Queue, QueueEvents } from 'bullmq'
import type { RetryError } from '../action/RetryError.js'
import { backgroundClock } from '../runtime/Clock.js'
import { retryErrorOf } from './JobCall.js'
import { readJobData, readJobResult } from './JobData.js'
import { type QueueFault, queueFault } from './QueueFault.js'
import { fromWire } from './Wire.js'

// --- model

/** How a job has ended for its client. */
export type Settled =
  | { readonly _tag: 'Result'; readonly name: string | undefined; readonly value: unknown }
  | {
      readonly _tag: 'GivenUp'
      readonly name: string | undefined
      readonly error: RetryError<unknown, unknown>
    }
  | { readonly _tag: 'Fault'; readonly name: string | undefined; readonly fault: QueueFault }

export interface Waiting {
  /** Calls `heard` once the job has ended; gives a function that stops waiting. */
  readonly wait: (jobId: string, heard: (settled: Settled) => void) => () => void
  /** Looks after a job at once. */
  readonly look: (jobId: string) => Promise<void>
  /** Ends all waits, and looks no more. */
  readonly stop: () => void
}

// The first look after jobs is soon after a call, since its event may have come before anybody listened. In milliseconds.
const firstLook = 250
const longestLook = 5000
// Jobs looked after at once.
const handful = 100

// --- constructors

/** Waits for jobs of a queue. */
export const waiting = (queue: Queue, events: QueueEvents): Waiting => {
  const open = new Map<string, Set<(settled: Settled) => void>>()
  // Of jobs that were not found once: they may have ended, been removed, and their event be on its way.
  const missing = new Set<string>()
  const looks: { cancel?: (() => void) | undefined; interval: number } = { interval: firstLook }

  const settle = (jobId: string, settled: Settled): void => {
    const heard = open.get(jobId)
    open.delete(jobId)
    missing.delete(jobId)
    heard?.forEach((each) => each(settled))
  }
  const look = async (jobId: string): Promise<void> => {
    const settled = await stateOf(queue, jobId)
    if (settled === 'removed') {
      if (missing.has(jobId)) settle(jobId, removed(jobId))
      else missing.add(jobId)
    } else if (settled !== undefined) settle(jobId, settled)
  }
  const lookAround = async (): Promise<void> => {
    const ids = [...open.keys()]
    for (let i = 0; i < ids.length && looks.cancel !== undefined; i += handful) {
      // Whether Redis can be reached is seen the next time.
      await Promise.allSettled(
        ids
          .slice(i, i + handful)
          .filter((id) => open.has(id))
          .map(look)
      )
    }
    if (looks.cancel === undefined) return
    looks.interval = Math.min(2 * looks.interval, longestLook)
    if (open.size > 0) arm()
    else looks.cancel = undefined
  }
  const arm = (): void => {
    looks.cancel = backgroundClock.after(looks.interval, () => void lookAround())
  }

  events.on('completed', ({ jobId, returnvalue }: { jobId: string; returnvalue: unknown }) => {
    if (open.has(jobId)) settle(jobId, resultOf(jobId, undefined, returnvalue))
  })
  events.on('failed', ({ jobId }: { jobId: string }) => {
    // What the call has ended with is in the data of the job.
    if (open.has(jobId)) look(jobId).catch(() => undefined)
  })

  return {
    wait: (jobId, heard) => {
      const all = open.get(jobId) ?? new Set()
      open.set(jobId, all.add(heard))
      if (looks.cancel === undefined) {
        looks.interval = firstLook
        arm()
      }
      return () => {
        if (all.delete(heard) && all.size === 0 && open.get(jobId) === all) open.delete(jobId)
      }
    },
    look,
    stop: () => {
      looks.cancel?.()
      looks.cancel = undefined
      for (const jobId of open.keys()) {
        const fault = queueFault('closed', 'the client was closed before the job ended', jobId)
        settle(jobId, { _tag: 'Fault', name: undefined, fault })
      }
    }
  }
}

const removed = (jobId: string): Settled => ({
  _tag: 'Fault',
  name: undefined,
  fault: queueFault('removed', 'the job was removed before its end was seen', jobId)
})

/** Gives how a job has ended, if it has. */
const stateOf = async (queue: Queue, jobId: string): Promise<Settled | 'removed' | undefined> => {
  const job = (await queue.getJob(jobId)) as
    | { name: string; data: unknown; finishedOn?: number; returnvalue: unknown; failedReason?: string }
    | undefined // as it was written by anybody
  if (job === undefined) return 'removed'
  if (!job.finishedOn) return undefined
  const { name } = job
  if (readJobResult(job.returnvalue)) return resultOf(jobId, name, job.returnvalue)
  const call = readJobData(job.data)?.call
  const error = call && retryErrorOf(call)
  return error === undefined
    ? { _tag: 'Fault', name, fault: queueFault('failed', job.failedReason ?? 'the job failed', jobId) }
    : { _tag: 'GivenUp', name, error }
}

const resultOf = (jobId: string, name: string | undefined, returned: unknown): Settled => {
  const result = readJobResult(returned)
  return result === undefined
    ? { _tag: 'Fault', name, fault: queueFault('failed', 'the job gave back no result of a call', jobId) }
    : { _tag: 'Result', name, value: fromWire(result.result) }
}
