/** What can be set, as a list of native inputs. */
import { loadOf, throughputOf } from './fleet.js'
import { isUsed } from './policy.js'
import { modes, scenarios, schedules, type FleetSettings, type PolicySettings } from './settings.js'
import { countText, percentText, timeText } from './units.js'

// --- model

/** What is set: a policy, or a fleet. */
interface Common<S> {
  readonly key: string
  readonly label: string
  readonly isShown: (settings: S) => boolean
}

/** A slider over so many stops. */
export interface Slider<S> extends Common<S> {
  readonly _tag: 'slider'
  readonly stops: number
  /** The stop that is nearest to what is set. */
  readonly at: (settings: S) => number
  readonly text: (settings: S) => string
  readonly move: (settings: S, stop: number) => S
}

export interface Choice<S> extends Common<S> {
  readonly _tag: 'choice'
  readonly choices: ReadonlyArray<readonly [value: string, label: string]>
  readonly chosen: (settings: S) => string
  readonly choose: (settings: S, value: string) => S
}

export interface Switch<S> extends Common<S> {
  readonly _tag: 'switch'
  readonly isOn: (settings: S) => boolean
  readonly turn: (settings: S, on: boolean) => S
}

export interface Amount<S> extends Common<S> {
  readonly _tag: 'amount'
  readonly value: (settings: S) => number
  readonly set: (settings: S, value: number) => S
}

export type Control<S> = Slider<S> | Choice<S> | Switch<S> | Amount<S>

// --- constructors

const always = (): boolean => true

/** Makes a slider for a key; `stops` in order, with words at their end. */
const slider = <S, K extends keyof S & string>(
  key: K,
  label: string,
  stops: ReadonlyArray<S[K]>,
  text: (settings: S) => string,
  isShown: (settings: S) => boolean = always
): Slider<S> => ({
  _tag: 'slider',
  key,
  label,
  isShown,
  stops: stops.length,
  at: (settings) => nearest(stops, settings[key]),
  text,
  move: (settings, stop) => ({ ...settings, [key]: stops[stop] ?? settings[key] })
})

/** What is not among the stops comes from an address. */
const nearest = (stops: ReadonlyArray<unknown>, value: unknown): number => {
  if (stops.includes(value)) return stops.indexOf(value)
  const away = (stop: unknown): number =>
    typeof stop === 'number' && typeof value === 'number' ? Math.abs(stop - value) : Infinity
  return stops.reduce<number>((best, stop, i) => (away(stop) < away(stops[best]) ? i : best), 0)
}

const choice = <S, K extends keyof S & string>(
  key: K,
  label: string,
  choices: ReadonlyArray<readonly [value: S[K] & string, label: string]>,
  isShown: (settings: S) => boolean = always
): Choice<S> => ({
  _tag: 'choice',
  key,
  label,
  isShown,
  choices,
  chosen: (settings) => String(settings[key]),
  choose: (settings, value) => ({
    ...settings,
    [key]: choices.find(([each]) => each === value)?.[0] ?? settings[key]
  })
})

// --- the policy

const times = [
  ...[1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 750],
  ...[1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 60].map((seconds) => 1000 * seconds)
]

const between = (least: number, most: number): ReadonlyArray<number> =>
  times.filter((each) => each >= least && each <= most)

const evenly = (from: number, to: number, step: number): ReadonlyArray<number> =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => Number((from + i * step).toFixed(6)))

const timeOr = (value: number | string, word: string): string =>
  typeof value === 'number' ? timeText(value) : word

const scheduleNames: Readonly<Record<PolicySettings['schedule'], string>> = {
  exponential: 'exponential',
  linear: 'linear',
  fixed: 'fixed',
  fibonacci: 'Fibonacci',
  decorrelated: 'decorrelated',
  immediate: 'immediate, no wait'
}

const partly = 'part'

const jitter: Choice<PolicySettings> = {
  _tag: 'choice',
  key: 'jitter',
  label: 'Jitter',
  isShown: (policy) => isUsed(policy, 'jitter'),
  choices: [
    ['none', 'none'],
    ['full', 'full: from 0 on'],
    ['equal', 'equal: the upper half'],
    [partly, '± a part']
  ],
  chosen: (policy) => (typeof policy.jitter === 'number' ? partly : policy.jitter),
  choose: (policy, value) => ({
    ...policy,
    jitter: value === 'none' || value === 'full' || value === 'equal' ? value : 0.5
  })
}

