import { pipe } from 'fp-ts/lib/function.js'
import {
  capDelay,
  decorrelated,
  either,
  exponential,
  fixed,
  limitDelay,
  limitElapsed,
  limitRetries,
  limitTotalDelay,
  type RetryPolicy,
  when,
  withJitter
} from 'reprise'
import type { Cause } from '../../../src/policy/Failure.js'
import {
  after,
  endOf,
  greatest,
  lastDraw,
  look,
  type Place,
  turn,
  type Turn
} from '../../../src/policy/Place.js'
import { initialState, planOf, type StepState } from '../../../src/policy/step.js'
import { start } from '../../support/leaps.js'

const failed = (_tag: string): Cause<unknown, unknown> => ({ _tag: 'Failed', error: { _tag } })
const x = failed('X')

const at = (state: Partial<StepState>): StepState => ({ ...initialState, ...state })

/** A place after so many retries, for policies that keep nothing else. */
const between = (retry: number, low: number, high: number, rest: Partial<Place> = {}): Place => ({
  ...start,
  low: at({ retry, slept: low, delay: 1, drawn: 1 }),
  high: at({ retry, slept: high, delay: 1, drawn: 1 }),
  ...rest
})

const turnOf = (policy: RetryPolicy, place: Place = start, drifting = false): Turn | undefined =>
  turn(planOf(policy), place, x, drifting)

describe('lastDraw', () => {
  it('the last number below 1', () => {
    expect(lastDraw).toBe(1 - 2 ** -53)
  })
})

