import { backgroundClock, type Clock, systemClock } from 'reprise'
import { virtualClock } from 'reprise/testing'
import { steady } from '../../../src/action/steady.js'
import { turn } from '../../support/task.js'

/** A clock that tells these, one after the other; a text is thrown. */
const telling = (...times: ReadonlyArray<unknown>): Clock => {
  let next = 0
  return {
    now: () => {
      const time = times[next++]
      if (typeof time === 'string') throw new Error(time)
      return time as number
    },
    after: () => () => undefined
  }
}

const read = (clock: Clock, times: number): ReadonlyArray<number> =>
  Array.from({ length: times }, () => clock.now())

describe('steady: now', () => {
  it.each<[string, ReadonlyArray<unknown>, ReadonlyArray<number>]>([
    ['1, 2, 2, 5', [1, 2, 2, 5], [1, 2, 2, 5]],
    ['from a moment before 0', [-5, -3, 1], [-5, -3, 1]],
    ['one that goes back', [5, 3, 6], [5, 5, 6]],
    ['no numbers', [1, NaN, Infinity, -Infinity, undefined, null, 2n, 4], [1, 1, 1, 1, 1, 1, 1, 4]],
    ['one that throws', [1, 'no', 3], [1, 1, 3]],
    ['one that throws at first', ['no', 3], [0, 3]]
  ])('%s -> it stands still where it is not told', (_, told, expected) => {
    expect(read(steady(telling(...told)), told.length)).toEqual(expected)
  })
})

describe('steady: after', () => {
  it('cancelled -> the clock has nobody to wake', () => {
    const clock = virtualClock()
    steady(clock).after(10, () => undefined)()
    expect(clock.pending()).toBe(0)
  })

  it('a clock as it should be -> wakes once, when it is due; not when it is cancelled', async () => {
    const clock = virtualClock()
    const woken: string[] = []
    const own = steady(clock)
    own.after(10, () => woken.push(`a ${clock.now()}`))
    const cancel = own.after(10, () => woken.push('b'))
    own.after(20, () => woken.push(`c ${clock.now()}`))
    cancel()
    await clock.runAll()
    expect(woken).toEqual(['a 10', 'c 20'])
  })

  it.each<[string, (wake: () => void) => unknown]>([
    ['wakes at once', (wake) => [wake(), () => undefined][1]],
    ['wakes at once, twice', (wake) => [wake(), wake(), () => undefined][2]],
    [
      'wakes at once, and throws',
      (wake) => {
        wake()
        throw new Error('no')
      }
    ]
  ])('one that %s -> woken once, later', async (_, after) => {
    const woken: number[] = []
    steady({ now: () => 0, after: (_, wake) => after(wake) as () => void }).after(0, () => woken.push(1))
    expect(woken).toEqual([])
    await turn()
    await turn()
    expect(woken).toEqual([1])
  })

  it('one that throws -> woken by the clock of the machine, not before', async () => {
    const began = performance.now()
    await new Promise<void>((resolve) => {
      steady({
        now: () => 0,
        after: () => {
          throw new Error('no')
        }
      }).after(20, resolve)
    })
    expect(performance.now() - began).toBeGreaterThanOrEqual(19)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    [
      'what throws',
      () => {
        throw new Error('no')
      }
    ]
  ])('one that gives %s to cancel with -> cancelled all the same', (_, cancel) => {
    const wakes: Array<() => void> = []
    const woken: number[] = []
    const own = steady({ now: () => 0, after: (_, wake) => [wakes.push(wake), cancel][1] as () => void })
    own.after(10, () => woken.push(1))()
    wakes[0]?.()
    expect(woken).toEqual([])
  })
})

describe('steady', () => {
  it('the same clock -> the same again, and itself', () => {
    const clock = virtualClock()
    expect(steady(clock)).toBe(steady(clock))
    expect(steady(steady(clock))).toBe(steady(clock))
  })

  it.each([
    ['systemClock', systemClock],
    ['backgroundClock', backgroundClock]
  ])('%s -> as it is', (_, clock) => {
    expect(steady(clock)).toBe(clock)
  })
})
