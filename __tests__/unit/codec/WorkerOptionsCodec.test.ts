import * as t from 'io-ts'
import {
  circuitBreaker,
  configure,
  custom,
  fixed,
  limitSet,
  policyOf,
  PolicyShow,
  rateLimit,
  resourceLimit,
  retryBudget,
  retryOn,
  worker,
  type WorkerOptions
} from 'reprise'
import {
  decodeWorkerOptions,
  encodeWorkerOptions,
  showConfigError,
  WorkerOptionsFromUnknown
} from 'reprise/codec'

class Locked extends Error {}
const isTransient = (): boolean => true
const growing = (): number => 50
const isFinal = (): boolean => true
const payments = circuitBreaker({ consecutiveFailures: 1 })()
const users = circuitBreaker({ consecutiveFailures: 1 })()
const shared = retryBudget({ ratio: 0.2 })()
const places = limitSet([resourceLimit({ key: 'place', capacity: 2 })])()
const tokens = limitSet([rateLimit({ key: 'tokens', capacity: 9, per: '1s' })])()
const three = { set: tokens, request: { tokens: 3 } }
const registry = {
  conditions: { Locked, isTransient },
  validators: { isFinal },
  limits: { places, three, tokens },
  circuitBreakers: { payments, users },
  retryBudgets: { shared }
}

const decode = decodeWorkerOptions(registry)
const encode = encodeWorkerOptions(registry)

const errors = (json: unknown): ReadonlyArray<string> => {
  const decoded = decode(json)
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError) : []
}

const json = (options: WorkerOptions): unknown => {
  const encoded = encode(options)
  return encoded._tag === 'Left' ? encoded.left.map(showConfigError) : encoded.right
}

