// A resource that is taken inside the call: nothing of it is held while a retry waits.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type RetryEvent, withEnv, withObserver, worker } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { call } from '../support/methods.js'
import { pause, places, tokens } from '../support/resources.js'
import { start } from '../support/task.js'

const patient = { numRetries: 5, retryAlgorithm: 'fixed', retryWait: '1s', retryJitter: 0 } as const

it('R12 resource cap 1 taken inside the call, 2 failures, retries 5 -> success, executions 3, max concurrent 1', async () => {
  const resource = places(1)
  let executions = 0
  const heldWhileWaiting: number[] = []
  const work = (n: number) =>
    resource.use(async () => {
      executions += 1
      if (executions < 3) throw new Error('flaky')
      return n
    })
  const observer = ({ _tag }: RetryEvent) =>
    _tag === 'RetryScheduled' && heldWhileWaiting.push(resource.held())
  const { work: retried } = worker({ work }, { ...patient, observer })

  expect(await call(retried(7))).toEqual({ result: E.right(7), elapsed: 2000 })
  expect(executions).toBe(3)
  expect(resource.peak()).toBe(1)
  expect(heldWhileWaiting).toEqual([0, 0])
  expect(resource.held()).toBe(0)
})

// Taken: 8 of the 10 tokens, used up; after a wait of 1 s the bucket is full again, after one of 0.1 s it has 3.
it.each([
  ['1s', 2000],
  ['100ms', 600 + 800]
] as const)(
  'R13 token bucket 10/s, usage reported then throw, twice, wait %s -> success on call 3, at %d ms',
  async (retryWait, expected) => {
    const clock = virtualClock()
    const bucket = tokens(clock, 10, 10)
    let calls = 0
    const send = async (n: number) => {
      const report = await bucket.take(8)
      calls += 1
      report(8)
      if (calls < 3) throw new Error('flaky')
      return n
    }
    const api = worker({ send }, { ...patient, retryWait })
    const ends = start(pipe(api.send(7), withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toEqual([{ at: expected, result: E.right(7) }])
    expect(calls).toBe(3)
  }
)

it('R14 call limit 10/min, acquire() without arguments, one failure -> success on attempt 2', async () => {
  const clock = virtualClock()
  const limit = tokens(clock, 10, 10 / 60)
  let calls = 0
  const send = async (n: number) => {
    await limit.take()
    calls += 1
    if (calls === 1) throw new Error('flaky')
    return n
  }
  const api = worker({ send }, patient)
  const ends = start(pipe(api.send(7), withEnv({ clock })), clock)
  await clock.runAll()
  expect(ends).toEqual([{ at: 1000, result: E.right(7) }])
  expect(calls).toBe(2)

  // Both attempts count: of the ten, eight are left, and the ninth has to wait for a minute's sixth.
  const left = Array.from({ length: 9 }, () => start(async () => E.right(await limit.take()), clock))
  await clock.runAll()
  expect(left.flat().map(({ at }) => Math.round(at))).toEqual([...Array<number>(8).fill(1000), 6000])
})

it('R15 resource cap 1 held 50 ms, 2 failures -> success, no deadlock; others have it during the waits', async () => {
  const clock = virtualClock()
  const resource = places(1)
  let executions = 0
  const work = (n: number) =>
    resource.use(async () => {
      executions += 1
      const execution = executions
      await pause(clock, 50)
      if (execution < 3) throw new Error('flaky')
      return n
    })
  const { work: retried } = worker({ work }, patient)
  const ends = start(pipe(retried(7), withEnv({ clock })), clock)
  await clock.advance(60)
  // The first attempt is over at 50, the second begins at 1050.
  const others = start(() => resource.use(async () => E.right(clock.now())), clock)
  await clock.advance(0)
  expect(others).toEqual([{ at: 60, result: E.right(60) }])

  await clock.runAll()
  expect(ends).toEqual([{ at: 50 + 1000 + 50 + 1000 + 50, result: E.right(7) }])
  expect(executions).toBe(3)
  expect(resource.peak()).toBe(1)
})

/** Plays workers that share a resource: each holds it for a while, and fails the first time. */
const sharing = async (workers: number, capacity: number, hold: number, retryWait: number) => {
  const clock = virtualClock()
  const resource = places(capacity)
  const events: RetryEvent[] = []
  const ends = Array.from({ length: workers }, (_, i) => {
    let executions = 0
    const work = (n: number) =>
      resource.use(async () => {
        executions += 1
        const execution = executions
        await pause(clock, hold)
        if (execution === 1) throw new Error('flaky')
        return { n, attempts: executions }
      })
    const { work: retried } = worker({ work }, { ...patient, retryWait })
    return start(
      pipe(
        retried(i),
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
  return { ends: ends.flat(), lastStarts, resource }
}

it('R16 two workers share cap 2, each fails once -> both succeed', async () => {
  const { ends, resource } = await sharing(2, 2, 50, 1000)
  expect(ends).toEqual([
    { at: 1100, result: E.right({ n: 0, attempts: 2 }) },
    { at: 1100, result: E.right({ n: 1, attempts: 2 }) }
  ])
  expect(resource.peak()).toBe(2)
  expect(resource.held()).toBe(0)
})

// At 0 three of them hold the resource; at 500 they fail and the other three have it; at 1000 these fail, and the first
// three, which came back at 510, have it for the second time; at 1500 the others do.
it('R17 six workers, shared cap 3, each holds 0.5 s and fails once -> all succeed with attempts 2, and share', async () => {
  const { ends, lastStarts, resource } = await sharing(6, 3, 500, 10)
  expect(ends).toEqual(
    [1500, 1500, 1500, 2000, 2000, 2000].map((at, n) => ({ at, result: E.right({ n, attempts: 2 }) }))
  )
  // Of the last attempts: the earliest not before 0.5 s, the mean above 0.6 s.
  expect(lastStarts).toEqual([510, 510, 510, 1010, 1010, 1010])
  expect(resource.peak()).toBe(3)
  expect(resource.held()).toBe(0)
})
