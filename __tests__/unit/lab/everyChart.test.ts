/** What holds for every chart, whatever it is made of. */
import * as fc from 'fast-check'
import type { Duration } from 'reprise'
import { type ChartSpec, comparisonChart, type Outage, timelineChart, waitsChart } from 'reprise/lab'
import { dataPolicies } from '../../support/arbitraries.js'
import { draw, faultOf, fleetResults, names } from '../../support/charts.js'

jest.setTimeout(120_000)

const moments = fc.nat(1000)
const outages: fc.Arbitrary<ReadonlyArray<Outage>> = fc.array(
  fc
    .tuple(moments, moments, fc.constantFrom('down', 'silent', 'slow', 'failing'))
    .map(([from, length, mode]): Outage => {
      const to = from + length + 1
      if (mode === 'slow') return { mode, from, to, factor: 1.5 }
      return mode === 'failing' ? { mode, from, to, ratio: 0.01 } : { mode: mode as 'down', from, to }
    }),
  { maxLength: 5 }
)

const results = fc.dictionary(names, fleetResults, { maxKeys: 4 })
const makers: fc.Arbitrary<() => ChartSpec> = fc.oneof(
  fc
    .tuple(
      results,
      fc.record({ outages, until: fc.constantFrom<Duration[]>(0, 15, '1h') }, { requiredKeys: [] })
    )
    .map(
      ([given, options]) =>
        () =>
          timelineChart(given, options)
    ),
  fc.tuple(results, fc.record({ outages }, { requiredKeys: [] })).map(
    ([given, options]) =>
      () =>
        comparisonChart(given, options)
  ),
  fc
    .tuple(
      fc.dictionary(names, dataPolicies, { maxKeys: 5 }),
      fc.record(
        {
          retries: fc.integer({ min: 1, max: 30 }),
          draws: fc.nat(3),
          scale: fc.constantFrom('linear', 'log')
        },
        { requiredKeys: [] }
      )
    )
    .map(
      ([given, options]) =>
        () =>
          waitsChart(given, options)
    )
)

describe('every chart', () => {
  it('is plain JSON, and the same each time', () => {
    const property = fc.property(makers, (make) => {
      const [one, other] = [make(), make()]
      expect(JSON.stringify(one)).toBe(JSON.stringify(other))
      expect(isJson(one)).toBe(true)
    })
    fc.assert(property, { seed: 20_260, numRuns: 200 })
  })

  it('is as the schema of Vega-Lite says, and drawn without warnings', async () => {
    const charts = fc.sample(makers, { numRuns: 25, seed: 20_260 }).map((make) => make())
    expect(charts.flatMap((chart) => faultOf(chart) ?? [])).toEqual([])
    const drawn = await draw(charts)
    expect(drawn.flatMap(({ warnings }) => warnings)).toEqual([])
    expect(drawn.filter(({ svg }) => svg.includes('NaN'))).toEqual([])
  })
})

/** Is it the same after it was text? Numbers, texts, lists and plain objects only. */
const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (Array.isArray(value)) return value.every(isJson)
  return (
    typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isJson)
  )
}
