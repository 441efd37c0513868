import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  circuitBreaker,
  type CircuitBreakerOptions,
  type Context,
  fixed,
  immediate,
  limitRetries,
  limitSet,
  resourceLimit,
  withAttempt,
  withCircuitBreaker,
  withEnv,
  withLimits,
  withRetry,
  withSignal,
  withTimeout
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { message, thrown } from '../../support/bad.js'
import { deferred, start, turn } from '../../support/task.js'

const scene = (options: CircuitBreakerOptions) => ({
  clock: virtualClock(),
  breaker: circuitBreaker(options)()
})

const byRatio = { countWindow: 10, failureRatio: 0.9 } as const

describe('withCircuitBreaker', () => {
  it.each<[string, object, object]>([
    ['R', { _tag: 'Right', right: 1 }, { calls: 1, failures: 0 }],
    ['L', { _tag: 'Left', left: 1 }, { calls: 1, failures: 1 }],
    ['T', { _tag: 'Left', left: 1 }, { calls: 1, failures: 1 }]
  ])('%s -> the outcome as it is, and counted', async (script, result, counts) => {
    const { breaker } = scene(byRatio)
    expect(await pipe(scripted(script), withCircuitBreaker(breaker))()).toEqual(result)
    expect(breaker.status()).toMatchObject(counts)
  })

  it.each<[string, object]>([
    ['R', { _tag: 'None' }],
    ['L', { _tag: 'Some', value: { _tag: 'Failed', error: 1 } }],
    ['T', { _tag: 'Some', value: { _tag: 'Threw', error: 1 } }]
  ])('%s -> the failure that is counted', async (script, expected) => {
    const { breaker } = scene(byRatio)
    await pipe(scripted(script), withCircuitBreaker(breaker))()
    expect(breaker.lastFailure()).toEqual(expected)
  })

  it('calls in a window of time -> all of them counted', async () => {
    const { breaker } = scene({ timeWindow: '1h', failureRatio: 0.9 })
    const task = pipe(scripted('RLR'), withCircuitBreaker(breaker))
    for (let i = 0; i < 3; i++) await task()
    expect(breaker.status()).toEqual({ _tag: 'Closed', calls: 3, failures: 1, slow: 0, retryAfter: 0 })
  })

  it('no breaker -> TypeError that says what to do', () => {
    expect(message(() => withCircuitBreaker({} as never))).toBe(
      'TypeError: withCircuitBreaker: breaker must be made by circuitBreaker(options)(), got [object Object]'
    )
  })

  it('what was thrown -> passed on as thrown: a retry outside sees a Threw', async () => {
    const { breaker } = scene(byRatio)
    const result = await pipe(
      scripted('T'),
      withCircuitBreaker(breaker),
      withRetry(limitRetries(0)(immediate))
    )()
    expect(result).toMatchObject({ left: { failures: [{ _tag: 'Threw', error: 1 }] } })
  })

  it('functions, tasks, readers -> the shape, length and name of what goes in', async () => {
    const { breaker } = scene(byRatio)
    const wrap = withCircuitBreaker(breaker)
    const add = async (a: number, b: number): Promise<number> => a + b
    const wrapped = wrap(add)
    expect([wrapped.length, wrapped.name]).toEqual([2, 'add'])
    expect(await wrapped(1, 2)()).toEqual({ _tag: 'Right', right: 3 })
    expect(await wrap(TE.right(5))()).toEqual({ _tag: 'Right', right: 5 })
    const optional = wrap(arrow(async (a = 7) => a))
    expect(await optional()()).toEqual({ _tag: 'Right', right: 7 })
    expect(breaker.status().calls).toBe(3)
  })

  it('nothing runs, and nothing counts, before the task does', () => {
    const { breaker } = scene({ consecutiveFailures: 1 })
    const fn = scripted('L')
    pipe(async (_: number) => fn(), withCircuitBreaker(breaker))(1)
    expect(fn.calls()).toBe(0)
    expect(breaker.status().calls).toBe(0)
  })

  it('any number of functions -> share a breaker', async () => {
    const { breaker } = scene({ consecutiveFailures: 2 })
    await pipe(scripted('L'), withCircuitBreaker(breaker))()
    await pipe(scripted('L'), withCircuitBreaker(breaker))()
    expect(await pipe(scripted('R'), withCircuitBreaker(breaker))()).toMatchObject({
      left: { _tag: 'CircuitOpen' }
    })
  })

  it('what is no function -> TypeError', () => {
    const { breaker } = scene(byRatio)
    expect(thrown(() => withCircuitBreaker(breaker)(5 as never))).toBe(
      'RangeError: withCircuitBreaker: action must be …, got 5'
    )
  })

  it.each([
    [99, 0],
    [100, 0],
    [101, 1]
  ])('slowAfter 100, a call of %d ms -> %d slow', async (duration, slow) => {
    const { breaker, clock } = scene({ ...byRatio, slowRatio: 0.5, slowAfter: 100 })
    void pipe(scripted('R', { duration, clock }), withCircuitBreaker(breaker), withEnv({ clock }))()
    void pipe(scripted('L', { duration, clock }), withCircuitBreaker(breaker), withEnv({ clock }))()
    await clock.runAll()
    expect(breaker.status()).toMatchObject({ calls: 2, failures: 1, slow: 2 * slow })
  })

  it('half-open, 10 calls at once, 3 trials -> 3 run, 7 refused at once; one ends, one more may', async () => {
    const { breaker, clock } = scene({ ...byRatio, minimumCalls: 1, trials: 3, openTime: 100 })
    const ends = Array.from({ length: 11 }, () => deferred<number>())
    let ran = 0
    const call = pipe(
      (i: number) => {
        ran += 1
        return ends[i]!.promise
      },
      withCircuitBreaker(breaker),
      withEnv({ clock })
    )
    const first = call(0)()
    ends[0]!.reject('down')
    await first
    await clock.advance(100)
    const all = Array.from({ length: 10 }, (_, i) => start(call(i + 1), clock))
    await turn()
    expect(ran).toBe(4)
    expect(all.flat().map(({ result }) => result)).toEqual(
      Array(7).fill({ _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter: 0 } })
    )
    // Two good trials leave one place, which is taken.
    ends[1]!.resolve(1)
    ends[2]!.resolve(2)
    await turn()
    expect(breaker.status()).toMatchObject({ _tag: 'HalfOpen', calls: 2 })
    expect(await call(9)()).toMatchObject({ left: { _tag: 'CircuitOpen' } })
    ends[3]!.resolve(3)
    await turn()
    expect(breaker.status()).toMatchObject({ _tag: 'Closed', calls: 1 })
  })
})

