/** The options of a worker that are resources: `limits`, `circuitBreaker`, `retryBudget`, and the order of all. */
import { pipe } from 'fp-ts/lib/function.js'
import {
  callLimit,
  circuitBreaker,
  configure,
  limitSet,
  rateLimit,
  resourceLimit,
  retryBudget,
  withAttempt,
  withEnv,
  worker
} from 'reprise'
import { instantClock, scripted, virtualClock } from 'reprise/testing'
import { message } from '../../support/bad.js'
import { start } from '../../support/task.js'

/** `worker` for callers without types. */
const untyped = worker as unknown as (functions: unknown, options?: unknown) => Record<string, () => unknown>

const one = () => limitSet([resourceLimit({ key: 'connections', capacity: 1 })])()
const plain = { retryWait: 100, retryJitter: 0, retryAlgorithm: 'fixed' } as const

describe('worker: limits', () => {
  it('an attempt that fails -> holds nothing while its retry waits', async () => {
    const clock = virtualClock()
    const limits = one()
    const db = worker({ read: scripted('LR'), ping: scripted('R') }, { ...plain, numRetries: 1, limits })
    const read = start(pipe(db.read, withEnv({ clock })), clock)
    await clock.advance(0)
    expect(limits.available()).toEqual({ connections: 1 })
    expect(await pipe(db.ping, withEnv({ clock }))()).toEqual({ _tag: 'Right', right: 1 })
    await clock.advance(100)
    expect(read).toEqual([{ at: 100, result: { _tag: 'Right', right: 2 } }])
    expect(limits.available()).toEqual({ connections: 1 })
  })

  it('a request and a usage -> of the arguments and the result', async () => {
    const clock = virtualClock()
    const limits = limitSet([rateLimit({ key: 'tokens', capacity: 1000, per: '1h' })], { clock })()
    const model = worker(
      { complete: async (prompt: string) => ({ tokens: prompt.length }) },
      {
        limits: {
          set: limits,
          request: (prompt: string) => ({ tokens: prompt.length * 10 }),
          usage: (answer: { readonly tokens: number }, prompt: string) => ({
            tokens: answer.tokens + prompt.length
          })
        }
      }
    )
    await pipe(model.complete('hello'), withEnv({ clock }))()
    expect(limits.available()).toEqual({ tokens: 990 })
  })

  it("an own value -> instead of that of '*'; undefined inherits", async () => {
    const [all, own] = [one(), one()]
    const held = () => [all.available().connections, own.available().connections]
    const fn = async (): Promise<ReadonlyArray<number>> => held()
    const db = worker({ a: fn, b: fn, c: fn }, { limits: { '*': all, b: { set: own }, c: undefined } })
    expect(await db.a()).toEqual({ _tag: 'Right', right: [0, 1] })
    expect(await db.b()).toEqual({ _tag: 'Right', right: [1, 0] })
    expect(await db.c()).toEqual({ _tag: 'Right', right: [0, 1] })
    expect(held()).toEqual([1, 1])
  })

  it('one set for two workers -> shared', async () => {
    const clock = virtualClock()
    const limits = limitSet([callLimit({ capacity: 1, per: '1s', algorithm: 'slidingWindow' })], { clock })()
    const make = configure({ limits })
    const [a, b] = [make({ call: scripted('R') }), make({ call: scripted('R') })]
    await a.call()
    const second = start(b.call, clock)
    await clock.advance(999)
    expect(second).toEqual([])
    await clock.advance(1)
    expect(second).toEqual([{ at: 1000, result: { _tag: 'Right', right: 1 } }])
  })
})

describe('worker: circuitBreaker', () => {
  it('failed attempts -> open it, and the call ends', async () => {
    const breaker = circuitBreaker({ consecutiveFailures: 2, openTime: '1m' })()
    const read = scripted('L')
    const db = worker({ read }, { ...plain, numRetries: 5, circuitBreaker: breaker })
    const result = await pipe(db.read, withEnv({ clock: instantClock() }))()
    expect(read.calls()).toBe(2)
    expect(result).toMatchObject({
      _tag: 'Left',
      left: { _tag: 'NotRetryable', attempts: 3, failures: [{}, {}, { error: { _tag: 'CircuitOpen' } }] }
    })
  })

  it('one breaker for each method -> the other goes on', async () => {
    const make = circuitBreaker({ consecutiveFailures: 1 })
    const functions = { read: scripted('L'), write: scripted('R') }
    const db = worker(functions, { circuitBreaker: { '*': make(), write: make() } })
    await db.read()
    expect(await db.read()).toMatchObject({ left: { failures: [{ error: { _tag: 'CircuitOpen' } }] } })
    expect(await db.write()).toEqual({ _tag: 'Right', right: 1 })
  })
})

