/** Spans and metrics through the real SDK and its exporters in memory: what was exported is compared whole, times aside. */
import { context, metrics, trace } from '@opentelemetry/api'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  circuitBreaker,
  fixed,
  immediate,
  limitRetries,
  limitSet,
  policyOf,
  PolicyShow,
  resourceLimit,
  retryOn,
  retryUntil,
  withAttempt,
  withCircuitBreaker,
  withEnv,
  withHedge,
  withLimits,
  withObserver,
  withRetry,
  withSignal,
  withTimeout,
  worker
} from 'reprise'
import { telemetryObserver, traceWorker, withTelemetry } from 'reprise/opentelemetry'
import { instantClock, scripted, virtualClock } from 'reprise/testing'
import { asyncContexts, newRecorder, type Recorder, type Shown } from '../support/telemetry.js'

const recorders: Recorder[] = []
const recorder = (): Recorder => {
  const made = newRecorder()
  recorders.push(made)
  return made
}
afterEach(async () => {
  for (const each of recorders.splice(0)) await each.close()
  context.disable()
  trace.disable()
  metrics.disable()
})

const of = (name: string) => ({ 'code.function.name': name })
const policy = pipe(fixed('2s'), limitRetries(2))
const refused = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' })
const failedWith = (attempt: number, wait?: number) => [
  'attempt failed',
  {
    'reprise.attempt': attempt,
    'error.type': 'ECONNREFUSED',
    'exception.type': 'ECONNREFUSED',
    'exception.message': 'connect refused',
    ...(wait !== undefined && { 'reprise.wait': wait })
  }
]

/** A function that throws so often before it answers. */
const flaky = (failures: number) => {
  let calls = 0
  return async function load(id: number): Promise<string> {
    calls += 1
    if (calls <= failures) throw refused
    return `user ${id}`
  }
}

