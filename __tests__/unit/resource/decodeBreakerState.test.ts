import { type CircuitBreakerOptions, initialState } from 'reprise'
import { toPlan } from '../../../src/resource/BreakerOptions.js'
import { decodeBreakerState } from '../../../src/resource/decodeBreakerState.js'

const row: CircuitBreakerOptions = { consecutiveFailures: 3, trials: 2 }
const ring: CircuitBreakerOptions = { countWindow: 16, failureRatio: 0.5 }
const timed: CircuitBreakerOptions = { timeWindow: 100, failureRatio: 0.5 }

const read = (options: CircuitBreakerOptions, saved: unknown) => decodeBreakerState(toPlan(options), saved)

const backoff = { ...initialState, retry: 1, slept: 1000, drawn: 1000, delay: 1000 }
const none = { calls: 0, failures: 0, slow: 0 }
const open = { _tag: 'Open', period: 3, until: 250, backoff }
const half = { _tag: 'HalfOpen', period: 4, running: 0, calls: 1, failures: 1, slow: 0, backoff }
const failures = { _tag: 'Closed', period: 0, window: { _tag: 'row', calls: 2, failures: 2, slow: 0 } }
const calls = {
  _tag: 'Closed',
  period: 0,
  // Failed, slow, both: 1 + 2·4 + 3·16.
  window: { _tag: 'count', calls: 3, failures: 2, slow: 2, slot: 3, word: 57, words: [0, 0] }
}
const times = {
  _tag: 'Closed',
  period: 0,
  window: {
    _tag: 'time',
    calls: 3,
    failures: 2,
    slow: 1,
    from: -4,
    newest: { calls: 1, failures: 1, slow: 0 },
    older: [{ calls: 2, failures: 1, slow: 1 }, none]
  }
}

