/** Spans and metrics of OpenTelemetry for retried calls: re-exports only. Needs `@opentelemetry/api`. */
export { telemetryObserver } from './telemetryObserver.js'
export type { MeterOptions, TelemetryOptions } from './TelemetryOptions.js'
export { traceWorker } from './traceWorker.js'
export { withTelemetry } from './withTelemetry.js'
