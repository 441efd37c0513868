import { retry } from 'ts-retry-promise'
import { fromCall } from '../support/shapes.js'

// It has no jitter, but takes a function. Its timeout is switched off, which is a timer more for each call by default.
const optionsOf = ({ retries, base }) => ({
  retries: retries === Infinity ? 'INFINITELY' : retries,
  delay: base,
  backoff: (attempt, delay) => delay * 2 ** (attempt - 1) * (0.5 + Math.random()),
  maxBackOff: Infinity,
  timeout: 'INFINITELY'
})

export const peer = {
  name: 'ts-retry-promise',
  retrying: (options) => {
    const own = optionsOf(options)
    return fromCall((fn) => retry(fn, own))
  },
  firstWait: (draw, base) => base * (0.5 + draw),
  least: 'retry'
}
