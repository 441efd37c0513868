/** What happened over time, under one policy or several. */
import { type Duration, longest, toMillis } from '../policy/Duration.js'
import {
  chartOf,
  type ChartOptions,
  type ChartSpec,
  colourAt,
  columnsFor,
  dashAt,
  emptyChart,
  faint,
  ink,
  listed,
  type Part,
  pixels,
  populationOf,
  significant,
  titleOf
} from './ChartSpec.js'
import type { Bin, FleetResult } from './FleetResult.js'
import { bandsOf, shadeOf, stripOf } from './OutageBands.js'
import type { Outage } from './Scenario.js'
import { timeAxis } from './TimeAxis.js'

// --- model

/**
 * How a timeline looks.
 *
 * @category charts
 * @since 0.3.0
 */
export interface TimelineChartOptions extends ChartOptions {
  /** Those of the scenario's server: they become bands behind the lines. */
  readonly outages?: ReadonlyArray<Outage> | undefined
  /** Where the time axis ends, to look at the first part more closely; where the last run does if not set. */
  readonly until?: Duration | undefined
}

/** A part of the chart with a value axis of its own; `field` is that of the rows. */
interface Panel {
  readonly title: string
  readonly field: string
}

/** A row of the data. */
type Row = Readonly<Record<string, string | number | null>>

// --- charting

/**
 * Charts what happened over time: the calls that the server received, with the requests that clients made as a baseline; the
 * requests under way; those that succeeded and failed; and what was watched. Results are given by the name of their policy,
 * and should be of one scenario. A panel is left out if there is nothing in it.
 *
 * Lines go in steps, of one bin that was recorded or of several: rates are the mean of a step, requests under way the most that
 * there were when one of its bins ended, and what was watched is as it was at its end. Where a run was over, its lines fall to 0.
 *
 * Throws a `RangeError` or `TypeError` that names the key for a bad option.
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { exponential, withJitter, withRetry } from 'reprise'
 * import { runFleet, timelineChart } from 'reprise/lab'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const scenario = { clients: 20, contention: { message: { normal: [10, 2] } } } as const
 * const policy = pipe(exponential(20), withJitter('full'))
 *
 * const result = await runFleet(scenario, (call) => pipe(call, withRetry(policy)))()
 * assert(result._tag === 'Right')
 * const chart = timelineChart({ 'full jitter': result.right }, { title: 'One row, 20 clients' })
 * assert.equal(chart.$schema, 'https://vega.github.io/schema/vega-lite/v6.json')
 *
 * @category charts
 * @since 0.3.0
 */
export const timelineChart = (
  results: Readonly<Record<string, FleetResult>>,
  options: TimelineChartOptions = {}
): ChartSpec => {
  const title = titleOf('timelineChart', options, 'Calls over time')
  const { outages = [], until = longest } = options
  const width = pixels('timelineChart: width', options.width ?? 640)
  const height = pixels('timelineChart: height', options.height ?? 110)
  const names = Object.keys(results)
  const all = Object.values(results)
  const last = Math.max(0, ...all.map(endOf))
  const seen = Math.min(toMillis('timelineChart: until', until), last)
  // What is drawn of all of them has one width, and is wide enough to be seen.
  const widest = Math.max(0, ...all.map(({ series: { bins, width } }) => (bins.length > 0 ? width : 0)))
  const step = widest * Math.max(1, Math.ceil(seen / widest / most))
  const end = seen === last ? Math.ceil(last / step - 1e-9) * step : seen
  const bands = bandsOf(outages, end)
  if (!(end > 0)) return emptyChart(title, 'There are no results.')

  const drawn = Object.entries(results).map(([policy, result]) => ({
    policy,
    result,
    steps: stepsOf(result, step, end)
  }))
  const watches = [
    ...new Set(drawn.flatMap(({ steps }) => steps.flatMap((each) => Object.keys(each.watched))))
  ]
  const series = drawn.flatMap(({ policy, steps }) =>
    steps.map(({ time, calls, underWay, succeeded, failed, watched }): Row => ({
      policy,
      time,
      calls,
      underWay,
      succeeded,
      failed,
      ...Object.fromEntries(watches.map((name, i) => [`watched${i}`, significant(watched[name] ?? NaN)]))
    }))
  )
  const baseline = unlike('requests made', names)
  const requests = drawn
    .filter(({ result }, i) => all.findIndex((other) => askedOf(other) === askedOf(result)) === i)
    .flatMap(({ policy, steps }) =>
      steps.map(({ time, requests }): Row => ({ policy: baseline, of: policy, time, requests }))
    )
  const panels: ReadonlyArray<Panel> = [
    { title: 'Calls the server received, per second', field: 'calls' },
    { title: 'Requests under way, those that wait for a retry included', field: 'underWay' },
    { title: 'Requests that succeeded, per second', field: 'succeeded' },
    { title: 'Requests that failed, per second', field: 'failed' },
    ...watches.map((title, i) => ({ title, field: `watched${i}` }))
  ].filter(({ field }) => field !== 'failed' || series.some((row) => row[field] !== 0))

  const timed = xOf(end, Math.max(2, Math.round(width / 80)))
  const line = lineOf(names, baseline, width)
  return chartOf(
    title,
    populationOf(all),
    `${title}. Lines over time for ${listed(names)}: ${panels.map((panel) => panel.title).join('; ')}.` +
      bands.map(({ from, to, label }) => ` Outage from ${from} ms to ${to} ms: ${label}.`).join(''),
    {
      datasets: { series, requests },
      data: { name: 'series' },
      spacing: 16,
      vconcat: [
        ...(bands.length === 0 ? [] : [stripOf(bands, width, end)]),
        ...panels.map(({ title, field }, i): Part => {
          const x = timed(i === panels.length - 1)
          const isFlat = series.every((row) => row[field] === 0 || row[field] === null)
          return {
            title: { text: title, fontSize: 12, color: ink, offset: 6 },
            width,
            height,
            layer: [
              ...(bands.length === 0 ? [] : [shadeOf(bands, x)]),
              ...(field === 'calls'
                ? [
                    {
                      data: { name: 'requests' },
                      ...line('requests', x, false, { detail: { field: 'of', type: 'nominal' } })
                    }
                  ]
                : []),
              line(field, x, isFlat)
            ]
          }
        })
      ],
      resolve: { scale: { color: 'shared', strokeDash: 'shared' } }
    }
  )
}

