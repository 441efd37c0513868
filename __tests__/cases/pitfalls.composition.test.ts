import * as A from 'fp-ts/lib/Array.js'
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  type BudgetExhausted,
  type Clock,
  delays,
  fixed,
  immediate,
  isExhausted,
  isNotRetryable,
  lastError,
  limitRetries,
  retryOn,
  type RetryPolicy,
  via,
  when,
  withAttempt,
  withEnv,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { instantClock, scripted, virtualClock } from 'reprise/testing'
import { start, turn } from '../support/task.js'

const immediateThrice = pipe(immediate, limitRetries(2))

describe('P17 amplification across layers', () => {
  const thrice = pipe(fixed(100), limitRetries(2))
  const nested = (inner: RetryPolicy, outer: RetryPolicy, script = 'L') => {
    const fn = scripted(script)
    const task = pipe(fn, withRetry(inner), withRetry(outer), withEnv({ clock: instantClock() }))
    return { fn, task }
  }

  test('P17 inner and outer 3 attempts, always failing -> 3 calls', async () => {
    const { fn, task } = nested(thrice, thrice)
    const result = await task()
    expect(fn.calls()).toBe(3)
    expect(result).toMatchObject({
      left: { _tag: 'NotRetryable', attempts: 1, failures: [{ error: { _tag: 'Exhausted', attempts: 3 } }] }
    })
  })

  test('P17 three layers of 3 attempts -> 3 calls', async () => {
    const fn = scripted('L')
    await pipe(
      fn,
      withRetry(thrice),
      withRetry(thrice),
      withRetry(thrice),
      withEnv({ clock: instantClock() })
    )()
    expect(fn.calls()).toBe(3)
  })

  test('P17 inner NotRetryable -> 1 call', async () => {
    const { fn, task } = nested(pipe(thrice, retryOn(RangeError)), thrice)
    expect(await task()).toMatchObject({
      left: { _tag: 'NotRetryable', failures: [{ error: { _tag: 'NotRetryable' } }] }
    })
    expect(fn.calls()).toBe(1)
  })

  test('P17 an inner BudgetExhausted -> not retried; named, it is', async () => {
    const left: BudgetExhausted<string, never> = {
      _tag: 'BudgetExhausted',
      attempts: 2,
      elapsed: 10,
      omitted: 2,
      failures: []
    }
    for (const [policy, calls] of [
      [thrice, 1],
      [pipe(thrice, retryOn('BudgetExhausted')), 3]
    ] as const) {
      const fn = scripted('L', { left: () => left })
      await pipe(fn, withRetry(policy), withEnv({ clock: instantClock() }))()
      expect(fn.calls()).toBe(calls)
    }
  })

  const naming: ReadonlyArray<[string, RetryPolicy]> = [
    ["retryOn('Exhausted')", pipe(thrice, retryOn('Exhausted'))],
    ['retryOn(isExhausted)', pipe(thrice, retryOn(isExhausted))],
    ["retryOn(['ECONNRESET', isExhausted])", pipe(thrice, retryOn(['ECONNRESET', isExhausted]))],
    ["when('Exhausted', …)", pipe(thrice, when('Exhausted', thrice))]
  ]
  test.each(naming)('P17 the outer one has %s -> 9 calls', async (_, outer) => {
    const { fn, task } = nested(thrice, outer)
    expect(await task()).toMatchObject({ left: { _tag: 'Exhausted', attempts: 3 } })
    expect(fn.calls()).toBe(9)
  })

  test('P17 the outer one names NotRetryable -> 3 calls', async () => {
    const { fn, task } = nested(pipe(thrice, retryOn(RangeError)), pipe(thrice, retryOn(isNotRetryable)))
    await task()
    expect(fn.calls()).toBe(3)
  })

  test('P17 the outer one names other errors only -> 3 calls', async () => {
    const { fn, task } = nested(thrice, pipe(thrice, retryOn('ECONNRESET')))
    await task()
    expect(fn.calls()).toBe(3)
  })

  test("P17 a user's error that shares the tag -> is retried", async () => {
    for (const _tag of ['Exhausted', 'NotRetryable', 'BudgetExhausted', 'CircuitOpen', 'Aborted']) {
      const fn = scripted('L', { left: () => ({ _tag }) })
      await pipe(fn, withRetry(thrice), withEnv({ clock: instantClock() }))()
      expect({ _tag, calls: fn.calls() }).toEqual({ _tag, calls: 3 })
    }
  })

  test('P17 the inner one succeeds at last -> a success for the outer one', async () => {
    const { fn, task } = nested(thrice, thrice, 'LLR')
    expect(await task()).toEqual(E.right(3))
    expect(fn.calls()).toBe(3)
  })

  test('P17 a give-up that passed through a plain step unchanged -> not retried', async () => {
    const fn = scripted('L')
    const task = pipe(
      fn,
      withRetry(immediateThrice),
      TE.mapLeft((e) => e),
      withRetry(immediateThrice)
    )
    await task()
    expect(fn.calls()).toBe(3)
  })
})

