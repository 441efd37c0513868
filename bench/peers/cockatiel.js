import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ConstantBackoff,
  ExponentialBackoff,
  halfJitterGenerator,
  handleAll,
  handleWhenResult,
  retry,
  timeout,
  TimeoutStrategy,
  wrap
} from 'cockatiel'
import { fromCall } from '../support/shapes.js'

// Its jitter is downwards only: half of the wait and up to as much again. The start is larger, so that the mean is the same.
const backoffOf = ({ base, cap = Infinity }) =>
  base === 0
    ? new ConstantBackoff(0)
    : new ExponentialBackoff({
        initialDelay: base / 0.75,
        maxDelay: cap,
        generator: halfJitterGenerator
      })

const policyOf = (handled, options) =>
  retry(handled, { maxAttempts: options.retries, backoff: backoffOf(options) })

export const peer = {
  name: 'cockatiel',
  retrying: (options) => {
    const policy = policyOf(handleAll, options)
    const ofEithers = policyOf(
      handleWhenResult((result) => result._tag === 'Left').orWhenResult(() => false),
      options
    )
    return {
      ...fromCall((fn) => policy.execute(fn)),
      either: (task) => () => ofEithers.execute(task)
    }
  },
  firstWait: (draw, base) => Math.floor((base / 0.75) * (0.5 + draw / 2)),
  stack: ({ timeout: ms, places, failures, ...options }) => {
    const policy = wrap(
      policyOf(handleAll, options),
      circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(failures) }),
      bulkhead(places, Infinity),
      timeout(ms, TimeoutStrategy.Aggressive)
    )
    return (fn) => () => policy.execute(fn)
  },
  deciding: (options) => {
    const factory = backoffOf(options)
    return (steps) => {
      let backoff = factory.next()
      let sum = backoff.duration
      for (let step = 1; step < steps; step++) {
        backoff = backoff.next()
        sum += backoff.duration
      }
      return sum
    }
  },
  places: (places) => {
    const policy = bulkhead(places, Infinity)
    return (fn) => () => policy.execute(fn)
  },
  least: 'retry, handleAll, ExponentialBackoff'
}
