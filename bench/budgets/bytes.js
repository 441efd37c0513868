// Prints how many bytes a call allocates, and how many it holds asleep: node --expose-gc bytes.js FOLDER, with the flags of
// support/bytes.js.
import { setImmediate as turn } from 'node:timers/promises'
import { bytesEach } from '../support/bytes.js'
import { down, jittered, ofCalls, print, reprise, times } from './work.js'

const allocated = async (run) => {
  await times(run)(20_000)
  return bytesEach(times(run))
}

/** Bytes on the heap that are in use, after what can be collected was. */
const heapUsed = async () => {
  for (let i = 0; i < 5; i++) {
    await turn()
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}

/** Bytes of each call asleep after its first failure. */
const asleep = async () => {
  const count = 50_000
  const failing = reprise.withRetry(jittered('10m'))(async () => {
    throw down
  })
  const all = new Array(count).fill(undefined)
  // The first ones make what all share.
  for (let i = 0; i < 1000; i++) void failing()
  const before = await heapUsed()
  for (let i = 0; i < count; i++) all[i] = failing()
  const grown = (await heapUsed()) - before
  if (all.includes(undefined)) throw new Error('not all are asleep')
  return grown / count
}

print({ ...(await ofCalls('bytes', allocated)), 'bytes: a call asleep': await asleep() })
