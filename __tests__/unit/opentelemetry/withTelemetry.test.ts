import { context, type ContextManager, ROOT_CONTEXT, type Span, trace, type Tracer } from '@opentelemetry/api'
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  circuitBreaker,
  type Clock,
  fixed,
  immediate,
  limitRetries,
  via,
  withCircuitBreaker,
  withEnv,
  withObserver,
  withRetry,
  withTimeout
} from 'reprise'
import { telemetryObserver, type TelemetryOptions, traceWorker, withTelemetry } from 'reprise/opentelemetry'
import { scripted, virtualClock } from 'reprise/testing'
import { asyncContexts, newRecorder, type Recorder } from '../../support/telemetry.js'

let recorder: Recorder
beforeEach(() => (recorder = newRecorder()))
afterEach(async () => {
  await recorder.close()
  context.disable()
})

const broken = (): never => {
  throw new Error('broken')
}

/** Every method throws. */
const brokenObject = (methods: ReadonlyArray<string>): never =>
  Object.fromEntries(methods.map((name) => [name, broken])) as never

const spanMethods = [
  'spanContext',
  'setAttribute',
  'setAttributes',
  'addEvent',
  'setStatus',
  'updateName',
  'end',
  'isRecording',
  'recordException'
]

describe('withTelemetry', () => {
  it.each<[string, TelemetryOptions]>([
    ['a tracer that throws', { tracer: brokenObject(['startSpan']) }],
    ['a span that throws', { tracer: { startSpan: () => brokenObject(spanMethods) } as never }],
    [
      'a span whose recording throws later',
      {
        tracer: {
          startSpan: () => ({ ...(brokenObject(spanMethods) as object), isRecording: () => true }) as Span
        } as never
      }
    ],
    ['a meter that throws', { meter: brokenObject(['createCounter', 'createHistogram']) }],
    [
      'instruments that throw',
      {
        meter: {
          createCounter: () => brokenObject(['add']),
          createHistogram: () => brokenObject(['record'])
        } as never
      }
    ],
    ['a name that throws', { spanName: broken }],
    ['attributes that throw', { attributes: broken }],
    ['attributes that are none', { attributes: () => 7 as never }]
  ])('%s -> the call is as it would be', async (_, options) => {
    const wrapped = pipe(scripted('LR'), withRetry(limitRetries(1)(immediate)), withTelemetry(options))
    expect(await wrapped()).toEqual({ _tag: 'Right', right: 2 })
    const failing = pipe(scripted('L'), withTelemetry(options))
    expect(await failing()).toEqual({ _tag: 'Left', left: 1 })
  })

  it.each<[string, Partial<ContextManager>]>([
    ['that throws', { active: broken, with: broken, bind: broken }],
    [
      'that throws after it has run something',
      {
        with: ((_: unknown, fn: () => void) => {
          fn()
          broken()
        }) as never
      }
    ],
    ['that runs nothing', { with: (() => undefined) as never }]
  ])('a context manager %s -> each attempt is made once', async (_, manager) => {
    const sound: ContextManager = {
      active: () => ROOT_CONTEXT,
      with: (_context, fn, self, ...args) => fn.call(self as never, ...args),
      bind: (_context, target) => target,
      enable: () => sound,
      disable: () => sound
    }
    context.setGlobalContextManager({ ...sound, ...manager })
    const fn = scripted('LR')
    const task = pipe(fn, withRetry(limitRetries(1)(fixed(1))), withTelemetry({ tracer: recorder.tracer }))
    expect(await task()).toEqual({ _tag: 'Right', right: 2 })
    expect(fn.calls()).toBe(2)
  })

  it('attributes that throw -> a span without them', async () => {
    const task = pipe(
      async () => 1,
      withTelemetry({ tracer: recorder.tracer, attributes: broken, spanName: broken })
    )
    await task()
    expect(recorder.spans()).toEqual([{ name: 'reprise.call', attributes: { 'reprise.outcome': 'success' } }])
  })

  /** A tracer whose spans are not sampled, and what they are told. */
  const unsampled = () => {
    const tracer = new BasicTracerProvider({ sampler: new AlwaysOffSampler() }).getTracer('test')
    const told: string[] = []
    const startSpan: Tracer['startSpan'] = (...of) =>
      new Proxy(tracer.startSpan(...of), {
        get: (span, name) => {
          if (typeof name === 'string' && !['isRecording', 'spanContext'].includes(name)) told.push(name)
          return Reflect.get(span, name, span) as unknown
        }
      })
    return { tracer: { startSpan, startActiveSpan: broken }, told }
  }

  it('a span that is not sampled -> told of nothing, and yet around all that runs inside', async () => {
    context.setGlobalContextManager(asyncContexts())
    const { tracer, told } = unsampled()
    const inside: Array<boolean | undefined> = []
    const task = pipe(
      async () => {
        inside.push(trace.getActiveSpan()?.isRecording())
        if (inside.length === 1) throw new Error('no')
      },
      withRetry(limitRetries(1)(immediate)),
      withTelemetry({ tracer, metrics: false })
    )
    await task()
    expect(inside).toEqual([false, false])
    expect(told).toEqual([])
  })

  it('metrics of a call whose span is not sampled -> measured all the same; the span just ends', async () => {
    const { meter, measured } = recorder
    const { tracer, told } = unsampled()
    await pipe(scripted('L'), withRetry(limitRetries(1)(immediate)), withTelemetry({ tracer, meter }))()
    expect(Object.keys(await measured())).toEqual([
      'reprise.attempts {attempt}',
      'reprise.call.duration s',
      'reprise.retry.wait s',
      'reprise.give_ups {call}'
    ])
    expect(told).toEqual(['end'])
  })

  it('three within each other, of one meter -> measured once', async () => {
    const { tracer, meter, measured } = recorder
    const measuring = { tracer, meter }
    const task = pipe(
      scripted('R'),
      withRetry(immediate),
      withTelemetry(measuring),
      withTelemetry(measuring),
      withTelemetry(measuring)
    )
    await task()
    const success = { 'code.function.name': 'task', 'reprise.outcome': 'success' }
    expect(await measured()).toEqual({
      'reprise.attempts {attempt}': [[success, 1]],
      'reprise.call.duration s': [[success, [1, expect.any(Number)]]]
    })
  })

  it.each<[string, unknown]>([
    ['a function', (a: string, b: number) => Promise.resolve(`${a}${b}`)],
    ['a TaskEither', TE.right(1)]
  ])('%s -> the same length and name', (_, fn) => {
    const named = Object.defineProperty(fn as (...args: never[]) => unknown, 'name', { value: 'load' })
    const wrapped = withTelemetry()(named as never) as (...args: unknown[]) => unknown
    expect([wrapped.length, wrapped.name]).toEqual([named.length, 'load'])
  })

  it('a retry whose error a step outside has changed -> the attempts that were heard of', async () => {
    const task = pipe(
      scripted('L'),
      withRetry(limitRetries(2)(immediate)),
      via(TE.mapLeft(() => ({ _tag: 'Down' }))),
      withTelemetry({ tracer: recorder.tracer })
    )
    await task()
    expect(recorder.spans()[0]?.attributes).toEqual({
      'code.function.name': 'task',
      'reprise.outcome': 'failure',
      'error.type': 'Down',
      'reprise.attempts': 3
    })
  })

  it('metrics: false -> spans alone', async () => {
    const { tracer, meter, spans, measured } = recorder
    await pipe(scripted('R'), withRetry(immediate), withTelemetry({ tracer, meter, metrics: false }))()
    expect(spans()).toHaveLength(1)
    expect(await measured()).toEqual({})
  })

  it('a task -> no span before it runs, and one for each run', async () => {
    const task = pipe(async () => 1, withTelemetry({ tracer: recorder.tracer }))
    expect(recorder.spans()).toEqual([])
    await task()
    await task()
    expect(recorder.spans()).toHaveLength(2)
  })

  it('a throw -> a Left for callers, a throw for what is around', async () => {
    const error = new Error('no')
    const task = pipe(async () => Promise.reject(error), withTelemetry({ tracer: recorder.tracer }))
    expect(await task()).toEqual({ _tag: 'Left', left: error })
    const retried = await pipe(task, withRetry(limitRetries(0)(immediate)))()
    expect(retried).toMatchObject({ left: { failures: [{ _tag: 'Threw', error }] } })
  })

  it('observers around and within -> hear what they would without', async () => {
    const seen: string[] = []
    const task = pipe(
      scripted('LR'),
      withRetry(limitRetries(1)(immediate)),
      withObserver(({ _tag }) => seen.push(`within ${_tag}`)),
      withTelemetry({ tracer: recorder.tracer }),
      withTelemetry({ tracer: recorder.tracer }),
      withObserver(({ _tag }) => seen.push(`around ${_tag}`))
    )
    await task()
    expect(seen).toEqual(
      ['AttemptStarted', 'AttemptFailed', 'RetryScheduled', 'AttemptStarted', 'Succeeded'].flatMap((tag) =>
        tag === 'RetryScheduled'
          ? []
          : tag === 'AttemptFailed'
            ? [
                'within AttemptFailed',
                'within RetryScheduled',
                'around AttemptFailed',
                'around RetryScheduled'
              ]
            : [`within ${tag}`, `around ${tag}`]
      )
    )
  })

  it('a timeout outside -> nothing waits any more', async () => {
    const clock = virtualClock()
    const task = pipe(
      scripted('L'),
      withRetry(fixed('1h')),
      withTelemetry({ tracer: recorder.tracer }),
      withTimeout('1s'),
      withEnv({ clock })
    )
    const pending = task()
    await clock.advance(1000)
    expect(await pending).toMatchObject({ left: { _tag: 'TimedOut', attempts: 1 } })
    expect(clock.pending()).toBe(0)
  })

  it('a breaker inside -> its times stand still, since the clock tells the same time', async () => {
    // Each reading is a bit later than the one before.
    let time = 0
    const clock: Clock = { now: () => (time += 1), after: () => () => {} }
    const breaker = circuitBreaker({ consecutiveFailures: 1, openTime: 100, clock: undefined })()
    const task = pipe(
      scripted('L'),
      withCircuitBreaker(breaker),
      withTelemetry({ tracer: recorder.tracer }),
      withEnv({ clock })
    )
    await task()
    const saved = breaker.save()
    const before = time
    await task()
    // `until` is relative in what is saved: it has come nearer by exactly the time that has passed.
    const after = breaker.save()
    const until = (state: unknown) => (state as { until: number }).until
    expect(until(saved) - until(after)).toBe(time - before)
  })

  it('a clock that needs its this -> works, private fields too', async () => {
    class Own {
      protected began = 5
      now() {
        return 7 - this.began
      }
      after(_: number, wake: () => void) {
        void Promise.resolve().then(wake)
        return () => {}
      }
    }
    class Private {
      #time = 5
      now() {
        return this.#time
      }
      after(_: number, wake: () => void) {
        void Promise.resolve().then(wake)
        return () => {}
      }
    }
    for (const clock of [new Own(), new Private()]) {
      const task = pipe(
        scripted('LR'),
        withRetry(limitRetries(1)(fixed(10))),
        withTelemetry({ tracer: recorder.tracer }),
        withEnv({ clock })
      )
      expect(await task()).toEqual({ _tag: 'Right', right: 2 })
    }
  })

  it.each<[string, unknown, string]>([
    ['no object', 7, 'withTelemetry: options must be an object, got 7'],
    [
      'a misspelt option',
      { tracers: 1 },
      "withTelemetry: there is no option 'tracers'; there are tracer, meter, spanName, attributes, metrics"
    ],
    ['a tracer that is none', { tracer: {} }, 'withTelemetry: tracer must be a Tracer, got [object Object]'],
    ['a meter that is none', { meter: null }, 'withTelemetry: meter must be a Meter, got null'],
    [
      'an empty name',
      { spanName: '' },
      'withTelemetry: spanName must be a text, or a function of the call, got ""'
    ],
    [
      'attributes as data',
      { attributes: {} },
      'withTelemetry: attributes must be a function of the call, got [object Object]'
    ],
    ['metrics as a text', { metrics: 'no' }, 'withTelemetry: metrics must be true or false, got "no"']
  ])('%s -> throws', (_, options, message) => {
    expect(() => withTelemetry(options as never)).toThrow(message)
  })

  it('something that is no function -> throws', () => {
    expect(() => withTelemetry()(7 as never)).toThrow('withTelemetry: action must be a function, got 7')
  })
})

