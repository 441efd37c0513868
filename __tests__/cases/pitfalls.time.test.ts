import { pipe } from 'fp-ts/lib/function.js'
import {
  capDelay,
  exponential,
  fixed,
  immediate,
  limitElapsed,
  limitRetries,
  systemClock,
  withAttempt,
  withEnv,
  withJitter,
  withRetry,
  withTimeout
} from 'reprise'
import { scenario, scripted, seededRandom, virtualClock } from 'reprise/testing'
import { start, turn } from '../support/task.js'

const hour = 3_600_000

describe('P1 timers above 2^31-1 ms', () => {
  afterEach(() => {
    jest.useRealTimers()
  })

  // Some users fake the timers alone.
  const fakes = { 'timers and clock faked': [], 'timers faked, clock real': ['performance'] } as const

  describe.each(Object.entries(fakes))('%s', (_, doNotFake) => {
    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: [...doNotFake] })
    })

    test('P1 exponential(2**31), 5 retries -> 1 attempt after 1 h, 2 at 2^31 ms, 3 at 3 x 2^31 ms', async () => {
      const fn = scripted('L')
      const ends = start(pipe(fn, withRetry(pipe(exponential(2 ** 31), limitRetries(5)))), systemClock)

      await jest.advanceTimersByTimeAsync(hour)
      expect(fn.calls()).toBe(1)
      await jest.advanceTimersByTimeAsync(2 ** 31 - 1 - hour)
      expect(fn.calls()).toBe(1)
      await jest.advanceTimersByTimeAsync(1)
      expect(fn.calls()).toBe(2)
      await jest.advanceTimersByTimeAsync(2 ** 32 - 1)
      expect(fn.calls()).toBe(2)
      await jest.advanceTimersByTimeAsync(1)
      expect(fn.calls()).toBe(3)
      expect(ends).toEqual([])
    })

    test('P1 withTimeout(2**31) for each attempt -> attempt 1 runs on after 1 h, and times out at 2^31 ms', async () => {
      const fn = scripted('P')
      const task = pipe(fn, withTimeout(2 ** 31), withRetry(pipe(immediate, limitRetries(5))))
      const ends = start(task, systemClock)

      await jest.advanceTimersByTimeAsync(hour)
      expect(fn.calls()).toBe(1)
      await jest.advanceTimersByTimeAsync(2 ** 31 - 1 - hour)
      expect(fn.calls()).toBe(1)
      await jest.advanceTimersByTimeAsync(1)
      expect(fn.calls()).toBe(2)
      await jest.advanceTimersByTimeAsync(2 ** 31)
      expect(fn.calls()).toBe(3)
      expect(ends).toEqual([])
    })

    test('P1 withTimeout(2**31) around the call -> ends at 2^31 ms, no earlier', async () => {
      const fn = scripted('P')
      const ends = start(pipe(fn, withRetry(fixed(1)), withTimeout(2 ** 31)), systemClock)

      await jest.advanceTimersByTimeAsync(2 ** 31 - 1)
      expect(ends).toEqual([])
      await jest.advanceTimersByTimeAsync(1)
      expect(ends).toMatchObject([{ result: { _tag: 'Left', left: { _tag: 'TimedOut', timeout: 2 ** 31 } } }])
      expect(jest.getTimerCount()).toBe(0)
    })
  })
})

