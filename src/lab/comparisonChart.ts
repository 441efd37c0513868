/** Policies side by side, in numbers. */
import { formatDuration } from '../policy/formatDuration.js'
import {
  chartOf,
  type ChartOptions,
  type ChartSpec,
  colourScale,
  emptyChart,
  grouped,
  ink,
  type Json,
  labelExprOf,
  lines,
  literal,
  type Part,
  pixels,
  populationOf,
  significant,
  titleOf
} from './ChartSpec.js'
import type { FleetResult, Quantiles } from './FleetResult.js'
import type { Outage } from './Scenario.js'

// --- model

/**
 * How a comparison looks; the height is that of one bar.
 *
 * @category charts
 * @since 0.3.0
 */
export interface ComparisonChartOptions extends ChartOptions {
  /** Those of the scenario's server: with any, it is shown even if no policy recovered. */
  readonly outages?: ReadonlyArray<Outage> | undefined
}

/** A number of a result, which is not finite where there is none, and how it is written. */
interface Measure {
  readonly title: string
  readonly of: (result: FleetResult) => number
  readonly write: (value: number) => string
  /** What is written where there is no number; nothing if not set. */
  readonly none?: string
  /** Is it a part of the whole? Then the scale is always the same. */
  readonly isPart?: true
}

// --- charting

/**
 * Charts policies side by side: the calls that the server received, in all and for each request, the part of requests that
 * succeeded, how long these took, when the last one ended, and how long things took to be as before after the last outage. The
 * numbers are written at the bars. Bars are on a logarithmic scale, and say so, where the longest is more than 100 times the
 * shortest.
 *
 * Throws a `RangeError` or `TypeError` that names the key for a bad option.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, withJitter, withRetry } from 'reprise'
 * import { comparisonChart, runFleet } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const scenario = { clients: 20, contention: { message: { normal: [10, 2] } } } as const
 * const policy = pipe(exponential(20), withJitter('full'))
 *
 * const result = await runFleet(scenario, (call) => pipe(call, withRetry(policy)))()
 * assert(result._tag === 'Right')
 * const chart = comparisonChart({ 'full jitter': result.right })
 * assert.equal(JSON.stringify(chart).includes('100 %'), true)
 *
 * @category charts
 * @since 0.3.0
 */
export const comparisonChart = (
  results: Readonly<Record<string, FleetResult>>,
  options: ComparisonChartOptions = {}
): ChartSpec => {
  const title = titleOf('comparisonChart', options, 'Policies compared')
  const { outages = [] } = options
  const width = pixels('comparisonChart: width', options.width ?? 200)
  const height = pixels('comparisonChart: height', options.height ?? 24)
  const entries = Object.entries(results)
  const all = Object.values(results)
  if (all.length === 0) return emptyChart(title, 'There are no results.')

  const recovers = outages.length > 0 || all.some(({ recovery }) => recovery !== undefined)
  const shown = recovers ? [...measures, recovery] : measures
  const labels = entries.map(([name]) => [name, lines(name, 28)] as const)
  const panel = panelOf(
    entries,
    labels,
    width,
    Math.max(height, ...labels.map(([, text]) => 15 * text.length + 4))
  )
  const panels = shown.map((measure, i) => panel(measure, i % columns === 0))
  return chartOf(
    title,
    populationOf(all),
    `${title}. ${entries.map(([name, result]) => `${name}: ${toldOf(shown, result)}.`).join(' ')}`,
    {
      columns,
      bounds: 'flush',
      spacing: { column: 45, row: 30 + 15 * Math.max(...panels.map(({ title }) => title.text.length)) },
      concat: panels
    }
  )
}

const columns = 3

// --- measures

// What is written is finite.
const time = (ms: number): string => formatDuration(significant(ms, 3) as number)

const latency = (key: keyof Quantiles): Measure => ({
  title: `Success latency, ${key}`,
  of: (result) => result.latency?.[key] ?? NaN,
  write: time,
  none: 'none succeeded'
})

/** Rounded down: what failed must not go unseen. */
const percent = (ratio: number): string => `${Math.floor(ratio * 10_000 + 1e-6) / 100} %`

