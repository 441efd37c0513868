import { pipe } from 'fp-ts/lib/function.js'
import {
  type BreakerEvent,
  circuitBreaker,
  type CircuitBreakerOptions,
  delays,
  exponential,
  withCircuitBreaker,
  withEnv,
  withJitter
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { gateOf } from '../../../src/resource/CircuitBreaker.js'
import { message, thrown } from '../../support/bad.js'

/** A breaker with a task that follows a script, on a virtual clock. */
const scene = (options: CircuitBreakerOptions, script = 'L', random = 0) => {
  const clock = virtualClock()
  const events: BreakerEvent[] = []
  const breaker = circuitBreaker({ observer: (event) => events.push(event), ...options })()
  const fn = scripted(script)
  const task = pipe(fn, withCircuitBreaker(breaker), withEnv({ clock, random: () => random }))
  const times = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await task()
  }
  return { clock, events, breaker, fn, task, times }
}

const closed = { _tag: 'Closed', calls: 0, failures: 0, slow: 0, retryAfter: 0 }
const failed = (error: number) => ({ _tag: 'Some', value: { _tag: 'Failed', error } })

describe('circuitBreaker', () => {
  it('bad options -> refused before the IO is run', () => {
    expect(thrown(() => circuitBreaker({ consecutiveFailures: 0 }))).toBe(
      'RangeError: circuitBreaker: consecutiveFailures must be …, got 0'
    )
  })

  it('each run of the IO -> a breaker of its own, frozen', async () => {
    const make = circuitBreaker({ consecutiveFailures: 1 })
    const [one, other] = [make(), make()]
    await pipe(scripted('L'), withCircuitBreaker(one))()
    expect([one.status()._tag, other.status()._tag]).toEqual(['Open', 'Closed'])
    expect(Object.isFrozen(one)).toBe(true)
  })

  it('observer -> each change and each refusal, in order', async () => {
    const { breaker, clock, events, task, times } = scene(
      { consecutiveFailures: 2, openTime: delays([100, 200]) },
      'LLLR'
    )
    await times(3)
    await clock.advance(100)
    await task()
    await clock.advance(200)
    await task()
    breaker.isolate()
    breaker.isolate()
    await task()
    breaker.reset()
    breaker.reset()
    expect(events).toEqual([
      { _tag: 'CircuitOpened', openTime: 100, lastFailure: failed(2) },
      { _tag: 'CircuitRefused', retryAfter: 100 },
      { _tag: 'CircuitHalfOpened' },
      { _tag: 'CircuitOpened', openTime: 200, lastFailure: failed(3) },
      { _tag: 'CircuitHalfOpened' },
      { _tag: 'CircuitClosed' },
      { _tag: 'CircuitIsolated' },
      { _tag: 'CircuitRefused', retryAfter: 2 ** 53 - 1 },
      { _tag: 'CircuitClosed' }
    ])
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
    const { breaker, task, times } = scene({ consecutiveFailures: 2, observer })
    await times(2)
    expect(breaker.status()._tag).toBe('Open')
    expect(await task()).toMatchObject({ left: { _tag: 'CircuitOpen' } })
  })

  it('an observer that resets the breaker as it opens -> closed', async () => {
    const breaker = circuitBreaker({
      consecutiveFailures: 1,
      observer: ({ _tag }) => {
        if (_tag === 'CircuitOpened') breaker.reset()
      }
    })()
    const fn = scripted('L')
    const task = pipe(fn, withCircuitBreaker(breaker))
    await task()
    await task()
    expect(breaker.status()).toEqual(closed)
    expect(fn.calls()).toBe(2)
  })

  it('open times with jitter -> drawn from the random of the call', async () => {
    const openTime = pipe(exponential(1000), withJitter('full'))
    const { breaker, times } = scene({ consecutiveFailures: 1, openTime }, 'L', 0.25)
    await times(1)
    expect(breaker.status().retryAfter).toBe(250)
  })
})

describe('lastFailure', () => {
  it('none at first, then the last that counted; none again after a reset', async () => {
    const { breaker, task, times } = scene(
      { consecutiveFailures: 3, failOn: (n: unknown) => n !== 2 },
      'LLRL'
    )
    expect(breaker.lastFailure()).toEqual({ _tag: 'None' })
    await times(2)
    expect(breaker.lastFailure()).toEqual(failed(1))
    await task()
    expect(breaker.lastFailure()).toEqual(failed(1))
    await task()
    expect(breaker.lastFailure()).toEqual(failed(4))
    breaker.reset()
    expect(breaker.lastFailure()).toEqual({ _tag: 'None' })
  })

  it('one of a call that began before a reset -> none', async () => {
    const { breaker, task } = scene({ consecutiveFailures: 3 })
    const pending = task()
    breaker.reset()
    expect(await pending).toEqual({ _tag: 'Left', left: 1 })
    expect(breaker.lastFailure()).toEqual({ _tag: 'None' })
  })
})

describe('isolate and reset', () => {
  it('isolate -> refuses for as long as it takes; reset -> closed, all forgotten', async () => {
    const { breaker, clock, fn, task, times } = scene({ consecutiveFailures: 2, openTime: 100 }, 'L')
    await times(1)
    breaker.isolate()
    await clock.advance(1e9)
    expect(await task()).toEqual({ _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter: 2 ** 53 - 1 } })
    expect(breaker.status()).toMatchObject({ _tag: 'Isolated', retryAfter: 2 ** 53 - 1 })
    breaker.reset()
    expect(breaker.status()).toEqual(closed)
    await times(1)
    expect(breaker.status()).toMatchObject({ _tag: 'Closed', failures: 1 })
    expect(fn.calls()).toBe(2)
  })

  it('reset while open -> the next opening has the first open time', async () => {
    const { breaker, clock, times } = scene({ consecutiveFailures: 1, openTime: delays([100, 200]) })
    await times(1)
    await clock.advance(100)
    await times(1)
    expect(breaker.status().retryAfter).toBe(200)
    breaker.reset()
    await times(1)
    expect(breaker.status().retryAfter).toBe(100)
  })
})

