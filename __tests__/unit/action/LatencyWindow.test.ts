import { latencyWindow, type LatencyWindow } from 'reprise'
import { toLatencyCell } from '../../../src/action/LatencyWindow.js'
import { badCounts, message, refuses, thrown } from '../../support/bad.js'

const some = (value: number) => ({ _tag: 'Some', value })
const none = { _tag: 'None' }

const filled = (latencies: ReadonlyArray<number>, size = 100, minimumCalls = 1): LatencyWindow => {
  const window = latencyWindow({ size, minimumCalls })()
  for (const latency of latencies) toLatencyCell('window', window).record(latency)
  return window
}

describe('latencyWindow', () => {
  it.each<[ReadonlyArray<number>, number, object]>([
    [[], 0.5, none],
    [[7], 0, some(7)],
    [[7], 1, some(7)],
    [[30, 10, 20, 40], 0, some(10)],
    [[30, 10, 20, 40], 0.25, some(10)],
    [[30, 10, 20, 40], 0.26, some(20)],
    [[30, 10, 20, 40], 0.5, some(20)],
    [[30, 10, 20, 40], 0.75, some(30)],
    [[30, 10, 20, 40], 0.76, some(40)],
    [[30, 10, 20, 40], 1, some(40)],
    [[5, 5, 1, 5, 9], 0.5, some(5)],
    [[0, 0.25], 1, some(0.25)]
  ])('of %p, quantile %p -> %p', (latencies, q, expected) => {
    expect(filled(latencies).quantile(q)()).toEqual(expected)
  })

  it('of 1 to 100, shuffled: quantiles 0.07, 0.29, 0.55, 0.95, 0.99 -> 7, 29, 55, 95, 99', () => {
    const window = filled(Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1))
    expect([0.07, 0.29, 0.55, 0.95, 0.99].map((q) => window.quantile(q)())).toEqual(
      [7, 29, 55, 95, 99].map(some)
    )
  })

  it('size 3, of 9, 1, 5, 7, 3, 3 -> the oldest goes, whichever place it has', () => {
    const window = latencyWindow({ size: 3, minimumCalls: 1 })()
    const seen = [9, 1, 5, 7, 3, 3].map((latency) => {
      toLatencyCell('window', window).record(latency)
      return [0, 0.5, 1].map((q) => {
        const quantile = window.quantile(q)()
        return quantile._tag === 'Some' ? quantile.value : undefined
      })
    })
    expect(seen).toEqual([
      [9, 9, 9],
      [1, 1, 9],
      [1, 5, 9],
      [1, 5, 7],
      [3, 5, 7],
      [3, 3, 7]
    ])
  })

  it('below minimumCalls -> none; from there on some', () => {
    expect(filled([1, 2], 10, 3).quantile(0.5)()).toEqual(none)
    expect(filled([1, 2, 3], 10, 3).quantile(0.5)()).toEqual(some(2))
  })

  it.each<[object | undefined, number]>([
    [undefined, 20],
    [{}, 20],
    [{ size: 19 }, 19],
    [{ size: 21 }, 20],
    [{ size: 1 }, 1],
    [{ minimumCalls: 100 }, 100],
    [{ size: 10_000, minimumCalls: 10_000 }, 10_000]
  ])('options %p -> a quantile from %d latencies on', (options, least) => {
    const window = latencyWindow(options)()
    for (let i = 1; i < least; i++) toLatencyCell('window', window).record(i)
    expect(window.quantile(1)()).toEqual(none)
    toLatencyCell('window', window).record(0)
    expect(window.quantile(0)()).toEqual(some(0))
  })

  it('size not set -> the last 100', () => {
    const window = latencyWindow()()
    for (let i = 1; i <= 101; i++) toLatencyCell('window', window).record(i)
    expect([window.quantile(0)(), window.quantile(1)()]).toEqual([some(2), some(101)])
  })

  it('one IO run twice -> two windows', () => {
    const make = latencyWindow({ minimumCalls: 1 })
    const [one, other] = [make(), make()]
    toLatencyCell('window', one).record(5)
    expect([one.quantile(1)(), other.quantile(1)()]).toEqual([some(5), none])
  })

  it('a quantile asked for once -> read each time it is run', () => {
    const window = filled([5])
    const largest = window.quantile(1)
    expect(largest()).toEqual(some(5))
    toLatencyCell('window', window).record(8)
    expect(largest()).toEqual(some(8))
  })

  it('10,000 latencies, 2,000 more, each read twice -> still the right one', () => {
    const window = filled(
      Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_000),
      10_000
    )
    for (let i = 0; i < 2000; i++) {
      toLatencyCell('window', window).record((i * 7919) % 10_000)
      window.quantile(0.95)()
      window.quantile(0.99)()
    }
    expect(window.quantile(0.95)()).toEqual(some(9499))
  })

  refuses(
    'latencyWindow: size',
    [...badCounts, [0, 'RangeError', '0'] as const, [10_001, 'RangeError', '10001'] as const].filter(
      ([input]) => input !== undefined
    ),
    (size) => latencyWindow({ size })
  )
  refuses(
    'latencyWindow: minimumCalls',
    [...badCounts, [0, 'RangeError', '0'] as const, [101, 'RangeError', '101'] as const].filter(
      ([input]) => input !== undefined
    ),
    (minimumCalls) => latencyWindow({ minimumCalls })
  )
  refuses(
    'quantile: q',
    [
      [-0.1, 'RangeError', '-0.1'],
      [1.01, 'RangeError', '1.01'],
      [95, 'RangeError', '95'],
      [NaN, 'RangeError', 'NaN'],
      ['0.5', 'RangeError', '"0.5"'],
      [undefined, 'TypeError', 'undefined'],
      [null, 'TypeError', 'null']
    ],
    (q) => latencyWindow()().quantile(q)
  )

  it.each<[unknown, string]>([
    [null, 'TypeError: latencyWindow: options must be …, got null'],
    [5, 'RangeError: latencyWindow: options must be …, got 5'],
    [{ sise: 5 }, "TypeError: latencyWindow: there is no option 'sise'; there are size, minimumCalls"]
  ])('options %p -> %s', (options, text) => {
    expect(thrown(() => latencyWindow(options as never))).toBe(text)
  })

  it.each<[string, () => unknown]>([
    ['latencyWindow: size must be at most 10000, got 10001', () => latencyWindow({ size: 10_001 })],
    [
      'latencyWindow: minimumCalls must be at most the size of 5, got 6',
      () => latencyWindow({ size: 5, minimumCalls: 6 })
    ],
    ['quantile: q must be a number from 0 to 1, got 2', () => latencyWindow()().quantile(2)],
    ['of must be made by latencyWindow(options)(), got 3', () => toLatencyCell('of', 3)]
  ])('too much, or none of it -> RangeError: %s', (text, make) => {
    expect(message(make)).toBe(`RangeError: ${text}`)
  })

  it.each([undefined, null])('%p is no window -> TypeError', (input) => {
    expect(message(() => toLatencyCell('of', input))).toBe(
      `TypeError: of must be made by latencyWindow(options)(), got ${input}`
    )
  })

  it('a window -> its cell is under Symbol.for, with a version: copies of the library may share it', () => {
    expect(Symbol.for('reprise/latencies@1') in latencyWindow()()).toBe(true)
  })

  it('a window -> is frozen', () => {
    expect(Object.isFrozen(latencyWindow()())).toBe(true)
  })
})
