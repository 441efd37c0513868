/** Whole charts of waits, as they are stored. */
import { delays, exponential, fixed } from 'reprise'
import { waitsChart } from 'reprise/lab'
import { chartOf } from '../../../src/lab/ChartSpec.js'

const chartDefaults = chartOf('', [], '', {})

describe('waitsChart', () => {
  it('a policy that stops and one that goes on, two draws -> all of it', () => {
    const chart = waitsChart(
      { 'two waits': delays([1000, 4000]), 'for ever': fixed('2s') },
      { retries: 3, draws: 2 }
    )
    const x = {
      type: 'quantitative',
      title: 'retry',
      scale: { domain: [0.5, 3.5], nice: false },
      axis: { grid: false, ticks: false, format: 'd', values: [1, 2, 3] }
    }
    const y = {
      type: 'quantitative',
      title: 'wait',
      scale: { domain: [0, 4000], nice: false },
      axis: {
        values: [0, 1000, 2000, 3000, 4000],
        labelExpr: '["0","1 s","2 s","3 s","4 s"][indexof([0,1000,2000,3000,4000], datum.value)]',
        domain: false,
        ticks: false,
        labels: true
      }
    }
    const secondY = { ...y, title: null, axis: { ...y.axis, labels: false } }
    const title = { fontSize: 13, subtitleFontSize: 11, color: '#333333', offset: 8 }
    const bars = (color: string, y: object, values: ReadonlyArray<object>) => ({
      data: { values },
      mark: { type: 'rect', color, fillOpacity: 0.25, stroke: color, strokeWidth: 1.5 },
      encoding: {
        x: { ...x, field: 'left' },
        x2: { field: 'right' },
        y: { ...y, field: 'from' },
        y2: { field: 'to' }
      }
    })
    const dots = (color: string, y: object, values: ReadonlyArray<object>) => ({
      data: { values },
      mark: { type: 'circle', color, size: 7, opacity: 0.8, aria: false },
      encoding: { x: { ...x, field: 'at' }, y: { ...y, field: 'wait' } }
    })
    const stop = { values: [{ left: 2.5, right: 3.5, middle: 3, text: 'stops' }] }
    expect(chart).toEqual({
      ...chartDefaults,
      description:
        'Waits before each retry, if every attempt fails: two waits stops after 2 retries, 5 s of waits at most; ' +
        'for ever goes on after 3 retries.',
      title: {
        text: 'Waits before each retry',
        subtitle: [
          'If every attempt fails. Bars: the window from',
          'which a wait is drawn. Dots: the waits of 2 calls,',
          'drawn at random.'
        ]
      },
      columns: 2,
      bounds: 'flush',
      // 75, a line of 15 and two of 13.
      spacing: { column: 30, row: 116 },
      concat: [
        {
          title: {
            text: ['two waits'],
            subtitle: ['stops after 2 retries, 5 s of', 'waits at most'],
            ...title
          },
          width: 190,
          height: 200,
          layer: [
            bars('#0072b2', y, [
              { retry: 1, from: 1000, to: 1000, left: 0.6, right: 1.4 },
              { retry: 2, from: 4000, to: 4000, left: 1.6, right: 2.4 }
            ]),
            dots('#0072b2', y, [
              { retry: 1, wait: 1000, at: 0.8 },
              { retry: 2, wait: 4000, at: 1.8 },
              { retry: 1, wait: 1000, at: 1.2 },
              { retry: 2, wait: 4000, at: 2.2 }
            ]),
            {
              data: stop,
              mark: { type: 'rect', color: '#f0f0f0' },
              encoding: { x: { ...x, field: 'left' }, x2: { field: 'right' } }
            },
            {
              data: stop,
              mark: {
                type: 'text',
                angle: 270,
                align: 'left',
                baseline: 'middle',
                fontSize: 12,
                color: '#333333'
              },
              encoding: {
                x: { ...x, field: 'middle' },
                y: { value: 194 },
                text: { field: 'text', type: 'nominal' }
              }
            }
          ]
        },
        {
          title: { text: ['for ever'], subtitle: ['goes on after 3 retries'], ...title },
          width: 190,
          height: 200,
          layer: [
            bars('#d55e00', secondY, [
              { retry: 1, from: 2000, to: 2000, left: 0.6, right: 1.4 },
              { retry: 2, from: 2000, to: 2000, left: 1.6, right: 2.4 },
              { retry: 3, from: 2000, to: 2000, left: 2.6, right: 3.4 }
            ]),
            dots('#d55e00', secondY, [
              { retry: 1, wait: 2000, at: 0.8 },
              { retry: 2, wait: 2000, at: 1.8 },
              { retry: 3, wait: 2000, at: 2.8 },
              { retry: 1, wait: 2000, at: 1.2 },
              { retry: 2, wait: 2000, at: 2.2 },
              { retry: 3, wait: 2000, at: 3.2 }
            ])
          ]
        }
      ]
    })
  })

  it('a logarithmic scale -> linear below a tenth of the shortest, and it says so', () => {
    const chart = waitsChart({ a: exponential(20, 10), b: fixed('1s') }, { retries: 4, draws: 0 })
    const axis = {
      values: [0, 10, 100, 1000, 10_000],
      labelExpr: '["0","10 ms","100 ms","1 s","10 s"][indexof([0,10,100,1000,10000], datum.value)]',
      domain: false,
      ticks: false
    }
    const scale = { domain: [0, 20_000], nice: false, type: 'symlog', constant: 2 }
    const ys = (
      chart['concat'] as unknown as ReadonlyArray<{ layer: ReadonlyArray<{ encoding: object }> }>
    ).map(({ layer }) => (layer[0]?.encoding as { readonly y: unknown }).y)
    expect(ys).toEqual([
      {
        field: 'from',
        type: 'quantitative',
        title: 'wait (log scale)',
        scale,
        axis: { ...axis, labels: true }
      },
      { field: 'from', type: 'quantitative', title: null, scale, axis: { ...axis, labels: false } }
    ])
  })
})
