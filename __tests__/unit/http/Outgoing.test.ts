import { Readable } from 'node:stream'
import {
  type Call,
  headersToSend,
  isSentOnce,
  methodOf,
  signalOf,
  toSend,
  urlOf
} from '../../../src/http/Outgoing.js'

const url = 'https://example.org/a?b'
const post = new Request(url, { method: 'POST', body: 'text', headers: { 'x-a': 'b' } })
const call = (input: unknown, init?: object): Call => [input, init]

describe('methodOf', () => {
  it.each([
    ['an address', call(url), 'GET'],
    ['an address and no method', call(url, {}), 'GET'],
    ['a method', call(url, { method: 'PUT' }), 'PUT'],
    // `fetch` makes capitals of some methods alone; none of them is PATCH.
    ['a method in small letters', call(url, { method: 'patch' }), 'PATCH'],
    ['a Request', call(post), 'POST'],
    ['a Request and a method', call(post, { method: 'PUT' }), 'PUT'],
    ['an object that is no Request', call({ method: 'POST' }), 'GET'],
    ['nothing', call(undefined), 'GET']
  ])('%s', (_what, given, method) => {
    expect(methodOf(given)).toBe(method)
  })
})

describe('urlOf', () => {
  it.each([
    ['a text', url],
    ['a URL', new URL(url)],
    ['a Request', post]
  ])('%s', (_what, input) => {
    expect(urlOf([input])).toBe(url)
  })

  it.each([undefined, null, 5, {}])('%p -> an empty text', (input) => {
    expect(urlOf([input])).toBe('')
  })
})

describe('headersToSend', () => {
  it.each<[string, Call, string | null]>([
    ['none', call(url), null],
    ['an object', call(url, { headers: { 'X-A': 'b' } }), 'b'],
    ['pairs', call(url, { headers: [['X-A', 'b']] }), 'b'],
    ['Headers', call(url, { headers: new Headers({ 'X-A': 'b' }) }), 'b'],
    ['those of a Request', call(post), 'b'],
    ['those in init, which take their place', call(post, { headers: { 'x-c': 'd' } }), null]
  ])('%s', (_what, given, value) => {
    expect(headersToSend(given).get('x-a')).toBe(value)
  })

  it('a change of them -> not one of those that were given', () => {
    const headers = new Headers()
    headersToSend(call(url, { headers })).set('x-a', 'b')
    expect(headers.has('x-a')).toBe(false)
  })
})

describe('signalOf', () => {
  const { signal } = new AbortController()
  it.each<[string, Call, AbortSignal | undefined]>([
    ['none', call(url), undefined],
    ['that in init', call(url, { signal }), signal],
    ['that of a Request', call(post), post.signal],
    ['that in init, before that of a Request', call(post, { signal }), signal],
    ['null, before that of a Request', call(post, { signal: null }), undefined],
    ['undefined, which says nothing', call(post, { signal: undefined }), post.signal],
    ['what is none', call(url, { signal: 'stop' }), undefined]
  ])('%s', (_what, given, expected) => {
    expect(signalOf(given)).toBe(expected)
  })
})

describe('isSentOnce', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'text'],
    ['a buffer', Buffer.from('text')],
    ['an ArrayBuffer', new ArrayBuffer(4)],
    ['a Blob', new Blob(['text'])],
    ['a FormData', new FormData()],
    ['a form', new URLSearchParams('a=b')]
  ])('%s -> no', (_what, body) => {
    expect(isSentOnce(call(url, { body }))).toBe(false)
  })

  it.each<[string, unknown]>([
    ['a ReadableStream', new Blob(['text']).stream()],
    ['a stream of Node', Readable.from(['text'])],
    ['an old stream of Node', { pipe: () => undefined }],
    ['an async iterator', (async function* () {})()]
  ])('%s -> yes', (_what, body) => {
    expect(isSentOnce(call(url, { body }))).toBe(true)
  })

  it('a Request, which can be cloned -> no', () => {
    expect(isSentOnce(call(post))).toBe(false)
  })
})

describe('toSend', () => {
  const { signal } = new AbortController()

  it('an address -> init with the signal of the attempt in place of the caller', () => {
    const init = { method: 'PUT', signal: new AbortController().signal }
    expect(toSend(call(url, init), signal)).toEqual([url, { method: 'PUT', signal }])
    expect(toSend(call(url, init), signal)[1]).toHaveProperty('signal', signal)
    expect(init.signal).not.toBe(signal)
  })

  it('a Request that carries something -> a clone each time', async () => {
    const [first] = toSend(call(post), signal) as [Request, object]
    const [second] = toSend(call(post), signal) as [Request, object]
    expect([await first.text(), await second.text(), post.bodyUsed]).toEqual(['text', 'text', false])
  })

  it('a Request that carries nothing -> as it is', () => {
    const get = new Request(url)
    expect(toSend(call(get), signal)[0]).toBe(get)
  })

  // What comes along with a Request takes these two away.
  it('a Request that hides where it comes from -> still does', () => {
    const hiding = { ...requestLike, referrer: 'about:client', referrerPolicy: 'no-referrer' }
    expect(toSend(call(hiding), signal)[1]).toEqual({
      referrer: 'about:client',
      referrerPolicy: 'no-referrer',
      signal
    })
    expect(toSend(call(hiding, { referrerPolicy: 'origin' }), signal)[1]).toMatchObject({
      referrerPolicy: 'origin'
    })
    expect(toSend(call(requestLike), signal)[1]).toEqual({ signal })
  })
})

const requestLike = { url, body: null, clone: () => undefined }
