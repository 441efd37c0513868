/**
 * The spans of a call that takes three attempts, as a tree, and what was measured: by the SDK of OpenTelemetry, with exporters
 * that print. A span around the retry is the call; one inside of it is an attempt; the request is a child of that.
 *
 * Run it:  node scripts/example.js examples/telemetry.ts     It ends with code 1 if something does not go as promised.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Context,
  context,
  type ContextManager,
  metrics,
  ROOT_CONTEXT,
  SpanKind,
  trace
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor
} from '@opentelemetry/sdk-trace-base'
import { pipe } from 'fp-ts/lib/function.js'
import { type Attempt, exponential, limitRetries, withAttempt, withRetry, withTimeout } from 'reprise'
import { withTelemetry } from 'reprise/opentelemetry'
import { printFacts } from './support/calls.js'

// --- the SDK: what `NodeSDK` of @opentelemetry/sdk-node does in one call

const storage = new AsyncLocalStorage<Context>()
const contexts: ContextManager = {
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (active, fn, self, ...args) => storage.run(active, () => fn.call(self as never, ...args)),
  bind: (_, target) => target, // timers and promises keep their context as they are
  enable: () => contexts,
  disable: () => contexts
}
const spans = new InMemorySpanExporter()
const measurements = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: measurements })] })

context.setGlobalContextManager(contexts)
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
metrics.setGlobalMeterProvider(meters)

// --- the client: what one would copy

const tracer = trace.getTracer('example')

/** What an instrumented `fetch` does: a span for each request. This server fails at first, then is slow, then answers. */
const request = (path: string, { attempt, signal }: Attempt): Promise<string> =>
  tracer.startActiveSpan(
    `GET ${path}`,
    { kind: SpanKind.CLIENT, attributes: attempt > 1 ? { 'http.request.resend_count': attempt - 1 } : {} },
    async (span) => {
      try {
        await sleep(attempt === 2 ? 10_000 : 20, undefined, { signal })
        if (attempt === 1) throw Object.assign(new Error('connection reset'), { code: 'ECONNRESET' })
        return 'Ada'
      } finally {
        span.end()
      }
    }
  )

const load = withAttempt(function fetchUser(attempt) {
  return (id: number) => request(`/users/${id}`, attempt)
})

const getUser = pipe(
  load,
  withTimeout('1s'),
  withTelemetry({ spanName: ({ attempt }) => `attempt ${attempt}` }),
  withRetry(pipe(exponential('20ms'), limitRetries(3))),
  withTelemetry({ attributes: ({ args }) => ({ 'user.id': String(args[0]) }) })
)

// --- printing

const idOf = (span: ReadableSpan): string => span.spanContext().spanId

const children = (
  all: ReadonlyArray<ReadableSpan>,
  parent: string | undefined
): ReadonlyArray<ReadableSpan> =>
  all
    .filter((span) => span.parentSpanContext?.spanId === parent)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])

const printTree = (all: ReadonlyArray<ReadableSpan>, parent?: string, indent = '  '): void => {
  for (const span of children(all, parent)) {
    const { name, duration, status, attributes, events } = span
    const millis = Math.round(duration[0] * 1000 + duration[1] / 1e6)
    console.log(`${indent}${name}  ${millis} ms  ${status.message ?? 'ok'}`)
    console.log(`${indent}  ${JSON.stringify(attributes)}`)
    for (const event of events) console.log(`${indent}  * ${event.name}  ${JSON.stringify(eventOf(event))}`)
    printTree(all, idOf(span), `${indent}    `)
  }
}

const eventOf = ({ attributes }: ReadableSpan['events'][number]): object =>
  Object.fromEntries(Object.entries(attributes ?? {}).filter(([key]) => key !== 'exception.stacktrace'))

const printMeasured = (): void => {
  for (const { descriptor, dataPoints } of measurements.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? [])
    for (const { attributes, value } of dataPoints) {
      const shown = typeof value === 'number' ? value : `${value.count} times, ${(value.sum ?? 0).toFixed(3)}`
      console.log(`  ${descriptor.name}: ${shown} ${descriptor.unit}  ${JSON.stringify(attributes)}`)
    }
}

// --- playing it

const user = await getUser(7)()
await meters.forceFlush()
const finished = spans.getFinishedSpans()
console.log('\nSpans')
printTree(finished)
console.log('\nMeasured')
printMeasured()
await meters.shutdown()

const [call] = children(finished, undefined)
const attempts = children(finished, call && idOf(call))
const allDone = printFacts([
  { what: 'the user', promised: { _tag: 'Right', right: 'Ada' }, happened: user },
  {
    what: 'spans of calls',
    promised: ['fetchUser'],
    happened: children(finished, undefined).map(({ name }) => name)
  },
  {
    what: 'below it',
    promised: ['attempt 1', 'attempt 2', 'attempt 3'],
    happened: attempts.map(({ name }) => name)
  },
  {
    what: 'below those',
    promised: ['GET /users/7', 'GET /users/7', 'GET /users/7'],
    happened: attempts.flatMap((attempt) => children(finished, idOf(attempt)).map(({ name }) => name))
  },
  {
    what: 'what failed',
    promised: ['ECONNRESET', 'TimedOut', undefined],
    happened: attempts.map(({ attributes }) => attributes['error.type'])
  }
])
process.exitCode = allDone ? 0 : 1
