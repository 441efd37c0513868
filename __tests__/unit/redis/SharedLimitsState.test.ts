import { callLimit, type Limit, rateLimit, resourceLimit } from 'reprise'
import {
  type Member,
  sharedLimitsRules,
  type SharedLimitsState,
  type Turn,
  type Want
} from '../../../src/redis/SharedLimitsState.js'
import { availableIn } from '../../../src/resource/Slots.js'

const lease = 3000
/** Ten tokens in 1,000 ms, so one in 100; and three places. */
const tokens = rateLimit({ key: 'tokens', capacity: 10, per: 1000 })
const places = resourceLimit({ key: 'places', capacity: 3 })
const limits: ReadonlyArray<Limit> = [tokens, places]
const rules = sharedLimitsRules(limits, lease)

const want = (tokens: number, places: number, waits = true): Want => ({ amounts: [tokens, places], waits })
const turn = (id: string, wants: ReadonlyArray<Want> = [], held = 0): Turn => ({
  id,
  held: [0, held],
  settled: [],
  wants
})
const fresh = rules.start(0)

/** Takes turns, one after the other; gives what was granted in each, and the state after them. */
const play = (
  turns: ReadonlyArray<readonly [now: number, turn: Turn]>,
  from: SharedLimitsState = fresh
): { readonly granted: ReadonlyArray<ReadonlyArray<boolean>>; readonly state: SharedLimitsState } => {
  let state = from
  const granted = turns.map(([now, each]) => {
    const taken = rules.takeTurn(state, each, now)
    state = taken.state
    return taken.granted
  })
  return { granted, state }
}
const tokensIn = ({ rates }: SharedLimitsState): unknown => rates['tokens']
const inLine = ({ members }: SharedLimitsState): ReadonlyArray<string> =>
  members.filter(({ wants }) => wants !== null).map(({ id }) => id)

describe('start', () => {
  test('-> nothing is taken, nobody is there', () =>
    expect(fresh).toEqual({
      of: 'places places, tokens tokenBucket',
      rates: { tokens: { tokens: 10, at: 0 } },
      members: []
    }))
})

describe('slotsOf', () => {
  test('a rate of which nothing is stored -> all of it is there', () =>
    expect(availableIn(rules.slotsOf({ ...fresh, rates: {} }, 0), 0)).toEqual([10, 3]))
})

describe('forgetAfter', () => {
  test('limits without a bound -> nothing to remember', () => {
    const unbounded = sharedLimitsRules([resourceLimit({ key: 'any', capacity: Infinity })], lease)
    expect(unbounded.forgetAfter(unbounded.start(0), 0)).toBe(0)
  })
})

