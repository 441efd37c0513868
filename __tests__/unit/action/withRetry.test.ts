import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  fixed,
  immediate,
  limitRetries,
  recordFailures,
  type RetryEvent,
  retryUntil,
  withAttempt,
  withEnv,
  withObserver,
  withRetry,
  withSignal
} from 'reprise'
import { scenario, scripted, virtualClock } from 'reprise/testing'
import { thrown } from '../../support/bad.js'
import { deferred, start } from '../../support/task.js'

const policy = pipe(immediate, limitRetries(2))

const right = (value: unknown) => ({ _tag: 'Right', right: value })

/** Gives a function that throws when it is called for the first time, and `f` from then on. */
const flaky = <P extends unknown[], R>(f: (...args: P) => R): ((...args: P) => R) => {
  let calls = 0
  return (...args) => {
    calls += 1
    if (calls === 1) throw 'flaky'
    return f(...args)
  }
}

describe('withRetry', () => {
  it.each<[string, () => unknown]>([
    ['a plain value', flaky(() => 1)],
    ['a promise', flaky(async () => 1)],
    ['a thenable', flaky(() => ({ then: (resolve: (n: number) => void) => resolve(1) }))],
    ['a TaskEither', flaky(() => TE.right(1))]
  ])('throws, then gives %s -> Right', async (_, fn) => {
    expect(await withRetry(policy)(fn as () => Promise<number>)()).toEqual(right(1))
  })

  it('arguments -> the same ones, by identity, for each attempt', async () => {
    const id = { n: 7 }
    const seen: unknown[] = []
    const read = flaky(async (...args: unknown[]) => args)
    const task = pipe(
      arrow((...args: unknown[]) => {
        seen.push(args[0])
        return read(...args)
      }),
      withRetry(policy)
    )
    expect(await task(id, 'x')()).toEqual(right([{ n: 7 }, 'x']))
    expect(seen.map((each) => each === id)).toEqual([true, true])
  })

  it('a function that gives a TaskEither -> called anew for each attempt', async () => {
    let made = 0
    const make = (_id: string): TE.TaskEither<number, never> => TE.left((made += 1))
    const result = await pipe(make, withRetry(policy))('a')()
    expect(result).toMatchObject({ left: { failures: [{ error: 1 }, { error: 2 }, { error: 3 }] } })
  })

  it('a thenable that rejects -> Threw', async () => {
    const fn = () => ({ then: (_: unknown, reject: (e: string) => void) => reject('e') })
    const result = await withRetry(policy)(fn as unknown as () => Promise<number>)()
    expect(result).toMatchObject({
      left: { _tag: 'Exhausted', failures: Array(3).fill({ _tag: 'Threw', error: 'e' }) }
    })
  })

  it('nothing runs before the task does', () => {
    const mock = jest.fn(async (_id: number) => 1)
    pipe(mock, withRetry(policy))(7)
    expect(mock).not.toHaveBeenCalled()
  })

  it('run twice at once -> each has its own count', async () => {
    const task = pipe(async () => Promise.reject<number>('down'), withRetry(policy))
    const results = await Promise.all([task(), task()])
    expect(results.map((result) => result._tag === 'Left' && result.left.attempts)).toEqual([3, 3])
  })

  it('failures of 20 attempts -> the newest 16, 4 omitted', async () => {
    const { result } = await scenario({ policy: pipe(immediate, limitRetries(19)), script: 'L' })
    const error = result._tag === 'Left' ? result.left : undefined
    expect([error?.attempts, error?.failures.length, error?.omitted, error?.failures[0]?.attempt]).toEqual([
      20, 16, 4, 5
    ])
  })

  it('a call of 3 attempts, 5 ms each -> the error, every field', async () => {
    const { result } = await scenario({ policy, script: 'LT', duration: 5 })
    const timed = { duration: 5, delay: 0 }
    expect(result).toStrictEqual({
      _tag: 'Left',
      left: {
        _tag: 'Exhausted',
        attempts: 3,
        elapsed: 15,
        omitted: 0,
        hint: undefined,
        failures: [
          { _tag: 'Failed', error: 1, ...timed, attempt: 1, startedAt: 0 },
          { _tag: 'Threw', error: 2, ...timed, attempt: 2, startedAt: 5 },
          { _tag: 'Threw', error: 3, ...timed, attempt: 3, startedAt: 10, delay: undefined }
        ]
      }
    })
  })

  it.each<[unknown, RegExp]>([
    [undefined, /^TypeError: policy must be .*got undefined$/],
    [null, /^TypeError: policy must be .*got null$/],
    [{}, /^TypeError: policy must be .*got \[object Object\]$/],
    [3, /^RangeError: policy must be .*got 3$|^TypeError: policy must be .*got 3$/]
  ])('a policy that is %p -> an error that names argument and value', (input, message) => {
    expect(thrown(() => withRetry(input as never))).toMatch(message)
  })
})

