/** How worker options are written: each one value for all methods, or a record of values by method with a `'*'`. */
import * as E from 'fp-ts/lib/Either.js'
import { constUndefined, flow, identity, pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { read } from '../policy/Failure.js'
import { type Levels, readOptions } from '../worker/Level.js'
import type { MethodOptions, OptionName, PerMethod, WorkerOptions } from '../worker/WorkerOptions.js'
import { anyOf, checked, field, type Form, object, toForm } from './Form.js'
import { isObject, type Json } from './Json.js'
import type { PolicyForms } from './Policy.js'
import { all } from './Validation.js'
import { count, duration, jitter, oneOf } from './Value.js'

/** The options that can be stored: all but functions. */
export type StoredOption = Exclude<OptionName, 'observer'>

/** Gives what options come to, level by level; says what was expected where they do not fit together. */
export const toLevels = (options: WorkerOptions): E.Either<string, Levels> =>
  E.tryCatch(
    () => readOptions(options),
    (error) => `options that fit together (${read(error, 'message') as string})`
  )

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
export const workerForm = ({ policy, condition, validators }: PolicyForms): Form<WorkerOptions> =>
  checked(flow(toLevels, E.match(identity, constUndefined)))(
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
      timeout: field(perMethod(duration), 'How long the whole call may take, waits included.')
    })
  )
