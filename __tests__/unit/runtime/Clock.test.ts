import { backgroundClock, type Clock, systemClock } from 'reprise'
import { nextTurn } from '../../../src/runtime/Clock.js'

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

describe.each<[string, Clock]>([
  ['systemClock', systemClock],
  ['backgroundClock', backgroundClock]
])('%s', (_, clock) => {
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

  // Each timer is of whole milliseconds, rounded down, and looked at again when it was early.
  it.each([
    [1.5, 1],
    [0.5, 0],
    [4, 4]
  ])('a timer that rings %d ms early -> another of %d, and no waking yet', (early, rest) => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(100, wake)
    ring(100 - early)
    expect([delays(), wake.mock.calls.length]).toEqual([[100, rest], 0])
    ring(early)
    expect([delays(), wake.mock.calls.length]).toEqual([[100, rest], 1])
  })

  it('two, one cancelled -> one timer, not cleared; both cancelled -> cleared', () => {
    const { asked, cleared } = fakes()
    const cancels = [100, 200].map((delay) => clock.after(delay, () => {}))
    cancels[0]!()
    expect([asked.length, cleared]).toEqual([1, []])
    cancels[1]!()
    expect([asked.length, cleared]).toEqual([1, [asked[0]]])
  })

  it('two -> wake in order, on one timer after the other', () => {
    const { delays, ring } = fakes()
    const woken: string[] = []
    clock.after(200, () => woken.push('b'))
    clock.after(50, () => woken.push('a'))
    ring(50)
    expect([delays(), woken]).toEqual([[200, 50, 150], ['a']])
    ring(150)
    expect([delays(), woken]).toEqual([
      [200, 50, 150],
      ['a', 'b']
    ])
  })

  it('cancelled after it woke, or twice -> others are not touched', () => {
    const { cleared, ring } = fakes()
    const wake = jest.fn()
    const cancel = clock.after(100, () => {})
    const twice = clock.after(150, () => {})
    clock.after(200, wake)
    ring(100)
    cancel()
    twice()
    twice()
    expect(cleared).toEqual([])
    ring(100)
    expect(wake).toHaveBeenCalledTimes(1)
  })

  it('a timer that rings late -> wakes', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(100, wake)
    ring(5000)
    expect([delays(), wake.mock.calls.length]).toEqual([[100], 1])
  })

  it('timers that somebody fakes, while the clock stands -> wakes when they ring', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(100, wake)
    ring(0)
    expect([delays(), wake.mock.calls.length]).toEqual([[100], 1])
  })

  it.each([
    [2 ** 29, [2 ** 29]],
    [2 ** 30, [2 ** 29, 2 ** 29]],
    [2 ** 31 - 1, [2 ** 29, 2 ** 29, 2 ** 29, 2 ** 29 - 1]],
    [2 ** 31, [2 ** 29, 2 ** 29, 2 ** 29, 2 ** 29]],
    [2 ** 31 + 5, [2 ** 29, 2 ** 29, 2 ** 29, 2 ** 29, 5]]
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

  it('slices that somebody fakes, while the clock stands -> all of them, then wakes', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(2 ** 30, wake)
    ring(0)
    expect(wake).not.toHaveBeenCalled()
    ring(0)
    expect([delays(), wake.mock.calls.length]).toEqual([[2 ** 29, 2 ** 29], 1])
  })

  it('a slice after which the clock is far ahead, as after sleep -> wakes', () => {
    const { delays, ring } = fakes()
    const wake = jest.fn()
    clock.after(2 ** 31, wake)
    ring(2 ** 32)
    expect([delays(), wake.mock.calls.length]).toEqual([[2 ** 29], 1])
  })

  it('after(2^53 - 1) -> a slice', () => {
    const { delays } = fakes()
    clock.after(Number.MAX_SAFE_INTEGER, () => {})
    expect(delays()).toEqual([2 ** 29])
  })

  it('cancelled -> the timer is cleared', () => {
    const { asked, cleared } = fakes()
    clock.after(100, () => {})()
    expect(cleared).toEqual([asked[0]])
  })

  it('cancelled after a slice -> the timer of the next is cleared', () => {
    const { asked, cleared, ring } = fakes()
    const cancel = clock.after(2 ** 31, () => {})
    ring(2 ** 29)
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

  it('after(0), cancelled -> never wakes', async () => {
    const wake = jest.fn()
    clock.after(0, wake)()
    await turn()
    expect(wake).not.toHaveBeenCalled()
  })

  it('after(0) again and again -> the event loop gets a turn every 64th time', async () => {
    let rounds = 0
    let going = true
    const again = (): void => {
      rounds += 1
      if (going) clock.after(0, again)
    }
    again()
    // Microtasks alone would never let a turn pass.
    for (let i = 0; i < 4; i++) await turn()
    going = false
    expect(rounds).toBeGreaterThanOrEqual(2 * 64)
    expect(rounds).toBeLessThanOrEqual(6 * 64)
    await turn()
  })
})

describe('keeping the process alive', () => {
  it('systemClock -> its timers do', () => {
    const { asked } = fakes()
    systemClock.after(100, () => {})
    expect(asked[0]!.unref).not.toHaveBeenCalled()
  })

  it('backgroundClock -> none of its timers does, slices included', () => {
    const { asked, ring } = fakes()
    backgroundClock.after(2 ** 31, () => {})
    ring(2 ** 29)
    expect(asked.map(({ unref }) => unref.mock.calls.length)).toEqual([1, 1])
  })

  it('systemClock and backgroundClock -> a timer each', () => {
    const { asked, cleared } = fakes()
    const cancel = systemClock.after(100, () => {})
    backgroundClock.after(100, () => {})
    expect(asked.map(({ unref }) => unref.mock.calls.length)).toEqual([0, 1])
    cancel()
    expect(cleared).toEqual([asked[0]])
  })

  it('backgroundClock where timers are numbers -> works', () => {
    jest.spyOn(globalThis, 'setTimeout').mockImplementation((() => 5) as never)
    const clear = jest.spyOn(globalThis, 'clearTimeout').mockImplementation(() => {})
    backgroundClock.after(100, () => {})()
    expect(clear).toHaveBeenCalledWith(5)
  })
})

describe('nextTurn', () => {
  it('resolves -> after all that was ready has run', async () => {
    const seen: string[] = []
    void Promise.resolve()
      .then(() => undefined)
      .then(() => seen.push('microtask'))
    await nextTurn()
    expect(seen).toEqual(['microtask'])
  })
})
