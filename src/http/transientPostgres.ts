import type { Condition } from '../policy/Condition.js'
import { read } from '../policy/Failure.js'
import { messageOf, transient } from './Transient.js'

// PostgreSQL, appendix A "Error Codes" and 13.5 "Serialization Failure Handling". Left out on purpose: 08P01 (protocol
// violation, a bug), 08007 and 40003 (the outcome is unknown, so it may have been done), 57014 (somebody cancelled it).
const states = new RegExp(
  `^(?:${[
    '08000', // connection exception
    '08001', // could not connect
    '08003', // connection does not exist
    '08004', // server rejected the connection
    '08006', // connection failure
    '40001', // serialization failure
    '40P01', // deadlock detected
    '53...', // insufficient resources: too many connections, out of memory, disk full
    '55006', // object in use
    '55P03', // lock not available
    '57P01', // administrator shutdown
    '57P02', // crash shutdown
    '57P03', // cannot connect now: the server is starting up
    '57P05' // idle session timeout: the connection was closed
  ].join('|')})$`
)

// The drivers have codes (postgres.js) and messages (node-postgres, which gives no code) of their own for a lost connection.
const driverCodes: ReadonlyArray<unknown> = ['CONNECTION_CLOSED', 'CONNECT_TIMEOUT']
const driverMessages = /^(?:Connection terminated|timeout exceeded when trying to connect)/

/**
 * Errors of PostgreSQL that may be gone the next time, by SQLSTATE: connections (class 08), serialization failures and
 * deadlocks (40001, 40P01), resources (class 53), locks (55006, 55P03), a server that stops or starts (57P01 to 57P03, 57P05).
 * Of node-postgres, postgres.js and PGlite; looks down `cause`. Sockets have errors of Node: `[transientPostgres, transientNode]`.
 *
 * *Gotcha*: repeat the whole transaction, with what decides about its statements, and not the statement. After a lost
 * connection nobody knows whether a `COMMIT` was done.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, isRetryable, retryOn } from 'reprise'
 * import { transientNode, transientPostgres } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const retries = isRetryable(pipe(fixed(100), retryOn([transientPostgres, transientNode])))
 * assert.equal(retries({ code: '40001', message: 'could not serialize access' }), true)
 * assert.equal(retries({ code: '23505', message: 'duplicate key value' }), false)
 *
 * @category conditions
 * @since 0.3.0
 */
export const transientPostgres: Condition = /* #__PURE__ */ transient('transientPostgres', (error) => {
  const code = read(error, 'code')
  return (
    (typeof code === 'string' && states.test(code)) ||
    driverCodes.includes(code) ||
    driverMessages.test(messageOf(error))
  )
})
