// What limits cost, beside calling the function: `node scripts/measureLimits.js`, after `npm run build`.
// The smallest of many rounds, since noise only adds.
import { pipe } from 'fp-ts/lib/function.js'
import { callLimit, limitSet, rateLimit, resourceLimit, withDecoder, withLimits } from 'reprise'

const fn = async () => 1
const sets = {
  'one resource': [[resourceLimit({ key: 'places', capacity: 10 })]],
  'a call limit (token bucket)': [[callLimit({ capacity: 1e9, per: 1 })]],
  'a call limit (sliding window)': [[callLimit({ capacity: 1e9, per: 1, algorithm: 'slidingWindow' })]],
  'resource, calls and tokens': [
    [
      resourceLimit({ key: 'places', capacity: 10 }),
      callLimit({ capacity: 1e9, per: 1 }),
      rateLimit({ key: 'tokens', capacity: 1e9, per: 1 })
    ],
    { tokens: 5 }
  ]
}

const best = async (run, calls = 20_000, rounds = 40) => {
  let least = Infinity
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    for (let call = 0; call < calls; call++) await run()
    least = Math.min(least, ((performance.now() - began) / calls) * 1e6)
  }
  return least
}

const uncontended = async () => {
  const plain = await best(fn)
  // A wrapper that does next to nothing: what any of them costs.
  const wrapped = await best(pipe(fn, withDecoder({ decode: (right) => ({ _tag: 'Right', right }) })))
  console.log('uncontended, ns per call more than the function')
  console.log(`  ${'the function itself'.padEnd(32)} ${plain.toFixed(0)} in all`)
  console.log(`  ${'a wrapper without limits'.padEnd(32)} ${(wrapped - plain).toFixed(0)}`)
  for (const [name, [limits, request]] of Object.entries(sets)) {
    const ns = await best(pipe(fn, withLimits(limitSet(limits)(), request)))
    console.log(`  ${name.padEnd(32)} ${(ns - plain).toFixed(0)}`)
  }
}

/** Time of the processor, since a garbage collector runs beside. */
const spent = async (count, run) => {
  const began = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(began)
  return String(Math.round(((user + system) / count) * 1000)).padStart(6)
}

const queued = async () => {
  console.log('waiters in one queue: ns of the processor for each, until it has released')
  for (const count of [1_000, 10_000, 100_000, 200_000]) {
    const set = limitSet([resourceLimit({ key: 'places', capacity: 1 })])()
    const limited = pipe(fn, withLimits(set))
    const times = (run) => Array.from({ length: count }, run)
    const first = await set.acquire()()
    const called = await spent(count, () => {
      const all = times(() => limited())
      first.right.release()
      return Promise.all(all)
    })
    const acquired = await spent(count, async () => {
      for (const permit of times(() => set.acquire()())) (await permit).right.release()
    })
    // What a queue of promises costs that does nothing else.
    const bare = await spent(count, () => {
      const queue = []
      const all = times(() => new Promise((resolve) => queue.push(resolve)).then(fn))
      for (const resolve of queue) resolve()
      return Promise.all(all)
    })
    console.log(
      `  ${String(count).padStart(8)}  withLimits ${called}  acquire ${acquired}  bare promises ${bare}`
    )
  }
}

await uncontended()
await queued()