describe('a call', () => {
  test('one failure, then a result -> a span with an event, and all that was measured', async () => {
    const { tracer, meter, spans, measured } = recorder()
    const load = pipe(
      flaky(1),
      withRetry(policy),
      withTelemetry({ tracer, meter }),
      withEnv({ clock: instantClock() })
    )
    expect(await load(7)()).toEqual({ _tag: 'Right', right: 'user 7' })
    expect(spans()).toEqual([
      {
        name: 'load',
        attributes: { ...of('load'), 'reprise.outcome': 'success', 'reprise.attempts': 2 },
        events: [failedWith(1, 2)]
      }
    ])
    expect(await measured()).toEqual({
      'reprise.attempts {attempt}': [
        [{ ...of('load'), 'reprise.outcome': 'failure', 'error.type': 'ECONNREFUSED' }, 1],
        [{ ...of('load'), 'reprise.outcome': 'success' }, 1]
      ],
      'reprise.retry.wait s': [[of('load'), [1, 2]]],
      'reprise.call.duration s': [[{ ...of('load'), 'reprise.outcome': 'success' }, [1, 2]]]
    })
  })

  test('three failures -> an error with the words of the retry, and the type of the last failure', async () => {
    const { tracer, meter, spans, measured } = recorder()
    const load = pipe(
      flaky(9),
      withRetry(policy),
      withTelemetry({ tracer, meter }),
      withEnv({ clock: instantClock() })
    )
    await load(7)()
    expect(spans()).toEqual([
      {
        name: 'load',
        attributes: {
          ...of('load'),
          'reprise.outcome': 'exhausted',
          'error.type': 'ECONNREFUSED',
          'reprise.attempts': 3
        },
        error: 'gave up after 3 attempts in 4000 ms: connect refused',
        events: [failedWith(1, 2), failedWith(2, 2), failedWith(3)]
      }
    ])
    expect(await measured()).toEqual({
      'reprise.attempts {attempt}': [
        [{ ...of('load'), 'reprise.outcome': 'failure', 'error.type': 'ECONNREFUSED' }, 3]
      ],
      'reprise.retry.wait s': [[of('load'), [2, 4]]],
      'reprise.give_ups {call}': [[{ ...of('load'), 'reprise.reason': 'exhausted' }, 1]],
      'reprise.call.duration s': [
        [{ ...of('load'), 'reprise.outcome': 'exhausted', 'error.type': 'ECONNREFUSED' }, [1, 4]]
      ]
    })
  })

  test('a result that is refused -> an event with the reasons, no exception', async () => {
    const { tracer, spans } = recorder()
    const task = pipe(
      async () => 3,
      withRetry(
        pipe(
          immediate,
          limitRetries(0),
          retryUntil((n: number) => n > 3)
        )
      ),
      withTelemetry({ tracer, spanName: 'count' })
    )
    await task()
    expect(spans()).toEqual([
      {
        name: 'count',
        attributes: { 'reprise.outcome': 'exhausted', 'error.type': 'Rejected', 'reprise.attempts': 1 },
        error: expect.stringMatching(/^gave up after 1 attempt in \d+ ms: .+$/),
        events: [
          [
            'attempt failed',
            { 'reprise.attempt': 1, 'error.type': 'Rejected', 'reprise.reasons': [expect.any(String)] }
          ]
        ]
      }
    ])
  })

  test('no retry inside -> the error is an exception of the span, with its stack', async () => {
    const { tracer, meter, spans, measured } = recorder()
    const load = pipe(flaky(1), withTelemetry({ tracer, meter }), withEnv({ clock: instantClock() }))
    expect(await load(7)()).toEqual({ _tag: 'Left', left: refused })
    expect(spans()).toEqual([
      {
        name: 'load',
        attributes: { ...of('load'), 'reprise.outcome': 'failure', 'error.type': 'ECONNREFUSED' },
        error: 'connect refused',
        events: [
          [
            'exception',
            {
              'exception.type': 'ECONNREFUSED',
              'exception.message': 'connect refused',
              'exception.stacktrace': 'Error: connect refused'
            }
          ]
        ]
      }
    ])
    expect(await measured()).toEqual({
      'reprise.call.duration s': [
        [{ ...of('load'), 'reprise.outcome': 'failure', 'error.type': 'ECONNREFUSED' }, [1, 0]]
      ]
    })
  })

  test('two at once -> each span has the events of its own call', async () => {
    const { tracer, spans } = recorder()
    const clock = virtualClock()
    const left = new Map([
      ['a', 2],
      ['b', 1]
    ])
    const load = pipe(
      async function load(id: string): Promise<string> {
        const failures = left.get(id) ?? 0
        left.set(id, failures - 1)
        if (failures > 0) throw new TypeError(`no ${id}`)
        return id
      },
      withRetry(policy),
      withTelemetry({
        tracer,
        attributes: ({ args, name, attempt }) => ({ id: String(args[0]), at: `${name} ${attempt}` })
      }),
      withEnv({ clock })
    )
    const both = Promise.all([load('a')(), load('b')()])
    await clock.runAll()
    await both
    const event = (id: string, attempt: number) => [
      'attempt failed',
      {
        'reprise.attempt': attempt,
        'error.type': 'TypeError',
        'exception.type': 'TypeError',
        'exception.message': `no ${id}`,
        'reprise.wait': 2
      }
    ]
    const span = (id: string, attempts: number, events: ReadonlyArray<unknown>) => ({
      name: 'load',
      attributes: {
        ...of('load'),
        id,
        at: 'load 1',
        'reprise.outcome': 'success',
        'reprise.attempts': attempts
      },
      events
    })
    expect(
      [...spans()].sort((a, b) => (String(a.attributes['id']) < String(b.attributes['id']) ? -1 : 1))
    ).toEqual([span('a', 3, [event('a', 1), event('a', 2)]), span('b', 2, [event('b', 1)])])
  })

  test('spans of functions of a name -> by spanName, by name, or reprise.call', async () => {
    const { tracer, spans } = recorder()
    await pipe(
      flaky(0),
      withTelemetry({ tracer, spanName: ({ args }) => `GET /users/${String(args[0])}` })
    )(7)()
    await pipe(flaky(0), withTelemetry({ tracer }))(7)()
    await pipe(async () => 1, withTelemetry({ tracer }))()
    expect(spans().map(({ name }) => name)).toEqual(['GET /users/7', 'load', 'reprise.call'])
  })
})

