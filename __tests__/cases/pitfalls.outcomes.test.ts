import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  custom,
  fixed,
  immediate,
  limitRetries,
  never,
  retryOn,
  retryUntil,
  systemClock,
  withAttempt,
  withEnv,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import {
  aborted,
  reason,
  retrying,
  running,
  settling,
  stacks,
  type Task,
  type Wrap,
  wraps
} from '../support/layers.js'
import { heard } from '../support/process.js'
import { start, turn } from '../support/task.js'

const hour = 3_600_000
const success = { _tag: 'Right', right: 7 }

describe('P13 attempts after the result is out', () => {
  const endings: ReadonlyArray<[string, string, Wrap]> = [
    ['Right', 'LR', retrying(fixed(10))],
    ['Exhausted', 'L', retrying(pipe(fixed(10), limitRetries(1)))],
    ['TimedOut', 'LLP', (task) => pipe(task, retrying(fixed(10)), withTimeout(50))],
    ['TimedOut', 'L', (task) => pipe(task, retrying(fixed(20)), withTimeout(50))],
    ['TimedOut', 'P', (task) => pipe(task, withTimeout(50), retrying(fixed(10)), withTimeout(100))]
  ]
  test.each(endings)('P13 %s (%s) -> 1 h later, no further call, no timer', async (ending, script, wrap) => {
    const fn = scripted(script)
    const { abort, clock, ends } = running(
      pipe(
        fn,
        TE.map(() => 7)
      ),
      wrap
    )
    await clock.advance(200)
    expect(ends.map(({ result }) => (result._tag === 'Right' ? 'Right' : result.left))).toEqual([
      ending === 'Right' ? ending : expect.objectContaining({ _tag: ending })
    ])
    expect(clock.pending()).toBe(0)
    const calls = fn.calls()
    abort()
    await clock.advance(hour)
    expect(fn.calls()).toBe(calls)
    expect(ends.length).toBe(1)
  })

  test('P13 a success after a timeout -> discarded: the result stays, no further call', async () => {
    const clock = virtualClock()
    const fn = scripted('R', { clock, duration: 100 })
    const ends = start(pipe(fn, withRetry(immediate), withTimeout(50), withEnv({ clock })), clock)
    await clock.advance(hour)
    expect(ends).toMatchObject([{ at: 50, result: { left: { _tag: 'TimedOut', attempts: 1 } } }])
    expect(fn.calls()).toBe(1)
  })

  test('P13 a rejection after a timeout, and after an abort -> discarded, never unhandled', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const fn = scripted('T', { clock, duration: 100, thrown: () => new Error('late') })
    const unhandled = await heard('unhandledRejection', async () => {
      const one = start(pipe(fn, withRetry(immediate), withTimeout(50), withEnv({ clock })), clock)
      const retried = pipe(fn, withRetry(immediate), withSignal(controller.signal), withEnv({ clock }))
      const other = start(retried, clock)
      await clock.advance(60)
      controller.abort(reason)
      await clock.advance(hour)
      expect(one).toMatchObject([{ at: 50, result: { left: { _tag: 'TimedOut', failures: [] } } }])
      expect(other).toEqual([{ at: 60, result: aborted({ failures: [] }) }])
    })
    expect(unhandled).toEqual([])
    expect(fn.calls()).toBe(2)
  })

  test('P13 a success after the timeout of its attempt -> discarded: attempt 2 gives the result', async () => {
    const clock = virtualClock()
    const fn = scripted('R', { clock, duration: [100, 40] })
    const ends = start(pipe(fn, withTimeout(70), withRetry(fixed(50)), withEnv({ clock })), clock)
    await clock.advance(hour)
    // Attempt 1 answers at 100, in the wait; attempt 2 starts at 120.
    expect(ends).toEqual([{ at: 160, result: { _tag: 'Right', right: 2 } }])
    expect(fn.calls()).toBe(2)
  })
})