describe('save and restore', () => {
  it('open, 40 of 100 ms on, on another clock -> 60 ms to go', async () => {
    const before = scene({ consecutiveFailures: 1, openTime: 100 })
    await before.times(1)
    await before.clock.advance(40)
    const saved = before.breaker.save()
    expect(saved).toMatchObject({ _tag: 'Open', until: 60 })

    const own = virtualClock()
    await own.advance(5000)
    const after = scene({ consecutiveFailures: 1, openTime: 100, clock: own })
    expect(after.breaker.restore(saved)()).toEqual({ _tag: 'Right', right: undefined })
    await own.advance(10)
    expect(await after.task()).toEqual({ _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter: 50 } })
    expect(after.events.map(({ _tag }) => _tag)).toEqual(['CircuitOpened', 'CircuitRefused'])
  })

  it('nothing happens before the IO is run', () => {
    const { breaker } = scene({ consecutiveFailures: 1 })
    const io = breaker.restore({ _tag: 'Isolated', period: 0 })
    expect(breaker.status()._tag).toBe('Closed')
    io()
    expect(breaker.status()._tag).toBe('Isolated')
  })

  it('bad data -> a Left that says what, and nothing changes', async () => {
    const { breaker, times } = scene({ consecutiveFailures: 2 })
    await times(1)
    expect(breaker.restore({ _tag: 'Open' })()).toEqual({
      _tag: 'Left',
      left: 'state.period: expected a whole number from 0 to 9007199254740991, got undefined'
    })
    expect(breaker.status()).toMatchObject({ _tag: 'Closed', failures: 1 })
  })

  it('a call under way -> belongs to what was before', async () => {
    const { breaker, task } = scene({ consecutiveFailures: 1 })
    const saved = breaker.save()
    const pending = task()
    breaker.restore(saved)()
    await pending
    expect(breaker.status()).toEqual(closed)
  })
})

describe('restore after a reset', () => {
  it('a call that began before both -> belongs to neither', async () => {
    const { breaker, task } = scene({ consecutiveFailures: 1 })
    const pending = task()
    breaker.reset()
    breaker.restore(breaker.save())()
    await pending
    expect(breaker.status()).toEqual(closed)
  })
})

describe('clocks', () => {
  it('a clock that moves on whenever it is read -> read once for a call that is refused', () => {
    let time = 0
    const clock = { ...virtualClock(), now: () => time++ }
    const breaker = circuitBreaker({ consecutiveFailures: 1, openTime: 100 })()
    const { enter, leave } = gateOf('breaker', breaker)
    leave(clock, () => 0, 0, { failed: true, slow: false })
    const refusals = [1, 2, 3].map(() => enter(clock, undefined))
    expect(refusals).toEqual([
      { _tag: 'CircuitOpen', retryAfter: 99 },
      { _tag: 'CircuitOpen', retryAfter: 98 },
      { _tag: 'CircuitOpen', retryAfter: 97 }
    ])
  })

  it('a call that comes in while it is closed -> no time is read', () => {
    const now = jest.fn(() => 0)
    const { enter } = gateOf('breaker', circuitBreaker({ consecutiveFailures: 1 })())
    expect(enter({ ...virtualClock(), now }, undefined)).toBe(0)
    expect(now).not.toHaveBeenCalled()
  })

  it('calls on another clock -> the times move over', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 1, openTime: 100 })()
    const [one, other] = [virtualClock(), virtualClock()]
    const on = (clock: typeof one) => pipe(scripted('L'), withCircuitBreaker(breaker), withEnv({ clock }))
    await one.advance(7000)
    await on(one)()
    await one.advance(30)
    expect(await on(other)()).toEqual({ _tag: 'Left', left: { _tag: 'CircuitOpen', retryAfter: 70 } })
    await other.advance(20)
    expect(breaker.status().retryAfter).toBe(50)
  })

  it('a clock of its own -> is that of all its times, whatever the calls run on', async () => {
    const [own, other] = [virtualClock(), virtualClock()]
    await other.advance(3000)
    const options = { countWindow: 10, failureRatio: 0.9, slowRatio: 0.5, slowAfter: 100, minimumCalls: 2 }
    const breaker = circuitBreaker({ ...options, openTime: 50, clock: own })()
    const fn = scripted('L', { duration: 200, clock: own })
    const task = pipe(fn, withCircuitBreaker(breaker), withEnv({ clock: other }))
    void task()
    void task()
    await own.advance(200)
    expect(breaker.status()).toMatchObject({ _tag: 'Open', retryAfter: 50 })
    await other.advance(1000)
    expect(breaker.status().retryAfter).toBe(50)
    await own.advance(20)
    expect(await task()).toMatchObject({ left: { _tag: 'CircuitOpen', retryAfter: 30 } })
  })
})

describe('gateOf', () => {
  it.each([[undefined], [null], [{}], [{ status: () => closed }]])('%j -> TypeError', (value) => {
    expect(message(() => gateOf('withCircuitBreaker: breaker', value as never))).toMatch(
      /^TypeError: withCircuitBreaker: breaker must be made by circuitBreaker\(options\)\(\), got /
    )
  })

  it('the IO that makes one -> TypeError', () => {
    const forgotten = circuitBreaker({ consecutiveFailures: 1 })
    expect(thrown(() => withCircuitBreaker(forgotten as never))).toMatch(
      /^TypeError: withCircuitBreaker: breaker/
    )
  })
})
