import { fromWire, type Json, toWire, toWireLoosely } from '../../../src/bullmq/Wire.js'

/** There and back, as text in between. */
const travelled = (value: unknown): unknown => fromWire(JSON.parse(JSON.stringify(toWire(value))) as Json)

class HttpError extends Error {
  readonly status = 503
  readonly _tag = 'HttpError'
  override readonly name = 'HttpError'
}

const cyclic = (): object => {
  const self: Record<string, unknown> = { a: 1 }
  return Object.assign(self, { self })
}

const shared = { a: 1 }

describe('toWire, fromWire', () => {
  test.each<[string, unknown, unknown]>([
    ['a number', 1.5, 1.5],
    ['a text', 'é"', 'é"'],
    ['null', null, null],
    ['true', true, true],
    ['undefined', undefined, undefined],
    ['a list with a hole', [1, undefined, [undefined]], [1, undefined, [undefined]]],
    ['an object', { a: { b: [1] } }, { a: { b: [1] } }],
    ['a property that is undefined', { a: undefined }, {}],
    ['NaN and Infinity', [NaN, Infinity], [null, null]],
    ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['functions and symbols', { f: () => 1, s: Symbol('s'), l: [() => 1] }, { l: [null] }],
    ['a function alone', () => 1, undefined],
    ['a map', new Map([[1, 2]]), {}],
    [
      'a key that is reserved',
      { '@error': 1, '@@error': 2, '@undefined': 3 },
      { '@error': 1, '@@error': 2, '@undefined': 3 }
    ],
    [
      'data that looks like an error',
      { '@error': { name: 'a', message: 'b' } },
      { '@error': { name: 'a', message: 'b' } }
    ],
    ['the same object twice, but no cycle', [shared, { shared }], [{ a: 1 }, { shared: { a: 1 } }]]
  ])('%s -> %j', (_name, value, expected) => expect(travelled(value)).toStrictEqual(expected))

  test('an own __proto__ -> an own property, and no prototype', () => {
    const back = travelled(JSON.parse('{"__proto__":{"polluted":1}}')) as object
    expect(Object.keys(back)).toEqual(['__proto__'])
    expect((back as { polluted?: unknown }).polluted).toBe(undefined)
  })

  test('an error of a class -> an Error with its name, message, _tag and properties', () => {
    const back = travelled(
      new HttpError('no', { cause: Object.assign(new Error('socket'), { code: 'EPIPE' }) })
    ) as HttpError
    expect(back).toBeInstanceOf(Error)
    expect(back).not.toBeInstanceOf(HttpError)
    expect({ ...(back as object), name: back.name, message: back.message, stack: back.stack }).toEqual({
      name: 'HttpError',
      message: 'no',
      status: 503,
      _tag: 'HttpError',
      stack: 'HttpError: no'
    })
    expect(back.cause).toMatchObject({ name: 'Error', message: 'socket', code: 'EPIPE' })
    expect(Object.keys(back)).not.toContain('cause')
  })

  test('an aggregate of errors -> its errors', () => {
    const back = travelled(new AggregateError([new TypeError('a'), 7], 'all')) as AggregateError
    expect(back.errors).toMatchObject([{ name: 'TypeError', message: 'a' }, 7])
  })

  test('a DOMException -> its name and code', () => {
    expect(travelled(new DOMException('late', 'TimeoutError'))).toMatchObject({
      name: 'TimeoutError',
      message: 'late',
      code: 23
    })
  })

  test.each<[string, unknown]>([
    ['a cycle', cyclic()],
    ['a bigint', { n: 1n }],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new TypeError('no')
        }
      }
    ]
  ])('%s -> TypeError', (_name, value) => expect(() => toWire(value)).toThrow(TypeError))
})

describe('toWireLoosely', () => {
  test.each<[string, unknown, unknown]>([
    ['a cycle', cyclic(), { a: 1, self: '[Circular]' }],
    ['a bigint', { n: 12n }, { n: '12' }],
    [
      'a getter that throws',
      {
        a: 1,
        get b(): number {
          throw new Error('no')
        }
      },
      { a: 1 }
    ],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no')
        }
      },
      '[object Object]'
    ]
  ])('%s -> what can travel', (_name, value, expected) =>
    expect(fromWire(toWireLoosely(value))).toEqual(expected)
  )

  test('an error with a huge, a cyclic and a small property -> the small one', () => {
    const error = Object.assign(new Error('m'), {
      body: 'x'.repeat(16_383),
      response: cyclic(),
      small: { a: [1] }
    })
    const back = fromWire(toWireLoosely(error)) as Error
    expect({ ...(back as object) }).toEqual({ small: { a: [1] } })
  })

  test('a property of exactly 16 kB as JSON -> is kept', () => {
    const back = fromWire(toWireLoosely(Object.assign(new Error('m'), { body: 'x'.repeat(16_382) }))) as {
      body?: string
    }
    expect(back.body).toHaveLength(16_382)
  })
})

describe('fromWire, of what somebody else has written', () => {
  test('an error without a name and a message -> an Error of neither', () => {
    const error = fromWire({ '@error': { code: 5 } })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'Error', message: '', code: 5 })
  })

  test('a property of an error that JSON has no text for -> travels as what it is there', () => {
    expect(travelled(Object.assign(new Error('e'), { f: () => 1 }))).toMatchObject({ message: 'e' })
  })
})
