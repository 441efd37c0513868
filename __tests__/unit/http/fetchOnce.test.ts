import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  fixed,
  isRetryError,
  limitRetries,
  retryUntil,
  type RetryEvent,
  withEnv,
  withObserver,
  withRetry,
  withTimeout
} from 'reprise'
import { fetchOnce, isFetchFailed, isHttpError } from 'reprise/http'
import { virtualClock } from 'reprise/testing'
import { badCounts, refuses, thrown } from '../../support/bad.js'
import { start } from '../../support/task.js'

const url = 'https://example.org/users/7'

/** A stub of fetch that gives these answers in turn, and what it was called with. */
const stub = (...answers: ReadonlyArray<Response | Error>) => {
  const calls: Array<readonly [input: unknown, init: RequestInit]> = []
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    calls.push([input, init])
    const answer = answers[Math.min(calls.length, answers.length) - 1]
    if (answer instanceof Response) return answer
    throw answer
  }
  return { fetch, calls }
}

describe('fetchOnce', () => {
  it.each([200, 204, 299, 304, 399])('status %d -> the response itself, unread', async (status) => {
    const response = new Response(status === 204 || status === 304 ? null : 'text', { status })
    const { fetch } = stub(response)
    const result = await fetchOnce({ fetch })(url)()
    expect(E.isRight(result) && result.right).toBe(response)
    expect(response.bodyUsed).toBe(false)
  })

  it.each([400, 404, 429, 500, 599])('status %d -> HttpError, its body read', async (status) => {
    const headers = { 'x-a': 'b' }
    const { fetch } = stub(new Response('why', { status, statusText: 'Because', headers }))
    const result = await fetchOnce({ fetch })(`${url}?a=b`, { method: 'put' })()
    expect(result).toMatchObject(
      E.left({
        _tag: 'HttpError',
        status,
        statusText: 'Because',
        url: `${url}?a=b`,
        method: 'PUT',
        body: 'why'
      })
    )
    if (E.isRight(result) || !isHttpError(result.left)) throw new Error('no HttpError')
    expect(result.left.headers.get('x-a')).toBe('b')
    expect(result.left.truncated).toBe(false)
  })

  it('fetch rejects -> FetchFailed with what it threw', async () => {
    const original = new TypeError('Failed to fetch')
    const { fetch } = stub(original)
    const result = await fetchOnce({ fetch })(url)()
    expect(E.isLeft(result) && isFetchFailed(result.left) && result.left.cause).toBe(original)
  })

  it('fetch throws at once, as a stub may -> FetchFailed', async () => {
    const fetch = (_url: string): Promise<Response> => {
      throw new Error('at once')
    }
    expect(await fetchOnce({ fetch })(url)()).toMatchObject(E.left({ _tag: 'FetchFailed' }))
  })

  it('a stub with a status alone -> an HttpError of what there is', async () => {
    const fetch = async (_url: string) => ({ status: 500 })
    const result = await fetchOnce({ fetch })(url)()
    expect(result).toMatchObject(E.left({ _tag: 'HttpError', status: 500, statusText: '', body: '', url }))
    expect(E.isLeft(result) && isHttpError(result.left) && result.left.headers.get('a')).toBeNull()
  })

  it('a run again -> another request', async () => {
    const { fetch, calls } = stub(new Response('a'), new Response('b'))
    const get = fetchOnce({ fetch, read: (response) => response.text() })(url)
    expect([await get(), await get(), calls.length]).toEqual([E.right('a'), E.right('b'), 2])
  })

  it('nothing is sent before the task is run', () => {
    const { fetch, calls } = stub(new Response('a'))
    fetchOnce({ fetch })(url)
    expect(calls).toEqual([])
  })

  it('is known to take arguments, as wrappers see it', () => {
    expect(fetchOnce().length).toBe(1)
  })

  it("no fetch of its own -> the platform's at the time of the call", async () => {
    const get = fetchOnce()
    const spy = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('spied'))
    const result = await get(url)()
    spy.mockRestore()
    expect(E.isRight(result) && (await result.right.text())).toBe('spied')
  })

  it('init -> passed on, with the signal of the attempt', async () => {
    const { fetch, calls } = stub(new Response('a'))
    await fetchOnce({ fetch })(url, { method: 'PUT', headers: { a: 'b' }, redirect: 'error' })()
    expect(calls).toEqual([
      [url, { method: 'PUT', headers: { a: 'b' }, redirect: 'error', signal: expect.any(AbortSignal) }]
    ])
  })
})