describe('worker: retryBudget', () => {
  it('a budget for all methods -> bounds the retries of all', async () => {
    const budget = retryBudget({ ratio: 0.5, minimumPerSecond: 0 })()
    const [read, write] = [scripted('L'), scripted('L')]
    const db = worker({ read, write }, { ...plain, numRetries: 3, retryBudget: budget })
    const calls = [db.read, db.write, db.read, db.write].map((call) =>
      pipe(call, withEnv({ clock: virtualClock() }))()
    )
    const tags = await Promise.race([Promise.all(calls), Promise.resolve('two wait')])
    expect(tags).toBe('two wait')
    await new Promise(setImmediate)
    // Four calls have two retries; the two that were refused have ended.
    expect(budget.balance()).toBe(0)
    expect([read.calls(), write.calls()]).toEqual([2, 2])
  })
})

describe('worker: the order', () => {
  it('an attempt that queues -> is not on the time of attemptTimeout, but within timeout', async () => {
    const clock = virtualClock()
    const limits = one()
    const held = limits.tryAcquire()()
    const db = worker({ read: scripted('R') }, { limits, attemptTimeout: 50, timeout: 500 })
    const queued = start(pipe(db.read, withEnv({ clock })), clock)
    await clock.advance(499)
    expect(queued).toEqual([])
    await clock.advance(1)
    expect(queued).toMatchObject([
      { at: 500, result: { left: { _tag: 'TimedOut', timeout: 500, elapsed: 500 } } }
    ])
    expect(limits.waiting()).toBe(0)
    if (held._tag === 'Right') held.right.release()

    const again = start(pipe(db.read, withEnv({ clock })), clock)
    await clock.advance(0)
    expect(again).toEqual([{ at: 500, result: { _tag: 'Right', right: 1 } }])
  })

  it('an attempt that is cut off -> has given back its limits, and counts for the breaker', async () => {
    const clock = virtualClock()
    const limits = one()
    const breaker = circuitBreaker({ consecutiveFailures: 2 })()
    const db = worker(
      { read: withAttempt(() => () => new Promise<never>(() => undefined)) },
      { ...plain, numRetries: 1, limits, circuitBreaker: breaker, attemptTimeout: 50 }
    )
    const call = start(pipe(db.read, withEnv({ clock })), clock)
    await clock.advance(50)
    expect([limits.available().connections, breaker.status().failures]).toEqual([1, 1])
    await clock.advance(150)
    expect(call).toMatchObject([
      {
        at: 200,
        result: {
          left: {
            _tag: 'Exhausted',
            failures: [{ error: { _tag: 'TimedOut' } }, { error: { _tag: 'TimedOut' } }]
          }
        }
      }
    ])
    expect([limits.available().connections, breaker.status()._tag]).toEqual([1, 'Open'])
  })

  it('a call that the limits refuse -> says nothing to the breaker', async () => {
    const limits = limitSet([resourceLimit({ key: 'connections', capacity: 1 })], { maxQueue: 0 })()
    const held = limits.tryAcquire()()
    const breaker = circuitBreaker({ consecutiveFailures: 1 })()
    const db = worker({ read: scripted('R') }, { limits, circuitBreaker: breaker })
    expect(await db.read()).toMatchObject({ left: { failures: [{ error: { _tag: 'LimitExceeded' } }] } })
    expect(breaker.status()).toMatchObject({ _tag: 'Closed', calls: 0 })
    if (held._tag === 'Right') held.right.release()
  })

  it('an open breaker -> is asked before the limits, and holds nothing', async () => {
    const limits = limitSet([callLimit({ capacity: 5, per: '1h' })])()
    const breaker = circuitBreaker({ consecutiveFailures: 1 })()
    breaker.isolate()
    const db = worker({ read: scripted('R') }, { limits, circuitBreaker: breaker })
    await db.read()
    expect(limits.available().calls).toBe(5)
  })
})

describe('worker: resources that are none', () => {
  const tokens = limitSet([rateLimit({ key: 'tokens', capacity: 10, per: '1s' })])()
  it.each<[string, object, string]>([
    ['a number for limits', { limits: 5 }, 'RangeError: worker: limits must be a limitSet, got 5'],
    [
      'null for limits',
      { limits: { '*': null } },
      "TypeError: worker: limits['*'] must be a limitSet, got null"
    ],
    [
      'no request where there are rates',
      { limits: tokens },
      'TypeError: worker: limits: request.tokens must be a number >= 0, got undefined'
    ],
    [
      'a misspelt key beside set',
      { limits: { set: tokens, reqest: { tokens: 1 } } },
      "TypeError: worker: limits: there is no option 'reqest'; there are set, request, usage"
    ],
    [
      'a usage that is no function',
      { limits: { set: tokens, request: { tokens: 1 }, usage: { tokens: 1 } } },
      'TypeError: worker: limits: usage must be a function of the result, got [object Object]'
    ],
    [
      'a number for a breaker',
      { circuitBreaker: 1 },
      'RangeError: worker: circuitBreaker must be made by circuitBreaker(options)(), got 1'
    ],
    [
      'no budget',
      { retryBudget: { '*': 0.2 } },
      "RangeError: worker: retryBudget['*'] must be made by retryBudget(options)(), got 0.2"
    ]
  ])('%s -> a message that says so', (_, options, expected) => {
    expect(message(() => untyped({ read: async () => 1 }, options))).toBe(expected)
  })
})
