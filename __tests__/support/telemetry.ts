/** The SDK of OpenTelemetry with its exporters in memory, and what they were given as plain data, times aside. */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  type ContextManager,
  type Meter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  type MetricData,
  MeterProvider,
  PeriodicExportingMetricReader
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor
} from '@opentelemetry/sdk-trace-base'

// --- model

/** A span, and those below it in the order in which they started. What is as it mostly is, is left out. */
export interface Shown {
  readonly name: string
  readonly attributes: Attributes
  /** The words of an error. */
  readonly error?: string
  readonly events?: ReadonlyArray<readonly [name: string, attributes: Attributes]>
  readonly children?: ReadonlyArray<Shown>
}

/** What was measured: by name and unit, for each set of attributes, a sum, or of a histogram how many and their sum. */
export type Measured = Readonly<
  Record<string, ReadonlyArray<readonly [Attributes, number | readonly [number, number]]>>
>

export interface Recorder {
  readonly tracer: Tracer
  readonly meter: Meter
  readonly tracerProvider: BasicTracerProvider
  readonly meterProvider: MeterProvider
  /** The spans that have ended, as trees. */
  readonly spans: () => ReadonlyArray<Shown>
  readonly finished: () => ReadonlyArray<ReadableSpan>
  readonly measured: () => Promise<Measured>
  readonly metrics: () => Promise<ReadonlyArray<MetricData>>
  readonly close: () => Promise<void>
}

// --- constructors

export const newRecorder = (): Recorder => {
  const spanExporter = new InMemorySpanExporter()
  let ids = 0
  const nextId = (length: number) => String(++ids).padStart(length, '0')
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spanExporter)],
    // Counted, since many spans start in the same millisecond.
    idGenerator: { generateSpanId: () => nextId(16), generateTraceId: () => nextId(32) }
  })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const finished = () => spanExporter.getFinishedSpans()
  const metrics = async () => {
    await meterProvider.forceFlush()
    return (
      metricExporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((each) => each.metrics) ?? []
    )
  }
  return {
    tracer: tracerProvider.getTracer('test'),
    meter: meterProvider.getMeter('test'),
    tracerProvider,
    meterProvider,
    spans: () => treesOf(finished()),
    finished,
    metrics,
    measured: async () => Object.fromEntries((await metrics()).map(showMetric)),
    close: async () => {
      await tracerProvider.shutdown()
      await meterProvider.shutdown()
    }
  }
}

/** Keeps the context across timers and promises, as that of the SDK for Node does. */
export const asyncContexts = (): ContextManager => {
  const storage = new AsyncLocalStorage<Context>()
  const self: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (context, fn, self, ...args) => storage.run(context, () => fn.call(self as never, ...args)),
    bind: <T>(context: Context, target: T): T =>
      typeof target === 'function'
        ? // What is bound is called as it was before.
          (((...args: ReadonlyArray<unknown>): unknown =>
            storage.run(context, () =>
              (target as (...args: ReadonlyArray<unknown>) => unknown)(...args)
            )) as T)
        : target,
    enable: () => self,
    disable: () => {
      storage.disable()
      return self
    }
  }
  return self
}

// --- showing

const treesOf = (spans: ReadonlyArray<ReadableSpan>): ReadonlyArray<Shown> => {
  const ids = new Set(spans.map((span) => span.spanContext().spanId))
  const below = (id: string | undefined): ReadonlyArray<Shown> =>
    spans
      .filter(({ parentSpanContext }) =>
        id === undefined ? !ids.has(parentSpanContext?.spanId ?? '') : parentSpanContext?.spanId === id
      )
      .sort((a, b) => Number(a.spanContext().spanId) - Number(b.spanContext().spanId))
      .map((span) => show(span, below(span.spanContext().spanId)))
  return below(undefined)
}

const show = (span: ReadableSpan, children: ReadonlyArray<Shown>): Shown => {
  const { name, kind, status, attributes, events, links, ended } = span
  if (kind !== SpanKind.INTERNAL || links.length > 0 || !ended) throw new Error(`an odd span: ${name}`)
  return {
    name,
    attributes,
    ...(status.code !== SpanStatusCode.UNSET && { error: status.message ?? SpanStatusCode[status.code] }),
    ...(events.length > 0 && {
      events: events.map((event) => [event.name, shorten(event.attributes ?? {})])
    }),
    ...(children.length > 0 && { children })
  }
}

/** A stack is its first line. */
const shorten = ({ 'exception.stacktrace': stack, ...attributes }: Attributes): Attributes =>
  typeof stack === 'string'
    ? { ...attributes, 'exception.stacktrace': stack.split('\n')[0] ?? '' }
    : attributes

const showMetric = ({ descriptor, ...data }: MetricData): readonly [string, Measured[string]] => {
  const points =
    data.dataPointType === DataPointType.SUM
      ? data.dataPoints.map(({ attributes, value }) => [attributes, value] as const)
      : data.dataPointType === DataPointType.HISTOGRAM
        ? data.dataPoints.map(
            ({ attributes, value }) => [attributes, [value.count, value.sum ?? NaN]] as const
          )
        : []
  return [`${descriptor.name} ${descriptor.unit}`, points]
}