describe('spans within spans', () => {
  test('outside and inside of a retry -> the attempts are children of the call; events are counted once', async () => {
    const { tracer, meter, spans, measured } = recorder()
    const load = pipe(
      flaky(1),
      withTelemetry({ tracer, meter, spanName: 'attempt' }),
      withRetry(policy),
      withTelemetry({ tracer, meter }),
      withEnv({ clock: instantClock() })
    )
    await load(7)()
    const exception = {
      'exception.type': 'ECONNREFUSED',
      'exception.message': 'connect refused',
      'exception.stacktrace': 'Error: connect refused'
    }
    expect(spans()).toEqual([
      {
        name: 'load',
        attributes: { ...of('load'), 'reprise.outcome': 'success', 'reprise.attempts': 2 },
        events: [failedWith(1, 2)],
        children: [
          {
            name: 'attempt',
            attributes: {
              ...of('load'),
              'reprise.attempt': 1,
              'reprise.outcome': 'failure',
              'error.type': 'ECONNREFUSED'
            },
            error: 'connect refused',
            events: [['exception', exception]]
          },
          {
            name: 'attempt',
            attributes: { ...of('load'), 'reprise.attempt': 2, 'reprise.outcome': 'success' }
          }
        ]
      }
    ])
    expect(await measured()).toEqual({
      'reprise.attempts {attempt}': [
        [{ ...of('load'), 'reprise.outcome': 'failure', 'error.type': 'ECONNREFUSED' }, 1],
        [{ ...of('load'), 'reprise.outcome': 'success' }, 1]
      ],
      'reprise.retry.wait s': [[of('load'), [1, 2]]],
      'reprise.call.duration s': [[{ ...of('load'), 'reprise.outcome': 'success' }, [1, 2]]]
    })
  })

  test('a retry in a retry, with a span around each -> events are on the innermost span around them', async () => {
    const { tracer, spans } = recorder()
    const load = pipe(
      flaky(2),
      withRetry(limitRetries(1)(immediate)),
      withTelemetry({ tracer, spanName: 'inner', metrics: false }),
      withRetry(pipe(fixed('2s'), limitRetries(2), retryOn(['Exhausted']))),
      withTelemetry({ tracer, spanName: 'outer', metrics: false }),
      withEnv({ clock: instantClock() })
    )
    expect(await load(7)()).toEqual({ _tag: 'Right', right: 'user 7' })
    expect(spans()).toEqual([
      {
        name: 'outer',
        attributes: { ...of('load'), 'reprise.outcome': 'success', 'reprise.attempts': 2 },
        events: [
          [
            'attempt failed',
            {
              'reprise.attempt': 1,
              'error.type': 'ECONNREFUSED',
              'exception.type': 'ECONNREFUSED',
              'exception.message': 'gave up after 2 attempts in 0 ms: connect refused',
              'reprise.wait': 2
            }
          ]
        ],
        children: [
          {
            name: 'inner',
            attributes: {
              ...of('load'),
              'reprise.attempt': 1,
              'reprise.outcome': 'exhausted',
              'error.type': 'ECONNREFUSED',
              'reprise.attempts': 2
            },
            error: 'gave up after 2 attempts in 0 ms: connect refused',
            events: [failedWith(1, 0), failedWith(2)]
          },
          {
            name: 'inner',
            attributes: {
              ...of('load'),
              'reprise.attempt': 2,
              'reprise.outcome': 'success',
              'reprise.attempts': 1
            }
          }
        ]
      }
    ])
  })

  test('a context manager -> spans that the function starts after an await, and in later attempts, are children', async () => {
    context.setGlobalContextManager(asyncContexts())
    const { tracer, spans } = recorder()
    let calls = 0
    const load = pipe(
      async function load(id: number): Promise<string> {
        calls += 1
        const nth = calls
        await new Promise(setImmediate)
        tracer.startSpan(`GET /users/${id}`).end()
        if (nth === 1) throw refused
        return `user ${id}`
      },
      withRetry(pipe(fixed(2), limitRetries(1))),
      withTelemetry({ tracer })
    )
    await tracer.startActiveSpan('request', async (span) => {
      await load(7)()
      expect(trace.getActiveSpan()).toBe(span)
      span.end()
    })
    const request = { name: 'GET /users/7', attributes: {} }
    expect(spans()).toEqual([
      {
        name: 'request',
        attributes: {},
        children: [
          {
            name: 'load',
            attributes: { ...of('load'), 'reprise.outcome': 'success', 'reprise.attempts': 2 },
            events: [failedWith(1, 0.002)],
            children: [request, request]
          }
        ]
      }
    ])
  })

  test('a virtual clock -> later attempts are within the span, whoever moves the time', async () => {
    context.setGlobalContextManager(asyncContexts())
    const { tracer, spans } = recorder()
    const clock = virtualClock()
    const load = pipe(
      TE.fromIO(() => tracer.startSpan('request').end()),
      TE.flatMap(() => TE.left('down')),
      withRetry(policy),
      withTelemetry({ tracer, spanName: 'call' }),
      withEnv({ clock })
    )
    const pending = load()
    await clock.runAll()
    await pending
    expect(spans()[0]?.children?.map(({ name }) => name)).toEqual(['request', 'request', 'request'])
  })

  test('calls that queue for limits -> a span inside of the limits is below that of its own call', async () => {
    context.setGlobalContextManager(asyncContexts())
    const { tracer, meter, spans, measured } = recorder()
    const clock = virtualClock()
    const limits = limitSet([resourceLimit({ key: 'place', capacity: 1 })], { clock })()
    const load = pipe(
      async function load(id: string): Promise<string> {
        tracer.startSpan(`GET ${id}`).end()
        await new Promise<void>((resolve) => void clock.after(3000, resolve))
        return id
      },
      withTelemetry({ tracer, meter, spanName: ({ args }) => `attempt ${String(args[0])}` }),
      withLimits(limits),
      withTelemetry({ tracer, meter, spanName: ({ args }) => `call ${String(args[0])}` }),
      withEnv({ clock })
    )
    const both = Promise.all([load('a')(), load('b')()])
    await clock.runAll()
    await both
    const tree = (id: string, events?: Shown['events']): Shown => ({
      name: `call ${id}`,
      attributes: { ...of('load'), 'reprise.outcome': 'success' },
      ...(events && { events }),
      children: [
        {
          name: `attempt ${id}`,
          attributes: { ...of('load'), 'reprise.outcome': 'success' },
          children: [{ name: `GET ${id}`, attributes: {} }]
        }
      ]
    })
    expect(spans()).toEqual([
      tree('a'),
      tree('b', [
        [
          'waiting for limits',
          { 'reprise.attempt': 1, 'reprise.limit.key': 'place', 'reprise.limit.waiting': 1 }
        ],
        ['limits granted', { 'reprise.attempt': 1, 'reprise.wait': 3 }]
      ])
    ])
    expect(await measured()).toEqual({
      'reprise.limit.wait s': [[of('load'), [2, 3]]],
      'reprise.call.duration s': [[{ ...of('load'), 'reprise.outcome': 'success' }, [2, 9]]]
    })
  })
})

