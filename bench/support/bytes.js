// Bytes that a piece of work allocates: how far the heap grows while no collection can happen, since the young generation is
// larger than all of it. Needs the flags below.
import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'
import { median } from './statistics.js'

export const bytesFlags = ['--min-semi-space-size=64', '--max-semi-space-size=64']

/** Gives the bytes for each of `count` times, the median of several windows; of fewer times where that is too much. */
export const bytesEach = async (run, count = 5000) => {
  let collections = 0
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().length))
  observer.observe({ entryTypes: ['gc'] })
  const found = []
  for (let window = 0; window < 15; window++) {
    globalThis.gc({ type: 'minor' })
    await wait(2)
    collections = 0
    const before = getHeapStatistics().used_heap_size
    await run(count)
    const grown = getHeapStatistics().used_heap_size - before
    await wait(2)
    if (collections === 0) found.push(grown / count)
  }
  observer.disconnect()
  if (found.length > 8) return median(found)
  if (count < 50) throw new Error('collections in most windows')
  return bytesEach(run, Math.floor(count / 4))
}
