import { runInNewContext } from 'node:vm'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  arrow,
  configure,
  exponential,
  fixed,
  immediate,
  limitRetries,
  policyOf,
  PolicyShow,
  type RetryEvent,
  withAttempt,
  withEnv,
  withRetry,
  withSignal,
  withTimeout,
  worker,
  type WorkerMaker,
  type WorkerOptions
} from 'reprise'
import { scripted, virtualClock } from 'reprise/testing'
import { message } from '../../support/bad.js'
import { start } from '../../support/task.js'

/** `worker` for callers without types. */
const untyped = worker as unknown as (functions: unknown, options?: unknown) => Record<string, () => unknown>

const read = async (id: number): Promise<string> => `row ${id}`
const write = async (line: string): Promise<number> => line.length

const names =
  'numRetries, retryAlgorithm, retryWait, retryJitter, maxWait, retryOn, retryUntil, policy, attemptTimeout, limits, circuitBreaker, retryBudget, timeout, observer'

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

describe('worker: options', () => {
  it('an observer of a method -> instead of the one for all', async () => {
    const seen: string[] = []
    const tell = (who: string) => (event: RetryEvent) => seen.push(`${who} ${event.name} ${event._tag}`)
    const made = worker({ read, write }, { observer: { '*': tell('all'), write: tell('own') } })
    await made.read(1)()
    await made.write('x')()
    expect(seen).toEqual([
      'all read AttemptStarted',
      'all read Succeeded',
      'own write AttemptStarted',
      'own write Succeeded'
    ])
  })

  it('options are not kept: changing them later changes nothing', () => {
    const options = { numRetries: { '*': 1, read: 2 } }
    const made = worker({ read }, options)
    options.numRetries.read = 9
    expect(PolicyShow.show(policyOf(made, 'read'))).toBe(
      'pipe(exponential(1000), withJitter(0.3), limitRetries(2))'
    )
  })

  it.each<[string, unknown, string]>([
    ['no object', 3, 'RangeError: worker: options must be an object, got 3'],
    ['null', null, 'TypeError: worker: options must be an object, got null'],
    [
      'an unknown option',
      { retries: 3 },
      `TypeError: worker: there is no option 'retries'; there are ${names}`
    ],
    [
      'a prototype key',
      JSON.parse('{ "__proto__": 3 }'),
      `TypeError: worker: there is no option '__proto__'; there are ${names}`
    ],
    [
      "a record without '*'",
      { numRetries: { read: 5, write: 1 } },
      "TypeError: worker: numRetries must have a '*' for the methods that it does not name; it names read, write"
    ],
    [
      'an empty record',
      { retryOn: {} },
      "TypeError: worker: retryOn must have a '*' for the methods that it does not name; it names none"
    ],
    [
      'unknown methods',
      { numRetries: { '*': 0, nope: 5, toString: 1 } },
      'TypeError: worker: numRetries names no method of the functions: nope, toString; there are read, write'
    ],
    [
      'a bad value',
      { numRetries: 2.5 },
      'RangeError: worker: numRetries must be a whole number >= 0, got 2.5'
    ],
    [
      'a bad value for a method',
      { retryWait: { '*': 1, read: '1 s' } },
      `RangeError: worker: retryWait['read'] must be milliseconds >= 0 or a text like '2s', got "1 s"`
    ],
    [
      "a bad value for '*', although every method has its own",
      { timeout: { '*': -1, read: 1, write: 1 } },
      `RangeError: worker: timeout['*'] must be milliseconds >= 0 or a text like '2s', got -1`
    ],
    [
      'an unknown algorithm',
      { retryAlgorithm: 'constructor' },
      'RangeError: worker: retryAlgorithm must be one of exponential, linear, fixed, fibonacci, got "constructor"'
    ],
    [
      'no observer',
      { observer: 'log' },
      'RangeError: worker: observer must be a function of an event, got "log"'
    ],
    [
      'a policy as JSON has it',
      { policy: { exponential: 100 } },
      "TypeError: worker: policy must have a '*' for the methods that it does not name; it names exponential"
    ],
    [
      'a policy that is none',
      { policy: { '*': { schedule: {} } } },
      "TypeError: worker: policy['*'] must be made by constructors, got [object Object]"
    ],
    [
      'a policy beside simple options',
      { policy: fixed(1), retryWait: 1, retryOn: { '*': Error } },
      "TypeError: worker: the options of '*' must not have policy and retryWait, retryOn on one level of precedence"
    ],
    [
      'a policy beside simple options of one method',
      { policy: { '*': undefined, read: fixed(1) }, numRetries: { '*': 1, read: 2 } },
      "TypeError: worker: the options of 'read' must not have policy and numRetries on one level of precedence"
    ]
  ])('%s -> a message that says so', (_, options, expected) => {
    expect(message(() => untyped({ read, write }, options))).toBe(expected)
  })
})

