import { runInNewContext } from 'node:vm'
import { problemOf, restore, store } from '../../../src/lab/Stored.js'

/** There and back, through text. */
const back = (value: unknown, revive?: (key: string, value: unknown) => unknown): unknown => {
  const json = JSON.parse(JSON.stringify(store('', value))) as ReturnType<typeof store>
  expect(problemOf(json, '')).toBe(undefined)
  return restore('', json, revive)
}

describe('store, restore', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['true', true],
    ['a text', 'é\n\u2028\ud800'],
    ['a number', 0.1],
    ['undefined', undefined],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['-0', -0],
    ['a bigint', 7n],
    ['a bigint below 0', -(10n ** 30n)],
    ['a list', [1, [undefined], []]],
    ['an object', { a: { b: null }, c: undefined }],
    ['an object with the key $', { $: 'error', of: { $: 1 } }]
  ])('%s -> itself', (_, value) => {
    expect(back(value)).toStrictEqual(value)
  })

  it('__proto__, constructor, toString as keys -> own keys, nothing else', () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3}')
    const got = back(value) as object
    expect(Object.entries(got)).toEqual(Object.entries(value as object))
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype)
    expect('polluted' in got).toBe(false)
  })

  it.each<[string, unknown, unknown]>([
    ['a function', () => 1, undefined],
    ['a bigint of more than 1,000 digits', 10n ** 1000n, '[left out]'],
    ['a symbol', Symbol('s'), undefined],
    ['functions and symbols in an object', { f: () => 1, g: 2, s: Symbol('s') }, { g: 2 }],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an instance', Object.assign(Object.create({ inherited: 1 }) as object, { own: 2 }), { own: 2 }],
    [
      'bytes',
      { bytes: new Uint8Array(1e7), more: Buffer.alloc(5) },
      { bytes: '[left out]', more: '[left out]' }
    ],
    [
      'a getter that throws',
      {
        a: 1,
        get b(): number {
          throw new Error('getter')
        }
      },
      { a: 1, b: '[left out]' }
    ],
    ['a revoked proxy', [revoked(), 1], ['[left out]', 1]],
    ['a proxy that hides its keys', [new Proxy({}, { ownKeys: () => ['a', 'a'] }), 1], ['[left out]', 1]],
    ['a toJSON that throws', [{ toJSON: () => Symbol.iterator.toString.call(1) }], ['[left out]']]
  ])('%s -> what JSON has for it', (_, value, kept) => {
    expect(back(value)).toStrictEqual(kept)
  })

  it('an error -> name, message, code, _tag, cause and what is its own', () => {
    const error = Object.assign(new Error('down', { cause: new RangeError('below') }), {
      code: 'E',
      _tag: 'Down',
      status: 503
    })
    const got = back(error) as typeof error
    expect(got).toBeInstanceOf(Error)
    expect([got.name, got.message, got.code, got._tag, got.status]).toEqual([
      'Error',
      'down',
      'E',
      'Down',
      503
    ])
    expect(Object.keys(got)).toEqual(['code', '_tag', 'status'])
    expect(got.cause).toBeInstanceOf(RangeError)
    expect((got.cause as Error).message).toBe('below')
    expect(got.stack).toBe('Error: down')
  })

  it.each<[string, Error, object]>([
    ['nothing to keep', new Error(''), { $: 'error' }],
    ['a message', new Error('Error'), { $: 'error', hidden: { message: 'Error' } }],
    [
      'what is its own',
      Object.assign(new Error(), { status: 503, code: '' }),
      { $: 'error', of: { status: 503, code: '' } }
    ],
    [
      'a code from its class, a name that is none',
      new (class extends Error {
        get code() {
          return ''
        }
        override get name(): never {
          return undefined as never
        }
      })('down'),
      { $: 'error', hidden: { message: 'down', code: '' } }
    ],
    [
      'a code that cannot be read',
      new (class extends Error {
        get code(): never {
          throw new Error('getter')
        }
      })('down'),
      { $: 'error', hidden: { message: 'down' } }
    ]
  ])('an error with %s -> in JSON', (_, error, stored) => {
    expect(store('', error)).toEqual(stored)
  })

  it.each<[object, string]>([
    [{}, 'Error'],
    [{ hidden: { message: 'down' } }, 'Error: down'],
    [{ hidden: { name: 'Odd', message: '' }, of: { code: 1 } }, 'Odd'],
    [{ hidden: { name: 'Odd' }, of: { message: 'own' } }, 'Odd: own'],
    [{ hidden: { name: 5, message: 'down' } }, 'down']
  ])('an error as %j -> its stack is %j, not where it was made again', (parts, stack) => {
    expect((restore('', { $: 'error', ...parts }) as Error).stack).toBe(stack)
  })

  it('an error, once it is back -> can be changed as any', () => {
    const error = back(Object.assign(new TypeError('down'), { status: 503 })) as TypeError & {
      status?: number
    }
    expect(Object.hasOwn(error, 'name')).toBe(false)
    error.message = 'up'
    delete error.status
    expect([error.message, Object.keys(error)]).toEqual(['up', []])
  })

  it('errors of classes -> by name, or an error of the language of its class', () => {
    class HttpError extends Error {
      override readonly name = 'HttpError'
      readonly _tag = 'Http'
    }
    const http = back(new HttpError('503')) as Error
    expect([http.constructor, http.name, Object.keys(http)]).toEqual([Error, 'HttpError', ['name', '_tag']])
    expect(back(new TypeError('t'))).toStrictEqual(new TypeError('t'))
    expect(back(new DOMException('enough', 'AbortError'))).toMatchObject({
      name: 'AbortError',
      message: 'enough',
      code: 20
    })
    expect(back(new AggregateError([new Error('one')], 'all'))).toMatchObject({
      name: 'AggregateError',
      errors: [new Error('one')]
    })
    const foreign = back(runInNewContext('new SyntaxError("other realm")')) as Error
    expect([foreign instanceof SyntaxError, foreign.message]).toEqual([true, 'other realm'])
  })

  it('revive -> every part, from the inside out, with its key; what it throws is thrown', () => {
    const keys: string[] = []
    const got = back({ a: [1, new Error('e')] }, (key, value) => {
      keys.push(key)
      return value instanceof Error ? 'revived' : value
    })
    expect(got).toEqual({ a: [1, 'revived'] })
    expect(keys).toEqual(['0', 'message', '1', 'a', ''])
    expect(() =>
      back(1, () => {
        throw new Error('revive')
      })
    ).toThrow('revive')
  })

  it('replace -> the whole and every part, with its key', () => {
    const got = store('error', { user: 'ann', password: 'x' }, (key, value) =>
      key === 'error' ? { kept: value } : key === 'password' ? undefined : value
    )
    expect(got).toEqual({ kept: { user: 'ann', password: { $: 'undefined' } } })
  })
})

