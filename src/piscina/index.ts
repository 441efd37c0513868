/**
 * Functions of a module in the threads of a Piscina pool, with retries and the rest. Loads no peer: the pool is handed over.
 *
 * @module reprise/piscina
 */
export { keepErrors } from './keepErrors.js'
export { poolFunctions } from './poolFunctions.js'
export { poolWorker } from './poolWorker.js'
export type { PoolFunctions, ThreadPool } from './ThreadPool.js'
export { workerCrashed } from './workerCrashed.js'