describe('P26 fp-ts calls tasks with one undefined argument', () => {
  const retried = withRetry(immediateThrice)
  type Task = TE.TaskEither<unknown, number>
  /** Answers in the third attempt. */
  const flaky = (f: (n: number) => number) =>
    withAttempt(
      ({ attempt }) =>
        (n: number) =>
          attempt === 3 ? TE.right<string, number>(f(n)) : TE.left('down')
    )
  const increment: (n: number) => Task = retried(flaky((n) => n + 1))
  const good = increment(6)
  const bad: Task = retried(TE.left('down'))

  // Each with what comes of a task that answers 7, and of one that fails with 'down'.
  type Row = [step: string, take: (task: Task) => TE.TaskEither<unknown, unknown>, unknown, unknown]
  const rows: ReadonlyArray<Row> = [
    ['nothing', (task) => task, 7, 'down'],
    ['TE.map', TE.map((n) => n + 1), 8, 'down'],
    ['TE.mapLeft', TE.mapLeft(() => 'mapped'), 7, 'mapped'],
    ['TE.flatMap to a task', TE.flatMap(() => good), 7, 'down'],
    ['TE.flatMap to a task that fails', TE.flatMap(() => bad), 'down', 'down'],
    ['TE.flatMap to a function', TE.flatMap(increment), 8, 'down'],
    ['TE.orElse', TE.orElse(() => increment(8)), 7, 9],
    ['TE.orElse to a task that fails', TE.orElse(() => bad), 7, 'down'],
    ['TE.alt', TE.alt(() => increment(8)), 7, 9],
    ['TE.tap', TE.tap(increment), 7, 'down'],
    [
      'TE.Do, TE.bind',
      (task) =>
        pipe(
          TE.Do,
          TE.bind('a', () => task),
          TE.bind('b', ({ a }) => increment(a)),
          TE.bind('c', ({ b }) => increment(b))
        ),
      { a: 7, b: 8, c: 9 },
      'down'
    ],
    ['TE.apS', (task) => pipe(task, TE.bindTo('a'), TE.apS('b', task)), { a: 7, b: 7 }, 'down'],
    ['TE.sequenceArray', (task) => TE.sequenceArray([good, task]), [7, 7], 'down'],
    ['TE.sequenceSeqArray', (task) => TE.sequenceSeqArray([good, task]), [7, 7], 'down'],
    ['A.sequence(TE.ApplicativePar)', (task) => A.sequence(TE.ApplicativePar)([good, task]), [7, 7], 'down'],
    [
      'A.traverse(TE.ApplicativePar)',
      (task) =>
        pipe(
          [1, 2],
          A.traverse(TE.ApplicativePar)(() => task)
        ),
      [7, 7],
      'down'
    ],
    [
      'TE.traverseArray',
      (task) =>
        pipe(
          [1, 2],
          TE.traverseArray(() => task)
        ),
      [7, 7],
      'down'
    ]
  ]

  const outcome = (result: E.Either<unknown, unknown>): unknown =>
    result._tag === 'Right'
      ? result.right
      : isExhausted(result.left)
        ? O.toUndefined(lastError(result.left))
        : result.left

  test.each(rows)(
    'P26 pipe(task, withRetry(p), %s) -> as with a plain TaskEither',
    async (_, take, answered, failed) => {
      expect(outcome(await take(TE.right(7))())).toEqual(answered)
      expect(outcome(await take(good)())).toEqual(answered)
      expect(outcome(await take(TE.left('down'))())).toEqual(failed)
      expect(outcome(await take(bad)())).toEqual(failed)
    }
  )

  test('P26 a task called with undefined, as fp-ts does -> runs', async () => {
    const task = retried(withAttempt(({ attempt }) => (attempt === 3 ? TE.right(7) : TE.left('down'))))
    expect(await (task as (arg: undefined) => Promise<unknown>)(undefined)).toEqual(E.right(7))
  })

  describe('in parallel', () => {
    // Task n fails n - 1 times.
    const timed = (clock: Clock, log: string[]) => (n: number) => {
      let calls = 0
      const fn = async (): Promise<E.Either<string, number>> => {
        log.push(`${clock.now()}: ${n}`)
        return ++calls < n ? E.left('down') : E.right(n * 10)
      }
      return pipe(fn, withRetry(delays([100, 200])), withEnv({ clock }))
    }
    type Run = ReturnType<typeof timed>

    const together: ReadonlyArray<[string, (run: Run) => TE.TaskEither<unknown, ReadonlyArray<number>>]> = [
      ['TE.sequenceArray', (run) => TE.sequenceArray([run(1), run(2), run(3)])],
      ['A.sequence(TE.ApplicativePar)', (run) => A.sequence(TE.ApplicativePar)([run(1), run(2), run(3)])],
      ['A.traverse(TE.ApplicativePar)', (run) => pipe([1, 2, 3], A.traverse(TE.ApplicativePar)(run))],
      ['TE.traverseArray', (run) => pipe([1, 2, 3], TE.traverseArray(run))]
    ]
    test.each(together)('P26 %s -> all results in order, the waits overlap', async (_, make) => {
      const clock = virtualClock()
      const log: string[] = []
      const ends = start(make(timed(clock, log)), clock)
      await clock.runAll()
      expect(ends).toEqual([{ at: 300, result: E.right([10, 20, 30]) }])
      // fp-ts starts them in an order of its own.
      expect(log.sort()).toEqual(['0: 1', '0: 2', '0: 3', '100: 2', '100: 3', '300: 3'])
    })

    test('P26 A.traverse(TE.ApplicativePar) of a retried function, one fails -> its error', async () => {
      const read = pipe((id: number) => (id === 2 ? TE.left('down') : TE.right(id)), retried)
      expect(outcome(await pipe([1, 2, 3], A.traverse(TE.ApplicativePar)(read))())).toBe('down')
      expect(await pipe([1, 3], A.traverse(TE.ApplicativePar)(read))()).toEqual(E.right([1, 3]))
    })

    test('P26 TE.sequenceSeqArray -> one after another', async () => {
      const clock = virtualClock()
      const log: string[] = []
      const run = timed(clock, log)
      const ends = start(TE.sequenceSeqArray([run(2), run(2)]), clock)
      await clock.runAll()
      expect(ends).toEqual([{ at: 200, result: E.right([20, 20]) }])
      expect(log).toEqual(['0: 2', '100: 2', '100: 2', '200: 2'])
    })
  })

  test('P26 a function of one argument given undefined -> a task, not a run', async () => {
    const seen: unknown[] = []
    const read = pipe(async (id: string | undefined) => seen.push(id), retried)
    const task = read(undefined)
    await turn()
    expect(seen).toEqual([])
    expect(await task()).toEqual(E.right(1))
    expect(seen).toEqual([undefined])
  })

  test('P26 a function of optional arguments, marked by arrow, in TE.flatMap -> a task', async () => {
    const read = pipe(
      arrow(async (id = 0) => id),
      retried
    )
    expect(await pipe(TE.right(7), TE.flatMap(read))()).toEqual(E.right(7))
    expect(await read()()).toEqual(E.right(0))
  })
})

