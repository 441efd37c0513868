import type { Scenario } from 'reprise/lab'
import { seededRandom } from 'reprise/testing'
import { newAgenda } from '../../../src/lab/Agenda.js'
import { worldOf } from '../../../src/lab/World.js'
import { answers, service } from '../../support/worlds.js'

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

describe('an answer', () => {
  const broken = service({ failures: 1 })
  const row: Scenario = { clients: 2, contention: { message: 10 } }

  it.each<[string, Scenario, ReadonlyArray<unknown>]>([
    ['a service', service({}), [{ _tag: 'Right', right: undefined }]],
    ['a service that fails', broken, [{ _tag: 'Left', left: { _tag: 'Failed' } }]],
    [
      'a contended row',
      row,
      [
        { _tag: 'Right', right: undefined },
        { _tag: 'Left', left: { _tag: 'Conflict' } }
      ]
    ]
  ])('of %s -> an Either', async (_, scenario, expected) => {
    const agenda = newAgenda()
    const world = worldOf(scenario)(agenda, () => 0)
    const given: unknown[] = []
    expected.forEach(() => world.send((answer) => given.push(answer)))
    await agenda.run({ goOn: () => true, moves: () => true })
    expect(given).toEqual(expected)
  })

  it.each<[string, Scenario, ReadonlyArray<number>]>([
    ['a service', service({}), [100, 200]],
    ['a row', { ...row, clients: 1 }, [40]],
    ['a contended row', row, [40, 40]]
  ])('of %s -> whoever waits for it goes on before time does', async (_, scenario, expected) => {
    const agenda = newAgenda()
    const world = worldOf(scenario)(agenda, () => 0)
    const times: number[] = []
    expected.forEach(() => {
      void new Promise(world.send).then(() => times.push(agenda.clock.now()))
    })
    agenda.plan(1000, () => undefined, undefined)
    await agenda.run({ goOn: () => true, moves: () => true })
    expect(times).toEqual(expected)
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