describe('failOn', () => {
  it('what does not match -> a success', async () => {
    const { breaker } = scene({ consecutiveFailures: 2, failOn: 'Down' })
    const task = (error: object) => pipe(TE.left(error), withCircuitBreaker(breaker))
    await task({ _tag: 'Down' })()
    await task({ _tag: 'NotFound' })()
    await task({ _tag: 'Down' })()
    expect(breaker.status()).toMatchObject({ _tag: 'Closed', failures: 1 })
  })

  it('a list; throws are judged, too -> any may match', async () => {
    const { breaker } = scene({ ...byRatio, failOn: [RangeError, 'Down'] })
    for (const error of [new RangeError('a'), new TypeError('b'), { _tag: 'Down' }])
      await pipe(async () => Promise.reject(error), withCircuitBreaker(breaker))()
    expect(breaker.status()).toMatchObject({ calls: 3, failures: 2 })
  })

  it.each<[string, () => boolean]>([
    [
      'throws',
      () => {
        throw new Error('bug')
      }
    ],
    ['gives a promise', (async () => false) as never]
  ])('one that %s -> a failure, and the outcome as it is', async (_, failOn) => {
    const { breaker } = scene({ ...byRatio, failOn })
    expect(await pipe(TE.left('down'), withCircuitBreaker(breaker))()).toEqual({ _tag: 'Left', left: 'down' })
    expect(breaker.status()).toMatchObject({ calls: 1, failures: 1 })
  })

  it('is told what conditions are told', async () => {
    const seen: Array<[unknown, Context]> = []
    const failOn = (error: unknown, context: Context): boolean => seen.push([error, context]) > 0
    const { breaker, clock } = scene({ ...byRatio, failOn })
    const read = async (_: string): Promise<never> => {
      await new Promise<void>((resolve) => clock.after(5, resolve))
      throw 'down'
    }
    const policy = pipe(fixed(100), limitRetries(1))
    void pipe(read, withCircuitBreaker(breaker), withRetry(policy), withEnv({ clock }))('a')()
    void pipe(read, withCircuitBreaker(breaker), withEnv({ clock }))('b')()
    await clock.runAll()
    const context = { attempt: 1, elapsed: 5, name: 'read', previousDelay: undefined }
    expect(seen).toEqual([
      ['down', { ...context, args: ['a'] }],
      ['down', { ...context, args: ['b'] }],
      ['down', { ...context, attempt: 2, elapsed: 110, args: ['a'], previousDelay: 100 }]
    ])
  })
})