describe('P8 deadlines', () => {
  test('P8 withTimeout(1000) outside, an attempt that never settles -> Left at 1000, its signal aborted', async () => {
    const clock = virtualClock()
    const signals: AbortSignal[] = []
    const fn = withAttempt(({ signal }) => {
      signals.push(signal)
      return scripted('P')
    })
    const task = pipe(fn, withRetry(immediate), withTimeout(1000), withEnv({ clock }))
    const ends = start(task, clock)

    await clock.advance(999)
    expect(ends).toEqual([])
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    await clock.advance(1)
    expect(ends).toMatchObject([
      { at: 1000, result: { _tag: 'Left', left: { _tag: 'TimedOut', timeout: 1000, attempts: 1 } } }
    ])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(clock.pending()).toBe(0)
  })

  test('P8 withTimeout(1000) outside, the third attempt never settles -> Left at 1000 with both failures', async () => {
    const clock = virtualClock()
    const fn = scripted('LLP')
    const ends = start(pipe(fn, withRetry(fixed(100)), withTimeout(1000), withEnv({ clock })), clock)

    await clock.advance(hour)
    expect(ends).toMatchObject([
      {
        at: 1000,
        result: { left: { _tag: 'TimedOut', attempts: 3, failures: [{ error: 1 }, { error: 2 }] } }
      }
    ])
    expect(fn.calls()).toBe(3)
  })

  test('P8 withTimeout(1000) outside, in a wait of 1 h -> Left at 1000', async () => {
    const clock = virtualClock()
    const fn = scripted('L')
    const ends = start(pipe(fn, withRetry(fixed('1h')), withTimeout(1000), withEnv({ clock })), clock)

    await clock.advance(2 * hour)
    expect(ends).toMatchObject([{ at: 1000, result: { left: { _tag: 'TimedOut', attempts: 1 } } }])
    expect(fn.calls()).toBe(1)
  })

  test('P8 limitElapsed(1000), 100 left, next wait 400 -> stops now', async () => {
    const policy = pipe(fixed(400), limitElapsed(1000))
    const { calls, elapsed, result } = await scenario({ policy, script: 'L', duration: 900 })
    expect({ calls, elapsed, result }).toMatchObject({
      calls: 1,
      elapsed: 900,
      result: { left: { _tag: 'Exhausted', elapsed: 900, failures: [{ delay: undefined }] } }
    })
  })

  test('P8 limitElapsed(1000), 400 left, next wait 400 -> the retry starts at 1000', async () => {
    const policy = pipe(fixed(400), limitElapsed(1000))
    const { calls, waits, elapsed } = await scenario({ policy, script: 'LR', duration: [600, 0] })
    expect({ calls, waits, elapsed }).toEqual({ calls: 2, waits: [400], elapsed: 1000 })
  })
})

describe('P9 clocks that jump, timers that are early', () => {
  afterEach(() => {
    jest.restoreAllMocks()
    jest.useRealTimers()
  })

  // Attempts of 100 ms at 0, 500, 1000: 1100 + 400 is beyond 1400.
  const policy = pipe(fixed(400), limitElapsed(1400))

  test.each([
    ['stands', 0],
    ['jumps an hour on at each attempt', hour],
    ['jumps an hour back at each attempt', -hour]
  ])('P9 Date.now %s -> 3 attempts, gives up at 1100', async (_, jump) => {
    jest.useFakeTimers()
    const fn = async (): Promise<never> => {
      jest.setSystemTime(Date.now() + jump)
      await new Promise((resolve) => setTimeout(resolve, 100))
      throw new Error('down')
    }
    const ends = start(pipe(fn, withRetry(policy)), systemClock)

    await jest.advanceTimersByTimeAsync(2 * hour)
    expect(ends).toMatchObject([
      {
        result: {
          _tag: 'Left',
          left: {
            _tag: 'Exhausted',
            attempts: 3,
            elapsed: 1100,
            failures: [
              { startedAt: 0, duration: 100, delay: 400 },
              { startedAt: 500, duration: 100, delay: 400 },
              { startedAt: 1000, duration: 100, delay: undefined }
            ]
          }
        }
      }
    ])
  })

  /** A machine whose timers, but for the shortest, fire `early` ms before they are due. */
  const machine = (early: number) => {
    const host = { now: 0, timers: [] as Array<{ at: number; ring: () => void }> }
    jest.spyOn(performance, 'now').mockImplementation(() => host.now)
    const set = (ring: (arg: unknown) => void, ms: number, arg: unknown) => {
      const timer = { at: host.now + (ms > 2 * early ? ms - early : ms), ring: () => ring(arg) }
      host.timers.push(timer)
      return timer
    }
    const clear = (timer: unknown): void => {
      host.timers = host.timers.filter((each) => each !== timer)
    }
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(set as never)
    jest.spyOn(globalThis, 'clearTimeout').mockImplementation(clear)

    return async (until: number): Promise<void> => {
      for (;;) {
        await turn()
        const [next] = host.timers.sort((a, b) => a.at - b.at)
        if (next === undefined || next.at > until) break
        host.timers.shift()
        host.now = Math.max(host.now, next.at)
        next.ring()
      }
      host.now = until
    }
  }

  test.each([0, 1, 2])(
    'P9 timers fire %d ms early -> no wait ends early, no extra attempt',
    async (early) => {
      const run = machine(early)
      const starts: number[] = []
      const fn = async (): Promise<never> => {
        starts.push(performance.now())
        throw new Error('down')
      }
      // On time, the fourth attempt would start at 1500; each wait cut by 1 ms would let it in, at 1497.
      const ends = start(pipe(fn, withRetry(pipe(fixed(500), limitElapsed(1499)))), systemClock)

      await run(hour)
      expect(starts).toEqual([0, 500, 1000])
      expect(ends).toMatchObject([{ result: { left: { _tag: 'Exhausted', attempts: 3, elapsed: 1000 } } }])
    }
  )

  test('P9 a timer fires 1 ms early -> a timeout of 100 ends at 100', async () => {
    const run = machine(1)
    const ends = start(pipe(scripted('P'), withTimeout(100)), systemClock)

    await run(99)
    expect(ends).toEqual([])
    await run(101)
    expect(ends).toMatchObject([{ at: 100, result: { left: { _tag: 'TimedOut', elapsed: 100 } } }])
  })
})

