import { pipe } from 'fp-ts/lib/function.js'
import {
  capDelay,
  custom,
  type CustomDelay,
  decorrelated,
  delayFrom,
  exponential,
  fibonacci,
  fixed,
  initialState,
  type Jitter,
  limitRetries,
  linear,
  mapDelay,
  type RetryPolicy,
  step,
  type StepState,
  withJitter
} from 'reprise'
import { scenario, seededRandom } from 'reprise/testing'

const failed = { outcome: { _tag: 'Threw', error: 'down' }, elapsed: 0 } as const

const highest = 1 - 2 ** -53

/** The waits after the first attempts, and the state they leave. */
const walk = (policy: RetryPolicy, attempts: number, random: (attempt: number) => number) => {
  const next = step(policy)
  const waits: number[] = []
  let state: StepState = initialState
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const after = next(state, { ...failed, random: random(attempt) })
    if (after.decision._tag !== 'Retry') break
    waits.push(after.decision.delay)
    state = after.state
  }
  return { waits, state }
}

describe('P2 NaN, Infinity, negative delays', () => {
  const nonsense: ReadonlyArray<[string, CustomDelay]> = [
    ['NaN', NaN],
    ['-1', -1],
    ['-Infinity', -Infinity],
    ['from NaN', { from: NaN, to: 1 }],
    ['to NaN', { from: 0, to: NaN }],
    ['from -1', { from: -1, to: 1 }],
    ['from above to', { from: 2, to: 1 }],
    ["'-1s'", '-1s'],
    ["'soon'", 'soon' as CustomDelay],
    ['undefined', undefined as never]
  ]
  test.each(nonsense)(
    'P2 custom gives %s -> PolicyFault that names it, no wait, no retry',
    async (_, answer) => {
      const { calls, waits, result } = await scenario({ policy: custom('odd', () => answer), script: 'L' })
      expect({ calls, waits }).toEqual({ calls: 1, waits: [] })
      const fault = expect.objectContaining({ message: expect.stringContaining("custom 'odd'") })
      expect(result).toMatchObject({
        _tag: 'Left',
        left: { _tag: 'PolicyFault', fault, failures: [{ error: 1 }] }
      })
    }
  )

  test.each([NaN, -1])('P2 mapDelay gives %d -> PolicyFault, no wait, no retry', async (answer) => {
    const policy = pipe(
      fixed(100),
      mapDelay('odd', () => answer)
    )
    const { calls, waits, result } = await scenario({ policy, script: 'L' })
    expect({ calls, waits }).toEqual({ calls: 1, waits: [] })
    expect(result).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'PolicyFault', fault: expect.any(RangeError) }
    })
  })

  test('P2 custom gives Infinity -> stop, and stays stopped', async () => {
    const policy = custom('thrice', ({ retry }) => (retry < 2 ? 100 : Infinity))
    const { calls, waits, result } = await scenario({ policy, script: 'L' })
    expect({ calls, waits }).toEqual({ calls: 3, waits: [100, 100] })
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'Exhausted' } })
  })

  const backoffs: ReadonlyArray<[string, RetryPolicy]> = [
    ['exponential(100)', exponential(100)],
    ['exponential(1, 1.1)', exponential(1, 1.1)],
    ["linear('1h', '999999h')", linear('1h', '999999h')],
    ['fixed(250.5)', fixed(250.5)],
    ['fibonacci(100)', fibonacci(100)],
    ['decorrelated(100)', decorrelated(100)]
  ]
  const jitters: ReadonlyArray<Jitter> = [0, 0.3, 'full', 'equal']
  const policies = [
    ...backoffs.flatMap(([name, backoff]) =>
      jitters.map((jitter): [string, RetryPolicy] => [
        `${name}, jitter ${jitter}`,
        withJitter(jitter)(backoff)
      ])
    ),
    // Where 0 times a number that has grown infinite would be NaN.
    ['exponential(0)', exponential(0)] as const,
    ['fibonacci(0)', fibonacci(0)] as const,
    ['exponential(100, 0.5)', exponential(100, 0.5)] as const
  ]
  const cap = 30_000

  test.each(policies)(
    'P2 %s, attempts 1 to 5000 -> whole numbers in [0, 2^53 - 1], in [0, cap] under a cap',
    (_, policy) => {
      const odd = (waits: ReadonlyArray<number>, max: number) =>
        waits.filter((wait) => !(Number.isInteger(wait) && wait >= 0 && wait <= max)).slice(0, 3)

      const seeded = seededRandom(42)
      // Every third draw is the lowest, every third the highest there is.
      const random = (attempt: number): number => [0, highest][attempt % 3] ?? seeded()
      const bare = walk(policy, 5000, random).waits
      const capped = walk(capDelay(cap)(policy), 5000, random).waits
      expect([bare.length, capped.length]).toEqual([5000, 5000])
      expect(odd(bare, Number.MAX_SAFE_INTEGER)).toEqual([])
      expect(odd(capped, cap)).toEqual([])
    }
  )
})

