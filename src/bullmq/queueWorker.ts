/**
 * A worker whose calls are jobs of a queue: they outlive the process that makes them, and the processes that serve them.
 */
import { known, named } from '../policy/argument.js'
import type { CheckedFunctions, CheckedOptions, Methods } from '../worker/Methods.js'
import type { WorkerOptions } from '../worker/WorkerOptions.js'
import { makeCalling } from './client.js'
import type { QueueSettings } from './QueueSettings.js'
import { type ServeOptions, type Serving, startServing } from './serve.js'
import { type queueOptions, toServed } from './Served.js'

// --- model

/**
 * The options of `worker` that a queue takes: all but `observer` and `retryBudget`, which are of one process. `limits` and
 * `circuitBreaker` hold in each serving process for itself. `timeout` is how long a client waits: the job goes on.
 *
 * @category model
 * @since 0.3.0
 */
export type QueueWorkerOptions = Pick<WorkerOptions, (typeof queueOptions)[number]>

/**
 * Functions behind a queue; `Client` is the record of what is called.
 *
 * @category model
 * @since 0.3.0
 */
export interface QueueWorker<Client> {
  /** The functions, of the types that `worker` would give them; a call adds a job, and waits for its end. */
  readonly client: Client
  /** Starts to serve the queue in this process. */
  readonly serve: (options?: ServeOptions) => Serving
  /** Lets attempts under way end, gives up waiting for jobs, and closes all connections. Never rejects. */
  readonly close: () => Promise<void>
}

// --- constructors

/**
 * Puts a record of functions behind a queue of BullMQ. Calls of the `client` become jobs, which any number of processes
 * `serve`; between attempts a job sleeps in Redis with the state of its policy, so waits, counts and the history of
 * failures outlive any process. Clients and servers are made of the same functions and options, and nothing is opened before
 * the first call or `serve`.
 *
 * An attempt whose process is killed counts as a failed one, `AttemptLost`, found out after `lockDuration` and
 * `stalledInterval`. It is retried whatever `retryOn` says; `abortOn('AttemptLost')` ends the call instead, for functions
 * that must not run twice. `limitElapsed` and waits go by the wall clocks of the machines. What Redis had not yet written
 * when it crashed is lost: `appendonly yes`, and `appendfsync always` where not even a second may be.
 *
 * The errors of a call are those that `worker` gives it. `Aborted` also stands for calls of whose job nothing is known, with
 * a `QueueFault` as its reason; an abort or a timeout ends the waiting, not the job.
 *
 * *Gotchas*: arguments, results and errors travel as JSON. Errors come back as plain `Error`s with their name, message,
 * `code`, `_tag`, `cause` and own properties of up to 16 kB: conditions see the original in the serving process, but
 * `instanceof` does not hold in the client. Dates come back as texts, `Map`s empty, NaN as `null`, without prototypes; a
 * result that JSON cannot hold at all (a cycle, a bigint) is a failure that is not retried. A job that somebody promotes
 * still waits for its time.
 *
 * Throws a `TypeError` or `RangeError` for bad options, as `worker` does.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { queueWorker } from 'reprise/bullmq'
 *
 * const mails = queueWorker(
 *   { send: async (to: string) => `sent to ${to}` },
 *   { numRetries: 5, retryWait: '2s' },
 *   { connection: { host: 'localhost' }, queue: 'mails' }
 * )
 * // In the serving processes: mails.serve({ concurrency: 10 })
 * // In any process: await mails.client.send('ada@example.org')()
 * assert.equal(typeof mails.client.send, 'function')
 * await mails.close()
 *
 * @category constructors
 * @since 0.3.0
 */
export const queueWorker = <Fs extends object, const O extends QueueWorkerOptions>(
  functions: Fs & CheckedFunctions<Fs>,
  options: O & CheckedOptions<Fs, object, O>,
  settings: QueueSettings
): QueueWorker<Methods<Fs, object, O>> => {
  known('queueWorker: settings', settings, ['connection', 'queue', 'prefix', 'jobOptions', 'onError'])
  named('queueWorker: queue', settings.queue)
  const served = toServed(functions, options)
  const calling = makeCalling(served, settings)
  const servings = new Set<Serving>()
  return {
    // The types of the methods are worked out in the signature; at run time all of them are callables.
    client: calling.client as never,
    serve: (options = {}) => {
      const serving = startServing(served, settings, options)
      servings.add(serving)
      return serving
    },
    close: async () => {
      await Promise.all([...servings].map((each) => each.close()))
      await calling.close()
    }
  }
}
