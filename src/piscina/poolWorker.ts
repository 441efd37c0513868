import type { CheckedOptions, Methods, NoOptions } from '../worker/Methods.js'
import type { WorkerOptions } from '../worker/WorkerOptions.js'
import { worker } from '../worker/worker.js'
import { toPoolFunctions } from './poolFunctions.js'
import type { CheckedNames, PoolFunctions, ThreadPool } from './ThreadPool.js'

/**
 * Gives a `worker` of functions of the module `M` that run on a pool: work that keeps a processor busy, or may crash, is
 * retried, timed out and limited as any other. `attemptTimeout` and `timeout` end the thread. The pool is the caller's, to make
 * and to destroy.
 *
 * What functions may be, and what there is to know of threads, is with `poolFunctions`; their record goes to a `worker` that
 * `configure` has made. Throws as that and `worker` do.
 *
 * *Gotcha*: with a module of ECMAScript, a pool needs `execArgv: ['--no-experimental-require-module']`, or a thread that is ended
 * while it loads may take the whole process with it: see `poolFunctions`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { isMainThread } from 'node:worker_threads'
 * import { Piscina } from 'piscina'
 * import { runOrThrow } from 'reprise'
 * import { poolWorker, workerCrashed } from 'reprise/piscina'
 *
 * // Here the module is this file itself. With one of its own, `Tasks` is `typeof import('./tasks.js')`.
 * export const countPrimes = ([from, to]: [number, number]): number => {
 *   const isPrime = (n: number) => n > 1 && !Array.from({ length: n - 2 }, (_, i) => i + 2).some((d) => n % d === 0)
 *   return Array.from({ length: to - from }, (_, i) => from + i).filter(isPrime).length
 * }
 * export const crash = (): never => process.exit(1)
 * type Tasks = { countPrimes: typeof countPrimes; crash: typeof crash }
 *
 * if (isMainThread) {
 *   const execArgv = ['--no-experimental-require-module']
 *   const pool = new Piscina({ filename: import.meta.url, maxThreads: 1, execArgv })
 *   const tasks = poolWorker<Tasks>(pool)(['countPrimes', 'crash'], { numRetries: 1, retryWait: 10, retryOn: workerCrashed })
 *
 *   assert.equal(await runOrThrow(tasks.countPrimes([0, 100])), 25)
 *   const result = await tasks.crash()
 *   assert(result._tag === 'Left' && result.left._tag === 'Exhausted')
 *   assert.equal(result.left.attempts, 2)
 *   await pool.destroy()
 * }
 *
 * @category constructors
 * @since 0.3.0
 */
export const poolWorker = <M extends object>(
  pool: ThreadPool
): (<const Ns extends ReadonlyArray<keyof M & string>, const O extends WorkerOptions = NoOptions>(
  names: Ns & CheckedNames<M, Ns>,
  options?: O & CheckedOptions<PoolFunctions<M, Ns[number]>, object, O>
) => Methods<PoolFunctions<M, Ns[number]>, object, O>) => {
  const functionsOf = toPoolFunctions('poolWorker', pool)
  // Whether the options fit was checked in the signature, by the types of the functions.
  return (names, options) => worker(functionsOf(names), options as never) as never
}