const measures: ReadonlyArray<Measure> = [
  {
    title: 'Calls per request',
    of: ({ amplification }) => amplification,
    // Stryker disable next-line EqualityOperator: 100 is the same in both
    write: (value) => (value < 100 ? value.toPrecision(3) : grouped(Math.round(value)))
  },
  { title: 'Calls to the server', of: ({ calls }) => calls, write: grouped },
  { title: 'Requests that succeeded', of: ({ successRatio }) => successRatio, write: percent, isPart: true },
  latency('p50'),
  latency('p90'),
  latency('p99'),
  { title: 'Last request ended', of: ({ completion }) => completion, write: time }
]

const recovery: Measure = {
  title: 'Recovery after outage',
  of: (result) => result.recovery ?? NaN,
  write: (ms) => (ms === 0 ? 'at once' : time(ms)),
  none: 'never'
}

const written = ({ none = '', write }: Pick<Measure, 'none' | 'write'>, value: number): string =>
  Number.isFinite(value) ? write(value) : none

/** What the bars of a result say, in words. */
const toldOf = (measures: ReadonlyArray<Measure>, result: FleetResult): string =>
  measures
    .map((measure) => [measure.title.toLowerCase(), written(measure, measure.of(result))] as const)
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `${title} ${text}`)
    .join(', ')

// --- parts

const panelOf = (
  entries: ReadonlyArray<readonly [name: string, result: FleetResult]>,
  labels: ReadonlyArray<readonly [name: string, lines: ReadonlyArray<string>]>,
  width: number,
  height: number
) => {
  const names = entries.map(([name]) => name)
  const y = (isFirst: boolean): Part => ({
    field: 'policy',
    type: 'nominal',
    title: null,
    scale: { domain: names, paddingInner: 0.25, paddingOuter: 0.1 },
    axis: {
      labels: isFirst,
      labelExpr: labelExprOf(labels),
      labelOffset: offsetsOf(labels),
      labelLimit: 0,
      labelFontSize: 12,
      labelPadding: 6,
      ticks: false
    }
  })
  const policy: Part = { field: 'policy', type: 'nominal' }
  return ({ isPart, of, title, ...rest }: Measure, isFirst: boolean) => {
    const [from, to, isLog] = isPart ? partScale : scaleOf(entries.map(([, result]) => of(result)))
    const x: Part = {
      field: 'end',
      type: 'quantitative',
      title: null,
      axis: null,
      scale: { domain: [from, to], nice: false, ...(isLog ? { type: 'log' } : {}) }
    }
    return {
      title: {
        text: lines(isLog ? `${title} (log scale)` : title, (width + 40) / 7),
        fontSize: 12,
        color: ink,
        offset: 6
      },
      width,
      height: height * entries.length,
      data: {
        values: entries.map(([policy, result]) => {
          const value = of(result)
          return {
            policy,
            value: significant(value),
            text: written(rest, value),
            // Of the bar, and where the text begins.
            end: significant(Math.max(value, from)) ?? from
          }
        })
      },
      layer: [
        {
          mark: 'bar',
          encoding: {
            y: y(isFirst),
            x,
            x2: { datum: from },
            color: { ...policy, scale: colourScale(names), legend: null }
          }
        },
        {
          mark: { type: 'text', align: 'left', baseline: 'middle', dx: 5, fontSize: 12, color: ink },
          encoding: { y: y(isFirst), x, text: { field: 'text', type: 'nominal' } }
        }
      ]
    }
  }
}

/** Vega puts the first line of a label where its middle should be. */
const offsetsOf = (labels: ReadonlyArray<readonly [name: string, lines: ReadonlyArray<string>]>): Json => ({
  condition: labels
    .filter(([, text]) => text.length > 1)
    .map(([name, text]) => ({
      test: `datum.value === ${literal(name)}`,
      value: -7 * (text.length - 1)
    })),
  value: 0
})

/** Where the bars begin, where there is room for the numbers behind the longest, and whether it takes a logarithm. */
type Scale = readonly [from: number, to: number, isLog: boolean]

/** For parts of a whole. */
const partScale: Scale = [0, 1.5, false]

const scaleOf = (values: ReadonlyArray<number>): Scale => {
  const positive = values.filter((value) => value > 0 && value < Infinity)
  if (positive.length === 0) return partScale
  const [least, most] = [Math.min(...positive), Math.max(...positive)]
  if (most <= 100 * least) return [0, 1.5 * most, false]
  const from = Math.max(least / 2, Number.MIN_VALUE)
  return [from, significant(most * (Math.sqrt(most) / Math.sqrt(from))) ?? most, true]
}
