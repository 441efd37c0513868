/** The policies that a configuration comes to: its own, or that of each method that the options of a worker name. */
import * as E from 'fp-ts/lib/Either.js'
import type { Configuration } from '../codec/index.js'
import { toMillis } from '../policy/Duration.js'
import type { AnyPolicy } from '../policy/RetryPolicy.js'
import { levelOf, policiesOf, readOptions, unset } from '../worker/Level.js'
import type { Problem } from './Problem.js'

/** A policy, the method it is for (`'*'` stands for all that are not named), and what limits the time of its calls. */
export interface Selected {
  readonly method: string | null
  readonly policy: AnyPolicy
  readonly attemptTimeout: number | null
  readonly timeout: number | null
}

/** Gives all policies, or that of one method. */
export const select = (
  configuration: Configuration<never, never>,
  method: string | undefined
): E.Either<ReadonlyArray<Problem>, ReadonlyArray<Selected>> => {
  if (configuration._tag === 'policy') {
    const { policy } = configuration
    return method === undefined
      ? E.right([{ method: null, policy, attemptTimeout: null, timeout: null }])
      : E.left([{ message: 'holds a policy, which has no methods: leave out --method' }])
  }
  const { options } = configuration
  const levels = readOptions(options)
  const all = [...policiesOf(options)].map(([name, policy]): Selected => {
    const { attemptTimeout, timeout } = levelOf(unset, levels, name).options
    return {
      method: name,
      policy,
      attemptTimeout: attemptTimeout === undefined ? null : toMillis('attemptTimeout', attemptTimeout),
      timeout: timeout === undefined ? null : toMillis('timeout', timeout)
    }
  })
  const selected = all.filter((each) => method === undefined || each.method === method)
  return selected.length > 0
    ? E.right(selected)
    : E.left([
        {
          message: `names no method ${JSON.stringify(method)}, only ${all.map((each) => each.method).join(', ')}; '*' is for all that are not named`
        }
      ])
}