describe('telemetryObserver', () => {
  it('a meter that is none, a misspelt option -> throws', () => {
    expect(() => telemetryObserver({ meter: 7 as never })).toThrow(
      'telemetryObserver: meter must be a Meter, got 7'
    )
    expect(() => telemetryObserver({ tracer: 1 } as never)).toThrow(
      "telemetryObserver: there is no option 'tracer'; there are meter"
    )
  })

  it('a meter that throws -> nothing happens', () => {
    const observer = telemetryObserver({ meter: brokenObject(['createCounter']) })
    expect(observer({ _tag: 'AttemptStarted' } as never)).toBeUndefined()
  })

  it('a call that gave up -> its duration by the error', async () => {
    const clock = virtualClock()
    const task = pipe(
      scripted('L'),
      withRetry(pipe(fixed('2s'), limitRetries(1))),
      withTimeout('1s'),
      withObserver(telemetryObserver({ meter: recorder.meter })),
      withEnv({ clock })
    )
    const pending = task()
    await clock.runAll()
    await pending
    expect((await recorder.measured())['reprise.call.duration s']).toEqual([
      [{ 'code.function.name': 'task', 'reprise.outcome': 'aborted', 'error.type': 'TimeoutError' }, [1, 1]]
    ])
  })
})

describe('traceWorker', () => {
  it('something that is no object -> throws', () => {
    expect(() => traceWorker()(7 as never)).toThrow('traceWorker: worker must be made by worker, got 7')
  })

  it('a bad option -> throws under its name', () => {
    expect(() => traceWorker({ metrics: 1 as never })).toThrow(
      'traceWorker: metrics must be true or false, got 1'
    )
  })

  it('a record with other values -> those stay', () => {
    expect(traceWorker()({ url: 'here' })).toEqual({ url: 'here' })
  })
})