describe('decodeWorkerOptions', () => {
  it('single values and records -> the policies of the methods', () => {
    const options = decode({
      numRetries: { '*': 0, read: 3 },
      retryWait: '1s',
      retryAlgorithm: { '*': 'linear', write: 'fixed' },
      retryJitter: 'full',
      maxWait: '10s',
      retryOn: { '*': ['ECONNRESET', { condition: 'Locked' }], write: 'EBUSY' },
      retryUntil: { '*': null, read: 'isFinal' },
      policy: { '*': null, ping: { fixed: '5s', limitRetries: 1 } },
      timeout: '1m',
      attemptTimeout: { '*': '5s' }
    })
    if (options._tag === 'Left') throw new Error(options.left.map(showConfigError).join('\n'))
    const call = async (): Promise<number> => 1
    const methods = worker({ read: call, write: call, ping: call }, options.right)
    expect(PolicyShow.show(policyOf(methods, 'read'))).toBe(
      'pipe(linear(1000), withJitter("full"), capDelay(10000), limitRetries(3), retryOn(["ECONNRESET", Locked]), retryUntil(isFinal))'
    )
    expect(PolicyShow.show(policyOf(methods, 'write'))).toBe(
      'pipe(fixed(1000), withJitter("full"), capDelay(10000), limitRetries(0), retryOn("EBUSY"))'
    )
    expect(PolicyShow.show(policyOf(methods, 'ping'))).toBe('pipe(fixed(5000), limitRetries(1))')
    expect([options.right.timeout, options.right.attemptTimeout]).toEqual([60_000, { '*': 5000 }])
  })

  it('null for the star -> inherits from configure', () => {
    const options = decode({ numRetries: { '*': null, write: 0 } })
    if (options._tag === 'Left') throw new Error('Left')
    const call = async (): Promise<number> => 1
    const methods = configure({ numRetries: 7, retryJitter: 0 })({ read: call, write: call }, options.right)
    expect(PolicyShow.show(policyOf(methods, 'read'))).toBe('pipe(exponential(1000), limitRetries(7))')
    expect(PolicyShow.show(policyOf(methods, 'write'))).toBe('pipe(exponential(1000), limitRetries(0))')
  })

  it('names of resources -> the resources themselves', () => {
    const options = decode({
      limits: { '*': 'places', write: 'three' },
      circuitBreaker: 'payments',
      retryBudget: { '*': null, read: 'shared' }
    })
    if (options._tag === 'Left') throw new Error(options.left.map(showConfigError).join('\n'))
    const { limits, circuitBreaker, retryBudget } = options.right
    const { '*': all, write } = limits as Readonly<Record<string, unknown>>
    const { read, ...others } = retryBudget as Readonly<Record<string, unknown>>
    // Not copies, which would be equal, too.
    expect([all === places, write === three, circuitBreaker === payments, read === shared, others]).toEqual([
      true,
      true,
      true,
      true,
      { '*': undefined }
    ])
  })

  it('a worker of them -> shares its breaker with all that have it', async () => {
    const options = decode({ circuitBreaker: { '*': 'users' } })
    if (options._tag === 'Left') throw new Error(options.left.map(showConfigError).join('\n'))
    const { load } = worker({ load: async (_id: number) => Promise.reject(new Error('down')) }, options.right)
    await load(1)()
    expect([users.status()._tag, payments.status()._tag]).toEqual(['Open', 'Closed'])
    users.reset()
  })

  it('nothing -> no options', () => {
    expect(decode({})).toEqual({ _tag: 'Right', right: {} })
  })

  const options =
    'numRetries, retryAlgorithm, retryWait, retryJitter, maxWait, retryOn, retryUntil, policy, attemptTimeout, limits, circuitBreaker, retryBudget, timeout'

  it.each<[unknown, ReadonlyArray<string>]>([
    [null, ['configuration: expected worker options, got null']],
    [
      { numRetries: -1 },
      ["numRetries: expected a whole number >= 0, or a record of these by method with a '*', got -1"]
    ],
    [
      { numRetries: { read: 3 } },
      ["numRetries: expected a whole number >= 0, or a record of these by method with a '*', got an object"]
    ],
    [{ numRetries: { '*': 0, read: -3 } }, ['numRetries.read: expected a whole number >= 0, got -3']],
    [{ numRetries: { '*': 0, read: null } }, ['numRetries.read: expected a whole number >= 0, got null']],
    [
      { numRetries: null },
      ["numRetries: expected a whole number >= 0, or a record of these by method with a '*', got null"]
    ],
    [
      { retryAlgorithm: 'quadratic' },
      [
        'retryAlgorithm: expected one of exponential, linear, fixed, fibonacci, or a record of these by method with a \'*\', got "quadratic"'
      ]
    ],
    [{ numRetrys: 3 }, [`numRetrys: expected the key numRetries, or one of the keys ${options}, got 3`]],
    [{ observer: 'log' }, [`observer: expected one of the keys ${options}, got "log"`]],
    [
      { policy: { '*': { fixed: 'x' } } },
      ['policy.*.fixed: expected milliseconds >= 0 or a text like \'2s\', got "x"']
    ],
    [
      { policy: { fixed: 1 }, numRetries: 3 },
      [
        "configuration: expected options that fit together (worker: the options of '*' must not have policy and numRetries on one level of precedence), got an object"
      ]
    ],
    [
      { retryOn: { '*': 'A', read: { condition: 'nope' } } },
      [
        'retryOn.read.condition: expected a name in the registry\'s conditions (Locked, isTransient), got "nope"'
      ]
    ],
    [
      { circuitBreaker: 'paymets', retryBudget: 'mine', limits: { '*': 'places', read: 'token' } },
      [
        "circuitBreaker: expected the name payments, or a name in the registry's circuitBreakers (payments, users), or a record of these by method with a '*', got \"paymets\"",
        "retryBudget: expected a name in the registry's retryBudgets (shared), or a record of these by method with a '*', got \"mine\"",
        'limits.read: expected the name tokens, or a name in the registry\'s limits (places, three, tokens), got "token"'
      ]
    ],
    [
      { circuitBreaker: { consecutiveFailures: 5 }, retryBudget: { '*': 'shared', write: null } },
      [
        "circuitBreaker: expected a name in the registry's circuitBreakers (payments, users), or a record of these by method with a '*', got an object",
        "retryBudget.write: expected a name in the registry's retryBudgets (shared), got null"
      ]
    ],
    [
      // How many tokens of its set a call takes, the registry does not say here.
      { limits: 'tokens' },
      [
        'configuration: expected options that fit together (worker: limits: request.tokens must be a number >= 0, got undefined), got an object'
      ]
    ]
  ])('%j -> %j', (input, expected) => {
    expect(errors(input)).toEqual(expected)
  })

  it.each(['__proto__', 'constructor', 'toString'])(
    'a method named %s -> is a method like others',
    (name) => {
      const decoded = decode(JSON.parse(`{ "numRetries": { "*": 0, "${name}": 3 } }`))
      if (decoded._tag === 'Left') throw new Error('Left')
      expect(Object.entries(decoded.right.numRetries as object)).toEqual([
        ['*', 0],
        [name, 3]
      ])
      expect(JSON.stringify(json(decoded.right))).toBe(`{"numRetries":{"*":0,"${name}":3}}`)
      expect(Object.keys(Object.prototype)).toEqual([])
    }
  )
})

