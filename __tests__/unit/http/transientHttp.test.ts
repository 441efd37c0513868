import { isRetryable, never, retryOn } from 'reprise'
import { transientHttp, transientNetwork, transientStatus } from 'reprise/http'
import { coded, judges } from '../../support/transient.js'

const answered = (status: number): readonly [string, unknown] => [`status ${status}`, { status }]
const typeError = (message: string): readonly [string, unknown] => [message, new TypeError(message)]

const passing = [408, 425, 429, 500, 502, 503, 504, 521, 522, 524]
const staying = [
  200, 304, 400, 401, 403, 404, 405, 409, 410, 413, 421, 422, 428, 431, 451, 501, 505, 508, 511
]

judges('transientStatus', transientStatus, {
  matched: [
    ...passing.map(answered),
    ['413 that says when', { status: 413, headers: { 'retry-after': '5' } }],
    ['axios', Object.assign(new Error('no'), { response: { status: 503 } })],
    ['got', Object.assign(new Error('no'), { response: { statusCode: 503 } })],
    ['undici', Object.assign(new Error('no'), { statusCode: 503 })]
  ],
  left: [
    ...staying.map(answered),
    ['404 that says when', { status: 404, headers: { 'retry-after': '5' } }],
    ['a status that is a text', { status: '503' }],
    coded('ECONNRESET')
  ]
})

const failing = [
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ENETUNREACH'].map(coded),
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_SOCKET'].map(
    coded
  ),
  ...['UND_ERR_INFO', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'].map(coded),
  ...['ConnectionRefused', 'ConnectionClosed', 'FailedToOpenSocket'].map(coded),
  // Chrome, Firefox, Safari, React Native, Deno.
  ...['Failed to fetch', 'Failed to fetch (example.org)', 'network error'].map(typeError),
  ...['NetworkError when attempting to fetch resource.', 'Load failed'].map(typeError),
  ...['The network connection was lost.', 'The Internet connection appears to be offline.'].map(typeError),
  ...['Network request failed', 'error sending request for url (https://example.org/)'].map(typeError),
  [
    'both addresses of a host refuse',
    new TypeError('fetch failed', {
      cause: new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' })])
    })
  ]
] satisfies ReadonlyArray<readonly [string, unknown]>

judges('transientNetwork', transientNetwork, {
  matched: failing,
  left: [
    ...['UND_ERR_ABORTED', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'UND_ERR_INVALID_ARG'].map(coded),
    ...['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'UND_ERR_NOT_SUPPORTED'].map(
      coded
    ),
    ...[
      'CERT_HAS_EXPIRED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ERR_INVALID_URL'
    ].map(coded),
    ...['EMFILE', 'ENOENT'].map(coded),
    ...['fetch failed', 'terminated', 'Failed to parse URL from nonsense', 'Invalid URL'].map(typeError),
    ...["Cannot read properties of undefined (reading 'a')", 'I Failed to fetch'].map(typeError),
    ['words of another error', new Error('Failed to fetch')],
    ['an abort', new DOMException('aborted', 'AbortError')],
    ['unknown scheme', new TypeError('fetch failed', { cause: new Error('unknown scheme') })],
    ...passing.map(answered)
  ]
})

judges('transientHttp', transientHttp, {
  matched: [...passing.map(answered), ...failing],
  left: [...staying.map(answered), ...['ENOENT', 'CERT_HAS_EXPIRED'].map(coded)]
})

test('in a list, with others -> any of them', () => {
  const retries = isRetryable(retryOn([transientHttp, 'TimedOut', RangeError])(never))
  expect(
    [{ status: 503 }, { _tag: 'TimedOut' }, new RangeError(), { status: 404 }].map((e) => retries(e))
  ).toEqual([true, true, true, false])
})