describe('P6 a hint, such as Retry-After', () => {
  const hinted = (error: unknown): number | undefined =>
    (error as { readonly retryAfter?: number }).retryAfter
  const polite = (retries: number) =>
    pipe(exponential(1000), withJitter(0.5), delayFrom(hinted, { max: '60s' }), limitRetries(retries))
  const play = (retryAfter: number, random?: () => number) =>
    scenario({
      policy: polite(1),
      script: 'LR',
      left: () => ({ retryAfter }),
      ...(random && { random })
    })

  test('P6 a hint of 86,400 s, max 60 s -> stops now, with the hint in the error', async () => {
    const { calls, result, waits } = await play(86_400_000)
    expect({ calls, waits }).toEqual({ calls: 1, waits: [] })
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'Exhausted', hint: 86_400_000 } })
  })

  test('P6 a hint of 60,001 ms, max 60 s -> stops; of 60,000 ms -> is waited for', async () => {
    expect((await play(60_001)).calls).toBe(1)
    expect((await play(60_000)).calls).toBe(2)
  })

  test('P6 a hint of 30 s, 1,000 draws -> never an attempt before it', async () => {
    const random = seededRandom(6)
    for (let i = 0; i < 1000; i++) {
      const { waits } = await play(30_000, random)
      expect(waits[0]).toBeGreaterThanOrEqual(30_000)
      expect(waits[0]).toBeLessThanOrEqual(60_000)
    }
  })

  test('P6 a hint of 0 -> the wait of the schedule', async () => {
    const { waits } = await play(0, () => 0.5)
    expect(waits).toEqual([1000])
  })
})

describe('P7 jitter and caps', () => {
  const cap = 100_000
  const policies: ReadonlyArray<[string, RetryPolicy]> = [
    ["capDelay, then withJitter('full')", pipe(exponential(100), capDelay(cap), withJitter('full'))],
    ["withJitter('full'), then capDelay", pipe(exponential(100), withJitter('full'), capDelay(cap))],
    ["withJitter('equal')", pipe(exponential(100), capDelay(cap), withJitter('equal'))],
    ['withJitter(0.5)', pipe(exponential(100), capDelay(cap), withJitter(0.5))],
    ['withJitter(0.1)', pipe(exponential(100), withJitter(0.1), capDelay(cap))],
    ['decorrelated(100)', pipe(decorrelated(100), capDelay(cap))]
  ]
  test.each(policies)(
    'P7 %s, cap 100,000, attempt 50, 1,000 draws -> none above, over 900 distinct',
    (_, policy) => {
      const { state } = walk(policy, 49, () => highest)
      const random = seededRandom(7)
      const draws = Array.from({ length: 1000 }, () => {
        const { decision } = step(policy)(state, { ...failed, random: random() })
        return decision._tag === 'Retry' ? decision.delay : NaN
      })
      expect(draws.every((wait) => wait >= 0 && wait <= cap)).toBe(true)
      expect(new Set(draws).size).toBeGreaterThan(900)
    }
  )
})

describe('P23 counts', () => {
  test.each([NaN, -1, 2.5, Infinity])('P23 limitRetries(%d) -> RangeError that names it', (count) => {
    expect(() => limitRetries(count)).toThrow(RangeError)
    expect(() => limitRetries(count)).toThrow(`limitRetries: count must be a whole number >= 0, got ${count}`)
  })

  test.each([
    [0, 1],
    [1, 2],
    [2, 3]
  ])('P23 limitRetries(%d) -> %d attempts', async (count, attempts) => {
    const { calls, result } = await scenario({ policy: limitRetries(count)(fixed(100)), script: 'L' })
    expect(calls).toBe(attempts)
    expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'Exhausted', attempts } })
  })
})
