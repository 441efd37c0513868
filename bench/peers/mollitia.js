import { BreakerState, Bulkhead, Circuit, Retry, SlidingCountBreaker, Timeout } from 'mollitia'
import { unwrapped } from '../support/shapes.js'

const retryOf = ({ retries, base, cap = Infinity }) =>
  new Retry({
    attempts: retries,
    interval: base,
    maxInterval: cap,
    factor: 2,
    mode: base === 0 ? 'constant' : 'jitter',
    jitterAdjustment: 0.5
  })

// Every circuit is kept in a list of the library for ever: one for each function, not one for each call.
const circuitOf = (modules) => (func) => new Circuit({ func, options: { modules } })

export const peer = {
  name: 'mollitia',
  retrying: (options) => {
    const newCircuit = circuitOf([retryOf(options)])
    const once = (fn) => {
      const circuit = newCircuit(fn)
      return (...args) => circuit.execute(...args)
    }
    return { promise: once, argument: once, either: (task) => once(unwrapped(task)) }
  },
  firstWait: (draw, base) => Math.floor(draw * base) + base / 2,
  stack: ({ timeout, places, failures, ...options }) => {
    const newCircuit = circuitOf([
      retryOf(options),
      new SlidingCountBreaker({
        state: BreakerState.CLOSED,
        slidingWindowSize: failures,
        minimumNumberOfCalls: failures,
        openStateDelay: 10_000
      }),
      new Bulkhead({ concurrentSize: places, queueSize: Infinity }),
      new Timeout({ delay: timeout })
    ])
    return (fn) => {
      const circuit = newCircuit(fn)
      return () => circuit.execute()
    }
  },
  places: (places) => {
    const circuit = circuitOf([new Bulkhead({ concurrentSize: places, queueSize: Infinity })])((fn) => fn())
    return (fn) => () => circuit.execute(fn)
  },
  least: 'Circuit, Retry'
}
