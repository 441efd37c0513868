import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  custom,
  delayFrom,
  exponential,
  fixed,
  immediate,
  limitRetries,
  limitSet,
  never,
  resourceLimit,
  via,
  withEnv,
  withHedge,
  withJitter,
  withLimits,
  withRetry,
  withTimeout
} from 'reprise'
import {
  type Call,
  type Client,
  type FleetOptions,
  type FleetResult,
  runFleet,
  type Scenario
} from 'reprise/lab'
import { virtualClock } from 'reprise/testing'
import { message, thrown } from '../../support/bad.js'
import { runOnSources } from '../../support/bundle.js'

const twoAtOnce: Scenario = { clients: 2, arrivals: 'atOnce', server: { capacity: 1, latency: 100 } }
const steady = (
  clients: number,
  every: number,
  duration: number,
  server: Partial<Scenario> | object
): Scenario => ({ clients, arrivals: { every }, duration, server }) as Scenario

const once: Client = (call) => pipe(call, withRetry(never))

/** What came of it, without the series; fails if nothing did. */
const right = async (scenario: Scenario, client: Client, options?: FleetOptions): Promise<FleetResult> => {
  const result = await runFleet(scenario, client, options)()
  if (result._tag === 'Left') throw new Error(JSON.stringify(result.left))
  return result.right
}

const left = async (scenario: Scenario, client: Client, options?: FleetOptions) => {
  const result = await runFleet(scenario, client, options)()
  if (result._tag === 'Right') throw new Error('Right')
  return result.left
}

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

describe('runFleet: what goes wrong -> a Left', () => {
  const failed = (error: unknown) => ({ _tag: 'FleetFailed', error })
  const no = new Error('no')

  it.each([
    [
      'a client that cannot be made',
      () => {
        throw no
      }
    ],
    [
      'a call that throws',
      () => () => {
        throw no
      }
    ],
    ['a call that rejects', () => (async () => Promise.reject(no)) as never],
    ['a task that rejects', () => () => async () => Promise.reject(no)],
    [
      'a watch that throws',
      (call: Call) => ({
        calling: pipe(call, withRetry(never)),
        watch: {
          bad: () => {
            throw no
          }
        }
      })
    ]
  ] as ReadonlyArray<[string, Client]>)('%s -> FleetFailed with the error', async (_, client) => {
    expect(await left(twoAtOnce, client)).toEqual(failed(no))
  })

  it('a watch that throws only at the very end -> FleetFailed', async () => {
    const client: Client = (call, { clock }) => ({
      calling: pipe(call, withRetry(never)),
      watch: {
        bad: () => {
          if (clock.now() >= 200) throw no
          return 1
        }
      }
    })
    expect(await left(twoAtOnce, client)).toEqual(failed(no))
  })

  it('a call that throws after a while -> ends it there', async () => {
    let calls = 0
    const client: Client = (call) => (index) => {
      if (++calls === 3) throw no
      return () => call(index)
    }
    expect(await left(steady(1, 10, 10_000, { capacity: 1, latency: 1 }), client)).toEqual(failed(no))
    expect(calls).toBe(3)
  })

  it('onProgress throws -> FleetFailed', async () => {
    const onProgress = (): never => {
      throw no
    }
    expect(await left(twoAtOnce, once, { onProgress })).toEqual(failed(no))
  })

  it.each([undefined, null, 5, {}, { calling: 'call', watch: {} }])(
    'a client that is %p -> FleetFailed',
    async (made) => {
      const fault = await left(twoAtOnce, () => made as never)
      expect(
        fault._tag === 'FleetFailed' &&
          thrown(() => {
            throw fault.error
          })
      ).toMatch(/^\w+Error: runFleet: client: action must be …/)
    }
  )

  it('retries without waits of a server that is down -> time stands still', async () => {
    const outages = [{ from: 0, to: 10, mode: 'down' }]
    const scenario = { ...twoAtOnce, server: { capacity: 1, latency: 0, outages } } as unknown as Scenario
    expect(await left(scenario, (call) => pipe(call, withRetry(immediate)))).toEqual(
      failed(new Error('time stands still at 0 ms'))
    )
  })

  describe('aborted', () => {
    const endless: Client = (call) => pipe(call, withRetry(fixed(10)))
    const scenario = {
      clients: 10,
      arrivals: 'atOnce',
      server: { capacity: 1, latency: 0, failures: 1 }
    } as const

    it('before it began -> at once, and no client is called', async () => {
      let calls = 0
      const signal = AbortSignal.abort('early')
      const client: Client = () => () => async () => ({ _tag: 'Right', right: (calls += 1) })
      expect(await left(scenario, client, { signal })).toEqual({ _tag: 'FleetAborted', reason: 'early' })
      expect(calls).toBe(0)
    })

    it('by a timer of the machine -> soon', async () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort('late'), 20)
      expect(await left(scenario, endless, { signal: controller.signal, until: '1000h' })).toEqual({
        _tag: 'FleetAborted',
        reason: 'late'
      })
    })

    it('by onProgress, in the end -> a Left all the same', async () => {
      const controller = new AbortController()
      const onProgress = ({ ended }: { readonly ended: number }): void => {
        if (ended === 2) controller.abort('end')
      }
      expect(await left(twoAtOnce, once, { signal: controller.signal, onProgress })).toEqual({
        _tag: 'FleetAborted',
        reason: 'end'
      })
    })
  })
})

