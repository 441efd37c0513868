/** Axes of time: values in milliseconds, ticks where people expect them, and labels with units. */
import { formatDuration } from '../policy/formatDuration.js'
import { labelExprOf, type Part } from './ChartSpec.js'

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const

/** Gives about `count` ticks of a linear axis from 0 to `most` > 0, all in one unit. */
export const timeAxis = (most: number, count: number): Part => {
  const [size, unit] = unitOf(most)
  // Waits may be shorter than any ticks.
  const step = niceStep(Math.max(most / size / count, 1e-9))
  return axisOf(
    Array.from({ length: Math.floor(most / size / step + 1e-9) + 1 }, (_, i) => {
      const amount = Number((i * step).toPrecision(9))
      return [amount * size, amount === 0 ? '0' : `${amount} ${unit}`]
    })
  )
}

/** Gives the ticks of a logarithmic axis from `least` to `most`, and 0. */
export const logTimeAxis = (least: number, most: number): Part => {
  const within = decades.filter((each) => each >= least && each <= most)
  const every = Math.ceil(within.length / 8)
  return axisOf([
    [0, '0'],
    ...within.filter((_, i) => i % every === 0).map((ms) => [ms, formatDuration(ms)] as const)
  ])
}

const axisOf = (ticks: ReadonlyArray<readonly [ms: number, label: string]>): Part => ({
  values: ticks.map(([ms]) => ms),
  labelExpr: labelExprOf(ticks)
})

const unitOf = (most: number): readonly [size: number, name: string] =>
  most <= 2 * second
    ? [1, 'ms']
    : most <= 5 * minute
      ? [second, 's']
      : most <= 3 * hour
        ? [minute, 'min']
        : most <= 3 * day
          ? [hour, 'h']
          : [day, 'd']

/** The least of 1, 2, 5, 10, 20, 30, 50, 100, 200 … that is not below: halves of a minute are marks too. */
const niceStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least))
  const steps = power === 10 ? [1, 2, 3, 5] : [1, 2, 5]
  // Stryker disable next-line EqualityOperator: the billionth is for rounding; so near to a step, either is right
  return (steps.find((each) => each * power >= least * (1 - 1e-9)) ?? 10) * power
}

/** Powers of ten in each unit. */
const decades = [
  ...[0.001, 0.01, 0.1, 1, 10, 100],
  ...[second, 10 * second, minute, 10 * minute, hour],
  ...[1, 10, 100].map((n) => n * day),
  ...[10, 100, 1000, 10_000, 100_000].map((n) => n * 365.25 * day)
]
