// A first look at cost, beside a hand-written loop in the same run: `npm run measure`, after `npm run build`.
// Ratios, since machines are noisy; the smallest of many rounds, since noise only adds.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { exponential, limitRetries, withJitter, withRetry } from 'reprise'

const right = (value) => ({ _tag: 'Right', right: value })

/** What everybody writes: try, await, catch, sleep; waits as long as those of the policy. */
const byHand = async (fn, retries, base) => {
  for (let retry = 0; ; retry++) {
    try {
      return right(await fn())
    } catch (error) {
      if (retry === retries) return { _tag: 'Left', left: error }
      await new Promise((resolve) => setTimeout(resolve, base * 2 ** retry * (0.5 + Math.random())))
    }
  }
}

/** The same for a function that answers with an `Either`, or throws. */
const eitherByHand = async (fn, retries, base) => {
  for (let retry = 0; ; retry++) {
    try {
      const result = await fn()
      if (result._tag === 'Right' || retry === retries) return result
    } catch (error) {
      if (retry === retries) return { _tag: 'Left', left: error }
    }
    await new Promise((resolve) => setTimeout(resolve, base * 2 ** retry * (0.5 + Math.random())))
  }
}

const policy = (base) => limitRetries(3)(withJitter(0.5)(exponential(base)))

const success = async () => {
  const promise = async () => 1
  const task = async () => right(1)
  const arrow = async (id) => id
  const [promised, tasked, arrowed] = [promise, task, arrow].map((fn) => withRetry(policy(100))(fn))
  const rows = {
    'a promise': [() => byHand(promise, 3, 100), promised],
    'a TaskEither': [() => eitherByHand(task, 3, 100), tasked],
    'a function with arguments': [() => byHand(() => arrow(5), 3, 100), () => arrowed(5)()]
  }
  const best = Object.fromEntries(Object.keys(rows).map((name) => [name, [Infinity, Infinity]]))
  const calls = 20_000
  for (let round = 0; round < 120; round++) {
    for (const [name, runs] of Object.entries(rows)) {
      for (const [i, run] of runs.entries()) {
        const began = performance.now()
        for (let call = 0; call < calls; call++) await run()
        best[name][i] = Math.min(best[name][i], ((performance.now() - began) / calls) * 1e6)
      }
    }
  }
  console.log('success path, ns per call (hand-written loop, reprise, ratio)')
  for (const [name, [hand, ours]] of Object.entries(best)) {
    console.log(`  ${name.padEnd(26)} ${hand.toFixed(0)} ${ours.toFixed(0)} ${(ours / hand).toFixed(2)}`)
  }
}

/** Bytes of heap for each of 100,000 calls asleep after their first failure; a process for each, so that they do not mix. */
const asleep = async (run) => {
  const count = 100_000
  const calls = []
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < count; i++) calls.push(run())
  await new Promise((resolve) => setTimeout(resolve, 500))
  globalThis.gc()
  console.log(((process.memoryUsage().heapUsed - before) / count).toFixed(0))
  process.exit(calls.length === count ? 0 : 1)
}

const down = new Error('down')
const failing = async () => {
  throw down
}
const sleepers = { hand: () => byHand(failing, 3, 20_000), reprise: withRetry(policy(20_000))(failing) }

const sleeper = sleepers[process.argv[2]]
if (sleeper !== undefined) await asleep(sleeper)
else {
  await success()
  const [hand, ours] = Object.keys(sleepers).map((name) =>
    Number(
      spawnSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), name], { encoding: 'utf8' })
        .stdout
    )
  )
  console.log('asleep after a failure, bytes per call (hand-written loop, reprise, ratio)')
  console.log(`  ${'100,000 calls'.padEnd(26)} ${hand} ${ours} ${(ours / hand).toFixed(2)}`)
}