const spaced = pipe(fixed(100), limitRetries(2))

describe('withRetry, what an attempt is told', () => {
  /** A function that fails after 5 ms, and notes its attempt, when it began, and the attempt of the failure before. */
  const noting = (seen: unknown[], clock = virtualClock()) => ({
    clock,
    load: withAttempt(function load({ attempt, elapsed, previous, name }) {
      seen.push([attempt, elapsed, name, previous._tag === 'Some' ? previous.value.attempt : 'none'])
      return (_id: string) =>
        new Promise<number>((_resolve, reject) => clock.after(5, () => reject(`down ${attempt}`)))
    })
  })

  it('three attempts, 100 ms apart, on a clock that tells 1000 -> number, beginning, name, and the failure before', async () => {
    const seen: unknown[] = []
    const { load, clock } = noting(seen)
    await clock.advance(1000)
    const ends = start(pipe(load, withRetry(spaced), withEnv({ clock }))('a'), clock)
    await clock.runAll()
    expect(seen).toEqual([
      [1, 0, 'load', 'none'],
      [2, 105, 'load', 1],
      [3, 210, 'load', 2]
    ])
    expect(ends).toMatchObject([{ at: 1215, result: { left: { attempts: 3, elapsed: 215 } } }])
  })

  it('one failure is kept -> the newest, and the number of the others', async () => {
    const seen: unknown[] = []
    const { load, clock } = noting(seen)
    const ends = start(pipe(load, withRetry(recordFailures(1)(spaced)), withEnv({ clock }))('a'), clock)
    await clock.runAll()
    expect(seen.map((each) => (each as unknown[])[3])).toEqual(['none', 1, 2])
    expect(ends).toMatchObject([
      { result: { left: { attempts: 3, omitted: 2, failures: [{ attempt: 3, error: 'down 3' }] } } }
    ])
  })

  it('a function that gives an action -> it is entered, as a task without arguments', async () => {
    const seen: unknown[] = []
    const make = (id: string) =>
      withAttempt(({ attempt, name }) => async (...args: unknown[]): Promise<number> => {
        seen.push([id, attempt, name, args])
        throw 'down'
      })
    await pipe(make as (id: string) => TE.TaskEither<string, number>, withRetry(policy))('a')()
    expect(seen).toEqual([
      ['a', 1, 'make', []],
      ['a', 2, 'make', []],
      ['a', 3, 'make', []]
    ])
  })

  it('a plain task that a function gives -> called without arguments', async () => {
    const seen: unknown[] = []
    const make = (id: string) =>
      (async (...args: unknown[]) => {
        seen.push([id, args])
        return 1
      }) as () => Promise<number>
    expect(await withRetry(policy)(make as never as (id: string) => Promise<number>)('a')()).toEqual(right(1))
    expect(seen).toEqual([['a', []]])
  })
})

describe('withRetry, refused results', () => {
  it('1 and 2 refused, then 3 -> Right of 3; each is a failure', async () => {
    const events: RetryEvent[] = []
    const task = pipe(
      scripted('R'),
      withRetry(
        pipe(
          policy,
          retryUntil((n: number) => n > 2)
        )
      )
    )
    expect(await task()).toEqual(right(3))
    expect(await withObserver((event) => events.push(event))(task)()).toEqual(right(4))
    expect(events.map(({ _tag }) => _tag)).toEqual(['AttemptStarted', 'Succeeded'])
  })

  it('all refused -> Exhausted, every failure Rejected', async () => {
    const fussy = pipe(
      policy,
      retryUntil((n: number) => n > 9)
    )
    expect(await pipe(scripted('R'), withRetry(fussy))()).toMatchObject({
      left: {
        _tag: 'Exhausted',
        failures: [
          { _tag: 'Rejected', value: 1 },
          { _tag: 'Rejected', value: 2 },
          { _tag: 'Rejected', value: 3 }
        ]
      }
    })
  })
})

