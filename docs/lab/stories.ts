/** Settings that have something to say: where to begin. */
import { defaults, type Settings } from './settings.js'

export interface Story {
  readonly name: string
  readonly settings: Settings
}

const { fleet, policy } = defaults

const herd = { ...policy, retries: 8 } as const
const row = { ...policy, base: 10, cap: 2000, retries: 'unlimited', timeout: 'off' } as const

export const stories: ReadonlyArray<Story> = [
  { name: 'A retry storm', settings: defaults },
  {
    name: 'Ended by a retry budget',
    settings: { fleet, policy: { ...policy, budget: 0.1 }, baseline: policy }
  },
  {
    name: 'Ended by a circuit breaker',
    settings: { fleet, policy: { ...policy, breaker: 'on' }, baseline: policy }
  },
  {
    name: 'A thundering herd',
    settings: {
      policy: herd,
      fleet: { ...fleet, scenario: 'herd', clients: 500, capacity: 5 },
      baseline: { ...herd, jitter: 'none' }
    }
  },
  {
    name: 'A hundred clients, one row',
    settings: {
      policy: row,
      fleet: { ...fleet, scenario: 'contention' },
      baseline: { ...row, jitter: 'none' }
    }
  }
]
