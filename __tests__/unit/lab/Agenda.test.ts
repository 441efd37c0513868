import { type AgendaWatch, newAgenda } from '../../../src/lab/Agenda.js'

const always: AgendaWatch = { goOn: () => true, moves: () => true }

/** An agenda, and a journal of what happens on it. */
const kept = (longestStandstill?: number) => {
  const agenda = newAgenda(longestStandstill)
  const journal: Array<readonly [string, number]> = []
  const note = (name: string): void => void journal.push([name, agenda.clock.now()])
  const noted = (name: string): boolean => {
    note(name)
    return false
  }
  return { ...agenda, journal, note, noted }
}

/** So many microtasks, one after the other. */
const microtasks = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await Promise.resolve()
}

describe('newAgenda', () => {
  it('nothing planned -> ends at 0', async () => {
    const { clock, run } = newAgenda()
    await run(always)
    expect(clock.now()).toBe(0)
  })

  it('acts and timers -> in order, each at its time; at the same moment as they were planned', async () => {
    const { clock, plan, run, journal, note, noted } = kept()
    plan(20, noted, 'last')
    plan(10.5, noted, 'act')
    clock.after(10.5, () => note('timer'))
    plan(10.5, noted, 'act again')
    clock.after(3, () => note('early'))
    await run(always)
    expect(journal).toEqual([
      ['early', 3],
      ['act', 10.5],
      ['timer', 10.5],
      ['act again', 10.5],
      ['last', 20]
    ])
  })

  it('what is planned on the way -> counted from then', async () => {
    const { clock, plan, run, journal, note, noted } = kept()
    clock.after(10, () => {
      plan(5, noted, 'act')
      clock.after(5, () => note('timer'))
    })
    await run(always)
    expect(journal).toEqual([
      ['act', 15],
      ['timer', 15]
    ])
  })

  it('after 0 -> not at once; at the same moment, behind what was planned for it', async () => {
    const { clock, plan, run, journal, note, noted } = kept()
    clock.after(7, () => {
      clock.after(0, () => note('timer'))
      note('set')
    })
    plan(7, noted, 'planned')
    await run(always)
    expect(journal).toEqual([
      ['set', 7],
      ['planned', 7],
      ['timer', 7]
    ])
  })

  it.each([-1, NaN, -Infinity, 0])('after %d -> now', async (delay) => {
    const { clock, run, journal, note } = kept()
    clock.after(5, () => void clock.after(delay, () => note('timer')))
    await run(always)
    expect(journal).toEqual([['timer', 5]])
  })

  it('after Infinity -> never', async () => {
    const { clock, run, journal, note } = kept()
    clock.after(Infinity, () => note('never'))
    clock.after(5, () => note('timer'))
    await run(always)
    expect(journal).toEqual([['timer', 5]])
  })

  it('a cancelled timer -> does not wake, and does not move time', async () => {
    const { clock, run, journal, note } = kept()
    const cancel = clock.after(10, () => note('cancelled'))
    clock.after(5, () => {
      note('timer')
      cancel()
      cancel()
    })
    await run(always)
    expect([journal, clock.now()]).toEqual([[['timer', 5]], 5])
  })

  it('a client woken by a timer or an act -> has come through 100 microtasks before the next act', async () => {
    const { clock, plan, run, journal, note, noted } = kept()
    const client = async (name: string): Promise<void> => {
      await microtasks(100)
      note(name)
      clock.after(0, () => note(`${name}, later`))
    }
    clock.after(5, () => void client('by timer'))
    plan(
      5,
      (name) => {
        void client(name)
        return true
      },
      'by act'
    )
    plan(5, noted, 'act')
    plan(6, noted, 'next')
    await run(always)
    expect(journal).toEqual([
      ['by timer', 5],
      ['by act', 5],
      ['act', 5],
      ['by timer, later', 5],
      ['by act, later', 5],
      ['next', 6]
    ])
  })

  it('an act that has woken nobody -> is not waited for', async () => {
    const { plan, run, journal, note, noted } = kept()
    plan(
      1,
      () => {
        void microtasks(1).then(() => note('microtask'))
        return false
      },
      undefined
    )
    plan(2, noted, 'next')
    await run(always)
    await microtasks(5)
    expect(journal).toEqual([
      ['next', 2],
      ['microtask', 2]
    ])
  })

  it('moves -> is told each time before it is; false -> ends there, and the clock stays', async () => {
    const { clock, plan, run, journal, noted } = kept()
    for (const delay of [0, 3, 3, 5, 8]) plan(delay, noted, `act ${delay}`)
    const told: Array<readonly [number, number]> = []
    await run({ goOn: () => true, moves: (to) => told.push([to, clock.now()]) < 3 })
    expect(told).toEqual([
      [3, 0],
      [5, 3],
      [8, 5]
    ])
    expect([journal.length, clock.now()]).toEqual([4, 5])
  })

  it('20,000 clients woken -> goOn is asked at the start, and at two turns of the event loop', async () => {
    const { clock, run } = newAgenda()
    let woken = 0
    for (let i = 0; i < 20_000; i++) clock.after(i, () => void (woken += 1))
    const asked: number[] = []
    let turned = 0
    const turn = (): void => {
      if (woken < 20_000) {
        turned += 1
        setImmediate(turn)
      }
    }
    setImmediate(turn)
    await run({ goOn: () => asked.push(woken) > 0, moves: () => true })
    expect(asked).toEqual([0, 8192, 16_384])
    // A turn takes longer than waking a client: there are some, not one for each.
    expect(turned).toBeGreaterThanOrEqual(2)
    expect(turned).toBeLessThan(100)
  })

  it('goOn says no, at the start -> nothing happens', async () => {
    const { clock, run, journal, note } = kept()
    clock.after(0, () => note('timer'))
    await run({ goOn: () => false, moves: () => true })
    expect(journal).toEqual([])
  })

  it('goOn says no, later -> ends there', async () => {
    const { clock, run } = newAgenda()
    const next = (): void => void clock.after(1, next)
    next()
    await run({ goOn: () => clock.now() < 10_000, moves: () => true })
    expect(clock.now()).toBe(16_384)
  })

  it('an act, a timer, moves or goOn that throws -> rejects with that', async () => {
    const no = (): never => {
      throw new Error('no')
    }
    const act = newAgenda()
    act.plan(1, no, undefined)
    await expect(act.run(always)).rejects.toThrow('no')
    const timer = newAgenda()
    timer.clock.after(1, no)
    await expect(timer.run(always)).rejects.toThrow('no')
    const moving = newAgenda()
    moving.plan(1, () => false, undefined)
    await expect(moving.run({ goOn: () => true, moves: no })).rejects.toThrow('no')
    await expect(newAgenda().run({ goOn: no, moves: () => true })).rejects.toThrow('no')
  })

  it.each([
    ['acts', (again: (delay: number) => void, _after: (delay: number) => void) => again(0)],
    ['timers', (_again: (delay: number) => void, after: (delay: number) => void) => after(0)]
  ])('%s that follow each other at the same moment for ever -> rejects, and says when', async (_, go) => {
    const { clock, plan, run } = newAgenda(1000)
    let acts = 0
    const next = (): boolean => {
      acts += 1
      go(
        (delay) => plan(delay, next, undefined),
        (delay) => void clock.after(delay, () => void next())
      )
      return false
    }
    plan(5, next, undefined)
    await expect(run(always)).rejects.toThrow('time stands still at 5 ms')
    // The one that moved the time, and a thousand more.
    expect(acts).toBe(1001)
  })

  it('as many acts at the same moment as may be, moment by moment -> goes on', async () => {
    const { clock, plan, run } = newAgenda(9)
    for (let i = 0; i < 100; i++) plan(1 + Math.floor(i / 10), () => false, undefined)
    await run(always)
    expect(clock.now()).toBe(10)
  })
})
