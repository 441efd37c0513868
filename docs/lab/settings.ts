/**
 * What can be set on the page, and how it stands in the address: `#retries=5&budget=0.1`, with only what differs from the
 * defaults. Reading never fails: what makes no sense is left at its default, and said.
 */

// --- model

export const schedules = ['exponential', 'linear', 'fixed', 'fibonacci', 'decorrelated', 'immediate'] as const
export const scenarios = ['outage', 'herd', 'contention'] as const
export const modes = ['silent', 'down', 'slow', 'failing'] as const

/** A policy and what protects the server beside it. Times in milliseconds. */
export interface PolicySettings {
  readonly schedule: (typeof schedules)[number]
  readonly base: number
  /** Of `exponential`. */
  readonly factor: number
  /** A number: that part more or less. */
  readonly jitter: 'none' | 'full' | 'equal' | number
  readonly cap: number | 'off'
  readonly retries: number | 'unlimited'
  /** Of an attempt. */
  readonly timeout: number | 'off'
  /** The ratio of a retry budget. */
  readonly budget: number | 'off'
  /** A circuit breaker. */
  readonly breaker: 'on' | 'off'
}

/** Who calls what. */
export interface FleetSettings {
  readonly scenario: (typeof scenarios)[number]
  readonly clients: number
  /** The time from one request of a client to its next. */
  readonly every: number
  /** How many requests the server works on at once. */
  readonly capacity: number
  /** How long the outage lasts. */
  readonly outage: number
  readonly mode: (typeof modes)[number]
  readonly seed: number
}

export interface Settings {
  readonly policy: PolicySettings
  readonly fleet: FleetSettings
  /** What the policy is compared with: itself without retries, or one that was pinned. */
  readonly baseline: PolicySettings | 'no-retries'
}

export const defaults: Settings = {
  policy: {
    schedule: 'exponential',
    base: 100,
    factor: 2,
    jitter: 'full',
    cap: 'off',
    retries: 3,
    timeout: 1000,
    budget: 'off',
    breaker: 'off'
  },
  fleet: {
    scenario: 'outage',
    clients: 100,
    every: 1000,
    capacity: 7,
    outage: 5000,
    mode: 'silent',
    seed: 1
  },
  baseline: 'no-retries'
}

// --- forms of values

/** How a value stands in the address. */
interface Form<A> {
  readonly read: (text: string) => A | undefined
  readonly write: (value: A) => string
  readonly expected: string
}

const choice = <A extends string>(choices: ReadonlyArray<A>): Form<A> => ({
  read: (text) => choices.find((each) => each === text),
  write: (value) => value,
  expected: choices.join(', ')
})

const number = (least: number, most: number, isAllowed = (_: number): boolean => true): Form<number> => ({
  read: (text) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN
    return value >= least && value <= most && isAllowed(value) ? value : undefined
  },
  write: String,
  expected: `a number from ${least} to ${most}`
})

const whole = (least: number, most: number): Form<number> => ({
  ...number(least, most, Number.isInteger),
  expected: `a whole number from ${least} to ${most}`
})

const sizes: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/** As the library writes durations: `250ms`, `1.5s`. */
const time: Form<number> = {
  read: (text) => {
    const [, amount = '', unit = ''] = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m)$/.exec(text) ?? []
    const ms = Math.round(Number(amount) * (sizes[unit] ?? NaN))
    return ms >= 1 && ms <= 600_000 ? ms : undefined
  },
  write: (ms) => (ms < 1000 ? `${ms}ms` : `${ms / 1000}s`),
  expected: 'a time from 1ms to 10m, such as 250ms or 1.5s'
}

const or = <A, const B extends string>(form: Form<A>, words: ReadonlyArray<B>): Form<A | B> => ({
  read: (text) => words.find((each) => each === text) ?? form.read(text),
  write: (value) => (typeof value === 'string' ? value : form.write(value)),
  expected: `${words.join(', ')} or ${form.expected}`
})

// --- fields

/** A key of the address: reading gives what is to be changed. */
interface Field<S> {
  readonly key: string
  readonly expected: string
  readonly read: (text: string) => Partial<S> | undefined
  readonly write: (settings: S) => string
}

