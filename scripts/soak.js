// Shows that what is shared holds under load, and that nothing is left of it:
// `node scripts/soak.js [--seconds 600] [--seed N]`, after `npm run build`.
// Users call the methods of a worker at random, on the clock of the machine: with limits of every kind, breakers, a budget,
// timeouts, hedges, aborts, and functions that answer, fail, throw, hang or are refused. The functions themselves keep count
// of what must hold (`soakModels.js`). Now and then everybody pauses, and nothing may be left then. A seed draws the same
// plans again, though not the same moments.
import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pipe } from 'fp-ts/lib/function.js'
import { systemClock, withEnv, withHedge, withSignal, withTimeout } from 'reprise'
import { seededRandom } from 'reprise/testing'
import { attemptTimeout, newWorker, rate, timeout, tokens } from './soakWorker.js'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } }
})
const seconds = Number(values.seconds)
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed)

const random = seededRandom(seed)
const chance = (p) => random() < p
const oneOf = (list) => list[Math.floor(random() * list.length)]

// --- what is found

const problems = []
const counts = {
  calls: 0,
  ended: 0,
  attempts: 0,
  retries: 0,
  hedged: 0,
  aborts: 0,
  permits: 0,
  opened: 0,
  waiting: 0
}
const ends = {}

const problem = (what) => {
  problems.push(what)
  if (problems.length <= 20) console.error(`  ${what}`)
}
const check = (where, what) => {
  if (what !== undefined) problem(`${where}: ${what}`)
}

for (const event of ['unhandledRejection', 'warning'])
  process.on(event, (what) => problem(`${event}: ${what?.stack ?? what}`))

const { budgetModel, clock, comeIn, methods, services } = newWorker({ check, counts, problem, random })

// --- those who call

/** Outlives all calls, and never aborts. */
const shutdown = new AbortController()

const newCall = (service) => {
  const isHedged = chance(0.15)
  const drivers = isHedged ? 2 : 1
  return {
    id: (counts.calls += 1),
    service,
    amount: oneOf([2, 4, 10, 30]),
    isHedged,
    drivers,
    most: drivers * (1 + service.retries),
    begun: 0,
    told: 0,
    notBefore: 0,
    mustBeRefused: false,
    isAborted: false,
    hasEnded: false
  }
}

const makeCall = async (service) => {
  const call = newCall(service)
  const controller = new AbortController()
  const isToAbort = chance(0.2)
  const abort = () => {
    counts.aborts += 1
    call.isAborted = true
    controller.abort('enough')
  }
  const timer = isToAbort && setTimeout(abort, random() * 60)
  if (isToAbort && chance(0.05)) abort()
  if (call.isHedged) counts.hedged += 1
  for (let driver = 0; driver < call.drivers; driver++) budgetModel.called(clock.now())
  const task = pipe(
    methods[service.name](call),
    call.isHedged ? withHedge({ delay: 10 }) : (same) => same,
    withSignal(controller.signal),
    withSignal(shutdown.signal),
    withEnv({ random })
  )
  const began = systemClock.now()
  const end = await task()
  call.hasEnded = true
  clearTimeout(timer)
  counts.ended += 1
  const wrong = findWrong(call, end, systemClock.now() - began)
  if (wrong !== undefined) problem(`${service.name}, call ${call.id}: ${wrong}: ${JSON.stringify(end)}`)
  if (getEventListeners(controller.signal, 'abort').length > 0) problem(`call ${call.id} left a listener`)
  const name = end._tag === 'Right' ? 'a result' : end.left._tag
  ends[name] = (ends[name] ?? 0) + 1
}

const findWrong = (call, { _tag, left, right }, took) => {
  if (_tag === 'Right') {
    if (right.id !== call.id || !right.ok) return 'not its result'
    return call.begun === 0 ? 'a result of no attempt' : undefined
  }
  if (left.attempts > call.most) return `more attempts than ${call.most}`
  switch (left._tag) {
    case 'Aborted':
      return call.isAborted ? undefined : 'nobody has aborted it'
    case 'TimedOut':
      return took < timeout ? `only ${took} ms` : undefined
    case 'Exhausted':
      return left.attempts === 1 + call.service.retries ? undefined : 'not exhausted'
    case 'NotRetryable':
      return left.failures.at(-1)?.error._tag === 'CircuitOpen' ? undefined : 'it was retryable'
    case 'BudgetExhausted':
      return left.attempts > call.service.retries ? 'there was no retry to refuse' : undefined
    default:
      return 'no end that there is'
  }
}

/** Takes a permit by hand, waiting or not. */
const takePermit = async (service) => {
  const { limits } = service
  const amount = oneOf([0, 2, 30])
  const end = chance(0.3)
    ? limits.tryAcquire({ tokens: amount })()
    : await pipe(limits.acquire({ tokens: amount }), withTimeout(10), withSignal(shutdown.signal))()
  if (end._tag === 'Left') return
  counts.permits += 1
  const leave = comeIn(service, undefined, amount)
  if (chance(0.8)) await sleep(random() * 5)
  leave()
  end.right.release()
  end.right.release()
}

const user = async (until) => {
  while (systemClock.now() < until && problems.length < 100) {
    await (chance(0.05) ? takePermit : makeCall)(oneOf(services))
    await sleep(random() * 60)
  }
}

