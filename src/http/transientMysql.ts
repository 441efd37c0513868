import type { Condition } from '../policy/Condition.js'
import { hasAny, transient } from './Transient.js'

// MySQL, "Server Error Message Reference" and "Client Error Message Reference". The numbers of MariaDB are the same for
// those of the server below 1900; newer ones are told by name alone.
const errors: ReadonlyArray<readonly [name: string, number?: number]> = [
  ['ER_CON_COUNT_ERROR', 1040], // too many connections
  ['ER_OUT_OF_RESOURCES', 1041],
  ['ER_SERVER_SHUTDOWN', 1053],
  ['ER_NEW_ABORTING_CONNECTION', 1184],
  ['ER_TOO_MANY_USER_CONNECTIONS', 1203],
  ['ER_LOCK_WAIT_TIMEOUT', 1205],
  ['ER_LOCK_DEADLOCK', 1213],
  ['ER_GET_TEMPORARY_ERRMSG', 1297],
  ['ER_XA_RBTIMEOUT', 1613],
  ['ER_XA_RBDEADLOCK', 1614],
  ['ER_LOCK_ABORTED', 1689],
  ['ER_TRANSACTION_ROLLBACK_DURING_COMMIT'], // group replication: a conflict with another member
  ['ER_SERVER_ISNT_AVAILABLE'],
  ['ER_LOCK_NOWAIT'],
  ['ER_CLIENT_INTERACTION_TIMEOUT'], // closed by the server after a time without use
  ['CR_CONNECTION_ERROR', 2002],
  ['CR_CONN_HOST_ERROR', 2003],
  ['CR_SERVER_GONE_ERROR', 2006],
  ['CR_SERVER_LOST', 2013],
  ['PROTOCOL_CONNECTION_LOST'] // as mysql and mysql2 say it
]

const isTransient = /* #__PURE__ */ hasAny(['code', 'errno'], /* #__PURE__ */ errors.flat())

/**
 * Errors of MySQL and MariaDB that may be gone the next time, by name or number: deadlocks and lock timeouts, too many
 * connections, a server that shuts down, lost connections. Of mysql, mysql2 and mariadb; looks down `cause`. Sockets have
 * errors of Node: `[transientMysql, transientNode]`.
 *
 * *Gotcha*: a deadlock rolls the whole transaction back, a lock wait timeout only the statement (unless
 * `innodb_rollback_on_timeout` is set): roll back, and repeat the transaction.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, isRetryable, retryOn } from 'reprise'
 * import { transientMysql } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const retries = isRetryable(pipe(fixed(100), retryOn(transientMysql)))
 * assert.equal(retries({ code: 'ER_LOCK_DEADLOCK', errno: 1213, sqlState: '40001' }), true)
 * assert.equal(retries({ code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' }), false)
 *
 * @category conditions
 * @since 0.3.0
 */
export const transientMysql: Condition = /* #__PURE__ */ transient('transientMysql', isTransient)