describe('encodeWorkerOptions', () => {
  it.each<[WorkerOptions, unknown]>([
    [{}, {}],
    [
      { numRetries: 3, retryWait: '2s' },
      { numRetries: 3, retryWait: 2000 }
    ],
    [{ numRetries: { '*': 3 } }, { numRetries: 3 }],
    [{ numRetries: { '*': 0, read: 3, write: undefined } }, { numRetries: { '*': 0, read: 3 } }],
    [{ numRetries: { '*': undefined, read: 3 } }, { numRetries: { '*': null, read: 3 } }],
    [{ numRetries: undefined, timeout: { '*': undefined } }, {}],
    [
      { retryOn: ['A', Locked], retryUntil: isFinal, maxWait: '1m', retryJitter: 0, retryAlgorithm: 'fixed' },
      {
        retryAlgorithm: 'fixed',
        retryJitter: 0,
        maxWait: 60_000,
        retryOn: ['A', { condition: 'Locked' }],
        retryUntil: 'isFinal'
      }
    ],
    [
      { policy: { '*': undefined, read: fixed('1s') }, timeout: { '*': '1m', read: '1s' } },
      { policy: { '*': null, read: { fixed: 1000 } }, timeout: { '*': 60_000, read: 1000 } }
    ],
    [
      {
        limits: { '*': places, write: three },
        circuitBreaker: users,
        retryBudget: { '*': undefined, read: shared }
      },
      {
        limits: { '*': 'places', write: 'three' },
        circuitBreaker: 'users',
        retryBudget: { '*': null, read: 'shared' }
      }
    ],
    // The same as the set alone.
    [{ limits: { set: places } }, { limits: 'places' }]
  ])('%j -> %j', (options, expected) => {
    expect(json(options)).toEqual(expected)
  })

  it.each<[string, WorkerOptions, ReadonlyArray<string>]>([
    [
      'an observer',
      { observer: () => {} },
      ['observer: expected no observer, since functions are not stored, got the function observer']
    ],
    [
      'functions that the registry does not hold',
      { retryOn: { '*': TypeError, read: 'A' }, retryUntil: [isFinal, t.string] },
      [
        'retryOn.*.condition: expected something that the registry has among its conditions, got the function TypeError',
        'retryUntil.1: expected something that the registry has among its validators, got an object'
      ]
    ],
    [
      'policies with functions that the registry does not hold',
      { policy: { '*': custom('growing', growing), read: retryOn(TypeError)(fixed(1)) } },
      [
        "policy.*.custom: expected what the registry has among its schedules as 'growing', got the function growing",
        'policy.read.retryOn.condition: expected something that the registry has among its conditions, got the function TypeError'
      ]
    ],
    [
      'resources that the registry does not hold',
      {
        limits: { set: tokens, request: { tokens: 3 } },
        circuitBreaker: { '*': payments, read: circuitBreaker({ consecutiveFailures: 1 })() },
        retryBudget: retryBudget({ ratio: 0.2 })()
      },
      [
        'limits: expected something that the registry has among its limits, got an object',
        'circuitBreaker.read: expected something that the registry has among its circuitBreakers, got an object',
        'retryBudget: expected something that the registry has among its retryBudgets, got an object'
      ]
    ],
    [
      'what worker refuses',
      { numRetries: -1 },
      [
        'configuration: expected options that fit together (worker: numRetries must be a whole number >= 0, got -1), got an object'
      ]
    ],
    [
      'what is no policy',
      { policy: { '*': undefined, read: {} as never } },
      [
        "configuration: expected options that fit together (worker: policy['read'] must be made by constructors, got [object Object]), got an object"
      ]
    ],
    [
      'null',
      null as never,
      [
        'configuration: expected options that fit together (worker: options must be an object, got null), got null'
      ]
    ]
  ])('%s -> Left', (_, options, expected) => {
    expect(json(options)).toEqual(expected)
  })
})

describe('WorkerOptionsFromUnknown', () => {
  it('in a type of io-ts -> decodes, and errors have the whole path', () => {
    const Service = t.type({ url: t.string, calls: WorkerOptionsFromUnknown({}) })
    expect(Service.decode({ url: '/', calls: { numRetries: 3 } })).toEqual({
      _tag: 'Right',
      right: { url: '/', calls: { numRetries: 3 } }
    })
    const bad = Service.decode({ url: '/', calls: { policy: { '*': { delays: [1, 'x'] } } } })
    expect(
      bad._tag === 'Left' && bad.left.map(({ context }) => context.map(({ key }) => key).join('/'))
    ).toEqual(['/calls/policy/*/delays/1'])
  })
})
