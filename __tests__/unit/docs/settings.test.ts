import * as fc from 'fast-check'
import { scenarioOf } from '../../../docs/lab/fleet.js'
import { clientOptionsOf, codeOf } from '../../../docs/lab/policy.js'
import {
  defaults,
  type FleetSettings,
  fromHash,
  modes,
  type PolicySettings,
  scenarios,
  schedules,
  type Settings,
  toHash
} from '../../../docs/lab/settings.js'
import { stories } from '../../../docs/lab/stories.js'

const { fleet, policy } = defaults

describe('toHash', () => {
  test.each<[string, Settings, string]>([
    ['the defaults', defaults, ''],
    ['a policy', { ...defaults, policy: { ...policy, base: 1500, jitter: 0.5 } }, '#base=1.5s&jitter=0.5'],
    [
      'words',
      { ...defaults, policy: { ...policy, cap: 250, retries: 'unlimited', timeout: 'off', breaker: 'on' } },
      '#cap=250ms&retries=unlimited&timeout=off&breaker=on'
    ],
    [
      'a fleet',
      { ...defaults, fleet: { ...fleet, mode: 'slow', outage: 60_000, seed: 7 } },
      '#outage=60s&mode=slow&seed=7'
    ],
    ['the defaults, pinned', { ...defaults, baseline: policy }, '#vs=pinned'],
    [
      'another policy, pinned',
      { fleet, policy: { ...policy, budget: 0.1 }, baseline: { ...policy, retries: 5 } },
      '#budget=0.1&vs=pinned&vs.retries=5'
    ]
  ])('%s -> what differs from the defaults', (_, settings, hash) => expect(toHash(settings)).toBe(hash))
})

describe('fromHash', () => {
  test.each(['', '#', '#&&'])('%j -> the defaults', (hash) =>
    expect(fromHash(hash)).toEqual({ settings: defaults, problems: [] })
  )

  test.each<[string, Partial<PolicySettings>, Partial<FleetSettings>]>([
    ['#base=1.5s', { base: 1500 }, {}],
    ['base=2m', { base: 120_000 }, {}],
    ['#factor=2.5&jitter=none', { factor: 2.5, jitter: 'none' }, {}],
    ['#jitter=0.25&cap=10s', { jitter: 0.25, cap: 10_000 }, {}],
    ['#retries=1000&timeout=off', { retries: 1000, timeout: 'off' }, {}],
    ['#budget=0&breaker=on', { budget: 0, breaker: 'on' }, {}],
    ['#scenario=herd&clients=7&capacity=3', {}, { scenario: 'herd', clients: 7, capacity: 3 }],
    // The first counts.
    ['#clients=7&clients=8', {}, { clients: 7 }]
  ])('%s -> %j, %j', (hash, ofPolicy, ofFleet) =>
    expect(fromHash(hash)).toEqual({
      settings: { ...defaults, policy: { ...policy, ...ofPolicy }, fleet: { ...fleet, ...ofFleet } },
      problems: []
    })
  )

  test.each<[string, Settings['baseline']]>([
    ['#vs=no-retries', 'no-retries'],
    ['#vs=pinned', policy],
    ['#vs.base=1s', { ...policy, base: 1000 }],
    ['#vs=pinned&vs.budget=0.2', { ...policy, budget: 0.2 }]
  ])('%s -> compares with %j', (hash, baseline) =>
    expect(fromHash(hash)).toEqual({ settings: { ...defaults, baseline }, problems: [] })
  )

  const time = 'and should be a time from 1ms to 10m, such as 250ms or 1.5s'

  test.each<[string, string]>([
    ['#bass=1s', '“bass” is no setting'],
    ['#__proto__=1', '“__proto__” is no setting'],
    ['#vs.clients=3', '“vs.clients” is no setting'],
    ['#base=1', `base is “1”, ${time}`],
    ['#base=', `base is “”, ${time}`],
    ['#base=0ms', `base is “0ms”, ${time}`],
    ['#base=11m', `base is “11m”, ${time}`],
    ['#vs=pinned&vs.base=soon', `vs.base is “soon”, ${time}`],
    ['#retries=1.5', 'retries is “1.5”, and should be unlimited or a whole number from 0 to 1000'],
    ['#retries=-1', 'retries is “-1”, and should be unlimited or a whole number from 0 to 1000'],
    ['#clients=1e3', 'clients is “1e3”, and should be a whole number from 1 to 2000'],
    ['#jitter=2', 'jitter is “2”, and should be none, full, equal or a number from 0.01 to 1'],
    ['#mode=gone', 'mode is “gone”, and should be silent, down, slow, failing'],
    ['#vs=me', 'vs is “me”, and should be no-retries, pinned'],
    [`#${'x'.repeat(50)}=1`, `“${'x'.repeat(40)}…” is no setting`]
  ])('%s -> the default, and %s', (hash, problem) => {
    const { settings, problems } = fromHash(hash)
    expect(problems).toEqual([problem])
    expect(settings).toEqual({ ...defaults, baseline: hash.includes('vs=pinned') ? policy : 'no-retries' })
  })

  test('what makes sense beside what does not -> is kept', () => {
    const { settings, problems } = fromHash('#retries=many&base=1s')
    expect([settings.policy.retries, settings.policy.base, problems.length]).toEqual([3, 1000, 1])
  })
})

