import { virtualClock } from 'reprise/testing'
import { makeInterrupt, mark, newFlight, settleSoon } from '../../../src/action/Interrupt.js'
import { newSleeper } from '../../../src/runtime/Wheel.js'
import { deferred, turn } from '../../support/task.js'

const make = () => {
  const flight = newFlight(undefined)
  return { flight, interrupt: makeInterrupt(flight) }
}

describe('makeInterrupt', () => {
  it('new -> not fired', () => {
    const { interrupt } = make()
    expect([interrupt.fired, interrupt.reason]).toEqual([false, undefined])
  })

  it.each<[string, readonly boolean[], boolean]>([
    ['nobody', [], false],
    ['one who will not settle', [false], false],
    ['one of two who will settle', [false, true], true]
  ])('fire, heard by %s -> says so; all are told the reason', (_, answers, expected) => {
    const { interrupt } = make()
    const heard: unknown[] = []
    for (const answer of answers)
      interrupt.listen((reason) => {
        heard.push(reason)
        return answer
      })
    expect(interrupt.fire('why')).toBe(expected)
    expect([interrupt.fired, interrupt.reason, heard]).toEqual([true, 'why', answers.map(() => 'why')])
  })

  it('a listener that is gone -> not told', () => {
    const { interrupt } = make()
    const heard: unknown[] = []
    const stop = interrupt.listen((reason) => heard.push(reason) > 0)
    stop()
    expect([interrupt.fire('why'), heard]).toEqual([false, []])
  })

  it('new, fired -> what ends a retry then, with the reason', () => {
    const { interrupt } = make()
    const before = interrupt.abortion
    interrupt.fire('why')
    expect([before, interrupt.abortion]).toEqual([
      { _tag: 'GiveUp', verdict: { _tag: 'Aborted', reason: undefined } },
      { _tag: 'GiveUp', verdict: { _tag: 'Aborted', reason: 'why' } }
    ])
  })

  it('an attempt under way, a sleeper -> each settles soon, when it fires', () => {
    const [attempting, sleeping] = [make(), make()]
    attempting.interrupt.attempt(() => new Promise(() => undefined), undefined).catch(() => undefined)
    sleeping.interrupt.after(
      virtualClock(),
      newSleeper(() => undefined),
      20,
      undefined
    )
    expect([attempting.interrupt.fire('why'), sleeping.interrupt.fire('why')]).toEqual([true, true])
  })

  it('an attempt in a flight that had landed -> out, while it is under way; landed, when it has ended', async () => {
    const { interrupt, flight } = make()
    const answer = deferred<number>()
    mark(flight, 'landed')
    const states: string[] = []
    const ended = interrupt.attempt((own) => {
      states.push(own.state, flight.state)
      return answer.promise
    }, flight)
    answer.resolve(1)
    await ended
    expect([...states, flight.state]).toEqual(['out', 'out', 'landed'])
  })

  it('a sleeper in a flight that had landed -> out, while it sleeps; landed, when it wakes', async () => {
    const { interrupt, flight } = make()
    const clock = virtualClock()
    mark(flight, 'landed')
    const states: string[] = []
    interrupt.after(
      clock,
      newSleeper(() => states.push(flight.state)),
      20,
      flight
    )
    states.push(flight.state)
    await clock.runAll()
    expect(states).toEqual(['out', 'landed'])
  })

  const tenSteps = async (): Promise<number> => {
    for (let i = 0; i < 10; i++) await Promise.resolve()
    return 1
  }

  it('an attempt whose outcome is on its way when it fires -> that outcome', async () => {
    const { interrupt, flight } = make()
    const ended = interrupt.attempt((own) => {
      mark(own, 'landed')
      return tenSteps()
    }, flight)
    interrupt.fire('why')
    await expect(ended).resolves.toBe(1)
  })

  it('an attempt that settles after it has fired -> cut short all the same', async () => {
    const { interrupt, flight } = make()
    const ended = interrupt.attempt(tenSteps, flight)
    interrupt.fire('why')
    await expect(ended).rejects.toBe(interrupt)
  })

  it('attempt, that ends first -> its outcome', async () => {
    const { interrupt, flight } = make()
    await expect(interrupt.attempt(() => Promise.resolve(1), flight)).resolves.toBe(1)
    await expect(interrupt.attempt(() => Promise.reject('e'), flight)).rejects.toBe('e')
  })

  it('attempt, cut short -> rejects with the interrupt itself; the flights are cut', async () => {
    const { interrupt, flight } = make()
    const ended = interrupt.attempt(() => new Promise(() => undefined), flight)
    interrupt.fire('why')
    await expect(ended).rejects.toBe(interrupt)
    expect(flight.state).toBe('cut')
  })

  it('attempt, when it has fired -> not made', async () => {
    const { interrupt, flight } = make()
    interrupt.fire('why')
    let made = 0
    const ended = interrupt.attempt(() => Promise.resolve((made += 1)), flight)
    await expect(ended).rejects.toBe(interrupt)
    expect(made).toBe(0)
  })

  it('after, 20 ms -> woken by the clock', async () => {
    const { interrupt, flight } = make()
    const clock = virtualClock()
    const woken: number[] = []
    interrupt.after(
      clock,
      newSleeper(() => woken.push(clock.now())),
      20,
      flight
    )
    await clock.runAll()
    expect(woken).toEqual([20])
  })

  it('after, fired at 5 ms -> woken once, at 5 ms, and no timer is left', async () => {
    const { interrupt, flight } = make()
    const clock = virtualClock()
    const woken: number[] = []
    interrupt.after(
      clock,
      newSleeper(() => woken.push(clock.now())),
      20,
      flight
    )
    await clock.advance(5)
    interrupt.fire('why')
    expect(clock.pending()).toBe(0)
    await clock.runAll()
    expect(woken).toEqual([5])
  })

  it('after, when it has fired -> woken at once', () => {
    const { interrupt, flight } = make()
    const clock = virtualClock()
    let woken = 0
    interrupt.fire('why')
    interrupt.after(
      clock,
      newSleeper(() => (woken += 1)),
      20,
      flight
    )
    expect([woken, clock.pending(), flight.state]).toEqual([1, 0, 'cut'])
  })

  it('cut -> from a flight inside up to its own, and no further', () => {
    const outer = newFlight(undefined)
    const own = newFlight(outer)
    const inner = newFlight(own)
    makeInterrupt(own).cut(inner)
    expect([inner.state, own.state, outer.state]).toEqual(['cut', 'cut', 'out'])
  })
})

describe('mark', () => {
  it('landed -> the flight and all around it, but for those cut short', () => {
    const outer = newFlight(undefined)
    const middle = newFlight(outer)
    const inner = newFlight(middle)
    middle.state = 'cut'
    mark(inner, 'landed')
    expect([inner.state, middle.state, outer.state]).toEqual(['landed', 'cut', 'landed'])
  })
})

describe('settleSoon', () => {
  it('nothing on its way -> ends a microtask from now', async () => {
    let ended = 0
    settleSoon(
      () => false,
      () => (ended += 1)
    )
    expect(ended).toBe(0)
    await Promise.resolve()
    expect(ended).toBe(1)
  })

  it('on its way for ever -> ends all the same', async () => {
    let ended = 0
    settleSoon(
      () => true,
      () => (ended += 1)
    )
    await Promise.resolve()
    expect(ended).toBe(0)
    await turn()
    expect(ended).toBe(1)
  })
})
