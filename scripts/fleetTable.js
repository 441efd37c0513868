// The study of backoff and jitter on the library's own policies: `node scripts/fleetTable.js`, after `npm run build`. Prints
// what is kept in docs/fleet.md, in about two minutes; the same each time.
import { pipe } from 'fp-ts/lib/function.js'
import {
  capDelay,
  custom,
  decorrelated,
  exponential,
  immediate,
  recordFailures,
  withJitter,
  withRetry
} from 'reprise'
import { runFleet } from 'reprise/lab'

const capped = pipe(exponential(10), capDelay(2000))
// As the study has it: each draw is cut at the cap.
const study = custom('study', ({ previousDelay: s = 5, random }) => Math.min(2000, 5 + random * (3 * s - 5)))

/** Completion and calls at N = 100 by an independent implementation, 200 trials. */
const policies = {
  None: { policy: immediate, reference: [2034, 2424] },
  Exponential: { policy: capped, reference: [63_514, 1859] },
  Decorrelated: { policy: study, reference: [4665, 1001] },
  Equal: { policy: withJitter('equal')(capped), reference: [6637, 812] },
  Full: { policy: withJitter('full')(capped), reference: [4908, 796] },
  'Decorrelated, scaled': { policy: pipe(decorrelated(5), capDelay(2000)), reference: [4220, 1003] }
}

const under100 = {
  full: [withJitter('full'), 2268, 1349],
  equal: [withJitter('equal'), 2466, 1230],
  '± 50 %': [withJitter(0.5), 2383, 1214],
  '± 25 %': [withJitter(0.25), 2596, 1231]
}

/** The means over so many trials of when a fleet has done it, and of the calls that took. */
const means = async (clients, policy, trials) => {
  const scenario = { clients, contention: { message: { normal: [10, 2] } } }
  // Nobody reads the errors.
  const client = (call) => pipe(call, withRetry(recordFailures(1)(policy)))
  let [completion, calls] = [0, 0]
  for (let seed = 1; seed <= trials; seed++) {
    const result = await runFleet(scenario, client, { seed })()
    if (result._tag === 'Left') throw result.left.error
    completion += result.right.completion / trials
    calls += result.right.calls / trials
  }
  return [completion, calls]
}

const whole = (number) => Math.round(number).toLocaleString('en')
const against = (found, reference) => {
  const percent = (100 * (found - reference)) / reference
  const size = Math.abs(percent).toFixed(1)
  return `${size === '0.0' ? '' : percent < 0 ? '−' : '+'}${size} %`
}
const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')

const began = performance.now()
let attempts = 0
const names = Object.keys(policies)
const rows = []
for (let clients = 10; clients <= 190; clients += 10) {
  const row = []
  for (const { policy } of Object.values(policies)) {
    const found = await means(clients, policy, 100)
    attempts += found[1] * 100
    row.push(found)
  }
  rows.push({ clients, row })
}

console.log('Completion in milliseconds, means of 100 trials:\n')
console.log(
  table(
    ['clients', ...names],
    rows.map(({ clients, row }) => [clients, ...row.map(([ms]) => whole(ms))])
  )
)
console.log('\nCalls of the server, means of 100 trials:\n')
console.log(
  table(
    ['clients', ...names],
    rows.map(({ clients, row }) => [clients, ...row.map(([, calls]) => whole(calls))])
  )
)

console.log('\nAt 100 clients, against 200 trials of an independent implementation:\n')
const hundred = rows.find(({ clients }) => clients === 100).row
const compared = (unit, which) => [
  [`${unit}, reference`, ...names.map((name) => whole(policies[name].reference[which]))],
  [unit, ...hundred.map((found) => whole(found[which]))],
  ['difference', ...names.map((name, i) => against(hundred[i][which], policies[name].reference[which]))]
]
console.log(table(['', ...names], [...compared('completion', 0), ...compared('calls', 1)]))

console.log('\nUnder a cap of 100 ms at 100 clients, 100 trials, jitter before and after the cap:\n')
const cells = []
for (const [name, [jitter, ms, calls]] of Object.entries(under100)) {
  const jitterFirst = await means(100, pipe(exponential(10), jitter, capDelay(100)), 100)
  const capFirst = await means(100, pipe(exponential(10), capDelay(100), jitter), 100)
  attempts += 100 * (jitterFirst[1] + capFirst[1])
  cells.push([
    name,
    whole(ms),
    whole(jitterFirst[0]),
    whole(capFirst[0]),
    whole(calls),
    whole(jitterFirst[1]),
    whole(capFirst[1])
  ])
}
const scaled = await means(100, pipe(decorrelated(5), capDelay(100)), 100)
attempts += 100 * scaled[1]
cells.push(['decorrelated', whole(2257), whole(scaled[0]), '', whole(1432), whole(scaled[1]), ''])
console.log(
  table(
    ['', 'ms, reference', 'jitter, cap', 'cap, jitter', 'calls, reference', 'jitter, cap', 'cap, jitter'],
    cells
  )
)

// Not part of what is kept: it differs from run to run.
const seconds = (performance.now() - began) / 1000
console.error(`${whole(attempts)} attempts in ${seconds.toFixed(0)} s, ${whole(attempts / seconds)} a second`)
