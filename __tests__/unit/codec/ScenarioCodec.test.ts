import { Ajv } from 'ajv'
import * as t from 'io-ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  decodeScenario,
  encodeScenario,
  ScenarioFromUnknown,
  scenarioSchema,
  showConfigError
} from 'reprise/codec'
import { runFleet, type Scenario } from 'reprise/lab'
import { seededRandom } from 'reprise/testing'
import { parse } from 'yaml'
import { root } from '../../support/built.js'
import { anything, drawWith, mutated, wild } from '../../support/hostile.js'

const errors = (json: unknown): ReadonlyArray<string> => {
  const decoded = decodeScenario(json)
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError) : []
}

const server = { capacity: 1, latency: 50 }
const service = { clients: 5, arrivals: { perSecond: 2 }, duration: 1000, server }

/** A service whose server has these keys, too. */
const serving = (more: object) => ({ ...service, server: { ...server, ...more } })

/** What is said of the latency of a server. */
const ofLatency = (latency: unknown): ReadonlyArray<string> => errors(serving({ latency }))

const file = `
$schema: ./node_modules/reprise/dist/scenario.schema.json
clients: 10000
processes: 100
arrivals: { every: 10s }
duration: 2m
network: { logNormal: [5ms, 0.3] }
server:
  capacity: 100
  latency: { uniform: [50ms, 0.1s] }
  queue: 2000
  rateLimit: { capacity: 500, per: 1s, algorithm: slidingWindow }
  failures: 0.01
  outages:
    - { from: 40s, to: 70s, mode: down }
    - { from: 40s, to: 70s, mode: silent }
    - { from: 1m, to: 61s, mode: slow, factor: 2.5 }
    - { from: 0, to: 1h, mode: failing, ratio: 0.5 }
`

const decodedFile = {
  clients: 10_000,
  processes: 100,
  arrivals: { every: 10_000 },
  duration: 120_000,
  network: { logNormal: [5, 0.3] },
  server: {
    capacity: 100,
    latency: { uniform: [50, 100] },
    queue: 2000,
    rateLimit: { capacity: 500, per: 1000, algorithm: 'slidingWindow' },
    failures: 0.01,
    outages: [
      { from: 40_000, to: 70_000, mode: 'down' },
      { from: 40_000, to: 70_000, mode: 'silent' },
      { from: 60_000, to: 61_000, mode: 'slow', factor: 2.5 },
      { from: 0, to: 3_600_000, mode: 'failing', ratio: 0.5 }
    ]
  }
} as const satisfies Scenario

const time = "milliseconds >= 0 or a text like '2s'"
const distribution = `${time}, or { uniform }, { normal }, { exponential } or { logNormal }`

