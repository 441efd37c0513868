import { timelineChart } from 'reprise/lab'
import { thrown } from '../../support/bad.js'
import { fleetResult, type Seen, seen } from '../../support/charts.js'
import { bin } from '../../support/fleets.js'

const tree = (...args: Parameters<typeof timelineChart>): Seen => seen(timelineChart(...args))

const titles = (spec: Seen) => spec.vconcat.map((panel) => panel.title.text)

describe('timelineChart', () => {
  const half = fleetResult({
    series: {
      width: 500,
      bins: [
        bin(0, { requests: 10, calls: 10, underWay: 4 }),
        bin(500, { calls: 5, succeeded: 10, underWay: 0 })
      ]
    }
  })

  it('bins of half a second -> rates a second, and a row for the end, where lines fall to 0', () => {
    expect(tree({ a: half }).datasets.series).toEqual([
      { policy: 'a', time: 0, calls: 20, underWay: 4, succeeded: 0, failed: 0 },
      { policy: 'a', time: 500, calls: 10, underWay: 0, succeeded: 20, failed: 0 },
      { policy: 'a', time: 1000, calls: 0, underWay: 0, succeeded: 0, failed: 0 }
    ])
  })

  it('the requests -> a baseline of its own, dashed and grey, in the panel of calls', () => {
    const spec = tree({ a: half })
    expect(spec.datasets.requests).toEqual([
      { policy: 'requests made', of: 'a', time: 0, requests: 20 },
      { policy: 'requests made', of: 'a', time: 500, requests: 0 },
      { policy: 'requests made', of: 'a', time: 1000, requests: 0 }
    ])
    const [calls, underWay] = spec.vconcat
    expect(calls.layer.map((layer) => layer.encoding.y.field)).toEqual(['requests', 'calls'])
    expect(underWay.layer.map((layer) => layer.encoding.y.field)).toEqual(['underWay'])
    const { color, strokeDash } = calls.layer[0].encoding
    expect(color.scale).toEqual({ domain: ['a', 'requests made'], range: ['#0072b2', '#767676'] })
    expect(strokeDash.scale).toEqual({
      domain: ['a', 'requests made'],
      range: [
        [1, 0],
        [4, 3]
      ]
    })
  })

  it('two results of the same requests -> one baseline; of others -> one each', () => {
    const of = (spec: Seen) => [...new Set(spec.datasets.requests.map((row) => row.of))]
    expect(of(tree({ a: half, b: { ...half, calls: 99 } }))).toEqual(['a'])
    expect(of(tree({ a: half, b: { ...half, requests: 21 } }))).toEqual(['a', 'b'])
    expect(of(tree({ a: half, b: { ...half, seed: 2 } }))).toEqual(['a', 'b'])
    expect(of(tree({ a: half, b: { ...half, clients: 11 } }))).toEqual(['a', 'b'])
  })

  it("a policy named 'requests made' -> the baseline has another name", () => {
    expect(tree({ 'requests made': half }).datasets.requests[0].policy).toBe('all requests made')
  })

  it('a run that was not over -> its last row goes on', () => {
    const rows = tree({ a: { ...half, failed: { Unfinished: 1 } } }).datasets.series
    expect(rows[2]).toEqual({ policy: 'a', time: 1000, calls: 10, underWay: 0, succeeded: 20, failed: 0 })
  })

  it('bins of another width -> steps of the widest', () => {
    const whole = fleetResult({ series: { width: 1000, bins: [bin(0, { calls: 7, underWay: 2 })] } })
    const rows = tree({ half, whole }).datasets.series
    expect(rows).toEqual([
      // 15 calls in the second, and at most 4 requests under way when a bin ended.
      { policy: 'half', time: 0, calls: 15, underWay: 4, succeeded: 10, failed: 0 },
      { policy: 'half', time: 1000, calls: 0, underWay: 0, succeeded: 0, failed: 0 },
      { policy: 'whole', time: 0, calls: 7, underWay: 2, succeeded: 0, failed: 0 },
      { policy: 'whole', time: 1000, calls: 0, underWay: 0, succeeded: 0, failed: 0 }
    ])
  })

  it('400 bins -> 134 steps of 3 bins each, and the end', () => {
    const bins = Array.from({ length: 400 }, (_, i) => bin(i * 10, { calls: 1 }))
    const spec = tree({ a: fleetResult({ series: { width: 10, bins } }) })
    const rows = spec.datasets.series
    expect(rows.length).toBe(135)
    expect(rows.slice(0, 2).map((row) => [row.time, row.calls])).toEqual([
      [0, 100],
      [30, 100]
    ])
    // The last has one bin of three.
    expect(rows.slice(-2).map((row) => [row.time, row.calls])).toEqual([
      [3990, 33.3333],
      [4020, 0]
    ])
    expect(spec.vconcat[0].layer[0].encoding.x.scale.domain).toEqual([0, 4020])
  })

  it('nothing but 0 -> an axis up to 1; else what is drawn says', () => {
    const scales = tree({ a: fleetResult() }).vconcat.map((panel) => panel.layer.at(-1)!.encoding.y.scale)
    expect(scales).toEqual([undefined, undefined, { domain: [0, 1] }])
  })

  it('until -> what is before, and the axis ends there', () => {
    const spec = tree({ a: half }, { until: '400ms' })
    expect(spec.datasets.series.map((row) => [row.time, row.calls])).toEqual([
      [0, 20],
      [400, 20]
    ])
    expect(spec.vconcat[0].layer[0].encoding.x.scale.domain).toEqual([0, 400])
  })

  it('until the end of a step -> that step, and no other', () => {
    expect(tree({ a: half }, { until: 500 }).datasets.series.map((row) => [row.time, row.calls])).toEqual([
      [0, 20],
      [500, 20]
    ])
  })

  it('until the start -> nothing to see', () => {
    expect(tree({ a: half }, { until: 0 }).data.values).toEqual([{ text: 'There are no results.' }])
  })

  it('until after the end -> as without', () => {
    expect(tree({ a: half }, { until: '1h' })).toEqual(tree({ a: half }))
  })

  it('nothing failed -> no panel of failures; something did -> one', () => {
    expect(titles(tree({ a: half }))).toEqual([
      'Calls the server received, per second',
      'Requests under way, those that wait for a retry included',
      'Requests that succeeded, per second'
    ])
    const failing = fleetResult({ series: { width: 1000, bins: [bin(0, { failed: 2 })] } })
    expect(titles(tree({ a: half, failing }))[3]).toBe('Requests that failed, per second')
  })

  it('what was watched -> a panel each, as it was at the end of a step', () => {
    const watching = fleetResult({
      series: {
        width: 1000,
        bins: [bin(0, { watched: { 'open circuits': 3 } }), bin(1000, { watched: { 'open circuits': 1 } })]
      }
    })
    const spec = tree({ a: half, watching })
    expect(titles(spec)[3]).toBe('open circuits')
    expect(spec.vconcat[3].layer[0].encoding.y.field).toBe('watched0')
    expect(spec.datasets.series.map((row) => row.watched0)).toEqual([null, null, 3, 1, 1])
  })

  it('one colour for each of seven policies, then dashed', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const spec = tree(Object.fromEntries(names.map((name) => [name, half])))
    const { color, strokeDash } = spec.vconcat[0].layer[1].encoding
    const range = color.scale.range.slice(0, 8)
    expect(new Set(range).size).toBe(7)
    expect(range[7]).toBe(range[0])
    expect(strokeDash.scale.range.slice(6, 8)).toEqual([
      [1, 0],
      [7, 2]
    ])
  })

  it('the time axis -> labels with units, in the last panel', () => {
    const minutes = fleetResult({ series: { width: 600_000, bins: [bin(0, { calls: 5 })] } })
    const axes = tree({ a: minutes }).vconcat.map((panel) => panel.layer.at(-1)!.encoding.x.axis)
    expect(axes[2]!).toEqual({
      values: [0, 120_000, 240_000, 360_000, 480_000, 600_000],
      labelExpr:
        '["0","2 min","4 min","6 min","8 min","10 min"][indexof([0,120000,240000,360000,480000,600000], datum.value)]',
      labels: true,
      ticks: true
    })
    expect(axes.map((axis) => axis.labels)).toEqual([false, false, true])
  })

  it('outages -> a strip that names them, and bands behind the lines, as far as they are seen', () => {
    const spec = tree(
      { a: half },
      {
        outages: [
          { mode: 'down', from: '100ms', to: '300ms' },
          { mode: 'slow', factor: 4, from: 900, to: '1h' },
          { mode: 'silent', from: '5s', to: '6s' }
        ]
      }
    )
    expect(titles(spec)[0]).toBe('Outages')
    expect(spec.vconcat[0].data.values.map(({ from, to, label }) => [from, to, label])).toEqual([
      [100, 300, 'down'],
      [900, 1000, 'slow: 4 times as long']
    ])
    for (const panel of spec.vconcat.slice(1)) {
      expect(panel.layer[0].mark.type).toBe('rect')
      expect(panel.layer[0].data.values).toEqual([
        { from: 100, to: 300 },
        { from: 900, to: 1000 }
      ])
    }
    expect(spec.description).toMatch(
      /\. Outage from 100 ms to 300 ms: down\. Outage from 900 ms to 1000 ms: slow: 4 times as long\.$/
    )
  })

  it('title, size and whose requests -> in the chart', () => {
    const spec = tree({ a: half }, { title: 'A bad day', width: 300, height: 50 })
    expect(spec.title).toEqual({ text: 'A bad day', subtitle: ['10 clients, 20 requests'] })
    expect(spec.vconcat.map((panel) => [panel.width, panel.height])).toEqual(Array(3).fill([300, 50]))
    expect(spec.description).toBe(
      'A bad day. Lines over time for a: Calls the server received, per second; ' +
        'Requests under way, those that wait for a retry included; Requests that succeeded, per second.'
    )
    expect(tree({ a: half, b: { ...half, clients: 11 } }).title).toEqual({ text: 'Calls over time' })
  })

  it('no results, or results without bins -> a chart that says so', () => {
    const empty = fleetResult({ series: { width: 1000, bins: [] } })
    expect(tree({}).data.values).toEqual([{ text: 'There are no results.' }])
    expect(tree({ a: empty }).data.values).toEqual([{ text: 'There are no results.' }])
    const beside = tree({ a: half, empty })
    expect(beside.datasets.series.length).toBe(3)
    expect(beside.vconcat[0].layer[0].encoding.x.scale.domain).toEqual([0, 1000])
  })

  it.each<[object, string]>([
    [{ title: 7 }, 'RangeError: timelineChart: title must be …, got 7'],
    [{ width: 0 }, 'RangeError: timelineChart: width must be …, got 0'],
    [{ height: NaN }, 'RangeError: timelineChart: height must be …, got NaN'],
    [{ until: '-1s' }, 'RangeError: timelineChart: until must be …, got "-1s"'],
    [{ outages: [{ mode: 'down', from: -1, to: 5 }] }, 'RangeError: server.outages[0].from must be …, got -1']
  ])('%j -> %s', (options, text) => {
    expect(thrown(() => timelineChart({ a: half }, options))).toBe(text)
  })
})
