/**
 * What a server says of when to come back, as a hint for `delayFrom`. In this order, and the first that says something:
 *
 * | header | means |
 * | --- | --- |
 * | `retry-after-ms`, `x-ms-retry-after-ms` | milliseconds (Azure, OpenAI) |
 * | `Retry-After` | whole seconds, or a date in one of the three forms of HTTP |
 * | `RateLimit` | of the quotas that are used up, the one that takes longest |
 * | `X-RateLimit-Retry-After` | seconds |
 * | `RateLimit-Reset`, `X-RateLimit-Reset`, `X-Rate-Limit-Reset` | seconds, or when it is large the seconds or milliseconds since 1970 |
 *
 * A quota counts only when it is used up: many servers send these headers with every answer, and a plain 502 has nothing to
 * do with the hour in which they count. It is used up if 0 remain; where that is not said, on a 429.
 */
import { invalid } from '../policy/argument.js'
import { longest } from '../policy/Duration.js'
import { wallTime } from '../runtime/wallTime.js'
import { causesOf, headersOf, type ReadHeader, statusOf } from './Evidence.js'
import { parseHttpDate } from './httpDate.js'
import { parseRateLimit } from './RateLimitField.js'

// --- constructors

/**
 * Reads from an error in how many milliseconds the server wants to be asked again; `undefined` where it does not say, or
 * says it in a way that is no valid form: the schedule decides then. For `delayFrom`; reads the error, or what is below it in
 * `cause`, of this and of most other clients.
 *
 * Dates count from the answer's own `Date`, so a wrong clock on this side does no harm; without one, from the wall clock.
 * What has passed is 0.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { delayFrom, exponential, lastError, limitRetries } from 'reprise'
 * import { fetchWith, retryAfter } from 'reprise/http'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const policy = pipe(exponential(100), limitRetries(3), delayFrom(retryAfter, { max: '60s' }))
 * const get = fetchWith(policy, {
 *   fetch: async () => new Response('come back tomorrow', { status: 429, headers: { 'retry-after': '86400' } })
 * })
 * const result = await get('https://example.org')()
 * assert(result._tag === 'Left' && result.left._tag === 'Exhausted')
 * assert.deepEqual([result.left.attempts, result.left.hint], [1, 86_400_000])
 *
 * @category hints
 * @since 0.3.0
 */
export const retryAfter = (error: unknown): number | undefined => hintOf(error, wallTime)

/**
 * The same by another wall clock, which gives the milliseconds since 1970: for answers without a `Date`.
 *
 * @category hints
 * @since 0.3.0
 */
export const retryAfterBy = (now: () => number): ((error: unknown) => number | undefined) => {
  if (typeof now !== 'function') invalid('retryAfterBy: now', 'a function', now)
  return (error) => hintOf(error, now)
}

// --- reading

const hintOf = (error: unknown, now: () => number): number | undefined =>
  causesOf(error)
    .map((each) => {
      const header = headersOf(each)
      return header && fromHeaders(header, statusOf(each), now)
    })
    .find((hint) => hint !== undefined)

const fromHeaders = (
  header: ReadHeader,
  status: number | undefined,
  now: () => number
): number | undefined => {
  const answeredAt = (): number => parseHttpDate(header('date') ?? '', now()) ?? now()
  const delay =
    toNumber(header('retry-after-ms')) ??
    toNumber(header('x-ms-retry-after-ms')) ??
    fromRetryAfter(header('retry-after'), answeredAt, now) ??
    fromRateLimit(header('ratelimit')) ??
    seconds(toNumber(header('x-ratelimit-retry-after'))) ??
    fromResets(header, status === 429, answeredAt)
  return delay && Math.min(Math.max(Math.ceil(delay), 0), longest)
}

const fromRetryAfter = (
  text: string | undefined,
  answeredAt: () => number,
  now: () => number
): number | undefined => {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return seconds(Number(text))
  const date = parseHttpDate(text, now())
  return date === undefined ? undefined : date - answeredAt()
}

const fromRateLimit = (text: string | undefined): number | undefined => {
  const usedUp = parseRateLimit(text ?? '').filter(({ remaining }) => remaining === 0)
  return usedUp.length === 0 ? undefined : seconds(Math.max(...usedUp.map(({ reset }) => reset)))
}

const fromResets = (header: ReadHeader, refused: boolean, answeredAt: () => number): number | undefined =>
  ['ratelimit', 'x-ratelimit', 'x-rate-limit']
    .map((name) => {
      const remaining = toNumber(header(`${name}-remaining`))
      const reset = toNumber(header(`${name}-reset`))
      const usedUp = remaining === undefined ? refused : remaining === 0
      return usedUp && reset !== undefined ? fromReset(reset, answeredAt) : undefined
    })
    .find((delay) => delay !== undefined)

// Nobody means a wait of thirty years, and before 1973 there was no HTTP.
const fromReset = (reset: number, answeredAt: () => number): number =>
  reset < 1e9 ? reset * 1000 : (reset < 1e11 ? reset * 1000 : reset) - answeredAt()

// Unlike `Retry-After`, these fields are nobody's standard, and some servers send fractions.
const toNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined

const seconds = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : value * 1000
