// The study of backoff and jitter (../shared/cases/fleet.md) through the public API, at few trials; docs/fleet.md has them all.
import { pipe } from 'fp-ts/lib/function.js'
import {
  capDelay,
  custom,
  decorrelated,
  exponential,
  immediate,
  recordFailures,
  type RetryPolicy,
  withJitter,
  withRetry
} from 'reprise'
import { runFleet } from 'reprise/lab'

const base = exponential(10)
const capped = capDelay(2000)
const policies = {
  None: immediate,
  Exponential: pipe(base, capped),
  Equal: pipe(base, withJitter('equal'), capped),
  Full: pipe(base, withJitter('full'), capped),
  // As the study has it: each draw is cut at the cap.
  Decorrelated: custom('study', ({ previousDelay: s = 5, random }) =>
    Math.min(2000, 5 + random * (3 * s - 5))
  ),
  Scaled: pipe(decorrelated(5), capped)
}

interface Means {
  readonly time: number
  readonly calls: number
}

/** The means of trials with the seeds 1, 2, 3 … */
const meansOf = async (policy: RetryPolicy, clients: number, trials: number): Promise<Means> => {
  const scenario = { clients, contention: { message: { normal: [10, 2] } } } as const
  const task = (seed: number) =>
    runFleet(scenario, (call) => pipe(call, withRetry(recordFailures(1)(policy))), { seed })
  let sums = { time: 0, calls: 0 }
  for (let seed = 1; seed <= trials; seed++) {
    const result = await task(seed)()
    if (result._tag === 'Left') throw new Error(JSON.stringify(result.left))
    const { completion, calls, succeeded } = result.right
    expect(succeeded).toBe(clients)
    sums = { time: sums.time + completion, calls: sums.calls + calls }
  }
  return { time: sums.time / trials, calls: sums.calls / trials }
}

const ratio = (found: number, expected: number): number => Math.abs(found / expected - 1)

describe('fleet: 100 clients, 10 trials', () => {
  it.each([
    ['None', 2034, 2424],
    ['Exponential', 63_514, 1859],
    ['Decorrelated', 4665, 1001],
    ['Equal', 6637, 812],
    ['Full', 4908, 796],
    ['Scaled', 4220, 1003]
  ] as const)('fleet: %s -> about %d ms and %d calls', async (name, time, calls) => {
    const found = await meansOf(policies[name], 100, 10)
    expect(ratio(found.time, time)).toBeLessThan(0.06)
    expect(ratio(found.calls, calls)).toBeLessThan(0.03)
  })
})

describe('fleet: under a cap of 100 ms, 100 clients, 5 trials: nobody lines up at the cap', () => {
  const cap = capDelay(100)
  it.each([
    ['full', 2268, 1349, withJitter('full')],
    ['equal', 2466, 1230, withJitter('equal')],
    ['± 50 %', 2383, 1214, withJitter(0.5)],
    ['± 25 %', 2596, 1231, withJitter(0.25)]
  ])('fleet: %s -> about %d ms and %d calls, in either order', async (_, time, calls, jitter) => {
    const found = await meansOf(pipe(base, jitter, cap), 100, 5)
    expect(ratio(found.time, time)).toBeLessThan(0.06)
    expect(ratio(found.calls, calls)).toBeLessThan(0.03)
    expect(await meansOf(pipe(base, cap, jitter), 100, 1)).toEqual(
      await meansOf(pipe(base, jitter, cap), 100, 1)
    )
  })

  it('fleet: decorrelated -> about 2257 ms and 1432 calls', async () => {
    const found = await meansOf(pipe(decorrelated(5), cap), 100, 5)
    expect(ratio(found.time, 2257)).toBeLessThan(0.06)
    expect(ratio(found.calls, 1432)).toBeLessThan(0.03)
  })

  it('fleet: ± 50 % that is cut at the cap, by a custom schedule -> about 3500 ms: they do', async () => {
    const cut = custom('cut', ({ retry, random }) =>
      Math.min(100, 10 * 2 ** Math.min(retry, 20) * (0.5 + random))
    )
    expect(ratio((await meansOf(cut, 100, 5)).time, 3500)).toBeLessThan(0.06)
  })
})

describe('fleet: the shape', () => {
  const few = async (clients: number, trials: number) => ({
    none: await meansOf(policies.None, clients, trials),
    exponential: await meansOf(policies.Exponential, clients, trials),
    equal: await meansOf(policies.Equal, clients, trials),
    full: await meansOf(policies.Full, clients, trials),
    decorrelated: await meansOf(policies.Decorrelated, clients, trials)
  })

  it.each([
    [50, 8],
    [70, 4]
  ])(
    'fleet: %d clients -> None < Decorrelated < Full < Equal ≪ Exponential in time',
    async (clients, trials) => {
      const { none, exponential, equal, full, decorrelated } = await few(clients, trials)
      expect(none.time).toBeLessThan(decorrelated.time)
      expect(decorrelated.time).toBeLessThan(full.time)
      expect(full.time).toBeLessThan(equal.time)
      expect(exponential.time / full.time).toBeGreaterThan(11)
      expect(exponential.time / full.time).toBeLessThan(15)
      // And in calls: Full ≈ Equal < Decorrelated < Exponential < None.
      expect(ratio(full.calls, equal.calls)).toBeLessThan(0.06)
      expect(equal.calls).toBeLessThan(decorrelated.calls)
      expect(decorrelated.calls).toBeLessThan(exponential.calls)
      expect(exponential.calls).toBeLessThan(none.calls)
    }
  )

  it('fleet: 190 clients -> Full is quicker than Decorrelated', async () => {
    const full = await meansOf(policies.Full, 190, 5)
    const decorrelated = await meansOf(policies.Decorrelated, 190, 5)
    expect(full.time).toBeLessThan(decorrelated.time)
  })

  it('fleet: without backoff, 50 and 100 and 200 clients -> time grows in proportion, calls with the square', async () => {
    const [fifty, hundred, twoHundred] = [
      await meansOf(policies.None, 50, 3),
      await meansOf(policies.None, 100, 3),
      await meansOf(policies.None, 200, 2)
    ]
    // Doubling adds twice as much time as before; the calls become four times as many, less what is linear.
    expect(ratio((twoHundred.time - hundred.time) / (hundred.time - fifty.time), 2)).toBeLessThan(0.1)
    expect(hundred.calls / fifty.calls).toBeGreaterThan(3.3)
    expect(twoHundred.calls / hundred.calls).toBeGreaterThan(3.5)
    expect(twoHundred.calls / hundred.calls).toBeLessThan(4)
  })
})
