import {
  configure,
  exponential,
  fixed,
  limitRetries,
  policyOf,
  PolicyShow,
  worker,
  type WorkerOptions
} from 'reprise'
import { call, failing } from '../support/methods.js'
import { makerOf } from '../support/options.js'

describe('P22 option merging', () => {
  const get = async (n: number) => n
  const put = async (n: number) => n
  const p = limitRetries(2)(fixed(100))

  test("P22 policy {'*': p, get: undefined} -> p", () => {
    const api = worker({ get, put }, { policy: { '*': p, get: undefined } })
    expect(policyOf(api, 'get')).toBe(p)
    expect(policyOf(api, 'put')).toBe(p)
  })

  test("P22 numRetries {'*': 3, get: 0} -> get has one attempt", async () => {
    const functions = { get: failing(), put: failing() }
    const api = worker(functions, { numRetries: { '*': 3, get: 0 } })
    await Promise.all([call(api.get(1)), call(api.put(1))])
    expect([functions.get.calls(), functions.put.calls()]).toEqual([1, 4])
  })

  test('P22 an undefined on each level -> that of the level below', () => {
    const make = configure({ numRetries: 4, retryWait: undefined, retryJitter: 0 })
    const api = make(
      { get, put },
      { numRetries: { '*': undefined, get: undefined, put: 1 }, retryWait: undefined }
    )
    expect(PolicyShow.show(policyOf(api, 'get'))).toBe('pipe(exponential(1000), limitRetries(4))')
    expect(PolicyShow.show(policyOf(api, 'put'))).toBe('pipe(exponential(1000), limitRetries(1))')
  })

  test.each<[string, WorkerOptions, string]>([
    ['retryWait', { retryWait: { '*': 500, get: 0 } }, 'pipe(immediate, limitRetries(9))'],
    ['numRetries', { numRetries: { '*': 3, get: 0 } }, 'pipe(fixed(1000), limitRetries(0))'],
    ['maxWait', { maxWait: { '*': 100, get: 0 } }, 'pipe(fixed(1000), capDelay(0), limitRetries(9))'],
    ['retryJitter', { retryJitter: { '*': 'full', get: 0 }, retryWait: 5 }, 'pipe(fixed(5), limitRetries(9))']
  ])('P22 an explicit 0 for %s -> counts', (_, options, shown) => {
    const make = configure({ numRetries: 9, retryAlgorithm: 'fixed', retryJitter: 0 })
    expect(PolicyShow.show(policyOf(make({ get, put }, options), 'get'))).toBe(shown)
  })

  // The compiler refuses these as well: here they are of what is only known at run time.
  test.each<[string, object, object]>([
    ["worker: the options of '*' must not have policy and numRetries", {}, { policy: p, numRetries: 3 }],
    [
      "worker: the options of 'get' must not have policy and retryWait",
      {},
      { policy: { '*': undefined, get: p }, retryWait: { '*': 5, get: 7 } }
    ],
    ['configure: defaults must not have policy and maxWait', { policy: p, maxWait: 5 }, {}]
  ])('P22 policy and a simple option on one level -> an error, %s', (message, defaults, options) => {
    expect(() => makerOf(defaults)({ get }, options)).toThrow(
      new TypeError(`${message} on one level of precedence`)
    )
  })

  test('P22 policy against simple options -> the more specific level wins', () => {
    const api = worker({ get, put }, { policy: { '*': undefined, get: p }, numRetries: 3, retryJitter: 0 })
    expect(policyOf(api, 'get')).toBe(p)
    expect(PolicyShow.show(policyOf(api, 'put'))).toBe('pipe(exponential(1000), limitRetries(3))')

    const other = configure({ policy: exponential(7) })(
      { get, put },
      { numRetries: { '*': undefined, get: 2 } }
    )
    expect(PolicyShow.show(policyOf(other, 'get'))).toBe(
      'pipe(exponential(1000), withJitter(0.3), limitRetries(2))'
    )
    expect(PolicyShow.show(policyOf(other, 'put'))).toBe('exponential(7)')
  })
})
