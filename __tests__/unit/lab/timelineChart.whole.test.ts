/** Whole charts over time, as they are stored. */
import { timelineChart } from 'reprise/lab'
import { chartOf } from '../../../src/lab/ChartSpec.js'
import { fleetResult } from '../../support/charts.js'
import { bin } from '../../support/fleets.js'

describe('timelineChart', () => {
  const jittered = fleetResult({
    series: {
      width: 500,
      bins: [
        bin(0, { requests: 10, calls: 10, underWay: 4, watched: { open: 0 } }),
        bin(500, { calls: 5, succeeded: 9, failed: 1, underWay: 0, watched: { open: 1 } })
      ]
    }
  })
  const eager = fleetResult({
    series: {
      width: 500,
      bins: [
        bin(0, { requests: 10, calls: 40, underWay: 10 }),
        bin(500, { calls: 30, succeeded: 10, underWay: 0 })
      ]
    }
  })

  it('two policies, an outage, failures, something watched -> all of it', () => {
    const axis = {
      values: [0, 200, 400, 600, 800, 1000],
      labelExpr:
        '["0","200 ms","400 ms","600 ms","800 ms","1000 ms"][indexof([0,200,400,600,800,1000], datum.value)]'
    }
    const time = { type: 'quantitative', scale: { domain: [0, 1000], nice: false } }
    const x = { ...time, title: null, axis: { ...axis, labels: false, ticks: false } }
    const lastX = { ...time, title: 'time since the start', axis: { ...axis, labels: true, ticks: true } }
    const y = {
      type: 'quantitative',
      title: null,
      axis: { tickCount: 4, domain: false, ticks: false }
    }
    const domain = ['full jitter', 'no wait', 'requests made']
    const look = {
      color: {
        field: 'policy',
        type: 'nominal',
        scale: { domain, range: ['#0072b2', '#d55e00', '#767676'] },
        // As many as fit in 640 pixels, of 40 and of 8 for each letter of the longest.
        legend: { orient: 'top', title: null, symbolType: 'stroke', columns: 4 }
      },
      strokeDash: {
        field: 'policy',
        type: 'nominal',
        scale: {
          domain,
          range: [
            [1, 0],
            [1, 0],
            [4, 3]
          ]
        }
      }
    }
    const line = (encoding: object) => ({
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.75 },
      encoding: { ...encoding, ...look }
    })
    const shade = (x: object) => ({
      data: { values: [{ from: 200, to: 400 }] },
      mark: { type: 'rect', color: '#000000', opacity: 0.09 },
      encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' } }
    })
    const panel = (text: string, layer: ReadonlyArray<object>) => ({
      title: { text, fontSize: 12, color: '#333333', offset: 6 },
      width: 640,
      height: 110,
      layer
    })
    const timed = { ...x, field: 'time' }
    const none = { succeeded: 0, failed: 0 }
    const over = { calls: 0, underWay: 0, ...none }
    const strip = {
      title: { text: 'Outages', fontSize: 12, color: '#333333', offset: 6 },
      width: 640,
      height: 17,
      data: { values: [{ from: 200, to: 400, label: 'down', at: 281, row: 0 }] },
      layer: [
        {
          mark: { type: 'rect', color: '#d0d0d0' },
          encoding: {
            x: { ...time, axis: null, field: 'from' },
            x2: { field: 'to' },
            y: {
              field: 'row',
              type: 'ordinal',
              axis: null,
              scale: { domain: [0], paddingInner: 0.1, paddingOuter: 0 }
            }
          }
        },
        {
          mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: 11, color: '#000000' },
          encoding: {
            x: { ...time, axis: null, field: 'at' },
            y: {
              field: 'row',
              type: 'ordinal',
              axis: null,
              scale: { domain: [0], paddingInner: 0.1, paddingOuter: 0 }
            },
            text: { field: 'label', type: 'nominal' }
          }
        }
      ]
    }
    const chart = timelineChart(
      { 'full jitter': jittered, 'no wait': eager },
      { outages: [{ mode: 'down', from: 200, to: 400 }] }
    )
    expect(chart).toEqual({
      ...chartOf('Calls over time', ['10 clients, 20 requests'], '', {}),
      description:
        'Calls over time. Lines over time for full jitter and no wait: Calls the server received, per second; ' +
        'Requests under way, those that wait for a retry included; Requests that succeeded, per second; ' +
        'Requests that failed, per second; open. Outage from 200 ms to 400 ms: down.',
      datasets: {
        series: [
          { policy: 'full jitter', time: 0, calls: 20, underWay: 4, ...none, watched0: 0 },
          {
            policy: 'full jitter',
            time: 500,
            calls: 10,
            underWay: 0,
            succeeded: 18,
            failed: 2,
            watched0: 1
          },
          { policy: 'full jitter', time: 1000, ...over, watched0: 1 },
          { policy: 'no wait', time: 0, calls: 80, underWay: 10, ...none, watched0: null },
          {
            policy: 'no wait',
            time: 500,
            calls: 60,
            underWay: 0,
            succeeded: 20,
            failed: 0,
            watched0: null
          },
          { policy: 'no wait', time: 1000, ...over, watched0: null }
        ],
        requests: [
          { policy: 'requests made', of: 'full jitter', time: 0, requests: 20 },
          { policy: 'requests made', of: 'full jitter', time: 500, requests: 0 },
          { policy: 'requests made', of: 'full jitter', time: 1000, requests: 0 }
        ]
      },
      data: { name: 'series' },
      spacing: 16,
      vconcat: [
        strip,
        panel('Calls the server received, per second', [
          shade(x),
          {
            data: { name: 'requests' },
            ...line({
              x: timed,
              y: { ...y, field: 'requests' },
              detail: { field: 'of', type: 'nominal' }
            })
          },
          line({ x: timed, y: { ...y, field: 'calls' } })
        ]),
        panel('Requests under way, those that wait for a retry included', [
          shade(x),
          // There are no halves of requests.
          line({ x: timed, y: { ...y, field: 'underWay', axis: { ...y.axis, tickMinStep: 1 } } })
        ]),
        panel('Requests that succeeded, per second', [
          shade(x),
          line({ x: timed, y: { ...y, field: 'succeeded' } })
        ]),
        panel('Requests that failed, per second', [
          shade(x),
          line({ x: timed, y: { ...y, field: 'failed' } })
        ]),
        panel('open', [
          shade(lastX),
          line({ x: { ...lastX, field: 'time' }, y: { ...y, field: 'watched0' } })
        ])
      ],
      resolve: { scale: { color: 'shared', strokeDash: 'shared' } }
    })
  })

  it('a line of nothing but 0 or nothing -> an axis up to 1; a width -> as many ticks and columns as fit', () => {
    const watching = fleetResult({
      series: { width: 1000, bins: [bin(0, { watched: { open: 0 } }), bin(1000)] }
    })
    expect(timelineChart({ a: watching }, { width: 200, height: 40, title: 'Calm' })).toMatchObject({
      title: { text: 'Calm', subtitle: ['10 clients, 20 requests'] },
      vconcat: [
        ['Calls the server received, per second', ['requests', 'calls']],
        ['Requests under way, those that wait for a retry included', ['underWay']],
        ['Requests that succeeded, per second', ['succeeded']],
        ['open', ['watched0']]
      ].map(([text, fields]) => ({
        title: { text },
        width: 200,
        height: 40,
        layer: (fields as ReadonlyArray<string>).map((field) => ({
          encoding: {
            x: { axis: { values: [0, 1000, 2000] } },
            y: {
              field,
              ...(field !== 'requests' && { scale: { domain: [0, 1] } })
            },
            color: { legend: { columns: 1 } }
          }
        }))
      }))
    })
  })
})
