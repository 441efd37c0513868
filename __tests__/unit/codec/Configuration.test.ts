import { Ajv } from 'ajv'
import { circuitBreaker, limitSet, PolicyShow, resourceLimit, retryBudget } from 'reprise'
import {
  configurationSchema,
  configurationSchemaFor,
  decodeConfiguration,
  type JsonObject,
  showConfigError
} from 'reprise/codec'
import { parse } from 'yaml'
import { schemasIn, unexplained } from '../../support/schemas.js'

const isTransient = (): boolean => true
const isFinal = (): boolean => true
const retryAfter = (): number => 100
const squares = ({ retry }: { readonly retry: number }): number => retry ** 2
const half = (delay: number): number => delay / 2
const registry = {
  conditions: { isTransient },
  validators: { isFinal },
  hints: { retryAfter },
  schedules: { squares },
  delays: { half },
  limits: { places: limitSet([resourceLimit({ key: 'place', capacity: 2 })])() },
  circuitBreakers: { payments: circuitBreaker({ consecutiveFailures: 5 })() },
  retryBudgets: { shared: retryBudget({ ratio: 0.2 })() }
}

const decode = decodeConfiguration(registry)
const accepts = new Ajv({ strict: true }).compile(configurationSchema)
const acceptsNames = new Ajv({ strict: true }).compile(configurationSchemaFor(registry))

const errors = (json: unknown): ReadonlyArray<string> => {
  const decoded = decode(json)
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError) : []
}

const policyFile = `
exponential: 200ms
withJitter: full
capDelay: 10s
limitRetries: 5
limitElapsed: 1m
retryOn: [ECONNRESET, { condition: isTransient }, { not: { anyCause: EFATAL } }]
abortOn: ABORT_ERR
retryUntil: isFinal
delayFrom: { hint: retryAfter, max: 1m }
`

const workerFile = `
$schema: ./node_modules/reprise/dist/schema.json
numRetries: { '*': 0, readData: 3, writeLog: 5 }
retryWait: { '*': 1s, writeLog: 5s }
retryAlgorithm: exponential
retryOn: [ConnectionError]
limits: places
circuitBreaker: { '*': payments }
retryBudget: { '*': null, readData: shared }
policy:
  '*': null
  stream:
    andThen:
      - { delays: [100ms, 200ms] }
      - when: { condition: RateLimited, policy: { fixed: 1m }, otherwise: { decorrelated: 1s, capDelay: 30s } }
`

describe('decodeConfiguration', () => {
  it('a file of a policy', () => {
    const decoded = decode(parse(policyFile))
    expect(
      decoded._tag === 'Right' && decoded.right._tag === 'policy' && PolicyShow.show(decoded.right.policy)
    ).toBe(
      'pipe(exponential(200), withJitter("full"), delayFrom(retryAfter, { max: 60000 }), capDelay(10000), ' +
        'limitRetries(5), limitElapsed(60000), retryOn(["ECONNRESET", isTransient, not(anyCause("EFATAL"))]), ' +
        'abortOn("ABORT_ERR"), retryUntil(isFinal))'
    )
  })

  it('a file of worker options', () => {
    const decoded = decode(parse(workerFile))
    expect(decoded).toMatchObject({
      _tag: 'Right',
      right: {
        _tag: 'worker',
        options: {
          numRetries: { '*': 0, readData: 3, writeLog: 5 },
          retryWait: { '*': 1000, writeLog: 5000 },
          retryAlgorithm: 'exponential',
          limits: registry.limits.places,
          circuitBreaker: { '*': registry.circuitBreakers.payments },
          retryBudget: { '*': undefined, readData: registry.retryBudgets.shared }
        }
      }
    })
  })

  it.each<[unknown, string]>([
    [{}, 'worker'],
    [{ retryOn: 'A' }, 'worker'],
    [{ policy: { fixed: 1 } }, 'worker'],
    [{ $schema: 'x', never: true }, 'policy']
  ])('%j -> %s', (json, tag) => {
    const decoded = decode(json)
    expect(decoded._tag === 'Right' && decoded.right._tag).toBe(tag)
  })

  const schedule =
    'a key of exponential, linear, fixed, fibonacci, decorrelated, delays, immediate, never, custom, andThen, both, either, when, mapDelay'

  it.each<[unknown, ReadonlyArray<string>]>([
    [[], ['configuration: expected a policy or the options of a worker, got a list of 0']],
    ['fixed', ['configuration: expected a policy or the options of a worker, got "fixed"']],
    // What only policies have is a policy without a schedule.
    [{ limitRetries: 3 }, [`configuration: expected ${schedule}, got an object`]],
    [{ $schema: 3, fixed: 1 }, ['$schema: expected a text, got 3']],
    [{ fixed: 1, retryOn: [3] }, [expect.stringMatching(/^retryOn\.0: expected a condition .*, got 3$/)]],
    [{ policy: { fixed: NaN } }, [expect.stringMatching(/^policy\.fixed: expected JSON .*, got NaN$/)]]
  ])('%j -> %j', (json, expected) => {
    expect(errors(json)).toEqual(expected)
  })
})