describe('calls that are cut short', () => {
  test('an abort during a wait -> aborted, with the reason; the span has ended when the caller hears', async () => {
    const { tracer, meter, spans, measured } = recorder()
    const clock = virtualClock()
    const controller = new AbortController()
    const load = pipe(
      flaky(9),
      withRetry(policy),
      withTelemetry({ tracer, meter }),
      withSignal(controller.signal),
      withEnv({ clock })
    )
    const pending = load(7)()
    await clock.advance(1000)
    controller.abort(new Error('no longer needed'))
    await pending
    expect(spans()).toEqual([
      {
        name: 'load',
        attributes: {
          ...of('load'),
          'reprise.outcome': 'aborted',
          'error.type': 'Error',
          'reprise.attempts': 1
        },
        error: 'aborted after 1 attempt in 1000 ms: no longer needed',
        events: [failedWith(1, 2)]
      }
    ])
    expect(await measured()).toMatchObject({
      'reprise.give_ups {call}': [[{ ...of('load'), 'reprise.reason': 'aborted' }, 1]],
      'reprise.call.duration s': [
        [{ ...of('load'), 'reprise.outcome': 'aborted', 'error.type': 'Error' }, [1, 1]]
      ]
    })
  })

  test('a function that takes no notice of a timeout outside -> its span ends all the same', async () => {
    const { tracer, spans } = recorder()
    const clock = virtualClock()
    const task = pipe(
      scripted('P'),
      withTelemetry({ tracer, spanName: 'attempt' }),
      withTimeout('1s'),
      withRetry(pipe(immediate, limitRetries(0))),
      withTelemetry({ tracer, spanName: 'call' }),
      withEnv({ clock })
    )
    const pending = task()
    await clock.runAll()
    expect(await pending).toMatchObject({ left: { _tag: 'Exhausted' } })
    expect(spans()).toEqual([
      {
        name: 'call',
        attributes: {
          ...of('task'),
          'reprise.outcome': 'exhausted',
          'error.type': 'TimedOut',
          'reprise.attempts': 1
        },
        error: expect.stringMatching(/^gave up after 1 attempt in 1000 ms: /) as string,
        events: [
          [
            'attempt failed',
            {
              'reprise.attempt': 1,
              'error.type': 'TimedOut',
              'exception.type': 'TimedOut',
              'exception.message': 'timed out after 1000 ms'
            }
          ]
        ],
        children: [
          {
            name: 'attempt',
            attributes: {
              ...of('task'),
              'reprise.attempt': 1,
              'reprise.outcome': 'aborted',
              'error.type': 'TimeoutError'
            },
            error: 'aborted after 1 attempt in 1000 ms: timed out after 1000 ms'
          }
        ]
      }
    ])
  })

  test('the time of the whole call is up -> timed_out, with what was tried', async () => {
    const { tracer, meter, spans, measured } = recorder()
    const clock = virtualClock()
    const load = pipe(
      flaky(9),
      withRetry(policy),
      withTimeout('3s'),
      withTelemetry({ tracer, meter }),
      withEnv({ clock })
    )
    const pending = load(7)()
    await clock.runAll()
    await pending
    expect(spans()).toEqual([
      {
        name: 'load',
        attributes: {
          ...of('load'),
          'reprise.outcome': 'timed_out',
          'error.type': 'TimedOut',
          'reprise.attempts': 2
        },
        error: 'timed out after 3000 ms: connect refused',
        events: [failedWith(1, 2), failedWith(2, 2)]
      }
    ])
    expect((await measured())['reprise.call.duration s']).toEqual([
      [{ ...of('load'), 'reprise.outcome': 'timed_out', 'error.type': 'TimedOut' }, [1, 3]]
    ])
  })

  test('hedged attempts -> a span for each; the one that lost is aborted', async () => {
    const { tracer, meter, spans, measured } = recorder()
    const clock = virtualClock()
    const task = pipe(
      scripted('R', { duration: [900, 20], clock }),
      withTelemetry({ tracer, meter, spanName: 'attempt' }),
      withHedge({ delay: 100 }),
      withTelemetry({ tracer, meter, spanName: 'call' }),
      withEnv({ clock })
    )
    const pending = task()
    await clock.advance(120)
    expect(await pending).toEqual({ _tag: 'Right', right: 2 })
    await clock.runAll()
    expect(spans()).toEqual([
      {
        name: 'call',
        attributes: { ...of('task'), 'reprise.outcome': 'success' },
        events: [['hedge started', { 'reprise.attempt': 1, 'reprise.hedge': 1 }]],
        children: [
          {
            name: 'attempt',
            attributes: {
              ...of('task'),
              'reprise.outcome': 'aborted',
              'error.type': 'AbortError'
            },
            error: 'aborted after 1 attempt in 120 ms: another attempt was quicker'
          },
          { name: 'attempt', attributes: { ...of('task'), 'reprise.outcome': 'success' } }
        ]
      }
    ])
    expect(await measured()).toEqual({
      'reprise.hedges {attempt}': [[of('task'), 1]],
      'reprise.call.duration s': [[{ ...of('task'), 'reprise.outcome': 'success' }, [1, 0.12]]]
    })
  })
})

