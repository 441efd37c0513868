import { exponential, fixed, PolicyShow } from 'reprise'
import { select } from '../../../src/cli/Selection.js'

const selected = (...args: Parameters<typeof select>): unknown => {
  const found = select(...args)
  return found._tag === 'Left'
    ? found.left.map(({ message }) => message)
    : found.right.map(({ policy, ...rest }) => ({ ...rest, policy: PolicyShow.show(policy) }))
}

const worker = {
  _tag: 'worker',
  options: {
    numRetries: { '*': 0, read: 3 },
    retryWait: 100,
    retryJitter: 0,
    attemptTimeout: { '*': undefined, write: '2s' },
    timeout: '1m'
  }
} as const

const all = {
  method: '*',
  policy: 'pipe(exponential(100), limitRetries(0))',
  attemptTimeout: null,
  timeout: 60_000
}
const read = { ...all, method: 'read', policy: 'pipe(exponential(100), limitRetries(3))' }
const write = { ...all, method: 'write', attemptTimeout: 2000 }

describe('select', () => {
  test('a policy -> the policy, of no method', () => {
    expect(selected({ _tag: 'policy', policy: fixed(5) }, undefined)).toEqual([
      { method: null, policy: 'fixed(5)', attemptTimeout: null, timeout: null }
    ])
  })

  test("options of a worker -> '*', and each method that they name, with its times", () => {
    expect(selected(worker, undefined)).toEqual([all, read, write])
  })

  test.each([
    ['*', all],
    ['read', read],
    ['write', write]
  ])('the method %s -> that one', (method, expected) => {
    expect(selected(worker, method)).toEqual([expected])
  })

  test('a method that is not named -> which are', () => {
    expect(selected(worker, 'raed')).toEqual([
      'names no method "raed", only *, read, write; \'*\' is for all that are not named'
    ])
  })

  test('a method of a policy -> there is none', () => {
    expect(selected({ _tag: 'policy', policy: exponential(5) }, '*')).toEqual([
      'holds a policy, which has no methods: leave out --method'
    ])
  })
})
