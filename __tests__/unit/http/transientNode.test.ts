import { transientNode } from 'reprise/http'
import { coded, judges } from '../../support/transient.js'

judges('transientNode', transientNode, {
  matched: [
    ...[
      'EAI_AGAIN',
      'ECONNABORTED',
      'ECONNREFUSED',
      'ECONNRESET',
      'EHOSTDOWN',
      'EHOSTUNREACH',
      'ENETDOWN'
    ].map(coded),
    ...['ENETRESET', 'ENETUNREACH', 'ENOTFOUND', 'EPIPE', 'ESERVFAIL', 'ETIMEDOUT', 'ETIMEOUT'].map(coded),
    ...['EADDRINUSE', 'EADDRNOTAVAIL', 'EAGAIN', 'EBUSY', 'EMFILE', 'ENFILE'].map(coded),
    ...['ERR_SOCKET_CONNECTION_TIMEOUT', 'ERR_STREAM_PREMATURE_CLOSE'].map(coded)
  ],
  left: [
    ...['ENOENT', 'EACCES', 'EEXIST', 'EISDIR', 'ENOSPC', 'EROFS', 'ABORT_ERR', 'ERR_INVALID_ARG_TYPE'].map(
      coded
    ),
    ...['CERT_HAS_EXPIRED', 'SELF_SIGNED_CERT_IN_CHAIN', 'UND_ERR_SOCKET'].map(coded),
    ['a name like a code', new Error('ECONNRESET')]
  ]
})
