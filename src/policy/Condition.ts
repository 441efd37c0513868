/**
 * Conditions say which errors. They judge `Failed` and `Threw` alike, and never a rejected result.
 *
 * Laws: with a list as "any of", `allOf` and `not`, conditions that do not throw form a boolean algebra
 * (`[]` matches nothing, `allOf([])` everything).
 */
import { invalid } from './argument.js'
import { read, type Context } from './Failure.js'

// --- model

/**
 * A constructor of errors, matched by `instanceof`.
 *
 * @category model
 * @since 0.1.0
 */
export type ErrorClass = abstract new (...args: never[]) => unknown

/**
 * A test of errors `E` as plain data; contravariant in `E`.
 *
 * @category model
 * @since 0.1.0
 */
export type Condition<E = unknown> = ConditionNode & {
  /** @hidden */
  readonly [judges]?: (error: E) => void
}
declare const judges: unique symbol

/** @inline */
type ConditionNode =
  | { readonly _tag: 'named'; readonly name: string }
  | { readonly _tag: 'instanceOf'; readonly type: ErrorClass }
  | { readonly _tag: 'predicate'; readonly name: string; readonly test: AnyPredicate }
  | { readonly _tag: 'anyOf'; readonly of: ReadonlyArray<AnyCondition> }
  | { readonly _tag: 'allOf'; readonly of: ReadonlyArray<AnyCondition> }
  | { readonly _tag: 'not'; readonly of: AnyCondition }
  | { readonly _tag: 'anyCause'; readonly of: AnyCondition }

/** Any condition, whatever it can judge. */
export type AnyCondition = Condition<never>

// A method is compared bivariantly: a predicate over any error type fits, and a parameter left open is `unknown`.
type AnyPredicate = { test(error: unknown, context: Context): boolean }['test']

type Single = string | ErrorClass | AnyPredicate | AnyCondition

/**
 * What people write for a condition: an error class, a predicate `(error, context) => boolean`, a refinement, a string
 * (equal to the error's `_tag`, `name` or `code`), a `Condition`, or a list of these, of which any may match.
 *
 * @category model
 * @since 0.1.0
 */
export type ConditionInput = Single | ReadonlyArray<Single>

/** The errors that a condition can judge: for a list, the intersection of what its members take. */
export type Judged<C> = [C extends ReadonlyArray<infer I> ? Judge<I> : Judge<C>] extends [
  (error: infer E) => void
]
  ? E
  : never

type Judge<C> = C extends string | ErrorClass
  ? (error: unknown) => void
  : C extends Condition<infer E>
    ? (error: E) => void
    : C extends (error: infer E, ...rest: never[]) => unknown
      ? (error: E) => void
      : never

// --- constructors

/** Gives the condition that a user's input means; throws a `TypeError` that names `argument` for anything else. */
export const toCondition = (argument: string, input: ConditionInput): AnyCondition => {
  if (typeof input === 'string' && input !== '') return Object.freeze({ _tag: 'named', name: input })
  if (typeof input === 'function') {
    return Object.freeze(
      isErrorClass(input)
        ? { _tag: 'instanceOf', type: input }
        : { _tag: 'predicate', name: input.name, test: input }
    )
  }
  if (isList(input)) return group('anyOf', argument, input)
  if (isCondition(input)) return input
  return invalid(
    argument,
    'an error class, a predicate, a text (_tag, name or code), or a list of these',
    input
  )
}

/**
 * Matches when every one of the conditions does.
 *
 * @category conditions
 * @since 0.1.0
 */
export const allOf = <const C extends ReadonlyArray<Single>>(conditions: C): Condition<Judged<C>> =>
  isList(conditions)
    ? group('allOf', 'allOf: condition', conditions)
    : invalid('allOf: conditions', 'a list of conditions', conditions)

/**
 * Matches what the condition does not.
 *
 * @category conditions
 * @since 0.1.0
 */
export const not = <const C extends ConditionInput>(condition: C): Condition<Judged<C>> =>
  Object.freeze({ _tag: 'not', of: toCondition('not: condition', condition) })

/**
 * Matches when the error, or anything below it in `cause` (or among the `errors` of an `AggregateError`), matches. A
 * cause can be anything, so a predicate has to accept `unknown`.
 *
 * @category conditions
 * @since 0.1.0
 */
export const anyCause = <const C extends ConditionInput>(
  condition: C &
    (unknown extends Judged<C> ? unknown : 'anyCause: a cause can be anything; use a predicate on unknown')
): Condition => Object.freeze({ _tag: 'anyCause', of: toCondition('anyCause: condition', condition) })

const group = (_tag: 'anyOf' | 'allOf', argument: string, of: ReadonlyArray<Single>): Condition =>
  Object.freeze({ _tag, of: Object.freeze(of.map((each) => toCondition(argument, each))) })

// --- guards and folding

const isList = (input: unknown): input is ReadonlyArray<Single> => Array.isArray(input)

const tags: ReadonlyArray<unknown> = ['named', 'instanceOf', 'predicate', 'anyOf', 'allOf', 'not', 'anyCause']

const isCondition = (input: unknown): input is AnyCondition =>
  typeof input === 'object' && input !== null && '_tag' in input && tags.includes(input._tag)

// A predicate may be declared with `function` and so have a prototype: only `class` syntax or an heir of Error is a class.
const isErrorClass = (input: ErrorClass | AnyPredicate): input is ErrorClass =>
  input === Error ||
  (input.prototype as unknown) instanceof Error ||
  Function.prototype.toString.call(input).startsWith('class')

/** Does the condition match? Rethrows what a predicate throws. */
export const matches = (condition: AnyCondition, error: unknown, context: Context): boolean => {
  switch (condition._tag) {
    case 'named':
      return ['_tag', 'name', 'code'].some((key) => read(error, key) === condition.name)
    case 'instanceOf':
      return error instanceof condition.type
    case 'predicate':
      return verdict(condition.name, condition.test(error, context))
    case 'anyOf':
      return condition.of.some((each) => matches(each, error, context))
    case 'allOf':
      return condition.of.every((each) => matches(each, error, context))
    case 'not':
      return !matches(condition.of, error, context)
    case 'anyCause':
      return causes(error).some((each) => matches(condition.of, each, context))
  }
}

// A promise is always truthy: an async predicate would match everything, silently.
const verdict = (name: string, answer: unknown): boolean =>
  typeof read(answer, 'then') === 'function'
    ? invalid(`the answer of condition '${name}'`, 'a boolean', answer)
    : Boolean(answer)

/** The error and everything below it, each once, so that cycles end. */
const causes = (error: unknown): ReadonlyArray<unknown> => {
  const found = new Set([error])
  for (const each of found) {
    const below = [
      read(each, 'cause'),
      ...(isList(read(each, 'errors')) ? (read(each, 'errors') as unknown[]) : [])
    ]
    for (const cause of below) if (cause !== undefined) found.add(cause)
  }
  return [...found]
}
