/** What became of a scenario under some policies: what `--json` prints, and what texts are made of. */
import type { FleetResult, Ranked, Scenario } from '../lab/index.js'
import { toMillis } from '../policy/Duration.js'
import { type Bound, missOf } from './Measures.js'

// --- model

/** A policy, and what came of its runs. */
export interface Fleet extends Omit<Ranked, 'score'> {
  readonly file: string
}

/** All policies, in the order in which they are shown. */
export interface Fleets {
  readonly scenario: Scenario
  readonly seed: number
  readonly runs: number
  readonly fleets: ReadonlyArray<Fleet>
}

/** When the first outage begins, and the last one ends. */
export interface Spell {
  readonly from: number
  readonly to: number
}

// --- constructors

/** Gives what came of a policy, with the bounds that it did not keep in words. */
export const toFleet =
  (file: string, within: ReadonlyArray<Bound>) =>
  ({ name, measured, results }: Ranked): Fleet => ({
    name,
    file,
    measured,
    misses: within.flatMap(missOf(measured)),
    results
  })

/** Gives the outages of a scenario. */
export const outagesOf = (scenario: Scenario) =>
  'contention' in scenario ? [] : (scenario.server.outages ?? [])

/** Gives the time of all outages, if there are any. */
export const spellOf = (scenario: Scenario): Spell | undefined => {
  const spells = outagesOf(scenario).map(({ from, to }) => ({
    from: toMillis('from', from),
    to: toMillis('to', to)
  }))
  return spells.length === 0
    ? undefined
    : {
        from: Math.min(...spells.map(({ from }) => from)),
        to: Math.max(...spells.map(({ to }) => to))
      }
}

// --- in the course of time

/** What came of the time from the end of the outages to the last request. */
export interface Aftermath {
  /** How long that was. */
  readonly length: number
  readonly amplification: number
  /** The part of the calls that failed, of those that ended. */
  readonly failureRatio: number
}

/** Gives what came of the time after the outages, in all runs; nothing if there were no requests. */
export const aftermathOf = (results: ReadonlyArray<FleetResult>, { to }: Spell): Aftermath | undefined => {
  const bins = results.flatMap(({ series }) => {
    const lastRequest = series.bins.filter(({ requests }) => requests > 0).at(-1)?.time ?? -1
    return series.bins
      .filter(({ time }) => time >= to && time <= lastRequest)
      .map((bin) => ({ ...bin, end: bin.time + series.width }))
  })
  const sum = (key: 'requests' | 'calls' | 'failed' | 'succeeded'): number =>
    bins.reduce((total, bin) => total + bin[key], 0)
  const [requests, failed, ended] = [sum('requests'), sum('failed'), sum('failed') + sum('succeeded')]
  return requests === 0
    ? undefined
    : {
        length: Math.max(...bins.map(({ end }) => end)) - to,
        amplification: sum('calls') / requests,
        failureRatio: ended === 0 ? 0 : failed / ended
      }
}

/** Can it be said whether it recovered? Only if calls ended before the outages, and requests came after them. */
export const isComparable = (results: ReadonlyArray<FleetResult>, spell: Spell): boolean =>
  aftermathOf(results, spell) !== undefined &&
  results.every(({ series }) =>
    series.bins.some(
      ({ failed, succeeded, time }) => time + series.width <= spell.from && failed + succeeded > 0
    )
  )
