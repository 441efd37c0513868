import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  delayFrom,
  fixed,
  immediate,
  limitRetries,
  limitSet,
  never,
  resourceLimit,
  via,
  withEnv,
  withHedge,
  withLimits,
  withRetry,
  withTimeout
} from 'reprise'
import { type Call, type Client, runFleet, type Scenario } from 'reprise/lab'
import { virtualClock } from 'reprise/testing'
import { message } from '../../support/bad.js'
import { once, right, steady, twoAtOnce } from '../../support/fleetRuns.js'

describe('runFleet: what came of it', () => {
  it('one place, 100 ms, two at once -> the whole result', async () => {
    const bin = {
      requests: 0,
      calls: 0,
      succeeded: 0,
      failed: 0,
      latency: 0,
      underWay: 2,
      running: 1,
      queued: 1,
      watched: {}
    }
    expect(await right(twoAtOnce, once)).toEqual({
      seed: 1,
      clients: 2,
      requests: 2,
      succeeded: 2,
      failed: {},
      successRatio: 1,
      calls: 2,
      amplification: 1,
      completion: 200,
      latency: { mean: 150, p50: 100, p90: 200, p99: 200, max: 200 },
      recovery: undefined,
      series: {
        width: 10,
        bins: [
          { ...bin, time: 0, requests: 2, calls: 2 },
          ...[10, 20, 30, 40, 50, 60, 70, 80, 90].map((time) => ({ ...bin, time })),
          { ...bin, time: 100, succeeded: 1, latency: 100, underWay: 1, queued: 0 },
          ...[110, 120, 130, 140, 150, 160, 170, 180, 190].map((time) => ({
            ...bin,
            time,
            underWay: 1,
            queued: 0
          })),
          { ...bin, time: 200, succeeded: 1, latency: 200, underWay: 0, running: 0, queued: 0 }
        ]
      }
    })
  })

  it('no room in the queue, retries after 60 ms -> amplified, and done at 220', async () => {
    // The second is refused at 0 and at 60, and takes from 120 on.
    const scenario = { ...twoAtOnce, server: { capacity: 1, latency: 100, queue: 0 } } as Scenario
    expect(await right(scenario, (call) => pipe(call, withRetry(fixed(60))))).toMatchObject({
      succeeded: 2,
      calls: 4,
      amplification: 2,
      completion: 220,
      latency: { mean: 160, max: 220 }
    })
  })

  it('no room in the queue, one retry -> the second is exhausted at 60', async () => {
    const scenario = { ...twoAtOnce, server: { capacity: 1, latency: 100, queue: 0 } } as Scenario
    expect(await right(scenario, (call) => pipe(call, withRetry(limitRetries(1)(fixed(60)))))).toMatchObject({
      requests: 2,
      succeeded: 1,
      failed: { Exhausted: 1 },
      successRatio: 0.5,
      calls: 3,
      completion: 100,
      latency: { max: 100 }
    })
  })

  it('a rate limit, retries as it says -> done when it allows', async () => {
    const rateLimit = { capacity: 1, per: '1s', algorithm: 'fixedWindow' }
    const scenario = {
      clients: 3,
      arrivals: 'atOnce',
      server: { capacity: 9, latency: 10, rateLimit }
    } as Scenario
    // A fixed window lets one in at 0, at 1000 and at 2000; the third is refused at 0 and at 1000.
    const policy = pipe(
      fixed(0),
      delayFrom((error) => (error as { readonly retryAfter?: number }).retryAfter, { max: '1h' })
    )
    expect(await right(scenario, (call) => pipe(call, withRetry(policy)))).toMatchObject({
      succeeded: 3,
      calls: 6,
      latency: { p50: 1010, max: 2010 }
    })
  })

  it('attempts that time out -> the server works on them all the same', async () => {
    const scenario = { ...twoAtOnce, clients: 1 } as Scenario
    // Three attempts at 0, 60 and 120; the place is taken by them until 300.
    const client: Client = (call) => pipe(call, withTimeout(60), withRetry(limitRetries(2)(immediate)))
    const { calls, completion, failed, series } = await right(scenario, client)
    expect([calls, completion, failed]).toEqual([3, 180, { Exhausted: 1 }])
    expect(series.bins.at(-1)).toMatchObject({ time: 290, running: 1, underWay: 0 })
    expect(series.bins.filter(({ running }) => running === 1)).toHaveLength(30)
  })

  it('a timeout around the whole, a hedge, limits of the client -> on the clock of the world', async () => {
    const scenario = { ...twoAtOnce, server: { capacity: 9, latency: 100 } } as Scenario
    expect((await right(scenario, (call) => pipe(call, withTimeout(60)))).failed).toEqual({ TimedOut: 2 })
    const hedged = await right(scenario, (call) => pipe(call, withHedge({ delay: 30, max: 1 })))
    expect([hedged.calls, hedged.succeeded, hedged.completion]).toEqual([4, 2, 100])
    const limited = await right(scenario, (call) =>
      pipe(call, withLimits(limitSet([resourceLimit({ key: 'places', capacity: 1 })])(), {}))
    )
    expect([limited.calls, limited.succeeded, limited.completion]).toEqual([2, 2, 200])
  })

  it('calls without answers -> Unfinished', async () => {
    const outages = [{ from: 0, to: 50, mode: 'silent' }]
    const scenario = { ...twoAtOnce, server: { capacity: 1, latency: 100, outages } } as unknown as Scenario
    const result = await right(scenario, (call) => call as never)
    expect(result).toMatchObject({
      requests: 2,
      succeeded: 0,
      failed: { Unfinished: 2 },
      successRatio: 0,
      calls: 2,
      completion: 0,
      latency: undefined,
      series: { bins: [{ requests: 2, calls: 2, underWay: 2 }] }
    })
  })

  it('no requests -> nothing, and all of that well', async () => {
    const scenario = steady(3, 100, 0, { capacity: 1, latency: 1 })
    expect(await right(scenario, once)).toMatchObject({
      requests: 0,
      successRatio: 1,
      amplification: 0,
      latency: undefined,
      series: { bins: [] }
    })
  })

  it('until -> what happens then still counts, what comes later does not', async () => {
    expect(await right(twoAtOnce, once, { until: 200 })).toMatchObject({ succeeded: 2, failed: {} })
    const cut = await right(twoAtOnce, once, { until: '0.199s' })
    expect(cut).toMatchObject({ succeeded: 1, failed: { Unfinished: 1 }, completion: 100 })
    expect(cut.series.bins).toHaveLength(19)
    expect(await right(twoAtOnce, once, { until: 0 })).toMatchObject({ calls: 2, failed: { Unfinished: 2 } })
  })

  it('a retry after more than a day -> Unfinished, if not said otherwise', async () => {
    const scenario = {
      clients: 1,
      arrivals: 'atOnce',
      server: { capacity: 1, latency: 0, outages: [{ from: 0, to: '1h', mode: 'down' }] }
    } as const
    const client: Client = (call) => pipe(call, withRetry(fixed('25h')))
    expect((await right(scenario, client)).failed).toEqual({ Unfinished: 1 })
    expect(await right(scenario, client, { until: '26h' })).toMatchObject({
      succeeded: 1,
      completion: 90_000_000
    })
  })

  it('an outage of 10 s, and retries of 1 s -> the recovery that follows', async () => {
    // One request each second; each bin of 1 s has one, which takes 10 ms.
    const server = { capacity: 9, latency: 10, outages: [{ from: '20s', to: '30s', mode: 'down' }] }
    const scenario = steady(1, 1000, 60_000, server)
    expect((await right(scenario, once)).recovery).toBe(0)
    // Those of the outage succeed in the first second after it, and took long.
    expect((await right(scenario, (call) => pipe(call, withRetry(fixed(1000))))).recovery).toBe(1000)
    // They succeed 15 s later, the last of them in the second before 45 s.
    const slow: Client = (call) => pipe(call, withRetry(limitRetries(1)(fixed('15s'))))
    expect((await right(scenario, slow)).recovery).toBe(15_000)
    const scenarioOfNone = steady(1, 1000, 60_000, { capacity: 9, latency: 10 })
    expect((await right(scenarioOfNone, once)).recovery).toBeUndefined()
  })
})