describe('decodeScenario', () => {
  it('a file with all that there is -> the same, in milliseconds', () => {
    expect(decodeScenario(parse(file))).toEqual({ _tag: 'Right', right: decodedFile })
  })

  it.each<[string, unknown, Scenario]>([
    [
      'the least',
      { clients: 1, arrivals: 'atOnce', server: { capacity: 1, latency: '1s' } },
      { clients: 1, arrivals: 'atOnce', server: { capacity: 1, latency: 1000 } }
    ],
    [
      'requests at random',
      { ...service, network: { normal: ['5ms', 1] } },
      { ...service, network: { normal: [5, 1] } }
    ],
    [
      'a range of one time',
      serving({ latency: { uniform: [5, 5] } }),
      { ...service, server: { capacity: 1, latency: { uniform: [5, 5] } } }
    ],
    [
      'contention',
      { clients: 100, processes: 2, contention: { message: { exponential: '10ms' } } },
      { clients: 100, processes: 2, contention: { message: { exponential: 10 } } }
    ]
  ])('%s -> it', (_, json, expected) => {
    expect(decodeScenario(json)).toEqual({ _tag: 'Right', right: expected })
  })

  it('examples/outage.yaml -> 1,000 requests a second for two minutes, 30 s of which the server is down', () => {
    expect(decodeScenario(parse(readFileSync(join(root, 'examples/outage.yaml'), 'utf8')))).toEqual({
      _tag: 'Right',
      right: {
        clients: 10_000,
        processes: 100,
        arrivals: { every: 10_000 },
        duration: 120_000,
        network: { logNormal: [5, 0.3] },
        server: {
          capacity: 100,
          latency: { logNormal: [50, 0.5] },
          queue: 2000,
          outages: [{ from: 40_000, to: 70_000, mode: 'down' }]
        }
      }
    })
  })

  const serviceKeys = 'clients, processes, arrivals, duration, network, server'

  it.each<[unknown, ReadonlyArray<string>]>([
    [null, ['configuration: expected a scenario, got null']],
    [[], ['configuration: expected a scenario, got a list of 0']],
    [
      {},
      [
        'clients: expected a whole number >= 1, got nothing',
        'arrivals: expected one of atOnce, or { every } or { perSecond }, got nothing',
        'server: expected a server, got nothing'
      ]
    ],
    [{ ...service, clients: 0, processes: 1.5, $schema: 5 }, ['$schema: expected a text, got 5']],
    [
      { ...service, clients: 0, processes: 1.5 },
      ['clients: expected a whole number >= 1, got 0', 'processes: expected a whole number >= 1, got 1.5']
    ],
    [
      { ...service, client: 1 },
      [`client: expected the key clients, or one of the keys ${serviceKeys}, got 1`]
    ],
    [
      { clients: 5, arrivals: { every: '1s' }, server },
      ['duration: expected how long requests go on, unless arrivals are atOnce, got nothing']
    ],
    [{ ...service, arrivals: { every: 0 } }, ['arrivals.every: expected a duration longer than 0 ms, got 0']],
    [
      { ...service, arrivals: { perSecond: 0 } },
      ['arrivals.perSecond: expected a number more than 0, to 1000000000, got 0']
    ],
    [
      { ...service, arrivals: { every: 1, perSecond: 1 } },
      ['arrivals: expected only one of every, perSecond, got an object']
    ],
    [{ ...service, network: 'slow' }, [`network: expected ${distribution}, got "slow"`]],
    [
      { clients: 1, contention: { message: 5 }, server },
      ['server: expected one of the keys clients, processes, contention, got an object']
    ],
    [{ clients: 1, contention: 5 }, ['contention: expected { message }, got 5']],
    [{ clients: 1, contention: {} }, [`contention.message: expected ${distribution}, got nothing`]]
  ])('%j -> %j', (json, expected) => {
    expect(errors(json)).toEqual(expected)
  })

  it.each<[unknown, ReadonlyArray<string>]>([
    [{ uniform: [2, 1] }, ['server.latency.uniform: expected a pair from less to more, got a list of 2']],
    [{ uniform: 5 }, ['server.latency.uniform: expected a pair of durations [from, to], got 5']],
    [{ logNormal: [50] }, ['server.latency.logNormal: expected a pair [median, sigma], got a list of 1']],
    [
      { uniform: ['x', -1] },
      [
        `server.latency.uniform.0: expected ${time}, got "x"`,
        `server.latency.uniform.1: expected ${time}, got -1`
      ]
    ],
    [{ normal: 5 }, ['server.latency.normal: expected a pair of durations [mean, deviation], got 5']],
    [
      { normal: [1, 2, 3] },
      ['server.latency.normal: expected a pair of durations [mean, deviation], got a list of 3']
    ],
    [{ logNormal: ['50ms', 11] }, ['server.latency.logNormal.1: expected a number from 0 to 10, got 11']],
    [{ exponential: [5] }, [`server.latency.exponential: expected ${time}, got a list of 1`]],
    [
      { logNormal: [50, 1], normal: [50, 1] },
      ['server.latency: expected only one of normal, logNormal, got an object']
    ]
  ])('a latency of %j -> %j', (latency, expected) => {
    expect(ofLatency(latency)).toEqual(expected)
  })

  it.each<[object, ReadonlyArray<string>]>([
    [{ capacity: 0 }, ['server.capacity: expected a whole number >= 1, got 0']],
    [{ queue: -1 }, ['server.queue: expected a whole number >= 0, got -1']],
    [{ failures: 2 }, ['server.failures: expected a number from 0 to 1, got 2']],
    [
      { rateLimit: { capacity: 0.5, per: 0 } },
      [
        'server.rateLimit.capacity: expected a whole number >= 1, got 0.5',
        'server.rateLimit.per: expected a duration longer than 0 ms, got 0'
      ]
    ],
    [{ rateLimit: 5 }, ['server.rateLimit: expected { capacity, per, algorithm }, got 5']],
    [{ outages: {} }, ['server.outages: expected a list of outages, got an object']],
    [{ outages: ['now'] }, ['server.outages.0: expected { from, to, mode }, got "now"']],
    [
      { outages: [{ from: 0, to: 1 }] },
      ['server.outages.0.mode: expected one of down, silent, slow, failing, got nothing']
    ],
    [
      { outages: [{ from: 0, to: 1, mode: 'up' }] },
      ['server.outages.0.mode: expected one of down, silent, slow, failing, got "up"']
    ],
    [
      { outages: [{ from: '2s', to: '1.5s', mode: 'down' }] },
      ['server.outages.0.to: expected a time after 2000 ms, got "1.5s"']
    ],
    [
      { outages: [{ from: 5, to: 5, mode: 'silent' }] },
      ['server.outages.0.to: expected a time after 5 ms, got 5']
    ],
    [
      { outages: [{ from: 0, to: 1, mode: 'down', factor: 2 }] },
      ['server.outages.0.factor: expected one of the keys from, to, mode, got 2']
    ],
    [
      { outages: [{ from: 0, to: 1, mode: 'slow' }] },
      ['server.outages.0.factor: expected a number from 0 to 1000000, got nothing']
    ],
    [
      { outages: [{ from: 0, to: 1, mode: 'failing', ratio: '50%' }] },
      ['server.outages.0.ratio: expected a number from 0 to 1, got "50%"']
    ]
  ])('a server with %j -> %j', (more, expected) => {
    expect(errors(serving(more))).toEqual(expected)
  })

  it('hostile input -> a Left, or a scenario that runFleet takes, and that is written as it was read', () => {
    const draw = drawWith(seededRandom(5))
    const texts = [decodedFile, service, { clients: 3, contention: { message: 5 } }].map((each) =>
      JSON.stringify(each)
    )
    const seen = { left: 0, right: 0 }
    for (let i = 0; i < 4000; i++) {
      const decoded = decodeScenario(i % 4 === 0 ? wild(draw, anything) : mutated(draw, anything, texts))
      if (decoded._tag === 'Left') {
        expect(decoded.left.map(showConfigError)).not.toEqual([])
        seen.left += 1
      } else {
        runFleet(decoded.right, (call) => (client) => () => call(client))
        expect(encodeScenario(decoded.right)).toEqual(decoded)
        seen.right += 1
      }
    }
    expect(seen.left).toBeGreaterThan(1000)
    expect(seen.right).toBeGreaterThan(100)
  })
})

