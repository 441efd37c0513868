import { invalid } from '../policy/argument.js'
import type { AnyPolicy } from '../policy/RetryPolicy.js'
import type { PolicyOf } from './Methods.js'

const policies: unique symbol = /* #__PURE__ */ Symbol.for('reprise/policies@1') as never

type Policies = ReadonlyMap<string, AnyPolicy>

/** Gives a worker of these methods, frozen, which knows their policies. */
export const withPolicies = (methods: object, known: Policies): object =>
  Object.freeze(Object.defineProperty(methods, policies, { value: known }))

/**
 * Gives the policy that a method of a worker ended up with, when all levels of its options have come together: to print it,
 * explain it, or simulate it.
 *
 * Throws a `TypeError` for something that is no worker, a `RangeError` for a method that it does not have.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { policyOf, waits, worker } from 'reprise'
 *
 * const db = worker(
 *   { read: async (id: number) => id, write: async (id: number) => id },
 *   { numRetries: { '*': 0, read: 3 }, retryWait: '1s', retryAlgorithm: 'linear', retryJitter: 0 }
 * )
 * assert.deepEqual(waits(policyOf(db, 'read'), 10), [1000, 2000, 3000])
 * assert.deepEqual(waits(policyOf(db, 'write'), 10), [])
 *
 * @category reading
 * @since 0.2.0
 */
export const policyOf = <W extends object, M extends keyof W & string>(
  worker: W,
  method: M
): PolicyOf<W[M]> => {
  const known = (worker as { readonly [policies]?: Policies } | null | undefined)?.[policies]
  if (known === undefined) return invalid('policyOf: worker', 'made by worker', worker)
  // What it judges is stated in the type of the method.
  return (known.get(method) ??
    invalid('policyOf: method', `one of ${[...known.keys()].join(', ')}`, method)) as PolicyOf<W[M]>
}
