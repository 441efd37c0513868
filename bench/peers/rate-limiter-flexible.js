import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible'

export const peer = {
  name: 'rate-limiter-flexible',
  // By itself it refuses what is too much; it has a queue beside.
  rate: (capacity, per) => {
    const limiter = new RateLimiterMemory({ points: capacity, duration: per / 1000 })
    return (fn) => async () => {
      await limiter.consume('key')
      return fn()
    }
  },
  rateQueue: (capacity, per) => {
    const limiter = new RateLimiterMemory({ points: capacity, duration: per / 1000 })
    const queue = new RateLimiterQueue(limiter)
    return (fn) => async () => {
      await queue.removeTokens(1)
      return fn()
    }
  }
}
