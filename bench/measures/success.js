// 1. The path to success: what a call costs that does not fail.
import { bytesEach, bytesFlags } from '../support/bytes.js'
import { valueOf, right } from '../support/either.js'
import { inChild as child, inChildren } from '../support/inChild.js'
import { loopFor } from '../support/loopFor.js'
import { hand, loadPeers } from '../support/peers.js'
import { interleaved } from '../support/rounds.js'

const options = { retries: 3, base: 100 }
const stackOptions = { ...options, timeout: 1000, places: 10, failures: 10 }

let calls = 0

/** Rows: how to make a run from a peer, if it can. */
const rows = {
  promise: {
    title: 'a function that gives a promise',
    make: ({ retrying }) =>
      retrying?.(options).promise(async () => {
        calls++
        return 1
      })
  },
  either: {
    title: 'a `TaskEither`',
    goals: { ratio: 1.25, bytes: 1 },
    isAlsoSmall: true,
    make: ({ retrying }) => {
      const result = right(1)
      return retrying?.(options).either(async () => {
        calls++
        return result
      })
    }
  },
  argument: {
    title: 'a function with arguments',
    goals: { ratio: 1.35, bytes: 1 },
    isAlsoSmall: true,
    make: ({ retrying }) => {
      const run = retrying?.(options).argument(async (id) => {
        calls++
        return id
      })
      return run && (() => run(1))
    }
  },
  stack: {
    title: 'with a timeout, limits, a circuit breaker and retries',
    make: ({ stack }) =>
      stack?.(stackOptions)(async () => {
        calls++
        return 1
      })
  }
}

/** Runs so many calls one after the other; fails if not each was made, and gave what it should. */
const counted = (run, loop) => async (count) => {
  const before = calls
  const last = await loop(run, count)
  if (calls - before !== count || valueOf(last) !== 1)
    throw new Error(`${calls - before} calls for ${count}, the last gave ${JSON.stringify(last)}`)
}

const checked = async ({ name, run }) => {
  try {
    for (let i = 0; i < 20; i++) if (valueOf(await run()) !== 1) throw new Error('a wrong result')
    return { name, run: counted(run, await loopFor(name)) }
  } catch (error) {
    throw new Error(`${name} does not do the work`, { cause: error })
  }
}

let began = 0

/** The hand loop as it would be, if its errors told how long the call took: a call reads a clock when it begins. */
const withClock = ({ name, retrying }) => {
  const clocked = (make) => (fn) => {
    const run = make(fn)
    return (arg) => {
      began = performance.now()
      return run(arg)
    }
  }
  return {
    name: `${name}, with a clock`,
    retrying: (options) =>
      Object.fromEntries(Object.entries(retrying(options)).map(([shape, make]) => [shape, clocked(make)]))
  }
}

export const inChild = async ({ row, rounds, part }) => {
  const [byHand, ...others] = await loadPeers()
  const peers = [byHand, withClock(byHand), ...others]
  const runs = peers.map((peer) => ({ name: peer.name, run: rows[row].make(peer) }))
  const entries = await Promise.all(runs.filter(({ run }) => run !== undefined).map(checked))
  if (part === 'times') return interleaved(entries, { rounds })
  const found = {}
  for (const { name, run } of entries) {
    // What is compiled later allocates less.
    await run(20_000)
    found[name] = { bytes: await bytesEach(run) }
  }
  return found
}

export const measure = {
  number: 1,
  title: 'Success',
  about: `What a call costs that does not fail: nanoseconds, and bytes of heap that it allocates. The function that is called is an \`async\` one that counts, and
its cost is part of the figure. The policy is three retries, exponential with jitter.

- *A promise*: the hand loop is \`try { return right(await fn()) } catch\`, \`sleep\`, again.
- *A \`TaskEither\`*: the hand loop looks whether what it was given is a \`Right\`. Libraries that know only rejections are given a function that throws the
  \`Left\`.
- *With arguments*: \`wrapped(1)()\` of \`reprise\`; the others run \`() => fn(1)\`, made at each call.
- *With a timeout, limits, a circuit breaker and retries*: by hand these are a timer, a count of places with a queue, and a count of failures. \`effect\` has no
  circuit breaker: its figure is without one.

*Time* is that of a process as Node starts it, whose young generation grows to 16 MB in time; there half of what an \`async\` function takes is for memory that is not
in the cache of the processor. *In cache* is with a young generation of 1 MB, as it is in a process that has just begun: there it is instructions that count, and
those for a read of the clock.

The hand loop reads no clock. \`reprise\` reads one, once a call, since errors and conditions are told how much time has passed; what that alone takes, the
hand loop with a clock shows.`,
  run: async ({ quick, log }) => {
    const processes = quick ? 1 : 5
    const figures = []
    for (const [row, { title, goals = {}, isAlsoSmall = false }] of Object.entries(rows)) {
      log(title)
      const args = { row, part: 'times', rounds: 15 }
      const times = await inChildren(processes, 'success', args)
      figures.push({ title: `${title}: time`, unit: 'ns', goal: goals.ratio, values: timesOf(times) })
      if (isAlsoSmall) {
        log(`${title}, small young generation`)
        const small = await inChildren(processes, 'success', args, ['--max-semi-space-size=1'])
        figures.push({ title: `${title}: time, in cache`, unit: 'ns', values: timesOf(small) })
      }
      const bytes = await child('success', { row, part: 'bytes' }, bytesFlags)
      figures.push({ title: `${title}: bytes`, unit: 'B', goal: goals.bytes, values: bytesOf(bytes) })
    }
    return figures
  }
}

const mapped = (found, figureOf) =>
  Object.fromEntries(Object.entries(found).map(([name, each]) => [name, figureOf(each)]))

const timesOf = (found) => mapped(found, ({ ns, ratio }) => ({ value: ns, ratio }))

const bytesOf = (found) => mapped(found, ({ bytes }) => ({ value: bytes, ratio: bytes / found[hand].bytes }))
