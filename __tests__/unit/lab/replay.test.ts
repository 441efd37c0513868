import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  circuitBreaker,
  delays,
  exponential,
  fixed,
  immediate,
  limitElapsed,
  limitRetries,
  limitSet,
  resourceLimit,
  retryBudget,
  type RetryEvent,
  retryOn,
  type RetryPolicy,
  retryUntil,
  systemClock,
  type TimedOut,
  withCircuitBreaker,
  withEnv,
  withHedge,
  withJitter,
  withLimits,
  withObserver,
  withRetry,
  withRetryBudget,
  withSignal,
  withTimeout
} from 'reprise'
import { type ReplayOptions, withRecording } from 'reprise/lab'
import { instantClock, scripted, seededRandom, virtualClock } from 'reprise/testing'
import type { Task } from '../../support/layers.js'
import { heard } from '../../support/process.js'
import { left, record, right } from '../../support/replays.js'

describe('replay', () => {
  // Recorded by another process, at another time: `delays([1000, 30])` around a function of one argument.
  const written =
    'reprise1.' +
    Buffer.from(
      JSON.stringify({
        seed: 42,
        name: 'readRow',
        args: [7],
        attempts: [
          [0.25, 0.5, 5.125, 'Failed', { _tag: 'Busy' }, 1000],
          [1006.5, 1007, 1012, 'Threw', { $: 'error', hidden: { message: 'no' } }, 30],
          [1043, 1044, 1050.5, 'Answered', 'row']
        ],
        end: { _tag: 'Succeeded' }
      })
    ).toString('base64url')

  it('a token -> all events, waits, decisions and the result', async () => {
    const call = { name: 'readRow', args: [7] }
    const first = { ...call, attempt: 1, previousDelay: undefined }
    const second = { ...call, attempt: 2, previousDelay: 1000 }
    const third = { ...call, attempt: 3, previousDelay: 30 }
    const busy = {
      _tag: 'Failed',
      error: { _tag: 'Busy' },
      attempt: 1,
      startedAt: 0.5,
      duration: 4.625,
      delay: 1000
    }
    const no = { _tag: 'Threw', error: new Error('no'), attempt: 2, startedAt: 1007, duration: 5, delay: 30 }
    const replayed = await right(delays([1000, 30]), written)
    expect(replayed).toStrictEqual({
      events: [
        { _tag: 'AttemptStarted', ...first, elapsed: 0.25 },
        { _tag: 'AttemptFailed', ...first, elapsed: 5.125, failure: busy },
        { _tag: 'RetryScheduled', ...first, elapsed: 5.125, delay: 1000, failure: busy },
        { _tag: 'AttemptStarted', ...second, elapsed: 1006.5 },
        { _tag: 'AttemptFailed', ...second, elapsed: 1012, failure: no },
        { _tag: 'RetryScheduled', ...second, elapsed: 1012, delay: 30, failure: no },
        { _tag: 'AttemptStarted', ...third, elapsed: 1043 },
        { _tag: 'Succeeded', ...third, elapsed: 1050.5, duration: 6.5, value: 'row' }
      ],
      waits: [1000, 30],
      decisions: [
        {
          _tag: 'Retry',
          cause: busy,
          delay: 1000,
          from: 1000,
          to: 1000,
          latest: Infinity,
          attempt: 1,
          elapsed: 5.125
        },
        {
          _tag: 'Retry',
          cause: no,
          delay: 30,
          from: 30,
          to: 30,
          latest: Infinity,
          attempt: 2,
          elapsed: 1012
        },
        { _tag: 'Accept', value: 'row', attempt: 3, elapsed: 1050.5 }
      ],
      result: E.right('row')
    })
  })

  it('jitter and times that count -> as recorded, on virtual time', async () => {
    const policy = pipe(exponential(1000), withJitter('full'), limitElapsed('30s'))
    const clock = virtualClock()
    const task = pipe(scripted('LTLTLTL', { clock, duration: [5, 0.1, 700] }), withRetry(policy))
    const { events, result, token } = await record(task, clock)
    const replayed = await right(policy, token)
    expect(replayed.events).toStrictEqual(events)
    expect(replayed.result).toStrictEqual(result)
    const draw = seededRandom(42)
    expect(replayed.waits.length).toBeGreaterThan(3)
    expect(replayed.waits).toEqual(replayed.waits.map((_, i) => Math.floor(draw() * 1000 * 2 ** i)))
  })

  it('real timers, which are late -> the same events and waits, to the bit', async () => {
    const policy = pipe(fixed(4), withJitter(0.5), limitRetries(4))
    const fn = async (): Promise<E.Either<unknown, number>> => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      throw Object.assign(new Error('down'), { code: 'ECONNRESET' })
    }
    const { events, result, token } = await record(pipe(fn, withRetry(policy)), systemClock)
    const replayed = await right(policy, token)
    expect(replayed.events).toStrictEqual(events)
    expect(replayed.result).toStrictEqual(result)
    expect(replayed.waits).toHaveLength(4)
    // Real times have many digits.
    expect(events.at(-1)!.elapsed % 1).not.toBe(0)
  })

  it('the same token twice, at the same time -> the same', async () => {
    const [one, other] = await Promise.all([
      right(delays([1000, 30]), written),
      right(delays([1000, 30]), written)
    ])
    expect(one).toStrictEqual(other)
  })

  it('a validator, a budget of attempts -> its rejections, with their reasons', async () => {
    const policy = pipe(
      immediate,
      limitRetries(1),
      retryUntil(function isEven(n: number) {
        return n % 2 === 3
      })
    )
    const { events, result, token } = await record(pipe(scripted('R'), withRetry(policy)), instantClock())
    expect(result).toMatchObject({
      left: { failures: [{ reasons: ["validator 'isEven' returned false"] }, {}] }
    })
    const replayed = await right(policy, token)
    expect([replayed.events, replayed.result]).toStrictEqual([events, result])
  })

  it.each<[string, number, number]>([
    ['in the wait', 50, 1],
    ['in an attempt', 115, 2],
    ['in the second wait', 150, 2],
    ['in the first attempt', 0, 1]
  ])('timed out %s, at %d -> up to there, with %d attempts', async (_, at, attempts) => {
    const clock = virtualClock()
    const task = pipe(scripted('L', { clock, duration: 10 }), withRetry(fixed(100)))
    const { events, result, token } = await record(task, clock, (timed) => pipe(timed, withTimeout(at)))
    const replayed = await right(fixed(100), token)
    const recorded = (events.at(-1) as RetryEvent & { _tag: 'GaveUp' }).error as never as {
      attempts: number
      failures: unknown
      reason: Error
    }
    expect(replayed.events.slice(0, -1)).toStrictEqual(events.slice(0, -1))
    expect(recorded.attempts).toBe(attempts)
    expect(replayed.result).toMatchObject({
      left: {
        _tag: 'Aborted',
        attempts,
        elapsed: at,
        failures: recorded.failures,
        reason: { name: 'TimeoutError', message: recorded.reason.message }
      }
    })
    expect((result as E.Left<TimedOut>).left.failures).toEqual(recorded.failures)
  })

  it('cut short in an attempt -> nobody is left to wait for it, and nothing is left unhandled', async () => {
    const clock = virtualClock()
    const task = pipe(scripted('L', { clock, duration: 10 }), withRetry(fixed(100)))
    const { token } = await record(task, clock, (timed) => pipe(timed, withTimeout(115)))
    const unhandled = await heard('unhandledRejection', async () => {
      await right(fixed(100), token)
    })
    expect(unhandled).toEqual([])
  })

  it('refused by a retry budget -> BudgetExhausted, after as many attempts', async () => {
    const clock = virtualClock()
    // Two tokens of four are to be left.
    const budget = retryBudget({ maxTokens: 4, tokenRatio: 0.1, clock })()
    const task = pipe(scripted('L'), withRetry(fixed(100)), withRetryBudget(budget))
    const { events, result, token } = await record(task, clock)
    const replayed = await right(fixed(100), token)
    expect([replayed.events, replayed.result]).toStrictEqual([events, result])
    expect(replayed.result).toMatchObject({ left: { _tag: 'BudgetExhausted', attempts: 2 } })
    expect(replayed.waits).toEqual([100])
  })

  it('aborted before the first attempt -> nothing but that', async () => {
    const end = { _tag: 'Aborted', elapsed: 0.5, reason: 'too late' }
    const json = JSON.stringify({ seed: 1, name: 'f', args: [], attempts: [], end })
    const replayed = await right(immediate, `reprise1.${Buffer.from(json).toString('base64url')}`)
    const context = { name: 'f', args: [], attempt: 0, elapsed: 0.5, previousDelay: undefined }
    const error = { ...end, attempts: 0, failures: [], omitted: 0 }
    expect(replayed).toStrictEqual({
      events: [{ _tag: 'GaveUp', ...context, error }],
      waits: [],
      decisions: [],
      result: E.left(error)
    })
  })

  it('aborted by an observer, when an attempt is told of -> it was not made', async () => {
    const controller = new AbortController()
    const tokens: string[] = []
    const events: RetryEvent[] = []
    const fn = scripted('L')
    await pipe(
      fn,
      withRetry(immediate),
      withRecording((token) => tokens.push(token)),
      withObserver((event) => {
        events.push(event)
        if (event._tag === 'AttemptStarted' && event.attempt === 3) controller.abort('third')
      }),
      withSignal(controller.signal),
      withEnv({ clock: instantClock() })
    )()
    const replayed = await right(immediate, tokens[0]!)
    expect(replayed.events).toStrictEqual(events)
    expect(replayed.result).toMatchObject({ left: { _tag: 'Aborted', attempts: 2, reason: 'third' } })
    expect(fn.calls()).toBe(2)
  })

  it('aborted by a condition, as the failure is judged -> no wait is told of', async () => {
    const controller = new AbortController()
    const tokens: string[] = []
    const events: RetryEvent[] = []
    const policy = retryOn(() => {
      controller.abort('while judging')
      return true
    })(fixed(10))
    await pipe(
      scripted('L'),
      withRetry(policy),
      withRecording((token) => tokens.push(token)),
      withObserver((event) => events.push(event)),
      withSignal(controller.signal),
      withEnv({ clock: instantClock() })
    )()
    const replayed = await right(policy, tokens[0]!)
    expect(replayed.events).toStrictEqual(events)
    expect(events.map(({ _tag }) => _tag)).toEqual(['AttemptStarted', 'AttemptFailed', 'GaveUp'])
    expect(replayed.waits).toEqual([])
  })

  it('limits, a breaker, a hedge and a retry inside; a breaker around -> told again, in their places', async () => {
    const clock = virtualClock()
    const policy = pipe(exponential(100), withJitter('full'), limitRetries(3))
    const task = pipe(
      scripted('LLTLLLLLR', { clock, duration: [30, 5] }),
      withLimits(limitSet([resourceLimit({ key: 'place', capacity: 2 })], { clock })()),
      withHedge({ delay: 20 }),
      withRetry(pipe(exponential(7), withJitter(0.5), limitRetries(1))),
      withCircuitBreaker(circuitBreaker({ consecutiveFailures: 2, openTime: 40, clock })()),
      withRetry(pipe(policy, retryOn(['Exhausted', 'CircuitOpen']))),
      withCircuitBreaker(circuitBreaker({ consecutiveFailures: 1, clock })())
    )
    const { events, token } = await record(task, clock)
    const replayed = await right(pipe(policy, retryOn(['Exhausted', 'CircuitOpen'])), token)
    expect(replayed.events).toStrictEqual(events)
    expect(new Set(events.map(({ _tag }) => _tag)).size).toBeGreaterThan(8)
  })

  it('a retry inside with other arguments -> has them again', async () => {
    const task = pipe(scripted('LR'), withRetry(delays([3])))
    const read = pipe(async (_id: number, _shard: string) => task(), withRetry(delays([3])))
    const events: RetryEvent[] = []
    const tokens: string[] = []
    const find = pipe(
      (id: number) => read(id, 'x'),
      withRetry(delays([5])),
      withRecording((token) => tokens.push(token)),
      withObserver((event) => events.push(event)),
      withEnv({ clock: instantClock() })
    )
    await find(7)()
    const replayed = await right(delays([5]), tokens[0]!)
    expect(replayed.events).toStrictEqual(events)
    expect(events.map(({ args }) => args.length)).toEqual([1, 2, 2, 1])
  })

  it('conditions by name, code, _tag -> as they were; by class, with revive', async () => {
    class HttpError extends Error {
      override readonly name = 'HttpError'
      readonly code = 'E503'
      readonly _tag = 'Http'
    }
    const task = (policy: RetryPolicy) =>
      pipe(scripted('T', { thrown: () => new HttpError('503') }), withRetry(policy))
    const policies = ['HttpError', 'E503', 'Http', HttpError].map((condition) =>
      pipe(fixed(1), limitRetries(2), retryOn(condition))
    )
    const revive: ReplayOptions['revive'] = (_, value) =>
      value instanceof Error && value.name === 'HttpError' ? new HttpError(value.message) : value
    for (const [i, policy] of policies.entries()) {
      const { events, token } = await record(task(policy), instantClock())
      const replayed = await right(policy, token, i === 3 ? { revive } : {})
      expect(replayed.waits).toEqual([1, 1])
      if (i === 3) expect(replayed.events).toStrictEqual(events)
      else expect(replayed.events).toEqual(events)
    }
    const { token } = await record(task(policies[3]!), instantClock())
    expect(await left(policies[3]!, token)).toEqual({
      _tag: 'Diverged',
      attempt: 1,
      recorded: { _tag: 'Retry', delay: 1 },
      replayed: { _tag: 'GiveUp', reason: 'NotRetryable' }
    })
  })

  it('a result that looks like an Either, or a promise -> is a result', async () => {
    const data = { _tag: 'Left', left: 1 }
    const task = pipe(async () => E.right(data), withRetry(fixed(1))) as never as Task
    const { events, token } = await record(task, instantClock())
    expect((await right(fixed(1), token)).events).toStrictEqual(events)
  })
})
