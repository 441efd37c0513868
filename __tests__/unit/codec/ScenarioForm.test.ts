/** The JSON Schema of scenarios. What is read, and what is said of the rest, is in ScenarioCodec.test.ts. */
import { scenarioDefinitions, scenarioForm, scenarioKinds } from '../../../src/codec/ScenarioForm.js'
import type { JsonObject } from '../../../src/codec/Json.js'
import { schemasIn, unexplained } from '../../support/schemas.js'

const time = { $ref: '#/definitions/duration' }
const times = { $ref: '#/definitions/distribution' }
const pair = (second: object) => ({ type: 'array', items: [time, second], minItems: 2, maxItems: 2 })
const one = (key: string) => ({ properties: { [key]: {} }, required: [key] })
const whole = (minimum: number) => ({ type: 'integer', minimum, maximum: 9007199254740991 })

/** The schema under a path of keys. */
const at = (schema: unknown, ...path: ReadonlyArray<string | number>): unknown =>
  path.reduce((found, key) => (found as Readonly<Record<string, unknown>>)[key], schema)

describe('scenarioDefinitions', () => {
  it('a distribution -> one time, or a shape', () => {
    expect(Object.keys(scenarioDefinitions)).toEqual(['duration', 'distribution'])
    expect(scenarioDefinitions['distribution']).toEqual({
      description: 'How long something takes: one exact time, or a distribution.',
      anyOf: [
        time,
        {
          type: 'object',
          properties: {
            uniform: { description: 'Evenly between two times.', ...pair(time) },
            normal: { description: 'Normal, with a mean and a standard deviation.', ...pair(time) },
            exponential: {
              description: 'Memoryless, with this mean: mostly short, now and then long.',
              ...time
            },
            logNormal: {
              description:
                'The usual shape of latencies: a median, and a sigma from 0 to 10. With 0.5, p99 is about 3.2 times the median.',
              ...pair({ type: 'number', minimum: 0, maximum: 10 })
            }
          },
          additionalProperties: false,
          oneOf: ['uniform', 'normal', 'exponential', 'logNormal'].map(one)
        }
      ]
    })
  })
})

describe('scenarioKinds', () => {
  const { 'a service': service, contention } = scenarioKinds
  const server = at(service, 'properties', 'server')
  const outages = at(server, 'properties', 'outages', 'items', 'anyOf') as ReadonlyArray<JsonObject>

  it('every key -> explained, and no others', () => {
    expect(unexplained(scenarioKinds)).toEqual([])
    expect(
      schemasIn(scenarioKinds).filter(
        ({ type, additionalProperties }) => type === 'object' && additionalProperties !== false
      )
    ).toEqual([])
  })

  it('of the form -> either', () => {
    expect(scenarioForm.schema).toEqual({ anyOf: [service, contention] })
  })

  it.each<[string, unknown, ReadonlyArray<string>, ReadonlyArray<string> | undefined]>([
    [
      'a service',
      service,
      ['clients', 'processes', 'arrivals', 'duration', 'network', 'server'],
      ['clients', 'arrivals', 'server']
    ],
    ['contention', contention, ['clients', 'processes', 'contention'], ['clients', 'contention']],
    ['its row', at(contention, 'properties', 'contention'), ['message'], ['message']],
    [
      'a server',
      server,
      ['capacity', 'latency', 'queue', 'rateLimit', 'failures', 'outages'],
      ['capacity', 'latency']
    ],
    [
      'its limit',
      at(server, 'properties', 'rateLimit'),
      ['capacity', 'per', 'algorithm'],
      ['capacity', 'per']
    ],
    ['down', outages[0], ['from', 'to', 'mode'], ['from', 'to', 'mode']],
    ['silent', outages[1], ['from', 'to', 'mode'], ['from', 'to', 'mode']],
    ['slow', outages[2], ['from', 'to', 'mode', 'factor'], ['from', 'to', 'mode', 'factor']],
    ['failing', outages[3], ['from', 'to', 'mode', 'ratio'], ['from', 'to', 'mode', 'ratio']]
  ])('%s -> its keys, and which it needs', (_, schema, keys, required) => {
    expect([Object.keys(at(schema, 'properties') as object), at(schema, 'required')]).toEqual([
      keys,
      required
    ])
  })

  it('values -> their bounds', () => {
    const ofServer = at(server, 'properties')
    expect([
      at(service, 'properties', 'clients'),
      at(service, 'properties', 'duration'),
      at(service, 'properties', 'network'),
      at(ofServer, 'latency'),
      at(ofServer, 'queue'),
      at(ofServer, 'failures'),
      at(ofServer, 'rateLimit', 'properties', 'per'),
      at(ofServer, 'rateLimit', 'properties', 'algorithm'),
      outages.map((each) => at(each, 'properties', 'mode')),
      at(outages[2], 'properties', 'factor')
    ]).toMatchObject([
      whole(1),
      time,
      times,
      times,
      whole(0),
      { type: 'number', minimum: 0, maximum: 1 },
      time,
      { enum: ['tokenBucket', 'leakyBucket', 'slidingWindow', 'fixedWindow', 'gcra'] },
      [{ enum: ['down'] }, { enum: ['silent'] }, { enum: ['slow'] }, { enum: ['failing'] }],
      { type: 'number', minimum: 0, maximum: 1_000_000 }
    ])
  })

  it('arrivals -> at once, or one of two paces', () => {
    expect(at(service, 'properties', 'arrivals')).toEqual({
      description:
        'When they make requests: atOnce, { every: 10s } for each of them, or { perSecond: 50 } for all.',
      anyOf: [
        { enum: ['atOnce'] },
        {
          type: 'object',
          properties: {
            every: { description: 'Each client makes a request in so much time.', ...time },
            perSecond: {
              description: 'So many requests a second, of all clients, at random moments.',
              type: 'number',
              exclusiveMinimum: 0,
              maximum: 1_000_000_000
            }
          },
          additionalProperties: false,
          oneOf: ['every', 'perSecond'].map(one)
        }
      ]
    })
  })
})
