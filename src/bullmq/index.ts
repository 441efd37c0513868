/** `reprise/bullmq`: policies on BullMQ, and workers whose calls are jobs. */
export { type AttemptLost, isAttemptLost } from './AttemptLost.js'
export { isQueueFault, type QueueFault } from './QueueFault.js'
export type { QueueSettings } from './QueueSettings.js'
export { type QueueWorker, queueWorker, type QueueWorkerOptions } from './queueWorker.js'
export type { ServeOptions, Serving } from './serve.js'
export { type BullMQRetries, toBullMQ } from './toBullMQ.js'
export { type CallOptions, withJob } from './withJob.js'
