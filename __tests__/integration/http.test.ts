// Requests to a real server on loopback, by the platform's `fetch` and by undici's.
import { getEventListeners } from 'node:events'
import { Readable } from 'node:stream'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  abortOn,
  callLimit,
  circuitBreaker,
  fixed,
  limitRetries,
  limitSet,
  onRetry,
  type RetryError,
  retryOn,
  retryUntil,
  withAttempt,
  withCircuitBreaker,
  withEnv,
  withLimits,
  withRetry,
  withSignal,
  withTimeout,
  worker
} from 'reprise'
import { fetchOnce, fetchWith, isFetchFailed, isHttpError, transientHttp, withFetchRetry } from 'reprise/http'
import { virtualClock } from 'reprise/testing'
import { Agent, fetch as undiciFetch, Request as UndiciRequest } from 'undici'
import { runOnSources } from '../support/bundle.js'
import { type Recorder, recorder, type Reply } from '../support/httpServer.js'

let server: Recorder
const serve = async (...replies: readonly [Reply, ...Reply[]]): Promise<string> => {
  server = await recorder(...replies)
  return server.url
}
afterEach(() => server.close())

const ok: Reply = { body: 'done' }
const busy: Reply = { status: 503, body: 'busy' }
const policy = pipe(fixed(5), limitRetries(3))
const text = (response: Response): Promise<string> => response.text()

const bodies = (): ReadonlyArray<string> => server.arrived.map(({ body }) => body)