test('a circuit breaker -> its changes and refusals, on spans and measured', async () => {
  const { tracer, meter, spans, measured } = recorder()
  const clock = virtualClock()
  const breaker = circuitBreaker({ consecutiveFailures: 2, openTime: '10s' })()
  const task = pipe(
    scripted('LLR', { left: () => ({ _tag: 'Busy' }) }),
    withCircuitBreaker(breaker),
    withTelemetry({ tracer, meter, spanName: 'call' }),
    withEnv({ clock })
  )
  for (const wait of [0, 0, 4000, 6000]) {
    await clock.advance(wait)
    await task()
  }
  const busy = {
    name: 'call',
    attributes: { ...of('task'), 'reprise.outcome': 'failure', 'error.type': 'Busy' },
    error: '{"_tag":"Busy"}'
  }
  const exception = ['exception', { 'exception.type': 'Busy', 'exception.message': '{"_tag":"Busy"}' }]
  expect(spans()).toEqual([
    { ...busy, events: [exception] },
    {
      ...busy,
      events: [['circuit opened', { 'reprise.attempt': 1, 'reprise.circuit.open_time': 10 }], exception]
    },
    {
      name: 'call',
      attributes: { ...of('task'), 'reprise.outcome': 'circuit_open', 'error.type': 'CircuitOpen' },
      error: 'the circuit is open; retry after 6000 ms',
      events: [['circuit refused', { 'reprise.attempt': 1, 'reprise.retry_after': 6 }]]
    },
    {
      name: 'call',
      attributes: { ...of('task'), 'reprise.outcome': 'success' },
      events: [
        ['circuit half-opened', { 'reprise.attempt': 1 }],
        ['circuit closed', { 'reprise.attempt': 1 }]
      ]
    }
  ])
  expect(await measured()).toEqual({
    'reprise.circuit.changes {change}': [
      [{ ...of('task'), 'reprise.circuit.state': 'open' }, 1],
      [{ ...of('task'), 'reprise.circuit.state': 'half_open' }, 1],
      [{ ...of('task'), 'reprise.circuit.state': 'closed' }, 1]
    ],
    'reprise.circuit.refusals {call}': [[of('task'), 1]],
    'reprise.call.duration s': [
      [{ ...of('task'), 'reprise.outcome': 'failure', 'error.type': 'Busy' }, [2, 0]],
      [{ ...of('task'), 'reprise.outcome': 'circuit_open', 'error.type': 'CircuitOpen' }, [1, 0]],
      [{ ...of('task'), 'reprise.outcome': 'success' }, [1, 0]]
    ]
  })
})

