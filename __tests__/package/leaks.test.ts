/**
 * What 100,000 calls leave behind, for each way in which calls end: no timer, no listener, no permit, nobody in a queue, no
 * heap. Each way is a process of plain Node on the package as it is built (`../support/leaks.js`).
 */
import { requireBuild, root } from '../support/built.js'
import { node } from '../support/run.js'

requireBuild()
jest.setTimeout(180_000)

// Compiled code that is dropped and made again, and what other threads have not yet done, would be in the figures.
const flags = ['--expose-gc', '--no-flush-bytecode', '--single-threaded', '--max-semi-space-size=32']

const program = require.resolve('../support/leaks.js')

const run = async (way: string): Promise<Readonly<Record<string, unknown>>> => {
  const { code, output } = await node([...flags, program, way], root)
  const last = output.trimEnd().split('\n').at(-1)!
  if (code !== 0 || !last.startsWith('{')) throw new Error(`${code}: ${output}`)
  return JSON.parse(last) as Record<string, unknown>
}

const calls = 100_000
const nothing = { resources: [], listeners: 0, heard: [], isFlat: true, bytes: expect.any(Number) }

/** All resources as they are when nobody calls; `counted` calls are in the window of the breaker. */
const whole = ({ places = 200, counted = 100, budget = 1_000_000 } = {}) => ({
  available: { places, tokens: 1_000_000 },
  waiting: 0,
  breaker: { _tag: 'Closed', calls: counted, failures: 0, slow: 0, retryAfter: 0 },
  budget
})
// Where only limits are around.
const limits = (places = 200) => whole({ places, counted: 0 })
const rates = { tokenBucket: 100, leakyBucket: 100, slidingWindow: 100, fixedWindow: 100, gcra: 100 }

// Each failure takes a token of the budget, and each success gives one back.
const ways: ReadonlyArray<[way: string, end: string | Readonly<Record<string, number>>, state: object]> = [
  ['success', 'Right', whole()],
  ['success after a wait of 1 ms', 'Right', whole()],
  ['success in time, of a function that sleeps', 'Right', {}],
  ['exhausted', 'Exhausted, down', whole({ budget: 800_000 })],
  ['thrown before the first await', 'Exhausted, down', {}],
  ['not retryable', 'NotRetryable, down', {}],
  ['a fault of the policy', 'PolicyFault, down', {}],
  ['a result refused', 'Exhausted, Rejected', {}],

  ['aborted while waiting', 'Aborted, enough, down', whole({ budget: 900_000 })],
  ['aborted in flight', 'Aborted, enough', whole({ counted: 0 })],
  ['aborted in flight, of a function that listens', 'Aborted, enough', {}],
  ['aborted in flight, with limits alone', 'Aborted, enough', limits()],
  ['aborted before it began', 'Aborted, enough', limits()],
  ['timed out while waiting', 'TimedOut, down', whole({ budget: 900_000 })],
  ['timed out in flight', 'TimedOut', whole({ counted: 0 })],
  ['timed out in flight, of a function that listens', 'TimedOut', {}],
  ['each attempt timed out', 'Exhausted, TimedOut', whole({ budget: 800_000 })],

  // Those 200 that were under way when it opened failed by themselves; what it refuses is not retried, and takes nothing.
  ['breaker open', 'NotRetryable, CircuitOpen', { ...whole({ budget: 999_800 }), breaker: 'Open' }],
  [
    'breaker half-open, trials aborted',
    'Aborted, enough',
    { breaker: { _tag: 'HalfOpen', calls: 0, failures: 0, slow: 0, retryAfter: 0 } }
  ],
  [
    'breaker opens and closes again',
    { down: 50_000, Right: 50_000 },
    { breaker: { _tag: 'Closed', calls: 0, failures: 0, slow: 0, retryAfter: 0 } }
  ],

  ['limit refused, queue full', 'LimitExceeded, queueFull', limits(1)],
  ['limit refused, waited too long', 'LimitExceeded, waitedTooLong', limits(1)],
  ['limit refused, above the capacity', 'LimitExceeded, aboveCapacity', limits()],
  ['queued, then granted', 'Right', limits(1)],
  ['queued for a rate of each kind, then granted', 'Right', { available: rates, waiting: 0 }],
  ['queued, then aborted', 'Aborted, enough', limits(1)],
  ['queued, then timed out', 'TimedOut', limits(1)],
  ['permits by hand', 'Right', limits(7)],
  ['permits of use', 'Right', limits(7)],

  ['hedge not needed', 'Right', { budget: 1_000_000 }],
  ['hedge won by the first', 'Right', { budget: 1_000_000 }],
  ['hedge won by the second', 'Right', { budget: 1_000_000 }],
  // The last failure is that of the call, which retries nothing.
  ['hedge of which both fail', 'down', { budget: 900_000 }],
  ['hedge after a quantile', 'Right', { budget: 1_000_000 }],

  ['budget refused', 'BudgetExhausted, down', { ...whole(), budget: 0 }],
  ['observers that throw and reject', 'Exhausted, down', whole({ places: 20, budget: 800_000 })],
  ['in an async context of its own', 'Right', limits(10)],
  ['on the clock of the background', 'Right', {}],
  [
    'methods of a worker',
    {
      Right: 25_000,
      'Exhausted, down': 25_000,
      'Exhausted, TimedOut': 25_000,
      'Exhausted, Rejected': 25_000
    },
    whole({ places: 100, budget: 875_000 })
  ]
]

describe('what 100,000 calls leave behind', () => {
  test.each(ways)('%s -> nothing', async (way, end, state) => {
    const ends = typeof end === 'string' ? { [end]: calls } : end
    expect(await run(way)).toEqual({ ends, ...nothing, ...state })
  })
})

describe('what is left is seen', () => {
  test.each<[left: string, seen: object]>([
    ['a listener in each batch', { listeners: 500, heard: [expect.stringContaining('MaxListeners')] }],
    ['a permit', { available: { places: 399, tokens: 1_000_000 } }],
    ['one who waits', { waiting: 1 }],
    ['a timer', { resources: ['Timeout'], listeners: 1 }],
    ['an object of each call', { isFlat: false }]
  ])('a leak: %s -> seen', async (left, seen) => {
    expect(await run(`a leak: ${left}`)).toMatchObject(seen)
  })
})
