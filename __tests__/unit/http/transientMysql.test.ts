import { transientMysql } from 'reprise/http'
import { coded, judges } from '../../support/transient.js'

const numbered = (errno: number): readonly [string, unknown] => [`errno ${errno}`, { errno, code: 'UNKNOWN' }]

judges('transientMysql', transientMysql, {
  matched: [
    ...['ER_CON_COUNT_ERROR', 'ER_OUT_OF_RESOURCES', 'ER_SERVER_SHUTDOWN', 'ER_NEW_ABORTING_CONNECTION'].map(
      coded
    ),
    ...['ER_TOO_MANY_USER_CONNECTIONS', 'ER_LOCK_WAIT_TIMEOUT', 'ER_LOCK_DEADLOCK', 'ER_LOCK_ABORTED'].map(
      coded
    ),
    ...['ER_GET_TEMPORARY_ERRMSG', 'ER_XA_RBTIMEOUT', 'ER_XA_RBDEADLOCK', 'ER_LOCK_NOWAIT'].map(coded),
    ...['ER_TRANSACTION_ROLLBACK_DURING_COMMIT', 'ER_SERVER_ISNT_AVAILABLE'].map(coded),
    ...['ER_CLIENT_INTERACTION_TIMEOUT', 'PROTOCOL_CONNECTION_LOST'].map(coded),
    ...['CR_CONNECTION_ERROR', 'CR_CONN_HOST_ERROR', 'CR_SERVER_GONE_ERROR', 'CR_SERVER_LOST'].map(coded),
    ...[1040, 1041, 1053, 1184, 1203, 1205, 1213, 1297, 1613, 1614, 1689, 2002, 2003, 2006, 2013].map(
      numbered
    )
  ],
  left: [
    ...['ER_DUP_ENTRY', 'ER_PARSE_ERROR', 'ER_ACCESS_DENIED_ERROR', 'ER_NO_SUCH_TABLE', 'ECONNRESET'].map(
      coded
    ),
    ...['ER_QUERY_TIMEOUT', 'ER_QUERY_INTERRUPTED', 'ER_OPTION_PREVENTS_STATEMENT'].map(coded),
    // Of other meaning at MariaDB.
    ...[1062, 1064, 1045, 3024, 3101, 3572, 4031, -111].map(numbered)
  ]
})