describe('turn', () => {
  it('an exact wait -> one state', () => {
    const state = { retry: 1, slept: 100, drawn: 100, delay: 100, memory: [] }
    expect(turnOf(fixed(100))).toEqual({
      shortest: 100,
      longest: 100,
      longestReached: true,
      to: { low: state, high: state, lowReached: true, highReached: true, filled: true }
    })
  })

  it('a window -> the states after its shortest wait, and its longest', () => {
    // 50 + u·100 rounds to 150 for the last u below 1.
    expect(turnOf(pipe(fixed(100), withJitter(0.5)), between(1, 50, 150))).toEqual({
      shortest: 50,
      longest: 150,
      longestReached: true,
      to: {
        low: { retry: 2, slept: 100, drawn: 50, delay: 50, memory: [] },
        high: { retry: 2, slept: 300, drawn: 150, delay: 150, memory: [] },
        lowReached: true,
        highReached: true,
        filled: true
      }
    })
  })

  it('a policy that stops -> undefined', () => {
    expect(turnOf(pipe(fixed(100), limitRetries(1)), between(1, 100, 100))).toBeUndefined()
    expect(turnOf(pipe(fixed(100), limitElapsed(199)), between(1, 100, 100))).toBeUndefined()
  })

  it('what counts for itself -> counts on in both states', () => {
    const policy = pipe(fixed(100), withJitter('full'), when('X', pipe(fixed(10), withJitter('equal'))))
    const { to } = turnOf(policy) as Turn
    expect(to.low.memory).toEqual([{ retry: 1, slept: 5, drawn: 5 }])
    expect(to.high.memory).toEqual([{ retry: 1, slept: 10, drawn: 10 }])
  })

  const spread = pipe(fixed(100), withJitter(0.5))

  it.each<[string, RetryPolicy, Place, Partial<Turn>, Partial<Place> & { readonly slept: number }]>([
    [
      'nobody is known to get here',
      spread,
      between(1, 50, 150, { lowReached: false, highReached: false, filled: false }),
      { longestReached: false },
      { slept: 300, lowReached: false, highReached: false, filled: false }
    ],
    [
      'those who have slept least get here',
      spread,
      between(1, 50, 150, { highReached: false }),
      { longestReached: true },
      { slept: 300, lowReached: true, highReached: false }
    ],
    [
      'those who have slept most get here',
      spread,
      between(1, 50, 150, { lowReached: false }),
      { longestReached: true },
      { slept: 300, lowReached: false, highReached: true }
    ],
    // From 50 there is time for 130, from 130 for 50.
    [
      'a limit that those who have slept most just get to',
      pipe(spread, limitElapsed(180.5)),
      between(1, 50, 130, { filled: false }),
      { shortest: 50, longest: 130, longestReached: true },
      { slept: 180, highReached: true }
    ],
    [
      'a limit that they get to, and that nobody who has slept least does',
      pipe(spread, limitElapsed(180)),
      between(1, 50, 130, { lowReached: false }),
      { longest: 130, longestReached: false },
      { slept: 180, highReached: true }
    ],
    // From 140 there is no time left: those in between come to the limit.
    [
      'a limit that those who have slept most are too late for',
      pipe(spread, limitElapsed(180)),
      between(1, 50, 140),
      { longest: 130, longestReached: true },
      { slept: 180, highReached: true }
    ],
    [
      'a limit that they are too late for, where nobody is known to be in between',
      pipe(spread, limitElapsed(180)),
      between(1, 50, 140, { filled: false, lowReached: false }),
      { longest: 130, longestReached: false },
      { slept: 180, highReached: false }
    ],
    // Of [50, 150], waits of 40 ms more are in time once 150 ms have been slept, but these are too short.
    [
      'a limit that moves on with those who are too late',
      pipe(spread, limitElapsed(150), either(pipe(fixed(1000), limitDelay(40)))),
      between(1, 50, 150),
      { shortest: 50, longest: 100 },
      { slept: 190, highReached: false }
    ],
    [
      'a limit that moves on with others, but not with those who come to it',
      pipe(spread, limitElapsed(180), either(pipe(fixed(1000), limitDelay(40)))),
      between(1, 50, 135),
      { shortest: 50, longest: 130 },
      { slept: 180, highReached: true }
    ],
    [
      'an exact wait that only those have time for who have slept 50 ms',
      pipe(fixed(100), limitTotalDelay(150)),
      between(1, 50, 100),
      { shortest: 100, longest: 100, longestReached: true },
      { slept: 150, highReached: true }
    ]
  ])('%s -> what is reached', (_, policy, place, expected, { slept, ...to }) => {
    const found = turnOf(policy, place)
    expect(found).toMatchObject(expected)
    expect(found?.to).toMatchObject(to)
    expect(found?.to.high.slept).toBe(slept)
  })

  it('a fraction of a millisecond -> a draw that comes to the whole wait', () => {
    // [50.25, 100.5]; there is time for 80 ms.
    const { to } = turnOf(pipe(fixed(100.5), withJitter('equal'), limitElapsed(80.5))) as Turn
    expect(to.low).toMatchObject({ drawn: 50.25, delay: 50, slept: 50 })
    expect(to.high).toMatchObject({ drawn: 81, delay: 80, slept: 80 })
  })

  describe('where windows depend on the wait drawn last', () => {
    const policy = pipe(decorrelated(100), capDelay(300))
    const drifted = (slept: number, low: number, high: number): Place => ({
      ...start,
      low: at({ retry: 1, slept, drawn: low, delay: low }),
      high: at({ retry: 1, slept, drawn: high, delay: high })
    })

    it('the first turn -> both ends of the window are reached, not all between', () => {
      expect(turnOf(policy, start, true)).toMatchObject({
        shortest: 100,
        longest: 300,
        longestReached: true,
        to: { lowReached: true, highReached: true, filled: false }
      })
    })

    // After 100: [100, 300]. After 200: [100, 600], half of it capped: [50, 300].
    it('the shortest wait follows the longest -> nobody is known to be there', () => {
      expect(turnOf(policy, drifted(100, 100, 200), true)).toEqual({
        shortest: 50,
        longest: 300,
        longestReached: true,
        to: {
          low: { retry: 2, slept: 150, drawn: 50, delay: 50, memory: [] },
          high: { retry: 2, slept: 400, drawn: 300, delay: 300, memory: [] },
          lowReached: false,
          highReached: true,
          filled: false
        }
      })
    })

    it('only those who have drawn long can wait short enough -> they are the least', () => {
      const found = turnOf(pipe(policy, limitElapsed(160)), drifted(100, 100, 200), true)
      expect(found).toMatchObject({ shortest: 50, longest: 60, longestReached: true })
      expect(found?.to).toMatchObject({ lowReached: false, low: { drawn: 50, delay: 50, slept: 150 } })
      // They are the only ones.
      const others = { ...drifted(100, 100, 200), highReached: false }
      expect(turnOf(pipe(policy, limitElapsed(160)), others, true)).toMatchObject({ longestReached: false })
    })

    it('a limit cuts off the longest wait -> nobody is known to have slept most', () => {
      const limited = pipe(policy, limitElapsed(350))
      expect(turnOf(limited, drifted(100, 100, 200), true)?.to).toMatchObject({
        highReached: false,
        high: { slept: 350, drawn: 251, delay: 250 }
      })
      // Those who have slept least have time for 300 ms.
      const apart = { ...drifted(50, 100, 200), high: drifted(100, 100, 200).high }
      expect(turnOf(limited, apart, true)?.to).toMatchObject({
        highReached: false,
        high: { slept: 350, drawn: 300, delay: 300 }
      })
    })

    // After 200: [1, 600], capped to [0.5, 300.5], of which the very end is not drawn.
    it('windows that do not start together -> nobody is known to have drawn most', () => {
      const found = turnOf(pipe(decorrelated(1), capDelay(300.5)), drifted(100, 100, 200), true)
      expect(found).toMatchObject({ longest: 300, longestReached: true })
      expect(found?.to).toMatchObject({ highReached: false, high: { slept: 400, drawn: 300.5, delay: 300 } })
    })

    // After 100: [100, 300]. After 200: [100, 600].
    it('only those who have drawn long can wait so long -> reached if they are there', () => {
      const place = drifted(100, 100, 200)
      const long = decorrelated(100)
      expect(turnOf(long, place, true)).toMatchObject({ longest: 600, longestReached: true })
      expect(turnOf(long, { ...place, highReached: false }, true)).toMatchObject({ longestReached: false })
    })
  })
})

