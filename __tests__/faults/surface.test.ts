import * as core from 'reprise'
import * as bullmq from 'reprise/bullmq'
import * as codec from 'reprise/codec'
import * as http from 'reprise/http'
import * as interop from 'reprise/interop'
import * as lab from 'reprise/lab'
import * as opentelemetry from 'reprise/opentelemetry'
import * as piscina from 'reprise/piscina'
import * as redis from 'reprise/redis'
import * as testing from 'reprise/testing'
import { readFileSync } from 'node:fs'
import { rowsOf } from '../support/allRows.js'

const entries: Readonly<Record<string, object>> = {
  reprise: core,
  bullmq,
  codec,
  http,
  interop,
  lab,
  opentelemetry,
  piscina,
  redis,
  testing
}

describe('the table of public functions', () => {
  it('the entry points of package.json -> each has a table', () => {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      exports: Record<string, unknown>
    }
    const names = Object.keys(exports)
      .filter((path) => !path.endsWith('.json'))
      .map((path) => (path === '.' ? 'reprise' : path.slice(2)))
    expect(Object.keys(entries).sort()).toEqual(names.sort())
    expect(Object.keys(rowsOf).sort()).toEqual(names.sort())
  })

  it.each(Object.entries(entries))('%s -> a row for each export, of a kind at least', (entry, exported) => {
    const rows = rowsOf[entry] ?? {}
    expect(Object.keys(rows).sort()).toEqual(Object.keys(exported).sort())
    const idle = Object.entries(rows).filter(([name, row]) => {
      const isFunction = typeof Reflect.get(exported, name) === 'function'
      return Object.keys(row).length === 0 || (isFunction && row.value === true)
    })
    expect(idle).toEqual([])
  })
})
