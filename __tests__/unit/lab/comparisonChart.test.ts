import { comparisonChart } from 'reprise/lab'
import { thrown } from '../../support/bad.js'
import { fleetResult, type Seen, seen } from '../../support/charts.js'

const tree = (...args: Parameters<typeof comparisonChart>): Seen => seen(comparisonChart(...args))

/** What is written at the bars, by the title of the panel. */
const written = (spec: Seen): unknown =>
  Object.fromEntries(
    spec.concat.map((panel) => [
      [panel.title.text].flat().join(' '),
      panel.data.values.map((row) => row.text)
    ])
  )

describe('comparisonChart', () => {
  const a = fleetResult()
  const b = fleetResult({
    calls: 2_400_000,
    amplification: 120_000,
    successRatio: 0.99999,
    completion: 64_123,
    latency: { mean: 1, p50: 1234, p90: 7, p99: 59_950, max: 1 }
  })

  it('results -> the numbers, in a panel each', () => {
    expect(written(tree({ a, b }))).toEqual({
      'Calls per request (log scale)': ['1.50', '120,000'],
      'Calls to the server (log scale)': ['30', '2,400,000'],
      // What failed is seen.
      'Requests that succeeded': ['100 %', '99.99 %'],
      'Success latency, p50': ['100 ms', '1.23 s'],
      'Success latency, p90': ['200 ms', '7 ms'],
      'Success latency, p99 (log scale)': ['300 ms', '1 min'],
      'Last request ended': ['2 s', '1 min 4.1 s']
    })
  })

  it('a panel -> bars from 0, with room for the numbers', () => {
    const panel = tree({ a, b: { ...b, calls: 300 } }).concat[1]
    expect(panel.data.values).toEqual([
      { policy: 'a', value: 30, text: '30', end: 30 },
      { policy: 'b', value: 300, text: '300', end: 300 }
    ])
    expect(panel.layer.map(({ mark }) => (typeof mark === 'string' ? mark : mark.type))).toEqual([
      'bar',
      'text'
    ])
    expect(panel.layer[0].encoding.x.scale).toEqual({ domain: [0, 450], nice: false })
    expect(panel.layer[0].encoding.x2).toEqual({ datum: 0 })
    expect(panel.layer[0].encoding.color.scale).toEqual({ domain: ['a', 'b'], range: ['#0072b2', '#d55e00'] })
  })

  it('a number without end -> a bar of no length, and nothing is said of it', () => {
    const spec = tree({ a, b: fleetResult({ completion: Infinity }) })
    expect(spec.concat[6].data.values).toEqual([
      { policy: 'a', value: 1999, text: '2 s', end: 1999 },
      { policy: 'b', value: null, text: '', end: 0 }
    ])
    expect(spec.description).toMatch(/ 2 s\. b: .*, success latency, p99 300 ms\.$/)
  })

  it('no room behind the greatest number there is -> up to that', () => {
    const panels = tree({ a: fleetResult({ completion: 1 }), b: fleetResult({ completion: 1.7e308 }) }).concat
    expect(panels[panels.length - 1]?.layer[0].encoding.x.scale).toEqual({
      domain: [0.5, 1.7e308],
      nice: false,
      type: 'log'
    })
  })

  it('100 times as long -> linear; longer -> log, from half of the shortest', () => {
    const scaleOf = (calls: number): unknown =>
      tree({ a, b: { ...b, calls } }).concat[1].layer[0].encoding.x.scale
    expect(scaleOf(3000)).toEqual({ domain: [0, 4500], nice: false })
    // 13,500 is 900 times 15: there are 30 times as much for the number.
    expect(scaleOf(13_500)).toEqual({ domain: [15, 405_000], nice: false, type: 'log' })
  })

  it('the shortest and the longest times -> a scale that ends', () => {
    const { domain } = tree({ a: { ...a, completion: 5e-324 }, b: { ...b, completion: 9e15 } }).concat[6]
      .layer[0].encoding.x.scale
    // 9e15 times the root of 9e15 / 5e-324.
    expect(domain[0]).toBe(5e-324)
    expect(domain[1]).toBeCloseTo(3.84e185, -183)
  })

  it('the part that succeeded -> of the whole', () => {
    const panel = tree({ a: { ...a, successRatio: 0.25 } }).concat[2]
    expect(panel.data.values).toEqual([{ policy: 'a', value: 0.25, text: '25 %', end: 0.25 }])
    expect(panel.layer[0].encoding.x.scale.domain).toEqual([0, 1.5])
  })

  it('no success -> no bar, and it says so', () => {
    const panel = tree({ a: { ...a, latency: undefined } }).concat[3]
    expect(panel.data.values).toEqual([{ policy: 'a', value: null, text: 'none succeeded', end: 0 }])
    expect(panel.layer[0].encoding.x.scale).toEqual({ domain: [0, 1.5], nice: false })
  })

  it('an outage -> how long until things were as before; never, if they were not', () => {
    expect(tree({ a, b }).concat.length).toBe(7)
    const recovered = written(tree({ a, b: { ...b, recovery: 12_340 }, c: { ...b, recovery: 0 } }))
    expect(recovered).toMatchObject({ 'Recovery after outage': ['never', '12.3 s', 'at once'] })
    const outages = [{ mode: 'down', from: 0, to: 1 }] as const
    expect(written(tree({ a, b }, { outages }))).toMatchObject({
      'Recovery after outage': ['never', 'never']
    })
  })

  it('names -> at the left, and long ones in lines, in the middle of their bars', () => {
    const spec = tree({ a, 'exponential, capped at 20 s, full jitter': b })
    const [first, second] = [spec.concat[0].layer[0].encoding.y.axis, spec.concat[1].layer[0].encoding.y.axis]
    expect([first.labels, second.labels]).toEqual([true, false])
    expect(first.labelExpr).toBe(
      '[["a"],["exponential, capped at 20 s,","full jitter"]][indexof(["a","exponential, capped at 20 s, full jitter"], datum.value)]'
    )
    expect(first.labelOffset).toEqual({
      condition: [{ test: 'datum.value === "exponential, capped at 20 s, full jitter"', value: -7 }],
      value: 0
    })
    // Two lines of 15 pixels, and 4 between the bars.
    expect(spec.concat[0].height).toBe(68)
    const three = 'exponential, capped at 20 s, full jitter, ten retries, none after a minute'
    expect(tree({ [three]: a }).concat[0].layer[0].encoding.y.axis.labelOffset).toEqual({
      condition: [{ test: `datum.value === "${three}"`, value: -14 }],
      value: 0
    })
  })

  it('narrow panels -> titles in lines, and room for the longest', () => {
    const spec = tree({ a }, { width: 100 })
    expect(spec.concat.slice(0, 3).map(({ title }) => title.text)).toEqual([
      ['Calls per request'],
      ['Calls to the server'],
      ['Requests that', 'succeeded']
    ])
    expect(comparisonChart({ a }, { width: 100 })['spacing']).toEqual({ column: 45, row: 60 })
  })

  it('title, size and description -> in the chart', () => {
    const spec = tree({ a }, { title: 'Two worlds', width: 300, height: 30 })
    expect(spec.title).toEqual({ text: 'Two worlds', subtitle: ['10 clients, 20 requests'] })
    expect([spec.concat[0].width, spec.concat[0].height]).toEqual([300, 30])
    expect(spec.description).toBe(
      'Two worlds. a: calls per request 1.50, calls to the server 30, requests that succeeded 100 %, success latency, p50 ' +
        '100 ms, success latency, p90 200 ms, success latency, p99 300 ms, last request ended 2 s.'
    )
  })

  it('no results -> a chart that says so', () => {
    expect(tree({}).data.values).toEqual([{ text: 'There are no results.' }])
  })

  it.each<[object, string]>([
    [{ title: 7 }, 'RangeError: comparisonChart: title must be …, got 7'],
    [{ width: 0 }, 'RangeError: comparisonChart: width must be …, got 0'],
    [{ height: '5' }, 'RangeError: comparisonChart: height must be …, got "5"']
  ])('%j -> %s', (options, text) => {
    expect(thrown(() => comparisonChart({ a }, options))).toBe(text)
  })
})
