// Rows of bulkheads (K), and the pitfalls of permits (P10, P11).
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  fixed,
  isLimitExceeded,
  limitRetries,
  limitSet,
  rateLimit,
  resourceLimit,
  withEnv,
  withLimits,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { pause } from '../support/resources.js'
import { start, turn } from '../support/task.js'

const bulkhead = (
  capacity: number,
  options: { readonly maxQueue?: number; readonly maxWait?: number } = {}
) => {
  const clock = virtualClock()
  const set = limitSet([resourceLimit({ key: 'slot', capacity })], { clock, ...options })()
  const log: string[] = []
  const work = async (n: number) => {
    log.push(`${n}in`)
    await pause(clock, 10 + n)
    log.push(`${n}out`)
    return n
  }
  const run = pipe(work, withLimits(set), withEnv({ clock }))
  return { clock, set, log, run }
}

const full = { _tag: 'LimitExceeded', key: 'slot', reason: 'queueFull' }

it('K-01 capacity 2, no queue, 3 at once -> two run, third refused without running', async () => {
  const { clock, log, run } = bulkhead(2, { maxQueue: 0 })
  const ends = [0, 1, 2].map((n) => start(run(n), clock))
  await clock.runAll()
  expect(ends.flat()).toMatchObject([
    { at: 10, result: E.right(0) },
    { at: 11, result: E.right(1) },
    { at: 0, result: { left: full } }
  ])
  expect(log).toEqual(['0in', '1in', '0out', '1out'])
})

it('K-02 capacity 2, queue 2, 5 at once -> 4 run in order of arrival, fifth refused', async () => {
  const { clock, log, run } = bulkhead(2, { maxQueue: 2 })
  const ends = [0, 1, 2, 3, 4].map((n) => start(run(n), clock))
  await clock.runAll()
  expect(log.join(' ')).toBe('0in 1in 0out 2in 1out 3in 2out 3out')
  expect(ends[4]).toMatchObject([{ at: 0, result: { left: full } }])
  expect(ends.slice(0, 4).every(([end]) => end !== undefined && E.isRight(end.result))).toBe(true)
})

it('K-04 signal already aborted -> Aborted, not run', async () => {
  const { clock, set, log, run } = bulkhead(1)
  const ends = start(pipe(run(0), withSignal(AbortSignal.abort('no'))), clock)
  await clock.runAll()
  expect(ends).toMatchObject([{ result: { left: { _tag: 'Aborted', reason: 'no', attempts: 0 } } }])
  expect([log, set.available()]).toEqual([[], { slot: 1 }])
})

it('K-05 aborted while queued -> Aborted, not run', async () => {
  const { clock, set, log, run } = bulkhead(1)
  const controller = new AbortController()
  void run(0)()
  const ends = start(pipe(run(1), withSignal(controller.signal), withEnv({ clock })), clock)
  await clock.advance(5)
  controller.abort('no')
  await clock.runAll()
  expect(ends).toMatchObject([{ at: 5, result: { left: { _tag: 'Aborted', reason: 'no' } } }])
  expect(log).toEqual(['0in', '0out'])
  expect([set.waiting(), set.available()]).toEqual([0, { slot: 1 }])
})

it('K-07 permits: 2 taken, third -> refused; after one release, one more', () => {
  const { set } = bulkhead(2)
  const first = set.tryAcquire()()
  expect([first, set.tryAcquire()(), set.tryAcquire()()].map(E.isRight)).toEqual([true, true, false])
  if (first._tag === 'Right') first.right.release()
  expect([set.tryAcquire()(), set.tryAcquire()()].map(E.isRight)).toEqual([true, false])
})

it('K-08 wait at most 100 while full -> refused after 100', async () => {
  const { clock, set } = bulkhead(1, { maxWait: 100 })
  set.tryAcquire()()
  const ends = start(set.acquire(), clock)
  await clock.runAll()
  expect(ends).toMatchObject([
    { at: 100, result: { left: { ...full, reason: 'waitedTooLong', waited: 100 } } }
  ])
  expect(ends[0]?.result._tag === 'Left' && isLimitExceeded(ends[0].result.left)).toBe(true)
})

it.each(['cancelled', 'timed out'])(
  'K-10 %s while waiting for a slot -> attempts 1, executions 0',
  async (how) => {
    const { clock, set } = bulkhead(1)
    set.tryAcquire()()
    const fn = scripted('R')
    const controller = new AbortController()
    const retried = pipe(fn, withLimits(set), withRetry(pipe(fixed(10), limitRetries(3))))
    const task =
      how === 'cancelled' ? pipe(retried, withSignal(controller.signal)) : pipe(retried, withTimeout(50))
    const ends = start(pipe(task, withEnv({ clock })), clock)
    await clock.advance(50)
    controller.abort()
    await clock.runAll()
    const tag = how === 'cancelled' ? 'Aborted' : 'TimedOut'
    expect(ends).toMatchObject([{ at: 50, result: { left: { _tag: tag, attempts: 1 } } }])
    expect([fn.calls(), set.waiting()]).toEqual([0, 0])
  }
)

