/**
 * How a policy becomes JSON: the reverse of the forms. Where the registry has no name for a function, a gap is left, and
 * `filled` tells of all gaps, each by its path.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import type { AnyCondition } from '../policy/Condition.js'
import { type AnyPolicy, type Hint, parts, type Schedule } from '../policy/RetryPolicy.js'
import type { Validator } from '../policy/Validator.js'
import { toJson } from './Json.js'
import type { ConditionJson, OneOrMore, PolicyJson } from './PolicyJson.js'
import type { Held, Names } from './Registry.js'
import { problem } from './Validation.js'

// --- gaps

/** What the registry has no name for: a function, which no JSON holds. */
type Gap = () => { readonly value: unknown; readonly expected: string }

/** Gives a gap where a name should be. */
export const gap = (value: unknown, expected: string): string => {
  const open: Gap = () => ({ value, expected })
  // `filled` sees to it that no gap gets out.
  return open as unknown as string
}

/** Gives what was written, if it has no gaps and is within the limits. */
export const filled = <J>(written: J, context: t.Context): t.Validation<J> =>
  pipe(
    toJson(written, context),
    E.mapLeft((errors) =>
      errors.map((error) => {
        if (typeof error.value !== 'function') return error
        const { value, expected } = (error.value as Gap)()
        return problem(value, error.context, expected)
      })
    ),
    E.map(() => written)
  )

/** Gives the name that the registry has for something. */
export const nameFor = ({ kind, of }: Names<unknown>, value: unknown, knownBy = value): string =>
  of.get(knownBy) ?? gap(value, `something that the registry has among its ${kind}`)

/** Some functions have names in their policies, under which the registry has to have them. */
const ownNameFor = ({ kind, all }: Names<unknown>, name: string, value: unknown): string =>
  all.get(name) === value ? name : gap(value, `what the registry has among its ${kind} as '${name}'`)

// --- conversions

export const writeCondition =
  (held: Held) =>
  (condition: AnyCondition): ConditionJson => {
    const write = writeCondition(held)
    switch (condition._tag) {
      case 'named':
        return condition.name
      case 'instanceOf':
        return { condition: nameFor(held.conditions, condition.type) }
      case 'predicate':
        return { condition: nameFor(held.conditions, condition.test) }
      case 'anyOf':
        return condition.of.map(write)
      case 'allOf':
        return { allOf: condition.of.map(write) }
      case 'not':
        return { not: write(condition.of) }
      case 'anyCause':
        return { anyCause: write(condition.of) }
    }
  }

export const writeValidators =
  (held: Held) =>
  (validators: ReadonlyArray<Validator>): OneOrMore<string> =>
    oneOrMore(
      validators.map((each) => nameFor(held.validators, each._tag === 'decoder' ? each.decoder : each.test))
    )

export const writePolicy =
  (held: Held) =>
  ({ schedule, ...settings }: AnyPolicy): PolicyJson => {
    const { retryOn, withJitter, delayFrom, abortOn, retryUntil, ...numbers } = settings
    const write = writeCondition(held)
    const hint = ({ f, max }: Hint) => ({ hint: nameFor(held.hints, f), max })
    return {
      ...writeSchedule(held, schedule),
      ...numbers,
      ...(retryOn && { retryOn: write(retryOn) }),
      ...(withJitter && { withJitter: oneOrMore(withJitter) }),
      ...(delayFrom && { delayFrom: oneOrMore(delayFrom.map(hint)) }),
      ...(abortOn && { abortOn: oneOrMore(abortOn.map(write)) }),
      ...(retryUntil && { retryUntil: writeValidators(held)(retryUntil) })
    }
  }

const writeSchedule = (held: Held, schedule: Schedule): PolicyJson => {
  const [first, second] = parts(schedule).map(writePolicy(held)) as [PolicyJson, PolicyJson]
  switch (schedule._tag) {
    case 'exponential': {
      const { base, factor } = schedule
      return { exponential: factor === 2 ? base : { base, factor } }
    }
    case 'linear': {
      const { base, step } = schedule
      return { linear: step === base ? base : { base, step } }
    }
    case 'fixed':
      return schedule.delay === 0 ? { immediate: true } : { fixed: schedule.delay }
    case 'fibonacci':
      return { fibonacci: schedule.base }
    case 'decorrelated':
      return { decorrelated: schedule.base }
    case 'delays':
      return schedule.delays.length === 0 ? { never: true } : { delays: schedule.delays }
    case 'custom':
      return { custom: ownNameFor(held.schedules, schedule.name, schedule.f) }
    case 'andThen':
      return { andThen: [...chain('andThen', first), second] }
    case 'both':
      return { both: [...chain('both', first), second] }
    case 'either':
      return { either: [...chain('either', first), second] }
    case 'mapDelay':
      return { mapDelay: { name: ownNameFor(held.delays, schedule.name, schedule.f), policy: first } }
    case 'when':
      return {
        when: { condition: writeCondition(held)(schedule.condition), policy: first, otherwise: second }
      }
  }
}

/** The members of a combination that has no settings, so that those of one kind in a row are one list; else the policy. */
const chain = (key: 'andThen' | 'both' | 'either', first: PolicyJson): ReadonlyArray<PolicyJson> => {
  const inner = (first as { readonly [K in typeof key]?: ReadonlyArray<PolicyJson> })[key]
  return inner !== undefined && Object.keys(first).length === 1 ? inner : [first]
}

/** A list of lists stays one. */
const oneOrMore = <T>(list: ReadonlyArray<T>): OneOrMore<T> => {
  // There is one then.
  const first = list[0] as T
  return list.length === 1 && !Array.isArray(first) ? first : list
}
