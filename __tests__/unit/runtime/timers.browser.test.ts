/** The clock of browsers: a timer for each who sleeps. What it shares with that of Node is tested in `Clock.test.ts`. */
import type { Clock } from 'reprise'
import { giveWay, makeClock, sleepOn } from '../../../src/runtime/timers.browser.js'

const clock: Clock = makeClock((wake) => {
  void Promise.resolve().then(wake)
})

/** What `setTimeout` was asked for, and a time that the test sets. */
const fakes = () => {
  let time = 1000
  let last = 0
  const asked: Array<{ id: number; delay: number; ring: () => void; unref: jest.Mock }> = []
  const cleared: unknown[] = []
  jest.spyOn(performance, 'now').mockImplementation(() => time)
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((ring: () => void, delay: number) => {
    const timer = { id: ++last, delay, ring, unref: jest.fn() }
    asked.push(timer)
    return timer
  }) as never)
  jest.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => void cleared.push(timer))
  return {
    asked,
    cleared,
    delays: () => asked.map(({ delay }) => delay),
    /** Lets the timer set last ring, with the clock this much further than when it was set. */
    ring: (passed: number) => {
      time += passed
      asked[asked.length - 1]!.ring()
    },
    pass: (ms: number) => {
      time += ms
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

afterEach(() => {
  jest.restoreAllMocks()
})

describe('the clock of browsers', () => {
  it('now -> performance.now, read at each call', () => {
    const { pass } = fakes()
    const before = clock.now()
    pass(5)
    expect([before, clock.now()]).toEqual([1000, 1005])
  })

  it('after(100) -> one timer of 100, wakes once', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(100, wake)
    expect([delays(), wake.mock.calls.length]).toEqual([[100], 0])
    ring(100)
    expect([delays(), wake.mock.calls.length]).toEqual([[100], 1])
  })

  it.each([0.1, 1])('after(%d) -> one timer of 1', (delay) => {
    const { delays } = fakes()
    clock.after(delay, () => {})
    expect(delays()).toEqual([1])
  })

  it('after(99.5) -> a timer of 100: never earlier', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(99.5, wake)
    ring(100)
    expect([delays(), wake.mock.calls.length]).toEqual([[100], 1])
  })

  it.each([
    [1.5, 2],
    [0.5, 1],
    [49, 49]
  ])('a timer that rings %d ms early -> another of %d, and no waking yet', (early, rest) => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(100, wake)
    ring(100 - early)
    expect([delays(), wake.mock.calls.length]).toEqual([[100, rest], 0])
    ring(rest)
    expect([delays(), wake.mock.calls.length]).toEqual([[100, rest], 1])
  })

  it('a timer that rings late -> wakes', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(100, wake)
    ring(5000)
    expect([delays(), wake.mock.calls.length]).toEqual([[100], 1])
  })

  it.each([
    [2 ** 30, [2 ** 30]],
    [2 ** 31 - 1, [2 ** 30, 2 ** 30 - 1]],
    [2 ** 31, [2 ** 30, 2 ** 30]],
    [2 ** 31 + 5, [2 ** 30, 2 ** 30, 5]]
  ])('after(%d) -> slices of %p, then wakes', (delay, slices) => {
    const { asked, delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(delay, wake)
    for (let i = 0; i < slices.length; i++) {
      expect(wake).not.toHaveBeenCalled()
      ring(asked[i]!.delay)
    }
    expect([delays(), wake.mock.calls.length]).toEqual([slices, 1])
  })

  it('a slice after which the clock is far ahead, as after sleep -> wakes', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(2 ** 31, wake)
    ring(2 ** 32)
    expect([delays(), wake.mock.calls.length]).toEqual([[2 ** 30], 1])
  })

  it('after(2^53 - 1) -> a slice', () => {
    const { delays } = fakes()
    clock.after(Number.MAX_SAFE_INTEGER, () => {})
    expect(delays()).toEqual([2 ** 30])
  })

  it('cancelled -> the timer is cleared', () => {
    const { asked, cleared } = fakes()
    clock.after(100, () => {})()
    expect(cleared).toEqual([asked[0]])
  })

  it('cancelled after a slice -> the timer of the next is cleared', () => {
    const { asked, cleared, ring } = fakes()
    const cancel = clock.after(2 ** 31, () => {})
    ring(2 ** 30)
    cancel()
    expect(cleared).toEqual([asked[1]])
  })

  it.each([0, -1, -Infinity])('after(%d) -> no timer; wakes later than now', async (delay) => {
    const { asked } = fakes()
    const wake = jest.fn()
    clock.after(delay, wake)
    expect(wake).not.toHaveBeenCalled()
    await turn()
    expect([asked.length, wake.mock.calls.length]).toEqual([0, 1])
  })

  it('a sleeper -> wakes with itself', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    const sleeper = { wake, due: 0, next: undefined, prev: undefined }
    sleepOn(clock, sleeper, 100)
    ring(100)
    expect([delays(), wake.mock.calls]).toEqual([[100], [[sleeper]]])
  })
})

describe('a wait of 0 that is cancelled', () => {
  it('before it ends -> nobody is woken', () => {
    const soon: Array<() => void> = []
    const woken: number[] = []
    const { after } = makeClock((wake) => soon.push(wake))
    const cancel = after(0, () => woken.push(1))
    after(0, () => woken.push(2))
    cancel()
    for (const wake of soon) wake()
    expect(woken).toEqual([2])
  })
})

describe('giveWay', () => {
  it('a function -> called once, when all that was ready has run', async () => {
    const seen: string[] = []
    const given = new Promise<void>((resolve) => {
      giveWay(() => resolve(void seen.push('turn')))
    })
    void Promise.resolve()
      .then(() => undefined)
      .then(() => seen.push('microtask'))
    await given
    expect(seen).toEqual(['microtask', 'turn'])
  })
})
