// Prints how many calls of timer functions there are for each retry, on timers and a clock that move only by themselves:
// node timers.js FOLDER
import { setImmediate as turn } from 'node:timers/promises'

let now = 0
let called = 0
const timers = new Set()

const arm = (wake, delay = 0) => {
  called++
  const timer = { due: now + Math.max(1, Math.trunc(delay)), wake, ref: () => timer, unref: () => timer }
  timers.add(timer)
  return timer
}
const disarm = (timer) => {
  called++
  timers.delete(timer)
}

// Before the library is loaded, in case that it keeps them.
Object.assign(globalThis, {
  setTimeout: arm,
  setImmediate: (wake) => arm(wake),
  clearTimeout: disarm,
  clearImmediate: disarm
})
performance.now = () => now
const { flaky, jittered, print, reprise } = await import('./work.js')

/** Runs many calls of three retries each, side by side. */
const callsEach = async (schedule) => {
  const count = 1000
  called = 0
  let succeeded = 0
  for (let i = 0; i < count; i++) {
    const run = reprise.withRetry(reprise.limitRetries(3)(schedule))(flaky())
    void run().then(({ _tag }) => (succeeded += _tag === 'Right'))
  }
  for (let wakings = 0; succeeded < count && wakings < 10 * count; wakings++) {
    await turn()
    const next = [...timers].reduce((a, b) => (b.due < a.due ? b : a), { due: Infinity })
    if (!timers.delete(next)) continue
    now = Math.max(now, next.due)
    next.wake()
  }
  if (succeeded !== count) throw new Error(`${succeeded} of ${count} calls have succeeded`)
  return called / (count * 3)
}

print({
  'timer calls: a retry with a jittered wait': await callsEach(jittered(100)),
  'timer calls: a retry without a wait': await callsEach(reprise.fixed(0))
})
