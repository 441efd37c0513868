/**
 * The serving side: what a process does with a job that has come up. The job's state is written before an attempt begins,
 * and once more, in the same step of Redis that puts the job to sleep, after it has failed: so whenever the process ends,
 * the job says how far its call had come.
 */
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq'
import { toError } from '../action/RetryError.js'
import { known, wholeNumber } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { systemClock } from '../runtime/Clock.js'
import { type Random, systemRandom } from '../runtime/Random.js'
import { wallTime } from '../runtime/wallTime.js'
import { begin, failureOf, type JobCall, type Next, refuseResult, retryErrorOf } from './JobCall.js'
import { argsOf, type JobData, type JobResult, readJobData } from './JobData.js'
import type { QueueSettings } from './QueueSettings.js'
import type { Served } from './Served.js'
import { toWire } from './Wire.js'

// --- model

/**
 * How a process serves a queue.
 *
 * @category model
 * @since 0.3.0
 */
export interface ServeOptions {
  /** Attempts at once in this process; 1 if not set. */
  readonly concurrency?: number
  /**
   * After how long without a sign of life another process may take an attempt as lost; 30 s if not set. A living process
   * gives a sign each half of it, so an attempt may take longer; one that blocks the event loop for longer must not.
   */
  readonly lockDuration?: Duration
  /** How often this process looks for lost attempts; 30 s if not set. */
  readonly stalledInterval?: Duration
  /** Attempts that all processes together begin at most, for each duration in milliseconds. */
  readonly limiter?: { readonly max: number; readonly duration: number }
  /** What draws the waits; the randomness of the machine if not set. */
  readonly random?: Random
}

/**
 * A process that serves a queue.
 *
 * @category model
 * @since 0.3.0
 */
export interface Serving {
  /** Resolves when Redis is reached. */
  readonly ready: () => Promise<void>
  /** Takes no more jobs, and resolves when the attempts under way have ended. Never rejects. */
  readonly close: () => Promise<void>
}

// --- constructors

/** Starts to serve. */
export const startServing = (
  functions: ReadonlyMap<string, Served>,
  settings: QueueSettings,
  options: ServeOptions
): Serving => {
  known('serve', options, ['concurrency', 'lockDuration', 'stalledInterval', 'limiter', 'random'])
  const { concurrency = 1, lockDuration = '30s', stalledInterval = '30s', limiter, random } = options
  const { connection, queue, prefix, onError } = settings
  const lock = wholeNumber('serve: lockDuration', toMillis('serve: lockDuration', lockDuration), 1)
  const worker: Worker<unknown, JobResult> = new Worker<unknown, JobResult>(
    queue,
    (job, token = '') => run({ functions, worker, random: random ?? systemRandom, lock }, job, token),
    {
      connection,
      ...(prefix !== undefined && { prefix }),
      concurrency: wholeNumber('serve: concurrency', concurrency, 1),
      lockDuration: lock,
      stalledInterval: wholeNumber(
        'serve: stalledInterval',
        toMillis('serve: stalledInterval', stalledInterval),
        1
      ),
      // Attempts that were lost are for the policy to count.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      ...(limiter && { limiter })
    }
  )
  worker.on('error', (error) => onError?.(error))
  return {
    ready: async () => {
      await worker.waitUntilReady().catch(() => undefined)
    },
    close: async () => {
      await worker.close().catch(() => undefined)
    }
  }
}

// --- a job comes up

interface Server {
  readonly functions: ReadonlyMap<string, Served>
  readonly worker: Worker<unknown, JobResult>
  readonly random: Random
  readonly lock: number
}

/** Does what a job needs next. BullMQ is told what became of it by what is given back, or thrown. */
const run = async (server: Server, job: Job<unknown, JobResult>, token: string): Promise<JobResult> => {
  const data = readJobData(job.data)
  if (data === undefined) throw new UnrecoverableError('the data of the job is not that of a call')
  const served = server.functions.get(job.name)
  if (served === undefined) throw new UnrecoverableError(`this process has no function '${job.name}'`)
  const task: Task = { server, job, token, data, served, args: argsOf(data) }

  const { call } = data
  if (call !== undefined && call.ended === null) {
    if (call.startedAt !== null) return afterLoss(task, call, call.startedAt)
    const early = call.due - wallTime()
    if (early > 0) return sleep(task, call, early)
  }
  // The process may have ended between writing that the call has, and saying so to BullMQ.
  if (call?.ended && job.stalledCounter > call.ended.stalled) return giveUp(task, call)
  // A call that has ended, and whose job was started again by hand, starts afresh.
  return makeAttempt(task, call?.ended ? undefined : call)
}

interface Task {
  readonly server: Server
  readonly job: Job<unknown, JobResult>
  readonly token: string
  readonly data: JobData
  readonly served: Served
  readonly args: ReadonlyArray<unknown>
}

const makeAttempt = async (task: Task, earlier: JobCall | undefined): Promise<JobResult> => {
  const { args, served, server } = task
  const call = begin(earlier, wallTime())
  await write(task, call)
  // It has just begun.
  const startedAt = call.startedAt as number
  const from = systemClock.now()
  const last = call.failures.at(-1)
  const previous = last === undefined ? undefined : failureOf(last)
  const outcome = await served.attempt(args, call, previous, server.random)
  const at = momentOf(task, startedAt + (systemClock.now() - from))
  const next = served.settle(call, outcome, at)
  if (next._tag !== 'Accept') return follow(task, next)
  try {
    return { result: toWire(next.value) }
  } catch (error) {
    return follow(task, refuseResult(call, error, at, served.policy.recordFailures))
  }
}

const afterLoss = (task: Task, call: JobCall, startedAt: number): Promise<JobResult> => {
  const elapsed = Math.max(startedAt, wallTime() - call.began)
  return follow(task, task.served.settle(call, undefined, momentOf(task, elapsed)))
}

const momentOf = ({ args, job, server }: Task, elapsed: number) => ({
  wall: wallTime(),
  elapsed,
  random: server.random(),
  args,
  stalled: job.stalledCounter
})

const follow = (task: Task, next: Next): Promise<JobResult> => {
  switch (next._tag) {
    case 'Accept':
      return Promise.resolve({ result: toWire(next.value) })
    case 'Wait':
      return sleep(task, next.call, next.call.due - wallTime())
    case 'End':
      return giveUp(task, next.call)
  }
}

/** Writes the state and puts the job to sleep, in one step, and only if the job is still this process's. */
const sleep = async (task: Task, call: JobCall, delay: number): Promise<never> => {
  const { data, job, server, token } = task
  await server.worker.backend.moveToDelayed(idOf(job), wallTime(), Math.max(0, delay), token, {
    skipAttempt: true, // the state is the only count
    fieldsToUpdate: { data: JSON.stringify({ ...data, call }) }
  })
  throw new DelayedError()
}

/** Writes that the call has ended, and fails the job. */
const giveUp = async (task: Task, call: JobCall): Promise<never> => {
  const { job, server, token } = task
  // Whoever has lost the job must not write: another process is at it.
  await job.extendLock(token, server.lock)
  const ended = call.ended && { ...call.ended, stalled: job.stalledCounter }
  await write(task, { ...call, ended })
  throw new UnrecoverableError(toError(retryErrorOf(call)).message)
}

const write = (task: Task, call: JobCall): Promise<void> => task.job.updateData({ ...task.data, call })

const idOf = (job: Job<unknown, JobResult>): string => job.id ?? ''
