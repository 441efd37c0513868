/** Policies side by side: a column for each, in as many tables as it takes for them to fit. */
import type { Measure } from '../lab/index.js'
import { describeScenario } from './describeScenario.js'
import { type Fleet, type Fleets, isComparable, spellOf } from './Fleets.js'
import { counted, margin, printable, wrap } from './Layout.js'
import type { LabCommand } from './LabCommand.js'
import { boundInWords, grouped, measureNames, measures, written } from './Measures.js'
import type { Paint } from './Paint.js'
import { readFleets } from './readFleets.js'
import { nameOfFile } from './renderProblems.js'

// --- model

/** A row of the table: a cell for each policy, and which of them are the best. */
interface Row {
  readonly label: string
  readonly cells: ReadonlyArray<string>
  readonly best: ReadonlyArray<boolean>
}

// --- rendering

/** Tells what became of a scenario: what it is, the numbers, and what to look at. */
export const renderFleets =
  (paint: Paint, width: number) =>
  (
    compared: Fleets,
    { file, rank, svg, within }: Pick<LabCommand, 'file' | 'rank' | 'svg' | 'within'>
  ): string => {
    const { fleets, runs, scenario, seed } = compared
    const paragraph = (text: string): ReadonlyArray<string> =>
      wrap(printable(text), width - margin.length).map((line) => margin + line)
    const rows = rowsOf(compared, [
      ...(rank === undefined ? [] : [rank]),
      ...within.map(({ measure }) => measure)
    ])
    const seeds =
      runs === 1 ? `seed ${seed}` : `means of ${counted(runs, 'run')}, seeds ${seed} to ${seed + runs - 1}`
    return [
      `${paint.title(nameOfFile(file))}${paint.faint(`, ${seeds}`)}`,
      '',
      ...paragraph(describeScenario(scenario)),
      '',
      ...tables(
        paint,
        width,
        fleets.map(({ name }) => printable(name)),
        rows
      ),
      '',
      ...legend(rows).flatMap(paragraph).map(paint.faint),
      '',
      ...rankingOf(fleets, rank, within).flatMap(paragraph),
      ...readFleets(compared).flatMap(paragraph),
      ...(svg === undefined ? [] : paragraph(`The picture is in ${svg}.`)),
      ''
    ].join('\n')
  }

const shownAlways: ReadonlyArray<Measure> = [
  'calls',
  'amplification',
  'successRatio',
  'p50',
  'p99',
  'completion'
]

const rowsOf = ({ fleets, runs, scenario }: Fleets, asked: ReadonlyArray<Measure>): ReadonlyArray<Row> => {
  const spell = spellOf(scenario)
  const shown = new Set<Measure>([
    ...shownAlways,
    ...(spell === undefined ? [] : ['recovery' as const]),
    ...asked
  ])
  const tags = [
    ...new Set(fleets.flatMap(({ results }) => results.flatMap(({ failed }) => Object.keys(failed))))
  ]
  return [
    ...measureNames
      .filter((measure) => shown.has(measure))
      .map((measure): Row => {
        const cells = fleets.map(({ measured, results }) =>
          measure === 'recovery' && (spell === undefined || !isComparable(results, spell))
            ? '–'
            : written(measure, measured[measure])
        )
        return { label: measures[measure].label, cells, best: bestOf(fleets, measure, cells) }
      }),
    ...tags.sort().map((tag): Row => ({
      label: `✗ ${printable(tag)}`,
      cells: fleets.map(({ results }) => {
        const count = results.reduce((sum, { failed }) => sum + (failed[tag] ?? 0), 0)
        return count === 0 ? '' : grouped(Math.round(count / runs))
      }),
      best: fleets.map(() => false)
    }))
  ]
}

/** The best are those that read like the best one; none if all do. */
const bestOf = (
  fleets: ReadonlyArray<Fleet>,
  measure: Measure,
  cells: ReadonlyArray<string>
): ReadonlyArray<boolean> => {
  const values = fleets.map(({ measured }) => measured[measure])
  const best = measures[measure].better === 'least' ? Math.min(...values) : Math.max(...values)
  const cell = Number.isFinite(best) ? cells[values.indexOf(best)] : undefined
  const found = cells.map((each) => each === cell)
  return found.every(Boolean) ? cells.map(() => false) : found
}

// --- tables

const tables = (
  paint: Paint,
  width: number,
  names: ReadonlyArray<string>,
  rows: ReadonlyArray<Row>
): ReadonlyArray<string> => {
  const labelWidth = Math.max(...rows.map(({ label }) => label.length))
  // A row has a cell for each name. There is room for a mark behind each.
  const widths = names.map((name, i) =>
    Math.max(name.length, ...rows.map(({ cells }) => (cells[i] as string).length))
  )
  const blocks = blocksOf(widths, width - margin.length - labelWidth)
  return blocks.flatMap((block, i) => {
    const line = (label: string, cell: (column: number) => string): string =>
      (margin + label + block.map((column) => `${margin}${cell(column)}`).join('')).trimEnd()
    return [
      ...(i === 0 ? [] : ['']),
      line(
        ' '.repeat(labelWidth),
        (column) => `${paint.title((names[column] as string).padStart(widths[column] as number))} `
      ),
      ...rows
        .filter(({ cells }) => block.some((column) => cells[column] !== ''))
        .map(({ best, cells, label }) =>
          line(label.padEnd(labelWidth), (column) => {
            const cell = (cells[column] as string).padStart(widths[column] as number)
            return best[column] === true ? paint.good(`${cell}*`) : `${cell} `
          })
        )
    ]
  })
}

/** Columns that stand beside each other: as many as fit, and at least one. */
const blocksOf = (widths: ReadonlyArray<number>, room: number): ReadonlyArray<ReadonlyArray<number>> =>
  widths.reduce<ReadonlyArray<ReadonlyArray<number>>>((blocks, _, column) => {
    const last = [...(blocks.at(-1) ?? []), column]
    const taken = last.reduce((sum, each) => sum + (widths[each] as number) + margin.length + 1, 0)
    return blocks.length > 0 && taken - 1 <= room ? [...blocks.slice(0, -1), last] : [...blocks, [column]]
  }, [])

// --- words

const legend = (rows: ReadonlyArray<Row>): ReadonlyArray<string> => [
  [
    ...(rows.some(({ best }) => best.includes(true)) ? ['* the best.'] : []),
    'amplification: calls for each request; p50, p99: of the requests that succeeded',
    ...(rows.some(({ label }) => label === measures.recovery.label)
      ? ['; recovery: until things were as before the outage']
      : []),
    ...(rows.some(({ label }) => label.startsWith('✗')) ? ['; ✗: requests that failed, and with what'] : []),
    '.'
  ]
    .join(' ')
    .replace(/ ([;.])/g, '$1')
]

const rankingOf = (
  fleets: ReadonlyArray<Fleet>,
  rank: Measure | undefined,
  within: LabCommand['within']
): ReadonlyArray<string> => {
  if (rank === undefined) return []
  const keeping = fleets.filter(({ misses }) => misses.length === 0)
  const bounds = within.length === 0 ? '' : `, within ${within.map(boundInWords).join(', ')}`
  return [
    `Ranked by ${rank}${bounds}: ${keeping.length === 0 ? 'none' : keeping.map(({ name }, i) => `${i + 1}. ${name}`).join(', ')}.`,
    ...fleets.flatMap(({ misses, name }) =>
      misses.length === 0 ? [] : [`Not ${name}: ${misses.join(', ')}.`]
    )
  ]
}
