import { read } from '../policy/Failure.js'

/**
 * Why nothing is known of a call's job, as the `reason` of its `Aborted`. The job itself may go on, or have ended.
 *
 * | `kind` | when |
 * | --- | --- |
 * | `arguments` | they cannot be sent as JSON: there is no job |
 * | `unreachable` | Redis did not take the job, or not in time to say so |
 * | `closed` | the client was closed before the job ended |
 * | `removed` | the job was removed before its end was seen |
 * | `failed` | the job failed for a reason of the queue, not of the function: the serving process knows no such function, say |
 * | `conflict` | the `jobId` belongs to a job of another function |
 *
 * @category model
 * @since 0.3.0
 */
export interface QueueFault {
  readonly _tag: 'QueueFault'
  readonly kind: 'arguments' | 'unreachable' | 'closed' | 'removed' | 'failed' | 'conflict'
  readonly message: string
  /** The job, where there may be one. */
  readonly jobId: string | undefined
  readonly cause: unknown
}

/** Makes the fault of a call. */
export const queueFault = (
  kind: QueueFault['kind'],
  message: string,
  jobId: string | undefined,
  cause?: unknown
): QueueFault => ({ _tag: 'QueueFault', kind, message, jobId, cause })

/**
 * Is this why nothing is known of a call's job?
 *
 * @category guards
 * @since 0.3.0
 */
export const isQueueFault = (u: unknown): u is QueueFault =>
  read(u, '_tag') === 'QueueFault' && typeof read(u, 'kind') === 'string'