describe('P13 an outcome and an abort in the same tick', () => {
  test.each(wraps)('P13 %s, a result just before the abort -> the result', async (_, wrap) => {
    const { calls, succeed, task } = settling()
    const { abort, clock, ends } = running(task, wrap)
    await clock.advance(50)
    succeed()
    abort()
    await clock.advance(hour)
    expect({ ends, calls }).toEqual({ ends: [{ at: 50, result: success }], calls: { count: 1 } })
  })

  test.each(wraps)('P13 %s, a result just after the abort -> Aborted', async (_, wrap) => {
    const { calls, succeed, task } = settling()
    const { abort, clock, ends } = running(task, wrap)
    await clock.advance(50)
    abort()
    succeed()
    await clock.advance(hour)
    const result = aborted({ attempts: 1, failures: [] })
    expect({ ends, calls }).toEqual({ ends: [{ at: 50, result }], calls: { count: 1 } })
  })

  const policies = { 'wait 1000': fixed(1000), 'wait 0': immediate }
  const failing = Object.entries(policies).flatMap(([waiting, policy]) =>
    ['a Left', 'a rejection'].flatMap((kind) =>
      stacks
        .filter(([name]) => name !== 'withRetry in withRetry')
        .map(([name, stack]) => [name, waiting, kind, stack(retrying(policy))] as const)
    )
  )
  test.each(failing)(
    'P13 %s, %s, %s just before the abort -> Aborted with the failure, no further call',
    async (_, _waiting, kind, wrap) => {
      const { calls, fail, reject, task } = settling()
      const { abort, clock, ends } = running(task, wrap)
      await clock.advance(50)
      if (kind === 'a Left') fail()
      else reject('down')
      abort()
      await clock.advance(hour)
      const failures = [expect.objectContaining({ error: 'down', attempt: 1 })]
      const result = aborted({ attempts: 1, failures })
      expect({ ends, calls }).toEqual({ ends: [{ at: 50, result }], calls: { count: 1 } })
    }
  )

  test.each(failing)(
    'P13 %s, %s, %s just after the abort -> Aborted without it, no further call',
    async (_, _waiting, kind, wrap) => {
      const { calls, fail, reject, task } = settling()
      const { abort, clock, ends } = running(task, wrap)
      await clock.advance(50)
      abort()
      if (kind === 'a Left') fail()
      else reject('down')
      await clock.advance(hour)
      const result = aborted({ attempts: 1, failures: [] })
      expect({ ends, calls }).toEqual({ ends: [{ at: 50, result }], calls: { count: 1 } })
    }
  )

  test('P13 the last failure just before the abort -> Exhausted', async () => {
    const { fail, task } = settling()
    const { abort, clock, ends } = running(task, retrying(never))
    fail()
    abort()
    await clock.advance(hour)
    expect(ends).toMatchObject([{ result: { left: { _tag: 'Exhausted', failures: [{ error: 'down' }] } } }])
  })

  test('P13 the last failure just after the abort -> Aborted', async () => {
    const { fail, task } = settling()
    const { abort, clock, ends } = running(task, retrying(never))
    await turn()
    abort()
    fail()
    await clock.advance(hour)
    expect(ends).toEqual([{ at: 0, result: aborted({ attempts: 1, failures: [] }) }])
  })

  test('P13 no retry, a Left just before the abort -> that Left; just after -> Aborted', async () => {
    const [before, after] = [settling(), settling()]
    const [one, other] = [running(before.task, (task) => task), running(after.task, (task) => task)]
    before.fail()
    one.abort()
    other.abort()
    after.fail()
    await turn()
    expect(one.ends).toEqual([{ at: 0, result: E.left('down') }])
    expect(other.ends).toEqual([{ at: 0, result: aborted() }])
  })

  test('P13 an attempt aborts the call, then answers -> Aborted, no further call', async () => {
    for (const script of ['R', 'L', 'T']) {
      const clock = virtualClock()
      const controller = new AbortController()
      const answer = scripted(script)
      const fn = async (): Promise<E.Either<number, number>> => {
        controller.abort(reason)
        return answer()
      }
      const ends = start(
        pipe(fn, withRetry(immediate), withSignal(controller.signal), withEnv({ clock })),
        clock
      )
      await clock.advance(hour)
      expect({ script, calls: answer.calls(), ends }).toEqual({
        script,
        calls: 1,
        ends: [{ at: 0, result: aborted({ attempts: 1, failures: [] }) }]
      })
    }
  })

  // Whoever is asked or told between two attempts may abort.
  const asking: ReadonlyArray<[string, (abort: () => void) => Wrap]> = [
    [
      'a condition',
      (abort) =>
        retrying(
          pipe(
            immediate,
            retryOn(() => (abort(), true))
          )
        )
    ],
    [
      'a validator',
      (abort) =>
        retrying(
          pipe(
            immediate,
            retryUntil(() => (abort(), false))
          )
        )
    ],
    ['a schedule', (abort) => retrying(custom('aborting', () => (abort(), 0)))],
    ...(['AttemptFailed', 'RetryScheduled'] as const).map((tag): [string, (abort: () => void) => Wrap] => [
      `an observer of ${tag}`,
      (abort) => (task) =>
        pipe(
          task,
          withRetry(immediate),
          withObserver(({ _tag }) => _tag === tag && abort())
        )
    ]),
    [
      'an observer of AttemptStarted',
      (abort) => (task) =>
        pipe(
          task,
          withRetry(immediate),
          withObserver(({ _tag, attempt }) => _tag === 'AttemptStarted' && attempt === 2 && abort())
        )
    ]
  ]
  test.each(asking)('P13 %s aborts -> Aborted, no further call', async (name, make) => {
    const fn = scripted(name === 'a validator' ? 'R' : 'L')
    const clock = virtualClock()
    const controller = new AbortController()
    const wrap = make(() => controller.abort(reason))
    const ends = start(pipe(wrap(fn), withSignal(controller.signal), withEnv({ clock })), clock)
    await clock.advance(hour)
    const failures = [expect.objectContaining({ attempt: 1 })]
    expect(ends).toEqual([{ at: 0, result: aborted({ attempts: 1, failures, omitted: 0 }) }])
    expect(fn.calls()).toBe(1)
  })

  test('P13 the signal is inside withRetry -> Aborted is never retried', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const fn = scripted('P')
    const task = pipe(fn, withSignal(controller.signal), withRetry(immediate), withEnv({ clock }))
    const ends = start(task, clock)
    await clock.advance(50)
    controller.abort(reason)
    await clock.advance(hour)
    const failures = [{ _tag: 'Failed', error: { _tag: 'Aborted', reason } }]
    expect(ends).toMatchObject([{ at: 50, result: { left: { _tag: 'NotRetryable', failures } } }])
    expect(fn.calls()).toBe(1)
  })
})

