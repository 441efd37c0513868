/** The measures of a fleet as they are shown: what they are called, which value is better, and how it is written. */
import type { Measure } from '../lab/index.js'
import { type Duration, toMillis } from '../policy/Duration.js'
import { formatDuration } from '../policy/formatDuration.js'

// --- model

interface Shown {
  readonly label: string
  readonly better: 'least' | 'most'
  readonly write: (value: number) => string
  /** What is written where there is no value. */
  readonly none: string
  /** Reads a bound; NaN for what is none. */
  readonly read: (text: string) => number
}

/** A bound that a policy has to keep. */
export interface Bound {
  readonly measure: Measure
  readonly relation: '<=' | '>='
  readonly value: number
}

// --- numbers

/** `12,345`. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',')

/** Three digits that count. */
export const brief = (value: number): string =>
  value >= 1000 ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)))

/** Always three digits, so that columns are even. */
const factor = (value: number): string => (value >= 1000 ? brief(value) : value.toPrecision(3))

/** Rounded down: what failed must not go unseen. */
export const percent = (ratio: number): string => `${(Math.floor(ratio * 1000 + 1e-6) / 10).toFixed(1)} %`

export const time = (ms: number): string => formatDuration(Number(ms.toPrecision(3)))

const readNumber = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN)

const readTime = (text: string): number => {
  try {
    return /^\d+$/.test(text) ? Number(text) : toMillis('', text as Duration)
  } catch {
    return NaN
  }
}

const readRatio = (text: string): number =>
  text.endsWith('%') ? readNumber(text.slice(0, -1).trim()) / 100 : readNumber(text)

// --- measures

const latency = (label: string): Shown => ({ label, better: 'least', write: time, none: '–', read: readTime })

export const measures: Readonly<Record<Measure, Shown>> = {
  calls: {
    label: 'calls',
    better: 'least',
    write: (value) => grouped(Math.round(value)),
    none: '–',
    read: readNumber
  },
  amplification: { label: 'amplification', better: 'least', write: factor, none: '–', read: readNumber },
  successRatio: { label: 'success', better: 'most', write: percent, none: '–', read: readRatio },
  p50: latency('p50'),
  p90: latency('p90'),
  p99: latency('p99'),
  completion: latency('completion'),
  recovery: {
    label: 'recovery',
    better: 'least',
    write: (value) => (value === 0 ? 'at once' : time(value)),
    none: 'never',
    read: readTime
  }
}

export const measureNames = Object.keys(measures) as ReadonlyArray<Measure>

/** Writes a value, or that there is none. */
export const written = (measure: Measure, value: number): string =>
  Number.isFinite(value) ? measures[measure].write(value) : measures[measure].none

// --- bounds

/** Reads a bound, such as `amplification<=1.5`, `p99<=2s` or `successRatio>=99%`. */
export const readBound = (text: string): Bound | undefined => {
  const [, name = '', relation, limit = ''] = /^\s*(\w+)\s*(<=|>=)\s*(.+?)\s*$/.exec(text) ?? []
  const measure = measureNames.find((each) => each === name)
  const value = measure === undefined ? NaN : measures[measure].read(limit)
  return measure === undefined || (relation !== '<=' && relation !== '>=') || Number.isNaN(value)
    ? undefined
    : { measure, relation, value }
}

/** Says what a bound is, exactly. */
export const boundInWords = ({ measure, relation, value }: Bound): string =>
  `${measure} ${limitInWords({ measure, relation, value })}`

const limitInWords = ({ measure, relation, value }: Bound): string => {
  switch (measures[measure].read) {
    case readTime:
      return `${relation} ${formatDuration(value)}`
    case readRatio:
      return `${relation} ${Number((value * 100).toPrecision(12))} %`
    default:
      return `${relation} ${value}`
  }
}

/** Says in what way values do not keep a bound. */
export const missOf =
  (measured: Readonly<Record<Measure, number>>) =>
  (bound: Bound): ReadonlyArray<string> => {
    const { measure, relation, value } = bound
    const actual = measured[measure]
    const misses = relation === '<=' ? actual > value : actual < value
    return misses ? [`${measure} ${written(measure, actual)}, not ${limitInWords(bound)}`] : []
  }
