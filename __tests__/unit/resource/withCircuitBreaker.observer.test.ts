import { pipe } from 'fp-ts/lib/function.js'
import {
  circuitBreaker,
  type CircuitBreakerOptions,
  type RetryEvent,
  withCircuitBreaker,
  withEnv,
  withObserver,
  withSignal
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { start } from '../../support/task.js'

const scene = (options: CircuitBreakerOptions) => ({
  clock: virtualClock(),
  breaker: circuitBreaker(options)()
})

describe('withObserver around', () => {
  const context = { name: 'task', args: [], attempt: 1, previousDelay: undefined }

  /** Tasks that follow scripts behind one breaker, watched together with their names. */
  const watched = (options: CircuitBreakerOptions = { consecutiveFailures: 1, openTime: 100 }) => {
    const { clock, breaker } = scene(options)
    const events: RetryEvent[] = []
    const watch = (script: string, duration = 0) =>
      pipe(
        scripted(script, { duration, clock }),
        withCircuitBreaker(breaker),
        withObserver((event) => events.push(event)),
        withEnv({ clock })
      )
    return { clock, breaker, events, watch }
  }

  it('without a retry -> a first attempt; elapsed since the call came in', async () => {
    const { clock, events, watch } = watched()
    const ends = start(watch('T', 7), clock)
    await clock.runAll()
    expect(ends).toHaveLength(1)
    await watch('R')()
    await clock.advance(100)
    const trial = start(watch('R', 3), clock)
    await clock.runAll()
    expect(trial).toHaveLength(1)
    expect(events).toStrictEqual([
      {
        _tag: 'CircuitOpened',
        ...context,
        elapsed: 7,
        openTime: 100,
        lastFailure: { _tag: 'Some', value: { _tag: 'Threw', error: 1 } }
      },
      { _tag: 'CircuitRefused', ...context, elapsed: 0, retryAfter: 100 },
      { _tag: 'CircuitHalfOpened', ...context, elapsed: 0 },
      { _tag: 'CircuitClosed', ...context, elapsed: 3 }
    ])
  })

  it('a trial that fails -> opened again', async () => {
    const { clock, events, watch } = watched()
    const task = watch('L')
    await task()
    await clock.advance(100)
    await task()
    expect(events.map(({ _tag }) => _tag)).toEqual(['CircuitOpened', 'CircuitHalfOpened', 'CircuitOpened'])
  })

  it('what others do to the breaker -> not told; isolated, it refuses', async () => {
    const { clock, breaker, events, watch } = watched()
    const first = start(watch('R', 10), clock)
    const other = pipe(scripted('L'), withCircuitBreaker(breaker), withEnv({ clock }))
    await other()
    breaker.reset()
    breaker.isolate()
    await clock.runAll()
    expect(first).toHaveLength(1)
    expect(events).toEqual([])
    await watch('R')()
    expect(events).toStrictEqual([
      { _tag: 'CircuitRefused', ...context, elapsed: 0, retryAfter: 2 ** 53 - 1 }
    ])
  })

  it('the name and arguments of the function', async () => {
    const { clock, breaker } = scene({ consecutiveFailures: 1 })
    const told: unknown[] = []
    const read = async (_id: number, _deep: boolean): Promise<never> => Promise.reject('down')
    await pipe(
      read,
      withCircuitBreaker(breaker),
      withObserver(({ name, args }) => told.push([name, args])),
      withEnv({ clock })
    )(7, true)()
    expect(told).toEqual([['read', [7, true]]])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('observer')
      }
    ],
    ['rejects', async () => Promise.reject(new Error('observer'))]
  ])('an observer that %s -> changes nothing', async (_, observer) => {
    const { clock, breaker } = scene({ consecutiveFailures: 1, openTime: 100 })
    const task = pipe(scripted('LR'), withCircuitBreaker(breaker), withObserver(observer), withEnv({ clock }))
    expect(await task()).toEqual({ _tag: 'Left', left: 1 })
    expect(await task()).toEqual({ _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter: 100 } })
    await clock.advance(100)
    expect(await task()).toEqual({ _tag: 'Right', right: 2 })
    expect(breaker.status()._tag).toBe('Closed')
  })

  it('aborted by the observer of a trial -> no call, and the place is free', async () => {
    const { clock, breaker } = scene({ consecutiveFailures: 1, openTime: 100 })
    const controller = new AbortController()
    const fn = scripted('LR')
    const guarded = pipe(fn, withCircuitBreaker(breaker))
    await pipe(guarded, withEnv({ clock }))()
    await clock.advance(100)
    const trial = pipe(
      guarded,
      withObserver(({ _tag }) => {
        if (_tag === 'CircuitHalfOpened') controller.abort('enough')
      }),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    expect(await trial()).toMatchObject({ left: { _tag: 'Aborted', attempts: 0, reason: 'enough' } })
    expect(fn.calls()).toBe(1)
    expect(await pipe(guarded, withEnv({ clock }))()).toEqual({ _tag: 'Right', right: 2 })
  })

  it('aborted by the observer of a refusal -> the refusal, which was first', async () => {
    const { clock, breaker } = scene({ consecutiveFailures: 1, openTime: 100 })
    const controller = new AbortController()
    const task = pipe(
      scripted('L'),
      withCircuitBreaker(breaker),
      withObserver(({ _tag }) => {
        if (_tag === 'CircuitRefused') controller.abort('enough')
      }),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    await task()
    expect(await task()).toEqual({ _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter: 100 } })
  })

  it('nobody watches -> no time is read for it', async () => {
    const reads = async (watch: boolean) => {
      const { clock, breaker } = scene({ consecutiveFailures: 3 })
      const now = jest.fn(() => clock.now())
      const task = pipe(scripted('R'), withCircuitBreaker(breaker))
      await pipe(watch ? withObserver(() => undefined)(task) : task, withEnv({ clock: { ...clock, now } }))()
      return now.mock.calls.length
    }
    // The breaker takes the clock over, and reads when the call has ended; for events, when it came in as well.
    expect(await reads(false)).toBe(2)
    expect(await reads(true)).toBe(3)
  })
})
