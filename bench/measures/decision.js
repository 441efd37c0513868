// 4. What a policy costs by itself: the waits of ten retries, exponential, with a cap and jitter, one after the other.
import { inChildren } from '../support/inChild.js'
import { loadPeers } from '../support/peers.js'
import { interleaved } from '../support/rounds.js'

const options = { base: 100, cap: 10_000 }
const steps = 10

const counted = (run) => (count) => {
  let made = 0
  for (; made < count; made += steps) {
    const sum = run(steps)
    // The least and the most that jitter of any kind makes of these waits.
    if (!(sum > 1000 && sum < 150_000)) throw new Error(`waits of ${sum} ms in all`)
  }
  return made
}

export const inChild = async ({ rounds }) => {
  const peers = (await loadPeers()).filter(({ deciding }) => deciding !== undefined)
  const entries = peers.map(({ name, deciding }) => ({ name, run: counted(deciding(options)) }))
  return interleaved(entries, { rounds })
}

export const measure = {
  number: 4,
  title: 'A decision',
  about: `The waits of ten retries, exponential from 100 ms, with a cap of 10 s and jitter, asked for one after the other; nanoseconds for each. Of
\`reprise\` it is \`step\`, which gives the whole decision and the next state; of the others it is what they export of their own backoff. n/a: it exports
none, or decides inside of its own runtime.`,
  run: async ({ quick, log }) => {
    log('ten steps')
    const found = await inChildren(quick ? 1 : 5, 'decision', { rounds: 30 })
    const values = Object.entries(found).map(([name, { ns }]) => [name, { value: ns }])
    return [{ title: 'a decision', unit: 'ns', goal: { most: 60 }, values: Object.fromEntries(values) }]
  }
}
