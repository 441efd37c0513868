import type { RetryEvent } from 'reprise'
import { toSpanEvent } from '../../../src/opentelemetry/SpanEvent.js'

const context = { attempt: 2, elapsed: 50, name: 'load', args: [7], previousDelay: undefined }
const failure = {
  _tag: 'Threw',
  error: new TypeError('no'),
  attempt: 2,
  startedAt: 40,
  duration: 10
} as const
const limitExceeded = {
  _tag: 'LimitExceeded',
  key: 'tokens',
  reason: 'waitedTooLong',
  requested: 1,
  capacity: 2,
  retryAfter: 10,
  waited: 30
} as const
const gaveUp = {
  _tag: 'Exhausted',
  attempts: 1,
  elapsed: 5,
  omitted: 0,
  failures: [],
  hint: undefined
} as const
const none = { _tag: 'None' } as const

const typed = { 'error.type': 'TypeError', 'exception.type': 'TypeError', 'exception.message': 'no' }

/** Each event without what it has of the call; what the span has of it besides the attempt. */
const rows: ReadonlyArray<
  readonly [title: string, event: object, name: string | undefined, attributes?: object]
> = [
  ['AttemptStarted', { _tag: 'AttemptStarted' }, undefined],
  [
    'AttemptFailed, then a wait',
    { _tag: 'AttemptFailed', failure: { ...failure, delay: 1500 } },
    'attempt failed',
    { ...typed, 'reprise.wait': 1.5 }
  ],
  [
    'AttemptFailed, the last',
    { _tag: 'AttemptFailed', failure: { ...failure, delay: undefined } },
    'attempt failed',
    typed
  ],
  ['RetryScheduled', { _tag: 'RetryScheduled', delay: 5, failure: { ...failure, delay: 5 } }, undefined],
  ['Succeeded', { _tag: 'Succeeded', duration: 5, value: 1 }, undefined],
  ['GaveUp', { _tag: 'GaveUp', error: gaveUp }, undefined],
  [
    'LimitWaiting',
    { _tag: 'LimitWaiting', key: 'tokens', waiting: 3 },
    'waiting for limits',
    { 'reprise.limit.key': 'tokens', 'reprise.limit.waiting': 3 }
  ],
  ['LimitGranted at once', { _tag: 'LimitGranted', granted: { tokens: 1 }, waited: 0 }, undefined],
  [
    'LimitGranted later',
    { _tag: 'LimitGranted', granted: { tokens: 1 }, waited: 250 },
    'limits granted',
    { 'reprise.wait': 0.25 }
  ],
  [
    'LimitRefused',
    { _tag: 'LimitRefused', error: limitExceeded },
    'limits refused',
    { 'reprise.limit.key': 'tokens', 'reprise.reason': 'waited_too_long' }
  ],
  [
    'CircuitOpened',
    { _tag: 'CircuitOpened', openTime: 500, lastFailure: none },
    'circuit opened',
    { 'reprise.circuit.open_time': 0.5 }
  ],
  ['CircuitHalfOpened', { _tag: 'CircuitHalfOpened' }, 'circuit half-opened', {}],
  ['CircuitClosed', { _tag: 'CircuitClosed' }, 'circuit closed', {}],
  [
    'CircuitRefused',
    { _tag: 'CircuitRefused', retryAfter: 750 },
    'circuit refused',
    { 'reprise.retry_after': 0.75 }
  ],
  ['CircuitRefused, isolated', { _tag: 'CircuitRefused', retryAfter: 2 ** 53 - 1 }, 'circuit refused', {}],
  ['HedgeStarted', { _tag: 'HedgeStarted', hedge: 1 }, 'hedge started', { 'reprise.hedge': 1 }]
]

describe('toSpanEvent', () => {
  it.each(
    rows.map(
      ([title, event, name, attributes]) =>
        [`${title} -> ${name ?? 'nothing'}`, event, name, attributes] as const
    )
  )('%s', (_, event, name, attributes) => {
    // The rows leave out what all events have.
    expect(toSpanEvent({ ...context, ...event } as unknown as RetryEvent)).toEqual(
      name === undefined ? undefined : { name, attributes: { 'reprise.attempt': 2, ...attributes } }
    )
  })
})
