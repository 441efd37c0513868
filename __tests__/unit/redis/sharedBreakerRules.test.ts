import {
  breakerRules,
  type SharedBreakerInput,
  type SharedBreakerState
} from '../../../src/redis/BreakerRules.js'
import { toPlan } from '../../../src/resource/BreakerOptions.js'

const plan = toPlan({ countWindow: 4, minimumCalls: 2, failureRatio: 0.6, trials: 2, openTime: 1000 })
const rules = breakerRules(plan)

type Step = readonly [now: number, input: SharedBreakerInput]

const play = (...steps: ReadonlyArray<Step>): SharedBreakerState =>
  steps.reduce((state, [now, input]) => rules.next(state, input, now), rules.start(100))

const began = (trial: string, lease = 500): SharedBreakerInput => ({ _tag: 'Began', trial, lease })
const ended = (period: number, at: number, failed = true, trial?: string): SharedBreakerInput => ({
  _tag: 'Ended',
  period,
  trial,
  at,
  call: { failed, slow: false },
  draw: () => 0
})
const ordered = (name: string, _tag: 'Isolate' | 'Reset'): SharedBreakerInput => ({
  _tag: 'Ordered',
  name,
  order: { _tag }
})

/** Two failures at 200 open it until 1200. */
const opened: ReadonlyArray<Step> = [
  [200, ended(0, 200)],
  [200, ended(0, 200)]
]

describe('breakerRules', () => {
  it('a call that has waited to be sent -> counts for when it ended, but not before what is known', () => {
    expect(play([200, ended(0, 200)], [290, ended(0, 250)])).toMatchObject({
      at: 250,
      breaker: { _tag: 'Open', period: 1, until: 1000 }
    })
    expect(play([200, ended(0, 200)], [290, ended(0, 150)]).at).toBe(200)
    expect(play([200, ended(0, 900)]).at).toBe(200)
  })

  it('a call of another period -> the very same state', () => {
    const state = play(...opened)
    expect(rules.next(state, ended(0, 300), 300)).toBe(state)
    expect(rules.next(state, ended(1, 300), 300)).toBe(state)
  })

  it('open, and not yet due -> nobody begins; due -> as many as there are trials', () => {
    const state = play(...opened)
    expect(rules.next(state, began('a'), 1199)).toBe(state)
    const trying = play(...opened, [1200, began('a')], [1201, began('b')], [1202, began('c')])
    expect(trying).toMatchObject({
      breaker: { _tag: 'HalfOpen', running: 2 },
      trials: [
        { id: 'a', until: 1700 },
        { id: 'b', until: 1701 }
      ]
    })
  })

  it('a lease has run out -> its place goes to whoever begins then; its end comes too late', () => {
    const trying = play(
      ...opened,
      [1200, began('a')],
      [1300, began('b')],
      [1699, began('c')],
      [1700, began('d')]
    )
    expect(trying.trials.map(({ id }) => id)).toEqual(['b', 'd'])
    expect(rules.next(trying, ended(2, 1700, true, 'a'), 1700)).toBe(trying)
  })

  it('a lease has run out, and nobody wanted the place -> its end counts', () => {
    const state = play(...opened, [1200, began('a')], [9000, ended(2, 9000, false, 'a')])
    expect(state).toMatchObject({ breaker: { _tag: 'HalfOpen', running: 0, calls: 1 }, trials: [] })
  })

  it('trials are said to be running -> theirs are renewed; of none here: the very same state', () => {
    const trying = play(...opened, [1200, began('a')], [1200, began('b')])
    const running = (...trials: ReadonlyArray<string>): SharedBreakerInput => ({
      _tag: 'Running',
      trials,
      lease: 500
    })
    expect(rules.next(trying, running('b', 'x'), 1600).trials).toEqual([
      { id: 'a', until: 1700 },
      { id: 'b', until: 2100 }
    ])
    expect(rules.next(trying, running('x'), 1600)).toBe(trying)
  })

  it('an end that had to wait to be sent -> opens for as long as if it had not', () => {
    const trying = play(...opened, [1200, began('a')], [1200, began('b')], [1250, ended(2, 1250, true, 'a')])
    expect(rules.next(trying, ended(2, 1300, true, 'b'), 1400)).toMatchObject({
      at: 1300,
      breaker: { _tag: 'Open', until: 1000 }
    })
  })

  it('an end that comes twice -> counts once', () => {
    const once = play(...opened, [1200, began('a')], [1300, ended(2, 1300, false, 'a')])
    expect(rules.next(once, ended(2, 1300, false, 'a'), 1300)).toBe(once)
  })

  it('a trial without a verdict -> its place is free', () => {
    const trying = play(...opened, [1200, began('a')], [1200, began('b')])
    const given = rules.next(
      trying,
      { _tag: 'Ended', period: 0, trial: 'a', at: 1300, call: undefined, draw: () => 0 },
      1300
    )
    expect(given).toMatchObject({ breaker: { running: 1, calls: 0 }, trials: [{ id: 'b' }] })
    expect(rules.next(given, began('c'), 1300).trials).toHaveLength(2)
  })

  it('an order that comes twice -> carried out once; trials are over', () => {
    const isolated = play(...opened, [1200, began('a')], [1300, ordered('1', 'Isolate')])
    expect(isolated).toMatchObject({ breaker: { _tag: 'Isolated', period: 3 }, trials: [] })
    const reset = rules.next(isolated, ordered('2', 'Reset'), 1400)
    expect(reset).toMatchObject({ breaker: { _tag: 'Closed', period: 4 } })
    expect(rules.next(reset, ordered('2', 'Reset'), 1500)).toBe(reset)
  })

  const day = 86_400_000
  it.each<[string, ReadonlyArray<Step>, number]>([
    ['closed', [[200, ended(0, 200)]], day],
    ['open', opened, day + 1000],
    ['half-open', [...opened, [1200, began('a')]], day],
    ['isolated', [[200, ordered('1', 'Isolate')]], Infinity]
  ])('%s -> forgotten after %d ms', (_, steps, ms) => {
    expect(rules.forgetAfter(play(...steps), 200)).toBe(ms)
  })

  it.each<[string, ReadonlyArray<Step>, Step, boolean]>([
    ['a call is counted', [], [200, ended(0, 200)], false],
    ['it opens', opened.slice(0, 1), [200, ended(0, 200)], true],
    ['it is half-open', opened, [1200, began('a')], true],
    ['another trial', [...opened, [1200, began('a')]], [1200, began('b')], false],
    [
      'a lease is renewed',
      [...opened, [1200, began('a')]],
      [1300, { _tag: 'Running', trials: ['a'], lease: 9 }],
      false
    ],
    ['a trial ends', [...opened, [1200, began('a')]], [1300, ended(2, 1300, false, 'a')], true],
    ['it is isolated', [], [200, ordered('1', 'Isolate')], true]
  ])('%s -> concerns others or not', (_, steps, [now, input], expected) => {
    const before = play(...steps)
    expect(rules.concerns?.(before, rules.next(before, input, now), now)).toBe(expected)
  })
})

