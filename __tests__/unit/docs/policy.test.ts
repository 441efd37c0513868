import { PolicyShow } from 'reprise'
import { baselineOf, clientOptionsOf, codeOf, policyOf } from '../../../docs/lab/policy.js'
import { defaults, type PolicySettings } from '../../../docs/lab/settings.js'

const { policy } = defaults

describe('policyOf', () => {
  test.each<[Partial<PolicySettings>, string]>([
    [{}, 'pipe(exponential(100), withJitter("full"), limitRetries(3))'],
    [{ factor: 1.5, jitter: 0.25 }, 'pipe(exponential(100, 1.5), withJitter(0.25), limitRetries(3))'],
    [{ schedule: 'linear', jitter: 'none', cap: 300 }, 'pipe(linear(100), capDelay(300), limitRetries(3))'],
    [{ schedule: 'fixed', factor: 3, retries: 'unlimited' }, 'pipe(fixed(100), withJitter("full"))'],
    [
      { schedule: 'fibonacci', jitter: 'equal' },
      'pipe(fibonacci(100), withJitter("equal"), limitRetries(3))'
    ],
    // Its waits are random by themselves.
    [{ schedule: 'decorrelated', cap: 2000 }, 'pipe(decorrelated(100), capDelay(2000), limitRetries(3))'],
    [{ schedule: 'immediate', cap: 2000, retries: 0 }, 'pipe(immediate, limitRetries(0))'],
    [{ schedule: 'immediate', retries: 'unlimited' }, 'immediate']
  ])('%j -> %s', (settings, code) => expect(PolicyShow.show(policyOf({ ...policy, ...settings }))).toBe(code))
})

describe('clientOptionsOf', () => {
  test('what is off -> is left out', () =>
    expect(clientOptionsOf({ ...policy, timeout: 'off' })).toEqual({ policy: policyOf(policy) }))

  test('what is on -> is there', () =>
    expect(clientOptionsOf({ ...policy, timeout: 250, budget: 0.2, breaker: 'on' })).toEqual({
      policy: policyOf(policy),
      attemptTimeout: 250,
      retryBudget: { ratio: 0.2, minimumPerSecond: 1 },
      circuitBreaker: { consecutiveFailures: 5, openTime: '5s' }
    }))
})

describe('codeOf', () => {
  test('a policy of one step -> one line', () =>
    expect(codeOf({ ...policy, schedule: 'immediate', retries: 'unlimited', timeout: 'off' })).toBe(
      ['const policy = immediate', '', 'pipe(', '  call,', '  withRetry(policy)', ')'].join('\n')
    ))

  test('everything -> from the inside out', () =>
    expect(codeOf({ ...policy, budget: 0.1, breaker: 'on' })).toBe(
      `const breaker = circuitBreaker({
  consecutiveFailures: 5,
  openTime: '5s'
})()
const budget = retryBudget({
  ratio: 0.1,
  minimumPerSecond: 1
})()
const policy = pipe(
  exponential(100),
  withJitter("full"),
  limitRetries(3)
)

pipe(
  call,
  withTimeout(1000),
  withCircuitBreaker(breaker),
  withRetry(policy),
  withRetryBudget(budget)
)`
    ))

  test('a factor -> stays in its step', () =>
    expect(codeOf({ ...policy, factor: 3 })).toContain('\n  exponential(100, 3),\n'))
})

describe('baselineOf', () => {
  test('none pinned -> the policy alone, without its retries', () => {
    const settings = { ...defaults, policy: { ...policy, timeout: 300, budget: 0.1, breaker: 'on' } } as const
    expect(baselineOf(settings)).toEqual({ ...policy, timeout: 300, retries: 0 })
  })

  test('a pinned policy -> that', () =>
    expect(baselineOf({ ...defaults, baseline: { ...policy, retries: 7 } })).toEqual({
      ...policy,
      retries: 7
    }))
})
