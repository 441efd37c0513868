/** Whole comparisons, as they are stored. */
import { comparisonChart } from 'reprise/lab'
import { chartOf } from '../../../src/lab/ChartSpec.js'
import { fleetResult } from '../../support/charts.js'

interface Bars {
  readonly title: ReadonlyArray<string>
  readonly domain: readonly [from: number, to: number]
  readonly isLog?: boolean
  readonly labels?: boolean
  /** For each policy: the number, what is written, and the end of the bar. */
  readonly rows: ReadonlyArray<readonly [value: number | null, text: string, end: number]>
}

/** A panel of two policies. */
const panel = ({ domain, isLog = false, labels = false, rows, title }: Bars) => {
  const names = ['full jitter', 'none']
  const x = {
    field: 'end',
    type: 'quantitative',
    title: null,
    axis: null,
    scale: { domain, nice: false, ...(isLog && { type: 'log' }) }
  }
  const y = {
    field: 'policy',
    type: 'nominal',
    title: null,
    scale: { domain: names, paddingInner: 0.25, paddingOuter: 0.1 },
    axis: {
      labels,
      labelExpr: '[["full jitter"],["none"]][indexof(["full jitter","none"], datum.value)]',
      labelOffset: { condition: [], value: 0 },
      labelLimit: 0,
      labelFontSize: 12,
      labelPadding: 6,
      ticks: false
    }
  }
  return {
    title: { text: title, fontSize: 12, color: '#333333', offset: 6 },
    width: 200,
    height: 48,
    data: { values: rows.map(([value, text, end], i) => ({ policy: names[i], value, text, end })) },
    layer: [
      {
        mark: 'bar',
        encoding: {
          y,
          x,
          x2: { datum: domain[0] },
          color: {
            field: 'policy',
            type: 'nominal',
            scale: { domain: names, range: ['#0072b2', '#d55e00'] },
            legend: null
          }
        }
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 5, fontSize: 12, color: '#333333' },
        encoding: { y, x, text: { field: 'text', type: 'nominal' } }
      }
    ]
  }
}

describe('comparisonChart', () => {
  const jittered = fleetResult({ recovery: 2000 })
  const none = fleetResult({
    calls: 20,
    amplification: 1,
    successRatio: 0,
    completion: 0,
    latency: undefined
  })

  it('two policies, one of which fails always -> all of it', () => {
    expect(comparisonChart({ 'full jitter': jittered, none })).toEqual({
      ...chartOf('Policies compared', ['10 clients, 20 requests'], '', {}),
      description:
        'Policies compared. full jitter: calls per request 1.50, calls to the server 30, requests that succeeded 100 %, ' +
        'success latency, p50 100 ms, success latency, p90 200 ms, success latency, p99 300 ms, last request ended 2 s, ' +
        'recovery after outage 2 s. ' +
        'none: calls per request 1.00, calls to the server 20, requests that succeeded 0 %, ' +
        'success latency, p50 none succeeded, success latency, p90 none succeeded, success latency, p99 none succeeded, ' +
        'last request ended 0 ms, recovery after outage never.',
      columns: 3,
      bounds: 'flush',
      // 30, and a line of 15.
      spacing: { column: 45, row: 45 },
      concat: [
        panel({
          title: ['Calls per request'],
          labels: true,
          domain: [0, 2.25],
          rows: [
            [1.5, '1.50', 1.5],
            [1, '1.00', 1]
          ]
        }),
        panel({
          title: ['Calls to the server'],
          domain: [0, 45],
          rows: [
            [30, '30', 30],
            [20, '20', 20]
          ]
        }),
        panel({
          title: ['Requests that succeeded'],
          domain: [0, 1.5],
          rows: [
            [1, '100 %', 1],
            [0, '0 %', 0]
          ]
        }),
        panel({
          title: ['Success latency, p50'],
          labels: true,
          domain: [0, 150],
          rows: [
            [100, '100 ms', 100],
            [null, 'none succeeded', 0]
          ]
        }),
        panel({
          title: ['Success latency, p90'],
          domain: [0, 300],
          rows: [
            [200, '200 ms', 200],
            [null, 'none succeeded', 0]
          ]
        }),
        panel({
          title: ['Success latency, p99'],
          domain: [0, 450],
          rows: [
            [300, '300 ms', 300],
            [null, 'none succeeded', 0]
          ]
        }),
        panel({
          title: ['Last request ended'],
          labels: true,
          domain: [0, 2998.5],
          rows: [
            [1999, '2 s', 1999],
            [0, '0 ms', 0]
          ]
        }),
        panel({
          title: ['Recovery after outage'],
          domain: [0, 3000],
          rows: [
            [2000, '2 s', 2000],
            [null, 'never', 0]
          ]
        })
      ]
    })
  })

  it('1600 times as long -> a logarithmic scale, which the title says, with the same room for the number', () => {
    const { concat } = comparisonChart({
      'full jitter': fleetResult({ calls: 10, latency: undefined }),
      none: fleetResult({ calls: 16_000 })
    }) as unknown as { readonly concat: ReadonlyArray<object> }
    expect(concat[1]).toEqual(
      panel({
        title: ['Calls to the server (log scale)'],
        isLog: true,
        // From half of the shortest: 16,000 is 3,200 times 5, whose root is 56.5685.
        domain: [5, 905_097],
        rows: [
          [10, '10', 10],
          [16_000, '16,000', 16_000]
        ]
      })
    )
  })
})
