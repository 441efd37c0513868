/**
 * What an application lends to its configuration: functions, error classes and resources, which cannot be stored, by the
 * names that stand for them.
 */
import { identity } from 'fp-ts/lib/function.js'
import { invalid, named } from '../policy/argument.js'
import type { ErrorClass, Judged } from '../policy/Condition.js'
import { type Context, read } from '../policy/Failure.js'
import type { CustomDelay, ScheduleStatus } from '../policy/RetryPolicy.js'
import type { Decoder, Validated } from '../policy/Validator.js'
import { gateOf } from '../resource/CircuitBreaker.js'
import { toLimitCell } from '../resource/LimitSet.js'
import { toBudgetCell } from '../resource/RetryBudget.js'
import { toMethodLimits } from '../worker/Level.js'
import type { MethodLimits, MethodOptions } from '../worker/WorkerOptions.js'

// --- model

/**
 * Functions and resources by name. Only its own keys count.
 *
 * @category model
 * @since 0.2.0
 */
export interface Registry {
  /** For `retryOn`, `abortOn` and `when`: error classes, and predicates of errors. */
  readonly conditions?: Readonly<Record<string, ErrorClass | Judging['condition']>>
  /** For `retryUntil`: predicates of results, and io-ts decoders. */
  readonly validators?: Readonly<Record<string, Judging['validator'] | Decoding>>
  /** For `custom`: a schedule is stored under its own name. */
  readonly schedules?: Readonly<Record<string, (status: ScheduleStatus) => CustomDelay>>
  /** For `mapDelay`: a change of waits is stored under its own name. */
  readonly delays?: Readonly<Record<string, (delay: number) => number>>
  /** For `delayFrom`. */
  readonly hints?: Readonly<Record<string, Judging['hint']>>
  /** For `limits` of a worker: sets, alone or with what a call asks of them and has used of them. */
  readonly limits?: Readonly<Record<string, MethodOptions['limits']>>
  /** For `circuitBreaker` of a worker. */
  readonly circuitBreakers?: Readonly<Record<string, MethodOptions['circuitBreaker']>>
  /** For `retryBudget` of a worker. */
  readonly retryBudgets?: Readonly<Record<string, MethodOptions['retryBudget']>>
}

// Methods are compared bivariantly: functions of any error or result fit, and a parameter left open is `unknown`.
interface Judging {
  condition(error: unknown, context: Context): boolean
  validator(result: unknown, context: Context): boolean
  hint(error: unknown, context: Context): number | undefined
}
interface Decoding {
  readonly name: string
  decode(value: unknown): ReturnType<Decoder<unknown, unknown>['decode']>
}

/** The errors that policies with the functions of a registry can judge: those that all of them take. */
export type ErrorsOf<R> = Judged<ReadonlyArray<ValueOf<R, 'conditions'> | ValueOf<R, 'hints'>>>

/** The results that policies with the functions of a registry can judge. */
export type ResultsOf<R> = Validated<ReadonlyArray<ValueOf<R, 'validators'>>>

type ValueOf<R, K> = K extends keyof R ? NonNullable<R[K]>[keyof NonNullable<R[K]>] : never

export type Kind = keyof Registry

/** One kind of things by name, and their names. */
export interface Names<F> {
  readonly kind: Kind
  readonly all: ReadonlyMap<string, F>
  readonly of: ReadonlyMap<unknown, string>
}

/** A registry, read once. */
export type Held = { readonly [K in Kind]: Names<NonNullable<NonNullable<Registry[K]>[string]>> }

// --- constructors

type Check = (argument: string, value: unknown) => void

const aFunction: Check = (argument, value) => {
  if (typeof value !== 'function') invalid(argument, 'a function', value)
}

/** What each kind holds: throws for anything else, with an error that names `argument`. */
const checks: Readonly<Record<Kind, Check>> = {
  conditions: aFunction,
  validators: (argument, value) => {
    if (typeof value !== 'function' && typeof read(value, 'decode') !== 'function')
      invalid(argument, 'a function or a decoder', value)
  },
  schedules: aFunction,
  delays: aFunction,
  hints: aFunction,
  // Callers without types may hand over anything.
  limits: (argument, value) => toLimitCell(argument, toMethodLimits(value as MethodLimits).set),
  circuitBreakers: (argument, value) => gateOf(argument, value as MethodOptions['circuitBreaker']),
  retryBudgets: toBudgetCell
}

/** Reads a registry; throws a `TypeError` or `RangeError` for one that holds something else. */
export const hold = (registry: Registry): Held => {
  const known = Object.keys(checks)
  const unknown = Object.keys(record('registry', registry)).filter((kind) => !known.includes(kind))
  if (unknown.length > 0) {
    throw new TypeError(`registry: there is no kind ${unknown.join(', ')}; there are ${known.join(', ')}`)
  }
  return {
    conditions: names('conditions', registry.conditions),
    validators: names('validators', registry.validators),
    schedules: names('schedules', registry.schedules),
    delays: names('delays', registry.delays),
    hints: names('hints', registry.hints),
    limits: names('limits', registry.limits, bareSet),
    circuitBreakers: names('circuitBreakers', registry.circuitBreakers),
    retryBudgets: names('retryBudgets', registry.retryBudgets)
  }
}

// Callers without types may hand over anything.
const record = <T extends object>(argument: string, value: T): T =>
  typeof (value as unknown) === 'object' && (value as unknown) !== null
    ? value
    : invalid(argument, 'an object', value)

/** Things by their names, and their names by what they are known by: themselves, if not said. */
const names = <F>(
  kind: Kind,
  held: Readonly<Record<string, F>> = {},
  knownBy: (value: F) => unknown = identity
): Names<F> => {
  const all = new Map(Object.entries(record(`registry: its ${kind}`, held)))
  for (const [name, value] of all) {
    named(`registry: the name of one of its ${kind}`, name)
    checks[kind](`registry: '${name}' of its ${kind}`, value)
  }
  // Of several names for one thing, the first is the one that is written.
  return { kind, all, of: new Map([...all].reverse().map(([name, value]) => [knownBy(value), name])) }
}

/** What limits are known by: a set of which nothing in particular is asked is the same in an object of its own. */
export const bareSet = (limits: MethodOptions['limits']): unknown => {
  const { set, request, usage } = toMethodLimits(limits)
  return request === undefined && usage === undefined ? set : limits
}