describe('a worker', () => {
  const functions = () => ({
    readData: scripted('TR', { thrown: () => refused }),
    writeLog: async (line: string) => line.length
  })

  test('its observer -> everything measured, by method', async () => {
    const { meter, spans, measured } = recorder()
    const db = worker(functions(), {
      numRetries: { '*': 0, readData: 3 },
      retryAlgorithm: 'fixed',
      retryJitter: 0,
      observer: telemetryObserver({ meter })
    })
    const clock = instantClock()
    await pipe(db.readData, withEnv({ clock }))()
    await pipe(db.writeLog('x'), withEnv({ clock }))()
    expect(spans()).toEqual([])
    expect(await measured()).toEqual({
      'reprise.attempts {attempt}': [
        [{ ...of('readData'), 'reprise.outcome': 'failure', 'error.type': 'ECONNREFUSED' }, 1],
        [{ ...of('readData'), 'reprise.outcome': 'success' }, 1],
        [{ ...of('writeLog'), 'reprise.outcome': 'success' }, 1]
      ],
      'reprise.retry.wait s': [[of('readData'), [1, 1]]],
      'reprise.call.duration s': [
        [{ ...of('readData'), 'reprise.outcome': 'success' }, [1, 1]],
        [{ ...of('writeLog'), 'reprise.outcome': 'success' }, [1, 0]]
      ]
    })
  })

  test('traced -> a span for each call, and still a worker', async () => {
    const { tracer, meter, spans } = recorder()
    const db = pipe(
      worker(functions(), { numRetries: { '*': 0, readData: 3 }, retryWait: 1, retryJitter: 0 }),
      traceWorker({ tracer, meter })
    )
    expect(await db.readData()).toEqual({ _tag: 'Right', right: 2 })
    expect(await db.writeLog('four')()).toEqual({ _tag: 'Right', right: 4 })
    expect(spans()).toEqual([
      {
        name: 'readData',
        attributes: { ...of('readData'), 'reprise.outcome': 'success', 'reprise.attempts': 2 },
        events: [failedWith(1, 0.001)]
      },
      {
        name: 'writeLog',
        attributes: { ...of('writeLog'), 'reprise.outcome': 'success', 'reprise.attempts': 1 }
      }
    ])
    expect(PolicyShow.show(policyOf(db, 'readData'))).toBe('pipe(exponential(1), limitRetries(3))')
    expect(Object.isFrozen(db)).toBe(true)
    expect(Object.keys(db)).toEqual(['readData', 'writeLog'])
  })
})

