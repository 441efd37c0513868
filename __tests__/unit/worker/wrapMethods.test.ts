import { runInNewContext } from 'node:vm'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  callLimit,
  circuitBreaker,
  limitSet,
  retryBudget,
  type RetryEvent,
  withAttempt,
  withEnv,
  withSignal,
  withTimeout,
  worker
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { message } from '../../support/bad.js'
import { start } from '../../support/task.js'

/** `worker` for callers without types. */
const untyped = worker as unknown as (functions: unknown, options?: unknown) => Record<string, () => unknown>

const read = async (id: number): Promise<string> => `row ${id}`

describe('worker: functions', () => {
  it('a record -> a frozen record of the same names, lengths and shapes', async () => {
    const task = TE.right<string, number>(7)
    const made = worker({ read, task, optional: arrow(async (n = 1) => n) })
    expect(Object.keys(made)).toEqual(['read', 'task', 'optional'])
    expect(Object.isFrozen(made)).toBe(true)
    expect([made.read.length, made.task.length, made.optional.length]).toEqual([1, 0, 1])
    expect(await made.read(3)()).toEqual({ _tag: 'Right', right: 'row 3' })
    expect(await made.task()).toEqual({ _tag: 'Right', right: 7 })
    expect(await made.optional()()).toEqual({ _tag: 'Right', right: 1 })
  })

  it('nothing runs before the task does', async () => {
    const fn = jest.fn(read)
    const task = worker({ fn }).fn(1)
    expect(fn).not.toHaveBeenCalled()
    await task()
    await task()
    expect(fn.mock.calls).toEqual([[1], [1]])
  })

  it('a plain function whose own name differs -> named as the method', async () => {
    const seen: unknown[] = []
    const made = worker(
      {
        load: read,
        inline: (
          () => async () =>
            Promise.reject(new Error('no'))
        )()
      },
      { numRetries: 1, retryWait: 0, retryOn: (_, { name }) => seen.push(name) > 0 }
    )
    expect([made.load.name, made.inline.name]).toEqual(['load', 'inline'])
    await made.inline()
    expect(seen).toEqual(['inline', 'inline'])
  })

  it('methods keep their `this`', async () => {
    const counter = {
      count: 0,
      async next() {
        this.count += 1
        return this.count
      },
      get broken(): never {
        throw new Error('a getter was read')
      }
    }
    Object.defineProperty(counter, 'broken', { enumerable: false })
    const made = worker(counter)
    expect(await made.next()).toEqual({ _tag: 'Right', right: 1 })
    expect(counter.count).toBe(1)
  })

  it('an instance of a class -> its methods and those it inherits; no constructor, no getter, no data', async () => {
    class Base {
      protected readonly prefix = 'row'
      async ping() {
        return 'pong'
      }
      async read(id: number) {
        return `base ${id}`
      }
    }
    class Store extends Base {
      readonly url = 'memory:'
      readonly #secret = 's'
      get connection(): never {
        throw new Error('a getter was read')
      }
      override async read(id: number) {
        return `${this.prefix} ${id} ${this.#secret}`
      }
    }
    const made = worker(new Store())
    expect(Object.keys(made)).toEqual(['ping', 'read'])
    expect(await made.read(2)()).toEqual({ _tag: 'Right', right: 'row 2 s' })
    expect(await made.ping()).toEqual({ _tag: 'Right', right: 'pong' })
  })

  it('what is nearer hides a method, whatever it is', () => {
    class Base {
      async read(id: number) {
        return id
      }
      async write(id: number) {
        return id
      }
    }
    class Hiding extends Base {
      // @ts-expect-error a getter where the base has a method
      override get read() {
        return 42
      }
    }
    const instance = Object.assign(new Hiding(), { write: undefined })
    expect(Object.keys(untyped(instance))).toEqual([])
  })

  it('an object of another realm -> its own functions', () => {
    expect(Object.keys(untyped(runInNewContext('({ read: async () => 1 })')))).toEqual(['read'])
  })

  it('an object without a prototype, such as a module -> its functions', async () => {
    const module = Object.assign(Object.create(null) as object, { read, version: '1' })
    expect(await (untyped(module)['read'] as (id: number) => TE.TaskEither<never, string>)(1)()).toEqual({
      _tag: 'Right',
      right: 'row 1'
    })
  })

  it('an untyped mock -> a task and a function', async () => {
    const mock = jest.fn()
    const made = worker({ mock })
    await made.mock()
    await made.mock(1, 2)()
    expect(mock.mock.calls).toEqual([[], [1, 2]])
  })

  it('wrapped functions -> entered, so that attempts, signals and clocks reach inside', async () => {
    const seen: number[] = []
    const fetchRow = withAttempt(({ attempt }) => (id: number) => {
      seen.push(attempt)
      return TE.left(`no row ${id}`)
    })
    const made = worker({ fetchRow: pipe(fetchRow, withTimeout('1m')) }, { numRetries: 2, retryWait: 0 })
    const result = await made.fetchRow(5)()
    expect(seen).toEqual([1, 2, 3])
    expect(result).toMatchObject({ left: { _tag: 'Exhausted', attempts: 3 } })
  })

  it('a call can be adapted: an abort ends the wait inside', async () => {
    const clock = virtualClock()
    const controller = new AbortController()
    const made = worker({ down: async (id: number) => Promise.reject(new Error(`${id}`)) }, { numRetries: 3 })
    const ends = start(pipe(made.down(3), withSignal(controller.signal), withEnv({ clock })), clock)
    await clock.advance(100)
    controller.abort('enough')
    await clock.advance(0)
    expect(ends).toMatchObject([{ at: 100, result: { left: { _tag: 'Aborted', reason: 'enough' } } }])
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a function', read],
    ['a list', [read]]
  ])('%s -> TypeError', (_, functions) => {
    expect(message(() => untyped(functions))).toMatch(
      /^TypeError: worker: functions must be an object of functions, got /
    )
  })
})

