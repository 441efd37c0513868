import { instantClock, type VirtualClock, virtualClock } from 'reprise/testing'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Notes what wakes, and when. */
const journal = (clock: VirtualClock) => {
  const woken: Array<readonly [string, number]> = []
  return { woken, note: (name: string) => () => void woken.push([name, clock.now()]) }
}

describe('virtualClock', () => {
  it('now -> 0, and moves only when told to', async () => {
    const clock = virtualClock()
    expect(clock.now()).toBe(0)
    await turn()
    expect(clock.now()).toBe(0)
    await clock.advance(5)
    expect(clock.now()).toBe(5)
    await clock.advance(0.5)
    expect(clock.now()).toBe(5.5)
  })

  it('advance -> wakes what is due on the way, in order, each at its time', async () => {
    const clock = virtualClock()
    const { woken, note } = journal(clock)
    clock.after(30, note('late'))
    clock.after(10, note('early'))
    clock.after(10, note('early, set later'))
    clock.after(31, note('not yet'))
    await clock.advance(30)
    expect(woken).toEqual([
      ['early', 10],
      ['early, set later', 10],
      ['late', 30]
    ])
    expect([clock.now(), clock.pending()]).toEqual([30, 1])
  })

  it('a waking that sets another -> woken on the way as well', async () => {
    const clock = virtualClock()
    const { woken, note } = journal(clock)
    clock.after(10, () => {
      note('first')()
      clock.after(5, note('second'))
    })
    await clock.advance(20)
    expect(woken).toEqual([
      ['first', 10],
      ['second', 15]
    ])
  })

  it('a waking that sets another a promise later -> woken on the way as well', async () => {
    const clock = virtualClock()
    const { woken, note } = journal(clock)
    clock.after(10, () => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => clock.after(5, note('second')))
    })
    await clock.advance(20)
    expect(woken).toEqual([['second', 15]])
  })

  it('cancelled -> never wakes', async () => {
    const clock = virtualClock()
    const { woken, note } = journal(clock)
    const cancel = clock.after(10, note('cancelled'))
    clock.after(10, note('other'))
    expect(clock.pending()).toBe(2)
    cancel()
    cancel()
    expect(clock.pending()).toBe(1)
    await clock.advance(20)
    cancel()
    expect(woken).toEqual([['other', 10]])
  })

  it.each([0, -1])('after(%d) -> wakes by itself, later than now', async (delay) => {
    const clock = virtualClock()
    const { woken, note } = journal(clock)
    clock.after(delay, note('soon'))
    const cancel = clock.after(delay, note('cancelled'))
    cancel()
    expect(woken).toEqual([])
    await turn()
    expect(woken).toEqual([['soon', 0]])
    expect(clock.pending()).toBe(0)
  })

  it('runAll -> until nothing waits, however far', async () => {
    const clock = virtualClock()
    const { woken, note } = journal(clock)
    clock.after(2 ** 40, () => clock.after(2 ** 41, note('far')))
    await clock.runAll()
    expect(woken).toEqual([['far', 2 ** 40 + 2 ** 41]])
  })

  it('runAll with nothing pending -> leaves the time', async () => {
    const clock = virtualClock()
    await clock.advance(7)
    await clock.runAll()
    expect(clock.now()).toBe(7)
  })

  it('runAll of what never ends -> Error that says how many', async () => {
    const clock = virtualClock()
    const again = (): void => void clock.after(1, again)
    again()
    await expect(clock.runAll(10)).rejects.toEqual(
      new Error('virtualClock: still 1 pending after 10 wakings')
    )
    expect(clock.now()).toBe(10)
  })

  it('runAll of just as many as allowed -> ends', async () => {
    const clock = virtualClock()
    const { woken, note } = journal(clock)
    for (let i = 1; i <= 10; i++) clock.after(i, note('x'))
    await clock.runAll(10)
    expect(woken).toHaveLength(10)
  })

  it.each([
    [-1, 'RangeError: advance: ms must be '],
    [NaN, 'RangeError: advance: ms must be '],
    [Infinity, 'RangeError: advance: ms must be '],
    [undefined as never, 'TypeError: advance: ms must be ']
  ])('advance(%p) -> rejects, and the time stays', async (ms, text) => {
    const clock = virtualClock()
    const [settled] = await Promise.allSettled([clock.advance(ms)])
    expect(settled.status === 'rejected' && String(settled.reason).startsWith(text)).toBe(true)
    expect(clock.now()).toBe(0)
  })
})

describe('instantClock', () => {
  it('after -> wakes at once, later than now, and the time has passed', async () => {
    const clock = instantClock()
    const woken: number[] = []
    clock.after(1000, () => woken.push(clock.now()))
    expect([woken, clock.now()]).toEqual([[], 0])
    await turn()
    expect(woken).toEqual([1000])
    clock.after(500, () => woken.push(clock.now()))
    await turn()
    expect(woken).toEqual([1000, 1500])
  })

  it('cancelled -> neither wakes nor passes time', async () => {
    const clock = instantClock()
    const wake = jest.fn()
    clock.after(1000, wake)()
    await turn()
    expect(wake).not.toHaveBeenCalled()
    expect(clock.now()).toBe(0)
  })
})
