import { fixedWindow } from '../../../src/resource/FixedWindow.js'
import type { Rule } from '../../../src/resource/Rate.js'
import { after, rule, type Step } from '../../support/flow.js'

describe('fixedWindow, where rounding takes a moment for the end of a window', () => {
  // From 4.8 on, the tenth window ends at 800.8; nine windows pay for 90 of 95.
  it.each([
    [800.7999999999998, 5],
    [800.8, 10]
  ])('95 of 10 taken in windows of 79.6 ms, at %d -> %d', (now, expected) => {
    const narrow: Rule = { capacity: 10, per: 79.6 }
    expect(fixedWindow.available(narrow, after(fixedWindow, [[4.8, 95]], narrow), now)).toBe(expected)
  })
})

describe('fixedWindow, 10 per second', () => {
  it.each<[string, ReadonlyArray<Step>, number, number]>([
    ['10 at 300, 1', [[300, 10]], 1, 1300],
    ['9 at 300, 1', [[300, 9]], 1, 300],
    [
      'the window begins with the first request after a pause: 1 at 0, 10 at 1700, 1',
      [
        [0, 1],
        [1700, 10]
      ],
      1,
      2700
    ],
    ['25 at 0 take two windows more: 5', [[0, 25]], 5, 2000],
    ['25 at 0, 6', [[0, 25]], 6, 3000]
  ])('%s -> ready in the next window', (_, steps, amount, expected) => {
    expect(fixedWindow.readyAt(rule, after(fixedWindow, steps), amount)).toBe(expected)
  })

  it('a refund counts in its own window alone', () => {
    const state = after(fixedWindow, [[0, 8]])
    expect(
      fixedWindow.available(rule, fixedWindow.settle(rule, state, { amount: 8, at: 0 }, 3, 900), 900)
    ).toBe(7)
    const next = fixedWindow.take(rule, state, 6, 1200)
    expect(
      fixedWindow.available(rule, fixedWindow.settle(rule, next, { amount: 8, at: 0 }, 3, 1300), 1300)
    ).toBe(4)
  })

  it('a debt is paid by the next windows', () => {
    const state = fixedWindow.settle(rule, after(fixedWindow, [[0, 8]]), { amount: 8, at: 0 }, 18, 900)
    expect([900, 1000, 2000].map((now) => fixedWindow.available(rule, state, now))).toEqual([-8, 2, 10])
  })

  it('a state -> plain data', () => {
    expect(after(fixedWindow, [[100, 4]])).toStrictEqual({ startedAt: 100, used: 4 })
  })

  it('a window of which all was given back -> the next request begins one', () => {
    const state = fixedWindow.settle(rule, after(fixedWindow, [[0, 8]]), { amount: 8, at: 0 }, 0, 100)
    expect(state).toStrictEqual({ startedAt: 0, used: 0 })
    expect(fixedWindow.take(rule, state, 10, 500)).toStrictEqual({ startedAt: 500, used: 10 })
  })

  it('nothing taken -> ready at once', () => {
    expect(fixedWindow.start(rule)).toStrictEqual({ startedAt: 0, used: 0 })
  })

  it('a clock that goes back -> the window that there is', () => {
    expect(fixedWindow.available(rule, after(fixedWindow, [[1000, 4]]), 400)).toBe(6)
  })

  it.each([
    [1, { startedAt: 1500, used: 0 }],
    [2, { startedAt: 1000, used: 2 }]
  ])('%d more than 10^12 taken of 10^12 -> %j: one is lost in rounding', (more, expected) => {
    const huge: Rule = { capacity: 1e12, per: 1000 }
    const state = after(fixedWindow, [[0, 1e12 + more]], huge)
    expect(fixedWindow.take(huge, state, 0, 1500)).toStrictEqual(expected)
  })

  it('more given back than was taken since -> nothing is used', () => {
    const state = fixedWindow.settle(rule, after(fixedWindow, [[0, 3]]), { amount: 8, at: 0 }, 0, 100)
    expect(state).toStrictEqual({ startedAt: 0, used: 0 })
  })

  it('the end of a window that paid for all -> the next begins later', () => {
    const state = after(fixedWindow, [[0, 20]])
    expect(fixedWindow.take(rule, state, 1, 2300)).toStrictEqual({ startedAt: 2300, used: 1 })
  })

  it('a debt, long after -> what is left of it is in the window of then', () => {
    const state = after(fixedWindow, [[5700, 55]])
    expect(fixedWindow.take(rule, state, 1, 9900)).toStrictEqual({ startedAt: 9700, used: 16 })
  })

  it('as used as it was taken, in a window that is over -> no debt of it', () => {
    const state = fixedWindow.settle(rule, after(fixedWindow, [[0, 8]]), { amount: 8, at: 0 }, 8, 1500)
    expect(state).toStrictEqual({ startedAt: 1500, used: 0 })
  })

  it('a refund at the begin of the window that it was taken in -> counts', () => {
    const state = after(fixedWindow, [[700, 8]])
    expect(fixedWindow.settle(rule, state, { amount: 8, at: 700 }, 2, 900)).toStrictEqual({
      startedAt: 700,
      used: 2
    })
  })
})
