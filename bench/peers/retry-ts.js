import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { capDelay, exponentialBackoff, limitRetries, Monoid } from 'retry-ts'
import { retrying } from 'retry-ts/lib/Task.js'

/** It has no jitter, but policies are functions. */
const jittered = (policy) => (status) => {
  const delay = policy(status)
  return delay._tag === 'None' ? delay : { _tag: 'Some', value: delay.value * (0.5 + Math.random()) }
}

const policyOf = ({ retries, base, cap = Infinity }) =>
  Monoid.concat(jittered(capDelay(cap, exponentialBackoff(base))), limitRetries(retries))

const identity = (error) => error

export const peer = {
  name: 'retry-ts',
  retrying: (options) => {
    const policy = policyOf(options)
    const once = (task) => retrying(policy, () => task, E.isLeft)
    return {
      promise: (fn) => once(TE.tryCatch(fn, identity)),
      either: once,
      argument: (fn) => (arg) => once(TE.tryCatch(() => fn(arg), identity))()
    }
  },
  firstWait: (draw, base) => base * (0.5 + draw),
  deciding: (options) => {
    const policy = policyOf({ ...options, retries: Infinity })
    return (steps) => {
      let sum = 0
      for (let iterNumber = 0; iterNumber < steps; iterNumber++) {
        sum += policy({ iterNumber, cumulativeDelay: 0, previousDelay: undefined }).value
      }
      return sum
    }
  },
  least: 'limitRetries, exponentialBackoff, Monoid',
  alsoLeast:
    "export { retrying } from 'retry-ts/lib/Task.js'; export { tryCatch } from 'fp-ts/lib/TaskEither.js'"
}
