// 7. Limits: what it costs to take a place and give it back, and to wait in a queue for one.
import { inChildren } from '../support/inChild.js'
import { valueOf } from '../support/either.js'
import { loopFor } from '../support/loopFor.js'
import { loadPeers } from '../support/peers.js'
import { interleaved } from '../support/rounds.js'

let calls = 0
const fn = async () => {
  calls++
  return 1
}

const check = (results, count, before) => {
  if (calls - before !== count || !results.every((result) => valueOf(result) === 1))
    throw new Error(`${calls - before} calls for ${count}`)
}

const oneByOne = (name, run) => {
  const loop = loopFor(name)
  return async (count) => {
    const before = calls
    check([await (await loop)(run, count)], count, before)
  }
}

const allAtOnce = (newRun) => async (count) => {
  const run = newRun()
  const before = calls
  check(await Promise.all(Array.from({ length: count }, () => run())), count, before)
}

const waiters = 10_000

const rows = {
  place: {
    title: 'a place that is free',
    // Those with two ways have a second entry.
    make: ({ name, places, permits }) => [
      places && { name, run: oneByOne(name, places(10)(fn)) },
      permits && { name: `${name}, acquire and release`, run: oneByOne(`${name}, permits`, permits(10)(fn)) }
    ]
  },
  places: {
    title: `${waiters.toLocaleString('en')} in the queue for one place`,
    count: waiters,
    // Enough that most of them find the code compiled.
    rounds: 9,
    processes: 1,
    make: ({ name, places, permits }) => [
      places && { name, run: allAtOnce(() => places(1)(fn)) },
      permits && { name: `${name}, acquire and release`, run: allAtOnce(() => permits(1)(fn)) }
    ]
  },
  rate: {
    title: 'a rate that is far away',
    make: ({ name, rate }) => [rate && { name, run: oneByOne(name, rate(1e9, 1000)(fn)) }]
  },
  rates: {
    title: `${waiters.toLocaleString('en')} at a rate of half as many a second`,
    count: waiters,
    rounds: 2,
    processes: 1,
    isSlow: true,
    make: ({ name, rate, rateQueue = rate }) => [
      rateQueue && { name, run: allAtOnce(() => rateQueue(waiters / 2, 1000)(fn)) }
    ]
  }
}

export const inChild = async ({ row, rounds }) => {
  const { make, count } = rows[row]
  const entries = (await loadPeers()).flatMap(make).filter(Boolean)
  return interleaved(entries, {
    rounds,
    count
  })
}

export const measure = {
  number: 7,
  title: 'Limits',
  about: `Nanoseconds a call, the function included, beside a queue of promises and a token bucket written by hand. In a queue: until all are done.`,
  run: async ({ quick, log }) => {
    const figures = []
    for (const [row, { title, rounds = 10, processes = 5, isSlow = false }] of Object.entries(rows)) {
      if (quick && isSlow) continue
      log(title)
      const found = await inChildren(quick ? 1 : processes, 'limits', { row, rounds })
      const values = Object.entries(found).map(([name, { ns, ratio }]) => [name, { value: ns, ratio }])
      figures.push({ title, unit: 'ns', values: Object.fromEntries(values) })
    }
    return figures
  }
}
