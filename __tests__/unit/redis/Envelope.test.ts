import { headOf, readEnvelope, writeEnvelope } from '../../../src/redis/Envelope.js'

const text = '{"version":"17.a-b_9","at":12.5,"skew":-3,"state":{"n":1}}'
const envelope = { version: { count: 17, writer: 'a-b_9' }, at: 12.5, skew: -3, state: { n: 1 } }

describe('writeEnvelope', () => {
  test('a state -> JSON that begins with its version', () => expect(writeEnvelope(envelope)).toBe(text))
  test('what headOf gives is what it begins with', () =>
    expect(text.startsWith(headOf({ count: 17, writer: 'a-b_9' }))).toBe(true))
  test.each([
    [{ count: 1, writer: 'a' }],
    [{ count: 170, writer: 'a-b_9' }],
    [{ count: 17, writer: 'a-b_' }],
    [{ count: 17, writer: 'a-b_99' }]
  ])('headOf(%j) -> nothing that it begins with', (version) =>
    expect(text.startsWith(headOf(version))).toBe(false)
  )
})

describe('readEnvelope', () => {
  test('what was written -> the same', () =>
    expect(readEnvelope(text)).toEqual({ _tag: 'Right', right: envelope }))
  test('without a state -> undefined in its place, which is for the rules to judge', () =>
    expect(readEnvelope('{"version":"17.a","at":1,"skew":0}')).toEqual({
      _tag: 'Right',
      right: { version: { count: 17, writer: 'a' }, at: 1, skew: 0, state: undefined }
    }))
  test.each([
    '',
    'rubbish',
    '{}',
    'null',
    '[]',
    '"{\\"version\\":\\"1.a\\"}"',
    '{"version":"17.a","at":1,"skew":0',
    '{"version":"17.a","at":"1","skew":0,"state":1}',
    '{"version":"17.a","at":1,"state":1}',
    '{"version":"17.a","at":1e300,"skew":0,"state":1}',
    '{"version":"-1.a","at":1,"skew":0,"state":1}',
    '{"version":"17","at":1,"skew":0,"state":1}',
    '{"version":"12345678901234567.a","at":1,"skew":0,"state":1}',
    ' {"version":"17.a","at":1,"skew":0,"state":1}',
    '{"at":1,"version":"17.a","skew":0,"state":1}'
  ])('%j -> a Left that shows it', (bad) => {
    expect(readEnvelope(bad)).toEqual({
      _tag: 'Left',
      left: `not a state that processes share: ${bad.slice(0, 60)}`
    })
  })
})
