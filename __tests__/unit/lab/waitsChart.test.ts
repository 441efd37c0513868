import { pipe } from 'fp-ts/lib/function.js'
import { delays, exponential, fixed, immediate, limitRetries, never, waits, withJitter } from 'reprise'
import { waitsChart } from 'reprise/lab'
import { message, thrown } from '../../support/bad.js'
import { type Seen, seen } from '../../support/charts.js'

const tree = (...args: Parameters<typeof waitsChart>): Seen => seen(waitsChart(...args))

const jittered = pipe(exponential('1s'), withJitter(0.5), limitRetries(2))

describe('waitsChart', () => {
  it('a policy -> its windows as bars around the number of the retry', () => {
    const [panel] = tree({ a: jittered }).concat
    expect(panel.layer[0].mark.type).toBe('rect')
    expect(panel.layer[0].data.values).toEqual([
      { retry: 1, from: 500, to: 1500, left: 0.6, right: 1.4 },
      { retry: 2, from: 1000, to: 3000, left: 1.6, right: 2.4 }
    ])
    const { x, x2, y, y2 } = panel.layer[0].encoding
    expect([x.field, x2.field, y.field, y2.field]).toEqual(['left', 'right', 'from', 'to'])
  })

  it('draws and a seed -> what `waits` draws with the seeds from there on, beside each other', () => {
    const [panel] = tree({ a: jittered }, { draws: 2, seed: 7 }).concat
    const [one, other] = [waits(jittered, 10, 7), waits(jittered, 10, 8)]
    expect(one).not.toEqual(other)
    expect(panel.layer[1].mark.type).toBe('circle')
    expect(panel.layer[1].data.values).toEqual([
      { retry: 1, wait: one[0], at: 0.8 },
      { retry: 2, wait: one[1], at: 1.8 },
      { retry: 1, wait: other[0], at: 1.2 },
      { retry: 2, wait: other[1], at: 2.2 }
    ])
  })

  it('the same seed -> the same chart; another -> another', () => {
    const of = (seed: number) => JSON.stringify(waitsChart({ a: jittered }, { seed }))
    expect(of(3)).toBe(of(3))
    expect(of(3)).not.toBe(of(4))
  })

  it('no draws -> no dots, and no word of them', () => {
    const spec = tree({ a: jittered }, { draws: 0 })
    expect(spec.concat[0].layer[1].data.values).toEqual([])
    expect(spec.title.subtitle.join(' ')).toBe(
      'If every attempt fails. Bars: the window from which a wait is drawn.'
    )
  })

  it('a policy that stops -> says where, in words and in its panel', () => {
    const [panel] = tree({ a: jittered }).concat
    expect(panel.title.subtitle.join(' ')).toBe('stops after 2 retries, 4.5 s of waits at most')
    expect(panel.layer[2].data.values).toEqual([{ left: 2.5, right: 3.5, middle: 3, text: 'stops' }])
    expect(panel.layer[3].mark.type).toBe('text')
  })

  it('a policy that goes on -> says so, and has no end', () => {
    const [panel] = tree({ a: fixed('1s') }, { retries: 4 }).concat
    expect(panel.title.subtitle).toEqual(['goes on after 4 retries'])
    expect(panel.layer.length).toBe(2)
    expect(panel.layer[0].data.values.length).toBe(4)
    expect(tree({ a: fixed('1s') }, { retries: 1 }).concat[0].title.subtitle).toEqual([
      'goes on after 1 retry'
    ])
  })

  it('several policies -> a panel each on the same axes, labels at the left', () => {
    const spec = tree({ short: delays([1000]), long: delays([1000, 5000, 5000]), never })
    const axes = spec.concat.map(({ layer: [{ encoding }] }) => [
      encoding.x.scale.domain,
      encoding.y.scale.domain,
      encoding.y.axis.labels
    ])
    expect(axes).toEqual([
      [[0.5, 4.5], [0, 5000], true],
      [[0.5, 4.5], [0, 5000], false],
      [[0.5, 4.5], [0, 5000], false]
    ])
    expect(spec.columns).toBe(3)
    expect(spec.concat.map((panel) => panel.title.subtitle.join(' '))).toEqual([
      'stops after 1 retry, 1 s of waits at most',
      'stops after 3 retries, 11 s of waits at most',
      'makes no retry'
    ])
    expect(spec.concat.map((panel) => panel.layer[0].mark.color)).toEqual(['#0072b2', '#d55e00', '#009e73'])
  })

  it.each<[ReadonlyArray<string>, number, ReadonlyArray<boolean>]>([
    [['a', 'b', 'c'], 3, [true, false, false]],
    [['a', 'b', 'c', 'd'], 4, [true, false, false, false]],
    [['a', 'b', 'c', 'd', 'e'], 3, [true, false, false, true, false]]
  ])('policies %j -> %d in a row, labels at its left', (names, columns, labels) => {
    const spec = tree(Object.fromEntries(names.map((name) => [name, never])))
    expect(spec.columns).toBe(columns)
    expect(spec.concat.map((panel) => panel.layer[0].encoding.y.axis.labels)).toEqual(labels)
  })

  it('long names, many columns -> in as many lines as fit, with room for them', () => {
    const spec = tree(
      { 'half a second, then twice as long each time': never, b: never, c: never },
      { retries: 1 }
    )
    // 66 letters above three panels of 190 pixels and 30 between them; 25 above one, and 34 below its name.
    expect(spec.title.subtitle).toEqual([
      'If every attempt fails. Bars: the window from which a wait is',
      'drawn. Dots: the waits of 40 calls, drawn at random.'
    ])
    expect(spec.concat[0].title).toMatchObject({
      text: ['half a second, then twice', 'as long each time'],
      subtitle: ['makes no retry']
    })
    // 75, two lines of 15 and one of 13.
    expect(waitsChart({ 'half a second, then twice as long each time': never })['spacing']).toEqual({
      column: 30,
      row: 118
    })
  })

  it('60 times as long -> linear, with ticks in one unit; longer -> log, with one for each power', () => {
    const linear = tree({ a: delays([1000, 60_000]) }, { height: 105 }).concat[0].layer[0].encoding.y
    expect(linear.scale).toEqual({ domain: [0, 60_000], nice: false })
    expect(linear.axis.labelExpr).toBe(
      '["0","20 s","40 s","60 s"][indexof([0,20000,40000,60000], datum.value)]'
    )
    expect(linear.title).toBe('wait')

    const log = tree({ a: delays([1000, 60_001]) }).concat[0].layer[0].encoding.y
    expect(log.scale).toEqual({ domain: [0, 60_001], nice: false, type: 'symlog', constant: 100 })
    expect(log.axis.labelExpr).toBe(
      '["0","100 ms","1 s","10 s","1 min"][indexof([0,100,1000,10000,60000], datum.value)]'
    )
    expect(log.title).toBe('wait (log scale)')
  })

  it('a scale -> that one', () => {
    const scaleOf = (scale: 'linear' | 'log', list: ReadonlyArray<number>) =>
      tree({ a: delays([...list]) }, { scale }).concat[0].layer[0].encoding.y.scale.type
    expect(scaleOf('log', [1000, 2000])).toBe('symlog')
    expect(scaleOf('linear', [1, 2000])).toBeUndefined()
  })

  it('no waits -> a chart of none', () => {
    const { axis, scale } = tree({ immediate }, { scale: 'log' }).concat[0].layer[0].encoding.y
    expect(scale).toEqual({ domain: [0, 1], nice: false })
    expect(axis.labelExpr).toBe('["0","1 ms"][indexof([0,1], datum.value)]')
    expect(tree({}).data.values).toEqual([{ text: 'There are no policies.' }])
  })

  it('many retries -> ten ticks at most', () => {
    const [panel] = tree({ a: fixed(1) }, { retries: 35, draws: 0 }).concat
    expect(panel.layer[0].encoding.x.axis.values).toEqual([4, 8, 12, 16, 20, 24, 28, 32])
  })

  it('bars of less than 8 pixels -> with thin edges', () => {
    const edges = [159, 160].map(
      (width) => tree({ a: fixed(1) }, { retries: 20, width }).concat[0].layer[0].mark
    )
    expect(edges).toMatchObject([{ strokeWidth: 0.75 }, { strokeWidth: 1.5 }])
  })

  it.each<[object, string]>([
    [{ retries: 0 }, 'RangeError: waitsChart: retries must be …, got 0'],
    [{ draws: -1 }, 'RangeError: waitsChart: draws must be …, got -1'],
    [{ seed: 0.5 }, 'RangeError: waitsChart: seed must be …, got 0.5'],
    [{ title: 7 }, 'RangeError: waitsChart: title must be …, got 7'],
    [{ width: -5 }, 'RangeError: waitsChart: width must be …, got -5'],
    [{ height: 1e9 }, 'RangeError: waitsChart: height must be …, got 1000000000']
  ])('%j -> %s', (options, text) => {
    expect(thrown(() => waitsChart({ a: jittered }, options))).toBe(text)
  })

  it('a scale that there is not -> RangeError, with those that there are', () => {
    expect(message(() => waitsChart({ a: jittered }, { scale: 'lin' as never }))).toBe(
      `RangeError: waitsChart: scale must be 'linear' or 'log', got "lin"`
    )
  })

  it('no policy -> TypeError, by its name', () => {
    expect(thrown(() => waitsChart({ a: jittered, b: 5 as never }))).toBe(
      'RangeError: waitsChart: policies.b must be …, got 5'
    )
  })
})
