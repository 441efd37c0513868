/** A client described by data, such as a file: the options of a worker's method, with the resources spelled out. */
import { arrow } from '../action/arrow.js'
import { withRetry } from '../action/withRetry.js'
import { withTimeout } from '../action/withTimeout.js'
import { known } from '../policy/argument.js'
import type { Duration } from '../policy/Duration.js'
import { type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import type { CircuitBreakerOptions } from '../resource/BreakerOptions.js'
import { circuitBreaker } from '../resource/CircuitBreaker.js'
import type { CallLimit, Limit, ResourceLimit } from '../resource/Limit.js'
import { limitSet } from '../resource/LimitSet.js'
import { retryBudget, type RetryBudgetOptions } from '../resource/RetryBudget.js'
import { withCircuitBreaker } from '../resource/withCircuitBreaker.js'
import { withLimits } from '../resource/withLimits.js'
import { withRetryBudget } from '../resource/withRetryBudget.js'
import type { Calling, Client, Watch } from './runFleet.js'

// --- model

/**
 * What each process of clients does: as the options of a worker, with resources by their options, since each process makes
 * its own.
 *
 * @category model
 * @since 0.3.0
 */
export interface ClientOptions {
  /** How each call is retried. */
  readonly policy: RetryPolicy
  /** An attempt that takes longer fails with `TimedOut`; no limit if not set. */
  readonly attemptTimeout?: Duration | undefined
  /** Limits of each process; held during an attempt, and free while a retry waits. */
  readonly limits?: ReadonlyArray<CallLimit | ResourceLimit> | undefined
  /** A breaker for each process, asked before each attempt. */
  readonly circuitBreaker?: CircuitBreakerOptions | undefined
  /** A budget for each process, which its retries share. */
  readonly retryBudget?: RetryBudgetOptions | undefined
  /** A call that takes longer, waits included, fails with `TimedOut`; no limit if not set. */
  readonly timeout?: Duration | undefined
}

type Wrap = (calling: Calling) => Calling

// --- constructors

const names: ReadonlyArray<keyof ClientOptions> = [
  'policy',
  'attemptTimeout',
  'limits',
  'circuitBreaker',
  'retryBudget',
  'timeout'
]

/**
 * Gives a client of data. Inside out it is: the attempt, `attemptTimeout`, `limits`, `circuitBreaker`, the retries,
 * `retryBudget`, `timeout`, as in a worker. What is recorded over time: `breakers not closed`, `budget`, and how much there is
 * of each limit.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, withJitter } from 'reprise'
 * import { clientOf, runFleet } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const client = clientOf({
 *   policy: pipe(exponential(100), withJitter('full'), limitRetries(3)),
 *   attemptTimeout: '1s',
 *   retryBudget: { ratio: 0.1, minimumPerSecond: 0 }
 * })
 * const scenario = {
 *   clients: 100,
 *   arrivals: { perSecond: 50 },
 *   duration: '20s',
 *   server: { capacity: 10, latency: '20ms', outages: [{ from: '5s', to: '10s', mode: 'down' }] }
 * } as const
 *
 * const result = await runFleet(scenario, client)()
 * assert(result._tag === 'Right' && result.right.amplification < 1.1)
 *
 * @category constructors
 * @since 0.3.0
 */
export const clientOf = (options: ClientOptions): Client => {
  known('clientOf', options, names)
  const { policy, attemptTimeout, limits, circuitBreaker: breaking, retryBudget: saving, timeout } = options
  toPolicy('clientOf: policy', policy)
  return (call, { clock }) => {
    const set = limits && limitSet<ReadonlyArray<Limit>>(limits, { clock })()
    const breaker = breaking && circuitBreaker({ ...breaking, clock })()
    const budget = saving && retryBudget({ ...saving, clock })()
    const wraps = [
      attemptTimeout !== undefined && withTimeout(attemptTimeout),
      set && withLimits(set, {}),
      breaker && withCircuitBreaker(breaker),
      withRetry(policy),
      budget && withRetryBudget(budget),
      timeout !== undefined && withTimeout(timeout)
    ]
    const calling = wraps.reduce<Calling>(
      // All of them take and give functions of a client's number.
      (wrapped, wrap) => (wrap ? (wrap as unknown as Wrap)(wrapped) : wrapped),
      arrow(call) as unknown as Calling
    )
    const watch: Watch = {
      ...(breaker && { 'breakers not closed': () => Number(breaker.status()._tag !== 'Closed') }),
      ...(budget && { budget: budget.balance }),
      ...(set && Object.fromEntries(limits.map(({ key }) => [key, () => set.available()[key]])))
    }
    return { calling, watch }
  }
}
