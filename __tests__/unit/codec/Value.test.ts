import * as t from 'io-ts'
import { PathReporter } from 'io-ts/lib/PathReporter.js'
import { DurationFromUnknown } from 'reprise/codec'
import { durationSchema } from '../../../src/codec/Value.js'
import { badDurations } from '../../support/bad.js'

describe('DurationFromUnknown', () => {
  it.each<[unknown, number]>([
    [0, 0],
    [1.5, 1.5],
    [2 ** 53 - 1, 2 ** 53 - 1],
    ['250ms', 250],
    ['2s', 2000],
    ['1.5m', 90_000],
    ['1h', 3_600_000]
  ])('%p -> %d', (value, ms) => {
    expect(DurationFromUnknown.decode(value)).toEqual({ _tag: 'Right', right: ms })
  })

  it.each(badDurations.map(([value, , printed]) => [printed, value] as const))('%s -> Left', (_, value) => {
    expect(DurationFromUnknown.decode(value)._tag).toBe('Left')
    expect(DurationFromUnknown.is(value)).toBe(false)
  })

  it('in a type of io-ts -> its reporter names path and expectation', () => {
    const Settings = t.type({ timeouts: t.array(DurationFromUnknown) })
    expect(PathReporter.report(Settings.decode({ timeouts: ['1s', 'soon'] }))).toEqual([
      `Invalid value "soon" supplied to : ${Settings.name}/timeouts: Array<milliseconds >= 0 or a text like '2s'>/1: milliseconds >= 0 or a text like '2s'`
    ])
  })

  it('encodes to milliseconds', () => {
    expect(DurationFromUnknown.encode(1500)).toBe(1500)
  })
})

describe('durationSchema', () => {
  const pattern = new RegExp(durationSchema.anyOf[1]?.pattern ?? '')

  it.each(['0ms', '1s', '1.5m', '10.25h', '00.5s'])('%s -> a duration, for both', (text) => {
    expect([pattern.test(text), DurationFromUnknown.decode(text)._tag]).toEqual([true, 'Right'])
  })

  const texts = badDurations.flatMap(([value]) => (typeof value === 'string' ? [value] : []))
  it.each(texts.filter((text) => text !== '3000000000h'))('%j -> none, for both', (text) => {
    expect([pattern.test(text), DurationFromUnknown.decode(text)._tag]).toEqual([false, 'Left'])
  })
})