describe('withRetry, watched', () => {
  it('a Left, then a result, 7 ms each -> every event, and how long the last attempt took', async () => {
    const { events } = await scenario({ policy: spaced, script: 'LR', duration: 7 })
    expect(
      events.map((event) => [
        event._tag,
        event.attempt,
        event.elapsed,
        event.previousDelay,
        event._tag === 'Succeeded' && event.duration
      ])
    ).toEqual([
      ['AttemptStarted', 1, 0, undefined, false],
      ['AttemptFailed', 1, 7, undefined, false],
      ['RetryScheduled', 1, 7, undefined, false],
      ['AttemptStarted', 2, 107, 100, false],
      ['Succeeded', 2, 114, 100, 7]
    ])
  })
})

describe('withRetry, under a signal', () => {
  /** Runs under a signal, and notes the events. */
  const under = (fn: () => Promise<unknown>, abortAt: (event: RetryEvent) => boolean = () => false) => {
    const clock = virtualClock()
    const controller = new AbortController()
    const events: string[] = []
    const task = pipe(
      fn as TE.TaskEither<number, number>,
      withRetry(spaced),
      withObserver((event) => {
        events.push(`${event._tag} ${event.attempt}`)
        if (abortAt(event)) controller.abort('enough')
      }),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    return { clock, controller, events, ends: start(task, clock) }
  }

  const aborted = (attempts: number, elapsed: number, failures: ReadonlyArray<object>) => ({
    _tag: 'Left',
    left: { _tag: 'Aborted', attempts, elapsed, omitted: 0, reason: 'enough', failures }
  })
  const failure = { _tag: 'Failed', duration: 0 }

  it('aborted in the first wait -> Aborted after one attempt, with the wait that was cut off', async () => {
    const { clock, controller, events, ends } = under(scripted('L'))
    await clock.advance(40)
    controller.abort('enough')
    await clock.runAll()
    expect(ends).toStrictEqual([
      { at: 40, result: aborted(1, 40, [{ ...failure, error: 1, attempt: 1, startedAt: 0, delay: 100 }]) }
    ])
    expect(events).toEqual(['AttemptStarted 1', 'AttemptFailed 1', 'RetryScheduled 1', 'GaveUp 1'])
    expect(clock.pending()).toBe(0)
  })

  it('aborted in the second attempt -> Aborted after two, with one failure', async () => {
    const { clock, controller, events, ends } = under(scripted('LP'))
    await clock.advance(130)
    controller.abort('enough')
    await clock.runAll()
    const failures = [{ ...failure, error: 1, attempt: 1, startedAt: 0, delay: 100 }]
    expect(ends).toMatchObject([
      {
        at: 130,
        result: { left: { _tag: 'Aborted', attempts: 2, elapsed: 130, reason: 'enough', failures } }
      }
    ])
    expect(events.at(-1)).toBe('GaveUp 2')
  })

  it.each([
    [1, 0],
    [2, 100]
  ])('aborted when attempt %d begins -> it is not made', async (attempt, at) => {
    const fn = scripted('L')
    const { clock, events, ends } = under(
      fn,
      (event) => event._tag === 'AttemptStarted' && event.attempt === attempt
    )
    await clock.runAll()
    expect(fn.calls()).toBe(attempt - 1)
    expect(ends).toMatchObject([{ at, result: { left: { _tag: 'Aborted', attempts: attempt - 1 } } }])
    expect(events.at(-1)).toBe(`GaveUp ${attempt - 1}`)
  })

  it('a failure that was there before the abort -> is kept, and no wait followed', async () => {
    const answer = deferred<unknown>()
    const { clock, controller, events, ends } = under(() => answer.promise)
    await clock.advance(5)
    answer.resolve({ _tag: 'Left', left: 'no' })
    controller.abort('enough')
    await clock.runAll()
    expect(ends).toStrictEqual([
      {
        at: 5,
        result: aborted(1, 5, [
          { _tag: 'Failed', error: 'no', attempt: 1, startedAt: 0, duration: 5, delay: undefined }
        ])
      }
    ])
    expect(events).toEqual(['AttemptStarted 1', 'AttemptFailed 1', 'GaveUp 1'])
  })

  it('a throw in the second attempt -> Threw; the call ends as it would without a signal', async () => {
    const { clock, ends } = under(scripted('T'))
    await clock.runAll()
    expect(ends).toMatchObject([
      { at: 200, result: { left: { _tag: 'Exhausted', attempts: 3, failures: [{ _tag: 'Threw' }, {}, {}] } } }
    ])
  })
})
