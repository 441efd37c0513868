/**
 * Policies as the retry options of Temporal, Step Functions, the AWS SDK and pg-boss, and back; or what such an engine cannot do. Needs
 * nothing at run time.
 *
 * @module reprise/interop
 */
export { type AwsSdkRetry, toAwsSdk } from './AwsSdk.js'
export { fromStepFunctions } from './fromStepFunctions.js'
export type { Expressed, Inexpressible } from './Inexpressible.js'
export type { Decoded, OptionError } from './Options.js'
export { fromPgBoss, type PgBossRetryOptions, toPgBoss } from './PgBoss.js'
export { type Retrier, toStepFunctions } from './StepFunctions.js'
export { fromTemporal, type TemporalRetryPolicy, toTemporal } from './Temporal.js'
