/**
 * A worker: a record of functions, each wrapped by the policy that its options describe.
 */
import type { WorkerDefaults, WorkerOptions } from './WorkerOptions.js'
import { readDefaults } from './Level.js'
import type { CheckedDefaults, CheckedFunctions, CheckedOptions, Methods, NoOptions } from './Methods.js'
import { wrapMethods } from './wrapMethods.js'

// --- model

/**
 * Wraps a record of functions; `D` are its defaults.
 *
 * @category model
 * @since 0.2.0
 */
export type WorkerMaker<D extends WorkerDefaults> = <
  Fs extends object,
  const O extends WorkerOptions = NoOptions
>(
  functions: Fs & CheckedFunctions<Fs>,
  options?: O & CheckedOptions<Fs, D, O>
) => Methods<Fs, D, O>

// --- constructors

/**
 * Gives a `worker` with other defaults, which the options of each worker made with it override. A default is one value,
 * for all methods. Nothing global changes.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { configure, policyOf, PolicyShow } from 'reprise'
 *
 * const worker = configure({ numRetries: 3, retryWait: 100, retryJitter: 'full' })
 * const api = worker({ read: async () => 1, write: async () => 2 }, { numRetries: { '*': undefined, write: 0 } })
 *
 * assert.equal(PolicyShow.show(policyOf(api, 'read')), 'pipe(exponential(100), withJitter("full"), limitRetries(3))')
 * assert.equal(PolicyShow.show(policyOf(api, 'write')), 'pipe(exponential(100), withJitter("full"), limitRetries(0))')
 *
 * @category constructors
 * @since 0.2.0
 */
export const configure = <const D extends WorkerDefaults>(defaults: D & CheckedDefaults<D>): WorkerMaker<D> =>
  // The types of the methods are worked out in the signature; at run time all of them are callables.
  wrapMethods(readDefaults(defaults)) as never

/**
 * Wraps each function of a record by the policy that its options describe: a record of functions of the same names and
 * shapes, frozen. Methods keep their `this`.
 *
 * Each option is one value for all methods, or a record with a `'*'` and the names of methods. The more specific wins,
 * option by option: the library's defaults, then those of `configure`, then `'*'`, then the method's own. An explicit
 * `undefined` inherits. A `policy` stands instead of the simple options, and the more specific of the two wins.
 *
 * Throws a `TypeError` or `RangeError` that names the option for one that does not exist, names an unknown method, lacks a
 * `'*'`, or has a bad value.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { runOrThrow, worker } from 'reprise'
 *
 * let calls = 0
 * const flaky = async (key: string): Promise<string> => {
 *   calls += 1
 *   if (calls < 3) throw new Error('connection lost')
 *   return `value of ${key}`
 * }
 * const db = worker(
 *   { readData: flaky, writeLog: async (line: string) => line.length },
 *   { numRetries: { '*': 0, readData: 3 }, retryWait: 5 }
 * )
 *
 * assert.equal(await runOrThrow(db.readData('a')), 'value of a')
 * assert.equal(calls, 3)
 * assert.deepEqual(await db.writeLog('hello')(), { _tag: 'Right', right: 5 })
 *
 * @category constructors
 * @since 0.2.0
 */
export const worker: WorkerMaker<object> = /* #__PURE__ */ configure({})
