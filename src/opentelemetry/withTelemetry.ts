import { type Context as Telemetry, trace, type Tracer } from '@opentelemetry/api'
import type { Checked, ErrorOf, ResultOf, Shaped } from '../action/Action.js'
import {
  type Callable,
  type Env,
  handingOn,
  type Result,
  type Run,
  toAction,
  toCallable,
  toRun
} from '../action/entry.js'
import { aborted, race } from '../action/race.js'
import { type Report, reportTo } from '../action/RetryEvent.js'
import { contextOfCall } from '../action/tellOf.js'
import type { Clock } from '../runtime/Clock.js'
import { activeContext, boundTo, type CallSpan, runWithin, startCallSpan } from './CallSpan.js'
import { type Instruments, instrumentsOf, measure, measureCall } from './Instruments.js'
import { safely } from './safely.js'
import { perProvider, scope } from './Scope.js'
import { checkTelemetryOptions, type TelemetryOptions } from './TelemetryOptions.js'

// --- model

/** What a call tells those inside of it that have a span of their own. */
interface Around {
  /** What is active inside of it. */
  readonly telemetry: Telemetry
  /** Who measures the events of the call. */
  readonly measuredBy: ReadonlyArray<Instruments>
  /** Whether what it hears is on a span further in already. */
  isTold: boolean
}

// Under the version of the environment that it is part of; wrappers that do not know it hand it on.
const around: unique symbol = /* #__PURE__ */ Symbol.for('reprise/telemetry@1') as never

type TelemetryEnv = Env & { readonly [around]?: Around }

// --- the wrapper

/**
 * Gives each call a span, which is active for all that runs inside, so that the spans of requests become its children; and
 * measures what happens. Outside of `withRetry` the span is that of the whole call, with an event for each attempt that failed;
 * inside, each attempt has a span. With both, those of the attempts are its children.
 *
 * | on a span | |
 * | --- | --- |
 * | `code.function.name` | the function, or the worker's method; the name of the span as well |
 * | `reprise.attempt` | which attempt it is, counted from 1, if a retry is around |
 * | `reprise.attempts` | how many attempts the call took, if a retry is inside |
 * | `reprise.outcome` | `success`, or the tag of the error in lower case, such as `exhausted` and `timed_out`; `failure` for errors that are not of this library |
 * | `error.type` | the `_tag`, `code` or name of the error: for a retry that gave up, of its last failure |
 * | status | unset; or `ERROR`, with the words of `toError` |
 * | events | `attempt failed` with `reprise.attempt`, `error.type`, `exception.type`, `exception.message` and the `reprise.wait` that follows; what limits, circuit breakers and hedges do; `exception` for an error that no attempt has told of |
 *
 * | measured | unit | by, besides `code.function.name` |
 * | --- | --- | --- |
 * | `reprise.call.duration` | s | `reprise.outcome`, `error.type` |
 * | `reprise.attempts` | | `reprise.outcome` (`success`, `failure`, `rejected`), `error.type` |
 * | `reprise.retry.wait` | s | |
 * | `reprise.give_ups` | | `reprise.reason`: the tag of the error |
 * | `reprise.limit.wait` | s | |
 * | `reprise.limit.refusals` | | `reprise.limit.key`, `reprise.reason` |
 * | `reprise.circuit.changes` | | `reprise.circuit.state` (`open`, `half_open`, `closed`) |
 * | `reprise.circuit.refusals` | | |
 * | `reprise.hedges` | | |
 *
 * It needs `@opentelemetry/api` alone, and without an SDK does nothing. What an SDK or an option throws is dropped. Throws a
 * `TypeError` or `RangeError` that names the option for a bad one. Durations are on the clock of the call (`withEnv`), times of
 * spans on that of the machine.
 *
 * *Gotchas*: messages of errors, which may hold data of people, are on spans, as they are with `recordException`; metrics never
 * have them. Across an `await`, the span stays active only with a context manager, which the SDK for Node installs. A call that
 * waits in the queue of limits goes on from where somebody gives back, and in that context: put another `withTelemetry()`
 * inside of `withLimits`, which goes by the span around it. `http.request.resend_count` is for spans of HTTP requests, which are
 * not made here: in such a span of your own, set it to `attempt - 1` of `withAttempt` where that is not 0.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
 * import { fixed, limitRetries, withRetry } from 'reprise'
 * import { withTelemetry } from 'reprise/opentelemetry'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const exporter = new InMemorySpanExporter()
 * const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
 *
 * let calls = 0
 * const load = async (id: number): Promise<string> => {
 *   calls += 1
 *   if (calls === 1) throw Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })
 *   return `user ${id}`
 * }
 * const loadUser = pipe(
 *   load,
 *   withRetry(pipe(fixed(20), limitRetries(3))),
 *   withTelemetry({ tracer: provider.getTracer('example') })
 * )
 * await loadUser(7)()
 *
 * const [span] = exporter.getFinishedSpans()
 * assert.equal(span?.name, 'load')
 * assert.deepEqual(span?.attributes, { 'code.function.name': 'load', 'reprise.outcome': 'success', 'reprise.attempts': 2 })
 * assert.deepEqual(span?.events.map(({ name, attributes }) => [name, attributes]), [
 *   [
 *     'attempt failed',
 *     {
 *       'reprise.attempt': 1,
 *       'error.type': 'ECONNREFUSED',
 *       'exception.type': 'ECONNREFUSED',
 *       'exception.message': 'connect refused',
 *       'reprise.wait': 0.02
 *     }
 *   ]
 * ])
 *
 * @category actions
 * @since 0.3.0
 */
