// 8. Retries without a wait: how quick they are, and for how long they keep everything else waiting.
import { left, right, valueOf } from '../support/either.js'
import { inChild as child } from '../support/inChild.js'
import { loadPeers } from '../support/peers.js'
import { processor } from '../support/rounds.js'
import { leastOf } from '../support/statistics.js'

const failure = left(new Error('down'))
const success = right(1)

/** Runs a call that fails for so many milliseconds; gives the time of each retry, of the processor and on the wall. */
const retriedFor = async (retrying, ms) => {
  const end = performance.now() + ms
  let calls = 0
  const run = retrying({ retries: Infinity, base: 0 }).either(async () =>
    // The clock is not asked each time, since that would be much of the time.
    ++calls % 100 === 0 && performance.now() > end ? success : failure
  )
  const [began, cpuBegan] = [performance.now(), processor()]
  if (valueOf(await run()) !== 1) throw new Error('a wrong result')
  return { cpu: (processor() - cpuBegan) / (calls - 1), wall: (performance.now() - began) / (calls - 1) }
}

/** Gives the longest time between two turns of the event loop while `body` runs. */
const longestGap = async (body) => {
  let longest = 0
  let last = performance.now()
  let running = true
  const tick = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (running) setImmediate(tick)
  }
  setImmediate(tick)
  await body()
  tick()
  running = false
  return longest
}

export const inChild = async ({ name, ms, rounds }) => {
  const [{ retrying }] = await loadPeers([name])
  await retriedFor(retrying, 300)
  const runs = []
  for (let round = 0; round < rounds; round++) {
    const times = await retriedFor(retrying, ms)
    runs.push({ ...times, gap: await longestGap(() => retriedFor(retrying, ms)) })
  }
  return leastOf(runs)
}

export const measure = {
  number: 8,
  title: 'Retries without a wait',
  about: `One call that fails, as a \`Left\`, and is retried with a delay of 0 for a time: the time of each retry, and the longest for which nothing else had its
turn. A gap as long as that time means that nothing else runs as long as there are failures. The least of several runs, since noise only adds.`,
  run: async ({ quick, log }) => {
    const found = {}
    for (const { name, retrying } of await loadPeers()) {
      if (retrying === undefined) continue
      log(name)
      found[name] = await child('immediate', { name, ms: quick ? 150 : 500, rounds: quick ? 2 : 5 })
    }
    const valuesOf = (figureOf) =>
      Object.fromEntries(Object.entries(found).map(([name, each]) => [name, { value: figureOf(each) }]))
    const retry = 'a retry with a delay of 0'
    return [
      { title: retry, unit: 'ns', goal: { most: 400 }, values: valuesOf(({ cpu }) => cpu * 1e6) },
      { title: `${retry}, on the wall`, unit: 'ns', values: valuesOf(({ wall }) => wall * 1e6) },
      {
        title: 'the longest gap of the event loop',
        unit: 'ms',
        goal: { most: 3 },
        values: valuesOf(({ gap }) => gap)
      }
    ]
  }
}