describe('the global API', () => {
  const load = pipe(flaky(0), withRetry(policy), withTelemetry())

  test('no SDK -> nothing but the result', async () => {
    expect(await load(7)()).toEqual({ _tag: 'Right', right: 'user 7' })
  })

  test('an SDK that is registered after the first call -> spans and metrics, under reprise and its version', async () => {
    const observed = pipe(flaky(0), withRetry(policy), withObserver(telemetryObserver()))
    await observed(7)()
    await load(7)()
    const { tracerProvider, meterProvider, finished, measured } = recorder()
    trace.setGlobalTracerProvider(tracerProvider)
    metrics.setGlobalMeterProvider(meterProvider)
    await load(7)()
    await observed(7)()
    expect(finished().map(({ instrumentationScope: { name, version } }) => ({ name, version }))).toEqual([
      { name: 'reprise', version: '0.2.0' }
    ])
    const success = { ...of('load'), 'reprise.outcome': 'success' }
    expect(await measured()).toEqual({
      'reprise.attempts {attempt}': [[success, 2]],
      'reprise.call.duration s': [[success, [2, expect.any(Number)]]]
    })
  })

  test('a signal asked for inside -> aborts as it does without', async () => {
    const { tracer } = recorder()
    const clock = virtualClock()
    let aborted = 0
    const task = pipe(
      withAttempt(({ signal }) => async () => {
        signal.addEventListener('abort', () => (aborted += 1))
        return new Promise<never>(() => {})
      }),
      withTelemetry({ tracer }),
      withTimeout('1s'),
      withEnv({ clock })
    )
    const pending = task()
    await clock.runAll()
    expect(await pending).toMatchObject({ left: { _tag: 'TimedOut', attempts: 1 } })
    expect(aborted).toBe(1)
  })
})