/** Waits until something is so. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('bodies of failed answers', () => {
  // Less than what an error keeps, and more than the client takes in without being asked.
  const large: Reply = { status: 503, body: 'x'.repeat(60_000) }

  it('7 answers of 60 kB that are errors -> all over one connection', async () => {
    const url = await serve(large, large, large, large, large, large, large, ok)
    const get = fetchWith(pipe(fixed(5), limitRetries(7)), { read: text })
    expect(await get(url)()).toEqual(E.right('done'))
    expect([server.arrived.length, server.connections()]).toEqual([8, 1])
  })

  it('the same without draining -> a connection for each', async () => {
    const url = await serve(large, large, large, ok)
    const kept: Response[] = []
    const get = async (): Promise<void> => {
      const response = await fetch(url)
      kept.push(response)
      if (!response.ok) throw new Error('busy')
    }
    await pipe(get, withRetry(policy))()
    expect(server.arrived).toHaveLength(4)
    // How many more a pool opens is its own business.
    expect(server.connections()).toBeGreaterThanOrEqual(4)
    await Promise.all(kept.map((response) => response.text()))
  })

  it('answers that retryUntil refuses -> two connections in turn at most, the last answer readable', async () => {
    const url = await serve({ ...large, status: 200 })
    const result = await fetchWith(
      pipe(
        policy,
        retryUntil((response: Response) => response.headers.has('ready'))
      )
    )(url)()
    expect(server.arrived).toHaveLength(4)
    // The next attempt may begin before the connection of the last is back in its pool.
    expect(server.connections()).toBeLessThanOrEqual(2)
    const last = E.isLeft(result) ? result.left.failures.at(-1) : undefined
    expect(last?._tag === 'Rejected' && (await last.value.text())).toHaveLength(60_000)
  })

  it('an error of 200 kB -> its first 64 KiB, and another connection', async () => {
    const url = await serve({ status: 500, body: 'x'.repeat(200_000) }, ok)
    const seen: unknown[] = []
    const get = pipe(
      fetchWith(policy)(url),
      onRetry(({ failure }) => seen.push(failure))
    )
    expect((await get())._tag).toBe('Right')
    expect(seen).toMatchObject([{ error: { status: 500, body: 'x'.repeat(65_536), truncated: true } }])
    expect(server.arrived).toHaveLength(2)
    expect(server.connections()).toBeGreaterThanOrEqual(2)
  })

  it('an error whose body never ends -> cancelled after a second, with what had come', async () => {
    const url = await serve({ status: 500, body: 'and then', endless: true }, ok)
    const began = performance.now()
    const result = await fetchOnce()(url)()
    expect(result).toMatchObject(E.left({ _tag: 'HttpError', body: 'and then', truncated: true }))
    expect(performance.now() - began).toBeGreaterThan(990)
    await until(() => server.hungUp() === 1)
  })

  it('an error whose body breaks off -> the error, with what had come', async () => {
    const url = await serve({ status: 500, body: 'and th', cut: true })
    expect(await fetchOnce()(url)()).toMatchObject(
      E.left({ _tag: 'HttpError', status: 500, body: 'and th', truncated: true })
    )
  })
})

test('an error after a redirect -> the address that it came from', async () => {
  const url = await serve(
    { status: 302, headers: { location: '/other' } },
    { status: 404, body: 'nobody here' }
  )
  expect(await fetchOnce()(url)()).toMatchObject(E.left({ status: 404, url: `${url}/other` }))
})

describe('bodies that are read', () => {
  const broken: Reply = { headers: { 'content-length': '10' }, body: 'do', cut: true }

  it.each([
    ['by default', policy],
    ['with transientHttp', retryOn(transientHttp)(policy)]
  ])('one that breaks off, %s -> asked for again', async (_which, policy) => {
    const url = await serve(broken, ok)
    expect(await fetchWith(policy, { read: text })(url)()).toEqual(E.right('done'))
    expect(server.arrived).toHaveLength(2)
  })

  it('one that never ends -> the timeout of the attempt counts it in', async () => {
    const url = await serve({ body: 'do', endless: true }, ok)
    const clock = virtualClock()
    let begun = 0
    const read = (response: Response): Promise<string> => {
      begun += 1
      return response.text()
    }
    const get = pipe(fetchOnce({ read }), withTimeout(100), withFetchRetry(policy), withEnv({ clock }))
    const pending = get(url)()
    await until(() => begun === 1)
    await clock.advance(105)
    expect(await pending).toEqual(E.right('done'))
    await until(() => server.hungUp() === 1)
    expect(server.arrived).toHaveLength(2)
  })
})

describe('no answer', () => {
  it('nobody listens -> FetchFailed with the code, and what fetch threw by identity', async () => {
    const url = await serve(ok)
    await server.close()
    const result = await fetchWith(policy)(`${url}/users?key=secret`)()
    const failures = E.isLeft(result) ? result.left.failures : []
    expect(failures).toHaveLength(4)
    const [first] = failures
    if (first?._tag !== 'Failed' || !isFetchFailed(first.error)) throw new Error('no FetchFailed')
    expect(first.error).toMatchObject({ code: 'ECONNREFUSED', method: 'GET', url: `${url}/users?key=secret` })
    expect(first.error.message).toBe(`connect ECONNREFUSED ${url.slice(7)}: GET ${url}/users`)
    expect(String(first.error.cause)).toBe('TypeError: fetch failed')
    server = await recorder(ok)
  })

  it('cut off twice -> sent again', async () => {
    const url = await serve('cut', 'cut', ok)
    expect((await fetchWith(policy)(url)())._tag).toBe('Right')
  })

  it.each(['nonsense', 'ftp://example.org', 'http://example.org:1'])(
    '%s, which no time will mend -> NotRetryable after one attempt',
    async (url) => {
      await serve(ok)
      expect(await fetchWith(policy)(url)()).toMatchObject(
        E.left({ _tag: 'NotRetryable', attempts: 1, failures: [{ error: { _tag: 'FetchFailed', url } }] })
      )
    }
  )
})

describe('bodies that are sent', () => {
  const put = fetchWith(policy)
  const encoder = new TextEncoder()

  it.each<[what: string, body: () => RequestInit['body'], arrives: string]>([
    ['a text', () => 'text', 'text'],
    ['a buffer', () => Buffer.from('text'), 'text'],
    ['an ArrayBuffer', () => encoder.encode('text').buffer, 'text'],
    ['a Blob', () => new Blob(['te', 'xt']), 'text'],
    ['a form', () => new URLSearchParams({ a: '1', b: '2' }), 'a=1&b=2']
  ])('PUT of %s -> sent again as it is', async (_what, body, arrives) => {
    const url = await serve(busy, busy, ok)
    expect((await put(url, { method: 'PUT', body: body() ?? null })())._tag).toBe('Right')
    expect(bodies()).toEqual([arrives, arrives, arrives])
  })

  it('PUT of a FormData -> sent again', async () => {
    const url = await serve(busy, ok)
    const body = new FormData()
    body.set('name', 'Ada')
    expect((await put(url, { method: 'PUT', body })())._tag).toBe('Right')
    expect(bodies().map((sent) => /name="name"\r\n\r\nAda\r\n/.test(sent))).toEqual([true, true])
  })

  it.each<[what: string, body: () => RequestInit['body']]>([
    ['a ReadableStream', () => new Blob(['text']).stream()],
    ['a stream of Node', () => Readable.from([encoder.encode('text')]) as never],
    [
      'a generator',
      async function* () {
        yield encoder.encode('text')
      } as never
    ]
  ])('PUT of %s -> sent once, NotRetryable', async (_what, body) => {
    const url = await serve(busy, ok)
    const result = await put(url, { method: 'PUT', body: body() ?? null, duplex: 'half' })()
    expect(result).toMatchObject(E.left({ _tag: 'NotRetryable', failures: [{ error: { status: 503 } }] }))
    expect(bodies()).toEqual(['text'])
  })

  it('PUT of a stream that each attempt makes anew -> sent again', async () => {
    const url = await serve(busy, ok)
    const once = fetchOnce()
    const upload = (content: string) =>
      once(url, { method: 'PUT', body: new Blob([content]).stream(), duplex: 'half' })
    expect((await pipe(upload, withRetry(policy))('text')())._tag).toBe('Right')
    expect(bodies()).toEqual(['text', 'text'])
  })
})

describe('Request', () => {
  it('a PUT with a body and headers -> the same three times, and again by a second run', async () => {
    const url = await serve(busy, busy, ok)
    const headers = { 'content-type': 'text/x-test', 'x-a': 'b' }
    const request = new Request(`${url}/a?b=c`, { method: 'PUT', body: 'text', headers })
    const put = fetchWith(policy)(request)
    expect([(await put())._tag, (await put())._tag]).toEqual(['Right', 'Right'])
    expect(
      server.arrived.map(({ method, path, body, headers }) => [
        method,
        path,
        body,
        headers['content-type'],
        headers['x-a']
      ])
    ).toEqual(Array.from({ length: 4 }, () => ['PUT', '/a?b=c', 'text', 'text/x-test', 'b']))
    expect(request.bodyUsed).toBe(false)
  })

  it('one with a stream for a body -> held in memory, and sent again', async () => {
    const url = await serve(busy, ok)
    const body = new Blob(['text']).stream()
    const request = new Request(url, { method: 'PUT', body, duplex: 'half' })
    expect((await fetchWith(policy)(request)())._tag).toBe('Right')
    expect(bodies()).toEqual(['text', 'text'])
  })

  it('a POST -> sent once; init says otherwise than the Request -> init', async () => {
    const url = await serve(busy)
    const request = new Request(url, { method: 'POST', body: 'text' })
    expect(await fetchWith(policy)(request)()).toMatchObject(E.left({ _tag: 'NotRetryable' }))
    await fetchWith(policy)(request, { method: 'PUT', body: 'other' })()
    expect(server.arrived.map(({ method, body }) => [method, body])).toEqual([
      ['POST', 'text'],
      ...Array.from({ length: 4 }, () => ['PUT', 'other'])
    ])
  })

  it('a POST with an idempotency key -> its own headers stay', async () => {
    const url = await serve(busy, ok)
    const headers = { 'content-type': 'application/json', authorization: 'Bearer x' }
    const request = new Request(url, { method: 'POST', body: '{}', headers })
    await fetchWith(policy, { idempotencyKey: 'X-Key' })(request)()
    const sent = server.arrived.map(({ headers }) => [
      headers['content-type'],
      headers.authorization,
      headers['x-key']
    ])
    expect(sent).toEqual(Array.from({ length: 2 }, () => ['application/json', 'Bearer x', sent[0]?.[2]]))
    expect(sent[0]?.[2]).toHaveLength(36)
  })

  it('one that has been sent already -> FetchFailed, one attempt', async () => {
    const url = await serve(ok)
    const request = new Request(url, { method: 'PUT', body: 'text' })
    await fetch(request)
    expect(await fetchWith(policy)(request)()).toMatchObject(
      E.left({ _tag: 'NotRetryable', failures: [{ error: { _tag: 'FetchFailed' } }] })
    )
  })
})

describe('signals', () => {
  const reason = new Error('no longer needed')

  it.each<
    [
      whose: string,
      call: (url: string, signal: AbortSignal) => TaskEither<RetryError<unknown, unknown>, Response>
    ]
  >([
    ['init', (url, signal) => fetchWith(policy)(url, { signal })],
    ['a Request', (url, signal) => fetchWith(policy)(new Request(url, { signal }))],
    ['withSignal', (url, signal) => pipe(fetchWith(policy)(url), withSignal(signal))]
  ])('that of %s aborts a request in flight -> Aborted, the request given up', async (_whose, call) => {
    const url = await serve(busy, 'silence')
    const controller = new AbortController()
    const pending = call(url, controller.signal)()
    await until(() => server.arrived.length === 2)
    controller.abort(reason)
    const result = await pending
    expect(result).toMatchObject(
      E.left({ _tag: 'Aborted', attempts: 2, failures: [{ error: { status: 503 } }] })
    )
    expect(E.isLeft(result) && result.left._tag === 'Aborted' && result.left.reason).toBe(reason)
    await until(() => server.hungUp() === 1)
    expect(server.arrived).toHaveLength(2)
  })

  it('aborted in a wait -> Aborted at once, no other request', async () => {
    const url = await serve(busy)
    const controller = new AbortController()
    const get = pipe(
      fetchWith(fixed('1h'))(url, { signal: controller.signal }),
      onRetry(() => setTimeout(() => controller.abort(reason)))
    )
    expect(await get()).toMatchObject(E.left({ _tag: 'Aborted', attempts: 1, reason }))
    expect(server.arrived).toHaveLength(1)
  })

  it('aborted beforehand -> Aborted, no request', async () => {
    const url = await serve(ok)
    const signal = AbortSignal.abort(reason)
    expect(await fetchWith(policy)(url, { signal })()).toMatchObject(
      E.left({ _tag: 'Aborted', attempts: 0, reason })
    )
    expect(server.arrived).toHaveLength(0)
  })

  it('null in init -> that of the Request does not count', async () => {
    const url = await serve(ok)
    const request = new Request(url, { signal: AbortSignal.abort(reason) })
    expect((await fetchWith(policy)(request, { signal: null })())._tag).toBe('Right')
  })

  it('aborted while the body comes, after the call -> ends the body', async () => {
    const url = await serve({ body: 'first', endless: true })
    const controller = new AbortController()
    const result = await fetchWith(policy)(url, { signal: controller.signal })()
    if (E.isLeft(result)) throw new Error('no answer')
    const reader: ReadableStreamDefaultReader<Uint8Array> = result.right.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('first')
    const next = reader.read()
    controller.abort(reason)
    await expect(next).rejects.toBe(reason)
    await until(() => server.hungUp() === 1)
  })

  it('one signal for many calls -> no listener left when their bodies are read', async () => {
    const url = await serve(busy, ok)
    const { signal } = new AbortController()
    const get = fetchWith(policy, { read: text })
    await Promise.all(Array.from({ length: 30 }, () => get(url, { signal })()))
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('one signal, 20,000 answers that nobody reads -> gone with them, and so is the listener', async () => {
    server = await recorder(ok)
    const script = `
      import { getEventListeners } from 'node:events'
      import { fetchOnce } from './src/http/index.ts'
      const turn = () => new Promise((resolve) => setTimeout(resolve, 10))
      const { signal } = new AbortController()
      const get = fetchOnce({ fetch: async () => new Response('text') })
      const calls = async (count) => {
        for (let i = 0; i < count; i++) await get('https://example.org', { signal })()
        for (let i = 0; i < 5; i++) { gc(); await turn() }
        return process.memoryUsage().heapUsed
      }
      const before = await calls(1000)
      const after = await calls(20_000)
      console.log(JSON.stringify([(after - before) / 20_000 < 50, getEventListeners(signal, 'abort').length]))`
    const { code, output } = await runOnSources(script, 150_000)
    expect([code, output.trim()]).toEqual([0, '[true,0]'])
  }, 160_000)

  it('a timeout for each attempt -> the one under way is given up, and made again', async () => {
    const url = await serve('silence', ok)
    const clock = virtualClock()
    const get = pipe(fetchOnce(), withTimeout(50), withFetchRetry(policy), withEnv({ clock }))
    const pending = get(url)()
    await until(() => server.arrived.length === 1)
    await clock.advance(55)
    expect((await pending)._tag).toBe('Right')
    await until(() => server.hungUp() === 1)
    expect(server.arrived).toHaveLength(2)
  })
})

describe("undici's fetch", () => {
  it('with an agent of its own, in init -> retried over its one connection', async () => {
    const url = await serve(busy, busy, ok)
    const dispatcher = new Agent({ connections: 1 })
    const get = fetchWith(policy, { fetch: undiciFetch, read: (response) => response.text() })
    expect(await get(url, { dispatcher })()).toEqual(E.right('done'))
    expect([server.arrived.length, server.connections()]).toEqual([3, 1])
    await dispatcher.close()
  })

  it('its Request, with a body -> sent again', async () => {
    const url = await serve(busy, ok)
    const put = fetchWith(policy, { fetch: undiciFetch, idempotencyKey: true })
    const request = new UndiciRequest(url, { method: 'POST', body: 'text' })
    expect((await put(request)())._tag).toBe('Right')
    expect(bodies()).toEqual(['text', 'text'])
  })

  it('no answer, timeouts of its own -> the codes', async () => {
    const url = await serve('silence')
    const dispatcher = new Agent({ headersTimeout: 20, connect: { timeout: 60_000 } })
    const result = await fetchOnce({ fetch: undiciFetch })(url, { dispatcher })()
    expect(result).toMatchObject(E.left({ _tag: 'FetchFailed', code: 'UND_ERR_HEADERS_TIMEOUT' }))
    await dispatcher.destroy()
  })
})

describe('as an action', () => {
  it('in limits, a circuit breaker and a worker -> retries by the worker, with all that it tells', async () => {
    const url = await serve(busy, { status: 429, body: 'slow down' }, ok)
    const once = fetchOnce({ read: text })
    const seen: string[] = []
    const users = worker(
      {
        getUser: pipe(
          withAttempt(({ attempt, name }) => (id: number) => {
            seen.push(`${name} ${attempt}`)
            return once(`${url}/users/${id}`)
          }),
          withLimits(limitSet([callLimit({ capacity: 10, per: '1s' })])()),
          withCircuitBreaker(circuitBreaker({ consecutiveFailures: 5 })())
        )
      },
      { numRetries: 3, retryWait: 5, retryOn: [transientHttp], timeout: '1m' }
    )
    expect(await users.getUser(7)()).toEqual(E.right('done'))
    expect(seen).toEqual(['getUser 1', 'getUser 2', 'getUser 3'])
    expect(server.arrived.map(({ path }) => path)).toEqual(['/users/7', '/users/7', '/users/7'])
  })

  it('the timeout of a worker -> reaches the request', async () => {
    const url = await serve('silence')
    const get = fetchWith(policy)
    const users = worker({ getUser: (id: number) => get(`${url}/users/${id}`) }, { timeout: 100 })
    const clock = virtualClock()
    const pending = pipe(users.getUser(7), withEnv({ clock }))()
    await until(() => server.arrived.length === 1)
    await clock.advance(100)
    expect(await pending).toMatchObject(E.left({ _tag: 'TimedOut' }))
    await until(() => server.hungUp() === 1)
  })

  it('conditions of its errors -> typed, and asked', async () => {
    const url = await serve({ status: 503, body: '{"code":"maintenance"}' })
    const result = await fetchWith(
      pipe(
        policy,
        retryOn(transientHttp),
        abortOn((error) => isHttpError(error) && error.body.includes('maintenance'))
      )
    )(url)()
    expect(result).toMatchObject(E.left({ _tag: 'NotRetryable', attempts: 1 }))
  })
})