describe('addresses', () => {
  const time = fc.integer({ min: 1, max: 600_000 })
  const part = (least: number) => fc.integer({ min: least, max: 100 }).map((percent) => percent / 100)
  const policies: fc.Arbitrary<PolicySettings> = fc.record({
    schedule: fc.constantFrom(...schedules),
    base: time,
    factor: fc.integer({ min: 4, max: 40 }).map((quarters) => quarters / 4),
    jitter: fc.oneof(fc.constantFrom('none', 'full', 'equal'), part(1)),
    cap: fc.oneof(fc.constant('off' as const), time),
    retries: fc.oneof(fc.constant('unlimited' as const), fc.integer({ min: 0, max: 1000 })),
    timeout: fc.oneof(fc.constant('off' as const), time),
    budget: fc.oneof(fc.constant('off' as const), part(0)),
    breaker: fc.constantFrom('on', 'off')
  })
  const all: fc.Arbitrary<Settings> = fc.record({
    policy: policies,
    fleet: fc.record({
      scenario: fc.constantFrom(...scenarios),
      clients: fc.integer({ min: 1, max: 2000 }),
      every: time,
      capacity: fc.integer({ min: 1, max: 1000 }),
      outage: time,
      mode: fc.constantFrom(...modes),
      seed: fc.integer({ min: 0, max: 999_999_999 })
    }),
    baseline: fc.oneof(fc.constant('no-retries' as const), policies)
  })

  test('of any settings -> bring them back', () => {
    fc.assert(
      fc.property(all, (settings) => {
        expect(fromHash(toHash(settings))).toEqual({ settings, problems: [] })
      })
    )
  })

  test('of any settings -> stay as they are in a browser', () => {
    fc.assert(
      fc.property(all, (settings) => {
        expect(new URL(toHash(settings), 'http://localhost/').hash).toBe(toHash(settings))
      })
    )
  })

  const keys = ['base', 'retries', 'jitter', 'clients', 'scenario', 'vs', 'vs.base', 'cap', 'budget', 'seed']
  const values = ['off', '0', '-1', 'NaN', 'Infinity', '1e999', '%', '%00', '1s', '0.5', 'herd', 'pinned', '']
  const pairs = fc
    .tuple(fc.constantFrom(...keys), fc.oneof(fc.constantFrom(...values), fc.string()))
    .map((pair) => pair.join('='))

  test('of any text -> settings that make a policy and a fleet', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pairs).map((list) => list.join('&'))
        ),
        (text) => {
          const { settings } = fromHash(text)
          expect(fromHash(toHash(settings))).toEqual({ settings, problems: [] })
          clientOptionsOf(settings.policy)
          codeOf(settings.policy)
          scenarioOf(settings.fleet)
        }
      )
    )
  })

  test.each(stories.map(({ name, settings }) => [name, settings] as const))(
    '%s -> brings it back',
    (_, settings) => expect(fromHash(toHash(settings))).toEqual({ settings, problems: [] })
  )
})
