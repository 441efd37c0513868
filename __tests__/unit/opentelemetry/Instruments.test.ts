import { DataPointType } from '@opentelemetry/sdk-metrics'
import { ATTR_CODE_FUNCTION_NAME, ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions'
import type { RetryEvent } from 'reprise'
import {
  functionAttributes,
  type Instruments,
  instrumentsOf,
  measure,
  measureCall,
  outcomeAttributes
} from '../../../src/opentelemetry/Instruments.js'
import { newRecorder } from '../../support/telemetry.js'

const context = { attempt: 1, elapsed: 50, name: 'load', args: ['secret'], previousDelay: undefined }
const failure = { attempt: 1, startedAt: 0, duration: 5, delay: 250 }
const threw = { ...failure, _tag: 'Threw', error: new TypeError('secret') }
const rejected = { ...failure, _tag: 'Rejected', value: 'secret', reasons: ['secret'] }
const gaveUp = { _tag: 'NotRetryable', attempts: 1, elapsed: 5, omitted: 0, failures: [threw] }
const limitExceeded = {
  _tag: 'LimitExceeded',
  key: 'tokens',
  reason: 'notNow',
  requested: 1,
  capacity: 2,
  retryAfter: 10,
  waited: 30
}

const load = { [ATTR_CODE_FUNCTION_NAME]: 'load' }

const events: ReadonlyArray<object> = [
  { _tag: 'AttemptStarted' },
  { _tag: 'AttemptFailed', failure: threw },
  { _tag: 'RetryScheduled', delay: 250, failure: threw },
  { _tag: 'AttemptFailed', failure: rejected },
  { _tag: 'Succeeded', duration: 5, value: 'secret' },
  { _tag: 'GaveUp', error: gaveUp },
  { _tag: 'LimitWaiting', key: 'tokens', waiting: 3 },
  { _tag: 'LimitGranted', granted: { tokens: 1 }, waited: 0 },
  { _tag: 'LimitGranted', granted: { tokens: 1 }, waited: 500 },
  { _tag: 'LimitRefused', error: limitExceeded },
  { _tag: 'CircuitOpened', openTime: 500, lastFailure: { _tag: 'Some', value: threw } },
  { _tag: 'CircuitHalfOpened' },
  { _tag: 'CircuitClosed' },
  { _tag: 'CircuitRefused', retryAfter: 750 },
  { _tag: 'HedgeStarted', hedge: 1 }
]

const recorded = async (record: (instruments: Instruments) => void) => {
  const { meter, metrics, measured, close } = newRecorder()
  const instruments = instrumentsOf(meter)()
  if (instruments === undefined) throw new Error('no instruments')
  record(instruments)
  const found = { metrics: await metrics(), measured: await measured() }
  await close()
  return found
}

describe('measure', () => {
  it('each event -> what it measures, and nothing that it is about', async () => {
    const { measured } = await recorded((instruments) => {
      // The list leaves out what all events have.
      for (const event of events) measure(instruments, { ...context, ...event } as unknown as RetryEvent)
    })
    expect(measured).toEqual({
      'reprise.attempts {attempt}': [
        [{ ...load, 'reprise.outcome': 'failure', [ATTR_ERROR_TYPE]: 'TypeError' }, 1],
        [{ ...load, 'reprise.outcome': 'rejected', [ATTR_ERROR_TYPE]: 'Rejected' }, 1],
        [{ ...load, 'reprise.outcome': 'success' }, 1]
      ],
      'reprise.retry.wait s': [[load, [1, 0.25]]],
      'reprise.give_ups {call}': [[{ ...load, 'reprise.reason': 'not_retryable' }, 1]],
      'reprise.limit.wait s': [[load, [2, 0.5]]],
      'reprise.limit.refusals {call}': [
        [{ ...load, 'reprise.limit.key': 'tokens', 'reprise.reason': 'not_now' }, 1]
      ],
      'reprise.circuit.changes {change}': [
        [{ ...load, 'reprise.circuit.state': 'open' }, 1],
        [{ ...load, 'reprise.circuit.state': 'half_open' }, 1],
        [{ ...load, 'reprise.circuit.state': 'closed' }, 1]
      ],
      'reprise.circuit.refusals {call}': [[load, 1]],
      'reprise.hedges {attempt}': [[load, 1]]
    })
    expect(JSON.stringify(measured)).not.toContain('secret')
  })
})

describe('measureCall', () => {
  it('a duration in milliseconds -> seconds, in buckets for seconds', async () => {
    const { metrics, measured } = await recorded((instruments) => {
      measureCall(instruments, 'load', 1500)
      measureCall(instruments, '', 20, { error: new RangeError('no') })
    })
    expect(measured).toEqual({
      'reprise.call.duration s': [
        [{ ...load, 'reprise.outcome': 'success' }, [1, 1.5]],
        [{ 'reprise.outcome': 'failure', [ATTR_ERROR_TYPE]: 'RangeError' }, [1, 0.02]]
      ]
    })
    const [metric] = metrics
    expect(metric?.descriptor.description).toBe('Duration of calls, with their attempts and waits')
    expect(
      metric?.dataPointType === DataPointType.HISTOGRAM && metric.dataPoints[0]?.value.buckets.boundaries
    ).toEqual([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800])
  })
})

describe('instrumentsOf', () => {
  it('a meter twice -> the same instruments', async () => {
    const { meter, close } = newRecorder()
    expect(instrumentsOf(meter)()).toBe(instrumentsOf(meter)())
    await close()
  })

  it('a meter that throws -> none', () => {
    const createCounter = () => {
      throw new Error('no')
    }
    expect(instrumentsOf({ createCounter } as never)()).toBeUndefined()
  })

  it('no SDK -> none', () => {
    expect(instrumentsOf(undefined)()).toBeUndefined()
  })
})

describe('attributes', () => {
  it('a function without a name -> none', () => {
    expect(functionAttributes('')).toEqual({})
    expect(functionAttributes('load')).toEqual(load)
  })

  it('an outcome -> its error only where there is one', () => {
    expect(outcomeAttributes()).toEqual({ 'reprise.outcome': 'success' })
    expect(outcomeAttributes({ error: undefined })).toEqual({
      'reprise.outcome': 'failure',
      [ATTR_ERROR_TYPE]: '_OTHER'
    })
  })
})
