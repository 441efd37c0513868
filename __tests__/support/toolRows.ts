/** The rows of `reprise/codec`, `reprise/testing`, `reprise/lab` and `reprise/interop`. */
import * as r from 'reprise'
import * as codec from 'reprise/codec'
import * as interop from 'reprise/interop'
import * as lab from 'reprise/lab'
import * as testing from 'reprise/testing'
import { registry } from './arbitraries.js'
import { resultOf } from './fleets.js'
import type { Row, Rows, Wraps } from './rows.js'

const policy = r.limitRetries(3)(r.fixed(10))
const text = async (): Promise<string> => 'done'
const throwing = (): never => {
  throw new Error('no')
}

// --- reprise/codec

const functions = { ...registry, validators: { isNumber: () => true } }

/** A codec: both ways are total. */
const ofRegistry = (
  make: (registry: never) => unknown,
  use: (made: never, input: unknown) => unknown
): Row => ({
  makes: { make, good: [functions], named: /^registry/ },
  decodes: (input) => use(make(functions as never) as never, input)
})

const call = (f: (input: unknown) => unknown, input: unknown): unknown => f(input)

const decode = (type: { decode: (input: unknown) => unknown }, input: unknown): unknown => type.decode(input)

export const codecRows: Rows = {
  PolicyFromUnknown: ofRegistry(codec.PolicyFromUnknown, decode),
  WorkerOptionsFromUnknown: ofRegistry(codec.WorkerOptionsFromUnknown, decode),
  CircuitBreakerOptionsFromUnknown: ofRegistry(codec.CircuitBreakerOptionsFromUnknown, decode),
  BreakerStateFromUnknown: { decodes: codec.BreakerStateFromUnknown.decode },
  ScenarioFromUnknown: { decodes: codec.ScenarioFromUnknown.decode },
  DurationFromUnknown: { decodes: codec.DurationFromUnknown.decode },
  decodePolicy: ofRegistry(codec.decodePolicy, call),
  decodeWorkerOptions: ofRegistry(codec.decodeWorkerOptions, call),
  decodeCircuitBreakerOptions: ofRegistry(codec.decodeCircuitBreakerOptions, call),
  decodeConfiguration: ofRegistry(codec.decodeConfiguration, call),
  decodeClient: ofRegistry(codec.decodeClient, call),
  decodeLimits: { decodes: codec.decodeLimits },
  decodeRetryBudgetOptions: { decodes: codec.decodeRetryBudgetOptions },
  decodeScenario: { decodes: codec.decodeScenario },
  encodePolicy: { ...ofRegistry(codec.encodePolicy, call), reads: codec.encodePolicy(functions) },
  encodeWorkerOptions: {
    ...ofRegistry(codec.encodeWorkerOptions, call),
    reads: (p) => codec.encodeWorkerOptions(functions)({ policy: p })
  },
  encodeCircuitBreakerOptions: ofRegistry(codec.encodeCircuitBreakerOptions, call),
  encodeLimits: { decodes: codec.encodeLimits as never },
  encodeScenario: { decodes: codec.encodeScenario as never },
  showConfigError: { asks: (value) => codec.showConfigError({ path: 'a.b', value, expected: 'x' }) },
  clientSchemaFor: { makes: { make: codec.clientSchemaFor, good: [functions], named: /^registry/ } },
  configurationSchemaFor: {
    makes: { make: codec.configurationSchemaFor, good: [functions], named: /^registry/ }
  },
  configurationSchema: { value: true },
  scenarioSchema: { value: true }
}

// --- reprise/testing

export const testingRows: Rows = {
  scenario: {
    calls: (value) => async () =>
      (
        await testing.scenario({
          policy,
          script: 'LTR',
          left: () => value,
          right: () => value,
          thrown: () => value
        })
      ).result
  },
  scripted: {
    makes: { make: testing.scripted, good: ['LLR'] },
    wraps: (fn) => r.withRetry(policy)(testing.scripted('L', { left: fn as never }) as never),
    only: /^throws/
  },
  seededRandom: { makes: { make: testing.seededRandom, good: [7], use: (random: r.Random) => random() } },
  instantClock: { asks: () => testing.instantClock().now() },
  virtualClock: { asks: () => testing.virtualClock().now() }
}

