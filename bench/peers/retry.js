import retry from 'retry'
import { fromCall } from '../support/shapes.js'

// Its jitter is upwards only: once to twice the wait. The start is smaller, so that the mean is the same.
export const optionsOf = ({ retries, base, cap = Infinity }) => ({
  ...(retries === Infinity ? { retries: 1, forever: true } : { retries }),
  minTimeout: base / 1.5,
  maxTimeout: cap,
  factor: 2,
  randomize: base > 0
})

export const peer = {
  name: 'retry',
  retrying: (options) => {
    const own = optionsOf(options)
    // It takes callbacks; this is how it is used with promises.
    return fromCall(
      (fn) =>
        new Promise((resolve, reject) => {
          const operation = retry.operation(own)
          operation.attempt(() => {
            fn().then(resolve, (error) => {
              if (!operation.retry(error)) reject(operation.mainError())
            })
          })
        })
    )
  },
  firstWait: (draw, base) => Math.round((base / 1.5) * (1 + draw)),
  deciding: (options) => {
    const own = optionsOf(options)
    return (steps) => {
      let sum = 0
      for (let step = 0; step < steps; step++) sum += retry.createTimeout(step, own)
      return sum
    }
  },
  least: 'default as retry'
}