describe('after', () => {
  it('a retry -> the one with the shortest wait', () => {
    const policy = pipe(fixed(100), withJitter(0.5))
    expect(after(planOf(policy), initialState, x)).toMatchObject({
      delay: 50,
      window: { from: 50, to: 150 },
      state: { retry: 1, slept: 50 }
    })
  })

  it('no retry -> undefined', () => {
    expect(after(planOf(pipe(fixed(100), limitElapsed(99))), initialState, x)).toBeUndefined()
  })

  it('attempts take no time -> what has elapsed has been slept', () => {
    const plan = planOf(pipe(fixed(100), limitElapsed(150)))
    expect(after(plan, at({ slept: 50 }), x)?.state.slept).toBe(150)
    expect(after(plan, at({ slept: 51 }), x)).toBeUndefined()
  })
})

describe('look', () => {
  it('a state -> the window that follows, whether there is time for it or not', () => {
    const plan = planOf(pipe(exponential(100), withJitter('full'), limitElapsed(150)))
    const { window, settle } = look(plan, at({ retry: 1, slept: 1000 }), x)
    expect(window).toMatchObject({ from: 0, to: 200, latest: 150 })
    expect(settle(10, 10.5)).toEqual([])
  })

  it('a part that counts for itself -> what it remembers after a wait', () => {
    const plan = planOf(pipe(fixed(100), when('X', fixed(10))))
    expect(look(plan, initialState, x).settle(10, 10.5)).toEqual([{ retry: 1, slept: 10, drawn: 10.5 }])
  })

  it('time elapsed -> as slept', () => {
    const plan = planOf(pipe(fixed(100), limitDelay(150)))
    expect(look(plan, at({ slept: 1000 }), x).window.latest).toBe(1150)
  })
})

const window = (from: number, to: number) => ({ from, to, latest: Infinity })

describe('endOf', () => {
  it.each<[string, number, number, number, number, number]>([
    ['one window', 0, 100, 0, 100, 99.99999999999999],
    ['windows that start together', 0, 50, 0, 100, 99.99999999999999],
    ['the other way round', 0, 100, 0, 50, 99.99999999999999],
    ['windows that do not start together', 0, 100, 1, 50, 100],
    ['the other is the longer', 0, 50, 1, 100, 100]
  ])('%s -> [%d, %d], [%d, %d]: %d', (_, a, b, c, d, expected) => {
    expect(endOf(window(a, b), window(c, d))).toBe(expected)
  })
})

describe('greatest', () => {
  it.each([
    [0, 100, 99],
    [50, 100, 100],
    [100, 100, 100],
    [100.5, 100.5, 100]
  ])('[%d, %d] -> %d', (from, to, expected) => {
    expect(greatest(window(from, to))).toBe(expected)
  })
})
