import { pipe } from 'fp-ts/lib/function.js'
import {
  configure,
  exponential,
  fixed,
  immediate,
  limitRetries,
  policyOf,
  PolicyShow,
  worker,
  type WorkerOptions
} from 'reprise'
import { message } from '../../support/bad.js'

const read = async (id: number): Promise<string> => `row ${id}`
const write = async (line: string): Promise<number> => line.length

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

  it('a worker -> marked by a symbol with a version, which a copy does not take over', () => {
    const made = worker({ read, write })
    expect(Object.getOwnPropertySymbols(made)).toEqual([Symbol.for('reprise/policies@1')])
    expect(Object.getOwnPropertySymbols({ ...made })).toEqual([])
  })
})
