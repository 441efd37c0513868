/**
 * The scenarios of `reprise/lab` from and to JSON. They are plain data, and so are JSON already: what is decoded has been
 * checked, and has all durations in milliseconds.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import type { Scenario } from '../lab/Scenario.js'
import { store, toCodec } from './Codec.js'
import { type ConfigError, toConfigErrors } from './ConfigError.js'
import { fileForm } from './FileForm.js'
import { type JsonObject, toJson } from './Json.js'
import { scenarioDefinitions, scenarioForm, scenarioKinds } from './ScenarioForm.js'

// --- form and storer

const form = /* #__PURE__ */ fileForm<Scenario>({
  title: 'reprise scenario',
  description: 'A world for a fleet of clients.',
  kinds: scenarioKinds,
  definitions: scenarioDefinitions
})(scenarioForm)

/** What is stored is what would be read. */
const toStored: t.Validate<Scenario, Scenario> = (scenario, context) =>
  pipe(
    toJson(scenario, context),
    E.flatMap((json) => scenarioForm.validate(json, context))
  )

// --- codecs

/**
 * Scenarios as an io-ts codec, to be part of others. *Gotcha*: like that of `PolicyFromUnknown`, its `encode` throws a
 * `TypeError` for what is no scenario.
 *
 * @category codecs
 * @since 0.3.0
 */
export const ScenarioFromUnknown: t.Type<Scenario> = /* #__PURE__ */ toCodec(form, toStored)

// --- decoding and encoding

/**
 * Reads the scenario of a fleet from what was parsed from JSON or YAML. What it gives is plain JSON again, with all durations
 * in milliseconds, and `runFleet` takes it. A `$schema` at the top, which editors go by, is left aside.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { limitRetries, linear, withJitter, withRetry } from 'reprise'
 * import { decodeScenario, showConfigError } from 'reprise/codec'
 * import { runFleet } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const scenario = decodeScenario({
 *   clients: 20,
 *   arrivals: { every: '1s' },
 *   duration: '30s',
 *   network: '5ms',
 *   server: {
 *     capacity: 4,
 *     latency: { logNormal: ['50ms', 0.5] },
 *     outages: [{ from: '10s', to: '15s', mode: 'down' }]
 *   }
 * })
 * assert(scenario._tag === 'Right')
 *
 * const policy = pipe(linear('100ms'), withJitter('full'), limitRetries(2))
 * const result = await runFleet(scenario.right, (call) => pipe(call, withRetry(policy)))()
 * assert(result._tag === 'Right' && result.right.requests === 600)
 *
 * const wrong = decodeScenario({ clients: 20, arrivals: 'now', server: { capacity: 1, latency: '1s' } })
 * assert.deepEqual(wrong._tag === 'Left' && wrong.left.map(showConfigError), [
 *   'arrivals: expected one of atOnce, or { every } or { perSecond }, got "now"'
 * ])
 *
 * @category decoding
 * @since 0.3.0
 */
export const decodeScenario = (json: unknown): E.Either<ReadonlyArray<ConfigError>, Scenario> =>
  toConfigErrors(ScenarioFromUnknown.decode(json))

/**
 * Writes the scenario of a fleet as JSON, with all durations in milliseconds; a `Left` for what `decodeScenario` would not read.
 *
 * @category encoding
 * @since 0.3.0
 */
export const encodeScenario = (scenario: Scenario): E.Either<ReadonlyArray<ConfigError>, Scenario> =>
  store(toStored, scenario)

// --- schema

/**
 * The JSON Schema of scenario files, for editors to complete, explain and check keys.
 *
 * @category schemas
 * @since 0.3.0
 */
export const scenarioSchema: JsonObject = form.schema
