import * as t from 'io-ts'
import { PathReporter } from 'io-ts/lib/PathReporter.js'
import { pipe } from 'fp-ts/lib/function.js'
import { custom, delays, exponential, fixed, PolicyEq, retryOn, waits } from 'reprise'
import { decodePolicy, encodePolicy, PolicyFromUnknown } from 'reprise/codec'

const isTransient = (): boolean => true
const codec = PolicyFromUnknown({ conditions: { isTransient } })

describe('PolicyFromUnknown', () => {
  const Settings = t.type({ url: t.string, retry: t.array(codec) })

  it('in a type of io-ts -> decodes', () => {
    const decoded = Settings.decode({ url: '/', retry: [{ delays: ['1s'] }] })
    expect(decoded._tag === 'Right' && waits(decoded.right.retry[0]!, 9)).toEqual([1000])
  })

  it('in a type of io-ts -> errors have the whole path, for every reporter', () => {
    const decoded = Settings.decode({
      url: '/',
      retry: [{ fixed: 1 }, { fixed: 1, retryOn: ['A', { not: NaN }] }, 3]
    })
    const paths =
      decoded._tag === 'Left'
        ? decoded.left.map(({ context }) => context.map(({ key }) => key).join('/'))
        : []
    expect(paths).toEqual(['/retry/1/retryOn/1/not', '/retry/2'])

    const [first] = PathReporter.report(Settings.decode({ url: '/', retry: [{ fixed: -1 }] }))
    expect(first).toBe(
      `Invalid value -1 supplied to : ${Settings.name}/retry: Array<a policy>/0: a policy/fixed: milliseconds >= 0 or a text like '2s'`
    )
  })

  it('of a policy that is too large -> the path of the policy', () => {
    const decoded = Settings.decode({ url: '/', retry: [{ delays: new Array(1000).fill(1) }] })
    expect(
      decoded._tag === 'Left' && decoded.left.map(({ context }) => context.map(({ key }) => key))
    ).toEqual([['', 'retry', '0']])
  })

  it('encode -> the JSON; a TypeError that says why for what cannot be stored', () => {
    expect(codec.encode(pipe(fixed(1), retryOn(isTransient)))).toEqual({
      fixed: 1,
      retryOn: { condition: 'isTransient' }
    })
    expect(() => codec.encode(custom('x', () => 1))).toThrow(
      new TypeError(
        "cannot be stored: custom: expected what the registry has among its schedules as 'x', got a function"
      )
    )
  })

  it.each<[string, unknown, boolean]>([
    ['a policy', fixed(1), true],
    ['one whose functions the registry holds', pipe(fixed(1), retryOn(isTransient)), true],
    ['one whose functions it does not hold', pipe(fixed(1), retryOn(TypeError)), false],
    ['JSON of a policy', { fixed: 1 }, false],
    ['null', null, false],
    ['a text', 'fixed', false]
  ])('is: %s -> %p', (_, value, expected) => {
    expect(codec.is(value)).toBe(expected)
  })

  it('in a union of io-ts -> each is encoded by its own', () => {
    const Retry = t.union([t.literal('off'), codec])
    const once = delays([5])
    expect([Retry.encode('off'), Retry.encode(once)]).toEqual(['off', { delays: [5] }])
    expect([Retry.decode('off')._tag, Retry.decode({ delays: [5] })._tag]).toEqual(['Right', 'Right'])
  })
})

describe('decodePolicy', () => {
  it('the same policy, whatever the order of keys', () => {
    const decode = decodePolicy({})
    const [one, other] = [
      decode({ exponential: 100, capDelay: 500, limitRetries: 2, retryOn: 'A' }),
      decode({ retryOn: 'A', limitRetries: 2, capDelay: 500, exponential: 100 })
    ]
    expect(one._tag === 'Right' && other._tag === 'Right' && PolicyEq.equals(one.right, other.right)).toBe(
      true
    )
  })

  it('keys of prototypes -> unknown, and nothing is polluted', () => {
    const decode = decodePolicy({ conditions: { isTransient } })
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const found = [
        JSON.parse(`{ "fixed": 1, "${key}": { "limitRetries": 1 } }`) as unknown,
        { fixed: 1, retryOn: { condition: key } },
        JSON.parse(`{ "fixed": 1, "retryOn": { "${key}": "A" } }`) as unknown
      ].map((json) => decode(json)._tag)
      expect([key, ...found]).toEqual([key, 'Left', 'Left', 'Left'])
    }
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { limitRetries?: number }).limitRetries).toBeUndefined()
  })

  it('own keys of a registry named like those of prototypes -> are found', () => {
    const registry = { conditions: JSON.parse('{}') as Record<string, () => boolean> }
    Object.defineProperty(registry.conditions, '__proto__', { value: isTransient, enumerable: true })
    const policy = pipe(exponential(1), retryOn(isTransient))
    const encoded = encodePolicy(registry)(policy)
    expect(encoded).toEqual({ _tag: 'Right', right: { exponential: 1, retryOn: { condition: '__proto__' } } })
    const decoded = decodePolicy(registry)(encoded._tag === 'Right' && encoded.right)
    expect(decoded._tag === 'Right' && PolicyEq.equals(decoded.right, policy)).toBe(true)
  })
})
