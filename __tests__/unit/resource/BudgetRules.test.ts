import type { BudgetInput } from '../../../src/action/entry.js'
import { type BudgetRules, ratioOfCalls, tokensOfFailures } from '../../../src/resource/BudgetRules.js'

type Happening = readonly [now: number, input: BudgetInput, times?: number]

/** The state after what has happened. */
const after = <S>(rules: BudgetRules<S>, happened: ReadonlyArray<Happening>, from = rules.start): S =>
  happened
    .flatMap(([now, input, times = 1]) => Array<Happening>(times).fill([now, input]))
    .reduce((state, [now, input]) => rules.next(state, input, now), from)

/** How many retries are allowed one after the other; 1000 stands for any more. */
const granted = <S>(rules: BudgetRules<S>, start: S, now: number): number => {
  let count = 0
  for (let state = start; count < 1000 && rules.allows(state, now); count++)
    state = rules.next(state, 'retried', now)
  return count
}

describe('ratioOfCalls', () => {
  it.each([
    // a fifth of the calls
    [0.2, 0, 0, 0],
    [0.2, 0, 4, 0],
    [0.2, 0, 5, 1],
    [0.2, 0, 9, 1],
    [0.2, 0, 10, 2],
    // the floor comes on top
    [0.2, 10, 0, 10],
    [0.2, 10, 4, 10],
    [0.2, 10, 5, 11],
    [0, 3, 1000, 3],
    // parts of retries add up, and alone are none
    [0, 0.9, 0, 0],
    [0.5, 0.5, 1, 1],
    [0.25, 0.25, 3, 1],
    [0.25, 0.25, 2, 0],
    // products and sums that come out a little too small
    [0.29, 0, 100, 29],
    [0.57, 0, 100, 57],
    [1 / 3, 0, 3, 1],
    [0.03, 0.1, 30, 1],
    [0.7, 0.1, 7, 5],
    [0, (4.35 * 100_000) / 1000, 0, 435],
    // nothing, one for each, more than one for each
    [0, 0, 1000, 0],
    [1, 0, 7, 7],
    [2, 0, 3, 6]
  ])('a ratio of %d, a floor of %d, %d calls -> %d retries', (ratio, floor, calls, expected) => {
    const rules = ratioOfCalls(ratio, floor, 1000)
    expect(granted(rules, after(rules, [[50, 'called', calls]]), 50)).toBe(expected)
  })

  it('29 of 100 at 0.29 -> the balance is whole, down to 0', () => {
    const rules = ratioOfCalls(0.29, 0, 1000)
    const calls: ReadonlyArray<Happening> = [[0, 'called', 100]]
    expect(rules.balance(after(rules, calls), 0)).toBe(29)
    const one = after(rules, [...calls, [0, 'retried', 28]])
    expect([rules.balance(one, 0), rules.allows(one, 0)]).toEqual([1, true])
    const none = after(rules, [...calls, [0, 'retried', 29]])
    expect([rules.balance(none, 0), rules.allows(none, 0)]).toEqual([0, false])
  })

  it('a balance with a part of a retry -> shown, and does not allow one', () => {
    const rules = ratioOfCalls(0.3, 0, 1000)
    const state = after(rules, [[0, 'called', 3]])
    expect([rules.balance(state, 0), rules.allows(state, 0)]).toEqual([0.9, false])
  })

  it.each([
    [0, 999, 1000],
    [99, 999, 1000],
    [100, 1099, 1100],
    [950, 1899, 1900],
    [123_456, 124_399, 124_400]
  ])('window 1 s, calls at %d -> counted at %d, not at %d', (at, still, gone) => {
    const rules = ratioOfCalls(0.5, 0, 1000)
    const state = after(rules, [[at, 'called', 10]])
    expect([at, still, gone].map((now) => rules.balance(state, now))).toEqual([5, 5, 0])
    expect([at, still, gone].map((now) => rules.allows(state, now))).toEqual([true, true, false])
  })

  it.each([
    [0, 999, 1000],
    [99, 999, 1000],
    [700, 1699, 1700]
  ])('window 1 s, a floor of 2 used up at %d -> nothing at %d, both back at %d', (at, still, back) => {
    const rules = ratioOfCalls(0, 2, 1000)
    const state = after(rules, [[at, 'retried', 2]])
    expect([at, still, back].map((now) => rules.balance(state, now))).toEqual([0, 0, 2])
  })

  it('calls at 0 and 450, window 1 s -> each goes in its turn, whenever it is looked at', () => {
    const rules = ratioOfCalls(0.5, 0, 1000)
    const state = after(rules, [
      [0, 'called', 10],
      [450, 'called', 20],
      [980, 'called', 2]
    ])
    expect([980, 999, 1000, 1399, 1400, 1899, 1900].map((now) => rules.balance(state, now))).toEqual([
      16, 16, 11, 11, 1, 1, 0
    ])
    // Looked at in between by what happens.
    const later = after(rules, [[1050, 'called', 4]], state)
    expect([1050, 1399, 1400, 1900, 1999, 2000].map((now) => rules.balance(later, now))).toEqual([
      13, 13, 3, 2, 2, 0
    ])
  })

  it('retries outlive the calls that they were for -> they weigh on those that follow', () => {
    const rules = ratioOfCalls(0.5, 0, 1000)
    const state = after(rules, [
      [0, 'called', 10],
      [900, 'retried', 5]
    ])
    expect([999, 1000].map((now) => rules.balance(state, now))).toEqual([0, 0])
    const more = after(rules, [[1000, 'called', 12]], state)
    expect([1000, 1899, 1900].map((now) => rules.balance(more, now))).toEqual([1, 1, 6])
  })

  it('a leap of more than a window -> nothing left, and ten buckets at most', () => {
    const rules = ratioOfCalls(0.5, 3, 1000)
    const happened = Array.from({ length: 40 }, (_, i): Happening => [i * 50, 'called'])
    const state = after(rules, [...happened, [1e15, 'retried']])
    expect(state).toEqual({
      from: 1e15,
      newest: { calls: 0, retries: 1 },
      older: Array(9).fill({ calls: 0, retries: 0 })
    })
    expect(after(rules, happened).older).toHaveLength(9)
  })

  it.each<BudgetInput>(['succeeded', 'failed'])('%s -> the state as it is', (input) => {
    const rules = ratioOfCalls(0.5, 3, 1000)
    const state = after(rules, [[20, 'called']])
    expect(rules.next(state, input, 5000)).toBe(state)
  })

  it.each([400, -1e9, NaN])('another clock, which shows %d -> counted where the newest are', (now) => {
    const rules = ratioOfCalls(1, 0, 1000)
    const state = after(rules, [
      [500, 'called'],
      [now, 'called']
    ])
    expect(state).toEqual({
      from: 500,
      newest: { calls: 2, retries: 0 },
      older: Array(5).fill({ calls: 0, retries: 0 })
    })
    expect([rules.balance(state, now), rules.allows(state, now)]).toEqual([2, true])
  })

  it('a state -> plain JSON data, and never changed', () => {
    const rules = ratioOfCalls(0.5, 3, 1000)
    const state = after(rules, [
      [120, 'called'],
      [340, 'retried']
    ])
    const written = JSON.stringify(state)
    expect(JSON.parse(written)).toEqual({
      from: 300,
      newest: { calls: 0, retries: 1 },
      older: [
        { calls: 0, retries: 0 },
        { calls: 1, retries: 0 },
        { calls: 0, retries: 0 }
      ]
    })
    after(
      rules,
      [
        [350, 'called'],
        [900, 'retried']
      ],
      state
    )
    expect(JSON.stringify(state)).toBe(written)
    expect(rules.start).toEqual({ from: 0, newest: { calls: 0, retries: 0 }, older: [] })
  })
})

