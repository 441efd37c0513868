import type { Scenario } from 'reprise/lab'
import type { Fleet } from '../../../src/cli/Fleets.js'
import { paintOf } from '../../../src/cli/Paint.js'
import { renderFleets } from '../../../src/cli/renderFleets.js'
import { fleetOf, resultOf } from '../../support/fleets.js'

const scenario: Scenario = {
  clients: 10,
  arrivals: { every: '1s' },
  duration: '5s',
  server: { capacity: 1, latency: '5ms', outages: [{ from: '1s', to: '2s', mode: 'down' }] }
}
const series = [
  [10, 10, 10, 0],
  [10, 10, 0, 5],
  [10, 60, 0, 10]
] as const

const retries = fleetOf(
  'retries',
  resultOf(
    {
      calls: 750_542,
      amplification: 6.2545,
      successRatio: 0.3818,
      latency: { mean: 1428, p50: 65.08, p90: 4069, p99: 17_075, max: 23_413 },
      completion: 135_511,
      failed: { Exhausted: 74_174 }
    },
    series
  )
)
const budget = fleetOf(
  'budget',
  resultOf(
    {
      calls: 126_302,
      amplification: 1.0525,
      successRatio: 0.7497,
      latency: { mean: 67, p50: 60.68, p90: 105.9, p99: 171.7, max: 570 },
      completion: 120_124,
      recovery: 0,
      failed: { BudgetExhausted: 30_033, Exhausted: 3 }
    },
    series
  )
)

const render = (
  width: number,
  fleets: ReadonlyArray<Fleet>,
  more: Partial<Parameters<ReturnType<typeof renderFleets>>[1]> = {},
  runs = 1
) =>
  renderFleets(paintOf(false), width)(
    { scenario, seed: 1, runs, fleets },
    { file: 'outage.yaml', within: [], ...more }
  ).split('\n')

/** The table, up to the empty line after it. */
const tableOf = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const start = lines.findIndex((line) => line.includes('calls  '))
  const rest = lines.slice(start - 1)
  return rest.slice(0, rest.indexOf(''))
}