describe('runFleet: clients', () => {
  it('numbers and processes -> each client has that of its remainder', async () => {
    const seen: Array<readonly [number, number]> = []
    const made: number[] = []
    const client: Client = (call, { process }) => {
      made.push(process)
      return (index) => {
        seen.push([index, process])
        return pipe(call, withRetry(never))(index)
      }
    }
    await right({ ...twoAtOnce, clients: 5, processes: 2 }, client)
    expect(made).toEqual([0, 1])
    expect(seen).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
      [3, 1],
      [4, 0]
    ])
  })

  it('more processes than clients -> all are made, and some have none', async () => {
    let made = 0
    const { requests } = await right({ ...twoAtOnce, processes: 5 }, (call) => {
      made += 1
      return pipe(call, withRetry(never))
    })
    expect([made, requests]).toEqual([5, 2])
  })

  it('watches -> summed over processes, on the clock of the world', async () => {
    const client: Client = (call, { clock, process }) => ({
      calling: pipe(call, withRetry(never)),
      watch: { time: clock.now, process: () => process + 1 }
    })
    const { series } = await right({ ...twoAtOnce, processes: 3 }, client)
    expect(series.bins[11]).toMatchObject({ time: 110, watched: { time: 300, process: 6 } })
  })

  it.each([
    ['the call itself', (call: Call) => call as never],
    ['a function to a promise', (call: Call) => (async (client: number) => call(client)) as never],
    ['a function to a task of its own', (call: Call) => (client: number) => () => call(client)],
    ['a retry', (call: Call) => pipe(call, withRetry(never))],
    ['a retry made at each call', (call: Call) => (client: number) => pipe(call, withRetry(never))(client)],
    ['a retry of a task', (call: Call) => (client: number) => pipe(() => call(client), withRetry(never))],
    [
      'a retry and a step of fp-ts',
      (call: Call) => (client: number) =>
        pipe(client, pipe(call, withRetry(never)), via(TE.mapLeft(() => 'no')))
    ]
  ] as ReadonlyArray<[string, Client]>)('%s -> is a client', async (_, client) => {
    expect(await right(twoAtOnce, client)).toMatchObject({ succeeded: 2, completion: 200 })
  })

  it('errors -> counted by their tag, or as Unknown', async () => {
    const errors: ReadonlyArray<unknown> = [
      { _tag: 'Mine' },
      new Error('no'),
      'text',
      undefined,
      { _tag: 5 },
      { _tag: 'Mine' }
    ]
    const client: Client = () => (index) => async () => ({ _tag: 'Left', left: errors[index] })
    expect((await right({ ...twoAtOnce, clients: 6 }, client)).failed).toEqual({
      Mine: 2,
      Unknown: 4
    })
  })

  it('attempts that throw -> failures like any other, for the policy', async () => {
    const client: Client = () =>
      pipe(async (_: number) => Promise.reject(new Error('no')), withRetry(limitRetries(1)(fixed(10))))
    expect(await right(twoAtOnce, client)).toMatchObject({
      failed: { Exhausted: 2 },
      calls: 0,
      completion: 10
    })
  })

  it('a client on a clock of its own -> is not waited for', async () => {
    const clock = virtualClock()
    const client: Client = () => () =>
      pipe(async () => Promise.reject(new Error('no')), withRetry(fixed(10)), withEnv({ clock }))
    expect((await right(twoAtOnce, client)).failed).toEqual({ Unfinished: 2 })
  })
})

describe('runFleet, of what makes no sense', () => {
  it.each([
    [[null, once], 'TypeError: scenario must be an object, got null'],
    [['a file', once], 'RangeError: scenario must be an object, got "a file"'],
    [[{ ...twoAtOnce, clients: -1 }, once], 'RangeError: clients must be a whole number >= 1, got -1'],
    [
      [{ ...twoAtOnce, server: {} }, once],
      'TypeError: server.capacity must be a whole number >= 1, got undefined'
    ],
    [[twoAtOnce, undefined], 'TypeError: runFleet: client must be a function, got undefined'],
    [[twoAtOnce, once, { seed: 1.5 }], 'RangeError: runFleet: seed must be a whole number, got 1.5'],
    [
      [twoAtOnce, once, { until: -1 }],
      `RangeError: runFleet: until must be milliseconds >= 0 or a text like '2s', got -1`
    ],
    [
      [twoAtOnce, once, { sede: 1 }],
      "TypeError: runFleet: there is no option 'sede'; there are seed, until, onProgress, signal"
    ]
  ])('%j -> %s', (given, error) => {
    expect(message(() => runFleet(...(given as unknown as Parameters<typeof runFleet>)))).toBe(error)
  })
})
