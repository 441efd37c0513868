/** What observers are told: every event of a call, and those of a circuit breaker without what is of the call. */
import type { Option } from 'fp-ts/lib/Option.js'
import type {
  BreakerEvent,
  BreakerObserver,
  CircuitOpened,
  Context,
  Failed,
  LimitExceeded,
  LimitGranted,
  LimitRefused,
  LimitWaiting,
  Observer,
  RetryEvent,
  Threw
} from 'reprise'
import { type Equal, expectType } from './Equal.js'

export const told: Observer = (event) => {
  expectType<Equal<(typeof event)['args'], Context['args']>>(true)
  switch (event._tag) {
    case 'AttemptStarted':
    case 'AttemptFailed':
    case 'RetryScheduled':
    case 'Succeeded':
    case 'GaveUp':
      return event.name
    case 'LimitWaiting':
      return `${event.waiting} wait for ${event.key}`
    case 'LimitGranted':
      return event.granted['place']
    case 'LimitRefused':
      return event.error.retryAfter
    case 'CircuitOpened':
      return event.openTime
    case 'CircuitHalfOpened':
    case 'CircuitClosed':
      return event.attempt
    case 'CircuitRefused':
      return event.retryAfter
    case 'HedgeStarted':
      return event.hedge
    default:
      return event satisfies never
  }
}

export const toldOfBreaker: BreakerObserver = (event) => {
  switch (event._tag) {
    case 'CircuitOpened':
      return [event.openTime, event.lastFailure]
    case 'CircuitHalfOpened':
    case 'CircuitClosed':
    case 'CircuitIsolated':
      // @ts-expect-error -- nobody's call
      return event.attempt
    case 'CircuitRefused':
      return event.retryAfter
    default:
      return event satisfies never
  }
}

type Of<T extends RetryEvent['_tag']> = Extract<RetryEvent, { readonly _tag: T }>
expectType<Equal<Of<'LimitWaiting'>, LimitWaiting>>(true)
expectType<Equal<Of<'LimitGranted'>, LimitGranted>>(true)
expectType<Equal<LimitRefused['error'], LimitExceeded>>(true)
expectType<Equal<CircuitOpened['lastFailure'], Option<Failed<unknown> | Threw>>>(true)

// What handles the event of a breaker handles that of a call.
const onBreaker = (_: BreakerEvent): void => undefined
export const onCall = (event: CircuitOpened): void => onBreaker(event)
