// How quick a virtual fleet is, and how much memory it takes: `node scripts/measureFleet.js [clients …]`, after
// `npm run build`; 100 to 1,000,000 clients if not said. Each row has a process of its own, for the peak of its memory; the
// best of some rounds, since noise only adds. Where others use the machine, look at the seconds of CPU, which are those of
// all threads: the collector of garbage has some of its own. A larger young generation helps large fleets:
// `node --max-semi-space-size=128 scripts/measureFleet.js`.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { pipe } from 'fp-ts/lib/function.js'
import { capDelay, exponential, recordFailures, withJitter, withRetry } from 'reprise'
import { runFleet } from 'reprise/lab'

const network = { normal: [10, 2] }
const policyOf = (base, cap) => pipe(exponential(base), withJitter('full'), capDelay(cap), recordFailures(1))

/** What a scenario of so many clients is, and the policy that they have. */
const kinds = {
  // The waits grow with the fleet: the row can be changed so many times a second, however many want to.
  'contention: all at once': (clients) => [
    { clients, contention: { message: network } },
    policyOf(clients / 10, clients * 20)
  ],
  'service: all at once': (clients) => [
    {
      clients,
      arrivals: 'atOnce',
      network,
      server: { capacity: clients / 10, latency: '50ms', queue: clients / 20 }
    },
    policyOf(100, 2000)
  ],
  'service: one request in 10 s each, for 20 s': (clients) => [
    {
      clients,
      arrivals: { every: '10s' },
      duration: '20s',
      network,
      server: { capacity: Math.ceil(clients / 100), latency: { logNormal: [50, 0.5] }, failures: 0.3 }
    },
    policyOf(100, 2000)
  ]
}

const measure = async (kind, clients) => {
  const [scenario, policy] = kinds[kind](clients)
  const fleets = Math.max(1, Math.ceil(2000 / clients))
  const round = async () => {
    let attempts = 0
    const began = performance.now()
    const used = process.cpuUsage()
    for (let seed = 1; seed <= fleets; seed++) {
      const result = await runFleet(scenario, (call) => pipe(call, withRetry(policy)), {
        seed,
        until: '10000h'
      })()
      if (result._tag === 'Left') throw result.left.error
      if (result.right.succeeded < result.right.requests) throw new Error('not all succeeded')
      attempts += result.right.calls
    }
    const { user, system } = process.cpuUsage(used)
    return {
      attempts: attempts / fleets,
      perSecond: (1000 * attempts) / (performance.now() - began),
      perCpuSecond: (1e6 * attempts) / (user + system)
    }
  }
  let best = await round()
  for (let i = 0; i < (clients > 100_000 ? 0 : 4); i++) {
    const next = await round()
    best = {
      attempts: next.attempts,
      perSecond: Math.max(best.perSecond, next.perSecond),
      perCpuSecond: Math.max(best.perCpuSecond, next.perCpuSecond)
    }
  }
  return { ...best, bytes: process.resourceUsage().maxRSS * 1024 }
}

const [task, ...given] = process.argv.slice(2)
if (task === 'row') {
  const [kind, clients] = given
  process.send(await measure(kind, Number(clients)))
  process.disconnect()
} else {
  const inProcess = (kind, clients) =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), ['row', kind, clients])
      child.on('message', resolve)
      child.on('exit', (code) => code !== 0 && reject(new Error(`${kind}, ${clients} clients: exit ${code}`)))
    })
  const whole = (number) => Math.round(number).toLocaleString('en')
  const most = (task === undefined ? [100, 1000, 10_000, 100_000, 1_000_000] : [task, ...given]).map(Number)
  console.log('| scenario | clients | attempts | attempts a second | a second of CPU | peak memory, MB |')
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |')
  for (const kind of Object.keys(kinds))
    for (const clients of most) {
      const { attempts, perSecond, perCpuSecond, bytes } = await inProcess(kind, clients)
      const cells = [kind, ...[clients, attempts, perSecond, perCpuSecond, bytes / 1e6].map(whole)]
      console.log(`| ${cells.join(' | ')} |`)
    }
}