const field = <S, K extends keyof S & string>(key: K, form: Form<S[K]>): Field<S> => ({
  key,
  expected: form.expected,
  read: (text) => {
    const value = form.read(text)
    // TypeScript does not see that this is the key's own type.
    return value === undefined ? undefined : ({ [key]: value } as unknown as Partial<S>)
  },
  write: (settings) => form.write(settings[key])
})

const policyFields: ReadonlyArray<Field<PolicySettings>> = [
  field('schedule', choice(schedules)),
  field('base', time),
  field('factor', number(1, 10)),
  field('jitter', or(number(0.01, 1), ['none', 'full', 'equal'])),
  field('cap', or(time, ['off'])),
  field('retries', or(whole(0, 1000), ['unlimited'])),
  field('timeout', or(time, ['off'])),
  field('budget', or(number(0, 1), ['off'])),
  field('breaker', choice(['on', 'off']))
]

const fleetFields: ReadonlyArray<Field<FleetSettings>> = [
  field('scenario', choice(scenarios)),
  field('clients', whole(1, 2000)),
  field('every', time),
  field('capacity', whole(1, 1000)),
  field('outage', time),
  field('mode', choice(modes)),
  field('seed', whole(0, 999_999_999))
]

const pinnedPrefix = 'vs.'
const baselines = choice(['no-retries', 'pinned'])

// --- to the address

/** Gives the address of settings, from its `#` on; empty for the defaults. */
export const toHash = ({ policy, fleet, baseline }: Settings): string => {
  const pairs = [
    ...pairsOf(policyFields, policy, defaults.policy, ''),
    ...pairsOf(fleetFields, fleet, defaults.fleet, ''),
    ...(baseline === 'no-retries'
      ? []
      : ['vs=pinned', ...pairsOf(policyFields, baseline, defaults.policy, pinnedPrefix)])
  ]
  return pairs.length === 0 ? '' : `#${pairs.join('&')}`
}

const pairsOf = <S>(fields: ReadonlyArray<Field<S>>, settings: S, usual: S, prefix: string) =>
  fields
    .filter(({ write }) => write(settings) !== write(usual))
    .map(({ key, write }) => `${prefix}${key}=${write(settings)}`)

// --- from the address

/** What an address says, and what in it makes no sense. */
export interface Parsed {
  readonly settings: Settings
  readonly problems: ReadonlyArray<string>
}

interface Section<S> {
  readonly settings: S
  readonly problems: ReadonlyArray<string>
}

/** Reads an address, with or without its `#`. */
export const fromHash = (hash: string): Parsed => {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const known = new Set([
    'vs',
    ...[...policyFields, ...fleetFields].map(({ key }) => key),
    ...policyFields.map(({ key }) => pinnedPrefix + key)
  ])
  const keys = [...new Set(given.keys())]
  const policy = read(policyFields, given, defaults.policy, '')
  const fleet = read(fleetFields, given, defaults.fleet, '')
  const pinned = read(policyFields, given, defaults.policy, pinnedPrefix)
  const vs = given.get('vs') ?? 'no-retries'
  const isPinned = vs === 'pinned' || keys.some((key) => key.startsWith(pinnedPrefix) && known.has(key))
  return {
    settings: {
      policy: policy.settings,
      fleet: fleet.settings,
      baseline: isPinned ? pinned.settings : 'no-retries'
    },
    problems: [
      ...keys.filter((key) => !known.has(key)).map((key) => `${quoted(key)} is no setting`),
      ...policy.problems,
      ...fleet.problems,
      ...(baselines.read(vs) === undefined ? [problemOf('vs', vs, baselines.expected)] : []),
      ...pinned.problems
    ]
  }
}

const read = <S>(
  fields: ReadonlyArray<Field<S>>,
  given: URLSearchParams,
  usual: S,
  prefix: string
): Section<S> =>
  fields.reduce<Section<S>>(
    (done, { key, expected, read }) => {
      const text = given.get(prefix + key)
      if (text === null) return done
      const change = read(text)
      return change === undefined
        ? { ...done, problems: [...done.problems, problemOf(prefix + key, text, expected)] }
        : { ...done, settings: { ...done.settings, ...change } }
    },
    { settings: usual, problems: [] }
  )

const problemOf = (key: string, text: string, expected: string): string =>
  `${key} is ${quoted(text)}, and should be ${expected}`

const quoted = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`