describe('P13 a function that answers its signal', () => {
  // As `fetch` does: what it makes of the abort comes after the abort.
  const answers: ReadonlyArray<[string, (settle: ReturnType<typeof settling>, why: unknown) => void]> = [
    ['rejects with the reason', ({ reject }, why) => reject(why)],
    ['rejects with an error', ({ reject }) => reject(new Error('aborted'))],
    ['gives a Left', ({ fail }) => fail()],
    ['gives a result', ({ succeed }) => succeed()]
  ]
  const listening = (answer: (typeof answers)[number][1]) => {
    const calls = { count: 0 }
    const task: Task = withAttempt(({ signal }) => {
      calls.count += 1
      const settle = settling()
      signal.addEventListener('abort', () => answer(settle, signal.reason))
      return settle.task
    })
    return { task, calls }
  }

  test.each(answers)('P13 %s at the abort, no retry -> Aborted', async (_, answer) => {
    const { task } = listening(answer)
    const { abort, clock, ends } = running(task, (task) => task)
    await clock.advance(50)
    abort()
    await clock.advance(hour)
    expect(ends).toEqual([{ at: 50, result: aborted() }])
  })

  test.each(answers)(
    'P13 %s at the abort, retries left -> Aborted, nothing recorded, no further call',
    async (_, answer) => {
      const { calls, task } = listening(answer)
      const { abort, clock, ends } = running(task, retrying(immediate))
      await clock.advance(50)
      abort()
      await clock.advance(hour)
      expect(ends).toEqual([{ at: 50, result: aborted({ attempts: 1, failures: [] }) }])
      expect(calls.count).toBe(1)
    }
  )

  test.each(answers)('P13 %s at the abort, no retry left -> Aborted', async (_, answer) => {
    const { task } = listening(answer)
    const { abort, clock, ends } = running(task, retrying(never))
    await clock.advance(50)
    abort()
    await clock.advance(hour)
    expect(ends).toEqual([{ at: 50, result: aborted({ attempts: 1, failures: [] }) }])
  })

  test.each(answers)('P13 %s at the timeout -> TimedOut', async (_, answer) => {
    const clock = virtualClock()
    const { task } = listening(answer)
    const ends = start(pipe(task, withTimeout(100), withEnv({ clock })), clock)
    await clock.advance(hour)
    expect(ends).toMatchObject([
      { at: 100, result: { _tag: 'Left', left: { _tag: 'TimedOut', timeout: 100 } } }
    ])
  })

  test.each(answers)('P13 %s at the timeout of the call -> TimedOut, no further call', async (_, answer) => {
    const clock = virtualClock()
    const { calls, task } = listening(answer)
    const ends = start(pipe(task, withRetry(immediate), withTimeout(100), withEnv({ clock })), clock)
    await clock.advance(hour)
    expect(ends).toMatchObject([
      { at: 100, result: { _tag: 'Left', left: { _tag: 'TimedOut', attempts: 1, failures: [] } } }
    ])
    expect(calls.count).toBe(1)
  })

  test.each(answers)('P13 %s at the timeout of an attempt -> the failure is TimedOut', async (_, answer) => {
    const clock = virtualClock()
    const { calls, task } = listening(answer)
    const policy = pipe(immediate, limitRetries(1))
    const ends = start(pipe(task, withTimeout(100), withRetry(policy), withEnv({ clock })), clock)
    await clock.advance(hour)
    const failures = [{ error: { _tag: 'TimedOut' } }, { error: { _tag: 'TimedOut' } }]
    expect(ends).toMatchObject([{ at: 200, result: { _tag: 'Left', left: { _tag: 'Exhausted', failures } } }])
    expect(calls.count).toBe(2)
  })
})

