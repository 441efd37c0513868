/** How worker options are written: each one value for all methods, or a record of values by method with a `'*'`. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type Levels, readOptions } from '../worker/Level.js'
import type { MethodOptions, OptionName, PerMethod, WorkerOptions } from '../worker/WorkerOptions.js'
import { anyOf, field, type Form, made, object, toForm } from './Form.js'
import { isObject, type Json } from './Json.js'
import { fit } from './Options.js'
import type { PolicyForms } from './Policy.js'
import type { Held } from './Registry.js'
import { all } from './Validation.js'
import { count, duration, heldIn, jitter, oneOf } from './Value.js'

/** The options that can be stored: all but functions; resources by their names. */
export type StoredOption = Exclude<OptionName, 'observer'>

/** Gives what options come to, level by level; says what was expected where they do not fit together. */
export const toLevels = fit((options: WorkerOptions): Levels => readOptions(options))

/** One value for all methods, or a record of values by method. */
const perMethod = <A>(form: Form<A>): Form<PerMethod<A>> => {
  const record = {
    schema: {
      type: 'object',
      description: "By method; '*' is for all that are not named, null sets nothing for them.",
      properties: { '*': anyOf(form, { schema: { type: 'null' } }) },
      required: ['*'],
      additionalProperties: form.schema
    }
  }
  const readMethod = (method: string, json: Json, context: t.Context): t.Validation<A | undefined> =>
    method === '*' && json === null
      ? t.success(undefined)
      : form.validate(json, t.appendContext(context, method, form, json))
  return toForm<PerMethod<A>>(
    `${form.name}, or a record of these by method with a '*'`,
    anyOf(form, record),
    (json, context) => {
      if (!isObject(json) || !('*' in json)) return form.validate(json, context)
      const entries = Object.entries(json).map(([method, each]) =>
        pipe(
          readMethod(method, each, context),
          E.map((value) => [method, value] as const)
        )
      )
      // It has the keys of what was read, a '*' among them.
      return pipe(
        all(entries),
        E.map((read) => Object.fromEntries(read) as unknown as PerMethod<A>)
      )
    }
  )
}

/** Gives the form of worker options. Whether they fit together is for `readOptions` to say, as it does for `worker`. */
export const workerForm = (
  { limits, circuitBreakers, retryBudgets }: Held,
  { policy, condition, validators }: PolicyForms
): Form<WorkerOptions> =>
  made((options: WorkerOptions) =>
    pipe(
      toLevels(options),
      E.map(() => options)
    )
  )(
    object<{ [P in StoredOption]: PerMethod<MethodOptions[P]> }>('worker options', {
      numRetries: field(perMethod(count(0)), 'Retries after the first attempt; 0 if not set.'),
      retryAlgorithm: field(
        perMethod(oneOf('exponential', 'linear', 'fixed', 'fibonacci')),
        'How the waits grow; exponential if not set.'
      ),
      retryWait: field(perMethod(duration), 'The first wait; 1 s if not set.'),
      retryJitter: field(perMethod(jitter), 'How the waits are spread; 0.3, which is ± 30 %, if not set.'),
      maxWait: field(perMethod(duration), 'No wait is longer; without a bound if not set.'),
      retryOn: field(
        perMethod(condition),
        'Which errors are retried; all but those that mean "given up already" if not set.'
      ),
      retryUntil: field(
        perMethod(validators),
        'Names of validators in the registry: which results are accepted; all if not set.'
      ),
      policy: field(perMethod(policy), 'A composed policy, instead of all the options above.'),
      attemptTimeout: field(perMethod(duration), 'How long each attempt may take.'),
      limits: field(
        perMethod(heldIn(limits)),
        "The name of limits in the application's registry, which each attempt waits for and holds."
      ),
      circuitBreaker: field(
        perMethod(heldIn(circuitBreakers)),
        "The name of a circuit breaker in the application's registry, which is asked before each attempt."
      ),
      retryBudget: field(
        perMethod(heldIn(retryBudgets)),
        "The name of a retry budget in the application's registry, which retries draw on."
      ),
      timeout: field(perMethod(duration), 'How long the whole call may take, waits included.')
    })
  )
