import { pipe } from 'fp-ts/lib/function.js'
import { fixed, never, withRetry, withTimeout } from 'reprise'
import {
  type Client,
  type FindOptions,
  findPolicy,
  type Objective,
  type Ranked,
  type Scenario
} from 'reprise/lab'
import { message, thrown } from '../../support/bad.js'

/** One place and no queue: of four calls at once one is taken, for 100 ms, and three are Overloaded. */
const scenario: Scenario = { clients: 4, arrivals: 'atOnce', server: { capacity: 1, latency: 100, queue: 0 } }

/**
 * | | calls | successes | times of these |
 * | --- | --- | --- | --- |
 * | once | 4 | 1 | 100 |
 * | every 50 ms | 4 at the start, then twice 3, 2 and 1 | 4 | 100, 200, 300, 400 |
 * | every 100 ms | 4 + 3 + 2 + 1 | 4 | 100, 200, 300, 400 |
 * | not at all: cut off after 50 ms | 4 | 0 | |
 */
const clients = {
  once: (call) => pipe(call, withRetry(never)),
  quick: (call) => pipe(call, withRetry(fixed(50))),
  slow: (call) => pipe(call, withRetry(fixed(100))),
  hasty: (call) => pipe(call, withTimeout(50))
} as const satisfies Readonly<Record<string, Client>>

const rank = async (
  objective: Objective,
  options: FindOptions = { runs: 1 },
  candidates: Readonly<Record<string, Client>> = clients
): Promise<ReadonlyArray<Ranked>> => {
  const ranked = await findPolicy(scenario, candidates, objective, options)()
  if (ranked._tag === 'Left') throw new Error(JSON.stringify(ranked.left))
  return ranked.right
}

const scores = async (objective: Objective) => (await rank(objective)).map(({ name, score }) => [name, score])

describe('findPolicy: ranking', () => {
  it.each<[string, Objective, ReadonlyArray<[string, number]>]>([
    [
      'the fewest calls; what is equal keeps its order',
      { minimize: 'calls' },
      [
        ['once', 4],
        ['hasty', 4],
        ['slow', 10],
        ['quick', 16]
      ]
    ],
    [
      'the most calls',
      { maximize: 'calls' },
      [
        ['quick', 16],
        ['slow', 10],
        ['once', 4],
        ['hasty', 4]
      ]
    ],
    [
      'calls for each request',
      { minimize: 'amplification' },
      [
        ['once', 1],
        ['hasty', 1],
        ['slow', 2.5],
        ['quick', 4]
      ]
    ],
    [
      'the most successes',
      { maximize: 'successRatio' },
      [
        ['quick', 1],
        ['slow', 1],
        ['once', 0.25],
        ['hasty', 0]
      ]
    ],
    [
      'done first',
      { minimize: 'completion' },
      [
        ['hasty', 50],
        ['once', 100],
        ['quick', 400],
        ['slow', 400]
      ]
    ],
    [
      'p50; without a success there is none, and that is the worst',
      { minimize: 'p50' },
      [
        ['once', 100],
        ['quick', 200],
        ['slow', 200],
        ['hasty', Infinity]
      ]
    ],
    [
      'p99',
      { minimize: 'p99' },
      [
        ['once', 100],
        ['quick', 400],
        ['slow', 400],
        ['hasty', Infinity]
      ]
    ],
    [
      'p90',
      { minimize: 'p90' },
      [
        ['once', 100],
        ['quick', 400],
        ['slow', 400],
        ['hasty', Infinity]
      ]
    ],
    [
      'recovery, of no outage: infinite for all, in their order',
      { minimize: 'recovery' },
      [
        ['once', Infinity],
        ['quick', Infinity],
        ['slow', Infinity],
        ['hasty', Infinity]
      ]
    ]
  ])('%s -> %j', async (_, objective, expected) => {
    expect(await scores(objective)).toEqual(expected)
  })

  it('all that was measured -> told of each, with its results', async () => {
    const [first] = await rank({ minimize: 'completion' }, { runs: 1 }, { slow: clients.slow })
    expect(first).toMatchObject({
      name: 'slow',
      score: 400,
      measured: {
        amplification: 2.5,
        calls: 10,
        completion: 400,
        p50: 200,
        p90: 400,
        p99: 400,
        recovery: Infinity,
        successRatio: 1
      },
      misses: []
    })
    expect(first?.results.map(({ calls, latency }) => [calls, latency?.mean])).toEqual([[10, 250]])
  })

  it('an outage that is over at once -> recovery 0', async () => {
    const outage = { from: 400, to: 500, mode: 'down' } as const
    const ranked = await findPolicy(
      {
        clients: 10,
        arrivals: { every: 100 },
        duration: '1s',
        server: { capacity: 10, latency: 1, outages: [outage] }
      },
      { once: clients.once },
      { minimize: 'recovery' },
      { runs: 1 }
    )()
    expect(ranked).toMatchObject({ right: [{ score: 0, measured: { recovery: 0 } }] })
  })

  it.each([null, 7])('candidates %p -> an error that names them', (odd) => {
    expect(() => findPolicy(scenario, odd as never, { minimize: 'calls' } as never)).toThrow(
      'findPolicy: candidates must be clients by name'
    )
  })

  it('no candidates -> none', async () => {
    expect(await rank({ minimize: 'calls' }, {}, {})).toEqual([])
  })
})

