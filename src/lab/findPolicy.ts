/** Ranks policies by what they do to a fleet: what is best by a measure, among those that keep within bounds. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { invalid, known, wholeNumber } from '../policy/argument.js'
import type { FleetResult } from './FleetResult.js'
import { toSeed } from '../policy/uniform.js'
import { type Client, type FleetFault, type FleetOptions, runFleet } from './runFleet.js'
import type { Scenario } from './Scenario.js'

// --- model

/**
 * A number that a result has; `p50`, `p90`, `p99` are of the latency. Where there is none (it never recovered, no call
 * succeeded) it counts as infinite.
 *
 * @category model
 * @since 0.3.0
 */
export type Measure =
  'amplification' | 'calls' | 'completion' | 'p50' | 'p90' | 'p99' | 'recovery' | 'successRatio'

/**
 * What is wanted of a policy: the least or the most of a measure, within bounds of others.
 *
 * @category model
 * @since 0.3.0
 */
export type Objective = {
  readonly within?:
    { readonly [M in Measure]?: { readonly atMost?: number; readonly atLeast?: number } } | undefined
} & (
  | { readonly minimize: Measure; readonly maximize?: never }
  | { readonly maximize: Measure; readonly minimize?: never }
)

/**
 * How a candidate did: its place is that in the list. `measured` are means over the runs.
 *
 * @category model
 * @since 0.3.0
 */
export interface Ranked {
  readonly name: string
  /** What it was ranked by. */
  readonly score: number
  readonly measured: Readonly<Record<Measure, number>>
  /** The bounds that it did not keep, in words; those with any come last. */
  readonly misses: ReadonlyArray<string>
  readonly results: ReadonlyArray<FleetResult>
}

/**
 * How the fleets of a search are run, and how often.
 *
 * @category model
 * @since 0.3.0
 */
export interface FindOptions extends FleetOptions {
  /** How often each candidate is run, with the seeds that follow `seed`; 3 if not set. All candidates have the same. */
  readonly runs?: number | undefined
}

const measures: { readonly [M in Measure]: (result: FleetResult) => number | undefined } = {
  amplification: ({ amplification }) => amplification,
  calls: ({ calls }) => calls,
  completion: ({ completion }) => completion,
  p50: ({ latency }) => latency?.p50,
  p90: ({ latency }) => latency?.p90,
  p99: ({ latency }) => latency?.p99,
  recovery: ({ recovery }) => recovery,
  successRatio: ({ successRatio }) => successRatio
}

const measureNames = Object.keys(measures) as ReadonlyArray<Measure>

// --- ranking

/**
 * Runs each candidate in a scenario, and gives them in order: those that keep the bounds first, the best of them on top. What
 * is no better and no worse keeps its order.
 *
 * Throws a `TypeError` or `RangeError` that names what is wrong with the objective or the scenario.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, fixed, limitRetries, withJitter } from 'reprise'
 * import { clientOf, findPolicy } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * // The fewest calls, but done within 6 s.
 * const ranked = await findPolicy(
 *   { clients: 50, contention: { message: { normal: [10, 2] } } },
 *   {
 *     eager: clientOf({ policy: fixed(1) }),
 *     backoff: clientOf({ policy: exponential(10) }),
 *     jittered: clientOf({ policy: pipe(exponential(10), withJitter('full')) })
 *   },
 *   { minimize: 'calls', within: { completion: { atMost: 6000 } } }
 * )()
 * assert(ranked._tag === 'Right')
 * assert.deepEqual(ranked.right.map(({ name }) => name), ['jittered', 'eager', 'backoff'])
 *
 * @category running
 * @since 0.3.0
 */
export const findPolicy = (
  scenario: Scenario,
  candidates: Readonly<Record<string, Client>>,
  objective: Objective,
  options: FindOptions = {}
): TaskEither<FleetFault, ReadonlyArray<Ranked>> => {
  // Callers without types may hand over anything.
  if (typeof (candidates as unknown) !== 'object' || (candidates as unknown) === null)
    invalid('findPolicy: candidates', 'clients by name', candidates)
  known('findPolicy', options, ['runs', 'seed', 'until', 'onProgress', 'signal'])
  const { runs = 3, seed = 1, ...others } = options
  toSeed('findPolicy: seed', seed)
  wholeNumber('findPolicy: runs', runs, 1)
  const rank = toRanking(objective)
  const tasks = Object.entries(candidates).map(([name, client]) => ({
    name,
    runs: Array.from({ length: runs }, (_, i) => runFleet(scenario, client, { ...others, seed: seed + i }))
  }))
  return async () => {
    const ranked: Ranked[] = []
    for (const { name, runs } of tasks) {
      const results: FleetResult[] = []
      // One after the other: they would share a core anyway.
      for (const run of runs) {
        const result = await run()
        if (result._tag === 'Left') return result
        results.push(result.right)
      }
      ranked.push(rank(name, results))
    }
    return { _tag: 'Right', right: ranked.sort(inOrder(objective)) }
  }
}

const toRanking = (objective: Objective): ((name: string, results: ReadonlyArray<FleetResult>) => Ranked) => {
  known('findPolicy: objective', objective, ['minimize', 'maximize', 'within'])
  const { minimize, maximize, within = {} } = objective
  if ((minimize === undefined) === (maximize === undefined))
    throw new TypeError('findPolicy: the objective must have one of minimize and maximize')
  // One of them is there.
  const by = minimize ?? maximize
  if (!measureNames.includes(by)) invalid('findPolicy: the measure', `one of ${measureNames.join(', ')}`, by)
  known('findPolicy: within', within, measureNames)
  for (const [name, bounds] of Object.entries(within))
    known(`findPolicy: within.${name}`, bounds, ['atMost', 'atLeast'])

  return (name, results) => {
    const measured = Object.fromEntries(
      measureNames.map((measure) => [
        measure,
        mean(results.map((result) => measures[measure](result) ?? Infinity))
      ])
      // There is a key for each measure.
    ) as Readonly<Record<Measure, number>>
    const misses = measureNames.flatMap((measure) => {
      const { atMost = Infinity, atLeast = -Infinity } = within[measure] ?? {}
      const value = measured[measure]
      return [
        ...(value > atMost ? [`${measure} ${shown(value)} is above ${atMost}`] : []),
        ...(value < atLeast ? [`${measure} ${shown(value)} is below ${atLeast}`] : [])
      ]
    })
    return { name, score: measured[by], measured, misses, results }
  }
}

const inOrder =
  ({ maximize }: Objective) =>
  (a: Ranked, b: Ranked): number =>
    Math.min(1, a.misses.length) - Math.min(1, b.misses.length) ||
    // Stryker disable next-line ArithmeticOperator, EqualityOperator: by 1 or -1 it is the same to multiply or to divide; they are not equal
    (a.score === b.score ? 0 : (a.score < b.score ? -1 : 1) * (maximize === undefined ? 1 : -1))

const mean = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length

const shown = (value: number): string => String(Number(value.toPrecision(4)))
