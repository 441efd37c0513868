import { backOff } from 'exponential-backoff'
import { fromCall } from '../support/shapes.js'

// Its jitter is full: from nothing to the wait. The start is larger, so that the mean is the same.
const optionsOf = ({ retries, base }) => ({
  numOfAttempts: retries + 1,
  startingDelay: base * 2,
  timeMultiple: 2,
  jitter: 'full'
})

export const peer = {
  name: 'exponential-backoff',
  retrying: (options) => {
    const own = optionsOf(options)
    return fromCall((fn) => backOff(fn, own))
  },
  firstWait: (draw, base) => Math.round(draw * base * 2),
  least: 'backOff'
}
