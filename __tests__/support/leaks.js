// Shows what calls leave behind that end in a way of `leakWays.js`: `node FLAGS leaks.js WAY` makes 100,000 of them on
// the package as it is built, and prints as JSON what they ended with, what is left of what the machine or the public API can
// show, and whether the heap has grown with the last 80,000.
import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { batchSize, signals, turn } from './leakParts.js'
import { ways } from './leakWays.js'

const calls = 100_000
const warmUp = 20_000

// Bytes of each call. What keeps anything of a call takes a pointer to it at least, which is 8; the machine has been seen to
// take 1.3 for itself.
const most = 4

const ends = {}

/** What a call ended with, in words: the error's own, those of its last failure, and the reason. */
const nameOf = ({ _tag, left }) => {
  if (_tag === 'Right') return _tag
  const last = left.failures?.at(-1)
  return [left._tag ?? left.message, left.reason, last?.error?._tag ?? last?.error?.message ?? last?._tag]
    .filter((part) => typeof part === 'string')
    .join(', ')
}

const run = async (batch, count) => {
  for (let made = 0; made < count; made += batchSize) {
    for (const end of await batch(batchSize)) ends[nameOf(end)] = (ends[nameOf(end)] ?? 0) + 1
    for (const signal of signals) if (signal.aborted && listenersOf(signal) === 0) signals.delete(signal)
  }
}

const listenersOf = (signal) => getEventListeners(signal, 'abort').length

/** What keeps the process alive, once everything has run that was about to. */
const resources = async () => {
  // Longer than any timer of the functions that were called, and than the times over which the limits count.
  await sleep(10)
  await turn()
  return process.getActiveResourcesInfo()
}

/** The least of several, since what is not collected yet can only add. */
const heap = async () => {
  let least = Infinity
  for (let i = 0; i < 6; i++) {
    await turn()
    globalThis.gc()
    least = Math.min(least, process.memoryUsage().heapUsed)
  }
  return least
}

const heard = []
for (const event of ['warning', 'unhandledRejection'])
  process.on(event, (what) => heard.push(`${event}: ${what}`))

const before = await resources()
const { batch, state, end } = ways[process.argv[2]]()
await run(batch, warmUp)
let from = await heap()
const growth = async () => {
  await run(batch, calls - warmUp)
  const to = await heap()
  const bytes = (to - from) / (calls - warmUp)
  from = to
  return bytes
}
let bytes = await growth()
const found = {
  ends: { ...ends },
  resources: (await resources()).filter((name) => !before.includes(name)),
  listeners: [...signals].reduce((sum, signal) => sum + listenersOf(signal), 0),
  ...state(),
  heard
}
// What calls leave behind they do each time; what the machine keeps for itself, such as compiled code, it keeps once.
for (let again = 0; again < 2 && bytes >= most; again++) bytes = Math.min(bytes, await growth())
console.log(JSON.stringify({ ...found, isFlat: bytes < most, bytes }))
end?.()
