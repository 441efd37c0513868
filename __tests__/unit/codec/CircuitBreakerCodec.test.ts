import * as t from 'io-ts'
import {
  capDelay,
  circuitBreaker,
  type CircuitBreakerOptions,
  custom,
  exponential,
  PolicyShow,
  systemClock
} from 'reprise'
import {
  CircuitBreakerOptionsFromUnknown,
  decodeCircuitBreakerOptions,
  encodeCircuitBreakerOptions,
  showConfigError
} from 'reprise/codec'
import { parse } from 'yaml'
import { circuitBreakerForm } from '../../../src/codec/CircuitBreakerCodec.js'
import { hold } from '../../../src/codec/Registry.js'
import { said } from '../../support/bad.js'
import { unexplained } from '../../support/schemas.js'

class Overloaded extends Error {}
const isTransient = (): boolean => true
const growing = (): number => 50
const registry = { conditions: { Overloaded, isTransient }, schedules: { growing } }

const decode = decodeCircuitBreakerOptions(registry)
const encode = encodeCircuitBreakerOptions(registry)

const errors = (json: unknown): ReadonlyArray<string> => {
  const decoded = decode(json)
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError).map(said) : []
}

const json = (options: CircuitBreakerOptions): unknown => {
  const encoded = encode(options)
  return encoded._tag === 'Left' ? encoded.left.map(showConfigError).map(said) : encoded.right
}

const file = `
timeWindow: 30s
failureRatio: 0.5
slowRatio: 0.8
slowAfter: 2s
minimumCalls: 20
openTime: { exponential: 5s, capDelay: 2m }
trials: 3
failOn: [ECONNRESET, { condition: Overloaded }]
`

describe('decodeCircuitBreakerOptions', () => {
  it('a file -> options, with durations in milliseconds', () => {
    const decoded = decode(parse(file))
    if (decoded._tag === 'Left') throw new Error(decoded.left.map(showConfigError).join('\n'))
    const { openTime, failOn, ...rest } = decoded.right
    expect(rest).toEqual({
      timeWindow: 30_000,
      failureRatio: 0.5,
      slowRatio: 0.8,
      slowAfter: 2000,
      minimumCalls: 20,
      trials: 3
    })
    expect(typeof openTime === 'object' && PolicyShow.show(openTime)).toBe(
      'pipe(exponential(5000), capDelay(120000))'
    )
    expect(failOn).toEqual({
      _tag: 'anyOf',
      of: [
        { _tag: 'named', name: 'ECONNRESET' },
        { _tag: 'instanceOf', type: Overloaded }
      ]
    })
    expect(circuitBreaker(decoded.right)().status()._tag).toBe('Closed')
  })

  it.each<[unknown, CircuitBreakerOptions]>([
    [{ consecutiveFailures: 5 }, { consecutiveFailures: 5 }],
    [
      { consecutiveFailures: 5, openTime: '10s' },
      { consecutiveFailures: 5, openTime: 10_000 }
    ],
    [
      { countWindow: 10, failureRatio: 0 },
      { countWindow: 10, failureRatio: 0 }
    ]
  ])('%j -> %j', (input, expected) => {
    expect(decode(input)).toEqual({ _tag: 'Right', right: expected })
  })

  const misfit = (message: string, printed = 'an object'): string =>
    `configuration: expected options that fit together (circuitBreaker: ${message}), got ${printed}`

  const keys =
    'consecutiveFailures, countWindow, timeWindow, failureRatio, slowRatio, slowAfter, minimumCalls, openTime, trials, failOn'

  it.each<[unknown, ReadonlyArray<string>]>([
    [null, ['configuration: expected options of a circuit breaker, got null']],
    [{}, [misfit('options must be …, got "none"')]],
    [{ consecutiveFailures: 0 }, ['consecutiveFailures: expected a whole number >= 1, got 0']],
    [{ consecutiveFailures: 1, failureRatio: 0.5 }, [misfit('failureRatio must be …, got 0.5')]],
    [{ countWindow: 10_001, failureRatio: 0.5 }, [misfit('countWindow must be …, got 10001')]],
    [{ countWindow: 5, failureRatio: 1 }, [misfit('failureRatio must be …, got 1')]],
    [
      { countWindow: 5, failureRatio: 2, slowRatio: '1', slowAfter: -1 },
      [
        'failureRatio: expected a number from 0 to 1, got 2',
        'slowRatio: expected a number from 0 to 1, got "1"',
        "slowAfter: expected milliseconds >= 0 or a text like '2s', got -1"
      ]
    ],
    [
      { timeWindow: '0s', failureRatio: 0.5 },
      // By then it is in milliseconds.
      [misfit('timeWindow must be …, got 0')]
    ],
    [
      { consecutiveFailures: 3, openTime: 'soon' },
      [`openTime: expected milliseconds >= 0 or a text like '2s', or a policy, got "soon"`]
    ],
    [
      { consecutiveFailures: 3, openTime: { delays: ['1s', 'x'] } },
      [`openTime.delays.1: expected milliseconds >= 0 or a text like '2s', got "x"`]
    ],
    [
      { consecutiveFailures: 3, openTime: { never: true } },
      [misfit('openTime must be …, got [object Object]')]
    ],
    [
      { consecutiveFailures: 3, failOn: [{ condition: 'overloaded' }] },
      [
        `failOn.0.condition: expected the name Overloaded, or a name in the registry's conditions (Overloaded, isTransient), got "overloaded"`
      ]
    ],
    [{ consecutiveFailures: 3, clock: 'system' }, [`clock: expected one of the keys ${keys}, got "system"`]],
    [
      { consecutiveFailure: 3 },
      [`consecutiveFailure: expected the key consecutiveFailures, or one of the keys ${keys}, got 3`]
    ]
  ])('%j -> %j', (input, expected) => {
    expect(errors(input)).toEqual(expected)
  })
})

