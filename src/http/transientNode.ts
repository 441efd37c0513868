import type { Condition } from '../policy/Condition.js'
import { hasAny, transient } from './Transient.js'

// libuv and Node.js, "Common system errors" and the error codes of `node:dns`: the network, then what a process runs out of.
export const networkCodes: ReadonlyArray<string> = [
  'EAI_AGAIN', // the name server did not answer
  'ECONNABORTED',
  'ECONNREFUSED', // nobody listens: a server that restarts
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTFOUND', // no such name; some resolvers say so when they are cut off, too
  'EPIPE', // the other side has closed
  'ESERVFAIL',
  'ETIMEDOUT',
  'ETIMEOUT', // what `node:dns` calls it
  'EADDRINUSE', // of an outgoing connection: no local port was free
  'EADDRNOTAVAIL',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  'ERR_STREAM_PREMATURE_CLOSE'
]

const resourceCodes: ReadonlyArray<string> = ['EAGAIN', 'EBUSY', 'EMFILE', 'ENFILE']

/**
 * Errors of Node.js that may be gone the next time, by their `code`: the network, name servers, files that are busy, and a
 * process that has run out of file handles. A condition for `retryOn`, by itself or in a list; looks down `cause`.
 *
 * *Gotcha*: after `ECONNRESET` or `EPIPE` nobody knows whether the other side has acted on the request.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { fixed, isRetryable, retryOn } from 'reprise'
 * import { transientNode } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const retries = isRetryable(pipe(fixed(100), retryOn([transientNode, 'TimedOut'])))
 * assert.equal(retries(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })), true)
 * assert.equal(retries(Object.assign(new Error('no such file'), { code: 'ENOENT' })), false)
 *
 * @category conditions
 * @since 0.3.0
 */
export const transientNode: Condition = /* #__PURE__ */ transient(
  'transientNode',
  /* #__PURE__ */ hasAny(['code'], [...networkCodes, ...resourceCodes])
)
