import { formatDuration } from '../policy/formatDuration.js'
import type { WaitTable } from '../policy/tabulate.js'
import { type Scale, scaleOf } from './Bars.js'
import { margin, printable, wrap } from './Layout.js'
import type { Paint } from './Paint.js'
import { renderTitle, timeoutsInWords } from './renderTitle.js'
import { renderWaits, windowColumns } from './renderWaits.js'
import type { Explained } from './Report.js'

/** Tells what policies do: in words, then the waits as a table and as bars, all of a policy on one scale. */
export const renderExplained =
  (paint: Paint, width: number) =>
  (policies: ReadonlyArray<Explained>): string =>
    policies.map((each) => `${renderOne(paint, width, each).join('\n')}\n`).join('\n')

const renderOne = (paint: Paint, width: number, explained: Explained): ReadonlyArray<string> => {
  const { words, waits, more, chosen } = explained
  const scale = scaleOf([explained, ...chosen].flatMap((table) => table.waits))
  const paragraph = (text: string): ReadonlyArray<string> =>
    wrap(printable(text), width - margin.length, margin).map((line) => margin + line)
  return [
    ...renderTitle(paint, width)(explained),
    '',
    ...[...words, ...timeoutsInWords(explained)].flatMap(paragraph),
    ...renderTable(paint, width, { waits, more }, scale),
    ...chosen.flatMap(({ errors, ...table }) => {
      const rows = renderTable(paint, width, table, scale)
      return rows.length === 0 ? [] : ['', ...paragraph(`For ${errors}:`), ...rows]
    })
  ]
}

const renderTable = (
  paint: Paint,
  width: number,
  { waits, more }: WaitTable,
  scale: Scale | undefined
): ReadonlyArray<string> => {
  if (waits.length === 0) return []
  const column = (heading: string, cells: ReadonlyArray<string>) =>
    ({ heading, align: 'right', cells }) as const
  return [
    '',
    ...renderWaits(
      paint,
      width
    )({
      columns: [
        column('retry', [...waits.map(({ retry }) => String(retry)), ...(more ? ['…'] : [])]),
        ...windowColumns(waits),
        column(
          'latest start',
          waits.map(({ latest }) => formatDuration(latest))
        )
      ],
      bars: waits,
      scale,
      legend: ['at least', 'at most']
    })
  ]
}
