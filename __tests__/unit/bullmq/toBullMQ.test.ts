import type { MinimalJob } from 'bullmq'
import { pipe } from 'fp-ts/lib/function.js'
import {
  abortOn,
  delays,
  exponential,
  fibonacci,
  fixed,
  limitElapsed,
  limitRetries,
  type RetryPolicy,
  retryOn,
  retryUntil,
  when,
  withJitter
} from 'reprise'
import { toBullMQ } from 'reprise/bullmq'

const job = (fields: Partial<MinimalJob> = {}): MinimalJob =>
  ({ id: 'j', name: 'mail', timestamp: Date.now(), opts: {}, ...fields }) as MinimalJob

const waitsOf = async (policy: RetryPolicy, count: number, of = job()): Promise<ReadonlyArray<number>> => {
  const { backoffStrategy } = toBullMQ(policy).settings
  return Promise.all(
    Array.from({ length: count }, async (_, i) => backoffStrategy(i + 1, 'reprise', new Error('down'), of))
  )
}

describe('toBullMQ', () => {
  test.each<[string, RetryPolicy, number]>([
    ['limitRetries(3)', pipe(fixed(1), limitRetries(3)), 4],
    ['a list of two delays', delays([1, 2]), 3],
    ['limitRetries(0)', pipe(fixed(1), limitRetries(0)), 1],
    ['a policy without end', fixed(1), 9_007_199_254_740_991]
  ])('%s -> attempts: %3$d', (_name, policy, attempts) =>
    expect(toBullMQ(policy).jobOptions).toEqual({ attempts, backoff: { type: 'reprise' } })
  )

  test.each<[string, RetryPolicy, ReadonlyArray<number>]>([
    ['exponential, 2 retries', pipe(exponential(100), limitRetries(2)), [100, 200, -1, -1]],
    ['fibonacci', fibonacci(10), [10, 10, 20, 30]],
    ['a list', delays([5, 0, 7]), [5, 0, 7, -1]]
  ])('%s -> %j', async (_name, policy, expected) => expect(await waitsOf(policy, 4)).toEqual(expected))

  test('jitter -> within its window, the same for the same job, another for another', async () => {
    const policy = pipe(fixed(10_000), withJitter('full'))
    const waits = await waitsOf(policy, 5)
    expect(await waitsOf(policy, 5)).toEqual(waits)
    expect(await waitsOf(policy, 5, job({ id: 'k' }))).not.toEqual(waits)
    expect(waits.every((wait) => Number.isInteger(wait) && wait >= 0 && wait < 10_000)).toBe(true)
    expect(new Set(waits).size).toBeGreaterThan(1)
  })

  test('an error that is refused -> -1', async () => {
    const { backoffStrategy } = toBullMQ(pipe(fixed(5), retryOn('ECONNRESET'), abortOn('EAUTH'))).settings
    const after = (code: string) =>
      backoffStrategy(1, 'reprise', Object.assign(new Error('e'), { code }), job())
    expect([await after('ECONNRESET'), await after('EAUTH'), await after('other')]).toEqual([5, -1, -1])
  })

  test('when -> the branch that the error chooses', async () => {
    const { backoffStrategy } = toBullMQ(pipe(fixed(5), when('SLOW', exponential(100)))).settings
    const slow = Object.assign(new Error('e'), { code: 'SLOW' })
    expect([
      await backoffStrategy(2, 'reprise', slow, job()),
      await backoffStrategy(2, 'reprise', new Error('e'), job())
    ]).toEqual([200, 5])
  })

  test('limitElapsed -> counts from when the job was due', async () => {
    const policy = pipe(fixed(100), limitElapsed('10h'))
    const hour = 3_600_000
    const ago = (ms: number, delay = 0) => job({ timestamp: Date.now() - ms, opts: { delay } })
    expect(await waitsOf(policy, 1, ago(5 * hour))).toEqual([100])
    expect(await waitsOf(policy, 1, ago(11 * hour))).toEqual([-1])
    expect(await waitsOf(policy, 1, ago(11 * hour, 6 * hour))).toEqual([100])
  })

  test('a type of its own -> only that is timed', async () => {
    const { jobOptions, settings } = toBullMQ(fixed(5), { type: 'slow' })
    expect(jobOptions.backoff).toEqual({ type: 'slow' })
    expect(await settings.backoffStrategy(1, 'slow', new Error('e'), job())).toBe(5)
    expect(await settings.backoffStrategy(1, 'reprise', new Error('e'), job())).toBe(-1)
  })

  test.each<[string, () => unknown, string]>([
    [
      'no policy',
      () => toBullMQ({} as RetryPolicy),
      'toBullMQ: policy must be made by constructors, got [object Object]'
    ],
    [
      'a type of BullMQ',
      () => toBullMQ(fixed(1), { type: 'fixed' }),
      "toBullMQ: type must not be 'fixed', which BullMQ has itself"
    ],
    ['an empty type', () => toBullMQ(fixed(1), { type: '' }), 'toBullMQ: type must be a text, got ""'],
    [
      'an option that there is not',
      () => toBullMQ(fixed(1), { typ: 'a' } as object),
      "toBullMQ: there is no option 'typ'; there are type"
    ],
    [
      'retryUntil',
      () =>
        toBullMQ(
          pipe(
            fixed(1),
            retryUntil(() => true)
          )
        ),
      'toBullMQ: policy must not have retryUntil: BullMQ does not ask about results'
    ]
  ])('%s -> throws', (_name, make, message) => expect(make).toThrow(message))
})

describe('toBullMQ, of a job that is not told, or has no id', () => {
  const { backoffStrategy } = toBullMQ(pipe(fixed(5), limitElapsed(1000))).settings

  test('-> waits all the same', async () => {
    expect([
      await backoffStrategy(1, 'reprise', new Error('down'), undefined),
      await backoffStrategy(1, 'reprise', new Error('down'), job({ id: undefined } as never))
    ]).toEqual([5, 5])
  })
})
