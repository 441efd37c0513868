import { pipe } from 'fp-ts/lib/function.js'
import {
  exponential,
  fixed,
  limitElapsed,
  limitRetries,
  type RetryPolicy,
  retryUntil,
  withJitter
} from 'reprise'
import { checkSelected, errorsOf, explainSelected, simulateSelected } from '../../../src/cli/Report.js'
import type { Selected } from '../../../src/cli/Selection.js'

const selected = (policy: RetryPolicy, timeout: number | null = null): Selected => ({
  method: 'read',
  policy,
  attemptTimeout: null,
  timeout
})

const named = { method: 'read', attemptTimeout: null, timeout: null }

describe('explainSelected', () => {
  test('as many rows as asked for, and the bounds', () => {
    expect(explainSelected(2)(selected(pipe(fixed(100), limitRetries(3))))).toMatchObject({
      ...named,
      code: 'pipe(fixed(100), limitRetries(3))',
      waits: [
        { retry: 1, from: 100, to: 100, latest: 100 },
        { retry: 2, from: 100, to: 100, latest: 200 }
      ],
      more: true,
      chosen: [],
      bounds: { retries: 3, totalDelay: 300, delay: 100 }
    })
  })
})

describe('simulateSelected', () => {
  const policy = pipe(fixed(100), limitRetries(2), limitElapsed(1000))
  const none = { delay: null, from: null, to: null, latest: null, reason: null }
  const waited = {
    ...none,
    outcome: 'fails',
    decision: 'Retry',
    delay: 100,
    from: 100,
    to: 100,
    latest: 1000
  }

  test('LLR, attempts of 50 ms -> each decision', () => {
    expect(simulateSelected('LLR', 0, 50)(selected(policy))).toEqual({
      ...named,
      code: 'pipe(fixed(100), limitRetries(2), limitElapsed(1000))',
      decisions: [
        { ...waited, attempt: 1, elapsed: 50 },
        { ...waited, attempt: 2, elapsed: 200 },
        { ...none, attempt: 3, elapsed: 350, outcome: 'succeeds', decision: 'Accept' }
      ]
    })
  })

  test('LLLL -> up to the one that gives up', () => {
    expect(simulateSelected('LLLL', 0, 0)(selected(policy)).decisions.slice(2)).toEqual([
      { ...none, attempt: 3, elapsed: 200, outcome: 'fails', decision: 'GiveUp', reason: 'Exhausted' }
    ])
  })

  test('no limit of time -> null, as JSON has no infinity', () => {
    const [first] = simulateSelected('L', 0, 0)(selected(fixed(100))).decisions
    expect(first).toMatchObject({ delay: 100, latest: null })
  })

  test('validators -> not asked: success is success', () => {
    const strict = pipe(
      fixed(100),
      retryUntil(() => false)
    )
    expect(simulateSelected('R', 0, 0)(selected(strict)).decisions).toMatchObject([{ decision: 'Accept' }])
  })

  test('the same seed -> the same waits; another seed -> others', () => {
    const jittered = selected(pipe(fixed(1e6), withJitter('full')))
    const delays = (seed: number) =>
      simulateSelected('LLL', seed, 0)(jittered).decisions.map(({ delay }) => delay)
    expect(delays(7)).toEqual(delays(7))
    expect(delays(7)).not.toEqual(delays(8))
  })
})

describe('checkSelected', () => {
  const rules = (policy: RetryPolicy, timeout: number | null = null) =>
    checkSelected(selected(policy, timeout)).warnings.map(({ rule }) => rule)
  const endless = pipe(fixed(1000), withJitter(0.5))

  test('a good policy -> no warnings', () => {
    expect(checkSelected(selected(pipe(endless, limitRetries(3))))).toEqual({
      ...named,
      code: 'pipe(fixed(1000), withJitter(0.5), limitRetries(3))',
      warnings: []
    })
  })

  test('what never stops -> a warning, unless a timeout around it ends it', () => {
    expect(rules(endless)).toEqual(['never-stops'])
    expect(rules(endless, 60_000)).toEqual([])
  })

  test('waits that do not fit into the timeout -> a warning that names it', () => {
    const slow = pipe(exponential('10s'), withJitter(0.5), limitRetries(3))
    expect(rules(slow)).toEqual([])
    const { warnings } = checkSelected(selected(slow, 4000))
    expect(warnings).toMatchObject([
      { rule: 'waits-exceed-limit', message: expect.stringContaining('into the timeout of 4 s') }
    ])
  })

  test('a limit of its own that comes before the timeout -> as it is', () => {
    expect(
      rules(pipe(exponential('10s'), withJitter(0.5), limitRetries(3), limitElapsed(4000)), 5000)
    ).toEqual(['waits-exceed-limit'])
  })
})

describe('errorsOf', () => {
  test('all keys, null where there is nothing to say', () => {
    const place = { line: 3, column: 2, length: 5, text: ' abcde' }
    expect(
      errorsOf('a.yaml', [
        { message: 'one' },
        { message: 'two', file: 'b.mjs' },
        { message: 'three', path: 'x.y', place }
      ])
    ).toEqual([
      { file: 'a.yaml', path: null, line: null, column: null, message: 'one' },
      { file: 'b.mjs', path: null, line: null, column: null, message: 'two' },
      { file: 'a.yaml', path: 'x.y', line: 3, column: 2, message: 'three' }
    ])
  })
})
