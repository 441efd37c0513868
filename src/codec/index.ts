/** `reprise/codec`: policies and worker options from and to JSON, with io-ts. */
export { type ConfigError, showConfigError } from './ConfigError.js'
export {
  type Configuration,
  configurationSchema,
  configurationSchemaFor,
  decodeConfiguration
} from './Configuration.js'
export type { Json, JsonObject } from './Json.js'
export { decodePolicy, encodePolicy, PolicyFromUnknown } from './PolicyCodec.js'
export type { ConditionJson, PolicyJson } from './PolicyJson.js'
export type { Registry } from './Registry.js'
export { DurationFromUnknown } from './Value.js'
export {
  decodeWorkerOptions,
  encodeWorkerOptions,
  WorkerOptionsFromUnknown,
  type WorkerOptionsJson
} from './WorkerOptionsCodec.js'
