import * as t from 'io-ts'
import { isLarger, isObject, type Json, toJson, without } from '../../../src/codec/Json.js'
import { showConfigError } from 'reprise/codec'
import { toConfigErrors } from '../../../src/codec/ConfigError.js'

const read = (value: unknown) => toConfigErrors(toJson(value, [{ key: '', type: t.unknown, actual: value }]))

const json = (value: unknown): Json | undefined => {
  const found = read(value)
  return found._tag === 'Right' ? found.right : undefined
}

const errors = (value: unknown): ReadonlyArray<string> => {
  const found = read(value)
  return found._tag === 'Left' ? found.left.map(showConfigError) : []
}

const notJson = 'expected JSON (a text, a finite number, true, false, null, a list or a plain object)'

/** Lists in lists; the innermost holds a number. */
const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1)

describe('toJson', () => {
  it.each<[string, unknown]>([
    ['a text', 'x'],
    ['a number', -1.5],
    ['null', null],
    ['a list', [1, [2, []], {}]],
    ['an object', { a: { b: [true, false, null] } }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })]
  ])('%s -> the same', (_, value) => {
    expect(json(value)).toEqual(value)
  })

  it('undefined properties -> left out', () => {
    expect(JSON.stringify(json({ a: undefined, b: 1 }))).toBe('{"b":1}')
  })

  it('an object -> keys are its own alone', () => {
    const read = json(JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 2 }')) as Record<string, unknown>
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(read)).toBeNull()
    expect([read['a'], read['toString']]).toEqual([undefined, undefined])
  })

  it.each<[string, unknown, string]>([
    ['NaN', { a: [NaN] }, `a.0: ${notJson}, got NaN`],
    ['Infinity', { a: Infinity }, `a: ${notJson}, got Infinity`],
    ['undefined', undefined, `configuration: ${notJson}, got nothing`],
    ['undefined in a list', [undefined], `0: ${notJson}, got nothing`],
    ['a hole in a list', new Array(1), `0: ${notJson}, got nothing`],
    ['a function', { a: isNaN }, `a: ${notJson}, got the function isNaN`],
    [
      'a function without a prototype',
      { a: Object.setPrototypeOf(() => 1, null) as unknown },
      `a: ${notJson}, got a function`
    ],
    ['a symbol', { a: Symbol('x') }, `a: ${notJson}, got Symbol(x)`],
    ['a bigint', { a: 1n }, `a: ${notJson}, got 1`],
    ['a date', { a: new Date(0) }, `a: ${notJson}, got an object`],
    ['a map', new Map(), `configuration: ${notJson}, got an object`],
    ['an instance', { a: new (class A {})() }, `a: ${notJson}, got an object`],
    ['inherited keys', Object.create({ fixed: 1 }), `configuration: ${notJson}, got an object`],
    ['a symbol as key', { [Symbol('x')]: 1 }, `configuration: ${notJson}, got an object`],
    [
      'a getter that throws',
      {
        get a(): number {
          throw new Error('no')
        }
      },
      `configuration: ${notJson}, got an object`
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          }
        }
      ),
      `configuration: ${notJson}, got an object`
    ]
  ])('%s -> %s', (_, value, line) => {
    expect(errors(value)).toEqual([line])
  })

  it('a revoked proxy -> no throw', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(errors(proxy)).toEqual([`configuration: ${notJson}, got object`])
  })

  it('two errors -> both', () => {
    expect(errors({ a: NaN, b: [1, isNaN] })).toEqual([
      `a: ${notJson}, got NaN`,
      `b.1: ${notJson}, got the function isNaN`
    ])
  })

  it('a getter -> asked once', () => {
    let asked = 0
    const value = {
      get a(): number {
        asked += 1
        return asked
      }
    }
    expect([json(value), asked]).toEqual([{ a: 1 }, 1])
  })

  it('32 levels -> read; 33 -> refused where they begin', () => {
    expect(json(nested(32))).toEqual(nested(32))
    expect(errors(nested(33))).toEqual([
      `${Array.from({ length: 32 }, () => '0').join('.')}: expected at most 32 levels of nesting, got a list of 1`
    ])
  })

  it('5000 values -> read; 5001 -> refused', () => {
    expect(json(new Array(4999).fill(1))).toEqual(new Array(4999).fill(1))
    expect(errors(new Array(5000).fill(1))).toEqual([
      'configuration: expected at most 5000 values, got a list of 5000'
    ])
  })

  /** The same value, which counts what is read of it. */
  const watched = (value: unknown, reads: { count: number }): unknown =>
    typeof value !== 'object' || value === null
      ? value
      : new Proxy(value, {
          get: (target, key): unknown => {
            reads.count += 1
            return watched(Reflect.get(target, key), reads)
          }
        })

  const cyclic: Record<string, unknown> = {}
  cyclic['a'] = [cyclic, cyclic]
  const keyed = Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [i, i]))
  const laughs = Array.from({ length: 30 }).reduce<unknown>((inner) => [inner, inner, inner], 'ha')

  it.each<[string, unknown]>([
    ['a cycle', cyclic],
    ['the same list again and again', laughs],
    ['a very long list', new Array(1e7).fill(0)],
    ['a list that says it is endless', new Proxy([], { get: () => 2 ** 32 - 1 })],
    ['many keys', keyed],
    ['many keys, after too many values', [new Array(1e4).fill(0), keyed]]
  ])('%s -> refused, and little of it is read', (_, value) => {
    const reads = { count: 0 }
    expect(errors(watched(value, reads))).toEqual([
      expect.stringMatching(/^configuration: expected at most 5000 values, got /)
    ])
    expect(reads.count).toBeGreaterThanOrEqual(5000)
    expect(reads.count).toBeLessThan(20_000)
  })
})

describe('isLarger', () => {
  it.each<[unknown, number, boolean]>([
    [1, 1, false],
    [[1], 1, true],
    [[1], 2, false],
    [{ a: [1, 2] }, 4, false],
    [{ a: [1, 2] }, 3, true],
    [{ f: isNaN }, 2, false],
    // A text is one value, whatever its length, and so is null.
    [['abc'], 2, false],
    [[null], 2, false]
  ])('%j, %d -> %p', (data, most, larger) => {
    expect(isLarger(data, most)).toBe(larger)
  })
})

describe('isObject', () => {
  it.each<[Json, boolean]>([
    [{}, true],
    [{ a: 1 }, true],
    [[], false],
    [null, false],
    ['a', false],
    [1, false],
    [true, false]
  ])('%j -> %p', (value, expected) => {
    expect(isObject(value)).toBe(expected)
  })
})

describe('without', () => {
  it('a key -> all others, as keys of their own alone', () => {
    const rest = without({ a: 1, b: 2, c: 3 }, 'b')
    expect(Object.entries(rest)).toEqual([
      ['a', 1],
      ['c', 3]
    ])
    expect(Object.getPrototypeOf(rest)).toBeNull()
  })
})