describe('configurationSchema', () => {
  it('explains every key', () => {
    expect(unexplained(configurationSchema)).toEqual([])
  })

  it('says what it is of', () => {
    expect(configurationSchema).toMatchObject({
      title: 'reprise',
      description: 'A retry policy, or the options of a worker.',
      anyOf: [{ title: 'policy' }, { title: 'worker options' }]
    })
  })

  it('allows no unknown keys', () => {
    const open = schemasIn(configurationSchema).filter(
      ({ type, additionalProperties }) => type === 'object' && additionalProperties === undefined
    )
    expect(open).toEqual([])
  })

  it('resources -> texts; with a registry, its names', () => {
    const [, worker] = configurationSchema['anyOf'] as ReadonlyArray<JsonObject>
    const [, named] = configurationSchemaFor(registry)['anyOf'] as ReadonlyArray<JsonObject>
    const one = (schema: JsonObject | undefined, option: string): unknown => {
      const { anyOf } = (schema?.['properties'] as JsonObject)[option] as JsonObject
      return (anyOf as ReadonlyArray<unknown>)[0]
    }
    expect(['limits', 'circuitBreaker', 'retryBudget'].map((option) => one(worker, option))).toEqual([
      { type: 'string', minLength: 1 },
      { type: 'string', minLength: 1 },
      { type: 'string', minLength: 1 }
    ])
    expect(['limits', 'circuitBreaker', 'retryBudget'].map((option) => one(named, option))).toEqual([
      { enum: ['places'] },
      { enum: ['payments'] },
      { enum: ['shared'] }
    ])
  })

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(configurationSchema))).toEqual(configurationSchema)
  })

  it.each<[string, unknown]>([
    ['a policy file', parse(policyFile)],
    ['a worker file', parse(workerFile)],
    ['nothing', {}],
    [
      'another policy file',
      { linear: { base: '1s', step: 5 }, withJitter: [0.1, 'equal'], abortOn: [['A'], 'B'] }
    ],
    [
      'named functions',
      { both: [{ custom: 'squares' }, { mapDelay: { name: 'half', policy: { immediate: true } } }] }
    ],
    [
      'records of conditions',
      { retryOn: { '*': ['A', { allOf: ['B'] }], read: { condition: 'isTransient' } } }
    ]
  ])('%s -> accepted, and decoded', (_, json) => {
    expect([accepts(json), acceptsNames(json), errors(json)]).toEqual([true, true, []])
  })

  it.each<[unknown]>([
    [null],
    [[]],
    [{ fixd: 1 }],
    [{ fixed: 1, never: true }],
    [{ limitRetries: 1 }],
    [{ fixed: '1 s' }],
    [{ fixed: -1 }],
    [{ fixed: true }],
    [{ exponential: { factor: 2 } }],
    [{ exponential: { base: 1, factor: 2, step: 3 } }],
    [{ delays: '1s' }],
    [{ immediate: false }],
    [{ andThen: [{ fixed: 1 }] }],
    [{ both: [{ fixed: 1 }, { fixed: 1, limitRetries: 0.5 }] }],
    [{ when: { condition: 'A', policy: { fixed: 1 } } }],
    [{ fixed: 1, withJitter: 2 }],
    [{ fixed: 1, withJitter: ['half'] }],
    [{ fixed: 1, recordFailures: 0 }],
    [{ fixed: 1, retryOn: '' }],
    [{ fixed: 1, retryOn: { not: 'A', allOf: [] } }],
    [{ fixed: 1, retryOn: { nor: 'A' } }],
    [{ fixed: 1, retryOn: [3] }],
    [{ fixed: 1, delayFrom: { hint: 'retryAfter' } }],
    [{ fixed: 1, numRetries: 3 }],
    [{ numRetries: { read: 3 } }],
    [{ numRetries: { '*': 0, read: '3' } }],
    [{ numRetries: { '*': 0, read: null } }],
    [{ retryAlgorithm: 'quadratic' }],
    [{ policy: { '*': { fixed: 1 }, read: {} } }],
    [{ observer: 'log' }],
    [{ limits: '' }],
    [{ limits: { set: 'places' } }],
    [{ circuitBreaker: { consecutiveFailures: 5 } }],
    [{ circuitBreaker: ['payments'] }],
    [{ circuitBreaker: { payments: 'payments' } }],
    [{ retryBudget: { '*': 'shared', write: null } }],
    [{ $schema: 3 }]
  ])('%j -> refused, and not decoded', (json) => {
    expect([accepts(json), errors(json).length > 0]).toEqual([false, true])
  })

  it.each<[string, unknown, boolean]>([
    ['a name that the registry does not have', { custom: 'cubes' }, false],
    ['a name of limits that it does not have', { limits: 'tokens' }, false],
    ['a name of a breaker that it does not have', { circuitBreaker: { '*': null, read: 'users' } }, false],
    ['a name of a budget that it does not have', { retryBudget: 'mine' }, false],
    ['a duration beyond 2^53 - 1 ms', { fixed: '3000000000h' }, true],
    ['options that do not fit together', { numRetries: 1, policy: { fixed: 1 } }, true],
    ['more values than the limit', { delays: new Array(1000).fill(1) }, true]
  ])('%s -> accepted, not decoded', (_, json, byNames) => {
    expect([accepts(json), acceptsNames(json), errors(json).length > 0]).toEqual([true, byNames, true])
  })
})
