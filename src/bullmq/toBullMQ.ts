/** A policy for queues that one already has: BullMQ counts and waits, the policy says for how long, and when to stop. */
import type { BackoffStrategy } from 'bullmq'
import { known, named } from '../policy/argument.js'
import { bounds } from '../policy/bounds.js'
import { type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { initialState, step } from '../policy/step.js'
import { uniform } from '../policy/uniform.js'
import { wallTime } from '../runtime/wallTime.js'

// --- model

/**
 * What makes BullMQ follow a policy: `jobOptions` for `queue.add`, `settings` for the `Worker`.
 *
 * @category model
 * @since 0.3.0
 */
export interface BullMQRetries {
  readonly jobOptions: { readonly attempts: number; readonly backoff: { readonly type: string } }
  readonly settings: { readonly backoffStrategy: BackoffStrategy }
}

// --- conversions

/**
 * Gives the job options and the worker's settings with which BullMQ follows a policy: its waits, its limits, and its
 * conditions, which see the very error that the processor threw. BullMQ's `UnrecoverableError` ends a job as ever.
 *
 * Nothing is kept between failures but BullMQ's own count. The policy's memory is worked out anew from that count, and each
 * draw from the id of the job: so waits are the same in every process, and after a crash.
 *
 * *Gotchas*: conditions inside `when`, `both` and `either` see the last error in place of all earlier ones. `limitElapsed`
 * counts from when the job was due for the first time. A stalled job is started again without the policy, as often as the
 * worker's `maxStalledCount` says: `queueWorker` has that in the policy as well. A worker has one strategy for all its
 * jobs; this one fails a job whose backoff has another `type` than `'fixed'`, `'exponential'` and its own.
 *
 * Throws a `TypeError` for no policy, and for one with `retryUntil`: BullMQ shows results to nobody.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { abortOn, exponential, limitRetries } from 'reprise'
 * import { toBullMQ } from 'reprise/bullmq'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const { jobOptions, settings } = toBullMQ(pipe(exponential('1s'), limitRetries(3), abortOn('EAUTH')))
 * // queue.add('mail', data, jobOptions) and new Worker('mails', send, { connection, settings })
 * assert.deepEqual(jobOptions, { attempts: 4, backoff: { type: 'reprise' } })
 * assert.equal(await settings.backoffStrategy(2, 'reprise', new Error('down')), 2000)
 * assert.equal(await settings.backoffStrategy(2, 'reprise', Object.assign(new Error('no'), { code: 'EAUTH' })), -1)
 *
 * @category conversions
 * @since 0.3.0
 */
export const toBullMQ = (policy: RetryPolicy, options: { readonly type?: string } = {}): BullMQRetries => {
  toPolicy('toBullMQ: policy', policy)
  known('toBullMQ', options, ['type'])
  const { type = 'reprise' } = options
  named('toBullMQ: type', type)
  if (type === 'fixed' || type === 'exponential') {
    throw new RangeError(`toBullMQ: type must not be '${type}', which BullMQ has itself`)
  }
  if ((policy.retryUntil ?? []).length > 0) {
    throw new TypeError('toBullMQ: policy must not have retryUntil: BullMQ does not ask about results')
  }
  const { retries } = bounds(policy)
  const decide = step(policy)
  return {
    jobOptions: {
      // The policy is what stops, where it does not say itself how soon.
      attempts: typeof retries === 'number' ? retries + 1 : Number.MAX_SAFE_INTEGER,
      backoff: { type }
    },
    settings: {
      backoffStrategy: (attemptsMade, asked, error, job) =>
        asked !== undefined && asked !== type ? -1 : waitAfter(decide, attemptsMade, error, job)
    }
  }
}

type Job = Parameters<BackoffStrategy>[3]

/** Gives the wait after so many failures, by deciding all of them again; -1 to stop. */
const waitAfter = (
  decide: ReturnType<typeof step<unknown, unknown>>,
  attemptsMade: number,
  error: unknown,
  job: Job
): number => {
  const outcome = { _tag: 'Threw', error } as const
  const seed = seedOf(job?.id ?? '')
  const sinceDue = job === undefined ? 0 : wallTime() - job.timestamp - (job.opts.delay ?? 0)
  let state = initialState
  for (let attempt = 1; ; attempt++) {
    // Earlier attempts ended at some time after the waits before them.
    const elapsed = attempt < attemptsMade ? state.slept : Math.max(state.slept, sinceDue)
    const input = { outcome, elapsed, random: uniform(seed, attempt), name: job?.name ?? '' }
    const { decision, state: after } = decide(state, input)
    if (decision._tag !== 'Retry') return -1
    if (attempt >= attemptsMade) return decision.delay
    state = after
  }
}

/** Gives a number for an id (FNV-1a): what matters is that it is the same in every process. */
const seedOf = (id: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0
  return hash
}
