/**
 * What an application lends to its configuration: functions and error classes, which cannot be stored, by the names that
 * stand for them.
 */
import { invalid, named } from '../policy/argument.js'
import type { ErrorClass, Judged } from '../policy/Condition.js'
import { type Context, read } from '../policy/Failure.js'
import type { CustomDelay, ScheduleStatus } from '../policy/RetryPolicy.js'
import type { Decoder, Validated } from '../policy/Validator.js'

// --- model

/**
 * Functions by name. Only its own keys count.
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

const kinds: ReadonlyArray<string> = [
  'conditions',
  'validators',
  'schedules',
  'delays',
  'hints'
] satisfies ReadonlyArray<Kind>

/** Reads a registry; throws a `TypeError` or `RangeError` for one that holds something else. */
export const hold = (registry: Registry): Held => {
  const { conditions, validators, schedules, delays, hints } = record('registry', registry)
  const unknown = Object.keys(registry).filter((kind) => !kinds.includes(kind))
  if (unknown.length > 0) {
    throw new TypeError(`registry: there is no kind ${unknown.join(', ')}; there are ${kinds.join(', ')}`)
  }
  return {
    conditions: names('conditions', conditions),
    validators: names('validators', validators),
    schedules: names('schedules', schedules),
    delays: names('delays', delays),
    hints: names('hints', hints)
  }
}

// Callers without types may hand over anything.
const record = <T extends object>(argument: string, value: T): T =>
  typeof (value as unknown) === 'object' && (value as unknown) !== null
    ? value
    : invalid(argument, 'an object', value)

const names = <F>(kind: Kind, held: Readonly<Record<string, F>> = {}): Names<F> => {
  const all = new Map(Object.entries(record(`registry: its ${kind}`, held)))
  for (const [name, value] of all) {
    named(`registry: the name of one of its ${kind}`, name)
    const decodes = kind === 'validators' && typeof read(value, 'decode') === 'function'
    if (typeof value !== 'function' && !decodes) {
      invalid(
        `registry: '${name}' of its ${kind}`,
        kind === 'validators' ? 'a function or a decoder' : 'a function',
        value
      )
    }
  }
  // Of several names for one thing, the first is the one that is written.
  return { kind, all, of: new Map([...all].reverse().map(([name, value]) => [value, name])) }
}
