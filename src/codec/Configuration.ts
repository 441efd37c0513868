/** The configuration file: a policy, or the options of a worker; and its JSON Schema, made of the forms that read it. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { RetryPolicy } from '../policy/RetryPolicy.js'
import type { WorkerOptions } from '../worker/WorkerOptions.js'
import { decoderOf, storable } from './Codec.js'
import type { ConfigError } from './ConfigError.js'
import { fileForm } from './FileForm.js'
import { type Form, toForm } from './Form.js'
import { isObject, type JsonObject } from './Json.js'
import { policyForms } from './Policy.js'
import { policyStorer } from './PolicyCodec.js'
import { type ErrorsOf, type Held, hold, type Registry, type ResultsOf } from './Registry.js'
import { workerForm } from './WorkerForm.js'
import { optionsStorer } from './WorkerOptionsCodec.js'

// --- model

/**
 * What a configuration file holds.
 *
 * @category model
 * @since 0.2.0
 */
export type Configuration<E = unknown, A = unknown> =
  | { readonly _tag: 'policy'; readonly policy: RetryPolicy<E, A> }
  | { readonly _tag: 'worker'; readonly options: WorkerOptions }

// --- decoding

/**
 * Reads a configuration file, once it was parsed: a policy if it has a key that only policies have, else the options of a
 * worker. A `$schema` at the top, which editors go by, is left aside.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { PolicyShow } from 'reprise'
 * import { decodeConfiguration } from 'reprise/codec'
 *
 * const text = '{ "$schema": "./node_modules/reprise/dist/schema.json", "fixed": "1s", "limitRetries": 2 }'
 * const decoded = decodeConfiguration({})(JSON.parse(text))
 * assert(decoded._tag === 'Right' && decoded.right._tag === 'policy')
 * assert.equal(PolicyShow.show(decoded.right.policy), 'pipe(fixed(1000), limitRetries(2))')
 *
 * @category decoding
 * @since 0.2.0
 */
export const decodeConfiguration = <R extends Registry>(
  registry: R
): ((json: unknown) => E.Either<ReadonlyArray<ConfigError>, Configuration<ErrorsOf<R>, ResultsOf<R>>>) =>
  // What the functions of the registry can judge is in its type.
  decoderOf(configurationForm(hold(registry)) as Form<Configuration<ErrorsOf<R>, ResultsOf<R>>>)

// --- form

const inWords = 'a policy or the options of a worker'

const configurationForm = (held: Held): Form<Configuration> => {
  const forms = policyForms(held)
  const policies = storable(forms.policy, policyStorer(held))
  const workers = storable(workerForm(held, forms), optionsStorer(held))
  const ofWorkers = propertiesOf(workers.schema)
  const ofPolicies = Object.keys(propertiesOf(forms.definitions.policy)).filter(
    (key) => !Object.hasOwn(ofWorkers, key)
  )
  return fileForm<Configuration>({
    title: 'reprise',
    description: 'A retry policy, or the options of a worker.',
    kinds: { policy: forms.definitions.policy, 'worker options': workers.schema },
    definitions: forms.definitions
  })(
    toForm(inWords, {}, (json, context): t.Validation<Configuration> => {
      if (!isObject(json)) return t.failure(json, context)
      return ofPolicies.some((key) => key in json)
        ? pipe(
            policies.validate(json, context),
            E.map((policy) => ({ _tag: 'policy', policy: policy as RetryPolicy }))
          )
        : pipe(
            workers.validate(json, context),
            E.map((options) => ({ _tag: 'worker', options }))
          )
    })
  )
}

const propertiesOf = (schema: JsonObject): JsonObject => schema['properties'] as JsonObject

// --- schema

/**
 * Gives the JSON Schema of configuration files of an application: it lists the names that the registry holds.
 *
 * @category schemas
 * @since 0.2.0
 */
export const configurationSchemaFor = (registry: Registry): JsonObject =>
  configurationForm(hold(registry)).schema

/**
 * The JSON Schema of configuration files, for editors to complete, explain and check keys. It is of draft 7, which all
 * editors of JSON and YAML know.
 *
 * Some errors only decoding finds: names that the registry does not have, durations beyond 2^53 - 1 ms, options that do not
 * fit together, and files beyond the limits.
 *
 * @category schemas
 * @since 0.2.0
 */
export const configurationSchema: JsonObject = /* #__PURE__ */ configurationSchemaFor({})
