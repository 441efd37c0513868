import type { Callable } from '../action/entry.js'
import { invalid } from '../policy/argument.js'
import type { TelemetryOptions } from './TelemetryOptions.js'
import { toTelemetryWrapper } from './withTelemetry.js'

/**
 * Wraps each method of a worker with `withTelemetry`: a span for each call, named after the method. What comes back is a worker
 * as before, which `policyOf` knows.
 *
 * Throws a `TypeError` for something that is no worker, or for a bad option.
 *
 * *Gotcha*: with a `telemetryObserver` inside, too, events are measured twice: set `metrics: false` here, or take that away.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
 * import { policyOf, runOrThrow, worker } from 'reprise'
 * import { traceWorker } from 'reprise/opentelemetry'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const exporter = new InMemorySpanExporter()
 * const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
 *
 * const functions = { readData: async (key: string) => `value of ${key}`, writeLog: async (line: string) => line.length }
 * const db = pipe(
 *   worker(functions, { numRetries: { '*': 0, readData: 3 } }),
 *   traceWorker({ tracer: provider.getTracer('example'), attributes: ({ args }) => ({ 'db.key': String(args[0]) }) })
 * )
 * await runOrThrow(db.readData('a'))
 *
 * const [span] = exporter.getFinishedSpans()
 * assert.equal(span?.name, 'readData')
 * assert.equal(span?.attributes['db.key'], 'a')
 * assert.equal(policyOf(db, 'readData').limitRetries, 3)
 *
 * @category constructors
 * @since 0.3.0
 */
export const traceWorker = (options: TelemetryOptions = {}): (<W extends object>(worker: W) => W) => {
  const wrap = toTelemetryWrapper('traceWorker', options)
  return (worker) => {
    // Callers without types may hand over anything.
    if (typeof (worker as unknown) !== 'object' || (worker as unknown) === null)
      invalid('traceWorker: worker', 'made by worker', worker)
    const descriptors = Object.getOwnPropertyDescriptors(worker)
    const traced = Object.entries(descriptors).map(([name, descriptor]) => {
      const value: unknown = descriptor.value
      return [
        name,
        typeof value === 'function' ? { ...descriptor, value: wrap(value as Callable) } : descriptor
      ] as const
    })
    // Its policies are under a symbol, and stay; each method is of the shape of its own.
    const all = { ...descriptors, ...Object.fromEntries(traced) }
    return Object.freeze(Object.defineProperties({}, all)) as typeof worker
  }
}