describe('what lies in Redis', () => {
  it.each<[string, ReadonlyArray<Step>]>([
    ['closed', [[200, ended(0, 200)]]],
    ['open', opened],
    ['half-open', [...opened, [1200, began('a')], [1300, began('b')], [1300, ended(2, 1300, false, 'a')]]],
    ['isolated', [[200, ordered('1', 'Isolate')]]]
  ])('%s -> as it was', (_, steps) => {
    const state = play(...steps)
    expect(rules.decode(JSON.parse(JSON.stringify(state)))).toEqual({ _tag: 'Right', right: state })
  })

  it('a window of other options -> closed, without calls; trials of other options -> half-open, without calls', () => {
    const row = { _tag: 'Closed', period: 7, window: { _tag: 'row', calls: 1, failures: 1, slow: 0 } }
    expect(rules.decode({ at: 5, breaker: row, trials: [], order: '' })).toEqual({
      _tag: 'Right',
      right: { ...rules.start(5), breaker: { ...rules.start(5).breaker, period: 7 } }
    })
    const trying = { ...play(...opened, [1200, began('a')]).breaker, calls: 5, failures: 3 }
    expect(rules.decode({ at: 5, breaker: trying, trials: [], order: 'x' })).toMatchObject({
      right: { at: 5, breaker: { _tag: 'HalfOpen', running: 0, calls: 0, failures: 0 }, order: 'x' }
    })
  })

  const good = rules.start(5)
  it.each<[unknown, string]>([
    [undefined, 'at: expected a moment, got undefined'],
    [5, 'at: expected a moment, got undefined'],
    [{ ...good, at: -1 }, 'at: expected a moment, got -1'],
    [{ ...good, order: 5 }, 'order: expected a name, got 5'],
    [{ ...good, trials: {} }, 'trials: expected a list of trials, got [object Object]'],
    [
      { ...good, trials: [{ id: 'a', until: 'b' }] },
      'trials: expected a list of trials, got [{"id":"a","until":"b"}]'
    ],
    [{ ...good, breaker: 5 }, 'state: expected an object, got 5'],
    [
      { ...good, breaker: { _tag: 'Closed', period: -1 } },
      'state.period: expected a whole number from 0 to 9007199254740991, got -1'
    ],
    [
      { ...good, breaker: { _tag: 'Open', period: 1 } },
      'state.until: expected a number from -9007199254740991 to 9007199254740991, got undefined'
    ]
  ])('%j -> %s', (stored, expected) => {
    expect(rules.decode(stored)).toEqual({ _tag: 'Left', left: expected })
  })
})
