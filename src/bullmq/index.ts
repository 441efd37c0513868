/**
 * Workers whose calls are jobs of BullMQ, for any number of processes, and policies for queues of your own. Needs `bullmq`.
 *
 * @module reprise/bullmq
 */
export { type AttemptLost, isAttemptLost } from './AttemptLost.js'
export { isQueueFault, type QueueFault } from './QueueFault.js'
export type { QueueSettings } from './QueueSettings.js'
export { type QueueWorker, queueWorker, type QueueWorkerOptions } from './queueWorker.js'
export type { ServeOptions, Serving } from './serve.js'
export { type BullMQRetries, toBullMQ } from './toBullMQ.js'
export { type CallOptions, withJob } from './withJob.js'
