import * as t from 'io-ts'
import {
  anyCause,
  circuitBreaker,
  fixed,
  limitSet,
  PolicyShow,
  rateLimit,
  resourceLimit,
  retryBudget,
  type WorkerDefaults,
  type WorkerOptions
} from 'reprise'
import { levelOf, merge, policiesOf, readDefaults, readOptions, unset } from '../../../src/worker/Level.js'
import { message } from '../../support/bad.js'

const places = limitSet([resourceLimit({ key: 'place', capacity: 1 })])()
const tokens = limitSet([rateLimit({ key: 'tokens', capacity: 10, per: '1s' })])()
const breaker = circuitBreaker({ consecutiveFailures: 1 })()
const budget = retryBudget({ ratio: 0.1 })()

/** For callers without types. */
const untyped = (options: unknown) => readOptions(options as WorkerOptions)

describe('readOptions', () => {
  it.each<[string, WorkerOptions]>([
    ['nothing', {}],
    ['an explicit undefined', { numRetries: undefined }],
    ["an explicit undefined under '*'", { numRetries: { '*': undefined } }]
  ])('%s -> the level that says nothing', (_, options) => {
    expect(readOptions(options)).toStrictEqual({ all: { options: {}, timing: undefined }, own: new Map() })
  })

  it("a record -> a level for all, and those of single methods without '*'", () => {
    expect(readOptions({ numRetries: { '*': 1, a: 2 }, timeout: { '*': undefined, b: '1s' } })).toStrictEqual(
      {
        all: { options: { numRetries: 1 }, timing: 'options' },
        own: new Map([
          ['a', { options: { numRetries: 2 }, timing: 'options' }],
          ['b', { options: { timeout: 1000 }, timing: undefined }]
        ])
      }
    )
  })

  it('a policy -> what times the retries', () => {
    expect(readOptions({ policy: fixed(5) }).all).toStrictEqual({
      options: { policy: fixed(5) },
      timing: 'policy'
    })
  })

  it.each<[string, WorkerOptions]>([
    ['a condition', { retryOn: anyCause('E') }],
    ['a set of limits', { limits: places }],
    ['a set and a request', { limits: { set: tokens, request: { tokens: 1 } } }],
    ['a breaker', { circuitBreaker: breaker }],
    ['a budget', { retryBudget: budget }]
  ])('%s -> a value for all methods, and no record', (_, options) => {
    const { all, own } = readOptions(options)
    expect([Object.keys(all.options), own.size]).toEqual([Object.keys(options), 0])
  })

  it('a decoder -> kept as it is', () => {
    const { all } = readOptions({ retryUntil: t.number })
    expect(all.options.retryUntil).toEqual([t.number])
  })

  it('a breaker, a budget -> the same', () => {
    const { options } = readOptions({ circuitBreaker: breaker, retryBudget: budget }).all
    expect(options.circuitBreaker).toBe(breaker)
    expect(options.retryBudget).toBe(budget)
  })

  it.each([
    ['a function that asks', { set: tokens, request: () => ({ tokens: 1 }) }],
    ['a usage', { set: tokens, request: { tokens: 1 }, usage: () => ({ tokens: 1 }) }]
  ])('limits with %s -> taken', (_, limits) => {
    expect(untyped({ limits }).all.options.limits).toBe(limits)
  })

  it("a record with a '*', and a method named as a key of the value -> a record all the same", () => {
    const { own } = readOptions({ circuitBreaker: { '*': undefined, isolate: breaker } })
    expect([...own.keys()]).toEqual(['isolate'])
  })

  it.each<[string, object]>([
    ['numRetries', { numRetries: 1 }],
    ['retryAlgorithm', { retryAlgorithm: 'linear' }],
    ['retryWait', { retryWait: 1 }],
    ['retryJitter', { retryJitter: 0 }],
    ['maxWait', { maxWait: 1 }],
    ['retryOn', { retryOn: 'E' }],
    ['retryUntil', { retryUntil: () => true }]
  ])('%s beside a policy -> an error that names it', (name, option) => {
    expect(message(() => untyped({ policy: fixed(1), ...option }))).toBe(
      `TypeError: worker: the options of '*' must not have policy and ${name} on one level of precedence`
    )
  })

  it.each<[string, object, string]>([
    ['null', { limits: null }, 'TypeError: worker: limits must be a limitSet, got null'],
    [
      'no text for an algorithm',
      { retryAlgorithm: ['linear'] },
      'TypeError: worker: retryAlgorithm must be one of exponential, linear, fixed, fibonacci, got linear'
    ],
    [
      'a request that is not whole',
      { limits: { set: tokens, request: {} } },
      'TypeError: worker: limits: request.tokens must be a number >= 0, got undefined'
    ],
    [
      'a usage that is no function',
      { limits: { set: tokens, request: { tokens: 1 }, usage: 5 } },
      'RangeError: worker: limits: usage must be a function of the result, got 5'
    ],
    [
      'an unknown key beside set',
      { limits: { set: tokens, of: 1 } },
      "TypeError: worker: limits: there is no option 'of'; there are set, request, usage"
    ]
  ])('%s -> a message that says so', (_, options, expected) => {
    expect(message(() => untyped(options))).toBe(expected)
  })
})

describe('readDefaults', () => {
  it.each<[string, WorkerDefaults, object]>([
    ['an explicit undefined', { numRetries: undefined }, { options: {}, timing: undefined }],
    ['a time', { retryWait: '2s' }, { options: { retryWait: 2000 }, timing: 'options' }]
  ])('%s', (_, defaults, expected) => {
    expect(readDefaults(defaults)).toStrictEqual(expected)
  })
})

describe('merge', () => {
  const policy = readDefaults({ policy: fixed(1), timeout: 5 })
  const wait = readDefaults({ retryWait: 3 })

  it('the more specific level says what times the retries, where it says anything', () => {
    expect(merge(policy, wait)).toStrictEqual({
      options: { policy: fixed(1), timeout: 5, retryWait: 3 },
      timing: 'options'
    })
    expect(merge(wait, policy).timing).toBe('policy')
    expect(merge(policy, unset)).toStrictEqual(policy)
    expect(merge(unset, wait)).toStrictEqual(wait)
  })
})

describe('levelOf', () => {
  it("defaults, '*', the method's own -> the last that says anything", () => {
    const defaults = readDefaults({ retryWait: 1, timeout: 1, attemptTimeout: 1 })
    const levels = readOptions({ retryWait: { '*': 2, a: 3 }, timeout: 2 })
    expect(levelOf(defaults, levels, 'a')).toStrictEqual({
      options: { retryWait: 3, timeout: 2, attemptTimeout: 1 },
      timing: 'options'
    })
    expect(levelOf(defaults, levels, 'b').options.retryWait).toBe(2)
  })
})

describe('policiesOf', () => {
  it("options -> the policies of '*' and of the methods that they name", () => {
    const policies = policiesOf({
      numRetries: { '*': 1, a: 2 },
      retryJitter: 0,
      policy: { '*': undefined, b: fixed(7) }
    })
    expect([...policies].map(([name, policy]) => [name, PolicyShow.show(policy)])).toEqual([
      ['*', 'pipe(exponential(1000), limitRetries(1))'],
      ['a', 'pipe(exponential(1000), limitRetries(2))'],
      ['b', 'fixed(7)']
    ])
  })
})
