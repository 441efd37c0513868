import pRetry from 'p-retry'
import { fromCall } from '../support/shapes.js'

// Its jitter is upwards only: once to twice the wait. The start is smaller, so that the mean is the same.
const optionsOf = ({ retries, base }) => ({
  retries,
  minTimeout: base / 1.5,
  factor: 2,
  randomize: base > 0
})

export const peer = {
  name: 'p-retry',
  retrying: (options) => {
    const own = optionsOf(options)
    return fromCall((fn) => pRetry(fn, own))
  },
  firstWait: (draw, base) => Math.round((base / 1.5) * (1 + draw)),
  least: 'default as retry'
}