describe('renderFleets', () => {
  test('two policies -> the scenario, a table with the best marked, and what to look at', () => {
    expect(render(80, [retries, budget], { svg: 'out.svg' })).toEqual([
      'outage.yaml, seed 1',
      '',
      '  10 clients in 1 process, each with a request every 1 s for 5 s: 10 requests a',
      '  second. The server works on 1 at once, 5 ms each, which makes about 200',
      '  requests a second; any number may wait. From 1 s to 2 s it is down.',
      '',
      '                        retries    budget',
      '  calls                 750,542   126,302*',
      '  amplification            6.25      1.05*',
      '  success                38.1 %    74.9 %*',
      '  p50                   65.1 ms   60.7 ms*',
      '  p99                    17.1 s    172 ms*',
      '  completion         2 min 16 s     2 min*',
      '  recovery                never   at once*',
      '  ✗ BudgetExhausted                30,033',
      '  ✗ Exhausted            74,174         3',
      '',
      '  * the best. amplification: calls for each request; p50, p99: of the requests',
      '  that succeeded; recovery: until things were as before the outage; ✗: requests',
      '  that failed, and with what.',
      '',
      '  retries never recovered from the outage: its own retries kept the server busy.',
      '  In the 1 s after it, the server received 6 calls for each request, and 100.0 %',
      '  of the requests failed.',
      '  budget recovered at once.',
      '  The picture is in out.svg.',
      ''
    ])
  })

  test.each([40, 60, 80, 120])('a terminal of %d columns -> nothing is wider', (width) => {
    const lines = render(width, [retries, budget, { ...retries, name: 'again' }, { ...budget, name: 'more' }])
    expect(lines.filter((line) => line.length > width)).toEqual([])
  })

  test('no room for both -> one table below the other, each with the rows that it needs', () => {
    const lines = render(40, [retries, budget])
    const [first, second] = [
      tableOf(lines),
      tableOf(lines.slice(lines.indexOf('  ✗ Exhausted            74,174')))
    ]
    expect(first[0]).toBe('                        retries')
    expect(first.at(-1)).toBe('  ✗ Exhausted            74,174')
    expect(first.some((line) => line.includes('BudgetExhausted'))).toBe(false)
    expect(second[0]).toBe('                      budget')
    expect(second[1]).toBe('  calls              126,302*')
  })

  test('one policy -> nothing is the best', () => {
    expect(render(80, [budget]).join('\n')).not.toContain('*')
  })

  test('what reads the same -> both are the best, or none if it is all', () => {
    const [same, worse] = [
      { ...budget, name: 'same', measured: { ...budget.measured, calls: 126_302.2 } },
      { ...retries, name: 'worse' }
    ]
    const row = (fleets: ReadonlyArray<Fleet>) =>
      render(80, fleets).find((line) => line.startsWith('  calls'))
    expect(row([budget, same, worse])).toBe('  calls              126,302*  126,302*     750,542')
    expect(row([budget, same])).toBe('  calls              126,302   126,302')
  })

  test('nothing to compare with -> a dash, and not "never"', () => {
    const atOnce: Scenario = { ...scenario, arrivals: 'atOnce' }
    const lines = renderFleets(paintOf(false), 80)(
      { scenario: atOnce, seed: 1, runs: 1, fleets: [fleetOf('a', resultOf({}, [[10, 10, 10, 0]]))] },
      { file: '-', within: [] }
    ).split('\n')
    expect(lines[0]).toBe('standard input, seed 1')
    expect(lines).toContain('  recovery             –')
  })

  test('several runs -> means, failures included', () => {
    const { results } = retries
    const lines = render(
      80,
      [{ ...retries, results: [...results, resultOf({ failed: { Exhausted: 1 } })] }],
      {},
      2
    )
    expect(lines[0]).toBe('outage.yaml, means of 2 runs, seeds 1 to 2')
    // 74,175 / 2, rounded.
    expect(lines).toContain('  ✗ Exhausted        37,088')
  })

  test('ranked -> in what order, and why not', () => {
    const lines = render(80, [budget, { ...retries, misses: ['p99 17.1 s, not <= 2 s'] }], {
      rank: 'p90',
      within: [{ measure: 'p99', relation: '<=', value: 2000 }]
    })
    expect(lines).toContain('  p90                 106 ms*      4.07 s')
    expect(lines).toContain('  Ranked by p90, within p99 <= 2 s: 1. budget.')
    expect(lines).toContain('  Not retries: p99 17.1 s, not <= 2 s.')
    expect(render(80, [budget, retries], { rank: 'calls' })).toContain(
      '  Ranked by calls: 1. budget, 2. retries.'
    )
    expect(
      render(80, [{ ...retries, misses: ['a'] }], {
        rank: 'calls',
        within: [{ measure: 'calls', relation: '<=', value: 1 }]
      })
    ).toContain('  Ranked by calls, within calls <= 1: none.')
  })

  test('colours -> the same text', () => {
    const compared = { scenario, seed: 1, runs: 1, fleets: [retries, budget] }
    const coloured = renderFleets(paintOf(true), 80)(compared, { file: 'outage.yaml', within: [] })
    expect(coloured).toContain('\u001b[32m')
    expect(coloured.replace(/\u001b\[\d+m/g, '').split('\n')).toEqual(render(80, [retries, budget]))
  })

  test('names and tags that would move the cursor -> made visible', () => {
    const text = render(80, [fleetOf('\u001b[2J', resultOf({ failed: { '\u001b[1A': 1 } }, series))]).join(
      '\n'
    )
    expect(text).not.toContain('\u001b')
    expect(text).toContain('\\u001b[2J')
  })
})
