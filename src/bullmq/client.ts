/** The calling side: functions whose calls become jobs. */
import { randomUUID } from 'node:crypto'
import { Queue, QueueEvents } from 'bullmq'
import { type Callable, left, type Result, right, type Run, toAction } from '../action/entry.js'
import { aborted, notBegun } from '../action/race.js'
import { withTimeout } from '../action/withTimeout.js'
import { toJobData } from './JobData.js'
import { type QueueFault, queueFault } from './QueueFault.js'
import type { QueueSettings } from './QueueSettings.js'
import type { Served } from './Served.js'
import { type Settled, type Waiting, waiting } from './Waiting.js'
import { jobOptionsOf } from './withJob.js'

// --- model

/** The functions of a queue as a client has them, and how to let go of what they need. */
export interface Calling {
  readonly client: Readonly<Record<string, Callable>>
  readonly close: () => Promise<void>
}

/** What calls share; made when there is the first. */
interface Line {
  readonly queue: Queue
  readonly events: QueueEvents
  readonly waiting: Waiting
}

// --- constructors

/** Makes the client of a queue. Nothing is opened before the first call. */
export const makeCalling = (functions: ReadonlyMap<string, Served>, settings: QueueSettings): Calling => {
  const state: { line?: Line; closed: boolean } = { closed: false }
  const open = (): Line => (state.line ??= openLine(settings))
  const client = [...functions.values()].map(({ name, fn, timeout }) => {
    const action = toAction(fn, (env, args) =>
      state.closed
        ? Promise.resolve(faulty(queueFault('closed', 'the client is closed', undefined)))
        : call(open(), name)(env, args)
    )
    // What the timeout adds is stated in the types of the methods.
    const wrapped =
      timeout === undefined ? action : (withTimeout(timeout) as (fn: Callable) => Callable)(action)
    return [name, wrapped] as const
  })
  return {
    client: Object.freeze(Object.fromEntries(client)),
    close: async () => {
      state.closed = true
      if (state.line === undefined) return
      const { queue, events, waiting } = state.line
      waiting.stop()
      await Promise.allSettled([events.close(), queue.close()])
    }
  }
}

const openLine = ({ connection, queue: name, prefix, jobOptions, onError }: QueueSettings): Line => {
  const shared = { connection, ...(prefix !== undefined && { prefix }) }
  const queue = new Queue(name, {
    ...shared,
    defaultJobOptions: {
      removeOnComplete: { age: 3600 },
      removeOnFail: { age: 7 * 24 * 3600 },
      ...jobOptions,
      // For errors of the queue itself: those of functions never come to BullMQ.
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: 'fixed', delay: 1000 },
      stackTraceLimit: 1
    }
  })
  const events = new QueueEvents(name, shared)
  queue.on('error', (error) => onError?.(error))
  events.on('error', (error) => onError?.(error))
  return { queue, events, waiting: waiting(queue, events) }
}

// --- a call

const faulty = (fault: QueueFault): Result => left(aborted(notBegun, fault))

const call =
  ({ events, queue, waiting }: Line, name: string): Run =>
  (env, args) => {
    const { jobId: own, ...options } = jobOptionsOf(env)
    const jobId = own ?? randomUUID()
    const began = env.clock.now()
    return new Promise<Result>((resolve) => {
      const state = { done: false }
      const finish = (result: Result): void => {
        if (state.done) return
        state.done = true
        forget()
        stopListening?.()
        resolve(result)
      }
      const fail = (kind: QueueFault['kind'], message: string, id: string | undefined, cause?: unknown) => {
        finish(faulty(queueFault(kind, message, id, cause)))
      }
      const forget = waiting.wait(jobId, (settled) => {
        if (settled.name !== undefined && settled.name !== name)
          fail('conflict', `the job is one of '${settled.name}'`, jobId)
        else finish(toResult(settled))
      })
      // Nobody waits any longer; the job goes on.
      const stopListening = env.interrupt?.listen((reason) => {
        finish(left(aborted({ ...notBegun, elapsed: env.clock.now() - began }, reason)))
        return false
      })
      const add = async (): Promise<void> => {
        const data = toJobData(args)
        try {
          await events.waitUntilReady()
          if (state.done) return
          await queue.add(name, data, { ...options, jobId })
          // A job that was there before may have ended, or be another function's.
          if (own !== undefined) await checkOwn()
        } catch (cause) {
          fail('unreachable', 'Redis did not take the job', jobId, cause)
        }
      }
      const checkOwn = async (): Promise<void> => {
        const there = (await queue.getJob(jobId)) as { readonly name: string } | undefined
        if (there !== undefined && there.name !== name)
          fail('conflict', `the job is one of '${there.name}'`, jobId)
        else await waiting.look(jobId)
      }
      add().catch((cause: unknown) => {
        fail('arguments', 'the arguments cannot be sent as JSON', undefined, cause)
      })
    })
  }

const toResult = (settled: Settled): Result => {
  switch (settled._tag) {
    case 'Result':
      return right(settled.value)
    case 'GivenUp':
      return left(settled.error)
    case 'Fault':
      return faulty(settled.fault)
  }
}