// --- reprise/lab

const scenario = { clients: 2, arrivals: 'atOnce', server: { capacity: 1, latency: 10 } } as const
const client: lab.Client = (send) => r.withRetry(policy)(send)

/** A client that does with a value what it should not. */
const clients = (value: unknown): ReadonlyArray<lab.Client> => [
  () => {
    throw value
  },
  () => () => {
    throw value
  },
  () => () => () => Promise.reject(value),
  () => () => async () => value as never,
  () => value as never,
  () => ({ calling: value, watch: { value } }) as never,
  (send) => ({ calling: r.withRetry(policy)(send), watch: { value: () => value as number } })
]

export const labRows: Rows = {
  runFleet: {
    makes: {
      make: lab.runFleet,
      good: [scenario, client, { seed: 7, until: '1m', onProgress: () => undefined }],
      named: /^(runFleet|scenario|clients|arrivals|server)/
    },
    calls: (value) => async () =>
      lastOf(await Promise.all(clients(value).map((each) => lab.runFleet(scenario, each)())))
  },
  findPolicy: {
    makes: {
      make: lab.findPolicy,
      good: [scenario, { client }, { minimize: 'amplification' }, { runs: 1, seed: 7 }],
      named: /^(findPolicy|runFleet|scenario|clients|arrivals|server)/
    },
    calls: (value) =>
      lab.findPolicy(
        scenario,
        { client: clients(value)[1] as lab.Client },
        { minimize: 'amplification' },
        { runs: 1 }
      )
  },
  clientOf: { makes: { make: lab.clientOf, good: [{ policy, attemptTimeout: 10, timeout: 100 }] } },
  replay: {
    makes: { make: lab.replay, good: [policy, 'token', { revive: (_: string, value: unknown) => value }] },
    calls: (value) => lab.replay(policy, value as string)
  },
  showReplayFault: {
    asks: (value) => lab.showReplayFault({ _tag: 'ReviveFailed', key: 'a', error: value } as never)
  },
  withRecording: {
    makes: {
      make: lab.withRecording,
      good: [() => undefined, { seed: () => 7, replace: (_: string, value: unknown) => value }],
      use: (wrap: Wraps) => wrap(text)
    },
    wraps: (fn) => (lab.withRecording(throwing, { replace: throwing }) as unknown as Wraps)(fn)
  },
  waitsChart: {
    reads: (p) => lab.waitsChart({ p }),
    makes: {
      make: (options) => lab.waitsChart({ policy }, options),
      good: [{ retries: 3, draws: 2, seed: 7, scale: 'log', title: 'x', width: 100, height: 100 }],
      named: /^(waitsChart|simulate)/
    }
  },
  timelineChart: {
    makes: {
      make: (options) => lab.timelineChart({ a: resultOf() }, options),
      good: [{ until: 100, title: 'x', width: 100, height: 100 }]
    }
  },
  comparisonChart: {
    makes: {
      make: (options) => lab.comparisonChart({ a: resultOf() }, options),
      good: [{ title: 'x', width: 100 }]
    }
  },
  toSvg: { calls: (value) => lab.toSvg(value as never) }
}

const lastOf = <A>(list: ReadonlyArray<A>): A => list[list.length - 1] as A

// --- reprise/interop

const toEngine = (to: (p: never) => unknown): Row => ({ reads: to, makes: { make: to, good: [policy] } })

export const interopRows: Rows = {
  toAwsSdk: toEngine(interop.toAwsSdk),
  toPgBoss: toEngine(interop.toPgBoss),
  toTemporal: toEngine(interop.toTemporal),
  toStepFunctions: toEngine(interop.toStepFunctions),
  fromPgBoss: { decodes: interop.fromPgBoss },
  fromTemporal: { decodes: interop.fromTemporal },
  fromStepFunctions: { decodes: interop.fromStepFunctions }
}
