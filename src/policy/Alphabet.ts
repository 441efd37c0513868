/** Failures that stand for all others: whatever an error is, the conditions of a policy judge one of these in the same way. */
import { anyPart } from './anyPart.js'
import { type AnyCondition, matches } from './Condition.js'
import type { Cause, Context } from './Failure.js'
import { type AnyPolicy, parts } from './RetryPolicy.js'

/** Failures, and whether they stand for all that there can be. */
export interface Alphabet {
  readonly causes: ReadonlyArray<Cause<unknown, unknown>>
  readonly complete: boolean
}

// No condition is asked about it: where no condition chooses between schedules, it stands for all failures.
const rejected: Cause<unknown, unknown> = { _tag: 'Rejected', value: undefined, reasons: [] }

/** What conditions are told of a first attempt. */
export const firstContext: Context = { attempt: 1, elapsed: 0, name: '', args: [], previousDelay: undefined }

/** Gives the failures that stand for all others. */
export const alphabetOf = (policy: AnyPolicy): Alphabet => {
  if (!chooses(policy)) return { causes: [rejected], complete: true }
  const judgements = judgementsOf(policy)
  const atoms = judgements.flatMap(({ condition }) => atomsOf(condition))
  const names = [...new Set(atoms.flatMap((atom) => (atom._tag === 'named' ? [atom.name] : [])))]
  const types = [...new Set(atoms.flatMap((atom) => (atom._tag === 'instanceOf' ? [atom.type] : [])))]
  const causes = new Map<string, Cause<unknown, unknown>>([
    [judgements.map(({ unasked }) => unasked).join(), rejected]
  ])
  for (const error of errorsOf(names.slice(0, most), [Object, ...types])) {
    // What the policy aborts ends the call.
    if (policy.abortOn?.some((condition) => verdict(condition, error) !== false) === true) continue
    const verdicts = judgements.map(({ condition }) => verdict(condition, error)).join()
    if (!causes.has(verdicts)) causes.set(verdicts, { _tag: 'Failed', error })
  }
  return {
    causes: [...causes.values()],
    complete: names.length <= most && atoms.every((atom) => atom._tag === 'named')
  }
}

/** So many names are put together in all ways. */
const most = 4

/** Do conditions choose between schedules? Where they only refuse, a failure that is accepted stands for all. */
const chooses = ({ schedule }: AnyPolicy): boolean =>
  schedule._tag === 'when' ||
  // Of these, both sides set conditions, or neither does.
  ((schedule._tag === 'either' || schedule._tag === 'andThen') &&
    anyPart(schedule.policies[0], ({ retryOn }) => retryOn !== undefined)) ||
  parts(schedule).some(chooses)

/** A condition, and what a failure that it is not asked about counts as. */
interface Judgement {
  readonly condition: AnyCondition
  readonly unasked: boolean
}

/** All conditions of a policy, in its parts too. */
const judgementsOf = ({ abortOn = [], retryOn, schedule }: AnyPolicy): ReadonlyArray<Judgement> => [
  ...abortOn.map((condition) => ({ condition, unasked: false })),
  ...(retryOn === undefined ? [] : [{ condition: retryOn, unasked: true }]),
  ...(schedule._tag === 'when' ? [{ condition: schedule.condition, unasked: false }] : []),
  ...parts(schedule).flatMap(judgementsOf)
]

const atomsOf = (condition: AnyCondition): ReadonlyArray<AnyCondition> => {
  switch (condition._tag) {
    case 'named':
    case 'instanceOf':
    case 'predicate':
      return [condition]
    case 'anyOf':
    case 'allOf':
      return condition.of.flatMap(atomsOf)
    case 'not':
    case 'anyCause':
      return atomsOf(condition.of)
  }
}

const verdict = (condition: AnyCondition, error: unknown): boolean | undefined => {
  let answer: boolean | undefined
  try {
    answer = matches(condition, error, firstContext)
  } catch {
    // What throws ends the call, and so is neither yes nor no.
  }
  return answer
}

type Type = abstract new (...args: never[]) => unknown

/** Errors of every type that have up to three names of their own, and any below. A fourth has no room: such errors come twice. */
const errorsOf = (names: ReadonlyArray<string>, types: ReadonlyArray<Type>): ReadonlyArray<unknown> =>
  types.flatMap((type) =>
    subsets(names).flatMap((all) =>
      subsets(all).map((own) => {
        const below = all.filter((name) => !own.includes(name)).map((_tag) => ({ _tag }))
        const [_tag, name, code] = own
        const value = { _tag, name, code, ...(below.length > 0 && { errors: below }) }
        return Object.create(type.prototype as object, Object.getOwnPropertyDescriptors(value)) as unknown
      })
    )
  )

const subsets = (names: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  names.reduce<ReadonlyArray<ReadonlyArray<string>>>(
    (all, name) => [...all, ...all.map((subset) => [...subset, name])],
    [[]]
  )
