import { transientAws } from 'reprise/http'
import { coded, judges } from '../../support/transient.js'

const named = (name: string): readonly [string, unknown] => [
  `name ${name}`,
  Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: 400 } })
]

const answered = (httpStatusCode: number): readonly [string, unknown] => [
  `status ${httpStatusCode}`,
  { name: 'SomeException', $metadata: { httpStatusCode } }
]

judges('transientAws', transientAws, {
  matched: [
    ...['BandwidthLimitExceeded', 'EC2ThrottledException', 'LimitExceededException'].map(named),
    ...['PriorRequestNotComplete', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'].map(
      named
    ),
    ...['RequestThrottled', 'RequestThrottledException', 'SlowDown', 'ThrottledException', 'Throttling'].map(
      named
    ),
    ...['ThrottlingException', 'TooManyRequestsException', 'TransactionInProgressException'].map(named),
    ...['RequestTimeout', 'RequestTimeoutException', 'TimeoutError'].map(named),
    // Version 2 has it in `code`, some services in `Code`.
    coded('ThrottlingException'),
    ['Code', { name: 'Error', Code: 'SlowDown' }],
    ...[500, 502, 503, 504].map(answered),
    ['version 2, status 503', { code: 'SomeError', statusCode: 503 }],
    ['marked', { name: 'SomeException', $retryable: {} }],
    ['marked as throttling', { name: 'SomeException', $retryable: { throttling: true } }]
  ],
  left: [
    ...['ValidationException', 'AccessDeniedException', 'ConditionalCheckFailedException'].map(named),
    ...['ResourceNotFoundException', 'AbortError', 'RequestTimeTooSkewed'].map(named),
    ...[400, 403, 404, 429, 501].map(answered),
    ['marked with nothing', { name: 'SomeException', $retryable: undefined }]
  ]
})
