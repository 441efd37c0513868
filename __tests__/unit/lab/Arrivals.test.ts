import { newAgenda } from '../../../src/lab/Agenda.js'
import { arrivalsOf } from '../../../src/lab/Arrivals.js'
import type { Scenario, ServiceScenario } from '../../../src/lab/Scenario.js'
import { message } from '../../support/bad.js'

const server = { capacity: 1, latency: 0 }

/** Who makes a request when, in a scenario, with these draws. */
const arrived = async (scenario: Scenario, draws: ReadonlyArray<number> = []) => {
  const agenda = newAgenda()
  const left = [...draws]
  const log: Array<readonly [number, number]> = []
  arrivalsOf(scenario).arrive(
    agenda,
    () => left.shift()!,
    (client) => log.push([agenda.clock.now(), client])
  )
  await agenda.run({ goOn: () => true, moves: () => true })
  return log
}

// The draw that makes the pause between random arrivals so many times their mean.
const pause = (times: number): number => 1 - Math.exp(-times)

describe('arrivalsOf: when', () => {
  it('at once, 3 clients -> all at 0, in turn', async () => {
    const all = [
      [0, 0],
      [0, 1],
      [0, 2]
    ]
    expect(await arrived({ clients: 3, arrivals: 'atOnce', server })).toEqual(all)
    expect(await arrived({ clients: 3, contention: { message: 1 } })).toEqual(all)
  })

  it('at once, 3000 clients -> all at 0, in turn', async () => {
    const log = await arrived({ clients: 3000, arrivals: 'atOnce', server })
    expect(log).toEqual(Array.from({ length: 3000 }, (_, client) => [0, client]))
  })

  it('every 100 ms for 250 ms, 3 clients -> each at random within the first 100, then every 100', async () => {
    const scenario = { clients: 3, arrivals: { every: 100 }, duration: 250, server } as const
    expect(await arrived(scenario, [0.625, 0.125, 0.25])).toEqual([
      [12.5, 1],
      [25, 2],
      [62.5, 0],
      [112.5, 1],
      [125, 2],
      [162.5, 0],
      [212.5, 1],
      [225, 2]
    ])
  })

  it('every 100 ms for 200 ms, at 0 and twice at 50 -> not at 200; at the same moment in turn', async () => {
    const scenario = { clients: 3, arrivals: { every: 100 }, duration: 200, server } as const
    expect(await arrived(scenario, [0.5, 0, 0.5])).toEqual([
      [0, 1],
      [50, 0],
      [50, 2],
      [100, 1],
      [150, 0],
      [150, 2]
    ])
  })

  it('every 0.1 ms, ten thousand times -> still at multiples', async () => {
    const log = await arrived({ clients: 1, arrivals: { every: 0.1 }, duration: 1000, server }, [0])
    expect(log).toHaveLength(10_000)
    expect(log[9999]?.[0]).toBeCloseTo(999.9, 9)
  })

  it('every 10 s for 5 s, 2 clients -> only who comes within 5 s', async () => {
    const scenario = { clients: 2, arrivals: { every: '10s' }, duration: '5s', server } as const
    expect(await arrived(scenario, [0.75, 0.25])).toEqual([[2500, 1]])
    expect(await arrived(scenario, [0.75, 0.5])).toEqual([])
  })

  it('10 a second for 1 s, 2 clients -> after random pauses of 100 ms in the mean, in turn', async () => {
    const scenario = { clients: 2, arrivals: { perSecond: 10 }, duration: '1s', server } as const
    const log = await arrived(scenario, [0.5, 1, 0.25, 7, 2].map(pause))
    expect(log.map(([at, client]) => [Math.round(at * 1e6) / 1e6, client])).toEqual([
      [50, 0],
      [150, 1],
      [175, 0],
      [875, 1]
    ])
  })

  it('nothing for 0 s -> none', async () => {
    expect(await arrived({ clients: 2, arrivals: { every: 1 }, duration: 0, server }, [0, 0])).toEqual([])
    expect(await arrived({ clients: 2, arrivals: { perSecond: 1 }, duration: 0, server }, [0])).toEqual([])
  })
})

describe('arrivalsOf: a client that is woken', () => {
  it.each<[string, Scenario, ReadonlyArray<number>]>([
    ['at once', { clients: 2000, arrivals: 'atOnce', server }, []],
    ['every 10 ms', { clients: 2, arrivals: { every: 10 }, duration: 30, server }, [0, 0.5]],
    ['100 a second', { clients: 2, arrivals: { perSecond: 100 }, duration: 30, server }, [1, 1, 1].map(pause)]
  ])('%s -> has made its request before anything else happens', async (_, scenario, draws) => {
    const agenda = newAgenda()
    const left = [...draws]
    const begun: number[] = []
    const requested: number[] = []
    const missing: number[] = []
    arrivalsOf(scenario).arrive(
      agenda,
      () => left.shift()!,
      (client) => {
        begun.push(client)
        void Promise.resolve().then(() => requested.push(client))
        // What the server does at the same moment.
        agenda.plan(
          0,
          () => {
            missing.push(begun.length - requested.length)
            return false
          },
          undefined
        )
      }
    )
    await agenda.run({ goOn: () => true, moves: () => true })
    expect(missing.length).toBeGreaterThan(1)
    expect(new Set(missing)).toEqual(new Set([0]))
  })
})

