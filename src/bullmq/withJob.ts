import type { Checked, ErrorOf, ResultOf, Shaped } from '../action/Action.js'
import { type Env, toWrapper } from '../action/entry.js'
import { invalid, known, wholeNumber } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'

/**
 * What may be said of the job of one call.
 *
 * @category model
 * @since 0.3.0
 */
export interface CallOptions {
  /**
   * The id of the job. While a job with this id is kept, a further call makes no other: it waits for that one, and ends as it
   * does, whatever its own arguments. Not a number, and without a colon.
   */
  readonly jobId?: string
  /** 1 is the most urgent, up to 2097151; jobs without one come first. */
  readonly priority?: number
  /** How long to wait before the first attempt. */
  readonly delay?: Duration
}

/** Options as BullMQ takes them. */
interface OwnOptions {
  readonly jobId?: string
  readonly priority?: number
  readonly delay?: number
}

// Other wrappers hand on what they do not know of an environment.
const own: unique symbol = /* #__PURE__ */ Symbol.for('reprise/job@1') as never

type WithOwn = Env & { readonly [own]?: OwnOptions }

/**
 * Says something of the job that a call of a queue's function becomes: `jobId` makes it idempotent. Options inside win over
 * those outside. No effect on other functions.
 *
 * Throws a `RangeError` or `TypeError` for a bad option.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { withJob } from 'reprise/bullmq'
 *
 * // pipe(client.sendInvoice(7), withJob({ jobId: 'invoice-7' })) sends it once, however often it is called.
 * assert.throws(() => withJob({ jobId: 'invoice:7' }), RangeError)
 *
 * @category actions
 * @since 0.3.0
 */
export const withJob = (
  options: CallOptions
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F>, ResultOf<F>>) => {
  known('withJob', options, ['jobId', 'priority', 'delay'])
  const { jobId, priority, delay } = options
  const isId = (id: string): boolean => typeof id === 'string' && /^[^:]+$/.test(id) && !/^-?\d+$/.test(id)
  if (jobId !== undefined && !isId(jobId))
    invalid('withJob: jobId', 'a text that is no number, without a colon', jobId)
  if (priority !== undefined && wholeNumber('withJob: priority', priority, 1) > mostPriority)
    invalid('withJob: priority', `at most ${mostPriority}`, priority)
  const said: OwnOptions = {
    ...(jobId !== undefined && { jobId }),
    ...(priority !== undefined && { priority }),
    ...(delay !== undefined && { delay: Math.ceil(toMillis('withJob: delay', delay)) })
  }
  // The types of the shapes are worked out above; at run time all of them are callables.
  return toWrapper('withJob', (inner) => (env, args) => {
    const within: WithOwn = { ...env, [own]: { ...jobOptionsOf(env), ...said } }
    return inner(within, args)
  }) as never
}

// What BullMQ takes.
const mostPriority = 2 ** 21 - 1

/** Gives what wrappers outside have said of the job. */
export const jobOptionsOf = (env: Env): OwnOptions => (env as WithOwn)[own] ?? {}
