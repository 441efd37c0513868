import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  circuitBreaker,
  type Clock,
  fixed,
  limitRetries,
  limitSet,
  never,
  retryBudget,
  type RetryPolicy,
  withEnv,
  worker
} from 'reprise'
import { type Call, clientOf, type ClientOptions, type Watch } from 'reprise/lab'
import { virtualClock } from 'reprise/testing'
import { message } from '../../support/bad.js'
import { start } from '../../support/task.js'

/** What an attempt comes to, and how long it takes. */
type Attempts = (attempt: number) => { readonly ok: boolean; readonly ms: number }

const failing: Attempts = () => ({ ok: false, ms: 0 })

/** An attempt of a client, and how often it was made. */
const server = (clock: Clock, attempts: Attempts) => {
  const counted = { calls: 0 }
  const call: Call = () => {
    counted.calls += 1
    const { ms, ok } = attempts(counted.calls)
    return new Promise((resolve) => {
      clock.after(ms, () =>
        resolve(ok ? { _tag: 'Right', right: undefined } : { _tag: 'Left', left: { _tag: 'Failed' } })
      )
    })
  }
  return { call, counted }
}

/** What calls came to, and when; and how many attempts it took. */
interface Played {
  readonly ends: ReadonlyArray<ReadonlyArray<readonly [at: number, tag: string]>>
  readonly calls: number
}

type Calling = (client: number) => TaskEither<unknown, unknown>
type Make = (options: ClientOptions, call: Call, clock: Clock) => Calling

const madeOf = (options: ClientOptions, call: Call, clock: Clock) => {
  const made = clientOf(options)(call, { clock, process: 0 })
  if (typeof made === 'function') throw new Error('nothing is watched')
  return made
}

const asClient: Make = (options, call, clock) => madeOf(options, call, clock).calling

/** The options of a worker that say the same. */
const asWorker: Make = ({ limits, circuitBreaker: breaking, retryBudget: saving, ...options }, call, clock) =>
  worker(
    { call: (client: number) => call(client) },
    {
      ...options,
      limits: limits && limitSet(limits, { clock })(),
      circuitBreaker: breaking && circuitBreaker({ ...breaking, clock })(),
      retryBudget: saving && retryBudget({ ...saving, clock })()
    }
  ).call

const tagOf = (result: Either<unknown, unknown>): string =>
  result._tag === 'Left' ? (result.left as { readonly _tag: string })._tag : 'Right'

/** Makes calls at these times, and plays them through. */
const play = async (
  make: Make,
  options: ClientOptions,
  attempts: Attempts,
  times: ReadonlyArray<number>
): Promise<Played> => {
  const clock = virtualClock()
  const { call, counted } = server(clock, attempts)
  const calling = make(options, call, clock)
  const started: Array<ReturnType<typeof start>> = []
  for (const [client, time] of times.entries()) {
    await clock.advance(time - clock.now())
    started.push(start(pipe(calling(client), withEnv({ clock })), clock))
  }
  await clock.runAll()
  return {
    ends: started.map((ends) => ends.map(({ at, result }) => [at, tagOf(result)] as const)),
    calls: counted.calls
  }
}

