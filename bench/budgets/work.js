// What is counted: calls that succeed, one that is retried, and one that sleeps. Of the dist in the folder that the first
// argument names.
import { pathToFileURL } from 'node:url'
import { left, right, valueOf } from '../support/either.js'

/** The same draws at each run. */
const seeded = () => {
  let state = 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
Math.random = seeded()

export const dist = pathToFileURL(`${process.argv[2]}/dist/esm/`).href
export const reprise = await import(`${dist}index.js`)
const { instantClock } = await import(`${dist}testing/index.js`)
const { exponential, limitRetries, withEnv, withJitter, withRetry } = reprise

export const down = new Error('down')
const failure = left(down)
const success = right(1)

/** A task that fails three times, and then succeeds. */
export const flaky = () => {
  let failures = 0
  return async () => {
    if (failures++ < 3) return failure
    failures = 0
    return success
  }
}

export const jittered = (base) => withJitter(0.5)(exponential(base))

const retrying = withRetry(limitRetries(3)(jittered(100)))
const withArgument = retrying(async (id) => id)

const stack = () => {
  const { circuitBreaker, limitSet, resourceLimit, withCircuitBreaker, withLimits, withTimeout } = reprise
  const limits = limitSet([resourceLimit({ key: 'places', capacity: 10 })])()
  const breaker = circuitBreaker({ consecutiveFailures: 10, openTime: '10s' })()
  return retrying(withCircuitBreaker(breaker)(withLimits(limits)(withTimeout(1000)(async () => 1))))
}

/** Calls by name, each of which can be made any number of times. */
export const calls = {
  'a promise': retrying(async () => 1),
  'a TaskEither': retrying(async () => success),
  'a function with arguments': () => withArgument(1)(),
  'a timeout, limits, a circuit breaker and retries': stack(),
  'three retries on an instant clock': withEnv({ clock: instantClock() })(retrying(flaky()))
}

/** Makes a call so many times, one after the other. */
export const times = (run) => async (count) => {
  for (let i = 0; i < count; i++) if (valueOf(await run()) !== 1) throw new Error('a wrong result')
}

/** Gives figures of all calls, under their names. */
export const ofCalls = async (title, figureOf) => {
  const figures = {}
  for (const [name, run] of Object.entries(calls)) figures[`${title}: ${name}`] = await figureOf(run)
  return figures
}

export const print = (figures) => {
  process.stdout.write(JSON.stringify(figures), () => process.exit(0))
}
