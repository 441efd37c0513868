/** The clients of a fleet from JSON, for an application that lends its functions in a registry: a policy, or one with more around it. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import type { ClientOptions } from '../lab/clientOf.js'
import type { AnyPolicy, RetryPolicy } from '../policy/RetryPolicy.js'
import type { CallLimit, ResourceLimit } from '../resource/Limit.js'
import { circuitBreakerForm } from './CircuitBreakerCodec.js'
import { decoderOf, storable } from './Codec.js'
import type { ConfigError } from './ConfigError.js'
import { fileForm } from './FileForm.js'
import { field, type Form, map, object, toForm } from './Form.js'
import { isObject, type Json, type JsonObject } from './Json.js'
import { limitsForm } from './LimitsCodec.js'
import { policyForms } from './Policy.js'
import { policyStorer } from './PolicyCodec.js'
import { type Held, hold, type Registry } from './Registry.js'
import { retryBudgetForm } from './RetryBudgetCodec.js'
import { all, refuse } from './Validation.js'
import { duration } from './Value.js'

// --- decoding

/**
 * Reads what the clients of a fleet do from what was parsed from JSON or YAML: a policy, as `decodePolicy` does; or a record
 * with a `policy` and any of the other options of `clientOf`, if it has one of these keys. A `$schema` at the top, which editors
 * go by, is left aside. Throws a `TypeError` or `RangeError` for a registry that holds something else.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { decodeClient, showConfigError } from 'reprise/codec'
 * import { clientOf, runFleet } from 'reprise/lab'
 *
 * const decode = decodeClient({})
 * const client = decode({
 *   policy: { exponential: '100ms', withJitter: 'full', limitRetries: 3 },
 *   attemptTimeout: '1s',
 *   circuitBreaker: { consecutiveFailures: 5, openTime: '2s' },
 *   retryBudget: { ratio: 0.2, minimumPerSecond: 1 }
 * })
 * assert(client._tag === 'Right')
 *
 * const scenario = { clients: 9, arrivals: 'atOnce', server: { capacity: 3, latency: '10ms' } } as const
 * const result = await runFleet(scenario, clientOf(client.right))()
 * assert(result._tag === 'Right' && result.right.succeeded === 9)
 *
 * assert.equal(decode({ exponential: '100ms', limitRetries: 3 })._tag, 'Right')
 * const wrong = decode({ policy: { exponential: '100ms' }, attemptTimeout: 'soon' })
 * assert.deepEqual(wrong._tag === 'Left' && wrong.left.map(showConfigError), [
 *   `attemptTimeout: expected milliseconds >= 0 or a text like '2s', got "soon"`
 * ])
 *
 * @category decoding
 * @since 0.3.0
 */
export const decodeClient = (
  registry: Registry
): ((json: unknown) => E.Either<ReadonlyArray<ConfigError>, ClientOptions>) =>
  decoderOf(clientForm(hold(registry)))

// --- form

const inWords = 'a policy or the options of a client'

const clientForm = (held: Held): Form<ClientOptions> => {
  const forms = policyForms(held)
  // Combinations copy conditions, so a small text may mean a lot.
  const policy = map((read: AnyPolicy) => read as RetryPolicy)(storable(forms.policy, policyStorer(held)))
  const options = object<{ -readonly [K in keyof ClientOptions]-?: NonNullable<ClientOptions[K]> }, 'policy'>(
    inWords,
    {
      policy: field(policy, 'How calls are retried.'),
      attemptTimeout: field(duration, 'How long each attempt may take.'),
      limits: field(limits, 'What each attempt waits for and holds, of each process.'),
      circuitBreaker: field(circuitBreakerForm(held), 'Is asked before each attempt; one for each process.'),
      retryBudget: field(retryBudgetForm, 'Retries draw on it; one for each process.'),
      timeout: field(duration, 'How long a whole call may take, waits included.')
    },
    ['policy']
  )
  const ofOptions = Object.keys(options.schema['properties'] as JsonObject)
  return fileForm<ClientOptions>({
    title: 'reprise client',
    description: 'What the clients of a fleet do: a retry policy, or one with more around it.',
    kinds: { policy: forms.definitions.policy, client: options.schema },
    definitions: forms.definitions
  })(
    toForm(inWords, {}, (json, context): t.Validation<ClientOptions> =>
      isObject(json) && !ofOptions.some((key) => key in json)
        ? pipe(
            policy.validate(json, context),
            E.map((read) => ({ policy: read }))
          )
        : options.validate(json, context)
    )
  )
}

/** Limits that a call of a client counts for: nothing says how much it asks of others. */
const limits: Form<ReadonlyArray<CallLimit | ResourceLimit>> = toForm(
  limitsForm.name,
  limitsForm.schema,
  (json, context) =>
    pipe(
      limitsForm.validate(json, context),
      E.flatMap((read) =>
        all(
          read.map((limit, i) =>
            limit._tag === 'rateLimit'
              ? refuse((json as ReadonlyArray<Json>)[i], context, 'a callLimit or a resourceLimit', String(i))
              : E.right(limit)
          )
        )
      )
    )
)

// --- schema

/**
 * Gives the JSON Schema of client files of an application: it lists the names that the registry holds.
 *
 * @category schemas
 * @since 0.3.0
 */
export const clientSchemaFor = (registry: Registry): JsonObject => clientForm(hold(registry)).schema