describe('clientOf: what is around what, as in a worker', () => {
  const retries = (count: number): RetryPolicy => pipe(fixed(100), limitRetries(count))
  const place = { _tag: 'resourceLimit', key: 'places', capacity: 1 } as const
  const once = [0]

  it.each<[string, ClientOptions, Attempts, ReadonlyArray<number>, Played]>([
    [
      'a policy alone: each failure is tried again',
      { policy: retries(2) },
      (attempt) => ({ ok: attempt === 3, ms: 10 }),
      once,
      // 10, a wait of 100, 10, a wait of 100, 10.
      { ends: [[[230, 'Right']]], calls: 3 }
    ],
    [
      'attemptTimeout within the retries: each attempt has its own time',
      { policy: retries(2), attemptTimeout: 50 },
      () => ({ ok: true, ms: 60 }),
      once,
      { ends: [[[350, 'Exhausted']]], calls: 3 }
    ],
    [
      'attemptTimeout within limits: waiting for a place takes none of that time',
      { policy: never, attemptTimeout: 50, limits: [place] },
      () => ({ ok: true, ms: 40 }),
      [0, 0, 0],
      { ends: [[[40, 'Right']], [[80, 'Right']], [[120, 'Right']]], calls: 3 }
    ],
    [
      'limits within the retries: while one waits, another has the place',
      { policy: retries(1), limits: [place] },
      (attempt) => ({ ok: attempt > 1, ms: 50 }),
      [0, 0],
      // The first fails at 50, and tries again from 150; the second has the place from 50 to 100.
      { ends: [[[200, 'Right']], [[100, 'Right']]], calls: 3 }
    ],
    [
      'limits within the breaker: what it refuses waits for no place',
      { policy: never, limits: [place], circuitBreaker: { consecutiveFailures: 1, openTime: '1h' } },
      (attempt) => ({ ok: false, ms: attempt === 1 ? 10 : 100 }),
      // The second has the place from 10 to 110; the third would have to wait for it.
      [0, 5, 20],
      { ends: [[[10, 'Exhausted']], [[110, 'Exhausted']], [[20, 'NotRetryable']]], calls: 2 }
    ],
    [
      'the breaker within the retries: it counts attempts, and stops them',
      { policy: retries(5), circuitBreaker: { consecutiveFailures: 2, openTime: '1h' } },
      failing,
      once,
      // The third attempt is refused, which is not tried again.
      { ends: [[[200, 'NotRetryable']]], calls: 2 }
    ],
    [
      'the budget around the retries: it refuses them',
      { policy: retries(5), retryBudget: { ratio: 0, minimumPerSecond: 0 } },
      failing,
      once,
      { ends: [[[0, 'BudgetExhausted']]], calls: 1 }
    ],
    [
      'the budget: is shared by all calls of the process',
      { policy: retries(5), retryBudget: { maxTokens: 4, tokenRatio: 1 } },
      failing,
      [0, 0],
      // Each failure takes a token, and there is a retry while there are more than half of them: 3, then 2.
      { ends: [[[100, 'BudgetExhausted']], [[0, 'BudgetExhausted']]], calls: 3 }
    ],
    [
      'timeout around all: waits are cut, too',
      {
        policy: retries(5),
        attemptTimeout: 1000,
        limits: [place],
        circuitBreaker: { consecutiveFailures: 9 },
        retryBudget: { ratio: 1, minimumPerSecond: 10 },
        timeout: 250
      },
      failing,
      once,
      { ends: [[[250, 'TimedOut']]], calls: 3 }
    ]
  ])('%s', async (_, options, attempts, times, expected) => {
    expect(await play(asClient, options, attempts, times)).toEqual(expected)
    expect(await play(asWorker, options, attempts, times)).toEqual(expected)
  })
})

describe('clientOf: watches', () => {
  const watched = (watch: Watch): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(watch).map(([name, read]) => [name, read()]))

  it('a policy alone -> nothing', () => {
    const clock = virtualClock()
    expect(madeOf({ policy: never, timeout: 5 }, server(clock, failing).call, clock).watch).toEqual({})
  })

  it('all resources, while a call fails and when it has -> how they stand', async () => {
    const clock = virtualClock()
    const { call } = server(clock, () => ({ ok: false, ms: 10 }))
    const { calling, watch } = madeOf(
      {
        policy: never,
        limits: [
          { _tag: 'resourceLimit', key: 'places', capacity: 2 },
          { _tag: 'callLimit', key: 'calls', capacity: 5, per: 3_600_000, algorithm: 'fixedWindow' }
        ],
        circuitBreaker: { consecutiveFailures: 1, openTime: '1m' },
        retryBudget: { maxTokens: 10, tokenRatio: 0.1 }
      },
      call,
      clock
    )
    expect(watched(watch)).toEqual({ places: 2, calls: 5, 'breakers not closed': 0, budget: 10 })
    const ends = start(pipe(calling(0), withEnv({ clock })), clock)
    await clock.advance(5)
    expect(watched(watch)).toEqual({ places: 1, calls: 4, 'breakers not closed': 0, budget: 10 })
    await clock.advance(5)
    expect(ends).toHaveLength(1)
    expect(watched(watch)).toEqual({ places: 2, calls: 4, 'breakers not closed': 1, budget: 9 })
    // While it is tried, it is half open, which is not closed.
    await clock.advance(60_000)
    start(pipe(calling(1), withEnv({ clock })), clock)
    await clock.advance(5)
    expect(watched(watch)).toEqual({ places: 1, calls: 3, 'breakers not closed': 1, budget: 9 })
    // An hour later, on the clock of the fleet.
    await clock.advance(3_600_000)
    expect(watched(watch)).toMatchObject({ places: 2, calls: 5 })
  })

  it.each<[unknown, string]>([
    [{ policy: 5 }, 'RangeError: clientOf: policy must be made by constructors, got 5'],
    [
      { policy: never, limit: [] },
      "TypeError: clientOf: there is no option 'limit'; there are policy, attemptTimeout, limits, circuitBreaker, retryBudget, timeout"
    ]
  ])('%j -> %s', (options, error) => {
    expect(message(() => clientOf(options as ClientOptions))).toBe(error)
  })

  it('each process -> resources of its own', async () => {
    const clock = virtualClock()
    const { call } = server(clock, failing)
    const options: ClientOptions = { policy: never, circuitBreaker: { consecutiveFailures: 1 } }
    const [one, other] = [madeOf(options, call, clock), madeOf(options, call, clock)]
    start(pipe(one.calling(0), withEnv({ clock })), clock)
    await clock.runAll()
    expect([watched(one.watch), watched(other.watch)]).toEqual([
      { 'breakers not closed': 1 },
      { 'breakers not closed': 0 }
    ])
  })
})
