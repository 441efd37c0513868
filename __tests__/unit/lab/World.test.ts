import { seededRandom } from 'reprise/testing'
import { newAgenda } from '../../../src/lab/Agenda.js'
import type { Outage, Scenario, Server } from '../../../src/lab/Scenario.js'
import { worldOf } from '../../../src/lab/World.js'
import { message } from '../../support/bad.js'

/** What comes of attempts that are sent at these moments: when each is answered, and how; by the moment of the answer. */
const answers = async (scenario: Scenario, sent: ReadonlyArray<number>, random = () => 0.5) => {
  const agenda = newAgenda()
  const world = worldOf(scenario)(agenda, random)
  const answered: Array<readonly [attempt: number, at: number, answer: string]> = []
  sent.forEach((at, attempt) =>
    agenda.plan(
      at,
      () => {
        world.send((answer) => {
          const inWords =
            answer._tag === 'Right'
              ? 'Right'
              : answer.left._tag === 'RateLimited'
                ? `RateLimited ${answer.left.retryAfter}`
                : answer.left._tag
          answered.push([attempt, agenda.clock.now(), inWords])
        })
        return false
      },
      undefined
    )
  )
  await agenda.run({ goOn: () => true, moves: () => true })
  return { answered, calls: world.calls(), load: world.load() }
}

const service = (server: Partial<Server>, network?: number): Scenario => ({
  clients: 1,
  arrivals: 'atOnce',
  ...(network !== undefined && { network }),
  server: { capacity: 1, latency: 100, ...server }
})

