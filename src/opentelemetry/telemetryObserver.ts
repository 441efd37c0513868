import type { Observer } from '../action/RetryEvent.js'
import { instrumentsOf, measure, measureCall } from './Instruments.js'
import { checkMeterOptions, type MeterOptions } from './TelemetryOptions.js'

/**
 * Gives an observer that measures what `withTelemetry` does, without spans: for the `observer` of a worker, or `withObserver`.
 * A call is what a retry makes of it, so a timeout outside of it shows as `aborted`. One observer serves any number of functions.
 *
 * *Gotcha*: with `withTelemetry` around, too, events are measured twice: set its `metrics: false`.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { InMemoryMetricExporter, AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
 * import { runOrThrow, worker } from 'reprise'
 * import { telemetryObserver } from 'reprise/opentelemetry'
 *
 * const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
 * const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
 *
 * const db = worker({ ping: async () => 'pong' }, { observer: telemetryObserver({ meter: provider.getMeter('example') }) })
 * await runOrThrow(db.ping)
 * await provider.forceFlush()
 * await provider.shutdown()
 *
 * const [exported] = exporter.getMetrics()
 * const attempts = exported?.scopeMetrics[0]?.metrics.find(({ descriptor }) => descriptor.name === 'reprise.attempts')
 * assert.deepEqual(attempts?.dataPoints.map(({ value, attributes }) => [value, attributes]), [
 *   [1, { 'code.function.name': 'ping', 'reprise.outcome': 'success' }]
 * ])
 *
 * @category observers
 * @since 0.3.0
 */
export const telemetryObserver = (options: MeterOptions = {}): Observer => {
  const instruments = instrumentsOf(checkMeterOptions('telemetryObserver', options).meter)
  return (event) => {
    const into = instruments()
    if (into === undefined) return
    measure(into, event)
    if (event._tag === 'Succeeded') measureCall(into, event.name, event.elapsed)
    if (event._tag === 'GaveUp') measureCall(into, event.name, event.elapsed, event)
  }
}
