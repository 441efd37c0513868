/**
 * Levels of precedence: the library's defaults give way to those of `configure`, these to `'*'`, and `'*'` to a method's
 * own; option by option, and an explicit `undefined` inherits. Of a `policy` and the simple options it stands for, the
 * more specific level wins; on one level they contradict each other.
 *
 * Laws: `merge` is associative, with the level that says nothing as its unit.
 */
import { invalid, known, wholeNumber } from '../policy/argument.js'
import { toCondition } from '../policy/Condition.js'
import { capDelay, toJitter, withJitter } from '../policy/Delay.js'
import { toMillis } from '../policy/Duration.js'
import { retryOn, retryUntil } from '../policy/Judgement.js'
import { limitRetries } from '../policy/Limit.js'
import { type AnyPolicy, type RetryPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { exponential, fibonacci, fixed, linear } from '../policy/Schedule.js'
import { toValidators } from '../policy/Validator.js'
import { gateOf } from '../resource/CircuitBreaker.js'
import { toAsked } from '../resource/LimitRequest.js'
import { type AnyLimitSet, toLimitCell } from '../resource/LimitSet.js'
import { toBudgetCell } from '../resource/RetryBudget.js'
import type {
  MethodLimits,
  MethodOptions,
  OptionName,
  SimpleOption,
  WorkerDefaults,
  WorkerOptions
} from './WorkerOptions.js'

// --- model

/** What is set, and by what the retries are timed: the last level that said anything of it decides. */
export interface Level {
  readonly options: Partial<MethodOptions>
  readonly timing: 'policy' | 'options' | undefined
}

/** The level for all methods, and what single methods have of their own. */
export interface Levels {
  readonly all: Level
  readonly own: ReadonlyMap<string, Level>
}

const simple: ReadonlyArray<SimpleOption> = [
  'numRetries',
  'retryAlgorithm',
  'retryWait',
  'retryJitter',
  'maxWait',
  'retryOn',
  'retryUntil'
]

const algorithms = { exponential, linear, fixed, fibonacci }

// --- constructors

/** The level that says nothing. */
export const unset: Level = { options: {}, timing: undefined }

/** What is used where nobody says otherwise. */
const defaults = {
  numRetries: 0,
  retryAlgorithm: 'exponential',
  retryWait: 1000,
  retryJitter: 0.3
} as const satisfies Partial<MethodOptions>

const toLimits = (argument: string, value: MethodOptions['limits']): MethodLimits => {
  const limits = toMethodLimits(value)
  const { set, request, usage } = limits
  known(argument, limits, ['set', 'request', 'usage'])
  const cell = toLimitCell(argument, set)
  if (typeof request !== 'function') toAsked(`${argument}: request`, cell.limits, request)
  if (usage !== undefined && typeof usage !== 'function')
    invalid(`${argument}: usage`, 'a function of the result', usage)
  return limits
}

/** Gives what a method asks of which set, where only the set is said as well. */
export const toMethodLimits = (value: MethodOptions['limits']): MethodLimits =>
  // Callers without types may hand over anything.
  typeof (value as unknown) === 'object' && (value as unknown) !== null && 'set' in value
    ? value
    : { set: value as AnyLimitSet } // A set has other keys.

/** How each option is read: gives the value, or throws an error that names `argument`. */
const readers: {
  readonly [P in OptionName]: (argument: string, value: MethodOptions[P]) => MethodOptions[P]
} = {
  numRetries: (argument, value) => wholeNumber(argument, value, 0),
  retryAlgorithm: (argument, value) =>
    typeof value === 'string' && Object.hasOwn(algorithms, value)
      ? value
      : invalid(argument, `one of ${Object.keys(algorithms).join(', ')}`, value),
  retryWait: toMillis,
  retryJitter: toJitter,
  maxWait: toMillis,
  retryOn: toCondition,
  retryUntil: (argument, value) =>
    toValidators(argument, value).map((each) => (each._tag === 'decoder' ? each.decoder : each.test)),
  policy: toPolicy,
  attemptTimeout: toMillis,
  limits: toLimits,
  circuitBreaker: (argument, value) => {
    gateOf(argument, value)
    return value
  },
  retryBudget: (argument, value) => {
    toBudgetCell(argument, value)
    return value
  },
  timeout: toMillis,
  observer: (argument, value) =>
    typeof value === 'function' ? value : invalid(argument, 'a function of an event', value)
}

const optionNames = /* #__PURE__ */ Object.keys(readers) as ReadonlyArray<OptionName>

const isOptionName = (name: string): name is OptionName => Object.hasOwn(readers, name)

/** Gives a level that sets these options; throws if they contradict each other. */
const toLevel = (who: string, options: Partial<MethodOptions>): Level => {
  const timed = simple.filter((name) => name in options)
  if ('policy' in options && timed.length > 0) {
    throw new TypeError(`${who} must not have policy and ${timed.join(', ')} on one level of precedence`)
  }
  return { options, timing: 'policy' in options ? 'policy' : timed.length > 0 ? 'options' : undefined }
}

/** Reads what `configure` is given. */
export const readDefaults = (defaults: WorkerDefaults): Level => {
  const set = settings('configure', defaults).map(([name, value]) => {
    if (isRecord(name, value))
      throw new TypeError(`configure: ${name} must be one value for all methods, got a record`)
    return [name, read(`configure: ${name}`, name, value)] as const
  })
  return toLevel('configure: defaults', Object.fromEntries(set))
}

/** Reads the options of a worker with these methods; of a worker with any methods, where they are not given. */
export const readOptions = (options: WorkerOptions, methods?: ReadonlyArray<string>): Levels => {
  const byMethod = new Map<string, Partial<MethodOptions>>()
  for (const [name, given] of settings('worker', options)) {
    const record = isRecord(name, given) ? checkedRecord(name, given, methods) : undefined
    for (const [method, value] of record ?? [['*', given]]) {
      if (value === undefined) continue
      const argument = record === undefined ? `worker: ${name}` : `worker: ${name}['${method}']`
      byMethod.set(method, { ...byMethod.get(method), [name]: read(argument, name, value) })
    }
  }
  const levels = new Map(
    [...byMethod].map(
      ([method, set]) => [method, toLevel(`worker: the options of '${method}'`, set)] as const
    )
  )
  const all = levels.get('*') ?? unset
  levels.delete('*')
  return { all, own: levels }
}

/** Gives the options that are set, each by its name; throws for one that there is not. */
const settings = (who: string, options: object): ReadonlyArray<readonly [OptionName, unknown]> => {
  // Callers without types may hand over anything.
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null || Array.isArray(options)) {
    invalid(`${who}: options`, 'an object', options)
  }
  return Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    if (!isOptionName(name)) {
      throw new TypeError(`${who}: there is no option '${name}'; there are ${optionNames.join(', ')}`)
    }
    return value === undefined ? [] : [[name, value] as const]
  })
}