describe('arrivalsOf: how many, and how they are shown', () => {
  it.each([
    [
      { clients: 7, arrivals: 'atOnce', server },
      { processes: 1, expected: 7, width: 10 }
    ],
    [
      { clients: 7, processes: 3, arrivals: 'atOnce', server },
      { processes: 3, expected: 7, width: 10 }
    ],
    [
      { clients: 7, contention: { message: 1 } },
      { processes: 1, expected: 7, width: 10 }
    ],
    [
      { clients: 100, arrivals: { every: '10s' }, duration: '2m', server },
      { processes: 1, expected: 1200, width: 2000 }
    ],
    [
      { clients: 3, arrivals: { every: 100 }, duration: 250, server },
      { processes: 1, expected: 8, width: 5 }
    ],
    [
      { clients: 3, arrivals: { perSecond: 50 }, duration: '10s', server },
      { processes: 1, expected: 500, width: 100 }
    ],
    [
      { clients: 3, arrivals: { perSecond: 50 }, duration: '12ms', server },
      { processes: 1, expected: 1, width: 0.2 }
    ]
  ] as ReadonlyArray<[Scenario, object]>)('%j -> %j', (scenario, plan) => {
    expect(arrivalsOf(scenario)).toMatchObject(plan)
  })
})

describe('arrivalsOf, of what makes no sense', () => {
  const base = { clients: 1, arrivals: 'atOnce', server }
  it.each([
    [{ clients: 0 }, 'RangeError: clients must be a whole number >= 1, got 0'],
    [{ clients: 1.5 }, 'RangeError: clients must be a whole number >= 1, got 1.5'],
    [{ clients: undefined }, 'TypeError: clients must be a whole number >= 1, got undefined'],
    [{ processes: 0 }, 'RangeError: processes must be a whole number >= 1, got 0'],
    [{ processes: 'two' }, 'RangeError: processes must be a whole number >= 1, got "two"'],
    [
      { arrivals: undefined },
      `TypeError: arrivals must be 'atOnce', or an object with every or perSecond, got undefined`
    ],
    [
      { arrivals: null },
      `TypeError: arrivals must be 'atOnce', or an object with every or perSecond, got null`
    ],
    [
      { arrivals: 'sometimes' },
      `RangeError: arrivals must be 'atOnce', or an object with every or perSecond, got "sometimes"`
    ],
    [
      { arrivals: { eevery: 1 } },
      "TypeError: arrivals: there is no option 'eevery'; there are every, perSecond"
    ],
    [
      { arrivals: {}, duration: 1 },
      'TypeError: arrivals must be one of every and perSecond, got [object Object]'
    ],
    [
      { arrivals: { every: 1, perSecond: 1 } },
      'TypeError: arrivals must be one of every and perSecond, got [object Object]'
    ],
    [
      { arrivals: { every: 10 } },
      'TypeError: duration must be set, unless all arrive at once, got undefined'
    ],
    [
      { arrivals: { every: 10 }, duration: -1 },
      `RangeError: duration must be milliseconds >= 0 or a text like '2s', got -1`
    ],
    [{ arrivals: { every: 0 }, duration: 1 }, 'RangeError: arrivals.every must be longer than 0 ms, got 0'],
    [
      { arrivals: { every: '1d' }, duration: 1 },
      `RangeError: arrivals.every must be milliseconds >= 0 or a text like '2s', got "1d"`
    ],
    [
      { arrivals: { perSecond: 0 }, duration: 1 },
      'RangeError: arrivals.perSecond must be a number more than 0, to 1000000000, got 0'
    ],
    [
      { arrivals: { perSecond: NaN }, duration: 1 },
      'RangeError: arrivals.perSecond must be a number more than 0, to 1000000000, got NaN'
    ],
    [
      { arrivals: { perSecond: 2e9 }, duration: 1 },
      'RangeError: arrivals.perSecond must be a number more than 0, to 1000000000, got 2000000000'
    ],
    [
      { arrivals: { perSecond: '5' }, duration: 1 },
      'RangeError: arrivals.perSecond must be a number more than 0, to 1000000000, got "5"'
    ]
  ])('%j -> %s', (changes, error) => {
    expect(message(() => arrivalsOf({ ...base, ...changes } as ServiceScenario))).toBe(error)
  })
})
