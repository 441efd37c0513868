import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PolicyShow } from 'reprise'
import { clientSchemaFor, decodeClient, showConfigError } from 'reprise/codec'
import { clientOf, runFleet, type Scenario } from 'reprise/lab'
import { seededRandom, virtualClock } from 'reprise/testing'
import { parse } from 'yaml'
import { said } from '../../support/bad.js'
import { root } from '../../support/built.js'
import { anything, drawWith, mutated, wild } from '../../support/hostile.js'
import { unexplained } from '../../support/schemas.js'

const isTransient = (): boolean => true
const registry = { conditions: { isTransient } }
const decode = decodeClient(registry)

const errors = (json: unknown): ReadonlyArray<string> => {
  const decoded = decode(json)
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError).map(said) : []
}

const file = `
policy: { exponential: 200ms, withJitter: full, limitRetries: 8, retryOn: { condition: isTransient } }
attemptTimeout: 1s
limits:
  - resourceLimit: { key: places, capacity: 10 }
  - callLimit: { capacity: 5, per: 1s }
circuitBreaker: { consecutiveFailures: 5, openTime: { exponential: 1s, capDelay: 30s } }
retryBudget: { ratio: 0.2, window: 10s }
timeout: 1m
`

const clock = virtualClock()
const right = { _tag: 'Right', right: undefined } as const

const world: Scenario = { clients: 3, arrivals: 'atOnce', server: { capacity: 1, latency: 5 } }

describe('decodeClient', () => {
  it('a policy -> a client with that, and nothing else', () => {
    const decoded = decode({
      $schema: 'x',
      fixed: '1s',
      limitRetries: 2,
      retryOn: { condition: 'isTransient' }
    })
    if (decoded._tag === 'Left') throw new Error(decoded.left.map(showConfigError).join('\n'))
    expect(Object.keys(decoded.right)).toEqual(['policy'])
    expect(PolicyShow.show(decoded.right.policy)).toBe(
      'pipe(fixed(1000), limitRetries(2), retryOn(isTransient))'
    )
  })

  it('a file with all that there is -> the options of clientOf, in milliseconds', async () => {
    const decoded = decode(parse(file))
    if (decoded._tag === 'Left') throw new Error(decoded.left.map(showConfigError).join('\n'))
    const { policy, circuitBreaker, ...rest } = decoded.right
    expect(PolicyShow.show(policy)).toBe(
      'pipe(exponential(200), withJitter("full"), limitRetries(8), retryOn(isTransient))'
    )
    expect(circuitBreaker?.consecutiveFailures).toBe(5)
    expect(rest).toEqual({
      attemptTimeout: 1000,
      limits: [
        { _tag: 'resourceLimit', key: 'places', capacity: 10 },
        { _tag: 'callLimit', key: 'calls', capacity: 5, per: 1000, algorithm: 'tokenBucket' }
      ],
      retryBudget: { ratio: 0.2, window: 10_000 },
      timeout: 60_000
    })
    expect(await runFleet(world, clientOf(decoded.right))()).toMatchObject({
      _tag: 'Right',
      right: { succeeded: 3 }
    })
  })

  it.each(['retries', 'budget', 'breaker'])('examples/fleet-%s.yaml -> a client', (name) => {
    expect(
      decodeClient({})(parse(readFileSync(join(root, `examples/fleet-${name}.yaml`), 'utf8')))
    ).toMatchObject({ _tag: 'Right', right: { attemptTimeout: 1000 } })
  })

  const keys = 'policy, attemptTimeout, limits, circuitBreaker, retryBudget, timeout'
  const policy = { fixed: 1 }

  it.each<[unknown, ReadonlyArray<string>]>([
    [null, ['configuration: expected a policy or the options of a client, got null']],
    [{ timeout: 1, policy: 5 }, ['policy: expected a policy, got 5']],
    [
      { attemptTimeout: 'x' },
      [
        'policy: expected a policy, got nothing',
        `attemptTimeout: expected milliseconds >= 0 or a text like '2s', got "x"`
      ]
    ],
    [
      { policy, attemptTimout: 5 },
      [`attemptTimout: expected the key attemptTimeout, or one of the keys ${keys}, got 5`]
    ],
    [{ policy, fixed: 5 }, [`fixed: expected one of the keys ${keys}, got 5`]],
    [{ policy: { fixed: 'x' } }, [`policy.fixed: expected milliseconds >= 0 or a text like '2s', got "x"`]],
    [
      {
        policy,
        limits: [{ callLimit: { capacity: 1, per: 1 } }, { rateLimit: { key: 'a', capacity: 5, per: 1 } }]
      },
      ['limits.1: expected a callLimit or a resourceLimit, got an object']
    ],
    [
      { policy, circuitBreaker: { consecutiveFailures: 1, failOn: { condition: 'isTransien' } } },
      [
        'circuitBreaker.failOn.condition: expected the name isTransient, or a name in the registry\'s conditions (isTransient), got "isTransien"'
      ]
    ],
    [
      { policy, retryBudget: { ratio: 0.1, maxTokens: 5 } },
      [
        'retryBudget: expected options that fit together (retryBudget: ratio must be …, got 0.1), got an object'
      ]
    ]
  ])('%j -> %j', (json, expected) => {
    expect(errors(json)).toEqual(expected)
  })

  it('a policy with an error -> as decodePolicy says it', () => {
    expect(errors({ fixed: '1s', limitRetries: -1 })).toEqual([
      'limitRetries: expected a whole number >= 0, got -1'
    ])
  })

  it('a registry that holds something else -> an error that says so', () => {
    expect(() => decodeClient({ conditions: { isTransient: 5 as never } })).toThrow(
      "registry: 'isTransient' of its conditions must be a function, got 5"
    )
  })

  it('hostile input -> a Left, or options that clientOf takes', () => {
    const draw = drawWith(seededRandom(7))
    const texts = [JSON.stringify(parse(file)), '{ "fixed": 5, "limitRetries": 3 }']
    const seen = { left: 0, right: 0 }
    for (let i = 0; i < 3000; i++) {
      const decoded = decode(i % 4 === 0 ? wild(draw, anything) : mutated(draw, anything, texts))
      if (decoded._tag === 'Left') {
        expect(decoded.left.map(showConfigError)).not.toEqual([])
        seen.left += 1
      } else {
        // A process makes its resources.
        clientOf(decoded.right)(async () => right, { clock, process: 0 })
        seen.right += 1
      }
    }
    expect(seen.left).toBeGreaterThan(1000)
    expect(seen.right).toBeGreaterThan(100)
  })
})

describe('clientSchemaFor', () => {
  const schema = clientSchemaFor(registry)
  const isValid = new Ajv().compile(schema)

  it('says what it is of, and explains every key', () => {
    expect(schema).toMatchObject({
      title: 'reprise client',
      description: 'What the clients of a fleet do: a retry policy, or one with more around it.',
      anyOf: [{ title: 'policy' }, { title: 'client' }]
    })
    expect(unexplained(schema)).toEqual([])
  })

  it.each<[string, unknown, boolean]>([
    ['a file with all that there is', parse(file), true],
    ['a policy', { $schema: 'x', fixed: '1s' }, true],
    ['a name that the registry does not have', { fixed: '1s', retryOn: { condition: 'x' } }, false],
    ['no policy', { timeout: '1s' }, false],
    ['a misspelt key', { policy: { fixed: 1 }, timout: 5 }, false]
  ])('%s -> %3$s', (_, json, expected) => {
    expect(isValid(json)).toBe(expected)
  })
})