describe('a service', () => {
  it('one place, 100 ms, two at once -> at 100 and at 200', async () => {
    expect(await answers(service({}), [0, 0])).toEqual({
      answered: [
        [0, 100, 'Right'],
        [1, 200, 'Right']
      ],
      calls: 2,
      load: { running: 0, queued: 0 }
    })
  })

  it('two places, four at 0, 0, 30, 40 -> in turn, as soon as there is a place', async () => {
    expect((await answers(service({ capacity: 2 }), [0, 0, 30, 40])).answered).toEqual([
      [0, 100, 'Right'],
      [1, 100, 'Right'],
      [2, 200, 'Right'],
      [3, 200, 'Right']
    ])
  })

  it('after a pause -> at once again', async () => {
    expect((await answers(service({}), [0, 1000])).answered).toEqual([
      [0, 100, 'Right'],
      [1, 1100, 'Right']
    ])
  })

  it('a network of 10 ms -> 10 ms more each way', async () => {
    expect((await answers(service({}, 10), [0, 0])).answered).toEqual([
      [0, 120, 'Right'],
      [1, 220, 'Right']
    ])
  })

  it('a network with a distribution -> drawn for each message', async () => {
    const scenario = { ...service({}), network: { uniform: [0, 100] } } as const
    const draws = [0.1, 0.2]
    expect((await answers(scenario, [0], () => draws.shift()!)).answered).toEqual([[0, 130, 'Right']])
  })

  it('room for one in the queue, four at once -> the others are overloaded, at once', async () => {
    expect((await answers(service({ queue: 1 }, 5), [0, 0, 0, 0])).answered).toEqual([
      [2, 10, 'Overloaded'],
      [3, 10, 'Overloaded'],
      [0, 110, 'Right'],
      [1, 210, 'Right']
    ])
  })

  it('no room in the queue -> overloaded until the place is free, and not at that moment any more', async () => {
    expect((await answers(service({ queue: 0 }), [0, 99.9, 100.1])).answered).toEqual(
      [
        [0, 100, 'Right'],
        [1, 99.9, 'Overloaded'],
        [2, 200.1, 'Right']
      ].sort(([, a], [, b]) => (a as number) - (b as number))
    )
  })

  it('two a second, a fixed window -> RateLimited with what is left of the second', async () => {
    const rateLimit = { capacity: 2, per: '1s', algorithm: 'fixedWindow' } as const
    const { answered, calls } = await answers(service({ capacity: 9, rateLimit }), [0, 100, 250, 999, 1000])
    expect(answered).toEqual([
      [0, 100, 'Right'],
      [1, 200, 'Right'],
      [2, 250, 'RateLimited 750'],
      [3, 999, 'RateLimited 1'],
      [4, 1100, 'Right']
    ])
    expect(calls).toBe(5)
  })

  it('two a second, a token bucket -> RateLimited until the next token', async () => {
    const rateLimit = { capacity: 2, per: '1s' } as const
    expect((await answers(service({ capacity: 9, rateLimit }), [0, 0, 0, 500])).answered).toEqual([
      [2, 0, 'RateLimited 500'],
      [0, 100, 'Right'],
      [1, 100, 'Right'],
      [3, 600, 'Right']
    ])
  })

  it('over the limit -> takes no place and none in the queue', async () => {
    const rateLimit = { capacity: 1, per: '1s', algorithm: 'fixedWindow' } as const
    expect((await answers(service({ queue: 0, rateLimit }), [0, 0, 1000])).answered).toEqual([
      [1, 0, 'RateLimited 1000'],
      [0, 100, 'Right'],
      [2, 1100, 'Right']
    ])
  })

  it('failures of 0.3 -> a draw below fails, after the work is done; other draws do not', async () => {
    const draws = [0.29, 0.3, 0]
    expect((await answers(service({ failures: 0.3 }), [0, 0, 0], () => draws.shift()!)).answered).toEqual([
      [0, 100, 'Failed'],
      [1, 200, 'Right'],
      [2, 300, 'Failed']
    ])
  })

  it('all fail, or none -> all, or none', async () => {
    const tags = async (failures: number, draw: number) =>
      (await answers(service({ failures }), [0], () => draw)).answered[0]?.[2]
    expect([await tags(1, 1 - 2 ** -53), await tags(0, 0)]).toEqual(['Failed', 'Right'])
  })

  it('whoever does not wait for the answer -> has its place all the same', async () => {
    // Nothing tells the server that the first is no longer wanted.
    expect((await answers(service({}), [0, 50])).answered).toEqual([
      [0, 100, 'Right'],
      [1, 200, 'Right']
    ])
  })

  it('the load, at a moment -> what runs and what waits', async () => {
    const agenda = newAgenda()
    const world = worldOf(service({ capacity: 2, queue: 3 }))(agenda, () => 0)
    const loads: unknown[] = []
    for (let i = 0; i < 9; i++) world.send(() => undefined)
    for (const at of [1, 101, 201, 301])
      agenda.plan(at, () => loads.push([world.load(), world.calls()]) < 0, undefined)
    await agenda.run({ goOn: () => true, moves: () => true })
    expect(loads).toEqual([
      [{ running: 2, queued: 3 }, 9],
      [{ running: 2, queued: 1 }, 9],
      [{ running: 1, queued: 0 }, 9],
      [{ running: 0, queued: 0 }, 9]
    ])
  })

  it('20,000 in the queue -> all in turn', async () => {
    const sent = Array.from({ length: 20_000 }, () => 0)
    const { answered } = await answers(service({ latency: 1 }), sent)
    expect(answered.every(([attempt, at]) => at === attempt + 1)).toBe(true)
  })
})