describe('P21 a timeout for each attempt', () => {
  test('P21 the first attempt times out -> the second has all the time again', async () => {
    const clock = virtualClock()
    const fn = scripted('R', { clock, duration: [500, 80] })
    const policy = pipe(immediate, limitRetries(5))
    const ends = start(pipe(fn, withTimeout(100), withRetry(policy), withEnv({ clock })), clock)

    await clock.advance(hour)
    expect(ends).toEqual([{ at: 180, result: { _tag: 'Right', right: 2 } }])
  })

  test('P21 three attempts of 60 ms, a timeout of 100 each -> none times out', async () => {
    const clock = virtualClock()
    const fn = scripted('LLR', { clock, duration: 60 })
    const policy = pipe(immediate, limitRetries(5))
    const ends = start(pipe(fn, withTimeout(100), withRetry(policy), withEnv({ clock })), clock)

    await clock.advance(hour)
    expect(ends).toEqual([{ at: 180, result: { _tag: 'Right', right: 3 } }])
  })

  test('P21 every attempt times out -> each after 100 ms, with a signal of its own that was fresh', async () => {
    const clock = virtualClock()
    const seen: Array<{ at: number; signal: AbortSignal; fresh: boolean }> = []
    const fn = withAttempt(({ signal }) => {
      seen.push({ at: clock.now(), signal, fresh: !signal.aborted })
      return scripted<string>('P')
    })
    const policy = pipe(immediate, limitRetries(2))
    const ends = start(pipe(fn, withTimeout(100), withRetry(policy), withEnv({ clock })), clock)

    await clock.advance(hour)
    expect(seen.map(({ at, fresh, signal }) => [at, fresh, signal.aborted])).toEqual([
      [0, true, true],
      [100, true, true],
      [200, true, true]
    ])
    expect(new Set(seen.map(({ signal }) => signal)).size).toBe(3)
    const timedOut = { _tag: 'Failed', error: expect.objectContaining({ _tag: 'TimedOut', timeout: 100 }) }
    expect(ends).toMatchObject([
      { at: 300, result: { left: { _tag: 'Exhausted', failures: [timedOut, timedOut, timedOut] } } }
    ])
  })
})

describe('P28 a deadline over growing waits', () => {
  const policy = pipe(exponential(100), withJitter('full'), capDelay('10s'), limitElapsed('60s'))
  const clients = 500

  test(`P28 ${clients} clients -> as many attempts in the last second as in the one before, and all stop`, async () => {
    const clock = virtualClock()
    const starts: number[] = []
    const fn = async (): Promise<never> => {
      starts.push(clock.now())
      await new Promise<void>((resolve) => clock.after(1, resolve))
      throw new Error('down')
    }
    const fleet = Array.from({ length: clients }, (_, seed) =>
      start(pipe(fn, withRetry(policy), withEnv({ clock, random: seededRandom(seed) })), clock)
    )
    await clock.runAll(1e6)

    const within = (from: number, to: number) => starts.filter((at) => at > from && at <= to).length
    const [before, last] = [within(58_000, 59_000), within(59_000, 60_000)]
    // One attempt in about 5 s each: 100, give or take three times the square root of it.
    expect([before, last].every((count) => count > 70 && count < 130)).toBe(true)

    const ends = fleet.flat()
    expect(ends.length).toBe(clients)
    expect(ends.every(({ result }) => result._tag === 'Left' && result.left._tag === 'Exhausted')).toBe(true)
    // The attempt that starts exactly at the limit may end just after it.
    expect(Math.max(...ends.map(({ at }) => at))).toBeLessThanOrEqual(60_001)
    expect(Math.max(...starts)).toBeLessThanOrEqual(60_000)
  }, 30_000)

  test('P28 one client, 100 seeds -> never more than a handful of attempts in the last second', async () => {
    for (let seed = 0; seed < 100; seed++) {
      const { events, result } = await scenario({ policy, script: 'L', duration: 1, random: seed })
      const starts = events.flatMap(({ _tag, elapsed }) => (_tag === 'AttemptStarted' ? [elapsed] : []))
      expect(starts.filter((at) => at > 59_000).length).toBeLessThanOrEqual(5)
      expect(result).toMatchObject({ _tag: 'Left', left: { _tag: 'Exhausted' } })
    }
  }, 30_000)
})