describe('aborts', () => {
  it('a signal outside -> counts as neither, and frees the trial at once', async () => {
    const { breaker, clock } = scene({ consecutiveFailures: 1, openTime: 100 })
    const fn = scripted('LPR')
    const task = pipe(fn, withCircuitBreaker(breaker))
    await pipe(task, withEnv({ clock }))()
    await clock.advance(100)
    const controller = new AbortController()
    const ends = start(pipe(task, withSignal(controller.signal), withEnv({ clock })), clock)
    await turn()
    expect(await pipe(task, withEnv({ clock }))()).toMatchObject({ left: { _tag: 'CircuitOpen' } })
    controller.abort('enough')
    await turn()
    expect(ends).toMatchObject([{ result: { left: { _tag: 'Aborted', reason: 'enough' } } }])
    expect(breaker.status()).toMatchObject({ _tag: 'HalfOpen', calls: 0 })
    expect(await pipe(task, withEnv({ clock }))()).toEqual({ _tag: 'Right', right: 3 })
    expect(breaker.status()._tag).toBe('Closed')
  })

  it('what ends after the abort -> counts as neither, too', async () => {
    const { breaker, clock } = scene(byRatio)
    const end = deferred<number>()
    const controller = new AbortController()
    const task = pipe(
      () => end.promise,
      withCircuitBreaker(breaker),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    const pending = task()
    controller.abort()
    end.reject('late')
    expect(await pending).toMatchObject({ left: { _tag: 'Aborted' } })
    await turn()
    expect(breaker.status().calls).toBe(0)
  })

  it('a signal inside -> counts as neither', async () => {
    const { breaker, clock } = scene(byRatio)
    const signal = AbortSignal.abort('no')
    const task = pipe(scripted('R'), withSignal(signal), withCircuitBreaker(breaker), withEnv({ clock }))
    expect(await task()).toMatchObject({ left: { _tag: 'Aborted' } })
    expect(breaker.status().calls).toBe(0)
  })

  it('a timeout inside -> a failure; outside -> neither', async () => {
    const inside = scene(byRatio)
    void pipe(
      scripted('P'),
      withTimeout(50),
      withCircuitBreaker(inside.breaker),
      withEnv({ clock: inside.clock })
    )()
    await inside.clock.runAll()
    expect(inside.breaker.status()).toMatchObject({ calls: 1, failures: 1 })

    const outside = scene(byRatio)
    const cut = start(
      pipe(
        scripted('P'),
        withCircuitBreaker(outside.breaker),
        withTimeout(50),
        withEnv({ clock: outside.clock })
      ),
      outside.clock
    )
    await outside.clock.runAll()
    expect(cut).toMatchObject([{ at: 50, result: { left: { _tag: 'TimedOut' } } }])
    expect(outside.breaker.status()).toMatchObject({ calls: 0, failures: 0 })
    expect(outside.clock.pending()).toBe(0)
  })
})

describe('with other wrappers', () => {
  it('a retry outside -> each attempt counts, and a refusal ends it', async () => {
    const { breaker, clock } = scene({ consecutiveFailures: 2 })
    const fn = scripted('L')
    const policy = limitRetries(9)(immediate)
    const result = await pipe(fn, withCircuitBreaker(breaker), withRetry(policy), withEnv({ clock }))()
    expect(result).toMatchObject({ left: { _tag: 'NotRetryable', attempts: 3 } })
    expect(fn.calls()).toBe(2)
  })

  it('withAttempt inside -> sees the attempts of a retry outside', async () => {
    const { breaker } = scene({ consecutiveFailures: 5 })
    const seen: number[] = []
    const act = withAttempt(({ attempt }) => () => {
      seen.push(attempt)
      return TE.left('down')()
    })
    await pipe(act, withCircuitBreaker(breaker), withRetry(limitRetries(2)(immediate)))()
    expect(seen).toEqual([1, 2, 3])
  })

  it('two breakers -> the refusal of the inner one says nothing to the outer one', async () => {
    const [inner, outer] = [
      scene({ consecutiveFailures: 1 }).breaker,
      scene({ consecutiveFailures: 2 }).breaker
    ]
    const task = pipe(scripted('L'), withCircuitBreaker(inner), withCircuitBreaker(outer))
    await task()
    await task()
    await task()
    expect([inner.status()._tag, outer.status()]).toMatchObject(['Open', { _tag: 'Closed', failures: 1 }])
  })

  it('limits inside that refuse -> say nothing: neither a failure nor a success', async () => {
    const { breaker } = scene({ consecutiveFailures: 2 })
    const limits = limitSet([resourceLimit({ key: 'places', capacity: 1 })], { maxQueue: 0 })()
    const task = pipe(scripted('L'), withLimits(limits), withCircuitBreaker(breaker))
    await task()
    const held = limits.tryAcquire()()
    await task()
    expect(breaker.status()).toMatchObject({ _tag: 'Closed', failures: 1 })
    if (held._tag === 'Right') held.right.release()
    await task()
    expect(breaker.status()._tag).toBe('Open')
  })

  it('a refusal that comes through several wrappers, aborted meanwhile -> the refusal, which was first', async () => {
    const { breaker } = scene(byRatio)
    breaker.isolate()
    const controller = new AbortController()
    const around = withCircuitBreaker(scene(byRatio).breaker)
    const task = pipe(
      scripted('R'),
      withCircuitBreaker(breaker),
      around,
      around,
      around,
      withRetry(immediate),
      withSignal(controller.signal)
    )
    const pending = task()
    controller.abort('enough')
    expect(await pending).toMatchObject({
      left: { _tag: 'NotRetryable', failures: [{ error: { _tag: 'CircuitOpen' } }] }
    })
  })

  it('nothing is left listening when a call is over', async () => {
    const { breaker, clock } = scene(byRatio)
    const controller = new AbortController()
    const add = jest.spyOn(controller.signal, 'addEventListener')
    const remove = jest.spyOn(controller.signal, 'removeEventListener')
    const task = pipe(
      scripted('R'),
      withCircuitBreaker(breaker),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    await task()
    expect(add.mock.calls.length).toBe(remove.mock.calls.length)
    controller.abort()
    expect(breaker.status()).toMatchObject({ calls: 1 })
  })
})
