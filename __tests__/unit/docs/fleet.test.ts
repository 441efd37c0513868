import { loadOf, newRunner, outagesOf, scenarioOf, throughputOf } from '../../../docs/lab/fleet.js'
import { defaults, type FleetSettings } from '../../../docs/lab/settings.js'

const { fleet, policy } = defaults

describe('scenarioOf', () => {
  test('an outage -> 10 s before it, and 25 s after it', () =>
    expect(scenarioOf(fleet)).toEqual({
      clients: 100,
      processes: 10,
      arrivals: { every: 1000 },
      duration: 40_000,
      network: 5,
      server: {
        capacity: 7,
        latency: { exponential: 50 },
        outages: [{ from: 10_000, to: 15_000, mode: 'silent' }]
      }
    }))

  test('a herd -> all at once, and a short queue', () =>
    expect(scenarioOf({ ...fleet, scenario: 'herd', clients: 3 })).toEqual({
      clients: 3,
      processes: 3,
      arrivals: 'atOnce',
      network: 5,
      server: { capacity: 7, latency: { exponential: 50 }, queue: 28 }
    }))

  test('contention -> the model of the study', () =>
    expect(scenarioOf({ ...fleet, scenario: 'contention' })).toEqual({
      clients: 100,
      processes: 10,
      contention: { message: { normal: [10, 2] } }
    }))
})

describe('outagesOf', () => {
  test.each<[Partial<FleetSettings>, ReturnType<typeof outagesOf>]>([
    [{ mode: 'down' }, [{ from: 10_000, to: 15_000, mode: 'down' }]],
    [{ mode: 'slow', outage: 1000 }, [{ from: 10_000, to: 11_000, mode: 'slow', factor: 10 }]],
    [{ mode: 'failing' }, [{ from: 10_000, to: 15_000, mode: 'failing', ratio: 0.5 }]],
    [{ scenario: 'herd' }, []]
  ])('%j -> %j', (settings, outages) => expect(outagesOf({ ...fleet, ...settings })).toEqual(outages))
})

test('100 clients, each every 500 ms -> 200 requests a second', () =>
  expect(loadOf({ ...fleet, every: 500 })).toBe(200))

test('7 at once, 50 ms each -> 140 requests a second', () => expect(throughputOf(fleet)).toBe(140))

describe('newRunner', () => {
  const herd: FleetSettings = { ...fleet, scenario: 'herd', clients: 40 }
  const unheard = (): AbortSignal => new AbortController().signal

  test('the same fleet again -> the same result, without running', async () => {
    const run = newRunner()
    const told: number[] = []
    const options = { signal: unheard(), onProgress: (part: number) => told.push(part) }
    const first = await run(policy, herd, options)
    expect(first).toMatchObject({ _tag: 'Right', right: { requests: 40, seed: 1 } })
    expect(told.at(-1)).toBe(1)
    const before = told.length
    expect(await run(policy, herd, options)).toEqual(first)
    expect(told.length).toBe(before)

    const other = await run(policy, { ...herd, seed: 2 }, options)
    expect(other).toMatchObject({ _tag: 'Right', right: { requests: 40, seed: 2 } })
    expect(told.length).toBeGreaterThan(before)
  })

  test('more than it remembers -> the oldest is run again', async () => {
    const run = newRunner(1000, 1)
    let told = 0
    const options = { signal: unheard(), onProgress: () => void (told += 1) }
    await run(policy, herd, options)
    await run(policy, { ...herd, seed: 2 }, options)
    const before = told
    await run(policy, { ...herd, seed: 2 }, options)
    expect(told).toBe(before)
    await run(policy, herd, options)
    expect(told).toBeGreaterThan(before)
  })

  test('an aborted run -> says so, and is not remembered', async () => {
    const run = newRunner()
    const abort = new AbortController()
    abort.abort('enough')
    expect(await run(policy, herd, { signal: abort.signal, onProgress: () => {} })).toEqual({
      _tag: 'Left',
      left: { _tag: 'FleetAborted', reason: 'enough' }
    })
    expect(await run(policy, herd, { signal: unheard(), onProgress: () => {} })).toMatchObject({
      _tag: 'Right'
    })
  })

  test('retries without end -> stops after so many calls', async () => {
    const down: FleetSettings = { ...fleet, mode: 'down' }
    const storm = { ...policy, schedule: 'immediate', retries: 'unlimited' } as const
    expect(await newRunner(20_000)(storm, down, { signal: unheard(), onProgress: () => {} })).toEqual({
      _tag: 'Left',
      left: { _tag: 'TooManyCalls', most: 20_000 }
    })
  })
})
