import { causesOf, headersOf, statusOf } from '../../../src/http/Evidence.js'

const throwing: object = {
  get status() {
    throw new Error('a getter')
  },
  get headers() {
    throw new Error('a getter')
  },
  get cause() {
    throw new Error('a getter')
  }
}

describe('causesOf', () => {
  it('an error with causes -> all of them, the outermost first', () => {
    const c = new Error('c')
    const b = new Error('b', { cause: c })
    const a = new Error('a', { cause: b })
    expect(causesOf(a)).toEqual([a, b, c])
  })

  it('a cycle -> each once', () => {
    const a: { cause?: unknown } = {}
    a.cause = a
    expect(causesOf(a)).toEqual([a])
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'text'],
    ['getters that throw', throwing]
  ])('%s -> itself', (_what, error) => {
    expect(causesOf(error)).toEqual([error])
  })
})

describe('statusOf', () => {
  it.each([
    ['HttpError', { status: 503 }],
    ['undici', { statusCode: 503 }],
    ['axios, superagent', { response: { status: 503 } }],
    ['got', { response: { statusCode: 503 } }],
    ['AWS', { $metadata: { httpStatusCode: 503 } }],
    ['one that is a text beside it', { status: 'error', statusCode: 503 }]
  ])('that of %s -> 503', (_client, error) => {
    expect(statusOf(error)).toBe(503)
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'text'],
    ['a status that is a text', { status: '503' }],
    ['getters that throw', throwing]
  ])('%s -> nothing', (_what, error) => {
    expect(statusOf(error)).toBeUndefined()
  })
})

describe('headersOf', () => {
  it.each([
    ['Headers', { headers: new Headers({ 'Retry-After': '5' }) }],
    ['a Map', { headers: new Map([['retry-after', '5']]) }],
    ['an object', { headers: { 'Retry-After': ' 5 ' } }],
    ['an object with a number', { headers: { 'retry-after': 5 } }],
    ['an object with lists', { headers: { 'retry-after': ['5'] } }],
    ['those of a response', { response: { headers: { 'retry-after': '5' } } }]
  ])('%s -> read by name', (_kind, error) => {
    expect(headersOf(error)?.('retry-after')).toBe('5')
    expect(headersOf(error)?.('date')).toBeUndefined()
  })

  it('a header that came several times -> joined, as Headers do', () => {
    expect(headersOf({ headers: { 'retry-after': ['5', '6'] } })?.('retry-after')).toBe('5, 6')
  })

  it('a `get` that throws, or an object of anything -> nothing', () => {
    const get = (): never => {
      throw new Error('no')
    }
    const broken = { headers: { get } }
    expect(headersOf(broken)?.('retry-after')).toBeUndefined()
    expect(headersOf({ headers: { 'retry-after': {} } })?.('retry-after')).toBeUndefined()
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'text'],
    ['an object', {}],
    ['headers that are a text', { headers: 'text' }],
    ['getters that throw', throwing]
  ])('%s -> none', (_what, error) => {
    expect(headersOf(error)).toBeUndefined()
  })
})
