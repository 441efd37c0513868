import {
  type Control,
  fleetControls,
  policyControls,
  protectionControls
} from '../../../docs/lab/controls.js'
import { defaults, type FleetSettings, type PolicySettings } from '../../../docs/lab/settings.js'

const { fleet, policy } = defaults

const find = <S, T extends Control<S>['_tag']>(
  controls: ReadonlyArray<Control<S>>,
  key: string,
  tag: T
): Extract<Control<S>, { readonly _tag: T }> =>
  // It is the one of that tag.
  controls.find((each) => each.key === key && each._tag === tag) as Extract<Control<S>, { readonly _tag: T }>

const shown = <S>(controls: ReadonlyArray<Control<S>>, settings: S): ReadonlyArray<string> =>
  controls.filter(({ isShown }) => isShown(settings)).map(({ label }) => label)

describe('what is shown', () => {
  test.each<[Partial<PolicySettings>, ReadonlyArray<string>]>([
    [{}, ['Schedule', 'First wait', 'Factor', 'Jitter', 'Longest wait', 'Retries', 'Attempt timeout']],
    [
      { schedule: 'linear', jitter: 0.5 },
      ['Schedule', 'First wait', 'Jitter', 'Part', 'Longest wait', 'Retries', 'Attempt timeout']
    ],
    [
      { schedule: 'decorrelated', jitter: 0.5 },
      ['Schedule', 'First wait', 'Longest wait', 'Retries', 'Attempt timeout']
    ],
    [{ schedule: 'immediate' }, ['Schedule', 'Retries', 'Attempt timeout']]
  ])('%j -> %j', (change, labels) => expect(shown(policyControls, { ...policy, ...change })).toEqual(labels))

  test('a budget -> its ratio too', () => {
    expect(shown(protectionControls, policy)).toEqual(['Retry budget', 'Circuit breaker'])
    expect(shown(protectionControls, { ...policy, budget: 0.1 })).toEqual([
      'Retry budget',
      'Retries for each call',
      'Circuit breaker'
    ])
  })

  test('contention -> no server and no outage', () =>
    expect(shown<FleetSettings>(fleetControls, { ...fleet, scenario: 'contention' })).toEqual([
      'Scenario',
      'Clients',
      'Seed'
    ]))
})

describe('sliders', () => {
  const sliders = [
    ...[...policyControls, ...protectionControls].map((control) => ({ control, settings: policy })),
    ...fleetControls.map((control) => ({ control, settings: fleet }))
  ]

  test('every stop -> is where the slider stands afterwards', () => {
    // Each with settings of its own kind.
    for (const { control, settings } of sliders as ReadonlyArray<{
      control: Control<object>
      settings: object
    }>) {
      if (control._tag !== 'slider') continue
      expect(control.stops).toBeGreaterThan(5)
      for (let stop = 0; stop < control.stops; stop++) {
        const moved = control.move(settings, stop)
        expect([control.label, control.at(moved)]).toEqual([control.label, stop])
        expect(control.text(moved)).not.toBe('')
      }
    }
  })

  test('what is between two stops -> the nearer', () => {
    const retries = find(policyControls, 'retries', 'slider')
    // 0 to 10, then 12, 15, 20, 30, 50 and no limit.
    expect(retries.at({ ...policy, retries: 18 })).toBe(13)
    expect(retries.text({ ...policy, retries: 18 })).toBe('18')
    expect(retries.at({ ...policy, retries: 1000 })).toBe(15)
    expect(retries.at({ ...policy, retries: 'unlimited' })).toBe(16)
    expect(retries.text({ ...policy, retries: 'unlimited' })).toBe('no limit')
  })

  test('a stop that is none -> nothing changes', () =>
    expect(find(policyControls, 'retries', 'slider').move(policy, 99)).toEqual(policy))

  test('load and capacity -> say what they come to', () => {
    expect(find(fleetControls, 'every', 'slider').text(fleet)).toBe('1\u00a0s: 100/s')
    // 100 of 140.
    expect(find(fleetControls, 'capacity', 'slider').text(fleet)).toBe('140/s, load 71\u00a0%')
  })
})

describe('choices', () => {
  const jitter = find(policyControls, 'jitter', 'choice')

  test.each<[PolicySettings['jitter'], string]>([
    ['equal', 'equal'],
    [0.25, 'part']
  ])('jitter %s -> %s', (value, chosen) => expect(jitter.chosen({ ...policy, jitter: value })).toBe(chosen))

  test('a part -> half at first', () => expect(jitter.choose(policy, 'part').jitter).toBe(0.5))

  test('what is none -> nothing changes', () =>
    expect(find(policyControls, 'schedule', 'choice').choose(policy, 'cubic')).toEqual(policy))
})

describe('switches and the seed', () => {
  const budget = find(protectionControls, 'budget', 'switch')
  const seed = find(fleetControls, 'seed', 'amount')

  test('a budget -> a tenth, and off again', () => {
    const on = budget.turn(policy, true)
    expect([on.budget, budget.isOn(on), budget.turn(on, false)]).toEqual([0.1, true, policy])
  })

  test.each([
    [7, 7],
    [-1, 1],
    [1.5, 1],
    [NaN, 1],
    [1e9, 1]
  ])('seed %d -> %d', (value, now) => expect(seed.set(fleet, value).seed).toBe(now))
})