describe('limits', () => {
  it('a text of 30,000 letters -> its first 20,000', () => {
    expect(back('x'.repeat(30_000))).toBe(`${'x'.repeat(20_000)}…`)
  })

  it('several texts -> share the room', () => {
    const text = 'x'.repeat(9000)
    // Each part takes 10, and its key of 1.
    expect(back([text, text, text])).toEqual([text, text, `${'x'.repeat(20_000 - 33 - 18_000)}…`])
  })

  it('a key of 19,990 letters -> has just room; of one more -> none', () => {
    const key = 'k'.repeat(19_990)
    expect(back({ [key]: 1 })).toEqual({ [key]: 1 })
    expect(back({ [`${key}k`]: 1 })).toEqual({ '…': '[left out]' })
  })

  it('a list of a million -> its first 2,000 at most, and a word that there is more', () => {
    const got = back(Array.from({ length: 1e6 }, (_, i) => i)) as unknown[]
    expect(got.slice(0, 3)).toEqual([0, 1, 2])
    expect(got.at(-1)).toBe('[left out]')
    expect(got.length).toBeGreaterThan(1000)
    expect(got.length).toBeLessThanOrEqual(2000)
  })

  it('a cycle -> cut at 32 levels', () => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    let levels = 0
    for (let at = back(cyclic) as typeof cyclic; typeof at.self === 'object'; at = at.self as typeof cyclic)
      levels += 1
    expect(levels).toBe(32)
  })

  it('something large beside something small -> the small is kept', () => {
    const large = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, [i, [i, [i, [i]]]]]))
    const got = back(Object.assign(new Error('e'), { request: large, response: { status: 503 } }))
    expect(got).toMatchObject({ message: 'e', response: { status: 503 } })
  })
})

describe('problemOf', () => {
  it.each<[string, unknown, string]>([
    ['no such kind', { a: { $: 'date', of: 0 } }, 'x.a'],
    ['a kind from the prototype', { $: 'constructor' }, 'x'],
    ['a number that JSON has', { $: 'number', of: '1' }, 'x'],
    ['no bigint', { $: 'bigint', of: '1e3' }, 'x'],
    ['a bigint of a million digits', { $: 'bigint', of: '1'.repeat(1e6) }, 'x'],
    ['more than there is', { $: 'undefined', also: 1 }, 'x'],
    ['an object that is a list', { $: 'object', of: [] }, 'x'],
    ['an object that is null', { $: 'object', of: null }, 'x'],
    ['an object with hidden keys', { $: 'object', of: {}, hidden: {} }, 'x'],
    ['a list of a kind', { $: ['undefined'] }, 'x'],
    ['undefined of something', { $: 'undefined', of: 1 }, 'x'],
    ['undefined with hidden keys', { $: 'undefined', hidden: {} }, 'x'],
    ['a number with hidden keys', { $: 'number', of: 'NaN', hidden: {} }, 'x'],
    ['a bigint that is a number', { $: 'bigint', of: 5 }, 'x'],
    ['a bigint with hidden keys', { $: 'bigint', of: '5', hidden: {} }, 'x'],
    ['an error of a number', { $: 'error', of: 5 }, 'x'],
    ['an error with a hidden list', { $: 'error', hidden: [] }, 'x'],
    ['hidden keys that no error has', { $: 'error', hidden: { name: 'E', stack: 's' } }, 'x'],
    ['in the hidden keys of an error', { $: 'error', hidden: { cause: { $: 1 } } }, 'x.hidden.cause'],
    ['behind what is well', [1, { a: 2 }, { $: 1 }], 'x.2'],
    ['in the depth', [{ $: 'error', of: { a: [{ $: 1 }] } }], 'x.0.of.a.0']
  ])('%s -> where', (_, json, path) => {
    expect(problemOf(json, 'x')).toMatchObject({ path, expected: 'a kind of value that can be stored' })
  })

  it('100,000 levels -> at most 32', () => {
    const lists: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
    expect(problemOf(lists, '')?.expected).toBe('at most 32 levels')
    const objects: unknown = JSON.parse('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))
    expect(problemOf(objects, '')?.expected).toBe('at most 32 levels')
  })
})

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