describe('takeTurn', () => {
  test('enough there -> granted; places are held by the process, with a lease', () => {
    const { granted, state } = play([[100, turn('a', [want(4, 2)])]])
    expect(granted).toEqual([[true]])
    expect(state).toEqual({
      of: fresh.of,
      rates: { tokens: { tokens: 6, at: 100 } },
      members: [{ id: 'a', until: 3100, held: { places: 2 }, wants: null }]
    })
  })
  test('all or nothing -> one is missing, so nothing is taken, and it is in line', () => {
    const { granted, state } = play([
      [0, turn('a', [want(1, 3)])],
      [0, turn('b', [want(5, 1)])]
    ])
    expect(granted).toEqual([[true], [false]])
    expect(tokensIn(state)).toEqual({ tokens: 9, at: 0 })
    expect(state.members[1]).toEqual({ id: 'b', until: 3000, held: {}, wants: { tokens: 5, places: 1 } })
  })
  test('does not wait -> not in line', () => {
    const { granted, state } = play([[0, turn('a', [want(1, 4, false)])]])
    expect(granted).toEqual([[false]])
    expect(state).toBe(fresh)
  })
  test('several that one process wants -> in their order, up to the first that has to wait', () => {
    const wants = [want(4, 0), want(7, 0, false), want(4, 0), want(3, 0), want(1, 0), want(1, 0, false)]
    const { granted, state } = play([[0, turn('a', wants)]])
    expect(granted).toEqual([[true, false, true, false, false, false]])
    expect(state.members[0]?.wants).toEqual({ tokens: 3 })
  })
  test('nothing is overtaken -> whoever comes later waits, though there is enough for it', () => {
    const { granted, state } = play([
      [0, turn('a', [want(8, 0)])],
      [0, turn('b', [want(5, 0)])],
      [0, turn('c', [want(2, 0)])]
    ])
    expect(granted).toEqual([[true], [false], [false]])
    expect(inLine(state)).toEqual(['b', 'c'])
  })
  test('enough for those ahead as well -> nobody waits for a process that does not come', () => {
    const { granted, state } = play([
      [0, turn('a', [want(8, 0)])],
      [0, turn('b', [want(5, 0)])],
      [700, turn('c', [want(5, 0)])],
      [800, turn('c', [want(5, 0)])],
      [800, turn('b', [want(5, 0)])]
    ])
    // 9 tokens at 700, 10 at 800.
    expect(granted).toEqual([[true], [false], [false], [true], [true]])
    expect(inLine(state)).toEqual([])
    expect(tokensIn(state)).toEqual({ tokens: 0, at: 800 })
  })
  test('a turn that is used -> the next want comes after what all others want', () => {
    const { granted, state } = play([
      [0, turn('a', [want(10, 0), want(1, 0)])],
      [0, turn('b', [want(1, 0)])],
      [100, turn('a', [want(1, 0), want(1, 0)])],
      [200, turn('a', [want(1, 0)])],
      [200, turn('b', [want(1, 0)])]
    ])
    expect(granted).toEqual([[true, false], [false], [true, false], [false], [true]])
    expect(inLine(state)).toEqual(['a'])
  })
  test('a place in line -> is kept for what wants no more, and lost to what wants more', () => {
    const line = play([
      [0, turn('x', [want(0, 3)])],
      [0, turn('a', [want(0, 2)])],
      [0, turn('b', [want(0, 1)])]
    ]).state
    expect(inLine(play([[1, turn('a', [want(0, 1)])]], line).state)).toEqual(['a', 'b'])
    expect(inLine(play([[1, turn('a', [want(0, 3)])]], line).state)).toEqual(['b', 'a'])
    expect(inLine(play([[1, turn('a', [want(1, 2)])]], line).state)).toEqual(['b', 'a'])
    expect(inLine(play([[1, turn('a')]], line).state)).toEqual(['b'])
  })
  test('what is held is as the process says, whatever was known of it', () => {
    const { state } = play([
      [0, turn('a', [want(0, 2)])],
      [1, turn('a', [], 1)]
    ])
    expect(state.members).toEqual([{ id: 'a', until: 3000, held: { places: 1 }, wants: null }])
    expect(play([[2, turn('a')]], state).state.members).toEqual([])
    // More than there are: a lease had run out in between.
    expect(play([[2, turn('b', [], 3)]], state).state.members[1]?.held).toEqual({ places: 3 })
    expect(
      play(
        [
          [2, turn('b', [], 3)],
          [3, turn('c', [want(0, 1)])]
        ],
        state
      ).granted
    ).toEqual([[], [false]])
  })
  test('a lease -> is renewed when a third of it is over, and not before', () => {
    const held = play([[0, turn('a', [want(0, 1)])]]).state
    expect(play([[999, turn('a', [], 1)]], held).state).toBe(held)
    expect(play([[1000, turn('a', [], 1)]], held).state.members[0]?.until).toBe(4000)
  })
  test('a lease that has run out -> what was held is free, and its place in line is gone', () => {
    const { granted, state } = play([
      [0, turn('a', [want(0, 3)])],
      [0, turn('b', [want(0, 1)])],
      [2999, turn('c', [want(0, 1)])],
      [3000, turn('c', [want(0, 3)])]
    ])
    expect(granted).toEqual([[true], [false], [false], [true]])
    expect(state.members.map(({ id }) => id)).toEqual(['c'])
  })
  test('its own lease has run out -> it goes on where it stood', () => {
    const { state } = play([
      [0, turn('a', [want(0, 3)])],
      [5000, turn('a', [], 3)]
    ])
    expect(state.members).toEqual([{ id: 'a', until: 8000, held: { places: 3 }, wants: null }])
  })
  test('what was used -> refunds and debts, before anything is granted', () => {
    const before = play([[0, turn('a', [want(10, 0)])]]).state
    const settled = (used: number): Turn => ({
      ...turn('a', [want(4, 0)]),
      settled: [{ amounts: [10, 0], used: [used, 0], at: 0 }]
    })
    expect(play([[0, settled(6)]], before).granted).toEqual([[true]])
    expect(play([[0, settled(7)]], before).granted).toEqual([[false]])
    expect(tokensIn(play([[0, settled(15)]], before).state)).toEqual({ tokens: -5, at: 0 })
  })
  test('nothing new -> the very same state', () => {
    const { state } = play([
      [0, turn('a', [want(10, 2)])],
      [0, turn('b', [want(1, 0)])]
    ])
    expect(
      play(
        [
          [50, turn('a', [], 2)],
          [50, turn('b', [want(1, 0)])]
        ],
        state
      ).state
    ).toBe(state)
  })
  test('limits without a bound -> nothing of them is known', () => {
    const unlimited = sharedLimitsRules(
      [rateLimit({ key: 'tokens', capacity: Infinity, per: 1 }), places],
      lease
    )
    const { state, granted } = unlimited.takeTurn(
      unlimited.start(0),
      turn('a', [want(1e9, 2), want(1, 2)]),
      0
    )
    expect(granted).toEqual([true, false])
    expect(state).toEqual({
      of: 'places places',
      rates: {},
      members: [{ id: 'a', until: 3000, held: { places: 2 }, wants: { places: 2 } }]
    })
    const again = unlimited.takeTurn(state, turn('a', [want(1e9, 2)], 2), 1)
    expect(again.state).toBe(state)
  })
  test('limits that are named like what all objects have -> as any others', () => {
    const odd = sharedLimitsRules(
      [resourceLimit({ key: 'constructor', capacity: 1 }), resourceLimit({ key: 'toString', capacity: 1 })],
      lease
    )
    const one = odd.takeTurn(odd.start(0), { ...turn('a', [want(1, 0)]), held: [0, 0] }, 0)
    const two = odd.takeTurn(one.state, { ...turn('b', [want(0, 1)]), held: [0, 0] }, 0)
    expect([one.granted, two.granted]).toEqual([[true], [true]])
  })
})

