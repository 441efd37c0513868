import { type BreakerState, type CircuitBreakerOptions, custom, delays, initialState } from 'reprise'
import { toPlan } from '../../../src/resource/BreakerOptions.js'
import {
  admits,
  type BreakerInput,
  closed,
  shift,
  statusOf,
  transition
} from '../../../src/resource/BreakerState.js'

const options: CircuitBreakerOptions = {
  countWindow: 4,
  minimumCalls: 2,
  failureRatio: 0.5,
  slowRatio: 0.5,
  slowAfter: 100,
  trials: 3,
  openTime: delays([1000, 2000])
}
const plan = toPlan(options)
const next = transition(plan)

/** A letter for each input of the period under way: B began, S F s f ended, N ended with nothing, I isolate, R reset. */
const input = (letter: string, period: number): BreakerInput => {
  switch (letter) {
    case 'B':
      return { _tag: 'Began' }
    case 'I':
      return { _tag: 'Isolate' }
    case 'R':
      return { _tag: 'Reset' }
    case 'N':
      return { _tag: 'Ended', period, call: undefined }
    default: {
      const call = { failed: 'Ff'.includes(letter), slow: 'sf'.includes(letter) }
      return { _tag: 'Ended', period, call }
    }
  }
}

const play = (letters: string, now = 0, from = closed(plan, 0)): BreakerState =>
  Array.from(letters).reduce((state, letter) => next(state, input(letter, state.period), now, () => 0), from)

const opened = play('FF', 10)
const half = play('B', 1010, opened)

describe('transition', () => {
  it.each([
    ['', 'Closed', 0],
    ['F', 'Closed', 0],
    ['SF', 'Closed', 0],
    ['FF', 'Open', 1],
    ['SFF', 'Open', 1],
    ['ss', 'Open', 1],
    ['Ss', 'Closed', 0],
    ['NNNN', 'Closed', 0],
    // A success can be the call that makes it enough to judge by; it is judged then.
    ['SSF', 'Closed', 0],
    ['I', 'Isolated', 1],
    ['II', 'Isolated', 1],
    ['IB', 'Isolated', 1],
    ['IF', 'Isolated', 1],
    ['B', 'Closed', 0],
    ['IR', 'Closed', 2],
    ['FR', 'Closed', 1]
  ])('closed, %p -> %s, period %d', (letters, tag, period) => {
    expect(play(letters)).toMatchObject({ _tag: tag, period })
  })

  it('the success that makes it enough -> opens, if too many have failed', () => {
    const few = toPlan({ countWindow: 4, minimumCalls: 3, failureRatio: 0.5 })
    const state = Array.from('FFS').reduce<BreakerState>(
      (before, letter) => transition(few)(before, input(letter, before.period), 0, () => 0),
      closed(few, 0)
    )
    expect(state._tag).toBe('Open')
  })

  it('an open time that throws for the first draw -> a minute', () => {
    const broken = custom('broken', ({ random }) => {
      if (random > 0.5) throw new Error('bug')
      return 30
    })
    const row = toPlan({ consecutiveFailures: 1, openTime: broken })
    expect(transition(row)(closed(row, 0), input('F', 0), 5, () => 0.9)).toEqual({
      _tag: 'Open',
      period: 1,
      until: 60_005,
      backoff: initialState
    })
  })

  it('open -> all data, and the open time from now on', () => {
    expect(opened).toEqual({
      _tag: 'Open',
      period: 1,
      until: 1010,
      backoff: { ...initialState, retry: 1, slept: 1000, drawn: 1000, delay: 1000 }
    })
    expect(JSON.parse(JSON.stringify(opened))).toEqual(opened)
  })

  it('open, a call that began before the end of it -> as it is', () => {
    expect(play('B', 1009, opened)).toBe(opened)
    expect(play('FSN', 1009, opened)).toBe(opened)
  })

  it.each([
    // running, calls, failures, slow
    ['', [1, 0, 0, 0]],
    ['B', [2, 0, 0, 0]],
    ['BBBB', [3, 0, 0, 0]],
    ['BN', [1, 0, 0, 0]],
    ['BF', [1, 1, 1, 0]],
    ['Bs', [1, 1, 0, 1]],
    ['SBS', [0, 2, 0, 0]]
  ])('half-open, %p -> %j', (letters, [running, calls, failures, slow]) => {
    expect(play(letters, 1010, half)).toMatchObject({
      _tag: 'HalfOpen',
      period: 2,
      running,
      calls,
      failures,
      slow
    })
  })

  it.each([
    ['BBSSS', 'Closed'],
    ['BBFSS', 'Closed'],
    ['BBsFS', 'Closed'],
    // 2 of 3 is too much, whatever the third comes to.
    ['BBFF', 'Open'],
    ['BBss', 'Open'],
    ['BBSFF', 'Open'],
    ['I', 'Isolated'],
    ['R', 'Closed']
  ])('half-open, %p -> %s, in a period of its own', (letters, tag) => {
    expect(play(letters, 1010, half)).toMatchObject({ _tag: tag, period: 3 })
  })

  it('closed again -> a good call that closed it is the first; another is not', () => {
    expect(play('BBFSS', 1010, half)).toMatchObject({ window: { calls: 1, failures: 0, slow: 0 } })
    expect(play('BBSSF', 1010, half)).toMatchObject({ window: { calls: 0 } })
    expect(play('BBSSs', 1010, half)).toMatchObject({ window: { calls: 0 } })
  })

  it('opened again -> for the next open time, and the last one for ever', () => {
    const again = play('BBFF', 1500, half)
    expect(again).toMatchObject({ until: 3500, backoff: { retry: 2, delay: 2000 } })
    const third = play('BBBFF', 3500, again)
    expect(third).toMatchObject({ until: 5500, backoff: { retry: 2, delay: 2000 } })
  })

  it('opened after it was closed -> for the first open time', () => {
    const again = play('BBFF', 1500, half)
    expect(play('BBBSSSF', 4000, again)).toMatchObject({ _tag: 'Closed' })
    expect(play('BBBSSSFF', 4000, again)).toMatchObject({ _tag: 'Open', until: 5000 })
  })

  it('a call of another period -> the same state', () => {
    const late: BreakerInput = { _tag: 'Ended', period: 0, call: { failed: true, slow: false } }
    for (const state of [opened, half]) expect(next(state, late, 0, () => 0)).toBe(state)
  })

  it('failures in a row -> one failed trial is enough', () => {
    const inARow = toPlan({ consecutiveFailures: 3, trials: 3 })
    const trying: BreakerState = {
      ...half,
      _tag: 'HalfOpen',
      running: 1,
      calls: 1,
      failures: 0,
      slow: 0,
      backoff: initialState
    }
    expect(transition(inARow)(trying, input('F', 2), 0, () => 0)._tag).toBe('Open')
  })

  const inRow = (letters: string): BreakerState => {
    const three = toPlan({ consecutiveFailures: 3, trials: 2 })
    return Array.from(letters).reduce<BreakerState>(
      (state, letter) => transition(three)(state, input(letter, state.period), 1e5, () => 0),
      closed(three, 0)
    )
  }

  it.each([
    ['S', 'Closed', 0],
    ['FF', 'Closed', 0],
    ['FFSFF', 'Closed', 0],
    ['FFSFFF', 'Open', 1]
  ])('three failures in a row, %p -> %s, period %d', (letters, tag, period) => {
    expect(inRow(letters)).toMatchObject({ _tag: tag, period })
  })

  it('in a row, a success after a success -> the same state', () => {
    const state = inRow('S')
    const three = toPlan({ consecutiveFailures: 3 })
    expect(transition(three)(state, input('S', 0), 0, () => 0)).toBe(state)
  })

  it('29 failures of 100, a ratio of 0.29 -> not exceeded', () => {
    const exact = toPlan({ countWindow: 100, failureRatio: 0.29 })
    const state = Array.from('F'.repeat(29) + 'S'.repeat(71)).reduce<BreakerState>(
      (before, letter) => transition(exact)(before, input(letter, 0), 0, () => 0),
      closed(exact, 0)
    )
    expect(state).toMatchObject({ _tag: 'Closed', window: { calls: 100, failures: 29 } })
  })
})

