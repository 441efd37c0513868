/** Tables of waits, with a bar for each row where there is room for bars. */
import { formatDuration } from '../policy/formatDuration.js'
import { axisOf, type Bar, barOf, type Range, type Scale } from './Bars.js'
import { type Column, margin, table } from './Layout.js'
import type { Paint } from './Paint.js'

// --- model

interface Waits {
  readonly columns: ReadonlyArray<Column>
  /** What each row has a bar of: solid up to `from`, lighter up to `to`. */
  readonly bars: ReadonlyArray<Range | undefined>
  /** What all bars are drawn on; none if there is nothing to draw. */
  readonly scale: Scale | undefined
  /** What the two parts of a bar are. */
  readonly legend: readonly [solid: string, light: string]
}

const [full, shade] = ['█', '░']

/** Bars grow with the terminal, between these. */
const [narrowest, widest] = [12, 60]

// --- rendering

export const renderWaits =
  (paint: Paint, width: number) =>
  ({ columns, bars, scale, legend }: Waits): ReadonlyArray<string> => {
    const { heading, rows } = table(columns)
    const room = Math.min(widest, width - heading.length - 2 * margin.length)
    if (scale === undefined || room < narrowest) return lines(paint, heading, rows)
    const { labels, ruler } = axisOf(scale, room)
    const draw = barOf(scale, room)
    const drawn = bars.map((range) => range && draw(range))
    const beside = (bar: string): string => `${margin}${' '.repeat(heading.length)}${margin}${bar}`
    return [
      `${margin}${paint.title(heading)}${margin}${paint.faint(labels)}`,
      beside(paint.faint(ruler)),
      ...rows.map((row, i) => `${margin}${row}${margin}${renderBar(paint, drawn[i])}`.trimEnd()),
      ...legendOf(drawn, scale, legend).map((text) => {
        // Under the bars, or as far to the left as it has to begin.
        const start = Math.min(heading.length + 2 * margin.length, width - text.length)
        return ' '.repeat(Math.max(0, start)) + paint.faint(text)
      })
    ]
  }

const lines = (paint: Paint, heading: string, rows: ReadonlyArray<string>): ReadonlyArray<string> => [
  margin + paint.title(heading.trimEnd()),
  ...rows.map((row) => (margin + row).trimEnd())
]

const renderBar = (paint: Paint, { solid, light }: Bar = { solid: 0, light: 0 }): string =>
  (solid > 0 ? paint.solid(full.repeat(solid)) : '') + (light > 0 ? paint.light(shade.repeat(light)) : '')

const legendOf = (
  bars: ReadonlyArray<Bar | undefined>,
  { logarithmic }: Scale,
  [solid, light]: Waits['legend']
): ReadonlyArray<string> => {
  const shades = bars.some((bar) => bar !== undefined && bar.light > 0)
    ? [`${full} ${solid}`, `${shade} ${light}`]
    : []
  const all = [...shades, ...(logarithmic ? ['logarithmic scale'] : [])]
  return all.length === 0 ? [] : [all.join(margin)]
}

/** The columns of windows: one where all waits are exact, two otherwise. */
export const windowColumns = (windows: ReadonlyArray<Range>): ReadonlyArray<Column> => {
  const column = (heading: string, end: keyof Range): Column => ({
    heading,
    align: 'right',
    cells: windows.map((window) => formatDuration(window[end]))
  })
  return windows.every((window) => window.from === window.to)
    ? [column('wait', 'to')]
    : [column('from', 'from'), column('to', 'to')]
}
