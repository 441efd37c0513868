/** What holds for every chart, whatever it is made of. */
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { type Duration, exponential, limitRetries, withJitter } from 'reprise'
import { type ChartSpec, comparisonChart, type Outage, timelineChart, waitsChart } from 'reprise/lab'
import { emptyChart } from '../../../src/lab/ChartSpec.js'
import { dataPolicies } from '../../support/arbitraries.js'
import { draw, faultOf, fleetResult, fleetResults, names, textsOf } from '../../support/charts.js'
import { bin } from '../../support/fleets.js'

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

describe('charts, drawn', () => {
  const bins = Array.from({ length: 20 }, (_, i) => bin(i * 1000, { calls: 5, failed: 2 }))
  const failing = fleetResult({ series: { width: 1000, bins } })
  const jittered = pipe(exponential('1s'), withJitter(0.5), limitRetries(2))
  const storm = fleetResult({
    calls: 2_400_000,
    amplification: 120_000,
    successRatio: 0.99999,
    completion: 64_123
  })

  const expected: ReadonlyArray<readonly [chart: ChartSpec, texts: ReadonlyArray<string>]> = [
    [emptyChart('Waits', 'None at all.'), ['Waits', 'None at all.']],
    [
      timelineChart(
        { 'full jitter': fleetResult(), failing },
        { outages: [{ mode: 'failing', ratio: 0.5, from: '1s', to: '2s' }] }
      ),
      [
        'Calls over time',
        'Outages',
        'failing: 50 %',
        'full jitter',
        'failing',
        'requests made',
        '10 s',
        'time since the start'
      ]
    ],
    [
      waitsChart({ 'half a second about': jittered, 'for ever': exponential(1) }),
      [
        'half a second about',
        'for ever',
        'stops',
        'goes on after 10 retries',
        '100 ms',
        'wait (log scale)',
        'retry'
      ]
    ],
    [
      comparisonChart({ 'full jitter': fleetResult(), 'no wait': storm, 'odd \u2028 "name"': storm }),
      [
        'Policies compared',
        'full jitter',
        'no wait',
        'Calls to the server (log scale)',
        '2,400,000',
        '99.99 %'
      ]
    ]
  ]

  it('titles, names, numbers and units -> are seen, and there are no warnings', async () => {
    const drawn = await draw(expected.map(([chart]) => chart))
    expect(drawn.flatMap(({ warnings }) => warnings)).toEqual([])
    expect(drawn.map(({ svg }) => textsOf(svg))).toEqual(
      expected.map(([, texts]): unknown => expect.arrayContaining([...texts]))
    )
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
