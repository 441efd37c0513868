// 2. Three failures, then success: what a call costs that has to be retried.
import { left, right, valueOf } from '../support/either.js'
import { inChildren } from '../support/inChild.js'
import { makeTimersInstant } from '../support/instant.js'
import { loopFor } from '../support/loopFor.js'
import { loadPeers } from '../support/peers.js'
import { interleaved } from '../support/rounds.js'

const down = new Error('down')
const [failure, success] = [left(down), right(1)]

let calls = 0

/** Functions that fail three times and succeed the fourth; one error for all, since making one costs more than the rest. */
const newFunction = {
  promise: () => {
    let failures = 0
    return async () => {
      calls++
      if (failures++ < 3) throw down
      failures = 0
      return 1
    }
  },
  either: () => {
    let failures = 0
    return async () => {
      calls++
      if (failures++ < 3) return failure
      failures = 0
      return success
    }
  }
}

const rows = [
  { shape: 'promise', instant: true, title: 'rejections, an instant clock' },
  { shape: 'either', instant: true, title: '`Left`s, an instant clock', goal: 0.6 },
  { shape: 'promise', instant: false, title: 'rejections, timers of 0 ms' },
  { shape: 'either', instant: false, title: '`Left`s, timers of 0 ms' }
]

/** Lanes with a function each, side by side, so that timers are shared out and the processor has something to do. */
const counted = (loop, lanes) => async (count) => {
  const before = calls
  const each = Math.ceil(count / lanes.length)
  const last = await Promise.all(lanes.map((lane) => loop(lane, each)))
  if (calls - before !== each * lanes.length * 4 || !last.every((result) => valueOf(result) === 1))
    throw new Error(`${calls - before} calls for ${each * lanes.length}`)
  return each * lanes.length
}

const entryOf = async (name, { retrying, instantClock }, shape, instant) => {
  const clock = instant ? await instantClock?.() : undefined
  const retried = retrying({ retries: 3, base: instant ? 100 : 0, clock })[shape]
  const lanes = Array.from({ length: instant ? 1 : 200 }, () => retried(newFunction[shape]()))
  const run = counted(await loopFor(`${name} ${shape}`), lanes)
  await run(1).catch((error) => {
    throw new Error(`${name} does not do the work`, { cause: error })
  })
  return { name, run }
}

export const inChild = async ({ shape, instant, rounds }) => {
  if (instant) makeTimersInstant()
  const peers = (await loadPeers()).filter(({ retrying }) => retrying !== undefined)
  const entries = []
  // The loop with throws comes first in any case, since all ratios are to that.
  if (shape !== 'promise') entries.push(await entryOf('hand loop', peers[0], 'promise', instant))
  for (const peer of peers) {
    const name = shape !== 'promise' && peer === peers[0] ? 'hand loop, `Left`s' : peer.name
    entries.push(await entryOf(name, peer, shape, instant))
  }
  return interleaved(entries, { rounds, ms: instant ? 5 : 10 })
}

export const measure = {
  number: 2,
  title: 'Three failures, then success',
  about: `Nanoseconds for a call of four attempts. All failures are one and the same error, and one and the same \`Left\`. Ratios are to the hand loop whose
function throws, in all columns; libraries that know only rejections are given a function that throws the \`Left\`.

- *An instant clock*: waits of 100 ms and more, with jitter, that end at once. \`reprise\` is given a clock by \`withEnv\`; for the others \`setTimeout\` is
  replaced before they are loaded. Most of what the hand loop takes is the engine's, for throwing.
- *Timers of 0 ms*: the timers of Node, with 200 calls side by side, since each timer takes a millisecond. \`reprise\`, \`p-retry\` and
  \`@lifeomic/attempt\` take no timer where there is no wait.`,
  run: async ({ quick, log }) => {
    const figures = []
    for (const { title, goal, ...row } of rows) {
      log(title)
      const found = await inChildren(quick ? 1 : 3, 'retrying', { ...row, rounds: 10 })
      const values = Object.entries(found).map(([name, { ns, ratio }]) => [name, { value: ns, ratio }])
      figures.push({ title, unit: 'ns', goal, values: Object.fromEntries(values) })
    }
    return figures
  }
}