describe('fetchOnce: accept', () => {
  it('decides in place of the status', async () => {
    const { fetch } = stub(new Response('none', { status: 404 }), new Response('no', { status: 200 }))
    const get = fetchOnce({ fetch, accept: ({ status }) => status === 404 })
    expect((await get(url)())._tag).toBe('Right')
    expect(await get(url)()).toMatchObject(E.left({ _tag: 'HttpError', status: 200, body: 'no' }))
  })

  it('throws -> that, and the body is cancelled', async () => {
    const fault = new Error('a fault')
    const response = new Response('text')
    const { fetch } = stub(response)
    const accept = (): boolean => {
      throw fault
    }
    const result = await fetchOnce({ fetch, accept })(url)()
    expect(E.isLeft(result) && result.left).toBe(fault)
    expect(response.bodyUsed).toBe(true)
  })
})

describe('fetchOnce: read', () => {
  it('makes the result, of accepted answers alone', async () => {
    const { fetch } = stub(Response.json({ a: 1 }), new Response('no', { status: 500 }))
    const get = fetchOnce({ fetch, read: async (response) => response.json() as Promise<{ a: number }> })
    expect([await get(url)(), (await get(url)())._tag]).toEqual([E.right({ a: 1 }), 'Left'])
  })

  it('a value that is no promise, or looks like an Either -> the result', async () => {
    const { fetch } = stub(new Response('a'))
    const value = { _tag: 'Left', left: 1 } as const
    expect(await fetchOnce({ fetch, read: () => value })(url)()).toEqual(E.right(value))
  })

  it('rejects -> a failure that threw, in a retry; the body is cancelled', async () => {
    const responses = [new Response('no json'), new Response('[]')]
    const { fetch } = stub(...responses)
    const fault = new SyntaxError('no json')
    const read = async (response: Response): Promise<string> => {
      if (response === responses[0]) throw fault
      return response.text()
    }
    const seen: RetryEvent[] = []
    const get = pipe(
      fetchOnce({ fetch, read }),
      withRetry(pipe(fixed(0), limitRetries(1))),
      withObserver((event) => seen.push(event))
    )
    expect(await get(url)()).toEqual(E.right('[]'))
    expect(seen.flatMap((event) => (event._tag === 'AttemptFailed' ? [event.failure] : []))).toMatchObject([
      { _tag: 'Threw', error: fault }
    ])
    expect(responses[0]?.bodyUsed).toBe(true)
  })
})

describe('fetchOnce: bodyLimit', () => {
  it.each([
    [undefined, 70_000, 65_536, true],
    [undefined, 65_536, 65_536, false],
    [10, 11, 10, true],
    [0, 5, 0, true]
  ])('%p, a body of %d -> %d', async (bodyLimit, sent, kept, truncated) => {
    const { fetch } = stub(new Response('x'.repeat(sent), { status: 500 }))
    const options = bodyLimit === undefined ? { fetch } : { fetch, bodyLimit }
    expect(await fetchOnce(options)(url)()).toMatchObject(E.left({ body: 'x'.repeat(kept), truncated }))
  })
})

