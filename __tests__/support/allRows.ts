/** All rows, named by their entry point and function. */
import { bullmqRows, httpRows, piscinaRows, redisRows, telemetryRows } from './adapterRows.js'
import { coreRows } from './coreRows.js'
import { codecRows, interopRows, labRows, testingRows } from './toolRows.js'
import type { Row, Rows } from './rows.js'

/** The rows of each entry point, by its name. */
export const rowsOf: Readonly<Record<string, Rows>> = {
  reprise: coreRows,
  codec: codecRows,
  testing: testingRows,
  lab: labRows,
  http: httpRows,
  interop: interopRows,
  opentelemetry: telemetryRows,
  piscina: piscinaRows,
  bullmq: bullmqRows,
  redis: redisRows
}

const all: ReadonlyArray<readonly [entry: string, name: string, row: Row]> = Object.entries(rowsOf).flatMap(
  ([entry, rows]) => Object.entries(rows).map(([name, row]) => [entry, name, row] as const)
)

/** The rows of one kind, each with a title, the name of the function, what of it that kind is, and the row. */
export const rowsWith = <K extends keyof Row>(
  kind: K
): ReadonlyArray<readonly [title: string, name: string, of: NonNullable<Row[K]>, row: Row]> =>
  all.flatMap(([entry, name, row]) => {
    const of = row[kind]
    return of === undefined
      ? []
      : [[entry === 'reprise' ? name : `${entry}: ${name}`, name, of, row] as const]
  })
