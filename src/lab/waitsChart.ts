/** The waits of policies, side by side: the windows they are drawn from, and draws. */
import { invalid, wholeNumber } from '../policy/argument.js'
import { formatDuration } from '../policy/formatDuration.js'
import { type AnyPolicy, toPolicy } from '../policy/RetryPolicy.js'
import { waits } from '../policy/simulate.js'
import { tabulate, type WaitTable } from '../policy/tabulate.js'
import { toSeed } from '../policy/uniform.js'
import {
  chartOf,
  type ChartOptions,
  type ChartSpec,
  colourAt,
  counted,
  emptyChart,
  ink,
  lines,
  type Part,
  pixels,
  significant,
  titleOf
} from './ChartSpec.js'
import { logTimeAxis, timeAxis } from './TimeAxis.js'

// --- model

/**
 * How a chart of waits looks.
 *
 * @category charts
 * @since 0.3.0
 */
export interface WaitsChartOptions extends ChartOptions {
  /** How many retries at most; 10 if not set. */
  readonly retries?: number | undefined
  /** How many calls are drawn at random; 40 if not set, and 0 for none. */
  readonly draws?: number | undefined
  /** A whole number; the same gives the same draws. 0 if not set. */
  readonly seed?: number | undefined
  /** Of the waits; if not set, logarithmic where the longest is more than 60 times the shortest. */
  readonly scale?: 'linear' | 'log' | undefined
}

/** A policy as it is shown. */
interface Shown extends WaitTable {
  readonly name: string
  readonly colour: string
  readonly drawn: ReadonlyArray<Part>
}

/** Half of the width of a bar. */
const half = 0.4

// --- charting

/**
 * Charts the waits of policies if every attempt fails, each in a panel of its own on the same axes: for every retry the window
 * that `explain` gives as a bar, and the waits of some calls, drawn by `waits`, as dots. A policy that stops says so where it does.
 *
 * *Gotcha*: as in the table of `explain`, the waits are those of the main schedule, without hints and without those of `when`.
 *
 * Throws a `RangeError` or `TypeError` that names the key for a bad option.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, limitRetries, withJitter } from 'reprise'
 * import { waitsChart } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const plain = pipe(exponential('1s'), limitRetries(5))
 * const chart = waitsChart({ plain, 'full jitter': pipe(plain, withJitter('full')) }, { draws: 100, seed: 7 })
 * assert.equal(JSON.stringify(chart).includes('full jitter'), true)
 *
 * @category charts
 * @since 0.3.0
 */
export const waitsChart = (
  policies: Readonly<Record<string, AnyPolicy>>,
  options: WaitsChartOptions = {}
): ChartSpec => {
  const title = titleOf('waitsChart', options, 'Waits before each retry')
  const { scale } = options
  const retries = wholeNumber('waitsChart: retries', options.retries ?? 10, 1)
  const draws = wholeNumber('waitsChart: draws', options.draws ?? 40, 0)
  const seed = toSeed('waitsChart: seed', options.seed ?? 0)
  if (![undefined, 'linear', 'log'].includes(scale)) invalid('waitsChart: scale', "'linear' or 'log'", scale)
  const width = pixels('waitsChart: width', options.width ?? 190)
  const height = pixels('waitsChart: height', options.height ?? 200)

  const shown = Object.entries(policies).map(([name, policy], i): Shown => ({
    name,
    colour: colourAt(i),
    ...tabulate(toPolicy(`waitsChart: policies.${name}`, policy), retries),
    drawn: Array.from({ length: draws }, (_, draw) =>
      waits(policy, retries, seed + draw).map((wait, retry) => ({
        retry: retry + 1,
        wait,
        // Draws stand beside each other, those of one call in the same place.
        at: significant(retry + 1 - half + (2 * half * (draw + 0.5)) / draws)
      }))
    ).flat()
  }))
  if (shown.length === 0) return emptyChart(title, 'There are no policies.')

  const most = Math.max(1, ...shown.map(({ more, waits }) => waits.length + (more ? 0 : 1)))
  const columns = shown.length <= 4 ? shown.length : 3
  const y = yOf(
    shown.flatMap(({ waits }) => waits.map(({ to }) => to)),
    scale,
    Math.max(2, Math.round(height / 35))
  )
  const heads = shown.map((each) => headOf(each, width))
  const deepest = Math.max(...heads.map(({ text, subtitle }) => 15 * text.length + 13 * subtitle.length))
  const told =
    'If every attempt fails. Bars: the window from which a wait is drawn.' +
    (draws === 0 ? '' : ` Dots: the waits of ${counted(draws, 'call')}, drawn at random.`)
  return chartOf(
    title,
    lines(told, Math.max(50, (columns * (width + 30)) / 10)),
    `${title}, if every attempt fails: ${shown.map((each) => `${each.name} ${endOf(each)}`).join('; ')}.`,
    {
      columns,
      bounds: 'flush',
      spacing: { column: 30, row: 75 + deepest },
      concat: shown.map((each, i) => panelOf(each, most, width, height, y(i % columns === 0)))
    }
  )
}

