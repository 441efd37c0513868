/** What all charts have in common: plain data that Vega-Lite reads, one look, and colours that go with names. */
import { invalid, isWithin } from '../policy/argument.js'
import type { FleetResult } from './FleetResult.js'

// --- model

/**
 * A value as JSON has it.
 *
 * @category model
 * @since 0.3.0
 */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

/**
 * A chart as plain data: a Vega-Lite 6 specification with its data in it. It can be stored as JSON, shown by notebooks and, in
 * a page, by `vega-embed`, and made a picture by `toSvg`. The same input gives the same specification.
 *
 * @category model
 * @since 0.3.0
 */
export interface ChartSpec {
  readonly $schema: string
  readonly [key: string]: Json
}

/** An object of a specification. */
export type Part = Readonly<Record<string, Json>>

/**
 * What every chart can be told.
 *
 * @category model
 * @since 0.3.0
 */
export interface ChartOptions {
  readonly title?: string | undefined
  /** Of a panel, in pixels. */
  readonly width?: number | undefined
  /** Of a panel, in pixels. */
  readonly height?: number | undefined
}

// --- constructors

/** Makes a chart; `description` is for those who cannot see it. */
export const chartOf = (
  title: string,
  subtitle: ReadonlyArray<string>,
  description: string,
  parts: Part
): ChartSpec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  description,
  title: { text: title, ...(subtitle.length === 0 ? {} : { subtitle }) },
  ...parts,
  config
})

/** Makes a chart that says why there is nothing to see. */
export const emptyChart = (title: string, why: string): ChartSpec =>
  chartOf(title, [], `${title}: ${why}`, {
    width: 300,
    height: 60,
    data: { values: [{ text: why }] },
    mark: { type: 'text', fontSize: 13, color: ink },
    encoding: { text: { field: 'text', type: 'nominal' } }
  })

export const ink = '#333333'
export const faint = '#767676'

const config: Part = {
  background: 'white',
  font: 'sans-serif',
  padding: 12,
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: 16,
    subtitleFontSize: 12,
    subtitleColor: '#555555',
    subtitlePadding: 5,
    offset: 12
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelColor: ink,
    titleColor: ink,
    gridColor: '#e6e6e6',
    domainColor: faint,
    tickColor: faint
  },
  legend: { labelFontSize: 12, labelLimit: 0, titleFontSize: 12, symbolStrokeWidth: 3, symbolSize: 200 },
  view: { stroke: null }
}

// --- colours

/** The palette of Okabe and Ito, which the colour-blind can tell apart, without its yellow. */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] as const

/** The colour of the policy at an index, the same in every chart. */
export const colourAt = (index: number): string => palette[index % palette.length] as string

/** How a line is dashed: solid as long as the colours suffice. */
export const dashAt = (index: number): ReadonlyArray<number> =>
  dashes[Math.floor(index / palette.length) % dashes.length] as ReadonlyArray<number>

const dashes = [
  [1, 0],
  [7, 2],
  [2, 2]
] as const

/** A scale from names to their colours. */
export const colourScale = (names: ReadonlyArray<string>): Part => ({
  domain: names,
  range: names.map((_, i) => colourAt(i))
})

// --- numbers and texts

/** Gives a number with so many digits that count; `null` for what is no number, as JSON has it. */
export const significant = (value: number, digits = 6): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(digits)) : null

/** `12,345`. */
export const grouped = (value: number): string => {
  const [whole, decimals] = String(value).split('.') as [string, string?]
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (decimals === undefined ? '' : `.${decimals}`)
}

/** `1 retry`, `2 retries`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`

/** `a, b and c`. */
export const listed = (names: ReadonlyArray<string>): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((each) => each !== '').join(' and ')

/** Who made the requests, if it was the same in all results. */
export const populationOf = (results: ReadonlyArray<FleetResult>): ReadonlyArray<string> => {
  const texts = results.map(
    ({ clients, requests }) => `${counted(clients, 'client')}, ${counted(requests, 'request')}`
  )
  return new Set(texts).size === 1 ? texts.slice(0, 1) : []
}

/** Breaks a text into lines of about that many characters. */
export const lines = (text: string, most: number): ReadonlyArray<string> =>
  text.split(/\s+/).reduce<ReadonlyArray<string>>((done, word) => {
    const last = done.at(-1)
    return last === undefined || last.length + word.length + 1 > most
      ? [...done, word]
      : [...done.slice(0, -1), `${last} ${word}`]
  }, [])

/** An expression that gives the label of a tick by its value: a text, or its lines. */
export const labelExprOf = (
  labels: ReadonlyArray<readonly [value: number | string, label: Json]>
): string => {
  const [values, texts] = [labels.map(([value]) => value), labels.map(([, label]) => label)]
  // Vega refuses objects with keys such as `constructor`.
  return `${literal(texts)}[indexof(${literal(values)}, datum.value)]`
}

/** A value in an expression, where these two would end a line. */
export const literal = (value: Json): string =>
  JSON.stringify(value).replace(/[\u2028\u2029]/g, (each) => (each === '\u2028' ? '\\u2028' : '\\u2029'))

// --- sizes

/** As many columns of a legend as fit if the longest label needs its room in each. */
export const columnsFor = (labels: ReadonlyArray<string>, width: number): number =>
  Math.max(1, Math.floor(width / (40 + 8 * Math.max(...labels.map(({ length }) => length)))))

/** Gives the title of a chart; throws an error that names the argument for options, or a title, that are none. */
export const titleOf = (who: string, options: ChartOptions, otherwise: string): string => {
  // Callers without types may hand over anything.
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null)
    invalid(`${who}: options`, 'an object', options)
  const { title = otherwise } = options
  return typeof title === 'string' ? title : invalid(`${who}: title`, 'a text', title)
}

/** Gives a size in pixels; throws an error that names the argument for what is none. */
export const pixels = (argument: string, value: number): number =>
  isWithin(value, 10_000) && value >= 1 ? value : invalid(argument, 'pixels from 1 to 10000', value)