// --- pitfalls

it('P10 limit 1; A fails, waits 300; B starts at 5 -> B is done before 300', async () => {
  const clock = virtualClock()
  const set = limitSet([resourceLimit({ key: 'slot', capacity: 1 })])()
  const run = (script: string) =>
    pipe(
      scripted(script, { duration: 2, clock }),
      withLimits(set),
      withRetry(pipe(fixed(300), limitRetries(1))),
      withEnv({ clock })
    )
  const a = start(run('LR'), clock)
  await clock.advance(5)
  const b = start(run('R'), clock)
  await clock.runAll()
  expect([a, b].map(([end]) => end?.at)).toEqual([304, 7])
})

it('P10 rate 1/s, one failure -> starts at least 1 s apart, retries included', async () => {
  const clock = virtualClock()
  const set = limitSet([rateLimit({ key: 'rate', capacity: 1, per: '1s' })])()
  const starts: number[] = []
  const work = async (n: number) => {
    starts.push(clock.now())
    if (starts.length === 1) throw new Error('flaky')
    return n
  }
  const run = pipe(
    work,
    withLimits(set, { rate: 1 }),
    withRetry(pipe(fixed(10), limitRetries(1))),
    withEnv({ clock })
  )
  const ends = [1, 2, 3].map((n) => start(run(n), clock))
  await clock.runAll()
  expect(starts).toEqual([0, 1000, 2000, 3000])
  // The retry came back behind those who had waited.
  expect(ends.map(([end]) => end?.at)).toEqual([3000, 1000, 2000])
})

it.each([
  ['queued', 5, true],
  ['running', 5, false],
  ['in the wait of its retry', 15, false],
  ['acquiring again', 115, false]
] as const)('P11 aborted while %s -> free permits == capacity at the end', async (where, at, queued) => {
  const clock = virtualClock()
  const set = limitSet([resourceLimit({ key: 'slot', capacity: 1 })], { clock })()
  const controller = new AbortController()
  const holder = queued ? set.tryAcquire()() : undefined
  const fn = scripted('L', { duration: 10, clock })
  const ends = start(
    pipe(
      fn,
      withLimits(set),
      withRetry(pipe(fixed(100), limitRetries(5))),
      withSignal(controller.signal),
      withEnv({ clock })
    ),
    clock
  )
  if (where === 'acquiring again') {
    await clock.advance(50)
    set.tryAcquire()()
    await clock.advance(65)
    expect(set.waiting()).toBe(1)
  } else await clock.advance(at)
  controller.abort()
  await turn()
  expect(ends).toMatchObject([{ at, result: { left: { _tag: 'Aborted' } } }])
  expect(set.waiting()).toBe(0)
  await clock.runAll()
  expect(fn.calls()).toBe(queued ? 0 : 1)
  if (holder?._tag === 'Right') holder.right.release()
  expect(set.available()).toEqual({ slot: where === 'acquiring again' ? 0 : 1 })
})

it('P11 a waiter precedes a returning retry', async () => {
  const clock = virtualClock()
  const set = limitSet([resourceLimit({ key: 'slot', capacity: 1 })])()
  const order: string[] = []
  const named = (name: string, fails: number) => {
    let calls = 0
    return pipe(
      async () => {
        order.push(name)
        await pause(clock, 10)
        if (++calls <= fails) throw new Error('flaky')
      },
      withLimits(set),
      withRetry(pipe(fixed(0), limitRetries(1))),
      withEnv({ clock })
    )
  }
  for (const task of [named('a', 1), named('b', 0), named('c', 0)]) void task()
  await clock.runAll()
  expect(order).toEqual(['a', 'b', 'c', 'a'])
})

it('P11 a request of 10 among a stream of 1s -> served in its turn', async () => {
  const clock = virtualClock()
  const set = limitSet([resourceLimit({ key: 'slot', capacity: 10 })])()
  const order: number[] = []
  const work = async (n: number) => {
    order.push(n)
    await pause(clock, 100)
  }
  const run = pipe(
    work,
    withLimits(set, (n: number) => ({ slot: n })),
    withEnv({ clock })
  )
  const feed = (left: number): void => {
    if (left === 0) return
    void run(left === 15 ? 10 : 1)()
    clock.after(20, () => feed(left - 1))
  }
  feed(40)
  await clock.runAll()
  // At 500 it is the 26th to come; it waits for the five that are inside, and those behind it wait for it.
  expect(order.indexOf(10)).toBe(25)
  expect(order).toHaveLength(40)
  expect(set.waiting()).toBe(0)
})
