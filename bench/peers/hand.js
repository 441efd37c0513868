// What everybody writes: try, await, sleep. All ratios are to these. They read no clock, and keep no failures.
import { left, right } from '../support/either.js'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits as long as those of the policies: exponential, with a jitter of half the wait either way. */
const waitOf = ({ base }, retry) => base * 2 ** retry * (0.5 + Math.random())

/** For a function that gives a promise. */
const byHand = async (fn, options) => {
  for (let retry = 0; ; retry++) {
    try {
      return right(await fn())
    } catch (error) {
      if (retry === options.retries) return left(error)
      await sleep(waitOf(options, retry))
    }
  }
}

/** For a task whose promise gives an `Either`. */
const eitherByHand = async (task, options) => {
  for (let retry = 0; ; retry++) {
    try {
      const result = await task()
      if (result._tag === 'Right' || retry === options.retries) return result
    } catch (error) {
      if (retry === options.retries) return left(error)
    }
    await sleep(waitOf(options, retry))
  }
}

/** The same with a timer, places and a count of failures around each attempt. */
const stackByHand = ({ retries, base, timeout, places, failures }) => {
  const queue = []
  let free = places
  let failed = 0
  const timed = (fn) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('timed out')), timeout)
      fn().then(
        (value) => {
          clearTimeout(timer)
          resolve(value)
        },
        (error) => {
          clearTimeout(timer)
          reject(error)
        }
      )
    })
  return (fn) => async () => {
    for (let retry = 0; ; retry++) {
      if (failed >= failures) return left(new Error('open'))
      if (free > 0) free--
      else await new Promise((resolve) => queue.push(resolve))
      try {
        const value = await timed(fn)
        failed = 0
        return right(value)
      } catch (error) {
        failed++
        if (retry === retries) return left(error)
      } finally {
        if (queue.length > 0) queue.shift()()
        else free++
      }
      await sleep(waitOf({ base }, retry))
    }
  }
}

/** Runs functions in so many places, the others in a queue. */
const placesByHand = (places) => {
  const queue = []
  let next = 0
  let free = places
  return (fn) => async () => {
    if (free > 0) free--
    else await new Promise((resolve) => queue.push(resolve))
    try {
      return await fn()
    } finally {
      if (next < queue.length) queue[next++]()
      else free++
    }
  }
}

/** A token bucket: `capacity` tokens in `per` milliseconds. Each that is too early waits until its token is there. */
const bucketByHand = (capacity, per) => {
  let tokens = capacity
  let at = performance.now()
  return (fn) => async () => {
    const now = performance.now()
    tokens = Math.min(capacity, tokens + ((now - at) * capacity) / per) - 1
    at = now
    if (tokens < 0) await sleep((-tokens * per) / capacity)
    return fn()
  }
}

export const peer = {
  name: 'hand loop',
  retrying: (options) => ({
    promise: (fn) => () => byHand(fn, options),
    either: (task) => () => eitherByHand(task, options),
    argument: (fn) => (arg) => byHand(() => fn(arg), options)
  }),
  firstWait: (draw, base) => base * (0.5 + draw),
  stack: stackByHand,
  deciding:
    ({ base, cap }) =>
    (steps) => {
      let sum = 0
      for (let retry = 0; retry < steps; retry++)
        sum += Math.min(cap, base * 2 ** retry) * (0.5 + Math.random())
      return sum
    },
  places: placesByHand,
  rate: bucketByHand
}
