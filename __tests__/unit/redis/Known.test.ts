import { keepingTime, nothing, readKnown } from '../../../src/redis/Known.js'

const rules = {
  start: (now: number) => ({ began: now }),
  decode: (u: unknown) =>
    typeof u === 'number'
      ? ({ _tag: 'Right', right: { began: u } } as const)
      : ({ _tag: 'Left', left: 'no number' } as const)
}

test('nothing -> the start, at a count in microseconds', () =>
  expect(nothing(rules, 1500.25)).toEqual({
    count: 1_500_250,
    writer: undefined,
    head: '',
    at: 1500.25,
    skew: 0,
    state: { began: 1500.25 }
  }))

describe('readKnown', () => {
  test('a text -> what is known', () =>
    expect(readKnown(rules, '{"version":"7.a","at":9,"skew":2,"state":5}')).toEqual({
      _tag: 'Right',
      right: { count: 7, writer: 'a', head: '{"version":"7.a",', at: 9, skew: 2, state: { began: 5 } }
    }))
  test('a state that the rules refuse -> what they say', () =>
    expect(readKnown(rules, '{"version":"7.a","at":9,"skew":2,"state":"5"}')).toEqual({
      _tag: 'Left',
      left: 'no number'
    }))
  test('no envelope -> a Left', () =>
    expect(readKnown(rules, 'x')).toEqual({ _tag: 'Left', left: 'not a state that processes share: x' }))
})

describe('keepingTime', () => {
  const known = { ...nothing(rules, 10_000), skew: 500 }
  test.each([
    [9500, 500],
    [9499.5, 500],
    [12_000, 500],
    [9400, 600],
    [1000, 9000]
  ])('last changed at 10,000, 500 ahead; Redis shows %d -> %d ahead', (time, skew) =>
    expect(keepingTime(known, time)).toEqual({ ...known, skew })
  )
})
