// Milliseconds up to a minute as they are; above, what is shown gets coarser as the time gets longer.
const second = 1000
const minute = 60_000
const hour = 3_600_000
const day = 86_400_000
// 365.25 days.
const year = 31_557_600_000

const round = (value: number, step: number): number => Math.round(value / step) * step

/** A number with few decimals, but never 0 for what is not. */
const decimal = (value: number, digits: number): string => {
  const rounded = +value.toFixed(digits)
  return String(rounded === 0 ? +value.toPrecision(1) : rounded)
}

type Unit = readonly [size: number, name: string]

/** The amounts of larger and smaller units, one at least, that make up a time; amounts of 0 are left out. */
const mixed = (ms: number, units: ReadonlyArray<Unit>): string => {
  const [[size, name], ...smaller] = units as readonly [Unit, ...Unit[]]
  if (smaller.length === 0) return ms === 0 ? '' : `${decimal(ms / size, 3)} ${name}`
  const amount = Math.floor(ms / size)
  return `${amount === 0 ? '' : `${amount} ${name} `}${mixed(ms - amount * size, smaller)}`.trim()
}

/**
 * Prints a time for people: `'250 ms'`, `'1.5 s'`, `'2 min'`, `'1 min 30 s'`, `'1 h'`. Rounded to milliseconds up to an
 * hour, to seconds up to a day, to minutes up to two years, and to years above.
 */
export const formatDuration = (ms: number): string => {
  // Stryker disable next-line EqualityOperator: 10 has no decimals
  const digits = ms < 10 ? 3 : 1
  if (round(ms, 0.1) < second) return `${decimal(ms, digits)} ms`
  if (round(ms, 1) < hour) {
    return mixed(round(ms, 1), [
      [minute, 'min'],
      [second, 's']
    ])
  }
  if (round(ms, second) < day) {
    return mixed(round(ms, second), [
      [hour, 'h'],
      [minute, 'min'],
      [second, 's']
    ])
  }
  if (round(ms, minute) < 2 * year) {
    return mixed(round(ms, minute), [
      [day, 'd'],
      [hour, 'h'],
      [minute, 'min']
    ])
  }
  return `${Math.round(ms / year).toLocaleString('en-US')} years`
}