describe('worker: order', () => {
  it('attemptTimeout inside, timeout outside, the observer hears it all', async () => {
    const clock = virtualClock()
    const events: RetryEvent[] = []
    const hanging = scripted('P')
    const made = worker(
      { hanging },
      {
        numRetries: 10,
        retryAlgorithm: 'fixed',
        retryWait: 100,
        retryJitter: 0,
        attemptTimeout: 1000,
        timeout: 2500,
        observer: (event) => events.push(event)
      }
    )
    const ends = start(pipe(made.hanging, withEnv({ clock })), clock)
    await clock.runAll()
    expect(ends).toMatchObject([
      { at: 2500, result: { left: { _tag: 'TimedOut', timeout: 2500, attempts: 3, failures: [{}, {}] } } }
    ])
    expect(hanging.calls()).toBe(3)
    expect(events.map(({ _tag, elapsed }) => [_tag, elapsed])).toEqual([
      ['AttemptStarted', 0],
      ['AttemptFailed', 1000],
      ['RetryScheduled', 1000],
      ['AttemptStarted', 1100],
      ['AttemptFailed', 2100],
      ['RetryScheduled', 2100],
      ['AttemptStarted', 2200],
      ['GaveUp', 2500]
    ])
  })

  it('a worker of a worker -> an inner give-up is not retried', async () => {
    const fn = scripted('L')
    const inner = worker({ fn }, { numRetries: 2, retryWait: 0 })
    const outer = worker(inner, { numRetries: 5, retryWait: 0 })
    expect(await outer.fn()).toMatchObject({ left: { _tag: 'NotRetryable', attempts: 1 } })
    expect(fn.calls()).toBe(3)
  })
})

describe('worker: resources', () => {
  it('a call -> asks the limits, tells the breaker, and takes of the budget', async () => {
    const limits = limitSet([callLimit({ capacity: 5, per: '1h', algorithm: 'slidingWindow' })])()
    const circuit = circuitBreaker({ consecutiveFailures: 9 })()
    const budget = retryBudget({ maxTokens: 10, tokenRatio: 0.1 })()
    const made = worker({ down: scripted('L') }, { limits, circuitBreaker: circuit, retryBudget: budget })
    await made.down()
    expect([limits.available(), circuit.status().failures, budget.balance()]).toEqual([{ calls: 4 }, 1, 9])
  })
})
