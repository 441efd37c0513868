// 3. Calls asleep: what it takes to wait, with waits that differ. A process for each entry, so that they do not mix.
import { valueOf } from '../support/either.js'
import { inChild as child } from '../support/inChild.js'
import { hand, loadPeers } from '../support/peers.js'
import { processor } from '../support/rounds.js'
import { leastOf, quantile } from '../support/statistics.js'
import { freemem } from 'node:os'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'

const down = new Error('down')

/** Bytes of each call while all are asleep after their first failure. */
const memory = async ({ name, count }) => {
  const [{ retrying }] = await loadPeers([name])
  let calls = 0
  // Far longer than this process lives.
  const run = retrying({ retries: 3, base: 600_000 }).promise(async () => {
    calls++
    throw down
  })
  const all = new Array(count).fill(undefined)
  globalThis.gc()
  const before = process.memoryUsage()
  for (let i = 0; i < count; i++) all[i] = run()
  await wait(100)
  globalThis.gc()
  globalThis.gc()
  const after = process.memoryUsage()
  if (calls !== count || all.includes(undefined)) throw new Error(`${calls} calls for ${count}`)
  return { heap: (after.heapUsed - before.heapUsed) / count, rss: (after.rss - before.rss) / count }
}

/** What the processor does until all are done, and how late each woke, by the wait that its own draw gives. */
const waking = async ({ name, count, base }) => {
  const [{ retrying, firstWait }] = await loadPeers([name])
  const draws = Float64Array.from({ length: count }, Math.random)
  const failedAt = new Float64Array(count)
  const wokenAt = new Float64Array(count)
  let drawn = 0
  // The first draw after a failure is for its wait, since all fail in order; later ones do not matter.
  Math.random = () => draws[drawn++ % count]
  let calls = 0
  // One retry, for those who draw for all of them in advance.
  const run = retrying({ retries: 1, base }).argument(async (id) => {
    calls++
    if (failedAt[id] === 0) {
      failedAt[id] = performance.now()
      throw down
    }
    wokenAt[id] = performance.now()
    return 1
  })
  const all = new Array(count).fill(undefined)
  globalThis.gc()

  const began = processor()
  for (let id = 0; id < count; id++) {
    all[id] = run(id)
    // A few at a time, so that each begins to wait soon after it has failed.
    if (id % 50 === 49) await turn()
  }
  for (const each of all) if (valueOf(await each) !== 1) throw new Error('a wrong result')
  const cpu = processor() - began

  if (calls !== 2 * count || drawn !== count) throw new Error(`${calls} calls, ${drawn} draws for ${count}`)
  const late = wokenAt.map((at, id) => at - failedAt[id] - firstWait(draws[id], base)).sort()
  return { cpu: (cpu / count) * 1e6, earliest: late[0], p50: quantile(late, 0.5), p99: quantile(late, 0.99) }
}

export const inChild = ({ part, ...args }) => (part === 'memory' ? memory(args) : waking(args))

const quickSize = { count: 50_000, base: 1500, runs: 1 }

const sizes = [
  {
    count: 100_000,
    base: 3000,
    runs: 2,
    goals: { heap: 0.45, cpu: 0.65, earliest: { least: 0 }, p50: { most: 1.5 }, p99: { most: 3 } }
  },
  { count: 1_000_000, base: 10_000, runs: 1, goals: { cpu: 0.5 } }
]

const columns = [
  { key: 'heap', title: 'heap', unit: 'B', ratios: true },
  { key: 'rss', title: 'resident', unit: 'B', ratios: true },
  { key: 'cpu', title: 'processor until done', unit: 'ns', ratios: true },
  { key: 'earliest', title: 'earliest', unit: 'ms' },
  { key: 'p50', title: 'late, median', unit: 'ms' },
  { key: 'p99', title: 'late, 99 of 100', unit: 'ms' }
]

// A million objects for each of many calls, in the worst of cases.
const flags = ['--max-old-space-size=12000']

export const measure = {
  number: 3,
  title: 'Asleep',
  about: `Calls that wait after their first failure, all at the same time, with waits that differ by half either way; a process for each entry and column.

- *Heap*, *resident*: bytes for each call, after a collection, while all are asleep.
- *Processor until done*: of the whole process, from the first call to the last result, for each call, collections included.
- *Earliest*, *late*: when the second attempt began, beside when the wait should have ended, on \`performance.now\`. What should have been is known from the
  number that the library has drawn. Timers of Node fire up to 2 ms too early, more so where a wait is no whole number, since they cut off its fraction.

Of two runs the better one counts, since noise only adds. Calls begin 50 at a time, so that each waits from when it has failed. n/a: a million of them need more
memory than there is.`,
  run: async ({ quick, log }) => {
    const names = (await loadPeers()).filter(({ retrying }) => retrying).map(({ name }) => name)
    const figures = []
    const resident = new Map()
    for (const { count, base, runs, goals } of quick ? [{ ...sizes[0], ...quickSize }] : sizes) {
      const found = {}
      for (const name of names) {
        if ((resident.get(name) ?? 0) * count * 1.5 > freemem()) {
          log(`${count.toLocaleString('en')} calls of ${name}: there is not enough memory`)
          continue
        }
        log(`${count.toLocaleString('en')} calls of ${name}`)
        try {
          const held = await child('asleep', { part: 'memory', name, count }, flags)
          resident.set(name, held.rss)
          const woken = []
          for (let i = 0; i < runs; i++)
            woken.push(await child('asleep', { part: 'waking', name, count, base }, flags))
          found[name] = { ...held, ...leastOf(woken) }
        } catch (error) {
          // Where memory runs out, processes are killed; what does not do its work says so itself.
          if (!error.cause || name === hand) throw error
          log(`${name} was ended by ${error.cause}`)
        }
      }
      for (const { key, title, unit, ratios } of columns) {
        const values = Object.entries(found).map(([name, each]) => [
          name,
          { value: each[key], ...(ratios && { ratio: each[key] / found[hand][key] }) }
        ])
        figures.push({
          title: `${count.toLocaleString('en')} asleep: ${title}`,
          unit,
          goal: goals[key],
          values: Object.fromEntries(values)
        })
      }
    }
    return figures
  }
}