/** Changes how well a service is, until nobody calls. */
const changeWeather = async (until) => {
  while (systemClock.now() < until) {
    oneOf(services).weather = oneOf(['good', 'good', 'good', 'bad', 'slow'])
    await sleep(50 + random() * 300)
  }
}

// --- pauses

setFlagsFromString('--expose-gc')
// Compiled code that is dropped and made again would be in the figures.
setFlagsFromString('--no-flush-bytecode')
const gc = runInNewContext('gc')
const turn = () => new Promise((resolve) => setImmediate(resolve))

const resources = () =>
  process
    .getActiveResourcesInfo()
    .filter((name) => name === 'Timeout' || name === 'Immediate')
    .join(', ')

/** The least of several, in bytes. */
const heapUsed = async () => {
  let least = Infinity
  for (let i = 0; i < 6; i++) {
    await turn()
    gc()
    least = Math.min(least, process.memoryUsage().heapUsed)
  }
  return least
}

/** Finds what is left when nobody calls. */
const checkPause = async () => {
  // Longer than the functions go on that nobody waits for, and than it takes the rates to be as at first.
  await sleep(2 * Math.max(rate.per, attemptTimeout) + 50)
  await turn()
  // On a machine that has halted they may go on for a little longer.
  for (let tries = 0; tries < 50 && resources() !== ''; tries++) {
    await sleep(20)
    await turn()
  }
  if (resources() !== '') problem(`a pause: there is ${resources()}`)
  const listeners = getEventListeners(shutdown.signal, 'abort').length
  if (listeners > 0) problem(`a pause: ${listeners} listeners`)
  if (counts.calls !== counts.ended) problem(`a pause: ${counts.calls} calls, ${counts.ended} ends`)
  for (const { name, limits, places, capacity } of services) {
    const found = JSON.stringify({ ...limits.available(), waiting: limits.waiting(), inside: places.inside })
    const full = { places: capacity, calls: rate.capacity, tokens: tokens.capacity, waiting: 0, inside: 0 }
    if (found !== JSON.stringify(full)) problem(`a pause: ${name} has ${found}`)
  }
}

/** Whatever has happened, a breaker closes when its service is well. */
const checkRecovery = async (service) => {
  service.weather = 'good'
  for (let tries = 0; tries < 200 && service.breaker.status()._tag !== 'Closed'; tries++) {
    await sleep(service.breaker.status().retryAfter + 2)
    await makeCall(service)
  }
  const { _tag } = service.breaker.status()
  if (_tag !== 'Closed') problem(`${service.name}: the breaker is still ${_tag}`)
}

const users = 60

/** Lets all users call for a while; whoever then does not end is a problem. */
const runRound = async (length) => {
  const until = systemClock.now() + length
  const late = new AbortController()
  const everybody = Promise.all([changeWeather(until), ...Array.from({ length: users }, () => user(until))])
  const ended = everybody.then(() => true)
  const tooLate = sleep(length + 120_000, false, { signal: late.signal }).catch(() => false)
  if (!(await Promise.race([ended, tooLate]))) problem(`${counts.calls - counts.ended} calls do not end`)
  late.abort()
}

// --- the whole

const toMegabytes = (bytes) => ((bytes ?? NaN) / 2 ** 20).toFixed(2)

console.error(`seed ${seed}, ${seconds} s`)
const began = systemClock.now()
const rounds = Math.max(8, Math.round(seconds / 10))
const heaps = []
for (let round = 1; round <= rounds && problems.length === 0; round++) {
  await runRound((seconds * 1000) / rounds)
  await checkPause()
  heaps.push(await heapUsed())
  console.error(`${round} of ${rounds}: ${counts.calls} calls, ${toMegabytes(heaps.at(-1))} MB`)
}
if (problems.length === 0) {
  for (const service of services) await checkRecovery(service)
  await checkPause()
}

const median = (list) => [...list].sort((one, other) => one - other)[Math.floor(list.length / 2)]

// What is there at the end of the second half more than at its beginning. In ten minutes it makes some 300,000 calls: a pointer
// kept of each is 2.4 MB. The machine takes some for itself.
const quarter = Math.floor(heaps.length / 4)
const growth = median(heaps.slice(-quarter)) - median(heaps.slice(quarter, 2 * quarter))
if (problems.length === 0 && growth > 2 ** 20) problem(`the heap has grown by ${growth} bytes`)

const endings = Object.entries(ends).map(([name, count]) => `${count} ${name}`)
const peaks = services.map(({ name, places, capacity }) => `${name} ${places.peak} of ${capacity}`)
const took = (systemClock.now() - began) / 1000
console.log(
  [
    `seed ${seed}, ${took.toFixed(0)} s: ${counts.ended} of ${counts.calls} calls ended: ${endings.join(', ')}`,
    `${counts.attempts} attempts, ${counts.retries} retries, ${counts.hedged} calls hedged, ${counts.aborts} aborted`,
    `${counts.permits} permits by hand; breakers opened ${counts.opened} times; at most ${counts.waiting} waited`,
    `most at once: ${peaks.join(', ')}`,
    `heap: ${toMegabytes(heaps.at(-1))} MB in the end, ${toMegabytes(growth)} MB more than at the beginning of the second half`,
    `${problems.length} problems`,
    ...problems.slice(0, 20)
  ].join('\n')
)
process.exitCode = problems.length === 0 ? 0 : 1
// Whatever still hangs is a problem already.
if (problems.length > 0) process.exit()
