/**
 * Keeps what happens over time in bins. There are never many: when there would be, two become one, of twice the width. So
 * what is kept does not grow with how long a fleet runs.
 */
import type { Clock } from '../runtime/Clock.js'
import type { Bin, Series } from './FleetResult.js'
import type { World } from './World.js'
import type { Watch } from './runFleet.js'

// --- model

export interface Recorder {
  /** Adds numbers to record, which are summed by name. */
  readonly watch: (watch: Watch) => void
  readonly began: () => void
  /** A call has ended that began then; with the tag of its error if it failed. */
  readonly ended: (began: number, tag: string | undefined) => void
  /** Closes the bins that end by this time. */
  readonly moves: (to: number) => void
  readonly counts: () => { readonly requests: number; readonly ended: number }
  /** Gives what was recorded, up to now; to be called once. */
  readonly recorded: () => Recorded
}

/** What was recorded. */
export interface Recorded {
  readonly requests: number
  readonly succeeded: number
  readonly failed: Readonly<Record<string, number>>
  readonly ended: number
  /** When the last call ended. */
  readonly completion: number
  readonly latencies: Float64Array
  readonly series: Series
}

/** What is counted, of all time or in the bin that is open. */
interface Counts {
  requests: number
  calls: number
  succeeded: number
  failed: number
}

const most = 400

// --- constructors

export const newRecorder = (
  clock: Clock,
  world: Pick<World, 'calls' | 'load'>,
  binWidth: number
): Recorder => {
  const watches: Watch[] = []
  const latencies = newSample()
  const tags = new Map<string, number>()
  // Of all time; and what that was when the bin began that is open. Counted at every call, so in place.
  const total: Counts = { requests: 0, calls: 0, succeeded: 0, failed: 0 }
  const closed: Counts = { ...total }
  let completion = 0

  let width = binWidth
  let bins: Bin[] = []
  let time = 0
  // How long the calls took, in all, that succeeded in the bin that is open.
  let took = 0

  const watched = (): Readonly<Record<string, number>> => {
    const sums: Record<string, number> = {}
    for (const watch of watches)
      for (const [name, read] of Object.entries(watch)) sums[name] = (sums[name] ?? 0) + read()
    return sums
  }

  const close = (): void => {
    total.calls = world.calls()
    const succeeded = total.succeeded - closed.succeeded
    bins.push({
      time,
      requests: total.requests - closed.requests,
      calls: total.calls - closed.calls,
      succeeded,
      failed: total.failed - closed.failed,
      latency: succeeded === 0 ? 0 : took / succeeded,
      underWay: total.requests - total.succeeded - total.failed,
      ...world.load(),
      watched: watched()
    })
    Object.assign(closed, total)
    took = 0
    time += width
    if (bins.length < most) return
    // There are as many as `most`, an even number.
    bins = bins.flatMap((bin, i) => (i % 2 === 0 ? [merge(bin, bins[i + 1] as Bin)] : []))
    width *= 2
  }

  return {
    watch: (watch) => {
      watches.push(watch)
    },
    began: () => {
      total.requests += 1
    },
    ended: (began, tag) => {
      completion = clock.now()
      if (tag === undefined) {
        total.succeeded += 1
        took += completion - began
        latencies.push(completion - began)
      } else {
        total.failed += 1
        tags.set(tag, (tags.get(tag) ?? 0) + 1)
      }
    },
    moves: (to) => {
      while (to >= time + width) close()
    },
    counts: () => ({ requests: total.requests, ended: total.succeeded + total.failed }),
    recorded: () => {
      while (time <= clock.now()) close()
      const { requests, succeeded } = total
      const last = bins.filter(isEventful).at(-1)?.time ?? -1
      return {
        requests,
        succeeded,
        // Stryker disable next-line EqualityOperator: no two are of the same tag
        failed: Object.fromEntries([...tags].sort(([a], [b]) => (a < b ? -1 : 1))),
        ended: succeeded + total.failed,
        completion,
        latencies: latencies.taken(),
        series: { width, bins: bins.filter((bin) => bin.time <= last) }
      }
    }
  }
}

/** Did anything happen in a bin, or was anything still going on when it ended? */
const isEventful = ({ requests, calls, succeeded, failed, underWay, running, queued }: Bin): boolean =>
  requests + calls + succeeded + failed + underWay + running + queued > 0

const merge = (a: Bin, b: Bin): Bin => {
  const succeeded = a.succeeded + b.succeeded
  return {
    // How things stand is as at the end.
    ...b,
    time: a.time,
    requests: a.requests + b.requests,
    calls: a.calls + b.calls,
    succeeded,
    failed: a.failed + b.failed,
    latency: succeeded === 0 ? 0 : (a.latency * a.succeeded + b.latency * b.succeeded) / succeeded
  }
}

// --- samples

interface Sample {
  readonly push: (value: number) => void
  readonly taken: () => Float64Array
}

/** Numbers in eight bytes each. */
const newSample = (): Sample => {
  let values = new Float64Array(1024)
  let size = 0
  return {
    push: (value) => {
      if (size === values.length) {
        const grown = new Float64Array(2 * size)
        grown.set(values)
        values = grown
      }
      values[size++] = value
    },
    taken: () => values.slice(0, size)
  }
}
