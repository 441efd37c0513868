import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  type Attempt,
  fixed,
  immediate,
  limitRetries,
  retryUntil,
  type RetryEvent,
  withAttempt,
  withEnv,
  withObserver,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { virtualClock } from 'reprise/testing'
import { message, thrown } from '../../support/bad.js'
import { start } from '../../support/task.js'

/** Gives the AbortControllers made while `f` runs. */
const controllersMade = async (f: () => Promise<unknown>): Promise<number> => {
  const { AbortController: original } = globalThis
  let made = 0
  globalThis.AbortController = class extends original {
    constructor() {
      super()
      made += 1
    }
  }
  try {
    await f()
  } finally {
    globalThis.AbortController = original
  }
  return made
}

const limit = pipe(immediate, limitRetries(2))

describe('withAttempt', () => {
  it('outside of any retry -> attempt 1, elapsed 0, no previous, its own name, a signal that is not aborted', async () => {
    const seen: unknown[] = []
    const load = withAttempt(function load({ attempt, elapsed, previous, name, signal }) {
      seen.push({ attempt, elapsed, previous, name, aborted: signal.aborted })
      return async () => 5
    })
    expect(await load()).toEqual({ _tag: 'Right', right: 5 })
    expect(seen).toEqual([
      { attempt: 1, elapsed: 0, previous: { _tag: 'None' }, name: 'load', aborted: false }
    ])
  })

  it('inside a retry of 100 ms -> attempts, elapsed, and the failure before, whole', async () => {
    const clock = virtualClock()
    const seen: Array<Omit<Attempt, 'signal'>> = []
    const load = withAttempt(function load({ attempt, elapsed, previous, name }) {
      seen.push({ attempt, elapsed, previous, name })
      return TE.left(`error ${attempt}`)
    })
    start(pipe(load, withRetry(pipe(fixed(100), limitRetries(2))), withEnv({ clock })), clock)
    await clock.runAll()
    const failure = { _tag: 'Failed', duration: 0, delay: 100 }
    expect(seen).toEqual([
      { attempt: 1, elapsed: 0, name: 'load', previous: { _tag: 'None' } },
      {
        attempt: 2,
        elapsed: 100,
        name: 'load',
        previous: { _tag: 'Some', value: { ...failure, error: 'error 1', attempt: 1, startedAt: 0 } }
      },
      {
        attempt: 3,
        elapsed: 200,
        name: 'load',
        previous: { _tag: 'Some', value: { ...failure, error: 'error 2', attempt: 2, startedAt: 100 } }
      }
    ])
  })

  it('after a refused result -> previous is Rejected, with the value', async () => {
    const seen: unknown[] = []
    const count = withAttempt(({ attempt, previous }) => async () => {
      seen.push(previous._tag === 'Some' && previous.value._tag === 'Rejected' && previous.value.value)
      return attempt
    })
    const policy = pipe(
      limit,
      retryUntil((n: number) => n > 2)
    )
    expect(await pipe(count, withRetry(policy))()).toEqual({ _tag: 'Right', right: 3 })
    expect(seen).toEqual([false, 1, 2])
  })

  it('run twice -> starts afresh', async () => {
    const seen: number[] = []
    const fail = withAttempt(({ attempt }) => async (): Promise<number> => {
      seen.push(attempt)
      throw 'down'
    })
    const task = pipe(fail, withRetry(pipe(immediate, limitRetries(1))))
    await task()
    await task()
    expect(seen).toEqual([1, 2, 1, 2])
  })

  it('a retry in a retry -> the attempt of the inner one', async () => {
    const seen: number[] = []
    const fail = withAttempt(({ attempt }) => async (): Promise<number> => {
      seen.push(attempt)
      throw 'down'
    })
    const inner = pipe(fail, withRetry(pipe(immediate, limitRetries(1))))
    await pipe(inner, withRetry(pipe(immediate, limitRetries(3))))()
    expect(seen).toEqual([1, 2])
  })

  it('arguments -> handed to the function that it makes', async () => {
    const add = withAttempt(
      ({ attempt }) =>
        async (a: number, b: number) =>
          a + b + attempt
    )
    expect(await add(10, 20)()).toEqual({ _tag: 'Right', right: 31 })
  })

  it('nothing but undefined -> runs as a task; marked with arrow -> a TaskEither', async () => {
    const size = withAttempt(
      () =>
        async (...all: unknown[]) =>
          all.length
    )
    const untyped = size as unknown as (...args: unknown[]) => unknown
    expect(untyped(undefined)).toBeInstanceOf(Promise)
    const marked = pipe(arrow(untyped), withRetry(limit))
    expect(await marked(undefined)()).toEqual({ _tag: 'Right', right: 1 })
  })

  it('length 0, the name of make', () => {
    const load = withAttempt(function load() {
      return async (_id: string) => 1
    })
    expect([load.length, load.name]).toEqual([0, 'load'])
  })

  it('its name in events -> that of make', async () => {
    const events: RetryEvent[] = []
    const load = withAttempt(function load() {
      return async () => 1
    })
    await pipe(
      load,
      withRetry(limit),
      withObserver((event) => events.push(event))
    )()
    expect(events.map(({ name }) => name)).toEqual(['load', 'load'])
  })

  it.each<[string, () => () => unknown]>([
    [
      'make throws',
      () => {
        throw 'e'
      }
    ],
    [
      'the function throws',
      () => () => {
        throw 'e'
      }
    ],
    ['the function rejects', () => () => Promise.reject('e')],
    ['the function fails', () => TE.left('e')]
  ])('%s -> Left by itself, a failure inside a retry', async (_, make) => {
    const act = withAttempt(make as () => () => Promise<number>)
    expect(await act()).toEqual({ _tag: 'Left', left: 'e' })
    expect(await pipe(act, withRetry(limit))()).toMatchObject({
      left: { _tag: 'Exhausted', attempts: 3, failures: [{ error: 'e' }, { error: 'e' }, { error: 'e' }] }
    })
  })

  describe('signal', () => {
    it('not asked for, under a timeout, 3 attempts -> no AbortController is made', async () => {
      const clock = virtualClock()
      const made = await controllersMade(async () => {
        const act = withAttempt(({ attempt }) => async () => {
          if (attempt < 3) throw 'down'
          return attempt
        })
        const ends = start(pipe(act, withTimeout(50), withRetry(limit), withEnv({ clock })), clock)
        await clock.runAll()
        expect(ends).toEqual([{ at: 0, result: { _tag: 'Right', right: 3 } }])
      })
      expect(made).toBe(0)
    })

    it('asked for twice -> one, made once', async () => {
      const seen: unknown[] = []
      const made = await controllersMade(async () => {
        await withAttempt((attempt) => {
          seen.push(attempt.signal === attempt.signal)
          return async () => 1
        })()
      })
      expect([made, seen]).toEqual([1, [true]])
    })

    it('asked for in each attempt -> one for each', async () => {
      const seen = new Set<AbortSignal>()
      const act = withAttempt(({ signal }) => async (): Promise<number> => {
        seen.add(signal)
        throw 'down'
      })
      await pipe(act, withRetry(limit))()
      expect(seen.size).toBe(3)
    })

    it('a timeout of the attempt -> its signal aborts with a TimeoutError, that of the next does not', async () => {
      const clock = virtualClock()
      const signals: AbortSignal[] = []
      const act = withAttempt(({ attempt, signal }) => async () => {
        signals.push(signal)
        return attempt === 1 ? new Promise<number>(() => undefined) : attempt
      })
      start(pipe(act, withTimeout(50), withRetry(limit), withEnv({ clock })), clock)
      await clock.runAll()
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
      expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError', message: 'timed out after 50 ms' })
    })

    it('a timeout of the call after the attempt is over -> the signal of that attempt stays as it is', async () => {
      const clock = virtualClock()
      const signals: AbortSignal[] = []
      const act = withAttempt(({ signal }) => async (): Promise<number> => {
        signals.push(signal)
        throw 'down'
      })
      const ends = start(pipe(act, withRetry(fixed(100)), withTimeout(50), withEnv({ clock })), clock)
      await clock.advance(50)
      expect(ends).toMatchObject([{ at: 50, result: { left: { _tag: 'TimedOut', attempts: 1 } } }])
      expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    })

    it('a function that rejects when its signal aborts -> TimedOut, not what it rejects with', async () => {
      const clock = virtualClock()
      const act = withAttempt(
        ({ signal }) =>
          () =>
            new Promise<number>((_, reject) => signal.addEventListener('abort', () => reject('mine')))
      )
      const ends = start(pipe(act, withTimeout(50), withEnv({ clock })), clock)
      await clock.advance(50)
      expect(ends).toMatchObject([{ at: 50, result: { left: { _tag: 'TimedOut' } } }])
    })

    it('asked for only after the abort -> aborted, with the reason', async () => {
      const clock = virtualClock()
      const controller = new AbortController()
      const kept: Attempt[] = []
      const act = withAttempt((attempt) => () => {
        kept.push(attempt)
        return new Promise<number>(() => undefined)
      })
      start(pipe(act, withSignal(controller.signal), withEnv({ clock })), clock)
      controller.abort('enough')
      await clock.runAll()
      expect([kept[0]?.signal.aborted, kept[0]?.signal.reason]).toEqual([true, 'enough'])
    })

    it('an abort after the attempt is over -> its signal stays as it is', async () => {
      const controller = new AbortController()
      const signals: AbortSignal[] = []
      const act = withAttempt(({ signal }) => async () => {
        signals.push(signal)
        return 1
      })
      await pipe(act, withSignal(controller.signal))()
      controller.abort('late')
      expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    })
  })

  it.each<[unknown, string]>([
    [undefined, 'TypeError: withAttempt: make must be …, got undefined'],
    [null, 'TypeError: withAttempt: make must be …, got null'],
    [{}, 'TypeError: withAttempt: make must be …, got [object Object]'],
    [3, 'RangeError: withAttempt: make must be …, got 3']
  ])('%p -> %s', (input, text) => {
    expect(thrown(() => withAttempt(input as never))).toBe(text)
  })

  it('no function -> the error says what has to be', () => {
    expect(message(() => withAttempt(3 as never))).toBe(
      'RangeError: withAttempt: make must be a function of an attempt, got 3'
    )
  })
})
