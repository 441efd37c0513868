// 6. One call that is retried for ever: what each attempt leaves behind.
import { inChild as child } from '../support/inChild.js'
import { makeTimersInstant } from '../support/instant.js'
import { loadPeers } from '../support/peers.js'

const down = new Error('down')
const [warm, attempts] = [20_000, 100_000]

export const inChild = async ({ name }) => {
  // A timer of 0 ms takes a millisecond, which is too long for so many.
  makeTimersInstant()
  const [{ retrying }] = await loadPeers([name])
  const heap = () => {
    globalThis.gc()
    return process.memoryUsage().heapUsed
  }
  return new Promise((resolve) => {
    let made = 0
    let before = 0
    const run = retrying({ retries: Infinity, base: 0 }).promise(async () => {
      made++
      if (made === warm) before = heap()
      if (made === warm + attempts) {
        resolve((heap() - before) / attempts)
        // The end: some never let go of the event loop.
        await new Promise(() => undefined)
      }
      throw down
    })
    globalThis.pending = run()
  })
}

export const measure = {
  number: 6,
  title: 'Retrying without end',
  about: `One call that fails ${attempts.toLocaleString('en')} times, without waits: what each attempt leaves on the heap.`,
  run: async ({ log }) => {
    const values = {}
    for (const { name, retrying } of await loadPeers()) {
      if (retrying === undefined) continue
      log(name)
      // A byte each thousand attempts is noise.
      values[name] = { value: Math.max(0, Math.round(await child('endless', { name }))) }
    }
    return [{ title: 'kept of each attempt', unit: 'B', goal: { most: 0 }, values }]
  }
}
