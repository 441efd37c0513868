/**
 * Generated policies and histories for the laws. Policies are built by the public constructors and combinators, a few
 * levels deep, over values chosen for their edges: 0, fractions, and times that saturate.
 */
import * as fc from 'fast-check'
import {
  abortOn,
  allOf,
  andThen,
  anyCause,
  both,
  capDelay,
  type Condition,
  custom,
  decorrelated,
  delayFrom,
  delays,
  either,
  type ErrorClass,
  exponential,
  fibonacci,
  fixed,
  floorDelay,
  immediate,
  type Jitter,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  linear,
  mapDelay,
  never,
  not,
  type Outcome,
  recordFailures,
  retryOn,
  type RetryPolicy,
  when,
  withJitter
} from 'reprise'

// --- values

const longest = Number.MAX_SAFE_INTEGER

/** Milliseconds: everyday ones, and the edges. */
export const times: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 0.1, 0.5, 1, 3, 7.25, 70, 100, 333.3, 1000, 51_200, 60_000) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1e5, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31, 2 ** 40 + 0.5, 2 ** 52 + 1, longest - 1, longest) }
)

const factors = fc.constantFrom(0, 0.5, 1, 1.1, 1.5, 2, 3, 10, 1e300)

/** Times that let some retries through, mostly. */
const limits = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(1000, 60_000, 1e6, 1e9) },
  { weight: 1, arbitrary: times }
)

const counts = fc.integer({ min: 0, max: 6 })

export const jitters: fc.Arbitrary<Jitter> = fc.oneof(
  fc.constantFrom<Jitter>('full', 'equal', 0, 0.1, 0.3, 0.5, 1),
  fc.double({ min: 0, max: 1, noNaN: true })
)

// --- errors and conditions

class Broken extends Error {
  readonly code = 'B'
}

/** A small alphabet of errors, with codes, hints and causes. */
const ordinary: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  { _tag: 'A' },
  { _tag: 'A', retryAfter: 250.5 },
  new Broken('B'),
  { _tag: 'C', retryAfter: 40 },
  { _tag: 'C', retryAfter: 5000, cause: { _tag: 'A' } },
  'a text'
)

/** What the library itself gives up with: not retried unless named. */
const givenUp: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  { _tag: 'CircuitOpen', retryAfter: 30 },
  { _tag: 'Exhausted', attempts: 1, elapsed: 0, omitted: 0, failures: [] }
)

export const errors: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: ordinary },
  { weight: 1, arbitrary: givenUp }
)

type Single = string | ErrorClass | Condition
export type ConditionInputs = Single | ((error: unknown) => boolean) | ReadonlyArray<Single>

const tagOf = (error: unknown): string => String((error as { _tag?: unknown } | null)?._tag)
const isA = (error: unknown): boolean => tagOf(error) === 'A'
const hasHint = (error: unknown): boolean => hintOf(error) !== undefined

/** A name too long for a message, to see that nothing is cut. */
const longName = 'C'.repeat(100)

const single: fc.Arbitrary<Single> = fc.constantFrom<Single>(
  'A',
  'B',
  'C',
  'CircuitOpen',
  'Exhausted',
  longName
)

const conditionsOf = (leaf: fc.Arbitrary<Single>): fc.Arbitrary<Single | ReadonlyArray<Single>> =>
  fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(leaf, { maxLength: 3 }).map((list): Single => allOf(list)) },
    { weight: 1, arbitrary: leaf.map((one): Single => not(one)) },
    { weight: 1, arbitrary: fc.array(leaf, { maxLength: 2 }).map((list): Single => not(list)) },
    { weight: 1, arbitrary: leaf.map((one): Single => anyCause(one)) }
  )

/** Conditions without functions. */
const dataConditions: fc.Arbitrary<Single | ReadonlyArray<Single>> = conditionsOf(single)

/** Conditions of all kinds; none of them throws. */
export const conditions: fc.Arbitrary<ConditionInputs> = fc.oneof(
  { weight: 4, arbitrary: dataConditions },
  { weight: 1, arbitrary: fc.constantFrom<ConditionInputs>(Broken, Error, isA, hasHint) }
)

// --- functions of policies

const hintOf = (error: unknown): number | undefined =>
  (error as { readonly retryAfter?: number } | null | undefined)?.retryAfter