describe('findPolicy: bounds', () => {
  it('a bound that the best does not keep -> it comes last, and it is said why', async () => {
    const ranked = await rank({ minimize: 'calls', within: { successRatio: { atLeast: 0.5 } } })
    expect(ranked.map(({ misses, name }) => [name, misses])).toEqual([
      ['slow', []],
      ['quick', []],
      ['once', ['successRatio 0.25 is below 0.5']],
      ['hasty', ['successRatio 0 is below 0.5']]
    ])
  })

  it('exactly at a bound -> kept', async () => {
    const ranked = await rank({
      minimize: 'calls',
      within: {
        successRatio: { atLeast: 1 },
        amplification: { atMost: 2.5 },
        calls: { atLeast: 10, atMost: 10 }
      }
    })
    expect(ranked.map(({ misses, name }) => [name, misses.length])).toEqual([
      ['slow', 0],
      ['once', 2],
      ['hasty', 2],
      ['quick', 2]
    ])
  })

  it('what there is none of -> beyond any bound, and within none from below', async () => {
    const ranked = await rank({
      maximize: 'successRatio',
      within: { p99: { atMost: 1e9 }, recovery: { atLeast: 1 } }
    })
    expect(ranked.map(({ misses, name }) => [name, misses])).toEqual([
      ['quick', []],
      ['slow', []],
      ['once', []],
      ['hasty', ['p99 Infinity is above 1000000000']]
    ])
  })

  it('more bounds missed, but a better score -> still before the others that miss any', async () => {
    const ranked = await rank({
      minimize: 'calls',
      within: { calls: { atLeast: 5, atMost: 9 }, successRatio: { atLeast: 0.5 } }
    })
    expect(ranked.map(({ misses, name }) => [name, misses.length])).toEqual([
      ['once', 2],
      ['hasty', 2],
      ['slow', 1],
      ['quick', 1]
    ])
  })

  it('nothing keeps them -> in order all the same', async () => {
    const ranked = await rank({ minimize: 'completion', within: { calls: { atMost: 3 } } })
    expect(ranked.map(({ misses, name }) => [name, misses])).toEqual([
      ['hasty', ['calls 4 is above 3']],
      ['once', ['calls 4 is above 3']],
      ['quick', ['calls 16 is above 3']],
      ['slow', ['calls 10 is above 3']]
    ])
  })
})