describe('dueAt', () => {
  const { state } = play([
    [0, turn('a', [want(10, 1)])],
    [0, turn('b', [want(3, 0)])],
    [0, turn('c', [want(4, 0)])],
    [0, turn('d', [want(0, 3)])],
    [0, turn('e', [want(0, 0)])]
  ])
  test.each([
    ['a', Infinity],
    ['b', 300],
    ['c', 700],
    ['d', Infinity],
    ['e', Infinity],
    ['f', Infinity]
  ])('%s -> %d', (id, at) => expect(rules.dueAt(state, id, 0)).toBe(at))
  test('when its time has come -> now', () => expect(rules.dueAt(state, 'b', 500)).toBe(500))
})

describe('concerns', () => {
  const waiting = play([
    [0, turn('a', [want(10, 3)])],
    [0, turn('b', [want(0, 1)])]
  ]).state
  const concerns = (each: Turn, now = 100): boolean =>
    rules.concerns!(waiting, rules.takeTurn(waiting, each, now).state, now)
  test('a place is given back that somebody waits for -> yes', () =>
    expect(concerns(turn('a', [], 2))).toBe(true))
  test('nothing is given back -> no', () => expect(concerns(turn('a', [], 3), 1500)).toBe(false))
  test('somebody joins, or leaves behind -> no', () => {
    expect(concerns(turn('c', [want(0, 1)]))).toBe(false)
    expect(concerns(turn('b'))).toBe(false)
  })
  test('tokens come back that nobody waits for -> no', () =>
    expect(concerns({ ...turn('a', [], 3), settled: [{ amounts: [10, 0], used: [0, 0], at: 0 }] })).toBe(
      false
    ))
  test('tokens come back that somebody waits for -> yes', () => {
    const poor = play([
      [0, turn('a', [want(10, 0)])],
      [0, turn('b', [want(5, 0)])]
    ]).state
    const after = rules.next(
      poor,
      { ...turn('a'), settled: [{ amounts: [10, 0], used: [5, 0], at: 0 }] },
      100
    )
    expect(rules.concerns!(poor, after, 100)).toBe(true)
  })
})

