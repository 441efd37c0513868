/**
 * The options of a worker from and to JSON: the options that `worker` takes, each one value for all methods, or a record of
 * values by method with a `'*'`. Resources go by their names in the registry; an observer is not stored.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { toCondition } from '../policy/Condition.js'
import { toValidators } from '../policy/Validator.js'
import type { Level, Levels } from '../worker/Level.js'
import type { MethodOptions, OptionName, WorkerOptions } from '../worker/WorkerOptions.js'
import { store, toCodec } from './Codec.js'
import { type ConfigError, toConfigErrors } from './ConfigError.js'
import { same, unstorable } from './Options.js'
import { policyForms } from './Policy.js'
import { policyStorer } from './PolicyCodec.js'
import type { ConditionJson, OneOrMore, PolicyJson } from './PolicyJson.js'
import { bareSet, type Held, hold, type Registry } from './Registry.js'
import { all, expecting, refuse } from './Validation.js'
import { type StoredOption, toLevels, workerForm } from './WorkerForm.js'
import { filled, nameFor, writeCondition, writeValidators } from './write.js'

// --- model

/**
 * Worker options as JSON; `null` for `'*'` sets nothing there. What is encoded has all durations in milliseconds.
 *
 * @category model
 * @since 0.2.0
 */
export type WorkerOptionsJson = {
  readonly [P in StoredOption]?: PerMethodJson<
    P extends 'policy'
      ? PolicyJson
      : P extends 'retryOn'
        ? ConditionJson
        : P extends 'retryUntil'
          ? OneOrMore<string>
          : P extends 'limits' | 'circuitBreaker' | 'retryBudget'
            ? string
            : MethodOptions[P]
  >
}

type PerMethodJson<J> = J | { readonly '*': J | null; readonly [method: string]: J | null }

// --- decoding and encoding

/**
 * Reads the options of a worker from what was parsed from JSON or YAML. The names of methods are checked by `worker`, which
 * knows its functions.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { policyOf, waits, worker } from 'reprise'
 * import { decodeWorkerOptions } from 'reprise/codec'
 *
 * const options = decodeWorkerOptions({})({ numRetries: { '*': 0, read: 3 }, retryWait: '1s', retryJitter: 0 })
 * assert(options._tag === 'Right')
 *
 * const db = worker({ read: async (id: number) => id, write: async (id: number) => id }, options.right)
 * assert.deepEqual(waits(policyOf(db, 'read'), 9), [1000, 2000, 4000])
 * assert.deepEqual(waits(policyOf(db, 'write'), 9), [])
 *
 * @category decoding
 * @since 0.2.0
 */
export const decodeWorkerOptions = (
  registry: Registry
): ((json: unknown) => E.Either<ReadonlyArray<ConfigError>, WorkerOptions>) => {
  const codec = WorkerOptionsFromUnknown(registry)
  return (json) => toConfigErrors(codec.decode(json))
}

/**
 * Writes the options of a worker as JSON. What the registry does not hold cannot be stored, nor can an `observer`.
 *
 * @category encoding
 * @since 0.2.0
 */
export const encodeWorkerOptions = (
  registry: Registry
): ((options: WorkerOptions) => E.Either<ReadonlyArray<ConfigError>, WorkerOptionsJson>) => {
  const toStored = optionsStorer(hold(registry))
  return (options) => store(toStored, options)
}

/**
 * Worker options as an io-ts codec, to be part of others. *Gotcha*: like that of `PolicyFromUnknown`, its `encode` throws a
 * `TypeError` for options that cannot be stored.
 *
 * @category codecs
 * @since 0.2.0
 */
export const WorkerOptionsFromUnknown = (registry: Registry): t.Type<WorkerOptions, WorkerOptionsJson> => {
  const held = hold(registry)
  return toCodec(workerForm(held, policyForms(held)), optionsStorer(held))
}

// --- storing

type Writer = t.Validate<never, unknown>

/** How the value of each option is written. */
const toWriters = (held: Held): Readonly<Record<OptionName, Writer>> => ({
  numRetries: same,
  retryAlgorithm: same,
  retryWait: same,
  retryJitter: same,
  maxWait: same,
  // Stryker disable StringLiteral: names of arguments in errors, of which `toLevels` has found none
  retryOn: (value) => t.success(writeCondition(held)(toCondition('retryOn', value))),
  retryUntil: (value) => t.success(writeValidators(held)(toValidators('retryUntil', value))),
  // Stryker restore StringLiteral
  policy: policyStorer(held),
  attemptTimeout: same,
  limits: (value) => t.success(nameFor(held.limits, value, bareSet(value))),
  circuitBreaker: (value) => t.success(nameFor(held.circuitBreakers, value)),
  retryBudget: (value) => t.success(nameFor(held.retryBudgets, value)),
  timeout: same,
  observer: unstorable('observer')
})

/** Gives what stores options: what they come to, level by level. */
export const optionsStorer = (held: Held): t.Validate<WorkerOptions, WorkerOptionsJson> => {
  const writers = Object.entries(toWriters(held)) as ReadonlyArray<readonly [OptionName, Writer]>
  return (options, context) =>
    pipe(
      toLevels(options),
      E.orElse((expected): t.Validation<Levels> => refuse(options, context, expected)),
      E.flatMap((levels) =>
        all(writers.flatMap(([name, write]) => writeOption(levels, name, write, context)))
      ),
      E.flatMap((entries) => filled(Object.fromEntries(entries), context))
    )
}

/** Gives an option and its JSON, if any level sets it: one value, unless methods have their own. */
const writeOption = (
  { all: forAll, own }: Levels,
  name: OptionName,
  write: Writer,
  context: t.Context
): ReadonlyArray<t.Validation<readonly [OptionName, unknown]>> => {
  const at = (key: string, above: t.Context): t.Context => t.appendContext(above, key, expecting(key))
  const writeLevel = ({ options }: Level, where: t.Context): t.Validation<unknown> =>
    name in options ? write(options[name] as never, where) : t.success(null)
  const methods = [...own].filter(([, { options }]) => name in options)
  if (!(name in forAll.options) && methods.length === 0) return []
  const record = [['*', forAll] as const, ...methods].map(([method, level]) =>
    pipe(
      writeLevel(level, at(method, at(name, context))),
      E.map((json) => [method, json] as const)
    )
  )
  return [
    pipe(
      methods.length === 0
        ? writeLevel(forAll, at(name, context))
        : pipe(all(record), E.map(Object.fromEntries)),
      E.map((json: unknown) => [name, json] as const)
    )
  ]
}