// --- parts

const endOf = ({ more, waits }: Shown): string => {
  const last = waits.at(-1)
  if (last === undefined) return 'makes no retry'
  return more
    ? `goes on after ${counted(waits.length, 'retry', 'retries')}`
    : `stops after ${counted(waits.length, 'retry', 'retries')}, ${formatDuration(last.latest)} of waits at most`
}

const headOf = (shown: Shown, width: number) => ({
  text: lines(shown.name, width / 7.5),
  subtitle: lines(endOf(shown), width / 5.5)
})

const yOf = (ends: ReadonlyArray<number>, asked: WaitsChartOptions['scale'], ticks: number) => {
  const positive = ends.filter((end) => end > 0)
  const [least, most] = [Math.min(...positive), Math.max(...positive)]
  const isLog = positive.length > 0 && (asked === undefined ? most > 60 * least : asked === 'log')
  const top = positive.length > 0 ? most : 1
  const ruler = isLog ? logTimeAxis(least / 10, most) : timeAxis(top, positive.length > 0 ? ticks : 1)
  return (isFirst: boolean): Part => ({
    type: 'quantitative',
    title: isFirst ? (isLog ? 'wait (log scale)' : 'wait') : null,
    scale: {
      domain: [0, top],
      nice: false,
      // Full jitter waits from 0 on: below the constant, the scale is linear.
      ...(isLog ? { type: 'symlog', constant: least / 10 } : {})
    },
    axis: { ...ruler, domain: false, ticks: false, labels: isFirst }
  })
}

const panelOf = (shown: Shown, most: number, width: number, height: number, y: Part): Part => {
  const { colour, drawn, more, waits } = shown
  const every = Math.ceil(most / 10)
  // A retry is as wide as 1.
  const x: Part = {
    type: 'quantitative',
    title: 'retry',
    scale: { domain: [0.5, most + 0.5], nice: false },
    axis: {
      grid: false,
      ticks: false,
      format: 'd',
      values: Array.from({ length: Math.floor(most / every) }, (_, i) => (i + 1) * every)
    }
  }
  const x2: Part = { field: 'right' }
  return {
    title: { ...headOf(shown, width), fontSize: 13, subtitleFontSize: 11, color: ink, offset: 8 },
    width,
    height,
    layer: [
      {
        data: {
          values: waits.map(({ retry, from, to }) => ({
            retry,
            from: significant(from, 9),
            to: significant(to, 9),
            left: retry - half,
            right: retry + half
          }))
        },
        mark: {
          type: 'rect',
          color: colour,
          fillOpacity: 0.25,
          stroke: colour,
          strokeWidth: width < 8 * most ? 0.75 : 1.5
        },
        encoding: { x: { ...x, field: 'left' }, x2, y: { ...y, field: 'from' }, y2: { field: 'to' } }
      },
      {
        data: { values: drawn },
        mark: { type: 'circle', color: colour, size: 7, opacity: 0.8, aria: false },
        encoding: { x: { ...x, field: 'at' }, y: { ...y, field: 'wait' } }
      },
      ...(more ? [] : stopAt(waits.length + 0.5, most + 0.5, x, height))
    ]
  }
}

/** Layers that say that there is no retry from here on. */
const stopAt = (left: number, right: number, x: Part, height: number): ReadonlyArray<Part> => {
  const data: Part = { values: [{ left, right, middle: left + 0.5, text: 'stops' }] }
  return [
    {
      data,
      mark: { type: 'rect', color: '#f0f0f0' },
      encoding: { x: { ...x, field: 'left' }, x2: { field: 'right' } }
    },
    {
      data,
      mark: { type: 'text', angle: 270, align: 'left', baseline: 'middle', fontSize: 12, color: ink },
      encoding: {
        x: { ...x, field: 'middle' },
        y: { value: height - 6 },
        text: { field: 'text', type: 'nominal' }
      }
    }
  ]
}
