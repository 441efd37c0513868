/** What users' tests do to the timers of the machine, and sleepers on clocks. The clocks themselves: `Clock.test.ts`. */
import { backgroundClock, type Clock, systemClock } from 'reprise'
import { sleepOn } from '../../../src/runtime/timers.js'
import { newSleeper } from '../../../src/runtime/Wheel.js'
import { turn } from '../../support/task.js'
import { install, uninstallAll } from '../../support/wheel.js'

afterEach(() => {
  jest.useRealTimers()
  uninstallAll()
})

describe('timers that a test puts in the place of those of the machine', () => {
  it('put there and taken away, with waits before, meanwhile and after -> each wakes by the timers that it was set with', () => {
    const woken: string[] = []
    const after = (name: string, delay: number) => systemClock.after(delay, () => woken.push(name))
    const own = install(1000)
    after('before', 100)
    const cancelled = after('cancelled', 50)

    const fake = install(0)
    after('meanwhile', 100)
    const meanwhile = after('cancelled meanwhile', 50)
    cancelled()
    fake.advance(60)
    fake.uninstall()
    expect([woken, fake.pending().length, own.pending().length]).toEqual([['cancelled meanwhile'], 1, 1])

    meanwhile()
    after('after', 30)
    own.advance(1000)
    expect(woken).toEqual(['cancelled meanwhile', 'after', 'before'])
    fake.advance(40)
    expect(woken).toEqual(['cancelled meanwhile', 'after', 'before', 'meanwhile'])
    expect([own.pending(), fake.pending()]).toEqual([[], []])
  })

  /** What is loaded now is not what others have. */
  const load = (): Clock => {
    let clock: Clock | undefined
    jest.isolateModules(() => {
      const loaded: { readonly systemClock: Clock } = jest.requireActual('../../../src/runtime/Clock')
      clock = loaded.systemClock
    })
    return clock!
  }
  // A clock that goes on, as that of the machine does, may be by chance where faked timers are.
  const stopClock = (): void => {
    jest.spyOn(performance, 'now').mockReturnValue(1000)
  }

  describe.each<[string, () => Clock]>([
    [
      'timers and clock',
      () => {
        jest.useFakeTimers()
        return systemClock
      }
    ],
    [
      'timers alone',
      () => {
        stopClock()
        const clock = load()
        jest.useFakeTimers({ doNotFake: ['performance'] })
        return clock
      }
    ]
  ])('%s', (_, fake) => {
    it('two waits, begun at different moments -> each wakes exactly at its own', () => {
      const clock = fake()
      const start = Date.now()
      const woken: Array<readonly [string, number]> = []
      const after = (name: string, delay: number) =>
        clock.after(delay, () => woken.push([name, Date.now() - start]))
      after('a', 1000)
      jest.advanceTimersByTime(500)
      after('b', 400)
      after('c', 500)
      after('d', 40)
      for (let i = 0; i < 1000; i++) jest.advanceTimersByTime(1)
      expect(woken).toEqual([
        ['d', 540],
        ['b', 900],
        ['a', 1000],
        ['c', 1000]
      ])
    })

    it('a wait that begins when another ends -> in time, too', () => {
      const clock = fake()
      const start = Date.now()
      const woken: number[] = []
      const again = (): void => {
        woken.push(Date.now() - start)
        if (woken.length < 4) clock.after(100, again)
      }
      clock.after(100, again)
      for (let i = 0; i < 1000; i++) jest.advanceTimersByTime(1)
      expect([woken, jest.getTimerCount()]).toEqual([[100, 200, 300, 400], 0])
    })

    it('cancelled -> no timer is left', () => {
      const clock = fake()
      const cancels = [100, 200].map((delay) => clock.after(delay, () => {}))
      for (const cancel of cancels) cancel()
      expect(jest.getTimerCount()).toBe(0)
    })
  })

  it('timers alone, before this was loaded -> in time, those of later too', () => {
    jest.useFakeTimers({ doNotFake: ['performance'] })
    stopClock()
    const clock = load()
    const start = Date.now()
    const woken: Array<readonly [string, number]> = []
    const after = (name: string, delay: number, then?: () => void) =>
      clock.after(delay, () => {
        woken.push([name, Date.now() - start])
        then?.()
      })
    after('a', 100, () => {
      after('c', 50)
      after('d', 30)
    })
    after('b', 300)
    jest.advanceTimersByTime(1000)
    expect(woken).toEqual([
      ['a', 100],
      ['d', 130],
      ['c', 150],
      ['b', 300]
    ])
  })
})

describe('the time', () => {
  const far = 1e12

  it('timers of a test, and its performance -> moves with them, until they are taken away', () => {
    jest.useFakeTimers()
    const start = systemClock.now()
    jest.advanceTimersByTime(far)
    expect([systemClock.now() - start, backgroundClock.now() - start]).toEqual([far, far])
    jest.useRealTimers()
    expect(systemClock.now()).toBeLessThan(far)
  })

  it('performance alone replaced -> goes with the timers, which are those of the machine', () => {
    jest.replaceProperty(globalThis, 'performance', { ...performance, now: () => far })
    expect([performance.now(), systemClock.now() < far]).toEqual([far, true])
  })

  it('performance.now spied on -> what the spy says', () => {
    jest.spyOn(performance, 'now').mockReturnValue(42)
    expect(systemClock.now()).toBe(42)
  })
})

describe('sleepOn', () => {
  it.each([
    ['systemClock', systemClock],
    ['backgroundClock', backgroundClock]
  ])('%s -> on one timer with those of after; wakes with itself', (_, clock) => {
    const host = install(1000)
    const woken: unknown[] = []
    const sleeper = newSleeper((self) => woken.push(self))
    clock.after(200, () => woken.push('after'))
    sleepOn(clock, sleeper, 100)
    expect(host.asked).toEqual([200, 100])
    host.advance(100)
    expect(woken).toEqual([sleeper])
    host.advance(100)
    expect(woken).toEqual([sleeper, 'after'])
  })

  it('a delay of 0 -> no timer; wakes with itself, later than now', async () => {
    const { asked } = install(1000)
    const wake = jest.fn()
    const sleeper = newSleeper(wake)
    sleepOn(systemClock, sleeper, 0)
    expect(wake).not.toHaveBeenCalled()
    await turn()
    expect([asked.length, wake.mock.calls]).toEqual([0, [[sleeper]]])
  })

  it('a clock of somebody else -> waits by its after', () => {
    const { asked } = install(1000)
    const after = jest.fn((_delay: number, _wake: () => void) => () => undefined)
    const wake = jest.fn()
    const sleeper = newSleeper(wake)
    sleepOn({ now: () => 0, after }, sleeper, 100)
    expect([asked.length, after.mock.calls.map(([delay]) => delay)]).toEqual([0, [100]])
    after.mock.calls[0]![1]()
    expect(wake.mock.calls).toEqual([[sleeper]])
  })
})
