import { runOrThrow, toError } from 'reprise'
import { isFetchFailed, isHttpError } from 'reprise/http'
import { fetchFailed, httpError } from '../../../src/http/FetchError.js'

const busy = httpError({
  status: 503,
  statusText: 'Service Unavailable',
  url: 'https://example.org/users/7?key=secret#part',
  method: 'GET',
  headers: new Headers({ 'retry-after': '5' }),
  body: 'busy',
  truncated: false
})

describe('httpError', () => {
  it('a real error, whose message leaves the query out', () => {
    expect(busy).toBeInstanceOf(Error)
    expect(String(busy)).toBe('HttpError: 503 Service Unavailable: GET https://example.org/users/7')
    expect(busy.stack).toContain('FetchError')
    expect(Object.keys(busy)).toEqual([
      '_tag',
      'status',
      'statusText',
      'url',
      'method',
      'headers',
      'body',
      'truncated'
    ])
    expect(busy.url).toBe('https://example.org/users/7?key=secret#part')
  })

  it('no status text, as with HTTP/2 -> the number alone', () => {
    expect(httpError({ ...fields(busy), statusText: '' }).message).toBe(
      '503: GET https://example.org/users/7'
    )
  })

  it('runOrThrow, toError -> that very error', async () => {
    await expect(runOrThrow(async () => ({ _tag: 'Left', left: busy }))).rejects.toBe(busy)
    expect(toError(busy)).toBe(busy)
  })
})

const fields = ({ status, statusText, url, method, headers, body, truncated }: typeof busy) => ({
  status,
  statusText,
  url,
  method,
  headers,
  body,
  truncated
})

describe('fetchFailed', () => {
  const url = 'https://example.org/a?b'

  it('as Node has it -> the code and the words of what is below', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
    const original = new TypeError('fetch failed', { cause })
    const error = fetchFailed(url, 'PUT', original)
    expect(String(error)).toBe('FetchFailed: connect ECONNREFUSED 127.0.0.1:1: PUT https://example.org/a')
    expect(error).toMatchObject({ _tag: 'FetchFailed', code: 'ECONNREFUSED', url, method: 'PUT' })
    expect(error.cause).toBe(original)
    // As with other errors, the cause is not listed twice.
    expect(Object.keys(error)).toEqual(['_tag', 'code', 'url', 'method'])
  })

  it('as browsers have it -> no code, their words', () => {
    const error = fetchFailed(url, 'GET', new TypeError('Failed to fetch'))
    expect([error.code, error.message]).toEqual([undefined, 'Failed to fetch: GET https://example.org/a'])
  })

  it('a cause without words -> those above it; without any, the code', () => {
    const silent = Object.assign(new AggregateError([], ''), { code: 'ETIMEDOUT' })
    expect(fetchFailed(url, 'GET', new TypeError('fetch failed', { cause: silent })).message).toBe(
      'fetch failed: GET https://example.org/a'
    )
    expect(fetchFailed(url, 'GET', silent).message).toBe('ETIMEDOUT: GET https://example.org/a')
  })

  it.each([undefined, null, 5, {}])('%p was thrown -> says that fetch failed', (cause) => {
    const error = fetchFailed(url, 'GET', cause)
    expect(error.message).toBe('fetch failed: GET https://example.org/a')
    expect(error.cause).toBe(cause)
  })

  it('a code that is no text, such as that of a DOMException -> none', () => {
    expect(fetchFailed(url, 'GET', new DOMException('aborted', 'AbortError')).code).toBeUndefined()
  })
})

describe('guards', () => {
  it.each([
    ['an HttpError', busy, true, false],
    ['a FetchFailed', fetchFailed('u', 'GET', 1), false, true],
    ['an error of another library with the tag alone', { _tag: 'HttpError' }, false, false],
    ['the other tag alone', { _tag: 'FetchFailed' }, false, false],
    ['an error', new Error('HttpError'), false, false],
    ['nothing', undefined, false, false]
  ])('%s', (_what, error, isHttp, isFailed) => {
    expect([isHttpError(error), isFetchFailed(error)]).toEqual([isHttp, isFailed])
  })
})