const read = (argument: string, name: OptionName, value: unknown): unknown =>
  // What the readers are for is to find out whether the value is of the option's type.
  (readers[name] as (argument: string, value: unknown) => unknown)(argument, value)

/** Of the values that are objects themselves, keys of which each has one. */
const keysOfValue: { readonly [P in OptionName]?: ReadonlyArray<string> } = {
  retryOn: ['_tag'],
  retryUntil: ['decode'],
  policy: ['schedule'],
  limits: ['acquire', 'set'],
  circuitBreaker: ['isolate'],
  retryBudget: ['balance']
}

/** Is it a record of values by method, and not a value? */
const isRecord = (name: OptionName, value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.hasOwn(value, '*') || keysOfValue[name]?.some((key) => key in value) !== true
}

const checkedRecord = (
  name: OptionName,
  record: Readonly<Record<string, unknown>>,
  methods: ReadonlyArray<string> | undefined
): ReadonlyArray<readonly [method: string, value: unknown]> => {
  const named = Object.keys(record)
  if (!named.includes('*')) {
    throw new TypeError(
      `worker: ${name} must have a '*' for the methods that it does not name; it names ${list(named)}`
    )
  }
  if (methods !== undefined) {
    const unknown = named.filter((key) => key !== '*' && !methods.includes(key))
    if (unknown.length > 0) {
      throw new TypeError(
        `worker: ${name} names no method of the functions: ${list(unknown)}; there are ${list(methods)}`
      )
    }
  }
  return Object.entries(record)
}

const list = (names: ReadonlyArray<string>): string => (names.length === 0 ? 'none' : names.join(', '))

// --- combinators

/** Gives what two levels come to, the second of which is more specific. */
export const merge = (below: Level, above: Level): Level => ({
  options: { ...below.options, ...above.options },
  timing: above.timing ?? below.timing
})

/** Gives what a method ends up with. */
export const levelOf = (defaults: Level, { all, own }: Levels, method: string): Level =>
  [defaults, all, own.get(method) ?? unset].reduce(merge)

// --- conversions

/** Gives the policy that a level describes; what it does not say is as the library has it. */
export const toRetryPolicy = ({ options, timing }: Level): AnyPolicy => {
  // Where a policy decides, there is one.
  if (timing === 'policy') return options.policy as AnyPolicy
  const { numRetries, retryAlgorithm, retryWait, retryJitter, maxWait, ...judging } = {
    ...defaults,
    ...options
  }
  const steps: ReadonlyArray<((self: RetryPolicy) => AnyPolicy) | false> = [
    retryJitter !== 0 && withJitter(retryJitter),
    maxWait !== undefined && capDelay(maxWait),
    limitRetries(numRetries),
    judging.retryOn !== undefined && retryOn(judging.retryOn),
    judging.retryUntil !== undefined && retryUntil(judging.retryUntil)
  ]
  return steps.reduce<AnyPolicy>(
    // What a policy can judge is stated in types alone, and those of the worker have seen to it.
    (policy, step) => (step === false ? policy : step(policy as RetryPolicy)),
    algorithms[retryAlgorithm](retryWait)
  )
}

/** Gives the policy of each method that options name, and under `'*'` that of all others, without the functions. */
export const policiesOf = (options: WorkerOptions): ReadonlyMap<string, AnyPolicy> => {
  const levels = readOptions(options)
  return new Map(
    ['*', ...levels.own.keys()].map((method) => [method, toRetryPolicy(levelOf(unset, levels, method))])
  )
}