export const withTelemetry = (
  options: TelemetryOptions = {}
): (<F>(fn: F & Checked<F>) => Shaped<F, ErrorOf<F>, ResultOf<F>>) => {
  const wrap = toTelemetryWrapper('withTelemetry', options)
  // The types of the shapes are worked out above; at run time all of them are callables.
  return ((fn: unknown) => wrap(toCallable('withTelemetry', fn))) as never
}

/** Gives what wraps any callable. */
export const toTelemetryWrapper = (
  who: string,
  options: TelemetryOptions
): ((callable: Callable) => Callable) => {
  checkTelemetryOptions(who, options)
  const tracer = tracerOf(options.tracer)
  const instruments = options.metrics === false ? () => undefined : instrumentsOf(options.meter)
  return (callable) => {
    const { name } = callable
    const inner = toRun(callable)
    return toAction(callable, (env: TelemetryEnv, args) => {
      const outer = env[around]
      const own = instruments()
      // What is measured around a call is not measured again inside.
      const measuring = own !== undefined && outer?.measuredBy.includes(own) !== true ? own : undefined
      const parent = outer?.telemetry ?? activeContext()
      const call = contextOfCall(env, name, args, 0)
      const span = startCallSpan(tracer(), options, parent, call, env.attempt !== undefined)
      const here: Around = {
        telemetry: span.telemetry,
        measuredBy: [...(outer?.measuredBy ?? []), ...(measuring ? [measuring] : [])],
        isTold: false
      }
      const clock = boundClock(env.clock, span.telemetry)
      const inside: TelemetryEnv = { ...env, clock, [around]: here }
      const isWatched = span.isRecording || measuring !== undefined
      return runWithin(span.telemetry, () =>
        isWatched
          ? watched(inner, inside, args, { name, span, measuring, here, outer })
          : begun(inner, inside, args)
      )
    })
  }
}

interface Watch {
  readonly name: string
  readonly span: CallSpan
  readonly measuring: Instruments | undefined
  readonly here: Around
  readonly outer: Around | undefined
}

/** Runs a call, tells its span of all that happens, and measures it. */
const watched = (
  inner: Run,
  env: Env,
  args: ReadonlyArray<unknown>,
  { name, span, measuring, here, outer }: Watch
): Promise<Result> => {
  const { clock, interrupt } = env
  const began = clock.now()
  let attempts: number | undefined

  const tell = reportTo((event) => {
    if (event._tag === 'AttemptStarted' || event._tag === 'Succeeded') attempts = event.attempt
    if (!here.isTold) span.tell(event)
    if (measuring) measure(measuring, event)
  })
  const report: Report = (...what) => {
    tell(...what)
    if (outer !== undefined) outer.isTold = true
    env.report?.(...what)
    if (outer !== undefined) outer.isTold = false
  }
  const end = (failed?: { readonly error: unknown }): void => {
    span.end(attempts, failed)
    if (measuring === undefined) return
    safely(() => {
      measureCall(measuring, name, clock.now() - began, failed)
    }, undefined)
  }

  return begun(interrupt ? race(handingOn(inner), noRival) : inner, { ...env, report }, args).then(
    (result) => {
      end(result._tag === 'Left' ? { error: result.left } : undefined)
      return result
    },
    (error: unknown) => {
      end({ error })
      throw error
    }
  )
}

const tracerOf = (own: Tracer | undefined): (() => Tracer | undefined) =>
  own !== undefined
    ? () => own
    : perProvider(
        () => trace.getTracerProvider(),
        (provider) => safely(() => provider.getTracer(scope.name, scope.version), undefined)
      )

// A function that takes no notice of its signal may never end, but its span must: so it is in a race, which an abort from
// outside ends.
const noRival = { arm: () => () => undefined, error: aborted }

const begun = (run: Run, env: Env, args: ReadonlyArray<unknown>): Promise<Result> => {
  try {
    return run(env, args)
  } catch (error) {
    return Promise.reject(error)
  }
}

/**
 * Gives a clock whose wakings are within a context: where contexts do not last across timers, as in browsers, or the time is
 * virtual, later attempts are within it, too. It shares `now`, by which clocks that tell the same time are known: that of an
 * environment needs no `this`.
 */
const boundClock = (clock: Clock, telemetry: Telemetry): Clock => ({
  now: clock.now,
  after: (delay, wake) => clock.after(delay, boundTo(telemetry, wake))
})
