import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  andThen,
  both,
  capDelay,
  custom,
  decorrelated,
  delays,
  either,
  exponential,
  fibonacci,
  fixed,
  limitRetries,
  limitTotalDelay,
  onRetry,
  type RetryPolicy,
  when,
  withEnv,
  withJitter,
  withRetry
} from 'reprise'
import { scenario, virtualClock } from 'reprise/testing'

describe('P7 jitter of two calls', () => {
  const jittered = pipe(exponential(1000), withJitter('full'), capDelay('30s'), limitRetries(8))

  test.each([
    ['exponential, full jitter', jittered],
    ['decorrelated', pipe(decorrelated(1000), limitRetries(8))]
  ])('P7 %s, two calls with one policy value -> different waits', async (_, policy) => {
    const clock = virtualClock()
    const call = async (): Promise<ReadonlyArray<number>> => {
      const waited: number[] = []
      const task = pipe(
        TE.left('down'),
        withRetry(policy),
        onRetry(({ delay }) => waited.push(delay)),
        // The machine's randomness: what real calls get.
        withEnv({ clock })
      )
      await task()
      return waited
    }
    const calls = [call(), call()]
    await clock.runAll()
    const [one, other] = await Promise.all(calls)
    expect(one?.length).toBe(8)
    expect(other?.length).toBe(8)
    expect(one).not.toEqual(other)
  })
})

describe('P16 state hidden in a policy', () => {
  type Coded = { readonly code: string }
  const coded: ReadonlyArray<Coded> = ['A', 'B', 'A', 'B', 'A'].map((code) => ({ code }))

  // Five failures, with codes A, B, A, B, A.
  const policies: ReadonlyArray<[string, RetryPolicy<Coded>, ReadonlyArray<number>]> = [
    ['exponential', exponential(100), [100, 200, 400, 800, 1600]],
    ['fibonacci', fibonacci(100), [100, 100, 200, 300, 500]],
    ['decorrelated', decorrelated(100), [200, 350, 575, 912, 1418]],
    ['limitRetries', pipe(fixed(100), limitRetries(3)), [100, 100, 100]],
    ['limitTotalDelay', pipe(exponential(100), limitTotalDelay(700)), [100, 200, 400]],
    ['delays', delays([10, 20, 30]), [10, 20, 30]],
    ['andThen', pipe(delays([10, 20]), andThen(exponential(1000))), [10, 20, 1000, 2000, 4000]],
    ['both', pipe(exponential(100), both(delays([150, 150, 150, 150]))), [150, 200, 400, 800]],
    ['either', pipe(exponential(100), either(delays([150, 150, 150, 150]))), [100, 150, 150, 150, 1600]],
    ['when', pipe(exponential(100), when('B', fibonacci(7))), [100, 7, 200, 7, 400]],
    ['custom that stops', custom('thrice', ({ retry }) => (retry < 3 ? 5 : 'stop')), [5, 5, 5]]
  ]

  /** A task that fails with the five codes, and then succeeds. */
  const failing = (): TE.TaskEither<Coded, string> => {
    let calls = 0
    return async () => {
      const left = coded[calls++]
      return left === undefined ? { _tag: 'Right', right: 'up' } : { _tag: 'Left', left }
    }
  }

  const settings = (policy: RetryPolicy<Coded>) => {
    const clock = virtualClock()
    const retry = withRetry(policy)
    /** Starts a call, and gives the list of its waits, which fills up. */
    const call = (): ReadonlyArray<number> => {
      const waited: number[] = []
      const task = pipe(
        failing(),
        retry,
        onRetry(({ delay }) => waited.push(delay)),
        withEnv({ clock, random: () => 0.5 })
      )
      void task()
      return waited
    }
    return { clock, call }
  }

  test.each(policies)('P16 %s, calls one after another -> each starts anew', async (_, policy, expected) => {
    const { clock, call } = settings(policy)
    for (let i = 0; i < 3; i++) {
      const waited = call()
      await clock.runAll()
      expect(waited).toEqual(expected)
    }
  })

  test.each(policies)('P16 %s, calls at the same time -> each starts anew', async (_, policy, expected) => {
    const { clock, call } = settings(policy)
    const all = [call(), call()]
    await clock.advance(110)
    all.push(call())
    await clock.runAll()
    expect(all).toEqual([expected, expected, expected])
  })

  test('P16 one wrapped function, calls at the same time -> each has its own attempts, history and waits', async () => {
    const clock = virtualClock()
    const fn = async (id: number): Promise<never> => {
      await new Promise<void>((resolve) => clock.after(id, resolve))
      throw new Error(`down ${id}`)
    }
    const read = pipe(fn, withRetry(pipe(exponential(100), limitRetries(2))), withEnv({ clock }))
    const calls = [1, 10, 150].map((id) => read(id)())
    await clock.runAll()
    const results = await Promise.all(calls)
    expect(results).toMatchObject(
      [1, 10, 150].map((id) => ({
        left: {
          _tag: 'Exhausted',
          attempts: 3,
          elapsed: 300 + 3 * id,
          failures: [
            { error: { message: `down ${id}` }, startedAt: 0, delay: 100 },
            { error: { message: `down ${id}` }, startedAt: 100 + id, delay: 200 },
            { error: { message: `down ${id}` }, startedAt: 300 + 2 * id, delay: undefined }
          ]
        }
      }))
    )
  })

  test('P16 one task, run twice -> twice the same, from the start', async () => {
    const clock = virtualClock()
    const task = pipe(TE.left('down'), withRetry(delays([10, 20])), withEnv({ clock }))
    const first = task()
    await clock.runAll()
    const second = task()
    await clock.runAll()
    expect(await second).toEqual(await first)
    expect(await second).toMatchObject({ left: { attempts: 3, elapsed: 30 } })
  })

  test.each(policies)('P16 %s -> frozen all through, and unchanged by use', async (_, policy) => {
    const before = JSON.stringify(policy)
    await scenario({ policy, script: 'LLLLLR', left: (call) => coded[call - 1]! })
    expect(JSON.stringify(policy)).toBe(before)
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen))
    expect(frozen(policy)).toBe(true)
  })

  test('P16 the same seed -> the same waits, call after call', async () => {
    const policy = pipe(decorrelated(100), withJitter('full'), limitRetries(5))
    const one = await scenario({ policy, script: 'L', random: 7 })
    const other = await scenario({ policy, script: 'L', random: 7 })
    expect(one.waits.length).toBe(5)
    expect(one.waits).toEqual(other.waits)
  })
})
