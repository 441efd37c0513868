import { defaultCalculateDelay, retry } from '@lifeomic/attempt'
import { fromCall } from '../support/shapes.js'

// Its jitter is from a least wait to the wait. Both are chosen so that the range is half the wait either way.
const optionsOf = ({ retries, base, cap = 0 }) => ({
  maxAttempts: retries === Infinity ? 0 : retries + 1,
  delay: base * 1.5,
  minDelay: base / 2,
  maxDelay: cap,
  factor: 2,
  jitter: true
})

export const peer = {
  name: '@lifeomic/attempt',
  retrying: (options) => {
    const own = optionsOf(options)
    return fromCall((fn) => retry(fn, own))
  },
  firstWait: (draw, base) => Math.floor(draw * (base + 1)) + base / 2,
  deciding: (options) => {
    const own = optionsOf(options)
    return (steps) => {
      let sum = 0
      for (let step = 1; step <= steps; step++) sum += defaultCalculateDelay({ attemptNum: step }, own)
      return sum
    }
  },
  least: 'retry'
}
