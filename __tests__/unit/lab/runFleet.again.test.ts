import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { custom, exponential, limitRetries, never, withJitter, withRetry, withTimeout } from 'reprise'
import { type Client, type FleetResult, runFleet, type Scenario } from 'reprise/lab'
import { runOnSources } from '../../support/bundle.js'
import { once, right } from '../../support/fleetRuns.js'

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
