import { argumentsOf, readReply, script, scriptHash } from '../../../src/redis/SwapScript.js'

const next = { text: 'b', keep: 1500, from: 1000, to: 2000, told: false, by: 'me', patience: 2.5 }

describe('argumentsOf', () => {
  test('nothing to swap in -> what is expected', () =>
    expect(argumentsOf({ key: 'k', expected: 'a', next: undefined })).toEqual(['a', '']))
  test('a swap -> times in microseconds', () =>
    expect(argumentsOf({ key: 'k', expected: 'a', next })).toEqual([
      'a',
      'b',
      '1500',
      '1000000',
      '2000000',
      '',
      'me',
      '2500'
    ]))
  test('a moment between microseconds -> the one before', () =>
    expect(
      argumentsOf({ key: 'k', expected: '', next: { ...next, from: 1000.0019, to: 2000.0011 } })
    ).toEqual(['', 'b', '1500', '1000001', '2000001', '', 'me', '2500']))
  test('others are told -> on the channel of the key', () =>
    expect(argumentsOf({ key: 'k', expected: 'a', next: { ...next, told: true } })[5]).toBe('k'))
  test.each([
    [Infinity, ''],
    [3e12, ''],
    [0, '1'],
    [-5, '1'],
    [0.2, '1'],
    [10.2, '11']
  ])('kept for %d ms -> %j', (keep, expected) =>
    expect(argumentsOf({ key: 'k', expected: 'a', next: { ...next, keep } })[2]).toBe(expected)
  )
})

describe('readReply', () => {
  const time = 1_700_000_000_123.456
  test.each([
    [['done', '1700000000', '123456'], { _tag: 'Done', time }],
    [['same', '1700000000', '123456', ''], { _tag: 'Same', time, isNext: false }],
    [['same', '1700000000', '123456', 'next'], { _tag: 'Same', time, isNext: true }],
    [['other', '1700000000', '123456', 'next', 'text'], { _tag: 'Other', time, text: 'text', isNext: true }],
    [['other', '1700000000', '123456', '', 'text'], { _tag: 'Other', time, text: 'text', isNext: false }],
    [['other', '1700000000', '123456', ''], { _tag: 'Other', time, text: undefined, isNext: false }],
    [['other', '1700000000', '123456', '', null], { _tag: 'Other', time, text: undefined, isNext: false }],
    [['wrong', '1700000000', '123456', 'WRONGTYPE'], { _tag: 'Wrong', time, message: '"WRONGTYPE"' }],
    [['done', 1_700_000_000, 123_456], { _tag: 'Done', time }]
  ])('%j -> %j', (reply, expected) => expect(readReply(reply)).toEqual(expected))
  test.each([
    [null],
    ['done'],
    [[]],
    [['done']],
    [['done', 'a', '1']],
    [['what', '1', '1']],
    [{ 0: 'done' }]
  ])('%j -> nothing', (reply) => expect(readReply(reply)).toBeUndefined())
})

test('scriptHash -> 40 hex digits, of the script', () => {
  expect(scriptHash).toMatch(/^[0-9a-f]{40}$/)
  expect(script).toContain("redis.call('TIME')")
})