describe('an outage', () => {
  const withOutage = (outage: Outage, server: Partial<Server> = {}, network = 10): Scenario =>
    service({ ...server, outages: [outage] }, network)

  describe('down from 1000 to 2000', () => {
    const down: Outage = { from: '1s', to: '2s', mode: 'down' }

    it.each([
      // Each takes 10 ms to arrive, is worked on for 100 ms, and takes 10 ms back.
      [889, 1009, 'Right'],
      // What would be done at the very moment is lost; it is told at once.
      [890, 1010, 'Unavailable'],
      [900, 1010, 'Unavailable'],
      [989, 1010, 'Unavailable'],
      // What arrives at the start, and until the end, is refused at once.
      [990, 1010, 'Unavailable'],
      [1500, 1520, 'Unavailable'],
      [1989, 2009, 'Unavailable'],
      [1990, 2110, 'Right']
    ])('sent at %d -> at %d: %s', async (sent, at, answer) => {
      expect((await answers(withOutage(down), [sent])).answered).toEqual([[0, at, answer]])
    })

    it('what is worked on longer than it lasts -> is lost all the same, and answered once', async () => {
      expect((await answers(withOutage(down, { latency: '5s' }), [500])).answered).toEqual([
        [0, 1010, 'Unavailable']
      ])
    })

    it('who works, and who waits -> are told in turn; afterwards all places are free', async () => {
      const { answered, load, calls } = await answers(
        withOutage(down, { latency: 300, capacity: 2 }),
        [800, 810, 820, 830, 2000, 2000, 2000]
      )
      expect(answered).toEqual([
        [0, 1010, 'Unavailable'],
        [1, 1010, 'Unavailable'],
        [2, 1010, 'Unavailable'],
        [3, 1010, 'Unavailable'],
        [4, 2320, 'Right'],
        [5, 2320, 'Right'],
        [6, 2620, 'Right']
      ])
      expect([load, calls]).toEqual([{ running: 0, queued: 0 }, 7])
    })

    it('two of them that touch, and one in the other -> down all the time, and what is lost is lost once', async () => {
      const outages: ReadonlyArray<Outage> = [
        { from: 1500, to: 2000, mode: 'down' },
        { from: 1000, to: 1500, mode: 'down' },
        { from: 1100, to: 1200, mode: 'down' }
      ]
      expect((await answers(service({ outages }), [950, 1150, 1500, 1999, 2000])).answered).toEqual([
        [0, 1000, 'Unavailable'],
        [1, 1150, 'Unavailable'],
        [2, 1500, 'Unavailable'],
        [3, 1999, 'Unavailable'],
        [4, 2100, 'Right']
      ])
    })

    it('from the start -> refused from the start', async () => {
      const outage: Outage = { from: 0, to: 50, mode: 'down' }
      expect((await answers(withOutage(outage, {}, 0), [0, 49, 50])).answered).toEqual([
        [0, 0, 'Unavailable'],
        [1, 49, 'Unavailable'],
        [2, 150, 'Right']
      ])
    })
  })

  describe('silent from 1000 to 2000', () => {
    const silent: Outage = { from: '1s', to: '2s', mode: 'silent' }

    it.each([
      [889, [[0, 1009, 'Right']]],
      [890, []],
      [989, []],
      [990, []],
      [1989, []],
      [1990, [[0, 2110, 'Right']]]
    ])('sent at %d -> %j', async (sent, answered) => {
      expect(await answers(withOutage(silent), [sent])).toEqual({
        answered,
        calls: 1,
        load: { running: 0, queued: 0 }
      })
    })

    it('what waits -> is worked on; what is done after the end is answered', async () => {
      const scenario = withOutage(silent, { latency: 600 }, 0)
      expect((await answers(scenario, [900, 900, 900])).answered).toEqual([
        // The first would be done at 1500, which nobody hears.
        [1, 2100, 'Right'],
        [2, 2700, 'Right']
      ])
    })

    it('down within it -> what is lost is not told', async () => {
      const outages: ReadonlyArray<Outage> = [
        { from: 1000, to: 2000, mode: 'silent' },
        { from: 1500, to: 1600, mode: 'down' }
      ]
      const { answered, load } = await answers(service({ outages, latency: 800 }), [900, 950, 1990, 2000])
      expect(answered).toEqual([[3, 2800, 'Right']])
      expect(load).toEqual({ running: 0, queued: 0 })
    })
  })

  describe('slow, 5 times, from 1000 to 2000', () => {
    it.each([
      // It is as slow as it is when it begins.
      [989, 1109],
      [990, 1510],
      [1989, 2509],
      [1990, 2110]
    ])('sent at %d -> answered at %d', async (sent, at) => {
      const scenario = withOutage({ from: '1s', to: '2s', mode: 'slow', factor: 5 })
      expect((await answers(scenario, [sent])).answered).toEqual([[0, at, 'Right']])
    })
  })

  describe('failing, half of them, from 1000 to 2000', () => {
    const failing: Outage = { from: '1s', to: '2s', mode: 'failing', ratio: 0.5 }

    it.each([
      // It counts when it is done; 0.49 is below a half, and above the failures at any time.
      [889, 0.49, 0.1, 'Right'],
      [890, 0.49, 0.1, 'Failed'],
      [890, 0.5, 0.1, 'Right'],
      [1889, 0.49, 0.1, 'Failed'],
      [1890, 0.49, 0.1, 'Right'],
      [1890, 0.09, 0.1, 'Failed'],
      // The greater of the two.
      [1000, 0.59, 0.6, 'Failed'],
      [1000, 0.6, 0.6, 'Right']
    ])('sent at %d, drawing %d, failures of %d -> %s', async (sent, draw, failures, answer) => {
      const { answered } = await answers(withOutage(failing, { failures }), [sent], () => draw)
      expect(answered).toEqual([[0, sent + 120, answer]])
    })
  })
})

