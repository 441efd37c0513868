import type { Condition } from '../policy/Condition.js'
import { messageOf, transient } from './Transient.js'

// Redis, the reference of errors; the first word of a reply tells the kind. `BUSYKEY` and `BUSYGROUP` are other words, and
// stay. Redirections (`MOVED`, `ASK`) are the client's; `OOM` and `MISCONF` wait for somebody to act.
const kinds: ReadonlyArray<string> = [
  'BUSY', // a script or function has been running for long
  'CLUSTERDOWN', // a slot is not served
  'LOADING', // the data is being read into memory
  'MASTERDOWN', // a replica has lost its primary, and may not answer with old data
  'NOREPLICAS', // not enough replicas to take a write
  'READONLY', // a primary has become a replica: a failover, until the client finds the new one
  'TRYAGAIN', // keys of one call are on two nodes while their slot moves
  'UNBLOCKED' // a blocking call was ended by a failover
]

/**
 * Replies of Redis (and Valkey) that may be gone the next time, by their first word: `BUSY`, `CLUSTERDOWN`, `LOADING`,
 * `MASTERDOWN`, `NOREPLICAS`, `READONLY`, `TRYAGAIN`, `UNBLOCKED`, and too many clients. Of ioredis and node-redis; looks down
 * `cause`. Sockets have errors of Node: `[transientRedis, transientNode]`.
 *
 * *Gotcha*: `READONLY` is also the answer of a replica that never becomes a primary: limit the retries.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, isRetryable, retryOn } from 'reprise'
 * import { transientRedis } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const retries = isRetryable(pipe(fixed(100), retryOn(transientRedis)))
 * assert.equal(retries(new Error('LOADING Redis is loading the dataset in memory')), true)
 * assert.equal(retries(new Error('BUSYGROUP Consumer Group name already exists')), false)
 *
 * @category conditions
 * @since 0.3.0
 */
export const transientRedis: Condition = /* #__PURE__ */ transient('transientRedis', (error) => {
  const message = messageOf(error)
  return (
    kinds.includes(message.split(' ', 1).join()) || message.startsWith('ERR max number of clients reached')
  )
})