describe('runFleet: progress', () => {
  it('a small fleet -> at the start and at the end', async () => {
    const told: unknown[] = []
    await right(twoAtOnce, once, { onProgress: (progress) => told.push(progress) })
    expect(told).toEqual([
      { time: 0, requests: 0, expected: 2, ended: 0, calls: 0 },
      { time: 200, requests: 2, expected: 2, ended: 2, calls: 2 }
    ])
  })

  it('a larger one -> at each turn of the event loop', async () => {
    const told: Array<readonly [number, number, number, number, number]> = []
    const server = { capacity: 1, latency: 0 }
    await right(steady(1, 1, 10_000, server), once, {
      onProgress: ({ time, requests, expected, ended, calls }) =>
        told.push([Math.floor(time), requests, expected, ended, calls])
    })
    // Each request wakes a client twice: when it begins, and when it is answered.
    expect(told).toEqual([
      [0, 0, 10_000, 0, 0],
      [4095, 4096, 10_000, 4096, 4096],
      [8191, 8192, 10_000, 8192, 8192],
      [9999, 10_000, 10_000, 10_000, 10_000]
    ])
  })
})

describe('runFleet: the same again', () => {
  const scenario: Scenario = {
    clients: 60,
    processes: 3,
    arrivals: { every: '1s' },
    duration: '10s',
    network: { normal: [5, 2] },
    server: {
      capacity: 2,
      latency: { logNormal: [20, 0.5] },
      queue: 6,
      failures: 0.1,
      outages: [{ from: '3s', to: '4s', mode: 'down' }]
    }
  }
  const policy = pipe(exponential(50), withJitter('full'), limitRetries(4))
  const client: Client = (call) => pipe(call, withTimeout(200), withRetry(policy))

  it('the same task twice -> equal, to the last byte', async () => {
    const task: TaskEither<unknown, FleetResult> = runFleet(scenario, client, { seed: 5 })
    expect(JSON.stringify(await task())).toBe(JSON.stringify(await task()))
  })

  it('two at the same time, and timers of the machine -> equal', async () => {
    const noise = setInterval(() => void Promise.resolve().then(() => undefined), 0)
    const turns = { count: 0, on: true }
    const turn = (): void => {
      turns.count += 1
      if (turns.on) setImmediate(turn)
    }
    turn()
    const alone = JSON.stringify(await right(scenario, client, { seed: 5 }))
    const both = await Promise.all([
      right(scenario, client, { seed: 5 }),
      right(scenario, client, { seed: 5 }),
      right(scenario, client, { seed: 6 })
    ])
    turns.on = false
    clearInterval(noise)
    expect(both.slice(0, 2).map((each) => JSON.stringify(each))).toEqual([alone, alone])
    expect(JSON.stringify(both[2])).not.toBe(alone)
  })

  it('in a process of its own -> equal', async () => {
    const script = `
      import { exponential, limitRetries, withJitter, withRetry, withTimeout } from 'reprise'
      import { runFleet } from './src/lab/runFleet.ts'
      const policy = limitRetries(4)(withJitter('full')(exponential(50)))
      const client = (call) => withRetry(policy)(withTimeout(200)(call))
      const scenario = ${JSON.stringify(scenario)}
      for (const seed of [5, -7, 2 ** 53 - 1])
        console.log(JSON.stringify((await runFleet(scenario, client, { seed })()).right))`
    const ended = await runOnSources(script, 60_000)
    const own = await Promise.all([5, -7, 2 ** 53 - 1].map((seed) => right(scenario, client, { seed })))
    expect(ended).toEqual({ code: 0, output: own.map((each) => `${JSON.stringify(each)}\n`).join('') })
  })

  it('other policies -> requests at the same moments, and all else the same until they differ', async () => {
    const series = async (made: Client) => (await right(scenario, made, { seed: 5 })).series.bins
    const [with4, without] = [
      await series(client),
      await series((call) => pipe(call, withTimeout(200), withRetry(never)))
    ]
    const requests = (bins: typeof with4) => bins.slice(0, 99).map((bin) => bin.requests)
    expect(requests(with4)).toEqual(requests(without))
    // No call fails in the first 10 ms.
    const generous = { ...scenario, server: { capacity: 5, latency: 10 } } as Scenario
    const calm = async (made: Client) => (await right(generous, made, { seed: 5 })).latency
    expect(await calm(client)).toEqual(await calm(once))
  })

  it('what clients draw and what the world draws, of seeds that follow each other -> all different', async () => {
    const drawn: number[] = []
    for (const seed of [1, 2, 3, 4]) {
      let began = 0
      const spy = custom('spy', ({ elapsed, random }) => {
        // How long the attempt took is what the world has drawn.
        drawn.push(random, elapsed - began)
        began = elapsed + 10
        return 10
      })
      const server = { capacity: 1, latency: { uniform: [0, 1] }, failures: 1 } as const
      await right(
        { clients: 1, arrivals: 'atOnce', server },
        (call) => pipe(call, withRetry(limitRetries(20)(spy))),
        { seed }
      )
    }
    const inShort = drawn.map((each) => each.toFixed(6))
    expect(inShort.length).toBeGreaterThan(160)
    expect(new Set(inShort).size).toBe(inShort.length)
  })

  it('seeds that follow each other -> results that have nothing in common', async () => {
    const latencies = await Promise.all(
      [1, 2, 3, 4].map(async (seed) => (await right(scenario, once, { seed })).latency?.mean)
    )
    expect(new Set(latencies).size).toBe(4)
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
