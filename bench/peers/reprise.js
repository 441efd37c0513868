// The library itself, from one or more builds: those of the option --reprise, or the packed one.
import { pathToFileURL } from 'node:url'
import { builds } from '../support/builds.js'

const peerOf = async ({ name, dir }) => {
  const at = (file) => import(pathToFileURL(`${dir}/dist/esm/${file}`).href)
  const {
    callLimit,
    capDelay,
    circuitBreaker,
    exponential,
    fixed,
    initialState,
    limitRetries,
    limitSet,
    resourceLimit,
    step,
    withCircuitBreaker,
    withEnv,
    withJitter,
    withLimits,
    withRetry,
    withTimeout
  } = await at('index.js')

  const schedule = ({ base }) => (base === 0 ? fixed(0) : withJitter(0.5)(exponential(base)))
  const policyOf = (options) => limitRetries(options.retries)(schedule(options))
  // Functions without end would stop at the number of retries of `limitRetries`, which is finite.
  const retryingOf = (options) =>
    withRetry(options.retries === Infinity ? schedule(options) : policyOf(options))

  return {
    name,
    isOurs: true,
    dir,
    retrying: (options) => {
      const retrying = options.clock
        ? (fn) => withEnv({ clock: options.clock })(retryingOf(options)(fn))
        : retryingOf(options)
      return {
        promise: retrying,
        either: retrying,
        argument: (fn) => {
          const wrapped = retrying(fn)
          return (arg) => wrapped(arg)()
        }
      }
    },
    // Its own way to have another clock.
    instantClock: async () => (await at('testing/index.js')).instantClock(),
    firstWait: (draw, base) => Math.floor(base * (0.5 + draw)),
    stack: ({ timeout, places, failures, ...options }) => {
      const limits = limitSet([resourceLimit({ key: 'places', capacity: places })])()
      const breaker = circuitBreaker({ consecutiveFailures: failures, openTime: '10s' })()
      const around = [
        withTimeout(timeout),
        withLimits(limits),
        withCircuitBreaker(breaker),
        retryingOf(options)
      ]
      return (fn) => around.reduce((inner, wrap) => wrap(inner), fn)
    },
    deciding: ({ base, cap }) => {
      const decide = step(capDelay(cap)(withJitter(0.5)(exponential(base))))
      const outcome = { _tag: 'Failed', error: new Error('down') }
      return (steps) => {
        let state = initialState
        for (let retry = 0; retry < steps; retry++) {
          state = decide(state, { outcome, elapsed: 0, random: Math.random() }).state
        }
        return state.slept
      }
    },
    places: (capacity) => {
      const limits = limitSet([resourceLimit({ key: 'places', capacity })])()
      return withLimits(limits)
    },
    permits: (capacity) => {
      const limits = limitSet([resourceLimit({ key: 'places', capacity })])()
      return (fn) => async () => {
        const permit = (await limits.acquire()()).right
        try {
          return await fn()
        } finally {
          permit.release()
        }
      }
    },
    rate: (capacity, per) => withLimits(limitSet([callLimit({ capacity, per })])()),
    least: 'withRetry, exponential, withJitter, limitRetries',
    module: { esm: `${dir}/dist/esm/index.js`, cjs: `${dir}/dist/cjs/index.js` }
  }
}

export const peers = await Promise.all(builds().map(peerOf))
