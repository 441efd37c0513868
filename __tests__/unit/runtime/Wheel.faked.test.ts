/** What users' tests do to the timers and the clock that a wheel was made with. */
import { newWheel } from '../../../src/runtime/Wheel.js'
import { day, install, uninstallAll, wheelAt } from '../../support/wheel.js'

afterEach(uninstallAll)

describe('other timers in the place of those of the machine', () => {
  it('timers and clock of the same, as those of the machine are -> current', () => {
    expect([newWheel().isCurrent(), wheelAt().wheel.isCurrent()]).toEqual([true, true])
  })

  it('other timers, another clock -> not current; goes on with its own', () => {
    const { add, host, wheel, woken } = wheelAt()
    add('a', 100)
    const later = add('b', 100)
    const other = install(5)
    expect(wheel.isCurrent()).toBe(false)
    wheel.remove(later)
    add('c', 50)
    host.advance(day)
    expect([woken, other.asked]).toEqual([
      [
        ['c', 1050],
        ['a', 1100]
      ],
      []
    ])
  })

  it('the clock alone is another -> not current', () => {
    const { wheel } = wheelAt()
    jest.spyOn(performance, 'now').mockReturnValue(5)
    expect(wheel.isCurrent()).toBe(false)
  })

  it('the timers alone are others -> not current', () => {
    const { wheel } = wheelAt()
    jest.spyOn(globalThis, 'setTimeout').mockReturnValue(5 as never)
    expect(wheel.isCurrent()).toBe(false)
  })

  it('made while the timers alone are others -> never current', () => {
    const { host } = wheelAt()
    host.uninstall()
    jest.spyOn(globalThis, 'setTimeout').mockReturnValue(5 as never)
    expect(newWheel().isCurrent()).toBe(false)
  })

  it('timers that fire 5 ms early or more, as faked ones -> mean it; not current from then on', () => {
    const { add, host, wheel, woken } = wheelAt(1000, () => -5)
    add('a', 100)
    add('b', 300)
    host.fire()
    expect([woken, host.asked, wheel.isCurrent()]).toEqual([[['a', 1095]], [100, 200], false])
    host.fire()
    expect(woken[1]).toEqual(['b', 1290])
  })

  it('timers that fire 4 ms early -> set again, still current', () => {
    const { add, host, wheel, woken } = wheelAt(1000, () => -4)
    add('a', 100)
    host.fire()
    expect([woken, host.asked, wheel.isCurrent()]).toEqual([[], [100, 4], true])
  })
})