describe('admits', () => {
  it.each<[string, BreakerState, number, boolean]>([
    ['closed -> yes', closed(plan, 0), 0, true],
    ['open, 1 ms before -> no', opened, 1009, false],
    ['open, just when it is over -> yes', opened, 1010, true],
    ['half-open, one of three -> yes', half, 1010, true],
    ['half-open, two under way and one back -> no', play('BBS', 1010, half), 1010, false],
    ['half-open, one came to nothing -> yes', play('BBN', 1010, half), 1010, true],
    ['isolated -> no', play('I'), 1e9, false]
  ])('%s', (_, state, now, expected) => {
    expect(admits(plan, state, now)).toBe(expected)
  })
})

describe('statusOf', () => {
  const none = { calls: 0, failures: 0, slow: 0 }

  it.each<[string, BreakerState, object]>([
    ['closed', play('SFs'), { _tag: 'Closed', calls: 3, failures: 1, slow: 1, retryAfter: 0 }],
    ['open', opened, { _tag: 'Open', ...none, retryAfter: 990 }],
    [
      'half-open',
      play('BF', 1010, half),
      { _tag: 'HalfOpen', calls: 1, failures: 1, slow: 0, retryAfter: 0 }
    ],
    ['isolated', play('I'), { _tag: 'Isolated', ...none, retryAfter: 2 ** 53 - 1 }]
  ])('%s at 20', (_, state, expected) => {
    expect(statusOf(plan, state, 20)).toEqual(expected)
  })

  it('open, after its time -> nothing to wait for', () => {
    expect(statusOf(plan, opened, 5000).retryAfter).toBe(0)
  })

  it('a window of time -> without what is too old', () => {
    const timed = toPlan({ timeWindow: 100, failureRatio: 0.5 })
    const state = transition(timed)(closed(timed, 0), input('F', 0), 50, () => 0)
    expect([149, 150].map((now) => statusOf(timed, state, now).calls)).toEqual([1, 0])
  })
})

describe('shift', () => {
  it('open -> as much later; what has no times -> as it is', () => {
    expect(shift(opened, -10)).toMatchObject({ until: 1000 })
    for (const state of [half, play('I')]) expect(shift(state, 5)).toBe(state)
    expect(shift(play('F'), 5)).toEqual(play('F'))
  })
})
