/**
 * How conditions and validators are written. A text means what it means in code: equal to the error's `_tag`, `name` or
 * `code`; what the registry holds is asked for by `{ condition: name }`; a list matches if any of its members does.
 */
import * as O from 'fp-ts/lib/Option.js'
import {
  allOf,
  anyCause,
  type AnyCondition,
  type Condition,
  type ConditionInput,
  not,
  toCondition
} from '../policy/Condition.js'
import type { ValidatorInput } from '../policy/Validator.js'
import { choice, defined, field, type Form, leaf, list, map, oneOrMore, toForm } from './Form.js'
import { isList, isObject } from './Json.js'
import type { Held } from './Registry.js'
import { heldIn } from './Value.js'

const inWords = 'a condition (a text, a list, or one of condition, allOf, not, anyCause)'

// Stryker disable next-line StringLiteral: names the argument in an error, which what a form has read does not make
const toAny = (input: unknown): AnyCondition => toCondition('condition', input as ConditionInput)

/** Gives the form of conditions, and that of their definition in the schema. */
export const conditionForms = ({
  conditions
}: Held): { readonly [K in 'use' | 'definition']: Form<AnyCondition> } => {
  const self = defined('condition', inWords, () => definition)
  const several = list('a list of conditions', self)
  const text = leaf(inWords, { type: 'string', minLength: 1 }, (json) =>
    typeof json === 'string' && json !== '' ? O.some(toAny(json)) : O.none
  )
  const any = map(toAny)(several)
  const composed = map(({ one }: { readonly one: AnyCondition }) => one)(
    choice(inWords, {
      condition: field(
        map(toAny)(heldIn(conditions)),
        'The name of an error class or predicate in the registry.'
      ),
      allOf: field(map(allOf)(several), 'Matches if every one of these conditions does.'),
      not: field(map(not)(self), 'Matches what this condition does not.'),
      // A predicate of the registry has to take whatever it is given, as its type says.
      anyCause: field(
        map((of: AnyCondition) => anyCause(of as Condition))(self),
        'Matches if the error, or anything below it in `cause` or `errors`, does.'
      )
    })
  )
  const definition = toForm<AnyCondition>(
    inWords,
    {
      description:
        "A text (equal to the error's _tag, name or code), a list (any may match), or one of: condition, allOf, not, anyCause.",
      anyOf: [text, any, composed].map(({ schema }) => schema)
    },
    (json, context) => (isList(json) ? any : isObject(json) ? composed : text).validate(json, context)
  )
  return { use: self, definition }
}

/** One validator of a list. */
export type OneValidator = Exclude<ValidatorInput, ReadonlyArray<unknown>>

/** Gives the form of validators: a name in the registry, or a list of names. */
export const validatorsForm = ({ validators }: Held): Form<ReadonlyArray<OneValidator>> =>
  // What the registry holds as validators are validators.
  oneOrMore(heldIn(validators) as Form<OneValidator>)
