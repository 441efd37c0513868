/**
 * Policies, worker options, the options of resources, and scenarios of the lab from and to JSON, for policies that are kept in files.
 * Whatever comes in, nothing is thrown: a fault has its path, the value, and what was expected. Needs `io-ts` and `fp-ts`.
 *
 * @module reprise/codec
 */
export { BreakerStateFromUnknown } from './BreakerStateCodec.js'
export {
  CircuitBreakerOptionsFromUnknown,
  type CircuitBreakerOptionsJson,
  decodeCircuitBreakerOptions,
  encodeCircuitBreakerOptions
} from './CircuitBreakerCodec.js'
export { clientSchemaFor, decodeClient } from './ClientCodec.js'
export { type ConfigError, showConfigError } from './ConfigError.js'
export {
  type Configuration,
  configurationSchema,
  configurationSchemaFor,
  decodeConfiguration
} from './Configuration.js'
export type { Json, JsonObject } from './Json.js'
export { decodeLimits, encodeLimits, type LimitsJson } from './LimitsCodec.js'
export { decodePolicy, encodePolicy, PolicyFromUnknown } from './PolicyCodec.js'
export type { ConditionJson, PolicyJson } from './PolicyJson.js'
export type { Registry } from './Registry.js'
export { decodeRetryBudgetOptions } from './RetryBudgetCodec.js'
export { decodeScenario, encodeScenario, scenarioSchema, ScenarioFromUnknown } from './ScenarioCodec.js'
export { DurationFromUnknown } from './Value.js'
export {
  decodeWorkerOptions,
  encodeWorkerOptions,
  WorkerOptionsFromUnknown,
  type WorkerOptionsJson
} from './WorkerOptionsCodec.js'
