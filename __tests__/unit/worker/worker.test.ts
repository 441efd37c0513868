import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  configure,
  fixed,
  immediate,
  limitRetries,
  policyOf,
  PolicyShow,
  type RetryEvent,
  withRetry,
  worker,
  type WorkerMaker
} from 'reprise'
import { message } from '../../support/bad.js'

/** `worker` for callers without types. */
const untyped = worker as unknown as (functions: unknown, options?: unknown) => Record<string, () => unknown>

const read = async (id: number): Promise<string> => `row ${id}`
const write = async (line: string): Promise<number> => line.length

const names =
  'numRetries, retryAlgorithm, retryWait, retryJitter, maxWait, retryOn, retryUntil, policy, attemptTimeout, limits, circuitBreaker, retryBudget, timeout, observer'

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
