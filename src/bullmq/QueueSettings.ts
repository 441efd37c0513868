import type { ConnectionOptions, JobsOptions } from 'bullmq'

/**
 * Where a queue is, and how its jobs are kept.
 *
 * @category model
 * @since 0.3.0
 */
export interface QueueSettings {
  /** As BullMQ takes it: options, or a client. A client is not closed by `close`. */
  readonly connection: ConnectionOptions
  /** The queue's name. */
  readonly queue: string
  /** What all keys of the queue begin with; `bull` if not set. */
  readonly prefix?: string
  /**
   * How BullMQ keeps jobs, for all calls. If not set, those that succeeded are kept for an hour and those that failed for a
   * week, so that a client can see how they ended, and a `jobId` is known.
   */
  readonly jobOptions?: KeptOptions
  /** Is told of errors of connections and locks, which BullMQ recovers from; if not set, nobody is. */
  readonly onError?: (error: Error) => void
}

/**
 * What may be said of all jobs.
 *
 * @inline
 */
export type KeptOptions = Pick<
  JobsOptions,
  'removeOnComplete' | 'removeOnFail' | 'priority' | 'lifo' | 'sizeLimit' | 'keepLogs'
>
