/**
 * Spans and metrics of OpenTelemetry for retried calls. Needs `@opentelemetry/api`.
 *
 * @module reprise/opentelemetry
 */
export { telemetryObserver } from './telemetryObserver.js'
export type { MeterOptions, TelemetryOptions } from './TelemetryOptions.js'
export { traceWorker } from './traceWorker.js'
export { withTelemetry } from './withTelemetry.js'