describe('a contended row', () => {
  it('messages of 10 ms, two at 0 and 5 -> the first commits at 30, the second has read too early', async () => {
    expect(await answers({ clients: 2, contention: { message: 10 } }, [0, 5])).toEqual({
      answered: [
        [0, 40, 'Right'],
        [1, 45, 'Conflict']
      ],
      calls: 2,
      load: { running: 0, queued: 0 }
    })
  })

  it('read at the moment of a commit, planned before it -> too early; read after it -> commits', async () => {
    const sent = [0, 20, 21]
    expect((await answers({ clients: 3, contention: { message: 10 } }, sent)).answered).toEqual([
      // It commits at 30.
      [0, 40, 'Right'],
      [1, 60, 'Conflict'],
      [2, 61, 'Right']
    ])
  })

  it('a call -> is counted when the write arrives, not when the read does', async () => {
    const agenda = newAgenda()
    const world = worldOf({ clients: 1, contention: { message: 10 } })(agenda, () => 0)
    world.send(() => undefined)
    const counts: number[] = []
    for (const at of [11, 29, 31]) agenda.plan(at, () => counts.push(world.calls()) < 0, undefined)
    await agenda.run({ goOn: () => true, moves: () => true })
    expect(counts).toEqual([0, 0, 1])
  })
})

describe('theory', () => {
  it('one place, random arrivals and work, half busy -> 20 ms in the mean (M/M/1: 1 / (100/s - 50/s))', async () => {
    const random = seededRandom(7)
    let at = 0
    const sent = Array.from({ length: 20_000 }, () => (at += -20 * Math.log(1 - random())))
    const { answered } = await answers(service({ latency: { exponential: 10 } }), sent, seededRandom(8))
    const took = answered.reduce((sum, [attempt, end]) => sum + end - sent[attempt]!, 0) / 20_000
    expect(took / 20).toBeGreaterThan(0.96)
    expect(took / 20).toBeLessThan(1.04)
  })

  it.each([
    ['random', { exponential: 60 }],
    ['even', 60]
  ] as const)(
    'five places, no queue, random arrivals, work for three, %s -> 11 % refused (Erlang B)',
    async (_, latency) => {
      const random = seededRandom(9)
      let at = 0
      const sent = Array.from({ length: 20_000 }, () => (at += -20 * Math.log(1 - random())))
      const { answered } = await answers(service({ latency, capacity: 5, queue: 0 }), sent, seededRandom(10))
      const refused = answered.filter(([, , answer]) => answer === 'Overloaded').length / 20_000
      // 3^5/5! over the sum of 3^k/k! for k from 0 to 5: 2.025 / 18.4.
      expect(refused / 0.11005).toBeGreaterThan(0.94)
      expect(refused / 0.11005).toBeLessThan(1.06)
    }
  )
})