describe('P27 context lost between wrappers', () => {
  const policy = pipe(fixed(1000), limitRetries(2))
  const acting = () => {
    const seen: unknown[] = []
    const act = withAttempt(({ attempt, elapsed, previous, name }) => (id: string) => {
      const error =
        previous._tag === 'Some' && previous.value._tag === 'Failed' ? previous.value.error : undefined
      seen.push({ attempt, elapsed, error, name })
      return TE.left<string, number>(`no ${id}`)
    })
    return { seen, act }
  }

  test('P27 flow(act, via(TE.mapLeft(g)), withRetry(p)) -> act sees attempts 1, 2, 3', async () => {
    const { act, seen } = acting()
    const run = flow(act, via(TE.mapLeft((text) => new Error(text))), withRetry(policy))
    const result = await pipe(run('7'), withEnv({ clock: instantClock() }))()
    expect(seen).toMatchObject([
      { attempt: 1, elapsed: 0, error: undefined },
      { attempt: 2, elapsed: 1000, error: new Error('no 7') },
      { attempt: 3, elapsed: 2000, error: new Error('no 7') }
    ])
    expect(result).toMatchObject({
      left: { _tag: 'Exhausted', attempts: 3, failures: [{}, {}, { error: { message: 'no 7' } }] }
    })
  })

  test('P27 the same in a pipe, through several steps and wrappers -> attempts 1, 2, 3', async () => {
    const { act, seen } = acting()
    const clock = virtualClock()
    const task = pipe(
      act('7'),
      via(TE.mapLeft((text) => new Error(text))),
      withTimeout('1m'),
      via(TE.map((n) => n + 1)),
      withRetry(policy),
      via(TE.map(String)),
      withEnv({ clock })
    )
    void task()
    await clock.runAll()
    expect(seen).toMatchObject([{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }])
  })

  test('P27 a plain step instead of via -> ends the context: act sees attempt 1 each time', async () => {
    const { act, seen } = acting()
    const run = flow(
      act,
      TE.mapLeft((text) => new Error(text)),
      withRetry(policy)
    )
    await pipe(run('7'), withEnv({ clock: instantClock() }))()
    expect(seen).toMatchObject([{ attempt: 1 }, { attempt: 1 }, { attempt: 1 }])
  })

  test('P27 pipe(api.read(3), withSignal(s)) -> aborts the wait inside', async () => {
    const clock = virtualClock()
    const calls: number[] = []
    const api = {
      read: pipe(
        async (id: number): Promise<string> => {
          calls.push(id)
          throw new Error('down')
        },
        withRetry(fixed('1h')),
        withEnv({ clock })
      )
    }
    const controller = new AbortController()
    const ends = start(pipe(api.read(3), withSignal(controller.signal)), clock)
    const other = start(api.read(4), clock)

    await clock.advance(50)
    controller.abort('gone')
    await turn()
    expect(ends).toMatchObject([
      { at: 50, result: { left: { _tag: 'Aborted', reason: 'gone', attempts: 1 } } }
    ])
    expect(clock.pending()).toBe(1)
    expect(other).toEqual([])
    await clock.advance(3_600_000)
    expect(calls).toEqual([3, 4, 4])
  })

  test('P27 a signal through via -> aborts the wait and the attempt inside', async () => {
    const clock = virtualClock()
    const signals: AbortSignal[] = []
    const fn = withAttempt(({ attempt, signal }) => {
      signals.push(signal)
      return scripted<string>(attempt === 1 ? 'L' : 'P')
    })
    const through = via(TE.mapLeft((e) => e))
    for (const [at, attempts] of [
      [50, 1],
      [1050, 2]
    ] as const) {
      const controller = new AbortController()
      const begun = clock.now()
      const task = pipe(
        fn,
        through,
        withRetry(fixed(1000)),
        through,
        withSignal(controller.signal),
        withEnv({ clock })
      )
      const ends = start(task, clock)
      await clock.advance(at)
      controller.abort('gone')
      await turn()
      expect(ends).toMatchObject([{ at: begun + at, result: { left: { _tag: 'Aborted', attempts } } }])
      expect(clock.pending()).toBe(0)
    }
    // The first call's attempt had ended; the second one's second attempt was under way.
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, true])
  })
})
