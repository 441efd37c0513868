import type { Scenario } from 'reprise/lab'
import { describeScenario } from '../../../src/cli/describeScenario.js'

const server = { capacity: 100, latency: 50 }

describe('describeScenario', () => {
  test.each<[string, Scenario, string]>([
    [
      'an outage',
      {
        clients: 10_000,
        processes: 100,
        arrivals: { every: 10_000 },
        duration: 120_000,
        network: { logNormal: [5, 0.3] },
        server: {
          capacity: 100,
          latency: { logNormal: [50, 0.5] },
          queue: 2000,
          outages: [{ from: 40_000, to: 70_000, mode: 'down' }]
        }
      },
      '10,000 clients in 100 processes, each with a request every 10 s for 2 min: 1,000 requests a second. ' +
        'A message takes at the median 5 ms. ' +
        // 100 places, for 50 ms × exp(0.5² / 2) = 56.66 ms on average.
        'The server works on 100 at once, at the median 50 ms each, which makes about 1,760 requests a second; 2,000 may wait. ' +
        'From 40 s to 1 min 10 s it is down.'
    ],
    [
      'one client',
      { clients: 1, arrivals: 'atOnce', server: { ...server, capacity: 1, queue: 0 } },
      '1 client in 1 process, each with one request, all at the start. ' +
        'The server works on 1 at once, 50 ms each, which makes about 20 requests a second; none may wait.'
    ],
    ...(
      [
        ['normal', { normal: ['40ms', '5ms'] }, '40 ms ± 5 ms each, which makes about 25 requests a second'],
        [
          'exponential',
          { exponential: '20ms' },
          'on average 20 ms each, which makes about 50 requests a second'
        ]
      ] as const
    ).map(([title, latency, words]): [string, Scenario, string] => [
      `a server whose time is ${title}`,
      { clients: 2, arrivals: 'atOnce', server: { capacity: 1, latency, queue: 0 } },
      '2 clients in 1 process, each with one request, all at the start. ' +
        `The server works on 1 at once, ${words}; none may wait.`
    ]),
    [
      'requests at random, and all that can be wrong',
      {
        clients: 5,
        arrivals: { perSecond: 1 },
        duration: '1m',
        network: '1ms',
        server: {
          capacity: 2,
          latency: { uniform: ['10ms', '30ms'] },
          rateLimit: { capacity: 50, per: '1s' },
          failures: 0.01,
          outages: [
            { from: 0, to: '1s', mode: 'silent' },
            { from: '1s', to: '2s', mode: 'slow', factor: 2.5 },
            { from: '2s', to: '1h', mode: 'failing', ratio: 0.5 }
          ]
        }
      },
      '5 clients in 1 process, with 1 request a second for 1 min. A message takes 1 ms. ' +
        'The server works on 2 at once, 10 ms to 30 ms each, which makes about 100 requests a second; any number may wait. ' +
        'It takes 50 in 1 s at most. It fails 1.0 % of them. ' +
        'From 0 ms to 1 s it does not answer. From 1 s to 2 s it takes 2.5 times as long. From 2 s to 1 h it fails 50.0 % of them.'
    ],
    [
      'a server that takes no time',
      { clients: 2, arrivals: 'atOnce', server: { capacity: 1, latency: 0 } },
      '2 clients in 1 process, each with one request, all at the start. The server works on 1 at once, 0 ms each; any number may wait.'
    ],
    [
      'contention',
      { clients: 100, processes: 2, contention: { message: { normal: [10, 2] } } },
      '100 clients in 2 processes, which all change the same row once, from the start. A message takes 10 ms ± 2 ms; there are four in an attempt.'
    ],
    [
      'exponential messages',
      { clients: 1, contention: { message: { exponential: 10 } } },
      '1 client in 1 process, which all change the same row once, from the start. A message takes on average 10 ms; there are four in an attempt.'
    ]
  ])('%s', (_, scenario, expected) => {
    expect(describeScenario(scenario)).toBe(expected)
  })
})
