/**
 * Waits as bars, all on one scale: solid as far as a wait is certain, lighter as far as it may go. The scale is linear
 * while the shortest bar can still be seen beside the longest, logarithmic beyond.
 */
import { formatDuration } from '../policy/formatDuration.js'

// --- model

/** A wait from `from` to `to`, in milliseconds. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** What the ends of the bars stand for, in milliseconds; `least`, at the left, is 0 unless the scale is logarithmic. */
export interface Scale {
  readonly logarithmic: boolean
  readonly least: number
  readonly most: number
  readonly ticks: ReadonlyArray<number>
}

/** How many cells of a bar are solid, and how many lighter ones follow. */
export interface Bar {
  readonly solid: number
  readonly light: number
}

/** What stands above the bars. */
export interface Axis {
  readonly labels: string
  readonly ruler: string
}

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]
const year = 365.25 * day

/** The steps of linear scales, as clocks and calendars have them. */
const steps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 200].map((n) => n * day),
  ...[1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power * year))
]

/** The ticks of logarithmic scales. */
const decades = [
  ...[0.01, 0.1, 1, 10, 100],
  ...[second, 10 * second, minute, 10 * minute, hour, 10 * hour, 4 * day, 40 * day],
  ...[10, 100, 1000, 10_000, 100_000].map((n) => n * year)
]

// --- scales

/** How many times longer than the shortest wait the longest may be, for a linear scale. */
const linearUpTo = 32

/** Gives the scale of some waits; none if all of them are 0. */
export const scaleOf = (ranges: ReadonlyArray<Range>): Scale | undefined => {
  const most = ranges.reduce((longest, { to }) => Math.max(longest, to), 0)
  const shortest = ranges.reduce((least, { to }) => (to > 0 ? Math.min(least, to) : least), most)
  if (most === 0) return undefined
  if (most <= shortest * linearUpTo) {
    const step = steps.find((each) => most / each <= 5) ?? most
    const ticks = Array.from({ length: Math.ceil(most / step) }, (_, i) => i * step)
    return { logarithmic: false, least: 0, most, ticks }
  }
  // Windows that begin at next to nothing would take the scale for themselves.
  const first = ranges.reduce(
    (least, { from }) => (from > 0 ? Math.min(least, Math.max(from, shortest / 100)) : least),
    shortest
  )
  const least = decades.filter((each) => each < first).pop() ?? first / 10
  return {
    logarithmic: true,
    least,
    most,
    ticks: [least, ...decades.filter((each) => each > least && each < most)]
  }
}

/** Where a wait lies on the scale, from 0 to 1. */
const position = ({ logarithmic, least, most }: Scale, ms: number): number => {
  if (ms <= least) return 0
  return logarithmic ? Math.log(ms / least) / Math.log(most / least) : ms / most
}

// --- bars

/** Gives the bar of a wait in so many cells. Whatever is not 0 can be seen. */
export const barOf =
  (scale: Scale, width: number) =>
  ({ from, to }: Range): Bar => {
    const cells = (ms: number): number => Math.round(position(scale, ms) * width)
    const end = to > 0 ? Math.max(1, cells(to)) : 0
    const solid = to > from ? Math.min(cells(from), end - 1) : end
    return { solid, light: end - solid }
  }

// --- the axis

/** Gives the axis in so many cells: labels where there is room for them, the ends first. */
export const axisOf = (scale: Scale, width: number): Axis => {
  const cellOf = (ms: number): number => Math.max(0, Math.round(position(scale, ms) * width) - 1)
  const last = formatDuration(scale.most)
  const end = Math.max(0, width - last.length)
  const marks = scale.ticks.map((ms, i) => {
    const label = i === 0 ? formatLeast(ms) : formatDuration(ms)
    const cell = cellOf(ms)
    return { cell, label, start: i === 0 ? 0 : Math.max(0, cell - Math.floor((label.length - 1) / 2)) }
  })
  const ticks = new Set(marks.map(({ cell }) => cell))
  const labels = marks.reduce(
    (line, { label, start }) =>
      // Two blanks apart, so that the parts of one label stand closer together.
      (line === '' || start >= line.length + 2) && start + label.length + 2 <= end
        ? line.padEnd(start) + label
        : line,
    ''
  )
  const ruler = Array.from({ length: width }, (_, i) =>
    i === 0 ? '├' : i === width - 1 ? '┤' : ticks.has(i) ? '┼' : '─'
  )
  return { labels: labels.padEnd(end) + last.slice(0, width), ruler: ruler.join('') }
}

const formatLeast = (ms: number): string => (ms === 0 ? '0' : formatDuration(ms))
