import { type Callable, type Env, type Run, toAction, toRun } from '../action/entry.js'
import { aborted, notBegun } from '../action/race.js'
import { withAttempt } from '../action/withAttempt.js'
import { invalid, named } from '../policy/argument.js'
import { read } from '../policy/Failure.js'
import { fromErrorData } from './ErrorData.js'
import type { CheckedNames, PoolFunctions, ThreadPool } from './ThreadPool.js'

/**
 * Gives functions of the module `M` that run on a pool, as tasks and functions to tasks: for `worker`, `withRetry` and all other
 * wrappers. Each call is one task of the pool. An abort or a timeout around it ends the thread that it runs in, or takes it out
 * of the queue. `poolWorker` makes a worker of them at once.
 *
 * The module is as it is: it exports plain functions, asynchronous or not, of at most one argument, as the pool calls them; what
 * takes several takes an object or a tuple. A `Left` that one gives is a failure, typed.
 *
 * A thread that dies (`process.exit`, out of memory) is a failure like another: see `workerCrashed`. A pool that shuts down
 * while a call runs aborts it, which is never retried.
 *
 * Throws a `TypeError` or `RangeError` for something that is no pool, or for names that are none. A name that the module does not
 * export fails when it is called.
 *
 * *Gotchas*: from Node 20.19 and 22.12 on, a thread that is ended while it still loads a module of ECMAScript takes the whole
 * process with it, since Piscina tries `require` first and Node crashes there. An abort may come at any moment, so give the pool
 * `execArgv: ['--no-experimental-require-module']` (Node knows it from 20.17 on), or write the module for threads in CommonJS.
 *
 * What crosses over is cloned, so classes are lost: of an `Error` there is its message, stack and cause (`keepErrors`
 * keeps its name and code as well), and conditions are texts or predicates. A result that cannot be cloned kills its thread, with
 * an error that says nothing. What was moved to a thread (`Piscina.move`) is gone, and cannot be sent again by a retry. A task
 * that can be aborted has a thread for itself, whatever `concurrentTasksPerWorker` says, and does not count for `maxQueue`: bound
 * such calls with `withLimits`. A pool does not tell that it was destroyed, and would start threads anew for a call that was
 * waiting for its retry: abort such calls first (`withSignal`).
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { isMainThread } from 'node:worker_threads'
 * import { Piscina } from 'piscina'
 * import { fixed, limitRetries, withRetry, withTimeout } from 'reprise'
 * import { poolFunctions } from 'reprise/piscina'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // Here the module is this file itself. With one of its own, `Tasks` is `typeof import('./tasks.js')`.
 * export const spin = (): never => {
 *   for (;;);
 * }
 * type Tasks = { spin: typeof spin }
 *
 * if (isMainThread) {
 *   // Without the option, a thread that is ended while it loads its module ends the process.
 *   const execArgv = ['--no-experimental-require-module']
 *   const pool = new Piscina({ filename: import.meta.url, maxThreads: 1, execArgv })
 *   const tasks = poolFunctions<Tasks>(pool)(['spin'])
 *   const result = await pipe(tasks.spin, withTimeout(100), withRetry(pipe(fixed(10), limitRetries(1))))()
 *   assert(result._tag === 'Left' && result.left._tag === 'Exhausted')
 *   assert.equal(result.left.attempts, 2) // two threads were stopped in their loops
 *   await pool.destroy()
 * }
 *
 * @category constructors
 * @since 0.3.0
 */
export const poolFunctions = <M extends object>(
  pool: ThreadPool
): (<const Ns extends ReadonlyArray<keyof M & string>>(
  names: Ns & CheckedNames<M, Ns>
) => PoolFunctions<M, Ns[number]>) =>
  // The types of the functions are worked out above; at run time all of them are callables.
  toPoolFunctions('poolFunctions', pool) as never

/** Gives what gives the functions of a pool by their names. */
export const toPoolFunctions = (
  who: string,
  pool: ThreadPool
): ((names: ReadonlyArray<string>) => Readonly<Record<string, Callable>>) => {
  // Callers without types may hand over anything.
  if (typeof (pool as Partial<ThreadPool> | null | undefined)?.run !== 'function')
    invalid(`${who}: pool`, 'a pool of threads', pool)
  return (names) => {
    if (!Array.isArray(names)) invalid(`${who}: names`, 'a list of names', names)
    for (const name of names) named(`${who}: name`, name)
    return Object.freeze(Object.fromEntries(names.map((name) => [name, onPool(pool, name)])))
  }
}

// --- a function

/** Whether one takes an argument is known in types alone: no argument, or `undefined`, runs it as a task. */
const onPool = (pool: ThreadPool, name: string): Callable => {
  const send = toRun((input) => pool.run(input, { name }))
  // Only what can be aborted has a signal, since a pool gives that a thread for itself.
  const sendAbortable = toRun(
    withAttempt(
      ({ signal }) =>
        (input: unknown) =>
          pool.run(input, { name, signal })
    )
  )
  const run: Run = (env, args) => {
    const began = env.clock.now()
    return (env.interrupt === undefined ? send : sendAbortable)(env, args).catch((error: unknown) => {
      throw toFailure(error, env, began)
    })
  }
  return toAction(
    Object.defineProperty(() => undefined, 'name', { value: name }),
    run
  )
}

/** Gives what a call failed with, of what the pool rejected with. */
const toFailure = (error: unknown, { clock }: Env, began: number): unknown => {
  const cause = shutDown(error)
  return cause === undefined
    ? fromErrorData(error)
    : aborted({ ...notBegun, attempts: 1, elapsed: clock.now() - began }, cause.reason)
}

/** Tells whether the pool itself has given up a task, and why. An abort of ours is not asked about: it is told of already. */
const shutDown = (error: unknown): { readonly reason: unknown } | undefined => {
  const message = read(error, 'message')
  if (message === 'Terminating worker thread') return { reason: error }
  const isAbort = message === 'The task has been aborted' && read(error, 'name') === 'AbortError'
  return isAbort ? { reason: read(error, 'cause') ?? error } : undefined
}
