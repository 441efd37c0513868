import { pipe } from 'fp-ts/lib/function.js'
import { fixed, immediate, never, withRetry } from 'reprise'
import type { Call, Client, Scenario } from 'reprise/lab'
import { thrown } from '../../support/bad.js'
import { left, once, right, steady, twoAtOnce } from '../../support/fleetRuns.js'

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

  it('of two clients -> after 30,000 acts: each call takes one to arrive, to be answered and to be made again', async () => {
    const outages = [{ from: 0, to: 10, mode: 'down' }]
    const scenario = { ...twoAtOnce, server: { capacity: 1, latency: 0, outages } } as unknown as Scenario
    let calls = 0
    const counting: Client = (call) => {
      const counted: Call = (client) => {
        calls += 1
        return call(client)
      }
      return pipe(counted, withRetry(immediate))
    }
    await left(scenario, counting)
    expect(calls).toBe(10_000)
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
