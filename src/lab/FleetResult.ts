/** What came of a fleet, as plain data. Times in milliseconds of the virtual clock. */

// --- model

/**
 * What came of a fleet.
 *
 * @category model
 * @since 0.3.0
 */
export interface FleetResult {
  /** What it was run with; the same gives the same. */
  readonly seed: number
  readonly clients: number
  /** Calls that clients made, retries not counted. */
  readonly requests: number
  /** Requests that ended well. */
  readonly succeeded: number
  /** Calls that failed, by the tag of their error; `Unfinished` for those that had not ended at the end of the run. */
  readonly failed: Readonly<Record<string, number>>
  /** Of all requests. */
  readonly successRatio: number
  /** Attempts that the server received. */
  readonly calls: number
  /** Calls that the server received for each request. */
  readonly amplification: number
  /** When the last call ended. */
  readonly completion: number
  /** How long the calls took that succeeded, waits included; `undefined` if none did. */
  readonly latency: Quantiles | undefined
  /**
   * How long it took after the last outage until things were no worse than before the first, for good; to the width of a
   * bin. `undefined` if there was no outage, if they never were, or if there is nothing to compare with.
   */
  readonly recovery: number | undefined
  /** The course of it, by time. */
  readonly series: Series
}

/**
 * Times below which so much of a sample is, by nearest rank.
 *
 * @category model
 * @since 0.3.0
 */
export interface Quantiles {
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/**
 * What happened over time.
 *
 * @category model
 * @since 0.3.0
 */
export interface Series {
  /** The length of a bin. */
  readonly width: number
  readonly bins: ReadonlyArray<Bin>
}

/**
 * What happened from `time` on, for the width of a bin, and how things stood when it ended.
 *
 * @category model
 * @since 0.3.0
 */
export interface Bin {
  /** When it begins. */
  readonly time: number
  /** Requests that clients began, retries not counted. */
  readonly requests: number
  /** Attempts that the server received. */
  readonly calls: number
  /** Requests that ended well. */
  readonly succeeded: number
  /** Requests that failed. */
  readonly failed: number
  /** The mean time of the calls that ended well; 0 if none. */
  readonly latency: number
  /** Calls of clients under way, those that wait for a retry included. */
  readonly underWay: number
  /** What the server works on. */
  readonly running: number
  /** What waits at the server. */
  readonly queued: number
  /** What the client's watches said, summed over processes. */
  readonly watched: Readonly<Record<string, number>>
}

/** Gives the quantiles of a sample. */
export const quantilesOf = (sample: Float64Array): Quantiles | undefined => {
  if (sample.length === 0) return undefined
  const sorted = sample.slice().sort()
  const at = (q: number): number => sorted[Math.ceil(q * sorted.length) - 1] as number
  return {
    mean: sorted.reduce((sum, each) => sum + each, 0) / sorted.length,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1)
  }
}

/**
 * Gives how long it took, from the end of the outages, until things were no worse than before: from then on, and as long as
 * requests came, no bin was worse than the worst before the outages, by more than one failed call in a hundred, or twice the
 * mean latency. As exact as the bins are wide. `undefined` if that was never so, or if there is nothing to compare with.
 */
export const recoveryOf = (
  { bins, width }: Series,
  outages: { readonly from: number; readonly to: number }
): number | undefined => {
  // Calls that take long are those that end last: what ends after the last request says little.
  const lastRequest = bins.filter(({ requests }) => requests > 0).at(-1)?.time ?? 0
  const busy = bins.filter((bin) => bin.time <= lastRequest && ended(bin) > 0)
  const before = busy.filter(({ time }) => time + width <= outages.from)
  const after = busy.filter(({ time }) => time + width > outages.to)
  const worst = {
    failures: Math.max(...before.map(failureRatio)),
    latency: Math.max(...before.map(({ latency }) => latency))
  }
  const isWorse = (bin: Bin): boolean =>
    failureRatio(bin) > worst.failures + 0.01 || bin.latency > 2 * worst.latency
  const last = after.filter(isWorse).at(-1)
  // With nothing before, all of it is worse than that.
  if (last === after.at(-1)) return undefined
  return last === undefined ? 0 : last.time + width - outages.to
}

const ended = ({ failed, succeeded }: Bin): number => failed + succeeded

const failureRatio = (bin: Bin): number => bin.failed / ended(bin)