const customs: ReadonlyArray<RetryPolicy> = [
  custom('squares', ({ retry }) => (retry + 1) ** 2 * 10),
  custom('window', ({ retry }) => ({ from: retry * 10, to: retry * 10 + 100.5 })),
  custom('textual', () => ({ from: '1s', to: '1.5s' })),
  custom('comesBack', ({ retry }) => (retry % 3 === 1 ? 'stop' : 50)),
  custom('comesBackLate', ({ elapsed }) => (elapsed > 500 && elapsed < 5000 ? Infinity : 20)),
  custom('thrifty', ({ slept }) => (slept > 1000 ? 'stop' : 300)),
  custom('walk', ({ previousDelay = 100 }) => ({ from: 0, to: Math.min(previousDelay * 1.5, 1e6) })),
  custom('ownDraw', ({ random }) => random * 100)
]

interface Mapping {
  readonly name: string
  readonly f: (delay: number) => number
}

/** Functions that keep the order of waits and never grow them. */
export const shrinking: ReadonlyArray<Mapping> = [
  { name: 'same', f: (delay) => delay },
  { name: 'half', f: (delay) => delay / 2 },
  { name: 'atMost', f: (delay) => Math.min(delay, 500) },
  { name: 'whole', f: (delay) => Math.floor(delay) },
  { name: 'less', f: (delay) => Math.max(0, delay - 100) }
]

/** Functions that do not keep the order of waits. */
export const tangling: ReadonlyArray<Mapping> = [
  { name: 'drop', f: (delay) => (delay > 500 ? 0 : delay) },
  { name: 'saw', f: (delay) => delay % 100 },
  { name: 'mirror', f: (delay) => Math.abs(1000 - Math.min(delay, 1000)) }
]

/** Functions that grow waits, and so can saturate. */
export const growing: ReadonlyArray<Mapping> = [
  { name: 'double', f: (delay) => delay * 2 },
  { name: 'more', f: (delay) => delay + 100 }
]

const mappings = [...shrinking, ...tangling, ...growing]

// --- policies

type Policies = fc.Arbitrary<RetryPolicy>
type Change = (self: RetryPolicy) => RetryPolicy

/** What generated policies may be made of. */
interface Kind {
  readonly depth: number
  /** `custom` and `mapDelay`. */
  readonly functions?: boolean
  /** `limitDelay`, `limitTotalDelay` and `limitElapsed`. */
  readonly times?: boolean
  /** `abortOn` and `when`. */
  readonly conditions?: fc.Arbitrary<ConditionInputs>
  /** `retryOn`. */
  readonly retryOn?: fc.Arbitrary<ConditionInputs>
  /** `delayFrom`. */
  readonly hints?: boolean
}

const formulas: Policies = fc.oneof(
  fc.tuple(times, factors).map(([base, factor]) => exponential(base, factor)),
  fc.tuple(times, times).map(([base, step]) => linear(base, step)),
  times.map(fixed),
  times.map(fibonacci),
  times.map(decorrelated),
  fc.array(times, { maxLength: 4 }).map(delays),
  fc.constant(immediate),
  fc.constant(never)
)

const leaves = ({ functions = false }: Kind): Policies =>
  functions ? fc.oneof({ weight: 4, arbitrary: formulas }, fc.constantFrom(...customs)) : formulas

const twiceTheHint = (error: unknown): number => 2 * (hintOf(error) ?? 50)

const hundredForA = (error: unknown): number | undefined => (isA(error) ? 100 : undefined)

const hints = fc.constantFrom<Change>(
  (self) => delayFrom(hintOf, { max: '1m' })(self),
  (self) => delayFrom(hintOf, { max: 1000 })(self),
  (self) => delayFrom(twiceTheHint, { max: 10 })(self),
  (self) => delayFrom(hundredForA, { max: longest })(self)
)

/** Holds every function and class that generated policies are made of, for the codec. */
export const registry = {
  conditions: { Broken, Error, isA, hasHint },
  schedules: Object.fromEntries(
    customs.flatMap(({ schedule }) => (schedule._tag === 'custom' ? [[schedule.name, schedule.f]] : []))
  ),
  delays: Object.fromEntries(mappings.map(({ name, f }) => [name, f])),
  hints: { hintOf, twiceTheHint, hundredForA }
}