describe('P13 an outcome and a timeout at the same moment', () => {
  const timedOut = { _tag: 'Left', left: expect.objectContaining({ _tag: 'TimedOut', timeout: 100 }) }

  test.each(wraps)('P13 %s, a result at 100, just before a timeout of 100 -> the result', async (_, wrap) => {
    const clock = virtualClock()
    const { succeed, task } = settling()
    // The timer set first rings first.
    clock.after(100, succeed)
    const ends = start(pipe(wrap(task), withTimeout(100), withEnv({ clock })), clock)
    await clock.advance(hour)
    expect(ends).toEqual([{ at: 100, result: success }])
  })

  test.each(wraps)('P13 %s, a result at 100, just after a timeout of 100 -> TimedOut', async (_, wrap) => {
    const clock = virtualClock()
    const { calls, succeed, task } = settling()
    const ends = start(pipe(wrap(task), withTimeout(100), withEnv({ clock })), clock)
    await turn()
    clock.after(100, succeed)
    await clock.advance(hour)
    expect(ends).toEqual([{ at: 100, result: timedOut }])
    expect(calls.count).toBe(1)
  })

  // Two timers of the machine may ring with no microtask in between, as they do here.
  describe('in one tick', () => {
    beforeEach(() => {
      jest.useFakeTimers()
    })
    afterEach(() => {
      jest.useRealTimers()
    })

    test.each(wraps)('P13 %s, a result just before the timeout -> the result', async (_, wrap) => {
      const { succeed, task } = settling()
      setTimeout(succeed, 100)
      const ends = start(pipe(wrap(task), withTimeout(100)), systemClock)
      await jest.advanceTimersByTimeAsync(0)
      jest.advanceTimersByTime(100)
      await jest.advanceTimersByTimeAsync(hour)
      expect(ends).toMatchObject([{ result: success }])
    })

    test.each(wraps)('P13 %s, a result just after the timeout -> TimedOut', async (_, wrap) => {
      const { calls, succeed, task } = settling()
      const ends = start(pipe(wrap(task), withTimeout(100)), systemClock)
      await jest.advanceTimersByTimeAsync(0)
      setTimeout(succeed, 100)
      jest.advanceTimersByTime(100)
      await jest.advanceTimersByTimeAsync(hour)
      expect(ends).toMatchObject([{ result: timedOut }])
      expect(calls.count).toBe(1)
    })

    // Whichever comes first has the say, whatever is around what.
    const racing: ReadonlyArray<[string, (signal: AbortSignal) => Wrap]> = [
      ['around the timeout', (signal) => (task) => pipe(task, withTimeout(100), withSignal(signal))],
      ['inside the timeout', (signal) => (task) => pipe(task, withSignal(signal), withTimeout(100))],
      [
        'around a retry and the timeout',
        (signal) => (task) => pipe(task, retrying(fixed(1000)), withTimeout(100), withSignal(signal))
      ],
      [
        'around a retry, inside the timeout',
        (signal) => (task) => pipe(task, retrying(fixed(1000)), withSignal(signal), withTimeout(100))
      ]
    ]
    const race = async (wrap: (typeof racing)[number][1], abortFirst: boolean) => {
      const fn = scripted('P')
      const controller = new AbortController()
      const abortSoon = () => setTimeout(() => controller.abort(reason), 100)
      if (abortFirst) abortSoon()
      const ends = start(wrap(controller.signal)(fn), systemClock)
      if (!abortFirst) abortSoon()
      await jest.advanceTimersByTimeAsync(0)
      jest.advanceTimersByTime(100)
      await jest.advanceTimersByTimeAsync(hour)
      return { calls: fn.calls(), results: ends.map(({ result }) => result) }
    }

    test.each(racing)('P13 a signal %s, abort just before the timeout -> Aborted', async (_, wrap) => {
      expect(await race(wrap, true)).toEqual({ calls: 1, results: [aborted()] })
    })

    test.each(racing)('P13 a signal %s, abort just after the timeout -> TimedOut', async (_, wrap) => {
      expect(await race(wrap, false)).toEqual({ calls: 1, results: [timedOut] })
    })

    test('P13 the timeout of an attempt and that of the call -> TimedOut, no further call', async () => {
      const fn = scripted('P')
      const task = pipe(fn, withTimeout(100), retrying(immediate), withTimeout(100))
      const ends = start(task, systemClock)
      await jest.advanceTimersByTimeAsync(0)
      jest.advanceTimersByTime(100)
      await jest.advanceTimersByTimeAsync(hour)
      expect(ends).toMatchObject([{ result: timedOut }])
      expect(fn.calls()).toBe(1)
    })
  })
})