describe('configure', () => {
  it('gives another worker; the first stays as it is', () => {
    const mine = configure({ numRetries: 3, retryAlgorithm: 'linear', maxWait: '10s' })
    expect(PolicyShow.show(policyOf(mine({ read }), 'read'))).toBe(
      'pipe(linear(1000), withJitter(0.3), capDelay(10000), limitRetries(3))'
    )
    expect(PolicyShow.show(policyOf(worker({ read }), 'read'))).toBe(
      'pipe(exponential(1000), withJitter(0.3), limitRetries(0))'
    )
  })

  it('defaults are not kept: changing them later changes nothing', () => {
    const isRow = (row: unknown): boolean => row !== ''
    const defaults = { numRetries: 3, retryUntil: [isRow] }
    const mine = configure(defaults)
    defaults.numRetries = 9
    defaults.retryUntil.push(isRow)
    const { limitRetries: retries, retryUntil: validators } = policyOf(mine({ read }), 'read')
    expect([retries, validators?.length]).toEqual([3, 1])
  })

  it.each<[string, unknown, string]>([
    ['null', null, 'TypeError: configure: options must be an object, got null'],
    ['an unknown option', { wait: 3 }, `TypeError: configure: there is no option 'wait'; there are ${names}`],
    [
      'a record',
      { numRetries: { '*': 3 } },
      'TypeError: configure: numRetries must be one value for all methods, got a record'
    ],
    [
      'a bad value',
      { numRetries: -1 },
      'RangeError: configure: numRetries must be a whole number >= 0, got -1'
    ],
    [
      'a policy beside simple options',
      { policy: fixed(1), numRetries: 1 },
      'TypeError: configure: defaults must not have policy and numRetries on one level of precedence'
    ]
  ])('%s -> a message that says so', (_, defaults, expected) => {
    expect(
      message(() => (configure as unknown as (defaults: unknown) => WorkerMaker<object>)(defaults))
    ).toBe(expected)
  })
})

describe('policyOf', () => {
  const policy = pipe(exponential(50), limitRetries(1))
  const defaults = configure({ policy })

  it.each<[string, WorkerOptions | undefined, string]>([
    ['the default', undefined, 'pipe(exponential(50), limitRetries(1))'],
    ['a simple option above it', { retryWait: 7 }, 'pipe(exponential(7), withJitter(0.3), limitRetries(0))'],
    ['another policy above it', { policy: fixed(3) }, 'fixed(3)'],
    [
      'a simple option for all, a policy of its own',
      { numRetries: 2, policy: { '*': undefined, read: immediate } },
      'immediate'
    ],
    [
      'a policy for all, simple options of its own',
      {
        policy: immediate,
        numRetries: { '*': undefined, read: 2 },
        retryJitter: { '*': undefined, read: 'full' }
      },
      'pipe(exponential(1000), withJitter("full"), limitRetries(2))'
    ],
    ['an option that times nothing', { timeout: '1s' }, 'pipe(exponential(50), limitRetries(1))']
  ])('%s -> the more specific wins', (_, options, expected) => {
    const made = options === undefined ? defaults({ read }) : defaults({ read }, options)
    expect(PolicyShow.show(policyOf(made, 'read'))).toBe(expected)
  })

  it('all simple options -> the policy they stand for', () => {
    const made = worker(
      { read },
      {
        numRetries: 4,
        retryAlgorithm: 'fibonacci',
        retryWait: '2s',
        retryJitter: 'equal',
        maxWait: '1m',
        retryOn: ['ECONNRESET', TypeError],
        retryUntil: function isRow(row: string) {
          return row.startsWith('row')
        }
      }
    )
    expect(PolicyShow.show(policyOf(made, 'read'))).toBe(
      'pipe(fibonacci(2000), withJitter("equal"), capDelay(60000), limitRetries(4), retryOn(["ECONNRESET", TypeError]), retryUntil(isRow))'
    )
  })

  it('no jitter -> none in the policy', () => {
    expect(PolicyShow.show(policyOf(worker({ read }, { numRetries: 1, retryJitter: 0 }), 'read'))).toBe(
      'pipe(exponential(1000), limitRetries(1))'
    )
  })

  it.each<[string, unknown, string, string]>([
    [
      'no worker',
      { read },
      'read',
      'TypeError: policyOf: worker must be made by worker, got [object Object]'
    ],
    ['null', null, 'read', 'TypeError: policyOf: worker must be made by worker, got null'],
    [
      'no such method',
      worker({ read, write }),
      'raed',
      'RangeError: policyOf: method must be one of read, write, got "raed"'
    ],
    [
      'an inherited name',
      worker({ read }),
      'toString',
      'RangeError: policyOf: method must be one of read, got "toString"'
    ]
  ])('%s -> a message that says so', (_, made, method, expected) => {
    expect(message(() => policyOf(made as Record<string, () => unknown>, method))).toBe(expected)
  })
})

describe('a method without options', () => {
  it('a Left, a throw -> Exhausted after one attempt, the error by identity', async () => {
    const thrown = new Error('down')
    const failing = worker({ left: TE.left('no'), throws: async () => Promise.reject(thrown) })
    expect(await failing.left()).toMatchObject({
      left: { _tag: 'Exhausted', attempts: 1, failures: [{ _tag: 'Failed', error: 'no' }] }
    })
    const result = await failing.throws()
    const [failure] = result._tag === 'Left' ? result.left.failures : []
    expect(failure?._tag === 'Threw' && failure.error).toBe(thrown)
  })

  it('inside another retry -> its error is a give-up', async () => {
    const { read: once } = worker({ read: async () => Promise.reject(new Error('down')) })
    expect(await pipe(once, withRetry(pipe(immediate, limitRetries(3))))()).toMatchObject({
      left: { _tag: 'NotRetryable', attempts: 1 }
    })
  })
})
