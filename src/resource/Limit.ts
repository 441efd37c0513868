/**
 * Limits as plain data: what is counted, under which key, and how much of it there is. They hold nothing themselves;
 * `limitSet` makes what calls share.
 *
 * Problem shape -> limit: so many tokens or bytes in a time -> `rateLimit`; so many calls in a time -> `callLimit`; so many
 * at once -> `resourceLimit`.
 */
import { invalid, known, named, wholeNumber } from '../policy/argument.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { read } from '../policy/Failure.js'
import { fixedWindow } from './FixedWindow.js'
import { gcra } from './Gcra.js'
import { leakyBucket } from './LeakyBucket.js'
import { slidingWindow } from './SlidingWindow.js'
import { tokenBucket } from './TokenBucket.js'

// --- model

/** The rules by which a rate can be limited. */
export const algorithms = { tokenBucket, leakyBucket, slidingWindow, fixedWindow, gcra }

/**
 * How a rate is counted, and so what a limit promises:
 *
 * | algorithm | at most |
 * | --- | --- |
 * | `tokenBucket`, `leakyBucket`, `gcra` | the capacity, and what flows at an even rate; three ways to count the same |
 * | `slidingWindow` | the capacity in any stretch of time `per`: what a strict server counts |
 * | `fixedWindow` | the capacity in each window of `per`; twice that around the end of one |
 *
 * @category model
 * @since 0.3.0
 */
export type LimitAlgorithm = keyof typeof algorithms

/**
 * So much of something in a time; each request says how much.
 *
 * @category model
 * @since 0.3.0
 */
export interface RateLimit<K extends string = string> {
  readonly _tag: 'rateLimit'
  readonly key: K
  readonly capacity: number
  /** In milliseconds. */
  readonly per: number
  readonly algorithm: LimitAlgorithm
}

/**
 * So many calls in a time; a request counts as one unless it says otherwise.
 *
 * @category model
 * @since 0.3.0
 */
export interface CallLimit<K extends string = string> {
  readonly _tag: 'callLimit'
  readonly key: K
  readonly capacity: number
  /** In milliseconds. */
  readonly per: number
  readonly algorithm: LimitAlgorithm
}

/**
 * So many at once; a request takes one unless it says otherwise, and gives it back at the end.
 *
 * @category model
 * @since 0.3.0
 */
export interface ResourceLimit<K extends string = string> {
  readonly _tag: 'resourceLimit'
  readonly key: K
  readonly capacity: number
}

/**
 * Any limit.
 *
 * @category model
 * @since 0.3.0
 */
export type Limit<K extends string = string> = RateLimit<K> | CallLimit<K> | ResourceLimit<K>

// --- constructors

/**
 * At most `capacity` of something, such as tokens or bytes, in a time. Amounts may be fractions; a capacity of `Infinity`
 * sets no limit. What was asked for and not used can be given back; what was used beyond is charged to the next requests.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { limitSet, rateLimit } from 'reprise'
 * import { virtualClock } from 'reprise/testing'
 *
 * const clock = virtualClock()
 * const limits = limitSet([rateLimit({ key: 'tokens', capacity: 1000, per: '1m' })], { clock })()
 *
 * const first = await limits.acquire({ tokens: 1000 })()
 * assert(first._tag === 'Right')
 * first.right.report({ tokens: 400 })
 * first.right.release()
 * assert.deepEqual(limits.available(), { tokens: 600 })
 *
 * const second = limits.tryAcquire({ tokens: 700 })()
 * assert(second._tag === 'Left' && second.left.retryAfter === 6000)
 *
 * @category constructors
 * @since 0.3.0
 */
export const rateLimit = <const K extends string>(options: {
  readonly key: K
  readonly capacity: number
  readonly per: Duration
  readonly algorithm?: LimitAlgorithm | undefined
}): RateLimit<K> => {
  known('rateLimit', options, ['key', 'capacity', 'per', 'algorithm'])
  const { key, capacity } = options
  named('rateLimit: key', key)
  if (typeof capacity !== 'number' || !(capacity > 0))
    invalid('rateLimit: capacity', 'a number > 0', capacity)
  return Object.freeze({ _tag: 'rateLimit', key, capacity, ...timing('rateLimit', options) })
}

/**
 * At most `capacity` calls in a time, whatever they are; its key is 'calls' if not said.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { callLimit, limitSet } from 'reprise'
 *
 * const limits = limitSet([callLimit({ capacity: 2, per: '1m', algorithm: 'slidingWindow' })])()
 * assert.equal(limits.tryAcquire()()._tag, 'Right')
 * assert.equal(limits.tryAcquire()()._tag, 'Right')
 * assert.equal(limits.tryAcquire()()._tag, 'Left')
 *
 * @category constructors
 * @since 0.3.0
 */
export const callLimit = <const K extends string = 'calls'>(options: {
  readonly key?: K | undefined
  readonly capacity: number
  readonly per: Duration
  readonly algorithm?: LimitAlgorithm | undefined
}): CallLimit<NoInfer<K>> => {
  known('callLimit', options, ['key', 'capacity', 'per', 'algorithm'])
  // Where there is no key, K is its default.
  const { key = 'calls' as K, capacity } = options
  named('callLimit: key', key)
  counted('callLimit: capacity', capacity)
  return Object.freeze({ _tag: 'callLimit', key, capacity, ...timing('callLimit', options) })
}

/**
 * At most `capacity` at once, such as connections: a bulkhead.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { limitSet, resourceLimit } from 'reprise'
 *
 * const limits = limitSet([resourceLimit({ key: 'connections', capacity: 10 })])()
 * const permit = await limits.acquire({ connections: 4 })()
 * assert.deepEqual(limits.available(), { connections: 6 })
 * if (permit._tag === 'Right') permit.right.release()
 * assert.deepEqual(limits.available(), { connections: 10 })
 *
 * @category constructors
 * @since 0.3.0
 */
export const resourceLimit = <const K extends string>(options: {
  readonly key: K
  readonly capacity: number
}): ResourceLimit<K> => {
  known('resourceLimit', options, ['key', 'capacity'])
  const { key, capacity } = options
  named('resourceLimit: key', key)
  return Object.freeze({
    _tag: 'resourceLimit',
    key,
    capacity: counted('resourceLimit: capacity', capacity)
  })
}

const counted = (argument: string, capacity: number): number =>
  capacity === Infinity ? capacity : wholeNumber(argument, capacity, 1)

const timing = (
  who: string,
  options: { readonly per: Duration; readonly algorithm?: LimitAlgorithm | undefined }
): { readonly per: number; readonly algorithm: LimitAlgorithm } => {
  const per = toMillis(`${who}: per`, options.per)
  if (per === 0) invalid(`${who}: per`, 'longer than 0', options.per)
  // Callers without types may hand over anything.
  const { algorithm = 'tokenBucket' } = options
  if (typeof algorithm !== 'string' || !Object.hasOwn(algorithms, algorithm))
    invalid(`${who}: algorithm`, `one of ${Object.keys(algorithms).join(', ')}`, algorithm)
  return { per, algorithm }
}

// --- guards

const tags: ReadonlyArray<unknown> = ['rateLimit', 'callLimit', 'resourceLimit']

/** Is this a limit? */
export const isLimit = (u: unknown): u is Limit =>
  tags.includes(read(u, '_tag')) &&
  typeof read(u, 'key') === 'string' &&
  typeof read(u, 'capacity') === 'number'
