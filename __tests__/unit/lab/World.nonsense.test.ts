import type { Scenario } from '../../../src/lab/Scenario.js'
import { worldOf } from '../../../src/lab/World.js'
import { message } from '../../support/bad.js'

describe('worldOf, of what makes no sense', () => {
  const server = { capacity: 1, latency: 1 }
  const base = { clients: 1, arrivals: 'atOnce', server }
  it.each([
    [
      { ...base, severs: 1 },
      "TypeError: scenario: there is no option 'severs'; there are clients, processes, arrivals, duration, network, server"
    ],
    [{ ...base, network: -1 }, `RangeError: network must be milliseconds >= 0 or a text like '2s', got -1`],
    [
      { ...base, network: { normal: [1, 'x'] } },
      `RangeError: network.normal must be milliseconds >= 0 or a text like '2s', got "x"`
    ],
    [{ ...base, server: undefined }, 'TypeError: server: options must be an object, got undefined'],
    [
      { ...base, server: { ...server, qeue: 1 } },
      "TypeError: server: there is no option 'qeue'; there are capacity, latency, queue, rateLimit, failures, outages"
    ],
    [
      { ...base, server: { latency: 1 } },
      'TypeError: server.capacity must be a whole number >= 1, got undefined'
    ],
    [
      { ...base, server: { ...server, capacity: 0 } },
      'RangeError: server.capacity must be a whole number >= 1, got 0'
    ],
    [
      { ...base, server: { ...server, capacity: Infinity } },
      'RangeError: server.capacity must be a whole number >= 1, got Infinity'
    ],
    [
      { ...base, server: { capacity: 1 } },
      `TypeError: server.latency must be milliseconds >= 0 or a text like '2s', got undefined`
    ],
    [
      { ...base, server: { ...server, latency: 'long' } },
      `RangeError: server.latency must be milliseconds >= 0 or a text like '2s', got "long"`
    ],
    [
      { ...base, server: { ...server, queue: -1 } },
      'RangeError: server.queue must be a whole number >= 0, got -1'
    ],
    [
      { ...base, server: { ...server, queue: 0.5 } },
      'RangeError: server.queue must be a whole number >= 0, got 0.5'
    ],
    [
      { ...base, server: { ...server, failures: 1.5 } },
      'RangeError: server.failures must be a number from 0 to 1, got 1.5'
    ],
    [
      { ...base, server: { ...server, failures: NaN } },
      'RangeError: server.failures must be a number from 0 to 1, got NaN'
    ],
    [
      { ...base, server: { ...server, outages: 'all' } },
      'RangeError: server.outages must be a list, got "all"'
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 0, per: 1 } } },
      'RangeError: server.rateLimit.capacity must be a whole number >= 1, got 0'
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 1, per: 0 } } },
      'RangeError: server.rateLimit.per must be longer than 0 ms, got 0'
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 1 } } },
      `TypeError: server.rateLimit.per must be milliseconds >= 0 or a text like '2s', got undefined`
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 1, per: 1, algorithm: 'luck' } } },
      'RangeError: server.rateLimit.algorithm must be one of tokenBucket, leakyBucket, slidingWindow, fixedWindow, gcra, got "luck"'
    ],
    [
      { ...base, server: { ...server, rateLimit: { capacity: 1, pro: 1 } } },
      "TypeError: server.rateLimit: there is no option 'pro'; there are capacity, per, algorithm"
    ],
    [
      { clients: 1, contention: {} },
      `TypeError: contention.message must be milliseconds >= 0 or a text like '2s', got undefined`
    ],
    [{ clients: 1, contention: 5 }, 'RangeError: contention: options must be an object, got 5'],
    [
      { clients: 1, contention: { message: NaN } },
      `RangeError: contention.message must be milliseconds >= 0 or a text like '2s', got NaN`
    ],
    [
      { clients: 1, contention: { message: 1 }, server },
      "TypeError: scenario: there is no option 'server'; there are clients, processes, contention"
    ]
  ])('%j -> %s', (scenario, error) => {
    expect(message(() => worldOf(scenario as unknown as Scenario))).toBe(error)
  })
})
