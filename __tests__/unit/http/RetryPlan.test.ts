import { type FetchRetryOptions, toPlan } from '../../../src/http/RetryPlan.js'
import { thrown } from '../../support/bad.js'

const url = 'https://example.org/a?b'
const plan = (options: FetchRetryOptions, init: object = {}, input: unknown = url) =>
  toPlan('test', options)([input, init])

const keyOf = (options: FetchRetryOptions, init: object, name = 'idempotency-key'): string | null =>
  new Headers(plan(options, init).call[1]?.headers).get(name)

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

describe('toPlan: which may be sent again', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'QUERY', 'get', 'put'])(
    '%s -> yes',
    (method) => {
      expect(plan({}, { method }).isRepeatable).toBe(true)
    }
  )

  it.each(['POST', 'PATCH', 'post', 'patch', 'MKCOL', 'LOCK', 'CONNECT', ''])('%s -> no', (method) => {
    expect(plan({}, { method }).isRepeatable).toBe(false)
  })

  it('POST, all marked -> yes', () => {
    expect(plan({ idempotent: true }, { method: 'POST' }).isRepeatable).toBe(true)
  })

  it('a predicate -> decides in place of the method, and is told of the request', () => {
    const seen: unknown[] = []
    const options: FetchRetryOptions = {
      idempotent: ({ method, url, headers }) => {
        seen.push([method, url, headers.get('x-a')])
        return method === 'POST'
      }
    }
    const headers = { 'x-a': 'b' }
    expect(plan(options, { method: 'post', headers }).isRepeatable).toBe(true)
    expect(plan(options, { headers }).isRepeatable).toBe(false)
    expect(seen).toEqual([
      ['POST', url, 'b'],
      ['GET', url, 'b']
    ])
  })

  it.each<[FetchRetryOptions, object, boolean]>([
    [{}, { 'Idempotency-Key': 'k' }, true],
    [{}, { 'X-Key': 'k' }, false],
    [{ idempotencyKey: 'x-key' }, { 'X-Key': 'k' }, true],
    [{ idempotent: () => false }, { 'Idempotency-Key': 'k' }, true]
  ])('%p, POST with %p -> %p', (options, headers, yes) => {
    expect(plan(options, { method: 'POST', headers }).isRepeatable).toBe(yes)
  })

  it.each<FetchRetryOptions>([{}, { idempotent: true }, { idempotencyKey: true }])(
    '%p, a body that can be sent once -> no',
    (options) => {
      const body = new Blob(['text']).stream()
      expect(plan(options, { method: 'PUT', body }).isRepeatable).toBe(false)
      expect(plan(options, { method: 'POST', body }).isRepeatable).toBe(false)
    }
  )
})

describe('toPlan: keys', () => {
  it.each<[FetchRetryOptions, string]>([
    [{ idempotencyKey: true }, 'idempotency-key'],
    [{ idempotencyKey: 'PayPal-Request-Id' }, 'paypal-request-id']
  ])('%p -> a random UUID for each call, under that name; sent again', (options, name) => {
    const [first, second] = [
      keyOf(options, { method: 'POST' }, name),
      keyOf(options, { method: 'PATCH' }, name)
    ]
    expect([first, second]).toEqual([expect.stringMatching(uuid), expect.stringMatching(uuid)])
    expect(first).not.toBe(second)
    expect(plan(options, { method: 'POST' }).isRepeatable).toBe(true)
  })

  it('a function -> what it gives for the request', () => {
    const options: FetchRetryOptions = { idempotencyKey: ({ headers }) => `order-${headers.get('x-order')}` }
    expect(keyOf(options, { method: 'POST', headers: { 'x-order': '7' } })).toBe('order-7')
  })

  it('a function that gives none -> none, and not sent again', () => {
    const planned = plan({ idempotencyKey: () => undefined }, { method: 'POST' })
    expect(planned).toEqual({ call: [url, { method: 'POST' }], isRepeatable: false })
  })

  it('a key of the caller -> stays, and none is made', () => {
    const make = jest.fn(() => 'made')
    expect(keyOf({ idempotencyKey: make }, { method: 'POST', headers: { 'Idempotency-Key': 'own' } })).toBe(
      'own'
    )
    expect(make).not.toHaveBeenCalled()
  })

  it.each(['GET', 'PUT', 'DELETE'])('%s, which needs none -> the call as it was given', (method) => {
    const init = { method }
    expect(plan({ idempotencyKey: true }, init).call[1]).toBe(init)
  })

  it('what the caller gave -> not changed', () => {
    const init = { method: 'POST', headers: { 'x-a': 'b' } }
    const { call } = plan({ idempotencyKey: true }, init)
    expect(init).toEqual({ method: 'POST', headers: { 'x-a': 'b' } })
    expect(call[1]?.method).toBe('POST')
    expect(new Headers(call[1]?.headers).get('x-a')).toBe('b')
    expect(call[0]).toBe(url)
  })

  it('a Request -> its headers, and the key', () => {
    const request = new Request(url, { method: 'POST', headers: { 'x-a': 'b' } })
    const { call } = plan({ idempotencyKey: () => 'k' }, {}, request)
    expect(call[0]).toBe(request)
    expect([...new Headers(call[1]?.headers)]).toEqual([
      ['idempotency-key', 'k'],
      ['x-a', 'b']
    ])
  })
})

describe('toPlan: bad input', () => {
  it.each([
    [{ idempotent: false }, 'TypeError: test: idempotent must be …, got false'],
    [{ idempotent: 'POST' }, 'RangeError: test: idempotent must be …, got "POST"'],
    [{ idempotencyKey: false }, 'TypeError: test: idempotencyKey must be …, got false'],
    [{ idempotencyKey: '' }, 'RangeError: test: idempotencyKey must be …, got ""'],
    [{ idempotencyKey: 'a b' }, 'RangeError: test: idempotencyKey must be …, got "a b"'],
    [
      { idempotant: true },
      "TypeError: test: there is no option 'idempotant'; there are idempotent, idempotencyKey"
    ],
    [null, 'TypeError: test: options must be …, got null']
  ])('%p -> %s', (options, message) => {
    expect(thrown(() => toPlan('test', options as never))).toBe(message)
  })

  it.each([
    ['null', null, 'TypeError: the idempotency key must be …, got null'],
    ['an empty text', '', 'RangeError: the idempotency key must be …, got ""'],
    ['a number', 7, 'RangeError: the idempotency key must be …, got 7']
  ])('a key that is %s -> thrown when it is called', (_what, key, message) => {
    const make = (): never => key as never
    expect(thrown(() => plan({ idempotencyKey: make }, { method: 'POST' }))).toBe(message)
  })
})
