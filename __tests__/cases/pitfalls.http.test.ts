// Pitfalls of HTTP clients that retry, over real requests to a server on loopback. The waits are real, and short.
import { pipe } from 'fp-ts/lib/function.js'
import { delayFrom, fixed, limitRetries, type RetryEvent, retryUntil, withObserver } from 'reprise'
import { fetchOnce, fetchWith, retryAfter, withFetchRetry } from 'reprise/http'
import { type Recorder, recorder, type Reply } from '../support/httpServer.js'

/** Serves these replies while `f` lasts. */
const serving =
  (...replies: readonly [Reply, ...Reply[]]) =>
  async <A>(f: (server: Recorder) => Promise<A>): Promise<A> => {
    const server = await recorder(...replies)
    try {
      return await f(server)
    } finally {
      await server.close()
    }
  }

const ok: Reply = { body: 'done' }
const busy: Reply = { status: 503, body: 'busy' }
const refusing = (headers: Readonly<Record<string, string>>): Reply => ({
  status: 503,
  headers,
  body: 'busy'
})

const hinted = pipe(fixed(10), limitRetries(3), delayFrom(retryAfter, { max: '60s' }))

/** How a call that is refused once ends, the waits as planned, and the time between the two requests that came. */
const play = (headers: Readonly<Record<string, string>>) =>
  serving(
    refusing(headers),
    ok
  )(async ({ url, arrived }) => {
    const delays: number[] = []
    const observe = (event: RetryEvent): void => {
      if (event._tag === 'RetryScheduled') delays.push(event.delay)
    }
    const { _tag } = await pipe(fetchWith(hinted)(url), withObserver(observe))()
    return { ending: _tag, delays, gap: (arrived[1]?.at ?? NaN) - (arrived[0]?.at ?? NaN) }
  })

describe('P5 Retry-After', () => {
  // The clock of the server is off by decades; its dates count from its own `Date`.
  const date = 'Sun, 06 Nov 1994 08:49:36 GMT'
  it.concurrent.each([
    ['"1" -> 1000', { 'retry-after': '1' }, 1000],
    ['"2" -> 2000', { 'retry-after': '2' }, 2000],
    ['"0" -> 0, and so the schedule', { 'retry-after': '0' }, 10],
    ['an IMF-fixdate -> 1000', { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT', date }, 1000],
    ['a date of RFC 850 -> 1000', { 'retry-after': 'Sunday, 06-Nov-94 08:49:37 GMT', date }, 1000],
    ['a date of asctime -> 1000', { 'retry-after': 'Sun Nov  6 08:49:37 1994', date }, 1000],
    ['a past date -> 0, and so the schedule', { 'retry-after': 'Sun, 06 Nov 1994 08:49:30 GMT', date }, 10]
  ])('P5 %s; the second request comes no sooner', async (_what, headers, delay) => {
    const { ending, delays, gap } = await play(headers)
    expect([ending, delays]).toEqual(['Right', [delay]])
    expect(gap).toBeGreaterThanOrEqual(delay - 2)
  })

  it.concurrent.each(['-3', '1.5', 'soon', ''])('P5 %j -> no hint, the schedule decides', async (value) => {
    const { ending, delays } = await play({ 'retry-after': value })
    expect([ending, delays]).toEqual(['Right', [10]])
  })
})

describe('P6 Retry-After of a day', () => {
  it('P6 86,400 s, at most 60 s -> one request, Exhausted at once with the hint', () =>
    serving(
      refusing({ 'retry-after': '86400' }),
      ok
    )(async ({ url, arrived }) => {
      const result = await fetchWith(hinted)(url)()
      expect(result).toMatchObject({ left: { _tag: 'Exhausted', hint: 86_400_000, attempts: 1 } })
      expect(arrived).toHaveLength(1)
    }))
})

describe('P18 calls that are not idempotent', () => {
  const quick = pipe(fixed(5), limitRetries(2))

  it.each(['POST', 'PATCH'])('P18 %s + 503 -> one request, NotRetryable', (method) =>
    serving(busy)(async ({ url, arrived }) => {
      const result = await fetchWith(quick)(url, { method, body: 'an order' })()
      expect(result).toMatchObject({ left: { _tag: 'NotRetryable', attempts: 1 } })
      expect(arrived.map(({ method, body }) => [method, body])).toEqual([[method, 'an order']])
    })
  )

  it('P18 POST, cut off -> one request', () =>
    serving('cut')(async ({ url, arrived }) => {
      const result = await fetchWith(quick)(url, { method: 'POST', body: 'an order' })()
      expect(result).toMatchObject({
        left: { _tag: 'NotRetryable', failures: [{ error: { _tag: 'FetchFailed', code: 'UND_ERR_SOCKET' } }] }
      })
      expect(arrived).toHaveLength(1)
    }))

  it('P18 POST, its result refused by retryUntil -> one request', () =>
    serving(ok)(async ({ url, arrived }) => {
      const picky = retryUntil(() => false)(quick)
      const result = await pipe(fetchOnce(), withFetchRetry(picky))(url, { method: 'POST' })()
      expect(result).toMatchObject({ left: { _tag: 'Exhausted', attempts: 1 } })
      expect(arrived).toHaveLength(1)
    }))

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY'])('P18 %s + 503 -> 3 requests', (method) =>
    serving(busy)(async ({ url, arrived }) => {
      const result = await fetchWith(quick)(url, { method })()
      expect(result).toMatchObject({ left: { _tag: 'Exhausted', attempts: 3 } })
      expect(arrived.map(({ method }) => method)).toEqual([method, method, method])
    })
  )

  it('P18 POST + 503, marked idempotent -> 3 requests, all the same', () =>
    serving(busy)(async ({ url, arrived }) => {
      await fetchWith(quick, { idempotent: true })(url, { method: 'POST', body: 'a search' })()
      const search = ['POST', 'a search']
      expect(arrived.map(({ method, body }) => [method, body])).toEqual([search, search, search])
    }))

  it('P18 POST with an idempotency key -> one for each call, the same in all its requests', () =>
    serving(
      busy,
      busy,
      ok,
      busy,
      ok
    )(async ({ url, arrived }) => {
      const send = fetchWith(quick, { idempotencyKey: true })(url, { method: 'POST', body: 'an order' })
      expect([(await send())._tag, (await send())._tag]).toEqual(['Right', 'Right'])
      const keys = arrived.map(({ headers }) => headers['idempotency-key'])
      const [first, , , second] = keys
      expect(keys).toEqual([first, first, first, second, second])
      expect(first).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
      expect(second).not.toBe(first)
      expect(arrived.map(({ method, body }) => `${method} ${body}`)).toEqual(Array(5).fill('POST an order'))
    }))
})
