import { systemClock } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { checkClock } from '../../../src/resource/checkClock.js'
import { message } from '../../support/bad.js'

describe('checkClock', () => {
  it('none -> none', () => {
    expect(checkClock('limitSet: clock', undefined, 'now')).toBe(undefined)
  })

  it('that of the machine -> as it is', () => {
    expect(checkClock('limitSet: clock', systemClock, 'now')).toBe(systemClock)
  })

  it('another -> one that tells its time, and does not go back', async () => {
    const clock = virtualClock()
    let by = 0
    const kept = checkClock('limitSet: clock', { ...clock, now: () => clock.now() + by }, 'now')
    await clock.advance(70)
    expect(kept.now()).toBe(70)
    by = -30
    expect(kept.now()).toBe(70)
  })

  it.each<[unknown, string]>([
    [null, 'TypeError: limitSet: clock must be a clock, got null'],
    [5, 'RangeError: limitSet: clock must be a clock, got 5'],
    [{ now: () => 0 }, 'TypeError: limitSet: clock must be a clock, got [object Object]']
  ])('%p, of which `after` is used -> %s', (clock, expected) => {
    expect(message(() => checkClock('limitSet: clock', clock as never, 'after'))).toBe(expected)
  })
})