describe('forgetAfter', () => {
  test('nothing taken -> at once', () => expect(rules.forgetAfter(fresh, 100)).toBe(0))
  test('tokens -> when all are there again', () =>
    expect(rules.forgetAfter(play([[100, turn('a', [want(4, 0)])]]).state, 100)).toBe(400))
  test('a debt -> when that is paid as well', () => {
    const debt: Turn = { ...turn('a'), settled: [{ amounts: [0, 0], used: [20, 0], at: 100 }] }
    expect(rules.forgetAfter(play([[100, debt]]).state, 100)).toBe(2000)
  })
  test('somebody holds something -> when the lease is over', () =>
    expect(rules.forgetAfter(play([[100, turn('a', [want(4, 1)])]]).state, 200)).toBe(2900))
})

describe('alone', () => {
  test('-> without the others', () => {
    const { state } = play([
      [0, turn('a', [want(1, 3)])],
      [0, turn('b', [want(0, 1)])]
    ])
    expect(rules.alone(state, 'a')).toEqual({ ...state, members: [state.members[0]] })
    expect(rules.alone(state, 'c')).toEqual({ ...state, members: [] })
  })
})

describe('decode', () => {
  const { state } = play([
    [0, turn('a', [want(1, 3)])],
    [0, turn('b', [want(0, 1)])]
  ])
  const member: Member = { id: 'a', until: 1, held: {}, wants: null }
  test('what was stored -> the same', () =>
    expect(rules.decode(JSON.parse(JSON.stringify(state)))).toEqual({ _tag: 'Right', right: state }))
  test('with other capacities -> the same', () => {
    const larger = sharedLimitsRules(
      [
        { ...tokens, capacity: 20 },
        { ...places, capacity: 9 }
      ],
      lease
    )
    expect(larger.decode(state)).toEqual({ _tag: 'Right', right: state })
  })
  test('in another order -> the same', () =>
    expect(sharedLimitsRules([places, tokens], lease).decode(state)).toEqual({ _tag: 'Right', right: state }))
  test.each([
    [
      'more limits',
      [...limits, callLimit({ capacity: 1, per: 1 })],
      'it is not of the limits calls tokenBucket, places places, tokens tokenBucket'
    ],
    ['fewer limits', [places], 'it is not of the limits places places'],
    [
      'another algorithm',
      [{ ...tokens, algorithm: 'gcra' } as const, places],
      'it is not of the limits places places, tokens gcra'
    ]
  ])('of a process with %s -> a Left', (_, others, message) =>
    expect(sharedLimitsRules(others, lease).decode(state)).toEqual({ _tag: 'Left', left: message })
  )
  test.each([
    ['members', { ...state, members: {} }],
    ['members', { ...state, members: [null] }],
    ['members', { ...state, members: [{ ...member, id: 7 }] }],
    ['members', { ...state, members: [{ ...member, until: null }] }],
    ['members', { ...state, members: [{ ...member, held: { places: -1 } }] }],
    ['members', { ...state, members: [{ ...member, held: { places: '1' } }] }],
    ['members', { ...state, members: [{ ...member, wants: undefined }] }],
    ['members', { ...state, members: [{ ...member, wants: 7 }] }],
    ['the state of tokens', { ...state, rates: {} }],
    ['the state of tokens', { ...state, rates: { tokens: { tokens: 'a', at: 0 } } }],
    ['the state of tokens', { ...state, rates: null }]
  ])('%s are wrong -> a Left that says so', (left, bad) =>
    expect(rules.decode(bad)).toEqual({ _tag: 'Left', left })
  )
})
