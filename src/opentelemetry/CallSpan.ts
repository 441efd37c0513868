/** The span of one call: from its options, through the events of the call, to its end. Nothing of it can fail the call. */
import {
  context,
  type Context as Telemetry,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer
} from '@opentelemetry/api'
import { isRetryError, isTimedOut, toError } from '../action/RetryError.js'
import type { RetryEvent } from '../action/RetryEvent.js'
import type { Context } from '../policy/Failure.js'
import { functionAttributes, outcomeAttributes } from './Instruments.js'
import { outcomeOf, toException } from './Outcome.js'
import { safely } from './safely.js'
import { toSpanEvent } from './SpanEvent.js'
import type { TelemetryOptions } from './TelemetryOptions.js'

// --- model

export interface CallSpan {
  /** What is active inside: with the span, if it could be started. */
  readonly telemetry: Telemetry
  /** Whether it is kept: it is not where there is no SDK, or a sampler does not want it. */
  readonly isRecording: boolean
  readonly tell: (event: RetryEvent) => void
  /** Ends it: with a result or an error, and with the last attempt that was heard of, if a retry was inside. */
  readonly end: (attempts: number | undefined, failed?: { readonly error: unknown }) => void
}

// --- constructors

/** Starts the span of a call, below what `parent` says. */
export const startCallSpan = (
  tracer: Tracer | undefined,
  { spanName, attributes }: TelemetryOptions,
  parent: Telemetry,
  call: Context,
  insideRetry: boolean
): CallSpan => {
  const named = safely(() => (typeof spanName === 'function' ? spanName(call) : spanName), undefined)
  const span = safely(
    () =>
      tracer?.startSpan(
        named ?? (call.name || 'reprise.call'),
        {
          kind: SpanKind.INTERNAL,
          attributes: {
            ...functionAttributes(call.name),
            ...(insideRetry && { 'reprise.attempt': call.attempt }),
            ...safely(() => attributes?.(call), undefined)
          }
        },
        parent
      ),
    undefined
  )
  if (span === undefined) return { telemetry: parent, isRecording: false, tell: ignore, end: ignore }
  const isRecording = safely(() => span.isRecording(), false)
  return {
    telemetry: safely(() => trace.setSpan(parent, span), parent),
    isRecording,
    tell: (event) => {
      safely(() => {
        const told = isRecording ? toSpanEvent(event) : undefined
        if (told !== undefined) span.addEvent(told.name, told.attributes)
      }, undefined)
    },
    end: (attempts, failed) => {
      safely(() => {
        if (isRecording) finish(span, attempts, failed)
      }, undefined)
      // Whatever went wrong before: a span that does not end is never seen.
      safely(() => {
        span.end()
      }, undefined)
    }
  }
}

const ignore = (): void => undefined

const finish = (span: Span, attempts: number | undefined, failed?: { readonly error: unknown }): void => {
  // A timeout counts what it cut short as an attempt, whether or not a retry was inside.
  const made =
    attempts === undefined || failed === undefined ? attempts : (attemptsOf(failed.error) ?? attempts)
  span.setAttributes({
    ...outcomeAttributes(failed),
    ...(made !== undefined && { 'reprise.attempts': made })
  })
  if (failed === undefined) return
  span.setStatus({ code: SpanStatusCode.ERROR, message: toError(failed.error).message })
  // Those of attempts are told of as they fail, and what this library ends a call with is said by the status.
  if (outcomeOf(failed.error) === 'failure') span.recordException(toException(failed.error))
}

const attemptsOf = (error: unknown): number | undefined =>
  isRetryError(error) || isTimedOut(error) ? error.attempts : undefined

// --- context

/** Gives the context that is active. */
export const activeContext = (): Telemetry => safely(() => context.active(), ROOT_CONTEXT)

/** Runs something with a context active; without, where that cannot be. */
export const runWithin = <A>(telemetry: Telemetry, run: () => A): A => {
  const ran: { value?: { readonly of: A } } = {}
  const once = (): A => (ran.value ??= { of: run() }).of
  safely(() => context.with(telemetry, once), undefined)
  return once()
}

/** Binds something to a context, in which it runs whoever calls it. */
export const boundTo = (telemetry: Telemetry, wake: () => void): (() => void) =>
  safely(() => context.bind(telemetry, wake), wake)