describe('worldOf, of what makes no sense', () => {
  const server = { capacity: 1, latency: 1 }
  const base = { clients: 1, arrivals: 'atOnce', server }
  it.each([
    [
      { ...base, severs: 1 },
      "TypeError: scenario: there is no option 'severs'; there are clients, processes, arrivals, duration, network, server"
    ],
    [{ ...base, network: -1 }, `RangeError: network must be milliseconds >= 0 or a text like '2s', got -1`],
    [
      { ...base, network: { normal: [1, 'x'] } },
      `RangeError: network.normal must be milliseconds >= 0 or a text like '2s', got "x"`
    ],
    [{ ...base, server: undefined }, 'TypeError: server: options must be an object, got undefined'],
    [
      { ...base, server: { ...server, qeue: 1 } },
      "TypeError: server: there is no option 'qeue'; there are capacity, latency, queue, rateLimit, failures, outages"
    ],
    [
      { ...base, server: { latency: 1 } },
      'TypeError: server.capacity must be a whole number >= 1, got undefined'
    ],
    [
      { ...base, server: { ...server, capacity: 0 } },
      'RangeError: server.capacity must be a whole number >= 1, got 0'
    ],
    [
      { ...base, server: { ...server, capacity: Infinity } },
      'RangeError: server.capacity must be a whole number >= 1, got Infinity'
    ],
    [
      { ...base, server: { capacity: 1 } },
      `TypeError: server.latency must be milliseconds >= 0 or a text like '2s', got undefined`
    ],
    [
      { ...base, server: { ...server, latency: 'long' } },
      `RangeError: server.latency must be milliseconds >= 0 or a text like '2s', got "long"`
    ],
    [
      { ...base, server: { ...server, queue: -1 } },
      'RangeError: server.queue must be a whole number >= 0, got -1'
    ],
    [
      { ...base, server: { ...server, queue: 0.5 } },
      'RangeError: server.queue must be a whole number >= 0, got 0.5'
    ],
    [
      { ...base, server: { ...server, failures: 1.5 } },
      'RangeError: server.failures must be a number from 0 to 1, got 1.5'
    ],
    [
      { ...base, server: { ...server, failures: NaN } },
      'RangeError: server.failures must be a number from 0 to 1, got NaN'
    ],
    [
      { ...base, server: { ...server, outages: 'all' } },
      'RangeError: server.outages must be a list, got "all"'
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 0, per: 1 } } },
      'RangeError: server.rateLimit.capacity must be a whole number >= 1, got 0'
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 1, per: 0 } } },
      'RangeError: server.rateLimit.per must be longer than 0 ms, got 0'
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 1 } } },
      `TypeError: server.rateLimit.per must be milliseconds >= 0 or a text like '2s', got undefined`
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 1, per: 1, algorithm: 'luck' } } },
      'RangeError: server.rateLimit.algorithm must be one of tokenBucket, leakyBucket, slidingWindow, fixedWindow, gcra, got "luck"'
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 1, pro: 1 } } },
      "TypeError: server.rateLimit: there is no option 'pro'; there are capacity, per, algorithm"
    ],
    [
      { clients: 1, contention: {} },
      `TypeError: contention.message must be milliseconds >= 0 or a text like '2s', got undefined`
    ],
    [{ clients: 1, contention: 5 }, 'RangeError: contention: options must be an object, got 5'],
    [
      { clients: 1, contention: { message: NaN } },
      `RangeError: contention.message must be milliseconds >= 0 or a text like '2s', got NaN`
    ],
    [
      { clients: 1, contention: { message: 1 }, server },
      "TypeError: scenario: there is no option 'server'; there are clients, processes, contention"
    ]
  ])('%j -> %s', (scenario, error) => {
    expect(message(() => worldOf(scenario as unknown as Scenario))).toBe(error)
  })
})
