import * as t from 'io-ts'
import { showConfigError } from 'reprise/codec'
import { toConfigErrors } from '../../../src/codec/ConfigError.js'

const hostile = {
  get name(): string {
    throw new Error('no')
  }
}

describe('showConfigError', () => {
  it.each<[path: string, value: unknown, line: string]>([
    ['limitRetries', -1, 'limitRetries: expected a whole number >= 0, got -1'],
    ['retryOn.0', 'x\n', 'retryOn.0: expected a whole number >= 0, got "x\\n"'],
    ['', undefined, 'configuration: expected a whole number >= 0, got nothing'],
    ['a', null, 'a: expected a whole number >= 0, got null'],
    ['a', true, 'a: expected a whole number >= 0, got true'],
    ['a', 10n, 'a: expected a whole number >= 0, got 10'],
    ['a', [1, [2]], 'a: expected a whole number >= 0, got a list of 2'],
    ['a', { b: 1 }, 'a: expected a whole number >= 0, got an object'],
    ['a', hostile, 'a: expected a whole number >= 0, got an object'],
    ['a', Object.create(null), 'a: expected a whole number >= 0, got an object'],
    ['a', showConfigError, 'a: expected a whole number >= 0, got the function showConfigError'],
    [
      'a',
      (
        () => () =>
          1
      )(),
      'a: expected a whole number >= 0, got a function'
    ],
    ['a', Symbol('s'), 'a: expected a whole number >= 0, got Symbol(s)'],
    ['a', 'x'.repeat(100), `a: expected a whole number >= 0, got "${'x'.repeat(59)}…`],
    ['a', 'x'.repeat(58), `a: expected a whole number >= 0, got "${'x'.repeat(58)}"`],
    ['k'.repeat(200), 1, `${'k'.repeat(200)}: expected a whole number >= 0, got 1`],
    ['k'.repeat(300), 1, `${'k'.repeat(200)}…: expected a whole number >= 0, got 1`],
    // A key that would clear the screen of a terminal.
    ['\u001b[2J\n', 1, '\uFFFD[2J\uFFFD: expected a whole number >= 0, got 1']
  ])('%j: %#', (path, value, line) => {
    expect(showConfigError({ path, value, expected: 'a whole number >= 0' })).toBe(line)
  })

  it('a revoked proxy -> no throw', () => {
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()
    expect(showConfigError({ path: 'a', value: proxy, expected: 'x' })).toBe('a: expected x, got object')
  })
})

describe('toConfigErrors', () => {
  it('an error -> the keys below the whole, and what was expected at the last', () => {
    const context = [
      { key: '', type: t.UnknownRecord },
      { key: 'retryOn', type: t.UnknownArray },
      { key: '0', type: t.string }
    ]
    expect(toConfigErrors({ _tag: 'Left', left: [{ value: 1, context }] })).toEqual({
      _tag: 'Left',
      left: [{ path: 'retryOn.0', value: 1, expected: 'string' }]
    })
  })

  it('an error that says nothing of where it is -> the whole, and nothing expected', () => {
    expect(toConfigErrors({ _tag: 'Left', left: [{ value: 1, context: [] }] })).toEqual({
      _tag: 'Left',
      left: [{ path: '', value: 1, expected: '' }]
    })
  })
})
