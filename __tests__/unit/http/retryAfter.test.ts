import { pipe } from 'fp-ts/lib/function.js'
import { delayFrom, exponential, PolicyEq, PolicyShow, simulate } from 'reprise'
import { retryAfter, retryAfterBy } from 'reprise/http'
import { thrown } from '../../support/bad.js'

type Fields = Readonly<Record<string, string>>

// The moment of the examples of RFC 9110: Sun, 06 Nov 1994 08:49:37 GMT.
const moment = 784_111_777_000
const at = (now: number) => retryAfterBy(() => now)

/** What is read of an answer with these headers, two seconds before that moment. */
const hintOf = (headers: Fields, status = 503): number | undefined => at(moment - 2000)({ status, headers })

describe('retryAfter', () => {
  it.each([
    ['2', 2000],
    ['0', 0],
    ['007', 7000],
    ['86400', 86_400_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 2000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 2000],
    ['Sun Nov  6 08:49:37 1994', 2000],
    ['Sun, 06 Nov 1994 08:49:34 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['9'.repeat(400), 9_007_199_254_740_991]
  ])('Retry-After: %s -> %d', (value, delay) => {
    expect(hintOf({ 'retry-after': value })).toBe(delay)
  })

  it.each(['-3', '+3', '1.5', '1e3', '0x10', 'soon', '', ' ', '2s', '2, 3', '٣', '1994-11-06T08:49:37Z'])(
    'Retry-After: %j -> no hint',
    (value) => {
      expect(hintOf({ 'retry-after': value })).toBeUndefined()
    }
  )

  const date = 'Sun, 06 Nov 1994 08:49:30 GMT'
  it.each<[what: string, headers: Fields, status: number, delay: number | undefined]>([
    ['no header', {}, 429, undefined],
    // A date counts from that of the answer: the clock of this side may be wrong.
    [
      'a date and the date of the answer',
      { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT', date },
      503,
      7000
    ],
    ['a date that is no date', { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT', date: 'now' }, 503, 2000],
    ['seconds and a date', { 'retry-after': '5', date }, 503, 5000],
    // Milliseconds, which say more.
    ['retry-after-ms', { 'retry-after-ms': '250', 'retry-after': '1' }, 503, 250],
    ['retry-after-ms in fractions', { 'retry-after-ms': '250.2' }, 503, 251],
    ['x-ms-retry-after-ms', { 'x-ms-retry-after-ms': '300' }, 503, 300],
    ['retry-after-ms that is malformed', { 'retry-after-ms': '-1', 'retry-after': '1' }, 503, 1000],
    // The draft.
    ['RateLimit, used up', { ratelimit: '"default";r=0;t=30' }, 503, 30_000],
    ['RateLimit, 50 left', { ratelimit: '"default";r=50;t=30' }, 429, undefined],
    ['RateLimit, two used up', { ratelimit: '"a";r=0;t=5, "b";r=0;t=60, "c";r=9;t=3600' }, 429, 60_000],
    ['RateLimit, its older form', { ratelimit: 'limit=100, remaining=0, reset=50' }, 429, 50_000],
    ['RateLimit, malformed', { ratelimit: '"default";r=0;t=soon' }, 429, undefined],
    ['Retry-After before RateLimit', { 'retry-after': '1', ratelimit: '"default";r=0;t=30' }, 429, 1000],
    ['a bad Retry-After', { 'retry-after': 'soon', ratelimit: '"default";r=0;t=30' }, 429, 30_000],
    // Older names.
    ['X-RateLimit-Retry-After', { 'x-ratelimit-retry-after': '7' }, 503, 7000],
    ['RateLimit-Reset on a 429', { 'ratelimit-reset': '12' }, 429, 12_000],
    ['X-RateLimit-Reset on a 429', { 'x-ratelimit-reset': '12' }, 429, 12_000],
    ['X-Rate-Limit-Reset on a 429', { 'x-rate-limit-reset': '12' }, 429, 12_000],
    ['in fractions', { 'x-ratelimit-reset': '1.2345' }, 429, 1235],
    ['on a 503', { 'x-ratelimit-reset': '12' }, 503, undefined],
    ['on a 503, 0 remain', { 'x-ratelimit-reset': '12', 'x-ratelimit-remaining': '0' }, 503, 12_000],
    ['on a 429, some remain', { 'x-ratelimit-reset': '12', 'x-ratelimit-remaining': '3' }, 429, undefined],
    ['those of another name', { 'x-ratelimit-reset': '12', 'ratelimit-remaining': '0' }, 503, undefined],
    ['the second of two', { 'ratelimit-reset': 'soon', 'x-ratelimit-reset': '12' }, 429, 12_000],
    ['malformed', { 'x-ratelimit-reset': '-12' }, 429, undefined],
    ['RateLimit before it', { ratelimit: '"a";r=0;t=3', 'x-ratelimit-reset': '12' }, 429, 3000]
  ])('%s: %j, status %d -> %p', (_what, headers, status, delay) => {
    expect(hintOf(headers, status)).toBe(delay)
  })

  // 1,795,132,800 is 2026-11-20T00:00:00Z.
  it.each([
    ['seconds since 1970', '1795132805', 5000],
    ['milliseconds since 1970', '1795132805000', 5000],
    ['the past', '1795132790', 0],
    ['just not large', '999999999', 999_999_999_000]
  ])('X-RateLimit-Reset: %s, %s -> %d', (_what, value, delay) => {
    expect(at(1_795_132_800_000)({ status: 429, headers: { 'x-ratelimit-reset': value } })).toBe(delay)
  })

  it('seconds since 1970 count from the date of the answer, too', () => {
    const headers = { 'x-ratelimit-reset': '1795132805', date: 'Fri, 20 Nov 2026 00:00:02 GMT' }
    expect(at(0)({ status: 429, headers })).toBe(3000)
  })

  it('by the wall clock of the machine', () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()
    const hint = retryAfter({ status: 503, headers: { 'retry-after': inAnHour } })
    expect(hint).toBeGreaterThan(3_000_000)
    expect(hint).toBeLessThanOrEqual(3_600_000)
  })

  it('below an error -> found', () => {
    const cause = { status: 429, headers: new Headers({ 'Retry-After': '2' }) }
    expect(retryAfter(new Error('no user', { cause: new Error('no answer', { cause }) }))).toBe(2000)
  })

  it('in the response of an error of axios -> found', () => {
    expect(retryAfter({ response: { status: 429, headers: { 'retry-after': '2' } } })).toBe(2000)
  })

  it.each([undefined, null, 'text', 5, new Error('no headers'), { headers: null }])(
    '%p -> no hint',
    (error) => {
      expect(retryAfter(error)).toBeUndefined()
    }
  )

  it('in a policy -> the hint, or the schedule; named; equal to itself', () => {
    const make = () => pipe(exponential(100), delayFrom(retryAfter, { max: '1m' }))
    const failed = (headers: Fields) => ({ _tag: 'Failed', error: { status: 429, headers } }) as const
    const steps = simulate(make(), [
      failed({ 'retry-after': '2' }),
      failed({ 'retry-after': '-3' }),
      failed({})
    ])
    expect(steps.map((step) => step._tag === 'Retry' && step.delay)).toEqual([2000, 200, 400])
    expect(PolicyShow.show(make())).toContain('retryAfter')
    expect(PolicyEq.equals(make(), make())).toBe(true)
  })
})

describe('retryAfterBy', () => {
  it('no function -> TypeError', () => {
    expect(thrown(() => retryAfterBy(5 as never))).toBe('RangeError: retryAfterBy: now must be …, got 5')
  })
})
