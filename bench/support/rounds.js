// Entries in turn, round after round, in one process: what disturbs the machine disturbs all of them, and the ratio of two
// entries of one round says more than either. Each gets as many runs as take about as long as the others. Time is that
// of the processor, so that it does not matter how busy the machine is.
import { setImmediate as turn } from 'node:timers/promises'
import { median } from './statistics.js'

/**
 * Measures entries `{ name, run: (count) => Promise }`, where `run` does the work `count` times, or as often as it says, and
 * fails if it did not. Gives for each the median of nanoseconds each time, and of its ratios to the first entry. With a `count`
 * that is what all are given; else as many as take `ms`.
 */
export const interleaved = async (entries, { rounds, ms = 5, count }) => {
  const took = async (run, times) => {
    // What others have left behind is not collected in this one's time.
    globalThis.gc({ type: 'minor' })
    const began = processor()
    const done = (await run(times)) ?? times
    return (processor() - began) / done
  }
  const counts = new Map()
  for (const { name, run } of entries) counts.set(name, count ?? (await warmed(run, took, ms)))
  const times = new Map(entries.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    // Another order each time, so that nobody always follows the same one.
    for (let i = 0; i < entries.length; i++) {
      const { name, run } = entries[(i + round) % entries.length]
      times.get(name).push(await took(run, counts.get(name)))
      await turn()
    }
  }
  const first = times.get(entries[0].name)
  return Object.fromEntries(
    [...times].map(([name, each]) => [
      name,
      { ns: median(each) * 1e6, ratio: median(each.map((time, round) => time / first[round])) }
    ])
  )
}

/** Warms up for a while, and gives the number of times that take `ms`. */
const warmed = async (run, took, ms) => {
  const end = performance.now() + 150
  let count = 10
  do {
    count = Math.max(1, Math.round(ms / (await took(run, count))))
    await turn()
  } while (performance.now() < end)
  return count
}

/** Milliseconds of the processor: all threads, but not what other processes take, nor waits. */
export const processor = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
