import type { FleetResult, Scenario } from 'reprise/lab'
import { readFleets } from '../../../src/cli/readFleets.js'
import { fleetOf, resultOf } from '../../support/fleets.js'

const calm: Scenario = {
  clients: 10,
  arrivals: { every: '1s' },
  duration: '5s',
  server: { capacity: 1, latency: 5 }
}
const outage: Scenario = {
  ...calm,
  server: { ...calm.server, outages: [{ from: '1s', to: '2s', mode: 'down' }] }
}

const series = [
  [10, 10, 10, 0],
  [10, 40, 0, 5],
  [10, 40, 0, 10],
  [10, 30, 2, 8]
] as const
const recovering = (recovery: number | undefined): FleetResult => resultOf({ recovery }, series)

const read = (scenario: Scenario, fleets: Readonly<Record<string, FleetResult>>) =>
  readFleets({ scenario, fleets: Object.entries(fleets).map(([name, result]) => fleetOf(name, result)) })

describe('readFleets: an outage', () => {
  test('one never recovers -> said first, with what went on; the others by how fast', () => {
    expect(
      read(outage, {
        slow: recovering(2000),
        never: recovering(undefined),
        quick: recovering(0)
      })
    ).toEqual([
      'never never recovered from the outage: its own retries kept the server busy. In the 2 s after it, ' +
        'the server received 3.5 calls for each request, and 90.0 % of the requests failed.',
      'quick recovered at once, slow within 2 s.'
    ])
  })

  test('never, though there are few calls -> not for its retries', () => {
    const few = resultOf({ recovery: undefined }, [
      [10, 10, 10, 0],
      [10, 10, 0, 5],
      [10, 10, 0, 10]
    ])
    expect(read(outage, { a: few })).toEqual([
      'a never recovered from the outage. In the 1 s after it, the server received 1 calls for each request, and 100.0 % of the requests failed.'
    ])
  })

  test('never in a run without a request after the outage -> says so, of nothing', () => {
    const short = resultOf({ recovery: undefined }, [
      [10, 10, 10, 0],
      [10, 10, 0, 10]
    ])
    const calmer = resultOf({ recovery: 0 }, [series[0], series[0], series[0], series[0]])
    const fleet = fleetOf('a', short, { results: [short, calmer] })
    const [sentence] = readFleets({
      scenario: outage,
      fleets: [{ ...fleet, measured: { ...fleet.measured, recovery: Infinity } }]
    })
    expect(sentence).toBe(
      'a never recovered from the outage in 1 of 2 runs. In the 0 ms after it, the server received 0 calls for each request, and 0.0 % of the requests failed.'
    )
  })

  test('never in some runs -> in how many', () => {
    const calmer = resultOf({ recovery: 0 }, [series[0], series[0], series[0], series[0]])
    const results = [calmer, recovering(undefined), calmer]
    const [first] = results
    const fleet = fleetOf('a', first!, { results })
    const [sentence] = readFleets({
      scenario: outage,
      fleets: [{ ...fleet, measured: { ...fleet.measured, recovery: Infinity } }]
    })
    // What is said of the time after it is said of that run.
    expect(sentence).toMatch(/^a never recovered from the outage in 1 of 3 runs: .* received 3\.5 calls /)
  })

  test('all recover -> how fast, the fastest first', () => {
    expect(read(outage, { a: recovering(3000), b: recovering(2500) })).toEqual([
      'b recovered within 2.5 s, a within 3 s.'
    ])
  })

  test('nothing before it -> nothing can be said', () => {
    const late: Scenario = {
      ...calm,
      server: { ...calm.server, outages: [{ from: 0, to: '2s', mode: 'down' }] }
    }
    expect(read(late, { a: recovering(undefined) })).toEqual([
      'Of the recovery nothing can be said: that takes calls that ended before the outage, and requests after it.'
    ])
  })
})

describe('readFleets: no outage', () => {
  test.each<[string, Readonly<Record<string, FleetResult>>, ReadonlyArray<string>]>([
    ['one policy', { a: resultOf() }, []],
    ['none', {}, []],
    [
      'as many successes',
      { a: resultOf({ calls: 3000 }), b: resultOf({ calls: 1200 }), c: resultOf({ calls: 2000 }) },
      ['b made the fewest calls, 1,200; a made 2.5 times as many.']
    ],
    [
      'as many calls',
      { a: resultOf({ calls: 1000 }), b: resultOf({ calls: 1001 }) },
      ['There is next to no difference in calls and successes.']
    ],
    [
      'more successes',
      { a: resultOf({ successRatio: 0.5, calls: 1 }), b: resultOf({ successRatio: 0.995 }) },
      ['b came through with 99.5 % of its requests, a with 50.0 %.']
    ],
    [
      'calls that did not end',
      {
        a: resultOf({ failed: { Unfinished: 1200 } }),
        b: resultOf({ failed: { Unfinished: 1, Failed: 3 } })
      },
      [
        'There is next to no difference in calls and successes.',
        '1,200 requests of a had not ended when the run did.',
        '1 request of b had not ended when the run did.'
      ]
    ]
  ])('%s', (_, fleets, expected) => {
    expect(read(calm, fleets)).toEqual(expected)
  })
})
