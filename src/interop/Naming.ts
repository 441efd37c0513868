/**
 * Conditions by the names of errors, for engines that know nothing else of an error.
 *
 * The library compares a text with the `_tag`, the `name` and the `code` of an error; an engine sees one name. A
 * class goes by its own name: its heirs, which have other names, have to be named themselves. That is too much to ask
 * of `Error`.
 */
import type { AnyCondition } from '../policy/Condition.js'
import { matchesEverything, matchesNothing } from '../policy/implies.js'
import { abortOn } from '../policy/Judgement.js'
import { everyPart } from '../policy/namedParts.js'
import type { AnyPolicy, RetryPolicy } from '../policy/RetryPolicy.js'
import { levelsOf, nameOf, nameOfCondition, none, problem, type Problems, unless } from './Inexpressible.js'

/** What the conditions of a policy come to, and what of them goes by no names. */
export interface Named {
  /** Never retried, whatever else is said. */
  readonly aborted: ReadonlyArray<string>
  /** Not retried by the main schedule. */
  readonly refused: ReadonlyArray<string>
  /** Retried by the main schedule, and nothing else; `undefined` if all that is not refused is. */
  readonly retried: ReadonlyArray<string> | undefined
  readonly problems: Problems
}

/** The errors of these names, or all `except` them; and what in a condition goes by no names. */
interface Naming {
  readonly names: ReadonlyArray<string>
  readonly except: boolean
  readonly foreign: ReadonlyArray<AnyCondition>
}

// --- conversions

type Judging = Pick<AnyPolicy, 'retryOn' | 'abortOn'>

/** The part of a pipe that sets `retryOn`, which combinations keep in their parts. */
export const judgeOf = (self: AnyPolicy): AnyPolicy =>
  levelsOf(self).find(({ retryOn }) => retryOn !== undefined) ?? self

/** The conditions of a policy that have a say. */
const judging = (self: AnyPolicy): Judging => {
  const { abortOn = [] } = self
  const { retryOn } = judgeOf(self)
  const aborting = abortOn.filter((each) => !matchesNothing(each))
  return {
    ...(retryOn !== undefined && !matchesEverything(retryOn) && { retryOn }),
    ...(aborting.length > 0 && { abortOn: aborting })
  }
}

/** Gives the names that the conditions of a policy come to. */
export const namedBy = (engine: string, self: AnyPolicy): Named => {
  const { abortOn = [], retryOn } = judging(self)
  const aborts = abortOn.map((condition) => ({ condition, ...namingOf(condition) }))
  const on = retryOn === undefined ? undefined : namingOf(retryOn)
  const told = on?.foreign.length === 0 ? on : undefined
  return {
    aborted: [...new Set(aborts.flatMap(({ except, names }) => (except ? [] : names)))],
    refused: told?.except === true ? told.names : [],
    retried: told?.except === false ? told.names : undefined,
    problems: [
      ...(on === undefined ? none : foreignProblems(engine, 'retryOn', on.foreign)),
      ...aborts.flatMap(({ condition, except, foreign }) => [
        ...foreignProblems(engine, 'abortOn', foreign),
        ...unless(!except || foreign.length > 0, () =>
          problem(
            nameOfCondition('abortOn', condition),
            `${engine} names the errors that are not retried, one by one`,
            'retryOn with the others'
          )
        )
      ])
    ]
  }
}

/** Lists the conditions of a policy for an engine that has none. */
export const conditionProblems = (engine: string, closest: string, self: AnyPolicy): Problems => {
  const reason = `${engine} has no conditions`
  return [
    ...everyPart(self)
      .filter(({ retryOn }) => retryOn !== undefined && !matchesEverything(retryOn))
      .flatMap((part) => problem(nameOf(part, 'retryOn'), reason, closest)),
    ...(judging(self).abortOn ?? []).flatMap((each) =>
      problem(nameOfCondition('abortOn', each), reason, closest)
    )
  ]
}

const foreignProblems = (
  engine: string,
  key: 'retryOn' | 'abortOn',
  foreign: ReadonlyArray<AnyCondition>
): Problems =>
  foreign.flatMap((condition) =>
    problem(
      nameOfCondition(key, condition),
      `${engine} goes by the name of an error, ${whyNot(condition)}`,
      'the names of these errors'
    )
  )

const whyNot = (condition: AnyCondition): string => {
  switch (condition._tag) {
    case 'predicate':
      return 'and asks no function'
    case 'instanceOf':
      return condition.type === Error ? 'and all errors are heirs of Error' : 'and this class has none'
    case 'anyCause':
      return 'and does not look into its causes'
    default:
      return 'and it has but one'
  }
}

// --- names

/** Gives the names that a condition comes to. */
export const namingOf = (condition: AnyCondition): Naming => {
  switch (condition._tag) {
    case 'named':
      return only(condition.name)
    case 'instanceOf': {
      const { name } = condition.type as { readonly name?: unknown }
      return typeof name === 'string' && name !== '' && condition.type !== Error
        ? only(name)
        : foreign(condition)
    }
    case 'not': {
      const inner = namingOf(condition.of)
      return { ...inner, except: !inner.except }
    }
    case 'anyOf':
      return together(condition, condition.of.map(namingOf), false)
    case 'allOf':
      return together(condition, condition.of.map(namingOf), true)
    case 'predicate':
    case 'anyCause':
      return foreign(condition)
  }
}

const only = (name: string): Naming => ({ names: [name], except: false, foreign: [] })

const foreign = (condition: AnyCondition): Naming => ({ names: [], except: false, foreign: [condition] })

/** Any of some names, or all except some: a mixture would ask for two names of one error. */
const together = (condition: AnyCondition, all: ReadonlyArray<Naming>, except: boolean): Naming => {
  const [one] = all
  if (one !== undefined && all.length === 1) return one
  const unnamed = all.flatMap((each) => each.foreign)
  if (unnamed.length > 0) return { names: [], except, foreign: unnamed }
  return all.every((each) => each.except === except)
    ? { names: [...new Set(all.flatMap(({ names }) => names))], except, foreign: [] }
    : foreign(condition)
}

// --- constructors

/** A combinator that aborts on names, if there are any; one by one where there is but one. */
export const abortOnNames = (
  names: ReadonlyArray<string>
): ReadonlyArray<(self: RetryPolicy) => RetryPolicy> =>
  names.length === 0 ? [] : [abortOn(oneOrMore(names))]

/** A list of one as its only name, as people write it. */
export const oneOrMore = (names: ReadonlyArray<string>): string | ReadonlyArray<string> => {
  const [first] = names
  return first !== undefined && names.length === 1 ? first : names
}