describe('encodeCircuitBreakerOptions', () => {
  it.each<[CircuitBreakerOptions, unknown]>([
    [{ consecutiveFailures: 5 }, { consecutiveFailures: 5 }],
    [
      { timeWindow: '1.5m', slowRatio: 0.25, slowAfter: '2s', failureRatio: undefined },
      { timeWindow: 90_000, slowRatio: 0.25, slowAfter: 2000 }
    ],
    [
      {
        consecutiveFailures: 5,
        openTime: capDelay('1m')(exponential('1s')),
        trials: 2,
        failOn: ['A', isTransient]
      },
      {
        consecutiveFailures: 5,
        openTime: { exponential: 1000, capDelay: 60_000 },
        trials: 2,
        failOn: ['A', { condition: 'isTransient' }]
      }
    ],
    [
      { consecutiveFailures: 5, openTime: '1s', failOn: Overloaded },
      { consecutiveFailures: 5, openTime: 1000, failOn: { condition: 'Overloaded' } }
    ]
  ])('%j -> %j', (options, expected) => {
    expect(json(options)).toEqual(expected)
  })

  it.each<[string, CircuitBreakerOptions, ReadonlyArray<string>]>([
    [
      'functions',
      {
        consecutiveFailures: 5,
        observer: () => undefined,
        clock: systemClock,
        failOn: ['A', TypeError],
        openTime: custom('shrinking', growing)
      },
      [
        'observer: expected no observer, since functions are not stored, got the function observer',
        'clock: expected no clock, since functions are not stored, got an object',
        'failOn.1.condition: expected something that the registry has among its conditions, got the function TypeError',
        "openTime.custom: expected what the registry has among its schedules as 'shrinking', got the function growing"
      ]
    ],
    [
      'what circuitBreaker refuses',
      { consecutiveFailures: 0 },
      [
        'configuration: expected options that fit together (circuitBreaker: consecutiveFailures must be …, got 0), got an object'
      ]
    ],
    [
      'null',
      null as never,
      [
        'configuration: expected options that fit together (circuitBreaker: options must be …, got null), got null'
      ]
    ]
  ])('%s -> Left', (_, options, expected) => {
    expect(json(options)).toEqual(expected)
  })
})

describe('CircuitBreakerOptionsFromUnknown', () => {
  const Service = t.type({ url: t.string, breaker: CircuitBreakerOptionsFromUnknown(registry) })

  it('in a type of io-ts -> decodes and encodes, and errors have the whole path', () => {
    const decoded = Service.decode({ url: '/', breaker: { consecutiveFailures: 3, openTime: '1s' } })
    expect(decoded).toEqual({
      _tag: 'Right',
      right: { url: '/', breaker: { consecutiveFailures: 3, openTime: 1000 } }
    })
    if (decoded._tag === 'Right') {
      expect(Service.encode(decoded.right)).toEqual({
        url: '/',
        breaker: { consecutiveFailures: 3, openTime: 1000 }
      })
    }
    const bad = Service.decode({ url: '/', breaker: { countWindow: 3, openTime: { fixed: 'x' } } })
    expect(
      bad._tag === 'Left' && bad.left.map(({ context }) => context.map(({ key }) => key).join('/'))
    ).toEqual(['/breaker/openTime/fixed'])
  })

  it('is -> what can be stored', () => {
    const { is } = CircuitBreakerOptionsFromUnknown(registry)
    expect([
      is({ consecutiveFailures: 3 }),
      is({ consecutiveFailures: 3, clock: systemClock }),
      is({}),
      is(1)
    ]).toEqual([true, false, false, false])
  })
})

describe('circuitBreakerForm', () => {
  it('its schema -> explains every key', () => {
    const { schema } = circuitBreakerForm(hold({}))
    expect(Object.keys(schema['properties'] as object)).toHaveLength(10)
    expect(unexplained(schema)).toEqual([])
  })
})
