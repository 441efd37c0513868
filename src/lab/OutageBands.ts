/** Bad times of the server in a chart: bands behind the lines, and a strip above that says what they were. */
import { ink, type Part } from './ChartSpec.js'
import { type Spell, toSpells } from './Outage.js'
import type { Outage } from './Scenario.js'

// --- model

/** An outage as far as it is seen, in milliseconds. */
export interface Band {
  readonly from: number
  readonly to: number
  readonly label: string
}

/** A band, the time at which its label begins, and the row that it has room in. */
interface Placed extends Band {
  readonly at: number
  readonly row: number
}

// --- conversions

/** Gives what can be seen of outages until `end`; throws an error that names the key for what is none. */
export const bandsOf = (outages: ReadonlyArray<Outage>, end: number): ReadonlyArray<Band> =>
  toSpells(outages)
    .map((spell) => ({ from: spell.from, to: Math.min(spell.to, end), label: labelOf(spell) }))
    .filter(({ from, to }) => from < to)

const labelOf = ({ factor, mode, ratio }: Spell): string => {
  switch (mode) {
    case 'slow':
      return `slow: ${factor} times as long`
    case 'failing':
      return `failing: ${+(100 * ratio).toPrecision(3)} %`
    default:
      return mode
  }
}

// --- charting

/** A layer: the bands over the whole height. */
export const shadeOf = (bands: ReadonlyArray<Band>, x: Part): Part => ({
  data: { values: bands.map(({ from, to }) => ({ from, to })) },
  mark: { type: 'rect', color: '#000000', opacity: 0.09 },
  encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' } }
})

/** A panel that names the bands; what would meet stands in another row. */
export const stripOf = (bands: ReadonlyArray<Band>, width: number, end: number): Part => {
  const placed = placedOf(bands, end / width, end)
  const rows = 1 + Math.max(...placed.map(({ row }) => row))
  const x: Part = { type: 'quantitative', axis: null, scale: { domain: [0, end], nice: false } }
  const y: Part = {
    field: 'row',
    type: 'ordinal',
    axis: null,
    scale: { domain: [...Array(rows).keys()], paddingInner: 0.1, paddingOuter: 0 }
  }
  return {
    title: { text: 'Outages', fontSize: 12, color: ink, offset: 6 },
    width,
    height: 17 * rows,
    data: { values: placed.map((each) => ({ ...each })) },
    layer: [
      {
        mark: { type: 'rect', color: '#d0d0d0' },
        encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' }, y }
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: 11, color: '#000000' },
        encoding: { x: { ...x, field: 'at' }, y, text: { field: 'label', type: 'nominal' } }
      }
    ]
  }
}

/** Places bands, at so many milliseconds to a pixel: a label in the middle of its band, as far as the panel has room. */
const placedOf = (bands: ReadonlyArray<Band>, scale: number, end: number): ReadonlyArray<Placed> =>
  bands.reduce<ReadonlyArray<Placed>>((done, band) => {
    const at = Math.max(
      0,
      Math.min((band.from + band.to - roomOf(band, scale)) / 2, end - roomOf(band, scale))
    )
    const hits = (other: Placed): boolean =>
      Math.min(at, band.from) < Math.max(other.to, other.at + roomOf(other, scale)) + 6 * scale &&
      Math.min(other.at, other.from) < Math.max(band.to, at + roomOf(band, scale)) + 6 * scale
    const free = (row: number): number =>
      done.some((other) => other.row === row && hits(other)) ? free(row + 1) : row
    return [...done, { ...band, at: Math.round(at), row: free(0) }]
  }, [])

/** How long a label is. */
const roomOf = ({ label }: Band, scale: number): number => 6 * label.length * scale
