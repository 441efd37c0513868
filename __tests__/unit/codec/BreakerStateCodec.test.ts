import * as t from 'io-ts'
import { type BreakerState, circuitBreaker, withCircuitBreaker } from 'reprise'
import { BreakerStateFromUnknown } from 'reprise/codec'
import { showConfigError, toConfigErrors } from '../../../src/codec/ConfigError.js'

const backoff = { retry: 1, slept: 1000, drawn: 812.5, delay: 812, memory: [{ retry: 1 }, null] }
const counts = { calls: 3, failures: 2, slow: 1 }

const row = { _tag: 'Closed', period: 0, window: { _tag: 'row', ...counts } } as const
const ring = { ...row, window: { _tag: 'count', ...counts, slot: 3, word: 57, words: [0, 0] } } as const
const newest = { calls: 1, failures: 1, slow: 0 }
const older = [{ calls: 2, failures: 1, slow: 1 }]
const timed = { ...row, window: { _tag: 'time', ...counts, from: -4.5, newest, older } } as const
const open = { _tag: 'Open', period: 3, until: 250.25, backoff } as const
const half = { _tag: 'HalfOpen', period: 4, running: 1, ...counts, backoff } as const

const states: ReadonlyArray<[string, BreakerState]> = [
  ['failures in a row', row],
  ['the last calls', ring],
  ['the calls of a time', timed],
  ['no calls yet', { ...row, window: { ...timed.window, from: null } }],
  ['open', open],
  ['half-open', half],
  ['a policy without a draw', { ...open, backoff: { ...backoff, drawn: null, delay: null, memory: [] } }],
  ['isolated', { _tag: 'Isolated', period: 5 }]
]

const errors = (value: unknown): ReadonlyArray<string> => {
  const decoded = toConfigErrors(BreakerStateFromUnknown.decode(value))
  return decoded._tag === 'Left' ? decoded.left.map(showConfigError) : []
}

describe('BreakerStateFromUnknown', () => {
  it.each(states)('%s -> written as it is, read as it was', (_, state) => {
    expect(BreakerStateFromUnknown.is(state)).toBe(true)
    expect(BreakerStateFromUnknown.encode(state)).toEqual(state)
    const text = JSON.stringify(BreakerStateFromUnknown.encode(state))
    expect(BreakerStateFromUnknown.decode(JSON.parse(text))).toEqual({ _tag: 'Right', right: state })
  })

  it('what is decoded -> a deep copy', () => {
    const memory = [{ retry: 1 }]
    const decoded = BreakerStateFromUnknown.decode({ ...open, backoff: { ...backoff, memory } })
    memory[0]!.retry = 9
    expect(decoded).toMatchObject({ right: { backoff: { memory: [{ retry: 1 }] } } })
  })

  it.each<[unknown, ReadonlyArray<string>]>([
    [null, ['configuration: expected the state of a circuit breaker, got null']],
    [[], ['configuration: expected the state of a circuit breaker, got a list of 0']],
    [{}, ['_tag: expected one of Closed, Open, HalfOpen, Isolated, got nothing']],
    [{ _tag: 'open' }, ['_tag: expected one of Closed, Open, HalfOpen, Isolated, got "open"']],
    [{ _tag: 'toString' }, ['_tag: expected one of Closed, Open, HalfOpen, Isolated, got "toString"']],
    [
      { _tag: 'Open', period: -1, backoff },
      ['until: expected a number, got nothing', 'period: expected a whole number >= 0, got -1']
    ],
    [{ _tag: 'Isolated', period: 1.5 }, ['period: expected a whole number >= 0, got 1.5']],
    [{ _tag: 'Isolated', period: 1, until: 3 }, ['until: expected one of the keys _tag, period, got 3']],
    [
      { ...open, until: '1s', backoff: { ...backoff, drawn: 'x', memory: {} } },
      [
        'until: expected a number, got "1s"',
        'backoff.drawn: expected a number, or null, got "x"',
        'backoff.memory: expected a list, got an object'
      ]
    ],
    [{ ...row, window: [row] }, ['window: expected a window of calls, got a list of 1']],
    [{ ...open, backoff: 'fixed' }, ['backoff: expected the state of a policy, got "fixed"']],
    [
      { ...ring, window: { ...ring.window, words: '57' } },
      ['window.words: expected a list of whole numbers >= 0, got "57"']
    ],
    [
      { ...timed, window: { ...timed.window, newest: 1, older: 2 } },
      [
        'window.newest: expected { calls, failures, slow }, got 1',
        'window.older: expected a list of counts, got 2'
      ]
    ],
    [{ ...row, window: { _tag: 'rows' } }, ['window._tag: expected one of row, count, time, got "rows"']],
    [
      { ...ring, window: { ...ring.window, words: [0, -1] } },
      ['window.words.1: expected a whole number >= 0, got -1']
    ],
    [
      { ...timed, window: { ...timed.window, older: [{ calls: 1, failures: 1 }, 5] } },
      [
        'window.older.0.slow: expected a whole number >= 0, got nothing',
        'window.older.1: expected { calls, failures, slow }, got 5'
      ]
    ],
    [
      { ...open, backoff: { ...backoff, memory: [NaN] } },
      [expect.stringMatching(/^backoff\.memory\.0: expected JSON .*, got NaN$/)]
    ]
  ])('%j -> %j', (value, expected) => {
    expect(errors(value)).toEqual(expected)
    expect(BreakerStateFromUnknown.is(value)).toBe(false)
  })

  it('what is no state -> encode throws, and says why', () => {
    const state = { _tag: 'Isolated', period: -1 } as const
    expect(() => BreakerStateFromUnknown.encode(state)).toThrow(
      new TypeError('cannot be stored: period: expected a whole number >= 0, got -1')
    )
  })

  it('the state of another breaker -> decoded; restore says that it does not fit', () => {
    const decoded = BreakerStateFromUnknown.decode(ring)
    if (decoded._tag === 'Left') throw new Error('Left')
    const breaker = circuitBreaker({ countWindow: 40, failureRatio: 0.5 })()
    expect(breaker.restore(decoded.right)()).toEqual({
      _tag: 'Left',
      left: 'state.window.words: expected 3 words, for 40 calls, got [0,0]'
    })
  })

  it('part of a larger codec -> saved by one, gone on from by another', async () => {
    const Saved = t.type({ service: t.string, breaker: BreakerStateFromUnknown })
    const make = circuitBreaker({ consecutiveFailures: 2 })
    const [before, after] = [make(), make()]
    const down = async (_id: number) => Promise.reject(new Error('down'))
    await withCircuitBreaker(before)(down)(1)()
    const text = JSON.stringify(Saved.encode({ service: 'payments', breaker: before.save() }))

    const decoded = Saved.decode(JSON.parse(text))
    if (decoded._tag === 'Left') throw new Error('Left')
    after.restore(decoded.right.breaker)()
    expect(after.status()).toMatchObject({ _tag: 'Closed', failures: 1 })
    await withCircuitBreaker(after)(down)(2)()
    expect(after.status()._tag).toBe('Open')

    const bad = Saved.decode({ service: 'payments', breaker: { ...open, until: null } })
    expect(
      bad._tag === 'Left' && bad.left.map(({ context }) => context.map(({ key }) => key).join('/'))
    ).toEqual(['/breaker/until'])
  })
})
