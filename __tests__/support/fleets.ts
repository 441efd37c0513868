/** Results of fleets, made up to be shown. */
import type { Bin, FleetResult } from 'reprise/lab'
import type { Fleet } from '../../src/cli/Fleets.js'

/** A bin in which nothing happens, but what is given. */
export const bin = (time: number, given: Partial<Bin> = {}): Bin => ({
  time,
  requests: 0,
  calls: 0,
  succeeded: 0,
  failed: 0,
  latency: 0,
  underWay: 0,
  running: 0,
  queued: 0,
  watched: {},
  ...given
})

/** Bins of 1 s: requests, calls, successes and failures in each. */
type Counts = readonly [requests: number, calls: number, succeeded: number, failed: number]

/** A result of ten requests that succeeded, but for what is said. */
export const resultOf = (
  more: Partial<FleetResult> = {},
  counts: ReadonlyArray<Counts> = []
): FleetResult => ({
  seed: 1,
  clients: 10,
  requests: 10,
  succeeded: 10,
  failed: {},
  successRatio: 1,
  calls: 10,
  amplification: 1,
  completion: 1000,
  latency: { mean: 10, p50: 10, p90: 20, p99: 30, max: 40 },
  recovery: undefined,
  series: {
    width: 1000,
    bins: counts.map(([requests, calls, succeeded, failed], i) => ({
      ...bin(i * 1000),
      requests,
      calls,
      succeeded,
      failed
    }))
  },
  ...more
})

/** A policy with one result, and the measures of that. */
export const fleetOf = (name: string, result: FleetResult, more: Partial<Fleet> = {}): Fleet => ({
  name,
  file: `${name}.yaml`,
  measured: {
    amplification: result.amplification,
    calls: result.calls,
    completion: result.completion,
    p50: result.latency?.p50 ?? Infinity,
    p90: result.latency?.p90 ?? Infinity,
    p99: result.latency?.p99 ?? Infinity,
    recovery: result.recovery ?? Infinity,
    successRatio: result.successRatio
  },
  misses: [],
  results: [result],
  ...more
})