describe('decodeBreakerState', () => {
  it.each<[string, CircuitBreakerOptions, object]>([
    ['open', row, open],
    [
      'open, with a state at the bounds',
      row,
      { ...open, until: -(2 ** 53 - 1), backoff: { ...backoff, slept: 0, drawn: 2 ** 53 - 1 } }
    ],
    ['half-open', row, half],
    ['isolated', row, { _tag: 'Isolated', period: 5 }],
    ['failures in a row', row, failures],
    ['the last calls', ring, calls],
    ['a ring that has come round', ring, { ...calls, window: { ...calls.window, calls: 16 } }],
    ['the calls of a time', timed, times],
    ['a bucket that begins now', timed, { ...times, window: { ...times.window, from: 0 } }],
    ['no calls', timed, { ...times, window: { _tag: 'time', ...none, from: null, newest: none, older: [] } }]
  ])('%s -> the same, and a deep copy', (_, options, saved) => {
    const result = read(options, saved)
    expect(result).toEqual({ _tag: 'Right', right: saved })
    expect(result._tag === 'Right' && result.right).not.toBe(saved)
  })

  it('a memory of the open times -> copied, too', () => {
    const memory = [{ deep: [1] }]
    const result = read(row, { ...open, backoff: { ...backoff, memory } })
    memory[0]!.deep[0] = 9
    expect(result).toMatchObject({ right: { backoff: { memory: [{ deep: [1] }] } } })
  })

  it('sums that are wrong -> made anew', () => {
    const wrong = { ...calls, window: { ...calls.window, failures: 16, slow: 0 } }
    expect(read(ring, wrong)).toEqual({ _tag: 'Right', right: calls })
    const wrongTimes = { ...times, window: { ...times.window, calls: 100, failures: 0 } }
    expect(read(timed, wrongTimes)).toEqual({ _tag: 'Right', right: times })
  })

  it('trials that were under way -> are not waited for', () => {
    expect(read(row, { ...half, running: 1 })).toMatchObject({ right: { running: 0 } })
  })

  const inWindow = (state: { readonly window: object }, change: object): object => ({
    ...state,
    window: { ...state.window, ...change }
  })

  it.each<[string, CircuitBreakerOptions, unknown]>([
    ['state: expected an object, got null', row, null],
    ['state: expected an object, got undefined', row, undefined],
    ['state: expected an object, got []', row, []],
    ['state: expected an object, got "Open"', row, 'Open'],
    ['state.period: expected a whole number from 0 to 9007199254740991, got undefined', row, {}],
    [
      "state._tag: expected 'Closed', 'Open', 'HalfOpen' or 'Isolated', got \"open\"",
      row,
      { ...open, _tag: 'open' }
    ],
    [
      'state.period: expected a whole number from 0 to 9007199254740991, got 1.5',
      row,
      { ...open, period: 1.5 }
    ],
    [
      'state.until: expected a number from -9007199254740991 to 9007199254740991, got null',
      row,
      { ...open, until: Infinity }
    ],
    [
      'state.until: expected a number from -9007199254740991 to 9007199254740991, got "5"',
      row,
      { ...open, until: '5' }
    ],
    ['state.backoff: expected an object, got undefined', row, { ...open, backoff: undefined }],
    [
      'state.backoff.retry: expected a whole number from 0 to 9007199254740991, got -1',
      row,
      { ...open, backoff: { ...backoff, retry: -1 } }
    ],
    [
      'state.backoff.slept: expected a number from 0 to 1.7976931348623157e+308, got -1',
      row,
      { ...open, backoff: { ...backoff, slept: -1 } }
    ],
    [
      'state.backoff.drawn: expected a number from 0 to 9007199254740991, got 9007199254740992',
      row,
      { ...open, backoff: { ...backoff, drawn: 2 ** 53 } }
    ],
    [
      'state.backoff.delay: expected a whole number from 0 to 9007199254740991, got 0.5',
      row,
      { ...open, backoff: { ...backoff, delay: 0.5 } }
    ],
    [
      'state.backoff.memory: expected a list of at most 1000, got [object Object]',
      row,
      { ...open, backoff: { ...backoff, memory: {} } }
    ],
    ['state.calls: expected a whole number from 0 to 1, got 2', row, { ...half, calls: 2 }],
    ['state.failures: expected a whole number from 0 to 1, got 2', row, { ...half, failures: 2 }],
    ['state.window: expected an object, got 5', row, { ...failures, window: 5 }],
    ['state.window._tag: expected "row", got "count"', row, calls],
    ['state.window._tag: expected "time", got "row"', timed, failures],
    [
      'state.window.failures: expected a whole number from 0 to 2, got 3',
      row,
      inWindow(failures, { failures: 3 })
    ],
    ['state.window.words: expected 2 words, for 16 calls, got [0]', ring, inWindow(calls, { words: [0] })],
    [
      'state.window.words: expected a list of at most 2, got [0,0,0]',
      ring,
      inWindow(calls, { words: [0, 0, 0] })
    ],
    [
      'state.window.words.1: expected a whole number from 0 to 1073741823, got 1073741824',
      ring,
      inWindow(calls, { words: [0, 2 ** 30] })
    ],
    [
      'state.window.word: expected a whole number from 0 to 1073741823, got -1',
      ring,
      inWindow(calls, { word: -1 })
    ],
    ['state.window.slot: expected a whole number from 0 to 15, got 16', ring, inWindow(calls, { slot: 16 })],
    ['state.window.calls: expected 3 or 16, got 2', ring, inWindow(calls, { calls: 2 })],
    [
      'state.window.from: expected a number from -9007199254740991 to 0, got 1',
      timed,
      inWindow(times, { from: 1 })
    ],
    [
      'state.window.newest.failures: expected a whole number from 0 to 1, got 2',
      timed,
      inWindow(times, { newest: { calls: 1, failures: 2, slow: 0 } })
    ],
    ['state.window.older: expected a list of at most 9, got 5', timed, inWindow(times, { older: 5 })],
    [
      'state.window.older.0.slow: expected a whole number from 0 to 0, got undefined',
      timed,
      inWindow(times, { older: [{ calls: 0, failures: 0 }] })
    ]
  ])('%s', (message, options, saved) => {
    expect(read(options, saved)).toEqual({ _tag: 'Left', left: message })
  })

  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  it.each<[string, unknown]>([
    ['a cycle', cycle],
    [
      'a getter that throws',
      {
        get _tag() {
          throw new Error('no')
        }
      }
    ],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no')
        }
      }
    ],
    ['a BigInt', { period: 1n }]
  ])('%s -> no plain JSON data', (_, saved) => {
    expect(read(row, saved)).toMatchObject({
      left: expect.stringMatching(/^state: expected plain JSON data, got /)
    })
  })

  it('bits that were never written, but are set -> are cleared', () => {
    const odd = inWindow(calls, { word: 57 + 4 ** 3, words: [57, 3] })
    expect(read(ring, odd)).toEqual({ _tag: 'Right', right: inWindow(calls, { words: [57, 0] }) })
  })
})