// --- steps

/** How many steps a line has at most. */
const most = 160

/** Bins that are drawn as one; its counts are rates a second. */
type Step = Pick<Bin, 'time' | 'requests' | 'calls' | 'succeeded' | 'failed' | 'underWay' | 'watched'>

const endOf = ({ series: { bins, width } }: FleetResult): number => (bins.at(-1)?.time ?? -width) + width

/** Gives the steps until `end`, and one more for where the last of them ends. */
const stepsOf = (result: FleetResult, width: number, end: number): ReadonlyArray<Step> => {
  const groups = new Map<number, Bin[]>()
  for (const bin of result.series.bins) {
    const index = Math.floor(bin.time / width + 1e-9)
    const group = groups.get(index)
    if (group !== undefined) group.push(bin)
    else if (index * width < end) groups.set(index, [bin])
  }
  const steps = [...groups].map(([index, bins]) => stepOf(bins, index * width, width))
  const last = steps.at(-1)
  if (last === undefined) return []
  const isOver = last.time + width >= endOf(result) && result.failed['Unfinished'] === undefined
  const none = isOver ? { requests: 0, calls: 0, succeeded: 0, failed: 0, underWay: 0 } : {}
  return [...steps, { ...last, ...none, time: Math.min(last.time + width, end) }]
}

const stepOf = (bins: ReadonlyArray<Bin>, time: number, width: number): Step => {
  const perSecond = (key: 'requests' | 'calls' | 'succeeded' | 'failed'): number =>
    // A count in a width of more than 0 is finite.
    significant((bins.reduce((sum, bin) => sum + bin[key], 0) * 1000) / width) as number
  return {
    time,
    requests: perSecond('requests'),
    calls: perSecond('calls'),
    succeeded: perSecond('succeeded'),
    failed: perSecond('failed'),
    underWay: Math.max(...bins.map(({ underWay }) => underWay)),
    // A step is made of one bin at least.
    watched: (bins.at(-1) as Bin).watched
  }
}

/** What is the same for results of fleets that made the same requests. */
const askedOf = ({ seed, clients, requests }: FleetResult): string => `${seed} ${clients} ${requests}`

// --- parts

const xOf =
  (end: number, ticks: number) =>
  (isLast: boolean): Part => ({
    field: 'time',
    type: 'quantitative',
    title: isLast ? 'time since the start' : null,
    scale: { domain: [0, end], nice: false },
    axis: { ...timeAxis(end, ticks), labels: isLast, ticks: isLast }
  })

const lineOf = (names: ReadonlyArray<string>, baseline: string, width: number) => {
  const domain = [...names, baseline]
  const policy: Part = { field: 'policy', type: 'nominal' }
  return (field: string, x: Part, isFlat: boolean, more: Part = {}): Part => ({
    // A value holds until the next.
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.75 },
    encoding: {
      x,
      y: {
        field,
        type: 'quantitative',
        title: null,
        axis: {
          tickCount: 4,
          domain: false,
          ticks: false,
          ...(field === 'underWay' ? { tickMinStep: 1 } : {})
        },
        // Where all is 0, there is no scale to be found.
        ...(isFlat ? { scale: { domain: [0, 1] } } : {})
      },
      color: {
        ...policy,
        scale: { domain, range: [...names.map((_, i) => colourAt(i)), faint] },
        legend: { orient: 'top', title: null, symbolType: 'stroke', columns: columnsFor(domain, width) }
      },
      strokeDash: { ...policy, scale: { domain, range: [...names.map((_, i) => dashAt(i)), [4, 3]] } },
      ...more
    }
  })
}

const unlike = (label: string, names: ReadonlyArray<string>): string =>
  names.includes(label) ? unlike(`all ${label}`, names) : label