export const policyControls: ReadonlyArray<Control<PolicySettings>> = [
  choice(
    'schedule',
    'Schedule',
    schedules.map((each) => [each, scheduleNames[each]] as const)
  ),
  slider(
    'base',
    'First wait',
    between(1, 60_000),
    ({ base }) => timeText(base),
    (policy) => isUsed(policy, 'base')
  ),
  slider(
    'factor',
    'Factor',
    evenly(1, 5, 0.25),
    ({ factor }) => `×\u00a0${factor}`,
    (policy) => isUsed(policy, 'factor')
  ),
  jitter,
  slider(
    'jitter',
    'Part',
    evenly(0.05, 1, 0.05),
    ({ jitter }) => (typeof jitter === 'number' ? `±\u00a0${percentText(jitter)}` : ''),
    (policy) => isUsed(policy, 'jitter') && typeof policy.jitter === 'number'
  ),
  slider(
    'cap',
    'Longest wait',
    [...between(50, 60_000), 'off'],
    ({ cap }) => timeOr(cap, 'no cap'),
    (policy) => isUsed(policy, 'cap')
  ),
  slider('retries', 'Retries', [...evenly(0, 10, 1), 12, 15, 20, 30, 50, 'unlimited'], ({ retries }) =>
    typeof retries === 'number' ? countText(retries) : 'no limit'
  ),
  slider('timeout', 'Attempt timeout', [...between(50, 30_000), 'off'], ({ timeout }) =>
    timeOr(timeout, 'none')
  )
]

export const protectionControls: ReadonlyArray<Control<PolicySettings>> = [
  {
    _tag: 'switch',
    key: 'budget',
    label: 'Retry budget',
    isShown: always,
    isOn: ({ budget }) => budget !== 'off',
    turn: (policy, on) => ({ ...policy, budget: on ? 0.1 : 'off' })
  },
  slider(
    'budget',
    'Retries for each call',
    [...evenly(0, 0.5, 0.05), 0.75, 1],
    ({ budget }) => (typeof budget === 'number' ? percentText(budget) : ''),
    ({ budget }) => budget !== 'off'
  ),
  {
    _tag: 'switch',
    key: 'breaker',
    label: 'Circuit breaker',
    isShown: always,
    isOn: ({ breaker }) => breaker === 'on',
    turn: (policy, on) => ({ ...policy, breaker: on ? 'on' : 'off' })
  }
]

// --- the fleet

const scenarioNames: Readonly<Record<FleetSettings['scenario'], string>> = {
  outage: 'a server’s outage',
  herd: 'all call at once',
  contention: 'all want one row'
}

const modeNames: Readonly<Record<FleetSettings['mode'], string>> = {
  silent: 'no answer',
  down: 'refuses at once',
  slow: '10 times as slow',
  failing: 'half of it fails'
}

const isOutage = ({ scenario }: FleetSettings): boolean => scenario === 'outage'

export const fleetControls: ReadonlyArray<Control<FleetSettings>> = [
  choice(
    'scenario',
    'Scenario',
    scenarios.map((each) => [each, scenarioNames[each]] as const)
  ),
  choice(
    'mode',
    'Outage',
    modes.map((each) => [each, modeNames[each]] as const),
    isOutage
  ),
  slider('outage', 'Outage length', between(1000, 20_000), ({ outage }) => timeText(outage), isOutage),
  slider('clients', 'Clients', [1, 2, 5, ...evenly(10, 200, 10), 300, 500, 1000], ({ clients }) =>
    countText(clients)
  ),
  slider(
    'every',
    'Each calls every',
    between(200, 10_000),
    (fleet) => `${timeText(fleet.every)}: ${countText(loadOf(fleet))}/s`,
    isOutage
  ),
  slider(
    'capacity',
    'Capacity',
    [...evenly(1, 20, 1), 25, 30, 40, 50],
    (fleet) =>
      `${countText(throughputOf(fleet))}/s` +
      (isOutage(fleet) ? `, load ${Math.round((100 * loadOf(fleet)) / throughputOf(fleet))}\u00a0%` : ''),
    ({ scenario }) => scenario !== 'contention'
  ),
  {
    _tag: 'amount',
    key: 'seed',
    label: 'Seed',
    isShown: always,
    value: ({ seed }) => seed,
    set: (fleet, seed) =>
      Number.isInteger(seed) && seed >= 0 && seed <= 999_999_999 ? { ...fleet, seed } : fleet
  }
]