/** One step of a pipe, of the given kind. */
const changes = (kind: Kind): fc.Arbitrary<Change> => {
  const part = policiesOf({ ...kind, depth: kind.depth - 1 })
  return fc.oneof(
    jitters.map((jitter): Change => withJitter(jitter)),
    times.map((max): Change => capDelay(max)),
    times.map((min): Change => floorDelay(min)),
    counts.map((count): Change => limitRetries(count)),
    part.map((next): Change => andThen(next)),
    part.map((other): Change => both(other)),
    part.map((other): Change => either(other)),
    fc.integer({ min: 1, max: 20 }).map((count): Change => recordFailures(count)),
    ...(kind.times
      ? [
          limits.map((max): Change => limitDelay(max)),
          limits.map((max): Change => limitTotalDelay(max)),
          limits.map((max): Change => limitElapsed(max))
        ]
      : []),
    ...(kind.functions ? [fc.constantFrom(...mappings).map(({ name, f }): Change => mapDelay(name, f))] : []),
    ...(kind.hints ? [hints] : []),
    ...(kind.retryOn ? [kind.retryOn.map((condition): Change => retryOn(condition))] : []),
    ...(kind.conditions
      ? [
          kind.conditions.map((condition): Change => abortOn(condition)),
          fc.tuple(kind.conditions, part).map(([condition, policy]): Change => when(condition, policy))
        ]
      : [])
  )
}

const apply = (self: RetryPolicy, steps: ReadonlyArray<Change>): RetryPolicy =>
  steps.reduce((policy, step) => step(policy), self)

const policiesOf = (kind: Kind): Policies =>
  kind.depth === 0
    ? leaves(kind)
    : fc
        .tuple(leaves(kind), fc.array(changes(kind), { maxLength: kind.depth + 1 }))
        .map(([leaf, steps]) => apply(leaf, steps))

/** Policies without conditions: they know nothing of errors. */
export const schedules: Policies = policiesOf({ depth: 2, functions: true, times: true })

/** Policies that ask errors for hints, and know no conditions. */
export const hinted: Policies = policiesOf({ depth: 2, functions: true, times: true, hints: true })

/** Policies that set no `retryOn`, not even for what `when` chooses. */
export const open: Policies = policiesOf({ depth: 2, functions: true, times: true, hints: true, conditions })

/** Policies of everything there is. */
export const policies: Policies = policiesOf({
  depth: 2,
  functions: true,
  times: true,
  hints: true,
  conditions,
  retryOn: conditions
})

/** Policies that hold no function. */
export const dataPolicies: Policies = policiesOf({
  depth: 2,
  times: true,
  conditions: dataConditions,
  retryOn: dataConditions
})

/** Pipes that stop by count or list alone, in steps between which others can be put in. */
export const countedPipes: fc.Arbitrary<{
  readonly leaf: RetryPolicy
  readonly steps: ReadonlyArray<Change>
}> = fc.record({ leaf: formulas, steps: fc.array(changes({ depth: 2 }), { maxLength: 4 }) })

/** Gives the policy of a pipe, with `step` put in at `at` (modulo its length). */
export const insert = (
  { leaf, steps }: { readonly leaf: RetryPolicy; readonly steps: ReadonlyArray<Change> },
  step: Change,
  at: number
): RetryPolicy => {
  const i = at % (steps.length + 1)
  return apply(leaf, [...steps.slice(0, i), step, ...steps.slice(i)])
}

/** A change that adds a bound or jitter. */
export const spreads: fc.Arbitrary<Change> = fc.oneof(
  jitters.map((jitter): Change => withJitter(jitter)),
  times.map((max): Change => capDelay(max)),
  times.map((min): Change => floorDelay(min))
)

// --- histories

/** What an attempt came to, how long it took, and the draw for the wait after it. */
export interface Attempted {
  readonly outcome: Exclude<Outcome<unknown, unknown>, { readonly _tag: 'Answered' }>
  readonly duration: number
  readonly random: number
}

const outcomesOf = (error: fc.Arbitrary<unknown>): fc.Arbitrary<Attempted['outcome']> =>
  fc.oneof(
    { weight: 4, arbitrary: error.map((each) => ({ _tag: 'Failed', error: each }) as const) },
    { weight: 2, arbitrary: error.map((each) => ({ _tag: 'Threw', error: each }) as const) },
    { weight: 1, arbitrary: fc.constant({ _tag: 'Rejected', value: 1, reasons: ['no'] } as const) }
  )

const draws: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 0.5, 1 - 2 ** -53),
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
)

const durations = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 20) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 2000, noNaN: true }) }
)

const historiesOf = (error: fc.Arbitrary<unknown>): fc.Arbitrary<ReadonlyArray<Attempted>> =>
  fc.array(fc.record({ outcome: outcomesOf(error), duration: durations, random: draws }), {
    minLength: 1,
    maxLength: 8
  })

/** The failures of a call, one after the other. */
export const histories: fc.Arbitrary<ReadonlyArray<Attempted>> = historiesOf(errors)

/** Failures that nobody gave up on: all the same to a schedule. */
export const failures: fc.Arbitrary<ReadonlyArray<Attempted>> = historiesOf(ordinary)
