import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { delayFrom, fixed, limitRetries, type RetryPolicy, withEnv } from 'reprise'
import { fetchWith, retryAfter } from 'reprise/http'
import { virtualClock } from 'reprise/testing'
import { thrown } from '../../support/bad.js'
import { start } from '../../support/task.js'

const url = 'https://example.org/users/7'
const policy = pipe(fixed(0), limitRetries(2))

const answering = (...statuses: ReadonlyArray<number>) => {
  const methods: unknown[] = []
  const fetch = async (_url: string, { method, headers }: RequestInit = {}): Promise<Response> => {
    methods.push([method, new Headers(headers).get('x-key')])
    return new Response('text', {
      status: statuses[methods.length - 1] ?? 500,
      headers: { 'retry-after': '30' }
    })
  }
  return { fetch, methods }
}

describe('fetchWith', () => {
  it('503, 429, 200 -> the response, after the waits that the server asked for', async () => {
    const clock = virtualClock()
    const { fetch, methods } = answering(503, 429, 200)
    const get = fetchWith(pipe(policy, delayFrom(retryAfter, { max: '1m' })), { fetch })
    const ends = start(pipe(get, withEnv({ clock }))(url), clock)
    await clock.runAll()
    expect(ends.map(({ at, result }) => [at, E.isRight(result) && result.right.status])).toEqual([
      [60_000, 200]
    ])
    expect(methods).toHaveLength(3)
  })

  it('its options -> those of fetchOnce and those of withFetchRetry', async () => {
    const { fetch, methods } = answering(503, 404)
    const send = fetchWith(policy, {
      fetch,
      accept: ({ status }) => status === 404,
      read: (response) => response.text(),
      bodyLimit: 2,
      idempotent: ({ method }) => method === 'LOCK',
      idempotencyKey: 'X-Key'
    })
    expect(await send(url, { method: 'LOCK' })()).toEqual(E.right('text'))
    expect(methods).toEqual([
      ['LOCK', expect.any(String)],
      ['LOCK', expect.any(String)]
    ])
    expect(await send(url)()).toMatchObject(
      E.left({ _tag: 'NotRetryable', failures: [{ error: { body: 'te', truncated: true } }] })
    )
  })

  it.each([
    [
      { retries: 3 },
      "TypeError: fetchWith: there is no option 'retries'; there are fetch, accept, read, bodyLimit, idempotent, idempotencyKey"
    ],
    [{ fetch: 1 }, 'RangeError: fetchOnce: fetch must be …, got 1'],
    [{ idempotent: 1 }, 'RangeError: withFetchRetry: idempotent must be …, got 1'],
    [null, 'TypeError: fetchWith: options must be …, got null']
  ])('%p -> %s', (options, message) => {
    expect(thrown(() => fetchWith(policy, options as never))).toBe(message)
  })

  it('no policy -> TypeError', () => {
    expect(thrown(() => fetchWith(undefined as unknown as RetryPolicy))).toBe(
      'TypeError: withFetchRetry: policy must be …, got undefined'
    )
  })
})
