import type { Attributes } from '@opentelemetry/api'
import type { RetryEvent } from '../action/RetryEvent.js'
import { longest } from '../policy/Duration.js'
import { failureAttributes, snakeCase } from './Outcome.js'

/** An event as a span has it. */
export interface SpanEvent {
  readonly name: string
  readonly attributes: Attributes
}

/**
 * Gives an event of a call as one of its span. Nothing for what the span shows anyway: its start and end, and the waits, which
 * stand with the attempts that they follow.
 */
export const toSpanEvent = (event: RetryEvent): SpanEvent | undefined => {
  const of = (name: string, attributes: Attributes = {}): SpanEvent => ({
    name,
    attributes: { 'reprise.attempt': event.attempt, ...attributes }
  })
  switch (event._tag) {
    case 'AttemptStarted':
    case 'RetryScheduled':
    case 'Succeeded':
    case 'GaveUp':
      return undefined
    case 'AttemptFailed': {
      const { delay } = event.failure
      return of('attempt failed', {
        ...failureAttributes(event.failure),
        ...(delay !== undefined && { 'reprise.wait': delay / 1000 })
      })
    }
    case 'LimitWaiting':
      return of('waiting for limits', {
        'reprise.limit.key': event.key,
        'reprise.limit.waiting': event.waiting
      })
    case 'LimitGranted':
      return event.waited > 0 ? of('limits granted', { 'reprise.wait': event.waited / 1000 }) : undefined
    case 'LimitRefused':
      return of('limits refused', {
        'reprise.limit.key': event.error.key,
        'reprise.reason': snakeCase(event.error.reason)
      })
    case 'CircuitOpened':
      return of('circuit opened', { 'reprise.circuit.open_time': event.openTime / 1000 })
    case 'CircuitHalfOpened':
      return of('circuit half-opened')
    case 'CircuitClosed':
      return of('circuit closed')
    case 'CircuitRefused':
      return of(
        'circuit refused',
        event.retryAfter < longest ? { 'reprise.retry_after': event.retryAfter / 1000 } : {}
      )
    case 'HedgeStarted':
      return of('hedge started', { 'reprise.hedge': event.hedge })
  }
}
