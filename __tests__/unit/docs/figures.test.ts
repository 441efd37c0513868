import type { FleetResult } from 'reprise/lab'
import { figuresOf, otherName, verdictOf } from '../../../docs/lab/figures.js'
import { defaults, type Settings } from '../../../docs/lab/settings.js'

const bin = { calls: 0, latency: 0, underWay: 0, running: 0, queued: 0, watched: {} }
const busy = (time: number) => ({ ...bin, time, requests: 1, succeeded: 1, failed: 0 })

const result = (change: Partial<FleetResult>): FleetResult => ({
  seed: 1,
  clients: 100,
  requests: 4000,
  succeeded: 1220,
  failed: { Exhausted: 2780 },
  successRatio: 0.305,
  calls: 12_676,
  amplification: 3.169,
  completion: 44_600,
  latency: { mean: 100, p50: 63.94, p90: 300, p99: 4190, max: 5000 },
  recovery: undefined,
  series: { width: 500, bins: [busy(9500), busy(15_000)] },
  ...change
})

const storm = result({})
const calm = result({
  successRatio: 0.873,
  calls: 4000,
  amplification: 1,
  completion: 40_100,
  latency: undefined,
  recovery: 1000
})
const herd: Settings = {
  ...defaults,
  fleet: { ...defaults.fleet, scenario: 'herd' },
  baseline: defaults.policy
}

/** As a reader sees it: spaces that do not break are spaces. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

const rows = (settings: Settings, mine: FleetResult, other: FleetResult) =>
  figuresOf(settings, mine, other).map((figure) => [figure.label, plain(figure.mine), plain(figure.other)])

describe('figuresOf', () => {
  test('an outage -> its numbers, and the recovery', () =>
    expect(rows(defaults, storm, calm)).toEqual([
      ['Succeeded', '30.5 %', '87.3 %'],
      ['Calls received', '12,676', '4,000'],
      ['Calls a request', '3.17', '1'],
      ['Median time', '63.9 ms', '–'],
      ['p99 time', '4.19 s', '–'],
      ['All over after', '44.6 s', '40.1 s'],
      ['Recovery', 'never', 'in 1 s']
    ]))

  test('no outage -> no recovery', () =>
    expect(rows(herd, storm, calm).map(([label]) => label)).not.toContain('Recovery'))

  test.each<[string, Partial<FleetResult>, string]>([
    ['recovered in the bin after', { recovery: 0 }, 'at once'],
    ['no call that ended before', { series: { width: 500, bins: [busy(9501), busy(15_000)] } }, 'unknown'],
    ['no request after', { series: { width: 500, bins: [busy(9500), busy(14_999)] } }, 'unknown'],
    ['calls before and after', { series: { width: 500, bins: [busy(0), busy(39_500)] } }, 'never']
  ])('%s -> %s', (_, change, text) =>
    expect(rows(defaults, result(change), calm).at(-1)).toEqual(['Recovery', text, 'in 1 s'])
  )
})

describe('verdictOf', () => {
  const verdict = (settings: Settings, mine: FleetResult, other: FleetResult) => {
    const texts = verdictOf(settings, mine, other)
    return [plain(texts.mine), plain(texts.other)]
  }

  test('a storm and no retries -> what stands out', () =>
    expect(verdict(defaults, storm, calm)).toEqual([
      'The server never recovers: 30.5 % of the requests succeed, with 3.17 calls each.',
      'Without retries it recovers in 1 s: 87.3 % succeed, with 1 call each.'
    ]))

  test('a herd and a pinned policy -> how long it takes', () =>
    expect(verdict(herd, calm, storm)).toEqual([
      'All is over after 40.1 s: 87.3 % of the requests succeed, with 1 call each.',
      'Under the pinned policy it takes 44.6 s: 30.5 % succeed, with 3.17 calls each.'
    ]))

  test('too few calls -> no claim', () =>
    expect(verdict(defaults, result({ series: { width: 500, bins: [] } }), calm)[0]).toBe(
      'The server is called too rarely to tell whether it recovers: 30.5 % of the requests succeed, with 3.17 calls each.'
    ))

  test('no requests -> says that', () =>
    expect(verdict(defaults, result({ requests: 0 }), calm)).toEqual(['No client makes a request.', '']))
})

test.each<[Settings, string]>([
  [defaults, 'without retries'],
  [herd, 'pinned policy']
])('%j -> compared with %s', (settings, name) => expect(otherName(settings)).toBe(name))
