/**
 * How laws are tested: on generated policies and histories, from a fixed seed. A failure prints the policies as the code
 * that would build them.
 */
import * as fc from 'fast-check'
import {
  type AnyPolicy,
  type Decision,
  initialState,
  PolicyShow,
  type RetryPolicy,
  step,
  type StepState
} from 'reprise'
import type { Attempted } from './arbitraries.js'

const seed = Number(process.env['LAW_SEED'] ?? 20_260)
const numRuns = Number(process.env['LAW_RUNS'] ?? 1000)

/** Shows a generated value; a policy as the code that would build it. */
export const show = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'schedule' in value
    ? PolicyShow.show(value as AnyPolicy)
    : fc.stringify(value)

/**
 * Tests that a law holds for at least 1,000 generated cases. The check gives `undefined` where it does, else what differs.
 * `LAW_SEED` and `LAW_RUNS` in the environment look further.
 */
export const law = <T extends [unknown, ...unknown[]]>(
  title: string,
  given: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => string | undefined
): void => {
  it(title, () => {
    const property = fc.property(...given, (...values: T) => {
      const found = check(...values)
      if (found !== undefined) throw new Error(found)
    })
    const { failed, counterexample, counterexamplePath, errorInstance, numShrinks } = fc.check(property, {
      seed,
      numRuns
    })
    if (!failed) return
    const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
    const values = counterexample?.map((value, i) => `  ${i + 1}: ${show(value)}`).join('\n')
    throw new Error(
      `${title}\ndoes not hold: ${reason}\nfor\n${values}\n(seed ${seed}, path ${counterexamplePath}, ${numShrinks} shrinks)`
    )
  })
}

/** Fails a law unless `holds`. */
export const unless = (holds: boolean, found: () => string): string | undefined =>
  holds ? undefined : found()

// --- stepping

/** One step of a run: what was decided, on what state and when. */
export interface Ran {
  readonly decision: Decision<unknown, unknown>
  readonly attempted: Attempted
  readonly elapsed: number
  readonly before: StepState
  readonly after: StepState
}

/** Steps a policy through a history by hand, up to where it gives up. */
export const run = (policy: RetryPolicy, history: ReadonlyArray<Attempted>): ReadonlyArray<Ran> => {
  const decide = step(policy)
  const steps: Ran[] = []
  let state = initialState
  let elapsed = 0
  for (const attempted of history) {
    elapsed += attempted.duration
    const { outcome, random } = attempted
    const { decision, state: after } = decide(state, { outcome, elapsed, random })
    steps.push({ decision, attempted, elapsed, before: state, after })
    if (decision._tag !== 'Retry') break
    state = after
    elapsed += decision.delay
  }
  return steps
}

/** How many attempts a policy makes of a history. */
export const attempts = (policy: RetryPolicy, history: ReadonlyArray<Attempted>): number =>
  run(policy, history).length

/** Does the policy give up within a history? */
export const givesUp = (policy: RetryPolicy, history: ReadonlyArray<Attempted>): boolean =>
  run(policy, history).some(({ decision }) => decision._tag === 'GiveUp')

// --- equal decisions

const ulp = 2 ** -52

const near = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= ulp * Math.max(Math.abs(a), Math.abs(b))

const alike = (a: Decision<unknown, unknown>, b: Decision<unknown, unknown>): boolean => {
  if (a._tag === 'Retry') {
    return (
      b._tag === 'Retry' &&
      a.delay === b.delay &&
      near(a.from, b.from) &&
      near(a.to, b.to) &&
      near(a.latest, b.latest)
    )
  }
  if (a._tag !== 'GiveUp' || b._tag !== 'GiveUp' || a.reason !== b.reason) return false
  return a.reason !== 'Exhausted' || b.reason !== 'Exhausted' || a.hint === b.hint
}

const inShort = (decision: Decision<unknown, unknown> | undefined): string => {
  if (decision === undefined) return 'nothing'
  const { _tag, ...rest } = decision
  return `${_tag} ${fc.stringify({ ...rest, cause: undefined, value: undefined })}`
}

/** Where two policies decide differently in a history; `undefined` if they do not. */
export const difference = (
  one: RetryPolicy,
  other: RetryPolicy,
  history: ReadonlyArray<Attempted>
): string | undefined => {
  const [a, b] = [run(one, history), run(other, history)]
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i]?.decision, b[i]?.decision]
    if (left === undefined || right === undefined || !alike(left, right)) {
      return `after attempt ${i + 1}: ${inShort(left)}\nagainst ${inShort(right)}`
    }
  }
  return undefined
}
