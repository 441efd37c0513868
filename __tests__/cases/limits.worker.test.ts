// Rows R12 to R17 of the worker, with limits of the library; see limits.sets.test.ts for the rows of the limits themselves.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  callLimit,
  limitSet,
  rateLimit,
  resourceLimit,
  type RetryEvent,
  withEnv,
  withLimits,
  withObserver,
  worker
} from 'reprise'
import { virtualClock } from 'reprise/testing'
import { pause } from '../support/resources.js'
import { start } from '../support/task.js'

const patient = { numRetries: 5, retryAlgorithm: 'fixed', retryWait: '1s', retryJitter: 0 } as const
const places = (capacity: number) => limitSet([resourceLimit({ key: 'place', capacity })])()

it('R12 resource cap 1, 2 failures, retries 5 -> success, executions 3, free during the waits', async () => {
  const clock = virtualClock()
  const set = places(1)
  const held: number[] = []
  let executions = 0
  const work = async (n: number) => {
    executions += 1
    held.push(1 - set.available().place)
    if (executions < 3) throw new Error('flaky')
    return n
  }
  const observer = ({ _tag }: RetryEvent) => _tag === 'RetryScheduled' && held.push(1 - set.available().place)
  const api = worker({ work: pipe(work, withLimits(set)) }, { ...patient, observer })
  const ends = start(pipe(api.work(7), withEnv({ clock })), clock)
  await clock.runAll()
  expect(ends).toEqual([{ at: 2000, result: E.right(7) }])
  expect(executions).toBe(3)
  expect(held).toEqual([1, 0, 1, 0, 1])
  expect(set.available()).toEqual({ place: 1 })
})

// Taken: 8 of the 10 tokens, used up; after a wait of 1 s the bucket is full again, after one of 0.1 s it has 3.
it.each([
  ['1s', 2000],
  ['100ms', 600 + 800]
] as const)(
  'R13 token bucket 10/s, usage reported then throw, twice, wait %s -> success on call 3, at %d ms',
  async (retryWait, expected) => {
    const clock = virtualClock()
    const set = limitSet([rateLimit({ key: 'tokens', capacity: 10, per: '1s' })], { clock })()
    let calls = 0
    const send = (n: number) =>
      set.use({ tokens: 8 })(async (permit) => {
        calls += 1
        permit.report({ tokens: 8 })
        if (calls < 3) throw new Error('flaky')
        return n
      })
    const api = worker({ send }, { ...patient, retryWait })
    const ends = start(pipe(api.send(7), withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toEqual([{ at: expected, result: E.right(7) }])
    expect(calls).toBe(3)
  }
)

it('R14 call limit 10/min, no request, one failure -> success on attempt 2; both attempts count', async () => {
  const clock = virtualClock()
  const set = limitSet([callLimit({ capacity: 10, per: '1m' })], { clock })()
  let calls = 0
  const send = async (n: number) => {
    calls += 1
    if (calls === 1) throw new Error('flaky')
    return n
  }
  const api = worker({ send: pipe(send, withLimits(set)) }, patient)
  const ends = start(pipe(api.send(7), withEnv({ clock })), clock)
  await clock.runAll()
  expect(ends).toEqual([{ at: 1000, result: E.right(7) }])
  expect(calls).toBe(2)

  // Of the ten, eight are left, and the ninth has to wait until a minute's sixth has passed for the first.
  const left = Array.from({ length: 9 }, () => start(set.acquire(), clock))
  await clock.runAll()
  expect(left.flat().map(({ at }) => Math.round(at))).toEqual([...Array<number>(8).fill(1000), 6000])
})

it('R15 resource cap 1 held 50 ms, 2 failures -> success, no deadlock; others have it during the waits', async () => {
  const clock = virtualClock()
  const set = places(1)
  let executions = 0
  const work = async (n: number) => {
    executions += 1
    const execution = executions
    await pause(clock, 50)
    if (execution < 3) throw new Error('flaky')
    return n
  }
  const api = worker({ work: pipe(work, withLimits(set)) }, patient)
  const ends = start(pipe(api.work(7), withEnv({ clock })), clock)
  await clock.advance(60)
  // The first attempt is over at 50, the second begins at 1050.
  const others = start(
    pipe(
      set.use()(async () => clock.now()),
      withEnv({ clock })
    ),
    clock
  )
  await clock.advance(0)
  expect(others).toEqual([{ at: 60, result: E.right(60) }])
  await clock.runAll()
  expect(ends).toEqual([{ at: 50 + 1000 + 50 + 1000 + 50, result: E.right(7) }])
  expect(executions).toBe(3)
})

/** Plays workers that share places: each holds one for a while, and fails the first time. */
const sharing = async (workers: number, capacity: number, hold: number, retryWait: number) => {
  const clock = virtualClock()
  const set = places(capacity)
  const events: RetryEvent[] = []
  const begun: number[] = []
  let least = capacity
  const ends = Array.from({ length: workers }, (_, i) => {
    let executions = 0
    const work = async (n: number) => {
      executions += 1
      const execution = executions
      least = Math.min(least, set.available().place)
      if (execution === 2) begun.push(clock.now())
      await pause(clock, hold)
      if (execution === 1) throw new Error('flaky')
      return { n, attempts: executions }
    }
    const api = worker({ work: pipe(work, withLimits(set)) }, { ...patient, retryWait })
    return start(
      pipe(
        api.work(i),
        withObserver((event) => events.push(event)),
        withEnv({ clock })
      ),
      clock
    )
  })
  await clock.runAll()
  const lastStarts = events.flatMap((event) =>
    event._tag === 'AttemptStarted' && event.attempt === 2 ? [event.elapsed] : []
  )
  return { ends: ends.flat(), lastStarts, begun, least, free: set.available().place }
}

it('R16 two workers share cap 2, each fails once -> both succeed', async () => {
  const { ends, least, free } = await sharing(2, 2, 50, 1000)
  expect(ends).toEqual([
    { at: 1100, result: E.right({ n: 0, attempts: 2 }) },
    { at: 1100, result: E.right({ n: 1, attempts: 2 }) }
  ])
  expect([least, free]).toEqual([0, 2])
})

// At 0 three of them hold a place; at 500 they fail and the other three have it; at 1000 these fail, and the first three,
// which came back at 510, have it for the second time; at 1500 the others do.
it('R17 six workers, shared cap 3, each holds 0.5 s and fails once -> all succeed with attempts 2, and share', async () => {
  const { ends, lastStarts, begun, least, free } = await sharing(6, 3, 500, 10)
  expect(ends).toEqual(
    [1500, 1500, 1500, 2000, 2000, 2000].map((at, n) => ({ at, result: E.right({ n, attempts: 2 }) }))
  )
  expect(lastStarts).toEqual([510, 510, 510, 1010, 1010, 1010])
  expect(begun).toEqual([1000, 1000, 1000, 1500, 1500, 1500])
  expect([least, free]).toEqual([0, 3])
})
