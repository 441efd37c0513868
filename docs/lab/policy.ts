/** The policy of the settings: as a value, as a client of a fleet, and as the code that would make them. */
import {
  type CircuitBreakerOptions,
  capDelay,
  decorrelated,
  exponential,
  fibonacci,
  fixed,
  immediate,
  limitRetries,
  linear,
  PolicyShow,
  type RetryBudgetOptions,
  type RetryPolicy,
  withJitter
} from 'reprise'
import type { ClientOptions } from 'reprise/lab'
import type { PolicySettings, Settings } from './settings.js'

type Change = (policy: RetryPolicy) => RetryPolicy

/** Which settings a schedule has no use for: `decorrelated` brings jitter of its own. */
export const isUsed = ({ schedule }: PolicySettings, key: 'base' | 'factor' | 'jitter' | 'cap'): boolean =>
  key === 'factor'
    ? schedule === 'exponential'
    : schedule !== 'immediate' && (key !== 'jitter' || schedule !== 'decorrelated')

export const policyOf = (settings: PolicySettings): RetryPolicy => {
  const { cap, jitter, retries } = settings
  const changes: ReadonlyArray<Change | false> = [
    isUsed(settings, 'jitter') && jitter !== 'none' && withJitter(jitter),
    isUsed(settings, 'cap') && cap !== 'off' && capDelay(cap),
    retries !== 'unlimited' && limitRetries(retries)
  ]
  return changes.reduce<RetryPolicy>(
    (policy, change) => (change ? change(policy) : policy),
    scheduleOf(settings)
  )
}

const scheduleOf = ({ base, factor, schedule }: PolicySettings): RetryPolicy => {
  switch (schedule) {
    case 'exponential':
      return exponential(base, factor)
    case 'linear':
      return linear(base)
    case 'fixed':
      return fixed(base)
    case 'fibonacci':
      return fibonacci(base)
    case 'decorrelated':
      return decorrelated(base)
    case 'immediate':
      return immediate
  }
}

/** What the policy is compared with. */
export const baselineOf = ({ baseline, policy }: Settings): PolicySettings =>
  baseline === 'no-retries' ? { ...policy, retries: 0, budget: 'off', breaker: 'off' } : baseline

// --- in a fleet

const breakerOptions = { consecutiveFailures: 5, openTime: '5s' } satisfies CircuitBreakerOptions

const budgetOptions = (ratio: number) => ({ ratio, minimumPerSecond: 1 }) satisfies RetryBudgetOptions

export const clientOptionsOf = (settings: PolicySettings): ClientOptions => ({
  policy: policyOf(settings),
  attemptTimeout: settings.timeout === 'off' ? undefined : settings.timeout,
  circuitBreaker: settings.breaker === 'on' ? breakerOptions : undefined,
  retryBudget: settings.budget === 'off' ? undefined : budgetOptions(settings.budget)
})

// --- as code

/** Gives the code of a client: what is made in each process, and the pipe from the call outwards. */
export const codeOf = (settings: PolicySettings): string => {
  const { breaker, budget, timeout } = settings
  const made = [
    ...(breaker === 'on' ? [`const breaker = circuitBreaker(${literal(breakerOptions)})()`] : []),
    ...(budget === 'off' ? [] : [`const budget = retryBudget(${literal(budgetOptions(budget))})()`]),
    `const policy = ${broken(PolicyShow.show(policyOf(settings)))}`
  ]
  const steps = [
    'call',
    ...(timeout === 'off' ? [] : [`withTimeout(${timeout})`]),
    ...(breaker === 'on' ? ['withCircuitBreaker(breaker)'] : []),
    'withRetry(policy)',
    ...(budget === 'off' ? [] : ['withRetryBudget(budget)'])
  ]
  return `${made.join('\n')}\n\npipe(\n  ${steps.join(',\n  ')}\n)`
}

/** Breaks a pipe into lines. Those of this page hold no other pipe. */
const broken = (code: string): string =>
  code.replace(
    /^pipe\((.*)\)$/,
    (_, steps: string) => `pipe(\n  ${steps.split(/, (?=[a-z]+[A-Z])/).join(',\n  ')}\n)`
  )

const literal = (options: Readonly<Record<string, string | number>>): string =>
  `{\n${Object.entries(options)
    .map(([key, value]) => `  ${key}: ${typeof value === 'string' ? `'${value}'` : value}`)
    .join(',\n')}\n}`