describe('encodeScenario', () => {
  it('durations as texts -> milliseconds', () => {
    expect(
      encodeScenario({
        clients: 5,
        processes: undefined,
        arrivals: { every: '1s' },
        duration: '1m',
        server: { capacity: 1, latency: { normal: ['10ms', '2ms'] } }
      })
    ).toEqual({
      _tag: 'Right',
      right: {
        clients: 5,
        arrivals: { every: 1000 },
        duration: 60_000,
        server: { capacity: 1, latency: { normal: [10, 2] } }
      }
    })
  })

  it('what decodeScenario would not read -> Left', () => {
    const encoded = encodeScenario({ ...service, clients: Infinity })
    expect(encoded._tag === 'Left' && encoded.left.map(showConfigError)).toEqual([
      expect.stringMatching(/^clients: expected JSON .*, got Infinity$/)
    ])
    expect(encodeScenario(null as never)).toMatchObject({ _tag: 'Left' })
  })
})

describe('ScenarioFromUnknown', () => {
  const Study = t.type({ name: t.string, world: ScenarioFromUnknown })

  it('in a type of io-ts -> decodes and encodes, and errors have the whole path', () => {
    const world = { ...service, duration: '1s' }
    expect(Study.decode({ name: 'a', world })).toEqual({
      _tag: 'Right',
      right: { name: 'a', world: service }
    })
    expect(Study.encode({ name: 'a', world: service })).toEqual({ name: 'a', world: service })
    const wrong = Study.decode({ name: 'a', world: serving({ latency: { logNormal: [5] } }) })
    expect(
      wrong._tag === 'Left' && wrong.left.map(({ context }) => context.map(({ key }) => key).join('/'))
    ).toEqual(['/world/server/latency/logNormal'])
  })

  it('is -> what can be written; encode throws for the rest', () => {
    expect([ScenarioFromUnknown.is(service), ScenarioFromUnknown.is({}), ScenarioFromUnknown.is(5)]).toEqual([
      true,
      false,
      false
    ])
    expect(() => ScenarioFromUnknown.encode({ ...service, clients: 0 })).toThrow(
      new TypeError('cannot be stored: clients: expected a whole number >= 1, got 0')
    )
  })
})

describe('scenarioSchema', () => {
  const isValid = new Ajv().compile(scenarioSchema)

  it('says what it is of', () => {
    expect(scenarioSchema).toMatchObject({
      title: 'reprise scenario',
      description: 'A world for a fleet of clients.',
      anyOf: [{ title: 'a service' }, { title: 'contention' }]
    })
  })

  it.each<[string, unknown, boolean]>([
    ['a file with all that there is', parse(file), true],
    ['a service', service, true],
    ['contention', { clients: 5, contention: { message: '1s' } }, true],
    ['nothing', {}, false],
    ['a misspelt key', { ...service, client: 5 }, false],
    ['two distributions', serving({ latency: { exponential: 5, normal: [5, 1] } }), false],
    ['a pair of three', serving({ latency: { normal: [5, 1, 1] } }), false],
    ['an outage without a factor', serving({ outages: [{ from: 0, to: 1, mode: 'slow' }] }), false]
  ])('%s -> %3$s', (_, json, expected) => {
    expect(isValid(json)).toBe(expected)
  })
})