describe('shift', () => {
  it('a ratio of calls -> the newest began as much later', () => {
    const rules = ratioOfCalls(0.5, 3, 1000)
    const state = after(rules, [[120, 'called']])
    expect(rules.shift(state, 40)).toEqual({
      from: 140,
      newest: { calls: 1, retries: 0 },
      older: [{ calls: 0, retries: 0 }]
    })
  })

  it('tokens -> as they are', () => {
    expect(tokensOfFailures(10, 0.1).shift(7.5, 40)).toBe(7.5)
  })
})

describe('tokensOfFailures', () => {
  // The example of gRPC.
  const rules = tokensOfFailures(10, 0.1)

  it.each([
    [0, 10, true],
    [1, 9, true],
    [4, 6, true],
    [5, 5, false],
    [9, 1, false],
    [10, 0, false],
    [25, 0, false]
  ])('10 tokens, %d failures -> %d tokens, retries: %s', (failures, tokens, allowed) => {
    const state = after(rules, [[0, 'failed', failures]])
    expect([rules.balance(state, 0), rules.allows(state, 0)]).toEqual([tokens, allowed])
  })

  it.each([
    // just used up
    [5, 0, 5, false],
    [5, 1, 5.1, true],
    [6, 10, 5, false],
    [6, 11, 5.1, true],
    // drained: half of the tokens take 50 successes, and retries one more
    [10, 1, 0.1, false],
    [10, 10, 1, false],
    [10, 50, 5, false],
    [10, 51, 5.1, true],
    [30, 50, 5, false],
    // up to the maximum, and no further
    [10, 99, 9.9, true],
    [10, 100, 10, true],
    [10, 10_000, 10, true],
    [0, 1, 10, true]
  ])(
    '0.1 back: %d failures, %d successes -> %d tokens, retries: %s',
    (failures, successes, tokens, allowed) => {
      const state = after(rules, [
        [0, 'failed', failures],
        [0, 'succeeded', successes]
      ])
      expect([rules.balance(state, 0), rules.allows(state, 0)]).toEqual([tokens, allowed])
    }
  )

  it.each([
    // the first failure takes all of them
    [1, 1, 'F', 0, false],
    [1, 1, 'FS', 1, true],
    [0.5, 0.2, 'F', 0, false],
    [0.5, 0.2, 'FSS', 0.4, true],
    // a difference that comes out a little too small
    [2.3, 1, 'F', 1.3, true],
    // half of 3 is 1.5
    [3, 0.5, 'F', 2, true],
    [3, 0.5, 'FFS', 1.5, false],
    [3, 0.5, 'FFSS', 2, true],
    [3, 7, 'FFFS', 3, true],
    [2.5, 0.000001, 'FFS', 0.500001, false]
  ])('%d tokens, %d back: %s -> %d tokens, retries: %s', (maxTokens, ratio, script, tokens, allowed) => {
    const own = tokensOfFailures(maxTokens, ratio)
    const state = after(
      own,
      Array.from(script, (letter): Happening => [0, letter === 'F' ? 'failed' : 'succeeded'])
    )
    expect([own.balance(state, 0), own.allows(state, 0)]).toEqual([tokens, allowed])
  })

  it('100,000 times a failure and ten successes -> no drift', () => {
    const own = tokensOfFailures(100, 0.1)
    const half = after(own, [[0, 'failed', 50]])
    const round: ReadonlyArray<Happening> = [
      [0, 'failed'],
      [0, 'succeeded', 10]
    ]
    let state = half
    for (let i = 0; i < 100_000; i++) state = after(own, round, state)
    expect(state).toBe(50)
  })

  it.each<BudgetInput>(['called', 'retried'])('%s -> the tokens as they are, whatever the time', (input) => {
    expect(rules.next(7.5, input, 1e9)).toBe(7.5)
  })
})
