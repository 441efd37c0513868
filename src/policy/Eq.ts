/**
 * Structural equality of policies: the same data, functions and classes by identity. Equal policies decide alike; policies
 * that decide alike need not be equal.
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { AnyPolicy } from './RetryPolicy.js'

/** Are two values the same plain data, with everything that is not plain data compared by identity? */
export const sameData = (a: unknown, b: unknown): boolean => {
  // 0 is -0, and NaN is NaN.
  if (a === b || Object.is(a, b)) return true
  if (!isData(a) || !isData(b)) return false
  const keys = Object.keys(a)
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && sameData(a[key], b[key]))
  )
}

const isData = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

/**
 * Structural equality.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { capDelay, exponential, PolicyEq, withJitter } from 'reprise'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const one = pipe(exponential('1s'), capDelay('30s'), withJitter(0.3))
 * const other = pipe(exponential(1000), withJitter(0.3), capDelay(30_000))
 * assert.equal(PolicyEq.equals(one, other), true)
 *
 * @category instances
 * @since 0.1.0
 */
export const PolicyEq: Eq<AnyPolicy> = { equals: sameData }