describe('fetchOnce: as an action', () => {
  it('events -> named fetch, with what it was called with', async () => {
    const { fetch } = stub(new Response('no', { status: 503 }), new Response('a'))
    const seen: RetryEvent[] = []
    await pipe(
      fetchOnce({ fetch }),
      withRetry(pipe(fixed(0), limitRetries(1))),
      withObserver((event) => seen.push(event))
    )(url, { method: 'PUT' })()
    expect(seen.map(({ _tag, name, args }) => [_tag, name, args])).toEqual(
      ['AttemptStarted', 'AttemptFailed', 'RetryScheduled', 'AttemptStarted', 'Succeeded'].map((tag) => [
        tag,
        'fetch',
        [url, { method: 'PUT' }]
      ])
    )
  })

  it('virtual time -> answers that are there do not hold it up', async () => {
    const clock = virtualClock()
    const { fetch, calls } = stub(...[503, 429, 200].map((status) => new Response('text', { status })))
    const get = pipe(fetchOnce({ fetch }), withTimeout('1s'), withRetry(fixed('1h')), withEnv({ clock }))
    const ends = start(get(url), clock)
    await clock.runAll()
    expect(ends.map(({ at, result }) => [at, result._tag])).toEqual([[7_200_000, 'Right']])
    expect([calls.length, clock.pending()]).toEqual([3, 0])
  })

  it('a timeout around it -> the signal of its request aborts', async () => {
    const clock = virtualClock()
    const signals: AbortSignal[] = []
    const fetch = (_url: string, init: RequestInit = {}): Promise<Response> => {
      signals.push(init.signal!)
      return new Promise(() => {})
    }
    const ends = start(pipe(fetchOnce({ fetch }), withTimeout(100), withEnv({ clock }))(url), clock)
    await clock.advance(99)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    await clock.advance(1)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(ends).toMatchObject([{ at: 100, result: { left: { _tag: 'TimedOut' } } }])
  })

  it('answers that retryUntil refuses -> read before the next request, the last one not', async () => {
    const responses = [1, 2, 3].map((n) => new Response(`${n}`))
    const used: unknown[] = []
    const { fetch: send } = stub(...responses)
    const fetch = (input: string, init?: RequestInit): Promise<Response> => {
      used.push(responses.map(({ bodyUsed }) => bodyUsed))
      return send(input, init)
    }
    const policy = pipe(
      fixed(0),
      limitRetries(2),
      retryUntil((response: Response) => response.status === 201)
    )
    const result = await pipe(fetchOnce({ fetch }), withRetry(policy))(url)()
    expect(E.isLeft(result) && isRetryError(result.left) && result.left._tag).toBe('Exhausted')
    expect(used).toEqual([
      [false, false, false],
      [true, false, false],
      [true, true, false]
    ])
    expect(responses[2]?.bodyUsed).toBe(false)
  })
})

describe('fetchOnce: a stub that gives next to nothing', () => {
  const fetch = async (_url: string) => ({})

  it('no status -> the answer itself', async () => {
    expect(await fetchOnce({ fetch })(url)()).toEqual(E.right({}))
  })

  it('no status, and not accepted -> an HttpError of status 0', async () => {
    const result = await fetchOnce({ fetch, accept: () => false })(url)()
    expect(result).toMatchObject(E.left({ _tag: 'HttpError', status: 0, url }))
  })
})

describe('fetchOnce: read, and refused by retryUntil', () => {
  it('a text -> nothing is left to be read before the next request', async () => {
    const { calls, fetch } = stub(new Response('wait'), new Response('done'))
    const policy = pipe(
      fixed(0),
      limitRetries(1),
      retryUntil((text: string) => text === 'done')
    )
    const task = pipe(fetchOnce({ fetch, read: (response: Response) => response.text() }), withRetry(policy))
    expect(await task(url)()).toEqual(E.right('done'))
    expect(calls.length).toBe(2)
  })
})

describe('fetchOnce: bad input', () => {
  it.each([
    [{ fetch: 5 }, 'RangeError: fetchOnce: fetch must be …, got 5'],
    [{ accept: true }, 'TypeError: fetchOnce: accept must be …, got true'],
    [{ read: 'json' }, 'RangeError: fetchOnce: read must be …, got "json"'],
    [null, 'TypeError: fetchOnce: options must be …, got null'],
    [{ reed: 1 }, "TypeError: fetchOnce: there is no option 'reed'; there are fetch, accept, read, bodyLimit"]
  ])('%p -> %s', (options, message) => {
    expect(thrown(() => fetchOnce(options as never))).toBe(message)
  })

  const bad = badCounts.filter(([input]) => input !== undefined)
  refuses('fetchOnce: bodyLimit', bad, (bodyLimit) => fetchOnce({ bodyLimit }))
})