describe('findPolicy: runs', () => {
  const contention: Scenario = { clients: 5, contention: { message: { exponential: 10 } } }
  const find = (options: FindOptions) =>
    findPolicy(contention, { a: clients.quick, b: clients.quick }, { minimize: 'calls' }, options)()

  it('2 runs from seed 5 -> seeds 5 and 6, the same for all, and the means of both', async () => {
    const ranked = await find({ runs: 2, seed: 5 })
    if (ranked._tag === 'Left') throw new Error('Left')
    const [a, b] = ranked.right
    expect(a?.results.map(({ seed }) => seed)).toEqual([5, 6])
    expect(b?.results).toEqual(a?.results)
    const [first, second] = a?.results ?? []
    expect(first?.calls).not.toBe(second?.calls)
    expect(a?.measured.calls).toBe(((first?.calls ?? 0) + (second?.calls ?? 0)) / 2)
    expect(await find({ runs: 2, seed: 5 })).toEqual(ranked)
  })

  it('nothing said -> 3 runs from seed 1', async () => {
    const ranked = await find({})
    expect(ranked._tag === 'Right' && ranked.right[0]?.results.map(({ seed }) => seed)).toEqual([1, 2, 3])
  })

  it('options of runFleet -> passed on', async () => {
    const told: number[] = []
    const ranked = await find({ runs: 1, until: 0, onProgress: ({ time }) => told.push(time) })
    expect(ranked).toMatchObject({ right: [{ results: [{ failed: { Unfinished: 5 } }] }, {}] })
    expect(told.length).toBeGreaterThanOrEqual(2)
  })

  it('aborted -> a Left', async () => {
    expect(await find({ signal: AbortSignal.abort('enough') })).toEqual({
      _tag: 'Left',
      left: { _tag: 'FleetAborted', reason: 'enough' }
    })
  })

  it('a client that throws -> a Left', async () => {
    const broken: Client = () => {
      throw new Error('broken')
    }
    expect(await findPolicy(scenario, { once: clients.once, broken }, { minimize: 'calls' })()).toEqual({
      _tag: 'Left',
      left: { _tag: 'FleetFailed', error: new Error('broken') }
    })
  })
})

describe('findPolicy: bad input -> an error that names it', () => {
  const measures = 'amplification, calls, completion, p50, p90, p99, recovery, successRatio'

  it.each<[unknown, string]>([
    [null, 'TypeError: findPolicy: objective: options must be an object, got null'],
    [{}, 'TypeError: findPolicy: the objective must have one of minimize and maximize'],
    [
      { minimize: 'calls', maximize: 'p50' },
      'TypeError: findPolicy: the objective must have one of minimize and maximize'
    ],
    [{ minimize: 'speed' }, `RangeError: findPolicy: the measure must be one of ${measures}, got "speed"`],
    [
      { minimise: 'calls' },
      "TypeError: findPolicy: objective: there is no option 'minimise'; there are minimize, maximize, within"
    ],
    [
      { minimize: 'calls', within: { speed: { atMost: 1 } } },
      `TypeError: findPolicy: within: there is no option 'speed'; there are ${measures}`
    ],
    [
      { minimize: 'calls', within: { calls: { most: 1 } } },
      "TypeError: findPolicy: within.calls: there is no option 'most'; there are atMost, atLeast"
    ],
    [
      { minimize: 'calls', within: { calls: 5 } },
      'RangeError: findPolicy: within.calls: options must be an object, got 5'
    ]
  ])('%j -> %s', (objective, expected) => {
    expect(message(() => findPolicy(scenario, clients, objective as Objective))).toBe(expected)
  })

  it.each<[object, string]>([
    [{ seed: 0.5 }, 'RangeError: findPolicy: seed must be a whole number, got 0.5'],
    [
      { run: 1 },
      "TypeError: findPolicy: there is no option 'run'; there are runs, seed, until, onProgress, signal"
    ]
  ])('options %j -> %s', (options, expected) => {
    expect(message(() => findPolicy(scenario, clients, { minimize: 'calls' }, options))).toBe(expected)
  })

  it('runs: 0 -> a RangeError', () => {
    expect(thrown(() => findPolicy(scenario, clients, { minimize: 'calls' }, { runs: 0 }))).toBe(
      'RangeError: findPolicy: runs must be …, got 0'
    )
  })

  it('a scenario that makes no sense -> before anything runs', () => {
    expect(thrown(() => findPolicy({ ...scenario, clients: 0 }, clients, { minimize: 'calls' }))).toBe(
      'RangeError: clients must be …, got 0'
    )
  })
})
