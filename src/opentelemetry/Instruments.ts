/**
 * The instruments, and what each event of a call measures. Durations are in seconds, as the conventions want them. All
 * attributes are words of the program: the function's name, outcomes, types of errors, keys of limits.
 */
import {
  type Attributes,
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  metrics
} from '@opentelemetry/api'
import type { RetryEvent } from '../action/RetryEvent.js'
import { failureTypeOf, errorTypeOf, outcomeOf, snakeCase } from './Outcome.js'
import { safely } from './safely.js'
import { perProvider, scope } from './Scope.js'

// --- model

export interface Instruments {
  readonly attempts: Counter
  readonly calls: Histogram
  readonly waits: Histogram
  readonly giveUps: Counter
  readonly limitWaits: Histogram
  readonly limitRefusals: Counter
  readonly circuitChanges: Counter
  readonly circuitRefusals: Counter
  readonly hedges: Counter
}

// --- constructors

// From 5 ms, as the conventions have it for requests, up to the waits of patient policies.
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

const makeInstruments = (meter: Meter): Instruments => {
  const counter = (name: string, unit: string, description: string): Counter =>
    meter.createCounter(name, { unit, description })
  const seconds = (name: string, description: string): Histogram =>
    meter.createHistogram(name, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: [...boundaries] }
    })
  return {
    attempts: counter('reprise.attempts', '{attempt}', 'Attempts of retried calls that have ended'),
    calls: seconds('reprise.call.duration', 'Duration of calls, with their attempts and waits'),
    waits: seconds('reprise.retry.wait', 'Waits before retries, as they were scheduled'),
    giveUps: counter('reprise.give_ups', '{call}', 'Retried calls that have ended without a result'),
    limitWaits: seconds('reprise.limit.wait', 'Time until limits were granted'),
    limitRefusals: counter('reprise.limit.refusals', '{call}', 'Calls that limits have refused'),
    circuitChanges: counter('reprise.circuit.changes', '{change}', 'Changes of state of circuit breakers'),
    circuitRefusals: counter(
      'reprise.circuit.refusals',
      '{call}',
      'Calls that circuit breakers have refused'
    ),
    hedges: counter('reprise.hedges', '{attempt}', 'Attempts started because the first was slow')
  }
}

// One set for a meter, however many functions report to it: what is around a call tells by it that it is measured already.
const made = new WeakMap<Meter, Instruments>()

const instrumentsFor = (meter: Meter): Instruments | undefined => {
  // That of the API without an SDK: there is nothing to measure for.
  if (meter === createNoopMeter()) return undefined
  const known = made.get(meter)
  if (known !== undefined) return known
  const instruments = makeInstruments(meter)
  made.set(meter, instruments)
  return instruments
}

/**
 * Gives what gives the instruments of a meter, or of the global one: that of the SDK even if it is registered later, which
 * the API does for tracers but not for meters. Nothing where there is no SDK, or the meter throws.
 */
export const instrumentsOf = (meter: Meter | undefined): (() => Instruments | undefined) => {
  if (meter !== undefined) return () => safely(() => instrumentsFor(meter), undefined)
  return perProvider(
    () => metrics.getMeterProvider(),
    (provider) => safely(() => instrumentsFor(provider.getMeter(scope.name, scope.version)), undefined)
  )
}

// --- measuring

/** Gives the attributes that every measurement has. */
export const functionAttributes = (name: string): Attributes =>
  name === '' ? {} : { 'code.function.name': name }

/** Gives how a call ended; without an error, with a result. */
export const outcomeAttributes = (failed?: { readonly error: unknown }): Attributes =>
  failed === undefined
    ? { 'reprise.outcome': 'success' }
    : { 'reprise.outcome': outcomeOf(failed.error), 'error.type': errorTypeOf(failed.error) }

/** Measures a call that has taken `duration` milliseconds. */
export const measureCall = (
  { calls }: Instruments,
  name: string,
  duration: number,
  failed?: { readonly error: unknown }
): void => {
  calls.record(duration / 1000, { ...functionAttributes(name), ...outcomeAttributes(failed) })
}

/** Measures what an event tells of, calls as a whole excepted. */
export const measure = (instruments: Instruments, event: RetryEvent): void => {
  const of = functionAttributes(event.name)
  switch (event._tag) {
    case 'AttemptStarted':
    case 'LimitWaiting':
      return // measured when it ends
    case 'AttemptFailed': {
      const outcome = event.failure._tag === 'Rejected' ? 'rejected' : 'failure'
      const type = failureTypeOf(event.failure)
      instruments.attempts.add(1, { ...of, 'reprise.outcome': outcome, 'error.type': type })
      return
    }
    case 'Succeeded':
      instruments.attempts.add(1, { ...of, 'reprise.outcome': 'success' })
      return
    case 'RetryScheduled':
      instruments.waits.record(event.delay / 1000, of)
      return
    case 'GaveUp':
      instruments.giveUps.add(1, { ...of, 'reprise.reason': snakeCase(event.error._tag) })
      return
    case 'LimitGranted':
      instruments.limitWaits.record(event.waited / 1000, of)
      return
    case 'LimitRefused': {
      const { key, reason } = event.error
      instruments.limitRefusals.add(1, {
        ...of,
        'reprise.limit.key': key,
        'reprise.reason': snakeCase(reason)
      })
      return
    }
    case 'CircuitOpened':
    case 'CircuitHalfOpened':
    case 'CircuitClosed':
      instruments.circuitChanges.add(1, { ...of, 'reprise.circuit.state': states[event._tag] })
      return
    case 'CircuitRefused':
      instruments.circuitRefusals.add(1, of)
      return
    case 'HedgeStarted':
      instruments.hedges.add(1, of)
  }
}

const states = { CircuitOpened: 'open', CircuitHalfOpened: 'half_open', CircuitClosed: 'closed' } as const
